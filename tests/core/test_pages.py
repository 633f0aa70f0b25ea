"""The pages of every procedure: the list, the case, its steps; what they show and ask."""

import html
import re
from collections.abc import Callable
from types import ModuleType
from typing import Any

import pytest

from core import clock, gate
from core.clauses import house_rule
from core.db import db, writing
from core.i18n import Sentence
from core.offices import Office
from core.people import Actor, Person
from core.plugins import Plugins
from core.roles import (
    FIELD_ENGINEER,
    HOTLINE_ENGINEER,
    NATIONAL_ROLES,
    QUALITY_SUPERVISOR,
    REGIONAL_MANAGER,
)
from core.testing import NATIONAL, House, SignIn

pytestmark = pytest.mark.usefixtures("monday_morning")
CALLS, REQUESTS = "/SH/hotline/call/", "/SH/fieldservice/request/"
REQUEST = f"{REQUESTS}SH-R-2026-00001"
PROCEDURES = ("hotline.call", "fieldservice.request", "billing.sealing", "quality.complaint")

Install = Callable[..., Plugins]
MakePlugin = Callable[..., ModuleType]


@pytest.fixture
def shanghai(house: House) -> Office:
    return house.office("SH", *NATIONAL, "shanghai", name="上海")


@pytest.fixture
def boss(house: House, shanghai: Office) -> Actor:
    """Somebody who may do nearly everything."""
    return house.hire(shanghai, *NATIONAL_ROLES, name="周艳")


def text_of(page: str) -> str:
    """Return what a page says, without its tags."""
    return re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]+>", " ", page)))


def numbers(page: str) -> list[str]:
    """Return the numbers of the cases on a page, in its order."""
    return list(dict.fromkeys(re.findall(r">([A-Z]+-[A-Z]-\d{4}-\d+)<", page)))


def story(page: str) -> str:
    """Return the time line of a case's page."""
    return page.partition('<ol class="story">')[2]


@pytest.mark.parametrize("name", PROCEDURES)
def test_the_page_of_a_case_opens_in_every_state(
    shanghai: Office, walk: Callable[[Office], Any], sign_in: SignIn, name: str
) -> None:
    walking = walk(shanghai)
    browser = sign_in(walking.actor, "zh_Hans_CN")
    where = f"/SH/{name.replace('.', '/')}/"

    def look(case: Any) -> None:
        state = walking.procedures[name].states[case.state].title
        answer = browser.get(where + case.number)
        assert answer.status_code == 200
        assert f">{html.escape(str(state))}</span>" in answer.text

    walking.through_all_states(name, look)
    assert browser.get(where).status_code == 200


@pytest.mark.clause("QP/2-04 5.4")
def test_a_closed_step_keeps_its_place_with_reason_clause_and_plugin(
    house: House, work: Any, sign_in: SignIn, shanghai: Office, boss: Actor
) -> None:
    work.requested(shanghai, boss)
    page = sign_in(house.hire(shanghai, HOTLINE_ENGINEER)).get(REQUEST).text
    closed = page[page.index('id="why-dispatch"') :].partition("</div>")[0]
    assert 'aria-disabled="true"' in page
    assert "“Dispatch” is for: Duty manager. QP/2-04 5.4" in text_of(closed)
    assert "Field service 0." in text_of(closed)
    assert "“Dispatch” is for: Regional manager. SHYY/QI/03 3.2" in text_of(page)


def test_what_is_wrong_stands_beside_its_field_and_what_was_typed_stays(
    work: Any, shanghai: Office, boss: Actor, sign_in: SignIn
) -> None:
    work.requested(shanghai, boss)
    answer = sign_in(boss).post(
        f"{REQUEST}/dispatch", data={"engineer_id": "999", "advice": "先备份", "seen": 1}
    )
    assert answer.status_code == 422
    field = re.search(r'<select[^>]*name="engineer_id"[^>]*>', answer.text)
    assert field
    assert 'aria-describedby="engineer_id-error"' in field[0]
    assert "autofocus" in field[0]
    assert 'id="engineer_id-error"' in answer.text
    assert "先备份</textarea>" in answer.text


def test_a_needed_field_is_marked(work: Any, shanghai: Office, boss: Actor, sign_in: SignIn) -> None:
    work.requested(shanghai, boss)
    page = sign_in(boss).get(f"{REQUEST}?step=dispatch").text
    assert re.search(r'for="engineer_id">Field engineer<span class="required-mark"', page)
    assert re.search(r'for="advice">Advice</label>', page)


