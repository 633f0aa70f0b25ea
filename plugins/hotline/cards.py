"""What the hotline shows on other people's pages: whether a customer is covered, and how to log his call."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from core import clock
from core.db import db
from core.i18n import _l
from core.permissions import permission_of
from core.slots import Card
from plugins.hotline import panel
from plugins.hotline.hooks import COVERED, ENTITLEMENTS
from plugins.hotline.knowledge.models import KnowledgeEntry
from plugins.hotline.knowledge.services import entry_of
from plugins.hotline.links.cards import links_card
from plugins.hotline.log import cards as log_cards
from plugins.hotline.recovery.cards import recovery_card
from plugins.hotline.replies.entries import LOOK_UP
from plugins.hotline.replies.services import uses_of
from plugins.hotline.services import entitlement

if TYPE_CHECKING:
    from core.customers.models import Customer, Installation
    from core.gate import Act
    from core.rules import Rules


def entitlement_card(customer: Customer, rules: Rules, product: Installation | None = None) -> Card:
    """Show the verdict on a customer (on his product in question) with its evidence and clause."""
    decision = entitlement(rules, customer, product, clock.now())
    said = {"decision": decision, "title": ENTITLEMENTS[decision.verdict.value], "customer": customer}
    said["covered"] = decision.verdict.value in COVERED
    return Card(title=_l("Entitlement"), template="hotline/_entitlement.html", values=said, weight=10)


def case_cards(act: Act) -> list[Card]:
    """Show beside a case what is covered, while that matters, and what belongs together."""
    found = (_message(act), _covered(act), links_card(act), recovery_card(act), log_cards.card(act))
    return [card for card in found if card is not None] + _call_cards(act)


def _message(act: Act) -> Card | None:
    """Show what a message says beside the form in which it is taken; afterwards it stands among the facts."""
    if act.case.state != "received":
        return None
    return Card(
        title=_l("The message"), template="hotline/mail/_message.html", values={"call": act.case}, weight=1
    )


def _covered(act: Act) -> Card | None:
    """Show the verdict beside a case that is still open: whoever decides on it sees what is covered today."""
    if act.ended or act.case.customer is None:
        return None
    card = entitlement_card(act.case.customer, act.rules, getattr(act.case, "installation", None))
    return replace(card, values={**card.values, "beside_a_case": True})


def _call_cards(act: Act) -> list[Card]:
    """Show beside a call which replies were given, and what it has to do with the support database."""
    if act.procedure.name != "hotline.call":
        return []
    return [card for card in (_replies(act), _knowledge(act)) if card]


def _replies(act: Act) -> Card | None:
    uses = uses_of(act.case)
    if not uses:
        return None
    wanted = uses[0].follow_up == LOOK_UP and not act.ended and act.case.customer
    said = {"uses": uses, "looked_up": _open_cases(act) if wanted else None}
    return Card(title=_l("Replies given"), template="hotline/replies/_card.html", values=said, weight=15)


def _open_cases(act: Act) -> list[panel.KnownCase]:
    """Return what is open with the customer, but the calls, as far as the reader may see it."""
    found = panel.panel_of(act.case.customer, act.rules, lambda key: _may(act, key)).open_cases
    return [one for one in found if one.procedure.name != act.procedure.name]


def _may(act: Act, key: str) -> bool:
    found = permission_of(key, act.rules)
    return found is not None and act.actor.has(act.case.office_id, found.roles)


def _knowledge(act: Act) -> Card | None:
    """A call that is still open has taught nothing yet."""
    if not act.ended:
        return None
    known = db.session.get(KnowledgeEntry, act.case.knowledge_id) if act.case.knowledge_id else None
    taught = entry_of(act.case.number, act.case.office_id)
    said = {"solved_with": known.number if known else "", "taught": taught}
    if not any(said.values()):
        return None
    title = _l("Support database")
    return Card(title=title, template="hotline/knowledge/_card.html", values=said, weight=60)
