"""Each office uses its own plugins: switched by rows, refused by name, seen by every process at once."""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from sqlalchemy import select

from core import deadlines, gate, ledger, switches
from core.clauses import house_rule
from core.db import db, see_offices, writing
from core.deadlines import Deadline, same_working_day
from core.errors import PluginError
from core.i18n import _l
from core.offices import Office
from core.people import Actor
from core.plugins import Plugins
from core.roles import ADMINISTRATOR as CHIEF
from core.roles import DUTY_MANAGER, HOTLINE_ENGINEER
from core.rules import rules_of
from core.switches import PluginSwitch
from core.testing import NATIONAL, House

pytestmark = pytest.mark.usefixtures("in_english")

ADMINISTRATOR = Actor("admin")
OWN = house_rule(_l("For this test."))
TUESDAY = dt.datetime(2026, 11, 24, 2, tzinfo=dt.UTC)
ROUNDS = 6
MINUTES = {True: 45, False: 60}


def switch(house: House, office: Office, name: str, on: bool) -> None:
    switches.switch(house.plugins, office, name, on, ADMINISTRATOR)
    house.see()


def enabled(office: Office) -> set[str]:
    return set(switches.enabled_in([office.id])[office.id])


def refusal(house: House, office: Office, name: str, on: bool) -> str:
    before = enabled(office), len(switches.history(office.id))
    with pytest.raises(PluginError) as refused:
        switch(house, office, name, on)
    house.see()
    assert (enabled(office), len(switches.history(office.id))) == before
    return str(refused.value)


def test_switching_adds_rows_and_deletes_none(house: House, ledger_of: Any) -> None:
    office = house.office("SH", "hotline")
    for on in (True, False, True, True):
        switch(house, office, "fieldservice", on)
    history = [(row.plugin, row.enabled, row.switched_by) for row in switches.history(office.id)]
    assert history == [
        ("fieldservice", True, "admin"),
        ("fieldservice", False, "admin"),
        ("fieldservice", True, "admin"),
        ("hotline", True, "tests"),
    ], "what changes nothing writes nothing"
    rows = [(row.kind, row.action, row.details["plugin"]) for row in ledger_of(office)[1:]]
    assert rows[1:] == [("switch", action, "fieldservice") for action in ("enable", "disable", "enable")]
    assert list(ledger.verify(office.id)) == []


def test_the_neighbours_notice_nothing(house: House) -> None:
    beijing, shanghai = house.office("BJ"), house.office("SH")
    before = rules_of(beijing).plugins
    switch(house, shanghai, "shanghai", True)
    switch(house, shanghai, "billing", False)
    assert rules_of(beijing).plugins is before
    assert enabled(beijing) == set(NATIONAL)
    assert enabled(shanghai) == {"hotline", "fieldservice", "quality", "shanghai"}


def test_what_is_switched_off_is_gone_and_its_cases_stay(house: House, walk: Any) -> None:
    office = house.office("SH")
    number = walk(office).case_in("billing.sealing", "sealed").number
    switch(house, office, "billing", False)
    rules = rules_of(office)
    assert "billing.sealing" not in rules.plugins.procedures
    assert "grant_courtesy" not in rules.procedure("fieldservice.request").steps
    assert "billing.free_months" not in rules.parameters
    assert not any(plugin == "billing" for plugin, _item in rules.plugins.gather("core_menu"))
    switch(house, office, "billing", True)
    procedure = rules_of(office).procedure("billing.sealing")
    assert [case.number for case in db.session.scalars(select(procedure.model))] == [number]


def test_a_missing_requirement_is_named(house: House) -> None:
    office = house.office("SH", "hotline")
    assert refusal(house, office, "billing", True) == (
        "Plugin billing requires fieldservice. Enable fieldservice first."
    )


def test_what_others_require_is_not_switched_off(house: House) -> None:
    office = house.office("SH")
    assert refusal(house, office, "hotline", False) == (
        "Plugin hotline is required by fieldservice, billing, quality. Disable these first."
    )


def test_a_plugin_that_is_not_there_is_named_with_those_that_are(house: House) -> None:
    office = house.office("SH", "hotline")
    known = ", ".join(house.plugins.installed)
    assert refusal(house, office, "ghost", True) == f"There is no plugin ghost. Installed are: {known}."


def test_two_plugins_that_set_the_same_conflict(house: House, install: Any, make_plugin: Any) -> None:
    def amend(procedures: Any) -> None:
        procedures["hotline.call"].set("solve", tone="danger", clause=OWN)

    install(*(make_plugin(name, requires=("hotline",), amend=amend) for name in ("east", "west")))
    office = house.office("SH", "hotline", "east")
    assert refusal(house, office, "west", True) == (
        "Plugin west cannot amend solve.tone of hotline.call: plugin east sets it too."
    )


