"""The month's page: the grid, its forms, its keys to a calendar."""

from __future__ import annotations

from typing import Any


def test_a_month_opens(planners: Any, sign_in: Any) -> None:
    browser = sign_in(planners.support)
    assert browser.get("/BJ/hotline/roster/").status_code == 302
    assert browser.get("/BJ/hotline/roster/2026-12").status_code == 200
    assert browser.post("/BJ/hotline/roster/2026-12", data={"deed": "begin"}).status_code == 302
    assert browser.get("/BJ/hotline/roster/2026-12").status_code == 200
    page = browser.get("/BJ/hotline/roster/calendar")
    assert page.status_code == 200
