"""Times that are promised all day long: a key press each, beside the exact time."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from core.i18n import Sentence, _l
from core.rules import Rules
from core.worktime import OfficeCalendar

NOON = dt.time(12)
SOON = (30, 60)


@dataclass(frozen=True, kw_only=True)
class Time:
    """A time to promise: so many minutes from the moment it is chosen, or a moment of the office's day."""

    title: Sentence
    minutes: int | None = None
    at: dt.datetime | None = None


def proposed(rules: Rules, now: dt.datetime) -> list[Time]:
    """Return the times that can be promised now; what has passed today, or is no working day, is left out."""
    calendar = rules.calendar
    today = calendar.local_day(now)
    tomorrow = calendar.next_working_day(today)
    soon = [
        Time(title=_l("in half an hour"), minutes=SOON[0]),
        Time(title=_l("in an hour"), minutes=SOON[1]),
    ]
    later = [
        Time(title=_l("before noon"), at=_noon(calendar, today)),
        Time(title=_l("before closing"), at=calendar.closing(today)),
        Time(title=_l("next working morning"), at=_noon(calendar, tomorrow)),
    ]
    return [*soon, *(one for one in later if one.at is not None and one.at > now)]


def _noon(calendar: OfficeCalendar, day: dt.date) -> dt.datetime | None:
    """Return when the morning of a day ends: at the first break, or at twelve where there is none."""
    periods = calendar.intervals_on(day)
    if not periods:
        return None
    return periods[0][1] if len(periods) > 1 else min(calendar.moment(day, NOON), periods[0][1])
