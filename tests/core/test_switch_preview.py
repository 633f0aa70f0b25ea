"""Before a plugin is switched, its page says what that would change here: by rule, with clause, from and to."""

from __future__ import annotations

import re
from typing import Any

import pytest
from flask.testing import FlaskClient

from core import switches
from core.clauses import house_rule
from core.errors import PluginError
from core.i18n import Sentence
from core.life.preview import Preview, preview
from core.offices import Office
from core.people import Actor
from core.roles import ADMINISTRATOR, HOTLINE_ENGINEER
from core.rules import rules_of
from core.settings import set_parameter
from core.testing import NATIONAL, House, SignIn, said

pytestmark = pytest.mark.usefixtures("in_english")
DEMAND = "hotline.same_day_demand_minutes"


@pytest.fixture
def office(house: House) -> Office:
    return house.office("SH", name="上海")


@pytest.fixture
def desk(house: House, office: Office, sign_in: SignIn) -> FlaskClient:
    return sign_in(house.person(office, ADMINISTRATOR, name="林晓岚"))


def seen(house: House, office: Office, name: str, on: bool) -> Preview:
    return preview(rules_of(office), switches.plan(house.plugins, office, name, on))


def lines(found: Preview) -> dict[str, list[tuple[str, str, str, str]]]:
    return {
        rule.key: [(str(one.label), one.was, one.now, str(one.clause)) for one in rule.lines]
        for part in found.parts
        for rule in part.rules
    }


@pytest.mark.clause("SHYY/QI/03 3.2")
def test_a_regional_plugin_says_what_it_widens_requires_decides_and_presets(
    house: House, office: Office
) -> None:
    found = lines(seen(house, office, "shanghai", True))
    assert found["fieldservice.request.dispatch"] == [("Who", "", "Regional manager", "SHYY/QI/03 3.2")]
    before = [line for line in found["fieldservice.request.close"] if line[0] == "Before"]
    assert [(was, clause) for _label, was, _now, clause in before] == [("", "SHYY/QI/03 1.3")]
    answers = ("Answers", "", "Shanghai's rules 0.1.0", "SHYY/QI/03 1.2")
    assert found["fieldservice_admission"] == [answers]
    assert found[DEMAND] == [("Value", "60 working minutes", "45 working minutes", "")]
    assert "fieldservice.request.arrange" not in found
    pages = [(str(label), what) for label, what in seen(house, office, "shanghai", True).brings]
    assert pages == [("Also", "Cards beside cases")]


def test_what_is_wanted_first_without_a_clause_is_told_by_its_reason(
    house: House, install: Any, make_plugin: Any
) -> None:
    def amend(procedures: Any) -> None:
        why = house_rule(Sentence("Nobody solves in the dark."))
        procedures["hotline.call"].require("solve", lambda act: None, clause=why)

    install(make_plugin("east", requires=("hotline",), amend=amend))
    found = lines(seen(house, house.office("GZ", "hotline"), "east", True))
    assert found["hotline.call.solve"] == [("Before", "", "house rule: Nobody solves in the dark.", "")]


def test_switching_off_says_the_same_the_other_way_round(house: House) -> None:
    office = house.office("SH", *NATIONAL, "shanghai")
    found = lines(seen(house, office, "shanghai", False))
    assert found["fieldservice.request.dispatch"] == [("Who", "Regional manager", "", "SHYY/QI/03 3.2")]
    assert found[DEMAND] == [("Value", "45 working minutes", "60 working minutes", "")]


def test_where_the_office_has_its_own_value_a_preset_changes_nothing(house: House, office: Office) -> None:
    set_parameter(office, DEMAND, 30, Actor("tests"))
    house.see()
    assert DEMAND not in lines(seen(house, office, "shanghai", True))


def test_looking_switches_nothing(house: House, office: Office, desk: FlaskClient, contents: Any) -> None:
    before = contents()
    for name, to in (("shanghai", "on"), ("quality", "off"), ("hotline", "off")):
        assert desk.get(f"/SH/settings/plugins/{name}/{to}").status_code == 200
    assert contents() == before


def test_a_whole_procedure_is_new_or_goes(house: House, office: Office, walk: Any) -> None:
    walk(office).case_in("quality.complaint", "logged")
    found = seen(house, office, "quality", False)
    fates = {str(part.title): part.fate for part in found.parts}
    assert fates["Complaint"] == "gone"
    assert fates["Call"] == ""
    assert [(str(title), count) for title, count in found.waiting] == [("Complaint", 1)]
    assert [(str(label), what) for label, what in found.brings] == [
        ("Menu", "Complaints"),
        ("States that it adds", "Call: Complaint logged"),
    ]


def test_the_page_asks_and_its_form_switches(house: House, office: Office, desk: FlaskClient) -> None:
    listed = desk.get("/SH/settings/plugins/").text
    assert 'href="/SH/settings/plugins/shanghai/on"' in listed
    assert 'href="/SH/settings/plugins/quality/off"' in listed
    page = desk.get("/SH/settings/plugins/shanghai/on").text
    for told in (
        "Switch on: Shanghai's rules",
        "Dispatch QP/2-04 5.4",
        "Who + Regional manager SHYY/QI/03 3.2",
        "60 working minutes → 45 working minutes",
        "Cards beside cases",
    ):
        assert told in said(page), told
    hidden = dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', page))
    assert desk.post("/SH/settings/plugins/shanghai", data=hidden | {"on": "yes"}).status_code == 302
    house.see()
    assert "shanghai" in rules_of(office).plugins.names


def test_whoever_confirms_what_he_has_not_seen_is_shown_it_first(
    house: House, office: Office, desk: FlaskClient
) -> None:
    page = desk.get("/SH/settings/plugins/shanghai/on").text
    hidden = dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', page))
    switches.switch(house.plugins, office, "quality", False, Actor("somebody else"))
    late = desk.post("/SH/settings/plugins/shanghai", data=hidden | {"on": "yes"})
    assert late.status_code == 409
    assert "Meanwhile somebody switched another plugin here." in said(late.text)
    house.see()
    assert "shanghai" not in rules_of(office).plugins.names


def test_what_would_not_stand_is_named_and_has_no_button(
    house: House, office: Office, desk: FlaskClient
) -> None:
    page = desk.get("/SH/settings/plugins/hotline/off").text
    assert "Plugin hotline is required by fieldservice, billing, quality. Disable these first." in said(page)
    assert 'name="on"' not in page
    assert desk.get("/SH/settings/plugins/ghost/on").status_code == 404
    assert desk.get("/SH/settings/plugins/hotline/sideways").status_code == 404


def test_a_conflict_is_named_with_both_plugins(house: House, install: Any, make_plugin: Any) -> None:
    def amend(procedures: Any) -> None:
        procedures["hotline.call"].set("solve", tone="danger", clause="QI/03 3.2.5")

    install(*(make_plugin(name, requires=("hotline",), amend=amend) for name in ("east", "west")))
    office = house.office("GZ", "hotline", "east")
    with pytest.raises(PluginError, match="plugin east sets it too"):
        seen(house, office, "west", True)


def test_only_administrators_look(house: House, office: Office, sign_in: SignIn) -> None:
    engineer = sign_in(house.person(office, HOTLINE_ENGINEER))
    assert engineer.get("/SH/settings/plugins/shanghai/on").status_code == 403
