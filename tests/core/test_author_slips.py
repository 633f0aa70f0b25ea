"""What an author gets wrong is named before anybody works with it; what he may expect to work, works."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask_babel import force_locale

from core import deadlines, gate, icons, loose_ends, switches
from core.api import openapi, shapes
from core.db import db, writing
from core.deadlines import as_promised, same_working_day
from core.errors import PluginError
from core.forms import SignatureField, StepForm
from core.hooks import hookimpl
from core.i18n import Sentence
from core.offices import office_by_code
from core.people import Person, give_role, name_of
from core.plugins import Installed, Manifest, Permission, Plugins
from core.procedure import Filter
from core.roles import HOTLINE_ENGINEER, Role
from core.rules import rules_of
from core.slots import MenuItem
from core.testing import SETTER_UP, House, SignIn, said
from core.web import _pages_of
from core.web.show import role_title
from plugins.fieldservice.testing import Centre
from plugins.hotline.replies.entries import ReplyEntry, Wording
from tests.plugins_dummy.dummy import KEEPER, SPARE
from tests.plugins_dummy.dummy.models import Loan
from tests.plugins_dummy.fixtures import database_url, plugins, sqlite_template  # noqa: F401

WORDS = Wording(situation="等了三天")


def refusal(plugins: Plugins, spoil: Any) -> str:  # noqa: F811
    """Return how the hotline's set is refused when its procedure of calls has been spoilt."""
    found = plugins.set_of(("hotline",))
    call = found.procedures["hotline.call"].copy()
    spoil(call)
    with pytest.raises(PluginError) as refused:
        loose_ends._refuse_unknown(call, found)
    return str(refused.value)


def test_a_permission_that_nobody_declares_is_named(plugins: Plugins) -> None:  # noqa: F811
    def spoil(call: Any) -> None:
        call.reads = "hotline.reed"

    assert "hotline.reed, which nobody declares" in refusal(plugins, spoil)


def test_a_filter_by_a_column_that_is_not_there_is_named(plugins: Plugins) -> None:  # noqa: F811
    def spoil(call: Any) -> None:
        call.filters = (Filter(name="zone", title=Sentence("Zone"), attribute="zonee"),)

    assert "zonee, which its cases do not have" in refusal(plugins, spoil)


def test_a_name_that_the_search_cannot_read_is_named(plugins: Plugins) -> None:  # noqa: F811
    def spoil(call: Any) -> None:
        call._searched = ("symptom", "simptom")

    assert "searches simptom, which is none of its columns or facts" in refusal(plugins, spoil)


def test_a_role_is_called_after_its_plugin(plugins: Plugins, make_plugin: Any) -> None:  # noqa: F811
    modules = [plugins.installed["hotline"].module]
    bold = make_plugin("bold", says={"roles": (Role("custodian", Sentence("Custodian")),)})
    with pytest.raises(PluginError, match="custodian does not begin with bold_"):
        Plugins([*modules, bold])
    Plugins([*modules, make_plugin("bold", says={"roles": (Role("bold_custodian", Sentence("Custodian")),)})])


@pytest.mark.usefixtures("app", "in_english")
def test_a_menu_entry_to_the_cases_of_no_procedure_is_named(plugins: Plugins, make_plugin: Any) -> None:  # noqa: F811
    @hookimpl
    def core_menu() -> Any:
        said = {"title": Sentence("Loans"), "permission": "hotline.read", "endpoint": "cases.cases"}
        return MenuItem(**said, values={"plugin": "hotline", "noun": "coll"})

    bold = make_plugin("bold", requires=("hotline",), core_menu=core_menu)
    found = Plugins([plugins.installed["hotline"].module, bold]).set_of(("hotline", "bold"))
    with pytest.raises(PluginError, match=r"leads to the cases of hotline\.coll, which nobody declares"):
        loose_ends.refuse_failing(found)


@pytest.mark.usefixtures("app", "in_english")
@pytest.mark.parametrize(("icon", "like"), [("persn", "person"), ("", ""), ("people", "")])
def test_an_icon_that_is_not_drawn_is_named_with_those_that_are_called_nearly_so(
    plugins: Plugins,  # noqa: F811
    make_plugin: Any,
    icon: str,
    like: str,
) -> None:
    @hookimpl
    def core_menu() -> Any:
        return MenuItem(title=Sentence("Bold"), endpoint="hotline.desk", permission="hotline.read", icon=icon)

    bold = make_plugin("bold", requires=("hotline",), core_menu=core_menu)
    found = Plugins([plugins.installed["hotline"].module, bold]).set_of(("hotline", "bold"))
    if not like:
        loose_ends.refuse_failing(found)
        return
    with pytest.raises(PluginError, match=rf"Plugin bold .*no icon “{icon}”.* choose another, like {like}"):
        loose_ends.refuse_failing(found)


