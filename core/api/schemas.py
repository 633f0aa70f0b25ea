"""The schemas that every office's API shares: a case in brief and whole, a customer, and the ways of saying no."""

from __future__ import annotations

from typing import Any

Json = dict[str, Any]
TEXT: Json = {"type": "string"}
TEXT_OR_NOTHING: Json = {"type": ["string", "null"]}
MOMENT: Json = {"type": "string", "format": "date-time"}
DAY: Json = {"type": "string", "format": "date"}


def ref(name: str) -> Json:
    """Point to a schema."""
    return {"$ref": f"#/components/schemas/{name}"}


def obj(properties: Json, *, closed: bool = True) -> Json:
    """Describe an object all of whose properties are there."""
    shape = {"type": "object", "properties": properties, "required": list(properties)}
    return shape | ({"additionalProperties": False} if closed else {})


def array(item: Json) -> Json:
    """Describe a list."""
    return {"type": "array", "items": item}


def nullable(kind: Json) -> Json:
    """Let nothing be an answer too."""
    return kind | {"type": [kind["type"], "null"]} if "type" in kind else kind


BRIEF: Json = {
    "number": TEXT,
    "state": TEXT,
    "state_title": TEXT,
    "ended": {"type": "boolean"},
    "version": {"type": "integer"},
    "opened_at": MOMENT,
    "changed_at": MOMENT,
    "customer": nullable(obj({"file_number": TEXT, "name": TEXT})),
    "owner": TEXT_OR_NOTHING,
}
OBJECTION = obj({"text": TEXT, "clause": TEXT, "house_rule": TEXT_OR_NOTHING, "plugin": TEXT})
STEP = obj(
    {
        "name": TEXT,
        "title": TEXT,
        "clause": TEXT,
        "house_rule": TEXT_OR_NOTHING,
        "open": {"type": "boolean"},
        "objections": array(ref("objection")),
    }
)
DEADLINE = obj(
    {
        **dict.fromkeys(("key", "title", "state", "role", "clause", "plugin"), TEXT),
        "started_at": MOMENT,
        "due_at": MOMENT,
        "ended_at": nullable(MOMENT),
        "person": TEXT_OR_NOTHING,
        "house_rule": TEXT_OR_NOTHING,
    }
)
ROW = obj(
    {
        **dict.fromkeys(("actor", "step", "title", "from_state", "to_state", "clause", "version"), TEXT),
        "at": MOMENT,
        "refused": {"type": "boolean"},
        "values": {"type": "object"},
        "objections": array(TEXT),
        "decisions": array({"type": "object"}),
    }
)
INSTALLATION = obj(
    {
        "id": {"type": "integer"},
        "product_id": {"type": "integer"},
        **dict.fromkeys(("product", "version", "service_card"), TEXT),
        "serial_number": TEXT_OR_NOTHING,
        "contract_date": nullable(DAY),
        "service_until": nullable(DAY),
    }
)
CUSTOMER = obj(
    {
        "id": {"type": "integer"},
        **dict.fromkeys(("file_number", "name", "address", "fax", "site_note"), TEXT),
        "verified_at": nullable(MOMENT),
        "contacts": array(obj({"name": TEXT, "phones": TEXT})),
        "installations": array(INSTALLATION),
    }
)
SCHEMAS: Json = {
    "brief": obj(BRIEF),
    "case": obj(
        {
            **BRIEF,
            "fields": {"type": "object"},
            "steps": array(STEP),
            "deadlines": array(DEADLINE),
            "ledger": array(ROW),
        }
    ),
    "customer": CUSTOMER,
    "objection": OBJECTION,
    "problem": obj({"message": TEXT}),
    "refusal": obj({"message": TEXT, "objections": array(ref("objection"))}, closed=False),
    "errors": obj({"message": TEXT, "errors": {"type": "object", "additionalProperties": array(TEXT)}}),
}
