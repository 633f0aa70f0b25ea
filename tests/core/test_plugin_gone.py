"""A plugin has gone: what ended in a state of it keeps the state's name on every page, and its story can be read."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from core import gate, switches
from core.api import tokens
from core.clauses import house_rule
from core.customers.models import Customer
from core.db import db
from core.forms import StepForm, YesField
from core.i18n import _l
from core.offices import Office
from core.people import Actor, Person
from core.plugins import Plugins
from core.roles import ADMINISTRATOR, DUTY_MANAGER, HOTLINE_ENGINEER, NATIONAL_ROLES
from core.testing import SETTER_UP, Browser, House, SignIn, said

CALLS = "/SZ/hotline/call/"
GONE = "The plugin that brought this state is not here."


class FarForm(StepForm):
    """What is asked when somebody was helped from afar."""

    return_visit = YesField(_l("Visit him too"))


def amend(procedures: Any) -> None:
    """Let calls end by help from afar."""
    call, own = procedures["hotline.call"], house_rule(_l("For this test."))
    call.state("remote", _l("Helped from afar"), tone="done", final=True)
    said = {"title": _l("Help from afar"), "by": (HOTLINE_ENGINEER, DUTY_MANAGER), "clause": own}
    call.add_step("help", "open -> remote", **said, form=FarForm)


@pytest.fixture
def with_it(house: House, install: Any, make_plugin: Any) -> Office:
    install(make_plugin("far", requires=("hotline",), amend=amend))
    return house.office("SZ", "hotline", "far", name="深圳")


@pytest.fixture
def engineer(house: House, with_it: Office) -> Actor:
    return house.hire(with_it, *NATIONAL_ROLES, name="罗文")


@pytest.fixture
def customer(house: House, with_it: Office) -> Customer:
    return house.customer(with_it)


@pytest.fixture
def ended(with_it: Office, engineer: Actor, customer: Customer, work: Any) -> str:
    """A call that ended in a state which only the plugin knows; its number."""
    number = str(work.called(with_it, engineer, customer))
    gate.perform("hotline.call", number, "help", engineer, {"return_visit": True}, office=with_it)
    return number


@pytest.fixture
def goes(app: Flask, house: House, with_it: Office) -> Callable[[], None]:
    """The means to switch the plugin off and to uninstall it."""

    def doing() -> None:
        switches.switch(house.plugins, with_it, "far", False, SETTER_UP)
        rest = [one.module for one in house.plugins.installed.values() if one.name != "far"]
        app.extensions["koudai"] = house.plugins = Plugins(rest)
        house.see()

    return doing


@pytest.fixture
def browser(engineer: Actor, sign_in: SignIn) -> FlaskClient:
    return sign_in(engineer)


def chip(page: str) -> bool:
    return f'<span class="chip chip-off" title="{GONE}">remote</span>' in page


def test_while_it_is_here_the_state_has_its_title(ended: str, browser: FlaskClient) -> None:
    page = browser.get(f"{CALLS}{ended}").text
    assert "Helped from afar" in page
    assert GONE not in page


def test_the_case_the_list_and_the_customer_show_the_state_by_its_name(
    ended: str, goes: Callable[[], None], browser: FlaskClient, customer: Customer
) -> None:
    file_number = db.session.merge(customer).file_number
    goes()
    for page in (f"{CALLS}{ended}", CALLS, f"/SZ/customers/{file_number}"):
        assert chip(browser.get(page).text), page


def test_the_customers_other_cases_show_it_too(
    with_it: Office,
    ended: str,
    engineer: Actor,
    customer: Customer,
    work: Any,
    goes: Callable[[], None],
    browser: FlaskClient,
) -> None:
    other = work.called(with_it, engineer, db.session.merge(customer))
    goes()
    assert chip(browser.get(f"{CALLS}{other}").text)


def test_what_ended_there_is_past_and_waits_for_nobody(
    ended: str, goes: Callable[[], None], browser: FlaskClient, customer: Customer
) -> None:
    file_number = db.session.merge(customer).file_number
    goes()
    page = said(browser.get(f"/SZ/customers/{file_number}").text)
    assert "Nothing is under way." in page
    assert ended in page


def test_the_list_and_the_api_can_still_be_asked_for_what_ended_there(
    app: Flask,
    with_it: Office,
    ended: str,
    engineer: Actor,
    customer: Customer,
    work: Any,
    goes: Callable[[], None],
    browser: FlaskClient,
) -> None:
    other = work.called(with_it, engineer, db.session.merge(customer))
    person = db.session.get_one(Person, engineer.person_id)
    token = tokens.make(person, with_it, "for a test", {"calls": tokens.READ}, 30)
    goes()
    page = browser.get(f"{CALLS}?state=remote").text
    assert ended in page
    assert other not in page
    assert '<option value="remote" selected>remote</option>' in page
    assert "is not there any more" not in page
    assert "“nowhere” is not there any more." in browser.get(f"{CALLS}?state=nowhere").text
    program = Browser(app, app.response_class)
    header = {"Authorization": f"Bearer {token}"}
    answer = program.get("/api/v1/SZ/calls?state=remote", headers=header)
    assert [one["number"] for one in answer.json["items"]] == [ended]
    assert program.get("/api/v1/SZ/calls?state=nowhere", headers=header).status_code == 422


@pytest.mark.parametrize(("locale", "yes"), [("en", "yes"), ("zh_Hans_CN", "是")])
def test_its_time_line_says_yes_and_no_in_the_readers_language(
    ended: str, goes: Callable[[], None], engineer: Actor, sign_in: SignIn, locale: str, yes: str
) -> None:
    goes()
    page = sign_in(engineer, locale).get(f"{CALLS}{ended}").text
    assert f"<dt>return_visit</dt><dd>{yes}</dd>" in page
    assert "→ remote" in said(page)


def test_a_server_that_lacks_a_plugin_in_use_sends_nobody_round_in_circles(
    app: Flask, house: House, with_it: Office, browser: FlaskClient
) -> None:
    rest = [one.module for one in house.plugins.installed.values() if one.name != "far"]
    app.extensions["koudai"] = Plugins(rest)
    answer = browser.get(CALLS)
    assert answer.status_code == 409
    page = said(answer.text)
    assert "Plugin far is enabled but not installed." in page
    assert "Tell whoever runs this server: reloading the page will not help before that is done." in page
    assert "reload the page and look again" not in page


def test_the_history_of_switching_stays_on_the_page_of_plugins(
    house: House, with_it: Office, goes: Callable[[], None], sign_in: SignIn
) -> None:
    administrator = house.hire(with_it, ADMINISTRATOR, name="钱进")
    goes()
    page = said(sign_in(administrator).get("/SZ/settings/plugins/").text)
    assert "Not installed any more" in page
    assert "far" in page.partition("Not installed any more")[2]


def test_my_desk_says_which_office_is_shut_and_counts_on_for_the_others(
    app: Flask, house: House, with_it: Office, engineer: Actor, sign_in: SignIn
) -> None:
    browser = sign_in(engineer)
    assert "is shut" not in browser.get("/").text
    rest = [one.module for one in house.plugins.installed.values() if one.name != "far"]
    app.extensions["koudai"] = house.plugins = Plugins(rest)
    why = "SZ is shut, and what is due there is not shown: Plugin far is enabled but not installed."
    assert why in said(browser.get("/").text)
