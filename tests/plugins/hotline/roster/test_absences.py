"""Who is away has said so, somebody stands in, and nobody's promise is lost (QP/2-04 5.1)."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from sqlalchemy import select

from core import clock, ledger
from core.db import db
from core.deadlines import MET, OPEN, Deadline
from core.errors import RefusalKind, Refused
from core.ledger import LedgerRow
from core.rules import rules_of
from core.talk.models import Notice
from plugins.hotline.roster import jobs

DECIDE, FIND, PROMISE = "hotline.decide_absence", "hotline.find_substitute", "hotline.promise"
WEEK = {"kind": "leave", "first_day": "2026-12-07", "last_day": "2026-12-11"}


def asked(planners: Any, who: Any, **more: Any) -> Any:
    return planners.centre.create("hotline.absence", "ask", who, **WEEK | more)


def test_days_are_asked_for_decided_on_and_kept_in_time(planners: Any) -> None:
    who = planners.engineers[1]
    absence = asked(planners, who)
    assert (absence.owner_id, planners.centre.promises(absence)[DECIDE].state) == (who.person_id, OPEN)
    absence = planners.centre.act(absence, "approve", planners.centre.duty)
    assert (absence.state, planners.centre.promises(absence)[DECIDE].state) == ("approved", MET)
    assert FIND not in planners.centre.promises(absence), "nothing has to be covered"


def test_they_are_declined_with_a_reason_or_withdrawn_by_whose_they_are(planners: Any) -> None:
    who = planners.engineers[1]
    absence = asked(planners, who)
    assert planners.centre.refused(absence, "decline", planners.support).kind is RefusalKind.FORM
    declined = planners.centre.act(absence, "decline", planners.support, reason="月底结账，人手不足")
    again = asked(planners, who)
    assert planners.centre.refused(again, "withdraw", planners.engineers[2]).kind is RefusalKind.ROLE
    assert (declined.state, planners.centre.act(again, "withdraw", who).state) == ("declined", "withdrawn")


def test_nobody_but_the_support_manager_approves_his_own(planners: Any) -> None:
    own = asked(planners, planners.centre.duty)
    assert planners.centre.refused(own, "approve", planners.centre.duty).kind is RefusalKind.OBJECTION
    managers_own = asked(planners, planners.support)
    assert planners.centre.act(managers_own, "approve", planners.support).state == "approved"


@pytest.mark.parametrize(
    ("first", "last", "field"),
    [
        ("2026-12-11", "2026-12-07", "last_day"),
        ("2026-11-02", "2026-11-06", "last_day"),
        ("2026-12-07", "2027-12-07", "last_day"),
    ],
)
def test_days_that_cannot_be_are_refused_at_their_field(
    planners: Any, first: str, last: str, field: str
) -> None:
    with pytest.raises(Refused) as refused:
        asked(planners, planners.engineers[0], first_day=first, last_day=last)
    assert set(refused.value.errors) == {field}


def test_the_same_days_are_not_asked_for_twice(planners: Any) -> None:
    first = asked(planners, planners.engineers[0])
    with pytest.raises(Refused) as refused:
        asked(planners, planners.engineers[0], first_day="2026-12-11", last_day="2026-12-14")
    assert first.number in str(refused.value)


def test_who_is_ill_is_entered_by_a_manager_and_by_no_colleague(planners: Any) -> None:
    ill, colleague = planners.engineers[0], planners.engineers[1]
    absence = asked(planners, planners.centre.duty, kind="sick", person_id=ill.person_id)
    assert absence.owner_id == ill.person_id
    with pytest.raises(Refused) as refused:
        asked(planners, colleague, person_id=planners.engineers[2].person_id)
    assert set(refused.value.errors) == {"person_id"}


@pytest.mark.clause("QP/2-04 5.1")
def test_an_absence_inside_a_published_roster_asks_for_a_substitute(planners: Any) -> None:
    roster = planners.published()
    evening = planners.shift(roster, 8, "evening")
    who, other = planners.holder(evening), planners.free(evening)
    absence = planners.away(who, "2026-12-08", "2026-12-08")
    promise = planners.centre.promises(absence)[FIND]
    assert (promise.state, promise.role) == (OPEN, "duty_manager")
    assert planners.centre.refused(absence, "covered", planners.centre.duty).kind is RefusalKind.OBJECTION
    absence = planners.centre.act(absence, "substitute", planners.centre.duty, substitute_id=other.person_id)
    assert planners.shift(roster, 8, "evening").engineer_id == other.person_id
    assert planners.shift(roster, 8, "evening").first_engineer_id == who.person_id
    assert planners.centre.promises(absence)[FIND].state == MET
    row = ledger.last_of("hotline.roster", roster.id)
    assert row is not None
    assert (row.action, row.clause) == ("exchange", "QP/2-04 5.1")
    told = {one.person_id for one in db.session.scalars(select(Notice).where(Notice.step == "substitute"))}
    assert told == {other.person_id}
    assert list(ledger.verify(roster.office_id)) == []


def test_a_substitute_who_cannot_is_refused_by_name_and_nothing_changes(planners: Any) -> None:
    roster = planners.published()
    evening = planners.shift(roster, 8, "evening")
    who, other = planners.holder(evening), planners.free(evening)
    absence = planners.away(who, "2026-12-08", "2026-12-08")
    planners.away(other, "2026-12-08", "2026-12-08")
    manager = planners.centre.duty
    for wrong in (other, manager):
        refused = planners.centre.refused(absence, "substitute", manager, substitute_id=wrong.person_id)
        assert "substitute_id" in refused.errors
    assert planners.shift(roster, 8, "evening").engineer_id == who.person_id


def test_two_colleagues_share_the_days_and_it_asks_on_until_all_are_covered(planners: Any) -> None:
    roster = planners.published()
    who = planners.engineers[0]
    early, late = (planners.centre.log(promised_at=f"2026-12-{day}T16:00") for day in ("08", "16"))
    absence = planners.away(who, "2026-12-07", "2026-12-20")
    first, second = planners.engineers[1:3]
    one = {"substitute_id": first.person_id, "until_day": "2026-12-13"}
    absence = planners.centre.act(absence, "substitute", planners.support, **one)
    assert planners.centre.promises(absence)[FIND].state == OPEN
    absence = planners.centre.act(absence, "substitute", planners.support, substitute_id=second.person_id)
    assert planners.centre.promises(absence)[FIND].state == MET
    planners.centre.house.see()
    days = [one for one in roster.shifts if dt.date(2026, 12, 7) <= one.day <= dt.date(2026, 12, 20)]
    assert who.person_id not in {one.engineer_id for one in days}
    whose = [planners.centre.promises(call)[PROMISE].person_id for call in (early, late)]
    assert whose == [first.person_id, second.person_id]


@pytest.mark.clause("QP/2-04 5.1")
def test_promises_of_these_days_go_over_with_the_clause_in_the_ledger(planners: Any) -> None:
    who, other = planners.centre.hotline, planners.engineers[1]
    during = planners.centre.log(promised_at="2026-12-08T16:00")
    before = planners.centre.log(promised_at="2026-11-23T16:00")
    absence = planners.away(who, "2026-12-07", "2026-12-11")
    assert planners.centre.promises(absence)[FIND].state == OPEN, "a promise has to be covered, too"
    planners.centre.act(absence, "substitute", planners.support, substitute_id=other.person_id)
    planners.centre.house.see()
    call = db.session.merge(during)
    db.session.refresh(call)
    assert call.owner_id == other.person_id, "a call can be taken over"
    assert planners.centre.promises(during)[PROMISE].person_id == other.person_id
    assert planners.centre.promises(before)[PROMISE].person_id == who.person_id, "it is his own until then"
    row = ledger.last_of("hotline.call", during.id)
    assert row is not None
    assert (row.action, row.clause, row.actor) == ("stands_in", "QP/2-04 5.1", planners.support.name)
    assert list(ledger.verify(planners.centre.office.id)) == []
    planners.centre.act(during, "solve", other, answer="已电话告知重建索引的方法")


def test_where_a_case_cannot_be_taken_over_the_promise_alone_changes_hands(planners: Any) -> None:
    who = planners.centre.engineer
    request = planners.centre.dispatched()
    due = [one for one in planners.centre.every_promise(request) if one.person_id == who.person_id]
    assert due
    absence = planners.away(who, "2026-11-20", "2026-12-31")
    other = planners.engineers[1]
    planners.centre.act(absence, "substitute", planners.support, substitute_id=other.person_id)
    planners.centre.house.see()
    db.session.refresh(db.session.merge(request))
    assert db.session.merge(request).engineer_id == who.person_id
    again = [one for one in planners.centre.every_promise(request) if one.person_id == other.person_id]
    assert {one.id for one in again} == {one.id for one in due}
    rows = select(LedgerRow.action).where(LedgerRow.procedure == "fieldservice.request")
    assert "stands_in" in set(db.session.scalars(rows))


def test_what_is_promised_after_somebody_stands_in_goes_over_by_the_timer(planners: Any) -> None:
    who, other = planners.centre.hotline, planners.engineers[1]
    planners.centre.log(promised_at="2026-12-08T16:00")
    absence = planners.away(who, "2026-12-07", "2026-12-11")
    planners.centre.act(absence, "substitute", planners.support, substitute_id=other.person_id)
    late = planners.centre.log(promised_at="2026-12-09T10:00")
    planners.centre.house.see()
    jobs.turn(rules_of(planners.centre.office))
    planners.centre.house.see()
    assert planners.centre.promises(late)[PROMISE].person_id == other.person_id
    row = ledger.last_of("hotline.absence", absence.id)
    assert row is not None
    assert (row.action, row.actor) == ("carry", "timer")
    left = select(Deadline).where(Deadline.person_id == who.person_id, Deadline.state == OPEN)
    assert list(db.session.scalars(left)) == []


@pytest.mark.clause("QP/2-04 5.1")
def test_of_two_who_share_the_days_each_gets_what_is_promised_later_for_his(planners: Any) -> None:
    who, first, second = planners.engineers[:3]
    absence = planners.away(who, "2026-12-07", "2026-12-20")
    for other, days in ((first, ("07", "09")), (second, ("14", "16"))):
        span = {"from_day": f"2026-12-{days[0]}", "until_day": f"2026-12-{days[1]}"}
        planners.centre.act(absence, "substitute", planners.support, substitute_id=other.person_id, **span)
    late = [planners.centre.log(by=who, promised_at=f"2026-12-{day}T16:00") for day in ("08", "15", "18")]
    for _ in range(3):
        turned(planners)
    whose = [planners.centre.promises(call)[PROMISE].person_id for call in late]
    assert whose == [first.person_id, second.person_id, who.person_id]
    rows = [row.action for row in ledger.of_case("hotline.absence", absence.id)]
    assert rows[:2] == ["ask_on", "carry"], "carried once, and asked for the rest once"


def test_it_ends_by_itself_and_early_when_somebody_is_back(planners: Any) -> None:
    early, long = planners.engineers[0], planners.engineers[1]
    first, second = (planners.away(one, "2026-12-07", "2026-12-11") for one in (early, long))
    with clock.stopped_at(dt.datetime(2026, 12, 9, 1, tzinfo=dt.UTC)):
        back = planners.centre.act(first, "end", early)
    assert (back.state, back.last_day) == ("ended", dt.date(2026, 12, 8))
    with clock.stopped_at(dt.datetime(2026, 12, 12, 1, tzinfo=dt.UTC)):
        planners.centre.house.see()
        jobs.turn(rules_of(planners.centre.office))
    planners.centre.house.see()
    over = db.session.get_one(type(second), second.id)
    assert (over.state, over.last_day) == ("ended", dt.date(2026, 12, 11))


def turned(planners: Any) -> None:
    """Let the timer look after rosters and absences."""
    planners.centre.house.see()
    jobs.turn(rules_of(planners.centre.office))
    planners.centre.house.see()


@pytest.mark.clause("QI/03 3.1.9")
def test_what_is_promised_later_for_days_off_asks_for_a_substitute_once(planners: Any) -> None:
    who, other = planners.centre.hotline, planners.engineers[1]
    absence = planners.away(who, "2026-12-07", "2026-12-11")
    planners.centre.log(promised_at="2026-12-04T16:00")
    turned(planners)
    assert FIND not in planners.centre.promises(absence), "that day he is here"
    during = planners.centre.log(promised_at="2026-12-08T16:00")
    for _ in range(2):
        turned(planners)
    (find,) = [one for one in planners.centre.every_promise(absence) if one.key == FIND]
    assert (find.state, find.role) == (OPEN, "duty_manager")
    assert find.due_at == clock.now() + dt.timedelta(hours=2)
    asked_on = ledger.last_of("hotline.absence", absence.id)
    assert asked_on is not None
    assert (asked_on.action, asked_on.actor, asked_on.clause) == ("ask_on", "timer", "QI/03 3.1.9")
    planners.centre.act(absence, "substitute", planners.centre.duty, substitute_id=other.person_id)
    assert planners.centre.promises(absence)[FIND].state == MET
    assert planners.centre.promises(during)[PROMISE].person_id == other.person_id


@pytest.mark.clause("QI/03 3.1.9")
def test_an_office_may_want_a_substitute_sooner(planners: Any, set_here: Any) -> None:
    set_here("hotline.substitute_minutes", 30)
    absence = planners.away(planners.centre.hotline, "2026-12-07", "2026-12-11")
    planners.centre.log(promised_at="2026-12-08T16:00")
    turned(planners)
    assert planners.centre.promises(absence)[FIND].due_at == clock.now() + dt.timedelta(minutes=30)


@pytest.mark.clause("QI/03 3.1.9")
def test_while_something_is_promised_for_these_days_somebody_has_to_stand_in(planners: Any) -> None:
    during = planners.centre.log(promised_at="2026-12-08T16:00")
    absence = planners.away(planners.centre.hotline, "2026-12-07", "2026-12-11")
    refused = planners.centre.refused(absence, "covered", planners.centre.duty)
    assert (refused.kind, refused.sentence.values["count"]) == (RefusalKind.OBJECTION, 1)
    planners.centre.act(during, "take_over", planners.engineers[1])
    absence = planners.centre.act(absence, "covered", planners.centre.duty)
    assert planners.centre.promises(absence)[FIND].state == MET


@pytest.mark.clause("QI/03 3.1.9")
def test_who_stands_in_hands_back_to_the_absent_one_and_to_nobody_before_him(planners: Any) -> None:
    first, absent, other = planners.engineers[:3]
    call = planners.centre.act(planners.centre.log(by=first), "take_over", absent)
    planners.centre.act(call, "promise", absent, promised_at="2026-11-24T10:00")
    absence = planners.away(absent, "2026-11-23", "2026-11-27")
    planners.centre.act(absence, "substitute", planners.support, substitute_id=other.person_id)
    with clock.stopped_at(dt.datetime(2026, 11, 24, 1, tzinfo=dt.UTC)):
        refused = planners.centre.refused(call, "hand_back", other)
        assert (refused.kind, refused.sentence.values["name"]) == (RefusalKind.OBJECTION, absent.name)
    with clock.stopped_at(dt.datetime(2026, 11, 30, 1, tzinfo=dt.UTC)):
        call = planners.centre.act(call, "hand_back", other)
    assert (call.owner_id, call.former_owner_id) == (absent.person_id, None)