def adds_a_state(procedures: Any) -> None:
    call = procedures["hotline.call"]
    call.state("asleep", _l("Asleep"))
    call.state("gone", _l("Gone"), final=True)
    for name, moves in (("lull", "open -> asleep"), ("wake", "asleep -> open"), ("leave", "open -> gone")):
        call.add_step(name, moves, title=_l("Step"), by=HOTLINE_ENGINEER, clause=OWN)


def test_open_cases_in_a_state_of_its_own_keep_a_plugin_on(
    house: House, walk: Any, install: Any, make_plugin: Any
) -> None:
    install(make_plugin("sleepy", requires=("hotline",), amend=adds_a_state))
    office, neighbour = (house.office(code, "hotline", "sleepy") for code in ("SH", "BJ"))
    walker = walk(office)
    call = walker.case_in("hotline.call", "asleep")
    assert refusal(house, office, "sleepy", False) == (
        "1 cases of hotline.call stand in asleep, from where only this plugin leads on. Finish them first."
    )
    switch(house, neighbour, "sleepy", False)
    gate.perform("hotline.call", call.number, "wake", walker.actor, office=office)
    switch(house, office, "sleepy", False)
    assert enabled(office) == {"hotline"}


def test_what_has_ended_does_not_keep_a_plugin_on_and_still_has_a_name(
    house: House, walk: Any, install: Any, make_plugin: Any
) -> None:
    install(make_plugin("sleepy", requires=("hotline",), amend=adds_a_state))
    office = house.office("SH", "hotline", "sleepy")
    call = walk(office).case_in("hotline.call", "gone")
    switch(house, office, "sleepy", False)
    procedure = rules_of(office).procedure("hotline.call")
    assert "gone" not in procedure.states
    state = procedure.states[call.state]
    assert (str(state.title), state.final, procedure.steps_from("gone")) == ("gone", True, [])


def test_every_process_asks_the_rows_anew(house: House, plugins: Plugins) -> None:
    office = house.office("SH", "hotline", "fieldservice")
    assert rules_of(office).plugins.names == {"hotline", "fieldservice"}
    with writing():
        row = PluginSwitch(
            office_id=office.id,
            plugin="fieldservice",
            enabled=False,
            switched_at=TUESDAY,
            switched_by="other",
        )
        db.session.add(row)
    assert rules_of(office).plugins.names == {"hotline"}


def test_a_set_is_built_once_however_many_ask(house: House) -> None:
    fresh = Plugins(one.module for one in house.plugins.installed.values())
    with ThreadPoolExecutor(8) as pool:
        built = set(pool.map(lambda _n: fresh.set_of(["fieldservice", "hotline"]), range(16)))
    assert built == {fresh.set_of(("hotline", "fieldservice", "hotline"))}
    assert fresh.set_of(["hotline"]) not in built


def test_a_set_that_does_not_stand_is_not_kept(house: House) -> None:
    for _attempt in range(2):
        with pytest.raises(PluginError):
            house.plugins.set_of(["billing"])


def test_start_up_refuses_by_name_what_is_on_and_not_installed(
    house: House, install: Any, make_plugin: Any
) -> None:
    complete = install(make_plugin("ghost", requires=("hotline",)))
    office = house.office("SH", "hotline", "ghost")
    without = Plugins(one.module for one in complete.installed.values() if one.name != "ghost")
    switches.check_sets_in_use(complete)
    with pytest.raises(PluginError, match=r"not installed: 'ghost' \(SH\)"):
        switches.check_sets_in_use(without)
    switch(house, office, "ghost", False)
    switches.check_sets_in_use(without)


def test_a_misspelt_hook_is_found_when_its_plugin_is_switched_on(
    house: House, install: Any, make_plugin: Any
) -> None:
    install(make_plugin("typo", requires=("hotline",), hotline_entitelment=lambda customer: None))
    office = house.office("SH", "hotline")
    said = refusal(house, office, "typo", True)
    assert said.startswith("Plugin typo fits no hook: ")
    assert "there is no hook hotline_entitelment, but there is: hotline_entitlement" in said


def test_a_hook_that_asks_for_what_nobody_gives_is_found_too(
    house: House, install: Any, make_plugin: Any
) -> None:
    install(make_plugin("greedy", requires=("hotline",), hotline_entitlement=lambda customer, moon: None))
    said = refusal(house, house.office("SH", "hotline"), "greedy", True)
    assert said.startswith("Plugin greedy fits no hook: ")
    assert "hotline_entitlement is not told moon, but: customer, installation, on, rules" in said


def test_a_plugin_may_answer_hooks_of_a_plugin_that_is_off(
    house: House, install: Any, make_plugin: Any
) -> None:
    install(make_plugin("early", requires=("hotline",), fieldservice_admission=lambda customer: None))
    office = house.office("SH", "hotline", "early")
    assert enabled(office) == {"hotline", "early"}


