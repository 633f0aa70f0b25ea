"""Spans of the office's days: what may be asked for, what stood before it, and how it is cut into pieces."""

from __future__ import annotations

import calendar
import datetime as dt
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from core.i18n import Sentence, _l
from core.worktime import OfficeCalendar

ONE_DAY, WEEK = dt.timedelta(days=1), dt.timedelta(days=7)
DAYS, WEEKS, MONTHS, PRODUCTS, ENGINEERS = "day", "week", "month", "product", "engineer"
GROUPS = {
    DAYS: _l("by day"),
    WEEKS: _l("by week"),
    MONTHS: _l("by month"),
    PRODUCTS: _l("by product"),
    ENGINEERS: _l("by engineer"),
}
IN_TIME_ORDER = (DAYS, WEEKS, MONTHS)


@dataclass(frozen=True, kw_only=True)
class Span:
    """Whole days of an office, from the first to the last."""

    first: dt.date
    last: dt.date

    @property
    def days(self) -> int:
        """How many days it has."""
        return (self.last - self.first).days + 1

    def moments(self, office: OfficeCalendar) -> tuple[dt.datetime, dt.datetime]:
        """Return when it begins and ends by the office's clock."""
        return office.moment(self.first, dt.time.min), office.moment(self.last + ONE_DAY, dt.time.min)


@dataclass(frozen=True, kw_only=True)
class Piece:
    """A day, week or month of a span, cut where the span ends."""

    label: str
    span: Span


def _back(span: Span, days: int) -> Span:
    by = dt.timedelta(days=days)
    return Span(first=span.first - by, last=span.last - by)


def same_length_before(span: Span) -> Span:
    """Return as many days as a span has, directly before it."""
    return _back(span, span.days)


def month_before(span: Span) -> Span:
    """Return the same days of the month before, as far as that month has them."""
    last_of_it = span.first.replace(day=1) - ONE_DAY
    longest = last_of_it.day
    whole = span.last.day == calendar.monthrange(span.last.year, span.last.month)[1]
    until = longest if whole else min(span.last.day, longest)
    return Span(first=last_of_it.replace(day=1), last=last_of_it.replace(day=until))


def year_before(span: Span) -> Span:
    """Return the same days of the year before."""
    return Span(first=_a_year_earlier(span.first), last=_a_year_earlier(span.last))


def _a_year_earlier(day: dt.date) -> dt.date:
    leap = (day.month, day.day) == (2, 29)
    return day.replace(year=day.year - 1, day=28 if leap else day.day)


Before = Callable[[Span], Span]


@dataclass(frozen=True, kw_only=True)
class Preset:
    """A span that is often asked for: counted from today, with what it is compared to."""

    title: Sentence
    span: Callable[[dt.date], Span]
    before: Before
    by: str


def _week(today: dt.date) -> Span:
    return Span(first=today - dt.timedelta(days=today.weekday()), last=today)


def _last_week(today: dt.date) -> Span:
    monday = _week(today).first - WEEK
    return Span(first=monday, last=monday + WEEK - ONE_DAY)


def _month(today: dt.date) -> Span:
    return Span(first=today.replace(day=1), last=today)


def _last_month(today: dt.date) -> Span:
    last = today.replace(day=1) - ONE_DAY
    return Span(first=last.replace(day=1), last=last)


PRESETS = {
    "today": Preset(
        title=_l("Today"), span=lambda day: Span(first=day, last=day), before=same_length_before, by=ENGINEERS
    ),
    "week": Preset(title=_l("This week"), span=_week, before=lambda span: _back(span, 7), by=DAYS),
    "last_week": Preset(title=_l("Last week"), span=_last_week, before=same_length_before, by=DAYS),
    "month": Preset(title=_l("This month"), span=_month, before=month_before, by=DAYS),
    "last_month": Preset(title=_l("Last month"), span=_last_month, before=month_before, by=DAYS),
    "year": Preset(
        title=_l("This year"),
        span=lambda day: Span(first=day.replace(month=1, day=1), last=day),
        before=year_before,
        by=MONTHS,
    ),
}
USUAL = "week"


def pieces(span: Span, by: str) -> list[Piece]:
    """Cut a span into its days, weeks (from Monday) or months; the first and last may be cut short."""
    return list(_pieces(span, by))


def _pieces(span: Span, by: str) -> Iterator[Piece]:
    first = span.first
    while first <= span.last:
        last = min(_last_of(first, by), span.last)
        yield Piece(label=_label(first, last, by), span=Span(first=first, last=last))
        first = last + ONE_DAY


def _last_of(first: dt.date, by: str) -> dt.date:
    if by == DAYS:
        return first
    if by == WEEKS:
        return first + dt.timedelta(days=6 - first.weekday())
    return first.replace(day=calendar.monthrange(first.year, first.month)[1])


def _label(first: dt.date, last: dt.date, by: str) -> str:
    if by == DAYS or (by == WEEKS and first == last):
        return f"{first}"
    return f"{first} – {last:%m-%d}" if by == WEEKS else f"{first:%Y-%m}"
