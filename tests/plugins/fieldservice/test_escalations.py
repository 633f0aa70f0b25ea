"""What two conferences could not solve goes before head office, which sees that and nothing else (QI/05 3.5-3.7)."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from core import clock, gate, ledger, switches
from core.db import db
from core.deadlines import DROPPED, MET, MISSED, OPEN
from core.errors import NotFound, RefusalKind, Refused
from core.people import Actor
from core.roles import DUTY_MANAGER, HEAD_OFFICE_SUPPORT
from core.testing import NATIONAL, SETTER_UP, House, SignIn, said
from plugins.fieldservice.custody.models import Custody
from plugins.fieldservice.escalation.models import Escalation
from plugins.fieldservice.models import ServiceRequest
from tests.plugins.fieldservice.test_conferences import second_visit
from tests.plugins.fieldservice.test_custody import in_the_office

NAME = "fieldservice.escalation"
ASK, TELL, TO_HEAD_OFFICE = (
    f"fieldservice.{key}" for key in ("ask_head_office", "tell_escalated", "to_head_office")
)
TELL_HERE, TRY = "fieldservice.tell_customer", "fieldservice.try_answer"
# Tuesday, ten o'clock in the office; it closes at five.
TEN = dt.datetime(2026, 11, 24, 2, tzinfo=dt.UTC)
CLOSING = TEN + dt.timedelta(hours=7)
REMEDY = "升级到 8.14，再反结账"


@pytest.fixture
def support(house: House) -> Actor:
    """Somebody of head-office support, where field service is used, too."""
    for plugin in NATIONAL:
        switches.switch(house.plugins, house.head, plugin, True, SETTER_UP)
    house.see()
    return house.hire(house.head, HEAD_OFFICE_SUPPORT, name="吴总部")


def from_above(house: House, support: Actor, number: str, step: str, **values: Any) -> Any:
    """Take a step as head office's page does: only head office is in sight."""
    from core.db import see_offices

    see_offices(support.offices)
    try:
        return gate.perform(NAME, number, step, support, values, office=house.head)
    finally:
        house.see()


@pytest.mark.clause("QI/05 3.5")
def test_head_office_gets_the_symptom_in_detail_and_the_recipient_is_noted(beijing: Any) -> None:
    request = beijing.confer(beijing.turned_in("unsolved"))
    assert set(beijing.refused(request, "escalate", beijing.duty, symptom="").errors) == {
        "recipient",
        "way",
        "symptom",
        "tried",
    }
    request = beijing.confer(request)
    told = {"recipient": "技术支持部", "way": "fax", "symptom": "反结账后仍是已结账", "tried": "重建索引无效"}
    one = beijing.act(request, "escalate", beijing.duty, **told)
    found = db.session.query(Escalation).one()
    assert (one.state, beijing.promises(request)[TO_HEAD_OFFICE].state) == ("escalated", MET)
    assert (found.recipient, found.customer_name, found.engineer) == (
        "技术支持部",
        request.customer.name,
        "王力",
    )
    assert found.sent_at is not None


@pytest.mark.clause("QI/05 3.5")
def test_what_the_visits_tried_and_what_was_conferred_is_proposed(beijing: Any, sit_down: Any) -> None:
    again = beijing.confer(second_visit(beijing, "unsolved"), said="查日志")
    again = beijing.confer(again, said="抓包")
    page = sit_down(beijing, beijing.duty).get(f"request/{again.number}?step=escalate")
    proposed = page.partition('name="tried"')[2].partition("</textarea>")[0].partition(">")[2]
    assert [(line[:4], line.partition(": ")[2]) for line in proposed.strip().splitlines()] == [
        ("BJ-R", "重建总账索引"),
        ("BJ-C", "索引与补丁 / 带 8.13 补丁，重建总账索引"),
        ("BJ-R", "重建总账索引"),
        ("BJ-C", "查日志"),
        ("BJ-C", "抓包"),
    ]


@pytest.mark.clause("QR/03 form")
def test_what_head_office_reads_in_detail_leaves_the_customers_words_on_the_request(beijing: Any) -> None:
    request = beijing.confer(beijing.confer(beijing.turned_in("unsolved")))
    words = request.symptom
    told = {"recipient": "技术支持部", "way": "fax", "symptom": "反结账后仍是已结账", "tried": "重建索引无效"}
    assert beijing.act(request, "escalate", beijing.duty, **told).symptom == words
    assert db.session.query(Escalation).one().symptom == "反结账后仍是已结账"