def test_no_step_after_a_switch_was_decided_by_the_old_set_and_no_neighbour_noticed(
    house: House, servers: Any, ledger_of: Any
) -> None:
    shanghai, beijing = house.office("SH"), house.office("BJ")
    servers.start(4, shanghai, beijing, rounds=ROUNDS, threads=1, now=TUESDAY)
    while servers.busy:
        switch(house, shanghai, "shanghai", "shanghai" not in enabled(shanghai))
        time.sleep(0.03)
    servers.finish()
    decided = {names for names, _row in decided_rows(ledger_of(shanghai))}
    assert decided == {frozenset(NATIONAL), frozenset((*NATIONAL, "shanghai"))}, "both sets were at work"
    promised = {deadline.number: deadline for deadline in db.session.scalars(select(Deadline))}
    for names, row in decided_rows(ledger_of(shanghai)):
        assert set(row.details["plugins"]) == names, row.seq
        if row.action == "demand":
            assert minutes(promised[row.number]) == MINUTES["shanghai" in names]
    for names, row in decided_rows(ledger_of(beijing)):
        assert set(row.details["plugins"]) == names == set(NATIONAL)
        if row.action == "demand":
            assert minutes(promised[row.number]) == MINUTES[False]
    for office in (shanghai, beijing):
        assert list(ledger.verify(office.id)) == []
        assert len(list(decided_rows(ledger_of(office)))) == 4 * ROUNDS * 3


def decided_rows(rows: list[ledger.LedgerRow]) -> Iterator[tuple[frozenset[str], ledger.LedgerRow]]:
    """Walk a ledger in order: each row of a step, done or refused, with the set that the switch rows say."""
    names: frozenset[str] = frozenset()
    for row in rows[1:]:
        if row.kind == "switch":
            one = {row.details["plugin"]}
            names = names | one if row.action == "enable" else names - one
        else:
            yield names, row


def minutes(deadline: Deadline) -> float:
    return (deadline.due_at - deadline.started_at) / dt.timedelta(minutes=1)


def test_switching_leaves_the_scope_as_it_was(house: House) -> None:
    office, neighbour = house.office("SH", "hotline"), house.office("BJ", "hotline")
    both = frozenset({office.id, neighbour.id})
    see_offices(both)
    switches.switch(house.plugins, office, "fieldservice", True, ADMINISTRATOR)
    assert db.session.info["offices"] == both


def test_what_was_done_while_a_plugin_was_off_is_not_overdue_when_it_is_on_again(
    house: House, walk: Any, install: Any, make_plugin: Any
) -> None:
    def amend(procedures: Any) -> None:
        procedures["hotline.call"].starts(
            "log",
            "bell.ring",
            title=_l("Ring"),
            within=same_working_day(),
            owner=DUTY_MANAGER,
            clause=OWN,
            met_by=("park",),
        )

    install(make_plugin("bell", requires=("hotline",), amend=amend))
    office = house.office("SH", "hotline", "bell")
    walker = walk(office)
    done, waiting = (walker.case_in("hotline.call", "open") for _call in range(2))
    switch(house, office, "bell", False)
    gate.perform("hotline.call", done.number, "park", walker.actor, office=office)
    switch(house, office, "bell", True)
    house.see()

    def rings(call: Any) -> list[str]:
        found = deadlines.of_case("hotline.call", call.id)
        return [one.state for one in found if one.key == "bell.ring"]

    assert (rings(done), rings(waiting)) == (["dropped"], ["open"])


def test_an_office_whose_plugins_do_not_fit_takes_no_other_with_it_and_can_be_put_right(
    house: House, install: Any, make_plugin: Any, sign_in: Any
) -> None:
    real = house.plugins
    install(make_plugin("bell", requires=("hotline",)))
    broken, sound = house.office("SH", "hotline", "bell"), house.office("BJ", "hotline")
    person = house.person(house.head, CHIEF)
    house.plugins = real
    browser = sign_in(person)
    browser.application.extensions["koudai"] = real
    assert browser.get("/BJ/settings/").status_code == browser.get("/").status_code == 200
    refused = browser.get("/SH/settings/")
    assert refused.status_code == 409
    assert "bell is enabled but not installed" in refused.text
    assert sound.code == "BJ"
    switch(house, broken, "bell", False)
    assert browser.get("/SH/settings/").status_code == 200


def test_a_plugin_that_went_bad_while_it_was_on_can_be_switched_off(
    house: House, install: Any, make_plugin: Any
) -> None:
    real = list(house.plugins.installed.values())
    install(make_plugin("bell", requires=("hotline",)))
    office = house.office("SH", "hotline", "bell")
    bad = make_plugin("bell", requires=("hotline",), says={"presets": {"hotline.long_test_minutes": 479}})
    house.plugins = Plugins([*(one.module for one in real), bad])
    with pytest.raises(PluginError, match="cannot preset"):
        house.plugins.set_of({"hotline", "bell"})
    switch(house, office, "bell", False)
    assert switches.enabled_in([office.id])[office.id] == {"hotline"}
