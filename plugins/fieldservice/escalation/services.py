"""What escalating does: head office sees the problem and nothing else, and its answer leads back to the request."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select

from core import gate
from core.db import db
from core.errors import Objection
from core.i18n import _l
from core.offices import head_office
from plugins.fieldservice.conference.models import Conference
from plugins.fieldservice.custody.services import NAME as CUSTODY
from plugins.fieldservice.custody.services import chain_of, out_of, problem_of
from plugins.fieldservice.escalation.models import Escalation, EscalationLine
from plugins.fieldservice.models import ServiceRequest
from plugins.fieldservice.promises import note_missed

if TYPE_CHECKING:
    from core.gate import Act

NAME, REQUEST = "fieldservice.escalation", "fieldservice.request"
TRY = "fieldservice.try_answer"
HEAD_OFFICE, CUSTOMER, OFFICE, TRIED = "head_office", "customer", "office", "tried"
OPEN = ("sent", "answered")


def escalate(act: Act) -> None:
    """Bring the problem before head office, in the same transaction (QI/05 3.5)."""
    given = {"request": act.case, "said": dict(act.values)}
    gate.perform(NAME, None, "send", act.actor, office=act.rules.office, given=given)
    _tell_from(act, act.case, "goes_above")


def tried_so_far(request: ServiceRequest) -> str:
    """Return what a problem's visits tried and what was conferred, a line each, oldest first (QI/05 3.5)."""
    chain = chain_of(request)
    visits = select(ServiceRequest).where(ServiceRequest.id.in_(chain)).order_by(ServiceRequest.id)
    conferences = select(Conference).where(Conference.request_id.in_(chain), Conference.state == "held")
    told = [
        *((one.opened_at, _visit(one)) for one in db.session.scalars(visits).unique()),
        *((one.opened_at, _conferred(one)) for one in db.session.scalars(conferences).unique()),
    ]
    return "\n".join(line for _at, line in sorted(told) if line)


def _visit(request: ServiceRequest) -> str:
    name = request.engineer.name if request.engineer else ""
    return _line(request.number, name, request.remedy, request.tried)


def _conferred(conference: Conference) -> str:
    return _line(conference.number, ", ".join(conference.names), conference.said, conference.remedy)


def _line(number: str | None, names: str, *told: str) -> str:
    said = " / ".join(filter(None, told))
    return f"{number} {names}: {said}" if said else ""


def _tell_from(act: Act, request: ServiceRequest, step: str) -> None:
    """Let the customer be told once of one problem: from its escalation, or else from what was taken from him."""
    for one in out_of(request):
        gate.perform(CUSTODY, one.number, step, act.actor, given={"of": act.case})


def send(act: Act) -> None:
    """Copy what head office must know, and share it."""
    request, one = act.given["request"], act.case
    for name, value in act.given["said"].items():
        setattr(one, name, value)
    one.request, one.request_id, one.sent_at = request, request.id, act.now
    one.customer_id, one.customer = request.customer_id, request.customer
    one.customer_name = request.customer.name if request.customer else ""
    one.product = request.installation.title if request.installation else ""
    one.owner_id, one.engineer = request.engineer_id, request.engineer.name if request.engineer else ""
    one.shared_office_id = head_office().id


def _log(act: Act, whom: str, said: str) -> None:
    one: Escalation = act.case
    row = EscalationLine(
        office_id=one.office_id, shared_office_id=one.shared_office_id, at=act.now, whom=whom, said=said
    )
    row.by_id = act.actor.person_id
    one.lines.append(row)


def asked(act: Act) -> None:
    """Head office was asked (QI/05 3.6)."""
    _log(act, HEAD_OFFICE, act.values["said"])


def told(act: Act) -> None:
    """The customer was told (QI/05 3.7)."""
    _log(act, CUSTOMER, act.values["said"])


def asked_back(act: Act) -> None:
    """Head office wants to know more."""
    _log(act, OFFICE, act.values["said"])


def answer(act: Act) -> None:
    """Note who answered, and when; a newer answer counts instead, and each stays as a line (QR/06)."""
    note_missed(act, TRY)
    act.case.answered_by, act.case.answered_at = act.actor.name, act.now
    _log(act, OFFICE, act.values["answer"])


def verify(act: Act) -> None:
    """What was tried in the office goes out as the remedy (QI/05 3.7)."""
    _lead_back(act, "answered_above", {"remedy": act.case.answer})


def fail(act: Act) -> None:
    """What did not work, and how, is a line of the log, which head office reads (QI/05 3.6, QR/06)."""
    _log(act, TRIED, act.values["reason"])


def withdraw(act: Act) -> None:
    """The problem is the office's own again."""
    _lead_back(act, "taken_back", {"remedy": ""})


def _lead_back(act: Act, step: str, given: dict[str, str]) -> None:
    number = act.case.request.number
    gate.perform(REQUEST, number, step, act.actor, given={**given, "escalation": act.case})
    _tell_from(act, act.case.request, "comes_back")


def answered_above(act: Act) -> None:
    """Head office's remedy stands in full in the advice box (QI/05 3.2)."""
    act.case.advice = act.given["remedy"]


def of_problem(request: ServiceRequest) -> Escalation | None:
    """Return the escalation of a problem that has not come to its end, whichever visit it followed or will follow."""
    where = (Escalation.request_id.in_(problem_of(request)), Escalation.state.in_(OPEN))
    return db.session.scalars(select(Escalation).where(*where)).first()


def last_of(request: ServiceRequest) -> Escalation | None:
    """Return the newest escalation of a request that was not taken back, for its return slip (QR/03)."""
    where = (Escalation.request_id == request.id, Escalation.state != "withdrawn")
    return db.session.scalars(
        select(Escalation).where(*where).order_by(Escalation.id.desc()).limit(1)
    ).first()


def fixed_in(request: ServiceRequest) -> str:
    """Return in which version head office mends what a request was about, once it has said so (QP/2-04 5.7)."""
    one = last_of(request) if request.turned_in_at else None
    return one.fixed_in if one else ""


def told_here(act: Act) -> bool:
    """Say whether the customer hears from whoever took his data: not while head office has the problem (QI/05 3.7)."""
    return act.step.name == "comes_back" or of_problem(act.case.request) is None


def tried_first(act: Act) -> Objection | None:
    """Head office's remedy is tried on the customer's data before they go back or are destroyed (QI/05 3.7)."""
    one = of_problem(act.case.request)
    if one is None:
        return None
    text = _l(
        "%(number)s is before head office: its remedy is tried here before the data go back or are destroyed.",
        number=one.number,
    )
    return Objection(text, "QI/05 3.7")
