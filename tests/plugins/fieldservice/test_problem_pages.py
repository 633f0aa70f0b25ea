"""What the pages tell of a problem over all its visits, and to whom: conferences, custody, head office (QI/05)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import event

from core import clock, gate, switches
from core.db import db, see_offices
from core.people import Actor
from core.roles import ARCHIVIST, DUTY_MANAGER, HEAD_OFFICE_SUPPORT, SENIOR_ENGINEER, SUPPORT_MANAGER
from core.talk import notices
from core.testing import NATIONAL, SETTER_UP, House, SignIn
from plugins.fieldservice.escalation.models import Escalation
from plugins.fieldservice.models import ServiceRequest
from plugins.fieldservice.testing import VISIT
from tests.plugins.fieldservice.test_custody import document, in_the_office

TEN = dt.datetime(2026, 11, 24, 2, tzinfo=dt.UTC)
REMEDY = "升级到 8.14，再反结账"


def unsolved(centre: Any) -> ServiceRequest:
    """Bring a request back unsolved, with the customer's data in the safe."""
    request = centre.explained()
    in_the_office(centre, centre.take_along(request))
    centre.act(request, "sign", centre.engineer, result="unsolved", signed_by="高敏", on_paper="档案柜 3")
    turned_in: ServiceRequest = centre.act(request, "turn_in", centre.engineer)
    return turned_in


def card(page: str, title: str) -> str:
    """Return what a card says."""
    return page.partition(f'<h2 class="side-title">{title}</h2>')[2].partition("</section>")[0]


@pytest.fixture
def support(house: House) -> Actor:
    """Somebody of head-office support, where field service is used, too."""
    for plugin in NATIONAL:
        switches.switch(house.plugins, house.head, plugin, True, SETTER_UP)
    house.see()
    return house.hire(house.head, HEAD_OFFICE_SUPPORT, name="吴总部")


@pytest.mark.clause("QP/2-04 5.6")
@pytest.mark.clause("QI/05 3.4")
def test_a_request_tells_who_conferred_who_has_the_data_and_what_head_office_said(
    beijing: Any, sit_down: Any
) -> None:
    # From a Tuesday on, the two days end before the three.
    with clock.stopped_at(TEN):
        one = beijing.escalated(unsolved(beijing))
        beijing.act(one, "ask", beijing.duty, said="总部已复现，正在查")
    page = sit_down(beijing, beijing.duty).get(f"request/{one.request.number}")
    conferences = card(page, "Case conferences")
    assert (conferences.count("BJ-CC-"), conferences.count("No remedy yet")) == (4, 2)
    assert "王力" in conferences
    for words in ("周艳", "保险柜 2", "In our hands"):
        assert words in card(page, "Taken from the customer")
    for words in (one.number, "技术支持部", "总部已复现，正在查", "Ask head office how it stands"):
        assert words in card(page, "Before head office")


@pytest.mark.clause("QI/05 3.4")
def test_what_an_earlier_visit_left_stands_beside_the_next_one(beijing: Any, sit_down: Any) -> None:
    first = beijing.confer(unsolved(beijing), "带补丁")
    beijing.act(first, "send_again", beijing.duty, advice="带补丁")
    again = db.session.query(ServiceRequest).filter_by(previous_id=first.id).one()
    page = sit_down(beijing, beijing.duty).get(f"request/{again.number}")
    assert "带补丁" in card(page, "Case conferences")
    assert "保险柜 2" in card(page, "Taken from the customer")
    assert card(page, "Before head office") == ""
    beijing.act(again, "dispatch", beijing.duty, engineer_id=beijing.engineer.person_id)
    one = beijing.escalated(beijing.turned_in("partly", again))
    page = sit_down(beijing, beijing.duty).get(f"request/{first.number}")
    assert one.number in card(page, "Before head office")


@pytest.mark.clause("QI/05 3.3")
def test_what_lies_where_is_not_for_everybody(beijing: Any, sit_down: Any) -> None:
    number = unsolved(beijing).number
    page = sit_down(beijing, beijing.hire(ARCHIVIST, name="档案员")).get(f"request/{number}")
    assert card(page, "Taken from the customer") == ""
    assert "保险柜 2" not in page


@pytest.mark.clause("QI/05 3.1")
@pytest.mark.clause("QI/05 3.2")
@pytest.mark.clause("QI/05 3.5")
def test_a_request_leads_to_the_case_that_moves_first(beijing: Any, sit_down: Any) -> None:
    screen = sit_down(beijing, beijing.duty)
    conference = beijing.conferring(beijing.turned_in("unsolved"))
    escalation, again = beijing.escalated(), beijing.sent_again()
    for request, where in (
        (conference.request, f"conference/{conference.number}"),
        (escalation.request, f"escalation/{escalation.number}"),
        (again.previous, f"request/{again.number}"),
    ):
        leads = screen.get(f"request/{request.number}").partition('class="card goes-on"')[2]
        assert f'href="/BJ/fieldservice/{where}"' in leads.partition("</section>")[0]
    assert "goes-on" not in screen.get(f"request/{again.number}")


