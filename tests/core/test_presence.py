"""Two people before one case hear of each other; who closed the page, or fell silent, is not named."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from core import clock
from core.db import db
from core.offices import Office
from core.people import Actor
from core.presence import Presence
from core.roles import DUTY_MANAGER, FIELD_ENGINEER, HOTLINE_ENGINEER
from core.testing import House, SignIn

NINE = dt.datetime(2026, 11, 23, 1, tzinfo=dt.UTC)


@pytest.fixture
def shanghai(house: House) -> Office:
    return house.office("SH")


@pytest.fixture
def place(house: House, shanghai: Office, work: Any) -> str:
    """The address of a call that is being handled."""
    engineer = house.hire(shanghai, HOTLINE_ENGINEER, name="罗文")
    return f"/SH/hotline/call/{work.called(shanghai, engineer, house.customer(shanghai))}"


@pytest.fixture
def first(house: House, shanghai: Office) -> Actor:
    return house.hire(shanghai, HOTLINE_ENGINEER, name="陈静")


@pytest.fixture
def second(house: House, shanghai: Office) -> Actor:
    return house.hire(shanghai, DUTY_MANAGER, name="王力")


def test_two_before_one_case_see_each_others_name(
    place: str, first: Actor, second: Actor, sign_in: SignIn
) -> None:
    one, other = sign_in(first), sign_in(second)
    assert "王力" not in one.post(f"{place}/here").text
    assert "陈静 has this open too" in other.post(f"{place}/here").text
    assert "王力 has this open too" in one.post(f"{place}/here").text
    assert "陈静 has this open too" in other.get(place).text


def test_two_who_fill_in_the_same_step_are_told_so(
    place: str, first: Actor, second: Actor, sign_in: SignIn
) -> None:
    one, other = sign_in(first), sign_in(second)
    one.post(f"{place}/here", data={"doing": "solve"})
    assert "陈静 is filling in “Solved by phone”</span>" in other.post(f"{place}/here").text
    assert "too: agree who goes on" in other.post(f"{place}/here", data={"doing": "solve"}).text
    assert "too: agree" not in other.post(f"{place}/here", data={"doing": "demand"}).text
    assert "王力 has this open too" not in one.post(f"{place}/here", data={"doing": "solve"}).text


def test_who_closes_the_page_or_falls_silent_is_named_no_more(
    place: str, first: Actor, second: Actor, sign_in: SignIn
) -> None:
    one, other = sign_in(first), sign_in(second)
    with clock.stopped_at(NINE):
        one.post(f"{place}/here")
        one.post(f"{place}/here", data={"leave": "1"})
        assert "陈静" not in other.post(f"{place}/here").text
        one.post(f"{place}/here")
    with clock.stopped_at(NINE + dt.timedelta(minutes=2)):
        assert "陈静" not in other.post(f"{place}/here").text


def test_a_step_that_is_none_is_not_repeated_to_anybody(
    place: str, first: Actor, second: Actor, sign_in: SignIn
) -> None:
    sign_in(first).post(f"{place}/here", data={"doing": "<b>boo</b>"})
    assert "陈静 has this open too" in sign_in(second).post(f"{place}/here").text


def test_looking_writes_nothing_and_an_hour_old_row_is_forgotten(
    place: str, first: Actor, sign_in: SignIn, house: House
) -> None:
    browser = sign_in(first)
    with clock.stopped_at(NINE):
        browser.get(place)
        house.see()
        assert db.session.query(Presence).count() == 0
        browser.post(f"{place}/here")
    with clock.stopped_at(NINE + dt.timedelta(hours=2)):
        browser.post(f"{place}/here")
    house.see()
    assert [one.seen_at for one in db.session.query(Presence)] == [NINE + dt.timedelta(hours=2)]


def test_nobody_of_another_office_hears_of_it(
    place: str, first: Actor, house: House, sign_in: SignIn
) -> None:
    sign_in(first).post(f"{place}/here")
    stranger = house.hire(house.office("BJ"), DUTY_MANAGER)
    assert sign_in(stranger).post(f"{place}/here").status_code == 404
    assert sign_in(first).post("/SH/hotline/call/SH-H-2026-99999/here").status_code == 404


def test_the_word_costs_the_same_however_many_are_there(
    place: str, first: Actor, house: House, shanghai: Office, sign_in: SignIn, queries_of: Any
) -> None:
    browser = sign_in(first)
    browser.post(f"{place}/here")
    one = queries_of(lambda: browser.post(f"{place}/here"))
    page = queries_of(lambda: browser.get(place))
    for number in range(5):
        sign_in(house.hire(shanghai, FIELD_ENGINEER, name=f"工程师{number}")).post(f"{place}/here")
    assert "工程师4" in browser.get(place).text
    assert queries_of(lambda: browser.post(f"{place}/here")) == one
    assert queries_of(lambda: browser.get(place)) == page
