"""First-contact ownership: a call is always somebody's, and everybody sees whose (QI/03 3.1.9)."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select

from core.db import db
from core.errors import RefusalKind
from core.roles import FIELD_ENGINEER, HOTLINE_ENGINEER
from core.talk.models import Notice
from core.testing import SignIn, said

pytestmark = pytest.mark.clause("QI/03 3.1.9")
PROMISE = "hotline.promise"


@pytest.fixture
def colleague(beijing: Any) -> Any:
    return beijing.hire(HOTLINE_ENGINEER, name="陈平")


def notices_of(actor: Any) -> list[tuple[str, str]]:
    found = db.session.scalars(select(Notice).where(Notice.person_id == actor.person_id).order_by(Notice.id))
    return [(one.kind, one.step) for one in found]


def test_who_took_over_hands_back_and_the_promises_go_along(beijing: Any, colleague: Any) -> None:
    call = beijing.log(promised_at="2099-11-24T10:00")
    call = beijing.act(call, "take_over", colleague)
    assert (call.owner_id, call.former_owner_id) == (colleague.person_id, beijing.hotline.person_id)
    call = beijing.act(call, "hand_back", colleague, reason="客户指名要罗文")
    assert (call.owner_id, call.former_owner_id) == (beijing.hotline.person_id, None)
    assert beijing.promises(call)[PROMISE].person_id == beijing.hotline.person_id
    beijing.house.see()
    assert notices_of(beijing.hotline) == [("taken", "take_over"), ("given", "hand_back")]


def test_a_call_is_not_thrown_to_and_fro(beijing: Any, colleague: Any) -> None:
    call = beijing.log()
    assert beijing.refused(call, "hand_back", beijing.hotline).kind is RefusalKind.OBJECTION
    call = beijing.act(beijing.act(call, "take_over", colleague), "hand_back", colleague)
    assert beijing.refused(call, "hand_back", beijing.hotline).kind is RefusalKind.OBJECTION


def test_whose_it_is_not_hands_nothing_back(beijing: Any, colleague: Any) -> None:
    call = beijing.act(beijing.log(), "take_over", colleague)
    assert beijing.refused(call, "hand_back", beijing.hotline).kind is RefusalKind.ROLE


def test_the_duty_manager_gives_a_call_to_a_colleague(beijing: Any, colleague: Any) -> None:
    call = beijing.log(promised_at="2099-11-24T10:00")
    call = beijing.act(
        call, "assign", beijing.duty, assigned_to_id=colleague.person_id, reason="罗文下午请假"
    )
    assert call.owner_id == colleague.person_id
    assert beijing.promises(call)[PROMISE].person_id == colleague.person_id
    beijing.house.see()
    assert notices_of(colleague) == [("given", "assign")]


def test_only_who_sits_at_the_hotline_is_given_calls_and_only_by_the_duty_manager(beijing: Any) -> None:
    call, engineer = beijing.log(), beijing.hire(FIELD_ENGINEER)
    assert set(beijing.refused(call, "assign", beijing.duty, assigned_to_id=engineer.person_id).errors) == {
        "assigned_to_id"
    }
    refused = beijing.refused(call, "assign", beijing.hotline, assigned_to_id=beijing.hotline.person_id)
    assert refused.kind is RefusalKind.ROLE


def test_the_time_line_says_from_whom_to_whom(beijing: Any, colleague: Any, sign_in: SignIn) -> None:
    call = beijing.act(beijing.log(), "take_over", colleague)
    page = said(sign_in(colleague).get(f"/BJ/hotline/call/{call.number}").text)
    assert "罗文 → 陈平" in page
    assert page.count("→ 陈平") == 1, "and not where nothing changed"
