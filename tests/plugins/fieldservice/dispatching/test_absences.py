"""Who will be away is nobody's lost promise: his visits stand on top of the board until they are moved."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from core import clock
from core.db import db
from core.i18n import Sentence
from core.roles import FIELD_ENGINEER
from core.talk.models import Notice
from core.testing import said

# Tuesday, ten o'clock in the office.
TEN = dt.datetime(2026, 11, 24, 2, tzinfo=dt.UTC)
TOMORROW_TEN = TEN + dt.timedelta(days=1)


@pytest.fixture(autouse=True)
def at_ten() -> Any:
    with clock.stopped_at(TEN):
        yield


def dispatch(centre: Any, at: dt.datetime | None, **sent: Any) -> Any:
    sent = {"engineer_id": centre.engineer.person_id, "planned_at": at} | sent
    return centre.act(centre.registered(), "dispatch", centre.duty, **sent)


def away(centre: Any, day: str = "2026-11-25", who: Any = None) -> Any:
    """Ask for a day off, and let it be approved."""
    asked = {"kind": "leave", "first_day": day, "last_day": day}
    person = who or centre.engineer.person_id
    absence = centre.create("hotline.absence", "ask", centre.duty, person_id=person, **asked)
    return centre.act(absence, "approve", centre.duty)


def moves(centre: Any, sit_down: Any) -> str:
    """Return what the board says is to be moved."""
    page = sit_down(centre, centre.duty).get("dispatch")
    return said(page.partition('id="moves"')[2].partition("</section>")[0])


@pytest.mark.clause("QP/2-04 5.4")
def test_a_visit_on_a_day_off_is_to_be_moved_until_it_is(beijing: Any, sit_down: Any) -> None:
    request = dispatch(beijing, TOMORROW_TEN)
    assert moves(beijing, sit_down) == ""
    away(beijing)
    shown = moves(beijing, sit_down)
    for words in (str(request.number), "王力", "2026-11-25 10:00", "Take back, to dispatch anew"):
        assert words in shown
    beijing.act(request, "recall", beijing.duty, reason="王力请假")
    assert moves(beijing, sit_down) == ""


@pytest.mark.clause("QP/2-04 5.4")
def test_a_visit_on_another_day_or_of_another_engineer_stays(beijing: Any, sit_down: Any) -> None:
    dispatch(beijing, TOMORROW_TEN + dt.timedelta(days=1))
    dispatch(beijing, TOMORROW_TEN, engineer_id=beijing.hire(FIELD_ENGINEER).person_id)
    away(beijing)
    assert moves(beijing, sit_down) == ""


@pytest.mark.clause("QI/03 3.2.7")
def test_what_has_no_hour_yet_is_moved_when_it_is_promised_for_that_day(beijing: Any, sit_down: Any) -> None:
    request = dispatch(beijing, None)
    # The engineer's phone call is promised until noon the next working day.
    away(beijing, "2026-11-25")
    assert str(request.number) in moves(beijing, sit_down)


@pytest.mark.clause("QI/05 3.2")
def test_whoever_goes_along_counts_too(beijing: Any, sit_down: Any) -> None:
    along = beijing.hire(FIELD_ENGINEER).person_id
    request = dispatch(beijing, TOMORROW_TEN, companion_id=along)
    away(beijing, who=along)
    shown = moves(beijing, sit_down)
    assert (str(request.number) in shown, "陈平" in shown) == (True, True)


@pytest.mark.clause("QP/2-04 5.4")
def test_the_duty_manager_is_told_once_the_absence_is_approved(beijing: Any) -> None:
    request = dispatch(beijing, TOMORROW_TEN)
    away(beijing, "2026-11-27")
    assert told_to(beijing.duty.person_id) == []
    away(beijing, "2026-11-25")
    (said_to_him,) = told_to(beijing.duty.person_id)
    days = {"first": "2026-11-25", "last": "2026-11-25"}
    assert said_to_him == {"name": "王力", **days, "count": 1, "numbers": request.number}


def told_to(person_id: int) -> list[dict[str, Any]]:
    """Return what somebody was told of visits to be moved."""
    every = db.session.query(Notice).filter_by(person_id=person_id).all()
    found = [Sentence.from_json(one.sentence) for one in every if one.sentence]
    return [one.values for one in found if "to be moved" in one.msgid]
