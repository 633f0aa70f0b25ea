"""What people see and do: a message taken or declined, answers on their call, and what was set aside."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from sqlalchemy import select

from core import clock
from core.customers.models import Customer
from core.db import db
from core.ledger import LedgerRow, verify
from core.roles import ADMINISTRATOR, DUTY_MANAGER, HOTLINE_ENGINEER
from core.rules import rules_of
from core.talk import files, notes
from core.talk.models import Notice
from core.talk.topics import topic_of
from core.testing import said
from plugins.hotline.mail.models import Fate

SYMPTOM = {
    "module": "总账",
    "operation": "反结账",
    "happens": "点反结账后报错退出，账套仍是已结账状态",
    "phone": "021-61541030",
    "contact": "高敏",
}
# A Monday, nine o'clock in the office.
NINE = dt.datetime(2026, 11, 23, 1, tzinfo=dt.UTC)
BROKEN = b"nothing that anybody sent"


def received(post: Any, *messages: Any) -> Any:
    """Let messages come in; return the newest call."""
    post.put(*messages)
    post.poll()
    return post.calls()[-1]


def notes_of(post: Any, call: Any) -> list[str]:
    topic = topic_of(rules_of(post.office), "hotline.call", call.id)
    return [one.text for one in notes.of_topic(topic)]


@pytest.mark.clause("QP/2-04 5.2")
@pytest.mark.parametrize("subject", ["Re: 反结账报错 {}", "回复：[{}]", "转发: {}: 谢谢"])
def test_an_answer_is_a_note_on_its_call_and_its_owner_hears_of_it(
    post: Any, beijing: Any, write: Any, subject: str
) -> None:
    call = beijing.log()
    answer = write("还是不行，见截图", subject=subject.format(call.number.lower()))
    answer.add_attachment(b"\x89PNG\r\n\x1a\n", maintype="image", subtype="png", filename="x.png")
    post.put(answer)
    post.poll()
    (same,) = post.calls()
    assert (same.number, same.version) == (call.number, call.version), "nobody's form goes stale"
    (note,) = notes_of(post, call)
    assert "还是不行，见截图" in note
    topic = topic_of(rules_of(post.office), "hotline.call", call.id)
    assert [one.name for one in files.of_topic(topic)] == ["x.png"]
    told = db.session.scalars(select(Notice.person_id).where(Notice.number == call.number)).all()
    assert told == [beijing.hotline.person_id]
    assert [(one.fate, one.call_id) for one in post.mails()] == [(Fate.NOTE, call.id)]


def test_an_answer_to_what_has_ended_is_a_call_of_its_own_that_names_the_first(
    post: Any, beijing: Any, write: Any
) -> None:
    first = beijing.act(beijing.log(), "solve", beijing.hotline, answer="已电话告知重建索引的方法")
    call = received(post, write("又来了", subject=f"Re: {first.number}"))
    assert call.number != first.number
    assert first.number in notes_of(post, call)[0]


def test_the_number_of_another_office_is_no_answer_here(post: Any, shanghai: Any, write: Any) -> None:
    theirs = shanghai.log()
    call = received(post, write("你好", subject=f"Re: {theirs.number}"))
    assert (call.office_id, call.state) == (post.office.id, "received")


@pytest.mark.parametrize(
    "head",
    [
        {"Auto-Submitted": "auto-replied"},
        {"Return-Path": "<>"},
        {"Precedence": "auto_reply"},
        {"X-Autoreply": "yes"},
    ],
)
def test_a_machine_s_answer_makes_no_call(post: Any, write: Any, head: dict[str, str]) -> None:
    message = write("我在休假")
    for name, value in head.items():
        message[name] = value
    post.put(message)
    post.poll()
    assert (post.calls(), [one.fate for one in post.mails()]) == ([], [Fate.AUTOMATIC])
    assert (post.lying(), post.lying(post.done)) == (0, 1)


def test_a_message_that_says_it_is_no_machine_s_is_a_call(post: Any, write: Any) -> None:
    message = write()
    message["Auto-Submitted"], message["Return-Path"] = "no", "<gao@customer.example>"
    assert received(post, message).state == "received"


@pytest.mark.parametrize(
    "words",
    [
        "单位：上海恒远服装有限责任公司",
        "我是上海恒远服装有限责任公司的高敏",
        "电话 021-61541030",
        "档案号 {file_number}。",
    ],
)
def test_the_customer_is_guessed_by_what_the_message_says(
    post: Any, beijing: Any, write: Any, words: str
) -> None:
    customer = beijing.house.customer(beijing.office)
    call = received(post, write(words.format(file_number=customer.file_number)))
    assert (call.customer_id, call.state) == (customer.id, "received")


def test_of_several_who_would_fit_none_is_guessed_and_the_engineer_is_told_who(
    post: Any, beijing: Any, write: Any
) -> None:
    both = [beijing.house.customer(beijing.office) for _ in range(2)]
    call = received(post, write("上海恒远服装有限责任公司"))
    assert call.customer_id is None
    refused = beijing.refused(call, "accept", beijing.hotline, whose="恒远服装", **SYMPTOM)
    assert all(one.file_number in str(refused.errors["whose"][0]) for one in both)
    call = beijing.act(call, "accept", beijing.hotline, whose=both[1].file_number, **SYMPTOM)
    assert call.customer_id == both[1].id


@pytest.mark.clause("QI/02 file.missing")
def test_a_sender_who_is_not_in_the_file_is_added_while_the_message_is_taken(
    post: Any, beijing: Any, write: Any
) -> None:
    call = beijing.act(
        received(post, write()), "accept", beijing.hotline, new_customer="北京新客户有限公司", **SYMPTOM
    )
    found = db.session.get_one(Customer, call.customer_id)
    assert (found.name, found.office_id) == ("北京新客户有限公司", post.office.id)


def test_nobody_outside_of_the_hotline_takes_it_and_no_person_sends_one(
    post: Any, beijing: Any, write: Any
) -> None:
    call = received(post, write())
    assert str(beijing.refused(call, "accept", beijing.engineer).kind) == "role"
    from core.errors import Refused

    with pytest.raises(Refused):
        beijing.create("hotline.call", "receive", beijing.hotline, sender="x@y.example")


def test_advertising_is_declined_with_a_reason_and_its_number_is_void(
    post: Any, beijing: Any, write: Any
) -> None:
    call = received(post, write("特价发票", subject="AD"))
    call = beijing.act(call, "decline", beijing.hotline, reason="广告邮件")
    assert (call.state, beijing.promises(call)["hotline.take_mail"].state) == ("cancelled", "dropped")
    assert list(verify(post.office.id)) == []


def test_the_page_of_the_call_shows_the_message_and_asks_what_is_missing(
    post: Any, beijing: Any, write: Any, sign_in: Any
) -> None:
    customer = beijing.house.customer(beijing.office)
    call = received(post, write(f"{customer.name}\n点反结账后报错退出"))
    page = sign_in(beijing.hotline).get(f"/BJ/hotline/call/{call.number}").text
    assert "点反结账后报错退出" in said(page)
    assert f'value="{customer.file_number}"' in page
    listed = said(sign_in(beijing.hotline).get("/BJ/hotline/call/").text)
    assert "反结账报错" in listed
    assert "A message came in" not in listed, "no person can take that step"


def test_markup_in_a_message_stays_words(post: Any, beijing: Any, write: Any, sign_in: Any) -> None:
    call = received(post, write("<script>alert(1)</script>", subject="<b>x</b>"))
    page = sign_in(beijing.hotline).get(f"/BJ/hotline/call/{call.number}").text
    assert "<script>alert" not in page
    assert "<b>x</b>" not in page


@pytest.fixture
def aside(post: Any) -> Any:
    """A message that was set aside."""
    post.put(BROKEN)
    post.poll()
    return post.mails()[0]


def test_the_duty_manager_sees_what_was_set_aside_and_fetches_it(
    post: Any, beijing: Any, aside: Any, sign_in: Any
) -> None:
    browser = sign_in(beijing.duty)
    assert "neither a sender nor a subject" in said(browser.get("/BJ/hotline/mail/").text)
    answer = browser.get(f"/BJ/hotline/mail/{aside.id}/raw")
    assert answer.data.strip() == BROKEN
    assert answer.headers["Content-Disposition"].startswith("attachment")
    for role in (HOTLINE_ENGINEER, ADMINISTRATOR):
        other = sign_in(beijing.hire(role))
        assert other.get(f"/BJ/hotline/mail/{aside.id}/raw").status_code == 403


def test_what_was_set_aside_is_due_as_soon_as_any_other_message_and_stands_on_the_duty_managers_desk(
    post: Any, beijing: Any, shanghai: Any, sign_in: Any
) -> None:
    duty, others = sign_in(beijing.duty), (beijing.hotline, beijing.manager, shanghai.duty)
    with clock.stopped_at(NINE):
        assert "no call yet" not in said(duty.get("/").text)
        post.set(minutes=30)
        post.put(BROKEN)
        post.poll()
        page = said(duty.get("/").text)
        assert "Mail was set aside 1 message is no call yet due by 11-23 09:30" in page
        assert "due-missed" not in duty.get("/").text
        assert "due by 11-23 09:30" in said(duty.get("/BJ/hotline/mail/").text)
        for other in others:
            assert "no call yet" not in said(sign_in(other).get("/").text)
    with clock.stopped_at(NINE + dt.timedelta(minutes=31)):
        assert "due-missed" in duty.get("/").text
        (aside,) = [one for one in post.mails() if one.fate == Fate.ASIDE]
        by_hand = {"reason": "是广告，不用登记"}
        assert duty.post(f"/BJ/hotline/mail/{aside.id}/done", data=by_hand).status_code == 302
        assert "no call yet" not in said(duty.get("/").text)


def test_it_is_tried_again_once_the_cause_is_gone(
    post: Any, beijing: Any, aside: Any, write: Any, sign_in: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    browser = sign_in(beijing.duty)
    again = browser.post(f"/BJ/hotline/mail/{aside.id}/again")
    assert (again.status_code, "neither a sender" in said(again.text)) == (409, True)
    from plugins.hotline.mail import desk, message

    raw = write("现在读得懂了").as_bytes()
    monkeypatch.setattr(desk.message, "read", lambda _raw, read=message.read: read(raw))
    assert browser.post(f"/BJ/hotline/mail/{aside.id}/again").status_code == 302
    post.house.see()
    ((call,), (row,)) = post.calls(), post.mails()
    assert (call.told, row.fate, row.call_id, row.raw, row.ended_by) == (
        "现在读得懂了",
        Fate.CALL,
        call.id,
        None,
        "周艳",
    )
    assert browser.post(f"/BJ/hotline/mail/{aside.id}/again").status_code == 404


def test_or_it_is_dealt_with_by_hand_and_the_ledger_knows_how(
    post: Any, beijing: Any, aside: Any, sign_in: Any
) -> None:
    browser = sign_in(beijing.duty)
    assert browser.post(f"/BJ/hotline/mail/{aside.id}/done", data={"reason": " "}).status_code == 422
    done = browser.post(f"/BJ/hotline/mail/{aside.id}/done", data={"reason": "BJ-H-2026-00001"})
    assert done.status_code == 302
    post.house.see()
    (row,) = post.mails()
    assert (row.fate, row.reason, row.ended_by) == (Fate.BY_HAND, "BJ-H-2026-00001", "周艳")
    (written,) = db.session.scalars(select(LedgerRow).where(LedgerRow.kind == "mail"))
    assert (written.action, written.actor) == ("deal_with", "周艳")
    assert "BJ-H-2026-00001" in said(browser.get("/BJ/hotline/mail/").text)
    assert list(verify(post.office.id)) == []


def test_another_office_s_message_is_not_there(beijing: Any, shanghai: Any, aside: Any, sign_in: Any) -> None:
    stranger = sign_in(shanghai.hire(DUTY_MANAGER))
    for where in (
        f"/BJ/hotline/mail/{aside.id}/raw",
        f"/SH/hotline/mail/{aside.id}/raw",
        "/SH/hotline/mail/9/raw",
    ):
        assert stranger.get(where).status_code == 404


def test_the_list_takes_as_many_statements_for_many_as_for_one(
    post: Any, beijing: Any, write: Any, sign_in: Any, queries_of: Any
) -> None:
    browser = sign_in(beijing.duty)
    received(post, write())
    browser.get("/BJ/hotline/mail/")
    one = queries_of(lambda: browser.get("/BJ/hotline/mail/"))
    received(post, *(write(f"第 {number} 封") for number in range(5)))
    assert queries_of(lambda: browser.get("/BJ/hotline/mail/")) == one
