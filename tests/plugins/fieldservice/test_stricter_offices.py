"""What is promised about an unsolved problem may be promised sooner in one office, never later (QI/05 3.3-3.7)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest

from core import clock
from core.errors import KoudaiError
from core.settings import set_parameter

# Tuesday, ten o'clock in the office; it closes at five.
TEN = dt.datetime(2026, 11, 24, 2, tzinfo=dt.UTC)
CLOSING, DAY = TEN + dt.timedelta(hours=7), dt.timedelta(days=1)


def taken(centre: Any) -> Any:
    return centre.take_along(centre.on_site())


def in_vain(centre: Any) -> Any:
    return centre.confer(centre.turned_in("unsolved"))


def escalated(centre: Any) -> Any:
    return centre.escalated()


def answered(centre: Any) -> Any:
    return centre.act(centre.escalated(), "note_answer", centre.duty, answer="升级到 8.14")


@pytest.mark.clause("QI/05 3.3", "QI/05 3.5", "QI/05 3.6", "QI/05 3.7")
@pytest.mark.parametrize(
    ("key", "stricter", "looser", "bring", "promise", "usual", "sooner"),
    [
        ("data_until_hour", 10, 13, taken, "data_at_office", TEN + DAY + dt.timedelta(hours=2), TEN + DAY),
        ("tell_customer_days", 1, 4, taken, "tell_customer", CLOSING + 3 * DAY, CLOSING + DAY),
        ("confer_again_working_days", 0, 2, in_vain, "confer_again", CLOSING + DAY, CLOSING),
        (
            "ask_head_office_days",
            1,
            3,
            escalated,
            "ask_head_office",
            CLOSING + 2 * DAY,
            CLOSING + DAY,
        ),
        ("try_answer_working_days", 0, 2, answered, "try_answer", CLOSING + DAY, CLOSING),
    ],
)
def test_an_office_promises_sooner_never_later_and_its_neighbour_as_ever(
    beijing: Any,
    shanghai: Any,
    key: str,
    stricter: int,
    looser: int,
    bring: Callable[[Any], Any],
    promise: str,
    usual: dt.datetime,
    sooner: dt.datetime,
) -> None:
    with pytest.raises(KoudaiError):
        set_parameter(shanghai.office, f"fieldservice.{key}", looser, shanghai.duty)
    set_parameter(shanghai.office, f"fieldservice.{key}", stricter, shanghai.duty)
    shanghai.house.see()
    with clock.stopped_at(TEN):
        due = [
            centre.promises(bring(centre))[f"fieldservice.{promise}"].due_at for centre in (beijing, shanghai)
        ]
    assert due == [usual, sooner]
