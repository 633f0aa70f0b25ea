"""Working time: what counts, what is skipped, and that every due time explains itself."""

import datetime as dt
from collections.abc import Callable, Sequence
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from core.holidays_cn import national_days
from core.worktime import (
    DEFAULT_INTERVALS,
    DayKind,
    Due,
    Interval,
    NoOpeningHours,
    OfficeCalendar,
    SpecialDay,
    TraceKind,
    TraceLine,
)
from core.worktime_text import trace_sentence, trace_sentences

SHANGHAI = ZoneInfo("Asia/Shanghai")
NEW_YORK = ZoneInfo("America/New_York")
NATIONAL = national_days([2025, 2026, 2027])


def calendar_of(
    *own: SpecialDay, zone: ZoneInfo = SHANGHAI, intervals: Sequence[Interval] = DEFAULT_INTERVALS
) -> OfficeCalendar:
    special = NATIONAL | {one.day: one for one in own}
    return OfficeCalendar(
        zone=zone, intervals=intervals, special=special, provisional_years=frozenset({2027})
    )


OFFICE = calendar_of()


def at(text: str, zone: ZoneInfo = SHANGHAI) -> dt.datetime:
    """The moment at which a clock in ``zone`` shows ``text``."""
    return dt.datetime.fromisoformat(text).replace(tzinfo=zone).astimezone(dt.UTC)


def closed(day: str, note: str = "Stocktaking") -> SpecialDay:
    return SpecialDay(day=dt.date.fromisoformat(day), kind=DayKind.CLOSED, note=note, source="office")


def worked(day: str, replaces: str | None = None) -> SpecialDay:
    replaced = dt.date.fromisoformat(replaces) if replaces else None
    return SpecialDay(
        day=dt.date.fromisoformat(day),
        kind=DayKind.WORKING,
        note="Year end",
        source="office",
        replaces=replaced,
    )


def opens(weekday: int, start: str, end: str) -> Interval:
    return Interval(weekday=weekday, start=dt.time.fromisoformat(start), end=dt.time.fromisoformat(end))


def lines(due: Due, kind: TraceKind) -> list[TraceLine]:
    return [line for line in due.trace if line.kind is kind]


def days_named(due: Due, kind: TraceKind) -> list[str]:
    return [str(line.params["day"]) for line in lines(due, kind)]


class TestOpeningHours:
    def test_lunch_splits_the_day(self) -> None:
        assert OFFICE.intervals_on(dt.date(2026, 11, 23)) == [
            (at("2026-11-23 08:30"), at("2026-11-23 11:30")),
            (at("2026-11-23 12:30"), at("2026-11-23 17:00")),
        ]

    @pytest.mark.parametrize(
        ("moment", "is_open"),
        [
            ("08:29", False),
            ("08:30", True),
            ("11:30", False),
            ("12:29", False),
            ("12:30", True),
            ("17:00", False),
        ],
    )
    def test_the_office_opens_on_the_minute_and_is_closed_at_closing_time(
        self, moment: str, is_open: bool
    ) -> None:
        assert OFFICE.is_open(at(f"2026-11-23 {moment}")) is is_open

    def test_a_noon_shift_that_touches_both_halves_makes_one_period(self) -> None:
        office = calendar_of(intervals=[*DEFAULT_INTERVALS, opens(0, "11:30", "12:30")])
        assert office.intervals_on(dt.date(2026, 11, 23)) == [
            (at("2026-11-23 08:30"), at("2026-11-23 17:00"))
        ]

    def test_overlapping_hours_are_not_counted_twice(self) -> None:
        office = calendar_of(intervals=[opens(0, "09:00", "12:00"), opens(0, "10:00", "11:00")])
        assert office.after_hours(at("2026-11-23 09:00"), 3).at == at("2026-11-23 12:00")

    def test_a_closed_day_has_neither_opening_nor_closing(self) -> None:
        sunday = dt.date(2026, 11, 22)
        assert (OFFICE.opening(sunday), OFFICE.closing(sunday)) == (None, None)
        assert OFFICE.closing(dt.date(2026, 11, 23)) == at("2026-11-23 17:00")

    @pytest.mark.parametrize(("weekday", "start", "end"), [(7, "09:00", "10:00"), (0, "10:00", "10:00")])
    def test_an_interval_that_cannot_be_is_refused(self, weekday: int, start: str, end: str) -> None:
        with pytest.raises(ValueError, match=r"weekday 7|not an interval"):
            opens(weekday, start, end)

    def test_a_naive_moment_is_refused(self) -> None:
        with pytest.raises(ValueError, match="naive"):
            OFFICE.after_hours(dt.datetime(2026, 11, 23, 9), 1)


