"""On the seat at opening, ready in ten minutes (QI/03 3.1.1); and nobody leaves without permission (QI/03 3.1.3)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import select

from core import accounts, calendars, clock, parameters
from core.db import db, writing
from core.deadlines import DROPPED, MET, MISSED, OPEN
from core.errors import NotFound, RefusalKind, Refused
from core.jobs import turns
from core.people import Actor, Person
from core.roles import DUTY_MANAGER, HOTLINE_ENGINEER
from core.rules import rules_of
from core.testing import SETTER_UP
from core.worktime import DayKind, Interval
from plugins.hotline.shift import presence
from plugins.hotline.shift.models import Shift

READY, LEAVE = "hotline.shift_ready", "hotline.leave_answered"
MONDAY = dt.date(2026, 11, 23)
MIDNIGHT = dt.datetime(2026, 11, 22, 16, tzinfo=dt.UTC)


def at(time: str, day: int = 0) -> Any:
    """Let it be that time in the office, on Monday or so many days later."""
    hour, minute = map(int, time.split(":"))
    return clock.stopped_at(MIDNIGHT + dt.timedelta(days=day, hours=hour, minutes=minute))


def run_timer(centre: Any) -> list[str]:
    """Give the office's timer its turn; return what went wrong."""
    ran = [one for one in turns.run_due(centre.office.code) if one.job.startswith("hotline.")]
    centre.house.see()
    return [str(one.trouble) for one in ran if one.trouble]


def seats(centre: Any) -> dict[str, Shift]:
    """Return everybody's day, by name."""
    found = db.session.scalars(select(Shift).filter_by(office_id=centre.office.id)).unique()
    return {one.owner.name: one for one in found if one.owner}


def shorten(centre: Any, key: str, minutes: int) -> None:
    """Let an office be stricter with itself than the head office is."""
    rules = rules_of(centre.office)
    with writing():
        parameters.set_value(rules.declared(key), centre.office, minutes, rules.rungs(key), SETTER_UP)
    centre.house.see()


def until(closing: str) -> list[Interval]:
    """The opening hours of an office that closes then."""
    end = dt.time.fromisoformat(closing)
    return [Interval(weekday=day, start=dt.time(8, 30), end=end) for day in range(5)]


@pytest.fixture
def opened(beijing: Any) -> Iterator[Any]:
    """Monday at opening time: the timer has opened the shift."""
    with at("08:30"):
        assert run_timer(beijing) == []
    return beijing


@pytest.fixture
def present(opened: Any) -> Shift:
    """The engineer is on the seat."""
    with at("08:35"):
        return opened.act(seats(opened)["罗文"], "sign_in", opened.hotline)


@pytest.mark.clause("QI/03 3.1.1")
def test_at_opening_everybody_is_expected_within_ten_minutes(opened: Any) -> None:
    (one,) = seats(opened).values()
    promise = opened.promises(one)[READY]
    assert (one.state, one.owner_id, one.day) == ("expected", opened.hotline.person_id, MONDAY)
    assert promise.due_at == MIDNIGHT + dt.timedelta(hours=8, minutes=40)
    assert promise.person_id == opened.hotline.person_id


@pytest.mark.clause("QI/03 3.1.1")
@pytest.mark.parametrize(("time", "state"), [("08:40", MET), ("08:41", MISSED)])
def test_signing_in_keeps_it_in_time_or_too_late(opened: Any, time: str, state: str) -> None:
    with at(time):
        one = opened.act(seats(opened)["罗文"], "sign_in", opened.hotline)
    assert (one.state, opened.promises(one)[READY].state) == ("present", state)


@pytest.mark.clause("QI/03 3.1.1")
def test_an_office_may_want_its_people_sooner(shanghai: Any) -> None:
    shorten(shanghai, "hotline.shift_ready_minutes", 5)
    with at("08:30"):
        run_timer(shanghai)
        promise = shanghai.promises(seats(shanghai)["罗文"])[READY]
    assert promise.due_at == MIDNIGHT + dt.timedelta(hours=8, minutes=35)


def test_before_opening_on_a_closed_day_and_after_closing_nobody_is_expected(beijing: Any) -> None:
    for time, day in (("08:29", 0), ("10:00", 5), ("17:00", 0)):
        with at(time, day):
            run_timer(beijing)
    assert seats(beijing) == {}


def test_a_saturday_that_is_worked_has_the_hours_of_the_day_it_replaces(beijing: Any) -> None:
    saturday = MONDAY + dt.timedelta(days=5)
    with at("08:30"), writing():
        calendars.add_day(beijing.office, saturday, DayKind.WORKING, "调休上班", SETTER_UP)
    with at("08:45", 5):
        run_timer(beijing)
        promise = beijing.promises(seats(beijing)["罗文"])[READY]
    assert promise.due_at == MIDNIGHT + dt.timedelta(days=5, hours=8, minutes=40)


