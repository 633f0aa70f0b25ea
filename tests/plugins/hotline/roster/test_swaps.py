"""Shifts change hands when both agree, and the roster says so (QP/2-04 5.1)."""

from __future__ import annotations

import datetime as dt
from threading import Thread
from typing import Any

import pytest

from core import clock, gate, ledger
from core.db import db, see_offices
from core.deadlines import MET, OPEN
from core.errors import RefusalKind, Refused
from plugins.hotline.roster.absences import OVERTAKEN
from plugins.hotline.roster.swaps import NO_MORE

ANSWER, RECORD = "hotline.answer_swap", "hotline.record_swap"


@pytest.fixture
def roster(planners: Any) -> Any:
    return planners.published()


def two(planners: Any, roster: Any, shift: str = "evening") -> Any:
    """Two shifts on different days of people who are free on the other's day."""
    for day in range(1, 20):
        for other in range(day + 1, 25):
            try:
                mine, theirs = planners.shift(roster, day, shift), planners.shift(roster, other, shift)
            except Exception:  # a weekend has no evening
                continue
            if mine.engineer_id != theirs.engineer_id:
                return mine, theirs
    raise AssertionError("nobody to swap with")


def ask(planners: Any, mine: Any, theirs: Any, who: Any = None, places: str = "engineer") -> Any:
    said = {"mine": f"{mine.id}-{places}", "theirs": f"{theirs.id}-{places}"}
    return planners.centre.create("hotline.swap", "ask", who or planners.holder(mine), **said)


@pytest.mark.clause("QP/2-04 5.1")
def test_asked_agreed_and_recorded_the_roster_has_changed(planners: Any, roster: Any) -> None:
    mine, theirs = two(planners, roster)
    asker, other = planners.holder(mine), planners.holder(theirs)
    swap = ask(planners, mine, theirs)
    promise = planners.centre.promises(swap)[ANSWER]
    assert (promise.person_id, promise.state) == (other.person_id, OPEN)
    assert planners.centre.refused(swap, "agree", asker).kind is RefusalKind.ROLE
    swap = planners.centre.act(swap, "agree", other)
    assert planners.centre.promises(swap)[RECORD].state == OPEN
    swap = planners.centre.act(swap, "record", planners.centre.duty)
    assert (swap.state, planners.centre.promises(swap)[RECORD].state) == ("recorded", MET)
    now = [planners.shift(roster, one.day.day, "evening") for one in (mine, theirs)]
    assert [one.engineer_id for one in now] == [other.person_id, asker.person_id]
    assert [one.first_engineer_id for one in now] == [asker.person_id, other.person_id]
    row = ledger.last_of("hotline.roster", roster.id)
    assert row is not None
    assert row.action == "exchange"
    assert asker.name in row.details["values"]["cells"]
    assert list(ledger.verify(roster.office_id)) == []


def test_only_own_shifts_to_come_are_offered(planners: Any, roster: Any) -> None:
    mine, theirs = two(planners, roster)
    stranger = next(
        one for one in planners.engineers if one.person_id not in (mine.engineer_id, theirs.engineer_id)
    )
    with pytest.raises(Refused) as refused:
        ask(planners, mine, theirs, who=stranger)
    assert set(refused.value.errors) == {"mine"}
    after = dt.datetime(2027, 1, 2, tzinfo=dt.UTC)
    with clock.stopped_at(after), pytest.raises(Refused) as refused:
        ask(planners, mine, theirs)
    assert set(refused.value.errors) == {"mine", "theirs"}


def test_who_cannot_do_the_others_shift_is_named(planners: Any, roster: Any) -> None:
    mine, theirs = two(planners, roster)
    manager = next(one for one in planners.managers if one.person_id == theirs.manager_id)
    said = {"mine": f"{mine.id}-engineer", "theirs": f"{theirs.id}-manager"}
    with pytest.raises(Refused) as refused:
        planners.centre.create("hotline.swap", "ask", planners.holder(mine), **said)
    assert planners.holder(mine).name in str(refused.value) or manager.name in str(refused.value)


def test_who_is_away_on_the_others_day_is_named(planners: Any, roster: Any) -> None:
    mine, theirs = two(planners, roster)
    other = planners.holder(theirs)
    planners.away(other, f"{mine.day}", f"{mine.day}")
    with pytest.raises(Refused) as refused:
        ask(planners, mine, theirs)
    assert other.name in str(refused.value.errors["theirs"][0])


