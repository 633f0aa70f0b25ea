"""The hotline's days in a real browser, as those live them who do not sit at the desk: each role, in each language."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from core import clock
from core.db import db
from core.i18n import LOCALES
from core.people import Actor, Person
from core.roles import DUTY_MANAGER, HOTLINE_ENGINEER, SUPPORT_MANAGER
from core.testing import NATIONAL, House
from plugins.fieldservice.testing import Centre
from plugins.hotline.log.models import DayLog
from plugins.hotline.models import Call, KnowledgeEntry
from plugins.hotline.roster.models import Roster
from plugins.hotline.shift.models import Handover

pytestmark = [pytest.mark.browser, pytest.mark.parametrize("locale", LOCALES)]
# Monday, nine o'clock in Shanghai.
NINE = dt.datetime(2026, 11, 23, 1, tzinfo=dt.UTC)
TOLD = "已与客户通电话，先按临时办法发工资，热线继续处理"
WANTED = {
    "department": "定制开发部",
    "matter": "希望把销售出库单导出成税务局要求的格式",
    "reached_by": "contact",
    "contact": "高敏",
    "phone": "021-61541030",
}
ENTRY = {"problem": "反结账后账套仍是已结账状态", "solution": "先备份，再重建索引，然后反结账"}


@pytest.fixture
def centre(house: House) -> Iterator[Centre]:
    with clock.stopped_at(NINE):
        yield Centre(house, "SH", *NATIONAL)


def sit_down(browse: Any, actor: Actor, locale: str) -> Page:
    page: Page = browse(db.session.get(Person, actor.person_id), locale)
    return page


def take(page: Page, step: str, **said: str) -> None:
    """Choose a step on a case's page unless it lies open, fill it in, and take it."""
    expect(page.locator(".case-head")).to_be_visible()
    page.wait_for_load_state("load")
    form = page.locator(f"form[action$='/{step}']")
    if not form.count():
        link = page.locator(f".choices a[href*='{step}']")
        if not link.is_visible():
            page.locator(".choices-more > summary").click()
        link.click()
    for name, value in said.items():
        form.locator(f"[name={name}]").fill(value)
    form.locator(".form-foot button").click()
    expect(page.locator(".note-done")).to_be_visible()


def only(centre: Centre, model: type[Any]) -> Any:
    """Return the one case of a kind, as the database has it now."""
    centre.house.see()
    db.session.expire_all()
    return db.session.query(model).one()


@pytest.mark.clause("QI/03 3.1.7")
def test_the_duty_manager_answers_a_demand_from_the_board(centre: Centre, browse: Any, locale: str) -> None:
    call = centre.log()
    centre.act(call, "demand", centre.hotline, demand="明天发工资，要求今天必须来人，否则投诉")
    page = sit_down(browse, centre.duty, locale)
    page.goto("/")
    page.locator(".menu-row a[href$='/hotline/board/']").click()
    pile = page.locator("section[aria-labelledby=board-demands]")
    expect(pile.locator(".board-line")).to_have_count(1)
    pile.locator("a").click()
    take(page, "answer_demand", answer=TOLD)
    assert only(centre, Call).state == "open"
    page.locator(".menu-row a[href$='/hotline/board/']").click()
    expect(pile.locator(".board-line")).to_have_count(0)


@pytest.mark.clause("QI/03 3.3.3")
def test_the_duty_manager_passes_on_and_phones_the_result(centre: Centre, browse: Any, locale: str) -> None:
    call = centre.log()
    centre.act(call, "transfer", centre.hotline, **WANTED)
    page = sit_down(browse, centre.duty, locale)
    page.goto("/")
    page.locator(f"main a[href*='{call.number}']").first.click()
    take(page, "pass_on", passed_to="赵工")
    take(page, "tell_result", answer="定制开发部已报价，客户下周一与赵工面谈")
    assert only(centre, Call).state == "transferred"


@pytest.mark.clause("QI/03 3.1.2")
def test_the_duty_manager_takes_over_what_was_left_and_closes_the_day(
    centre: Centre, browse: Any, locale: str
) -> None:
    centre.log()
    page = sit_down(browse, centre.duty, locale)
    page.goto("/SH/hotline/handover/today")
    page.locator("form.seat-tap button.btn-primary").click()
    expect(page.locator("tr[id^=line-]")).to_have_count(1)
    # Its key works as soon as it is seen.
    expect(page.locator("[data-tick-all]")).to_be_visible()
    page.keyboard.press("a")
    expect(page.locator("[name=ticked]")).to_be_checked()
    page.keyboard.press("s")
    expect(page.locator("#sign")).to_have_count(0)
    assert only(centre, Handover).state == "taken"
    page.goto("/SH/hotline/log/")
    page.locator("form[action*='/day_log/'] button").click()
    expect(page.locator(".note-done")).to_be_visible()
    with clock.stopped_at(NINE.replace(hour=10)):
        page.reload()
        take(page, "close", remark="一通来电未结，已交接")
    assert only(centre, DayLog).state == "closed"


@pytest.mark.clause("QP/2-04 5.1", "QR/01 form")
def test_the_support_manager_draws_up_next_month(centre: Centre, browse: Any, locale: str) -> None:
    support = centre.hire(SUPPORT_MANAGER, name="何志强")
    for name in ("赵一", "钱二", "孙三"):
        centre.hire(HOTLINE_ENGINEER, DUTY_MANAGER, name=name)
    page = sit_down(browse, support, locale)
    page.goto("/SH/hotline/duty/2026-12")
    for deed in ("begin", "propose", "publish"):
        page.locator(f"button[value={deed}]").click()
        expect(page.locator(".note-done")).to_be_visible()
    expect(page.locator("#reason")).to_be_visible()
    roster = only(centre, Roster)
    assert (roster.state, {shift.engineer_id is None for shift in roster.shifts}) == ("published", {False})


@pytest.mark.clause("QI/01 flow")
def test_the_support_manager_reviews_what_a_call_taught(centre: Centre, browse: Any, locale: str) -> None:
    support = centre.hire(SUPPORT_MANAGER, name="何志强")
    call = centre.log()
    centre.act(call, "solve", centre.hotline, answer="已请客户重建索引，反结账成功")
    centre.act(call, "standardise", centre.hotline, **ENTRY)
    page = sit_down(browse, support, locale)
    page.goto("/")
    page.locator(f"main a[href*='{only(centre, KnowledgeEntry).number}']").first.click()
    take(page, "publish")
    assert only(centre, KnowledgeEntry).state == "published"
    page.goto("/SH/hotline/figures/?range=this_week")
    expect(page.locator("main svg").first).to_be_visible()
    with page.expect_download() as download:
        page.locator("button[value=csv]").click()
    told = download.value.path().read_text("utf-8-sig").splitlines()
    assert len(told) == page.locator(".figures-table tr").count()


@pytest.mark.clause("QI/03 3.3.1")
def test_the_regional_manager_settles_what_was_handed_over(centre: Centre, browse: Any, locale: str) -> None:
    call = centre.log()
    centre.act(call, "hand_over", centre.hotline, reason="服务到期，客户要求上门")
    page = sit_down(browse, centre.manager, locale)
    page.goto("/")
    page.locator(f"main a[href*='{call.number}']").first.click()
    take(page, "settle", answer="客户同意续签年度服务卡，明天安排上门")
    assert only(centre, Call).state == "settled"