@pytest.mark.clause("QI/05 3.5")
@pytest.mark.parametrize(
    "now", ["2026-11-27T10:20+08:00", "2026-11-27T17:25+08:00", "2026-11-28T10:00+08:00"]
)
def test_the_desk_leads_to_the_step_that_keeps_the_promise_now(beijing: Any, sit_down: Any, now: str) -> None:
    with clock.stopped_at(dt.datetime.fromisoformat(now)):
        screen = sit_down(beijing, beijing.duty)
        request = beijing.confer(beijing.turned_in("unsolved"))

        def lies_open(asked: str) -> str:
            link = f"/BJ/fieldservice/request/{request.number}?{asked}#step"
            assert f'href="{link}"' in screen.send("GET", "/")[1]
            page = screen.send("GET", link)[1]
            return str(page.partition('aria-current="step">')[2].partition("</a>")[0])

        assert lies_open("promise=fieldservice.confer_again") == "Call a case conference"
        beijing.confer(request)
        assert lies_open("step=escalate") == "Bring before head office"
        assert lies_open_by_itself(screen, request) == "Bring before head office"


def lies_open_by_itself(screen: Any, request: ServiceRequest) -> str:
    page = screen.get(f"request/{request.number}")
    return str(page.partition('aria-current="step">')[2].partition("</a>")[0])


@pytest.mark.clause("QI/05 3.1")
def test_the_review_closes_what_is_solved_and_confers_about_the_rest(beijing: Any, sit_down: Any) -> None:
    screen = sit_down(beijing, beijing.duty)
    for result, step in (("all_solved", "Review and close"), ("partly", "Call a case conference")):
        page = screen.get(f"request/{beijing.turned_in(result).number}")
        assert page.partition('aria-current="step">')[2].startswith(f"{step}</a>")


@pytest.mark.clause("QI/05 3.3")
@pytest.mark.clause("QI/05 3.4")
def test_the_engineer_sees_on_his_visit_what_he_took_along(beijing: Any, sit_down: Any) -> None:
    request = beijing.explained()
    screen = sit_down(beijing, beijing.engineer)
    assert 'id="taken"' not in screen.get(f"visit/{request.number}")
    one = beijing.take_along(request)
    there = screen.get(f"visit/{request.number}").partition('id="taken"')[2].partition("</section>")[0]
    for words in (one.number, "U 盘 1", "Bring it to the office"):
        assert words in there
    seen_by_all = sit_down(beijing, beijing.hire(ARCHIVIST, name="档案员")).get(f"visit/{request.number}")
    assert "U 盘 1" not in seen_by_all


@pytest.mark.clause("QI/05 3.6")
def test_every_word_stands_in_the_table_of_the_escalation(beijing: Any, sit_down: Any) -> None:
    one = beijing.escalated()
    for said in ("已催一次", "已催两次"):
        beijing.act(one, "ask", beijing.duty, said=said)
    page = sit_down(beijing, beijing.duty).get(f"escalation/{one.number}")
    table = page.partition('<table class="rows">')[2].partition("</table>")[0]
    assert table.index("已催一次") < table.index("已催两次")
    assert "周艳" in table
    assert f"/BJ/fieldservice/request/{one.request.number}" in card(page, "Field service request")


@pytest.mark.clause("QR/05 form")
@pytest.mark.clause("QI/05 3.3")
def test_the_data_record_says_what_was_taken_and_what_we_undertake(beijing: Any, sit_down: Any) -> None:
    screen = sit_down(beijing, beijing.duty)
    one = in_the_office(beijing, beijing.take_along(beijing.on_site()))
    page = screen.get(f"custody/{one.number}/paper/QR-05")
    for words in ("UFS/QP/2-04/QR/05", one.number, "王力", "U 盘 1", "反结账后账套仍是已结账状态"):
        assert words in page
    for words in ("nothing of it reaches anybody else", 'src="data:image/png;base64,'):
        assert words in page
    assert "粉碎" not in page
    beijing.act(one, "destroy", beijing.duty, fate="格式化后粉碎", offered_to_id=beijing.engineer.person_id)
    beijing.act(one, "witness", beijing.engineer)
    page = screen.get(f"custody/{one.number}/paper/QR-05")
    assert "格式化后粉碎" in page
    assert "王力" in page.partition("Witness")[2]


