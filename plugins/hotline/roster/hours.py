"""The hours of the shifts: from the office's calendar, and from its parameters (QI/03 3.1.12, 3.1.13)."""

from __future__ import annotations

import calendar
import datetime as dt
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from core.i18n import Sentence, _l
from core.worktime import Period
from plugins.hotline.roster.models import DAY, EVENING, NOON

if TYPE_CHECKING:
    from core.rules import Rules
    from plugins.hotline.roster.models import RosterShift

NONE = "-"
HOURS = re.compile(r"([01]\d|2[0-3]):([0-5]\d)-([01]\d|2[0-3]):([0-5]\d)")
MONTH = re.compile(r"(20\d\d)-(0[1-9]|1[0-2])")


@dataclass(frozen=True, kw_only=True)
class Hours:
    """One shift of one day: which, from when until when, and whether the office is closed on that day."""

    day: dt.date
    shift: str
    weekend: bool
    starts_at: dt.datetime
    ends_at: dt.datetime


def not_hours(text: str) -> Sentence | None:
    """Say what is wrong with hours that somebody typed."""
    found = HOURS.fullmatch(text)
    if text == NONE or (found and found.group(1, 2) < found.group(3, 4)):
        return None
    return _l("Give hours of one day like 17:00-18:30, or “-” for none.")


def span(text: str) -> tuple[dt.time, dt.time] | None:
    """Read hours as a parameter keeps them; none is none."""
    found = HOURS.fullmatch(text)
    if found is None:
        return None
    h1, m1, h2, m2 = map(int, found.groups())
    return dt.time(h1, m1), dt.time(h2, m2)


def month_named(text: str) -> dt.date | None:
    """Return the first day of a month that is written like 2026-12, or None."""
    found = MONTH.fullmatch(text)
    return dt.date(int(found[1]), int(found[2]), 1) if found else None


def month_of(day: dt.date) -> dt.date:
    """Return the first day of a day's month."""
    return day.replace(day=1)


def months_after(month: dt.date, count: int) -> dt.date:
    """Return the first day of the month that is so many months later (earlier when negative)."""
    years, index = divmod(month.month - 1 + count, 12)
    return dt.date(month.year + years, index + 1, 1)


def days_of(month: dt.date) -> list[dt.date]:
    """Return the days of a month."""
    return [month.replace(day=one) for one in range(1, calendar.monthrange(month.year, month.month)[1] + 1)]


def shifts_of(rules: Rules, month: dt.date) -> Iterator[Hours]:
    """Yield the shifts of a month, in order: on working days day, noon and evening, on others the day alone."""
    for day in days_of(month):
        yield from (
            _of_working_day(rules, day) if rules.calendar.is_working_day(day) else _of_closed(rules, day)
        )


def _of_working_day(rules: Rules, day: dt.date) -> Iterator[Hours]:
    opens, closes = rules.calendar.opening(day), rules.calendar.closing(day)
    assert opens, "a working day opens"
    assert closes, "and closes"
    yield Hours(day=day, shift=DAY, weekend=False, starts_at=opens, ends_at=closes)
    yield from _set_by(rules, day, NOON, "hotline.noon_duty")
    yield from _set_by(rules, day, EVENING, "hotline.evening_duty")


def _of_closed(rules: Rules, day: dt.date) -> Iterator[Hours]:
    yield from _set_by(rules, day, DAY, "hotline.closed_day_duty", weekend=True)


def _set_by(
    rules: Rules, day: dt.date, shift: str, parameter: str, *, weekend: bool = False
) -> Iterator[Hours]:
    hours = span(rules.once(("hours", parameter), lambda: str(rules.parameter(parameter))))
    if hours:
        begins, ends = (rules.calendar.moment(day, time) for time in hours)
        yield Hours(day=day, shift=shift, weekend=weekend, starts_at=begins, ends_at=ends)


def worked(rules: Rules, shift: Hours | RosterShift) -> tuple[Period, ...]:
    """Return when somebody on a shift works: who is on day duty pauses when the office does."""
    if shift.shift == DAY and not shift.weekend:
        return tuple(rules.calendar.intervals_on(shift.day)) or ((shift.starts_at, shift.ends_at),)
    return ((shift.starts_at, shift.ends_at),)


def overlap(one: tuple[Period, ...], other: tuple[Period, ...]) -> bool:
    """Say whether nobody could work both."""
    return any(a < d and c < b for a, b in one for c, d in other)
