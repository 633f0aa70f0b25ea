"""What a form asks, read off its class: which fields, which answers are kept from the ledger, which are pictures."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import TYPE_CHECKING, Any

from wtforms import Form

if TYPE_CHECKING:
    from core.forms import StepForm


@cache
def asked(form: type[StepForm] | None) -> tuple[str, ...]:
    """Return the fields of a form whose values say something: a tick that must be set is always set."""
    return tuple(name for name, one in declared_fields(form) if not _must_be_ticked(one))


def _must_be_ticked(field: Any) -> bool:
    return field.field_class.json_type == "boolean" and bool(field.kwargs.get("required"))


@cache
def secrets(form: type[StepForm] | None) -> frozenset[str]:
    """Return the fields of a form whose values the ledger does not keep either."""
    return frozenset(name for name, one in declared_fields(form) if one.kwargs.get("confidential"))


@cache
def pictures(form: type[StepForm] | None) -> frozenset[str]:
    """Return the fields of a form in which something is drawn."""
    return frozenset(name for name, one in declared_fields(form) if one.field_class.json_type == "png")


def whole(form: StepForm) -> list[Any]:
    """Return every field that a form's class declares, in its order: also what it does not ask here, as not needed."""
    every = _in_order(type(form))
    return [form[name] if name in form else _unasked(form, name, one) for name, one in every]


def _unasked(form: StepForm, name: str, declared: Any) -> Any:
    field = declared.bind(form, name)
    field.prepare(form.act)
    field.flags.required = False
    return field


def declared_fields(form: type[StepForm] | None) -> Iterator[tuple[str, Any]]:
    """Yield the fields that a form's class declares, not built yet."""
    given = ((name, getattr(form, name, None)) for name in (dir(form) if form else ()))
    return ((name, one) for name, one in given if hasattr(one, "field_class"))


def labels(form: type[StepForm] | None) -> dict[str, str]:
    """Return how a form's class calls its fields, by name, in the order in which they are asked."""
    return {name: str(one.bind(Form(), name).label.text) for name, one in _in_order(form)}


def _in_order(form: type[StepForm] | None) -> list[tuple[str, Any]]:
    return sorted(declared_fields(form), key=lambda one: (one[1].creation_counter, one[0]))