def test_two_timers_and_a_second_turn_open_one_day(opened: Any) -> None:
    for minute in (31, 32, 50):
        with at(f"08:{minute}"):
            assert run_timer(opened) == []
    assert len(seats(opened)) == 1
    with at("09:00"), pytest.raises(Refused) as refused:
        opened.create("hotline.shift", "expect", opened.duty, person_id=opened.hotline.person_id)
    assert refused.value.kind is RefusalKind.FORM


def test_without_the_timer_one_tap_does_both(beijing: Any) -> None:
    with at("08:20"):
        presence.be_there(beijing.hotline, beijing.office, MONDAY)
    beijing.house.see()
    one = seats(beijing)["罗文"]
    assert (one.state, beijing.promises(one)[READY].state) == ("present", MET)
    with at("08:31"):
        run_timer(beijing)
    assert len(seats(beijing)) == 1


def test_nobody_puts_a_colleague_on_the_shift_but_who_is_in_charge(beijing: Any) -> None:
    colleague = beijing.hire(HOTLINE_ENGINEER)
    with at("14:00"):
        with pytest.raises(Refused) as refused:
            beijing.create("hotline.shift", "expect", colleague, person_id=beijing.hotline.person_id)
        assert set(refused.value.errors) == {"person_id"}
        one = beijing.create("hotline.shift", "expect", beijing.duty, person_id=beijing.hotline.person_id)
    assert one.owner_id == beijing.hotline.person_id


def test_nobody_signs_in_for_another(opened: Any) -> None:
    colleague = opened.hire(HOTLINE_ENGINEER)
    with at("08:31"):
        refused = opened.refused(seats(opened)["罗文"], "sign_in", colleague)
    assert refused.kind is RefusalKind.ROLE


def test_who_is_ill_is_excused_and_misses_nothing(opened: Any) -> None:
    with at("08:50"):
        one = opened.act(seats(opened)["罗文"], "excuse", opened.duty, reason="发烧，已电话请假")
    assert (one.state, opened.promises(one)[READY].state) == ("excused", DROPPED)


@pytest.mark.clause("QI/03 3.1.1")
def test_who_never_came_has_missed_it_and_the_next_morning_says_so(opened: Any) -> None:
    with at("16:59"):
        refused = opened.refused(seats(opened)["罗文"], "never_came", opened.duty)
        assert refused.kind is RefusalKind.OBJECTION
    with at("08:31", 1):
        run_timer(opened)
    days = {one.day: one for one in db.session.scalars(select(Shift)).unique()}
    assert days[MONDAY].state == "missing"
    assert opened.promises(days[MONDAY])[READY].state == MISSED
    assert days[MONDAY + dt.timedelta(days=1)].state == "expected"


def test_who_forgot_to_sign_out_is_not_there_all_night(opened: Any, present: Shift) -> None:
    with at("08:31", 1):
        run_timer(opened)
    db.session.refresh(present)
    assert (present.state, present.signed_out_at) == ("ended", None)


@pytest.mark.clause("QI/03 3.1.3")
def test_leave_is_asked_permitted_taken_and_counted(opened: Any, present: Shift) -> None:
    with at("10:00"):
        one = opened.act(present, "ask_leave", opened.hotline, why="去银行取回单", for_minutes=20)
        assert opened.promises(one)[LEAVE].due_at == clock.now() + dt.timedelta(minutes=15)
    with at("10:05"):
        one = opened.act(one, "permit", opened.duty)
    with at("10:10"):
        one = opened.act(one, "go", opened.hotline)
    with at("10:42"):
        one = opened.act(one, "back", opened.hotline)
    assert (one.state, one.minutes_away, opened.promises(one)[LEAVE].state) == ("present", 32, MET)
    assert one.leave
    assert one.leave.answered_by_id == opened.duty.person_id


@pytest.mark.clause("QI/03 3.1.3")
def test_without_permission_nobody_goes(opened: Any, present: Shift) -> None:
    with at("10:00"):
        assert opened.refused(present, "go", opened.hotline).kind is RefusalKind.STATE
        one = opened.act(present, "ask_leave", opened.hotline, why="取快递")
        assert opened.refused(one, "go", opened.hotline).kind is RefusalKind.STATE
        assert opened.refused(one, "permit", opened.hotline).kind is RefusalKind.ROLE
        one = opened.act(one, "refuse", opened.duty, answer="队列里还有五个来电")
    assert (one.state, one.leave.permitted, one.leave.left_at) == ("present", False, None)


@pytest.mark.clause("QI/03 3.1.3")
def test_before_closing_nobody_goes_home_without_permission(opened: Any, present: Shift) -> None:
    with at("16:59"):
        refused = opened.refused(present, "sign_out", opened.hotline)
    (objection,) = refused.objections
    assert (objection.clause, refused.kind) == ("QI/03 3.1.3", RefusalKind.OBJECTION)
    with at("17:00"):
        assert opened.act(present, "sign_out", opened.hotline).state == "ended"