def test_the_second_of_two_is_told_who_did_what_and_keeps_what_he_typed(
    house: House, work: Any, shanghai: Office, boss: Actor, sign_in: SignIn
) -> None:
    work.requested(shanghai, boss)
    seen = re.search(r'name="seen" value="(\d+)"', sign_in(boss).get(REQUEST).text)
    assert seen
    manager = house.hire(shanghai, REGIONAL_MANAGER, name="周文娟")
    engineer = house.hire(shanghai, FIELD_ENGINEER).person_id
    gate.perform(
        "fieldservice.request",
        "SH-R-2026-00001",
        "dispatch",
        manager,
        {"engineer_id": engineer},
        office=shanghai,
    )
    said = {"reason": "客户说不用来了", "seen": seen[1]}
    late = sign_in(boss).post(f"{REQUEST}/cancel", data=said)
    assert late.status_code == 409
    assert "Meanwhile 周文娟 did “Dispatch” on it." in late.text
    assert "客户说不用来了</textarea>" in late.text
    again = {"advice": "先查结账表", "seen": seen[1]}
    gone = sign_in(boss).post(f"{REQUEST}/dispatch", data=again)
    assert gone.status_code == 409
    assert "What you typed, to copy" in gone.text
    assert "先查结账表" in gone.text


def test_the_address_of_a_step_leads_to_the_case_with_its_form(
    work: Any, shanghai: Office, boss: Actor, sign_in: SignIn
) -> None:
    work.requested(shanghai, boss)
    assert sign_in(boss).get(f"{REQUEST}/cancel").location == f"{REQUEST}?step=cancel"


def test_the_time_line_tells_labels_titles_and_names_instead_of_keys(
    house: House, work: Any, shanghai: Office, boss: Actor, sign_in: SignIn
) -> None:
    work.requested(shanghai, boss)
    engineer = house.person(shanghai, FIELD_ENGINEER, name="李强")
    values = {"engineer_id": engineer.id, "problem_type": "usage"}
    gate.perform("fieldservice.request", "SH-R-2026-00001", "dispatch", boss, values, office=shanghai)
    with writing():
        db.session.get_one(Person, engineer.id).left_at = clock.now()
    house.see()
    told = text_of(story(sign_in(boss).get(REQUEST).text))
    assert "Dispatch → Dispatched 周艳 · 2026-11-23 09:00 · QP/2-04 5.4" in told
    assert "Field engineer 李强 Problem type Usage" in told
    assert "engineer_id" not in told
    call = text_of(story(sign_in(boss).get(f"{CALLS}SH-H-2026-00001").text))
    assert "Customer 上海恒远服装有限责任公司" in call


def test_a_refused_step_is_told_too(
    house: House, work: Any, shanghai: Office, boss: Actor, sign_in: SignIn
) -> None:
    work.requested(shanghai, boss)
    browser = sign_in(house.hire(shanghai, HOTLINE_ENGINEER, name="罗文"))
    assert browser.post(f"{REQUEST}/dispatch", data={"seen": 1}).status_code == 403
    assert sign_in(boss).post(f"{REQUEST}/dispatch", data={"seen": 1}).status_code == 422
    page = story(browser.get(REQUEST).text)
    assert page.count('class="story-refused"') == 2
    assert "Not in order: Field engineer" in page


def test_every_bound_decision_says_why(work: Any, shanghai: Office, boss: Actor, sign_in: SignIn) -> None:
    work.requested(shanghai, boss)
    told = text_of(story(sign_in(boss).get(REQUEST).text))
    assert "The first year from the contract date is free. why?" in told
    assert "Decided by Billing 0." in told
    assert "Entitlement Free first year" in told
    assert re.search(r"Overrode Hotline 0\.[\d.]+: Not checked", told)
    assert "free until 2027-10-23 inclusive" in told


def test_a_deadline_opens_its_trace_and_its_clause(
    work: Any, shanghai: Office, boss: Actor, sign_in: SignIn
) -> None:
    work.requested(shanghai, boss)
    head = sign_in(boss).get(REQUEST).text.partition('<div class="next">')[2].partition("</details>")[0]
    assert "The time starts at 2026-11-23 09:00." in head
    assert "QP/2-04 5.4" in head


def test_a_house_rule_is_shown_as_one(
    house: House, work: Any, install: Install, make_plugin: MakePlugin, sign_in: SignIn
) -> None:
    def amend(procedures: Any) -> None:
        check = Sentence("Not before the archive answered.")
        silent = house_rule(Sentence("the archive asked for it"))
        procedures["fieldservice.request"].require("dispatch", lambda act: check, clause=silent)

    plugins = install(make_plugin("local", requires=("fieldservice", "hotline"), amend=amend))
    office = house.office("SH", *NATIONAL, "local")
    assert "local" in plugins.installed
    everybody = house.hire(office, *NATIONAL_ROLES)
    work.requested(office, everybody)
    page = text_of(sign_in(everybody).get(REQUEST).text)
    assert "Not before the archive answered. house rule: the archive asked for it" in page


