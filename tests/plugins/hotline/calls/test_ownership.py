"""First-contact ownership: a call is always somebody's, and everybody sees whose (QI/03 3.1.9)."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from sqlalchemy import select

from core import accounts, clock
from core.db import db
from core.deadlines import is_for
from core.errors import RefusalKind
from core.people import Person
from core.roles import DUTY_MANAGER, FIELD_ENGINEER, HOTLINE_ENGINEER, Role
from core.talk.models import Notice
from core.testing import SETTER_UP, SignIn, said

pytestmark = pytest.mark.clause("QI/03 3.1.9")
PROMISE, TEST = "hotline.promise", "hotline.long_test"
MONDAY = dt.datetime(2026, 11, 23, 2, tzinfo=dt.UTC)


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


def away_today(centre: Any, who: Any) -> None:
    today = f"{clock.now():%Y-%m-%d}"
    said_so = {"kind": "leave", "first_day": today, "last_day": today}
    absence = centre.create("hotline.absence", "ask", who, **said_so)
    centre.act(absence, "approve", centre.duty)


def loses_the_role(centre: Any, who: Any) -> None:
    accounts.take_role(db.session.get_one(Person, who.person_id), centre.office, HOTLINE_ENGINEER, SETTER_UP)


def leaves(_centre: Any, who: Any) -> None:
    accounts.leave(db.session.get_one(Person, who.person_id), SETTER_UP)


@pytest.mark.parametrize("goes", [away_today, loses_the_role, leaves])
def test_nothing_goes_to_a_desk_where_nobody_sits(beijing: Any, colleague: Any, goes: Any) -> None:
    with clock.stopped_at(MONDAY):
        first = beijing.act(beijing.log(by=colleague), "take_over", beijing.hotline)
        other = beijing.log()
        goes(beijing, colleague)
        beijing.house.see()
        refused = beijing.refused(first, "hand_back", beijing.hotline)
        assert (refused.kind, refused.sentence.values) == (RefusalKind.OBJECTION, {"name": "陈平"})
        wrong = beijing.refused(other, "assign", beijing.duty, assigned_to_id=colleague.person_id)
        assert set(wrong.errors) == {"assigned_to_id"}


def test_who_is_back_is_given_calls_again(beijing: Any, colleague: Any) -> None:
    with clock.stopped_at(MONDAY):
        first = beijing.act(beijing.log(by=colleague), "take_over", beijing.hotline)
        away_today(beijing, colleague)
    with clock.stopped_at(MONDAY + dt.timedelta(days=1)):
        assert beijing.act(first, "hand_back", beijing.hotline).owner_id == colleague.person_id
        other = beijing.act(beijing.log(), "assign", beijing.duty, assigned_to_id=colleague.person_id)
    assert other.owner_id == colleague.person_id


@pytest.mark.parametrize("goes_on_as", [None, FIELD_ENGINEER])
def test_what_is_promised_in_the_name_of_who_is_at_the_hotline_no_more_waits_for_the_hotline(
    beijing: Any, colleague: Any, goes_on_as: Role | None
) -> None:
    call = beijing.log()
    owner = db.session.get_one(Person, beijing.hotline.person_id)
    if goes_on_as:
        accounts.give_roles(owner, [(beijing.office, goes_on_as)], SETTER_UP)
    accounts.take_role(owner, beijing.office, HOTLINE_ENGINEER, SETTER_UP)
    call = beijing.act(call, "park", beijing.duty)
    promise = beijing.promises(call)[TEST]
    assert (promise.person_id, promise.role) == (None, HOTLINE_ENGINEER.key)
    assert is_for(promise, colleague)


def test_what_is_promised_in_the_name_of_a_duty_manager_who_took_a_call_is_his(beijing: Any) -> None:
    call = beijing.act(beijing.log(), "take_over", beijing.duty)
    call = beijing.act(call, "park", beijing.hire(DUTY_MANAGER, name="何志强"))
    assert beijing.promises(call)[TEST].person_id == beijing.duty.person_id


def test_a_call_goes_back_to_the_duty_manager_who_took_it_first(beijing: Any) -> None:
    call = beijing.act(beijing.log(by=beijing.duty), "take_over", beijing.hotline)
    assert beijing.act(call, "hand_back", beijing.hotline).owner_id == beijing.duty.person_id


def test_another_offices_absence_keeps_nobody_from_his_calls(
    beijing: Any, shanghai: Any, colleague: Any
) -> None:
    with clock.stopped_at(MONDAY):
        away_today(shanghai, shanghai.hotline)
        call = beijing.act(beijing.log(), "assign", beijing.duty, assigned_to_id=colleague.person_id)
    assert call.owner_id == colleague.person_id
