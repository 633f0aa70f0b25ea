"""The engineers' day beside the queue: who is where, who is away, what has no hour yet, what is most urgent."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

import pytest
from sqlalchemy import event

from core import clock
from core.db import db
from core.roles import FIELD_ENGINEER
from core.rules import rules_of
from plugins.fieldservice.dispatching import board

# Tuesday, ten o'clock in the office.
TEN = dt.datetime(2026, 11, 24, 2, tzinfo=dt.UTC)
HOUR = dt.timedelta(hours=1)
TUESDAY = dt.date(2026, 11, 24)


@pytest.fixture(autouse=True)
def at_ten() -> Any:
    with clock.stopped_at(TEN):
        yield


def dispatch(centre: Any, at: dt.datetime | None, **said: Any) -> Any:
    said = {"engineer_id": centre.engineer.person_id, "planned_at": at} | said
    return centre.act(centre.registered(), "dispatch", centre.duty, **said)


def line(page: str, name: str) -> str:
    """Return one engineer's day."""
    found = re.split(r'(?=<div class="dispatch-line)', page)
    return next(one.partition("</section>")[0] for one in found if f'data-name="{name}"' in one)


def article(page: str, number: Any) -> str:
    return page[page.index(f'id="{number}"') :].partition("</article>")[0]


@pytest.mark.clause("QP/2-04 5.4")
def test_a_visit_stands_at_its_hour_on_the_line_of_whoever_goes(beijing: Any, sit_down: Any) -> None:
    along = beijing.hire(FIELD_ENGINEER)
    one = dispatch(beijing, TEN + 4 * HOUR, companion_id=along.person_id)
    page = sit_down(beijing, beijing.duty).get("dispatch")
    for name in ("王力", "陈平"):
        assert str(one.number) in line(page, name)
        assert "14:00–16:00" in line(page, name)
    assert ("Goes along" in line(page, "王力"), "Goes along" in line(page, "陈平")) == (False, True)


@pytest.mark.clause("QP/2-04 5.4")
def test_a_visit_without_an_hour_stands_at_the_head_of_the_line(beijing: Any, sit_down: Any) -> None:
    number = str(dispatch(beijing, None).number)
    screen = sit_down(beijing, beijing.duty)
    for day, there in (("2026-11-24", True), ("2026-11-26", True), ("2026-11-23", False)):
        shown = line(screen.get(f"dispatch?day={day}"), "王力")
        assert ("no hour yet: 1" in shown, number in shown) == (there, there)


@pytest.mark.clause("QI/04 3.1.2")
def test_an_appointment_stands_at_its_own_hour_and_day(beijing: Any, sit_down: Any) -> None:
    one = beijing.arranged(TEN + 26 * HOUR, dispatch(beijing, TEN + 4 * HOUR))
    screen = sit_down(beijing, beijing.duty)
    assert str(one.number) not in line(screen.get("dispatch?day=2026-11-24"), "王力")
    assert "12:00–14:00" in line(screen.get("dispatch?day=2026-11-25"), "王力")


@pytest.mark.clause("QP/2-04 5.4")
def test_who_is_away_is_greyed_on_those_days_only(beijing: Any, sit_down: Any) -> None:
    asked = {"kind": "leave", "first_day": "2026-11-25", "last_day": "2026-11-25"}
    absence = beijing.create(
        "hotline.absence", "ask", beijing.duty, person_id=beijing.engineer.person_id, **asked
    )
    screen = sit_down(beijing, beijing.duty)
    assert "data-away" not in line(screen.get("dispatch?day=2026-11-25"), "王力")
    beijing.act(absence, "approve", beijing.duty)
    assert "data-away" in line(screen.get("dispatch?day=2026-11-25"), "王力")
    assert "data-away" not in line(screen.get("dispatch?day=2026-11-26"), "王力")


@pytest.mark.clause("QI/02 delay.come-now")
def test_the_two_emergencies_come_first(beijing: Any, sit_down: Any) -> None:
    first, second = beijing.registered(), beijing.registered(emergency="payroll")
    page = sit_down(beijing, beijing.duty).get("dispatch")
    assert page.index(f'id="{second.number}"') < page.index(f'id="{first.number}"')
    assert "Payroll is due" in article(page, second.number)
    assert "Payroll is due" not in article(page, first.number).partition("<form")[0]


