"""The figures: counted in the database by the office's own days, compared, shown to whom they concern, exported."""

from __future__ import annotations

import csv
import datetime as dt
import io
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import python_calamine
from sqlalchemy import event, select, update

from core import clock
from core.db import db, writing
from core.ledger import LedgerRow
from core.offices import Office
from core.roles import CUSTOMER_ADMINISTRATOR, FIELD_ENGINEER, HOTLINE_ENGINEER
from core.rules import rules_of
from core.settings import set_parameter
from core.testing import SETTER_UP, SignIn, said
from plugins.hotline.models import Call
from plugins.hotline.statistics import periods, question
from plugins.hotline.statistics.counting import Counted, Figures, counted
from plugins.hotline.statistics.periods import DAYS, ENGINEERS, MONTHS, PRODUCTS, WEEKS, Span
from plugins.hotline.statistics.table import measures, share

NINE = dt.datetime(2026, 11, 23, 1, tzinfo=dt.UTC)
MONDAY = dt.date(2026, 11, 23)
THAT_DAY = Span(first=MONDAY, last=MONDAY)
ANSWER = "已电话告知重建索引的方法"
PAGE, EXPORT = "/BJ/hotline/figures/", "/BJ/hotline/figures/export"


@pytest.fixture(autouse=True)
def nine() -> Iterator[None]:
    with clock.stopped_at(NINE):
        yield


def count(
    centre: Any,
    by: str = DAYS,
    span: Span = THAT_DAY,
    only: int | None = None,
    now: dt.datetime = NINE,
) -> Counted:
    return counted(rules_of(centre.office), span, periods.same_length_before(span), by, now, only)


def at(hour: int, day: int = 23) -> dt.datetime:
    """An hour of a day of November in Beijing."""
    return dt.datetime(2026, 11, day, hour, tzinfo=dt.timezone(dt.timedelta(hours=8)))


@pytest.mark.clause("QI/03 flow")
def test_calls_are_counted_by_channel_and_outcome(beijing: Any) -> None:
    calls = [beijing.log(channel=one) for one in ("phone", "phone", "email", "walk_in")]
    beijing.act(calls[0], "solve", beijing.hotline, answer=ANSWER)
    beijing.act(calls[2], "cancel", beijing.hotline, reason="客户重复来电，已合并处理")
    total = count(beijing).total
    assert (total.calls, total.solved, total.open) == (4, 1, 2)
    assert total.channels == {"phone": 2, "fax": 0, "letter": 0, "email": 1, "walk_in": 1}


@pytest.mark.clause("QI/03 flow")
def test_an_office_counts_its_own_calls_only(beijing: Any, shanghai: Any) -> None:
    shanghai.log()
    assert count(beijing).total == Figures(channels={})
    assert count(shanghai).total.calls == 1


@pytest.mark.clause("QI/03 3.1.4")
def test_three_rings_are_quick_enough_and_four_are_not(beijing: Any) -> None:
    for rings in ("1", "3", "4"):
        beijing.log(rings=rings)
    beijing.log()
    total = count(beijing).total
    assert (total.calls, total.rung, total.quick) == (4, 3, 2)
    (column,) = [one for one in measures(3) if one.name == "quick_share"]
    assert column.value(total, NINE) == 66.7


@pytest.mark.clause("QI/03 3.1.4")
def test_where_nobody_noted_the_rings_there_is_no_share(beijing: Any) -> None:
    beijing.log()
    (column,) = [one for one in measures(3) if one.name == "quick_share"]
    assert column.value(count(beijing).total, NINE) is None


@pytest.mark.clause("QI/03 3.1.4")
def test_an_office_may_allow_two_rings_only(beijing: Any, shanghai: Any, house: Any) -> None:
    set_parameter(shanghai.office, "hotline.most_rings", "2", SETTER_UP)
    house.see()
    for centre in (beijing, shanghai):
        centre.log(rings="3")
    assert (count(beijing).total.quick, count(shanghai).total.quick) == (1, 0)


