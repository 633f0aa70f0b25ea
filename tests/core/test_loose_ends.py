"""Plugins that do not fit are refused when they are loaded or put together, by name and with the reason."""

from __future__ import annotations

from typing import Any

import pytest

from core.clauses import house_rule
from core.errors import PluginError
from core.hooks import hookimpl
from core.i18n import Sentence, _l
from core.parameters import Parameter
from core.plugins import Permission, Plugins
from core.procedure import Procedure
from core.roles import ADMINISTRATOR, ARCHIVIST, Role
from core.testing import NATIONAL
from plugins.hotline.models import Call

OWN = house_rule(_l("For this test."))


def parameter(key: str) -> Parameter:
    return Parameter(key=key, kind=int, default=36, label=Sentence(key), clause=OWN)


SAID: dict[str, tuple[dict[str, Any], str]] = {
    "another plugin's parameter": (
        {"parameters": (parameter("billing.free_months"),)},
        "Plugin osaka does not fit: billing.free_months does not begin with the plugin's own name.",
    ),
    "another plugin's permission": (
        {"permissions": (Permission(key="hotline.read", title=Sentence("Read"), roles=(ARCHIVIST,)),)},
        "hotline.read does not begin with the plugin's own name",
    ),
    "a role of the book": (
        {"roles": (Role(ADMINISTRATOR.key, Sentence("King"), inherits=True),)},
        "the role administrator belongs to core already",
    ),
    "a name too long to be kept": (
        {"parameters": (parameter("osaka." + "x" * 60),)},
        "is too long a name: at most 60 characters",
    ),
    "a newer core": ({"needs_core": "99.0"}, "it needs core 99.0, and this is"),
}


def beside_the_national(plugins: Plugins, *modules: Any) -> Plugins:
    national = (plugins.installed[name].module for name in NATIONAL)
    return Plugins([*national, *modules])


@pytest.mark.parametrize(("says", "why"), SAID.values(), ids=SAID)
def test_a_plugin_that_takes_what_is_not_its_own_is_refused(
    plugins: Plugins, make_plugin: Any, says: dict[str, Any], why: str
) -> None:
    with pytest.raises(PluginError) as refused:
        beside_the_national(plugins, make_plugin("osaka", says=says))
    assert why in str(refused.value)


@pytest.mark.parametrize("name", ["settings", "Osaka", "two_words", "a" * 21])
def test_a_plugin_cannot_be_named_like_a_page_or_in_several_words(make_plugin: Any, name: str) -> None:
    with pytest.raises(PluginError, match="one word of small letters"):
        Plugins([make_plugin(name)])


def test_two_plugins_of_one_name_are_refused(plugins: Plugins, make_plugin: Any) -> None:
    with pytest.raises(PluginError, match="Plugin hotline does not fit: two plugins have this name"):
        beside_the_national(plugins, make_plugin("hotline"))


@pytest.mark.parametrize("letter", ["R", "K"])
def test_a_series_of_numbers_is_one_plugins_alone(plugins: Plugins, make_plugin: Any, letter: str) -> None:
    osaka = make_plugin("osaka")
    loan = Procedure(
        "osaka.loan", model=Call, title=_l("Loan"), letter=letter, reads="osaka.read", heading=lambda one: ""
    )
    found = beside_the_national(plugins, osaka).installed["osaka"]
    vars(found)["procedures"] = (loan,)
    from core.loose_ends import refuse_clashes

    owner = {"R": "fieldservice", "K": "core"}[letter]
    with pytest.raises(PluginError, match=f"the letter {letter} belongs to {owner} already"):
        refuse_clashes([plugins.installed["fieldservice"], found])


@hookimpl(wrapper=True)
def adjusts() -> Any:
    return (yield)


@hookimpl(tryfirst=True)
def jumps() -> None:
    return None


@pytest.mark.parametrize(
    ("hook", "given", "why"),
    [
        ("core_menu", adjusts, "core_menu decides nothing to adjust"),
        ("hotline_entitlement", jumps, "hotline_entitlement jumps the queue"),
    ],
)
def test_an_answer_that_nobody_would_hear_in_its_turn_is_refused(
    plugins: Plugins, make_plugin: Any, hook: str, given: Any, why: str
) -> None:
    found = beside_the_national(plugins, make_plugin("osaka", requires=("hotline",), **{hook: given}))
    with pytest.raises(PluginError, match=f"Plugin osaka does not fit: {why}"):
        found.set_of((*NATIONAL, "osaka"))


@pytest.mark.parametrize(
    ("undone_by", "why"),
    [
        ("fly", "hotline.call.nap is undone by fly, which is no step that somebody takes"),
        ("log", "hotline.call.nap is undone by log, which does not lead back"),
        ("settle", "hotline.call.nap is undone by settle, which does not lead back"),
        ("solve", "hotline.call.nap is undone by solve, which does not lead back"),
    ],
)
def test_a_step_that_is_undone_by_what_does_not_lead_back_is_refused(
    plugins: Plugins, make_plugin: Any, undone_by: str, why: str
) -> None:
    def amend(procedures: Any) -> None:
        procedures["hotline.call"].add_step(
            "nap", "open -> parked", title=_l("Nap"), by=ARCHIVIST, clause=OWN, undone_by=undone_by
        )

    found = beside_the_national(plugins, make_plugin("osaka", requires=("hotline",), amend=amend))
    with pytest.raises(PluginError, match=f"Plugin osaka does not fit: {why}"):
        found.set_of((*NATIONAL, "osaka"))


def test_a_step_that_is_undone_by_what_leads_back_is_taken(plugins: Plugins, make_plugin: Any) -> None:
    def amend(procedures: Any) -> None:
        procedures["hotline.call"].add_step(
            "nap", "open -> parked", title=_l("Nap"), by=ARCHIVIST, clause=OWN, undone_by="resume"
        )

    found = beside_the_national(plugins, make_plugin("osaka", requires=("hotline",), amend=amend))
    assert found.set_of((*NATIONAL, "osaka")).procedures["hotline.call"].steps["nap"].undone_by == "resume"
