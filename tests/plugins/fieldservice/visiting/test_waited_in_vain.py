"""A customer who waited in vain has waited in vain, whatever becomes of the request (QI/04 3.2.1, QI/03 3.2.7)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest

from core import clock
from core.deadlines import DROPPED, MISSED
from core.roles import FIELD_ENGINEER

SitDown = Callable[..., Any]
# A Monday morning in Beijing; the phone call is promised until noon of the Tuesday.
MORNING = dt.datetime(2026, 11, 23, 1, tzinfo=dt.UTC)
HOUR = dt.timedelta(hours=1)
APPOINTMENT, FIRST_CALL, VISIT = (f"fieldservice.{key}" for key in ("appointment", "first_call", "visit"))
WAYS = {
    "give_back": ("engineer", {"reason": "忘了"}),
    "recall": ("duty", {"reason": "改派"}),
    "phoned": ("engineer", {"phone_outcome": "wrong_number", "phone_note": "空号"}),
    "cancel": ("duty", {"reason": "不用了"}),
}
EVERY_WAY = pytest.mark.parametrize("way", WAYS)


def go(centre: Any, request: Any, way: str) -> Any:
    """Let a request go one of these ways."""
    who, said = WAYS[way]
    return centre.act(request, way, getattr(centre, who), **said)


@EVERY_WAY
@pytest.mark.clause("QI/04 3.2.1")
@pytest.mark.parametrize(("hours", "state"), [(2, MISSED), (0, DROPPED)])
def test_an_appointment_is_missed_once_its_time_has_passed(
    beijing: Any, way: str, hours: int, state: str
) -> None:
    with clock.stopped_at(MORNING):
        request = beijing.arranged(MORNING + HOUR)
    with clock.stopped_at(MORNING + hours * HOUR):
        request = go(beijing, request, way)
    assert beijing.promises(request)[APPOINTMENT].state == state


@EVERY_WAY
@pytest.mark.clause("QI/03 3.2.7")
@pytest.mark.parametrize(("hours", "state"), [(28, MISSED), (26, DROPPED)])
def test_a_phone_call_is_missed_once_its_morning_has_passed(
    beijing: Any, way: str, hours: int, state: str
) -> None:
    with clock.stopped_at(MORNING):
        request = beijing.dispatched()
    with clock.stopped_at(MORNING + hours * HOUR):
        request = go(beijing, request, way)
    assert beijing.promises(request)[FIRST_CALL].state == state


@pytest.mark.clause("QI/03 3.2.7")
def test_the_visit_is_promised_on_and_is_missed_once(beijing: Any) -> None:
    with clock.stopped_at(MORNING):
        request = beijing.dispatched()
    with clock.stopped_at(MORNING + dt.timedelta(days=3)):
        beijing.act(request, "give_back", beijing.engineer, reason="忘了")
        beijing.act(request, "dispatch", beijing.duty, engineer_id=beijing.engineer.person_id)
        beijing.also["arrange"] = {"why_late": "上一位忘了"}
        beijing.on_site(request)
    visits = [one.state for one in beijing.every_promise(request) if one.key == VISIT]
    assert visits == [DROPPED, MISSED]


@pytest.mark.clause("QI/03 3.2.7")
def test_a_visit_that_was_overdue_when_it_was_cancelled_was_missed(beijing: Any) -> None:
    with clock.stopped_at(MORNING):
        request = beijing.dispatched()
    with clock.stopped_at(MORNING + dt.timedelta(days=3)):
        request = beijing.act(request, "cancel", beijing.duty, reason="用户等不及了")
    assert beijing.promises(request)[VISIT].state == MISSED


@pytest.mark.clause("QI/04 3.1.2")
@pytest.mark.parametrize("way", ["give_back", "recall", "phoned"])
def test_the_next_engineers_day_says_nothing_of_the_calls_and_the_order_of_another(
    beijing: Any, sit_down: SitDown, way: str
) -> None:
    other = beijing.hire(FIELD_ENGINEER, name="赵海燕")
    request = beijing.dispatched()
    again = {"phone_outcome": "not_reached", "try_again_at": clock.now() + HOUR}
    beijing.act(request, "phoned", beijing.engineer, **again)
    beijing.act(request, "move_in_day", beijing.engineer, planned_place=3, planned_why="客户下午停电")
    request = go(beijing, request, way)
    assert (request.phone_outcome, request.phoned_at, request.try_again_at) == ("", None, None)
    assert (request.planned_on, request.planned_place, request.planned_why) == (None, None, "")
    beijing.act(request, "dispatch", beijing.duty, engineer_id=other.person_id)
    day = sit_down(beijing, other).get("visits")
    assert request.number in day
    assert "day-told" not in day
