"""What the timer does for the dispatch sheets: it begins each day's, and fills in what came back."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from sqlalchemy import select

from core import clock, gate
from core.db import db
from core.i18n import _l
from core.people import TIMER_ACTOR
from core.slots import Job
from plugins.fieldservice.dispatching.models import DispatchSheet, SheetLine
from plugins.fieldservice.dispatching.sheet.services import NAME, incomplete
from plugins.fieldservice.models import ServiceRequest

if TYPE_CHECKING:
    from core.rules import Rules

# What comes back later than that is read on the request itself.
LOOKS_BACK, EVERY = dt.timedelta(days=62), 5


def keep(rules: Rules) -> None:
    """Begin today's sheet once the office has opened, complete the older ones; each in a transaction of its own."""
    today = rules.calendar.local_day(clock.now())
    opening = rules.calendar.opening(today)
    if opening and clock.now() >= opening and not _begun(rules, today):
        gate.perform(NAME, None, "begin", TIMER_ACTOR, {"day": today.isoformat()}, office=rules.office)
    for number in _incomplete(rules, today):
        gate.perform(NAME, number, "complete", TIMER_ACTOR, office=rules.office)


def _begun(rules: Rules, day: dt.date) -> bool:
    where = (DispatchSheet.office_id == rules.office.id, DispatchSheet.day >= day)
    return db.session.scalar(select(DispatchSheet.id).where(*where).limit(1)) is not None


def _incomplete(rules: Rules, today: dt.date) -> list[str]:
    query = (
        select(DispatchSheet.number)
        .distinct()
        .join(SheetLine, SheetLine.sheet_id == DispatchSheet.id)
        .join(ServiceRequest, ServiceRequest.id == SheetLine.request_id)
        .where(DispatchSheet.office_id == rules.office.id, DispatchSheet.state == "closed")
        .where(DispatchSheet.day >= today - LOOKS_BACK, *incomplete())
    )
    return [one for one in db.session.scalars(query) if one]


JOB = Job(name="dispatch_sheet", title=_l("Keep the dispatch sheet"), every=EVERY, does=keep)