@pytest.mark.clause("QI/05 3.6")
@pytest.mark.clause("QI/02 product.escalated")
def test_it_is_asked_about_every_two_days_and_only_asking_meets_it(beijing: Any) -> None:
    with clock.stopped_at(TEN):
        one = beijing.escalated()
    assert beijing.promises(one)[ASK].due_at.date() == dt.date(2026, 11, 26)
    assert beijing.refused(one, "ask", beijing.engineer, said="已催").kind is RefusalKind.ROLE
    with clock.stopped_at(TEN + dt.timedelta(days=2)):
        beijing.act(one, "ask", beijing.duty, said="总部已复现，正在查")
    asked = [promise for promise in beijing.every_promise(one) if promise.key == ASK]
    assert [(promise.state, promise.due_at.day) for promise in asked] == [(MET, 26), (OPEN, 30)]
    assert [(row.whom, row.said) for row in one.lines] == [("head_office", "总部已复现，正在查")]


@pytest.mark.clause("QI/05 3.7")
def test_the_customer_is_told_every_three_days_by_the_engineer(beijing: Any) -> None:
    with clock.stopped_at(TEN):
        one = beijing.escalated()
    promise = beijing.promises(one)[TELL]
    assert (promise.person_id, promise.due_at.date()) == (beijing.engineer.person_id, dt.date(2026, 11, 27))
    beijing.act(one, "tell", beijing.engineer, said="总部正在修改，周五前再告知")
    assert beijing.promises(one)[TELL].state == OPEN
    assert one.lines[0].whom == "customer"


@pytest.mark.clause("QI/05 3.6")
@pytest.mark.clause("QI/05 3.7")
def test_two_and_three_days_count_the_weekend_and_end_when_the_office_is_open_again(beijing: Any) -> None:
    friday = TEN + dt.timedelta(days=3)
    with clock.stopped_at(friday):
        promises = beijing.promises(beijing.escalated())
    monday = CLOSING + dt.timedelta(days=6)
    assert [promises[key].due_at for key in (ASK, TELL)] == [monday, monday]


@pytest.mark.clause("QP/2-04 5.6")
def test_head_office_sees_the_escalations_of_all_offices_and_nothing_else(
    beijing: Any, shanghai: Any, support: Actor, sign_in: SignIn
) -> None:
    ours, theirs = beijing.escalated(), shanghai.escalated()
    numbers = {ours.number, theirs.number}
    page = said(sign_in(support, "en").get("/HQ/fieldservice/escalation/").text)
    assert {number for number in numbers if number in page} == numbers
    browser = sign_in(support, "en")
    assert browser.get(f"/HQ/fieldservice/escalation/{ours.number}").status_code == 200
    assert browser.get(f"/BJ/fieldservice/escalation/{ours.number}").status_code == 404
    assert browser.get(f"/HQ/fieldservice/request/{ours.request.number}").status_code in (403, 404)
    assert browser.get(f"/HQ/customers/{ours.customer.file_number}").status_code in (403, 404)


@pytest.mark.clause("QP/2-04 5.6")
@pytest.mark.clause("QI/05 3.7")
def test_its_answer_is_tried_in_the_office_before_it_goes_out(
    beijing: Any, house: House, support: Actor
) -> None:
    one = beijing.escalated()
    number, request = one.number, one.request.number
    from_above(house, support, number, "answer", answer=REMEDY, fixed_in="8.14")
    one = db.session.query(Escalation).filter_by(number=number).one()
    assert (one.state, one.answered_by, one.fixed_in) == ("answered", "吴总部", "8.14")
    assert beijing.act(one, "fail", beijing.duty, reason="升级后仍报错").state == "sent"
    from_above(house, support, number, "answer", answer=REMEDY, fixed_in="8.14.1")
    one = beijing.act(one, "verify", beijing.duty, verified="在测试账套上反结账成功")
    found = db.session.query(ServiceRequest).filter_by(number=request).one()
    assert (one.state, found.state, found.advice) == ("verified", "remedied", REMEDY)
    assert list(ledger.verify(beijing.office.id)) == []