def test_icons_are_found_where_a_plugin_writes_them_out(tmp_path: Path) -> None:
    written = {
        "menu.py": 'Status(icon="people"); MenuItem(icon=chosen); Status(icon="")',
        "page.html": """<i class="bi bi-box me-1"></i>{{ empty("-", icon='inbox') }}<i class="bi bi-{{ x }}"></i>""",
        "page.js": 'element("i", "bi bi-slash-circle")',
        "page.css": ".bi-nothing { color: red }",
    }
    for name, text in written.items():
        (tmp_path / name).write_text(text)
    found = {name: [one for one in icons.written_in(tmp_path / name) if one] for name in written}
    assert found == {
        "menu.py": ["people"],
        "page.html": ["box", "inbox"],
        "page.js": ["slash-circle"],
        "page.css": [],
    }
    every = {one for names in found.values() for one in names}
    assert every <= icons.drawn()
    assert [icons.unknown(one) for one in every] == [None] * len(every)


def test_where_the_browsers_files_were_not_fetched_no_icon_is_judged(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("core.icons.drawn", frozenset)
    assert icons.unknown("persn") is None


@pytest.mark.usefixtures("app", "in_english")
@pytest.mark.parametrize(("keys", "owner"), [("g d", "core"), ("n", "hotline"), ("g b", "")])
def test_a_key_that_leads_somewhere_already_is_named(
    plugins: Plugins,  # noqa: F811
    make_plugin: Any,
    keys: str,
    owner: str,
) -> None:
    @hookimpl
    def core_menu() -> Any:
        return MenuItem(title=Sentence("Bold"), endpoint="hotline.desk", permission="hotline.read", keys=keys)

    bold = make_plugin("bold", requires=("hotline",), core_menu=core_menu)
    found = Plugins([plugins.installed["hotline"].module, bold]).set_of(("hotline", "bold"))
    if not owner:
        loose_ends.refuse_failing(found)
        return
    with pytest.raises(PluginError, match=f"the menu’s key {keys} belongs to {owner} already"):
        loose_ends.refuse_failing(found)


@pytest.mark.parametrize(
    ("by", "named"),
    [
        (Role("gatekeeper", Sentence("Gatekeeper")), "gatekeeper, which nobody declares"),
        (HOTLINE_ENGINEER.where("engineer_id"), "engineer_id, which its cases do not have"),
    ],
)
def test_a_role_or_a_person_that_is_none_is_named_with_its_plugin(
    plugins: Plugins,  # noqa: F811
    make_plugin: Any,
    by: Any,
    named: str,
) -> None:
    @hookimpl
    def amend(procedures: Any) -> None:
        procedures["hotline.call"].widen("settle", by=by, clause="QI/03 3.3.1")

    bold = make_plugin("bold", requires=("hotline",), amend=amend)
    installed = Plugins([plugins.installed["hotline"].module, bold])
    with pytest.raises(PluginError, match=f"bold does not fit: hotline.call names {named}"):
        installed.set_of(("hotline", "bold"))


def test_a_deadline_that_counts_from_a_day_is_named(plugins: Plugins, make_plugin: Any) -> None:  # noqa: F811
    found = plugins.set_of(("hotline",))
    call = found.procedures["hotline.call"].copy()
    promise = call.deadlines["hotline.promise"]
    call.deadlines["hotline.promise"] = replace(promise, since="received_on")
    with pytest.raises(PluginError, match="received_on"):
        loose_ends._refuse_untimed(call, found)
    call.deadlines["hotline.promise"] = promise
    loose_ends._refuse_untimed(call, found)


@pytest.mark.usefixtures("app", "in_english")
def test_a_moment_without_words_is_named(plugins: Plugins) -> None:  # noqa: F811
    found = plugins.set_of(("hotline",))
    call = found.procedures["hotline.call"].copy()
    call.deadlines["hotline.long_test"] = replace(call.deadlines["hotline.long_test"], since="warned_at")
    with pytest.raises(PluginError, match=r"hotline\.long_test needs a since_title"):
        loose_ends._refuse_untimed(call, found)


@pytest.mark.usefixtures("app", "in_english")
def test_what_fails_before_it_is_asked_about_anything_is_named(plugins: Plugins, make_plugin: Any) -> None:  # noqa: F811
    @hookimpl
    def hotline_replies() -> Any:
        return ReplyEntry(key="delay.lost_again", group="delay", zh=WORDS, en=WORDS)

    bold = make_plugin("bold", requires=("hotline",), hotline_replies=hotline_replies)
    found = Plugins([plugins.installed["hotline"].module, bold]).set_of(("hotline", "bold"))
    with pytest.raises(PluginError, match=r"bold .*hotline_replies fails: “delay.lost_again” is no key"):
        loose_ends.refuse_failing(found)
    loose_ends.refuse_failing(plugins.set_of(("hotline",)))


@pytest.mark.usefixtures("app", "in_english")
def test_a_menu_entry_for_nobody_is_named(plugins: Plugins, make_plugin: Any) -> None:  # noqa: F811
    @hookimpl
    def core_menu() -> Any:
        return MenuItem(title=Sentence("Loans"), endpoint="hotline.desk", permission="bold.reed")

    read = Permission(key="bold.read", title=Sentence("Read"), roles=(HOTLINE_ENGINEER,))
    bold = make_plugin("bold", core_menu=core_menu, says={"permissions": (read,)})
    found = Plugins([bold]).set_of(("bold",))
    with pytest.raises(
        PluginError, match=r"core_menu names bold\.reed, which nobody declares; there is: bold\.read"
    ):
        loose_ends.refuse_failing(found)


def test_a_promise_without_its_moment_is_named(plugins: Plugins, make_plugin: Any) -> None:  # noqa: F811
    @hookimpl
    def amend(procedures: Any) -> None:
        said = {"title": Sentence("Soon"), "within": as_promised(), "owner": HOTLINE_ENGINEER}
        procedures["hotline.call"].starts(
            "park", "bold.soon", clause="QI/03 3.2.5", met_by=("resume",), **said
        )

    bold = make_plugin("bold", requires=("hotline",), amend=amend)
    installed = Plugins([plugins.installed["hotline"].module, bold])
    with pytest.raises(PluginError, match=r"bold does not fit: bold\.soon is due as promised"):
        installed.set_of(("hotline", "bold"))


@pytest.mark.usefixtures("in_english")
@pytest.mark.parametrize(("met_by", "refused"), [((), True), (("resume",), False)])
def test_a_deadline_that_no_step_meets_is_named(
    plugins: Plugins,  # noqa: F811
    make_plugin: Any,
    met_by: tuple[str, ...],
    refused: bool,
) -> None:
    @hookimpl
    def amend(procedures: Any) -> None:
        said = {"title": Sentence("Soon"), "within": same_working_day(), "owner": HOTLINE_ENGINEER}
        procedures["hotline.call"].starts("park", "bold.soon", clause="QI/03 3.2.5", met_by=met_by, **said)

    bold = make_plugin("bold", requires=("hotline",), amend=amend)
    installed = Plugins([plugins.installed["hotline"].module, bold])
    if not refused:
        assert "bold.soon" in installed.set_of(("hotline", "bold")).procedures["hotline.call"].deadlines
        return
    with pytest.raises(PluginError, match=r"bold does not fit: no step meets the deadline bold\.soon: name"):
        installed.set_of(("hotline", "bold"))


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """The means to write a plugin into a folder of its own."""

    def written(name: str, **files: str) -> Installed:
        folder = tmp_path / name
        folder.mkdir()
        (folder / "__init__.py").write_text("")
        for file, text in files.items():
            (folder / file.replace("_html", ".html").replace("_py", ".py")).write_text(text)
        monkeypatch.syspath_prepend(str(tmp_path))
        module = __import__(name)
        monkeypatch.delitem(sys.modules, name)
        return Installed(module, Manifest(name=name, title=Sentence(name), version="1"))

    return written


def test_pages_without_pages_are_told_what_to_write(package: Any) -> None:
    with pytest.raises(PluginError, match=r"empty does not fit: its views\.py has no pages"):
        _pages_of(package("empty", views_py=""))


def test_a_plugin_without_pages_may_have_templates_for_its_cards(package: Any, tmp_path: Path) -> None:
    one = package("carded")
    (tmp_path / "carded" / "templates" / "carded").mkdir(parents=True)
    (tmp_path / "carded" / "templates" / "carded" / "card.html").write_text("a card")
    loader = _pages_of(one).jinja_loader
    assert loader is not None
    assert loader.list_templates() == ["carded/card.html"]


def test_whoever_a_plugin_lets_take_a_step_may_read_such_cases(house: House, sign_in: SignIn) -> None:
    centre = Centre(house, "SH", "hotline", "fieldservice", "dummy")
    elsewhere = Centre(house, "BJ", "hotline", "fieldservice")
    keeper = house.person(centre.office, KEEPER, name="丁力")
    with writing():
        give_role(db.session.get_one(Person, keeper.id), elsewhere.office, KEEPER, "tests")
    page, other = centre.log(), elsewhere.log()
    browser = sign_in(keeper)
    assert page.number in said(browser.get(f"/SH/hotline/call/{page.number}").text)
    assert browser.get(f"/BJ/hotline/call/{other.number}").status_code == 403


def test_a_role_of_a_plugins_own_is_called_by_its_title(app: Flask) -> None:
    assert str(role_title("dummy_keeper")) == "Keeper of the dongles"
    assert role_title("nobody_knows") == "nobody_knows"


def test_the_api_names_what_a_case_points_to_without_a_relationship(house: House, walk: Any) -> None:
    walker = walk(house.office("SH", "hotline", "fieldservice", "dummy"))
    call = walker.case_in("hotline.call", "waits_for_dongle")
    loan = db.session.query(Loan).filter_by(call_id=call.id).one()
    assert shapes.fields(loan, walker.procedures["dummy.loan"])["call"] == call.number


def test_what_is_drawn_is_sent_by_no_api(plugins: Plugins) -> None:  # noqa: F811
    class Drawn(StepForm):
        message = SignatureField(Sentence("Signature"))

    call = plugins.set_of(("hotline",)).procedures["hotline.call"].copy()
    assert "message" in {str(one.key) for one in shapes.own_columns(call)}
    call.steps["park"] = replace(call.steps["park"], form=Drawn)
    assert "message" not in {str(one.key) for one in shapes.own_columns(call)}


def test_a_role_of_a_plugins_own_reads_the_book_by_which_it_works(house: House, sign_in: SignIn) -> None:
    centre = Centre(house, "SH", "hotline", "fieldservice", "dummy")
    browser = sign_in(house.person(centre.office, KEEPER, name="丁力"))
    assert browser.get("/SH/pocket-book/").status_code == 200
    assert browser.get("/SH/api/").status_code == 200
    assert browser.get("/SH/customers/").status_code == 403


def test_the_api_tells_steps_of_a_plugin_that_is_off_as_the_page_does(house: House, walk: Any) -> None:
    office = house.office("SH", "hotline", "fieldservice", "dummy")
    walker = walk(office)
    call = walker.case_in("hotline.call", "waits_for_dongle")
    gate.perform("dummy.loan", str(db.session.query(Loan).one().number), "fetch", walker.actor, office=office)
    gate.perform("hotline.call", call.number, "dongle_came", walker.actor, office=office)
    switches.switch(house.plugins, office, "dummy", False, SETTER_UP)
    house.see()
    act = gate.open_case("hotline.call", str(call.number), walker.actor, office_by_code("SH"))
    titles = [row["title"] for row in shapes.whole(act)["ledger"]]
    assert "Lend a dongle" in titles
    assert "lend" not in titles
    assert ("Bring the dongle", "met") in [
        (one["title"], one["state"]) for one in shapes.whole(act)["deadlines"]
    ]


def test_what_a_plugin_promised_that_is_off_is_asked_of_nobody(house: House, walk: Any) -> None:
    office = house.office("SH", "hotline", "fieldservice", "dummy")
    walker = walk(office)
    call = walker.case_in("hotline.call", "waits_for_dongle")
    with_it, without = walker.procedures["hotline.call"], house.plugins.set_of(("hotline",))
    assert "dummy.bring" in [one.key for one in deadlines.shown(with_it, call.id)]
    without_it = without.procedures["hotline.call"]
    assert "dummy.bring" not in [one.key for one in deadlines.shown(without_it, call.id)]


def test_what_only_a_machine_does_is_offered_to_nobody(house: House) -> None:
    office = house.office("SH", "hotline")
    house.see()
    absence = rules_of(office).procedure("hotline.absence")
    steps = {one.name for one in absence.steps.values() if not one.creates and not one.inner}
    of_machines = {name for name in steps if not absence.steps[name].for_people}
    paths = openapi.document(rules_of(office))["paths"]
    offered = {path.rpartition("/")[2] for path in paths if path.startswith("/absences/{number}/steps/")}
    assert of_machines == {"carry", "ask_on"}
    assert offered == steps - of_machines


def test_a_machine_is_called_in_the_readers_language(app: Flask) -> None:
    with force_locale("zh_Hans_CN"):
        assert [str(name_of(None, "timer")), str(name_of(7, "timer"))] == ["定时器", "timer"]
        assert str(name_of(None, "周静")) == "周静"


def test_an_added_field_says_on_the_page_on_which_clause_it_stands(house: House, sign_in: SignIn) -> None:
    centre = Centre(house, "SH", "hotline", "fieldservice", "dummy")
    page = said(sign_in(centre.hotline).get(f"/SH/hotline/call/{centre.log().number}?step=park").text)
    assert f"Shelf house rule: {SPARE.reason}" in page


@pytest.mark.usefixtures("in_english")
def test_an_added_field_says_in_the_api_on_which_clause_it_stands(house: House) -> None:
    office = house.office("SH", "hotline", "fieldservice", "dummy")
    house.see()
    paths = openapi.document(rules_of(office))["paths"]
    body = paths["/calls/{number}/steps/park"]["post"]["requestBody"]["content"]["application/json"]["schema"]
    assert str(SPARE.reason) in body["properties"]["shelf"]["description"]
