"""What Shanghai does otherwise (SHYY/QI/03), and that it does so at home only."""

from __future__ import annotations

import datetime as dt
from types import SimpleNamespace
from typing import Any

import pytest
from koudai_shanghai import fieldservice_admission, knowledge_entry
from sqlalchemy import select

from core import clock, deadlines, gate
from core.db import db, writing
from core.errors import RefusalKind, Refused
from core.ledger import LedgerRow
from core.offices import Office
from core.people import Actor
from core.roles import DUTY_MANAGER, FIELD_ENGINEER, HOTLINE_ENGINEER, REGIONAL_MANAGER, Role
from core.testing import NATIONAL, House
from plugins.fieldservice.models import ServiceRequest
from plugins.fieldservice.testing import Centre
from plugins.hotline.hooks import Entitlement

REQUEST, SEND_AGAIN = "fieldservice.request", "shanghai.send_again"
NINE = dt.datetime(2026, 11, 23, 1, tzinfo=dt.UTC)
SYMPTOM = {
    "channel": "phone",
    "contact": "高敏",
    "phone": "021-61541030",
    "module": "总账",
    "operation": "反结账",
    "happens": "点反结账后报错退出",
}
VISIT = {"contact": "高敏", "phone": "021-61541030", "address": "莘庄", "verified": True}


@pytest.fixture
def shanghai(house: House) -> Office:
    return house.office("SH", *NATIONAL, "shanghai")


@pytest.fixture
def beijing(house: House) -> Office:
    return house.office("BJ")


def logged(house: House, office: Office, actor: Actor, **said: Any) -> Any:
    values = SYMPTOM | {"customer_id": house.customer(office).id} | said
    return gate.perform("hotline.call", None, "log", actor, values, office=office)


def registered(house: House, office: Office, **said: Any) -> ServiceRequest:
    engineer = house.hire(office, HOTLINE_ENGINEER)
    call = logged(house, office, engineer, **said)
    gate.perform("hotline.call", call.number, "request_visit", engineer, VISIT)
    found: ServiceRequest = ServiceRequest.query.filter_by(call_id=call.id).one()
    return found


def turned_in(
    house: House, office: Office, result: str = "all_solved", state: str = "turned_in"
) -> ServiceRequest:
    """Bring a request to the review, or beyond it, by rows: how it gets there is the same everywhere."""
    request = registered(house, office)
    with writing():
        request = db.session.merge(request)
        request.state, request.result, request.remedy = state, result, "重建总账索引"
    return request


@pytest.mark.clause("SHYY/QI/03 3.2")
@pytest.mark.clause("QP/2-04 5.4")
def test_the_regional_manager_dispatches_here_and_not_in_beijing(
    house: House, shanghai: Office, beijing: Office
) -> None:
    for office, may in ((shanghai, True), (beijing, False)):
        request, manager = registered(house, office), house.hire(office, REGIONAL_MANAGER)
        engineer = {"engineer_id": house.person(office, FIELD_ENGINEER).id}
        if may:
            assert gate.perform(REQUEST, request.number, "dispatch", manager, engineer).state == "dispatched"
            continue
        with pytest.raises(Refused) as refused:
            gate.perform(REQUEST, request.number, "dispatch", manager, engineer)
        assert refused.value.kind is RefusalKind.ROLE
        assert refused.value.objections[0].clause == "QP/2-04 5.4"


@pytest.mark.clause("SHYY/QI/03 3.2")
def test_what_the_duty_manager_may_the_regional_manager_may_too(house: House) -> None:
    def steps(role: Role, *plugins: str) -> set[str]:
        found = house.plugins.set_of(plugins).procedures[REQUEST].steps.values()
        return {step.name for step in found if role in [one.role for one in step.who] and not step.inner}

    mine, his = steps(REGIONAL_MANAGER, *NATIONAL), steps(DUTY_MANAGER, *NATIONAL)
    assert not mine & his
    assert steps(REGIONAL_MANAGER, *NATIONAL, "shanghai") == mine | his


