"""Safe mode: a broken regional plugin stops its own office from writing, and nobody from working."""

from __future__ import annotations

import sys
from importlib.metadata import EntryPoint, entry_points
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from core import gate, ledger, safe_mode, switches
from core.api import tokens
from core.cli.serve import checked_app
from core.customers.models import Customer
from core.customers.services import add_customer
from core.db import db, writing
from core.errors import PluginError
from core.life.arrival import arrive
from core.life.carrying import refuse_lost
from core.offices import Office
from core.people import Actor
from core.plugin_loading import GROUP
from core.plugins import Plugins
from core.roles import ADMINISTRATOR, HOTLINE_ENGINEER
from core.rules import rules_of
from core.safe_mode import ReadOnly
from core.settings import clear_parameter, set_parameter
from core.testing import NATIONAL, Browser, House, SignIn, said
from tests.api.conftest import signed_up

pytestmark = pytest.mark.usefixtures("in_english")
ADMIN = Actor("admin")
KEY = "hotline.long_test_minutes"
SHUT = "Koudai runs in safe mode, without shanghai: SH can be read, but nothing can be changed there."


@pytest.fixture
def shanghai(house: House) -> Office:
    """An office with a regional plugin; nothing has broken yet."""
    return house.office("SH", *NATIONAL, "shanghai")


@pytest.fixture
def beijing(house: House) -> Office:
    return house.office("BJ")


def go_safe(app: Flask, house: House) -> Plugins:
    """Start the house anew, without what is regional."""
    found = Plugins((house.plugins.installed[name].module for name in NATIONAL), safe=True)
    app.extensions["koudai"] = house.plugins = found
    house.see()
    return found


def test_the_gate_refuses_there_and_works_elsewhere(
    app: Flask, house: House, shanghai: Office, beijing: Office, walk: Any, work: Any, ledger_of: Any
) -> None:
    call, engineer = walk(shanghai).case_in("hotline.call", "open"), house.hire(shanghai, HOTLINE_ENGINEER)
    go_safe(app, house)
    before = len(ledger_of(shanghai))
    with pytest.raises(ReadOnly, match=SHUT):
        gate.perform("hotline.call", call.number, "park", engineer, office=shanghai)
    house.see()
    assert len(ledger_of(shanghai)) == before
    assert work.called(beijing).startswith("BJ-")


def test_parameters_switches_roles_and_customers_are_not_changed_there(
    app: Flask, house: House, shanghai: Office, beijing: Office
) -> None:
    set_parameter(shanghai, KEY, 30, ADMIN)
    found = go_safe(app, house)
    writes = (
        lambda: set_parameter(shanghai, KEY, 20, ADMIN),
        lambda: clear_parameter(shanghai, KEY, ADMIN),
        lambda: switches.switch(found, shanghai, "quality", False, ADMIN),
        lambda: house.person(shanghai, HOTLINE_ENGINEER),
        lambda: house.customer(shanghai),
    )
    for write in writes:
        with pytest.raises(ReadOnly, match=SHUT):
            write()
        house.see()
    set_parameter(beijing, KEY, 20, ADMIN)
    assert house.customer(beijing).office_id == beijing.id
    assert rules_of(shanghai).parameter(KEY) == 30


def test_no_row_gets_through_whoever_writes_it(app: Flask, house: House, shanghai: Office) -> None:
    customer_id = house.customer(shanghai).id
    go_safe(app, house)
    with pytest.raises(ReadOnly), writing():
        add_customer(shanghai.id, file_number="SH1", name="新客户", contact="高敏", phone="021-1")
    house.see()
    with pytest.raises(ReadOnly), writing():
        db.session.get_one(Customer, customer_id).name = "改名"
    house.see()
    assert db.session.scalars(select(Customer.name)).all() == ["上海恒远服装有限责任公司"]


def test_its_pages_are_read_with_a_banner_and_take_no_form(
    app: Flask, house: House, shanghai: Office, beijing: Office, walk: Any, sign_in: SignIn
) -> None:
    number = walk(shanghai).case_in("hotline.call", "open").number
    here = sign_in(house.person(shanghai, HOTLINE_ENGINEER, ADMINISTRATOR))
    there = sign_in(house.person(beijing, HOTLINE_ENGINEER, ADMINISTRATOR))
    go_safe(app, house)
    for page in ("/", f"/SH/hotline/call/{number}", "/SH/settings/plugins/", "/SH/customers/"):
        answer = here.get(page)
        assert answer.status_code == 200
        assert "runs in safe mode, without shanghai" in said(answer.text), page
    refused = here.post(f"/SH/hotline/call/{number}/park", data={"seen": "1"})
    assert refused.status_code == 409
    assert "nothing can be changed there" in said(refused.text)
    assert here.post("/SH/settings/plugins/shanghai", data={"on": "no"}).status_code in (404, 409)
    assert "safe mode" not in there.get("/BJ/settings/plugins/").text
    assert there.post("/BJ/settings/plugins/quality", data={"on": "no"}).status_code == 302


