"""A month's roster: begun, proposed, changed, published, changed openly, closed (QP/2-04 5.1)."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from sqlalchemy import select

from core import calendars, clock, ledger
from core.db import db, writing
from core.deadlines import MET, MISSED, OPEN
from core.errors import RefusalKind, Refused
from core.ledger import of_case
from core.talk.models import Notice
from core.worktime import DayKind

PUBLISH = "hotline.publish_roster"
LOCAL = dt.timezone(dt.timedelta(hours=8))


def hours(shift: Any) -> str:
    return f"{shift.starts_at.astimezone(LOCAL):%H:%M}-{shift.ends_at.astimezone(LOCAL):%H:%M}"


@pytest.mark.clause("QI/03 3.1.12")
@pytest.mark.clause("QI/03 3.1.13")
def test_a_working_day_has_day_noon_and_evening_and_a_weekend_the_day_alone(planners: Any) -> None:
    roster = planners.begun()
    of_day = {one.shift: hours(one) for one in roster.shifts if one.day == dt.date(2026, 12, 1)}
    assert of_day == {"day": "08:30-17:00", "noon": "11:30-12:30", "evening": "17:00-18:30"}
    (saturday,) = [one for one in roster.shifts if one.day == dt.date(2026, 12, 5)]
    assert (saturday.shift, saturday.weekend, hours(saturday)) == ("day", True, "09:00-17:00")


@pytest.mark.clause("QI/03 3.1.12")
@pytest.mark.clause("QI/03 3.1.13")
def test_an_office_sets_its_own_hours_or_has_no_such_duty(planners: Any, set_here: Any) -> None:
    set_here("hotline.noon_duty", "12:00-13:00")
    set_here("hotline.evening_duty", "-")
    of_day = {one.shift: hours(one) for one in planners.begun().shifts if one.day == dt.date(2026, 12, 1)}
    assert of_day == {"day": "08:30-17:00", "noon": "12:00-13:00"}


@pytest.mark.parametrize("wrong", ["25:00-26:00", "18:30-17:00", "noon", "11:30"])
def test_hours_that_are_none_are_refused_with_an_example(planners: Any, set_here: Any, wrong: str) -> None:
    with pytest.raises(Exception, match="17:00-18:30"):
        set_here("hotline.noon_duty", wrong)


@pytest.mark.clause("QP/2-04 5.1")
def test_a_swapped_working_day_is_a_working_day_and_a_holiday_is_none(planners: Any) -> None:
    with clock.stopped_at(dt.datetime(2026, 9, 20, 1, tzinfo=dt.UTC)):
        roster = planners.begun("2026-10")
    kinds = {one.day.day: one.weekend for one in roster.shifts}
    special = planners.centre.look(roster, planners.support).rules.calendar.special
    swapped = [
        day
        for day, one in special.items()
        if day.month == 10 and day.year == 2026 and one.kind is DayKind.WORKING
    ]
    assert swapped, "October has a swapped working day"
    assert all(kinds[day.day] is False for day in swapped)
    assert kinds[1] is True, "the national holiday"


@pytest.mark.clause("QP/2-04 5.1")
def test_it_is_due_before_the_month_begins_and_publishing_keeps_that(planners: Any) -> None:
    roster = planners.proposed()
    promise = planners.centre.promises(roster)[PUBLISH]
    assert promise.due_at == dt.datetime(2026, 11, 30, 9, tzinfo=dt.UTC)
    assert (promise.state, promise.role) == (OPEN, "support_manager")
    roster = planners.centre.act(roster, "publish", planners.support)
    assert planners.centre.promises(roster)[PUBLISH].state == MET


@pytest.mark.clause("QP/2-04 5.1")
def test_published_too_late_is_missed(planners: Any) -> None:
    roster = planners.proposed()
    with clock.stopped_at(dt.datetime(2026, 12, 1, 1, tzinfo=dt.UTC)):
        planners.centre.act(roster, "publish", planners.support)
    assert planners.centre.promises(roster)[PUBLISH].state == MISSED


@pytest.mark.clause("QP/2-04 5.1")
def test_a_month_has_one_roster(planners: Any) -> None:
    planners.begun()
    with pytest.raises(Refused) as refused:
        planners.begun()
    assert refused.value.kind is RefusalKind.FORM
    assert "month" in refused.value.errors


@pytest.mark.clause("QP/2-04 5.1")
def test_only_the_support_manager_draws_it_up(planners: Any) -> None:
    roster = planners.begun()
    for step in ("propose", "change", "publish"):
        assert planners.centre.refused(roster, step, planners.centre.duty).kind is RefusalKind.ROLE


@pytest.mark.clause("QP/2-04 5.1")
def test_a_proposal_fills_every_place_keeps_what_stands_and_keeps_absences(planners: Any) -> None:
    zhao = planners.engineers[1]
    planners.away(zhao, "2026-12-10", "2026-12-16")
    roster = planners.begun()
    line = f"2026-12-01 evening engineer {zhao.person_id}"
    planners.centre.act(roster, "change", planners.support, cells=line)
    roster = planners.centre.act(roster, "propose", planners.support)
    assert all(one.engineer_id and one.manager_id for one in roster.shifts)
    assert planners.shift(roster, 1, "evening").engineer_id == zhao.person_id
    week = [one for one in roster.shifts if dt.date(2026, 12, 10) <= one.day <= dt.date(2026, 12, 16)]
    assert zhao.person_id not in {one.engineer_id for one in week}


@pytest.mark.clause("QP/2-04 5.1")
def test_what_the_months_before_left_uneven_is_made_up_for(planners: Any) -> None:
    def weekends(roster: Any) -> dict[int, int]:
        return {
            one.person_id: sum(
                shift.weekend and shift.engineer_id == one.person_id for shift in roster.shifts
            )
            for one in planners.engineers
        }

    december = weekends(planners.published("2026-12"))
    both = weekends(planners.published("2027-01"))
    total = [december[one] + both[one] for one in december]
    assert max(total) - min(total) <= 1


@pytest.mark.clause("QP/2-04 5.1")
def test_nothing_is_published_in_which_somebody_is_away(planners: Any) -> None:
    roster = planners.proposed()
    evening = planners.shift(roster, 8, "evening")
    who = planners.holder(evening)
    planners.away(who, "2026-12-08", "2026-12-08")
    refused = planners.centre.refused(roster, "publish", planners.support)
    assert refused.kind is RefusalKind.OBJECTION
    assert who.name in str(refused)
    assert "2026-12-08" in str(refused)


def test_somebody_without_the_role_or_a_shift_that_is_not_there_is_refused(planners: Any) -> None:
    roster = planners.begun()
    wrong = (
        f"2026-12-01 noon engineer {planners.centre.engineer.person_id}",
        f"2026-12-05 noon engineer {planners.engineers[0].person_id}",
        "2026-12-01 noon nobody 7",
        "2026-13-01 noon engineer 7",
    )
    for line in wrong:
        refused = planners.centre.refused(roster, "change", planners.support, cells=line)
        assert set(refused.errors) == {"cells"}, line


@pytest.mark.clause("QP/2-04 5.1")
def test_a_change_after_publishing_wants_a_reason_is_recorded_and_told(planners: Any) -> None:
    roster = planners.published()
    evening = planners.shift(roster, 8, "evening")
    before, after = planners.holder(evening), planners.free(evening)
    line = f"2026-12-08 evening engineer {after.person_id}"
    assert "reason" in planners.centre.refused(roster, "replace", planners.centre.duty, cells=line).errors
    planners.centre.act(roster, "replace", planners.centre.duty, cells=line, reason="家中有事")
    evening = planners.shift(roster, 8, "evening")
    assert (evening.engineer_id, evening.first_engineer_id) == (after.person_id, before.person_id)
    assert evening.changes == 1
    row = of_case("hotline.roster", roster.id)[0]
    assert row.details["values"]["reason"] == "家中有事"
    assert row.details["values"]["cells"] == f"2026-12-08 17:00-18:30: {before.name} → {after.name}"
    told = {one.person_id for one in db.session.scalars(select(Notice).where(Notice.step == "replace"))}
    assert told == {before.person_id, after.person_id}
    assert list(ledger.verify(roster.office_id)) == []


@pytest.mark.clause("QP/2-04 5.1")
def test_a_change_that_does_not_fit_is_refused_by_name(planners: Any) -> None:
    roster = planners.published()
    evening = planners.shift(roster, 8, "evening")
    after = planners.free(evening)
    planners.away(after, "2026-12-08", "2026-12-08")
    line = f"2026-12-08 evening engineer {after.person_id}"
    refused = planners.centre.refused(roster, "replace", planners.support, cells=line, reason="换班")
    assert after.name in str(refused.errors["cells"][0])


def test_where_the_office_does_not_pause_nobody_has_day_and_noon(planners: Any) -> None:
    from core.worktime import Interval

    through = [Interval(weekday=day, start=dt.time(8, 30), end=dt.time(17)) for day in range(5)]
    with writing():
        calendars.set_opening_hours(planners.centre.office, through, planners.support)
    planners.centre.house.see()
    roster = planners.proposed()
    for day in range(1, 5):
        noon, whole = planners.shift(roster, day, "noon"), planners.shift(roster, day, "day")
        assert noon.engineer_id != whole.engineer_id
    line = f"2026-12-01 noon engineer {planners.shift(roster, 1, 'day').engineer_id}"
    planners.centre.act(roster, "change", planners.support, cells=line)
    refused = planners.centre.refused(roster, "publish", planners.support)
    assert refused.sentence.values["why"].msgid == "%(name)s is in two shifts at once."


@pytest.mark.clause("QP/2-04 5.8")
def test_it_is_closed_when_the_month_is_over_and_not_before(planners: Any) -> None:
    roster = planners.published()
    assert planners.centre.refused(roster, "close", planners.support).kind is RefusalKind.OBJECTION
    with clock.stopped_at(dt.datetime(2027, 1, 4, 1, tzinfo=dt.UTC)):
        roster = planners.centre.act(roster, "close", planners.support)
    assert roster.state == "closed"
    assert roster.closed_at is not None


def test_two_planners_do_not_overwrite_each_other(planners: Any) -> None:
    from core import gate

    roster = planners.begun()
    seen, who = roster.version, planners.engineers[0].person_id
    planners.centre.act(roster, "change", planners.support, cells=f"2026-12-01 noon engineer {who}")
    said = {"cells": f"2026-12-01 noon engineer {planners.engineers[1].person_id}"}
    with pytest.raises(Refused) as refused:
        gate.perform("hotline.roster", roster.number, "change", planners.support, said, seen=seen)
    assert refused.value.kind is RefusalKind.STALE


def test_an_office_of_one_engineer_and_one_manager_has_a_roster_too(beijing: Any, november: None) -> None:
    from core.roles import SUPPORT_MANAGER

    support = beijing.hire(SUPPORT_MANAGER, name="何志强")
    roster = beijing.create("hotline.roster", "begin", support, month="2026-12")
    roster = beijing.act(beijing.act(roster, "propose", support), "publish", support)
    assert {one.engineer_id for one in roster.shifts} == {beijing.hotline.person_id}


@pytest.mark.clause("QP/2-04 5.1")
def test_an_empty_roster_is_not_published(planners: Any) -> None:
    roster = planners.begun()
    refused = planners.centre.refused(roster, "publish", planners.support)
    assert refused.kind is RefusalKind.OBJECTION
    assert refused.sentence.values["count"] == 23
    assert str(refused.sentence.values["days"]).startswith("2026-12-01, 2026-12-02")
    assert planners.centre.promises(roster)[PUBLISH].state == OPEN


@pytest.mark.clause("QP/2-04 5.1")
@pytest.mark.parametrize("place", ["engineer", "manager"])
def test_a_working_day_without_engineer_or_manager_is_not_published(planners: Any, place: str) -> None:
    roster = planners.proposed()
    planners.centre.act(roster, "change", planners.support, cells=f"2026-12-08 day {place} -")
    refused = planners.centre.refused(roster, "publish", planners.support)
    assert (refused.sentence.values["count"], refused.sentence.values["days"]) == (1, "2026-12-08")


@pytest.mark.clause("QP/2-04 5.1")
def test_a_weekend_a_noon_and_an_evening_may_be_empty(planners: Any) -> None:
    roster = planners.proposed()
    cells = "\n".join(
        f"2026-12-0{day} {shift} {place} -"
        for day, shift in ((5, "day"), (7, "noon"), (7, "evening"))
        for place in ("engineer", "manager")
    )
    planners.centre.act(roster, "change", planners.support, cells=cells)
    assert planners.centre.act(roster, "publish", planners.support).state == "published"


@pytest.mark.clause("QP/2-04 5.1")
def test_a_day_on_which_everybody_is_away_may_be_empty_and_no_other(planners: Any) -> None:
    *most, last = planners.managers
    for who in most:
        planners.away(who, "2026-12-08", "2026-12-08")
    roster = planners.proposed()
    planners.centre.act(roster, "change", planners.support, cells="2026-12-08 day manager -")
    assert planners.centre.refused(roster, "publish", planners.support).kind is RefusalKind.OBJECTION
    planners.away(last, "2026-12-08", "2026-12-08")
    roster = planners.centre.act(roster, "propose", planners.support, anew=True)
    assert planners.centre.act(roster, "publish", planners.support).state == "published"


@pytest.mark.clause("QP/2-04 5.1")
def test_days_that_are_over_need_nobody_any_more(planners: Any) -> None:
    roster = planners.begun("2026-11")
    refused = planners.centre.refused(roster, "publish", planners.support)
    assert str(refused.sentence.values["days"]).startswith("2026-11-20")


@pytest.mark.clause("QP/2-04 5.1")
def test_an_office_where_nobody_holds_the_role_gives_it_to_somebody_first(
    shanghai: Any, november: None
) -> None:
    from core import accounts
    from core.people import Person
    from core.roles import DUTY_MANAGER, SUPPORT_MANAGER
    from core.testing import SETTER_UP

    support = shanghai.hire(SUPPORT_MANAGER, name="何志强")
    manager = db.session.get_one(Person, shanghai.duty.person_id)
    accounts.take_role(manager, shanghai.office, DUTY_MANAGER, SETTER_UP)
    roster = shanghai.create("hotline.roster", "begin", support, month="2026-12")
    roster = shanghai.act(roster, "propose", support)
    assert shanghai.refused(roster, "publish", support).sentence.values["count"] == 23
