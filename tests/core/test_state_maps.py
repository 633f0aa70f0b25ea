"""A release that removes or renames a state says where its cases stand now, and the gate takes them there."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import select

from core import clock, deadlines, gate, ledger, switches
from core.clauses import house_rule
from core.db import db, writing
from core.deadlines import same_working_day
from core.errors import PluginError
from core.i18n import _l
from core.life.arrival import arrive
from core.life.carrying import refuse_lost
from core.life.releases import was_final
from core.offices import Office
from core.people import Actor
from core.plugins import Plugins
from core.roles import DUTY_MANAGER, HOTLINE_ENGINEER
from core.state_maps import StateMap
from core.switches import PluginSwitch
from core.testing import House, SignIn, said

pytestmark = pytest.mark.usefixtures("in_english")
ADMINISTRATOR = Actor("admin")
OWN = house_rule(_l("For this test."))
CLAUSE = "QI/03 3.1.7"


def sleeping(state: str, *, final: bool = False) -> Callable[[Any], None]:
    """Let calls go to sleep in a state of this name, until they wake or for good."""

    def amend(procedures: Any) -> None:
        call = procedures["hotline.call"]
        call.state(state, _l("Asleep"), final=final)
        call.add_step("lull", f"open -> {state}", title=_l("Lull"), by=HOTLINE_ENGINEER, clause=OWN)
        if not final:
            call.add_step("wake", f"{state} -> open", title=_l("Wake"), by=HOTLINE_ENGINEER, clause=OWN)
            call.starts(
                "lull",
                "sleepy.call_back",
                title=_l("Call back"),
                within=same_working_day(),
                owner=DUTY_MANAGER,
                clause=OWN,
                met_by=("wake",),
            )

    return amend


def a_map(old: str, new: str, version: str = "2.0", procedure: str = "hotline.call") -> StateMap:
    return StateMap(procedure=procedure, version=version, states={old: new}, clause=CLAUSE)


Release = Callable[..., Plugins]


@pytest.fixture
def release(house: House, install: Any, make_plugin: Any) -> Release:
    """The means to install a release of the plugin “sleepy” in place of the one before."""
    real = [one.module for one in house.plugins.installed.values()]

    def installed(state: str, *maps: StateMap, final: bool = False, version: str = "2.0") -> Plugins:
        module = make_plugin("sleepy", requires=("hotline",), amend=sleeping(state, final=final))
        module.manifest = replace(module.manifest, version=version, state_maps=maps)
        house.plugins = Plugins(real)
        return install(module)  # type: ignore[no-any-return]

    return installed


@pytest.fixture
def asleep(house: House, release: Release, walk: Any) -> Any:
    """A call of Shanghai's that sleeps in the state of the first release."""
    release("asleep", version="1.0")
    return walk(house.office("SH", "hotline", "sleepy")).case_in("hotline.call", "asleep")


def of(call: Any) -> Any:
    db.session.expire_all()
    return db.session.scalars(select(type(call)).where(type(call).number == call.number)).one()


def test_the_cases_stand_where_the_map_says_and_the_ledger_knows_why(
    house: House, asleep: Any, release: Release, ledger_of: Any
) -> None:
    number, version, office_id = asleep.number, asleep.version, asleep.office_id
    found = release("resting", a_map("asleep", "resting"))
    assert arrive(found) == {"hotline.call": 1}
    house.see()
    case = of(asleep)
    assert (case.state, case.version) == ("resting", version + 1)
    row = ledger_of(db.session.get_one(Office, office_id))[-1]
    assert (row.kind, row.action, row.actor, row.number) == ("step", "release", "release", number)
    assert (row.from_state, row.to_state) == ("asleep", "resting")
    assert (row.version, row.clause) == ("sleepy 2.0", CLAUSE)
    (waiting,) = [one for one in deadlines.of_case("hotline.call", case.id) if one.key == "sleepy.call_back"]
    assert waiting.state == "open", "a promise that has started keeps its time"
    assert list(ledger.verify(office_id)) == []
    refuse_lost(found)


