"""The means to let an office write replies of its own."""

from __future__ import annotations

from typing import Any

from core.roles import SUPPORT_MANAGER
from core.rules import rules_of
from plugins.hotline.replies.catalogue import catalogue
from plugins.hotline.replies.models import Reply

WORDS = {
    "key": "fee.training",
    "group": "fee",
    "situation_zh": "要求免费培训",
    "answer_zh": "每月第一周有公开课，{company}为您报名。",
    "promise": "none",
    "promised_by": "owner",
    "follow_up": "none",
}


def drafted(centre: Any, **said: Any) -> Reply:
    reply: Reply = centre.create("hotline.reply", "draft", centre.hotline, **WORDS | said)
    return reply


def approved(centre: Any, **said: Any) -> Reply:
    reply = centre.act(drafted(centre, **said), "propose", centre.hotline)
    found: Reply = centre.act(reply, "approve", centre.hire(SUPPORT_MANAGER))
    return found


def answer(centre: Any, key: str = "fee.training") -> Any:
    return catalogue(rules_of(centre.office)).get(key)