@pytest.mark.clause("QI/03 3.1.3")
def test_leave_for_an_hour_is_not_leave_for_the_day(opened: Any, present: Shift) -> None:
    with at("15:00"):
        one = opened.act(present, "ask_leave", opened.hotline, why="看牙", for_minutes=60)
        one = opened.act(one, "permit", opened.duty)
        assert opened.refused(one, "sign_out", opened.hotline).kind is RefusalKind.OBJECTION
        one = opened.act(one, "withdraw", opened.hotline)
        one = opened.act(one, "ask_leave", opened.hotline, why="看牙", rest_of_day=True)
        one = opened.act(one, "permit", opened.duty)
        assert opened.act(one, "sign_out", opened.hotline).state == "ended"


@pytest.mark.clause("QI/03 3.1.3")
def test_an_office_that_closes_earlier_lets_its_people_go_earlier(shanghai: Any) -> None:
    with writing():
        calendars.set_opening_hours(shanghai.office, until("16:00"), SETTER_UP)
    with at("08:35"):
        presence.be_there(shanghai.hotline, shanghai.office, MONDAY)
    shanghai.house.see()
    with at("16:00"):
        assert shanghai.act(seats(shanghai)["罗文"], "sign_out", shanghai.hotline).state == "ended"


@pytest.mark.clause("QI/03 3.1.3")
def test_who_left_without_permission_is_written_down_with_the_minutes(opened: Any, present: Shift) -> None:
    with at("11:00"):
        assert opened.refused(present, "left", opened.hotline, why="x").kind is RefusalKind.ROLE
        early = opened.refused(present, "left", opened.duty, why="座位上没人", since="2026-11-23T08:00")
        assert set(early.errors) == {"since"}
        one = opened.act(present, "left", opened.duty, why="家中急事", since="2026-11-23T10:45")
    with at("11:30"):
        one = opened.act(one, "back", opened.duty)
    assert (one.leave.permitted, one.minutes_away) == (False, 45)


def test_to_another_office_the_shift_is_not_there(opened: Any, shanghai: Any) -> None:
    (one,) = seats(opened).values()
    stranger = shanghai.hire(DUTY_MANAGER)
    with at("09:00"), pytest.raises(NotFound):
        shanghai.look(one, stranger)
    assert opened.promises(one)[READY].state == OPEN


@pytest.fixture
def both(beijing: Any) -> Actor:
    """An engineer on the seat who is duty manager as well."""
    who: Actor = beijing.hire(HOTLINE_ENGINEER, DUTY_MANAGER, name="孙三")
    with at("08:35"):
        presence.be_there(who, beijing.office, MONDAY)
    beijing.house.see()
    return who


def asks(centre: Any, who: Actor) -> Shift:
    one: Shift = centre.act(seats(centre)[who.name], "ask_leave", who, why="私事", rest_of_day=True)
    return one


@pytest.mark.clause("QI/03 3.1.3")
def test_nobody_permits_his_own_leave_while_another_duty_manager_could(beijing: Any, both: Actor) -> None:
    with at("09:00"):
        one = asks(beijing, both)
        assert beijing.refused(one, "permit", both).kind is RefusalKind.OBJECTION
        one = beijing.act(one, "permit", beijing.duty)
        assert beijing.act(one, "go", both).leave.answered_by_id == beijing.duty.person_id


@pytest.mark.clause("QI/03 3.1.3")
def test_nobody_excuses_himself_while_another_duty_manager_could(beijing: Any) -> None:
    late = beijing.hire(HOTLINE_ENGINEER, DUTY_MANAGER, name="孙三")
    with at("08:31"):
        run_timer(beijing)
        seat = seats(beijing)[late.name]
        assert beijing.refused(seat, "excuse", late, reason="堵车").kind is RefusalKind.OBJECTION
        assert beijing.act(seat, "excuse", beijing.duty, reason="堵车").state == "excused"


@pytest.mark.clause("QI/03 3.1.3")
def test_the_only_duty_manager_who_is_there_permits_his_own(beijing: Any, both: Actor) -> None:
    with at("08:40"):
        days = {"kind": "leave", "first_day": f"{MONDAY}", "last_day": f"{MONDAY}"}
        absence = beijing.create("hotline.absence", "ask", beijing.duty, **days)
        beijing.act(absence, "approve", both)
    with at("09:00"):
        assert beijing.act(asks(beijing, both), "permit", both).state == "permitted"


@pytest.mark.clause("QI/03 3.1.3")
def test_an_office_with_one_duty_manager_has_nobody_else_to_ask(shanghai: Any) -> None:
    other = db.session.get_one(Person, shanghai.duty.person_id)
    accounts.take_role(other, shanghai.office, DUTY_MANAGER, SETTER_UP)
    alone = shanghai.hire(HOTLINE_ENGINEER, DUTY_MANAGER, name="孙三")
    with at("08:35"):
        presence.be_there(alone, shanghai.office, MONDAY)
    shanghai.house.see()
    with at("09:00"):
        assert shanghai.act(asks(shanghai, alone), "permit", alone).state == "permitted"