def test_what_has_changed_meanwhile_is_seen_before_it_is_recorded(planners: Any, roster: Any) -> None:
    mine, theirs = two(planners, roster)
    swap = planners.centre.act(ask(planners, mine, theirs), "agree", planners.holder(theirs))
    mine = planners.shift(roster, mine.day.day, "evening")
    line = f"{mine.day} evening engineer {planners.free(mine).person_id}"
    planners.centre.act(roster, "replace", planners.support, cells=line, reason="临时出差")
    assert planners.centre.refused(swap, "record", planners.support).kind is RefusalKind.OBJECTION


@pytest.fixture
def meanwhile(app: Any, planners: Any, monkeypatch: pytest.MonkeyPatch) -> Any:
    """The means to let another server process take a step after this one read the roster and before it locks it."""
    office_id = planners.centre.office.id

    def take(*step: Any, **values: Any) -> None:
        perform = gate.perform

        def elsewhere() -> None:
            with app.app_context():
                see_offices(frozenset({office_id}))
                perform(*step, values)
                db.session.remove()

        def overtaken(procedure: str, key: Any, name: Any, *more: Any, **named: Any) -> Any:
            if name == "exchange":
                monkeypatch.undo()
                other = Thread(target=elsewhere)
                other.start()
                other.join(20)
            return perform(procedure, key, name, *more, **named)

        monkeypatch.setattr(gate, "perform", overtaken)

    return take


def test_what_somebody_else_changes_at_the_same_moment_is_not_swapped_away(
    planners: Any, roster: Any, meanwhile: Any, engine_name: str
) -> None:
    if engine_name == "sqlite":
        return  # there is one writer at a time, so the moment does not exist
    mine, theirs = two(planners, roster)
    swap = planners.centre.act(ask(planners, mine, theirs), "agree", planners.holder(theirs))
    third = planners.free(planners.shift(roster, mine.day.day, "evening"))
    number, line = roster.number, f"{mine.day} evening engineer {third.person_id}"
    meanwhile("hotline.roster", number, "replace", planners.support, cells=line, reason="临时出差")
    with pytest.raises(Refused) as refused:
        planners.centre.act(swap, "record", planners.support)
    assert refused.value.errors["cells"][0].msgid == NO_MORE.msgid
    planners.centre.house.see()
    assert planners.shift(roster, mine.day.day, "evening").engineer_id == third.person_id
    assert swap.state == "agreed"


def test_nobody_stands_in_for_a_shift_that_went_to_somebody_else_at_the_same_moment(
    planners: Any, roster: Any, meanwhile: Any, engine_name: str
) -> None:
    if engine_name == "sqlite":
        return  # there is one writer at a time, so the moment does not exist
    evening = planners.shift(roster, 8, "evening")
    who, first = planners.holder(evening), planners.free(evening)
    second = next(
        one
        for one in planners.engineers
        if one.person_id
        not in (who.person_id, first.person_id, planners.shift(roster, 8, "noon").engineer_id)
    )
    absence = planners.away(who, "2026-12-08", "2026-12-08")
    number, line = roster.number, f"2026-12-08 evening engineer {second.person_id}"
    meanwhile("hotline.roster", number, "replace", planners.support, cells=line, reason="临时出差")
    with pytest.raises(Refused) as refused:
        planners.centre.act(absence, "substitute", planners.centre.duty, substitute_id=first.person_id)
    assert refused.value.errors["substitute_id"][0].msgid == OVERTAKEN.msgid
    assert planners.shift(roster, 8, "evening").engineer_id == second.person_id


def test_it_is_declined_by_the_other_and_withdrawn_by_who_asked(planners: Any, roster: Any) -> None:
    mine, theirs = two(planners, roster)
    asker, other = planners.holder(mine), planners.holder(theirs)
    declined = planners.centre.act(ask(planners, mine, theirs), "decline", other, reason="那天要接孩子")
    withdrawn = planners.centre.act(ask(planners, mine, theirs), "withdraw", asker)
    assert (declined.state, withdrawn.state) == ("declined", "withdrawn")
    assert planners.centre.refused(declined, "agree", other).kind is RefusalKind.STATE


def test_managers_swap_as_engineers_do(planners: Any, roster: Any) -> None:
    first = planners.shift(roster, 1, "evening")
    second = next(
        one
        for one in (planners.shift(roster, day, "evening") for day in (2, 3, 4))
        if one.manager_id != first.manager_id
    )
    asker, other = planners.holder(first, "manager"), planners.holder(second, "manager")
    swap = ask(planners, first, second, who=asker, places="manager")
    swap = planners.centre.act(planners.centre.act(swap, "agree", other), "record", planners.support)
    assert planners.shift(roster, 1, "evening").manager_id == other.person_id
