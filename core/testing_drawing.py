"""What a plugin shows, drawn from a row of every table of its: a name that a row does not have is said at once."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from decimal import Decimal
from types import ModuleType
from typing import Any

from sqlalchemy import Column as TableColumn
from sqlalchemy import inspect
from sqlalchemy.orm.attributes import set_committed_value

from core import clock
from core.db import Base, db, only_looking, writing
from core.gate import Act
from core.offices import Office
from core.people import Actor
from core.plugin_sets import contributed
from core.plugins import Installed
from core.procedure import Procedure
from core.records import Addition, Record, Table, declared
from core.rules import Rules, rules_of
from core.testing import House

# What is written into a column by its type; a text that reads as a number serves as either.
SAMPLES: dict[type, Callable[[], Any]] = {
    bool: lambda: False,
    bytes: lambda: b"1",
    dt.date: lambda: clock.now().date(),
    dt.datetime: clock.now,
    dt.time: lambda: dt.time(9),
    Decimal: lambda: Decimal(1),
    float: lambda: 1.0,
    int: lambda: 1,
    str: lambda: "1",
}
Drawing = tuple[str, Callable[[], Any]]


class Samples:
    """One row of each table that is asked for, with those that it refers to; everything in one office."""

    def __init__(self, house: House, office: Office) -> None:
        person, customer = house.person(office), house.customer(office)
        self.made: dict[str, Any] = {
            "core_office": office,
            "core_person": person,
            "core_customer": customer,
            "core_installation": customer.installations[0],
            "core_product": customer.installations[0].product,
        }

    def of(self, model: type[Any]) -> Any:
        """Return the row of a model; None while it is being made, to what it refers to itself."""
        name = str(model.__table__.name)
        if name not in self.made:
            self.made[name] = None
            row = model(**{key: self._value(column) for key, column in _columns(model)})
            db.session.add(row)
            db.session.flush()
            self.made[name] = row
        return self.made[name]

    def _value(self, column: TableColumn[Any]) -> Any:
        for key in column.foreign_keys:
            there = self.of(_model_of(key.column.table.name))
            return there and getattr(there, key.column.name)
        return SAMPLES.get(column.type.python_type, list)()


def _columns(model: type[Any]) -> Iterator[tuple[str, TableColumn[Any]]]:
    """Yield the columns that a row has to be told; what numbers itself or has a default is left to that."""
    mapper = inspect(model)
    for column in mapper.local_table.columns:
        counted = column is mapper.local_table.autoincrement_column
        if not (counted or column.default or column.server_default):
            yield mapper.get_property_by_column(column).key, column


def _model_of(table: str) -> type[Any]:
    return next(one.class_ for one in Base.registry.mappers if one.local_table.name == table)  # type: ignore[attr-defined]


def faults(one: Installed, house: House, office: Office) -> list[str]:
    """Draw all that a plugin shows in an office that uses it; return what names something that is not there."""
    samples, rules = Samples(house, office), rules_of(office)
    with writing():
        for mapper in sorted(Base.registry.mappers, key=lambda each: str(each.local_table)):
            if mapper.class_.__module__.startswith(f"{one.module.__name__}."):
                samples.of(mapper.class_)
        cases = {name: samples.of(each.model) for name, each in rules.plugins.procedures.items()}
    drawings = [*_drawings(one, rules, cases), *_cards(one, rules, cases)]
    return [f"{what}: {error}" for what, draw in drawings if (error := _fault(draw)) is not None]


def _fault(draw: Callable[[], Any]) -> Exception | None:
    """Return what is wrong with the names in some code; what fails at a sample's value, a real one may well bear."""
    try:
        with only_looking():
            draw()
    except NameError as error:
        return error
    except AttributeError as error:
        whose = type(error.obj)
        return error if whose.__module__ != "builtins" or whose is ModuleType else None
    except Exception:
        return None
    return None


def _drawings(one: Installed, rules: Rules, cases: dict[str, Any]) -> Iterator[Drawing]:
    for procedure in one.procedures:
        yield from _of_procedure(procedure, cases[procedure.name])
    for record in declared(one, Record):
        case = cases[record.procedure]
        if record.running:
            yield f"{record.code}, running", _bound(record.running, case)
        for part in record.parts:
            yield from _of_part(record.code, part, case)
    for more in declared(one, Addition):
        yield from _of_part(more.to, more.part, cases[rules.plugins.forms[more.to].record.procedure])


def _of_procedure(procedure: Procedure, case: Any) -> Iterator[Drawing]:
    yield f"heading of {procedure.name}", _bound(procedure.heading, case)
    for kind, columns in (("column", procedure.columns), ("fact", procedure.facts)):
        yield from ((f"{kind} {each.name} of {procedure.name}", _bound(each.value, case)) for each in columns)
    for table in procedure.tables:
        yield from _of_part(procedure.name, table, case)


def _of_part(where: str, part: Any, case: Any) -> Iterator[Drawing]:
    rows = [case]
    if isinstance(part, Table):
        yield f"rows of “{part.title.msgid}” on {where}", lambda: list(part.rows(case))
        rows = _rows(part, case)
    for each in part.fields:
        name = f"“{each.label.msgid}” in “{part.title.msgid}” on {where}"
        yield from ((name, _bound(each.value, row)) for row in rows if each.value)


def _rows(table: Table, case: Any) -> list[Any]:
    try:
        return list(table.rows(case))
    except Exception:
        return []


def _cards(one: Installed, rules: Rules, cases: dict[str, Any]) -> Iterator[Drawing]:
    """Yield the plugin's cards beside a case of each procedure, in each of its states."""
    for given in rules.plugins.hook.core_case_cards.get_hookimpls():
        if given.plugin_name != one.name:
            continue
        for name, procedure in rules.plugins.procedures.items():
            act = Act(
                procedure,
                next(iter(procedure.steps.values())),
                cases[name],
                Actor("tests"),
                rules,
                clock.now(),
            )
            for state in procedure.states:
                yield f"cards of {one.name} beside {name} ({state})", _beside(given, act, state)


def _beside(given: Any, act: Act, state: str) -> Callable[[], Any]:
    def draw() -> Any:
        set_committed_value(act.case, "state", state)
        return contributed(given, {"act": act})

    return draw


def _bound(value: Callable[[Any], Any], row: Any) -> Callable[[], Any]:
    return lambda: value(row)