class TestWorkingDays:
    def test_the_national_week_is_skipped_in_both_directions(self) -> None:
        assert OFFICE.next_working_day(dt.date(2026, 9, 30)) == dt.date(2026, 10, 8)
        assert OFFICE.previous_working_day(dt.date(2026, 10, 8)) == dt.date(2026, 9, 30)

    def test_next_and_previous_are_strict(self) -> None:
        assert OFFICE.next_working_day(dt.date(2026, 11, 23)) == dt.date(2026, 11, 24)
        assert OFFICE.previous_working_day(dt.date(2026, 11, 23)) == dt.date(2026, 11, 20)

    def test_a_swapped_saturday_has_the_hours_of_the_weekday_it_replaces(self) -> None:
        hours = [opens(0, "08:30", "17:00"), opens(2, "09:00", "15:00"), opens(5, "09:00", "12:00")]
        wednesday_off, saturday = dt.date(2026, 10, 7), dt.date(2026, 10, 10)
        assert wednesday_off.weekday() == 2
        assert calendar_of(intervals=hours).intervals_on(saturday) == [
            (at("2026-10-10 09:00"), at("2026-10-10 15:00"))
        ]

    def test_an_extra_saturday_that_replaces_nothing_known_is_a_typical_day(self) -> None:
        office = calendar_of(worked("2026-11-28"), intervals=[*DEFAULT_INTERVALS, opens(5, "09:00", "12:00")])
        assert office.closing(dt.date(2026, 11, 28)) == at("2026-11-28 17:00")

    def test_an_office_that_works_on_a_holiday_keeps_that_weekdays_hours(self) -> None:
        thursday = opens(3, "10:00", "16:00")
        office = calendar_of(worked("2026-10-01"), intervals=[opens(0, "08:30", "17:00"), thursday])
        assert office.opening(dt.date(2026, 10, 1)) == at("2026-10-01 10:00")

    def test_a_holiday_worked_in_place_of_another_day_has_that_days_hours(self) -> None:
        hours = [opens(0, "08:30", "17:00"), opens(3, "10:00", "16:00")]
        office = calendar_of(worked("2026-10-01", replaces="2026-10-05"), intervals=hours)
        assert office.opening(dt.date(2026, 10, 1)) == at("2026-10-01 08:30")

    def test_an_office_closed_on_mondays_works_a_swapped_day_like_its_tuesday(self) -> None:
        office = calendar_of(intervals=[opens(1, "10:00", "18:00")])
        assert office.opening(dt.date(2026, 2, 28)) == at("2026-02-28 10:00")

    def test_an_offices_own_closure_is_no_working_day(self) -> None:
        assert not calendar_of(closed("2026-11-24")).is_working_day(dt.date(2026, 11, 24))


