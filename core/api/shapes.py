"""What a case looks like as JSON, and the schema of it: both read from the model and the procedure."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from sqlalchemy import JSON, Column, inspect

from core import deadlines, gate, ledger, prints
from core.cases import Case
from core.clauses import Citation, HouseRule
from core.customers.models import Customer
from core.db import Base, db
from core.errors import Objection
from core.gate import Act
from core.i18n import Sentence
from core.ledger import LedgerRow
from core.plugin_sets import promise_of, steps_named
from core.procedure import Procedure, Step

Json = dict[str, Any]
# What JSON can tell of a column, by its type in Python; the schema of what is JSON already stays open.
TYPES: dict[type, Json] = {
    int: {"type": "integer"},
    bool: {"type": "boolean"},
    float: {"type": "number"},
    str: {"type": "string"},
    Decimal: {"type": "string"},
    dt.datetime: {"type": "string", "format": "date-time"},
    dt.date: {"type": "string", "format": "date"},
    dt.time: {"type": "string"},
    dict: {},
}


def plain(value: Any) -> Any:
    """Return a value as JSON has it: a moment, a day and a time as text, an amount with two places."""
    if isinstance(value, dt.datetime):
        return value.astimezone(dt.UTC).isoformat()
    if isinstance(value, dt.date | dt.time):
        return value.isoformat()
    return f"{value:.2f}" if isinstance(value, Decimal) else value


def own_columns(procedure: Procedure) -> list[Column[Any]]:
    """Return the columns that the plugin gave the case and that JSON can tell.

    A signature's picture stays inside, and so does what is marked so.
    """
    model, common = procedure.model, {*dir(Case), "shared_office_id", *procedure.pictures}
    # What is counted by a query is no column of the table.
    columns = (one for one in inspect(model).columns if isinstance(one, Column))
    mine = (one for one in columns if one.key not in common and one.info.get("api", True))
    return [one for one in mine if _kind(one) is not None]


def schema_of(column: Column[Any]) -> Json:
    """Return the schema of what a case tells of one of its own columns."""
    kind = _kind(column)
    return {} if kind is None else TYPES[kind]


def _kind(column: Column[Any]) -> type | None:
    """Return the type that JSON knows of a column: bytes are none, a choice that is a text is a text."""
    kind = dict if isinstance(column.type, JSON) else column.type.python_type
    return next((one for one in kind.__mro__ if one in TYPES), None)


def fields(case: Case, procedure: Procedure) -> Json:
    """Return what the case knows of its own, with the names of the records that it points to."""
    found: Json = {}
    for column in own_columns(procedure):
        found[column.key] = plain(getattr(case, column.key))
        if column.foreign_keys:
            stem = column.key.removesuffix("_id")
            found[stem] = _named(_pointed_at(case, stem, column))
    return found


def _pointed_at(case: Case, stem: str, column: Column[Any]) -> Any:
    """Return the record that a column points to, also where the model has no relationship of that name."""
    if hasattr(type(case), stem):
        return getattr(case, stem)
    (key,) = column.foreign_keys
    models = (one.class_ for one in Base.registry.mappers if one.local_table is key.column.table)
    model, value = next(models, None), getattr(case, column.key)
    return db.session.get(model, value) if model is not None and value is not None else None


def _named(record: Any) -> str | None:
    if record is None:
        return None
    told = (getattr(record, name, None) for name in ("number", "title", "name"))
    return next((str(one) for one in told if one), None)


def brief(case: Case, procedure: Procedure) -> Json:
    """Return a case as a list shows it."""
    customer = case.customer
    return {
        "number": case.number,
        "state": case.state,
        "state_title": str(procedure.states[case.state].title),
        "ended": procedure.states[case.state].final,
        "version": case.version,
        "opened_at": plain(case.opened_at),
        "changed_at": plain(case.changed_at),
        "customer": {"file_number": customer.file_number, "name": customer.name} if customer else None,
        "owner": case.owner.name if case.owner else None,
    }


def whole(act: Act) -> Json:
    """Return a case with all that is known: fields, steps allowed now, deadlines, ledger."""
    case, name = act.case, act.procedure.name
    found, rows = act.procedure.steps_from(case.state), ledger.of_case(name, case.id, number=case.number)
    steps = steps_named(act.procedure, act.rules, rows)
    return {
        **brief(case, act.procedure),
        "fields": fields(case, act.procedure),
        "steps": [_offer(gate.look_at(act, step)) for step in found if step.for_people],
        "deadlines": [_deadline(one, act) for one in deadlines.shown(act.procedure, case.id)],
        "ledger": [_row(one, act, steps.get(one.action)) for one in rows],
    }


def _offer(look: Act) -> Json:
    against = look.closed_by()
    return {
        "name": look.step.name,
        "title": str(look.step.title),
        **stands_on(look.step.clause),
        "open": not against,
        "objections": [objection(one) for one in against],
    }


def objection(one: Objection) -> Json:
    """Return why a step may not happen: the sentence, its clause (or the house rule's reason), and the plugin."""
    return {"text": str(one.text), **stands_on(one.clause), "plugin": one.plugin}


def stands_on(citation: Citation) -> Json:
    """Return the clause that is cited, or the reason of a house rule."""
    rule = str(citation.reason) if isinstance(citation, HouseRule) else None
    return {"clause": str(citation), "house_rule": rule}


def _deadline(one: deadlines.Deadline, act: Act) -> Json:
    rule = promise_of(act.procedure, act.rules, one.key)
    return {
        "key": one.key,
        "title": str(rule.title if rule else one.key),
        "state": one.state,
        "started_at": plain(one.started_at),
        "due_at": plain(one.due_at),
        "ended_at": plain(one.ended_at),
        "role": one.role,
        "person": one.person.name if one.person else None,
        **stands_on(one.clause or (rule.clause if rule and isinstance(rule.clause, HouseRule) else "")),
        "plugin": one.plugin,
    }


def _row(row: LedgerRow, act: Act, step: Step | None) -> Json:
    printed = row.kind == prints.KIND
    title = prints.title_of(row) if printed else step.title if step else act.procedure.title_of(row.action)
    return {
        "at": plain(row.at),
        "actor": row.actor,
        "step": row.action,
        "title": str(title),
        "refused": row.kind == "refused",
        "from_state": row.from_state,
        "to_state": row.to_state,
        "clause": row.clause,
        "version": row.version,
        "values": row.details if printed else row.details.get("values", {}),
        "objections": [str(Sentence.from_json(one)) for one in row.details.get("objections", [])],
        "decisions": [_decision(one) for one in row.details.get("decisions", [])],
    }


def _decision(one: Json) -> Json:
    told = {name: one[name] for name in ("decision", "value", "clause", "plugin", "version", "overridden")}
    house = one.get("house_rule")
    rule = str(Sentence.from_json(house)) if house else None
    return {**told, "house_rule": rule, "reason": str(Sentence.from_json(one["reason"]))}


def customer(one: Customer) -> Json:
    """Return a customer as the file has him, with the ids that a step takes."""
    return {
        "id": one.id,
        "file_number": one.file_number,
        "name": one.name,
        "address": one.address,
        "fax": one.fax,
        "site_note": one.site_note,
        "verified_at": plain(one.verified_at),
        "contacts": [{"name": contact.name, "phones": contact.phones} for contact in one.contacts],
        "installations": [
            {
                "id": product.id,
                "product_id": product.product_id,
                "product": product.product.name,
                "version": product.version,
                "serial_number": product.serial_number,
                "contract_date": plain(product.contract_date),
                "service_card": product.service_card,
                "service_until": plain(product.service_until),
            }
            for product in one.installations
        ],
    }


def relatives(column: Column[Any]) -> Iterator[str]:
    """Yield the name under which the record that a column points to is told."""
    if column.foreign_keys:
        yield column.key.removesuffix("_id")