def test_promises_are_kept_missed_or_still_running(beijing: Any) -> None:
    kept, late, overdue, running = [
        beijing.log(promised_at=f"2026-11-23T{hour}:00") for hour in ("10", "10", "10", "16")
    ]
    beijing.act(kept, "phone_back", beijing.hotline, answer=ANSWER)
    with clock.stopped_at(at(11)):
        beijing.act(late, "phone_back", beijing.hotline, answer=ANSWER)
    total = count(beijing, now=at(12)).total
    assert (total.kept, total.missed) == (1, 2)
    assert {overdue.state, running.state} == {"open"}


def test_open_calls_have_an_average_age(beijing: Any) -> None:
    for hour in (6, 8):
        with clock.stopped_at(at(hour)):
            beijing.log()
    (column,) = [one for one in measures(3) if one.name == "age"]
    assert column.value(count(beijing).total, NINE) == 2.0


# --- a day is the office's day


def test_a_day_begins_at_the_offices_midnight(beijing: Any) -> None:
    for hour, day in ((23, 22), (0, 23), (23, 23), (0, 24)):
        with clock.stopped_at(at(hour, day)):
            beijing.log()
    week = count(beijing, DAYS, Span(first=dt.date(2026, 11, 22), last=dt.date(2026, 11, 24)))
    assert [(one.label, one.figures.calls) for one in week.groups] == [
        ("2026-11-22", 1),
        ("2026-11-23", 2),
        ("2026-11-24", 1),
    ]


def test_an_office_in_another_zone_has_other_days(beijing: Any, house: Any) -> None:
    """Seven in the morning in Beijing is the evening before in Berlin: the same call, another day."""
    with clock.stopped_at(at(6)):
        beijing.log()
    assert count(beijing).total.calls == 1
    with writing():
        db.session.execute(update(Office).where(Office.id == beijing.office.id).values(zone="Europe/Berlin"))
    house.see()
    found = count(beijing, DAYS, Span(first=dt.date(2026, 11, 22), last=MONDAY))
    assert [one.figures.calls for one in found.groups] == [1, 0]


def test_weeks_begin_on_monday_and_months_on_the_first(beijing: Any) -> None:
    span = Span(first=dt.date(2026, 10, 30), last=dt.date(2026, 11, 3))
    assert [one.label for one in periods.pieces(span, WEEKS)] == [
        "2026-10-30 – 11-01",
        "2026-11-02 – 11-03",
    ]
    assert [one.label for one in periods.pieces(span, MONTHS)] == ["2026-10", "2026-11"]
    assert [one.span.days for one in periods.pieces(span, MONTHS)] == [2, 3]


@pytest.mark.parametrize(
    ("name", "first", "last", "before_first", "before_last"),
    [
        ("today", "2026-11-26", "2026-11-26", "2026-11-25", "2026-11-25"),
        ("week", "2026-11-23", "2026-11-26", "2026-11-16", "2026-11-19"),
        ("last_week", "2026-11-16", "2026-11-22", "2026-11-09", "2026-11-15"),
        ("month", "2026-11-01", "2026-11-26", "2026-10-01", "2026-10-26"),
        ("last_month", "2026-10-01", "2026-10-31", "2026-09-01", "2026-09-30"),
        ("year", "2026-01-01", "2026-11-26", "2025-01-01", "2025-11-26"),
    ],
)
def test_a_preset_is_compared_with_the_same_days_before(
    name: str, first: str, last: str, before_first: str, before_last: str
) -> None:
    asked = question.read({"range": name}, dt.date(2026, 11, 26))
    found = [str(day) for one in (asked.span, asked.before) for day in (one.first, one.last)]
    assert found == [first, last, before_first, before_last]
    assert asked.wrong == []


def test_the_last_day_of_a_month_is_compared_with_a_whole_month() -> None:
    march = Span(first=dt.date(2026, 3, 1), last=dt.date(2026, 3, 30))
    assert periods.month_before(march).last == dt.date(2026, 2, 28)
    february = Span(first=dt.date(2026, 2, 1), last=dt.date(2026, 2, 28))
    assert periods.month_before(february).last == dt.date(2026, 1, 31)


