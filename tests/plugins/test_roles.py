"""What the four roles of the procedure answer for, each in the office where it was given (QP/2-04 3.1-3.4)."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from core import clock
from core.errors import RefusalKind, Refused
from core.roles import DUTY_MANAGER, FIELD_ENGINEER, HOTLINE_ENGINEER, SUPPORT_MANAGER
from plugins.fieldservice.testing import SYMPTOM, VISIT
from tests.plugins.conftest import Centre

NOVEMBER = dt.datetime(2026, 11, 20, 1, tzinfo=dt.UTC)
AGREED = {"agreed": "总部下一版修正，先用变通办法", "reported_to": "总部技术支持部"}


@pytest.fixture
def tianjin(house: Any) -> Centre:
    return Centre(house, "TJ")


@pytest.mark.clause("QP/2-04 3.1")
def test_the_support_manager_plans_the_month_and_nobody_else_does(beijing: Any, tianjin: Any) -> None:
    support, month = beijing.hire(SUPPORT_MANAGER), {"month": "2026-12"}
    with clock.stopped_at(NOVEMBER):
        roster = beijing.create("hotline.roster", "begin", support, **month)
        for stranger in (beijing.duty, beijing.hotline, beijing.engineer, tianjin.hire(SUPPORT_MANAGER)):
            assert beijing.refused(roster, "propose", stranger).kind is RefusalKind.ROLE
        assert beijing.act(roster, "propose", support).state == "drafted"
    assert beijing.promises(roster)["hotline.publish_roster"].role == SUPPORT_MANAGER.key


@pytest.mark.clause("QP/2-04 3.1")
def test_the_support_manager_has_what_two_visits_did_not_solve_and_not_before(
    beijing: Any, tianjin: Any
) -> None:
    support, elsewhere = beijing.hire(SUPPORT_MANAGER), tianjin.hire(SUPPORT_MANAGER)
    first = beijing.turned_in("unsolved")
    assert beijing.refused(first, "take_over", support, **AGREED).kind is RefusalKind.OBJECTION
    beijing.act(beijing.confer(first, "重建索引"), "send_again", beijing.duty, advice="重建索引")
    second = first.__class__.query.filter_by(previous_id=first.id).one()
    beijing.act(second, "dispatch", beijing.duty, engineer_id=beijing.engineer.person_id)
    second = beijing.turned_in("unsolved", second)
    assert beijing.promises(second)["fieldservice.take_over"].role == SUPPORT_MANAGER.key
    for stranger in (beijing.duty, beijing.engineer, elsewhere):
        assert beijing.refused(second, "take_over", stranger, **AGREED).kind is RefusalKind.ROLE
    assert beijing.act(second, "take_over", support, **AGREED).owner_id == support.person_id


@pytest.mark.clause("QP/2-04 3.2")
def test_the_duty_manager_schedules_reviews_and_confers_and_nobody_else_does(
    beijing: Any, tianjin: Any
) -> None:
    others = (beijing.hotline, beijing.engineer, beijing.hire(SUPPORT_MANAGER), tianjin.duty)
    request, sent = beijing.registered(), {"engineer_id": beijing.engineer.person_id}
    assert beijing.promises(request)["fieldservice.dispatch"].role == DUTY_MANAGER.key
    for stranger in others:
        assert beijing.refused(request, "dispatch", stranger, **sent).kind is RefusalKind.ROLE
    request = beijing.turned_in("partly", beijing.act(request, "dispatch", beijing.duty, **sent))
    assert beijing.promises(request)["fieldservice.morning_review"].role == DUTY_MANAGER.key
    for stranger in others:
        assert beijing.refused(request, "confer", stranger).kind is RefusalKind.ROLE
    assert beijing.act(request, "confer", beijing.duty).state == "conferring"


@pytest.mark.clause("QP/2-04 3.3")
def test_the_hotline_engineer_takes_every_enquiry_and_answers_or_registers_it(
    beijing: Any, tianjin: Any
) -> None:
    customer = {"customer_id": str(beijing.house.customer(beijing.office).id)}
    for channel in ("phone", "fax", "letter", "email", "walk_in"):
        assert beijing.create(
            "hotline.call", "log", beijing.hotline, **SYMPTOM | customer | {"channel": channel}
        )
    for stranger in (beijing.engineer, beijing.manager, tianjin.hotline):
        with pytest.raises(Refused) as refused:
            beijing.create("hotline.call", "log", stranger, **SYMPTOM | customer)
        assert refused.value.kind is RefusalKind.ROLE
    answered, registered = beijing.log(), beijing.log()
    answer = {"answer": "先取消 001 账套的期间锁定，再反结账"}
    assert beijing.refused(answered, "solve", beijing.engineer, **answer).kind is RefusalKind.ROLE
    assert beijing.act(answered, "solve", beijing.hotline, **answer).state == "solved"
    assert beijing.refused(registered, "request_visit", tianjin.hotline, **VISIT).kind is RefusalKind.ROLE
    beijing.act(registered, "request_visit", beijing.hotline, **VISIT)
    assert beijing.request_of(registered).owner_id == beijing.hotline.person_id


@pytest.mark.clause("QP/2-04 3.4")
def test_the_field_engineer_confirms_visits_and_records_his_own_requests_and_no_others(
    beijing: Any, tianjin: Any
) -> None:
    colleague = beijing.hire(FIELD_ENGINEER, name="赵海燕")
    request = beijing.dispatched()
    for stranger in (colleague, beijing.hotline, beijing.duty, tianjin.engineer):
        assert beijing.refused(request, "confirm", stranger).kind is RefusalKind.ROLE
    request = beijing.explained(request)
    recorded = (request.cause, request.remedy, request.tried_by, request.prevention)
    assert recorded == ("索引损坏", "重建总账索引", "高敏", "结账前先备份")
    signed = {"result": "all_solved", "signed_by": "高敏", "on_paper": "档案柜 3"}
    assert beijing.refused(request, "sign", colleague, **signed).kind is RefusalKind.ROLE
    assert beijing.act(request, "sign", beijing.engineer, **signed).state == "signed"


@pytest.mark.clause("QP/2-04 3.2")
@pytest.mark.clause("QP/2-04 3.3")
@pytest.mark.clause("QP/2-04 3.4")
def test_whoever_holds_two_roles_may_what_both_may_where_he_holds_them(beijing: Any, tianjin: Any) -> None:
    both = beijing.hire(HOTLINE_ENGINEER, DUTY_MANAGER, name="何志强")
    request = beijing.registered()
    sent = {"engineer_id": beijing.engineer.person_id}
    assert beijing.act(request, "dispatch", both, **sent).state == "dispatched"
    elsewhere = tianjin.registered()
    theirs = {"engineer_id": tianjin.engineer.person_id}
    assert tianjin.refused(elsewhere, "dispatch", both, **theirs).kind is RefusalKind.ROLE
