"""A pattern: every row that one story left when it was lived through the gate, and whose story it was."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from sqlalchemy import Table, func, select

from core.db import Base, db
from core.rules import installed_plugins
from seed.callers import Caller

# Counted up, or made anew, for all copies together.
APART = frozenset({"core_ledger_head", "core_number_series", "core_search_token"})
Rows = dict[Table, list[dict[str, Any]]]


class Capture:
    """Tells which rows came into being since it began."""

    def __init__(self) -> None:
        self.before = {table: highest(table) for table in _tables()}

    def rows(self) -> Rows:
        """Return the new rows by table, what others refer to first."""
        found: Rows = {}
        for table, last in self.before.items():
            query = select(table).where(table.c.id > last).order_by(table.c.id)
            new = [dict(row._mapping) for row in db.session.execute(query)]
            if new:
                found[table] = new
        return found


def _tables() -> list[Table]:
    owners = {"core", *installed_plugins().installed}
    known = (one for one in Base.metadata.sorted_tables if one.name.partition("_")[0] in owners)
    return [one for one in known if {"id", "office_id"} <= set(one.c.keys()) and one.name not in APART]


def highest(table: Table) -> int:
    """Return the highest id that is taken."""
    return db.session.scalar(select(func.max(table.c.id))) or 0


@dataclass(frozen=True, kw_only=True)
class Pattern:
    """One story as rows: who took part in which part (id and name), and whose it was.

    ``weight`` says how often it happens; what is not ``finished`` only happens in the last week.
    """

    rows: Rows
    people: Mapping[str, tuple[int, str]]
    caller: Caller
    started: dt.datetime
    weight: int
    finished: bool

    @cached_property
    def numbers(self) -> tuple[str, ...]:
        """The numbers that its cases drew."""
        cases = (many for table, many in self.rows.items() if {"number", "opened_at"} <= set(table.c.keys()))
        return tuple(str(one["number"]) for many in cases for one in many)

    def monday(self, zone: dt.tzinfo) -> dt.date:
        """Return the Monday of the week in which it was lived."""
        day = self.started.astimezone(zone).date()
        return day - dt.timedelta(days=day.weekday())
