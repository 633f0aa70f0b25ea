"""Stuck on site: one sentence alarms the duty manager, and his answer appears on the engineer's page."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest

from core import clock, deadlines, ledger
from core.i18n import Sentence
from core.roles import FIELD_ENGINEER, SENIOR_ENGINEER
from core.talk import notices
from plugins.fieldservice.visiting.support import KEY, of_visit

SitDown = Callable[..., Any]
STUCK = {"question": "重建索引后仍报错 -206"}
# A Monday morning in Beijing, when the office is open.
MORNING = dt.datetime(2026, 11, 23, 2, tzinfo=dt.UTC)


def test_nobody_asks_from_elsewhere_than_the_site(beijing: Any) -> None:
    request = beijing.dispatched()
    assert beijing.refused(request, "want_support", beijing.engineer, **STUCK).objections


@pytest.mark.clause("QI/04 3.1.6-solve")
def test_the_duty_manager_is_alarmed_and_has_ten_minutes(beijing: Any) -> None:
    with clock.stopped_at(MORNING):
        request = beijing.act(beijing.on_site(), "want_support", beijing.engineer, **STUCK)
        promise = beijing.promises(request)[KEY]
    assert (promise.role, promise.state) == ("duty_manager", deadlines.OPEN)
    assert promise.due_at == MORNING + dt.timedelta(minutes=10)
    (alarm,) = (one for one in notices.of_person(beijing.duty.person_id, 0, 10) if one.sentence)
    said = Sentence.from_json(alarm.sentence or {})
    assert said.msgid == "%(engineer)s is stuck at %(customer)s and waits for you."
    assert said.values == {"engineer": "王力", "customer": request.customer.name}


@pytest.mark.clause("QI/04 3.1.6-solve")
def test_the_answer_appears_on_the_page_and_ends_the_alarm(beijing: Any, sit_down: SitDown) -> None:
    request = beijing.act(beijing.on_site(), "want_support", beijing.engineer, **STUCK)
    screen = sit_down(beijing, beijing.engineer)
    waiting = screen.get(f"visit/{request.number}/support")
    assert STUCK["question"] in waiting
    assert 'hx-trigger="every 4s"' in waiting
    beijing.act(request, "give_support", beijing.duty, answer="先停用杀毒软件再重建")
    answered = screen.get(f"visit/{request.number}/support")
    assert "先停用杀毒软件再重建" in answered
    assert "hx-trigger" not in answered
    assert beijing.promises(request)[KEY].state == deadlines.MET
    assert notices.of_person(beijing.engineer.person_id, 0, 1)[0].step == "give_support"


@pytest.mark.clause("QI/04 3.1.6-solve")
def test_question_and_answer_stand_in_the_ledger(beijing: Any) -> None:
    request = beijing.act(beijing.on_site(), "want_support", beijing.engineer, **STUCK)
    beijing.act(request, "give_support", beijing.duty, answer="换补丁 8.13")
    rows = ledger.of_case("fieldservice.request", request.id, number=request.number)
    said = {row.action: row.details["values"] for row in rows if row.action.endswith("support")}
    assert said == {"want_support": STUCK, "give_support": {"answer": "换补丁 8.13"}}


def test_one_question_after_the_other_and_no_answer_without_one(beijing: Any) -> None:
    request = beijing.on_site()
    assert beijing.refused(request, "give_support", beijing.duty, answer="？").objections
    beijing.act(request, "want_support", beijing.engineer, **STUCK)
    assert beijing.refused(request, "want_support", beijing.engineer, **STUCK).objections
    beijing.act(request, "give_support", beijing.duty, answer="一")
    beijing.act(request, "want_support", beijing.engineer, question="还是不行")
    assert [(one.question, one.answer) for one in of_visit(request)] == [
        (STUCK["question"], "一"),
        ("还是不行", ""),
    ]


def test_a_senior_may_answer_and_a_colleague_may_not(beijing: Any) -> None:
    request = beijing.act(beijing.on_site(), "want_support", beijing.engineer, **STUCK)
    other = beijing.hire(FIELD_ENGINEER, name="赵海燕")
    assert beijing.refused(request, "give_support", other, answer="一").kind == "role"
    senior = beijing.hire(SENIOR_ENGINEER, name="郑思远")
    assert beijing.act(request, "give_support", senior, answer="一").state == "on_site"


def test_who_has_solved_it_alone_waits_for_nobody(beijing: Any, sit_down: SitDown) -> None:
    request = beijing.act(beijing.explained(), "want_support", beijing.engineer, **STUCK)
    signed = {"result": "all_solved", "signed_by": "高敏", "on_paper": "文件柜"}
    request = beijing.act(request, "sign", beijing.engineer, **signed)
    assert beijing.promises(request)[KEY].state == deadlines.DROPPED
    page = sit_down(beijing, beijing.engineer).get(f"visit/{request.number}")
    assert "It was solved without an answer." in page


def to_another(centre: Any, request: Any) -> Any:
    """Take a visit back and bring it to the site again, with another engineer, who is returned."""
    other = centre.hire(FIELD_ENGINEER, name="赵海燕")
    centre.act(request, "recall", centre.duty, reason="工程师生病")
    centre.act(request, "dispatch", centre.duty, engineer_id=other.person_id)
    centre.act(request, "confirm", other)
    centre.act(request, "arrange", other, appointment_at=clock.now() + dt.timedelta(hours=1))
    centre.act(request, "arrive", other)
    return other


@pytest.mark.clause("QI/04 3.1.6-solve")
def test_a_visit_that_is_taken_back_ends_its_alarm_and_the_next_engineer_asks_anew(
    beijing: Any, sit_down: SitDown
) -> None:
    request = beijing.act(beijing.on_site(), "want_support", beijing.engineer, **STUCK)
    other = to_another(beijing, request)
    assert [one.state for one in beijing.every_promise(request) if one.key == KEY] == [deadlines.DROPPED]
    page = sit_down(beijing, other).get(f"visit/{request.number}")
    assert STUCK["question"] not in page
    assert "The duty manager is alarmed." not in page
    assert beijing.refused(request, "give_support", beijing.duty, answer="一").objections
    beijing.act(request, "want_support", other, question="找不到备份盘")
    beijing.act(request, "give_support", beijing.duty, answer="在 E 盘")
    assert [(one.question, one.answer) for one in of_visit(request)] == [("找不到备份盘", "在 E 盘")]
    assert beijing.promises(request)[KEY].state == deadlines.MET


@pytest.mark.clause("QI/04 3.1.6-solve")
@pytest.mark.parametrize("answered", [True, False])
def test_back_on_site_the_alarm_goes_on_while_nobody_has_answered(beijing: Any, answered: bool) -> None:
    request = beijing.act(beijing.explained(), "want_support", beijing.engineer, **STUCK)
    if answered:
        beijing.act(request, "give_support", beijing.duty, answer="换补丁")
    signed = {"result": "partly", "signed_by": "高敏", "on_paper": "文件柜"}
    beijing.act(request, "sign", beijing.engineer, **signed)
    with clock.stopped_at(MORNING + dt.timedelta(days=7)):
        request = beijing.act(request, "back_to_engineer", beijing.duty, reason="结果填错")
        alarm = beijing.promises(request)[KEY]
        assert alarm.state == (deadlines.MET if answered else deadlines.OPEN)
        if not answered:
            assert alarm.due_at == clock.now() + dt.timedelta(minutes=10)
            beijing.act(request, "give_support", beijing.duty, answer="换补丁")
            assert beijing.promises(request)[KEY].state == deadlines.MET
