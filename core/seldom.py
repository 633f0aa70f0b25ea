"""Conditions that few rows of a full table meet, said so that a database looks for those rows first."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Boolean, ColumnElement
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import FunctionElement


def seldom(condition: ColumnElement[bool]) -> Any:
    """Return the condition, marked as one that few rows meet: that a case is unfinished, a promise open.

    SQLite knows of a column only how many values it has: it reckons with as many unfinished cases as finished ones,
    and then reads the whole table. Having looked at a thousand rows of each index, it also takes an office for a
    thousand rows: the share said is so small that even of ten million they look fewer. PostgreSQL keeps count of the
    frequent values and needs no word.
    """
    return _Seldom(condition)


class _Seldom(FunctionElement[bool]):
    type = Boolean()
    inherit_cache = True

    def self_group(self, against: Any = None) -> _Seldom:
        """Stand for itself among others: with SQLAlchemy's "= 1" behind it, SQLite would not see the condition."""
        return self


@compiles(_Seldom)
def _said(element: _Seldom, compiler: Any, **more: Any) -> str:
    return str(compiler.process(element.clauses, **more))


@compiles(_Seldom, "sqlite")
def _said_to_sqlite(element: _Seldom, compiler: Any, **more: Any) -> str:
    return f"likelihood({compiler.process(element.clauses, **more)}, 0.00001)"
