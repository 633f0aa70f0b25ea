"""What the hotline shows on other people's pages: whether a customer is covered, and how to log his call."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core import clock
from core.i18n import _l
from core.slots import Card
from plugins.hotline.hooks import COVERED, ENTITLEMENTS
from plugins.hotline.services import entitlement

if TYPE_CHECKING:
    from core.customers.models import Customer
    from core.rules import Rules


def entitlement_card(customer: Customer, rules: Rules) -> Card:
    """Show the verdict with its evidence and clause beside a customer's page."""
    decision = entitlement(rules, customer, None, clock.now())
    said = {"decision": decision, "title": ENTITLEMENTS[decision.verdict.value]}
    said["covered"] = decision.verdict.value in COVERED
    return Card(title=_l("Entitlement"), template="hotline/_entitlement.html", values=said, weight=10)
