"""Visits of somebody who will be away: they stand on top of the board until they are moved."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import or_, select

from core.db import db
from core.deadlines import Deadline, next_of
from core.i18n import _l
from core.roles import DUTY_MANAGER
from core.seldom import seldom
from core.slots import Tell
from plugins.fieldservice.models import ServiceRequest
from plugins.fieldservice.queues import REQUEST
from plugins.hotline.models import Absence
from plugins.hotline.services import on_duty

if TYPE_CHECKING:
    from core.gate import Act
    from core.rules import Rules

# Whoever is on site already is not away.
AHEAD = ("dispatched", "confirmed", "arranged")
MOST_NAMED = 5


@dataclass(frozen=True, kw_only=True)
class ToMove:
    """A visit that cannot take place as it stands: whose, because of whose absence, and what was promised."""

    request: ServiceRequest
    absence: Absence
    promise: Deadline | None

    @property
    def at(self) -> dt.datetime | None:
        """When it should take place, if that was said."""
        return self.request.appointment_at or self.request.planned_at


def to_move(rules: Rules, now: dt.datetime) -> list[ToMove]:
    """Return what approved absences from today on stand in the way of, the most urgent first."""
    today = rules.calendar.local_day(now)
    query = select(Absence).where(
        Absence.office_id == rules.office.id, Absence.state == "approved", Absence.last_day >= today
    )
    found = _visits_in(
        rules, list(db.session.scalars(query.order_by(Absence.first_day, Absence.id)).unique())
    )
    return sorted(found, key=lambda one: (one.at or _due(one) or now, one.request.id))


def _due(one: ToMove) -> dt.datetime | None:
    return one.promise.due_at if one.promise else None


def _visits_in(rules: Rules, absences: Sequence[Absence]) -> list[ToMove]:
    """Return the visits that fall on days of these absences; one without an hour falls on the day of its promise."""
    people = {one.owner_id for one in absences if one.owner_id}
    if not people:
        return []
    goes = or_(ServiceRequest.engineer_id.in_(people), ServiceRequest.companion_id.in_(people))
    where = (ServiceRequest.office_id == rules.office.id, seldom(ServiceRequest.state.in_(AHEAD)), goes)
    requests = list(db.session.scalars(select(ServiceRequest).where(*where)).unique())
    promises = next_of(REQUEST, [one.id for one in requests])
    return [
        ToMove(request=one, absence=absence, promise=promises.get(one.id))
        for one in requests
        if (absence := _in_the_way(rules, one, promises.get(one.id), absences))
    ]


def _in_the_way(
    rules: Rules, request: ServiceRequest, promise: Deadline | None, absences: Sequence[Absence]
) -> Absence | None:
    at = request.appointment_at or request.planned_at or (promise.due_at if promise else None)
    if at is None:
        return None
    day, going = rules.calendar.local_day(at), (request.engineer_id, request.companion_id)
    return next(
        (one for one in absences if one.owner_id in going and one.first_day <= day <= one.last_day), None
    )


def told(act: Act) -> Iterator[Tell]:
    """Tell the duty manager on duty (is nobody on duty: every one) which visits an approved absence touches."""
    if (act.procedure.name, act.step.name) != ("hotline.absence", "approve"):
        return
    found = _visits_in(act.rules, [act.case])
    if not found:
        return
    numbers = ", ".join(str(one.request.number) for one in found[:MOST_NAMED])
    days = {"name": act.case.owner.name, "first": act.case.first_day, "last": act.case.last_day}
    text = _l(
        "%(name)s is away from %(first)s to %(last)s. Visits to be moved: %(count)s (%(numbers)s).",
        **days,
        count=len(found),
        numbers=numbers if len(found) <= MOST_NAMED else f"{numbers} …",
    )
    manager = on_duty(act.rules, act.now).manager
    for one in [manager] if manager else act.rules.colleagues(DUTY_MANAGER):
        yield Tell(person_id=one.id, sentence=text)
