"""What the office's pocket book says of a step: what is asked, what must be in order first, what is promised when."""

from __future__ import annotations

from typing import Any

import pytest

from core.deadlines import same_working_day
from core.i18n import Sentence
from core.offices import Office
from core.people import Actor
from core.pocketbook import Book
from core.roles import DUTY_MANAGER, REGIONAL_MANAGER
from core.rules import rules_of
from core.settings import set_parameter
from core.testing import NATIONAL, House

pytestmark = pytest.mark.usefixtures("in_english")


@pytest.fixture
def beijing(house: House) -> Office:
    return house.office("BJ", name="北京")


def said(office: Office, step: str, label: str) -> list[str]:
    """Return what stands under a label of a step, with the clauses."""
    chapters = Book(rules_of(office)).chapters
    lines = next(entry for one in chapters for entry in one.entries if entry.key == step).lines
    return [f"{one.text} {one.clause}".strip() for one in lines if str(one.label) == label]


def asked(office: Office, step: str) -> list[str]:
    return " · ".join(said(office, step, "Asks")).split(" · ")


# --- what is asked


@pytest.mark.parametrize(
    ("step", "field"),
    [
        ("request.dispatch", "Why another engineer goes"),
        ("request.correct", "Emergency"),
        ("request.standardise", "An entry that says it already"),
        ("request.arrive", "I have read the notices, and keep to them"),
        ("dispatch_sheet.close", "Why not dispatched"),
    ],
)
def test_what_is_asked_in_some_cases_only_is_asked_in_the_book_and_marked(
    beijing: Office, step: str, field: str
) -> None:
    assert f"{field} (not in every case)" in asked(beijing, f"fieldservice.{step}")


def test_what_is_asked_in_every_case_stands_in_its_order_unmarked(beijing: Office) -> None:
    assert asked(beijing, "fieldservice.request.dispatch")[:7] == [
        "Field engineer",
        "Expected there at",
        "Minutes",
        "Why another engineer goes (not in every case)",
        "Goes along",
        "Problem type",
        "Advice",
    ]


def test_what_an_office_asks_today_is_not_marked_there(house: House, beijing: Office) -> None:
    other = house.office("NJ", name="南京")
    set_parameter(other, "fieldservice.visit_notices", "2000-01-01/2099-12-31 戴口罩", Actor("tests"))
    house.see()
    (field,) = asked(other, "fieldservice.request.arrive")
    assert asked(beijing, "fieldservice.request.arrive") == [f"{field} (not in every case)"]


# --- what must be in order first


@pytest.mark.clause("QI/05 3.4")
@pytest.mark.parametrize("step", ["close", "send_again"])
def test_what_is_asked_before_a_case_ends_stands_before_each_step_that_ends_it(
    beijing: Office, step: str
) -> None:
    told = said(beijing, f"fieldservice.request.{step}", "Before")
    assert [one for one in told if one.endswith("QI/05 3.4")]


@pytest.mark.clause("QI/05 3.7")
@pytest.mark.parametrize("step", ["give_back", "witness"])
def test_custody_ends_only_when_the_remedy_was_tried(beijing: Office, step: str) -> None:
    told = said(beijing, f"fieldservice.custody.{step}", "Before")
    assert [one for one in told if one.endswith("QI/05 3.7")]


@pytest.mark.parametrize("step", ["arrange", "cancel"])
def test_it_does_not_stand_before_a_step_that_goes_on_or_gives_the_case_up(
    beijing: Office, step: str
) -> None:
    told = said(beijing, f"fieldservice.request.{step}", "Before")
    assert not [one for one in told if one.endswith("QI/05 3.4")]


def test_it_stands_before_a_regions_own_last_step_where_that_is_taken(
    house: House, install: Any, make_plugin: Any
) -> None:
    def amend(procedures: Any) -> None:
        call = procedures["fieldservice.request"]
        who = {"by": REGIONAL_MANAGER, "clause": "QI/04 3.1.7"}
        call.add_step("file", "turned_in -> closed", title=Sentence("File it"), **who)

    install(make_plugin("swift", requires=("fieldservice",), amend=amend))
    office = house.office("SI", *NATIONAL, "swift")
    (told,) = said(office, "fieldservice.request.file", "Before")
    assert told.endswith("QI/05 3.4")


def test_two_checks_by_one_rule_are_one_line(beijing: Office) -> None:
    assert len(rules_of(beijing).plugins.procedures["hotline.call"].endings) == 2
    assert said(beijing, "hotline.call.settle", "Before") == [""]


# --- what is promised in some cases only


@pytest.mark.clause("QI/05 3.5")
def test_a_promise_that_depends_says_on_what(beijing: Office) -> None:
    again, above, *_rest = said(beijing, "fieldservice.request.conferred", "Promises")
    assert "(Duty manager); only when the first conference found no remedy" in again
    assert "(Duty manager); only when the second conference found none either" in above


def test_a_promise_that_every_such_step_starts_says_nothing_of_it(beijing: Office) -> None:
    told = said(beijing, "fieldservice.request.dispatch", "Promises")
    assert told
    assert not [one for one in told if "; only " in one or "every case" in one]


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ({}, "; not in every case"),
        ({"when_title": Sentence("when it is late")}, "; only when it is late"),
    ],
)
def test_a_regions_promise_says_on_what_it_depends_or_that_it_does(
    house: House, install: Any, make_plugin: Any, words: dict[str, Any], told: str
) -> None:
    def amend(procedures: Any) -> None:
        promise: Any = {"within": same_working_day(), "owner": DUTY_MANAGER, "clause": "QI/03 3.2.5"}
        promise |= {"title": Sentence("Answer"), "met_by": ("solve",), "when": lambda act: False}
        procedures["hotline.call"].starts("park", "swift.answer", **promise, **words)

    install(make_plugin("swift", requires=("hotline",), amend=amend))
    promises = said(house.office("SI", "hotline", "swift"), "hotline.call.park", "Promises")
    whole = f"Answer: by closing time of the same working day (Duty manager){told} QI/03 3.2.5"
    assert whole in promises
