"""What other plugins may decide about field service requests."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
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
    from plugins.fieldservice.models import ServiceRequest

BETWEEN = " > "


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
class Candidate:
    """An engineer who could be sent: ``key`` is his name, told apart from a namesake's.

    ``near`` counts his other visits in the request's district that day, ``recent`` those of the last seven days;
    ``before``: he was there last time.
    """

    person_id: int
    key: str
    qualified: bool
    free: bool
    away: bool
    near: int
    recent: int
    before: bool

    @property
    def can_go(self) -> bool:
        """Whether nothing speaks against him."""
        return self.qualified and self.free and not self.away


class Candidates(tuple[Candidate, ...]):
    """Who could be sent, by name; the ledger keeps their names."""

    def __str__(self) -> str:
        return ", ".join(one.key for one in self)


def in_order(candidates: Iterable[Candidate]) -> str:
    """Return what a suggestion has as its value: the names, the first one first."""
    return BETWEEN.join(one.key for one in candidates)


@decision(_l("Who is suggested"), {})
def fieldservice_suggestion(request: ServiceRequest, candidates: Candidates, rules: Rules) -> Verdict | None:
    """Suggest who is sent to a request, the best first: the value is ``in_order`` of some of the candidates.

    The most local answer counts; fieldservice's own draws by lot among those who were trained for the product and
    are free (QI/02 internal.fixed-engineer), always the same for the same request. Called when the duty manager asks,
    and when a request is dispatched: the ledger keeps who was suggested. Nobody is bound by it.
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
