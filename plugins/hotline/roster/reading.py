"""What is known when a month is planned: who can, who is away, who had how many before, what does not fit."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING

from sqlalchemy import func, select
from sqlalchemy.orm import selectinload

from core.db import db
from core.i18n import Sentence, _l
from core.roles import DUTY_MANAGER, HOTLINE_ENGINEER
from plugins.hotline.roster.hours import months_after, overlap, worked
from plugins.hotline.roster.models import ENGINEER, MANAGER, PLACES, SHIFTS, Absence, Roster, RosterShift

if TYPE_CHECKING:
    from core.people import Person
    from core.rules import Rules

ROLES = {ENGINEER: HOTLINE_ENGINEER, MANAGER: DUTY_MANAGER}
IN_FORCE = ("published", "closed")
AWAY = ("approved", "ended")
MONTHS_BEFORE, MOST_AHEAD = 3, 2
AwayDays = Mapping[int, frozenset[dt.date]]
Loads = dict[tuple[int, str], int]


def roster_of(office_id: int, month: dt.date) -> Roster | None:
    """Return an office's roster of a month with its shifts."""
    query = select(Roster).where(Roster.office_id == office_id, Roster.month == month)
    found: Roster | None = db.session.scalar(query.options(selectinload(Roster.shifts)))
    return found


def qualified(rules: Rules, place: str) -> list[Person]:
    """Return who can be on duty as engineer, or as manager (QP/2-04 3.2, 3.3)."""
    return rules.colleagues(ROLES[place])


def away_between(office_id: int, first: dt.date, last: dt.date, but: int | None = None) -> AwayDays:
    """Return on which days who is away, as far as it was approved; ``but`` leaves one absence out."""
    query = select(Absence.owner_id, Absence.first_day, Absence.last_day).where(
        Absence.office_id == office_id,
        Absence.state.in_(AWAY),
        Absence.first_day <= last,
        Absence.last_day >= first,
    )
    if but is not None:
        query = query.where(Absence.id != but)
    found: dict[int, set[dt.date]] = {}
    for person_id, begins, ends in db.session.execute(query):
        assert person_id, "an absence is somebody's"
        found.setdefault(person_id, set()).update(days_between(max(begins, first), min(ends, last)))
    return {person_id: frozenset(days) for person_id, days in found.items()}


def away_on(rules: Rules, day: dt.date) -> frozenset[int]:
    """Return who is away on a day, read once for a page or step."""
    office_id = rules.office.id
    return rules.once(("away", day), lambda: frozenset(away_between(office_id, day, day)))


def days_between(first: dt.date, last: dt.date) -> Iterator[dt.date]:
    """Yield the days from one to another, both included."""
    for distance in range((last - first).days + 1):
        yield first + dt.timedelta(days=distance)


def had_before(office_id: int, month: dt.date, place: str, people: Iterable[int]) -> Loads:
    """Return how many duties of each kind each had in the months before, as far as fairness looks back.

    Only what somebody is ahead of the least loaded counts, and at most two: nobody pays for a quarter in one month. Who
    is new had as many as the others had on average.
    """
    column = RosterShift.engineer_id if place == ENGINEER else RosterShift.manager_id
    query = (
        select(column, RosterShift.weekend, RosterShift.shift, func.count())
        .join(Roster, Roster.id == RosterShift.roster_id)
        .where(RosterShift.office_id == office_id, Roster.state.in_(IN_FORCE), column.in_(list(people)))
        .where(RosterShift.day >= months_after(month, -MONTHS_BEFORE), RosterShift.day < month)
        .group_by(column, RosterShift.weekend, RosterShift.shift)
    )
    rows = [(row[0], "weekend" if row[1] else row[2], row[3]) for row in db.session.execute(query)]
    known = {person_id for person_id, _kind, _count in rows}
    found: Loads = {}
    for kind in {kind for _person, kind, _count in rows}:
        had = dict.fromkeys(known, 0) | {person: count for person, one, count in rows if one == kind}
        least, usual = min(had.values()), round(sum(had.values()) / len(had))
        ahead = {person: had.get(person, usual) - least for person in people}
        found |= {(person, kind): min(count, MOST_AHEAD) for person, count in ahead.items()}
    return found


def last_evening(office_id: int, month: dt.date, place: str) -> int | None:
    """Return who had the last evening before a month."""
    column = RosterShift.engineer_id if place == ENGINEER else RosterShift.manager_id
    where = (RosterShift.office_id == office_id, RosterShift.shift == "evening", RosterShift.day < month)
    query = (
        select(column)
        .join(Roster, Roster.id == RosterShift.roster_id)
        .where(*where, Roster.state.in_(IN_FORCE))
    )
    found: int | None = db.session.scalar(query.order_by(RosterShift.day.desc()).limit(1))
    return found


@dataclass(frozen=True, kw_only=True)
class Conflict:
    """Something in a roster that cannot be: where, whose, and why."""

    shift: RosterShift
    place: str
    person_id: int
    why: Sentence

    @property
    def sentence(self) -> Sentence:
        """Name the day and the shift with the reason."""
        where = {"day": self.shift.day.isoformat(), "shift": SHIFTS[self.shift.shift], "why": self.why}
        return _l("%(day)s, %(shift)s: %(why)s", **where)


def conflicts(rules: Rules, shifts: Iterable[RosterShift], away: AwayDays) -> list[Conflict]:
    """Name everybody who is on duty while he is away, without the role, or in two shifts at once."""
    many = list(shifts)
    can = {place: {one.id for one in qualified(rules, place)} for place in PLACES}
    found = [
        Conflict(shift=shift, place=place, person_id=person.id, why=why)
        for shift in many
        for place, person in _held(shift)
        for why in _against(shift, place, person, can, away)
    ]
    return found + list(_clashes(rules, many))


def _held(shift: RosterShift) -> Iterator[tuple[str, Person]]:
    for place, person in ((ENGINEER, shift.engineer), (MANAGER, shift.manager)):
        if person is not None:
            yield place, person


def _against(
    shift: RosterShift, place: str, person: Person, can: Mapping[str, set[int]], away: AwayDays
) -> Iterator[Sentence]:
    if shift.day in away.get(person.id, ()):
        yield _l("%(name)s is away.", name=person.name)
    if person.id not in can[place]:
        yield _l("%(name)s cannot be “%(place)s” here.", name=person.name, place=PLACES[place])


def _clashes(rules: Rules, shifts: Iterable[RosterShift]) -> Iterator[Conflict]:
    held: dict[tuple[int, dt.date], list[tuple[RosterShift, str, Person]]] = {}
    for shift in shifts:
        for place, person in _held(shift):
            held.setdefault((person.id, shift.day), []).append((shift, place, person))
    for many in held.values():
        for (one, _place, person), (other, place, _same) in combinations(many, 2):
            if one is not other and overlap(worked(rules, one), worked(rules, other)):
                why = _l("%(name)s is in two shifts at once.", name=person.name)
                yield Conflict(shift=other, place=place, person_id=person.id, why=why)


def gaps(shifts: Iterable[RosterShift]) -> list[tuple[RosterShift, str]]:
    """Return the places that nobody holds."""
    return [(shift, place) for shift in shifts for place in PLACES if shift.holder(place) is None]