class TestHours:
    @pytest.mark.clause("QI/03 3.1.7")
    @pytest.mark.parametrize(
        ("case", "logged", "answered"),
        [
            ("in the morning", "2026-11-23 09:10", "2026-11-23 10:10"),
            ("across lunch", "2026-11-23 11:00", "2026-11-23 13:00"),
            ("in the lunch break", "2026-11-23 11:45", "2026-11-23 13:30"),
            ("until closing time exactly", "2026-11-23 16:00", "2026-11-23 17:00"),
            ("across the night", "2026-11-23 16:40", "2026-11-24 09:10"),
            ("at closing time exactly", "2026-11-23 17:00", "2026-11-24 09:30"),
            ("in the evening duty", "2026-11-23 17:20", "2026-11-24 09:30"),
            ("before opening", "2026-11-23 03:00", "2026-11-23 09:30"),
            ("on Friday night", "2026-11-20 23:00", "2026-11-23 09:30"),
            ("before the National Day week", "2026-09-30 16:30", "2026-10-08 09:00"),
            ("on Friday before a swapped Saturday", "2026-10-09 16:30", "2026-10-10 09:00"),
        ],
    )
    def test_a_same_day_demand_is_answered_within_a_working_hour(
        self, case: str, logged: str, answered: str
    ) -> None:
        assert OFFICE.after_hours(at(logged), 1).at == at(answered), case

    def test_no_time_at_all_is_due_at_once_or_at_the_next_opening(self) -> None:
        assert OFFICE.after_minutes(at("2026-11-23 09:10"), 0).at == at("2026-11-23 09:10")
        assert OFFICE.after_minutes(at("2026-11-23 11:30"), 0).at == at("2026-11-23 12:30")
        assert OFFICE.after_minutes(at("2026-11-23 17:00"), 0).at == at("2026-11-24 08:30")

    def test_decimal_hours_and_minutes_agree(self) -> None:
        start = at("2026-11-23 11:00")
        assert OFFICE.after_hours(start, Decimal("7.5")).at == OFFICE.after_minutes(start, 450).at

    def test_a_negative_time_is_refused(self) -> None:
        with pytest.raises(ValueError, match="negative"):
            OFFICE.after_hours(at("2026-11-23 11:00"), -1)

    def test_an_offices_closure_is_skipped_and_named(self) -> None:
        due = calendar_of(closed("2026-11-24")).after_hours(at("2026-11-23 16:30"), 1)
        assert due.at == at("2026-11-25 09:00")
        assert [line.params["note"] for line in lines(due, TraceKind.HOLIDAY_SKIPPED)] == ["Stocktaking"]

    def test_the_clock_change_does_not_steal_an_hour(self) -> None:
        nights = [opens(weekday, "00:30", "06:00") for weekday in range(7)]
        office = OfficeCalendar(zone=NEW_YORK, intervals=nights, special={})
        spring, autumn = at("2026-03-08 00:30", NEW_YORK), at("2026-11-01 00:30", NEW_YORK)
        assert office.after_hours(spring, 2).at == at("2026-03-08 03:30", NEW_YORK)
        assert office.after_hours(autumn, 2).at == at("2026-11-01 06:30", ZoneInfo("UTC"))

    def test_hours_that_the_clock_change_swallows_are_gone(self) -> None:
        sundays = [opens(6, "01:30", "02:15"), opens(6, "02:45", "03:10")]
        office = OfficeCalendar(zone=NEW_YORK, intervals=sundays, special={})
        ((opening, closing),) = office.intervals_on(dt.date(2026, 3, 8))
        assert closing - opening == dt.timedelta(minutes=45)


