"""Who is on duty now decides who hears of the queue; nobody is an alarm, never a lost item."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from sqlalchemy import event, select

from core import clock
from core.db import db
from core.deadlines import Deadline
from core.rules import rules_of
from core.talk.models import Notice
from core.testing import said
from core.worktime import TraceLine
from core.worktime_text import trace_sentences
from plugins.hotline.roster import jobs
from plugins.hotline.roster.duty import on_duty
from plugins.hotline.roster.models import Roster
from plugins.hotline.roster.telling import chips

DEMAND = "hotline.same_day_demand"
ZONE = dt.timezone(dt.timedelta(hours=8))


def at(day: int, time: str) -> dt.datetime:
    hours, minutes = map(int, time.split(":"))
    return dt.datetime(2026, 12, day, hours, minutes, tzinfo=ZONE)


def now(planners: Any, moment: dt.datetime) -> Any:
    planners.centre.house.see()
    return on_duty(rules_of(planners.centre.office), moment)


@pytest.mark.clause("QP/2-04 5.1")
@pytest.mark.clause("QI/03 3.1.12")
@pytest.mark.clause("QI/03 3.1.13")
@pytest.mark.parametrize(
    ("day", "time", "shift"),
    [
        (1, "08:30", "day"),
        (1, "11:29", "day"),
        (1, "11:30", "noon"),
        (1, "12:30", "day"),
        (1, "16:59", "day"),
        (1, "17:00", "evening"),
        (1, "18:30", ""),
        (5, "10:00", "day"),
        (5, "12:00", "day"),
        (5, "17:00", ""),
    ],
)
def test_the_roster_says_who_is_on_duty(planners: Any, day: int, time: str, shift: str) -> None:
    roster = planners.published()
    here = now(planners, at(day, time))
    assert (here.shift, here.wanted, here.missing) == (shift, bool(shift), False)
    if shift:
        row = planners.shift(roster, day, shift)
        assert [one.id for one in here.engineers] == [row.engineer_id]
        assert here.manager is not None
        assert here.manager.id == row.manager_id


def test_without_a_published_roster_nobody_is_on_duty_while_the_office_is_open(planners: Any) -> None:
    planners.proposed()
    here = now(planners, at(1, "10:00"))
    assert (here.shift, here.engineers, here.manager, here.missing) == ("day", (), None, True)
    closed = now(planners, at(1, "20:00"))
    assert (closed.shift, closed.missing) == ("", False)


def test_who_is_away_without_a_substitute_is_not_on_duty(planners: Any) -> None:
    roster = planners.published()
    who = planners.holder(planners.shift(roster, 1, "evening"))
    planners.away(who, "2026-12-01", "2026-12-01")
    here = now(planners, at(1, "17:30"))
    assert (here.engineers, here.missing) == ((), True)


def test_an_empty_noon_is_covered_by_who_has_the_day(planners: Any) -> None:
    roster = planners.published()
    planners.centre.act(
        roster, "replace", planners.support, cells="2026-12-01 noon engineer -", reason="午间并班"
    )
    here = now(planners, at(1, "12:00"))
    assert [one.id for one in here.engineers] == [planners.shift(roster, 1, "day").engineer_id]


def test_it_costs_one_statement_beside_the_calendar_whatever_the_month(planners: Any) -> None:
    planners.published()
    planners.centre.house.see()
    rules = rules_of(planners.centre.office)
    assert rules.calendar
    asked: list[str] = []

    def note(*arguments: Any) -> None:
        asked.append(arguments[2])

    event.listen(db.engine, "before_cursor_execute", note)
    on_duty(rules, at(1, "12:00"))
    on_duty(rules, at(1, "12:00"))
    event.remove(db.engine, "before_cursor_execute", note)
    assert len([one for one in asked if one.lstrip().upper().startswith("SELECT")]) == 1


@pytest.mark.clause("QI/03 3.1.7")
def test_a_same_day_demand_is_told_to_the_duty_manager_on_duty(planners: Any) -> None:
    roster = planners.published()
    with clock.stopped_at(at(1, "10:00")):
        call = planners.centre.log()
        planners.centre.act(call, "demand", planners.centre.hotline, demand="今天必须来人")
    told = [one.person_id for one in db.session.scalars(select(Notice).where(Notice.step == "demand"))]
    assert told == [planners.shift(roster, 1, "day").manager_id]
    assert planners.centre.promises(call)["hotline.same_day_demand"].person_id is None, "the role's queue"


@pytest.mark.clause("QI/03 3.1.7")
def test_with_nobody_on_duty_every_duty_manager_hears_of_it(planners: Any) -> None:
    call = planners.centre.log()
    planners.centre.act(call, "demand", planners.centre.hotline, demand="今天必须来人")
    told = {one.person_id for one in db.session.scalars(select(Notice).where(Notice.step == "demand"))}
    assert told == {one.person_id for one in planners.managers}


# The first of December is a Tuesday, the fifth a Saturday.
@pytest.mark.clause("QI/03 3.1.7")
@pytest.mark.clause("QI/03 3.1.12")
@pytest.mark.clause("QI/03 3.1.13")
@pytest.mark.parametrize(
    ("day", "time", "due"),
    [
        (1, "09:00", (1, "10:00")),
        (1, "11:20", (1, "12:20")),
        (1, "16:45", (1, "17:45")),
        (4, "17:10", (4, "18:10")),
        (4, "18:00", (7, "09:00")),
        (4, "19:00", (7, "09:30")),
        (5, "10:00", (5, "11:00")),
    ],
)
def test_the_hour_of_a_same_day_demand_runs_while_a_duty_manager_is_on_duty(
    planners: Any, day: int, time: str, due: tuple[int, str]
) -> None:
    planners.published()
    assert due_when_demanded(planners, at(day, time)) == at(*due)


@pytest.mark.clause("QI/03 3.1.7")
def test_without_a_duty_manager_on_duty_the_hour_counts_working_time(planners: Any) -> None:
    roster = planners.published()
    who = planners.holder(planners.shift(roster, 1, "evening"), "manager")
    planners.away(who, "2026-12-01", "2026-12-01")
    assert due_when_demanded(planners, at(1, "17:10")) == at(2, "09:30")


@pytest.mark.clause("QI/03 3.1.7")
def test_without_a_roster_the_hour_counts_working_time(planners: Any) -> None:
    planners.proposed()
    assert due_when_demanded(planners, at(1, "11:20")) == at(1, "13:20")


def test_why_it_is_due_then_says_that_somebody_is_on_duty(planners: Any) -> None:
    planners.published()
    due_when_demanded(planners, at(4, "18:00"))
    (why,) = db.session.scalars(select(Deadline.trace).where(Deadline.key == DEMAND))
    told = [(one["kind"], one["at"][5:16], one["params"].get("minutes")) for one in why]
    assert told[2:4] == [("on_duty", "12-04T18:30", 30), ("outside_hours", "12-04T18:30", None)]
    assert told[-2:] == [("counted", "12-07T09:00", 30), ("due", "12-07T09:00", None)]
    says = trace_sentences(map(TraceLine.from_json, why))[2]
    assert says.msgid == "%(since)s to %(at)s: %(minutes)s minutes, for somebody is on duty."


def due_when_demanded(planners: Any, moment: dt.datetime) -> dt.datetime:
    """Return until when a demand of a moment is answered."""
    centre = planners.centre
    with clock.stopped_at(moment):
        call = centre.act(centre.log(), "demand", centre.hotline, demand="今天必须有人来")
    due: dt.datetime = centre.promises(call)[DEMAND].due_at
    return due


@pytest.mark.clause("QI/03 3.1.7")
def test_who_is_stuck_asks_the_duty_manager_on_duty_and_hears_the_answer(planners: Any) -> None:
    roster, centre = planners.published(), planners.centre
    with clock.stopped_at(at(1, "10:00")):
        call = centre.act(centre.log(), "want_help", centre.hotline, stuck="反结账的口令从哪里来")
        manager = planners.holder(planners.shift(roster, 1, "day"), "manager")
        centre.act(call, "give_help", manager, advice="用账套主管进入，在总账选项里取消结账")
    told = {one.step: one.person_id for one in db.session.scalars(select(Notice))}
    assert (told["want_help"], told["give_help"]) == (manager.person_id, centre.hotline.person_id)


@pytest.mark.clause("QI/03 3.1.7")
def test_with_nobody_on_duty_every_duty_manager_hears_of_who_is_stuck(planners: Any) -> None:
    centre = planners.centre
    centre.act(centre.log(), "want_help", centre.hotline, stuck="反结账的口令从哪里来")
    told = {one.person_id for one in db.session.scalars(select(Notice).where(Notice.step == "want_help"))}
    assert told == {one.person_id for one in planners.managers}


def test_the_chips_say_who_is_there_what_is_missing_and_what_comes(planners: Any) -> None:
    def told(moment: dt.datetime) -> list[str]:
        with clock.stopped_at(moment):
            planners.centre.house.see()
            return [one.text.msgid for one in chips(rules_of(planners.centre.office))]

    assert told(dt.datetime(2026, 11, 23, 2, tzinfo=dt.UTC)) == ["Nobody on duty"]
    assert told(dt.datetime(2026, 11, 27, 2, tzinfo=dt.UTC)) == ["Nobody on duty", "No roster for %(month)s"]
    planners.published()
    assert told(dt.datetime(2026, 11, 28, 2, tzinfo=dt.UTC)) == []
    assert told(at(1, "10:00")) == ["On duty: %(names)s"]


def test_everybody_reads_who_is_on_duty_and_planners_alone_hear_the_alarm(
    planners: Any, sign_in: Any
) -> None:
    planners.published()
    engineer, manager = sign_in(planners.engineers[0]), sign_in(planners.centre.duty)
    with clock.stopped_at(at(1, "10:00")):
        assert "On duty:" in said(engineer.get("/BJ/hotline/desk").text)
    with clock.stopped_at(dt.datetime(2026, 11, 24, 2, tzinfo=dt.UTC)):
        assert "Nobody on duty" in said(manager.get("/BJ/hotline/call/").text)
        assert "Nobody on duty" not in said(engineer.get("/BJ/hotline/call/").text)


@pytest.mark.clause("QP/2-04 5.1")
def test_the_timer_puts_next_month_on_the_support_managers_desk_once(planners: Any) -> None:
    def turn(day: int) -> list[Roster]:
        with clock.stopped_at(dt.datetime(2026, 11, day, 1, tzinfo=dt.UTC)):
            planners.centre.house.see()
            jobs.turn(rules_of(planners.centre.office))
        planners.centre.house.see()
        return list(db.session.scalars(select(Roster)).unique())

    assert turn(20) == []
    (roster,) = turn(21)
    assert (roster.title, roster.state, roster.owner_id) == ("2026-12", "drafted", None)
    promise = planners.centre.promises(roster)["hotline.publish_roster"]
    assert (promise.role, promise.heading) == ("support_manager", "2026-12")
    assert len(turn(25)) == 1


def test_an_office_may_have_it_on_its_desk_earlier(planners: Any, set_here: Any) -> None:
    set_here("hotline.roster_begin_days", 20)
    jobs.turn(rules_of(planners.centre.office))
    planners.centre.house.see()
    assert [one.title for one in db.session.scalars(select(Roster)).unique()] == ["2026-12"]


@pytest.mark.clause("QP/2-04 5.8")
def test_the_timer_closes_the_month_that_is_over(planners: Any) -> None:
    roster = planners.published()
    with clock.stopped_at(dt.datetime(2027, 1, 1, 1, tzinfo=dt.UTC)):
        planners.centre.house.see()
        jobs.turn(rules_of(planners.centre.office))
    planners.centre.house.see()
    assert db.session.get_one(Roster, roster.id).state == "closed"
