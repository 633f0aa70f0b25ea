"""Working time: opening hours, holidays, swapped working days, and due times that say how they came about."""

from __future__ import annotations

import datetime as dt
import zoneinfo
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from typing import Any

SEARCH_DAYS = 400
WEEKEND = frozenset({5, 6})

Period = tuple[dt.datetime, dt.datetime]
TraceValue = str | int | float


class NoOpeningHours(ValueError):
    """An office that is never open in the searched days: no due time exists."""

    def __init__(self, day: dt.date) -> None:
        super().__init__(f"never open within {SEARCH_DAYS} days of {day}: give the office opening hours")
        self.day = day


@dataclass(frozen=True, kw_only=True)
class Interval:
    """One weekly opening interval in the office's own time (Monday is 0); lunch splits a day into two."""

    weekday: int
    start: dt.time
    end: dt.time

    def __post_init__(self) -> None:
        if self.weekday not in range(7):
            raise ValueError(f"weekday {self.weekday} is not between 0 (Monday) and 6 (Sunday)")
        if self.start.tzinfo or self.end.tzinfo or self.start >= self.end:
            raise ValueError(f"not an interval of one day in office time: {self.start} to {self.end}")


class DayKind(StrEnum):
    """What a special day is, whatever the weekly hours say."""

    WORKING = "working"
    CLOSED = "closed"


@dataclass(frozen=True, kw_only=True)
class SpecialDay:
    """A national holiday, a swapped working day, an office's own closure or extra day."""

    day: dt.date
    kind: DayKind
    note: str
    source: str
    replaces: dt.date | None = None


class TraceKind(StrEnum):
    """What one line of a due time's trace tells; ``core.worktime_text`` has a sentence for each."""

    START = "start"
    WORKING_MINUTES = "working_minutes"
    SAME_WORKING_DAY = "same_working_day"
    NEXT_WORKING_MORNING = "next_working_morning"
    WORKING_DAYS = "working_days"
    CALENDAR_DAYS = "calendar_days"
    AFTER_OPENING = "after_opening"
    PROMISED = "promised"
    OUTSIDE_HOURS = "outside_hours"
    ALREADY_CLOSED = "already_closed"
    HOLIDAY_SKIPPED = "holiday_skipped"
    CLOSED_DAY_SKIPPED = "closed_day_skipped"
    SWAPPED_WORKING_DAY = "swapped_working_day"
    COUNTED = "counted"
    ON_DUTY = "on_duty"
    DAY_COUNTED = "day_counted"
    LUNCH_SKIPPED = "lunch_skipped"
    CLOSING_TIME = "closing_time"
    MOVED_INTO_HOURS = "moved_into_hours"
    PROVISIONAL_YEAR = "provisional_year"
    DUE = "due"


@dataclass(frozen=True)
class TraceLine:
    """One step of the reckoning: a code, the moment in office time (ISO with offset), and its numbers."""

    kind: TraceKind
    at: str
    params: dict[str, TraceValue] = field(default_factory=dict)

    def to_json(self) -> dict[str, Any]:
        """Return what is stored of the line."""
        return {"kind": self.kind.value, "at": self.at, "params": dict(self.params)}

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> TraceLine:
        """Rebuild a stored line."""
        return cls(TraceKind(stored["kind"]), stored["at"], dict(stored["params"]))


@dataclass(frozen=True, kw_only=True)
class Due:
    """A due time in UTC, with the trace that explains it; the trace ends with the due time itself."""

    at: dt.datetime
    trace: tuple[TraceLine, ...]


def _weekdays(start: dt.time, end: dt.time) -> tuple[Interval, ...]:
    return tuple(Interval(weekday=weekday, start=start, end=end) for weekday in range(5))


# The book names the noon duty and the closing time (QI/03 3.1.12-13); that the day opens at 08:30 is ours.
DEFAULT_INTERVALS = _weekdays(dt.time(8, 30), dt.time(11, 30)) + _weekdays(dt.time(12, 30), dt.time(17))