class TestDays:
    @pytest.mark.clause("QP/2-04 5.4")
    @pytest.mark.parametrize(
        ("registered", "dispatched"),
        [
            ("2026-11-23 07:00", "2026-11-23 17:00"),
            ("2026-11-23 12:00", "2026-11-23 17:00"),
            ("2026-11-23 16:59", "2026-11-23 17:00"),
            ("2026-11-23 17:00", "2026-11-24 17:00"),
            ("2026-11-21 10:00", "2026-11-23 17:00"),
            ("2026-10-10 10:00", "2026-10-10 17:00"),
        ],
    )
    def test_a_request_is_dispatched_on_the_same_working_day(self, registered: str, dispatched: str) -> None:
        assert OFFICE.same_working_day(at(registered)).at == at(dispatched)

    @pytest.mark.clause("QI/03 3.2.7")
    @pytest.mark.parametrize(
        ("agreed", "phoned", "visited"),
        [
            ("2026-11-23 10:00", "2026-11-24 12:00", "2026-11-25 17:00"),
            ("2026-11-20 16:00", "2026-11-23 12:00", "2026-11-24 17:00"),
            ("2026-11-21 10:00", "2026-11-23 12:00", "2026-11-24 17:00"),
            ("2026-09-29 10:00", "2026-09-30 12:00", "2026-10-08 17:00"),
            ("2026-09-30 10:00", "2026-10-08 12:00", "2026-10-09 17:00"),
            ("2026-10-08 10:00", "2026-10-09 12:00", "2026-10-10 17:00"),
            ("2026-11-23 23:00", "2026-11-24 12:00", "2026-11-25 17:00"),
        ],
    )
    def test_the_engineer_phones_next_morning_and_comes_within_two_working_days(
        self, agreed: str, phoned: str, visited: str
    ) -> None:
        assert OFFICE.next_working_morning(at(agreed), dt.time(12)).at == at(phoned)
        assert OFFICE.working_days(at(agreed), 2).at == at(visited)

    @pytest.mark.clause("QI/05 3.1")
    def test_fridays_requests_are_reviewed_on_monday_morning(self) -> None:
        assert OFFICE.next_working_morning(at("2026-11-20 15:00"), dt.time(12)).at == at("2026-11-23 12:00")

    @pytest.mark.parametrize(("until", "kept"), [("07:00", "11:30"), ("08:30", "11:30"), ("19:00", "17:00")])
    def test_a_morning_limit_outside_the_hours_is_moved_into_them(self, until: str, kept: str) -> None:
        due = OFFICE.next_working_morning(at("2026-11-23 10:00"), dt.time.fromisoformat(until))
        assert due.at == at(f"2026-11-24 {kept}")
        assert [line.params for line in lines(due, TraceKind.MOVED_INTO_HOURS)] == [{"until": until}]

    def test_zero_working_days_is_the_same_working_day(self) -> None:
        assert OFFICE.working_days(at("2026-11-23 10:00"), 0).at == at("2026-11-23 17:00")

    @pytest.mark.clause("QI/05 3.6")
    def test_head_office_is_asked_every_two_days(self) -> None:
        assert OFFICE.every_days(at("2026-11-23 10:00"), 2).at == at("2026-11-25 17:00")

    @pytest.mark.clause("QI/05 3.7")
    def test_the_customer_is_told_on_the_next_working_day_if_the_third_is_closed(self) -> None:
        due = OFFICE.every_days(at("2026-11-19 10:00"), 3)
        assert due.at == at("2026-11-23 17:00")
        assert days_named(due, TraceKind.CLOSED_DAY_SKIPPED) == ["2026-11-22"]

    @pytest.mark.parametrize("days", [0, -1])
    def test_a_recurrence_of_no_days_is_refused(self, days: int) -> None:
        with pytest.raises(ValueError, match="at least one day"):
            OFFICE.every_days(at("2026-11-23 10:00"), days)

    @pytest.mark.clause("QI/03 3.1.1")
    def test_the_shift_is_ready_ten_minutes_after_opening(self) -> None:
        assert OFFICE.opening_plus(dt.date(2026, 11, 23), 10).at == at("2026-11-23 08:40")

    @pytest.mark.clause("QI/03 3.1.2")
    def test_the_hand_over_of_a_closed_day_waits_for_the_next_opening(self) -> None:
        assert OFFICE.opening_plus(dt.date(2026, 10, 1), 30).at == at("2026-10-08 09:00")


class TestWithoutOpeningHours:
    WAYS: tuple[Callable[[OfficeCalendar], object], ...] = (
        lambda office: office.next_working_day(dt.date(2026, 11, 23)),
        lambda office: office.previous_working_day(dt.date(2026, 11, 23)),
        lambda office: office.after_hours(at("2026-11-23 10:00"), 1),
        lambda office: office.same_working_day(at("2026-11-23 10:00")),
        lambda office: office.next_working_morning(at("2026-11-23 10:00"), dt.time(12)),
        lambda office: office.working_days(at("2026-11-23 10:00"), 2),
        lambda office: office.every_days(at("2026-11-23 10:00"), 2),
        lambda office: office.opening_plus(dt.date(2026, 11, 23), 10),
    )

    @pytest.mark.parametrize("way", WAYS)
    def test_every_question_ends_with_a_clear_error(self, way: Callable[[OfficeCalendar], object]) -> None:
        with pytest.raises(NoOpeningHours, match="give the office opening hours"):
            way(calendar_of(intervals=[]))

    def test_an_office_that_closes_for_more_than_a_year_is_told_so(self) -> None:
        first = dt.date(2026, 11, 24)
        shut = [closed(f"{first + dt.timedelta(days=number)}") for number in range(450)]
        with pytest.raises(NoOpeningHours, match="2026-11-23"):
            calendar_of(*shut).working_days(at("2026-11-23 10:00"), 1)

    def test_it_is_simply_never_open(self) -> None:
        assert not calendar_of(intervals=[]).is_open(at("2026-11-23 10:00"))


