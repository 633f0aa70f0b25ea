"""One day of the field engineers: who is where when, who is away, whose visits have no hour yet."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from sqlalchemy import and_, select, union_all

from core import clock
from core.db import db
from core.i18n import Sentence
from core.people import Person
from core.roles import FIELD_ENGINEER
from core.seldom import seldom
from core.worktime_text import closed_because
from plugins.fieldservice.dispatching import slots
from plugins.fieldservice.models import ServiceRequest
from plugins.fieldservice.queues import VISITING
from plugins.hotline.services import away_on

if TYPE_CHECKING:
    from core.rules import Rules

ONE_DAY = dt.timedelta(days=1)
QUARTER, HOUR = 15, 60
# What a closed day shows: the hours in which offices are mostly open.
USUAL_HOURS = (8 * HOUR, 18 * HOUR)
GONE = ("cancelled", "registered", "waiting")
# Whom nobody has to expect any more.
OVER = frozenset(
    {"signed", "turned_in", "closed", "conferring", "puzzling", "escalated", "remedied", "sent_again"}
)


@dataclass(frozen=True, kw_only=True)
class Block:
    """One visit on an engineer's line: from when until when in minutes of the day, and whether he goes along only."""

    request: ServiceRequest
    begins: int
    ends: int
    along: bool

    @property
    def tone(self) -> str:
        """How sure it is: done, agreed with the customer, or planned."""
        if self.request.state in OVER:
            return "done"
        return "agreed" if self.request.appointment_at else "planned"

    @property
    def hours(self) -> str:
        """From when until when, as a clock shows it."""
        return f"{told(self.begins)}–{told(self.ends)}"


@dataclass(frozen=True, kw_only=True)
class Line:
    """One engineer's day: his visits in their order, and those that have no hour yet."""

    person: Person
    away: bool
    blocks: list[Block] = field(default_factory=list)
    tray: list[ServiceRequest] = field(default_factory=list)


@dataclass(frozen=True, kw_only=True)
class Day:
    """The engineers' lines of a day, and the hours that are shown of it, in minutes."""

    day: dt.date
    today: dt.date
    closed: Sentence | None
    begins: int
    ends: int
    now: int | None
    lines: list[Line]

    @property
    def before(self) -> dt.date:
        """The day before."""
        return self.day - ONE_DAY

    @property
    def after(self) -> dt.date:
        """The day after."""
        return self.day + ONE_DAY

    @property
    def hours(self) -> list[int]:
        """The full hours that are shown."""
        return list(range(self.begins, self.ends, HOUR))

    def column(self, minute: int) -> int:
        """Return the column of a minute in a grid of quarters of an hour, the first being 1."""
        within = min(max(minute, self.begins), self.ends)
        return (within - self.begins) // QUARTER + 1


def told(minute: int) -> str:
    """Show a minute of the day as a clock does."""
    return f"{minute // HOUR % 24:02}:{minute % HOUR:02}"


def usual_day(rules: Rules, now: dt.datetime) -> dt.date:
    """Return the day that is planned now: today, and after closing the next working day."""
    calendar = rules.calendar
    today = calendar.local_day(now)
    closing = calendar.closing(today)
    return today if closing and now < closing else calendar.next_working_day(today)


def day_of(rules: Rules, day: dt.date) -> Day:
    """Return the lines of a day in a fixed number of statements, however many visits and engineers there are."""
    today = rules.calendar.local_day(clock.now())
    visits = _visits(rules, day, today)
    away = away_on(rules, day)
    lines = {one.id: Line(person=one, away=one.id in away) for one in _people(rules, visits)}
    for request in visits:
        _place(rules, day, request, lines)
    for line in lines.values():
        line.blocks.sort(key=lambda one: (one.begins, one.request.id))
    begins, ends = _hours(rules, day, (block for line in lines.values() for block in line.blocks))
    now = minute_of(rules, day, clock.now()) if day == today else None
    return Day(
        day=day,
        today=today,
        closed=closed_because(rules.calendar, day),
        begins=begins,
        ends=ends,
        now=now,
        lines=list(lines.values()),
    )


def _visits(rules: Rules, day: dt.date, today: dt.date) -> list[ServiceRequest]:
    """Return what has its hour on the day; from today on also what has none yet and may still be put into it."""
    moment = rules.calendar.moment
    on_the_day = slots.begins_between(moment(day, dt.time.min), moment(day + ONE_DAY, dt.time.min))
    none_yet = and_(slots.has_no_hour, seldom(ServiceRequest.state.in_(VISITING)))
    # Each is looked for in an index of its own: together they would be looked for among all requests.
    parts = (on_the_day, none_yet) if day >= today else (on_the_day,)
    ids = union_all(
        *(select(ServiceRequest.id).where(ServiceRequest.office_id == rules.office.id, one) for one in parts)
    )
    where = (
        ServiceRequest.office_id == rules.office.id,
        ServiceRequest.engineer_id.is_not(None),
        ServiceRequest.id.in_(ids),
        ServiceRequest.state.not_in(GONE),
    )
    return list(db.session.scalars(select(ServiceRequest).where(*where).order_by(ServiceRequest.id)).unique())


def _people(rules: Rules, visits: Iterable[ServiceRequest]) -> list[Person]:
    """Return the engineers of the office, and whoever has a visit that day without being one any more."""
    here = {one.id: one for one in rules.colleagues(FIELD_ENGINEER)}
    others = {one.engineer_id: one.engineer for one in visits if one.engineer_id not in here}
    return [*here.values(), *(one for one in others.values() if one)]


def _place(rules: Rules, day: dt.date, request: ServiceRequest, lines: dict[int, Line]) -> None:
    """Put a visit on the line of its engineer, and of whoever goes along."""
    begins = request.appointment_at or request.planned_at
    for person_id in {request.engineer_id, request.companion_id} & {*lines}:
        assert person_id
        if begins is None:
            lines[person_id].tray.append(request)
            continue
        first = minute_of(rules, day, begins)
        long = request.planned_minutes or rules.parameter(slots.MINUTES)
        along = person_id != request.engineer_id
        lines[person_id].blocks.append(Block(request=request, begins=first, ends=first + long, along=along))


def minute_of(rules: Rules, day: dt.date, moment: dt.datetime) -> int:
    """Return a moment in minutes since the day began in the office; negative before, beyond 1440 after it."""
    began = rules.calendar.moment(day, dt.time.min)
    return int((moment - began).total_seconds() // 60)


def _hours(rules: Rules, day: dt.date, blocks: Iterator[Block]) -> tuple[int, int]:
    """Return the hours to show: those in which the office is open, and those of the visits beyond them."""
    opening, closing = rules.calendar.opening(day), rules.calendar.closing(day)
    first, last = USUAL_HOURS
    if opening and closing:
        first, last = minute_of(rules, day, opening), minute_of(rules, day, closing)
    shown = list(blocks)
    first = min([first, *(one.begins for one in shown)])
    last = max([last, *(one.ends for one in shown)])
    return max(first // HOUR * HOUR, 0), min(-(-last // HOUR) * HOUR, 24 * HOUR)
