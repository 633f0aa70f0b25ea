"""An abusive customer is heard out and warned once; then the call may be ended, and both are logged (QI/02)."""

from __future__ import annotations

from typing import Any

import pytest

from core import ledger
from core.errors import RefusalKind
from core.roles import HOTLINE_ENGINEER

pytestmark = pytest.mark.clause("QI/02 attitude.abuse")
WARNING = {"warning": "连续辱骂接线员，骂公司都是骗子"}
ABUSE = {"abuse": "提醒后继续辱骂，拒绝说明问题"}


@pytest.fixture
def warned(beijing: Any) -> Any:
    return beijing.act(beijing.log(), "warn", beijing.hotline, **WARNING)


def test_nobody_is_hung_up_on_without_a_warning(beijing: Any) -> None:
    refused = beijing.refused(beijing.log(), "end_abuse", beijing.hotline, **ABUSE)
    assert refused.kind is RefusalKind.OBJECTION
    assert refused.objections[0].clause == "QI/02 attitude.abuse"


def test_after_the_warning_the_call_may_be_ended_and_says_why(beijing: Any, warned: Any) -> None:
    assert warned.state == "open", "the customer is still helped"
    call = beijing.act(warned, "end_abuse", beijing.hotline, **ABUSE)
    assert (call.state, call.warning, call.abuse) == ("abused", WARNING["warning"], ABUSE["abuse"])
    rows = {
        row.action: row.details["values"]
        for row in ledger.of_case("hotline.call", call.id, number=call.number)
    }
    assert (rows["warn"], rows["end_abuse"]) == (WARNING, ABUSE)


def test_one_warning_is_enough(beijing: Any, warned: Any) -> None:
    assert beijing.refused(warned, "warn", beijing.hotline, **WARNING).kind is RefusalKind.OBJECTION


def test_who_calms_down_is_served_like_everybody(beijing: Any, warned: Any) -> None:
    assert beijing.act(warned, "solve", beijing.hotline, answer="重建索引后反结账成功").state == "solved"


def test_what_was_said_is_written_down(beijing: Any, warned: Any) -> None:
    assert set(beijing.refused(beijing.log(), "warn", beijing.hotline, warning="不好").errors) == {"warning"}
    assert set(beijing.refused(warned, "end_abuse", beijing.hotline).errors) == {"abuse"}


def test_only_the_owner_warns_and_hangs_up(beijing: Any, warned: Any) -> None:
    colleague = beijing.hire(HOTLINE_ENGINEER)
    assert beijing.refused(warned, "end_abuse", colleague, **ABUSE).kind is RefusalKind.ROLE


@pytest.mark.parametrize(
    ("step", "end"), [("end_abuse", ABUSE), ("solve", {"answer": "重建索引后反结账成功"})]
)
def test_a_warning_is_of_one_conversation(beijing: Any, warned: Any, step: str, end: Any) -> None:
    call = beijing.act(warned, step, beijing.hotline, **end)
    call = beijing.act(call, "reopen", beijing.hotline, reason="客户几天后再次来电")
    assert beijing.refused(call, "end_abuse", beijing.hotline, **ABUSE).kind is RefusalKind.OBJECTION
    call = beijing.act(call, "warn", beijing.hotline, warning="又骂接线员是骗子，要求退款")
    assert beijing.act(call, "end_abuse", beijing.hotline, **ABUSE).state == "abused"
    rows = [
        row for row in ledger.of_case("hotline.call", call.id, number=call.number) if row.action == "warn"
    ]
    assert WARNING in [row.details["values"] for row in rows], "the first warning stays in the ledger"


def test_a_call_that_was_ended_too_soon_is_taken_up_again(beijing: Any, warned: Any) -> None:
    call = beijing.act(warned, "end_abuse", beijing.hotline, **ABUSE)
    assert beijing.act(call, "reopen", beijing.duty, reason="听录音后认为不算辱骂").state == "open"
