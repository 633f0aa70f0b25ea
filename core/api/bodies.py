"""What a step takes as JSON: types and names are checked strictly first, then the same form judges as on the screen."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from wtforms import Form

from core.forms import ChoiceField, NumberField, PersonField, ProductField, TextField
from core.i18n import Sentence, _l

Schema = dict[str, Any]
Errors = dict[str, list[Sentence]]


def schema_of(asked: Iterable[Any], cited: Mapping[str, str] | None = None) -> Schema:
    """Return the JSON schema of a step's values; what only the case decides (whose product) stays open.

    ``cited`` says of fields on which clause of their own they stand.
    """
    every = list(asked)
    needed = [one.name for one in every if is_needed(one)]
    fields = {one.name: schema_of_field(one) for one in every}
    for name, clause in (cited or {}).items():
        fields[name]["description"] = " ".join(filter(None, (fields[name].get("description"), clause)))
    body: Schema = {"type": "object", "properties": fields, "additionalProperties": False}
    return body | ({"required": needed} if needed else {})


def is_needed(field: Any) -> bool:
    """Say whether a value must be given: a tick that must be set counts."""
    return bool(field.flags.required)


def schema_of_field(field: Any) -> Schema:
    """Return the JSON schema of one field, from its type in the closed list."""
    kind = KINDS[field.json_type](field)
    if not is_needed(field):
        kind = _or_null(kind)
    words = {"title": str(field.label.text), "description": str(field.description or "")}
    return kind | {name: text for name, text in words.items() if text}


def _or_null(kind: Schema) -> Schema:
    nullable = kind | {"type": [kind["type"], "null"]}
    if "oneOf" in kind:
        return nullable | {"oneOf": [*kind["oneOf"], {"const": None}]}
    return nullable | ({"enum": [*kind["enum"], None]} if "enum" in kind else {})


def _text(field: Any) -> Schema:
    if isinstance(field, ChoiceField):
        offered = [one.value for one in field.choices if one.value]
        # What only a case or a person can offer is told by the objection that names the field.
        return {"type": "string"} | ({"enum": offered} if offered else {})
    if not isinstance(field, TextField):
        return {"type": "string", "pattern": r"^\s*\d{1,7}(\.\d{1,2})?\s*$"}
    shape: Schema = {"type": "string", "maxLength": field.limit}
    return shape | ({"minLength": 1, "pattern": r"\S"} if is_needed(field) else {})


def _number(field: Any) -> Schema:
    if isinstance(field, NumberField):
        return {"type": "integer", "minimum": field.minimum, "maximum": field.maximum}
    if isinstance(field, PersonField | ProductField):
        return _named(field.choices)
    return {"type": "integer", "minimum": 1, "maximum": 2**31 - 1}


def _named(choices: Iterable[Any]) -> Schema:
    """Colleagues and products are the same for every case: who reads this need not ask the screen for their ids."""
    known = [{"const": int(one.value), "title": str(one.label)} for one in choices if one.value]
    return {"type": "integer"} | ({"oneOf": known} if known else {})


def _tick(field: Any) -> Schema:
    return {"type": "boolean"} | ({"enum": [True]} if is_needed(field) else {})


KINDS: dict[str, Callable[[Any], Schema]] = {
    "string": _text,
    "integer": _number,
    "boolean": _tick,
    "date": lambda field: {"type": "string", "format": "date"},
    "date-time": lambda field: {"type": "string", "format": "date-time"},
    "png": lambda field: {"type": "string", "pattern": "^data:image/png;base64,"},
    "people": lambda field: {"type": "array", "uniqueItems": True, "items": _named(field.choices)},
}


def faults(form: Form, given: Mapping[str, Any]) -> Errors:
    """Return what is wrong with the JSON itself, by field: unknown names, wrong types, what is missing."""
    wrong: Errors = {name: [_l("There is no such field.")] for name in given if name not in form}
    for field in form:
        found = _fault(field, given.get(field.name))
        if found is not None:
            wrong[field.name] = [found]
    return wrong


def judged(errors: Errors, form: Form) -> Errors:
    """Add what a form finds in the values that are well written, so that all that is wrong is said at once."""
    form.validate()
    return {name: list(found) for name, found in form.errors.items() if name} | errors


def _fault(field: Any, value: Any) -> Sentence | None:
    if value is None:
        return _l("This field is needed.") if is_needed(field) else None
    return None if FITS[field.json_type](value) else SAID[field.json_type]


def _is_whole(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _is_text(value: Any) -> bool:
    return isinstance(value, str)


def _is_day(value: Any) -> bool:
    try:
        return _is_text(value) and dt.date.fromisoformat(value).isoformat() == value
    except ValueError:
        return False


def _is_moment(value: Any) -> bool:
    """A moment says its zone: two offices would read it differently."""
    try:
        return (
            _is_text(value) and "T" in value.upper() and dt.datetime.fromisoformat(value).tzinfo is not None
        )
    except ValueError:
        return False


FITS: dict[str, Callable[[Any], bool]] = {
    "string": _is_text,
    "integer": _is_whole,
    "boolean": lambda value: isinstance(value, bool),
    "date": _is_day,
    "date-time": _is_moment,
    "png": _is_text,
    "people": lambda value: isinstance(value, list) and all(map(_is_whole, value)),
}
SAID = {
    "string": _l("Give a text."),
    "integer": _l("Give a whole number."),
    "boolean": _l("Give true or false."),
    "date": _l("Give a day like 2026-11-23."),
    "date-time": _l("Give a moment with its zone, like 2026-11-23T14:30:00+08:00."),
    "png": _l("Give a picture as data:image/png;base64,…"),
    "people": _l("Give a list of ids, like [3, 8]."),
}
