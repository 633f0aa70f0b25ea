"""Is every number accounted for? What was drawn in a month is a case or a void: numbers = valid + void.

What was drawn when is read from the ledger, which nobody changes unseen. A number that is missing between two months
shows in both. The cases of a plugin that was removed, and is here again, went with it: they are in its export.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from core.db import db
from core.errors import Invalid
from core.i18n import Sentence, _l
from core.ledger import LedgerRow
from core.life.removal import left_at
from core.numbers import NumberSeries, NumberVoid
from core.offices import Office
from core.people import Person
from core.procedure import Procedure
from core.rules import Rules

MONTH = re.compile(r"((?:19|20)[0-9]{2})-(0[1-9]|1[0-2])")
AT_ONCE = 500


@dataclass(frozen=True, kw_only=True)
class Tally:
    """The numbers of one form in one month: how many were drawn, and what became of each."""

    title: Sentence
    record: str
    first: str
    last: str
    drawn: int
    valid: int
    void: int
    removed: tuple[str, ...]
    missing: tuple[str, ...]
    unlogged: tuple[str, ...]

    @property
    def whole(self) -> bool:
        """Whether every number is a case, a void or gone with its plugin, and the ledger knows it."""
        return not (self.missing or self.unlogged)


@dataclass(frozen=True)
class Month:
    """A calendar month in the time of an office."""

    year: int
    month: int

    @classmethod
    def read(cls, text: str) -> Month:
        """Read ``2026-11``, or refuse it naming the remedy."""
        found = MONTH.fullmatch(text.strip())
        if found is None:
            raise Invalid("month", _l("“%(text)s” is no month. Write it like 2026-11.", text=text))
        return cls(int(found[1]), int(found[2]))

    @classmethod
    def of(cls, at: dt.datetime, office: Office) -> Month:
        """Return the month in which a moment lies, in the office's time."""
        there = at.astimezone(office.zoneinfo)
        return cls(there.year, there.month)

    @property
    def next(self) -> Month:
        """The month after it."""
        return Month(self.year + self.month // 12, self.month % 12 + 1)

    @property
    def before(self) -> Month:
        """The month before it."""
        return Month(self.year - (self.month == 1), (self.month - 2) % 12 + 1)

    def begins(self, office: Office) -> dt.datetime:
        """Return the moment at which the month begins there."""
        return dt.datetime(self.year, self.month, 1, tzinfo=office.zoneinfo)

    def __str__(self) -> str:
        return f"{self.year}-{self.month:02d}"


def check(rules: Rules, month: Month) -> list[Tally]:
    """Account for the numbers that an office drew in a month, form by form; forms without any are left out."""
    years, left = {month.year, month.before.year}, left_at(rules.office.id)
    tallies = (
        _tally(rules.office, procedure, year, month, left.get(procedure.plugin, 0))
        for procedure in rules.plugins.plugins.procedures.values()
        for year in sorted(years)
    )
    return [one for one in tallies if one is not None]


def _tally(office: Office, procedure: Procedure, year: int, month: Month, left: int) -> Tally | None:
    prefix = f"{office.code}-{procedure.letter}-{year}-"
    logged, numbers = _drawn(office, procedure, prefix, month)
    if not numbers:
        return None
    void = set(_known(NumberVoid, office, numbers))
    removed = [one for one in numbers if logged.get(one, left) < left and one not in void]
    # Where all are gone, the table may be gone as well.
    present = set(_known(procedure.model, office, [one for one in numbers if one not in removed]))
    return Tally(
        title=procedure.title,
        record=procedure.record,
        first=numbers[0],
        last=numbers[-1],
        drawn=len(numbers),
        valid=len(present - void),
        void=len(void),
        removed=tuple(removed),
        missing=tuple(one for one in numbers if one not in present | void | set(removed)),
        unlogged=tuple(one for one in numbers if one not in logged),
    )


def _drawn(
    office: Office, procedure: Procedure, prefix: str, month: Month
) -> tuple[dict[str, int], list[str]]:
    """Return what the ledger says was drawn in the month, and where, and all numbers that then must have been."""
    begin, end = month.begins(office), month.next.begins(office)
    rows = _creations(office, procedure, prefix)
    within = rows.add_columns(LedgerRow.seq).where(LedgerRow.at >= begin, LedgerRow.at < end)
    logged = {row.number: row.seq for row in db.session.execute(within)}
    # Several may have been drawn at one moment: their order is the ledger's.
    backward, onward = (LedgerRow.at.desc(), LedgerRow.seq.desc()), (LedgerRow.at, LedgerRow.seq)
    earlier = db.session.scalar(rows.where(LedgerRow.at < begin).order_by(*backward).limit(1))
    later = db.session.scalar(rows.where(LedgerRow.at >= end).order_by(*onward).limit(1))
    below = _serial(earlier) if earlier else 0
    above = _serial(later) - 1 if later else _last(office, prefix) if logged else below
    above = max([above, *map(_serial, logged)])
    return logged, [f"{prefix}{serial:05d}" for serial in range(below + 1, above + 1)]


def _creations(office: Office, procedure: Procedure, prefix: str) -> Any:
    """Return the query for the numbers of cases that began; a step from nothing is one that began one."""
    return select(LedgerRow.number).where(
        LedgerRow.office_id == office.id,
        LedgerRow.kind == "step",
        LedgerRow.from_state == "",
        LedgerRow.procedure == procedure.name,
        LedgerRow.number.like(f"{prefix}%"),
    )


def _serial(number: str) -> int:
    return int(number.rpartition("-")[2])


def _last(office: Office, prefix: str) -> int:
    _code, letter, year = prefix.rstrip("-").rsplit("-", 2)
    where = (
        NumberSeries.office_id == office.id,
        NumberSeries.letter == letter,
        NumberSeries.year == int(year),
    )
    return db.session.scalar(select(NumberSeries.last).where(*where)) or 0


def _known(model: Any, office: Office, numbers: Sequence[str]) -> Iterator[str]:
    for start in range(0, len(numbers), AT_ONCE):
        some = model.number.in_(numbers[start : start + AT_ONCE])
        yield from db.session.scalars(select(model.number).where(model.office_id == office.id, some))


def voids(office: Office, letter: str, year: int | None) -> Any:
    """Return the query for an office's voided numbers with who voided each, the newest first."""
    query = select(NumberVoid, Person.name).outerjoin(Person, Person.id == NumberVoid.voided_by_id)
    within = f"{office.code}-{letter or '%'}-{year or '%'}-%"
    query = query.where(NumberVoid.office_id == office.id, NumberVoid.number.like(within))
    return query.order_by(NumberVoid.id.desc())


def series(office: Office) -> list[NumberSeries]:
    """Return an office's series, the newest year first."""
    query = select(NumberSeries).where(NumberSeries.office_id == office.id)
    return list(db.session.scalars(query.order_by(NumberSeries.year.desc(), NumberSeries.letter)))
