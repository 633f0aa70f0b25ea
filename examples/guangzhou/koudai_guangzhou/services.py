"""What happens to a loan machine, and what speaks against a step while one is out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select

from core.db import db
from core.i18n import Sentence
from koudai_guangzhou.models import Loan
from koudai_guangzhou.words import _l
from plugins.fieldservice.models import ServiceRequest

if TYPE_CHECKING:
    from core.gate import Act


def machine_out(request_id: int) -> Loan | None:
    """Return the machine that the customer of a request has from us now."""
    query = select(Loan).where(Loan.request_id == request_id, Loan.returned_at.is_(None))
    return db.session.scalars(query).one_or_none()


def loans_of(request: ServiceRequest) -> list[Loan]:
    """Return every machine that the customer of a request has or had from us, the first one first."""
    query = select(Loan).where(Loan.request_id == request.id).order_by(Loan.id)
    return list(db.session.scalars(query))


def lend(act: Act) -> None:
    """Write the loan into Guangzhou's own table: the request is field service's, and no column of it is ours."""
    loan = Loan(
        office_id=act.case.office_id,
        request_id=act.case.id,
        lent_at=act.now,
        lent_by_id=act.actor.person_id,
        **act.values,
    )
    db.session.add(loan)


def take_back(act: Act) -> None:
    """Note when the machine came back, and how."""
    loan = machine_out(act.case.id)
    assert loan is not None, "is_out keeps the step closed without one"
    loan.returned_at, loan.condition = act.now, act.values["condition"]


def is_out(act: Act) -> Sentence | None:
    """Only a machine that is out can be taken back (GZYY/QI/03 2.2)."""
    return None if machine_out(act.case.id) else _l("No machine of ours is at this customer's.")


def nothing_is_out(act: Act) -> Sentence | None:
    """A request has one machine at most, and does not end while it is out (GZYY/QI/03 2.3)."""
    loan = machine_out(act.case.id)
    return _l("First take back the machine %(machine)s.", machine=loan.machine) if loan else None