@pytest.mark.clause("QI/05 3.6")
@pytest.mark.clause("QP/2-04 5.6")
@pytest.mark.clause("QR/06 form")
def test_what_was_answered_is_talked_about_on_and_each_word_stays_a_line(
    beijing: Any, house: House, support: Actor
) -> None:
    one = beijing.escalated()
    from_above(house, support, one.number, "answer", answer="先升级到 8.13", fixed_in="8.13")
    from_above(house, support, one.number, "ask_back", said="升级前备份了吗？")
    beijing.act(one, "ask", beijing.duty, said="8.13 装不上，能否给补丁？")
    assert beijing.promises(one)[ASK].state == OPEN
    from_above(house, support, one.number, "answer", answer=REMEDY, fixed_in="8.14")
    one = db.session.query(Escalation).filter_by(number=one.number).one()
    assert (one.state, one.answer, one.fixed_in) == ("answered", REMEDY, "8.14")
    assert beijing.promises(one)[ASK].state == MET
    beijing.act(one, "fail", beijing.duty, reason="升级后仍报错")
    one = beijing.act(one, "note_answer", beijing.duty, answer="改用 8.14.1")
    assert beijing.act(one, "note_answer", beijing.duty, answer="还须重建索引").answer == "还须重建索引"
    lines = [(row.whom, row.said) for row in one.lines]
    assert lines == [
        ("office", "先升级到 8.13"),
        ("office", "升级前备份了吗？"),
        ("head_office", "8.13 装不上，能否给补丁？"),
        ("office", REMEDY),
        ("tried", "升级后仍报错"),
        ("office", "改用 8.14.1"),
        ("office", "还须重建索引"),
    ]


@pytest.mark.clause("QI/05 3.7")
@pytest.mark.parametrize(("later", "ends"), [(1, MET), (2, MISSED)])
@pytest.mark.parametrize("step", ["verify", "fail"])
def test_an_answer_is_tried_here_by_the_next_working_day(
    beijing: Any, step: str, later: int, ends: str
) -> None:
    with clock.stopped_at(TEN):
        one = beijing.escalated()
        assert TRY not in beijing.promises(one)
        beijing.act(one, "note_answer", beijing.duty, answer=REMEDY)
    promise = beijing.promises(one)[TRY]
    assert (promise.state, promise.role) == (OPEN, DUTY_MANAGER.key)
    assert promise.due_at == CLOSING + dt.timedelta(days=1)
    said = {"verify": {"verified": "反结账成功"}, "fail": {"reason": "仍报错"}}
    with clock.stopped_at(TEN + dt.timedelta(days=later)):
        beijing.act(one, step, beijing.duty, **said[step])
    assert beijing.promises(one)[TRY].state == ends


@pytest.mark.clause("QI/05 3.7")
@pytest.mark.parametrize(("later", "ends"), [(1, DROPPED), (2, MISSED)])
def test_a_newer_answer_has_a_time_of_its_own_and_the_last_one_keeps_its_fault(
    beijing: Any, later: int, ends: str
) -> None:
    with clock.stopped_at(TEN):
        one = beijing.escalated()
        beijing.act(one, "note_answer", beijing.duty, answer="先升级到 8.13")
    with clock.stopped_at(TEN + dt.timedelta(days=later)):
        beijing.act(one, "note_answer", beijing.duty, answer=REMEDY)
    tried = [(row.state, row.due_at.day) for row in beijing.every_promise(one) if row.key == TRY]
    assert tried == [(ends, 25), (OPEN, 24 + later + 1)]


def test_from_above_nobody_takes_a_step_that_is_not_for_him(
    beijing: Any, house: House, support: Actor
) -> None:
    one = beijing.escalated()
    for step in ("ask", "withdraw", "verify"):
        with pytest.raises(NotFound):
            from_above(house, support, one.number, step, said="x", reason="x", verified="x")
    with pytest.raises(NotFound):
        gate.perform("fieldservice.request", one.request.number, "close", support, office=house.head)
    with pytest.raises(Refused) as refused:
        from_above(
            house, house.hire(house.head, DUTY_MANAGER, name="别人"), one.number, "answer", answer=REMEDY
        )
    assert refused.value.kind is RefusalKind.ROLE
    assert list(ledger.verify(beijing.office.id)) == []


@pytest.mark.clause("QI/05 3.7")
def test_the_data_go_back_when_the_remedy_was_tried_on_them(
    beijing: Any, house: House, support: Actor
) -> None:
    request = beijing.explained()
    custody = in_the_office(beijing, beijing.take_along(request))
    beijing.act(request, "sign", beijing.engineer, result="unsolved", signed_by="高敏", on_paper="档案柜 3")
    one = beijing.escalated(beijing.act(request, "turn_in", beijing.engineer))
    back = {"returned_to": "高敏", "back_on_paper": "档案柜 3"}
    refused = beijing.refused(custody, "give_back", beijing.duty, **back)
    assert one.number in str(refused.objections[0].text)
    from_above(house, support, one.number, "answer", answer=REMEDY)
    beijing.act(one, "verify", beijing.duty, verified="在客户数据上反结账成功")
    custody = db.session.query(Custody).one()
    assert beijing.act(custody, "give_back", beijing.duty, **back).state == "returned"


