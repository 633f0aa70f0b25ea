"""Copies of patterns for other customers, people and weeks, chained and numbered like the rest."""

from __future__ import annotations

import datetime as dt
import hashlib
import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Table, bindparam, func, select, update

from core import numbers
from core.customers.models import Customer
from core.db import db, writing
from core.ledger import LedgerHead
from core.numbers import NumberSeries
from core.offices import Office
from core.rules import rules_of
from core.search.models import SearchText
from plugins.fieldservice.hooks import BETWEEN
from seed.callers import Caller, forms
from seed.filling import Line, engine_of
from seed.pattern import Pattern, highest
from seed.recipe import LEDGER, LOT, VERIFIED, Recipe, digest_of, is_word, marked, recipe, template
from seed.words import words_of

WEEK = dt.timedelta(weeks=1)
JITTER, PORTION, FRIDAY = 15 * 60, 2000, 5
TEXT: Table = SearchText.__table__  # type: ignore[assignment]
Values = dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class Order:
    """So many copies of these patterns over so many weeks, by whom, for whom on a day.

    ``unfinished`` is how many are left so in the last week.
    """

    copies: int
    patterns: Sequence[Pattern]
    weeks: int
    people: Mapping[str, Sequence[tuple[int, str]]]
    whose: Callable[[dt.date], Sequence[Caller]]
    unfinished: int


@dataclass(frozen=True)
class _Ready:
    """A pattern as lines of the engine; rows of the ledger with when they happen and what their hash is made of."""

    recipe: Recipe
    order: Order
    lines: list[tuple[Table, Line]]
    chain: list[tuple[str, Line, str]]
    texts: list[tuple[str, str, str, str]]


@dataclass(frozen=True)
class _Chosen:
    """One copy to be made: which pattern, how much later."""

    ready: _Ready
    weeks: dt.timedelta
    later: dt.timedelta

    @property
    def starts(self) -> dt.datetime:
        """When it begins."""
        return self.ready.recipe.pattern.started + self.later