@pytest.mark.parametrize(
    "given",
    [
        {"first": "2026-11-23", "last": ""},
        {"first": "2026-11-24", "last": "2026-11-23"},
        {"first": "2000-01-01", "last": "2026-11-23"},
        {"first": "gestern", "last": "2026-11-23"},
    ],
)
def test_days_that_cannot_be_counted_are_refused_in_words(given: dict[str, str]) -> None:
    asked = question.read({"range": "custom", **given}, MONDAY)
    assert len(asked.wrong) == 1
    assert asked.span == Span(first=MONDAY, last=MONDAY)


def test_more_than_a_year_is_shown_by_week() -> None:
    given = {"range": "custom", "first": "2025-01-01", "last": "2026-11-23", "by": "day"}
    asked = question.read(given, MONDAY)
    assert (asked.by, len(asked.wrong)) == (WEEKS, 1)


# --- groups


def test_products_and_engineers_have_their_lines(beijing: Any, house: Any) -> None:
    other = beijing.hire(HOTLINE_ENGINEER, name="孙悦")
    customer = house.customer(beijing.office)
    for by in (beijing.hotline, beijing.hotline, other):
        beijing.log(customer, by=by)
    products, engineers = (count(beijing, by) for by in (PRODUCTS, ENGINEERS))
    assert [(one.label, one.figures.calls) for one in engineers.groups] == [("罗文", 2), ("孙悦", 1)]
    assert [(one.label, one.figures.calls) for one in products.groups] == [
        (customer.installations[0].product.name, 3)
    ]


@pytest.mark.clause("QR/02 form")
def test_a_call_counts_for_who_took_it_whoever_owns_it_by_now(beijing: Any) -> None:
    other = beijing.hire(HOTLINE_ENGINEER, name="孙悦")
    beijing.act(beijing.log(), "take_over", other)
    assert [one.label for one in count(beijing, ENGINEERS).groups] == ["罗文"]
    assert count(beijing, ENGINEERS, only=other.person_id).groups == []
    (mine,) = count(beijing, ENGINEERS, only=beijing.hotline.person_id).groups
    assert mine.figures.calls == 1


def statements(doing: Callable[[], Any]) -> int:
    """Count everything that is asked of the database, also what begins with a list of spans."""
    asked: list[str] = []

    def note(connection: Any, cursor: Any, statement: str, *_rest: Any) -> None:
        if statement.lstrip()[:4].upper() in ("SELE", "WITH"):
            asked.append(statement)

    event.listen(db.engine, "before_cursor_execute", note)
    try:
        doing()
    finally:
        event.remove(db.engine, "before_cursor_execute", note)
    return len(asked)


def test_the_number_of_statements_is_the_same_for_one_call_and_for_many(beijing: Any) -> None:
    week = Span(first=dt.date(2026, 11, 17), last=MONDAY)

    def asked() -> dict[str, int]:
        beijing.house.see()
        rules = rules_of(beijing.office)
        assert rules.parameter("hotline.most_rings") == 3
        assert rules.calendar.zone.key == rules.office.zone
        before = periods.same_length_before(week)
        return {by: statements(lambda by=by: counted(rules, week, before, by, NINE)) for by in periods.GROUPS}

    beijing.log(promised_at="2026-11-23T16:00")
    once = asked()
    assert set(once.values()) == {4}
    for _ in range(4):
        beijing.log(promised_at="2026-11-23T16:00")
    assert asked() == once


# --- who sees what


def test_an_engineer_sees_his_own_line_and_the_teams_total(beijing: Any, sign_in: SignIn) -> None:
    beijing.log()
    other = beijing.hire(HOTLINE_ENGINEER, name="孙悦")
    beijing.log(by=other)
    mine = said(sign_in(other).get(f"{PAGE}?range=today&by=engineer").text)
    assert "孙悦 1" in mine
    assert "罗文 1" not in mine
    assert "Total 2" in mine
    assert "The lines of colleagues are for managers." in mine
    boss = said(sign_in(beijing.duty).get(f"{PAGE}?range=today&by=engineer").text)
    assert "罗文 1" in boss
    assert "孙悦 1" in boss


