"""A pattern made ready to be copied: of every row what stays, and what is filled in for each copy.

Whatever differs from copy to copy has a name: ``customer``, ``number.0``, ``id.core_ledger.17``. Where a text or JSON
contains it, a ``%``-template does; to fill a template costs a fraction of walking through the row again.

Of moments, those with seconds are somebody's doing and move by the minute; whole minutes (closing time, an hour that
was agreed on) move by whole weeks, as they do in the office's calendar.
"""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import JSON, Column, DateTime, Table, inspect
from sqlalchemy.types import TypeDecorator

from core.customers.records import CustomerChange
from core.ledger import LedgerRow
from core.procedure import Procedure
from seed.pattern import Pattern

MOMENT = r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?[+-]\d\d:\d\d"
DAY = r"\d{4}-\d\d-\d\d"
MARK = re.compile(r'"\{\{#([\w.]+)\}\}"|\{\{([\w.]+)\}\}')
# What a name in JSON points to, though no foreign key says so.
POINTING = {
    "customer": "core_customer",
    "installation": "core_installation",
    "request": "fieldservice_request",
    "engineer": "core_person",
    "companion": "core_person",
}
SUGGESTION, LOT, VERIFIED = "fieldservice_suggestion", "lot", "verified"
CHAINED = ("seq", "previous", "hash")
CHANGES: Table = CustomerChange.__table__  # type: ignore[assignment]
LEDGER: Table = LedgerRow.__table__  # type: ignore[assignment]
MONTH = dt.timedelta(days=31)


@dataclass(frozen=True)
class Filled:
    """A value that each copy has otherwise: the name under which it is filled in, and whether it is a number."""

    name: str
    number: bool = False


@dataclass(frozen=True)
class Text:
    """A text in which marks stand for what each copy has otherwise."""

    marked: str


@dataclass(frozen=True)
class Document:
    """JSON in which marks stand for what each copy has otherwise."""

    marked: Any


@dataclass
class Recipe:
    """The rows of a pattern by table, as cells; and what has to be reckoned for each copy."""

    pattern: Pattern
    rows: dict[Table, list[dict[str, Any]]] = field(default_factory=dict)
    own: list[tuple[str, str]] = field(default_factory=list)
    moments: dict[str, dt.datetime] = field(default_factory=dict)
    told: dict[str, dt.datetime] = field(default_factory=dict)
    days: dict[str, dt.date] = field(default_factory=dict)
    candidates: list[str] = field(default_factory=list)
    verified: str = ""


def recipe(pattern: Pattern, procedures: Mapping[str, Procedure]) -> Recipe:
    """Make a pattern ready."""
    return _Reader(pattern, procedures).read()


