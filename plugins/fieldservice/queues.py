"""Who waits for whom: an engineer's visits, what is to be dispatched, what was turned in."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import ColumnElement, case, func, select

from core import clock
from core.db import db
from core.deadlines import IS_OPEN, Deadline, next_of
from core.seldom import seldom
from plugins.fieldservice.models import ServiceRequest

REQUEST = "fieldservice.request"
VISITING = ("dispatched", "confirmed", "arranged", "on_site", "signed")
UNSOLVED = ("conferring", "puzzling", "escalated", "remedied")
PAGE = 20


@dataclass(frozen=True)
class Waiting:
    """One page of a queue, with the promise of each request that ends first."""

    requests: list[ServiceRequest]
    promises: dict[int, Deadline]
    total: int
    page: int
    earlier: list[ServiceRequest] = field(default_factory=list)

    @property
    def pages(self) -> int:
        """How many pages there are, at least one."""
        return max(-(-self.total // PAGE), 1)


def to_dispatch(office_id: int, page: int) -> Waiting:
    """What the duty manager dispatches (QP/2-04 5.4), emergencies first; then what waits for a decision."""
    here = (ServiceRequest.office_id == office_id) & seldom(
        ServiceRequest.state.in_(("registered", "waiting"))
    )
    waits = case((ServiceRequest.state == "waiting", 1), else_=0)
    calm = case((ServiceRequest.emergency == "", 1), else_=0)
    when = func.coalesce(_promised(), ServiceRequest.opened_at)
    found = _page(here, (waits, calm, when, ServiceRequest.id), page)
    # Who was there before is told of each that was sent again: read at once, whatever their number.
    before = [one.previous_id for one in found.requests if one.previous_id]
    found.earlier.extend(
        db.session.scalars(select(ServiceRequest).where(ServiceRequest.id.in_(before))).unique()
    )
    return found


def to_review(office_id: int, page: int) -> Waiting:
    """What was turned in and is reviewed the next morning (QI/05 3.1), the oldest first."""
    here = (ServiceRequest.office_id == office_id) & seldom(ServiceRequest.state.in_(("turned_in",)))
    return _page(here, (ServiceRequest.turned_in_at, ServiceRequest.id), page)


def unsolved(office_id: int, page: int) -> Waiting:
    """What was not solved and is on its way to a remedy (QP/2-04 5.6): the most urgent first, then what waits longest."""
    here = (ServiceRequest.office_id == office_id) & seldom(ServiceRequest.state.in_(UNSOLVED))
    return _page(here, (_promised().is_(None), _promised(), ServiceRequest.turned_in_at), page)


def passed_appointments(office_id: int) -> Waiting:
    """Appointments whose time has passed while nobody has arrived (QI/04 3.2.1), the oldest first."""
    here = (ServiceRequest.office_id == office_id) & seldom(ServiceRequest.state.in_(("arranged",)))
    passed = ServiceRequest.appointment_at < clock.now()
    return _page(here & passed, (ServiceRequest.appointment_at, ServiceRequest.id), 1)


def open_visits(office_id: int) -> dict[int, int]:
    """Count what each engineer has before him."""
    query = (
        select(ServiceRequest.engineer_id, func.count())
        .where(ServiceRequest.office_id == office_id, seldom(ServiceRequest.state.in_(VISITING)))
        .group_by(ServiceRequest.engineer_id)
    )
    return {engineer_id: count for engineer_id, count in db.session.execute(query) if engineer_id}


def _promised() -> Any:
    where = (Deadline.procedure == REQUEST, Deadline.subject_id == ServiceRequest.id, IS_OPEN)
    return select(func.min(Deadline.due_at)).where(*where).correlate(ServiceRequest).scalar_subquery()


def _page(where: ColumnElement[bool], order: tuple[Any, ...], page: int) -> Waiting:
    total = db.session.scalar(select(func.count()).select_from(ServiceRequest).where(where)) or 0
    page = min(max(page, 1), max(-(-total // PAGE), 1))
    query = select(ServiceRequest).where(where).order_by(*order).offset((page - 1) * PAGE).limit(PAGE)
    found = list(db.session.scalars(query).unique())
    return Waiting(found, next_of(REQUEST, [one.id for one in found]), total, page)
