"""The day's dispatch sheet (QR/04): every dispatch stands on one, and nothing is left without a reason (QP/2-04 5.4)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import event, select

from core import clock
from core.db import db
from core.deadlines import MET, MISSED, OPEN
from core.errors import RefusalKind, Refused
from core.jobs import turns
from core.roles import FIELD_ENGINEER
from core.testing import said
from plugins.fieldservice.dispatching.models import DispatchSheet
from plugins.fieldservice.dispatching.sheet import lines
from plugins.fieldservice.dispatching.sheet.record import sheet_form

# Monday 2026-11-23, 09:00 and 16:30 in Beijing; the office closes at 17:00.
NINE = dt.datetime(2026, 11, 23, 1, tzinfo=dt.UTC)
HALF_PAST_FOUR = dt.datetime(2026, 11, 23, 8, 30, tzinfo=dt.UTC)
A_DAY = dt.timedelta(days=1)
MONDAY = dt.date(2026, 11, 23)
CLOSING, SHEET = "fieldservice.close_sheet", "fieldservice.dispatch_sheet"


@pytest.fixture(autouse=True)
def nine() -> Iterator[None]:
    with clock.stopped_at(NINE):
        yield


def timer(house: Any, at: dt.datetime = NINE) -> None:
    """Let the timer have its turn, and see that nothing went wrong in it."""
    with clock.stopped_at(at):
        ran = [one.trouble for one in turns.run_due() if one.job == "fieldservice.dispatch_sheet"]
        assert set(ran) <= {None}
    house.see()


def sheet_of(centre: Any, day: dt.date = MONDAY) -> DispatchSheet:
    where = (DispatchSheet.office_id == centre.office.id, DispatchSheet.day == day)
    return db.session.scalars(select(DispatchSheet).where(*where)).one()


def dispatch(centre: Any, request: Any = None) -> Any:
    request = request or centre.registered()
    return centre.act(request, "dispatch", centre.duty, engineer_id=centre.engineer.person_id)


def close(
    centre: Any, at: dt.datetime = HALF_PAST_FOUR, day: dt.date = MONDAY, **values: Any
) -> DispatchSheet:
    with clock.stopped_at(at):
        closed: DispatchSheet = centre.act(sheet_of(centre, day), "close", centre.duty, **values)
    return closed


@pytest.mark.clause("QR/04 form")
def test_the_timer_begins_the_sheet_once_the_office_has_opened(beijing: Any, house: Any) -> None:
    timer(house, dt.datetime(2026, 11, 23, 0, 29, tzinfo=dt.UTC))
    assert db.session.scalars(select(DispatchSheet)).all() == []
    for _twice in range(2):
        timer(house, dt.datetime(2026, 11, 23, 0, 36, tzinfo=dt.UTC))
    assert (sheet_of(beijing).state, sheet_of(beijing).number) == ("running", "BJ-DS-2026-00001")


@pytest.mark.clause("QR/04 form")
def test_no_sheet_begins_on_a_day_off(house: Any, beijing: Any) -> None:
    timer(house, NINE - A_DAY)
    assert db.session.scalars(select(DispatchSheet)).all() == []


def test_a_day_has_one_sheet_and_tomorrow_none(beijing: Any, house: Any) -> None:
    timer(house)
    for day in (MONDAY - A_DAY, MONDAY, MONDAY + A_DAY):
        with pytest.raises(Refused) as refused:
            beijing.create(SHEET, "begin", beijing.duty, day=day)
        assert set(refused.value.errors) == {"day"}


@pytest.mark.clause("QR/04 form")
def test_what_is_dispatched_stands_on_the_sheet_at_once(beijing: Any, house: Any) -> None:
    sent = dispatch(beijing)
    beijing.registered()
    timer(house)
    (line,) = lines.shown(sheet_of(beijing))
    assert (line.number, line.engineer, line.dispatched_at) == (sent.number, "王力", NINE)
    assert (line.turned_in_at, line.result, line.again) == (None, "", "")


@pytest.mark.clause("QP/2-04 5.4")
def test_nothing_is_left_undispatched_without_a_reason(beijing: Any, house: Any) -> None:
    sent, left, other = dispatch(beijing), beijing.registered(), beijing.registered()
    timer(house)
    with clock.stopped_at(HALF_PAST_FOUR):
        refused = beijing.refused(
            sheet_of(beijing), "close", beijing.duty, reasons=f"{left.number}: 客户改到周三"
        )
    assert refused.kind is RefusalKind.FORM
    assert (str(other.number) in str(refused), str(left.number) in str(refused)) == (True, False)
    typed = f"{left.number}: 客户改到周三\n{other.number}：无人会新版本\n等培训"
    sheet = close(beijing, reasons=typed)
    assert [(one.number, one.reason) for one in sheet.left_over] == [
        (left.number, "客户改到周三"),
        (other.number, "无人会新版本\n等培训"),
    ]
    assert ([one.number for one in sheet.lines], sheet.dispatched, sheet.left) == ([sent.number], 1, 2)


@pytest.mark.clause("QP/2-04 5.4")
def test_where_everything_is_dispatched_nothing_is_asked(beijing: Any, house: Any) -> None:
    dispatch(beijing)
    timer(house)
    assert close(beijing, remark="一切正常").state == "closed"


@pytest.mark.clause("QP/2-04 5.4")
@pytest.mark.parametrize(("hours", "state"), [(0, MET), (1, MISSED)])
def test_the_duty_manager_closes_it_by_closing_time(beijing: Any, house: Any, hours: int, state: str) -> None:
    timer(house)
    promise = beijing.promises(sheet_of(beijing))[CLOSING]
    assert (promise.state, promise.role) == (OPEN, "duty_manager")
    assert promise.due_at == dt.datetime(2026, 11, 23, 9, tzinfo=dt.UTC)
    close(beijing, HALF_PAST_FOUR + dt.timedelta(hours=hours))
    assert beijing.promises(sheet_of(beijing))[CLOSING].state == state


def test_it_is_not_closed_long_before_the_office_is(beijing: Any, house: Any) -> None:
    timer(house)
    refused = beijing.refused(sheet_of(beijing), "close", beijing.duty)
    assert (refused.kind, "16:00" in str(refused)) == (RefusalKind.OBJECTION, True)
    with clock.stopped_at(HALF_PAST_FOUR):
        assert beijing.refused(sheet_of(beijing), "close", beijing.hotline).kind is RefusalKind.ROLE


@pytest.mark.clause("QR/04 form")
def test_what_is_dispatched_after_closing_stands_on_the_next_sheet(beijing: Any, house: Any) -> None:
    timer(house)
    closed = close(beijing)
    with clock.stopped_at(HALF_PAST_FOUR + dt.timedelta(minutes=10)):
        late = dispatch(beijing)
    timer(house, NINE + A_DAY)
    assert lines.shown(sheet_of(beijing)) == list(closed.lines) == []
    assert [one.number for one in lines.shown(sheet_of(beijing, MONDAY + A_DAY))] == [late.number]


@pytest.mark.clause("QR/04 form")
def test_a_closed_sheet_says_what_was_so_then(beijing: Any, house: Any) -> None:
    sent = dispatch(beijing)
    timer(house)
    close(beijing)
    other = beijing.hire(FIELD_ENGINEER)
    with clock.stopped_at(HALF_PAST_FOUR + A_DAY):
        beijing.act(sent, "recall", beijing.duty, reason="王力请假")
        beijing.act(sent, "dispatch", beijing.duty, engineer_id=other.person_id)
    timer(house, HALF_PAST_FOUR + A_DAY)
    (line,) = lines.shown(sheet_of(beijing))
    assert (line.engineer, line.dispatched_at, line.result) == ("王力", NINE, "")


@pytest.mark.clause("QR/04 form")
def test_what_was_empty_is_filled_in_when_it_comes_back(beijing: Any, house: Any) -> None:
    request = dispatch(beijing)
    timer(house)
    sheet = close(beijing)
    assert beijing.refused(sheet, "complete", beijing.duty).kind is RefusalKind.OBJECTION
    with clock.stopped_at(NINE + A_DAY):
        first = beijing.confer(beijing.turned_in("partly", request), "重建索引")
        beijing.act(first, "send_again", beijing.duty, advice="重建索引")
    timer(house, NINE + A_DAY)
    (line,) = lines.shown(sheet_of(beijing))
    assert (line.turned_in_at, line.result) == (NINE + A_DAY, "partly")
    assert line.again == "BJ-R-2026-00002"


@pytest.mark.clause("QR/04 form")
def test_the_paper_is_landscape_and_has_the_book_s_fields(beijing: Any, house: Any) -> None:
    assert (sheet_form.code, sheet_form.under, sheet_form.orientation) == ("QR/04", "QP/2-04", "landscape")
    sent, left = dispatch(beijing), beijing.registered()
    timer(house)
    sheet = close(beijing, reasons=f"{left.number}: 客户改到周三")
    printed = [
        [str(one.value(line)) for one in sheet_form.parts[1].fields if one.value] for line in sheet.lines
    ]
    assert (printed[0][0], printed[0][2]) == (sent.number, "王力")
    assert [one.reason for one in sheet_form.parts[2].rows(sheet)] == ["客户改到周三"]  # type: ignore[union-attr]


@pytest.mark.clause("QR/04 form")
def test_the_page_asks_a_reason_for_each_and_loses_nothing(beijing: Any, house: Any, sit_down: Any) -> None:
    left, other = beijing.registered(), beijing.registered()
    timer(house)
    screen = sit_down(beijing, beijing.duty)
    path, version = f"/BJ/fieldservice/sheet/{MONDAY}", sheet_of(beijing).version
    with clock.stopped_at(HALF_PAST_FOUR):
        typed = {f"reason-{left.number}": "客户改到周三", "remark": "备注一"}
        status, page = screen.send("POST", path, seen=version, **typed)
        assert (status, "客户改到周三" in page, "备注一" in page) == (422, True, True)
        assert f"or dispatch it first: {other.number}." in page
        typed[f"reason-{other.number}"] = "无人会新版本"
        assert screen.send("POST", path, seen=version, **typed)[0] == 302
        page = said(screen.get(f"sheet/{MONDAY}"))
    for words in (str(left.number), "无人会新版本", "Closed by 周艳", "备注一"):
        assert words in page


def test_the_page_says_why_it_cannot_be_closed_yet(beijing: Any, house: Any, sit_down: Any) -> None:
    timer(house)
    page = said(sit_down(beijing, beijing.duty).get(f"sheet/{MONDAY}"))
    assert "The day still runs: close its sheet after 2026-11-23 16:00." in page
    assert "Close the sheet" in page
    status, _page = sit_down(beijing, beijing.duty).send("GET", "/BJ/fieldservice/sheet/")
    assert status == 302
    assert "Nobody has begun a sheet" in sit_down(beijing, beijing.duty).get("sheet/2026-11-20")


def test_a_longer_sheet_asks_the_database_no_more_often(beijing: Any, house: Any, sit_down: Any) -> None:
    timer(house)
    screen = sit_down(beijing, beijing.duty)
    screen.get(f"sheet/{MONDAY}")
    asked = []
    for _round in range(2):
        for _two in range(2):
            dispatch(beijing)
            beijing.registered()
        asked.append(questions(screen, f"sheet/{MONDAY}"))
    assert asked[0] == asked[1]


def questions(screen: Any, path: str) -> int:
    """Count the questions that a page asks the database."""
    told: list[Any] = []

    def note(*question: Any) -> None:
        told.append(question[2])

    event.listen(db.engine, "before_cursor_execute", note)
    screen.get(path)
    event.remove(db.engine, "before_cursor_execute", note)
    return len(told)


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("A-1: 等客户", {"A-1": "等客户"}),
        ("A-1 等客户\n再等一天\nA-2：没有人", {"A-1": "等客户\n再等一天", "A-2": "没有人"}),
        ("A-1:\nA-2: ", {}),
        ("随便写", {}),
    ],
)
def test_reasons_are_read_a_line_for_each_request(text: str, read: dict[str, str]) -> None:
    assert lines.reasons(text, ["A-1", "A-2"]) == read
    assert lines.reasons(lines.written(read), ["A-1", "A-2"]) == read
