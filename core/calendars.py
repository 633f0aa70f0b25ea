"""An office's calendar in the database: its opening hours, and the days that are different there."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

from sqlalchemy import ForeignKey, String, UniqueConstraint, bindparam, delete, or_, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Mapped, mapped_column

from core import clock, ledger
from core.asking import asked
from core.db import Model, db
from core.errors import Invalid, KoudaiError, NotFound
from core.holidays_cn import national_days, provisional_years
from core.i18n import _l
from core.offices import Office
from core.people import Actor
from core.worktime import DEFAULT_INTERVALS, DayKind, Interval, OfficeCalendar, SpecialDay

YEARS_AHEAD = 2


class OpeningHours(Model):
    """One weekly interval in which an office is open; an office without any keeps the default hours."""

    __tablename__ = "core_opening_hours"

    id: Mapped[int] = mapped_column(primary_key=True)
    office_id: Mapped[int] = mapped_column(ForeignKey("core_office.id"), index=True)
    weekday: Mapped[int]
    start: Mapped[dt.time]
    end: Mapped[dt.time]


class CalendarDay(Model):
    """A day that differs from the national calendar, in one office or (without office) everywhere."""

    __tablename__ = "core_calendar_day"
    __table_args__ = (UniqueConstraint("office_id", "day"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    office_id: Mapped[int | None] = mapped_column(ForeignKey("core_office.id"))
    day: Mapped[dt.date]
    kind: Mapped[str] = mapped_column(String(10))
    note: Mapped[str] = mapped_column(String(120))
    replaces: Mapped[dt.date | None]


# Every page asks: written once, and asked of the tables themselves.
_hours, _day = OpeningHours.__table__.c, CalendarDay.__table__.c
_HOURS = (
    select(_hours.weekday, _hours.start, _hours.end)
    .where(_hours.office_id == bindparam("office"))
    .order_by(_hours.weekday, _hours.start)
)
_DAYS = (
    select(CalendarDay.__table__)
    .where(or_(_day.office_id == bindparam("office"), _day.office_id.is_(None)))
    .order_by(_day.office_id.is_(None).desc())
)


def opening_hours(office_id: int) -> list[Interval]:
    """Return an office's weekly hours, the default ones while it has set none."""
    rows = asked(_HOURS, office=office_id)
    return [Interval(weekday=r.weekday, start=r.start, end=r.end) for r in rows] or list(DEFAULT_INTERVALS)


def set_opening_hours(office: Office, intervals: Sequence[Interval], actor: Actor) -> None:
    """Replace an office's weekly hours inside the write transaction; running deadlines keep their time."""
    db.session.execute(delete(OpeningHours).where(OpeningHours.office_id == office.id))
    for one in intervals:
        row = OpeningHours(office_id=office.id, weekday=one.weekday, start=one.start, end=one.end)
        db.session.add(row)
    hours = [[one.weekday, one.start.isoformat("minutes"), one.end.isoformat("minutes")] for one in intervals]
    _record(office, "opening_hours", actor, hours=hours)


def own_days(office_id: int) -> list[CalendarDay]:
    """Return the days that are different in this office alone, in their order."""
    query = select(CalendarDay).where(CalendarDay.office_id == office_id)
    return list(db.session.scalars(query.order_by(CalendarDay.day)))


def add_day(office: Office, day: dt.date, kind: DayKind, note: str, actor: Actor) -> None:
    """Close an office on a day, or open it on one, inside the write transaction; what runs keeps its time."""
    today = _today(office)
    if not today <= day <= dt.date(today.year + YEARS_AHEAD, 12, 31):
        last = today.year + YEARS_AHEAD
        raise Invalid("day", _l("Give a day from today until the end of %(year)s.", year=last))
    db.session.add(CalendarDay(office_id=office.id, day=day, kind=kind, note=note))
    try:
        db.session.flush()
    except IntegrityError:
        raise Invalid("day", _l("%(day)s is in the list already. Remove it there first.", day=day)) from None
    _record(office, "add_day", actor, day=f"{day}", kind=kind, note=note)


def remove_day(office: Office, day_id: int, actor: Actor) -> CalendarDay:
    """Take a coming day of the office's own back, inside the write transaction; what has passed stays."""
    query = select(CalendarDay).where(CalendarDay.id == day_id, CalendarDay.office_id == office.id)
    found = db.session.scalar(query)
    if found is None:
        raise NotFound(_l("This day is not in the list of %(office)s.", office=office.code))
    if found.day < _today(office):
        raise KoudaiError(_l("%(day)s has passed: it stays on record.", day=found.day))
    db.session.delete(found)
    _record(office, "remove_day", actor, day=f"{found.day}", kind=found.kind, note=found.note)
    return found


def _today(office: Office) -> dt.date:
    return clock.now().astimezone(office.zoneinfo).date()


def _record(office: Office, action: str, actor: Actor, **said: Any) -> None:
    ledger.append(
        office.id, kind="setting", action=action, actor=actor.name, actor_id=actor.person_id, details=said
    )


def _special(row: Any) -> SpecialDay:
    kind = DayKind(row.kind)
    return SpecialDay(day=row.day, kind=kind, note=row.note, source="office", replaces=row.replaces)


def calendar_of(office: Office) -> OfficeCalendar:
    """Build an office's calendar for the years around now."""
    this_year = clock.now().year
    years = range(this_year - 1, this_year + YEARS_AHEAD + 1)
    special = national_days(years)
    for row in asked(_DAYS, office=office.id):
        special[row.day] = _special(row)
    return OfficeCalendar(
        zone=office.zoneinfo,
        intervals=opening_hours(office.id),
        special=special,
        provisional_years=provisional_years(years),
    )
