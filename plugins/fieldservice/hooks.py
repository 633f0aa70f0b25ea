"""What other plugins may decide about field service requests."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from core.hooks import called, decision, hookspec
from core.i18n import Sentence, _l
from core.verdicts import Verdict

if TYPE_CHECKING:
    from core.customers.models import Customer
    from core.gate import Act
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


@dataclass(frozen=True, kw_only=True)
class VisitPart:
    """A step of another plugin as a line of the visit page: where it stands, and what the engineer is reminded of."""

    name: str
    before: str
    tips: Sequence[tuple[Sentence, str]] = ()


@hookspec
@called(_l("Lines of the visit page"))
def fieldservice_visit_parts(act: Act) -> list[VisitPart] | VisitPart | None:
    """Contribute steps of one's own as lines of a visit, each before another line; its step asks for the rest.

    A part before a line that is not there stands at the end. Called once for each look at a visit.
    """
