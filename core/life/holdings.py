"""What the database holds of a plugin: its own tables, and the rows that it has in core's."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from sqlalchemy import ColumnElement, MetaData, Table, func, inspect, or_, select

from core.db import Base, db, reading_tables
from core.plugins import Installed
from core.records import Record, declared

# The ledger and the history of switching outlive every plugin; the head of the ledger is a count of its rows.
KEPT = frozenset({"core_ledger", "core_ledger_head", "core_plugin_switch"})
# The columns in which core writes what is named after its plugin: a case's procedure, a list, a job...
NAMES = ("procedure", "listed", "job")
# ... and those that are called otherwise: a parameter, what the search reads, who looks at which case, what a customer
# brought with him.
NAMES_IN = {
    "core_parameter_value": "key",
    "core_search_text": "kind",
    "core_presence": "about",
    "core_customer_came_along": "key",
}


@dataclass(frozen=True, kw_only=True)
class Holding:
    """A table, and which of its rows are the plugin's; without a condition all of them are."""

    table: Table
    rows: ColumnElement[bool] | None = None

    @property
    def count(self) -> int:
        """How many rows there are now."""
        return sum(self.per_office().values())

    def per_office(self) -> dict[int | None, int]:
        """Count the rows by office; the key is None where a row belongs to none."""
        office = self.table.columns.get("office_id")
        query = select(func.count()) if office is None else select(func.count(), office).group_by(office)
        query = query.select_from(self.table)
        found = db.session.execute(query if self.rows is None else query.where(self.rows))
        return {(row[1] if office is not None else None): row[0] for row in found if row[0]}


def own_tables(name: str) -> list[Table]:
    """Return the plugin's own tables as they are in the database, those first that others refer to."""
    prefix = f"{name}_"
    there = {one for one in inspect(db.session.connection()).get_table_names() if one.startswith(prefix)}
    known = [one for one in Base.metadata.sorted_tables if one.name in there]
    strange = sorted(there - {one.name for one in known})
    return known + [_reflected(one) for one in strange]


def _reflected(name: str) -> Table:
    """Read a table that no model describes: its plugin is not installed any more, or forgot it."""
    with reading_tables():
        return Table(name, MetaData(), autoload_with=db.session.connection(), resolve_fks=False)


def holdings(name: str, one: Installed | None) -> list[Holding]:
    """Return all that the database holds of a plugin, what others refer to first."""
    own = [Holding(table=table) for table in own_tables(name)]
    return [*own, *(Holding(table=table, rows=rows) for table, rows in rows_in_core(name, one).items())]


def rows_in_core(name: str, one: Installed | None) -> dict[Table, ColumnElement[bool]]:
    """Return by table which of core's rows are the plugin's: named after it, or hanging on such a row."""
    mine: dict[Table, ColumnElement[bool]] = {}
    for table in Base.metadata.sorted_tables:
        if table.name.startswith("core_") and table.name not in KEPT:
            conditions = [*_named(table, name, one), *_hanging(table, mine)]
            if conditions:
                mine[table] = or_(*conditions)
    return mine


def _named(table: Table, name: str, one: Installed | None) -> Iterator[ColumnElement[bool]]:
    """Yield what makes a row the plugin's by its name, by the name of its procedures, keys, roles or forms."""
    columns = table.columns
    if "plugin" in columns:
        yield columns["plugin"] == name
    for column in (*NAMES, NAMES_IN.get(table.name, "")):
        if column in columns:
            yield columns[column].startswith(f"{name}.", autoescape=True)
    if one is None:
        return
    letters = [procedure.letter for procedure in one.procedures]
    if table.name == "core_role_grant":
        yield columns["role"].in_([role.key for role in one.manifest.roles])
    if table.name == "core_number_series":
        yield columns["letter"].in_(letters)
    if table.name == "core_print":
        yield columns["record"].in_([record.code for record in declared(one, Record)])
    if table.name == "core_number_void":
        yield from (columns["number"].like(f"%-{letter}-%") for letter in letters)


def _hanging(table: Table, mine: Mapping[Table, ColumnElement[bool]]) -> Iterator[ColumnElement[bool]]:
    """Yield what makes a row go because it cannot be without one that goes."""
    for key in table.foreign_keys:
        above = key.column.table
        if above in mine and not key.parent.nullable:
            yield key.parent.in_(select(key.column).where(mine[above]))