@pytest.mark.clause("SHYY/QI/03 3.2")
def test_the_regional_manager_sends_somebody_again_to_the_very_end(
    house: House, shanghai: Office, beijing: Office
) -> None:
    advice = {"advice": "重装 MSDE 后再恢复 001 账套"}
    for office in (shanghai, beijing):
        request = turned_in(house, office, "unsolved", state="remedied")
        manager = house.hire(office, REGIONAL_MANAGER)
        if office is beijing:
            with pytest.raises(Refused):
                gate.perform(REQUEST, request.number, "send_again", manager, advice)
            continue
        assert gate.perform(REQUEST, request.number, "send_again", manager, advice).state == "sent_again"
        assert ServiceRequest.query.filter_by(previous_id=request.id).one().state == "registered"
        row = db.session.scalars(select(LedgerRow).where(LedgerRow.action == "send_again")).one()
        let_in = {"plugin": "shanghai", "version": "0.1.0", "beyond": "QI/05 3.2"}
        assert (row.clause, row.details["let_in"]) == ("SHYY/QI/03 3.2", let_in)


@pytest.mark.clause("SHYY/QI/03 1.3")
def test_a_request_closes_with_an_entry_in_the_support_database() -> None:
    with_entry: Any = SimpleNamespace(case=SimpleNamespace(knowledge_id=1))
    without: Any = SimpleNamespace(case=SimpleNamespace(knowledge_id=None))
    assert knowledge_entry(with_entry) is None
    assert knowledge_entry(without)


@pytest.mark.clause("SHYY/QI/03 1.3")
def test_the_entry_is_wanted_here_and_not_in_beijing(house: House, shanghai: Office, beijing: Office) -> None:
    here, there = turned_in(house, shanghai), turned_in(house, beijing)
    assert gate.perform(REQUEST, there.number, "close", house.hire(beijing, DUTY_MANAGER)).state == "closed"
    manager = house.hire(shanghai, DUTY_MANAGER)
    with pytest.raises(Refused) as refused:
        gate.perform(REQUEST, here.number, "close", manager)
    (objection,) = refused.value.objections
    assert (objection.clause, objection.plugin) == ("SHYY/QI/03 1.3", "shanghai")
    assert cards(here, manager, shanghai) == ["SHYY/QI/03 1.3"]
    known = {"problem": "反结账报错", "solution": "重建总账索引"}
    gate.perform(REQUEST, here.number, "standardise", manager, known)
    assert cards(here, manager, shanghai) == []
    assert gate.perform(REQUEST, here.number, "close", manager).state == "closed"


def cards(request: ServiceRequest, actor: Actor, office: Office) -> list[Any]:
    act = gate.open_case(REQUEST, str(request.number), actor, office)
    found = act.rules.plugins.gather("core_case_cards", act=act)
    return [card.clause for plugin, card in found if plugin == "shanghai"]


@pytest.mark.clause("QI/03 3.1.7")
def test_a_same_day_demand_is_answered_within_three_quarters_of_an_hour(
    house: House, shanghai: Office, beijing: Office
) -> None:
    for office, minutes in ((shanghai, 45), (beijing, 60)):
        engineer = house.hire(office, HOTLINE_ENGINEER)
        with clock.stopped_at(NINE):
            call = logged(house, office, engineer)
            gate.perform("hotline.call", call.number, "demand", engineer, {"demand": "今天来人"})
        (promise,) = deadlines.of_case("hotline.call", call.id)
        assert promise.due_at == NINE + dt.timedelta(minutes=minutes)


@pytest.mark.clause("SHYY/QI/03 1.2")
@pytest.mark.parametrize("value", list(Entitlement))
def test_only_a_missing_contract_is_judged_otherwise(value: Entitlement) -> None:
    verdict = fieldservice_admission(value)
    if value is not Entitlement.NO_CONTRACT:
        assert verdict is None
    else:
        assert (verdict.value, verdict.clause) == ("registered", "SHYY/QI/03 1.2")


@pytest.mark.clause("SHYY/QI/03 1.2")
@pytest.mark.clause("QI/02 file.missing")
def test_a_request_without_a_contract_on_file_stays_in_the_queue_here(
    house: House, shanghai: Office, beijing: Office
) -> None:
    new = {"customer_id": "", "new_customer": "恒源纺织品公司", "phone": "54541111"}
    assert registered(house, shanghai, **new).state == "registered"
    assert registered(house, beijing, **new).state == "waiting"
    rules = gate.open_case(REQUEST, f"SH-R-{clock.now().year}-00001", Actor("tests"), shanghai).rules
    decision = rules.decide("fieldservice_admission", customer=None, entitlement=Entitlement.NO_CONTRACT)
    roles = {answer.plugin: answer.role for answer in decision.answers}
    assert roles == {"shanghai": "chosen", "billing": "overridden", "fieldservice": "overridden"}