def test_programs_are_told_the_same(
    app: Flask, house: House, shanghai: Office, beijing: Office, work: Any
) -> None:
    answers = {}
    people = [signed_up(house.person(office, HOTLINE_ENGINEER)) for office in (shanghai, beijing)]
    made = [
        (office.code, tokens.make(one, office, "for a test", {"calls": tokens.ACT}, 30))
        for office, one in zip((shanghai, beijing), people, strict=True)
    ]
    go_safe(app, house)
    for code, token in made:
        asking = {"Authorization": f"Bearer {token}", "Accept-Language": "en"}
        browser = Browser(app, app.response_class)
        path = f"/api/v1/{code}/calls"
        assert browser.get(path, headers=asking).status_code == 200
        answers[code] = browser.post(path, headers=asking, json={"values": {}})
    assert (answers["SH"].status_code, answers["BJ"].status_code) == (409, 422)
    assert answers["SH"].json["message"] == SHUT


def test_whoever_reads_there_may_still_sign_in_and_change_the_language(
    app: Flask, house: House, shanghai: Office, sign_in: SignIn
) -> None:
    browser = sign_in(house.person(shanghai, HOTLINE_ENGINEER))
    go_safe(app, house)
    assert browser.post("/language", data={"locale": "en", "next": "/"}).status_code == 302


def test_the_missing_plugin_itself_can_be_switched_off_and_then_the_office_works(
    app: Flask, house: House, shanghai: Office, work: Any
) -> None:
    found = go_safe(app, house)
    switches.switch(found, shanghai, "shanghai", False, ADMIN)
    house.see()
    assert safe_mode.closed_offices() == {}
    assert work.called(shanghai).startswith("SH-")
    assert list(ledger.verify(shanghai.id)) == []


def test_what_requires_a_missing_plugin_is_missing_too(house: House, install: Any, make_plugin: Any) -> None:
    install(make_plugin("bell", requires=("shanghai", "hotline", "fieldservice")))
    safe = Plugins(
        (
            one.module
            for one in house.plugins.installed.values()
            if one.name != "shanghai" and one.name != "bell"
        ),
        safe=True,
    )
    names = frozenset({"hotline", "fieldservice", "shanghai", "bell"})
    assert safe.present(names) == {"hotline", "fieldservice"}
    assert house.plugins.present(names) == names, "outside safe mode what is missing is an error"


def test_the_house_starts_and_the_ledger_is_whole(
    app: Flask, house: House, shanghai: Office, walk: Any
) -> None:
    walk(shanghai).case_in("hotline.call", "open")
    found = go_safe(app, house)
    switches.check_sets_in_use(found)
    assert not arrive(found)
    refuse_lost(found)
    assert list(ledger.verify(shanghai.id)) == []


def test_the_broken_plugin_is_not_even_imported(monkeypatch: pytest.MonkeyPatch) -> None:
    real = list(entry_points(group=GROUP))
    broken = EntryPoint("osaka", "tests.core.no_such_thing", GROUP)
    monkeypatch.setattr("core.plugins.entry_points", lambda group: [*real, broken])
    monkeypatch.delitem(sys.modules, "koudai_shanghai", raising=False)
    with pytest.raises(PluginError) as refused:
        Plugins.from_entry_points()
    assert "Plugin osaka cannot be loaded" in str(refused.value)
    assert "“koudai serve --safe”" in str(refused.value)
    monkeypatch.delitem(sys.modules, "koudai_shanghai", raising=False)
    found = Plugins.from_entry_points(safe=True)
    assert (set(found.installed), found.safe) == (set(NATIONAL), True)
    assert "koudai_shanghai" not in sys.modules


def test_a_set_that_does_not_fit_names_safe_mode_as_the_remedy_at_start_up(
    database_url: str, house: House, shanghai: Office, monkeypatch: pytest.MonkeyPatch, make_plugin: Any
) -> None:
    def amend(procedures: Any) -> None:
        procedures["hotline.call"].widen("nonsense", by=HOTLINE_ENGINEER, clause="QI/03 3.2.5")

    bad = make_plugin("shanghai", requires=("hotline", "fieldservice"), amend=amend)
    modules = [one.module if one.name != "shanghai" else bad for one in house.plugins.installed.values()]
    monkeypatch.setenv("KOUDAI_DATABASE", database_url)
    monkeypatch.setattr(Plugins, "from_entry_points", lambda safe: Plugins(modules))
    with pytest.raises(PluginError) as refused:
        checked_app()
    assert "Plugin shanghai cannot amend nonsense of hotline.call" in str(refused.value)
    assert "“koudai serve --safe”" in str(refused.value)
