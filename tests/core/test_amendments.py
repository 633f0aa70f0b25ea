"""The closed list of verbs: what adds up, what conflicts, and what is refused by name."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from types import ModuleType
from typing import Any

import pytest
from wtforms import StringField

from core import deadlines, gate
from core.clauses import house_rule
from core.deadlines import Within, same_working_day, working_days
from core.errors import PluginError, RefusalKind, Refused
from core.forms import EmptyForm, TextField
from core.i18n import _l
from core.plugins import Plugins, PluginSet
from core.procedure import Procedure
from core.roles import ARCHIVIST, DUTY_MANAGER, HOTLINE_ENGINEER, REGIONAL_MANAGER
from core.testing import NATIONAL, House

OWN = house_rule(_l("For this test."))
Amend = Callable[[Any], None]


@pytest.fixture
def build(plugins: Plugins, make_plugin: Any) -> Callable[..., PluginSet]:
    """Build the set of the national plugins and of some that amend them, in the order given."""

    def built(*amends: Amend, requires: tuple[str, ...] = NATIONAL, chained: bool = False) -> PluginSet:
        made: list[ModuleType] = []
        for place, amend in enumerate(amends):
            before = tuple(one.manifest.name for one in made) if chained else ()
            made.append(make_plugin(f"region{place}", requires=(*requires, *before), amend=amend))
        national = (plugins.installed[name].module for name in NATIONAL)
        further = Plugins([*national, *made])
        return further.set_of(further.installed)

    return built


def call_of(built: PluginSet) -> Procedure:
    return built.procedures["hotline.call"]


def on_call(act: Callable[[Any], None]) -> Amend:
    return lambda procedures: act(procedures["hotline.call"])


def test_widenings_and_requirements_add_up(build: Any) -> None:
    built = build(
        on_call(lambda call: call.widen("park", by=ARCHIVIST, clause="QI/03 3.1.1")),
        on_call(
            lambda call: call.widen(
                "park", by=(REGIONAL_MANAGER, ARCHIVIST.where("owner_id")), clause="QI/03 3.1.2"
            )
        ),
        on_call(lambda call: call.require("park", lambda act: None, clause="QI/03 3.1.3")),
        on_call(lambda call: call.require("park", lambda act: None, clause="QI/03 3.1.4")),
    )
    step = call_of(built).steps["park"]
    assert [one.role.key for one in step.who] == [
        "hotline_engineer",
        "duty_manager",
        "archivist",
        "regional_manager",
        "archivist",
    ]
    assert [(one.clause, one.plugin) for one in step.requires] == [
        ("QI/03 3.1.3", "region2"),
        ("QI/03 3.1.4", "region3"),
    ]
    noted = [(one.verb, one.target, one.clause, one.plugin) for one in call_of(built).amendments[-5:]]
    assert noted == [
        ("widen", "park", "QI/03 3.1.1", "region0"),
        ("widen", "park", "QI/03 3.1.2", "region1"),
        ("widen", "park", "QI/03 3.1.2", "region1"),
        ("require", "park", "QI/03 3.1.3", "region2"),
        ("require", "park", "QI/03 3.1.4", "region3"),
    ]


def test_what_one_set_amends_no_other_set_sees(build: Any, plugins: Plugins) -> None:
    before = dict(plugins.set_of(NATIONAL).procedures["hotline.call"].steps)
    built = build(on_call(lambda call: call.set("park", tone="danger", clause=OWN)))
    assert call_of(built).steps["park"].tone == "danger"
    assert plugins.set_of(NATIONAL).procedures["hotline.call"].steps == before


def test_a_later_plugin_that_requires_the_earlier_one_has_the_last_word(build: Any) -> None:
    tones = [
        on_call(lambda call, tone=tone: call.set("park", tone=tone, clause=OWN))
        for tone in ("primary", "danger")
    ]
    assert call_of(build(*tones, chained=True)).steps["park"].tone == "danger"
    with pytest.raises(
        PluginError, match=r"region1 cannot amend park\.tone of hotline\.call: plugin region0 sets it"
    ):
        build(*tones)


def test_one_plugin_may_set_several_things_and_one_thing_twice(build: Any) -> None:
    def amend(call: Any) -> None:
        call.set("park", tone="danger", title=_l("Wait"), form=EmptyForm, clause=OWN)
        call.set("park", by=(ARCHIVIST,), tone="primary", clause=OWN)

    step = call_of(build(on_call(amend))).steps["park"]
    assert (step.tone, str(step.title), step.form) == ("primary", "Wait", EmptyForm)
    assert [one.role for one in step.who] == [ARCHIVIST]


def test_what_is_set_and_what_is_widened_hold_together_in_either_order(build: Any) -> None:
    sets = on_call(lambda call: call.set("park", by=ARCHIVIST, clause="QI/03 3.1.1"))
    widens = on_call(lambda call: call.widen("park", by=REGIONAL_MANAGER, clause="QI/03 3.1.2"))
    for both in ((sets, widens), (widens, sets)):
        who = call_of(build(*both)).steps["park"].who
        assert [(one.role, one.clause) for one in who] == [
            (ARCHIVIST, "QI/03 3.1.1"),
            (REGIONAL_MANAGER, "QI/03 3.1.2"),
        ]


REFUSED: dict[str, tuple[Callable[[Any], Any], str]] = {
    "a step that is gone": (
        lambda call: call.widen("fly", by=ARCHIVIST, clause=OWN),
        "cannot amend fly of hotline.call: there is no such step; known are log, ",
    ),
    "a step to meet a deadline that is gone": (
        lambda call: starts(call, met_by=("fly",)),
        "cannot amend fly of hotline.call: there is no such step; known are log, ",
    ),
    "an attribute that is not to be set": (
        lambda call: call.set("park", does=None, clause=OWN),
        "cannot amend park.does of hotline.call: only by, form, title, tone can be set.",
    ),
    "a state that exists": (
        lambda call: call.state("open", _l("Open")),
        "cannot amend open of hotline.call: it exists already.",
    ),
    "a step that exists": (
        lambda call: call.add_step("park", "open -> parked", title=_l("P"), by=ARCHIVIST, clause=OWN),
        "cannot amend park of hotline.call: it exists already.",
    ),
    "a step to a state that nobody declared": (
        lambda call: call.add_step("fly", "open -> air", title=_l("Fly"), by=ARCHIVIST, clause=OWN),
        ": step fly of hotline.call names the state air, which nobody declared; known are received, open,",
    ),
    "a deadline that exists": (
        lambda call: starts(call, key="hotline.long_test"),
        "cannot amend hotline.long_test of hotline.call: it exists already.",
    ),
    "a deadline that nobody declared": (
        lambda call: call.add_step(
            "fly", "open -> same", title=_l("Fly"), by=ARCHIVIST, clause=OWN, starts=("region0.air",)
        ),
        "hotline.call.fly names the deadline region0.air, which nobody declares.",
    ),
    "a field that exists": (
        lambda call: [call.add_field("park", "why", TextField(_l("Why")), clause=OWN) for _twice in range(2)],
        "cannot amend park.why of hotline.call: it exists already.",
    ),
    "a field of the step itself": (
        lambda call: call.add_field("solve", "answer", TextField(_l("Answer")), clause=OWN),
        "cannot amend solve.answer of hotline.call: it exists already.",
    ),
    "a field that hides what every form has": (
        lambda call: call.add_field("park", "values", TextField(_l("Values")), clause=OWN),
        "cannot amend park.values of hotline.call: it exists already.",
    ),
    "a field of another kind": (
        lambda call: call.add_field("park", "why", StringField("Why"), clause=OWN),
        "cannot amend park.why of hotline.call: it is none of the fields of core.forms.",
    ),
    "a time that nobody sets": (
        lambda call: starts(call, key="region0.late", within=working_days("region0.nothing")),
        "region0.late takes its time from region0.nothing, which nobody declares.",
    ),
    "a clause that nobody ships": (
        lambda call: call.widen("park", by=ARCHIVIST, clause="QI/99 1"),
        "nobody ships the clause QI/99 1",
    ),
    "a crash": (lambda call: 1 / 0, "Plugin region0 failed while amending: ZeroDivisionError"),
}


def starts(
    call: Any,
    key: str = "region0.answer",
    met_by: tuple[str, ...] = ("solve",),
    within: Within | None = None,
) -> None:
    call.starts(
        "log",
        key,
        title=_l("Answer"),
        within=within or same_working_day(),
        owner=DUTY_MANAGER,
        clause="QI/03 3.1.1",
        met_by=met_by,
    )


@pytest.mark.parametrize(("act", "said"), REFUSED.values(), ids=REFUSED)
def test_what_cannot_be_amended_is_refused_by_name(act: Any, said: str, build: Any) -> None:
    with pytest.raises(PluginError) as refused:
        build(on_call(act))
    assert "region0" in str(refused.value) or said.startswith("Step ")
    assert said in str(refused.value)


def test_a_locked_attribute_stays_as_head_office_wrote_it(build: Any, plugins: Plugins) -> None:
    def locks(call: Any) -> None:
        step = call.procedure.steps["park"]
        call.procedure.steps["park"] = replace(step, locked=frozenset({"by", "form"}))

    for act in (
        lambda call: call.widen("park", by=ARCHIVIST, clause=OWN),
        lambda call: call.set("park", by=ARCHIVIST, clause=OWN),
        lambda call: call.add_field("park", "why", TextField(_l("Why")), clause=OWN),
    ):
        with pytest.raises(
            PluginError, match=r"region1 cannot amend park\.(by|form) .* locked it \(QI/03 3\.2\.5\)"
        ):
            build(on_call(locks), on_call(act))
    built = build(on_call(locks), on_call(lambda call: call.set("park", tone="danger", clause=OWN)))
    assert call_of(built).steps["park"].tone == "danger"


@pytest.mark.parametrize(("name", "requires"), [("hotline.cal", NATIONAL), ("billing.sealing", ("hotline",))])
def test_a_procedure_that_is_gone_or_not_required_is_refused_by_name(
    name: str, requires: tuple[str, ...], build: Any
) -> None:
    with pytest.raises(
        PluginError, match=f"region0 amends '{name}', which is not there, or which it does not"
    ):
        build(lambda procedures: procedures[name].widen("lift", by=ARCHIVIST, clause=OWN), requires=requires)


def test_an_added_field_is_asked_kept_and_recorded(
    house: House, walk: Any, install: Any, make_plugin: Any, ledger_of: Any
) -> None:
    kept: list[tuple[str, str]] = []

    def amend(procedures: Any) -> None:
        field = TextField(_l("What the customer said"), limit=20)
        procedures["hotline.call"].add_field("park", "said", field, keep=keep, clause=OWN)

    def keep(act: Any, value: str) -> None:
        kept.append((act.case.state, value))

    install(make_plugin("listener", requires=("hotline",), amend=amend))
    office, plain = house.office("SH", "hotline", "listener"), house.office("BJ", "hotline")
    walker = walk(office)
    call = walker.case_in("hotline.call", "open")
    with pytest.raises(Refused) as refused:
        gate.perform("hotline.call", call.number, "park", walker.actor, {"said": "长" * 21}, office=office)
    assert (refused.value.kind, list(refused.value.errors)) == (RefusalKind.FORM, ["said"])
    gate.perform("hotline.call", call.number, "park", walker.actor, {"said": "再等等"}, office=office)
    assert kept == [("parked", "再等等")]
    assert ledger_of(office)[-1].details["values"] == {"said": "再等等"}
    assert walk(plain).case_in("hotline.call", "parked").state == "parked"


def test_a_deadline_of_ones_own_starts_and_is_met(
    house: House, walk: Any, install: Any, make_plugin: Any
) -> None:
    install(make_plugin("prompt", requires=("hotline",), amend=on_call(lambda c: starts(c, "prompt.answer"))))
    office = house.office("SH", "hotline", "prompt")
    call = walk(office).case_in("hotline.call", "solved")
    (promise,) = deadlines.of_case("hotline.call", call.id)
    assert (promise.key, promise.state, promise.plugin, promise.clause) == (
        "prompt.answer",
        "met",
        "prompt",
        "QI/03 3.1.1",
    )


def test_a_deadline_of_ones_own_counts_anew_from_each_step_and_is_dropped_by_those_named(
    house: House, walk: Any, install: Any, make_plugin: Any
) -> None:
    def amend(call: Any) -> None:
        call.starts(
            ("park", "answer_demand"),
            "prompt.think",
            title=_l("Think"),
            within=same_working_day(),
            owner=HOTLINE_ENGINEER,
            clause="QI/03 3.1.1",
            met_by=("solve",),
            dropped_by=("demand",),
        )

    install(make_plugin("prompt", requires=("hotline",), amend=on_call(amend)))
    office = house.office("SH", "hotline", "prompt")
    walker = walk(office)
    call = walker.case_in("hotline.call", "open")

    def after(step: str, **values: str) -> list[str]:
        gate.perform("hotline.call", call.number, step, walker.actor, values, office=office)
        found = deadlines.of_case("hotline.call", call.id)
        return sorted(one.state for one in found if one.key == "prompt.think")

    assert after("park") == ["open"]
    assert after("resume", answer="已电话联系客户") == ["open"]
    assert after("demand", demand="今天必须上门") == ["dropped"]
    assert after("answer_demand", answer="已电话联系客户") == ["dropped", "open"]
    assert after("park") == ["dropped", "dropped", "open"]
    assert after("resume", answer="已电话联系客户") == ["dropped", "dropped", "open"]
    assert after("solve", answer="重建索引后反结账成功") == ["dropped", "dropped", "met"]


def test_whether_a_deadline_starts_may_hang_on_what_the_plugin_has_kept(
    house: House, walk: Any, install: Any, make_plugin: Any
) -> None:
    kept: list[str] = []

    def amend(call: Any) -> None:
        field = TextField(_l("What the customer said"), limit=20)
        call.add_field("park", "said", field, keep=lambda act, value: kept.append(value), clause=OWN)
        rule = {"title": _l("Think"), "within": same_working_day(), "owner": HOTLINE_ENGINEER}
        when = {"met_by": ("solve",), "when": lambda act: "再等等" in kept}
        call.starts("park", "listener.think", clause="QI/03 3.1.1", **rule, **when)

    install(make_plugin("listener", requires=("hotline",), amend=on_call(amend)))
    office = house.office("SH", "hotline", "listener")
    walker = walk(office)
    for said, started in (("不等了", 0), ("再等等", 1)):
        call = walker.case_in("hotline.call", "open")
        gate.perform("hotline.call", call.number, "park", walker.actor, {"said": said}, office=office)
        found = [one for one in deadlines.of_case("hotline.call", call.id) if one.key == "listener.think"]
        assert len(found) == started


def test_a_step_of_ones_own_names_its_plugin_and_version(
    house: House, walk: Any, install: Any, make_plugin: Any, ledger_of: Any
) -> None:
    def amend(call: Any) -> None:
        call.add_step("ring", "open -> same", title=_l("Ring"), by=HOTLINE_ENGINEER, clause="QI/03 3.1.5")

    install(make_plugin("bell", requires=("hotline",), amend=on_call(amend)))
    office = house.office("SH", "hotline", "bell")
    walker = walk(office)
    call = walker.case_in("hotline.call", "open")
    gate.perform("hotline.call", call.number, "ring", walker.actor, office=office)
    row = ledger_of(office)[-1]
    assert (row.action, row.from_state, row.to_state) == ("ring", "open", "open")
    assert (row.version, row.clause) == ("bell 1.0", "QI/03 3.1.5")


def test_plugins_in_a_circle_or_without_what_they_require_are_refused_by_name(make_plugin: Any) -> None:
    with pytest.raises(PluginError, match=r"circle: .*a.*b"):
        Plugins([make_plugin("a", requires=("b",)), make_plugin("b", requires=("a",))])
    with pytest.raises(PluginError, match="Plugin a requires b, which is not installed"):
        Plugins([make_plugin("a", requires=("b",))])


def test_the_order_is_by_dependency_and_national_before_regional(plugins: Plugins, make_plugin: Any) -> None:
    made = [make_plugin("aa"), make_plugin("zz", regional=False), make_plugin("bb", requires=("aa",))]
    ordered = list(Plugins([*made, *(one.module for one in plugins.installed.values())]).installed)
    assert ordered[:2] == ["hotline", "zz"]
    assert set(ordered[:5]) == {*NATIONAL, "zz"}
    assert ordered.index("aa") < ordered.index("bb")
    assert ordered == list(
        Plugins(reversed([*made, *(o.module for o in plugins.installed.values())])).installed
    )
