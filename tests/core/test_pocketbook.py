"""The office's own pocket book: rendered from what runs, its differences marked, cited and dated."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

import pytest

from core import clock
from core.clauses import HouseRule, house_rule
from core.deadlines import as_promised, same_working_day
from core.flowchart.layout import chart_of
from core.i18n import Sentence
from core.offices import Office, OfficeKind, office_by_code, open_office
from core.parameters import Preset
from core.people import Actor
from core.pocketbook import Book, Entry, Line
from core.roles import ARCHIVIST, DUTY_MANAGER, REGIONAL_MANAGER, SENIOR_ENGINEER
from core.rules import rules_of
from core.settings import set_parameter
from core.switches import switch
from core.testing import NATIONAL, House, SignIn, said


@pytest.fixture
def shanghai(house: House) -> Office:
    return house.office("SH", *NATIONAL, "shanghai", name="上海")


@pytest.fixture
def beijing(house: House) -> Office:
    return house.office("BJ", name="北京")


def entries(office: Office) -> dict[str, Entry]:
    return {entry.key: entry for chapter in Book(rules_of(office)).chapters for entry in chapter.entries}


def own(entry: Entry) -> list[Line]:
    return [line for line in entry.lines if line.differs]


@pytest.mark.clause("SHYY/QI/03 3.2")
def test_a_widened_step_says_who_by_which_clause_and_since_when(
    shanghai: Office, beijing: Office, in_english: None
) -> None:
    dispatch = entries(shanghai)["fieldservice.request.dispatch"]
    (line,) = own(dispatch)
    assert (str(line.text), line.clause, line.by) == ("Regional manager", "SHYY/QI/03 3.2", "shanghai")
    assert line.since is not None
    assert line.since <= clock.now()
    assert not entries(beijing)["fieldservice.request.dispatch"].differs


@pytest.mark.clause("SHYY/QI/03 1.3")
def test_what_must_be_in_order_first_is_a_difference_too(shanghai: Office, in_english: None) -> None:
    close = own(entries(shanghai)["fieldservice.request.close"])
    assert ("Before", "SHYY/QI/03 1.3") in [(str(line.label), line.clause) for line in close]


def test_a_parameter_says_what_is_in_force_and_who_set_it(
    house: House, shanghai: Office, beijing: Office, in_english: None
) -> None:
    key = "hotline.same_day_demand_minutes"
    (preset,) = own(entries(shanghai)[key])
    assert (str(preset.text), preset.by) == ("45 working minutes instead of 60 working minutes", "shanghai")
    set_parameter(beijing, key, 30, Actor("tests"))
    house.see()
    (line,) = own(entries(beijing)[key])
    assert (str(line.text), line.by) == ("30 working minutes instead of 60 working minutes", "BJ")


def test_a_value_that_is_head_offices_is_no_difference_whoever_set_it(
    house: House, beijing: Office, in_english: None
) -> None:
    key = "hotline.same_day_demand_minutes"
    set_parameter(beijing, key, 60, Actor("tests"))
    house.see()
    book = entries(beijing)
    assert [str(line.text) for line in book[key].lines] == ["60 working minutes"]
    assert not [entry.key for entry in book.values() if entry.differs]
    assert book[key].says == entries(house.office("NJ", name="南京"))[key].says
    set_parameter(house.head, key, 50, Actor("tests"))
    set_parameter(beijing, key, 45, Actor("tests"))
    house.see()
    (line,) = own(entries(office_by_code("BJ"))[key])
    assert str(line.text) == "45 working minutes instead of 50 working minutes"


def answers(office: Office, decision: str) -> list[tuple[str, list[str]]]:
    lines = entries(office)[decision].lines
    return [(str(line.text).rpartition(" ")[0], [str(one) for one in line.clauses]) for line in lines]


@pytest.mark.clause("SHYY/QI/03 1.2")
def test_a_decision_names_who_answers_in_what_order_by_which_clause(
    shanghai: Office, beijing: Office, in_english: None
) -> None:
    here, there = (answers(office, "fieldservice_admission") for office in (shanghai, beijing))
    assert there == [("Billing", ["QI/03 3.2.6"]), ("Field service", [""])]
    assert here == [("Shanghai's rules", ["SHYY/QI/03 1.2"]), *there]
    (own_line,) = own(entries(shanghai)["fieldservice_admission"])
    assert (own_line.by, own_line.version) == ("shanghai", "0.1.0")
    house_rule = entries(beijing)["fieldservice_admission"].lines[-1].clause
    assert isinstance(house_rule, HouseRule)


def test_an_answer_may_stand_on_several_clauses(beijing: Office) -> None:
    (_, clauses), *_rest = answers(beijing, "hotline_entitlement")
    assert {"QI/02 upgrade.withdrawn", "QI/03 3.3.1"} < set(clauses)


def test_an_answer_that_names_no_clause_is_shown_as_such(
    house: House, install: Any, make_plugin: Any, in_english: None
) -> None:
    silent = make_plugin("silent", requires=("fieldservice",), fieldservice_admission=lambda: None)
    install(silent)
    line = entries(house.office("SI", *NATIONAL, "silent"))["fieldservice_admission"].lines[0]
    assert line.by == "silent"
    assert str(line.note) == "It has not said beforehand by which clause."


def test_a_promise_says_how_long_and_whose(beijing: Office, in_english: None) -> None:
    lines = entries(beijing)["fieldservice.request.dispatch"].lines
    told = [str(line.text) for line in lines if str(line.label) == "Promises"]
    assert (
        "Visit the customer: by closing time of working day 2 after it, counted from when the customer agreed to "
        "the visit, or from this step where there is none (Field engineer)" in told
    )


def promises(office: Office, step: str) -> list[str]:
    return [str(line.text) for line in entries(office)[step].lines if str(line.label) == "Promises"]


@pytest.mark.parametrize(
    ("since", "told"),
    [
        ("opened_at", ", counted from when the case was opened"),
        ("promised_at", ", counted from “Phone back by”, or from this step where there is none"),
        (None, ""),
    ],
)
def test_a_promise_that_counts_from_a_moment_of_the_case_says_from_which(
    house: House, install: Any, make_plugin: Any, in_english: None, since: str | None, told: str
) -> None:
    def amend(procedures: Any) -> None:
        call = procedures["hotline.call"]
        said = {"title": Sentence("Answer"), "owner": DUTY_MANAGER, "clause": "QI/03 3.2.5"}
        call.starts("park", "slow.answer", **said, within=same_working_day(), met_by=("solve",))
        # Nobody may amend so; the national procedures count like this.
        life = call.procedure
        life.deadlines["slow.answer"] = replace(life.deadlines["slow.answer"], since=since)

    install(make_plugin("slow", requires=("hotline",), amend=amend))
    office = house.office("SL", "hotline", "slow")
    whole = f"Answer: by closing time of the same working day{told} (Duty manager)"
    assert whole in promises(office, "hotline.call.park")


def test_what_is_due_at_a_promised_moment_counts_from_none(beijing: Office, in_english: None) -> None:
    assert (
        "Phone the customer back, as promised: at the time that was promised (Hotline engineer)"
        in promises(beijing, "hotline.call.promise")
    )
    assert (
        "Be at the customer's when agreed: at the time agreed with the customer (Field engineer)"
        in promises(beijing, "fieldservice.request.arrange")
    )


@pytest.mark.clause("QI/03 3.1.7")
def test_a_promise_whose_time_is_the_offices_own_is_a_difference(
    shanghai: Office, beijing: Office, in_english: None
) -> None:
    (line,) = own(entries(shanghai)["hotline.call.demand"])
    within = "within 45 working minutes, those on duty included"
    told = f"Phone the customer about the same-day demand: {within} (Duty manager)"
    assert (str(line.text), line.by, line.clause) == (told, "shanghai", "QI/03 3.1.7")
    assert not entries(beijing)["hotline.call.demand"].differs


def test_what_a_region_set_says_since_when(house: House, in_english: None) -> None:
    key, by = "hotline.same_day_demand_minutes", Actor("tests")
    east = open_office("EAST", "华东", by, kind=OfficeKind.REGION)
    wuxi = open_office("WX", "无锡", by, parent="EAST")
    switch(house.plugins, wuxi, "hotline", True, by)
    set_parameter(east, key, 30, by)
    house.see()
    (line,) = own(entries(office_by_code("WX"))[key])
    assert line.by == "EAST"
    assert line.since is not None


def test_every_difference_says_by_whom_in_which_version_since_when(shanghai: Office, beijing: Office) -> None:
    own_lines = [line for entry in entries(shanghai).values() for line in own(entry)]
    assert len(own_lines) > 20
    assert {(line.by, line.version, line.since is None) for line in own_lines} == {
        ("shanghai", "0.1.0", False)
    }
    assert not any(entry.differs for entry in entries(beijing).values())


# --- the flow charts


def chart_words(office: Office, procedure: str) -> str:
    chapter = next(one for one in Book(rules_of(office)).chapters if one.key == procedure)
    assert chapter.flow is not None
    return " ".join(text.words for text in chart_of(chapter.flow).texts).replace("\u00a0", " ")


@pytest.mark.clause("SHYY/QI/03 3.2")
@pytest.mark.clause("SHYY/QI/03 1.3")
def test_the_flow_chart_marks_and_cites_what_is_the_regions_own(
    shanghai: Office, beijing: Office, in_english: None
) -> None:
    here, there = (chart_words(office, "fieldservice.request") for office in (shanghai, beijing))
    assert "+ Regional manager (SHYY/QI/03 3.2)" in here
    assert "Before: Knowledge entry on closing (SHYY/QI/03 1.3)" in here
    assert "SHYY" not in there


def a_check(procedures: Any) -> None:
    request = procedures["fieldservice.request"]
    request.state("checked", Sentence("Checked twice"))
    for name, moves in (("check", "signed -> checked"), ("uncheck", "checked -> signed")):
        request.add_step(name, moves, title=Sentence(f"{name} it"), by=REGIONAL_MANAGER, clause="QI/04 3.1.7")


def test_a_state_and_a_step_of_a_regions_own_are_drawn_as_such(
    house: House, install: Any, make_plugin: Any, beijing: Office
) -> None:
    install(make_plugin("careful", requires=("fieldservice",), amend=a_check))
    careful = house.office("CA", *NATIONAL, "careful")
    chapter = next(one for one in Book(rules_of(careful)).chapters if one.key == "fieldservice.request")
    assert chapter.flow is not None
    assert [place.name for place in chapter.flow.places if place.own] == ["checked"]
    steps = [label for arrow in chapter.flow.arrows for label in arrow.labels if label.own]
    assert [(label.step, label.notes) for label in steps] == [
        ("check", ("careful (QI/04 3.1.7)",)),
        ("uncheck", ("careful (QI/04 3.1.7)",)),
    ]
    assert "Checked twice" not in chart_words(beijing, "fieldservice.request")


def test_the_page_draws_each_procedure_for_eyes_and_ears(
    house: House, shanghai: Office, sign_in: SignIn
) -> None:
    rules = rules_of(shanghai)
    page = sign_in(house.person(shanghai, DUTY_MANAGER)).get("/SH/pocket-book/").text
    drawn = set(re.findall(r'<g data-state="(\w+)">', page))
    assert drawn == {state for one in rules.plugins.procedures.values() for state in one.states}
    assert page.count('role="img"') == len(rules.plugins.procedures)
    assert "From Signed to Turned in: Turn in (" in said(page)
    assert " style=" not in page


# --- the documents


def on_clause(office: Office, document: str, number: str) -> Line:
    lines = entries(office)[f"documents.{document.replace('/', '-')}"].lines
    return next(line for line in lines if str(line.label) == number)


def test_each_clause_says_what_stands_on_it_here(beijing: Office, in_english: None) -> None:
    told = str(on_clause(beijing, "QI/03", "3.1.7").note).split(" · ")
    steps = ["Same-day demand", "The customer was phoned", "Stuck: ask the duty manager", "Help the engineer"]
    assert told == [*steps, "A same-day demand is answered within"]
    assert str(on_clause(beijing, "QP/2-04", "3.2").note) == "role: Duty manager"
    assert str(on_clause(beijing, "QR/03", "form").note) == "register: Field service request"
    assert "Entitlement" in str(on_clause(beijing, "QI/02", "upgrade.withdrawn").note)
    assert str(on_clause(beijing, "QI/04", "3.1.4").note) == "Arrived"


def test_a_clause_without_a_rule_is_honestly_by_hand(house: House, beijing: Office, in_english: None) -> None:
    bare = house.office("BA", "hotline")
    assert str(on_clause(beijing, "QI/04", "3.2.5").note) == "by hand: no rule here yet"
    assert "Review and close" in str(on_clause(beijing, "QI/05", "3.1").note)
    assert str(on_clause(bare, "QI/04", "3.1.4").note) == "by hand: Field service is off here"


def test_a_role_alone_does_not_do_what_a_clause_asks_for(beijing: Office, in_english: None) -> None:
    assert ARCHIVIST.clause == "QP/2-04 5.8"
    assert "role" not in str(on_clause(beijing, "QP/2-04", "5.8").note)


@pytest.mark.clause("SHYY/QI/03 3.1")
def test_what_a_region_only_says_again_stands_on_head_offices_rules(
    shanghai: Office, in_english: None
) -> None:
    again, own = (str(on_clause(shanghai, "SHYY/QI/03", number).note) for number in ("3.1", "3.2"))
    assert again == f"as QP/2-04 3.2: {on_clause(shanghai, 'QP/2-04', '3.2').note}"
    assert "as QP" not in own


def test_a_regions_document_is_in_its_own_offices_book_only(shanghai: Office, beijing: Office) -> None:
    document = entries(shanghai)["documents.SHYY-QI-03"]
    assert {line.by for line in document.lines} == {"shanghai"}
    assert "documents.SHYY-QI-03" not in entries(beijing)


# --- the page


def test_the_page_shows_everything_or_only_what_is_otherwise(
    house: House, shanghai: Office, sign_in: SignIn
) -> None:
    browser = sign_in(house.person(shanghai, DUTY_MANAGER))
    everything, only = (browser.get(f"/SH/pocket-book/{more}").text for more in ("", "?only=1"))
    assert 'id="fieldservice.request.arrange"' in everything
    assert 'id="fieldservice.request.arrange"' not in only
    assert "Shanghai's rules 0.1.0 · since" in said(only)


def test_two_offices_stand_side_by_side_for_whoever_may_read_both(
    house: House, shanghai: Office, beijing: Office, sign_in: SignIn
) -> None:
    from core import accounts

    person = house.person(shanghai, SENIOR_ENGINEER)
    alone = sign_in(person).get("/SH/pocket-book/?with=BJ").text
    assert "<b>SH</b><b>BJ</b>" not in alone
    accounts.give_roles(person, [(beijing, REGIONAL_MANAGER)], Actor("tests"))
    both = sign_in(person).get("/SH/pocket-book/?with=BJ&only=1").text
    assert "<b>SH</b><b>BJ</b>" in both
    assert 'id="fieldservice.request.dispatch"' in both
    assert 'id="fieldservice.request.arrange"' not in both


def test_an_office_like_head_offices_has_an_empty_page_of_differences(
    house: House, beijing: Office, sign_in: SignIn
) -> None:
    page = sign_in(house.person(beijing, DUTY_MANAGER)).get("/BJ/pocket-book/?only=1")
    assert "Nothing is otherwise here." in said(page.text)


def test_it_asks_the_database_as_often_for_one_office_as_for_a_book_with_many_rules(
    house: House, shanghai: Office, sign_in: SignIn, queries_of: Any
) -> None:
    browser = sign_in(house.person(shanghai, DUTY_MANAGER))
    browser.get("/SH/pocket-book/")
    assert queries_of(lambda: browser.get("/SH/pocket-book/")) < 36


def test_a_parameter_of_a_regions_own_is_a_difference(house: House, in_english: None) -> None:
    office = house.office("GZ", "hotline", "fieldservice", "guangzhou")
    (line,) = own(entries(office)["guangzhou.loan_working_days"])
    assert (line.by, str(line.text)) == ("guangzhou", "5 working days")


def test_a_promise_whose_time_a_region_set_cites_the_regions_clause_too(
    house: House, install: Any, make_plugin: Any, in_english: None
) -> None:
    preset = Preset(value=30, clause=house_rule(Sentence("Tests are short here.")))
    swift = make_plugin(
        "swift", requires=("hotline",), says={"presets": {"hotline.long_test_minutes": preset}}
    )
    install(swift)
    park = entries(house.office("SI", *NATIONAL, "swift"))["hotline.call.park"]
    (line,) = [one for one in park.lines if str(one.label) == "Promises" and one.differs]
    assert [line.clause, *line.more] == ["QI/03 3.2.5", preset.clause]


def test_a_promise_of_a_moment_says_which(
    house: House, install: Any, make_plugin: Any, in_english: None
) -> None:
    def amend(procedures: Any) -> None:
        said = {
            "title": Sentence("Call back"),
            "within": as_promised(),
            "owner": DUTY_MANAGER,
            "met_by": ("resume",),
        }
        moment = {"since": "promised_at", "since_title": Sentence("the hour that was told")}
        procedures["hotline.call"].starts("park", "swift.back", clause="QI/03 3.2.5", **said, **moment)

    install(make_plugin("swift", requires=("hotline",), amend=amend))
    park = entries(house.office("SI", *NATIONAL, "swift"))["hotline.call.park"]
    told = [str(one.text) for one in own(park)]
    assert "Call back: at the time that was promised: the hour that was told (Duty manager)" in told
    (kept,) = own(entries(office_by_code("SI"))["hotline.call.resume"])
    assert (str(kept.label), str(kept.text), kept.clause) == ("Keeps", "Call back", "QI/03 3.2.5")


def test_a_step_that_is_part_of_another_says_so(beijing: Office, in_english: None) -> None:
    book = entries(beijing)
    taken = {
        key: [str(one.text) for one in book[key].lines if str(one.label) == "How it is taken"] for key in book
    }
    assert taken["fieldservice.request.register"] == ["inside another step only"]
    assert taken["fieldservice.request.dispatch"] == []
