"""Head office's release note: what two releases rule otherwise, by clause, and whom it touches."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from types import ModuleType
from typing import Any

import pytest

from core.deadlines import working_days
from core.errors import NotFound
from core.i18n import Sentence, _l
from core.life import notes, snapshots
from core.life.arrival import arrive
from core.offices import Office
from core.parameters import Parameter
from core.people import Actor
from core.plugins import Plugins
from core.roles import DUTY_MANAGER, HOTLINE_ENGINEER, REGIONAL_MANAGER
from core.settings import set_parameter
from core.testing import House
from core.verdicts import Verdict
from plugins.hotline.hooks import Entitlement

pytestmark = pytest.mark.usefixtures("in_english")


def bell(make_plugin: Any, version: str) -> ModuleType:
    """Make one of two releases of the plugin “bell”; the second rules some things otherwise."""
    second = version != "1.0"
    within = Parameter(
        key="bell.days",
        kind=int,
        default=1 if second else 2,
        minimum=0,
        maximum=5,
        unit=_l("working days"),
        label=_l("Called back within"),
        clause="QI/03 3.1.7",
    )

    def amend(procedures: Any) -> None:
        call = procedures["hotline.call"]
        call.state("rung", Sentence("Rung off"))
        who = (HOTLINE_ENGINEER, DUTY_MANAGER) if second else HOTLINE_ENGINEER
        call.add_step("ring", "open -> rung", title=Sentence("Ring off"), by=who, clause="QI/03 3.2.5")
        call.add_step("back", "rung -> open", title=Sentence("Call back"), by=who, clause="QI/03 3.2.5")
        promised: Any = {"within": working_days("bell.days"), "owner": DUTY_MANAGER, "clause": "QI/03 3.1.7"}
        promised |= {"met_by": ("back",)}
        when = {"when": lambda act: True, "when_title": Sentence("when nobody answered")} if second else {}
        since = "opened_at" if second else None
        call.starts("ring", "bell.ring_again", title=Sentence("Ring again"), since=since, **promised, **when)
        if second:
            call.widen("settle", by=REGIONAL_MANAGER, clause="QI/03 3.2.6")
            call.starts("ring", "bell.call_back", title=Sentence("Call back soon"), **promised)

    def hotline_entitlement() -> Verdict:
        return Verdict(value=Entitlement.CARD, reason=Sentence("So it is."), clause="QI/03 3.2.5")

    answers = {} if second else {"hotline_entitlement": hotline_entitlement}
    module: ModuleType = make_plugin(
        "bell", requires=("hotline",), says={"parameters": (within,)}, amend=amend, **answers
    )
    module.manifest = replace(module.manifest, version=version)
    return module


@pytest.fixture
def first(house: House, install: Any, make_plugin: Any) -> Plugins:
    """The first release is installed, and its rules are kept."""
    real = [one.module for one in house.plugins.installed.values()]
    install(bell(make_plugin, "1.0"))
    arrive(house.plugins)
    house.see()
    found, house.plugins = house.plugins, Plugins(real)
    return found


@pytest.fixture
def second(house: House, first: Plugins, install: Any, make_plugin: Any) -> Plugins:
    """The second release came after it; Shanghai, Beijing and the head office use the plugin or do not."""
    house.plugins = first
    for code in ("SH", "BJ"):
        house.office(code, "hotline", "bell")
    house.office("GZ", "hotline")
    house.plugins = Plugins(one.module for name, one in first.installed.items() if name != "bell")
    install(bell(make_plugin, "2.0"))
    arrive(house.plugins)
    house.see()
    return house.plugins


Changes = dict[str, notes.Change]


@pytest.fixture
def changed(second: Plugins) -> Callable[[], Changes]:
    """What the second release rules otherwise, by key."""

    def read() -> Changes:
        before, after = (snapshots.of_version(version) for version in ("1.0", "2.0"))
        return {one.key: one for one in notes.changes(second, before, after)}

    return read


def test_it_names_what_is_otherwise_and_nothing_else(changed: Callable[[], Changes]) -> None:
    found = changed()
    assert {one.plugin for one in found.values()} == {"bell"}
    told = {key: list(one.aspects()) for key, one in found.items()}
    assert told["parameter bell.days"] == [("default", 2, 1)]
    back = [(name, notes.shown(was), notes.shown(now)) for name, was, now in told["step hotline.call.back"]]
    assert back == [
        ("who", "Hotline engineer", "Hotline engineer / Duty manager"),
        ("meets", "Ring again", "Ring again / Call back soon"),
    ]
    assert found["deadline bell.call_back"].was is None
    again = [
        (name, notes.shown(was), notes.shown(now)) for name, was, now in told["deadline bell.ring_again"]
    ]
    assert again == [("when", "—", "when nobody answered"), ("since", "—", "when the case was opened")]
    assert found["decision hotline_entitlement"].now is None
    widened = next(one for key, one in found.items() if key.startswith("widen hotline.call.settle"))
    assert (widened.was, widened.rule["clause"]) == (None, "QI/03 3.2.6")
    assert "state hotline.call.rung" not in found


def test_it_touches_who_uses_the_plugin_and_has_no_value_of_its_own(
    house: House, second: Plugins, changed: Callable[[], Changes]
) -> None:
    beijing = next(one for one in _offices(house) if one.code == "BJ")
    set_parameter(beijing, "bell.days", 4, Actor("tests"))
    house.see()
    days = changed()["parameter bell.days"]
    assert (days.touches, days.spares) == (["SH"], [("BJ", "BJ: 4")])
    assert changed()["deadline bell.call_back"].touches == ["BJ", "SH"]


def test_what_the_region_or_the_nation_set_spares_it_too(
    house: House, second: Plugins, changed: Callable[[], Changes]
) -> None:
    set_parameter(house.head, "bell.days", 1, Actor("tests"))
    house.see()
    assert changed()["parameter bell.days"].spares == [("BJ", "HQ: 1"), ("SH", "HQ: 1")]


def _offices(house: House) -> list[Office]:
    from core.offices import all_offices

    return list(all_offices().values())


def test_in_words_it_goes_by_clause(changed: Callable[[], Changes], second: Plugins) -> None:
    titles = {"QI/03 3.1.7": "Same-day demands"}
    said = notes.text(list(changed().values()), titles, "1.0", "2.0")
    assert said.startswith("# Release note: 1.0 → 2.0\n")
    clauses = [line for line in said.splitlines() if line.startswith("## ")]
    assert clauses == [
        "## QI/03 3.1.7 Same-day demands",
        "## QI/03 3.2.5",
        "## QI/03 3.2.6",
        "## Without a clause",
    ]
    assert (
        "- Parameter `bell.days`: **Called back within**\n"
        "  - default: 2 working days → 1 working days\n"
        "  - touches: BJ SH" in said
    )
    assert "- Deadline `bell.call_back`: **Call back soon** — new\n" in said
    assert "**Entitlement** — gone" in said


def test_two_releases_that_rule_the_same_have_an_empty_note(first: Plugins) -> None:
    one = snapshots.of_version("1.0")
    assert notes.text(notes.changes(first, one, one), {}, "1.0", "1.0").endswith(
        "Nothing is ruled otherwise."
    )


def test_a_file_says_the_same_as_the_database(second: Plugins) -> None:
    kept = snapshots.from_file(json.loads(json.dumps(snapshots.as_file(second))))
    assert not notes.changes(second, kept, snapshots.of_version("2.0"))
    with pytest.raises(NotFound, match="This is no snapshot"):
        snapshots.from_file({"something": "else"})


def test_a_version_that_nobody_has_seen_is_named_with_those_that_are_kept(second: Plugins) -> None:
    with pytest.raises(NotFound, match=r"No release 9\.9 is kept here\. Kept are: .*1\.0, 2\.0"):
        snapshots.of_version("9.9")


def read_again(told: Any) -> Mapping[str, Any]:
    return snapshots.from_file(json.loads(json.dumps(told)))


def asking(told: Any, step: str) -> Any:
    return told["plugins"]["fieldservice"]["rules"][f"step fieldservice.{step}"]["says"]


def test_what_is_asked_before_a_case_ends_is_kept_with_each_step_that_ends_it(house: House) -> None:
    told = snapshots.as_file(house.plugins)
    assert asking(told, "request.close")["endings"] == ["QI/05 3.4"]
    assert asking(told, "custody.witness")["endings"] == ["QI/05 3.7"]
    assert asking(told, "request.arrange")["endings"] == asking(told, "request.cancel")["endings"] == []


def test_a_release_that_asks_more_before_a_case_ends_says_so(house: House) -> None:
    now, was = snapshots.as_file(house.plugins), snapshots.as_file(house.plugins)
    asking(was, "request.close")["endings"] = []
    (one,) = notes.changes(house.plugins, read_again(was), read_again(now))
    assert (one.key, *one.aspects()) == ("step fieldservice.request.close", ("endings", [], ["QI/05 3.4"]))
    assert "before it ends the case: + QI/05 3.4" in notes.text([one], {}, "1.0", "2.0")


def test_what_an_earlier_release_did_not_keep_makes_no_note(house: House) -> None:
    now, was = snapshots.as_file(house.plugins), snapshots.as_file(house.plugins)
    for rule in was["plugins"]["fieldservice"]["rules"].values():
        rule["says"].pop("endings", None)
    assert not notes.changes(house.plugins, read_again(was), read_again(now))
    asking(was, "request.close")["who"] = []
    (one,) = notes.changes(house.plugins, read_again(was), read_again(now))
    assert [name for name, _was, _now in one.aspects()] == ["who"]


def test_keeping_the_rules_twice_changes_nothing(first: Plugins, contents: Any) -> None:
    before = contents()
    snapshots.keep(first)
    assert contents() == before


def test_a_plugin_that_does_not_fit_keeps_nobody_from_upgrading(
    house: House, install: Any, make_plugin: Any
) -> None:
    def amend(procedures: Any) -> None:
        procedures["hotline.call"].widen("nonsense", by=DUTY_MANAGER, clause="QI/03 3.2.5")

    install(make_plugin("bad", requires=("hotline",), amend=amend))
    arrive(house.plugins)
    assert {one.plugin for one in snapshots.take(house.plugins)} >= {"hotline", "shanghai"}
    assert "bad" not in {one.plugin for one in snapshots.take(house.plugins)}


def test_a_promise_without_a_number_is_told_as_the_pocket_book_tells_it(house: House) -> None:
    (rules,) = (one.rules for one in snapshots.take(house.plugins) if one.plugin == "fieldservice")
    within = rules["deadline fieldservice.appointment"]["says"]["within"]
    assert str(Sentence.from_json(within)) == "at the time agreed with the customer"
