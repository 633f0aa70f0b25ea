"""Calls in bulk: copies of the patterns for other customers, people and weeks, chained and numbered like the rest."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import Any

from sqlalchemy import ARRAY, Integer, Table, Text, bindparam, func, insert, select, text, update

from core import clock, numbers
from core.customers.models import Contact, Customer, Installation, Product
from core.db import db, see_offices, writing
from core.ledger import LedgerHead, LedgerRow
from core.numbers import NumberSeries
from core.offices import Office
from core.rules import rules_of
from core.search.index import tokens_of
from core.search.models import SearchText, SearchToken
from seed.pattern import PEOPLE, Pattern, Rows, Swap, Way, highest, ways
from seed.people import Staff
from seed.stories import lived

WEEKS, PORTION = 104, 1000
# A pattern that is not copied a few times is not worth living.
FEWEST_COPIES = 4
LEDGER: Table = LedgerRow.__table__  # type: ignore[assignment]
TEXT: Table = SearchText.__table__  # type: ignore[assignment]


@dataclass(frozen=True)
class Caller:
    """Somebody who phones: the customer, his product, and what stands in the file of him."""

    customer_id: int
    installation_id: int
    words: tuple[str, ...]


def fill(office: Office, staff: Staff, wanted: int) -> Iterator[int]:
    """Write so many calls, telling every thousand or so how many there are; the patterns are among them."""
    if not wanted:
        return
    see_offices(frozenset({office.id}))
    stories = lived(office, staff, _last_monday(office))
    patterns = list(islice(stories, max(1, min(wanted, wanted // FEWEST_COPIES))))
    writer = _Writer(office, staff, patterns)
    yield len(patterns)
    for done in writer.write(wanted - len(patterns)):
        yield len(patterns) + done


def _last_monday(office: Office) -> dt.date:
    """Return the Monday of the last week that is over."""
    today = clock.now().astimezone(office.zoneinfo).date()
    return today - dt.timedelta(days=today.weekday() + 7)


def callers(office_id: int) -> list[Caller]:
    """Return everybody who may phone."""
    query = (
        select(Customer.id, Installation.id, Customer.name, Contact.name, Contact.phones)
        .add_columns(Product.name + " " + Installation.version)
        .join(Installation, Installation.customer_id == Customer.id)
        .join(Product, Product.id == Installation.product_id)
        .join(Contact, Contact.customer_id == Customer.id)
        .where(Customer.office_id == office_id)
    )
    return [Caller(row[0], row[1], tuple(row[2:])) for row in db.session.execute(query)]


class _Writer:
    """Writes copies week by week, the oldest first, so that ids, numbers and the chain follow the time."""

    def __init__(self, office: Office, staff: Staff, patterns: list[Pattern]) -> None:
        self.office_id, self.code, self.zone = office.id, office.code, office.zoneinfo
        self.engineers = [(one.person_id or 0, one.name) for one in staff.engineers]
        self.patterns, self.callers = patterns, callers(office.id)
        self.ways: Mapping[Table, Mapping[str, Way]] = ways(patterns, rules_of(office).plugins.procedures)
        self.last = {table: highest(table) for table in self.ways}
        self.luck = random.Random(f"koudai seed calls {office.code}")
        self.numbers: dict[int, int] = {
            row.year: row.last for row in db.session.scalars(select(NumberSeries)) if row.letter == "H"
        }
        head = db.session.get_one(LedgerHead, office.id)
        self.seq, self.hash = head.count, head.hash

    def write(self, wanted: int) -> Iterator[int]:
        """Yield after each portion how many copies there are."""
        done, weeks = 0, min(WEEKS, max(1, wanted // 20))
        for week in range(weeks):
            share = wanted * (week + 1) // weeks - wanted * week // weeks
            for chosen in _portions(self._of_week(share, weeks - week - 1)):
                self._put(chosen)
                done += len(chosen)
                yield done
        with writing(frozenset({self.office_id})):
            _go_on_after(self.last)

    def _of_week(self, share: int, ago: int) -> list[tuple[Pattern, dt.timedelta]]:
        """Choose the stories of a week, in the order in which they begin; only the last week left some unfinished."""
        among = [one for one in self.patterns if one.finished or not ago]
        chosen = self.luck.choices(among, [one.weight for one in among], k=share)
        later = [dt.timedelta(weeks=-ago, seconds=self.luck.randrange(15 * 60)) for _one in chosen]
        return sorted(zip(chosen, later, strict=True), key=lambda one: one[0].started + one[1])

    def _put(self, chosen: list[tuple[Pattern, dt.timedelta]]) -> None:
        rows: Rows = {table: [] for table in self.ways}
        for pattern, later in chosen:
            for table, copies in pattern.copy(self._swap(pattern, later), self.ways).items():
                rows[table] += copies
        rows[LEDGER].sort(key=lambda row: row["at"])
        for row in rows[LEDGER]:
            self._chain(row)
        with writing(frozenset({self.office_id})):
            for table in (one for one in LEDGER.metadata.sorted_tables if rows.get(one)):
                db.session.execute(insert(table), rows[table])
            _put_tokens(self.office_id, sorted(_tokens(rows[TEXT])))
            self._count()

    def _swap(self, pattern: Pattern, later: dt.timedelta) -> Swap:
        """Say what is otherwise in one copy: whose call it is, who takes it, when, and under which number."""
        caller, (person_id, name) = self.luck.choice(self.callers), self.luck.choice(self.engineers)
        words = dict(zip(pattern.caller, caller.words, strict=True))
        number = self._number(pattern.started + later)
        swap = Swap(words={**words, pattern.engineer[1]: name, pattern.number: number}, later=later)
        swap.ids[Customer.__tablename__] = {pattern.customer_id: caller.customer_id}
        swap.ids[Installation.__tablename__] = {pattern.installation_id: caller.installation_id}
        swap.ids[PEOPLE] = {pattern.engineer[0]: person_id}
        for table, rows in pattern.rows.items():
            swap.ids[table.name] = {row["id"]: self._next(table) for row in rows}
        return swap

    def _next(self, table: Table) -> int:
        self.last[table] += 1
        return self.last[table]

    def _number(self, at: dt.datetime) -> str:
        year = at.astimezone(self.zone).year
        self.numbers[year] = self.numbers.get(year, 0) + 1
        return numbers.written(self.code, "H", year, self.numbers[year])

    def _chain(self, row: dict[str, Any]) -> None:
        """Hang a row of the ledger onto the chain."""
        self.seq += 1
        row["seq"], row["previous"] = self.seq, self.hash
        self.hash = row["hash"] = LedgerRow(**row).digest()

    def _count(self) -> None:
        """Keep the head of the chain and the last numbers, as each step does."""
        head = update(LedgerHead).where(LedgerHead.office_id == self.office_id)
        db.session.execute(head.values(count=self.seq, hash=self.hash))
        for year, last in self.numbers.items():
            mine = (
                NumberSeries.office_id == self.office_id,
                NumberSeries.letter == "H",
                NumberSeries.year == year,
            )
            done = db.session.execute(update(NumberSeries).where(*mine).values(last=last))
            if not done.rowcount:  # type: ignore[attr-defined]
                db.session.add(NumberSeries(office_id=self.office_id, letter="H", year=year, last=last))


def _portions(chosen: list[Any]) -> Iterator[list[Any]]:
    return (chosen[start : start + PORTION] for start in range(0, len(chosen), PORTION))


def _go_on_after(last: Mapping[Table, int]) -> None:
    """Let PostgreSQL give the next ids after those that were written here; SQLite does so by itself."""
    if db.session.get_bind().dialect.name == "postgresql":
        for table, taken in last.items():
            db.session.execute(select(func.setval(func.pg_get_serial_sequence(table.name, "id"), taken)))


def _tokens(texts: list[dict[str, Any]]) -> Iterator[tuple[str, int]]:
    """Yield the words under which the calls are found, as the index keeps them."""
    for one in texts:
        found = tokens_of(one["title"], one["body"], one["number"])
        yield from ((word, one["id"]) for word in found)


def _put_tokens(office_id: int, found: list[tuple[str, int]]) -> None:
    """Write the words by the drivers' own means: a hundred for each call are more than all its other rows together."""
    connection, table = db.session.connection(), SearchToken.__tablename__
    if connection.dialect.name == "postgresql":
        # COPY is not allowed behind row-level security.
        words, ids = ([one[at] for one in found] for at in (0, 1))
        into = (
            f"insert into {table} (office_id, token, text_id) select :office_id, * from unnest(:words, :ids)"
        )
        whole = text(into).bindparams(
            bindparam("words", type_=ARRAY(Text)), bindparam("ids", type_=ARRAY(Integer))
        )
        connection.execute(whole, {"office_id": office_id, "words": words, "ids": ids})
    else:
        into = f"insert into {table} (office_id, token, text_id) values ({office_id}, ?, ?)"
        connection.exec_driver_sql(into, found)
