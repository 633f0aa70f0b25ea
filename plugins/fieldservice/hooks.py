"""What other plugins may decide about field service requests."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

from core.hooks import decision
from core.i18n import _l
from core.verdicts import Verdict

if TYPE_CHECKING:
    from core.customers.models import Customer
    from core.rules import Rules


class Admission(StrEnum):
    """Where a request goes when it is registered."""

    REGISTERED = "registered"
    WAITING = "waiting"


ADMISSIONS = {
    Admission.REGISTERED: _l("To the duty manager"),
    Admission.WAITING: _l("Waits for the regional manager"),
}


@decision(_l("Where the request goes"), ADMISSIONS)
def fieldservice_admission(customer: Customer, entitlement: str, rules: Rules) -> Verdict | None:
    """Decide where a registered request goes: to the duty manager (``registered``) or to wait (``waiting``).

    ``entitlement`` is what ``hotline_entitlement`` answered. The most local answer counts; fieldservice's own
    sends everybody to the duty manager. Called when a request is registered or checked
    again, and to say at the desk what would come of it.
    """
