"""Nothing breaks a page: no plugin, no odd address; and what is wrong is told with its remedy."""

import html
from collections.abc import Callable
from types import ModuleType
from typing import Any

import pytest
from flask import Flask

from core import switches
from core.db import db
from core.i18n import Sentence
from core.offices import Office
from core.people import Actor
from core.plugins import Plugins
from core.roles import (
    FIELD_ENGINEER,
    NATIONAL_ROLES,
)
from core.slots import Card, MenuItem
from core.testing import NATIONAL, SETTER_UP, House, SignIn

pytestmark = pytest.mark.usefixtures("monday_morning")
CALLS, REQUESTS = "/SH/hotline/call/", "/SH/fieldservice/request/"
REQUEST = f"{REQUESTS}SH-R-2026-00001"

Install = Callable[..., Plugins]
MakePlugin = Callable[..., ModuleType]


@pytest.fixture
def shanghai(house: House) -> Office:
    return house.office("SH", *NATIONAL, "shanghai", name="上海")


@pytest.fixture
def boss(house: House, shanghai: Office) -> Actor:
    """Somebody who may do nearly everything."""
    return house.hire(shanghai, *NATIONAL_ROLES, name="周艳")


def failing(act: Any = None, customer: Any = None) -> list[Card]:
    raise RuntimeError("this plugin is broken")


def no_template() -> Card:
    return Card(title=Sentence("Broken"), template="broken/nowhere.html")


def spoiling(act: Any) -> Card:
    act.case.state = "spoiled"
    return Card(title=Sentence("Spoiling"))


def astray() -> list[MenuItem]:
    return [MenuItem(title=Sentence("Astray"), endpoint="nowhere.at_all", permission="core.see_customers")]


HOOKS: dict[str, dict[str, Any]] = {
    "raises": {"core_menu": lambda: 1 / 0, "core_case_cards": failing, "core_customer_cards": failing},
    "leads nowhere": {
        "core_menu": astray,
        "core_case_cards": no_template,
        "core_customer_cards": no_template,
    },
    "returns nonsense": {"core_menu": lambda: ["a"], "core_case_cards": lambda: "<b>card</b>"},
    "changes the case": {"core_case_cards": spoiling},
}


@pytest.mark.parametrize("fault", HOOKS)
def test_no_plugin_breaks_a_page(
    house: House, work: Any, install: Install, make_plugin: MakePlugin, sign_in: SignIn, fault: str
) -> None:
    install(make_plugin("dummy", requires=("hotline",), **HOOKS[fault]))
    office = house.office("SH", *NATIONAL, "dummy")
    everybody = house.hire(office, *NATIONAL_ROLES)
    customer = house.customer(office)
    work.requested(office, everybody, db.session.merge(customer))
    browser, number = sign_in(everybody), db.session.merge(customer).file_number
    for page in ("/", CALLS, REQUEST, f"/SH/customers/{number}"):
        assert browser.get(page).status_code == 200
    assert "What dummy 1.0 wants to show here failed" in browser.get(REQUEST).text
    assert "Astray" not in browser.get("/").text
    assert "<b>card</b>" not in browser.get(REQUEST).text


def test_a_plugin_that_is_off_shows_nothing(
    house: House, work: Any, install: Install, make_plugin: MakePlugin, sign_in: SignIn
) -> None:
    card = Card(title=Sentence("From the dummy"))
    plugins = install(make_plugin("dummy", requires=("hotline",), core_case_cards=lambda: card))
    office = house.office("SH", *NATIONAL, "dummy")
    everybody = house.hire(office, *NATIONAL_ROLES)
    work.requested(office, everybody)
    browser = sign_in(everybody)
    assert "From the dummy" in browser.get(REQUEST).text
    switches.switch(plugins, office, "dummy", False, SETTER_UP)
    assert "From the dummy" not in browser.get(REQUEST).text


@pytest.mark.parametrize("locale", ["en", "zh_Hans_CN"])
@pytest.mark.parametrize(
    ("path", "code", "remedy"),
    [
        ("/SH/nowhere/", 404, "search for it"),
        ("/SH/hotline/call/SH-H-2026-09999", 404, "There is no SH-H-2026-09999 here."),
        ("/SH/quality/complaint/", 403, "ask an administrator"),
        ("/search", 405, "Go back to the page"),
    ],
)
def test_an_error_says_what_it_is_and_what_to_do(
    house: House, shanghai: Office, sign_in: SignIn, locale: str, path: str, code: int, remedy: str
) -> None:
    method = "POST" if code == 405 else "GET"
    answer = sign_in(house.hire(shanghai, FIELD_ENGINEER), locale).open(path, method=method)
    assert answer.status_code == code
    assert "/static/koudai.css" in answer.text
    if locale == "en":
        assert remedy in html.unescape(answer.text)


def test_a_page_that_breaks_says_so_without_a_word_of_its_insides(
    shanghai: Office, boss: Actor, app: Flask, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    browser = sign_in(boss)
    app.testing = False
    monkeypatch.setattr("core.web.desk.waiting", failing)
    answer = browser.get("/")
    assert answer.status_code == 500
    assert "Something broke on our side" in answer.text
    assert "RuntimeError" not in answer.text


def test_an_expired_form_and_one_too_large_are_told(
    shanghai: Office, boss: Actor, app: Flask, sign_in: SignIn
) -> None:
    browser = sign_in(boss)
    app.config["WTF_CSRF_ENABLED"] = True
    expired = browser.post("/language", data={"locale": "en"})
    assert expired.status_code == 400
    assert "This form has expired" in expired.text
    app.config["WTF_CSRF_ENABLED"] = False
    app.config["MAX_CONTENT_LENGTH"] = 100
    large = browser.post("/language", data={"locale": "en" * 200})
    assert large.status_code == 413
    assert "This is too large" in large.text


@pytest.mark.parametrize(
    "asked",
    ["page=-3", "page=x", "state=<script>", "whose=nobody", "_external=1&_scheme=x", "endpoint=x&office=BJ"],
)
def test_odd_questions_in_an_address_are_harmless(
    work: Any, shanghai: Office, boss: Actor, sign_in: SignIn, asked: str
) -> None:
    work.called(shanghai, boss)
    answer = sign_in(boss).get(f"{CALLS}?{asked}")
    assert answer.status_code == 200
    assert "<script>" not in answer.text
    assert "x://" not in answer.text