class Writer:
    """Writes copies week by week, the oldest first, so that ids, numbers and the chain follow the time."""

    def __init__(self, office: Office, orders: Sequence[Order]) -> None:
        self.office = office
        self.engine = engine_of(db.session.get_bind().dialect.name)
        procedures = rules_of(office).plugins.procedures
        self.orders = [
            (one, [self._ready(recipe(pattern, procedures), one) for pattern in one.patterns])
            for one in orders
        ]
        patterns = [pattern for one in orders for pattern in one.patterns]
        self.last = {table.name: highest(table) for one in patterns for table in one.rows}
        self.luck = random.Random(f"koudai seed {office.code} {len(patterns)}")
        self.people = {
            part: [{f"{part}.id": key, **forms(part, name)} for key, name in people]
            for one in orders
            for part, people in one.people.items()
        }
        self.numbers = {(row.letter, row.year): row.last for row in db.session.scalars(select(NumberSeries))}
        self.verified: dict[int, dt.datetime] = {}
        head = db.session.get_one(LedgerHead, office.id)
        self.seq, self.hash = head.count, head.hash

    def _ready(self, one: Recipe, order: Order) -> _Ready:
        lines = [
            (table, self.engine.line(row))
            for table, rows in one.rows.items()
            if table is not LEDGER
            for row in rows
        ]
        chain = [(row["at"].name, self.engine.line(row), digest_of(row)) for row in one.rows.get(LEDGER, [])]
        texts = [
            (
                row["id"].name,
                *(template(marked(row[name]), "", is_word) for name in ("title", "body", "number")),
            )
            for row in one.rows.get(TEXT, [])
        ]
        return _Ready(one, order, lines, chain, texts)

    def write(self, last_monday: dt.date) -> Iterator[int]:
        """Yield after each portion how many copies there are."""
        db.session.rollback()
        self.engine.hurry(db.engine)
        done, spread = 0, [_Spread(self.office, one, last_monday) for one, _ready in self.orders]
        for monday in sorted({monday for one in spread for monday in one.mondays}):
            week = [
                chosen
                for shares, (_order, ready) in zip(spread, self.orders, strict=True)
                for chosen in self._of_week(ready, shares.of(monday), monday, last=monday == last_monday)
            ]
            for some in _portions(sorted(week, key=lambda one: one.starts)):
                self._put(some)
                done += len(some)
                yield done
        with writing(frozenset({self.office.id})):
            self._note_verified()
            _go_on_after(self.last)

    def _of_week(self, ready: list[_Ready], share: int, monday: dt.date, *, last: bool) -> Iterator[_Chosen]:
        """Choose the stories of a week; only the last week left some unfinished."""
        finished = [one for one in ready if one.recipe.pattern.finished]
        others = [one for one in ready if not one.recipe.pattern.finished] if last else []
        few = min(ready[0].order.unfinished, share) if others else 0
        drawn = self._drawn(others, few) + self._drawn(finished, share - few)
        for one in drawn:
            weeks = (monday - one.recipe.pattern.monday(self.office.zoneinfo)).days // 7 * WEEK
            yield _Chosen(one, weeks, weeks + dt.timedelta(seconds=self.luck.randrange(JITTER)))

    def _drawn(self, among: list[_Ready], count: int) -> list[_Ready]:
        weights = [one.recipe.pattern.weight for one in among]
        return self.luck.choices(among, weights, k=count) if count else []

    def _put(self, chosen: list[_Chosen]) -> None:
        rows: dict[Table, list[Any]] = {}
        chain: list[tuple[str, Values, Line, str]] = []
        texts: list[tuple[int, str, str, str]] = []
        for one in chosen:
            values = self._values(one)
            for table, line in one.ready.lines:
                rows.setdefault(table, []).append(line.fill(values))
            chain += [(values[at], values, line, digest) for at, line, digest in one.ready.chain]
            texts += [(values[key], *(said % values for said in rest)) for key, *rest in one.ready.texts]
        chain.sort(key=lambda link: link[0])
        rows[LEDGER] = [self._chained(values, line, digest) for _at, values, line, digest in chain]
        with writing(frozenset({self.office.id})):
            self.engine.use(db.session.connection())
            for table in (one for one in LEDGER.metadata.sorted_tables if rows.get(one)):
                self.engine.put(table, rows[table])
            self.engine.put_tokens(self.office.id, words_of(texts))
            self._count()

    def _values(self, one: _Chosen) -> Values:
        """Say what is otherwise in one copy: whose it is, who takes part, when, and under which numbers."""
        made, whose = one.ready.recipe, one.ready.order.whose(one.starts.date())
        caller = whose[self.luck.randrange(len(whose))]
        values: Values = dict(caller.said)
        for part in made.pattern.people:
            values |= self.luck.choice(self.people[part])
        for table, name in made.own:
            self.last[table] += 1
            values[name] = self.last[table]
        self._at(one, values)
        for place, number in enumerate(made.pattern.numbers):
            drawn = self._number(number.split("-")[1], one.starts)
            values |= forms(f"number.{place}", drawn)
            if made.candidates and "-R-" in drawn:
                values |= forms(LOT, _lot(made.candidates, drawn))
        if made.verified:
            values |= forms(VERIFIED, caller.verified)
            caller.verified = values[made.verified]
            self.verified[caller.customer_id] = dt.datetime.fromisoformat(caller.verified)
        return values

    def _at(self, one: _Chosen, values: Values) -> None:
        """Move every moment and day of a pattern; what has seconds is somebody's doing."""
        made = one.ready.recipe
        for name, moment in made.moments.items():
            at = (moment + (one.later if moment.second else one.weeks)).isoformat()
            values[name], values[f"{name}.s"] = at, f"{at[:10]} {at[11:19]}.000000"
        for name, moment in made.told.items():
            values[name] = (moment + (one.later if moment.second else one.weeks)).isoformat()
        for name, day in made.days.items():
            values[name] = (day + one.weeks).isoformat()

    def _number(self, letter: str, at: dt.datetime) -> str:
        year = at.astimezone(self.office.zoneinfo).year
        last = self.numbers[letter, year] = self.numbers.get((letter, year), 0) + 1
        return numbers.written(self.office.code, letter, year, last)

    def _chained(self, values: Values, line: Line, digest: str) -> Any:
        """Hang a row of the ledger onto the chain."""
        self.seq += 1
        values["seq"], values["previous"] = self.seq, self.hash
        self.hash = values["hash"] = hashlib.sha256((digest % values).encode()).hexdigest()
        return line.fill(values)

    def _count(self) -> None:
        """Keep the head of the chain and the last numbers, as each step does."""
        head = update(LedgerHead).where(LedgerHead.office_id == self.office.id)
        db.session.execute(head.values(count=self.seq, hash=self.hash))
        for (letter, year), last in self.numbers.items():
            key = {"office_id": self.office.id, "letter": letter, "year": year}
            mine = (getattr(NumberSeries, name) == value for name, value in key.items())
            done = db.session.execute(update(NumberSeries).where(*mine).values(last=last))
            if not done.rowcount:  # type: ignore[attr-defined]
                db.session.add(NumberSeries(**key, last=last))

    def _note_verified(self) -> None:
        """Note when the data of each customer were gone through last."""
        if self.verified:
            table: Table = Customer.__table__  # type: ignore[assignment]
            one = update(table).where(table.c.id == bindparam("of")).values(verified_at=bindparam("at"))
            db.session.connection().execute(one, [{"of": key, "at": at} for key, at in self.verified.items()])


def _lot(candidates: Sequence[str], number: str) -> str:
    """Draw the lot as fieldservice does, whose own answer hangs on nothing but the number."""
    able = list(candidates)
    random.Random(number).shuffle(able)
    return BETWEEN.join(able)


class _Spread:
    """The weeks over which an order is spread, and its share of each; the last one has all its unfinished ones."""

    def __init__(self, office: Office, order: Order, last: dt.date) -> None:
        earlier = [last - ago * WEEK for ago in range(1, order.weeks) if is_usual(office, last - ago * WEEK)]
        self.mondays, self.copies, self.most = [*reversed(earlier), last], order.copies, order.unfinished

    def of(self, monday: dt.date) -> int:
        """Return how many copies fall into a week."""
        if monday not in self.mondays:
            return 0
        weeks, place = len(self.mondays), self.mondays.index(monday)
        rest = max(0, self.copies - self.most)
        share = rest * (place + 1) // weeks - rest * place // weeks
        return share + min(self.most, self.copies) if place + 1 == weeks else share


def is_usual(office: Office, monday: dt.date) -> bool:
    """Say whether a week is like any other, and so is the next one; else promises would be due on other days."""
    calendar = rules_of(office).calendar
    days = (monday + dt.timedelta(days=one) for one in range(12))
    return all(calendar.is_working_day(day) == (day.weekday() < FRIDAY) for day in days)


def _portions(chosen: list[_Chosen]) -> Iterator[list[_Chosen]]:
    return (chosen[start : start + PORTION] for start in range(0, len(chosen), PORTION))


def _go_on_after(last: Mapping[str, int]) -> None:
    """Let PostgreSQL give the next ids after those that were written here; SQLite does so by itself."""
    if db.session.get_bind().dialect.name == "postgresql":
        for table, taken in last.items():
            db.session.execute(select(func.setval(func.pg_get_serial_sequence(table, "id"), taken)))