class TestTrace:
    def test_the_hours_are_told_piece_by_piece(self) -> None:
        due = OFFICE.after_hours(at("2026-11-23 11:00"), 6)
        assert [(line.kind, line.at[5:16]) for line in due.trace] == [
            (TraceKind.START, "11-23T11:00"),
            (TraceKind.WORKING_MINUTES, "11-23T11:00"),
            (TraceKind.COUNTED, "11-23T11:30"),
            (TraceKind.LUNCH_SKIPPED, "11-23T12:30"),
            (TraceKind.COUNTED, "11-23T17:00"),
            (TraceKind.CLOSING_TIME, "11-23T17:00"),
            (TraceKind.COUNTED, "11-24T09:30"),
            (TraceKind.DUE, "11-24T09:30"),
        ]
        assert [line.params["minutes"] for line in lines(due, TraceKind.COUNTED)] == [30, 270, 60]

    @pytest.mark.parametrize(
        ("start", "on_duty_until", "due"),
        [
            ("11-23 11:20", "11-23 12:30", "11-23 12:20"),
            ("11-23 11:20", "11-23 11:40", "11-23 13:10"),
            ("11-23 18:00", "11-23 18:30", "11-24 09:00"),
            ("11-23 18:00", "11-23 19:00", "11-23 19:00"),
        ],
    )
    def test_whoever_is_on_duty_works_whatever_the_opening_hours_are(
        self, start: str, on_duty_until: str, due: str
    ) -> None:
        found = OFFICE.after_minutes(at(f"2026-{start}"), 60, at(f"2026-{on_duty_until}"))
        assert found.at == at(f"2026-{due}")
        (told,) = lines(found, TraceKind.ON_DUTY)
        counted = [line.params["minutes"] for line in (told, *lines(found, TraceKind.COUNTED))]
        assert sum(map(int, counted)) == 60

    @pytest.mark.clause("QI/03 3.2.7")
    def test_the_national_week_and_the_swapped_saturday_are_named(self) -> None:
        due = OFFICE.working_days(at("2026-09-30 10:00"), 3)
        assert due.at == at("2026-10-10 17:00")
        assert days_named(due, TraceKind.HOLIDAY_SKIPPED) == [
            f"2026-10-0{number}" for number in (1, 2, 3, 5, 6, 7)
        ]
        assert days_named(due, TraceKind.CLOSED_DAY_SKIPPED) == ["2026-10-04"]
        assert days_named(due, TraceKind.SWAPPED_WORKING_DAY) == ["2026-10-10"]
        assert days_named(due, TraceKind.DAY_COUNTED) == ["2026-10-08", "2026-10-09", "2026-10-10"]

    def test_a_start_after_closing_says_so(self) -> None:
        assert lines(OFFICE.same_working_day(at("2026-11-23 18:00")), TraceKind.ALREADY_CLOSED)
        assert lines(OFFICE.after_hours(at("2026-11-23 18:00"), 1), TraceKind.OUTSIDE_HOURS)

    def test_a_reckoning_that_reaches_a_provisional_year_says_so(self) -> None:
        due = OFFICE.working_days(at("2026-12-31 10:00"), 1)
        assert [line.params for line in lines(due, TraceKind.PROVISIONAL_YEAR)] == [{"year": 2027}]
        assert not lines(OFFICE.working_days(at("2026-12-30 10:00"), 1), TraceKind.PROVISIONAL_YEAR)

    def test_it_reads_as_sentences_in_office_time(self) -> None:
        due = OFFICE.after_hours(at("2026-09-30 16:30").astimezone(dt.UTC), 1)
        told = [str(sentence) for sentence in trace_sentences(due.trace)]
        assert told[:4] == [
            "The time starts at 2026-09-30 16:30.",
            "Limit in working minutes: 60.",
            "2026-09-30 16:30 to 2026-09-30 17:00: 30 working minutes.",
            "The office closes at 2026-09-30 17:00.",
        ]
        assert told[4] == "2026-10-01 is skipped: National Day."
        assert told[-1] == "Due at 2026-10-08 09:00."

    def test_every_kind_of_line_has_a_sentence(self) -> None:
        moment = "2026-10-01T08:30:00+08:00"
        values: dict[str, str | int | float] = {"minutes": 5, "days": 2, "number": 1, "year": 2027}
        values |= {"until": "12:00", "day": "2026-10-01", "note": "National Day", "since": moment}
        for kind in TraceKind:
            told = str(trace_sentence(TraceLine(kind, moment, values)))
            assert "%(" not in told
            assert "T08:30" not in told
