"""The further outcomes at the call desk, in a real browser: by digit, side by side, and closed as soon as it is known."""

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from core.testing import House
from plugins.hotline.models import Call, Recovery
from tests.browser.looks import beyond
from tests.browser.test_call_desk import PHONE, SYMPTOM, Centre, choose, outcome, tab_to, type_on

pytestmark = [pytest.mark.browser]


@pytest.fixture
def centre(house: House) -> Centre:
    return Centre(house)


def begin(page: Page, centre: Centre, happens: str) -> None:
    """Take a call as far as its symptom, with the keyboard alone."""
    page.goto(f"/SH/hotline/desk?customer={centre.first}")
    tab_to(page, "module")
    page.keyboard.type("总账")
    type_on(page, "反结账", happens)
    page.keyboard.press("Tab")


@pytest.mark.clause("QI/03 3.3.3")
def test_a_call_goes_to_another_department_by_its_digit(centre: Centre, browse: Any) -> None:
    page = browse(centre.engineer, "zh_Hans_CN")
    begin(page, centre, SYMPTOM)
    choose(page, "transfer")
    tab_to(page, "transfer-department")
    page.keyboard.press("ArrowDown")
    tab_to(page, "transfer-matter")
    page.keyboard.type("希望把出库单导出成税务局要求的格式")
    page.keyboard.press("Control+Enter")
    expect(page.locator(".note-done")).to_contain_text("SH-H-")
    call = centre.only(Call)
    assert (call.state, call.department) == ("to_pass_on", "定制开发部")


@pytest.mark.clause("QI/03 3.1.14")
def test_a_lost_password_closes_visit_and_answer_at_once(centre: Centre, browse: Any) -> None:
    page = browse(centre.engineer, "zh_Hans_CN")
    begin(page, centre, "会计离职，忘记了系统管理员密码")
    advised = page.locator(".outcome-advised", has=outcome(page, "recover"))
    expect(advised).to_be_visible()
    for closed in ("solve", "request_visit"):
        expect(outcome(page, closed)).to_be_disabled()
    choose(page, "recover")
    tab_to(page, "recover-password_of")
    page.keyboard.type("系统管理员 admin")
    tab_to(page, "recover-told")
    page.keyboard.press("Space")
    page.keyboard.press("Control+Enter")
    expect(page.locator(".note-done")).to_contain_text("SH-H-")
    expect(page.locator(".note-done")).not_to_contain_text("SH-PW-")
    assert centre.only(Recovery).state == "papers"


@pytest.mark.parametrize("size", [{"width": 1366, "height": 768}, PHONE], ids=["desk", "phone"])
def test_every_outcome_is_in_sight_and_nothing_is_cut_off(centre: Centre, browse: Any, size: Any) -> None:
    page = browse(centre.engineer, "en")
    page.set_viewport_size(size)
    page.goto(f"/SH/hotline/desk?customer={centre.first}")
    assert page.locator("[name=outcome]").count() == 12
    digits = page.locator("[data-digit]").evaluate_all(
        "many => many.map((one) => one.dataset.digit).join('')"
    )
    assert digits == "0123456789"
    assert beyond(page) <= 0, "nothing stands beyond the edge"
    hidden = page.locator(".desk-outcomes").evaluate("one => one.scrollHeight - one.clientHeight")
    assert hidden <= 8, "the list needs no scrolling"
