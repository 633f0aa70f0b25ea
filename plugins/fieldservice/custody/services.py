"""What happens to something of a customer's between our hands, and what it holds up until it is back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select

from core import gate, ledger
from core.db import db
from core.errors import Objection
from core.i18n import _l
from core.roles import (
    CUSTOMER_ADMINISTRATOR,
    DUTY_MANAGER,
    FIELD_ENGINEER,
    HOTLINE_ENGINEER,
    SENIOR_ENGINEER,
    SUPPORT_MANAGER,
)
from core.seldom import seldom
from core.talk.models import File
from plugins.fieldservice.custody.models import Custody
from plugins.fieldservice.models import ServiceRequest

if TYPE_CHECKING:
    from core.gate import Act

NAME = "fieldservice.custody"
AT_OFFICE, TELL = "fieldservice.data_at_office", "fieldservice.tell_customer"
OUT = ("taken", "held", "offered", "witnessed")
HOLDERS = (
    FIELD_ENGINEER,
    SENIOR_ENGINEER,
    DUTY_MANAGER,
    SUPPORT_MANAGER,
    HOTLINE_ENGINEER,
    CUSTOMER_ADMINISTRATOR,
)
TAKEN = (
    *("kind", "media", "account_sets", "modules", "platform", "database", "packaging", "description"),
    *("provided_by", "signature", "on_paper"),
)


def take_along(act: Act) -> None:
    """Open the custody of what is taken along, in the same transaction (QI/05 3.3)."""
    given = {"request": act.case, "taken": {name: act.values[name] for name in TAKEN}}
    gate.perform(NAME, None, "take", act.actor, office=act.rules.office, given=given)


def take(act: Act) -> None:
    """Write down what was taken; whoever took it has it."""
    one, request = act.case, act.given["request"]
    for name, value in act.given["taken"].items():
        setattr(one, name, value)
    one.request, one.request_id = request, request.id
    one.customer_id, one.customer = request.customer_id, request.customer
    one.owner_id = one.holder_id = act.actor.person_id
    one.taken_at = act.now


def others(act: Act) -> dict[str, str]:
    """Return whoever may have it next: the colleagues but for him who has it."""
    people = {one.id: one.name for role in HOLDERS for one in act.rules.colleagues(role)}
    return {str(key): name for key, name in people.items() if key != act.case.holder_id}


def accept(act: Act) -> None:
    """Whoever confirms has it from now on, at the office (QI/05 3.3)."""
    act.case.holder_id, act.case.offered_to_id = act.case.offered_to_id, None
    is_at_office(act)


def is_at_office(act: Act) -> None:
    """Note when it came to the office first."""
    act.case.received_at = act.case.received_at or act.now


def decline(act: Act) -> str:
    """It stays where it was: on the way still, or in the office."""
    act.case.offered_to_id = None
    return "held" if act.case.received_at else "taken"


def spare(act: Act) -> None:
    """It is not destroyed after all."""
    act.case.offered_to_id, act.case.fate = None, ""


def documented(act: Act) -> Objection | None:
    """Data reach the office with the problem document and its screenshots (QI/05 3.3)."""
    one: Custody = act.case
    if one.kind != "data" or _attached(one):
        return None
    text = _l("Attach the problem document with its screenshots first, under “Files”.")
    return Objection(text, "QI/05 3.3")


def _attached(one: Custody) -> bool:
    here = (File.about == NAME, File.subject_id == one.id, File.office_id == one.office_id)
    return db.session.scalar(select(File.id).where(*here, File.removed_at.is_(None)).limit(1)) is not None


def end(act: Act) -> None:
    """It is in nobody's hands any more."""
    act.case.ended_at, act.case.holder_id, act.case.offered_to_id = act.now, None, None


def witness_of(one: Custody) -> str:
    """Return who watched it being destroyed."""
    return ledger.who_took(NAME, one.id, "witness") if one.state == "destroyed" else ""


def chain_of(request: ServiceRequest) -> list[int]:
    """Return the ids of a request and of those before it: one problem, several visits."""
    before = select(ServiceRequest.id, ServiceRequest.previous_id).where(ServiceRequest.id == request.id)
    chain = before.cte(recursive=True)
    earlier = select(ServiceRequest.id, ServiceRequest.previous_id)
    # Unless it is told that few have one before them, SQLite prepares for many: it reads all requests there are.
    goes_on = seldom(chain.c.previous_id.is_not(None))
    chain = chain.union(earlier.where(ServiceRequest.id == chain.c.previous_id, goes_on))
    return list(db.session.scalars(select(chain.c.id)))


def problem_of(request: ServiceRequest) -> list[int]:
    """Return the ids of all requests of a problem, whichever of them is asked about: those before it and after it."""
    after = select(ServiceRequest.id).where(ServiceRequest.previous_id == request.id)
    later = after.cte(recursive=True)
    later = later.union(select(ServiceRequest.id).where(ServiceRequest.previous_id == later.c.id))
    return [*chain_of(request), *db.session.scalars(select(later.c.id))]


def out_of(request: ServiceRequest) -> list[Custody]:
    """Return what is in our hands for a problem, whichever of its visits it was taken on."""
    where = (Custody.request_id.in_(chain_of(request)), Custody.state.in_(OUT))
    return list(db.session.scalars(select(Custody).where(*where).order_by(Custody.id)))


def nothing_is_out(act: Act) -> Objection | None:
    """No problem ends, by whatever way, while something of the customer's is in our hands (QI/05 3.4)."""
    if act.step.name == "send_again":
        return None
    numbers = ", ".join(one.number or "" for one in out_of(act.case))
    if not numbers:
        return None
    text = _l(
        "Something of the customer's is in our hands: %(numbers)s. Give it back first.", numbers=numbers
    )
    return Objection(text, "QI/05 3.4")


def takers_of(request: ServiceRequest) -> dict[int, str]:
    """Return who took what is still out: no conference without them (QI/05 3.4)."""
    people = (one.owner for one in out_of(request))
    return {person.id: person.name for person in people if person is not None}
