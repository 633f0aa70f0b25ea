"""Why? Who decided, by which clause, and whom it overrode."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest

from core.errors import PluginError
from core.hooks import hookimpl
from core.i18n import _l
from core.plugins import Plugins, PluginSet
from core.verdicts import Verdict

ASKED = {"customer": None, "entitlement": "card", "rules": None}


def says(value: str) -> Callable[..., Verdict]:
    return lambda entitlement: Verdict(value=value, reason=_l("So it is."), clause="X/1 1")


def passes() -> None:
    return None


@hookimpl(wrapper=True)
def adjusts(entitlement: str) -> Iterator[Any]:
    verdict = yield
    return replace(verdict, value="registered", clause="X/1 9")


@hookimpl(wrapper=True)
def adjusts_again() -> Iterator[Any]:
    verdict = yield
    return replace(verdict, value="waiting", clause="X/1 10")


@hookimpl(wrapper=True)
def looks_on() -> Iterator[Any]:
    return (yield)


@pytest.fixture
def deciding(plugins: Plugins, make_plugin: Any) -> Callable[..., PluginSet]:
    """A set in which these plugins, each more local than the one before, answer where a request goes."""

    def built(**answers: Any) -> PluginSet:
        names: list[str] = ["hotline", "fieldservice"]
        made = []
        for name, answer in answers.items():
            made.append(make_plugin(name, requires=tuple(names), fieldservice_admission=answer))
            names.append(name)
        real = (plugins.installed[name].module for name in ("hotline", "fieldservice"))
        return Plugins([*real, *made]).set_of(names)

    return built


def explained(built: PluginSet) -> list[tuple[str, str, Any]]:
    answers = built.explain("fieldservice_admission", **ASKED)
    return [(one.plugin, one.role, one.verdict and one.verdict.value) for one in answers]


def test_the_owner_answers_when_nobody_else_does(deciding: Any) -> None:
    assert explained(deciding()) == [("fieldservice", "chosen", "registered")]


def test_the_most_local_answer_is_chosen_and_the_others_are_shown(deciding: Any) -> None:
    built = deciding(east=says("waiting"), town=says("registered"), street=passes)
    assert explained(built) == [
        ("street", "passed", None),
        ("town", "chosen", "registered"),
        ("east", "overridden", "waiting"),
        ("fieldservice", "overridden", "registered"),
    ]
    decision = built.decide("fieldservice_admission", **ASKED)
    assert decision.verdict.value == "registered"
    assert (decision.decided_by.plugin, decision.decided_by.version) == ("town", "1.0")
    assert decision.verdict == built.hook.fieldservice_admission(**ASKED), (
        "pluggy itself would choose the same"
    )


def test_each_adjuster_shows_its_own_part(deciding: Any) -> None:
    built = deciding(east=says("waiting"), inner=adjusts, middle=looks_on, outer=adjusts_again)
    assert explained(built) == [
        ("outer", "adjusted", "waiting"),
        ("middle", "passed", "registered"),
        ("inner", "adjusted", "registered"),
        ("east", "chosen", "waiting"),
        ("fieldservice", "overridden", "registered"),
    ]
    decision = built.decide("fieldservice_admission", **ASKED)
    assert decision.verdict == built.hook.fieldservice_admission(**ASKED)
    kept = decision.to_json()
    assert (kept["plugin"], kept["clause"], kept["value"]) == ("outer", "X/1 10", "waiting")
    assert [(one["plugin"], one["value"], one["clause"]) for one in kept["overridden"]] == [
        ("inner", "registered", "X/1 9"),
        ("east", "waiting", "X/1 1"),
        ("fieldservice", "registered", ""),
    ]


def test_an_adjuster_that_changes_nothing_is_not_the_one_who_decided(deciding: Any) -> None:
    built = deciding(east=says("waiting"), calm=looks_on)
    assert explained(built)[:2] == [("calm", "passed", "waiting"), ("east", "chosen", "waiting")]
    assert built.decide("fieldservice_admission", **ASKED).decided_by.plugin == "east"


@pytest.mark.parametrize("answer", ["Registered", None, 7])
def test_an_answer_that_the_decision_does_not_know_is_refused_by_name(deciding: Any, answer: Any) -> None:
    with pytest.raises(PluginError, match=r"Plugin east answered .* one of: registered, waiting"):
        deciding(east=says(answer)).explain("fieldservice_admission", **ASKED)


def test_what_is_no_verdict_is_refused_by_name(deciding: Any) -> None:
    with pytest.raises(PluginError, match="Plugin east answered fieldservice_admission with 'waiting'"):
        deciding(east=lambda customer: "waiting").explain("fieldservice_admission", **ASKED)


def test_who_fails_to_answer_is_named(deciding: Any) -> None:
    def crashes(customer: Any) -> None:
        raise ZeroDivisionError

    with pytest.raises(PluginError, match="Plugin east failed to decide fieldservice_admission"):
        deciding(east=crashes).decide("fieldservice_admission", **ASKED)


def test_a_decision_that_nobody_answers_is_named(plugins: Plugins) -> None:
    built = plugins.set_of(["hotline"])
    with pytest.raises(PluginError, match="Nobody answered the decision fieldservice_admission"):
        built.decide("fieldservice_admission", **ASKED)
    assert built.explain("fieldservice_admission", **ASKED) == []


def test_what_was_looked_at_is_kept_as_ids_and_plain_values(deciding: Any) -> None:
    from core.customers.models import Customer

    asked = {**ASKED, "customer": Customer(id=7, name="恒远")}
    decision = deciding(east=says("waiting")).decide("fieldservice_admission", **asked)
    assert decision.to_json()["inputs"] == {"customer": 7, "entitlement": "card"}


def test_a_contribution_that_fails_names_its_plugin_and_the_others_stay(
    plugins: Plugins, make_plugin: Any, caplog: pytest.LogCaptureFixture
) -> None:
    def core_menu() -> None:
        raise ZeroDivisionError

    hotline = plugins.installed["hotline"].module
    built = Plugins([hotline, make_plugin("broken", core_menu=core_menu)]).set_of(["hotline", "broken"])
    found = list(built.gather("core_menu"))
    assert [type(said) for name, said in found if name == "broken"] == [ZeroDivisionError]
    assert "hotline.read" in {said.permission for name, said in found if name == "hotline"}
    assert "plugin broken failed in core_menu" in caplog.text
