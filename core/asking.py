"""What every page asks: statements that were written once, of tables, and no less behind their office's door."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from operator import eq
from typing import Any

from sqlalchemy import (
    CTE,
    BinaryExpression,
    BindParameter,
    Column,
    CompoundSelect,
    Join,
    Result,
    Select,
    Subquery,
)
from sqlalchemy.sql.util import find_tables

from core.db import Base, ForeignOffice, OfficeRow, SharedRow, db, offices_seen


def asked(statement: Select[Any] | CompoundSelect[Any], **values: Any) -> Result[Any]:
    """Ask a statement that was written once, of tables and not of models: it takes less than half the time of others.

    What is pending is written first, as for any other. Rows of offices are those of the one ``office`` that is asked
    for; while that is out of sight there are none.
    """
    if _of_an_office(statement) and values["office"] not in offices_seen():
        values["office"] = None
    if db.session.autoflush:
        db.session.flush()
    return db.session.execute(statement, values)


@lru_cache(maxsize=256)
def _of_an_office(statement: Select[Any] | CompoundSelect[Any]) -> bool:
    """Say whether rows of offices are asked for; a table of theirs that is not kept to the one office is refused."""
    walled = {
        one.local_table for one in Base.registry.mappers if issubclass(one.class_, OfficeRow | SharedRow)
    }
    if past := {*_open(statement, walled, frozenset())}:
        raise ForeignOffice(f"rows of offices are asked for past the wall: {past}")
    return bool(walled & {*find_tables(statement, include_selects=True, include_aliases=True)})


def _open(part: Any, walled: set[Any], kept: frozenset[Any]) -> Iterator[Any]:
    """Yield the tables of offices of which some select does not demand ``office_id = :office``.

    ``kept`` is what the selects around it demand: one in a condition means their rows, one that is read from does not.
    An alias is always open: nobody could say whether it or its table is the one that is kept.
    """
    if isinstance(part, Select):
        kept = kept.union(_demanded(part)) if part._auto_correlate else frozenset(_demanded(part))
        read = (one for source in part.get_final_froms() for one in _read(source))
        yield from (one for one in read if one in walled - kept or getattr(one, "element", None) in walled)
    elif isinstance(part, Subquery | CTE):
        kept = frozenset()
    for inner in part.get_children():
        yield from _open(inner, walled, kept)


def _read(source: Any) -> Iterator[Any]:
    yield from (*_read(source.left), *_read(source.right)) if isinstance(source, Join) else (source,)


def _demanded(select: Select[Any]) -> Iterator[Any]:
    conditions = (one for one in select._where_criteria if isinstance(one, BinaryExpression))
    return (one.left.table for one in conditions if _names_office(one))


def _names_office(condition: BinaryExpression[Any]) -> bool:
    column, value = condition.left, condition.right
    named = isinstance(column, Column) and isinstance(value, BindParameter)
    return named and condition.operator is eq and (column.key, value.key) == ("office_id", "office")
