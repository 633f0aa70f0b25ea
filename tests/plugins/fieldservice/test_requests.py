"""A request from its registration to the review of what was turned in (QP/2-04 5.3-5.6, QI/04, QI/05)."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest

from core import clock, ledger
from core.deadlines import DROPPED, MET, MISSED, OPEN
from core.errors import RefusalKind
from core.numbers import NumberVoid
from core.roles import FIELD_ENGINEER, HOTLINE_ENGINEER
from core.testing import House
from plugins.fieldservice.models import ServiceRequest

MONDAY = dt.datetime(2026, 11, 23, tzinfo=dt.UTC)
DISPATCH, FIRST_CALL, VISIT, REVIEW = (
    f"fieldservice.{key}" for key in ("dispatch", "first_call", "visit", "morning_review")
)
SIGNATURE = (
    "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk"
    "+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)
ADDRESS = {"contact": "罗文", "phone": "13800000000", "address": "莘庄工业区 2399 号"}


def shanghai_time(hour: int, day: int = 23) -> dt.datetime:
    """Return a moment of November 2026 as the clock shows it in the office."""
    return MONDAY.replace(day=day) + dt.timedelta(hours=hour - 8)


@pytest.mark.clause("QP/2-04 5.3")
@pytest.mark.clause("QI/01 flow")
def test_a_call_becomes_a_request_in_one_step(beijing: Any) -> None:
    call = beijing.log()
    call = beijing.act(call, "request_visit", beijing.hotline, **ADDRESS, verified=True)
    request = beijing.request_of(call)
    assert (call.state, request.state, request.number[:5]) == ("requested", "registered", "BJ-R-")
    assert (request.symptom, request.source) == (call.symptom, "phone")
    assert (request.customer_id, request.owner_id) == (call.customer_id, call.owner_id)
    assert list(ledger.verify(beijing.office.id)) == []


@pytest.mark.clause("QP/2-04 5.3")
def test_whom_the_engineer_meets_is_not_who_called(beijing: Any) -> None:
    call = beijing.log()
    call = beijing.act(call, "request_visit", beijing.hotline, **ADDRESS, verified=True)
    request = beijing.request_of(call)
    assert (call.contact, call.phone) == ("高敏", "021-61541030")
    assert (request.contact, request.phone) == ("罗文", "13800000000")


@pytest.mark.clause("QI/03 3.2.7")
def test_nobody_is_sent_before_the_data_were_verified(beijing: Any, house: House) -> None:
    call = beijing.log()
    refused = beijing.refused(call, "request_visit", beijing.hotline, **ADDRESS)
    assert set(refused.errors) == {"verified"}
    assert ServiceRequest.query.count() == 0
    with clock.stopped_at(shanghai_time(9)):
        beijing.act(call, "request_visit", beijing.hotline, **ADDRESS, verified=True)
    request = beijing.request_of(call)
    assert request.verified_at == request.customer.verified_at == shanghai_time(9)


@pytest.mark.clause("QP/2-04 5.3")
def test_a_call_becomes_one_request_only(beijing: Any) -> None:
    call = beijing.log()
    beijing.act(call, "request_visit", beijing.hotline, **ADDRESS, verified=True)
    again = beijing.refused(call, "request_visit", beijing.hotline, **ADDRESS, verified=True)
    assert again.kind is RefusalKind.STATE
    assert ServiceRequest.query.count() == 1


@pytest.mark.clause("QP/2-04 5.4")
@pytest.mark.clause("QI/03 3.2.7")
def test_the_promises_of_a_request_count_from_the_customers_consent(beijing: Any) -> None:
    with clock.stopped_at(shanghai_time(10)):
        request = beijing.registered()
        assert beijing.promises(request)[DISPATCH].due_at == shanghai_time(17)
    with clock.stopped_at(shanghai_time(18)):
        request = beijing.act(request, "dispatch", beijing.duty, engineer_id=beijing.engineer.person_id)
    promises = beijing.promises(request)
    assert promises[DISPATCH].state == MISSED
    assert promises[FIRST_CALL].due_at == shanghai_time(12, day=24)
    assert promises[VISIT].due_at == shanghai_time(17, day=25)
    assert {promises[key].person_id for key in (FIRST_CALL, VISIT)} == {beijing.engineer.person_id}


@pytest.mark.clause("QP/2-04 5.4")
def test_the_duty_manager_dispatches_and_nobody_else_in_beijing(beijing: Any) -> None:
    request = beijing.registered()
    chosen = {"engineer_id": beijing.engineer.person_id}
    for actor in (beijing.manager, beijing.hotline, beijing.engineer):
        assert beijing.refused(request, "dispatch", actor, **chosen).kind is RefusalKind.ROLE
    not_an_engineer = {"engineer_id": beijing.hotline.person_id}
    assert set(beijing.refused(request, "dispatch", beijing.duty, **not_an_engineer).errors) == {
        "engineer_id"
    }
    assert beijing.act(request, "dispatch", beijing.duty, **chosen).engineer.name == "王力"


@pytest.mark.clause("QI/04 flow")
@pytest.mark.clause("QI/04 3.1.2")
def test_a_visit_goes_from_the_phone_call_to_the_signature(beijing: Any) -> None:
    with clock.stopped_at(shanghai_time(10)):
        request = beijing.turned_in()
    assert [one.path for one in request.backups] == [r"UFDATABAK\WL20261123\001"]
    assert (request.state, request.result, request.signed_by) == ("turned_in", "all_solved", "高敏")
    assert (request.travel_cost, request.material_cost) == (Decimal(20), Decimal(0))
    promises = beijing.promises(request)
    assert [promises[key].state for key in (DISPATCH, FIRST_CALL, VISIT, REVIEW)] == [MET, MET, MET, OPEN]
    assert promises[REVIEW].due_at == shanghai_time(12, day=24)
    with clock.stopped_at(shanghai_time(11, day=24)):
        assert beijing.refused(request, "close", beijing.manager).kind is RefusalKind.ROLE
        request = beijing.act(request, "close", beijing.duty)
    assert (request.state, beijing.promises(request)[REVIEW].state) == ("closed", MET)
    assert list(ledger.verify(beijing.office.id)) == []


@pytest.mark.clause("QI/04 3.1.6-backup")
@pytest.mark.clause("QI/04 3.1.6-solve")
@pytest.mark.clause("QI/04 3.1.6-trial")
@pytest.mark.clause("QI/04 3.1.6-explain")
@pytest.mark.clause("QI/04 3.1.7")
def test_no_part_of_a_visit_is_skipped(beijing: Any) -> None:
    request = beijing.on_site()
    for step, clause in (
        ("solve", "QI/04 3.1.6-backup"),
        ("try_out", "QI/04 3.1.6-trial"),
        ("explain", "QI/04 3.1.6-explain"),
        ("sign", "QI/04 3.1.7"),
    ):
        refused = beijing.refused(request, step, beijing.engineer)
        assert refused.kind is RefusalKind.OBJECTION
        assert [one.clause for one in refused.objections] == [clause]


@pytest.mark.clause("QI/04 3.1.6-backup")
def test_the_same_account_set_is_backed_up_once(beijing: Any) -> None:
    request = beijing.on_site()
    done = {"reports_asked": True}
    assert set(beijing.refused(request, "back_up", beijing.engineer, account_sets="12a", **done).errors) == {
        "account_sets"
    }
    assert set(beijing.refused(request, "back_up", beijing.engineer, account_sets="1").errors) == {
        "reports_asked"
    }
    beijing.act(request, "back_up", beijing.engineer, account_sets="1，2", **done)
    request = beijing.act(request, "back_up", beijing.engineer, account_sets="002 003", **done)
    assert [one.account_set for one in request.backups] == ["001", "002", "003"]


@pytest.mark.clause("QI/04 3.1.6-backup")
def test_who_has_backed_up_works_with_it(beijing: Any) -> None:
    request = beijing.on_site()
    beijing.act(request, "waive_backup", beijing.engineer, backup_waived="新装机，尚无账套")
    request = beijing.act(request, "back_up", beijing.engineer, account_sets="1", reports_asked=True)
    assert request.backup_waived == ""
    refused = beijing.refused(request, "waive_backup", beijing.engineer, backup_waived="不想")
    assert refused.kind is RefusalKind.OBJECTION


@pytest.mark.clause("QI/04 3.1.6-backup")
def test_working_without_a_back_up_takes_a_reason(beijing: Any) -> None:
    request = beijing.on_site()
    assert set(beijing.refused(request, "waive_backup", beijing.engineer).errors) == {"backup_waived"}
    beijing.act(request, "waive_backup", beijing.engineer, backup_waived="新装机，尚无账套")
    request = beijing.act(request, "solve", beijing.engineer, cause="未装驱动", remedy="安装驱动")
    assert request.remedy == "安装驱动"


@pytest.mark.clause("QI/04 3.1.1")
def test_a_visit_belongs_to_the_engineer_who_was_sent(beijing: Any) -> None:
    request, other = beijing.dispatched(), beijing.hire(FIELD_ENGINEER)
    for actor in (other, beijing.duty, beijing.hotline):
        assert beijing.refused(request, "confirm", actor).kind is RefusalKind.ROLE


@pytest.mark.clause("QI/04 3.1.1")
def test_a_request_that_is_given_back_is_nobodys_again(beijing: Any) -> None:
    request = beijing.dispatched()
    assert set(beijing.refused(request, "give_back", beijing.engineer).errors) == {"reason"}
    request = beijing.act(request, "give_back", beijing.engineer, reason="地址不清楚")
    promises = beijing.promises(request)
    assert (request.state, request.engineer, request.dispatched_at) == ("registered", None, None)
    assert [promises[key].state for key in (FIRST_CALL, VISIT, DISPATCH)] == [DROPPED, DROPPED, OPEN]


@pytest.mark.clause("QP/2-04 5.4")
def test_the_duty_manager_takes_a_visit_back_when_its_engineer_cannot_go_on(beijing: Any) -> None:
    request, other = beijing.on_site(), beijing.hire(FIELD_ENGINEER)
    assert beijing.refused(request, "recall", beijing.engineer, reason="生病").kind is RefusalKind.ROLE
    assert set(beijing.refused(request, "recall", beijing.duty).errors) == {"reason"}
    request = beijing.act(request, "recall", beijing.duty, reason="工程师生病，改派他人")
    assert (request.state, request.engineer) == ("registered", None)
    request = beijing.act(request, "dispatch", beijing.duty, engineer_id=other.person_id)
    assert beijing.promises(request)[VISIT].person_id == other.person_id


@pytest.mark.clause("QI/04 3.1.1")
def test_what_was_not_clear_is_corrected_and_sent_with_another_engineer(beijing: Any) -> None:
    request, other = beijing.dispatched(), beijing.hire(FIELD_ENGINEER)
    beijing.act(request, "give_back", beijing.engineer, reason="地址不清楚")
    corrected = ADDRESS | {"address": "莘庄工业区 2399 号 3 幢", "symptom": "反结账报错退出"}
    assert beijing.refused(request, "correct", beijing.engineer, **corrected).kind is RefusalKind.ROLE
    request = beijing.act(request, "correct", beijing.hire(HOTLINE_ENGINEER), **corrected)
    assert (request.state, request.address) == ("registered", "莘庄工业区 2399 号 3 幢")
    request = beijing.act(request, "dispatch", beijing.duty, engineer_id=other.person_id)
    assert beijing.promises(request)[VISIT].person_id == other.person_id
    assert beijing.refused(request, "confirm", beijing.engineer).kind is RefusalKind.ROLE


@pytest.mark.clause("QI/04 3.2.1")
@pytest.mark.clause("QI/04 3.2.2")
def test_an_appointment_moves_only_with_a_reason_and_the_customers_consent(beijing: Any) -> None:
    with clock.stopped_at(shanghai_time(9)):
        request = beijing.dispatched()
        beijing.act(request, "confirm", beijing.engineer)
        past = beijing.refused(request, "arrange", beijing.engineer, appointment_at="2026-11-23T08:30")
        assert set(past.errors) == {"appointment_at"}
        beijing.act(request, "arrange", beijing.engineer, appointment_at="2026-11-23T14:30")
        moved = {"appointment_at": "2026-11-24T09:30"}
        assert set(beijing.refused(request, "reschedule", beijing.engineer, **moved).errors) == {
            "reason",
            "consent",
        }
        agreed = moved | {"reason": "前一家未完成", "consent": True}
        request = beijing.act(request, "reschedule", beijing.engineer, **agreed)
    assert request.appointment_at == shanghai_time(9, day=24) + dt.timedelta(minutes=30)


@pytest.mark.clause("QI/04 3.2.1")
def test_without_consent_the_appointment_goes_back_to_the_duty_manager(beijing: Any) -> None:
    request = beijing.dispatched()
    beijing.act(request, "confirm", beijing.engineer)
    appointment = clock.now() + dt.timedelta(hours=3)
    beijing.act(request, "arrange", beijing.engineer, appointment_at=appointment)
    request = beijing.act(request, "give_back", beijing.engineer, reason="用户不同意改期")
    assert (request.state, request.appointment_at) == ("registered", None)


@pytest.mark.clause("QP/2-04 5.5")
def test_a_signature_is_a_picture_and_a_name(beijing: Any) -> None:
    request = beijing.on_site()
    beijing.act(request, "back_up", beijing.engineer, account_sets="1", reports_asked=True)
    beijing.act(request, "solve", beijing.engineer, cause="索引损坏", remedy="重建总账索引")
    beijing.act(request, "try_out", beijing.engineer, tried_by="高敏")
    beijing.act(request, "explain", beijing.engineer, prevention="结账前先备份")
    refused = beijing.refused(request, "sign", beijing.engineer, result="solved", signature="data:,x")
    assert set(refused.errors) == {"result", "signed_by", "signature"}


@pytest.mark.clause("QP/2-04 5.6")
@pytest.mark.clause("QI/05 3.2")
@pytest.mark.parametrize("result", ["partly", "unsolved"])
def test_what_is_not_solved_goes_out_again_under_a_new_number(beijing: Any, result: str) -> None:
    first = beijing.turned_in(result)
    assert beijing.refused(first, "close", beijing.duty).kind is RefusalKind.OBJECTION
    first = beijing.confer(first, "带 8.13 补丁，重建总账索引")
    assert set(beijing.refused(first, "send_again", beijing.duty, advice="").errors) == {"advice"}
    first = beijing.act(first, "send_again", beijing.duty, advice=first.advice)
    again = ServiceRequest.query.filter_by(previous_id=first.id).one()
    assert (first.state, again.state, again.engineer_id) == ("sent_again", "registered", None)
    assert (again.advice, again.symptom, again.contact) == (first.advice, first.symptom, first.contact)
    assert int(again.number[-5:]) == int(first.number[-5:]) + 1
    assert beijing.promises(again)[DISPATCH].state == OPEN
    assert beijing.promises(first)[REVIEW].state == MET


@pytest.mark.clause("QP/2-04 5.4")
def test_a_request_is_cancelled_with_a_reason_that_voids_its_number(beijing: Any, house: House) -> None:
    request = beijing.dispatched()
    assert set(beijing.refused(request, "cancel", beijing.duty).errors) == {"reason"}
    request = beijing.act(request, "cancel", beijing.duty, reason="用户自行解决")
    states = {beijing.promises(request)[key].state for key in (FIRST_CALL, VISIT)}
    assert (request.state, states) == ("cancelled", {DROPPED})
    house.see()
    assert NumberVoid.query.filter_by(number=request.number).one().reason == "用户自行解决"


@pytest.mark.clause("QI/05 3.1")
def test_a_closed_request_is_reopened_with_a_reason_and_the_result_as_it_is_now(beijing: Any) -> None:
    request = beijing.act(beijing.turned_in(), "close", beijing.duty)
    assert set(beijing.refused(request, "reopen", beijing.duty).errors) == {"reason", "result"}
    request = beijing.act(request, "reopen", beijing.duty, reason="问题重现", result="unsolved")
    assert (request.state, beijing.promises(request)[REVIEW].state) == ("turned_in", OPEN)
    assert beijing.refused(request, "close", beijing.duty).kind is RefusalKind.OBJECTION
    assert beijing.confer(request, "带补丁再去").state == "remedied"


@pytest.mark.clause("QI/04 3.1.7")
@pytest.mark.parametrize("turned_in", [True, False])
def test_what_was_signed_by_mistake_goes_back_and_is_signed_anew(beijing: Any, turned_in: bool) -> None:
    request = beijing.turned_in("partly") if turned_in else beijing.signed("partly")
    assert set(beijing.refused(request, "back_to_engineer", beijing.duty).errors) == {"reason"}
    assert beijing.refused(request, "back_to_engineer", beijing.engineer).kind is RefusalKind.ROLE
    request = beijing.act(request, "back_to_engineer", beijing.duty, reason="结果点错了")
    cleared = (request.result, request.signed_by, request.signature, request.signed_at, request.turned_in_at)
    assert (request.state, cleared) == ("on_site", ("", "", "", None, None))
    assert (request.remedy, request.opinion, len(request.copies)) == ("重建总账索引", "满意", 1)
    assert OPEN not in {promise.state for promise in beijing.promises(request).values()}
    signed = {"result": "all_solved", "signed_by": "高敏", "signature": SIGNATURE}
    request = beijing.act(request, "sign", beijing.engineer, **signed)
    request = beijing.act(request, "turn_in", beijing.engineer)
    assert beijing.act(request, "close", beijing.duty).state == "closed"


@pytest.mark.clause("QP/2-04 5.5")
def test_a_cost_that_is_left_empty_is_nothing(beijing: Any) -> None:
    request = beijing.act(beijing.signed(), "turn_in", beijing.engineer, travel_cost="１２．５")
    costs = (request.travel_cost, request.material_cost, request.other_cost)
    assert costs == (Decimal("12.5"), Decimal(0), Decimal(0))


@pytest.mark.clause("QI/04 3.1.7")
def test_the_customer_signs_on_the_screen_or_on_paper(beijing: Any) -> None:
    request, said = beijing.explained(), {"result": "all_solved", "signed_by": "高敏"}
    assert set(beijing.refused(request, "sign", beijing.engineer, **said).errors) == {"signature"}
    request = beijing.act(request, "sign", beijing.engineer, **said, on_paper="服务站文件柜 3 号夹")
    assert (request.state, request.signature, request.on_paper) == ("signed", "", "服务站文件柜 3 号夹")
