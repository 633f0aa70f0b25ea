"""Every message becomes one call that waits for somebody, and no message is lost or taken twice (QP/2-04 5.2)."""

from __future__ import annotations

from typing import Any

import pytest

from core.deadlines import MET, OPEN
from core.roles import HOTLINE_ENGINEER
from core.rules import rules_of
from core.talk import files, notes
from core.talk.topics import topic_of
from plugins.hotline.mail.models import Fate

PNG = b"\x89PNG\r\n\x1a\n picture"
SYMPTOM = {
    "module": "总账",
    "operation": "反结账",
    "happens": "点反结账后报错退出，账套仍是已结账状态",
    "phone": "021-61541030",
}
TAKE = "hotline.take_mail"


def topic(post: Any, call: Any) -> Any:
    return topic_of(rules_of(post.office), "hotline.call", call.id)


def files_of(post: Any, call: Any) -> dict[str, Any]:
    return {one.name: one for one in files.of_topic(topic(post, call))}


def notes_of(post: Any, call: Any) -> list[str]:
    return [one.text for one in notes.of_topic(topic(post, call))]


@pytest.mark.clause("QP/2-04 5.2")
def test_a_message_is_a_call_that_waits_for_the_hotline(post: Any, beijing: Any, write: Any) -> None:
    post.put(write("您好：\n点反结账后报错退出。\n高敏 13817771234"))
    post.poll()
    (call,) = post.calls()
    assert (call.state, call.channel, call.owner_id) == ("received", "email", None)
    assert (call.sender, call.contact, call.phone) == ("gao@customer.example", "高敏", "13817771234")
    assert (call.subject, call.told) == ("反结账报错", "您好：\n点反结账后报错退出。\n高敏 13817771234")
    assert call.number.startswith(f"{post.office.code}-H-")
    waits = beijing.promises(call)[TAKE]
    assert (waits.state, waits.role, waits.person_id, waits.number) == (
        OPEN,
        HOTLINE_ENGINEER.key,
        None,
        call.number,
    )
    assert (post.lying(), post.lying(post.done)) == (0, 1)
    assert [(one.fate, one.call_id) for one in post.mails()] == [(Fate.CALL, call.id)]


@pytest.mark.clause("QI/03 3.1.9")
def test_whoever_takes_it_owns_it_and_asks_what_is_missing(post: Any, beijing: Any, write: Any) -> None:
    post.put(write())
    post.poll()
    (call,) = post.calls()
    customer = beijing.house.customer(beijing.office)
    vague = beijing.refused(
        call, "accept", beijing.hotline, whose=customer.file_number, **SYMPTOM | {"happens": "不行"}
    )
    assert "happens" in vague.errors
    call = beijing.act(call, "accept", beijing.hotline, whose=customer.file_number, contact="高敏", **SYMPTOM)
    assert (call.state, call.owner_id, call.customer_id) == ("open", beijing.hotline.person_id, customer.id)
    assert beijing.promises(call)[TAKE].state == MET
    post.put(write("又报错了", subject="另一个问题"))
    post.poll()
    assert post.calls()[-1].customer_id == customer.id, "the sender is known by now"
