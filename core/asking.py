"""What every page asks: statements that were written once, of tables, and no less behind their office's door."""

from __future__ import annotations

from functools import lru_cache
from operator import eq
from typing import Any

from sqlalchemy import Alias, BinaryExpression, BindParameter, Column, CompoundSelect, Result, Select
from sqlalchemy.sql.util import find_tables
from sqlalchemy.sql.visitors import iterate

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
    named = {*find_tables(statement, include_selects=True, include_aliases=True)}
    # Of an alias nobody could say whether it or its table is the one that is kept.
    twice = {one for one in named if isinstance(one, Alias) and one.element in walled}
    if past := (named & walled) - _kept_to_one(statement) | twice:
        raise ForeignOffice(f"rows of offices are asked for past the wall: {past}")
    return bool(named & walled)


def _kept_to_one(statement: Select[Any] | CompoundSelect[Any]) -> set[Any]:
    """Return the tables of whose rows the statement, or one within it, demands ``office_id = :office``."""
    demanded = (
        one for inner in iterate(statement) if isinstance(inner, Select) for one in inner._where_criteria
    )
    return {one.left.table for one in demanded if isinstance(one, BinaryExpression) and _names_office(one)}


def _names_office(condition: BinaryExpression[Any]) -> bool:
    column, value = condition.left, condition.right
    named = isinstance(column, Column) and isinstance(value, BindParameter)
    return named and condition.operator is eq and (column.key, value.key) == ("office_id", "office")
