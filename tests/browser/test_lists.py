"""Lists and menu in a real browser: a state is one line, and no width makes the page scroll sideways."""

from typing import Any

import pytest
from playwright.sync_api import expect

from core.testing import House
from tests.browser.looks import beyond
from tests.browser.test_call_desk import SYMPTOM, Centre, choose

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("width", [390, 1120, 1280, 1366])
def test_a_state_is_never_broken_into_two_lines(house: House, browse: Any, width: int) -> None:
    centre = Centre(house)
    page = browse(centre.engineer, "en", viewport={"width": width, "height": 768})
    page.goto(f"/SH/hotline/desk?customer={centre.first}")
    for name, text in (("module", "总账"), ("operation", "反结账"), ("happens", SYMPTOM)):
        page.locator(f"#{name}").fill(text)
    choose(page, "hand_over")
    page.locator("#hand_over-reason").fill("客户要求上门")
    page.locator("#submit").click()
    expect(page.locator(".note-done")).to_be_visible()
    page.goto("/SH/hotline/call/")
    state = page.locator(".rows .chip", has_text="With the regional manager").bounding_box()
    assert state
    assert state["height"] < 30
    assert beyond(page) <= 0


def test_the_menu_is_one_row_on_a_phone_with_the_readers_place_in_sight(house: House, browse: Any) -> None:
    page = browse(Centre(house).engineer, "zh_Hans_CN", viewport={"width": 390, "height": 844})
    page.goto("/SH/hotline/shift/today")
    row, here = page.locator(".menu-row"), page.locator(".menu-row summary[aria-current]")
    box = here.bounding_box()
    assert row.bounding_box()["height"] < 60
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= 390
    here.click()
    expect(page.locator(".menu-row details[open] .pop-list")).to_be_in_viewport()
    assert beyond(page) <= 0
