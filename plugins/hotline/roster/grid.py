"""The month as its page shows it: a line for each day, a cell for each place of each shift, counters per person."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from core import clock
from core.i18n import Sentence
from core.worktime_text import note_text
from plugins.hotline.roster.cells import Change
from plugins.hotline.roster.hours import days_of
from plugins.hotline.roster.models import PLACES, SHIFTS, Roster, RosterShift
from plugins.hotline.roster.plan import KINDS
from plugins.hotline.roster.reading import (
    AwayDays,
    Conflict,
    away_between,
    conflicts,
    gaps,
    had_before,
    qualified,
)
from plugins.hotline.roster.records import WEEKDAYS

if TYPE_CHECKING:
    from core.people import Person
    from core.rules import Rules

CELL = "cell-"


@dataclass(frozen=True, kw_only=True)
class Choice:
    """One person as a cell offers him; who is away can be seen, and not chosen."""

    person: Person
    away: bool
    chosen: bool


@dataclass(frozen=True, kw_only=True)
class Cell:
    """One place of one shift, with who could hold it and what speaks against who does."""

    shift: RosterShift
    place: str
    choices: tuple[Choice, ...]
    holder: Person | None
    before: Person | None
    against: tuple[Sentence, ...]
    mine: bool
    edited: bool

    @property
    def name(self) -> str:
        """The name under which a form sends the cell."""
        return f"{CELL}{self.shift.day}-{self.shift.shift}-{self.place}"


@dataclass(frozen=True, kw_only=True)
class Line:
    """One day of the month."""

    day: dt.date
    weekday: Sentence
    note: Sentence | str
    weekend: bool
    today: bool
    past: bool
    cells: Mapping[tuple[str, str], Cell]


@dataclass(frozen=True, kw_only=True)
class Count:
    """How many duties of each kind somebody has in the month, and how many more than the others he had before."""

    person: Person
    now: Mapping[str, int]
    before: Mapping[str, int]
    away: int

    @property
    def total(self) -> int:
        """All his duties of the month."""
        return sum(self.now.values())


class Grid:
    """A month's roster for one reader, with what was typed and not accepted."""

    def __init__(
        self, rules: Rules, roster: Roster, reader: int | None, typed: Mapping[str, str] | None = None
    ) -> None:
        self.rules, self.roster, self.reader, self.typed = rules, roster, reader, typed or {}
        self.days = days_of(roster.month)
        self.away: AwayDays = away_between(roster.office_id, self.days[0], self.days[-1])
        self.people = {place: self._people(place) for place in PLACES}
        self.conflicts: list[Conflict] = conflicts(rules, roster.shifts, self.away)
        self.gaps = gaps(roster.shifts)

    def _people(self, place: str) -> list[Person]:
        """Return who can hold a place, and whoever does without being able to any more."""
        found = {one.id: one for one in qualified(self.rules, place)}
        for shift in self.roster.shifts:
            holder = getattr(shift, place)
            if holder is not None:
                found.setdefault(holder.id, holder)
        return list(found.values())

    @property
    def shifts(self) -> list[tuple[str, Sentence]]:
        """The shifts that the month has on any day, in their order."""
        there = {one.shift for one in self.roster.shifts}
        return [(shift, title) for shift, title in SHIFTS.items() if shift in there]

    @cached_property
    def lines(self) -> list[Line]:
        """The days, each with its cells by shift and place."""
        today = self.rules.calendar.local_day(clock.now())
        return [self._line(day, today) for day in self.days]

    def _line(self, day: dt.date, today: dt.date) -> Line:
        special = self.rules.calendar.special.get(day)
        there = [one for one in self.roster.shifts if one.day == day]
        return Line(
            day=day,
            weekday=WEEKDAYS[day.weekday()],
            note=note_text(special.note) if special else "",
            weekend=not self.rules.calendar.is_working_day(day),
            today=day == today,
            past=day < today,
            cells={(one.shift, place): self._cell(one, place) for one in there for place in PLACES},
        )

    def _cell(self, shift: RosterShift, place: str) -> Cell:
        held = shift.holder(place)
        name = f"{CELL}{shift.day}-{shift.shift}-{place}"
        picked = self.typed.get(name, str(held or ""))
        first = getattr(shift, f"first_{place}_id")
        moved = self.roster.published_at is not None and first != held
        return Cell(
            shift=shift,
            place=place,
            choices=tuple(self._choices(shift, place, picked)),
            holder=getattr(shift, place),
            before=getattr(shift, f"first_{place}") if moved else None,
            against=tuple(self._against.get((shift.id, place), ())),
            mine=held is not None and held == self.reader,
            edited=picked != str(held or ""),
        )

    def _choices(self, shift: RosterShift, place: str, picked: str) -> Iterable[Choice]:
        for one in self.people[place]:
            away = shift.day in self.away.get(one.id, ())
            yield Choice(person=one, away=away, chosen=str(one.id) == picked)

    @cached_property
    def _against(self) -> dict[tuple[int, str], list[Sentence]]:
        found: dict[tuple[int, str], list[Sentence]] = {}
        for one in self.conflicts:
            found.setdefault((one.shift.id, one.place), []).append(one.why)
        return found

    def counts(self, place: str) -> list[Count]:
        """Count the duties of everybody who can hold a place."""
        people = self.people[place]
        before = had_before(self.roster.office_id, self.roster.month, place, [one.id for one in people])
        return [
            Count(
                person=one,
                now={kind: self._count(one, place, kind) for kind in KINDS},
                before={kind: before.get((one.id, kind), 0) for kind in KINDS},
                away=len(self.away.get(one.id, ())),
            )
            for one in people
        ]

    def _count(self, person: Person, place: str, kind: str) -> int:
        return sum(one.holder(place) == person.id and one.kind == kind for one in self.roster.shifts)


def edited(roster: Roster, typed: Mapping[str, str]) -> list[Change]:
    """Return the cells that a form sends with somebody else in them than the roster has."""
    found = []
    for shift in roster.shifts:
        for place in PLACES:
            sent = typed.get(f"{CELL}{shift.day}-{shift.shift}-{place}")
            if sent is not None and sent != str(shift.holder(place) or ""):
                person_id = int(sent) if sent.isdecimal() and len(sent) < 10 else None
                found.append(Change(day=shift.day, shift=shift.shift, place=place, person_id=person_id))
    return found
