"""What holds for every office, every start and every limit."""

import datetime as dt
import itertools
import json
from collections.abc import Callable, Sequence
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.holidays_cn import national_days
from core.worktime import (
    DEFAULT_INTERVALS,
    DayKind,
    Due,
    Interval,
    OfficeCalendar,
    SpecialDay,
    TraceKind,
    TraceLine,
)

NATIONAL = national_days([2025, 2026, 2027])

# A busy machine is no reason to fail.
unhurried = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])


def calendar_of(closures: Sequence[dt.date], zone: ZoneInfo, intervals: Sequence[Interval]) -> OfficeCalendar:
    own = {day: SpecialDay(day=day, kind=DayKind.CLOSED, note="Moving", source="office") for day in closures}
    return OfficeCalendar(zone=zone, intervals=intervals, special=NATIONAL | own)


days = st.dates(dt.date(2025, 6, 1), dt.date(2027, 6, 1))
starts = st.datetimes(dt.datetime(2025, 6, 1), dt.datetime(2027, 6, 1), timezones=st.just(dt.UTC))
minutes_of_day = st.integers(0, 24 * 60 - 1).map(lambda number: dt.time(number // 60, number % 60))
spans = st.lists(minutes_of_day, min_size=2, max_size=2, unique=True).map(sorted)
weekly = st.lists(
    st.builds(
        lambda weekday, span: Interval(weekday=weekday, start=span[0], end=span[1]), st.integers(0, 6), spans
    ),
    min_size=1,
    max_size=12,
)
zones = st.sampled_from(["Asia/Shanghai", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu"]).map(
    ZoneInfo
)


@st.composite
def offices(draw: st.DrawFn) -> OfficeCalendar:
    """Any office: the default hours in Shanghai, or any other hours anywhere, with any closures."""
    own = draw(st.lists(days, max_size=5))
    if draw(st.booleans()):
        return calendar_of(own, ZoneInfo("Asia/Shanghai"), DEFAULT_INTERVALS)
    return calendar_of(own, draw(zones), draw(weekly))


LIMITS: dict[str, Callable[[OfficeCalendar, dt.datetime, int], Due]] = {
    "hours": lambda office, start, amount: office.after_hours(start, amount),
    "minutes": lambda office, start, amount: office.after_minutes(start, amount * 7),
    "same day": lambda office, start, amount: office.same_working_day(start),
    "morning": lambda office, start, amount: office.next_working_morning(start, dt.time(amount % 24)),
    "working days": lambda office, start, amount: office.working_days(start, amount % 9),
    "calendar days": lambda office, start, amount: office.every_days(start, amount % 9 + 1),
}


def open_time(office: OfficeCalendar, start: dt.datetime, end: dt.datetime) -> dt.timedelta:
    """What the office was open between two moments, reckoned day by day and without any trace."""
    total, day = dt.timedelta(0), office.local_day(start)
    while day <= office.local_day(end):
        for begins, ends in office.intervals_on(day):
            total += max(dt.timedelta(0), min(ends, end) - max(begins, start))
        day += dt.timedelta(days=1)
    return total


@pytest.mark.parametrize("limit", LIMITS.values(), ids=LIMITS)
@unhurried
@given(office=offices(), start=starts, amount=st.integers(0, 30))
def test_a_due_time_is_never_before_its_start_and_ends_its_trace(
    limit: Callable[..., Due], office: OfficeCalendar, start: dt.datetime, amount: int
) -> None:
    due = limit(office, start, amount)
    assert due.at >= start
    assert due.at.tzinfo is dt.UTC
    assert [due.trace[0].kind, due.trace[-1].kind] == [TraceKind.START, TraceKind.DUE]
    assert dt.datetime.fromisoformat(due.trace[-1].at) == due.at


@pytest.mark.parametrize("limit", LIMITS.values(), ids=LIMITS)
@unhurried
@given(office=offices(), start=starts, amount=st.integers(0, 30))
def test_a_due_time_lies_between_opening_and_closing_of_a_working_day(
    limit: Callable[..., Due], office: OfficeCalendar, start: dt.datetime, amount: int
) -> None:
    due = limit(office, start, amount)
    periods = office.intervals_on(office.local_day(due.at))
    assert periods[0][0] <= due.at <= periods[-1][1]
    if limit is not LIMITS["morning"]:
        assert any(begins <= due.at <= ends for begins, ends in periods)


@unhurried
@given(office=offices(), start=starts, hours=st.floats(0, 40))
def test_exactly_the_wanted_working_time_lies_between_start_and_due(
    office: OfficeCalendar, start: dt.datetime, hours: float
) -> None:
    due = office.after_hours(start, hours)
    assert open_time(office, start, due.at) == dt.timedelta(hours=hours)


@unhurried
@given(office=offices(), start=starts, amounts=st.lists(st.floats(0, 60), min_size=2, max_size=4).map(sorted))
def test_more_hours_are_never_due_earlier(
    office: OfficeCalendar, start: dt.datetime, amounts: list[float]
) -> None:
    dues = [office.after_hours(start, hours).at for hours in amounts]
    assert dues == sorted(dues)


@unhurried
@given(office=offices(), moments=st.lists(starts, min_size=2, max_size=2).map(sorted), days=st.integers(0, 6))
def test_who_starts_later_is_never_due_earlier(
    office: OfficeCalendar, moments: list[dt.datetime], days: int
) -> None:
    for earlier, later in itertools.pairwise(moments):
        assert office.working_days(earlier, days).at <= office.working_days(later, days).at
        assert office.after_hours(earlier, days).at <= office.after_hours(later, days).at


@unhurried
@given(office=offices(), day=days)
def test_next_and_previous_working_day_are_inverse_on_working_days(
    office: OfficeCalendar, day: dt.date
) -> None:
    first = office.next_working_day(day)
    assert first > day
    assert office.is_working_day(first)
    assert office.previous_working_day(office.next_working_day(first)) == first


@unhurried
@given(office=offices(), start=starts, amount=st.integers(0, 30))
def test_a_trace_survives_its_storage(office: OfficeCalendar, start: dt.datetime, amount: int) -> None:
    trace = office.after_hours(start, amount).trace
    stored = json.dumps([line.to_json() for line in trace])
    assert tuple(TraceLine.from_json(line) for line in json.loads(stored)) == trace