@pytest.mark.clause("QR/05 form")
def test_the_data_record_names_the_serial_number_and_what_lies_with_it(beijing: Any, sit_down: Any) -> None:
    screen, customer = sit_down(beijing, beijing.duty), beijing.house.customer(beijing.office)
    call = beijing.log(customer, installation_id=str(customer.installations[0].id))
    beijing.act(call, "request_visit", beijing.hotline, **VISIT)
    request = beijing.request_of(call)
    beijing.act(request, "dispatch", beijing.duty, engineer_id=beijing.engineer.person_id)
    one = beijing.take_along(beijing.on_site(request))
    bare = screen.get(f"custody/{one.number}/paper/QR-05")
    assert request.installation.serial_number in bare
    assert "问题说明.txt" not in bare
    document(beijing, one)
    assert "问题说明.txt" in screen.get(f"custody/{one.number}/paper/QR-05")


@pytest.mark.clause("QR/05 form")
def test_the_data_record_says_where_the_sheet_is_that_was_signed_on_paper(
    beijing: Any, sit_down: Any
) -> None:
    screen = sit_down(beijing, beijing.duty)
    one = beijing.take_along(beijing.on_site(), signature="", on_paper="档案柜 3")
    page = screen.get(f"custody/{one.number}/paper/QR-05")
    assert "档案柜 3" in page
    assert "保险柜 9" not in page
    beijing.act(one, "give_back", beijing.engineer, returned_to="高敏", back_on_paper="保险柜 9")
    page = screen.get(f"custody/{one.number}/paper/QR-05")
    assert page.index("档案柜 3") < page.index("保险柜 9")


@pytest.mark.clause("QR/06 form")
@pytest.mark.clause("QR/03 form")
@pytest.mark.clause("QI/05 3.5")
@pytest.mark.clause("QI/05 3.6")
def test_the_log_and_the_return_slip_say_who_has_it_at_head_office(beijing: Any, sit_down: Any) -> None:
    one = beijing.escalated()
    beijing.act(one, "ask", beijing.duty, said="总部已复现，正在查")
    screen = sit_down(beijing, beijing.duty)
    log = screen.get(f"escalation/{one.number}/paper/QR-06")
    for words in ("UFS/QP/2-04/QR/06", "王力", one.customer_name, "技术支持部", "总部已复现，正在查", "周艳"):
        assert words in log
    slip = screen.get(f"request/{one.request.number}/paper/QR-03").partition("Reported to")[2]
    assert "技术支持部" in slip


@pytest.mark.clause("QI/05 3.7")
def test_whoever_answers_the_phone_sees_what_head_office_said_last(beijing: Any, sit_down: Any) -> None:
    one = beijing.escalated()
    beijing.act(one, "ask", beijing.duty, said="总部周四前给补丁")
    call, other = beijing.log(one.customer), beijing.log()
    screen = sit_down(beijing, beijing.hotline)
    _status, page = screen.send("GET", f"/BJ/hotline/call/{call.number}")
    assert "总部周四前给补丁" in card(page, "Before head office")
    assert card(screen.send("GET", f"/BJ/hotline/call/{other.number}")[1], "Before head office") == ""
    beijing.act(one, "tell", beijing.hotline, said="已转告总部周四前给补丁")
    assert one.lines[-1].whom == "customer"


@pytest.mark.clause("QP/2-04 5.6")
def test_head_office_reads_by_the_rules_of_the_office_and_prints_nothing_of_its(
    beijing: Any, support: Actor, sign_in: SignIn
) -> None:
    one = beijing.escalated()
    beijing.act(one, "ask", beijing.duty, said="请尽快")
    browser = sign_in(support, "en")
    page = browser.get(f"/HQ/fieldservice/escalation/{one.number}").text
    for words in ("请尽快", "Ask head office how it stands"):
        assert words in page
    for words in (one.request.number, "Print view", 'side-title">Case conferences'):
        assert words not in page
    paper = f"fieldservice/escalation/{one.number}/paper/QR-06"
    assert browser.get(f"/HQ/{paper}").status_code == 404
    assert sign_in(beijing.duty, "en").get(f"/BJ/{paper}").status_code == 200


@pytest.mark.clause("QP/2-04 5.6")
def test_the_board_keeps_in_sight_what_is_not_solved_yet(beijing: Any, sit_down: Any) -> None:
    with clock.stopped_at(TEN):
        puzzling, remedied = beijing.confer(beijing.turned_in("partly")), beijing.turned_in("unsolved")
        beijing.confer(remedied, "带补丁")
        solved = beijing.turned_in()
        page = sit_down(beijing, beijing.duty).get("dispatch")
    section = page.partition('id="unsolved"')[2].partition("</table>")[0]
    assert section.index(puzzling.number) < section.index(remedied.number)
    assert "Confer for the second time" in section
    assert solved.number not in section


