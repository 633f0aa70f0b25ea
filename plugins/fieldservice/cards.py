"""What field service shows beside a case: the visit, the signature, what belongs together, and what came of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from core.db import db
from core.i18n import Sentence, _l
from core.slots import Card
from plugins.fieldservice import problem
from plugins.fieldservice.models import ServiceRequest
from plugins.hotline.models import Call

if TYPE_CHECKING:
    from core.gate import Act


def cards_of(act: Act) -> list[Card]:
    """Return the cards of a request, of what its problem has come to, or of the call that it came from."""
    if act.procedure.name == "hotline.call":
        return [*_of_call(act), *problem.cards_of_caller(act)]
    if act.procedure.name in problem.KEPT:
        return _of_problem(act)
    return _of_request(act) if act.procedure.name == "fieldservice.request" else []


def _of_call(act: Act) -> list[Card]:
    one = db.session.scalars(select(ServiceRequest).where(ServiceRequest.call_id == act.case.id)).first()
    return [_sent(one)] if one else []


def _sent(request: ServiceRequest) -> Card:
    return _card(_l("Field service request"), "call_card", "", 10, sent=request)


def _of_problem(act: Act) -> list[Card]:
    """Lead back to the request; from above there is none to be seen."""
    request = act.case.request
    return [_sent(request), *problem.cards_beside(act, request)] if request else []


def _of_request(act: Act) -> list[Card]:
    request, found = act.case, list[Card]()
    if request.engineer_id and request.engineer_id == act.actor.person_id:
        found.append(_card(_l("Your visit"), "visit_card", "QI/04 flow", 10))
    call = db.session.scalar(select(Call.number).where(Call.id == request.call_id))
    if call or request.previous or request.again:
        found.append(_card(_l("Belongs together"), "chain_card", "", 20, call=call))
    if request.signature:
        found.append(_card(_l("Signature"), "signature_card", "QI/04 3.1.7", 40))
    return [*found, *problem.cards_beside(act, request)]


def _card(title: Sentence, template: str, clause: str, weight: int, **values: Any) -> Card:
    path = f"fieldservice/{template}.html"
    return Card(title=title, template=path, values=values, clause=clause, weight=weight)
