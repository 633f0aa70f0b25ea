"""The search box in a real browser: the keyboard alone finds a case, and no script is needed to find one."""

import re
from typing import Any

import pytest
from playwright.sync_api import expect

from core import gate
from core.db import db
from core.roles import NATIONAL_ROLES
from core.testing import House
from tests.browser.test_call_desk import SYMPTOM, Centre

pytestmark = pytest.mark.browser
CALL = {
    "channel": "phone",
    "contact": "高敏",
    "phone": "021-61541030",
    "module": "总账",
    "operation": "反结账",
}


@pytest.fixture
def centre(house: House) -> Centre:
    """The centre with two calls about the same symptom."""
    centre = Centre(house)
    actor = house.actor(house.person(centre.office, *NATIONAL_ROLES))
    for customer in (centre.first, centre.second):
        said = CALL | {"customer_id": str(customer), "happens": SYMPTOM}
        gate.perform("hotline.call", None, "log", actor, said, office=centre.office)
        house.see()
    db.session.refresh(centre.engineer)
    return centre


def test_the_arrows_go_through_what_is_found_while_typing(centre: Centre, browse: Any) -> None:
    page = browse(centre.engineer, "en")
    page.goto("/SH/hotline/call/")
    page.keyboard.press("/")
    page.keyboard.type("6105")
    expect(page.locator(".hit .number")).to_have_text(["SH-H-2026-00002", "SH-H-2026-00001"])
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    expect(page.locator(".hit:focus")).to_contain_text("SH-H-2026-00001")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(r"/SH/hotline/call/SH-H-2026-00001$"))


def test_escape_closes_what_was_found_and_goes_back_to_the_box(centre: Centre, browse: Any) -> None:
    page = browse(centre.engineer, "en")
    page.goto("/")
    page.keyboard.press("/")
    page.keyboard.type("恒源")
    expect(page.locator(".hit").first).to_be_visible()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Escape")
    expect(page.locator(".hit")).to_have_count(0)
    expect(page.locator(".top-search input")).to_be_focused()


@pytest.mark.parametrize("width", [390, 1366])
def test_without_a_script_the_box_leads_to_all_that_was_found(
    centre: Centre, browse: Any, width: int
) -> None:
    page = browse(centre.engineer, "en", java_script_enabled=False, viewport={"width": width, "height": 800})
    page.goto("/SH/hotline/call/")
    page.locator(".top-search input").fill("6105")
    page.locator(".top-search input").press("Enter")
    expect(page.locator(".found .number")).to_have_text(["SH-H-2026-00002", "SH-H-2026-00001"])
    expect(page.locator("mark").first).to_have_text("6105")


def test_a_list_is_asked_kept_and_undone_without_a_script(centre: Centre, browse: Any) -> None:
    page = browse(centre.engineer, "en", java_script_enabled=False)
    page.goto("/SH/hotline/call/")
    page.locator(".list-bar .find-in").fill("恒源")
    page.locator(".list-bar .filters > button").click()
    expect(page.locator(".rows .number")).to_have_text(["SH-H-2026-00002"])
    page.locator(".list-tools summary").first.click()
    page.locator(".list-tools input[name=name]").fill("恒源的")
    page.get_by_role("button", name="Save this filter").click()
    expect(page.locator(".tabs [aria-current]")).to_contain_text("恒源的")
    page.locator(".list-tools summary").first.click()
    page.get_by_role("button", name="Delete").click()
    expect(page.locator(".tabs")).to_have_count(0)
    page.get_by_role("button", name="Undo").click()
    expect(page.locator(".tabs [aria-current]")).to_contain_text("恒源的")
    expect(page.locator(".rows .number")).to_have_text(["SH-H-2026-00002"])
