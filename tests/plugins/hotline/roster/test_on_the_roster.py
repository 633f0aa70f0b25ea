"""Whom the roster and the absences let be expected: nobody is late for what he could not know (QI/03 3.1.1)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from itertools import pairwise
from typing import Any

import pytest
from sqlalchemy import func, select

from core import accounts, clock
from core.db import db
from core.deadlines import DROPPED, MET, MISSED, OPEN
from core.errors import RefusalKind
from core.ledger import LedgerRow
from core.people import Actor, Person
from core.roles import DUTY_MANAGER, HOTLINE_ENGINEER
from core.rules import rules_of
from core.talk.models import Notice
from core.testing import SETTER_UP
from plugins.hotline.roster.duty import on_duty
from plugins.hotline.shift import jobs, presence
from plugins.hotline.shift.models import Shift

READY = "hotline.shift_ready"
ZONE = dt.timezone(dt.timedelta(hours=8))


def at(time: str, day: int = 1) -> Any:
    """Let it be that time in the office on a day of December."""
    return clock.stopped_at(moment(time, day))


def moment(time: str, day: int = 1) -> dt.datetime:
    hours, minutes = map(int, time.split(":"))
    return dt.datetime(2026, 12, day, hours, minutes, tzinfo=ZONE)


def opened(planners: Any) -> dict[int, Shift]:
    """Let the timer open the shift; return the days on the seat that are of today, by person."""
    planners.centre.house.see()
    jobs.open_shifts(rules_of(planners.centre.office))
    planners.centre.house.see()
    today = clock.now().astimezone(ZONE).date()
    found = db.session.scalars(select(Shift).where(Shift.day == today)).unique()
    return {one.owner_id: one for one in found if one.owner_id}


def duty(planners: Any, time: str = "10:00") -> Any:
    planners.centre.house.see()
    return on_duty(rules_of(planners.centre.office), moment(time))


def ill_today(planners: Any, who: Actor, approver: Actor) -> Any:
    """Enter that somebody is ill today, and approve it."""
    said = {"kind": "sick", "first_day": "2026-12-01", "last_day": "2026-12-01", "person_id": who.person_id}
    asked = planners.centre.create("hotline.absence", "ask", planners.centre.duty, **said)
    return planners.centre.act(asked, "approve", approver)


@pytest.mark.clause("QI/03 3.1.1")
def test_without_a_roster_everybody_is_expected_who_is_not_away(planners: Any) -> None:
    planners.proposed()
    away, asked_only, *others = planners.engineers
    planners.away(away, "2026-11-30", "2026-12-04")
    planners.centre.create(
        "hotline.absence", "ask", asked_only, kind="leave", first_day="2026-12-01", last_day="2026-12-01"
    )
    with at("08:31"):
        assert set(opened(planners)) == {asked_only.person_id, *(one.person_id for one in others)}
    with at("08:31", 7):
        assert away.person_id in opened(planners), "back from leave"


@pytest.mark.clause("QI/03 3.1.1")
def test_where_the_rostered_engineer_is_away_nobody_is_expected_in_his_place(planners: Any) -> None:
    roster = planners.published()
    first, second = (planners.holder(planners.shift(roster, day, "day")) for day in (1, 2))
    planners.away(first, "2026-12-01", "2026-12-01")
    with at("08:31"):
        assert opened(planners) == {}
    with at("08:31", 2):
        assert set(opened(planners)) == {second.person_id}


@pytest.mark.clause("QI/03 3.1.1")
@pytest.mark.parametrize(("signed_in", "state"), [("10:12", MET), ("10:13", MISSED)])
def test_who_stands_in_after_opening_is_ready_ten_minutes_after_he_is_asked(
    planners: Any, signed_in: str, state: str
) -> None:
    roster = planners.published()
    row = planners.shift(roster, 1, "day")
    ill, other = planners.holder(row), planners.free(row)
    with at("08:30"):
        assert set(opened(planners)) == {ill.person_id}
    with at("10:00"):
        absence = ill_today(planners, ill, planners.support)
        planners.centre.act(absence, "substitute", planners.centre.duty, substitute_id=other.person_id)
    with at("10:02"):
        stands_in = opened(planners)[other.person_id]
        assert stands_in.expected_from == moment("10:02")
    with at(signed_in):
        stands_in = planners.centre.act(stands_in, "sign_in", other)
    assert planners.centre.promises(stands_in)[READY].state == state


@pytest.mark.clause("QI/03 3.1.1")
def test_who_was_on_the_roster_before_opening_is_late_however_late_the_timer_is(planners: Any) -> None:
    who = planners.holder(planners.shift(planners.published(), 1, "day"))
    with at("10:00"):
        assert opened(planners)[who.person_id].expected_from == moment("08:30")


@pytest.mark.clause("QI/03 3.1.1")
@pytest.mark.parametrize("approver", ["support", "duty"])
def test_who_is_expected_and_turns_out_to_be_away_is_excused(planners: Any, approver: str) -> None:
    who = planners.holder(planners.shift(planners.published(), 1, "day"))
    with at("08:30"):
        seat = opened(planners)[who.person_id]
    with at("10:00"):
        by = planners.support if approver == "support" else planners.centre.duty
        absence = ill_today(planners, who, by)
    planners.centre.house.see()
    db.session.refresh(seat)
    assert (seat.state, seat.excuse, planners.centre.promises(seat)[READY].state) == (
        "excused",
        absence.number,
        DROPPED,
    )


@pytest.mark.clause("QI/03 3.1.1")
def test_who_is_on_the_seat_already_or_away_on_another_day_is_not_excused(planners: Any) -> None:
    here, later = planners.engineers[:2]
    with at("08:30"):
        seats = opened(planners)
        planners.centre.act(seats[here.person_id], "sign_in", here)
    with at("10:00"):
        ill_today(planners, here, planners.support)
        planners.away(later, "2026-12-02", "2026-12-02")
        seats = opened(planners)
    assert (seats[here.person_id].state, seats[later.person_id].state) == ("present", "expected")


@pytest.mark.clause("QI/03 3.1.1")
def test_who_comes_back_early_is_expected_from_then_on(planners: Any) -> None:
    who = planners.engineers[1]
    absence = planners.away(who, "2026-11-30", "2026-12-04")
    with at("08:31"):
        assert who.person_id not in opened(planners)
    with at("10:00"):
        planners.centre.act(absence, "end", who)
        assert opened(planners)[who.person_id].expected_from == moment("10:00")


def loses_his_role(planners: Any, who: Actor, role: Any) -> None:
    accounts.take_role(person(who), planners.centre.office, role, SETTER_UP)


def leaves(_planners: Any, who: Actor, _role: Any) -> None:
    accounts.leave(person(who), SETTER_UP)


def person(who: Actor) -> Person:
    return db.session.get_one(Person, who.person_id)


@pytest.mark.clause("QI/03 3.1.7")
@pytest.mark.parametrize("goes", [loses_his_role, leaves])
def test_who_is_gone_is_not_on_duty_and_all_duty_managers_hear_of_a_demand(
    planners: Any, goes: Callable[..., None]
) -> None:
    row = planners.shift(planners.published(), 1, "day")
    engineer, manager = planners.holder(row), planners.holder(row, "manager")
    assert (duty(planners).manager.id, duty(planners).missing) == (manager.person_id, False)
    goes(planners, engineer, HOTLINE_ENGINEER)
    goes(planners, manager, DUTY_MANAGER)
    here = duty(planners)
    assert (here.engineers, here.manager, here.missing) == ((), None, True)
    by = next(one for one in planners.engineers if one is not engineer)
    with at("10:00"):
        call = planners.centre.log(by=by)
        planners.centre.act(call, "demand", by, demand="今天必须来人")
    told = set(db.session.scalars(select(Notice.person_id).where(Notice.step == "demand")))
    assert told == {one.person_id for one in planners.managers if one is not manager}


@pytest.mark.clause("QI/03 3.1.1")
def test_who_lost_the_role_is_not_expected_and_the_timer_does_not_try(planners: Any) -> None:
    who = planners.holder(planners.shift(planners.published(), 1, "day"))
    loses_his_role(planners, who, HOTLINE_ENGINEER)
    for time in ("09:00", "09:01"):
        with at(time):
            assert opened(planners) == {}
    refused = select(func.count()).where(LedgerRow.kind == "refused")
    assert db.session.scalar(refused) == 0


@pytest.mark.clause("QI/03 3.1.3")
def test_who_has_the_evening_stays_until_it_ends(planners: Any) -> None:
    row = planners.shift(planners.published(), 1, "evening")
    who = planners.holder(row)
    with at("16:30"):
        presence.be_there(who, planners.centre.office, row.day)
        seat = opened(planners)[who.person_id]
    with at("18:29"):
        refused = planners.centre.refused(seat, "sign_out", who)
    assert (refused.kind, refused.sentence.values["ends"]) == (RefusalKind.OBJECTION, moment("18:30"))
    with at("18:30"):
        assert planners.centre.act(seat, "sign_out", who).state == "ended"


@pytest.mark.clause("QI/03 3.1.3")
def test_who_has_the_day_alone_goes_when_the_office_closes(planners: Any) -> None:
    who = planners.holder(planners.shift(planners.published(), 1, "day"))
    with at("08:30"):
        seat = planners.centre.act(opened(planners)[who.person_id], "sign_in", who)
    with at("16:59"):
        assert planners.centre.refused(seat, "sign_out", who).kind is RefusalKind.OBJECTION
    with at("17:00"):
        assert planners.centre.act(seat, "sign_out", who).state == "ended"


@pytest.mark.clause("QI/03 3.1.3")
def test_an_office_whose_evening_is_shorter_lets_its_people_go_earlier(planners: Any, set_here: Any) -> None:
    set_here("hotline.evening_duty", "17:00-17:30")
    row = planners.shift(planners.published(), 1, "evening")
    who = planners.holder(row)
    with at("16:30"):
        presence.be_there(who, planners.centre.office, row.day)
        seat = opened(planners)[who.person_id]
    with at("17:30"):
        assert planners.centre.act(seat, "sign_out", who).state == "ended"


@pytest.mark.clause("QI/03 3.1.2")
def test_nobody_stays_on_duty_against_the_roster(planners: Any) -> None:
    roster = planners.published()
    rows = [planners.shift(roster, day, "day") for day in range(1, 5)]
    one, other = next((a, b) for a, b in pairwise(rows) if a.manager_id != b.manager_id)
    giver = planners.holder(one, "manager")
    with at("08:30", other.day.day):
        case = planners.centre.create("hotline.handover", "begin", planners.centre.duty)
        assert case.giver_id == giver.person_id
        refused = planners.centre.refused(case, "stay_on", giver)
        assert (refused.kind, refused.objections[0].text.values["name"]) == (
            RefusalKind.OBJECTION,
            planners.holder(other, "manager").name,
        )
        line = f"{other.day} day manager {giver.person_id}"
        planners.centre.act(roster, "replace", planners.support, cells=line, reason="换班")
        assert planners.centre.act(case, "stay_on", giver).alone == "stays"


@pytest.mark.clause("QI/03 3.1.13")
def test_who_stays_on_in_the_evening_has_it_on_the_roster(planners: Any) -> None:
    roster = planners.published()
    row = planners.shift(roster, 1, "evening")
    giver = next(one for one in planners.managers if one.person_id != row.manager_id)
    with at("08:30"):
        planners.centre.act(planners.centre.create("hotline.handover", "begin", giver), "take", giver)
    with at("16:50"):
        evening = planners.centre.create("hotline.handover", "begin_evening", giver)
        assert planners.centre.refused(evening, "stay_on", giver).kind is RefusalKind.OBJECTION
        line = f"{row.day} evening manager {giver.person_id}"
        planners.centre.act(roster, "replace", planners.support, cells=line, reason="换班")
        assert planners.centre.act(evening, "stay_on", giver).alone == "stays"


def test_the_seat_of_today_is_nobodys_to_cover_when_he_is_excused(planners: Any) -> None:
    who = planners.engineers[0]
    with at("08:30"):
        opened(planners)
    with at("10:00"):
        absence = ill_today(planners, who, planners.support)
    assert "hotline.find_substitute" not in planners.centre.promises(absence)
    assert OPEN not in {one.state for one in planners.centre.every_promise(absence)}