def test_a_list_is_filtered_by_state_and_by_owner(
    house: House, work: Any, shanghai: Office, boss: Actor, sign_in: SignIn
) -> None:
    other = house.hire(shanghai, HOTLINE_ENGINEER)
    mine, his = work.called(shanghai, boss), work.called(shanghai, other)
    solved = work.called(shanghai, boss)
    answer = {"answer": "把下边距改成 10 毫米后打印正常"}
    gate.perform("hotline.call", solved, "solve", boss, answer, office=shanghai)
    browser = sign_in(boss)
    assert numbers(browser.get(CALLS).text) == [solved, his, mine]
    assert numbers(browser.get(f"{CALLS}?state=*").text) == [his, mine]
    assert numbers(browser.get(f"{CALLS}?state=solved").text) == [solved]
    assert numbers(browser.get(f"{CALLS}?whose=mine&state=*").text) == [mine]
    assert "Nothing fits this filter." in browser.get(f"{CALLS}?state=cancelled").text


def test_an_engineers_list_of_his_own_has_what_he_was_sent_to(
    house: House, work: Any, shanghai: Office, boss: Actor, sign_in: SignIn
) -> None:
    work.requested(shanghai, boss)
    engineer = house.hire(shanghai, FIELD_ENGINEER, name="李强")
    values = {"engineer_id": engineer.person_id}
    gate.perform("fieldservice.request", "SH-R-2026-00001", "dispatch", boss, values, office=shanghai)
    assert numbers(sign_in(engineer).get(f"{REQUESTS}?whose=mine").text) == ["SH-R-2026-00001"]


def test_an_empty_list_says_what_would_be_there_and_how_to_make_the_first(
    shanghai: Office, boss: Actor, sign_in: SignIn
) -> None:
    browser = sign_in(boss)
    assert "Every case of this kind in SH will stand here" in browser.get(REQUESTS).text
    assert "A request is registered from a call" in browser.get(REQUESTS).text
    assert 'href="/SH/billing/sealing/new/seal"' in browser.get("/SH/billing/sealing/").text


def test_a_list_is_paged(
    work: Any, shanghai: Office, boss: Actor, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("core.web.cases.PAGE", 2)
    all_of_them = [work.called(shanghai, boss) for _more in range(3)]
    first = sign_in(boss).get(f"{CALLS}?state=open").text
    assert numbers(first) == all_of_them[:0:-1]
    assert f'href="{CALLS}?state=open&amp;page=2"' in first
    assert numbers(sign_in(boss).get(f"{CALLS}?state=open&page=2").text) == all_of_them[:1]


def test_lists_and_pages_ask_the_same_questions_whatever_they_show(
    house: House, work: Any, shanghai: Office, boss: Actor, sign_in: SignIn, queries_of: Any
) -> None:
    customer = house.customer(shanghai)
    browser, number = sign_in(boss), db.session.merge(customer).file_number
    pages = (CALLS, REQUESTS, "/SH/customers/", f"/SH/customers/{number}", "/search?q=hyfz", REQUEST)
    counted = []
    for _more in range(3):
        house.customer(shanghai, name="恒远服装分厂")
        work.requested(shanghai, boss, db.session.merge(customer))
        work.called(shanghai, boss, db.session.merge(customer))
        assert {browser.get(page).status_code for page in pages} == {200}
        counted.append({page: queries_of(lambda page=page: browser.get(page)) for page in pages})
    assert counted[0] == counted[1] == counted[2]


def test_a_new_case_is_made_on_its_form_and_refused_beside_its_field(
    shanghai: Office, boss: Actor, sign_in: SignIn
) -> None:
    browser = sign_in(boss)
    form = "/SH/billing/sealing/new/seal"
    assert browser.get(form).status_code == 200
    assert browser.get("/SH/billing/sealing/new/lift").status_code == 404
    refused = browser.post(form, data={"file_number": "SH999999", "reason": "拖欠服务费"})
    assert refused.status_code == 422
    assert 'id="file_number-error"' in refused.text
    assert "拖欠服务费" in refused.text


def test_the_menu_marks_where_one_is_and_hides_what_one_may_not_see(
    house: House, shanghai: Office, sign_in: SignIn
) -> None:
    page = sign_in(house.hire(shanghai, FIELD_ENGINEER)).get(REQUESTS).text
    menu = page.partition('<nav class="menu"')[2].partition("</nav>")[0]
    assert f'<a href="{REQUESTS}" aria-current="page"' in menu
    assert menu.count("aria-current") == 1
    assert "quality" not in menu
    supervisor = sign_in(house.hire(shanghai, QUALITY_SUPERVISOR)).get("/").text
    assert "/SH/quality/complaint/" in supervisor
