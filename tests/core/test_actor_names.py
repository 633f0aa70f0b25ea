"""Who did something is named as people read it, on every page that keeps a history: machines in the reader's language."""

from __future__ import annotations

import datetime as dt

import pytest
from flask import Flask
from flask_babel import force_locale

from core import calendars, settings, switches
from core.customers.history import Source, origin
from core.customers.models import Customer
from core.db import db, writing
from core.offices import Office
from core.people import MAIL_ACTOR, RELEASE_ACTOR, TIMER_ACTOR, Actor, at_command_line, name_of
from core.roles import ADMINISTRATOR, HOTLINE_ENGINEER
from core.testing import House, SignIn, said
from core.worktime import DayKind

ROOT = at_command_line("root")
# A machine, what it is called in Chinese and in English, and what it was called on pages until now.
MACHINES = [
    (TIMER_ACTOR, "定时器", "Timer", "timer"),
    (MAIL_ACTOR, "来信", "Incoming mail", "mail"),
    (RELEASE_ACTOR, "版本发布", "Release", "release"),
    (ROOT, "命令行（root）", "Command line (root)", "command line (root)"),
]
KEY = "hotline.long_test_minutes"


@pytest.fixture
def beijing(house: House) -> Office:
    return house.office("BJ")


@pytest.mark.parametrize(("actor", "chinese", "english"), [one[:3] for one in MACHINES])
def test_a_machine_is_named_in_the_readers_language(
    app: Flask, actor: Actor, chinese: str, english: str
) -> None:
    for locale, name in (("zh_Hans_CN", chinese), ("en", english)):
        with app.test_request_context(), force_locale(locale):
            assert str(name_of(None, actor.name)) == name
            assert name_of(7, actor.name) == actor.name, "a person may be called so"


@pytest.mark.parametrize(
    ("locale", "timer", "typed"),
    [("zh_Hans_CN", "定时器", "命令行（root）"), ("en", "Timer", "Command line (root)")],
)
def test_histories_of_settings_parameters_switches_and_customers_name_machines_so(
    house: House, beijing: Office, sign_in: SignIn, locale: str, timer: str, typed: str
) -> None:
    customer = house.customer(beijing)
    with writing():
        calendars.add_day(beijing, dt.date(2027, 1, 4), DayKind.CLOSED, "搬家", TIMER_ACTOR)
    settings.set_parameter(beijing, KEY, 30, TIMER_ACTOR)
    switches.switch(house.plugins, beijing, "quality", False, ROOT)
    with origin(TIMER_ACTOR.name, None, Source.IMPORT), writing(frozenset({beijing.id})):
        db.session.get_one(Customer, customer.id).name = "上海恒远服装集团"
    administrator = sign_in(house.person(beijing, ADMINISTRATOR), locale)
    clerk = sign_in(house.person(beijing, HOTLINE_ENGINEER), locale)
    shown = {
        "settings": (administrator, "/BJ/settings/", timer),
        "parameters": (administrator, f"/BJ/settings/parameters/?q={KEY}", timer),
        "switches": (administrator, "/BJ/settings/plugins/", typed),
        "customer": (clerk, f"/BJ/customers/{customer.file_number}", timer),
    }
    for what, (browser, path, name) in shown.items():
        page = said(browser.get(path).text)
        assert f"· {name}" in page or f"{name} ·" in page, what
        for _actor, _zh, _en, key in MACHINES:
            assert f"· {key}" not in page, what
            assert f"{key} ·" not in page, what
