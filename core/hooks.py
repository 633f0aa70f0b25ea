"""The contract between core and the plugins: what a plugin may answer, add, and hear of.

There are four kinds of hook. A *decision* (``firstresult``) returns a ``Verdict`` or ``None`` to pass, and
the most local answer counts. An *objection* says why a step may not happen; it is mostly given with
``require`` on a step. A *contribution* returns dataclasses, never HTML. An *event* is told after the commit
and returns nothing. Implementations may take any subset of the arguments. Nobody asks which office it is in:
who is called is at home. ``docs/hooks.md`` shows every hook with an example.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, TypeVar

import pluggy

from core.i18n import _l

if TYPE_CHECKING:
    from core.amendments import Amendable
    from core.clauses import Citation
    from core.customers.models import Customer
    from core.gate import Act
    from core.i18n import Sentence
    from core.people import Actor
    from core.rules import Rules
    from core.slots import Card, GoesAlong, Job, MenuItem, Searchable, Status, Tell

PROJECT = "koudai"
hookspec = pluggy.HookspecMarker(PROJECT)
hookimpl = pluggy.HookimplMarker(PROJECT)
Spec = TypeVar("Spec", bound=Callable[..., Any])
Answering = TypeVar("Answering", bound=Callable[..., Any])


def decision(title: Sentence, values: Mapping[Any, Sentence]) -> Callable[[Spec], Spec]:
    """Declare a decision hook with its title and the values that a verdict may have, each with its own.

    Any other answer is refused, by the name of its plugin; without values any answer will do.
    """

    def mark(spec: Spec) -> Spec:
        spec.koudai_title, spec.koudai_values = title, dict(values)  # type: ignore[attr-defined]
        declared: Spec = hookspec(firstresult=True)(spec)
        return declared

    return mark


def called(title: Sentence) -> Callable[[Spec], Spec]:
    """Name what a hook adds, in a few words, for the page that lists what a plugin brings before it is switched on."""

    def mark(spec: Spec) -> Spec:
        spec.koudai_title = title  # type: ignore[attr-defined]
        return spec

    return mark


def answers(*clauses: Citation, wrapper: bool = False) -> Callable[[Answering], Answering]:
    """Answer a decision (``wrapper``: adjust what others answered), by these clauses or house rules.

    It is a ``hookimpl`` that says beforehand what its verdicts will cite, so that the pocket book can print it.
    """

    def mark(answer: Answering) -> Answering:
        answer.koudai_clauses = clauses  # type: ignore[attr-defined]
        return hookimpl(answer, wrapper=wrapper)

    return mark


def clauses_of(answer: Callable[..., Any]) -> tuple[Citation, ...]:
    """Return by which clauses an answer says that it decides."""
    return tuple(getattr(answer, "koudai_clauses", ()))


@hookspec
def amend(procedures: Mapping[str, Amendable]) -> None:
    """Amend procedures that the plugin requires, with the verbs of ``core.amendments.Amendable``.

    Called once per plugin set, national plugins first; a target that is gone or locked is refused by name.
    """


@hookspec
@called(_l("Menu"))
def core_menu() -> list[MenuItem] | MenuItem | None:
    """Contribute the plugin's entries of the menu.

    Merged by weight; an entry is hidden from whoever lacks its permission. Called once per page.
    """


@hookspec
@called(_l("Cards beside cases"))
def core_case_cards(act: Act) -> list[Card] | Card | None:
    """Contribute cards beside a case page; ``act.case`` is the case, ``act.procedure`` its procedure.

    Merged by weight. A card that fails becomes a small box naming its plugin. Called once per case page.
    """


@hookspec
@called(_l("Cards beside customers"))
def core_customer_cards(customer: Customer, rules: Rules) -> list[Card] | Card | None:
    """Contribute cards beside a customer's page.

    Merged by weight. A card that fails becomes a small box naming its plugin. Called once per page.
    """


@hookspec
@called(_l("What goes along with a customer who moves"))
def core_customer_leaves(customer: Customer, rules: Rules) -> list[GoesAlong] | GoesAlong | None:
    """Contribute what the plugin must still know of a customer whom another office serves from now on.

    Kept there by its key, and sent along again when he moves on, whether or not the office uses the plugin; each fact
    once. Called in the old office, in the transaction in which the new one accepts him; who fails keeps him there.
    """


@hookspec
@called(_l("Cards on my desk"))
def core_desk_cards(actor: Actor, rules: Rules) -> list[Card] | Card | None:
    """Contribute cards on top of my desk: what the reader does there with one tap, in the office of ``rules``.

    Merged by weight. A card that fails becomes a small box naming its plugin. Called once per page and office.
    """


@hookspec
@called(_l("Found by the search"))
def core_searchables() -> list[Searchable] | Searchable | None:
    """Contribute kinds of rows, beside cases and customers, that the search finds.

    Merged by weight; hits are hidden from whoever lacks the permission. Called once per search.
    """


@hookspec
@called(_l("Chips in the header"))
def core_status(rules: Rules) -> list[Status] | Status | None:
    """Contribute chips to the header of the office's pages: how things stand at this moment.

    Merged by weight; a chip is hidden from whoever lacks its permission, and one that fails is logged and left out.
    Called once per page, so it asks the database as little as it can.
    """


@hookspec
@called(_l("Jobs"))
def core_jobs() -> list[Job] | Job | None:
    """Contribute what the office's timer does every so many minutes.

    Merged by weight. Called before each turn; a job that fails is logged, told to whoever runs the house, and tried
    again at its next turn.
    """


@hookspec
@called(_l("What happens after a step is taken"))
def core_step_taken(act: Act) -> None:
    """Hear that a step was taken, after its commit.

    A failing listener is logged with its plugin's name and breaks nobody. Called once per step, in order.
    """


@hookspec
@called(_l("Notices"))
def core_notices(act: Act) -> list[Tell] | Tell | None:
    """Contribute notices to people whom a step concerns for a reason that core does not know.

    Each is kept beside the others of its person. Called once per step, after its commit; who fails is logged.
    """