@pytest.mark.clause("QI/05 3.7")
def test_of_one_problem_the_customer_is_told_once_from_above_or_from_here(beijing: Any) -> None:
    request = beijing.explained()
    custody = beijing.take_along(request)
    beijing.act(request, "sign", beijing.engineer, result="unsolved", signed_by="高敏", on_paper="档案柜 3")
    one = beijing.escalated(beijing.act(request, "turn_in", beijing.engineer))
    assert beijing.promises(custody)[TELL_HERE].state == DROPPED
    beijing.act(custody, "tell", beijing.engineer, told="总部正在查")
    assert [row.state for row in beijing.every_promise(custody) if row.key == TELL_HERE] == [DROPPED]
    beijing.act(one, "withdraw", beijing.duty, reason="发错部门")
    assert beijing.promises(custody)[TELL_HERE].state == OPEN
    assert beijing.promises(one)[TELL].state == DROPPED


def escalated_after_the_second_visit(beijing: Any) -> tuple[Custody, Escalation]:
    """Take data along on the first visit, and bring the problem before head office after the second."""
    first = beijing.explained()
    custody = in_the_office(beijing, beijing.take_along(first))
    beijing.act(first, "sign", beijing.engineer, result="partly", signed_by="高敏", on_paper="档案柜 3")
    first = beijing.confer(beijing.act(first, "turn_in", beijing.engineer), REMEDY)
    beijing.act(first, "send_again", beijing.duty, advice=REMEDY)
    again = db.session.query(ServiceRequest).filter_by(previous_id=first.id).one()
    beijing.act(again, "dispatch", beijing.duty, engineer_id=beijing.engineer.person_id)
    return custody, beijing.escalated(beijing.turned_in("unsolved", again))


@pytest.mark.clause("QI/05 3.7")
@pytest.mark.parametrize("ending", ["give_back", "destroy"])
def test_what_the_first_visit_took_waits_for_the_remedy_of_the_second(beijing: Any, ending: str) -> None:
    custody, one = escalated_after_the_second_visit(beijing)
    ways: dict[str, dict[str, Any]] = {
        "give_back": {"returned_to": "高敏", "back_on_paper": "档案柜 3"},
        "destroy": {"fate": "格式化后粉碎", "offered_to_id": beijing.engineer.person_id},
    }
    refused = beijing.refused(custody, ending, beijing.duty, **ways[ending])
    assert (refused.kind, one.number in str(refused.objections[0].text)) == (RefusalKind.OBJECTION, True)
    beijing.act(one, "note_answer", beijing.duty, answer=REMEDY)
    beijing.act(one, "verify", beijing.duty, verified="在客户数据上反结账成功")
    assert beijing.act(custody, ending, beijing.duty, **ways[ending]).state in ("returned", "witnessed")


@pytest.mark.clause("QI/05 3.7")
def test_what_is_to_be_destroyed_stays_when_the_problem_goes_before_head_office_meanwhile(
    beijing: Any,
) -> None:
    request = beijing.explained()
    custody = in_the_office(beijing, beijing.take_along(request))
    watched = {"fate": "格式化后粉碎", "offered_to_id": beijing.engineer.person_id}
    beijing.act(custody, "destroy", beijing.duty, **watched)
    beijing.act(request, "sign", beijing.engineer, result="unsolved", signed_by="高敏", on_paper="档案柜 3")
    one = beijing.escalated(beijing.act(request, "turn_in", beijing.engineer))
    refused = beijing.refused(custody, "witness", beijing.engineer)
    assert one.number in str(refused.objections[0].text)
    assert beijing.act(custody, "spare", beijing.duty, reason="总部还要用").state == "held"


@pytest.mark.clause("QI/05 3.7")
def test_of_what_the_first_visit_took_the_customer_is_told_from_above_as_well(beijing: Any) -> None:
    custody, one = escalated_after_the_second_visit(beijing)
    beijing.act(custody, "tell", beijing.engineer, told="总部正在查")
    assert beijing.promises(custody)[TELL_HERE].state == DROPPED
    assert beijing.promises(one)[TELL].state == OPEN


@pytest.mark.clause("QI/05 3.5")
def test_what_was_brought_before_head_office_by_mistake_is_taken_back(beijing: Any) -> None:
    one = beijing.escalated()
    assert set(beijing.refused(one, "withdraw", beijing.duty).errors) == {"reason"}
    one = beijing.act(one, "withdraw", beijing.duty, reason="发错部门")
    assert (one.state, one.request.state) == ("withdrawn", "puzzling")
    assert beijing.promises(one.request)[TO_HEAD_OFFICE].state == OPEN
