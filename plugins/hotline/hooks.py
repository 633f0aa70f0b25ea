"""What other plugins may decide and add about calls."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from core.hooks import called, decision, hookspec
from core.i18n import _l
from core.verdicts import Verdict

if TYPE_CHECKING:
    from core.customers.models import Customer, Installation
    from core.rules import Rules
    from core.slots import Card
    from plugins.hotline.models import Call
    from plugins.hotline.replies.entries import ReplyEntry


class Entitlement(StrEnum):
    """What a customer's service contract covers on a day."""

    UNCHECKED = "unchecked"
    FREE_YEAR = "free_year"
    CARD = "card"
    EXPIRED = "expired"
    SEALED = "sealed"
    WITHDRAWN = "withdrawn"
    NO_CONTRACT = "no_contract"


ENTITLEMENTS = {
    Entitlement.UNCHECKED: _l("Not checked"),
    Entitlement.FREE_YEAR: _l("Free first year"),
    Entitlement.CARD: _l("Service card valid"),
    Entitlement.EXPIRED: _l("Service expired"),
    Entitlement.SEALED: _l("Sealed"),
    Entitlement.WITHDRAWN: _l("Product withdrawn"),
    Entitlement.NO_CONTRACT: _l("No contract on file"),
}
COVERED = frozenset({Entitlement.UNCHECKED, Entitlement.FREE_YEAR, Entitlement.CARD})


@decision(_l("Entitlement"), ENTITLEMENTS)
def hotline_entitlement(
    customer: Customer, installation: Installation | None, on: dt.date, rules: Rules
) -> Verdict | None:
    """Decide whether a customer is covered on a day; the value is an ``Entitlement``.

    ``installation`` is the product in question, or None for the customer as a whole. The most local answer
    counts; hotline's own is "not checked". Called when a customer is shown or a request is registered.
    """


@hookspec
@called(_l("Cards at the call desk"))
def hotline_customer_cards(customer: Customer, rules: Rules) -> list[Card] | Card | None:
    """Contribute cards to the customer's panel of the call desk.

    Merged by weight; a card that fails becomes a small box naming its plugin. Called each time a customer is
    shown.
    """


@hookspec
@called(_l("Entries of the reply catalogue"))
def hotline_replies() -> list[ReplyEntry] | ReplyEntry | None:
    """Contribute entries of the reply catalogue, or replace those of head office by their keys (QI/02).

    The more local entry counts, and an entry that the office itself approved counts before every plugin's. Called once
    for each page or step that reads the catalogue.
    """


@dataclass(frozen=True, kw_only=True)
class CallResult:
    """What a call became elsewhere: the number of another plugin's case, and whether somebody visits for it."""

    call_id: int
    number: str
    visit: bool = False


@hookspec
@called(_l("Results of calls in the hotline log (QR/02)"))
def hotline_call_results(calls: Sequence[Call]) -> list[CallResult] | CallResult | None:
    """Contribute what became of calls elsewhere: the cases that were made of them.

    Called once for all the calls of a day's log (QR/02), so answer for all with one query; the most local answer
    for a call counts.
    """
