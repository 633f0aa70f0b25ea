"""No call closes without an outcome: every state, every step, every way to an end (QI/03 3.1.9)."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from core.db import db
from core.errors import RefusalKind
from core.plugins import Plugins
from core.procedure import Procedure
from core.roles import HOTLINE_ENGINEER
from core.testing import NATIONAL
from plugins.fieldservice.models import ServiceRequest
from plugins.fieldservice.testing import VISIT
from plugins.hotline.models import Recovery
from plugins.quality.models import Complaint

pytestmark = pytest.mark.clause("QI/03 3.1.9")
ANSWER = {"answer": "已电话告知重建索引的方法，客户试过成功"}
WANTED = {
    "department": "实施部",
    "matter": "需要初始化建账，请实施部联系",
    "reached_by": "number",
    "contact": "高敏",
    "phone": "021-61541030",
}
ASKED = {"password_of": "admin", "contact": "高敏", "phone": "021-61541030", "told": True}
COMPLAINT = {"about": "hotline", "complaint": "接线员挂断了三次电话"}
# Who takes which step, on the way from an open call.
PARK = ("hotline", "park", {})
WAITS: dict[str, list[Any]] = {
    "open": [],
    "parked": [PARK],
    "demanded": [("hotline", "demand", {"demand": "今天必须来人，明天发工资"})],
    "handed_over": [("hotline", "hand_over", {"reason": "服务到期，要求上门"})],
    "to_pass_on": [("hotline", "transfer", WANTED)],
    "passed_on": [
        ("hotline", "transfer", WANTED),
        ("duty", "pass_on", {"department": "实施部", "passed_to": "赵工"}),
    ],
}
WARNED = ("hotline", "warn", {"warning": "连续辱骂接线员，骂公司都是骗子"})
ENDS: dict[str, list[Any]] = {
    "solved": [("hotline", "solve", ANSWER)],
    "settled": [*WAITS["handed_over"], ("manager", "settle", ANSWER)],
    "transferred": [*WAITS["passed_on"], ("duty", "tell_result", ANSWER)],
    "recovery": [("hotline", "recover", ASKED)],
    "abused": [WARNED, ("hotline", "end_abuse", {"abuse": "提醒后继续辱骂，拒绝说明问题"})],
    "requested": [("hotline", "request_visit", VISIT)],
    "complained": [("hotline", "complain", COMPLAINT)],
}
# What the end of a call is kept in: its own words, or the case that was made of it.
OUTCOME: dict[str, Any] = {
    "solved": "answer",
    "settled": "answer",
    "transferred": "answer",
    "abused": "abuse",
    "recovery": Recovery,
    "requested": ServiceRequest,
    "complained": Complaint,
}
# A message that nobody has taken yet has no owner, and no outcome either.
UNTAKEN = {"received"}
# These are no end of a problem: it goes on elsewhere, or was none.
WITHOUT = {"merged", "cancelled"}


@pytest.fixture
def procedure(plugins: Plugins) -> Procedure:
    return plugins.set_of(NATIONAL).procedures["hotline.call"]


def walk(beijing: Any, way: list[Any], **said: Any) -> Any:
    call = beijing.log(**said)
    for who, step, values in way:
        call = beijing.act(call, step, getattr(beijing, who), **values)
    return call


def test_the_tables_know_every_state(procedure: Procedure) -> None:
    finals = {one.name for one in procedure.states.values() if one.final}
    assert finals == ENDS.keys() | WITHOUT == OUTCOME.keys() | WITHOUT
    assert procedure.states.keys() - finals == WAITS.keys() | UNTAKEN


def test_from_every_state_under_way_something_leads_on(procedure: Procedure) -> None:
    assert [state for state in WAITS if not procedure.leads_on(state)] == []


@pytest.mark.parametrize("state", ENDS)
def test_every_end_carries_its_outcome(beijing: Any, state: str) -> None:
    call, outcome = walk(beijing, ENDS[state]), OUTCOME[state]
    assert call.state == state
    if isinstance(outcome, str):
        assert getattr(call, outcome)
    else:
        assert db.session.query(outcome).filter_by(call_id=call.id).one().number
    assert not [one for one in beijing.every_promise(call) if one.state == "open"]


@pytest.mark.parametrize("state", WAITS)
def test_no_step_ends_a_call_without_being_told_the_outcome(
    beijing: Any, procedure: Procedure, state: str
) -> None:
    ending = [
        step
        for step in procedure.steps_from(state)
        if any(procedure.states[one].final for one in step.leads_to(state)) and step.targets[0] not in WITHOUT
    ]
    call = walk(beijing, WAITS[state])
    everybody = beijing.hire(*{one.role for step in ending for one in step.who} | {HOTLINE_ENGINEER})
    if state in ("open", "parked"):
        beijing.act(call, "take_over", everybody)
        beijing.act(call, "warn", everybody, **WARNED[2])
    for step in ending:
        refused = beijing.refused(call, step.name, everybody)
        assert refused.kind is RefusalKind.FORM, step.name
    assert beijing.look(call, everybody).case.state == state


BEFORE_COMPLAINING: dict[str, list[Any]] = {
    "open": [],
    "parked": [PARK],
    "resumed": [PARK, ("hotline", "resume", ANSWER)],
    "warned": [WARNED],
    "demand answered": [*WAITS["demanded"], ("duty", "answer_demand", ANSWER)],
    "back from a department": [*WAITS["to_pass_on"], ("duty", "take_back", {"reason": "热线可以解答"})],
    "reopened": [*ENDS["solved"], ("hotline", "reopen", {"reason": "客户说没有解决"})],
    "reopened after abuse": [*ENDS["abused"], ("hotline", "reopen", {"reason": "客户道歉后来电"})],
}


@pytest.mark.clause("QI/02 attitude.hotline-rude")
@pytest.mark.parametrize("way", BEFORE_COMPLAINING.values(), ids=BEFORE_COMPLAINING)
def test_a_complaint_is_taken_wherever_the_hotline_has_the_call(beijing: Any, way: list[Any]) -> None:
    call = beijing.act(walk(beijing, way), "complain", beijing.hotline, **COMPLAINT)
    assert call.state == "complained"
    assert db.session.query(Complaint).filter_by(call_id=call.id).one().state == "logged"


@pytest.mark.clause("QI/02 attitude.hotline-rude")
@pytest.mark.parametrize("state", ["demanded", "handed_over", "to_pass_on", "passed_on"])
def test_who_complains_while_something_is_owed_gets_a_call_of_his_own(beijing: Any, state: str) -> None:
    waiting = walk(beijing, WAITS[state])
    assert beijing.refused(waiting, "complain", beijing.hotline, **COMPLAINT).kind is RefusalKind.STATE
    second = beijing.log(waiting.customer, follows=waiting.number)
    assert beijing.act(second, "complain", beijing.hotline, **COMPLAINT).state == "complained"
    assert [one for one in beijing.every_promise(waiting) if one.state == "open"], "what was owed still is"


@pytest.mark.clause("QI/03 3.3.1")
@pytest.mark.parametrize(
    ("contract", "chosen", "kept"),
    [("2019-01-01", "", "expired"), ("2019-01-01", "non_routine", "non_routine"), ("", "", "other")],
)
def test_the_regional_manager_sees_because_of_what(
    beijing: Any, contract: str, chosen: str, kept: str
) -> None:
    old = {"contract": dt.date.fromisoformat(contract)} if contract else {}
    call = beijing.log(beijing.house.customer(beijing.office, **old))
    told = {"reason": "要求帮忙初始化建账", "handed_over_as": chosen}
    assert beijing.act(call, "hand_over", beijing.hotline, **told).handed_over_as == kept
