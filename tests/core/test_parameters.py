"""A rule without code: who may set a number, how far, and whose number counts."""

from __future__ import annotations

from typing import Any

import pytest

from core import ledger
from core.db import db, writing
from core.errors import PluginError, UnknownSetting
from core.i18n import _l
from core.offices import Office, OfficeKind
from core.parameters import Parameter, ParameterValue
from core.people import Actor
from core.plugins import Plugins
from core.rules import rules_of
from core.settings import clear_parameter, set_parameter
from core.testing import House

pytestmark = pytest.mark.usefixtures("in_english")

DEMAND = "hotline.same_day_demand_minutes"
FREE = "billing.free_months"
ROOT = "fieldservice.backup_root"
ADMINISTRATOR = Actor("admin")


@pytest.fixture
def tree(house: House) -> tuple[Office, Office, Office]:
    """Head office, a region below it, and in the region an office with Shanghai's rules."""
    with writing():
        region = Office(code="EAST", kind=OfficeKind.REGION, name_zh="华东", parent_id=house.head.id)
        db.session.add(region)
    office = house.office("SH", "hotline", "fieldservice", "billing", "shanghai")
    with writing():
        office.parent_id = region.id
    house.see()
    return house.head, region, office


def ladder(office: Office, key: str) -> list[tuple[str, Any]]:
    return [(rung.source, rung.value) for rung in rules_of(office).rungs(key) if rung.given]


def value(office: Office, key: str) -> Any:
    return rules_of(office).parameter(key)


def refusal(office: Office, key: str, given: Any) -> str:
    before = db.session.query(ParameterValue).count()
    with pytest.raises(UnknownSetting) as refused:
        set_parameter(office, key, given, ADMINISTRATOR)
    assert db.session.query(ParameterValue).count() == before
    return str(refused.value)


@pytest.mark.clause("QI/03 3.1.7")
def test_the_most_local_value_counts_and_every_rung_shows_its_source(tree: tuple[Office, ...]) -> None:
    nation, region, office = tree
    assert ladder(office, DEMAND) == [("preset", 45), ("default", 60)]
    set_parameter(nation, DEMAND, 50, ADMINISTRATOR)
    assert ladder(office, DEMAND) == [("preset", 45), ("nation", 50), ("default", 60)]
    set_parameter(region, DEMAND, "40", ADMINISTRATOR)
    assert ladder(office, DEMAND)[0] == ("region", 40)
    assert set_parameter(office, DEMAND, 30, ADMINISTRATOR) == value(office, DEMAND) == 30
    assert ladder(office, DEMAND) == [
        ("office", 30),
        ("region", 40),
        ("preset", 45),
        ("nation", 50),
        ("default", 60),
    ]
    assert [rung.name for rung in rules_of(office).rungs(DEMAND)] == [
        "SH",
        "EAST",
        "shanghai",
        "HQ",
        "hotline",
    ]
    assert (value(region, DEMAND), value(nation, DEMAND)) == (40, 50)


def test_a_value_set_later_counts_and_the_earlier_one_stays_on_file(tree: tuple[Office, ...]) -> None:
    office = tree[-1]
    for number in (30, 20, 25):
        set_parameter(office, DEMAND, number, ADMINISTRATOR)
    assert value(office, DEMAND) == 25
    stored = db.session.query(ParameterValue).filter_by(office_id=office.id).order_by(ParameterValue.id)
    assert [(row.value, row.set_by) for row in stored] == [(30, "admin"), (20, "admin"), (25, "admin")]


def test_what_is_cleared_falls_back_to_the_rung_above(tree: tuple[Office, ...]) -> None:
    _nation, region, office = tree
    set_parameter(region, DEMAND, 40, ADMINISTRATOR)
    set_parameter(office, DEMAND, 30, ADMINISTRATOR)
    assert clear_parameter(office, DEMAND, ADMINISTRATOR) == 40
    assert ladder(office, DEMAND)[0] == ("region", 40)
    with pytest.raises(UnknownSetting, match="SH has no value of its own"):
        clear_parameter(office, DEMAND, ADMINISTRATOR)


def test_each_setting_writes_a_row_with_its_clause(tree: tuple[Office, ...], ledger_of: Any) -> None:
    office = tree[-1]
    set_parameter(office, DEMAND, "30", ADMINISTRATOR)
    clear_parameter(office, DEMAND, ADMINISTRATOR)
    done = [(row.kind, row.action, row.actor, row.clause, row.details) for row in ledger_of(office)[-2:]]
    same = ("parameter", DEMAND, "admin", "QI/03 3.1.7")
    assert done == [(*same, {"value": 30}), (*same, {"value": None, "cleared": True})]
    assert list(ledger.verify(office.id)) == []


def test_the_neighbours_keep_their_number(tree: tuple[Office, ...], house: House) -> None:
    neighbour = house.office("BJ")
    set_parameter(tree[-1], DEMAND, 30, ADMINISTRATOR)
    set_parameter(tree[1], DEMAND, 40, ADMINISTRATOR)
    assert ladder(neighbour, DEMAND) == [("default", 60)]


@pytest.mark.clause("QI/02 fee.after-first-year")
def test_a_locked_number_is_head_offices_alone(tree: tuple[Office, ...]) -> None:
    nation, region, office = tree
    for below in (region, office):
        said = refusal(below, FREE, 24)
        assert said == "billing.free_months is locked by head office (QI/02 fee.after-first-year)."
    set_parameter(nation, FREE, 24, ADMINISTRATOR)
    assert ladder(office, FREE) == [("nation", 24), ("default", 12)]