@pytest.mark.clause("SHYY/QI/03 1.1")
@pytest.mark.parametrize(("remedy", "runs"), [("重建总账索引", True), ("", False)])
def test_a_remedy_is_sent_out_the_same_working_day_here_and_only_a_remedy_is(
    house: House, remedy: str, runs: bool
) -> None:
    here, there = Centre(house, "SH", *NATIONAL, "shanghai"), Centre(house, "BJ")
    with clock.stopped_at(NINE):
        requests = {one: one.confer(one.turned_in("unsolved"), remedy) for one in (here, there)}
    assert SEND_AGAIN not in there.promises(requests[there])
    promise = here.promises(requests[here]).get(SEND_AGAIN)
    assert bool(promise) is runs
    if promise:
        assert (promise.due_at, promise.role) == (NINE + dt.timedelta(hours=8), "duty_manager")
        with clock.stopped_at(NINE):
            here.act(requests[here], "send_again", here.duty, advice=remedy)
        assert here.promises(requests[here])[SEND_AGAIN].state == deadlines.MET


@pytest.mark.clause("SHYY/QI/03 1.1")
def test_head_offices_remedy_is_sent_out_the_same_working_day_too(house: House) -> None:
    here = Centre(house, "SH", *NATIONAL, "shanghai")
    with clock.stopped_at(NINE):
        one = here.escalated()
        assert SEND_AGAIN not in here.promises(one.request)
        here.act(one, "note_answer", here.duty, answer="打 8.13 补丁后重建索引", answered_by="技术支持部")
        here.act(one, "verify", here.duty, verified="在测试机上恢复了 001 账套")
    promise = here.promises(one.request)[SEND_AGAIN]
    assert (promise.state, promise.due_at) == (deadlines.OPEN, NINE + dt.timedelta(hours=8))


@pytest.mark.clause("SHYY/QI/03 3.1")
@pytest.mark.clause("SHYY/QI/03 3.3")
@pytest.mark.clause("SHYY/QI/03 3.4")
@pytest.mark.parametrize(
    ("number", "role", "his"),
    [
        ("3.1", DUTY_MANAGER, {"dispatch", "confer", "close", "send_again"}),
        ("3.3", HOTLINE_ENGINEER, {"register", "correct"}),
        ("3.4", FIELD_ENGINEER, {"confirm", "arrive", "solve", "sign", "turn_in"}),
    ],
)
def test_what_the_document_only_says_again_is_done_by_head_offices_rules(
    house: House, number: str, role: Role, his: set[str]
) -> None:
    def steps(*plugins: str) -> set[str]:
        found = house.plugins.set_of(plugins).procedures[REQUEST].steps.values()
        return {step.name for step in found if role in [one.role for one in step.who]}

    assert house.plugins.clauses[f"SHYY/QI/03 {number}"].restates == role.clause
    assert his <= steps(*NATIONAL) == steps(*NATIONAL, "shanghai")


@pytest.mark.clause("SHYY/QI/03 3.3")
@pytest.mark.clause("SHYY/QI/03 3.4")
def test_the_hotline_registers_and_the_engineer_visits_and_neither_does_the_others_work(house: House) -> None:
    here = Centre(house, "SH", *NATIONAL, "shanghai")
    request = here.registered()
    assert (request.state, request.owner_id) == ("registered", here.hotline.person_id)
    sent = {"engineer_id": here.engineer.person_id}
    for stranger in (here.hotline, here.engineer):
        assert here.refused(request, "dispatch", stranger, **sent).kind is RefusalKind.ROLE
    request = here.act(request, "dispatch", here.duty, **sent)
    assert here.refused(request, "confirm", here.hotline).kind is RefusalKind.ROLE
    assert here.act(request, "confirm", here.engineer).state == "confirmed"


@pytest.mark.clause("SHYY/QI/03 3.1")
def test_the_duty_manager_arranges_assigns_and_reviews_and_another_offices_does_not(house: House) -> None:
    here, there = Centre(house, "SH", *NATIONAL, "shanghai"), Centre(house, "BJ")
    request = here.turned_in("unsolved")
    assert here.refused(request, "confer", there.duty).kind is RefusalKind.ROLE
    assert here.act(request, "confer", here.duty).state == "conferring"
