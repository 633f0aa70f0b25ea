"""The office's own pocket book: rendered from what runs, its differences marked, cited and dated."""

from __future__ import annotations

from typing import Any

import pytest

from core import clock
from core.offices import Office
from core.people import Actor
from core.pocketbook import Book, Entry, Line
from core.roles import DUTY_MANAGER, REGIONAL_MANAGER, SENIOR_ENGINEER
from core.rules import rules_of
from core.settings import set_parameter
from core.testing import NATIONAL, House, SignIn, said


@pytest.fixture
def shanghai(house: House) -> Office:
    return house.office("SH", *NATIONAL, "shanghai", name="上海")


@pytest.fixture
def beijing(house: House) -> Office:
    return house.office("BJ", name="北京")


def entries(office: Office) -> dict[str, Entry]:
    return {entry.key: entry for chapter in Book(rules_of(office)).chapters for entry in chapter.entries}


def own(entry: Entry) -> list[Line]:
    return [line for line in entry.lines if line.differs]


@pytest.mark.clause("SHYY/QI/03 3.2")
def test_a_widened_step_says_who_by_which_clause_and_since_when(
    shanghai: Office, beijing: Office, in_english: None
) -> None:
    dispatch = entries(shanghai)["fieldservice.request.dispatch"]
    (line,) = own(dispatch)
    assert (str(line.text), line.clause, line.by) == ("Regional manager", "SHYY/QI/03 3.2", "shanghai")
    assert line.since is not None
    assert line.since <= clock.now()
    assert not entries(beijing)["fieldservice.request.dispatch"].differs


@pytest.mark.clause("SHYY/QI/03 1.3")
def test_what_must_be_in_order_first_is_a_difference_too(shanghai: Office, in_english: None) -> None:
    close = own(entries(shanghai)["fieldservice.request.close"])
    assert ("Before", "SHYY/QI/03 1.3") in [(str(line.label), line.clause) for line in close]


def test_a_parameter_says_what_is_in_force_and_who_set_it(
    house: House, shanghai: Office, beijing: Office, in_english: None
) -> None:
    key = "hotline.same_day_demand_minutes"
    (preset,) = own(entries(shanghai)[key])
    assert (str(preset.text), preset.by) == ("45 working minutes instead of 60 working minutes", "shanghai")
    set_parameter(beijing, key, 30, Actor("tests"))
    house.see()
    (line,) = own(entries(beijing)[key])
    assert (str(line.text), line.by) == ("30 working minutes instead of 60 working minutes", "BJ")


def test_a_decision_names_who_answers_in_what_order(shanghai: Office, beijing: Office) -> None:
    def answers(office: Office) -> list[str]:
        return [str(line.text).rpartition(" ")[0] for line in entries(office)["fieldservice_admission"].lines]

    assert len(answers(shanghai)) == len(answers(beijing)) + 1
    assert answers(shanghai)[1:] == answers(beijing)


def test_a_promise_says_how_long_and_whose(beijing: Office, in_english: None) -> None:
    lines = entries(beijing)["fieldservice.request.dispatch"].lines
    told = [str(line.text) for line in lines if str(line.label) == "Promises"]
    assert "Visit the customer: by closing time of working day 2 after it (Field engineer)" in told


def test_the_page_shows_everything_or_only_what_is_otherwise(
    house: House, shanghai: Office, sign_in: SignIn
) -> None:
    browser = sign_in(house.person(shanghai, DUTY_MANAGER))
    everything, only = (browser.get(f"/SH/pocket-book/{more}").text for more in ("", "?only=1"))
    assert 'id="fieldservice.request.arrange"' in everything
    assert 'id="fieldservice.request.arrange"' not in only
    assert "Shanghai's rules 0.1.0 · since" in said(only)


def test_two_offices_stand_side_by_side_for_whoever_may_read_both(
    house: House, shanghai: Office, beijing: Office, sign_in: SignIn
) -> None:
    from core import accounts

    person = house.person(shanghai, SENIOR_ENGINEER)
    alone = sign_in(person).get("/SH/pocket-book/?with=BJ").text
    assert "beside" not in said(alone)
    accounts.give_roles(person, [(beijing, REGIONAL_MANAGER)], Actor("tests"))
    both = sign_in(person).get("/SH/pocket-book/?with=BJ&only=1").text
    assert "SH | BJ" in said(both)
    assert 'id="fieldservice.request.dispatch"' in both
    assert 'id="fieldservice.request.arrange"' not in both


def test_an_office_like_head_offices_has_an_empty_page_of_differences(
    house: House, beijing: Office, sign_in: SignIn
) -> None:
    page = sign_in(house.person(beijing, DUTY_MANAGER)).get("/BJ/pocket-book/?only=1")
    assert "Nothing is otherwise here." in said(page.text)


def test_it_asks_the_database_as_often_for_one_office_as_for_a_book_with_many_rules(
    house: House, shanghai: Office, sign_in: SignIn, queries_of: Any
) -> None:
    browser = sign_in(house.person(shanghai, DUTY_MANAGER))
    browser.get("/SH/pocket-book/")
    assert queries_of(lambda: browser.get("/SH/pocket-book/")) < 25