def told(actor: Actor) -> list[str]:
    """Return what plugins have told somebody."""
    assert actor.person_id is not None
    found = notices.of_person(actor.person_id, 0, 20)
    return [f"{one.about} {one.step}" for one in found if one.kind == notices.OTHER]


@pytest.mark.clause("QP/2-04 5.6")
@pytest.mark.clause("QI/05 3.2")
def test_the_support_manager_and_whoever_goes_along_are_told(beijing: Any) -> None:
    manager, senior = (
        beijing.hire(SUPPORT_MANAGER, name="何志强"),
        beijing.hire(SENIOR_ENGINEER, name="郑国栋"),
    )
    again = beijing.sent_again()
    assert told(manager) == ["fieldservice.request send_again"]
    sent = {"engineer_id": beijing.engineer.person_id, "companion_id": senior.person_id}
    assert told(senior) == []
    beijing.act(again, "dispatch", beijing.duty, **sent)
    assert told(senior) == ["fieldservice.request dispatch"]
    beijing.escalated()
    assert told(manager)[0] == "fieldservice.request escalate"


@pytest.mark.clause("QP/2-04 5.6")
def test_the_duty_manager_hears_that_head_office_has_answered(
    beijing: Any, house: House, support: Actor
) -> None:
    one = beijing.escalated()
    elsewhere = house.hire(house.head, DUTY_MANAGER, name="别人")
    see_offices(support.offices)
    gate.perform(
        "fieldservice.escalation", one.number, "answer", support, {"answer": REMEDY}, office=house.head
    )
    house.see()
    assert (told(beijing.duty), told(elsewhere)) == (["fieldservice.escalation answer"], [])
    assert db.session.query(Escalation).one().state == "answered"


@pytest.mark.clause("QP/2-04 5.6")
def test_what_head_office_asks_reaches_whoever_can_answer_it(
    beijing: Any, house: House, support: Actor
) -> None:
    one = beijing.escalated()
    see_offices(support.offices)
    said = {"said": "手工录入还是接口导入？"}
    gate.perform("fieldservice.escalation", one.number, "ask_back", support, said, office=house.head)
    house.see()
    for who in (beijing.duty, beijing.engineer):
        assert told(who) == ["fieldservice.escalation ask_back"]
    assert told(beijing.hotline) == []


@pytest.mark.clause("QI/05 3.7")
def test_that_an_answer_does_not_work_reaches_whoever_asks_on_and_whoever_tells_the_customer(
    beijing: Any,
) -> None:
    senior, one = beijing.hire(SENIOR_ENGINEER, name="郑国栋"), beijing.escalated()
    beijing.act(one, "note_answer", beijing.duty, answer=REMEDY)
    beijing.act(one, "fail", senior, reason="升级后仍报错")
    for who in (beijing.duty, beijing.engineer):
        assert told(who)[0] == "fieldservice.escalation fail"
    assert told(beijing.hotline) == []


def queries(run: Callable[[], Any]) -> int:
    """Count what a page asks the database."""
    asked = []
    note = lambda *seen: asked.append(seen[2])  # noqa: E731
    db.session.expunge_all()
    event.listen(db.engine, "before_cursor_execute", note)
    try:
        run()
    finally:
        event.remove(db.engine, "before_cursor_execute", note)
    return len([one for one in asked if one.lstrip().lower().startswith(("select", "with"))])


def grown(centre: Any, times: int) -> Escalation:
    """Bring a problem before head office with so many of everything that belongs to it."""
    request = centre.explained()
    for _each in range(times):
        centre.take_along(request)
    centre.act(request, "sign", centre.engineer, result="unsolved", signed_by="高敏", on_paper="档案柜 3")
    request = centre.act(request, "turn_in", centre.engineer)
    for _each in range(times):
        request = centre.confer(request)
    one: Escalation = centre.escalated(request)
    for _each in range(times):
        centre.act(one, "ask", centre.duty, said="请尽快")
    return one


def test_much_asks_the_database_as_often_as_little(beijing: Any, sit_down: Any) -> None:
    screen = sit_down(beijing, beijing.duty)
    little, much = (
        (f"/BJ/fieldservice/escalation/{one.number}", f"/BJ/fieldservice/request/{one.request.number}")
        for one in (grown(beijing, 1), grown(beijing, 4))
    )
    screen.send("GET", little[0])
    few, many = (
        [queries(lambda page=page: screen.send("GET", page)) for page in pages] for pages in (little, much)
    )
    assert few == many
