"""“I phone you before four”: a promise is a deadline with an owner, until the customer was phoned."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from core import clock
from core.deadlines import DROPPED, MET, MISSED, OPEN
from core.errors import RefusalKind, Refused
from core.roles import HOTLINE_ENGINEER
from core.worktime import TraceKind
from plugins.fieldservice.testing import VISIT
from plugins.hotline.calls.who import ENDING

NINE = dt.datetime(2026, 11, 23, 1, tzinfo=dt.UTC)
# Four o'clock in Beijing.
FOUR = dt.datetime(2026, 11, 23, 8, tzinfo=dt.UTC)
PROMISE = "hotline.promise"
BY_FOUR = {"promised_at": "2026-11-23T16:00", "promise": "告知测试结果"}
ANSWER = "已电话告知重建索引的方法"


@pytest.fixture
def call(beijing: Any) -> Any:
    with clock.stopped_at(NINE):
        return beijing.log(**BY_FOUR)


def test_what_was_promised_while_logging_is_due_then_and_is_the_owners(beijing: Any, call: Any) -> None:
    promise = beijing.promises(call)[PROMISE]
    assert (promise.due_at, promise.started_at, promise.state) == (FOUR, NINE, OPEN)
    assert promise.person_id == beijing.hotline.person_id
    assert [line["kind"] for line in promise.trace] == [TraceKind.PROMISED, TraceKind.DUE]
    assert (call.promised_at, call.promise) == (FOUR, "告知测试结果")


def test_a_call_without_a_promise_has_nothing_to_keep(beijing: Any) -> None:
    call = beijing.log()
    assert PROMISE not in beijing.promises(call)
    refused = beijing.refused(call, "phone_back", beijing.hotline, answer=ANSWER)
    assert refused.kind is RefusalKind.OBJECTION


@pytest.mark.parametrize(("late", "state"), [(0, MET), (1, MISSED)])
def test_phoning_back_keeps_it_in_time_or_too_late(beijing: Any, call: Any, late: int, state: str) -> None:
    with clock.stopped_at(FOUR + dt.timedelta(minutes=late)):
        call = beijing.act(call, "phone_back", beijing.hotline, answer=ANSWER)
    assert (call.state, call.promised_at, beijing.promises(call)[PROMISE].state) == ("open", None, state)


def test_the_outcome_keeps_it_too_and_giving_up_drops_it(beijing: Any, call: Any) -> None:
    with clock.stopped_at(NINE):
        other = beijing.log(**BY_FOUR)
        beijing.act(call, "solve", beijing.hotline, answer=ANSWER)
        beijing.act(other, "cancel", beijing.hotline, reason="客户重复来电，已合并处理")
    assert beijing.promises(call)[PROMISE].state == MET
    assert beijing.promises(other)[PROMISE].state == DROPPED


def test_another_promise_takes_the_place_of_the_first(beijing: Any, call: Any) -> None:
    with clock.stopped_at(NINE):
        beijing.act(call, "promise", beijing.hotline, promised_at="2026-11-24T09:30")
    first, second = beijing.every_promise(call)
    assert (first.state, second.state) == (DROPPED, OPEN)
    assert second.due_at == dt.datetime(2026, 11, 24, 1, 30, tzinfo=dt.UTC)


def test_it_goes_over_with_the_call(beijing: Any, call: Any) -> None:
    colleague = beijing.hire(HOTLINE_ENGINEER)
    beijing.act(call, "take_over", colleague)
    assert beijing.promises(call)[PROMISE].person_id == colleague.person_id


def test_a_time_that_has_passed_cannot_be_promised(beijing: Any) -> None:
    past = {"promised_at": "2026-11-23T08:59"}
    with clock.stopped_at(NINE):
        with pytest.raises(Refused) as refused:
            beijing.log(**past)
        later = beijing.refused(beijing.log(), "promise", beijing.hotline, **past)
    assert set(refused.value.errors) == set(later.errors) == {"promised_at"}


def test_out_of_hours_it_is_due_all_the_same(beijing: Any) -> None:
    with clock.stopped_at(NINE):
        call = beijing.log(promised_at="2026-11-28T20:00")
    assert beijing.promises(call)[PROMISE].due_at == dt.datetime(2026, 11, 28, 12, tzinfo=dt.UTC)


@pytest.mark.parametrize(
    ("end", "said"),
    [("complain", {"about": "hotline", "complaint": "接线员挂断了三次电话"}), ("request_visit", VISIT)],
)
def test_no_end_forgets_it(beijing: Any, call: Any, end: str, said: dict[str, str]) -> None:
    with clock.stopped_at(NINE):
        refused = beijing.refused(call, end, beijing.hotline, **said)
        assert [one.clause for one in refused.objections] == [ENDING]
        assert "16:00" in str(refused.objections[0].text)
        beijing.act(call, "phone_back", beijing.hotline, answer=ANSWER)
        beijing.act(call, end, beijing.hotline, **said)
    assert beijing.promises(call)[PROMISE].state == MET