class OfficeCalendar:
    """When one office works; every moment it returns is in UTC, where subtracting is safe in any zone."""

    def __init__(
        self,
        *,
        zone: zoneinfo.ZoneInfo,
        intervals: Sequence[Interval],
        special: Mapping[dt.date, SpecialDay],
        provisional_years: frozenset[int] = frozenset(),
    ) -> None:
        self.zone, self.special, self.provisional_years = zone, special, provisional_years
        self._weekly = {weekday: [one for one in intervals if one.weekday == weekday] for weekday in range(7)}

    def is_working_day(self, day: dt.date) -> bool:
        """Whether the office opens at all on ``day``."""
        return bool(self.intervals_on(day))

    def intervals_on(self, day: dt.date) -> list[Period]:
        """Return the opening periods of ``day`` in order; touching ones are joined."""
        hours = self._hours(day)
        return _joined(sorted((self.moment(day, one.start), self.moment(day, one.end)) for one in hours))

    def opening(self, day: dt.date) -> dt.datetime | None:
        """Return when the office opens on ``day``, or None when it stays closed."""
        periods = self.intervals_on(day)
        return periods[0][0] if periods else None

    def closing(self, day: dt.date) -> dt.datetime | None:
        """Return when the office closes for the day (lunch is not closing), or None when it never opened."""
        periods = self.intervals_on(day)
        return periods[-1][1] if periods else None

    def is_open(self, at: dt.datetime) -> bool:
        """Whether the office is open at this moment; at closing time itself it is closed."""
        return any(opens <= at < closes for opens, closes in self.intervals_on(self.local_day(at)))

    def moment(self, day: dt.date, time: dt.time) -> dt.datetime:
        """Return the moment at which the office's clock shows ``time`` on ``day``."""
        return dt.datetime.combine(day, time, tzinfo=self.zone).astimezone(dt.UTC)

    def local_day(self, at: dt.datetime) -> dt.date:
        """Return the office's date at a moment."""
        return _aware(at).astimezone(self.zone).date()

    def next_working_day(self, day: dt.date) -> dt.date:
        """Return the first working day strictly after ``day``."""
        return self._first_working_day(day, step=1)

    def previous_working_day(self, day: dt.date) -> dt.date:
        """Return the last working day strictly before ``day``."""
        return self._first_working_day(day, step=-1)

    def after_hours(self, start: dt.datetime, hours: Decimal | float) -> Due:
        """Count working hours only; started outside opening hours, they count from the next opening."""
        return self._after(start, dt.timedelta(hours=float(hours)))

    def after_minutes(
        self, start: dt.datetime, minutes: Decimal | float, on_duty_until: dt.datetime | None = None
    ) -> Due:
        """Count working minutes only; started outside opening hours, they count from the next opening.

        Whoever is on duty works, whatever the opening hours are: every minute from the start until then counts.
        """
        return self._after(start, dt.timedelta(minutes=float(minutes)), on_duty_until)

    def same_working_day(self, start: dt.datetime) -> Due:
        """Closing time today; already closed, or no working day: closing time of the next working day."""
        trace = _Trace(self, start, TraceKind.SAME_WORKING_DAY)
        return self._closing_from(self._first_day_left(start, trace), trace)

    def as_promised(self, at: dt.datetime) -> Due:
        """The moment itself: a customer was told it, and waits then, whatever the opening hours are."""
        told = _aware(at).astimezone(self.zone).isoformat()
        return Due(at=at, trace=tuple(TraceLine(kind, told) for kind in (TraceKind.PROMISED, TraceKind.DUE)))

    def next_working_morning(self, start: dt.datetime, until: dt.time) -> Due:
        """The next working day after the start's day, at ``until``.

        Before that day's opening, it is moved to the first break; after the closing, to the closing. It
        may lie in the lunch break: noon ends the morning of an office that paused at half past eleven.
        """
        trace = _Trace(self, start, TraceKind.NEXT_WORKING_MORNING, until=f"{until:%H:%M}")
        day = self._working_day_from(self.local_day(start) + dt.timedelta(days=1), trace)
        return trace.due(self._within_hours(day, until, trace))

    def working_days(self, start: dt.datetime, days: int) -> Due:
        """Closing time of the ``days``-th working day after the start's day, whatever the hour of the start.

        The start's day never counts, be it closed, open or over: a start on Saturday or on Friday night has
        Monday as its first day. Zero days is the same working day.
        """
        if days == 0:
            return self.same_working_day(start)
        trace = _Trace(self, start, TraceKind.WORKING_DAYS, days=_positive(days))
        day = self.local_day(start)
        for number in range(1, days + 1):
            day = self._working_day_from(day + dt.timedelta(days=1), trace)
            trace.add(TraceKind.DAY_COUNTED, self.intervals_on(day)[0][0], number=number, day=f"{day}")
        return self._closing_from(day, trace)

    def every_days(self, start: dt.datetime, days: int) -> Due:
        """Closing time ``days`` calendar days later; if the office is closed then, its next working day's."""
        trace = _Trace(self, start, TraceKind.CALENDAR_DAYS, days=_positive(days))
        day = self.local_day(start) + dt.timedelta(days=days)
        return self._closing_from(self._working_day_from(day, trace), trace)

    def opening_plus(self, day: dt.date, minutes: Decimal | float) -> Due:
        """Working minutes after the opening of ``day``; if the office is closed, of its next working day."""
        amount = dt.timedelta(minutes=float(minutes))
        begins = self.moment(day, dt.time.min)
        return self._count(_Trace(self, begins, TraceKind.AFTER_OPENING, minutes=_minutes(amount)), amount)

    def _hours(self, day: dt.date) -> Sequence[Interval]:
        special = self.special.get(day)
        if special is None:
            return self._weekly[day.weekday()]
        return [] if special.kind is DayKind.CLOSED else self._hours_of_extra_day(special)

    def _hours_of_extra_day(self, special: SpecialDay) -> Sequence[Interval]:
        """The hours of the weekday it replaces, else its own (no weekend's), else the week's first ones."""
        own = [] if special.day.weekday() in WEEKEND else [special.day.weekday()]
        replaced = [special.replaces.weekday()] if special.replaces else []
        candidates = (self._weekly[weekday] for weekday in (*replaced, *own, *range(7)))
        return next((hours for hours in candidates if hours), [])

    def _first_working_day(self, day: dt.date, step: int) -> dt.date:
        """Search from the neighbour of ``day`` in the direction of ``step``."""
        for distance in range(1, SEARCH_DAYS + 1):
            found = day + dt.timedelta(days=step * distance)
            if self.is_working_day(found):
                return found
        raise NoOpeningHours(day)

    def _working_day_from(self, day: dt.date, trace: _Trace) -> dt.date:
        """Return ``day`` or the first working day after it, and trace what was passed over."""
        found = self._first_working_day(day - dt.timedelta(days=1), step=1)
        while day <= found:
            trace.pass_day(day)
            day += dt.timedelta(days=1)
        return found

    def _first_day_left(self, start: dt.datetime, trace: _Trace) -> dt.date:
        """Return the first working day that is not over at ``start``."""
        today = self.local_day(start)
        closes = self.closing(today)
        if closes is not None and closes <= start:
            trace.add(TraceKind.ALREADY_CLOSED, closes)
            today += dt.timedelta(days=1)
        return self._working_day_from(today, trace)

    def _closing_from(self, day: dt.date, trace: _Trace) -> Due:
        closes = self.intervals_on(day)[-1][1]
        trace.add(TraceKind.CLOSING_TIME, closes)
        return trace.due(closes)

    def _within_hours(self, day: dt.date, until: dt.time, trace: _Trace) -> dt.datetime:
        """Return ``until`` on ``day``, moved to the first break or to the closing if it lies outside."""
        wanted, periods = self.moment(day, until), self.intervals_on(day)
        kept = periods[0][1] if wanted <= periods[0][0] else min(wanted, periods[-1][1])
        if kept != wanted:
            trace.add(TraceKind.MOVED_INTO_HOURS, kept, until=f"{until:%H:%M}")
        return kept

    def _after(
        self, start: dt.datetime, amount: dt.timedelta, on_duty_until: dt.datetime | None = None
    ) -> Due:
        trace = _Trace(self, start, TraceKind.WORKING_MINUTES, minutes=_minutes(amount))
        if on_duty_until is not None:
            amount -= trace.on_duty(min(amount, on_duty_until - start))
            if not amount:
                return trace.due(trace.start)
        if not self.is_open(trace.start):
            trace.add(TraceKind.OUTSIDE_HOURS, trace.start)
        return self._count(trace, amount)

    def _count(self, trace: _Trace, amount: dt.timedelta) -> Due:
        """Use up ``amount`` in the opening periods from the trace's start on."""
        if amount < dt.timedelta(0):
            raise ValueError(f"a negative working time: {amount}")
        periods = self._periods_from(trace)
        while True:
            opens, closes = next(periods)
            counted = min(amount, closes - opens)
            trace.add(TraceKind.COUNTED, opens + counted, since=trace.local(opens), minutes=_minutes(counted))
            amount -= counted
            if not amount:
                return trace.due(opens + counted)

    def _periods_from(self, trace: _Trace) -> Iterator[Period]:
        """Yield what is left of each opening period from the trace's start on, without end."""
        day = self._first_day_left(trace.start, trace)
        while True:
            yield from self._periods_on(day, trace)
            trace.add(TraceKind.CLOSING_TIME, self.intervals_on(day)[-1][1])
            day = self._working_day_from(day + dt.timedelta(days=1), trace)

    def _periods_on(self, day: dt.date, trace: _Trace) -> Iterator[Period]:
        paused: dt.datetime | None = None
        for opens, closes in self.intervals_on(day):
            if closes > trace.start:
                if paused is not None:
                    trace.add(TraceKind.LUNCH_SKIPPED, opens, since=trace.local(paused))
                yield max(opens, trace.start), closes
                paused = closes


