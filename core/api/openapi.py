"""The description of an office's API, built from the plugins that it uses: OpenAPI 3.1."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import core
from core import clock, gate
from core.api import asking, bodies, shapes
from core.api.described import described_by
from core.api.schemas import SCHEMAS, array, nullable, obj, ref
from core.clauses import Citation, HouseRule
from core.customers import keeping
from core.customers.forms import NewCustomerForm
from core.form_traits import whole
from core.i18n import Sentence, _, _l
from core.people import Actor
from core.permissions import CORE_PERMISSIONS, permission_of
from core.procedure import Filter, Procedure, Step
from core.roles import Role
from core.rules import Rules

Json = dict[str, Any]
NOBODY = Actor("openapi")


def creating(procedure: Procedure) -> Step | None:
    """Return the step with which a case begins by itself; none when it only begins inside another procedure."""
    return next((step for step in procedure.steps_from(None) if step.for_people), None)


def document(rules: Rules) -> Json:
    """Describe every address of an office's API."""
    paths: Json = {}
    for procedure in rules.plugins.procedures.values():
        paths |= _paths(procedure, rules)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": f"Koudai {rules.office.code}",
            "version": core.__version__,
            "description": _(
                "What the screens can do, through the same gate; every refusal names its clause."
            ),
        },
        "servers": [{"url": f"/api/v1/{rules.office.code}"}],
        "security": [{"token": []}],
        "paths": {**paths, **_customers(rules), **_of_plugins(rules)},
        "components": {
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
            "schemas": SCHEMAS | {_name(one): _case(one) for one in rules.plugins.procedures.values()},
        },
    }


def _name(procedure: Procedure) -> str:
    return procedure.name.replace(".", "_")


def _paths(procedure: Procedure, rules: Rules) -> Json:
    """Describe a collection: its list, its beginning, one case, and each step."""
    at, tag = f"/{procedure.collection}", {"tags": [str(procedure.title)]}
    begin = creating(procedure)
    many: Json = {"get": tag | _list(procedure)}
    if begin is not None:
        many["post"] = tag | _step(procedure, begin, rules)
    one = f"{at}/{{number}}"
    found: Json = {at: many, one: {"parameters": [NUMBER], "get": tag | _one(procedure)}}
    for step in procedure.steps.values():
        if not step.creates and step.for_people:
            post = {"post": tag | _step(procedure, step, rules)}
            found[f"{one}/steps/{step.name}"] = {"parameters": [NUMBER], **post}
    return found


NUMBER: Json = {
    "name": "number",
    "in": "path",
    "required": True,
    "schema": {"type": "string", "pattern": "^[A-Z]{2,8}-[A-Z]{1,4}-[0-9]{4}-[0-9]{5,}$", "maxLength": 24},
}


def _list(procedure: Procedure) -> Json:
    choices = {"state": list(procedure.states), "sort": [asking.NEWEST, asking.OLDEST]}
    questions = [_question(name, {"type": "string", "enum": known}) for name, known in choices.items()]
    questions += [_question(one.name, _filter(one)) for one in procedure.filters]
    return {
        "operationId": f"list_{_name(procedure)}",
        "summary": str(procedure.title),
        "parameters": [*questions, _question("customer", WORDS), *PAGED],
        "responses": _answers(_page(ref("brief")), "400", "401", "403", "404", "422"),
    }


def _filter(one: Filter) -> Json:
    """Return what a procedure's filter can be asked: one of its choices, or the id of a person."""
    if one.choices is None:
        return {"type": "integer", "minimum": 0, "maximum": 999_999_999}
    return {"type": "string", "enum": list(one.choices)}


# A NUL is no character of any language, and is refused before anybody looks.
WORDS: Json = {"type": "string", "maxLength": asking.LONGEST_QUESTION, "pattern": "^[^\\x00]*$"}


def _question(name: str, schema: Json) -> Json:
    return {"name": name, "in": "query", "schema": schema}


PAGED = [
    _question("page", {"type": "integer", "minimum": 1, "maximum": asking.MOST_PAGES}),
    _question("size", {"type": "integer", "minimum": 1, "maximum": asking.MOST_ITEMS}),
]


def _page(item: Json) -> Json:
    counted = {"page": {"type": "integer"}, "size": {"type": "integer"}, "more": {"type": "boolean"}}
    return obj({"items": array(item), **counted})


def _one(procedure: Procedure) -> Json:
    return {
        "operationId": f"get_{_name(procedure)}",
        "summary": str(procedure.title),
        "responses": _answers(ref(_name(procedure)), "401", "403", "404"),
    }


