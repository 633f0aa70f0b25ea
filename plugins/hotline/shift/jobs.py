"""What the timer does at opening time: the day of everybody who is expected, and the list to hand over."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from sqlalchemy import select

from core import clock, gate
from core.db import db
from core.errors import Refused
from core.i18n import _l
from core.people import TIMER_ACTOR
from core.slots import Job
from plugins.hotline.shift.handing import HANDOVER, MORNING, of_day
from plugins.hotline.shift.models import Shift
from plugins.hotline.shift.people import expected
from plugins.hotline.shift.presence import EXPECT, SHIFT

if TYPE_CHECKING:
    import datetime as dt

    from core.offices import Office
    from core.rules import Rules

log = logging.getLogger(__name__)
# Past days that were left open are ended by these steps, each from its own states.
ENDINGS = {"expected": "never_came"}
ENDING = "close_day"


def open_shifts(rules: Rules) -> None:
    """Open the day of everybody who is expected, once the office is open; end what past days left open."""
    day = rules.calendar.local_day(clock.now())
    _end_past_days(rules, day)
    if not _is_open(rules, day):
        return
    known = select(Shift.owner_id).where(Shift.office_id == rules.office.id, Shift.day == day)
    there = set(db.session.scalars(known))
    missing = [one for one in expected(rules, day) if one not in there]
    office = rules.office
    for person_id in missing:
        _quietly(SHIFT, None, EXPECT, office, {"person_id": str(person_id)})


def begin_handover(rules: Rules) -> None:
    """Freeze the day's list, once the office is open (QI/03 3.1.2)."""
    day = rules.calendar.local_day(clock.now())
    if _is_open(rules, day) and of_day(rules.office.id, day, MORNING) is None:
        _quietly(HANDOVER, None, "begin", rules.office, {})


def _is_open(rules: Rules, day: dt.date) -> bool:
    """Whether the day's work has begun and is not over; noon is not the end of it."""
    opening, closing = rules.calendar.opening(day), rules.calendar.closing(day)
    return opening is not None and closing is not None and opening <= clock.now() < closing


def _end_past_days(rules: Rules, day: dt.date) -> None:
    states = rules.procedure(SHIFT).states
    still_open = [name for name, state in states.items() if not state.final]
    where = (Shift.office_id == rules.office.id, Shift.day < day, Shift.state.in_(still_open))
    query = select(Shift.number, Shift.state).where(*where).order_by(Shift.id)
    left = [(row[0], row[1]) for row in db.session.execute(query)]
    office = rules.office
    for number, state in left:
        _quietly(SHIFT, number, ENDINGS.get(state, ENDING), office, {})


def _quietly(procedure: str, number: str | None, step: str, office: Office, said: dict[str, str]) -> None:
    """Take a step as the timer; that somebody was faster is no trouble, and his deed stands."""
    try:
        gate.perform(procedure, number, step, TIMER_ACTOR, said, office=office)
    except Refused as refused:
        log.info("%s %s in %s: %s", procedure, step, office.code, refused)


JOBS = (
    Job(name="shift", title=_l("Open the shift"), every=1, does=open_shifts),
    Job(name="handover", title=_l("Begin the hand-over"), every=1, does=begin_handover),
)
