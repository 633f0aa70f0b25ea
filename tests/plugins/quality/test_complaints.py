"""A complaint is logged from a call and answered the same working day (QI/02 attitude.hotline-rude)."""

from __future__ import annotations

import datetime as dt
from types import SimpleNamespace
from typing import Any

import pytest
from wtforms.validators import ValidationError

from core import clock, ledger
from core.deadlines import MET, MISSED, OPEN
from core.errors import RefusalKind
from demo.problems import COMPLAINTS, FINDINGS
from plugins.quality.forms import to_learn_from, to_look_into
from plugins.quality.models import Complaint

pytestmark = pytest.mark.clause("QI/02 attitude.hotline-rude")
TEN = dt.datetime(2026, 11, 23, 2, tzinfo=dt.UTC)
CLOSING = TEN.replace(hour=9)
ANSWER = "quality.answer"
SAID = {"about": "hotline", "complaint": "接线人员不耐烦，没有报工号", "employee_number": "07"}
FOUND = {"findings": "录音属实", "answer": "当事人已致歉", "prevention": "补训规范用语"}


def complained(centre: Any) -> Complaint:
    call = centre.act(centre.log(), "complain", centre.hotline, **SAID)
    assert call.state == "complained"
    found: Complaint = Complaint.query.filter_by(call_id=call.id).one()
    return found


def test_a_complaint_comes_from_a_call_and_keeps_what_was_said(beijing: Any) -> None:
    call = beijing.log()
    assert set(beijing.refused(call, "complain", beijing.hotline).errors) == {"about", "complaint"}
    complaint = complained(beijing)
    assert (complaint.number[:5], complaint.state) == ("BJ-C-", "logged")
    assert (complaint.complaint, complaint.employee_number) == ("接线人员不耐烦，没有报工号", "07")
    assert complaint.customer_id == complaint.call.customer_id
    assert list(ledger.verify(beijing.office.id)) == []


@pytest.mark.parametrize(
    "text",
    [
        "态度差",
        "服务态度恶劣",
        "好",
        "投诉",
        "不满意",
        "等太久",
        "rude",
        "The engineer was rude!",
        "bad attitude",
    ],
)
def test_a_complaint_that_nobody_can_look_into_is_refused(beijing: Any, text: str) -> None:
    refused = beijing.refused(beijing.log(), "complain", beijing.hotline, **SAID | {"complaint": text})
    (error,) = refused.errors["complaint"]
    assert error.msgid == "Too little to look into. Ask: when, who, what was said or done?"


@pytest.mark.parametrize(
    "text", ["好", "已解决", "已处理完毕", "属实", "加强管理", "OK", "solved", "will be careful"]
)
def test_an_answer_that_fits_any_complaint_is_refused(text: str) -> None:
    with pytest.raises(ValidationError, match="fits any complaint"):
        to_learn_from(None, SimpleNamespace(data=text))


def test_empty_words_leave_a_complaint_unanswered(beijing: Any) -> None:
    complaint, supervisor = complained(beijing), beijing.supervisor()
    empty = {"findings": "属实", "answer": "已解决", "prevention": "以后注意"}
    assert set(beijing.refused(complaint, "answer", supervisor, **empty).errors) == set(empty)
    assert beijing.promises(complaint)[ANSWER].state == OPEN


@pytest.mark.parametrize(
    "text",
    [
        *(said for _about, said, _when in COMPLAINTS),
        *FINDINGS.values(),
        *FOUND.values(),
        "热线态度生硬，拒绝登记问题",
        "工程师迟到两小时，还在机房抽烟",
        "上门三次都没带加密狗",
        "The engineer came two hours late and smoked in the office",
        "He hung up while I was reading the error to him",
        "No staff number was given",
    ],
)
def test_what_people_really_complain_about_and_are_answered_is_accepted(text: str) -> None:
    to_look_into(None, SimpleNamespace(data=text))
    to_learn_from(None, SimpleNamespace(data=text))


@pytest.mark.parametrize(("minutes", "state"), [(0, MET), (1, MISSED)])
def test_it_is_answered_by_closing_time(beijing: Any, minutes: int, state: str) -> None:
    supervisor = beijing.supervisor()
    with clock.stopped_at(TEN):
        complaint = complained(beijing)
    promise = beijing.promises(complaint)[ANSWER]
    assert (promise.due_at, promise.role) == (CLOSING, "quality_supervisor")
    with clock.stopped_at(CLOSING + dt.timedelta(minutes=minutes)):
        complaint = beijing.act(complaint, "answer", supervisor, **FOUND)
    assert (complaint.state, beijing.promises(complaint)[ANSWER].state) == ("answered", state)


def test_after_closing_time_it_is_the_next_working_days(beijing: Any) -> None:
    with clock.stopped_at(CLOSING + dt.timedelta(hours=1)):
        complaint = complained(beijing)
    assert beijing.promises(complaint)[ANSWER].due_at == CLOSING + dt.timedelta(days=1)


def test_the_quality_supervisor_answers_and_nobody_else(beijing: Any) -> None:
    complaint = complained(beijing)
    for actor in (beijing.hotline, beijing.duty, beijing.manager):
        assert beijing.refused(complaint, "answer", actor, **FOUND).kind is RefusalKind.ROLE


@pytest.mark.clause("QI/05 2.1")
def test_an_answered_complaint_is_taken_up_again_with_a_reason(beijing: Any) -> None:
    supervisor = beijing.supervisor()
    complaint = beijing.act(complained(beijing), "answer", supervisor, **FOUND)
    assert set(beijing.refused(complaint, "reopen", supervisor).errors) == {"reason"}
    complaint = beijing.act(complaint, "reopen", supervisor, reason="用户不满意答复")
    assert (complaint.state, complaint.reason) == ("logged", "用户不满意答复")
    assert beijing.promises(complaint)[ANSWER].state == OPEN
