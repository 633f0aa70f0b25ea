"""The contract draws what a plugin shows: whoever misspelt an attribute hears of it before anybody opens the page."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from core.procedure import Column, Procedure
from core.records import Field, Table
from core.slots import Card
from core.testing import House
from core.testing_drawing import faults
from tests.plugins_dummy.dummy import records
from tests.plugins_dummy.dummy.procedure import loan
from tests.plugins_dummy.fixtures import database_url, plugins, sqlite_template  # noqa: F401


@pytest.fixture
def found(house: House) -> Any:
    """The means to draw all that the dummy shows, and to hear what is wrong."""
    office = house.office("SH", "hotline", "fieldservice", "dummy")
    return lambda: faults(house.plugins.installed["dummy"], house, office)


def test_what_shows_only_what_there_is_has_no_fault(found: Any) -> None:
    assert found() == []


@pytest.mark.parametrize("place", ["columns", "facts"])
def test_a_column_is_named_that_shows_what_its_rows_do_not_have(
    found: Any, monkeypatch: pytest.MonkeyPatch, place: str
) -> None:
    wrong = Column(name="dongle", title=loan.title, value=lambda one: one.dongel)
    spoil(monkeypatch, loan, place, (wrong,))
    (fault,) = found()
    kind = {"columns": "column", "facts": "fact"}[place]
    assert fault == f"{kind} dongle of dummy.loan: 'Loan' object has no attribute 'dongel'"


def test_what_is_misspelt_beyond_the_row_is_named_too(found: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    wrong = Column(name="whose", title=loan.title, value=lambda one: one.customer.nmae)
    spoil(monkeypatch, loan, "columns", (wrong,))
    assert found() == ["column whose of dummy.loan: 'Customer' object has no attribute 'nmae'"]


def test_what_a_real_value_may_well_bear_is_no_fault(found: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    judged = Column(name="shelf", title=loan.title, value=lambda one: {"A": "near"}[one.dongle])
    spoil(monkeypatch, loan, "columns", (judged,))
    assert found() == []


def test_a_field_on_paper_is_named_by_its_label_and_form(found: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    form = next(one for one in vars(records).values() if getattr(one, "procedure", "") == "dummy.loan")
    wrong = Field(label=loan.title, value=lambda one: one.dongel)
    part = Table(title=loan.title, fields=(wrong,), rows=lambda one: [one])
    for name, one in list(vars(records).items()):
        if one is form:
            monkeypatch.setattr(records, name, replace(form, parts=(part,)))
    (fault,) = found()
    assert fault == f"“Loan” in “Loan” on {form.code}: 'Loan' object has no attribute 'dongel'"


def test_a_card_is_named_with_the_case_beside_which_it_fails(
    house: House, install: Any, make_plugin: Any
) -> None:
    def core_case_cards(act: Any) -> Card | None:
        if act.procedure.name != "hotline.call" or act.case.state != "parked":
            return None
        return Card(title=act.procedure.title, lines=(act.case.simptom,))

    install(make_plugin("bold", requires=("hotline",), core_case_cards=core_case_cards))
    office = house.office("SH", "hotline", "bold")
    assert faults(house.plugins.installed["bold"], house, office) == [
        "cards of bold beside hotline.call (parked): 'Call' object has no attribute 'simptom'"
    ]


def spoil(monkeypatch: pytest.MonkeyPatch, procedure: Procedure, place: str, shown: Any) -> None:
    """Let a procedure show something else while the test lasts."""
    monkeypatch.setattr(procedure, place, shown)
