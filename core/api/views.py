"""The API's addresses: thin, generated for every procedure of the office, and through the same gate as the screens."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, request, url_for
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from core import gate
from core.api import asking, bodies, door, openapi, replays, shapes
from core.api.answers import beyond_reach, of_errors, of_problem, of_refusal
from core.api.tokens import ACT, READ
from core.cases import Case
from core.customers import keeping, lookup
from core.customers import services as customer_file
from core.customers.forms import NewCustomerForm
from core.customers.models import Customer
from core.db import db
from core.errors import NotFound, Refused
from core.gate import Act
from core.i18n import _, _l
from core.permissions import SIGNED_IN
from core.procedure import Procedure
from core.rules import Rules
from core.web.access import actor, needs, these_rules, this_office
from core.web.customer_work import keeping_file, today

pages = Blueprint(door.BLUEPRINT, __name__, url_prefix=door.OFFICE)
CASES, ONE = "/<collection>", "/<collection>/<number>"


def _reads(rules: Rules, view_args: Mapping[str, Any]) -> str:
    return procedure_of(rules, view_args["collection"]).reads


def procedure_of(rules: Rules, collection: str) -> Procedure:
    """Return the procedure of a collection, or NotFound when this office has none."""
    found = (one for one in rules.plugins.procedures.values() if one.collection == collection)
    procedure = next(found, None)
    if procedure is None:
        raise NotFound(
            _l("%(office)s has no collection %(name)s.", office=rules.office.code, name=collection)
        )
    return procedure


@pages.get("/openapi.json")
@needs(SIGNED_IN)
def description(office: str) -> Any:
    """Return what can be asked here, built from the set of plugins that the office uses now."""
    return openapi.document(these_rules())


@pages.get("/customers")
@needs("core.see_customers")
def customers(office: str) -> Any:
    """Return customers by file number, or those that fit what was typed (``q``)."""
    asked = asking.of_customers()
    if asked.errors:
        return of_errors(asked.errors)
    if not door.this_token().reaches("customers", READ):
        return beyond_reach("customers")
    found = _some_customers(asked)
    return {"items": [shapes.customer(one) for one in found[: asked.size]], **asked.place(len(found))}


def _some_customers(asked: asking.Asked) -> list[Customer]:
    here = this_office().id
    query = select(Customer).where(Customer.office_id == here, Customer.gone_at.is_(None))
    if asked.q:
        query = query.where(lookup.fits(asked.q, here))
    query = query.order_by(Customer.file_number)
    return list(db.session.scalars(query.offset(asked.offset).limit(asked.size + 1)))


@pages.post("/customers")
@needs("core.keep_customers")
def create_customer(office: str) -> Any:
    """Put a customer on file, judged by the form of the screen (QI/02 file.missing)."""
    if not door.this_token().reaches("customers", ACT):
        return beyond_reach("customers")
    said, given = asking.of_step(), request.get_json()
    if not isinstance(given, dict):
        return of_errors({"body": [_l("Give an object with the values by name.")]})
    errors = said.errors | bodies.faults(NewCustomerForm(this_office().id, today()), given)
    if errors:
        rest = NewCustomerForm(this_office().id, today(), _without(errors, given))
        return of_errors(bodies.judged(errors, rest))
    asked = replays.digest_of(request.path, given)
    return _customer_again(said.key, asked) or _put_on_file(given, said.key, asked)


def _customer_again(key: str, asked: str) -> Any:
    """Answer with the customer who was put on file under the same key before; nothing when none was."""
    earlier = replays.found(door.this_token().id, key) if key else None
    if earlier is None:
        return None
    if earlier.asked != asked:
        return {"message": _("This Idempotency-Key was used for another request."), "objections": []}, 409
    return _put(db.session.get_one(Customer, earlier.subject_id), {"Idempotent-Replayed": "true"})


def _put_on_file(given: Mapping[str, Any], key: str, asked: str) -> Any:
    form = NewCustomerForm(this_office().id, today(), given)
    if not form.validate():
        return _customer_again(key, asked) or of_errors(form.errors)
    try:
        with keeping_file(alone=True) as keeper:
            replays.claim(door.this_token(), key, asked)
            added = keeping.add(keeper, form.said())
            replays.keep(door.this_token(), key, added)
    except replays.Repeated:
        return _customer_again(key, asked)
    except keeping.Twins as alike:
        return _customer_again(key, asked) or of_errors({"all_the_same": [alike.sentence]})
    except IntegrityError:
        # The file number was free a moment ago.
        return _put_on_file(given, key, asked)
    return _put(added, {})


def _put(customer: Customer, more: Mapping[str, str]) -> Any:
    where = url_for("api.customer", office=this_office().code, file_number=customer.file_number)
    return shapes.customer(customer), 201, {"Location": where, **more}


@pages.get("/customers/<file_number>")
@needs("core.see_customers")
def customer(office: str, file_number: str) -> Any:
    """Return one customer, with the ids of his products."""
    found = customer_file.by_file_number(file_number, this_office().id)
    if not door.this_token().reaches("customers", READ):
        return beyond_reach("customers")
    return shapes.customer(found) if found is not None else of_problem(404)


@pages.get(CASES)
@needs(_reads)
def cases(office: str, collection: str) -> Any:
    """Return a page of a collection, the newest first unless asked otherwise."""
    procedure = procedure_of(these_rules(), collection)
    asked = asking.of_cases(procedure)
    if asked.errors:
        return of_errors(asked.errors)
    if not door.this_token().reaches(collection, READ):
        return beyond_reach(collection)
    found = _some_cases(procedure, asked)
    return {"items": [shapes.brief(one, procedure) for one in found[: asked.size]], **asked.place(len(found))}


def _some_cases(procedure: Procedure, asked: asking.Asked) -> list[Case]:
    model = procedure.model
    query = select(model).where(procedure.seen_in(this_office().id))
    if asked.state:
        query = query.where(model.state == asked.state)
    if asked.customer:
        known = customer_file.by_file_number(asked.customer, this_office().id)
        query = query.where(model.customer_id == (known.id if known else None))
    for one in procedure.filters:
        if value := asked.filtered.get(one.name):
            query = query.where(one.where(model, value))
    query = query.order_by(model.id if asked.sort == asking.OLDEST else model.id.desc())
    return list(db.session.scalars(query.offset(asked.offset).limit(asked.size + 1)).unique())


@pages.post(CASES)
@needs(_reads)
def create(office: str, collection: str) -> Any:
    """Take the step with which a case of this collection begins."""
    procedure = procedure_of(these_rules(), collection)
    step = openapi.creating(procedure)
    if step is None:
        return (
            {"message": str(procedure.begins or _("This begins inside another procedure."))},
            405,
            {"Allow": "GET"},
        )
    return _take(gate.look_at(gate.blank(procedure, actor(), these_rules()), step), collection)


@pages.get(ONE)
@needs(_reads)
def one(office: str, collection: str, number: str) -> Any:
    """Return one case: fields, what can be done now and why not, deadlines, ledger."""
    act = gate.open_case(procedure_of(these_rules(), collection).name, number, actor(), this_office())
    if not door.this_token().reaches(collection, READ):
        return beyond_reach(collection)
    return _shown(act)


@pages.post(f"{ONE}/steps/<step>")
@needs(_reads)
def take(office: str, collection: str, number: str, step: str) -> Any:
    """Take a step of a case; ``If-Match`` with the version refuses it when somebody was quicker."""
    act = gate.open_case(procedure_of(these_rules(), collection).name, number, actor(), this_office())
    chosen = act.procedure.steps.get(step)
    if chosen is None or not chosen.for_people or chosen.creates:
        return of_problem(404)
    return _take(gate.look_at(act, chosen), collection)


def _take(act: Act, collection: str) -> Any:
    """Check the JSON, lead a repeated request back to its first answer, and let the gate decide."""
    if not door.this_token().reaches(collection, ACT):
        return beyond_reach(collection)
    said = asking.of_step()
    given = request.get_json()
    if not isinstance(given, dict):
        return of_errors({"body": [_l("Give an object with the values by name.")]})
    # What is given decides what the form asks, here as on the screen.
    errors = said.errors | bodies.faults(act.form(given), given)
    if errors:
        rest = act.form(_without(errors, given))
        return of_errors(bodies.judged(errors, rest) if act.permitted() else errors)
    asked = replays.digest_of(request.path, given)
    return _perform(act, given, said, asked)


def _without(errors: bodies.Errors, given: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in given.items() if name not in errors}


def _again(act: Act, key: str, asked: str) -> Any:
    """Answer a request that was carried out before under the same key."""
    earlier = replays.found(door.this_token().id, key)
    if earlier is None or earlier.asked != asked:
        return {"message": _("This Idempotency-Key was used for another request."), "objections": []}, 409
    case = db.session.get_one(act.procedure.model, earlier.subject_id)
    return *_answer(act, case)[:2], {**_answer(act, case)[2], "Idempotent-Replayed": "true"}


def _perform(act: Act, given: Mapping[str, Any], said: asking.Said, asked: str) -> Any:
    name, step, number = act.procedure.name, act.step.name, act.case.number
    try:
        with gate.together():
            replays.claim(door.this_token(), said.key, asked, name)
            case = gate.perform(name, number, step, actor(), given, office=this_office(), seen=said.seen)
            replays.keep(door.this_token(), said.key, case)
    except Refused as refused:
        return of_refusal(refused)
    except replays.Repeated:
        return _again(act, said.key, asked)
    return _answer(act, case)


def _answer(act: Act, case: Case) -> tuple[Any, int, dict[str, str]]:
    made = act.step.creates
    look = gate.open_case(act.procedure.name, str(case.number), actor(), this_office())
    where = url_for(
        "api.one", office=this_office().code, collection=act.procedure.collection, number=case.number
    )
    body, status, headers = _shown(look)
    return body, 201 if made else status, {**headers, **({"Location": where} if made else {})}


def _shown(act: Act) -> tuple[Any, int, dict[str, str]]:
    return shapes.whole(act), 200, {"ETag": f'"{act.case.version}"'}