def test_a_second_start_changes_nothing(house: House, asleep: Any, release: Release, contents: Any) -> None:
    found = release("resting", a_map("asleep", "resting"))
    arrive(found)
    before = contents()
    assert not arrive(found)
    assert contents() == before


def test_a_release_that_was_left_out_is_made_up_for(house: House, asleep: Any, release: Release) -> None:
    maps = a_map("asleep", "dozing"), a_map("dozing", "resting", "3.0")
    arrive(release("resting", *maps, version="3.0"))
    house.see()
    assert of(asleep).state == "resting"


def test_in_a_state_that_ends_it_the_promises_end_too(house: House, asleep: Any, release: Release) -> None:
    arrive(release("gone", a_map("asleep", "gone"), final=True))
    house.see()
    case = of(asleep)
    states = [one.state for one in deadlines.of_case("hotline.call", case.id)]
    assert "open" not in states


def test_without_a_map_nobody_starts_and_the_cases_are_named(
    house: House, asleep: Any, release: Release
) -> None:
    found = release("resting")
    assert not arrive(found)
    with pytest.raises(PluginError, match=r"hotline\.call “asleep” \(SH 1\)"):
        refuse_lost(found)
    refuse_lost(release("asleep", version="1.0"))


def test_what_has_ended_may_stand_where_only_an_earlier_release_knew(
    house: House, release: Release, walk: Any
) -> None:
    arrive(release("gone", final=True, version="1.0"))
    house.see()
    walk(house.office("SH", "hotline", "sleepy")).case_in("hotline.call", "gone")
    refuse_lost(release("resting"))
    assert was_final("hotline.call", "gone")
    assert not was_final("hotline.call", "resting")


def test_an_office_that_had_it_off_is_carried_over_when_it_is_on_again(
    house: House, release: Release, walk: Any
) -> None:
    release("asleep", version="1.0")
    office = house.office("SH", "hotline", "sleepy")
    call = walk(office).case_in("hotline.call", "asleep")
    with writing():
        off = {"enabled": False, "switched_at": clock.now(), "switched_by": "somebody in a hurry"}
        db.session.add(PluginSwitch(office_id=office.id, plugin="sleepy", **off))
    found = release("resting", a_map("asleep", "resting"))
    assert not arrive(found)
    house.see()
    switches.switch(found, office, "sleepy", True, ADMINISTRATOR)
    house.see()
    assert of(call).state == "resting"


def test_a_case_that_was_carried_over_goes_on_and_its_page_tells_the_story(
    house: House, asleep: Any, release: Release, sign_in: SignIn
) -> None:
    number, office_id = asleep.number, asleep.office_id
    found = release("resting", a_map("asleep", "resting"))
    arrive(found)
    house.see()
    office = db.session.get_one(Office, office_id)
    engineer = house.person(office, HOTLINE_ENGINEER)
    browser = sign_in(engineer)
    browser.application.extensions["koudai"] = found
    page = said(browser.get(f"/SH/hotline/call/{number}").text)
    assert "Carried over by a release → Asleep" in page
    gate.perform("hotline.call", number, "wake", house.actor(engineer), office=office)
    house.see()
    assert of(asleep).state == "open"


@pytest.mark.parametrize(
    ("maps", "why"),
    [
        ((a_map("drowsy", "nowhere"),), "it maps drowsy to nowhere, which nobody declares"),
        ((a_map("open", "asleep"),), "it maps the state open, which is still there"),
        ((a_map("a", "b"), a_map("b", "a")), "it maps a to a, which nobody declares"),
        (
            (a_map("a", "lent", procedure="billing.sealing"),),
            "it maps states of billing.sealing, which it does not require",
        ),
    ],
)
def test_a_map_that_leads_nowhere_is_refused_by_name(
    house: House, release: Release, maps: tuple[StateMap, ...], why: str
) -> None:
    found = release("asleep", *maps)
    with pytest.raises(PluginError, match=f"Plugin sleepy does not fit: {why}"):
        found.set_of({"hotline", "sleepy"})
