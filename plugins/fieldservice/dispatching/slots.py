"""When an engineer is where: the slots of visits, and that nobody is ever in two places at once."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import and_, case, func, or_, select

from core.db import DIARIES, advisory_lock, db
from core.errors import Invalid
from core.i18n import Sentence, _l
from core.people import Person
from core.seldom import seldom
from plugins.fieldservice.models import ServiceRequest

if TYPE_CHECKING:
    from core.gate import Act

# What is signed is over, whatever the plan said.
BUSY = ("dispatched", "confirmed", "arranged", "on_site")
MINUTES, LONGEST = "fieldservice.visit_minutes", 600


@dataclass(frozen=True, kw_only=True)
class Slot:
    """The time of one visit: its appointment once there is one, else its plan; and who is away for it."""

    request_id: int
    number: str
    begins: dt.datetime
    ends: dt.datetime
    people: frozenset[int]

    def meets(self, begins: dt.datetime, ends: dt.datetime) -> bool:
        """Say whether nobody could be there and elsewhere between these moments."""
        return self.begins < ends and begins < self.ends


# When a visit begins, as its index has it: at its appointment, else as it was planned. PostgreSQL lets no "coalesce"
# past row-level security, and would not use the index.
begins_at = case(
    (ServiceRequest.appointment_at.is_(None), ServiceRequest.planned_at), else_=ServiceRequest.appointment_at
)
# The same said otherwise, so that nobody looks for its absence in the index: what was cancelled has none either.
has_no_hour = func.coalesce(ServiceRequest.planned_at, ServiceRequest.appointment_at).is_(None)


def begins_between(first: dt.datetime, last: dt.datetime) -> Any:
    """Return the condition for requests whose slot begins between two moments."""
    return and_(begins_at >= first, begins_at < last)


def slots(where: Iterable[Any], first: dt.datetime, last: dt.datetime, usual: int) -> list[Slot]:
    """Return the slots that reach into a span of time, in their order; ``usual`` minutes where nobody said."""
    columns = (
        ServiceRequest.id,
        ServiceRequest.number,
        ServiceRequest.appointment_at,
        ServiceRequest.planned_at,
        ServiceRequest.planned_minutes,
        ServiceRequest.engineer_id,
        ServiceRequest.companion_id,
    )
    reach = begins_between(first - dt.timedelta(minutes=LONGEST), last)
    found = [_slot(row, usual) for row in db.session.execute(select(*columns).where(reach, *where))]
    return sorted((one for one in found if one.ends > first), key=lambda one: (one.begins, one.request_id))


def _slot(row: Any, usual: int) -> Slot:
    begins = row.appointment_at or row.planned_at
    people = frozenset(one for one in (row.engineer_id, row.companion_id) if one)
    ends = begins + dt.timedelta(minutes=row.planned_minutes or usual)
    return Slot(request_id=row.id, number=row.number or "", begins=begins, ends=ends, people=people)


def claim(act: Act, field: str) -> None:
    """Take the slot of a request for those who go, or refuse it by the name of the visit that has it.

    Their diaries stay locked until the step is committed: of two who dispatch at once the second is told.
    """
    request = act.case
    begins = request.appointment_at or request.planned_at
    people = sorted({one for one in (request.engineer_id, request.companion_id) if one})
    for person_id in people if begins else ():
        advisory_lock(DIARIES, person_id)
    taken = in_the_way(act, begins, people) if begins else None
    if taken:
        raise Invalid(field, _said(taken, people))


def in_the_way(act: Act, begins: dt.datetime, people: Iterable[int]) -> Slot | None:
    """Return the other visit that one of these people has at that time."""
    usual, among = act.rules.parameter(MINUTES), list(people)
    ends = begins + dt.timedelta(minutes=act.case.planned_minutes or usual)
    theirs = or_(ServiceRequest.engineer_id.in_(among), ServiceRequest.companion_id.in_(among))
    where = (
        ServiceRequest.office_id == act.case.office_id,
        seldom(ServiceRequest.state.in_(BUSY)),
        ServiceRequest.id != act.case.id,
        theirs,
    )
    return next((one for one in slots(where, begins, ends, usual) if one.meets(begins, ends)), None)


def _said(taken: Slot, people: Iterable[int]) -> Sentence:
    busy = select(Person.name).where(Person.id.in_(taken.people & {*people})).order_by(Person.id)
    return _l(
        "%(name)s is at another visit then: %(number)s, from %(begins)s to %(ends)s. "
        "Choose another time, or another engineer.",
        name=", ".join(db.session.scalars(busy)),
        number=taken.number,
        begins=taken.begins,
        ends=taken.ends,
    )
