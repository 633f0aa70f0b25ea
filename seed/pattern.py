"""A pattern: every row that one story left when it was lived through the gate, and how each column is copied."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import JSON, Column, DateTime, Table, func, inspect, select
from sqlalchemy.types import TypeDecorator

from core.db import Base, db
from core.ledger import LedgerRow
from core.procedure import Procedure
from core.rules import installed_plugins

# Counted up, or made anew, for all copies together.
APART = frozenset({"core_ledger_head", "core_number_series", "core_search_token"})
MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:[+-]\d\d:\d\d)")
# What a name in JSON points to, though no foreign key says so.
POINTING = {"customer": "core_customer", "installation": "core_installation"}
PEOPLE = "core_person"
Rows = dict[Table, list[dict[str, Any]]]


@dataclass
class Swap:
    """What is otherwise in a copy: ids by table, words, and how much later everything happens."""

    ids: dict[str, dict[int, int]] = field(default_factory=dict)
    words: dict[str, str] = field(default_factory=dict)
    later: dt.timedelta = dt.timedelta()

    def id(self, table: str, value: Any) -> Any:
        """Return what stands for an id, itself where nothing does; JSON may have it as a text."""
        known = self.ids.get(table, {})
        if isinstance(value, str) and value.isdecimal():
            return str(known.get(int(value), value))
        return known.get(value, value)

    def text(self, value: str) -> str:
        """Put other words for the pattern's own, and other moments."""
        for old, new in self.words.items():
            if old in value:
                value = value.replace(old, new)
        return MOMENT.sub(self._moment, value) if "T" in value else value

    def _moment(self, found: re.Match[str]) -> str:
        return (dt.datetime.fromisoformat(found[0]) + self.later).isoformat()

    def json(self, value: Any, name: str = "") -> Any:
        """Return the like of what JSON holds."""
        if isinstance(value, dict):
            return {key: self.json(one, key) for key, one in value.items()}
        if isinstance(value, list):
            return [self.json(one, name) for one in value]
        table = POINTING.get(name.removesuffix("_id"))
        if table and isinstance(value, int | str):
            return self.id(table, value)
        return self.text(value) if isinstance(value, str) else value


Way = Callable[[Swap, Any, Mapping[str, Any]], Any]


def same(swap: Swap, value: Any, row: Mapping[str, Any]) -> Any:
    """Copy a value as it is."""
    return value


def way_of(column: Column[Any], models: Mapping[str, str]) -> Way:
    """Say how a column is copied; ``models`` are the tables of cases by procedure."""
    if column.name == "id":
        return lambda swap, value, row: swap.ids[column.table.name][value]
    if column.foreign_keys:
        (key,) = column.foreign_keys
        return lambda swap, value, row: swap.id(key.column.table.name, value)
    if column.name == "subject_id":
        return lambda swap, value, row: swap.id(
            models.get(row.get("procedure") or row.get("kind", ""), ""), value
        )
    kind = column.type.impl if isinstance(column.type, TypeDecorator) else column.type
    if isinstance(kind, DateTime):
        return lambda swap, value, row: value and value + swap.later
    if isinstance(kind, JSON):
        return lambda swap, value, row: swap.json(value)
    return (
        (lambda swap, value, row: swap.text(value) if value else value) if kind.python_type is str else same
    )


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


@dataclass(frozen=True)
class Pattern:
    """One story as rows: who took the call, whose it was, and what it left."""

    rows: Rows
    number: str
    engineer: tuple[int, str]
    caller: tuple[str, ...]
    customer_id: int
    installation_id: int
    started: dt.datetime
    weight: int
    finished: bool

    def copy(self, swap: Swap, ways: Mapping[Table, Mapping[str, Way]]) -> Rows:
        """Return the rows of a copy; what the chain of the ledger needs is filled in later."""
        return {
            table: [{name: way(swap, row[name], row) for name, way in ways[table].items()} for row in rows]
            for table, rows in self.rows.items()
        }


def ways(patterns: list[Pattern], procedures: Mapping[str, Procedure]) -> dict[Table, dict[str, Way]]:
    """Say for each table of the patterns how its columns are copied."""
    models = {name: str(inspect(one.model).local_table) for name, one in procedures.items()}
    tables = {table for one in patterns for table in one.rows}
    found = {table: {column.name: way_of(column, models) for column in table.columns} for table in tables}
    for name in ("seq", "previous", "hash"):
        found[LedgerRow.__table__][name] = same  # type: ignore[index]
    return found
