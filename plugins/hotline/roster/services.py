"""What the steps of a roster do: lay out the month, propose a fair plan, change it, publish it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from core.db import db
from core.errors import Invalid
from core.i18n import Sentence, _l
from core.people import Person
from plugins.hotline.roster.cells import Change, Edit, read, told
from plugins.hotline.roster.hours import days_of, month_named, shifts_of, worked
from plugins.hotline.roster.models import DAY, ENGINEER, MANAGER, PLACES, Roster, RosterShift
from plugins.hotline.roster.plan import Cell, Duty, Question, propose
from plugins.hotline.roster.reading import (
    AwayDays,
    away_between,
    conflicts,
    gaps,
    had_before,
    last_evening,
    qualified,
)

if TYPE_CHECKING:
    from core.gate import Act
    from core.rules import Rules

MOST_NAMED = 5


def begin(act: Act) -> None:
    """Lay out a month that has no roster yet: its days, its shifts, nobody on them (QP/2-04 5.1)."""
    month = month_named(act.values["month"])
    assert month, "the form offers months only"
    roster: Roster = act.case
    roster.month, roster.begins_at = month, act.rules.calendar.moment(month, dt.time.min)
    roster.state, roster.owner_id = "drafted", act.actor.person_id
    db.session.add(roster)
    try:
        db.session.flush()
    except IntegrityError:
        text = _l("%(month)s has a roster already. Open it instead.", month=roster.title)
        raise Invalid("month", text) from None
    lay_out(act)


def lay_out(act: Act) -> None:
    """Give every day the shifts that it has by the calendar and the parameters of now; who is on duty stays."""
    roster: Roster = act.case
    known = {(one.day, one.shift): one for one in roster.shifts}
    wanted = {(one.day, one.shift): one for one in shifts_of(act.rules, roster.month)}
    for cell in known.keys() - wanted.keys():
        db.session.delete(known[cell])
    for cell, hours in wanted.items():
        shift = known.get(cell) or RosterShift(
            office_id=roster.office_id, roster_id=roster.id, day=hours.day, shift=hours.shift, changes=0
        )
        shift.weekend, shift.starts_at, shift.ends_at = hours.weekend, hours.starts_at, hours.ends_at
        shift.changed_at = act.now
        db.session.add(shift)
    db.session.flush()
    db.session.expire(roster, ["shifts"])


def fill(act: Act) -> None:
    """Propose who is on duty: engineers first, then managers beside them; what stands is kept unless told otherwise."""
    lay_out(act)
    roster: Roster = act.case
    days = days_of(roster.month)
    away = away_between(roster.office_id, days[0], days[-1])
    for place in PLACES:
        kept = {} if act.values["anew"] else holders(roster.shifts, place)
        asked = question(act.rules, roster, place, kept)
        plan = propose(_with(asked, away, holders(roster.shifts, ENGINEER) if place == MANAGER else {}))
        for shift in roster.shifts:
            setattr(shift, f"{place}_id", plan.get((shift.day, shift.shift)))
    act.recorded["filled"] = sum(
        shift.holder(place) is not None for shift in roster.shifts for place in PLACES
    )
    db.session.flush()


def _with(asked: Question, away: object, elsewhere: dict[Cell, int]) -> Question:
    return Question(**{**vars(asked), "absent": away, "elsewhere": elsewhere})


def holders(shifts: Iterable[RosterShift], place: str) -> dict[Cell, int]:
    """Return who holds a place of each shift, where somebody does."""
    return {(one.day, one.shift): held for one in shifts if (held := one.holder(place)) is not None}


def question(rules: Rules, roster: Roster, place: str, kept: dict[Cell, int]) -> Question:
    """Ask for a fair plan of one place, with what everybody had in the months before."""
    people = tuple(sorted(one.id for one in qualified(rules, place)))
    return Question(
        duties=tuple(
            Duty(day=one.day, shift=one.shift, kind=one.kind, worked=worked(rules, one))
            for one in roster.shifts
        ),
        people=people,
        before=had_before(roster.office_id, roster.month, place, people),
        kept=kept,
        last=last_evening(roster.office_id, roster.month, place),
    )


def change(act: Act) -> None:
    """Write the edited cells into the grid; what does not fit is named there, and before it is published."""
    _write(act, read(act.values["cells"]))


def publish(act: Act) -> None:
    """From now on everybody reads it, and every change is one that QR/01 shows."""
    roster: Roster = act.case
    roster.published_at = act.now
    for shift in roster.shifts:
        shift.first_engineer_id, shift.first_manager_id = shift.engineer_id, shift.manager_id


def replace(act: Act) -> None:
    """Change what was published: recorded, with the reason, and nothing that does not fit."""
    changed = _write(act, read(act.values["cells"]))
    _refuse_conflicts(act, changed)


def exchange(act: Act) -> None:
    """Write down what two people swapped, or who stands in for whom; the step around it says which.

    That step read the shifts before this one locked the roster: whoever changed them in between is not written over.
    """
    changes: list[Change] = act.given["changes"]
    now = {(one.day, one.shift, place): one.holder(place) for one in _read_anew(act.case) for place in PLACES}
    if any(now.get((one.day, one.shift, one.place), one.instead_of) != one.instead_of for one in changes):
        raise Invalid(_field(act), act.given["overtaken"])
    _refuse_conflicts(act, _write(act, changes))


def _read_anew(roster: Roster) -> list[RosterShift]:
    """Read the shifts of a roster as they are now, whatever was read of them before."""
    query = select(RosterShift).where(RosterShift.roster_id == roster.id)
    return list(db.session.scalars(query.execution_options(populate_existing=True)).unique())


def close(act: Act) -> None:
    """The month is over: the roster goes to the records (QP/2-04 5.8)."""
    act.case.closed_at = act.now


def fits(act: Act) -> Sentence | None:
    """Nothing is published in which somebody is away, without the role, or in two places."""
    roster: Roster = act.case
    if roster.month is None:
        return None
    days = days_of(roster.month)
    found = conflicts(act.rules, roster.shifts, away_between(roster.office_id, days[0], days[-1]))
    return named([one.sentence for one in found]) if found else None


def staffed(act: Act) -> Sentence | None:
    """No working day to come is published without an engineer and a manager, unless everybody who could is away."""
    roster: Roster = act.case
    if roster.month is None:
        return None
    days, today = days_of(roster.month), act.rules.calendar.local_day(act.now)
    away = away_between(roster.office_id, days[0], days[-1])
    empty = {
        shift.day.isoformat()
        for shift, place in gaps(roster.shifts)
        if shift.kind == DAY and shift.day >= today and _somebody_could(act.rules, place, shift.day, away)
    }
    return _unmanned(sorted(empty)) if empty else None


def _somebody_could(rules: Rules, place: str, day: dt.date, away: AwayDays) -> bool:
    """Where nobody holds the role at all, it has to be given to somebody first."""
    people = qualified(rules, place)
    return not people or any(day not in away.get(one.id, ()) for one in people)


def _unmanned(days: list[str]) -> Sentence:
    return _l(
        "Day duty without an engineer or a manager on %(count)s working days: %(days)s. Fill them in, or have a fair "
        "plan proposed. A day stays empty only if everybody who holds the role has an approved absence.",
        count=len(days),
        days=", ".join(days[:MOST_NAMED]) + (" …" if len(days) > MOST_NAMED else ""),
    )


def month_over(act: Act) -> Sentence | None:
    """A roster is closed when its month is over."""
    roster: Roster = act.case
    today = act.rules.calendar.local_day(act.now)
    if roster.month is None or today > days_of(roster.month)[-1]:
        return None
    return _l("%(month)s is not over yet.", month=roster.title)


def named(many: list[Sentence]) -> Sentence:
    """Join what is to be mended into one sentence, naming the first few."""
    text = many[0]
    for one in many[1:MOST_NAMED]:
        text = _l("%(first)s %(second)s", first=text, second=one)
    left = len(many) - MOST_NAMED
    return _l("%(text)s And %(count)s more.", text=text, count=left) if left > 0 else text


def _write(act: Act, changes: Iterable[Change]) -> list[Edit]:
    """Put people into cells; the ledger keeps each change with both names. Return what was changed."""
    edits = [edit for edit in _edits(act, changes) if edit.before != edit.after]
    _refuse_strangers(act, edits)
    for edit in edits:
        setattr(edit.shift, f"{edit.place}_id", edit.after)
        edit.shift.changes, edit.shift.changed_at = edit.shift.changes + 1, act.now
    act.values["people"] = {person for edit in edits for person in (edit.before, edit.after) if person}
    act.recorded["cells"] = told(edits, _names(edits), act.rules.office.zoneinfo)
    db.session.flush()
    for edit in edits:
        db.session.refresh(edit.shift, [edit.place])
    return edits


def _edits(act: Act, changes: Iterable[Change]) -> Iterator[Edit]:
    rows = {(one.day, one.shift): one for one in act.case.shifts}
    for one in changes:
        shift = rows.get((one.day, one.shift))
        if shift is None:
            text = _l("%(day)s has no such shift in %(month)s.", day=one.day, month=act.case.title)
            raise Invalid(_field(act), text)
        yield Edit(shift=shift, place=one.place, before=shift.holder(one.place), after=one.person_id)


def _names(edits: Iterable[Edit]) -> dict[int | None, str]:
    wanted = {person for edit in edits for person in (edit.before, edit.after) if person}
    found = db.session.execute(select(Person.id, Person.name).where(Person.id.in_(wanted))) if wanted else ()
    return {row[0]: row[1] for row in found}


def _refuse_strangers(act: Act, edits: Iterable[Edit]) -> None:
    """Refuse whom the office has not in that role."""
    can = {place: {one.id for one in qualified(act.rules, place)} for place in PLACES}
    for edit in edits:
        if edit.after is not None and edit.after not in can[edit.place]:
            text = _l(
                "%(day)s: choose somebody who can be “%(place)s” here.",
                day=edit.shift.day,
                place=PLACES[edit.place],
            )
            raise Invalid(_field(act), text)


def _refuse_conflicts(act: Act, edits: list[Edit]) -> None:
    """Refuse what does not fit because of these edits; what did not fit before is named on the page."""
    days = sorted({edit.shift.day for edit in edits})
    if not days:
        return
    there = [one for one in act.case.shifts if one.day in days]
    away = away_between(act.case.office_id, days[0], days[-1], act.given.get("but"))
    mine = {(edit.shift.day, edit.after) for edit in edits}
    found = [one for one in conflicts(act.rules, there, away) if (one.shift.day, one.person_id) in mine]
    if found:
        raise Invalid(_field(act), named([one.sentence for one in found]))


def _field(act: Act) -> str:
    """Return the field to which an error belongs: that of the step around this one, if there is one."""
    return str(act.given.get("field", "cells"))
