"""QR/02 on paper and on the screen: landscape, the head on every page, corrections struck through."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any

import pypdfium2
import pytest
from sqlalchemy import select

from core import clock, paper
from core.db import db, writing
from core.jobs import turns
from core.records import LANDSCAPE
from core.roles import ADMINISTRATOR, FIELD_ENGINEER
from core.testing import SignIn, said
from plugins.fieldservice.testing import VISIT
from plugins.hotline.log.models import DayLog, LogLine
from plugins.hotline.log.records import day_form
from plugins.hotline.models import Call

NINE = dt.datetime(2026, 11, 23, 1, tzinfo=dt.UTC)
EVENING = dt.datetime(2026, 11, 23, 10, tzinfo=dt.UTC)
LONG = "上海恒远服装进出口股份有限责任公司浦东新区金桥出口加工区第二分公司财务部"
ANSWER = "已电话告知重建索引的方法"


@pytest.fixture(autouse=True)
def evening() -> Iterator[None]:
    with clock.stopped_at(EVENING):
        yield


@pytest.fixture
def log(beijing: Any, house: Any) -> DayLog:
    """A closed day with a call that was solved and one for which somebody visits."""
    with clock.stopped_at(NINE):
        beijing.act(
            beijing.log(house.customer(beijing.office, LONG)), "solve", beijing.hotline, answer=ANSWER
        )
        beijing.act(beijing.log(), "request_visit", beijing.hotline, **VISIT)
    return close(beijing)


def close(centre: Any) -> DayLog:
    list(turns.run_due())
    centre.house.see()
    log = db.session.scalars(select(DayLog).where(DayLog.office_id == centre.office.id)).one()
    closed: DayLog = centre.act(log, "close", centre.duty)
    return closed


def preview(browser: Any, log: DayLog) -> str:
    answer = browser.get(f"/BJ/hotline/day_log/{log.number}/paper/QR-02")
    assert answer.status_code == 200
    return str(answer.text)


def pages_of(made: bytes) -> list[str]:
    document = pypdfium2.PdfDocument(made)
    return [page.get_textpage().get_text_range().replace("\r\n", "") for page in document]


@pytest.mark.clause("QR/02 form")
def test_the_paper_is_that_of_edition_1() -> None:
    assert (day_form.edition, day_form.orientation) == (1, LANDSCAPE)
    assert day_form.full_code("UFS/") == "UFS/QP/2-04/QR/02"
    assert day_form.fingerprint == "71f9dcdcec168b93"


@pytest.mark.clause("QR/02 form")
def test_it_says_who_was_on_duty_and_a_line_for_each_call(beijing: Any, log: DayLog, sign_in: SignIn) -> None:
    text = said(preview(sign_in(beijing.duty), log))
    request = beijing.request_of(db.session.scalars(select(Call).order_by(Call.id.desc())).first())
    for words in (
        "罗文",
        "2026-11-23",
        str(log.number),
        LONG,
        ANSWER,
        "By phone",
        "Visit",
        request.number,
        "周艳",
    ):
        assert words in text
    assert "Corrections after closing" not in text


@pytest.mark.clause("QR/02 form")
def test_a_correction_is_struck_through_on_paper_and_on_the_screen(
    beijing: Any, log: DayLog, sign_in: SignIn
) -> None:
    line = log.lines[0]
    given = {"line_id": line.id, "field": "unit", "value": "恒远物流", "reason": "记错单位"}
    beijing.act(log, "correct_line", beijing.duty, **given)
    browser = sign_in(beijing.duty)
    page = preview(browser, log)
    assert f"<s>{LONG}</s>\n恒远物流" in page
    assert "Corrections after closing" in page
    assert "记错单位" in page
    assert f"<del>{LONG}</del>" in browser.get("/BJ/hotline/log/2026-11-23").text


@pytest.mark.clause("QR/02 form")
def test_what_was_not_corrected_is_not_struck_through(beijing: Any, log: DayLog, sign_in: SignIn) -> None:
    browser = sign_in(beijing.duty)
    assert "<s>" not in preview(browser, log)
    assert "<del>" not in browser.get("/BJ/hotline/log/2026-11-23").text


@pytest.mark.clause("QR/02 form")
def test_two_hundred_calls_print_over_several_pages_with_the_head_on_each(
    beijing: Any, log: DayLog, sign_in: SignIn
) -> None:
    call = db.session.scalars(select(Call).order_by(Call.id)).first()
    assert call is not None
    copied = {
        one.key: getattr(call, one.key) for one in Call.__table__.columns if one.key not in ("id", "number")
    }
    with writing():
        db.session.add_all(Call(number=f"BJ-H-2026-1{place:04d}", **copied) for place in range(198))
    beijing.house.see()
    log = beijing.act(log, "supplement", beijing.duty)
    assert log.calls == 200
    answer = sign_in(beijing.duty, "zh_Hans_CN").post(
        f"/BJ/hotline/day_log/{log.number}/paper/QR-02", follow_redirects=True
    )
    assert answer.mimetype == "application/pdf"
    pages = pages_of(answer.data)
    assert len(pages) > 5
    assert all("2026-11-23 · 罗文" in one for one in pages)
    heads = [str(one.label) for one in day_form.parts[1].fields]
    assert all(heads[1] in one for one in pages[:-1])
    assert "BJ-H-2026-10197" in "".join(pages)
    width, height = pypdfium2.PdfDocument(answer.data)[0].get_size()
    assert width > height


# --- on the screen


def test_a_day_that_nobody_has_begun_shows_its_calls_and_can_be_begun(beijing: Any, sign_in: SignIn) -> None:
    with clock.stopped_at(NINE):
        call = beijing.log()
    browser = sign_in(beijing.duty)
    page = browser.get("/BJ/hotline/log/")
    assert (page.status_code, call.number in page.text) == (200, True)
    assert "Begin this log" in page.text
    answer = browser.post("/BJ/hotline/day_log/new/begin", data={"day": "2026-11-23"})
    assert answer.status_code == 302
    assert "Close, correct, print" in browser.get("/BJ/hotline/log/2026-11-23").text


def test_an_empty_day_says_so_and_a_day_that_is_none_is_not_there(beijing: Any, sign_in: SignIn) -> None:
    browser = sign_in(beijing.hotline)
    assert "No call on this day." in browser.get("/BJ/hotline/log/2026-11-01").text
    assert browser.get("/BJ/hotline/log/yesterday").status_code == 404
    assert (
        browser.get("/BJ/hotline/log/?day=2026-11-01")
        .headers["Location"]
        .endswith("/BJ/hotline/log/2026-11-01")
    )


def test_whoever_may_see_calls_may_see_the_log_and_nobody_else(
    beijing: Any, shanghai: Any, sign_in: SignIn
) -> None:
    assert sign_in(beijing.hire(FIELD_ENGINEER)).get("/BJ/hotline/log/").status_code == 200
    assert sign_in(beijing.hire(ADMINISTRATOR)).get("/BJ/hotline/log/").status_code == 403
    assert sign_in(shanghai.duty).get("/BJ/hotline/log/").status_code == 404


def test_a_value_that_was_corrected_to_nothing_is_struck_through_alone(beijing: Any, log: DayLog) -> None:
    line = log.lines[1]
    beijing.act(log, "correct_line", beijing.duty, line_id=line.id, field="request", reason="请求单已作废")
    act = beijing.look(log, beijing.duty)
    filled = paper.filled(act.rules.plugins.forms["QR/02"], act)
    cell = filled.blocks[1].lines[1][4]
    assert [(one.text, one.struck) for one in cell.pieces] == [(line.request, True)]


def test_a_call_that_ended_in_a_state_whose_plugin_has_gone_is_read_by_its_name(
    beijing: Any, log: DayLog, sign_in: SignIn
) -> None:
    with writing():
        line = db.session.scalars(select(LogLine).where(LogLine.log_id == log.id)).first()
        assert line is not None
        line.state, line.result = "remote", "other"
    page = sign_in(beijing.duty).get(f"/BJ/hotline/log/{log.day}").text
    assert (
        '<span class="chip chip-off" title="The plugin that brought this state is not here.">remote</span>'
        in page
    )