class _Reader:
    """Reads a pattern's rows and names what differs."""

    def __init__(self, pattern: Pattern, procedures: Mapping[str, Procedure]) -> None:
        self.found, self.pattern = Recipe(pattern), pattern
        self.models = {name: str(inspect(one.model).local_table) for name, one in procedures.items()}
        self.ids: dict[str, dict[int, str]] = {
            "core_customer": {pattern.caller.customer_id: "customer.id"},
            "core_installation": {pattern.caller.installation_id: "installation.id"},
            "core_person": {one[0]: f"{part}.id" for part, one in pattern.people.items()},
        }
        for table, rows in pattern.rows.items():
            self.ids[table.name] = {row["id"]: f"id.{table.name}.{row['id']}" for row in rows}
            self.found.own += [(table.name, name) for name in self.ids[table.name].values()]
        self.words = {one: name for name, one in pattern.caller.words.items() if one}
        self.words |= {one[1]: part for part, one in pattern.people.items()}
        self.words |= {one: f"number.{at}" for at, one in enumerate(pattern.numbers)}
        either = "|".join(re.escape(one) for one in sorted(self.words, key=len, reverse=True))
        self.differs = re.compile(f"{MOMENT}|{either}|{DAY}")

    def read(self) -> Recipe:
        for table, rows in self.pattern.rows.items():
            self.found.rows[table] = [
                {column.name: self._cell(column, row[column.name], row) for column in table.columns}
                for row in rows
            ]
        changes = self.found.rows.get(CHANGES, [])
        self.found.verified = next(
            (one["after"].name for one in changes if isinstance(one["before"], Filled)), ""
        )
        return self.found

    def _cell(self, column: Column[Any], value: Any, row: Mapping[str, Any]) -> Any:
        """Return a cell: what it is in every copy, or what makes it another."""
        table = column.table.name
        if table == "core_ledger" and column.name in CHAINED:
            return Filled(column.name, column.name == "seq")
        if table == "core_customer_change" and column.name == "before" and row["field"] == "verified_at":
            return Filled(VERIFIED)
        if table == "core_notice" and column.name == "read_at" and self.pattern.finished:
            return self._moment(row["at"])
        if value is None:
            return None
        if column.name == "id" or column.foreign_keys or column.name == "subject_id":
            return self._pointed(_target(column, row, self.models), value)
        return self._said(column, value)

    def _said(self, column: Column[Any], value: Any) -> Any:
        kind = column.type.impl if isinstance(column.type, TypeDecorator) else column.type
        if isinstance(kind, DateTime):
            return self._moment(value)
        if isinstance(kind, JSON):
            return Document(self._json(value))
        if isinstance(value, dt.date):
            return self._day(value)
        if not isinstance(value, str):
            decorated = isinstance(column.type, TypeDecorator)
            return column.type.process_bind_param(value, None) if decorated else value  # type: ignore[attr-defined]
        marked = self._text(value)
        whole = MARK.fullmatch(marked)
        if whole:
            return Filled(whole[2])
        return value if marked == value else Text(marked)

    def _pointed(self, table: str, value: int) -> Any:
        name = self.ids.get(table, {}).get(value)
        return value if name is None else Filled(name, number=True)

    def _moment(self, value: dt.datetime) -> Filled:
        return Filled(_named(self.found.moments, "m", value))

    def _text(self, value: str) -> str:
        return self.differs.sub(self._mark, value)

    def _mark(self, match: re.Match[str]) -> str:
        said = match[0]
        if said in self.words:
            return f"{{{{{self.words[said]}}}}}"
        if "T" in said:
            return f"{{{{{_named(self.found.told, 't', dt.datetime.fromisoformat(said))}}}}}"
        try:
            return str(marked(self._day(dt.date.fromisoformat(said))))
        except ValueError:
            return said

    def _day(self, day: dt.date) -> Any:
        """A day near the story is one of its days."""
        near = abs(day - self.pattern.started.date()) < MONTH
        return Filled(_named(self.found.days, "d", day)) if near else day

    def _json(self, value: Any, name: str = "") -> Any:
        if isinstance(value, dict):
            if value.get("decision") == SUGGESTION:
                return self._suggestion(value)
            return {key: self._json(one, key) for key, one in value.items()}
        if isinstance(value, list):
            return [self._json(one, name) for one in value]
        table = POINTING.get(name.removesuffix("_id"))
        if table and isinstance(value, int | str) and not isinstance(value, bool) and str(value).isdecimal():
            known = self.ids.get(table, {}).get(int(value))
            if known:
                return f"{{{{{known}}}}}" if isinstance(value, str) else f"{{{{#{known}}}}}"
            return value
        return self._text(value) if isinstance(value, str) else value

    def _suggestion(self, value: dict[str, Any]) -> dict[str, Any]:
        """Keep who could have been sent; the lot is drawn anew, for it hangs on the number of the request."""
        self.found.candidates = value["inputs"]["candidates"].split(", ")
        inputs = {
            key: one if key == "candidates" else self._json(one, key) for key, one in value["inputs"].items()
        }
        return {**value, "value": f"{{{{{LOT}}}}}", "inputs": inputs}


def _named(known: dict[str, Any], begins: str, value: Any) -> str:
    """Return the name of a value, the same for the same one."""
    for name, one in known.items():
        if one == value and getattr(one, "tzinfo", None) == getattr(value, "tzinfo", None):
            return name
    name = f"{begins}.{len(known)}"
    known[name] = value
    return name


def _target(column: Column[Any], row: Mapping[str, Any], models: Mapping[str, str]) -> str:
    """Say to which table's rows a column points."""
    if column.name == "id":
        return str(column.table.name)
    if column.foreign_keys:
        (key,) = column.foreign_keys
        return str(key.column.table.name)
    return models.get(row.get("procedure") or row.get("kind", ""), "")


def template(marked: str, form: str, worded: Callable[[str], bool]) -> str:
    """Return the ``%``-template of a marked text; ``form`` says how words stand in it (see ``callers.forms``)."""

    def put(found: re.Match[str]) -> str:
        name = found[1] or found[2]
        return f"%({name}{form if worded(name) else ''})s"

    return MARK.sub(put, marked.replace("%", "%%"))


def is_word(name: str) -> bool:
    """Say whether a name stands for a word, which JSON may have to escape."""
    return not (
        name.endswith(".id") or name.split(".")[0] in {"id", "m", "t", "d", "seq", "previous", "hash"}
    )


def digest_of(cells: Mapping[str, Any]) -> str:
    """Return the template of what the hash of a ledger row is made of (core.ledger)."""
    said = {name: marked(cell) for name, cell in cells.items() if name not in ("id", "hash")}
    text = json.dumps(said, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return template(text, ".u", is_word)


def marked(cell: Any) -> Any:
    """Return a cell as JSON has it, with its marks."""
    if isinstance(cell, Filled):
        return f"{{{{#{cell.name}}}}}" if cell.number else f"{{{{{cell.name}}}}}"
    if isinstance(cell, Text | Document):
        return cell.marked
    return cell.isoformat() if isinstance(cell, dt.date) else cell
