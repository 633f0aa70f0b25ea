"""The log of a day (QR/02): no call is lost, the duty manager closes it, corrections stay visible."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import select

from core import clock
from core.calendars import set_opening_hours
from core.db import db, writing
from core.errors import RefusalKind, Refused
from core.hooks import hookimpl
from core.jobs import turns
from core.roles import SUPPORT_MANAGER
from core.rules import rules_of
from core.talk.models import Notice
from core.testing import SETTER_UP
from core.worktime import Interval
from plugins.fieldservice.testing import VISIT
from plugins.hotline.hooks import CallResult
from plugins.hotline.log import lines
from plugins.hotline.log.models import OPEN, OTHER, PHONE, DayLog
from plugins.hotline.log.models import VISIT as A_VISIT

# Monday 2026-11-23, 09:00, 17:30 and 20:00 in Beijing; the office closes at 17:00.
NINE = dt.datetime(2026, 11, 23, 1, tzinfo=dt.UTC)
HALF_PAST_FIVE = dt.datetime(2026, 11, 23, 9, 30, tzinfo=dt.UTC)
EIGHT_PM = dt.datetime(2026, 11, 23, 12, tzinfo=dt.UTC)
MIDNIGHT = dt.datetime(2026, 11, 23, 16, tzinfo=dt.UTC)
MONDAY = dt.date(2026, 11, 23)
ANSWER = "已电话告知重建索引的方法"


@pytest.fixture(autouse=True)
def nine() -> Iterator[None]:
    with clock.stopped_at(NINE):
        yield


def timer(house: Any, at: dt.datetime = NINE) -> None:
    """Let the timer have its turn, and see that nothing went wrong in it."""
    with clock.stopped_at(at):
        assert [one.trouble for one in turns.run_due() if one.job == "hotline.day_log"] in (
            [],
            [None],
            [None] * 2,
        )
    house.see()


def log_of(centre: Any, day: dt.date = MONDAY) -> DayLog:
    where = (DayLog.office_id == centre.office.id, DayLog.day == day)
    return db.session.scalars(select(DayLog).where(*where)).one()


def closed(centre: Any, at: dt.datetime = HALF_PAST_FIVE) -> DayLog:
    """Begin and close the day."""
    timer(centre.house)
    with clock.stopped_at(at):
        log: DayLog = centre.act(log_of(centre), "close", centre.duty)
    return log


def results(log: DayLog) -> list[str]:
    return [one.result for one in lines.shown(log)]


# --- no call is lost


@pytest.mark.clause("QI/03 flow")
def test_the_timer_begins_the_day_once_the_office_has_opened(beijing: Any, house: Any) -> None:
    timer(house, dt.datetime(2026, 11, 23, 0, 29, tzinfo=dt.UTC))
    assert db.session.scalars(select(DayLog)).all() == []
    timer(house, dt.datetime(2026, 11, 23, 0, 34, tzinfo=dt.UTC))
    assert (log_of(beijing).state, log_of(beijing).number) == ("running", "BJ-L-2026-00001")
    timer(house, NINE)
    assert len(db.session.scalars(select(DayLog)).all()) == 1


@pytest.mark.clause("QI/03 flow")
def test_a_call_of_a_day_off_begins_its_log_and_a_day_off_without_one_has_none(
    beijing: Any, house: Any
) -> None:
    sunday = dt.datetime(2026, 11, 22, 2, tzinfo=dt.UTC)
    timer(house, sunday)
    assert db.session.scalars(select(DayLog)).all() == []
    with clock.stopped_at(sunday):
        call = beijing.log()
    timer(house, NINE)
    assert [one.number for one in lines.shown(log_of(beijing, dt.date(2026, 11, 22)))] == [call.number]


@pytest.mark.clause("QI/03 flow")
def test_a_call_belongs_to_its_day_by_the_clock_of_its_office(house: Any, beijing: Any) -> None:
    """Half past eleven at night in Beijing is Monday still; in UTC it is the afternoon."""
    with clock.stopped_at(dt.datetime(2026, 11, 23, 15, 30, tzinfo=dt.UTC)):
        late = beijing.log()
    with clock.stopped_at(dt.datetime(2026, 11, 23, 16, 30, tzinfo=dt.UTC)):
        beijing.log()
    timer(house, dt.datetime(2026, 11, 24, 2, tzinfo=dt.UTC))
    assert [one.number for one in lines.shown(log_of(beijing))] == [late.number]


def test_one_office_has_one_log_a_day_and_none_of_tomorrow(beijing: Any, house: Any) -> None:
    timer(house)
    for day in (MONDAY, MONDAY + dt.timedelta(days=1)):
        with pytest.raises(Refused) as refused:
            beijing.create("hotline.day_log", "begin", beijing.hotline, day=day)
        assert set(refused.value.errors) == {"day"}


@pytest.mark.clause("QI/03 flow")
def test_a_call_after_closing_is_added_and_marked(beijing: Any, house: Any) -> None:
    beijing.log()
    log = closed(beijing)
    assert beijing.refused(log, "supplement", beijing.duty).kind is RefusalKind.OBJECTION
    with clock.stopped_at(EIGHT_PM):
        late = beijing.log()
    timer(house, EIGHT_PM + dt.timedelta(minutes=10))
    first, second = log_of(beijing).lines
    assert (first.late, second.late, second.number, second.place) == (False, True, late.number, 2)
    assert log_of(beijing).calls == 2


# --- closing


@pytest.mark.clause("QR/02 form")
def test_every_call_has_its_line_with_its_result(beijing: Any) -> None:
    calls = [beijing.log() for _ in range(4)]
    beijing.act(calls[0], "solve", beijing.hotline, answer=ANSWER)
    beijing.act(calls[1], "request_visit", beijing.hotline, **VISIT)
    beijing.act(calls[2], "cancel", beijing.hotline, reason="客户重复来电，已合并处理")
    number = beijing.request_of(calls[1]).number
    log = closed(beijing)
    kept = log.lines
    assert [one.result for one in kept] == [PHONE, A_VISIT, OTHER, OPEN]
    assert [one.request for one in kept] == ["", number, "", ""]
    assert [one.number for one in kept] == [one.number for one in calls]
    assert (kept[0].unit, kept[0].contact) == ("上海恒远服装有限责任公司", "高敏 021-61541030")
    assert ANSWER in kept[0].said
    assert "反结账" in kept[0].said
    assert (log.calls, log.unfinished, log.closed_by and log.closed_by.name) == (4, 1, "周艳")


@pytest.mark.clause("QR/02 form")
def test_a_day_that_runs_is_not_closed_and_an_engineer_does_not_close_it(beijing: Any, house: Any) -> None:
    timer(house)
    log = log_of(beijing)
    assert beijing.refused(log, "close", beijing.duty).kind is RefusalKind.OBJECTION
    with clock.stopped_at(HALF_PAST_FIVE):
        assert beijing.refused(log, "close", beijing.hotline).kind is RefusalKind.ROLE


@pytest.mark.clause("QR/02 form")
def test_an_office_that_closes_later_closes_its_log_later(beijing: Any, house: Any) -> None:
    late = [Interval(weekday=day, start=dt.time(8, 30), end=dt.time(18)) for day in range(5)]
    with writing():
        set_opening_hours(beijing.office, late, SETTER_UP)
    house.see()
    timer(house)
    with clock.stopped_at(HALF_PAST_FIVE):
        assert beijing.refused(log_of(beijing), "close", beijing.duty).kind is RefusalKind.OBJECTION
    with clock.stopped_at(dt.datetime(2026, 11, 23, 10, tzinfo=dt.UTC)):
        assert beijing.act(log_of(beijing), "close", beijing.duty).state == "closed"


@pytest.mark.clause("QR/02 form")
def test_what_becomes_of_a_call_later_leaves_the_closed_log_as_it_was(beijing: Any) -> None:
    call = beijing.log()
    log = closed(beijing)
    beijing.act(call, "solve", beijing.hotline, answer=ANSWER)
    assert results(log_of(beijing)) == [OPEN]
    assert log.unfinished == 1


def test_a_running_log_shows_the_calls_as_they_stand(beijing: Any, house: Any) -> None:
    call = beijing.log()
    timer(house)
    assert results(log_of(beijing)) == [OPEN]
    beijing.act(call, "solve", beijing.hotline, answer=ANSWER)
    assert results(log_of(beijing)) == [PHONE]


def test_closing_is_due_the_next_working_morning(beijing: Any, house: Any) -> None:
    timer(house)
    due = beijing.promises(log_of(beijing))["hotline.close_day"]
    assert (due.due_at, due.role) == (dt.datetime(2026, 11, 24, 4, tzinfo=dt.UTC), "duty_manager")


# --- corrections


@pytest.mark.clause("QR/02 form")
def test_a_correction_strikes_out_and_touches_neither_line_nor_call(beijing: Any) -> None:
    call = beijing.log()
    log = closed(beijing)
    line = log.lines[0]
    said = {"line_id": line.id, "field": "unit", "value": "上海恒远物流", "reason": "记错单位"}
    beijing.act(log, "correct_line", beijing.hotline, **said)
    beijing.act(log, "correct_line", beijing.duty, **said | {"field": "result", "result": "phone"})
    unit, result = log_of(beijing).lines[0].corrections
    assert (unit.old, unit.new, unit.reason, unit.corrected_by) == (
        "上海恒远服装有限责任公司",
        "上海恒远物流",
        "记错单位",
        "罗文",
    )
    assert (result.old, result.new) == (OPEN, PHONE)
    line = log_of(beijing).lines[0]
    assert (line.unit, line.now("unit")) == ("上海恒远服装有限责任公司", "上海恒远物流")
    assert beijing.look(call, beijing.hotline).case.customer.name == "上海恒远服装有限责任公司"


@pytest.mark.clause("QR/02 form")
@pytest.mark.parametrize(
    ("given", "wrong"),
    [
        ({"field": "unit"}, {"value"}),
        ({"field": "result"}, {"result"}),
        ({"field": "unit", "value": "上海恒远服装有限责任公司"}, {"value"}),
        ({"field": "result", "result": "open"}, {"result"}),
        ({"field": "unit", "value": "物流", "reason": ""}, {"reason"}),
    ],
)
def test_a_correction_says_what_and_why(beijing: Any, given: dict[str, str], wrong: set[str]) -> None:
    beijing.log()
    log = closed(beijing)
    said = {"line_id": log.lines[0].id, "reason": "记错"} | given
    assert set(beijing.refused(log, "correct_line", beijing.duty, **said).errors) == wrong


@pytest.mark.clause("QR/02 form")
def test_a_running_day_needs_no_correction_and_another_logs_line_is_not_offered(
    beijing: Any, house: Any
) -> None:
    beijing.log()
    monday = closed(beijing)
    tuesday = dt.datetime(2026, 11, 24, 10, tzinfo=dt.UTC)
    with clock.stopped_at(dt.datetime(2026, 11, 24, 2, tzinfo=dt.UTC)):
        beijing.log()
    said = {"line_id": monday.lines[0].id, "field": "unit", "value": "物流", "reason": "记错"}
    timer(house, tuesday)
    other = log_of(beijing, dt.date(2026, 11, 24))
    assert beijing.refused(other, "correct_line", beijing.duty, **said).kind is RefusalKind.STATE
    with clock.stopped_at(tuesday):
        other = beijing.act(other, "close", beijing.duty)
        assert set(beijing.refused(other, "correct_line", beijing.duty, **said).errors) == {"line_id"}


def test_the_support_manager_puts_it_into_the_archive(beijing: Any) -> None:
    log = closed(beijing)
    with clock.stopped_at(MIDNIGHT):
        assert beijing.refused(log, "archive", beijing.duty).kind is RefusalKind.ROLE
        log = beijing.act(log, "archive", beijing.hire(SUPPORT_MANAGER))
    assert (log.state, log.archived_at) == ("archived", MIDNIGHT)


@pytest.mark.clause("QI/03 3.1.13")
def test_the_calls_of_the_evening_duty_are_in_the_log_before_it_is_archived(beijing: Any) -> None:
    log, archivist = closed(beijing), beijing.hire(SUPPORT_MANAGER)
    with clock.stopped_at(EIGHT_PM):
        refused = beijing.refused(log, "archive", archivist)
        late = beijing.log()
    assert refused.kind is RefusalKind.OBJECTION
    with clock.stopped_at(MIDNIGHT):
        log = beijing.act(log, "archive", archivist)
    assert [(one.number, one.late) for one in log_of(beijing).lines] == [(late.number, True)]
    assert log.calls == 1


@pytest.mark.clause("QR/02 form")
def test_the_log_names_who_took_the_call_whoever_owns_it_when_it_is_closed(
    beijing: Any, house: Any, queries_of: Any
) -> None:
    call = beijing.log()
    timer(house)
    before = queries_of(lambda: [one.engineer for one in lines.shown(log_of(beijing))])
    beijing.act(call, "take_over", beijing.duty)
    house.see()
    assert queries_of(lambda: [one.engineer for one in lines.shown(log_of(beijing))]) == before
    assert [one.engineer for one in closed(beijing).lines] == ["罗文"]


# --- the daily report


def told(centre: Any) -> list[Any]:
    found = db.session.scalars(select(Notice).where(Notice.person_id == centre.duty.person_id))
    return [one.sentence for one in found if one.sentence and "Hotline on" in one.sentence["msgid"]]


@pytest.mark.clause("QP/2-04 5.3")
def test_at_closing_the_duty_manager_hears_what_was_registered_and_not_dispatched(
    beijing: Any, house: Any
) -> None:
    beijing.dispatched()
    waits = beijing.registered()
    timer(house)
    assert told(beijing) == []
    timer(house, HALF_PAST_FIVE)
    (sentence,) = told(beijing)
    assert {name: sentence["values"][name] for name in ("calls", "registered", "waiting")} == {
        "calls": 2,
        "registered": 2,
        "waiting": 1,
    }
    assert log_of(beijing).undispatched == [waits.number]
    timer(house, EIGHT_PM)
    assert len(told(beijing)) == 1


@pytest.mark.clause("QP/2-04 5.3")
def test_closing_counts_again_and_what_was_dispatched_meanwhile_waits_no_more(
    beijing: Any, house: Any
) -> None:
    waits = beijing.registered()
    timer(house)
    timer(house, HALF_PAST_FIVE)
    assert log_of(beijing).undispatched == [waits.number]
    with clock.stopped_at(EIGHT_PM):
        beijing.act(waits, "dispatch", beijing.duty, engineer_id=beijing.engineer.person_id)
        log = beijing.act(log_of(beijing), "close", beijing.duty)
    assert (log.registered, log.undispatched) == (1, [])


@pytest.mark.clause("QP/2-04 5.3")
@pytest.mark.clause("QI/03 3.1.13")
def test_what_the_evening_duty_registers_is_in_the_next_report_and_in_no_other(
    beijing: Any, house: Any
) -> None:
    old = beijing.registered()
    timer(house)
    timer(house, HALF_PAST_FIVE)
    with clock.stopped_at(EIGHT_PM):
        evening = beijing.registered()
        assert beijing.act(log_of(beijing), "close", beijing.duty).registered == 1
    tuesday = HALF_PAST_FIVE + dt.timedelta(days=1)
    timer(house, tuesday - dt.timedelta(hours=8))
    timer(house, tuesday)
    assert [one["values"]["registered"] for one in told(beijing)] == [1, 1]
    log = log_of(beijing, MONDAY + dt.timedelta(days=1))
    assert (log.registered, log.undispatched) == (1, [old.number, evening.number])


@pytest.mark.clause("QP/2-04 5.3")
def test_a_day_that_is_closed_before_the_timer_reported_it_is_reported_by_that(
    beijing: Any, house: Any
) -> None:
    beijing.registered()
    closed(beijing)
    assert [one["values"]["registered"] for one in told(beijing)] == [1]
    timer(house, EIGHT_PM)
    assert len(told(beijing)) == 1


@pytest.mark.clause("QP/2-04 5.3")
def test_an_office_without_field_service_has_nothing_to_dispatch(house: Any) -> None:
    from plugins.fieldservice.testing import Centre

    hotline = Centre(house, "GZ", "hotline")
    hotline.log()
    timer(house)
    timer(house, HALF_PAST_FIVE)
    log = log_of(hotline)
    assert (log.calls, log.registered, log.undispatched) == (1, 0, [])


@pytest.mark.clause("QP/2-04 5.3")
def test_another_offices_requests_are_not_counted(beijing: Any, shanghai: Any, house: Any) -> None:
    shanghai.registered()
    timer(house)
    timer(house, HALF_PAST_FIVE)
    assert (log_of(beijing).registered, log_of(shanghai).registered) == (0, 1)


# --- what other plugins say


class Workshop:
    """A plugin that made something of every call, after field service had."""

    @hookimpl
    def hotline_call_results(self, calls: Any) -> list[CallResult]:
        return [CallResult(call_id=one.id, number="W-1") for one in calls]


def test_hook_hotline_call_results(beijing: Any, queries_of: Any) -> None:
    calls = [beijing.log() for _ in range(3)]
    beijing.act(calls[0], "request_visit", beijing.hotline, **VISIT)
    rules = rules_of(beijing.office)
    found = lines.results_of(rules, calls)
    assert found == {
        calls[0].id: CallResult(call_id=calls[0].id, number=beijing.request_of(calls[0]).number, visit=True)
    }
    assert queries_of(lambda: lines.results_of(rules, calls)) == 1
    rules.plugins.manager.register(Workshop(), "workshop")
    try:
        assert {one.number for one in lines.results_of(rules, calls).values()} == {"W-1"}
    finally:
        rules.plugins.manager.unregister(name="workshop")
