"""Lists in a real browser: a state is one line, and no width makes the page scroll sideways."""

from typing import Any

import pytest
from playwright.sync_api import expect

from core.testing import House
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
    assert page.evaluate("document.documentElement.scrollWidth") <= width
