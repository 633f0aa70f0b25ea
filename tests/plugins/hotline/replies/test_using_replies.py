"""Using a reply: its version and words stay on the call, its promise is a deadline, and no call ends over it."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from core import clock, deadlines
from core.errors import RefusalKind
from core.roles import QUALITY_SUPERVISOR
from core.testing import said
from plugins.hotline.replies.entries import Promise, national
from plugins.hotline.replies.models import ReplyUse
from plugins.hotline.replies.procedure import KEYS
from plugins.hotline.replies.services import uses_of
from tests.plugins.hotline.replies.writing import approved

# A Monday, nine o'clock in Beijing; the office closes at five.
NINE = dt.datetime(2026, 11, 23, 1, tzinfo=dt.UTC)
CLOSING = dt.datetime(2026, 11, 23, 9, tzinfo=dt.UTC)
ANSWER = "已电话告知工程师下午两点到"
PROMISING = [one for one in national() if one.promised]


@pytest.fixture
def call(beijing: Any) -> Any:
    with clock.stopped_at(NINE):
        return beijing.log()


def promise_of(centre: Any, call: Any) -> Any:
    (found,) = [one for one in centre.every_promise(call) if one.key.startswith("hotline.reply_")]
    return found


@pytest.mark.clause("QI/02 attitude.dialect")
def test_the_version_and_the_words_as_they_were_shown_stay_on_the_call(beijing: Any, call: Any) -> None:
    beijing.act(call, "reply", beijing.hotline, entry="attitude.dialect", said="请对方发来截图")
    approved(beijing, key="attitude.dialect", answer_zh="请您再说一遍。")
    beijing.act(call, "reply", beijing.hotline, entry="attitude.dialect")
    newer, older = uses_of(call)
    assert (older.edition, older.said, older.text.startswith("对不起，刚才没有听懂")) == (
        1,
        "请对方发来截图",
        True,
    )
    assert (newer.text, newer.used_by_id) == ("请您再说一遍。", beijing.hotline.person_id)
    assert not [one for one in beijing.every_promise(call) if "reply" in one.key]


@pytest.mark.clause("QI/02 install.not-delivered")
def test_not_delivered_is_answered_the_same_day_by_the_duty_manager(beijing: Any, call: Any) -> None:
    with clock.stopped_at(NINE):
        beijing.act(call, "reply", beijing.hotline, entry="install.not-delivered")
    promise = promise_of(beijing, call)
    assert (promise.due_at, promise.role) == (CLOSING, "duty_manager")


@pytest.mark.parametrize("entry", PROMISING, ids=lambda one: one.key)
def test_each_promise_is_due_as_its_kind_says_and_belongs_to_whom_the_book_says(
    beijing: Any, call: Any, entry: Any
) -> None:
    due = {
        Promise.TODAY: CLOSING,
        Promise.MINUTES: NINE + dt.timedelta(minutes=30),
        Promise.DAYS: CLOSING + dt.timedelta(days=3),
    }
    with clock.stopped_at(NINE):
        beijing.act(call, "reply", beijing.hotline, entry=entry.key)
    promise = promise_of(beijing, call)
    role = "hotline_engineer" if entry.owner == "owner" else entry.owner
    assert (promise.key, promise.role) == (KEYS[entry.promise, entry.owner], role)
    assert promise.due_at == due[entry.promise]
    assert promise.person_id == (beijing.hotline.person_id if entry.owner == "owner" else None)


def test_under_a_condition_nothing_may_have_been_promised(beijing: Any, call: Any) -> None:
    beijing.act(call, "reply", beijing.hotline, entry="attitude.hotline-rude", not_promised=True)
    assert beijing.every_promise(call) == []
    assert "今天之内" not in uses_of(call)[0].text


def test_a_call_does_not_end_over_a_promise_but_is_never_blocked_for_ever(beijing: Any, call: Any) -> None:
    beijing.act(call, "reply", beijing.hotline, entry="delay.three-days")
    for step, more in (("solve", {"answer": ANSWER}), ("request_visit", {}), ("complain", {})):
        refused = beijing.refused(call, step, beijing.hotline, **more)
        assert refused.kind is RefusalKind.OBJECTION, step
        assert "Keep that first" in str(refused.objections[0].text.msgid)
    beijing.act(call, "hand_over", beijing.hotline, reason="客户服务已到期，请区域经理处理")
    call = beijing.act(call, "reply_kept", beijing.manager, answer=ANSWER)
    assert (promise_of(beijing, call).state, call.answer) == ("met", ANSWER)
    assert beijing.act(call, "settle", beijing.manager, answer=ANSWER).state == "settled"


def test_what_was_promised_too_late_was_missed_and_giving_the_call_up_drops_it(
    beijing: Any, call: Any
) -> None:
    with clock.stopped_at(NINE):
        other = beijing.log()
        for one in (call, other):
            beijing.act(one, "reply", beijing.hotline, entry="delay.three-days")
    with clock.stopped_at(CLOSING + dt.timedelta(minutes=1)):
        beijing.act(call, "reply_kept", beijing.duty, answer=ANSWER)
        beijing.act(other, "cancel", beijing.hotline, reason="客户重复来电，已合并处理")
    assert promise_of(beijing, call).state == deadlines.MISSED
    assert promise_of(beijing, other).state == deadlines.DROPPED


def test_one_promise_at_a_time_and_the_next_one_after_it(beijing: Any, call: Any) -> None:
    """Promised today, nobody came: look into it, answer in time, and if it is true somebody comes today."""
    with clock.stopped_at(NINE):
        beijing.act(call, "reply", beijing.hotline, entry="delay.promised-today")
        again = {"entry": "delay.promised-today-true"}
        assert set(beijing.refused(call, "reply", beijing.hotline, **again).errors) == {"entry"}
        beijing.act(call, "reply", beijing.hotline, **again, not_promised=True)
        beijing.act(call, "reply_kept", beijing.duty, answer=ANSWER)
        beijing.act(call, "reply", beijing.hotline, **again)
    assert [(one.state, one.due_at) for one in beijing.every_promise(call)] == [
        ("met", NINE + dt.timedelta(minutes=30)),
        ("open", CLOSING),
    ]


def test_nothing_is_kept_that_was_not_promised(beijing: Any, call: Any) -> None:
    assert beijing.refused(call, "reply_kept", beijing.hotline, answer=ANSWER).kind is RefusalKind.OBJECTION


def test_the_quality_supervisor_keeps_his_own_promise(beijing: Any, call: Any) -> None:
    supervisor = beijing.hire(QUALITY_SUPERVISOR)
    beijing.act(call, "reply", beijing.hotline, entry="attitude.hotline-rude")
    assert beijing.act(call, "reply_kept", supervisor, answer=ANSWER).reply_promise == ""
    assert promise_of(beijing, call).state == "met"


@pytest.mark.clause("QI/02 delay.promised-today")
@pytest.mark.clause("QI/02 delay.three-days")
@pytest.mark.parametrize("key", ["delay.promised-today", "delay.three-days"])
def test_nobody_came_shows_what_is_open_with_the_customer_at_once(
    beijing: Any, sign_in: Any, key: str
) -> None:
    request = beijing.registered()
    call = beijing.log(request.customer)
    beijing.act(call, "reply", beijing.hotline, entry=key)
    (card,) = [one for one in beijing.cards(call, beijing.hotline, "hotline") if "uses" in one.values]
    assert [one.case.number for one in card.values["looked_up"]] == [request.number]
    browser = sign_in(beijing.hotline)
    page = browser.get(f"/BJ/hotline/desk/reply?reply={key}&customer_id={request.customer_id}").text
    assert request.number in page
    assert request.number not in browser.get(f"/BJ/hotline/desk/reply?reply={key}").text
    assert request.number in said(browser.get(f"/BJ/hotline/call/{call.number}").text)


def test_other_replies_look_nothing_up(beijing: Any) -> None:
    request = beijing.registered()
    call = beijing.act(beijing.log(request.customer), "reply", beijing.hotline, entry="fee.unused")
    (card,) = [one for one in beijing.cards(call, beijing.hotline, "hotline") if "uses" in one.values]
    assert card.values["looked_up"] is None


@pytest.mark.clause("QI/02 file.missing")
def test_a_missing_file_is_completed_during_the_call_and_so_it_is_answered(beijing: Any) -> None:
    call = beijing.log(customer_id="", new_customer="上海晴川眼镜有限公司")
    call = beijing.act(call, "reply", beijing.hotline, entry="file.missing")
    assert call.customer.name == "上海晴川眼镜有限公司"
    assert "您不用挂电话" in ReplyUse.query.filter_by(call_id=call.id).one().text
