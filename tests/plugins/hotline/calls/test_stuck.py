"""Where the engineer is stuck, the duty manager helps, in time and on the call itself (QI/03 3.1.7)."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from core import clock
from core.deadlines import DROPPED, MET, MISSED, OPEN
from core.errors import RefusalKind
from core.roles import HOTLINE_ENGINEER
from core.settings import set_parameter
from core.testing import SETTER_UP

pytestmark = pytest.mark.clause("QI/03 3.1.7")
NINE = dt.datetime(2026, 11, 23, 1, tzinfo=dt.UTC)
HELP = "hotline.help"
STUCK = {"stuck": "反结账的口令从哪里来"}
ADVICE = {"advice": "用账套主管进入，在总账选项里取消结账"}


@pytest.fixture
def stuck(beijing: Any) -> Any:
    with clock.stopped_at(NINE):
        return beijing.act(beijing.log(), "want_help", beijing.hotline, **STUCK)


@pytest.mark.parametrize(("minutes", "state"), [(15, MET), (16, MISSED)])
def test_who_is_stuck_keeps_the_call_and_is_helped_in_time(
    beijing: Any, stuck: Any, minutes: int, state: str
) -> None:
    waits = beijing.promises(stuck)[HELP]
    assert (waits.role, waits.person_id, waits.state) == ("duty_manager", None, OPEN)
    with clock.stopped_at(NINE + dt.timedelta(minutes=minutes)):
        call = beijing.act(stuck, "give_help", beijing.duty, **ADVICE)
    assert (call.state, call.owner_id) == ("open", beijing.hotline.person_id)
    assert (call.stuck, call.advice) == (STUCK["stuck"], ADVICE["advice"])
    assert beijing.promises(call)[HELP].state == state


def test_an_office_may_help_sooner(beijing: Any, shanghai: Any) -> None:
    set_parameter(shanghai.office, "hotline.help_minutes", "5", SETTER_UP)
    beijing.house.see()
    with clock.stopped_at(NINE):
        here, there = (
            centre.act(centre.log(), "want_help", centre.hotline, **STUCK) for centre in (beijing, shanghai)
        )
    assert beijing.promises(here)[HELP].due_at == NINE + dt.timedelta(minutes=15)
    assert shanghai.promises(there)[HELP].due_at == NINE + dt.timedelta(minutes=5)


def test_only_the_owner_asks_and_only_the_duty_manager_helps(beijing: Any, stuck: Any) -> None:
    colleague = beijing.hire(HOTLINE_ENGINEER)
    assert beijing.refused(beijing.log(), "want_help", colleague, **STUCK).kind is RefusalKind.ROLE
    assert beijing.refused(stuck, "give_help", beijing.hotline, **ADVICE).kind is RefusalKind.ROLE
    assert set(beijing.refused(stuck, "give_help", beijing.duty, advice="好的").errors) == {"advice"}


def test_one_question_is_answered_before_the_next(beijing: Any, stuck: Any) -> None:
    assert beijing.refused(stuck, "want_help", beijing.hotline, **STUCK).kind is RefusalKind.OBJECTION
    call = beijing.act(stuck, "give_help", beijing.duty, **ADVICE)
    assert beijing.refused(call, "give_help", beijing.duty, **ADVICE).kind is RefusalKind.OBJECTION
    call = beijing.act(call, "want_help", beijing.hotline, stuck="主管口令也不知道")
    assert (call.advice, beijing.promises(call)[HELP].state) == ("", OPEN)


def test_a_call_that_is_solved_without_help_waits_for_none(beijing: Any, stuck: Any) -> None:
    call = beijing.act(stuck, "solve", beijing.hotline, answer="重建索引后反结账成功")
    assert beijing.promises(call)[HELP].state == DROPPED
    call = beijing.act(call, "reopen", beijing.hotline, reason="用户再次来电，问题重现")
    assert beijing.refused(call, "give_help", beijing.duty, **ADVICE).kind is RefusalKind.OBJECTION
    assert beijing.act(call, "want_help", beijing.hotline, **STUCK).stuck
