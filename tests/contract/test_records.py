"""Forms: found where they lie, gone with their plugin, and a changed one is a new edition."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pypdfium2
import pytest

from core import gate, paper, records
from core.db import db
from core.errors import PluginError
from core.i18n import Sentence
from core.plugins import Plugins
from core.records import Addition, Field, Form, Part, Record, Table
from core.roles import DUTY_MANAGER, HOTLINE_ENGINEER
from core.rules import rules_of
from core.testing import House
from tests.core.conftest import Work
from tests.plugins_dummy.dummy.models import Loan
from tests.plugins_dummy.fixtures import database_url, plugins, sqlite_template  # noqa: F401

# What each form's newest edition says. Whoever changes that raises the edition and writes the new fingerprint down.
EDITIONS = {
    ("QR/01", 1): "4f8d4842ac39b135",
    ("QR/02", 1): "71f9dcdcec168b93",
    ("QR/03", 4): "4b33bbc8c45ec21e",
    ("QR/04", 1): "a2095a000403e018",
    ("QR/05", 3): "ae9785d290c9a467",
    ("QR/06", 1): "d9b5de7eb16fe7a5",
    ("GZYY/QR/01", 1): "1ece42f688f64059",
    ("DUMMY/QR/01", 2): "bd447cb7a6e6ff7a",
}
ONE = Field(label=Sentence("Dongle"), width=6)


@pytest.fixture
def work(house: House) -> Work:
    return Work(house)


def declared(plugins: Plugins) -> list[Record]:  # noqa: F811
    return [record for one in plugins.installed.values() for record in records.declared(one, Record)]


def test_a_changed_form_is_a_new_edition(plugins: Plugins) -> None:  # noqa: F811
    assert declared(plugins)
    for record in declared(plugins):
        known = EDITIONS.get((record.code, record.edition))
        assert record.fingerprint == known, (
            f"{record.code} says something else: raise its edition, and write it down above"
        )


@pytest.mark.parametrize(
    "change",
    [
        {"title": Sentence("Another title")},
        {"sheets": (Sentence("For the office"),)},
        {"orientation": "landscape"},
        {"under": "QI/04"},
        {"parts": ()},
        {"running": str},
    ],
)
def test_whatever_the_paper_says_is_in_the_fingerprint(plugins: Plugins, change: dict[str, Any]) -> None:  # noqa: F811
    form = next(one for one in declared(plugins) if one.code == "QR/03")
    assert replace(form, **change).fingerprint != form.fingerprint
    assert replace(form, edition=9).fingerprint == form.fingerprint


@pytest.mark.parametrize(
    "change",
    [{"label": Sentence("Key")}, {"width": 4}, {"lines": 2}, {"drawn": True}, {"choices": {"a": "A"}}],
)
def test_every_field_is_in_the_fingerprint(change: dict[str, Any]) -> None:
    def form(one: Field) -> str:
        part = Part(title=Sentence("Part"), fields=(one,))
        return replace(BARE, parts=(part,)).fingerprint

    assert form(ONE) != form(replace(ONE, **change))


def test_a_box_that_says_something_else_is_another_paper_and_what_is_stored_of_it_is_not() -> None:
    def form(choices: dict[str, str | Sentence]) -> str:
        fields = (replace(ONE, choices=choices),)
        return replace(BARE, parts=(Part(title=Sentence("Part"), fields=fields),)).fingerprint

    assert form({"all": Sentence("All solved")}) != form({"all": Sentence("Every claim is waived")})
    assert form({"all": Sentence("All solved")}) == form({"solved": Sentence("All solved")})


BARE = Record(
    code="X/01", title=Sentence("X"), edition=1, procedure="hotline.call", clause="QP/2-04 5.2", parts=()
)


def test_fields_stand_line_by_line_twelve_wide() -> None:
    fields = tuple(replace(ONE, width=width) for width in (4, 4, 4, 8, 6, 6, 2))
    lines = Part(title=Sentence("Part"), fields=fields).lines()
    assert [[one.width for one in line] for line in lines] == [[4, 4, 4], [8], [6, 6], [2]]


@pytest.mark.parametrize("wrong", [{"width": 13}, {"width": 1}, {"lines": 0}, {"lines": 7}])
def test_a_field_that_fits_on_no_paper_is_refused(wrong: dict[str, int]) -> None:
    with pytest.raises(ValueError, match="Dongle"):
        replace(ONE, **wrong)


def test_a_table_that_is_too_wide_is_refused() -> None:
    with pytest.raises(ValueError, match="together at most 12"):
        Table(title=Sentence("T"), fields=(ONE, ONE, ONE), rows=lambda case: [])


def test_a_form_is_there_where_its_plugin_is_on(house: House) -> None:
    here, there = house.office("SH", "hotline", "fieldservice", "dummy"), house.office("BJ", "hotline")
    assert set(rules_of(here).plugins.forms) == {*(f"QR/0{one}" for one in range(1, 7)), "DUMMY/QR/01"}
    assert set(rules_of(there).plugins.forms) == {"QR/01", "QR/02"}


def test_a_region_adds_a_part_to_a_national_form_and_no_neighbour_has_it(house: House) -> None:
    here = rules_of(house.office("SH", "hotline", "fieldservice", "dummy")).plugins.forms["QR/03"]
    there = rules_of(house.office("BJ", "hotline", "fieldservice")).plugins.forms["QR/03"]
    assert (here.edition, there.edition) == ("4 + dummy 1.2.3", "4")
    assert here.record is there.record


def text_of(made: bytes) -> str:
    return "".join(page.get_textpage().get_text_range() for page in pypdfium2.PdfDocument(made))


def test_what_a_region_added_is_on_its_paper_with_its_clause(house: House, work: Work) -> None:
    office = house.office("SH", "hotline", "fieldservice", "dummy")
    work.requested(office)
    act = gate.open_case("fieldservice.request", "SH-R-2026-00001", house.hire(office, DUTY_MANAGER), office)
    said = text_of(paper.as_pdf(paper.filled(act.rules.plugins.forms["QR/03"], act)))
    assert "Left with the customer" in said.replace("\r\n", " ")
    assert "DUMMY 1.2" in said


def test_a_form_for_ones_own_table_lies_wide_and_has_its_lines(house: House, work: Work) -> None:
    office = house.office("SH", "hotline", "fieldservice", "dummy")
    engineer = house.hire(office, HOTLINE_ENGINEER)
    for dongle in ("K-7", "K-8"):
        work.done("hotline.call", work.called(office, engineer), "lend", engineer, office, dongle=dongle)
    last = db.session.query(Loan).filter_by(dongle="K-8").one()
    act = gate.open_case("dummy.loan", last.number, engineer, office)
    filled = paper.filled(act.rules.plugins.forms["DUMMY/QR/01"], act)
    made = paper.as_pdf(filled)
    assert [line[0].text for line in filled.blocks[1].lines] == ["K-7", ""]
    assert tuple(map(round, pypdfium2.PdfDocument(made)[0].get_size())) == (842, 595)
    assert {"K-8", "K-7", "UFS/DUMMY/DUMMY/QR/01"} <= set(text_of(made).split())


def test_a_field_that_fails_is_told_by_the_name_of_its_plugin(house: House, work: Work) -> None:
    office = house.office("SH", "hotline", "fieldservice")
    number = work.called(office)
    act = gate.open_case("hotline.call", number, house.hire(office, HOTLINE_ENGINEER), office)
    broken = Part(title=Sentence("Keys"), fields=(replace(ONE, value=lambda case: case.nothing_like_it),))
    with pytest.raises(PluginError, match=r"hotline.*Keys"):
        paper.filled(Form(replace(BARE, parts=(broken,)), "hotline"), act)


def test_a_field_that_changes_something_is_refused(house: House, work: Work) -> None:
    office = house.office("SH", "hotline", "fieldservice")
    act = gate.open_case("hotline.call", work.called(office), house.hire(office, HOTLINE_ENGINEER), office)

    def meddle(case: Any) -> str:
        case.contact = "somebody else"
        return "done"

    part = Part(title=Sentence("Keys"), fields=(replace(ONE, value=meddle),))
    with pytest.raises(PluginError, match="Keys"):
        paper.filled(Form(replace(BARE, parts=(part,)), "hotline"), act)


class Lying:
    """A plugin whose records.py holds these."""

    def __init__(self, name: str, *held: Any, requires: tuple[str, ...] = ()) -> None:
        self.name, self.manifest = name, self
        self.requires, self.version = requires, "1.0"
        self.held = {str(place): one for place, one in enumerate(held)}

    def part(self, name: str) -> Any:
        return type("records", (), self.held)


@pytest.mark.parametrize(
    "held",
    [
        replace(BARE, procedure="fieldservice.request"),
        replace(BARE, procedure="nobody.knows"),
        Addition(to="QR/03", part=Part(title=Sentence("P"), fields=(ONE,)), clause="QP/2-04 5.2"),
        Addition(to="QR/99", part=Part(title=Sentence("P"), fields=(ONE,)), clause="QP/2-04 5.2"),
    ],
)
def test_a_form_of_what_a_plugin_does_not_require_is_refused_by_name(
    plugins: Plugins,  # noqa: F811
    held: Record | Addition,
) -> None:
    stranger: Any = Lying("stranger", held, requires=("hotline",))
    with pytest.raises(PluginError, match="stranger"):
        records.assembled([plugins.installed["fieldservice"], stranger], plugins.procedures)


def test_two_plugins_do_not_have_one_form(plugins: Plugins) -> None:  # noqa: F811
    claimed = [record.code for record in declared(plugins)]
    assert len(claimed) == len(set(claimed))


def test_the_code_stands_in_addresses_without_its_strokes() -> None:
    assert replace(BARE, code="SHYY/QR/01").key == "SHYY-QR-01"
    assert replace(BARE, under="QP/2-04").full_code("UFS/") == "UFS/QP/2-04/X/01"