def test_a_locked_number_that_was_stored_before_it_was_locked_counts_no_more(
    tree: tuple[Office, ...],
) -> None:
    office = tree[-1]
    with writing():
        row = ParameterValue(office_id=office.id, key=FREE, value=36, set_at=office_now(), set_by="before")
        db.session.add(row)
    assert value(office, FREE) == 12


def office_now() -> Any:
    from core import clock

    return clock.now()


def test_a_number_is_only_made_stricter(tree: tuple[Office, ...]) -> None:
    _nation, region, office = tree
    assert refusal(office, DEMAND, 46) == f"{DEMAND} may only be made stricter than 45 (QI/03 3.1.7)."
    set_parameter(region, DEMAND, 40, ADMINISTRATOR)
    assert refusal(office, DEMAND, 41) == f"{DEMAND} may only be made stricter than 40 (QI/03 3.1.7)."
    assert set_parameter(office, DEMAND, 40, ADMINISTRATOR) == 40


def test_a_number_that_the_rung_above_has_overtaken_counts_no_more(tree: tuple[Office, ...]) -> None:
    nation, _region, office = tree
    set_parameter(office, DEMAND, 30, ADMINISTRATOR)
    set_parameter(nation, DEMAND, 20, ADMINISTRATOR)
    assert ladder(office, DEMAND) == [("nation", 20), ("default", 60)]
    clear_parameter(nation, DEMAND, ADMINISTRATOR)
    assert ladder(office, DEMAND)[0] == ("office", 30)


NO_VALUES: tuple[tuple[str, Any, str], ...] = (
    (DEMAND, 4, "must be from 5 to 480"),
    (DEMAND, 481, "must be from 5 to 480"),
    (DEMAND, "half an hour", "is a whole number"),
    (DEMAND, "", "is a whole number"),
    (DEMAND, 30.5, "is a whole number"),
    (DEMAND, None, "is a whole number"),
    (DEMAND, True, "is a whole number"),
    (ROOT, "  ", "is one line of 1 to 60 characters"),
    (ROOT, "A" * 61, "is one line of 1 to 60 characters"),
    (ROOT, "A\nB", "is one line of 1 to 60 characters"),
    (ROOT, "A\x00B", "is one line of 1 to 60 characters"),
    ("hotline.nothing", 1, "SH has no parameter hotline.nothing"),
    ("core.nothing", 1, "SH has no parameter core.nothing"),
)


def test_what_is_no_value_of_its_kind_is_refused(tree: tuple[Office, ...]) -> None:
    for key, given, said in NO_VALUES:
        assert said in refusal(tree[-1], key, given), given


def test_text_is_kept_without_its_blanks(tree: tuple[Office, ...]) -> None:
    assert set_parameter(tree[-1], ROOT, " 备份 ", ADMINISTRATOR) == "备份"


def test_an_office_sets_what_its_own_plugins_declare(tree: tuple[Office, ...], house: House) -> None:
    small = house.office("NB", "hotline")
    assert "NB has no parameter billing.free_months" in refusal(small, FREE, 12)
    assert refusal(house.head, "ghost.number", 1) == "HQ has no parameter ghost.number. See its list."


def test_switches_are_read_as_people_write_them() -> None:
    switch = Parameter(key="x.on", kind=bool, default=False, label=_l("On"), clause="X/1 1")
    said = ["true", "YES", "1", True, " no ", "False", "0", False]
    assert [switch.read(one) for one in said] == [True] * 4 + [False] * 4
    with pytest.raises(UnknownSetting, match=r"x\.on is yes or no"):
        switch.read("perhaps")


def test_a_value_that_became_too_lax_stays_in_sight(tree: tuple[Office, ...]) -> None:
    nation, _region, office = tree
    set_parameter(office, DEMAND, 35, ADMINISTRATOR)
    set_parameter(nation, DEMAND, 30, ADMINISTRATOR)
    own = rules_of(office).rungs(DEMAND)[0]
    assert (own.value, own.given, own.laxer_than) == (35, False, 30)


def test_one_is_no_plural() -> None:
    days = Parameter(key="x.n", kind=int, default=2, label=_l("N"), clause="X/1 1", unit=_l("working days"))
    assert [f"{number} {days.unit_of(number)}" for number in (1, 2)] == ["1 working day", "2 working days"]


def test_stricter_may_mean_higher() -> None:
    visits = Parameter(key="x.n", kind=int, default=2, label=_l("N"), clause="X/1 1", stricter="higher")
    assert visits.loosens(1, 2)
    assert not visits.loosens(2, 2)
    assert not visits.loosens(3, 2)


@pytest.mark.parametrize(
    ("presets", "why"),
    [
        ({"hotline.mail_minute": 1}, "nobody declares it; there is: hotline.mail_minutes"),
        ({FREE: 24}, "is locked by head office (QI/02 fee.after-first-year)"),
        ({DEMAND: 90}, "may only be made stricter than 60"),
        ({DEMAND: 1}, "must be from 5 to 480"),
    ],
)
def test_a_preset_that_is_not_the_regions_to_give_is_refused_by_name(
    presets: dict[str, int], why: str, plugins: Plugins, make_plugin: Any
) -> None:
    names = ("hotline", "fieldservice", "billing")
    bold = make_plugin("bold", requires=names, says={"presets": presets})
    with pytest.raises(PluginError) as refused:
        Plugins([*(plugins.installed[name].module for name in names), bold]).set_of((*names, "bold"))
    assert str(refused.value).startswith(f"Plugin bold cannot preset {next(iter(presets))}: ")
    assert why in str(refused.value)