def _step(procedure: Procedure, step: Step, rules: Rules) -> Json:
    form = gate.look_at(gate.blank(procedure, NOBODY, rules), step).form()
    cited = {one.name: _stands_on(one.clause) for one in step.fields if one.clause != step.clause}
    return {
        "operationId": f"{_name(procedure)}_{step.name}",
        "summary": str(step.title),
        "description": _whose(step.clause, (way.role for way in step.who)),
        "parameters": [REPEAT] if step.creates else [REPEAT, MATCH],
        "requestBody": _takes(bodies.schema_of(whole(form), cited)),
        "responses": _answers(
            ref(_name(procedure)),
            *("400", "401", "403", "404", "409", "413", "415", "422"),
            done="201" if step.creates else "200",
            more=["200"] if step.creates else [],
        ),
    }


def _stands_on(clause: Citation) -> str:
    return str(clause.reason) if isinstance(clause, HouseRule) else clause


REPEAT: Json = {
    "name": "Idempotency-Key",
    "in": "header",
    "schema": {"type": "string", "pattern": "^[!-~]{1,80}$"},
}
MATCH: Json = {
    "name": "If-Match",
    "in": "header",
    "schema": {"type": "string", "pattern": '^"[0-9]{1,9}"$'},
}


def _customers(rules: Rules) -> Json:
    number = {
        "name": "file_number",
        "in": "path",
        "required": True,
        "schema": {"type": "string", "maxLength": 24},
    }
    tag = {"tags": [_("Customers")]}
    many = {
        "operationId": "list_customers",
        "summary": _("Customers"),
        "parameters": [_question("q", WORDS), *PAGED],
        "responses": _answers(_page(ref("customer")), "400", "401", "403", "404", "422"),
    }
    one = {
        "operationId": "get_customer",
        "summary": _("Customer"),
        "responses": _answers(ref("customer"), "401", "403", "404"),
    }
    return {
        "/customers": {"get": tag | many, "post": tag | _new_customer(rules)},
        "/customers/{file_number}": {"parameters": [number], "get": tag | one},
    }


def _new_customer(rules: Rules) -> Json:
    keep = CORE_PERMISSIONS["core.keep_customers"]
    form = NewCustomerForm(rules.office.id, clock.now().date())
    return {
        "operationId": "add_customer",
        "summary": _("New customer"),
        "description": _whose(keeping.MISSING, keep.roles),
        "parameters": [REPEAT],
        "requestBody": _takes(bodies.schema_of(form)),
        "responses": _answers(
            ref("customer"), "400", "401", "403", "404", "409", "413", "415", "422", done="201"
        ),
    }


def _of_plugins(rules: Rules) -> Json:
    """Describe what the office's plugins answer at addresses of their own."""
    return {
        path: {"post": _own(rule.endpoint, view, rules)} for path, rule, view in described_by(rules.plugins)
    }


def _own(endpoint: str, view: Any, rules: Rules) -> Json:
    told, permission = view.described, permission_of(view.permission, rules)
    plugin = rules.plugins.enabled[endpoint.partition(".")[0]]
    return {
        "tags": [str(plugin.manifest.title)],
        "operationId": endpoint.replace(".", "_"),
        "summary": str(told.title),
        "description": _whose(told.clause, permission.roles if permission else ()),
        "requestBody": _takes(bodies.schema_of(told.form())),
        "responses": _answers(told.answer, "400", "401", "403", "404", "409", "413", "415", "422"),
    }


def _whose(clause: Citation, roles: Iterable[Role]) -> str:
    who = ", ".join(dict.fromkeys(str(one.title) for one in roles))
    return _("%(clause)s · for: %(roles)s", clause=clause, roles=who)


def _takes(schema: Json) -> Json:
    return {"required": True, "content": {"application/json": {"schema": schema}}}


REFUSALS = {"403": "refusal", "409": "refusal", "422": "errors"}


def _answers(body: Json, *refused: str, done: str = "200", more: tuple[str, ...] | list[str] = ()) -> Json:
    """Describe the answers of an operation: what is done, and each way of being turned away."""
    good = {code: _answer(_("Done"), body) for code in (done, *more)}
    return good | {code: _answer(str(SAID[code]), ref(REFUSALS.get(code, "problem"))) for code in refused}


def _answer(text: str, schema: Json) -> Json:
    return {"description": text, "content": {"application/json": {"schema": schema}}}


SAID: dict[str, Sentence] = {
    "400": _l("The request cannot be understood."),
    "401": _l("There is no token, or it is not good any more."),
    "403": _l("The role, or the token's reach, does not allow it; the clause says which role does."),
    "404": _l("There is no such thing in this office."),
    "409": _l(
        "It is not possible now: the objections say why, by which clauses, and who changed it meanwhile."
    ),
    "413": _l("The request is too large."),
    "415": _l("The body is not JSON."),
    "422": _l("Something in the values is not in order, said by field."),
}


def _case(procedure: Procedure) -> Json:
    """Describe a case with the columns that its plugin gave it."""
    known: Json = {}
    for column in shapes.own_columns(procedure):
        kind = shapes.schema_of(column)
        known[column.key] = nullable(kind) if column.nullable else kind
        known |= {name: {"type": ["string", "null"]} for name in shapes.relatives(column)}
    return {"allOf": [ref("case"), obj({"fields": obj(known)}, closed=False)]}
