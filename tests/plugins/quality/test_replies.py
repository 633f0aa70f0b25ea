"""What is complained of and asked of the product, and what follows by head office's catalogue (QI/02)."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from core import clock, settings
from core.errors import KoudaiError
from core.people import Actor
from plugins.fieldservice.testing import VISIT
from plugins.hotline.replies.services import uses_of
from plugins.quality.models import Complaint
from tests.plugins.hotline.replies.writing import approved
from tests.plugins.replying import Chosen, promised, replied

ADMINISTRATOR = Actor("admin")
# Monday, nine o'clock in the office, which closes at five.
NINE = dt.datetime(2026, 11, 23, 1, tzinfo=dt.UTC)
CLOSING = NINE + dt.timedelta(hours=8)
DAYS = "hotline.reply_working_days"


@pytest.mark.clause("QI/02 attitude.on-site")
def test_for_an_impatient_engineer_somebody_apologises_and_an_engineer_answers_now(
    beijing: Any, chosen: Chosen
) -> None:
    page = chosen(beijing, "attitude.on-site")
    assert "I apologise on my colleague's behalf. An engineer answers your question right now." in page
    call = replied(beijing, "attitude.on-site")
    assert promised(beijing, call) == {}, "it is answered now, not later"
    assert "我代他向您道歉" in uses_of(call)[0].text
    answer = {"answer": "反结账要先取消下月的期初，已在电话里一步步演示"}
    assert beijing.act(call, "solve", beijing.hotline, **answer).state == "solved"


@pytest.mark.clause("QI/02 attitude.on-site")
def test_it_is_a_complaint_too_when_the_customer_wants_it_and_a_question_of_process_goes_to_the_consultants(
    beijing: Any, shanghai: Any
) -> None:
    said = {
        "about": "on_site",
        "complaint": "周三上门的王力不肯讲解，只说看说明书",
        "happened": "11 月 18 日",
    }
    with clock.stopped_at(NINE):
        call = beijing.act(replied(beijing, "attitude.on-site"), "complain", beijing.hotline, **said)
    complaint = Complaint.query.filter_by(call_id=call.id).one()
    promise = beijing.promises(complaint)["quality.answer"]
    assert (promise.due_at, promise.role) == (CLOSING, "quality_supervisor")
    found = {"findings": "王力承认没有耐心", "answer": "王力已打电话道歉并讲解", "prevention": "周会讲评"}
    assert beijing.refused(complaint, "answer", shanghai.supervisor(), **found).kind == "role"
    other = replied(beijing, "attitude.on-site")
    process = {"matter": "销售退货的业务流程怎么设", "reached_by": "contact", "department": "咨询部"}
    reached = {"contact": "高敏", "phone": "021-61541030"}
    assert beijing.act(other, "transfer", beijing.hotline, **process, **reached).state == "to_pass_on"


@pytest.mark.clause("QI/02 function.not-as-documented")
def test_a_function_of_the_manual_is_answered_within_three_working_days_by_whoever_took_the_call(
    beijing: Any, chosen: Chosen
) -> None:
    assert "You have our answer within 3 working days." in chosen(beijing, "function.not-as-documented")
    with clock.stopped_at(NINE):
        call = replied(beijing, "function.not-as-documented")
    promise = promised(beijing, call)["hotline.reply_days_owner"]
    assert promise.due_at == CLOSING + dt.timedelta(days=3)
    assert (promise.role, promise.person_id) == ("hotline_engineer", beijing.hotline.person_id)
    refused = beijing.refused(
        call, "solve", beijing.hotline, answer="说明书第 4 章写错，实际在系统管理里设置"
    )
    assert "Keep that first" in str(refused.objections[0].text.msgid)
    answer = {"answer": "测试属实，已报开发部门，下个补丁修正"}
    beijing.act(call, "reply_kept", beijing.hotline, **answer)
    assert beijing.act(call, "solve", beijing.hotline, **answer).state == "solved"


@pytest.mark.clause("QI/02 function.not-as-documented")
def test_an_office_may_answer_sooner_and_never_later(beijing: Any, shanghai: Any, chosen: Chosen) -> None:
    with pytest.raises(KoudaiError, match=DAYS):
        settings.set_parameter(shanghai.office, DAYS, 4, ADMINISTRATOR)
    settings.set_parameter(shanghai.office, DAYS, 2, ADMINISTRATOR)
    for centre, days in ((shanghai, 2), (beijing, 3)):
        assert f"within {days} working days" in chosen(centre, "function.not-as-documented")
        with clock.stopped_at(NINE):
            (promise,) = promised(centre, replied(centre, "function.not-as-documented")).values()
        assert promise.due_at == CLOSING + dt.timedelta(days=days)


@pytest.mark.clause("QI/02 function.not-as-documented")
def test_a_suspected_conflict_becomes_a_visit_once_the_customer_has_heard(beijing: Any) -> None:
    call = replied(beijing, "function.not-as-documented")
    assert beijing.refused(call, "request_visit", beijing.hotline, **VISIT).objections
    beijing.act(call, "reply_kept", beijing.hotline, answer="我们这里正常，约定上门看环境是否冲突")
    beijing.act(call, "request_visit", beijing.hotline, **VISIT)
    assert beijing.request_of(call).state == "registered"


@pytest.mark.clause("QI/02 quality.errors")
def test_errors_are_visited_first_and_the_hotline_promises_no_refund(beijing: Any, chosen: Chosen) -> None:
    page = chosen(beijing, "quality.errors")
    assert "First an engineer visits and finds the cause" in page
    assert "The hotline promises no refund." in page
    call = replied(beijing, "quality.errors")
    assert promised(beijing, call) == {}
    beijing.act(call, "request_visit", beijing.hotline, **VISIT)
    request = beijing.request_of(call)
    assert (request.state, request.problem_type) == ("registered", "")
    sent = {"engineer_id": beijing.engineer.person_id, "problem_type": "quality"}
    assert beijing.act(request, "dispatch", beijing.duty, **sent).problem_type == "quality"


@pytest.mark.clause("QI/02 quality.errors")
@pytest.mark.clause("QI/02 attitude.on-site")
@pytest.mark.parametrize("key", ["quality.errors", "attitude.on-site"])
def test_an_office_of_its_own_words_says_them_alone(
    beijing: Any, shanghai: Any, chosen: Chosen, key: str
) -> None:
    approved(shanghai, key=key, group="faults", situation_zh="本地说法", answer_zh="请先把错误截图发给我们。")
    assert "请先把错误截图发给我们" in chosen(shanghai, key)
    assert "请先把错误截图发给我们" not in chosen(beijing, key)
    assert "请先把错误截图发给我们" in uses_of(replied(shanghai, key))[0].text
