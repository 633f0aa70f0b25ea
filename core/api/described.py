"""What an address of the API that a plugin brings itself says of it, for the description of each office that uses it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, TypeVar

from flask import current_app
from werkzeug.routing import Rule
from wtforms import Form

from core.api.door import OFFICE
from core.clauses import Citation
from core.i18n import Sentence
from core.plugins import PluginSet

View = TypeVar("View", bound=Callable[..., Any])


@dataclass(frozen=True, kw_only=True)
class Described:
    """What is asked at an address, by which clause and in which form, and the schema of the answer."""

    title: Sentence
    clause: Citation
    form: Callable[[], Form]
    answer: dict[str, Any]


def described(
    title: Sentence, *, clause: Citation, form: Callable[[], Form], answer: dict[str, Any]
) -> Callable[[View], View]:
    """Describe a view that takes a POST with the values of a form, at an address in which only the office varies."""

    def mark(view: View) -> View:
        view.described = Described(title=title, clause=clause, form=form, answer=answer)  # type: ignore[attr-defined]
        return view

    return mark


def described_by(plugins: PluginSet) -> Iterator[tuple[str, Rule, Any]]:
    """Yield where in an office its plugins' own addresses are, with the rule and the view of each."""
    for rule in current_app.url_map.iter_rules():
        view = current_app.view_functions[rule.endpoint]
        if hasattr(view, "described") and rule.endpoint.partition(".")[0] in plugins.names:
            yield rule.rule.removeprefix(OFFICE), rule, view
