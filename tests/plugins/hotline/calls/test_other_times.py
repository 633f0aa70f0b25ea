"""The customer wants another time than is offered: noted, arranged by the duty manager, phoned (QI/03 3.2.8)."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from core import clock
from core.db import writing
from core.deadlines import MET, MISSED, OPEN
from core.errors import RefusalKind, UnknownSetting
from core.roles import HOTLINE_ENGINEER
from core.settings import set_parameter
from core.testing import SETTER_UP

pytestmark = pytest.mark.clause("QI/03 3.2.8")
NINE = dt.datetime(2026, 11, 23, 1, tzinfo=dt.UTC)
OWN, TODAY = "hotline.own_demand", "hotline.same_day_demand"
WISH = {"demand": "两天内不行，只有周六上午财务在，要求周六上门"}
ARRANGED = {"answer": "与客户电话商定周六上午九点，请值班工程师登记请求"}


def later(minutes: int) -> Any:
    return clock.stopped_at(NINE + dt.timedelta(minutes=minutes))


@pytest.fixture
def call(beijing: Any) -> Any:
    with clock.stopped_at(NINE):
        return beijing.act(beijing.log(), "ask_otherwise", beijing.hotline, **WISH)


def test_it_goes_into_the_duty_managers_queue_with_a_deadline_of_its_own(beijing: Any, call: Any) -> None:
    promise = beijing.promises(call)[OWN]
    assert (call.state, call.demand, call.demanded_for) == ("demanded", WISH["demand"], "another_time")
    assert (promise.role, promise.due_at - NINE, promise.state) == (
        "duty_manager",
        dt.timedelta(hours=2),
        OPEN,
    )
    assert TODAY not in beijing.promises(call)


@pytest.mark.parametrize(("minutes", "state"), [(119, MET), (121, MISSED)])
def test_the_duty_manager_arranges_and_the_hotline_goes_on(
    beijing: Any, call: Any, minutes: int, state: str
) -> None:
    with later(minutes):
        call = beijing.act(call, "arrange", beijing.duty, **ARRANGED)
    assert (call.state, call.answer) == ("open", ARRANGED["answer"])
    assert call.owner_id == beijing.hotline.person_id
    assert beijing.promises(call)[OWN].state == state


def test_the_two_demands_are_not_answered_for_one_another(beijing: Any, call: Any) -> None:
    today = beijing.act(beijing.log(), "demand", beijing.hotline, demand="今天必须来人，明天发工资")
    wrong = beijing.refused(call, "answer_demand", beijing.duty, **ARRANGED)
    other = beijing.refused(today, "arrange", beijing.duty, **ARRANGED)
    assert wrong.kind is other.kind is RefusalKind.OBJECTION
    assert [one.clause for one in (wrong.objections[0], other.objections[0])] == [
        "QI/03 3.1.7",
        "QI/03 3.2.8",
    ]
    assert beijing.act(today, "answer_demand", beijing.duty, **ARRANGED).state == "open"


def test_a_call_that_stood_there_before_the_two_were_told_apart_is_answered(beijing: Any) -> None:
    call = beijing.act(beijing.log(), "demand", beijing.hotline, demand="今天必须来人，明天发工资")
    with writing():
        call.demanded_for = ""
    assert beijing.act(call, "answer_demand", beijing.duty, **ARRANGED).state == "open"


def test_nobody_else_arranges_it(beijing: Any, call: Any) -> None:
    for stranger in (beijing.hotline, beijing.hire(HOTLINE_ENGINEER), beijing.manager):
        assert beijing.refused(call, "arrange", stranger, **ARRANGED).kind is RefusalKind.ROLE


def test_an_office_may_be_quicker_and_not_slower(beijing: Any) -> None:
    with pytest.raises(UnknownSetting):
        set_parameter(beijing.office, f"{OWN}_minutes", 240, SETTER_UP)
    set_parameter(beijing.office, f"{OWN}_minutes", 30, SETTER_UP)
    with clock.stopped_at(NINE):
        call = beijing.act(beijing.log(), "ask_otherwise", beijing.hotline, **WISH)
    assert beijing.promises(call)[OWN].due_at - NINE == dt.timedelta(minutes=30)