class _Trace:
    """Writes down a reckoning while it is made, in the office's time."""

    def __init__(
        self, calendar: OfficeCalendar, start: dt.datetime, limit: TraceKind, **params: TraceValue
    ) -> None:
        self.start = _aware(start).astimezone(dt.UTC)
        self._calendar, self._lines = calendar, list[TraceLine]()
        self.add(TraceKind.START, self.start)
        self.add(limit, self.start, **params)

    def local(self, at: dt.datetime) -> str:
        """Return the moment as it is stored: the office's time with its offset."""
        return at.astimezone(self._calendar.zone).isoformat()

    def add(self, kind: TraceKind, at: dt.datetime, **params: TraceValue) -> None:
        """Add one line."""
        self._lines.append(TraceLine(kind, self.local(at), params))

    def on_duty(self, counted: dt.timedelta) -> dt.timedelta:
        """Count these minutes by the clock, and go on after them."""
        since, self.start = self.start, self.start + counted
        self.add(TraceKind.ON_DUTY, self.start, since=self.local(since), minutes=_minutes(counted))
        return counted

    def pass_day(self, day: dt.date) -> None:
        """Say why ``day`` was skipped, or why it works although the week says otherwise."""
        special, working = self._calendar.special.get(day), self._calendar.is_working_day(day)
        midnight = self._calendar.moment(day, dt.time.min)
        if special is not None:
            kind = TraceKind.SWAPPED_WORKING_DAY if working else TraceKind.HOLIDAY_SKIPPED
            self.add(kind, midnight, day=f"{day}", note=special.note, source=special.source)
        elif not working:
            self.add(TraceKind.CLOSED_DAY_SKIPPED, midnight, day=f"{day}")

    def due(self, at: dt.datetime) -> Due:
        """Close the trace: the years whose swaps are still unknown, then the due time."""
        first, last = self._calendar.local_day(self.start), self._calendar.local_day(at)
        for year in sorted(self._calendar.provisional_years & set(range(first.year, last.year + 1))):
            self.add(TraceKind.PROVISIONAL_YEAR, at, year=year)
        self.add(TraceKind.DUE, at)
        return Due(at=at, trace=tuple(self._lines))


def _joined(periods: Sequence[Period]) -> list[Period]:
    """Join touching and overlapping periods; one that a clock change left empty is gone."""
    joined: list[Period] = []
    for opens, closes in periods:
        if joined and opens <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(joined[-1][1], closes))
        elif opens < closes:
            joined.append((opens, closes))
    return joined


def _aware(at: dt.datetime) -> dt.datetime:
    if at.tzinfo is None:
        raise ValueError(f"naive datetime {at}")
    return at


def _positive(days: int) -> int:
    if days < 1:
        raise ValueError(f"at least one day is wanted, not {days}")
    return days


def _minutes(amount: dt.timedelta) -> TraceValue:
    minutes = round(amount.total_seconds() / 60, 2)
    return int(minutes) if minutes.is_integer() else minutes
