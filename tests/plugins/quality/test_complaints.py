"""A complaint is logged from a call and answered the same working day (QI/02 attitude.hotline-rude)."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from core import clock, ledger
from core.deadlines import MET, MISSED, OPEN
from core.errors import RefusalKind
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