@pytest.mark.clause("QI/02 delay.come-now")
def test_there_is_no_third_emergency(beijing: Any) -> None:
    call = beijing.log()
    said = {"contact": "高敏", "phone": "13800000000", "address": "范例路 1 号", "verified": True}
    refused = beijing.refused(call, "request_visit", beijing.hotline, **said, emergency="angry")
    assert set(refused.errors) == {"emergency"}


@pytest.mark.clause("QI/02 delay.come-now")
def test_the_duty_manager_alone_corrects_what_is_an_emergency(beijing: Any) -> None:
    request = beijing.registered(address="北京市海淀区范例路 1 号")
    assert (request.emergency, request.district) == ("", "海淀区")
    known = {
        "contact": "罗文",
        "phone": "13800000000",
        "address": "北京市通州区范例路 2 号",
        "symptom": "反结账报错",
    }
    request = beijing.act(request, "correct", beijing.hotline, **known, emergency="audit")
    assert (request.emergency, request.district) == ("", "通州区")
    request = beijing.act(request, "correct", beijing.duty, **known, emergency="audit", district="亦庄")
    assert (request.emergency, request.district) == ("audit", "亦庄")


@pytest.mark.clause("QI/05 3.2")
def test_the_queue_says_who_was_there_before(beijing: Any, sit_down: Any) -> None:
    again = beijing.sent_again()
    shown = article(sit_down(beijing, beijing.duty).get("dispatch"), again.number)
    assert "Was there before" in shown


@pytest.mark.parametrize(
    ("hour", "day"), [(0, TUESDAY), (8, dt.date(2026, 11, 25)), (24 * 4, dt.date(2026, 11, 30))]
)
def test_after_closing_the_next_working_day_is_planned(beijing: Any, hour: int, day: dt.date) -> None:
    assert board.usual_day(rules_of(beijing.office), TEN + hour * HOUR) == day


def test_hours_beyond_the_opening_hours_are_shown_when_somebody_is_out_then(beijing: Any) -> None:
    day = board.day_of(rules_of(beijing.office), TUESDAY)
    dispatch(beijing, TEN + 9 * HOUR)
    late = board.day_of(rules_of(beijing.office), TUESDAY)
    assert (day.ends < 19 * 60, late.ends) == (True, 21 * 60)
    assert day.begins == late.begins == 8 * 60


@pytest.mark.clause("QP/2-04 5.4")
def test_a_refused_slot_keeps_what_was_typed(beijing: Any, sit_down: Any) -> None:
    taken, request = dispatch(beijing, TEN + 4 * HOUR), beijing.registered()
    typed = {
        "engineer_id": beijing.engineer.person_id,
        "planned_at": "2026-11-24T15:00",
        "advice": "带服务包",
    }
    status, page = sit_down(beijing, beijing.duty).post("dispatch", number=request.number, **typed)
    assert status == 422
    shown = article(page, request.number)
    assert f"王力 is at another visit then: {taken.number}" in shown
    assert ("带服务包" in shown, 'value="2026-11-24T15:00"' in shown) == (True, True)


def test_more_engineers_and_visits_ask_the_database_no_more_often(beijing: Any, sit_down: Any) -> None:
    screen = sit_down(beijing, beijing.duty)
    screen.get("dispatch?day=2026-11-25")
    asked = []
    for turn in range(2):
        for name in ("甲", "乙"):
            person = beijing.hire(FIELD_ENGINEER, name=f"{name}{turn}").person_id
            dispatch(beijing, TEN + 24 * HOUR, engineer_id=person)
            dispatch(beijing, None, engineer_id=person)
            beijing.registered()
        asked.append(questions(screen, "dispatch?day=2026-11-25"))
    assert asked[0] == asked[1]


def questions(screen: Any, path: str) -> int:
    """Count the questions that a page asks the database."""
    told: list[Any] = []

    def note(*question: Any) -> None:
        told.append(question[2])

    event.listen(db.engine, "before_cursor_execute", note)
    screen.get(path)
    event.remove(db.engine, "before_cursor_execute", note)
    return len(told)
