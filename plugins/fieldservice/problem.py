"""One problem over all its visits: its conferences, what is in our hands for it, what is before head office (QI/05)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from core import deadlines
from core.db import db
from core.i18n import Sentence, _l
from core.permissions import permission_of
from core.slots import Card
from plugins.fieldservice.conference.forms import OUTCOMES
from plugins.fieldservice.conference.models import Conference
from plugins.fieldservice.custody.forms import KINDS
from plugins.fieldservice.custody.models import Custody
from plugins.fieldservice.custody.services import out_of, problem_of
from plugins.fieldservice.escalation.models import Escalation
from plugins.fieldservice.escalation.record import whom
from plugins.fieldservice.escalation.services import OPEN

if TYPE_CHECKING:
    from core.gate import Act
    from plugins.fieldservice.models import ServiceRequest

CONFERENCE, CUSTODY, ESCALATION = (f"fieldservice.{one}" for one in ("conference", "custody", "escalation"))
KEPT: dict[str, Any] = {CONFERENCE: Conference, CUSTODY: Custody, ESCALATION: Escalation}
TITLES = {
    CONFERENCE: _l("Case conferences"),
    CUSTODY: _l("Taken from the customer"),
    ESCALATION: _l("Before head office"),
}
CLAUSES = {CONFERENCE: "QI/05 3.1", CUSTODY: "QI/05 3.3", ESCALATION: "QI/05 3.6"}
# How much of what was said is told beside another case; the rest stands on the escalation's own page.
LATEST = 3


def cards_beside(act: Act, request: ServiceRequest) -> Iterator[Card]:
    """Tell beside a case what its problem has come to, as far as the reader may see it; the case itself he sees."""
    whole = problem_of(request)
    for weight, (name, model) in enumerate(KEPT.items(), 21):
        if _may_read(act, name):
            found = _of(model, model.request_id.in_(whole))
            found = [one for one in found if one is not act.case]
            yield from _card(act, name, found, weight)


def in_our_hands(act: Act) -> Card | None:
    """Tell the engineer on his visit what was taken along, and what he has to bring back (QI/05 3.3, 3.4)."""
    if act.case.state not in ("on_site", "signed") or not _may_read(act, CUSTODY):
        return None
    return next(_card(act, CUSTODY, out_of(act.case), 10), None)


def cards_of_caller(act: Act) -> Iterator[Card]:
    """Tell whoever has a customer on the phone what of his is before head office, and its last word (QI/05 3.7)."""
    if act.ended or act.case.customer_id is None or not _may_read(act, ESCALATION):
        return
    his = (Escalation.customer_id == act.case.customer_id) & Escalation.state.in_(OPEN)
    yield from _card(act, ESCALATION, _of(Escalation, his), 12, clause="QI/05 3.7")


def _of(model: type[Any], where: Any) -> list[Any]:
    return list(db.session.scalars(select(model).where(where).order_by(model.id)).unique())


def _may_read(act: Act, name: str) -> bool:
    found = permission_of(act.rules.procedure(name).reads, act.rules)
    return found is not None and act.actor.has(act.case.office_id, found.roles)


def _card(act: Act, name: str, found: Sequence[Any], weight: int, clause: str = "") -> Iterator[Card]:
    if found:
        noun = name.partition(".")[2]
        promises = deadlines.next_of(name, [one.id for one in found])
        yield Card(
            title=TITLES[name],
            template=f"fieldservice/{noun}_card.html",
            values={"found": found, "promises": promises, "procedure": act.rules.procedure(name), **SAID},
            clause=clause or CLAUSES[name],
            weight=weight,
        )


def _latest(one: Escalation) -> list[tuple[Any, Sentence, str]]:
    return [(line.at, whom(line), line.said) for line in one.lines[-LATEST:]]


SAID = {"outcomes": OUTCOMES, "kinds": KINDS, "latest": _latest}