def test_a_field_engineer_sees_none_and_another_office_is_not_there(beijing: Any, sign_in: SignIn) -> None:
    assert sign_in(beijing.hire(FIELD_ENGINEER)).get(PAGE).status_code == 403
    assert sign_in(beijing.duty).get("/SH/hotline/figures/").status_code == 404


# --- the page and the file


def test_an_empty_period_says_so_and_a_wrong_one_why(beijing: Any, sign_in: SignIn) -> None:
    browser = sign_in(beijing.duty)
    assert "No call came in within this period." in browser.get(PAGE).text
    wrong = browser.get(f"{PAGE}?range=custom&first=2026-11-24&last=2026-11-23")
    assert (wrong.status_code, "lies after the last one" in wrong.text) == (200, True)


def test_the_chart_stands_beside_the_table_and_carries_no_style(beijing: Any, sign_in: SignIn) -> None:
    beijing.log()
    text = sign_in(beijing.duty).get(f"{PAGE}?range=week&by=day").text
    assert '<svg xmlns="http://www.w3.org/2000/svg" role="img"' in text
    assert "11-23: 1, Solved by phone 0" in text
    assert "style=" not in text


def taken(browser: Any, kind: str, **asked: str) -> list[list[Any]]:
    answer = browser.post(EXPORT, data={"format": kind, **asked})
    assert answer.status_code == 200
    if kind == "csv":
        return list(csv.reader(io.StringIO(answer.data.decode("utf-8-sig"))))
    book = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(answer.data))
    return book.get_sheet_by_index(0).to_python()


def test_the_file_holds_exactly_what_the_page_shows(beijing: Any, sign_in: SignIn, house: Any) -> None:
    call = beijing.log(rings="2", promised_at="2026-11-23T10:00")
    beijing.act(call, "solve", beijing.hotline, answer=ANSWER)
    beijing.log(channel="email")
    browser, asked = sign_in(beijing.duty), {"range": "today", "by": "engineer"}
    page = browser.get(f"{PAGE}?range=today&by=engineer").text
    head, engineer, total, before = taken(browser, "csv", **asked)
    counts = "罗文 2 1 0 0 1 0 1 50.0 1 100.0 1 0 100.0 1 0.0"
    assert " ".join(engineer) == counts
    assert (total[1:], before[0]) == (engineer[1:], "2026-11-22")
    assert said(page.split("<tbody>")[1].split("</tbody>")[0]) == counts
    assert said(page.split("<thead>")[1].split("</thead>")[0]) == " ".join(head)
    assert [row[1] for row in taken(browser, "xlsx", **asked)[1:]] == [2, 2, 0]


def test_who_takes_it_is_written_down_and_who_may_not_is_refused(
    beijing: Any, sign_in: SignIn, house: Any
) -> None:
    beijing.log()
    assert sign_in(beijing.hotline).post(EXPORT, data={"format": "csv"}).status_code == 403
    assert sign_in(beijing.duty).post(EXPORT, data={"format": "pdf"}).status_code == 400
    taken(sign_in(beijing.duty), "csv", range="today", by="day")
    house.see()
    rows = db.session.scalars(select(LedgerRow).where(LedgerRow.procedure == "hotline.statistics")).all()
    assert [(one.kind, one.actor_id, one.details["asked"]) for one in rows] == [
        ("export", beijing.duty.person_id, {"range": "today", "by": "day"})
    ]


def test_a_customer_administrator_may_export_lists_and_yet_not_these(beijing: Any, sign_in: SignIn) -> None:
    browser = sign_in(beijing.hire(CUSTOMER_ADMINISTRATOR))
    assert browser.post(EXPORT, data={"format": "csv"}).status_code == 403


def test_shares_of_nothing_are_no_shares() -> None:
    assert (share(0, 0), share(1, 3), share(3, 3)) == (None, 33.3, 100.0)


def test_a_call_of_no_product_that_nobody_has_taken_has_a_line_too(beijing: Any) -> None:
    beijing.log()
    with writing():
        db.session.execute(update(Call).values(taken_by_id=None, installation_id=None))
    for by, label in ((ENGINEERS, "nobody"), (PRODUCTS, "no product named")):
        (group,) = count(beijing, by).groups
        assert getattr(group.label, "msgid", "") == label
