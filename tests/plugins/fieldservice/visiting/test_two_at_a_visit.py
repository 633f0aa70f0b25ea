"""Two people at one visit hear of each other before they collide: the engineer on site, whoever looks from the desk."""

from __future__ import annotations

import datetime as dt
from typing import Any

from core import clock
from core.roles import SENIOR_ENGINEER
from core.testing import SignIn, said
from tests.core.conftest import queries_of  # noqa: F401

NINE = dt.datetime(2026, 11, 23, 1, tzinfo=dt.UTC)


def test_the_visits_page_names_who_else_has_the_request_open_and_what_he_is_filling_in(
    beijing: Any, sign_in: SignIn
) -> None:
    request = beijing.on_site()
    visit, case = (f"/BJ/fieldservice/{kind}/{request.number}" for kind in ("visit", "request"))
    engineer, duty = sign_in(beijing.engineer), sign_in(beijing.duty)
    with clock.stopped_at(NINE):
        page = engineer.get(visit)
        assert f'hx-post="{case}/here"' in page.text, (
            "the page says that it is open, where the case's page does"
        )
        assert "presence.js" in page.text
        assert "has this open too" not in said(page.text)
        duty.post(f"{case}/here")
        assert "周艳 has this open too" in said(engineer.get(visit).text)
        assert "周艳 has this open too" in engineer.post(f"{case}/here").text
        engineer.post(f"{case}/here", data={"doing": "back_up"})
        assert "王力 is filling in “Back-up done”" in said(duty.get(case).text)
    with clock.stopped_at(NINE + dt.timedelta(minutes=2)):
        assert "周艳" not in engineer.post(f"{case}/here").text


def test_who_may_not_read_the_request_is_not_told_who_is_there(
    beijing: Any, shanghai: Any, sign_in: SignIn
) -> None:
    case = f"/BJ/fieldservice/request/{beijing.on_site().number}"
    sign_in(beijing.duty).post(f"{case}/here")
    assert sign_in(shanghai.engineer).post(f"{case}/here").status_code == 404


def test_the_page_costs_the_same_however_many_are_there(
    beijing: Any,
    sign_in: SignIn,
    queries_of: Any,  # noqa: F811
) -> None:
    request = beijing.on_site()
    visit, case = (f"/BJ/fieldservice/{kind}/{request.number}" for kind in ("visit", "request"))
    browser = sign_in(beijing.engineer)
    before = queries_of(lambda: browser.get(visit))
    for number in range(4):
        sign_in(beijing.hire(SENIOR_ENGINEER, name=f"资深{number}")).post(f"{case}/here")
    assert "资深3" in browser.get(visit).text
    assert queries_of(lambda: browser.get(visit)) == before
