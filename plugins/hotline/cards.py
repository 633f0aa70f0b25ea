"""What the hotline shows on other people's pages: whether a customer is covered, and how to log his call."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from core import clock
from core.i18n import _l
from core.slots import Card
from plugins.hotline.hooks import COVERED, ENTITLEMENTS
from plugins.hotline.links.cards import links_card
from plugins.hotline.recovery.cards import recovery_card
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
    found = (_covered(act), links_card(act), recovery_card(act))
    return [card for card in found if card is not None]


def _covered(act: Act) -> Card | None:
    """Show the verdict beside a case that is still open: whoever decides on it sees what is covered today."""
    if act.ended or act.case.customer is None:
        return None
    card = entitlement_card(act.case.customer, act.rules, getattr(act.case, "installation", None))
    return replace(card, values={**card.values, "beside_a_case": True})
