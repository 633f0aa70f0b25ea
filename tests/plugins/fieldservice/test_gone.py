"""Who is away or has left holds up neither what was taken from a customer nor a conference (QI/05 3.3, 3.4, 3.7)."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from core import accounts, clock, ledger
from core.db import db
from core.deadlines import MET, MISSED, OPEN, is_for
from core.errors import RefusalKind
from core.people import Actor, Person
from core.roles import FIELD_ENGINEER, HOTLINE_ENGINEER, SUPPORT_MANAGER
from core.testing import SETTER_UP
from plugins.fieldservice.custody.models import Custody
from plugins.fieldservice.models import ServiceRequest
from tests.plugins.fieldservice.test_custody import in_the_office

AT_OFFICE, TELL, TELL_ABOVE = (
    f"fieldservice.{key}" for key in ("data_at_office", "tell_customer", "tell_escalated")
)
# Tuesday, ten o'clock in the office.
TEN = dt.datetime(2026, 11, 24, 2, tzinfo=dt.UTC)
DAY = dt.timedelta(days=1)
BACK = {"returned_to": "高敏", "back_on_paper": "档案柜 3"}
CHARGE = {"reason": "王力已离职，电话里说数据在他办公桌", "place": "保险柜 2"}


def leaves(centre: Any, who: Actor) -> None:
    """Close somebody's account for good."""
    accounts.leave(db.session.get_one(Person, who.person_id), SETTER_UP)
    centre.house.see()


def stands_in(centre: Any, who: Actor, other: Actor) -> None:
    """Let somebody be ill for a week from tomorrow on, and a colleague stand in."""
    week = {"first_day": (TEN + DAY).date(), "last_day": (TEN + 7 * DAY).date()}
    absence = centre.create("hotline.absence", "ask", who, kind="sick", **week)
    centre.act(absence, "approve", centre.duty)
    centre.act(absence, "substitute", centre.duty, substitute_id=other.person_id)
    centre.house.see()


def unsolved(centre: Any) -> tuple[ServiceRequest, Custody]:
    """Bring a request back unsolved, with data that are still on the way."""
    request = centre.explained()
    custody = centre.take_along(request)
    centre.act(request, "sign", centre.engineer, result="unsolved", signed_by="高敏", on_paper="档案柜 3")
    return centre.act(request, "turn_in", centre.engineer), custody


@pytest.mark.clause("QI/05 3.3")
@pytest.mark.clause("QI/05 3.4")
def test_a_manager_takes_over_what_somebody_had_who_has_left_and_says_why(beijing: Any) -> None:
    support = beijing.hire(SUPPORT_MANAGER, name="何志强")
    one = beijing.take_along(beijing.on_site())
    refused = beijing.refused(one, "take_charge", beijing.duty, **CHARGE)
    assert (refused.kind, "王力" in str(refused.objections[0].text)) == (RefusalKind.OBJECTION, True)
    leaves(beijing, beijing.engineer)
    assert beijing.refused(one, "give_back", beijing.duty, **BACK).kind is RefusalKind.ROLE
    assert beijing.refused(one, "take_charge", beijing.manager, **CHARGE).kind is RefusalKind.ROLE
    assert set(beijing.refused(one, "take_charge", support).errors) == {"reason", "place"}
    one = beijing.act(one, "take_charge", support, **CHARGE, at_office=True)
    assert (one.state, one.holder.name, one.owner.name, one.place) == ("held", "何志强", "王力", "保险柜 2")
    assert beijing.promises(one)[AT_OFFICE].state == MET
    row = ledger.last_of("fieldservice.custody", one.id)
    assert (row.details["values"]["reason"], one.reason) == (CHARGE["reason"], CHARGE["reason"])
    assert beijing.act(one, "give_back", support, **BACK).state == "returned"


@pytest.mark.clause("QI/05 3.3")
def test_what_a_manager_has_on_the_way_he_brings(beijing: Any) -> None:
    with clock.stopped_at(TEN):
        one = beijing.take_along(beijing.on_site(), kind="dongle")
    leaves(beijing, beijing.engineer)
    with clock.stopped_at(TEN + DAY):
        one = beijing.act(one, "take_charge", beijing.duty, **CHARGE)
        promise = beijing.promises(one)[AT_OFFICE]
        assert (one.state, one.received_at, promise.state) == ("taken", None, OPEN)
        assert promise.person_id == beijing.duty.person_id
    with clock.stopped_at(TEN + 2 * DAY):
        beijing.act(one, "offer", beijing.duty, offered_to_id=beijing.hotline.person_id, place="保险柜 2")
        assert beijing.act(one, "accept", beijing.hotline).received_at == TEN + 2 * DAY
    assert beijing.promises(one)[AT_OFFICE].state == MISSED


@pytest.mark.clause("QI/05 3.3")
@pytest.mark.parametrize("state", ["offered", "witnessed"])
def test_whoever_was_to_confirm_it_has_nothing_to_confirm_when_its_holder_is_gone(
    beijing: Any, state: str
) -> None:
    one = in_the_office(beijing, beijing.take_along(beijing.on_site()))
    told = {"offered_to_id": beijing.engineer.person_id}
    if state == "offered":
        beijing.act(one, "offer", beijing.duty, **told, place="测试机房")
    else:
        beijing.act(one, "destroy", beijing.duty, **told, fate="格式化后粉碎")
    support = beijing.hire(SUPPORT_MANAGER, name="何志强")
    leaves(beijing, beijing.duty)
    one = beijing.act(one, "take_charge", support, **CHARGE)
    assert (one.state, one.holder.name, one.offered_to, one.fate) == ("held", "何志强", None, "")


@pytest.mark.clause("QI/05 3.3")
def test_what_somebody_has_who_is_ill_is_taken_over_while_he_is_away(beijing: Any) -> None:
    other = beijing.hire(FIELD_ENGINEER, name="孙丽")
    with clock.stopped_at(TEN):
        one = beijing.take_along(beijing.on_site())
        stands_in(beijing, beijing.engineer, other)
        assert beijing.refused(one, "take_charge", beijing.duty, **CHARGE).kind is RefusalKind.OBJECTION
    with clock.stopped_at(TEN + DAY):
        assert beijing.act(one, "take_charge", beijing.duty, **CHARGE).holder.name == "周艳"


@pytest.mark.clause("QI/05 3.7")
def test_the_customer_is_told_by_who_took_it_the_duty_manager_or_who_stands_in(beijing: Any) -> None:
    other, third = (beijing.hire(FIELD_ENGINEER, name=name) for name in ("孙丽", "赵海燕"))
    with clock.stopped_at(TEN):
        one = beijing.take_along(beijing.on_site())
        refused = beijing.refused(one, "tell", other, told="正在查")
        assert (refused.kind, "王力" in str(refused.objections[0].text)) == (RefusalKind.OBJECTION, True)
        beijing.act(one, "tell", beijing.duty, told="正在查")
        stands_in(beijing, beijing.engineer, other)
    with clock.stopped_at(TEN + 2 * DAY):
        assert beijing.promises(one)[TELL].person_id == other.person_id
        assert beijing.refused(one, "tell", third, told="正在查").kind is RefusalKind.OBJECTION
        beijing.act(one, "tell", other, told="仍在查")
    states = [row.state for row in beijing.every_promise(one) if row.key == TELL]
    assert states == [MET, MET, OPEN]


@pytest.mark.clause("QI/05 3.7")
def test_what_was_promised_in_the_name_of_who_has_left_waits_for_the_engineers_again_and_again(
    beijing: Any,
) -> None:
    other = beijing.hire(FIELD_ENGINEER, name="孙丽")
    one = beijing.take_along(beijing.on_site())
    leaves(beijing, beijing.engineer)
    assert beijing.refused(one, "tell", beijing.hotline, told="正在查").kind is RefusalKind.OBJECTION
    for who in (other, beijing.duty, other):
        promise = beijing.promises(one)[TELL]
        assert (promise.state, promise.person_id, promise.role) == (OPEN, None, FIELD_ENGINEER.key)
        beijing.act(one, "tell", who, told="正在查")


@pytest.mark.clause("QI/05 3.7")
def test_the_same_holds_while_the_problem_is_before_head_office(beijing: Any) -> None:
    other, third = (beijing.hire(FIELD_ENGINEER, name=name) for name in ("孙丽", "赵海燕"))
    with clock.stopped_at(TEN):
        one = beijing.escalated()
        assert beijing.refused(one, "tell", other, said="正在查").kind is RefusalKind.OBJECTION
        stands_in(beijing, beijing.engineer, other)
    with clock.stopped_at(TEN + 2 * DAY):
        beijing.act(one, "tell", other, said="正在查")
        beijing.act(one, "tell", beijing.hire(HOTLINE_ENGINEER, name="陈静"), said="正在查")
    leaves(beijing, beijing.engineer)
    beijing.act(one, "tell", third, said="正在查")
    promise = beijing.promises(one)[TELL_ABOVE]
    assert (promise.state, promise.person_id) == (OPEN, None)


@pytest.mark.clause("QI/05 3.4")
def test_a_conference_goes_without_whoever_took_the_data_only_when_he_has_left_and_with_a_reason(
    beijing: Any,
) -> None:
    request, _custody = unsolved(beijing)
    conference = beijing.conferring(request)
    held = {"participants": [str(beijing.duty.person_id)], "said": "需要数据", "outcome": "none"}
    reason = {"reason": "王力已离职"}
    assert set(beijing.refused(conference, "hold", beijing.duty, **held, **reason).errors) == {"participants"}
    leaves(beijing, beijing.engineer)
    assert set(beijing.refused(conference, "hold", beijing.duty, **held).errors) == {"reason"}
    conference = beijing.act(conference, "hold", beijing.duty, **held, **reason)
    assert (conference.state, conference.reason) == ("held", "王力已离职")


@pytest.mark.clause("QI/05 3.4")
def test_nor_while_he_is_here_but_while_he_is_away(beijing: Any) -> None:
    other = beijing.hire(FIELD_ENGINEER, name="孙丽")
    with clock.stopped_at(TEN):
        request, _custody = unsolved(beijing)
        conference = beijing.conferring(request)
        stands_in(beijing, beijing.engineer, other)
        held = {"participants": [str(beijing.duty.person_id)], "said": "需要数据", "outcome": "none"}
        ill = {"reason": "王力住院"}
        assert set(beijing.refused(conference, "hold", beijing.duty, **held, **ill).errors) == {
            "participants"
        }
    with clock.stopped_at(TEN + DAY):
        assert set(beijing.refused(conference, "hold", beijing.duty, **held).errors) == {"reason"}
        assert beijing.act(conference, "hold", beijing.duty, **held, **ill).state == "held"


@pytest.mark.clause("QI/04 3.1.2")
def test_a_visit_that_comes_back_to_who_has_left_waits_for_the_engineers(beijing: Any) -> None:
    other = beijing.hire(FIELD_ENGINEER, name="孙丽")
    request = beijing.act(beijing.dispatched(), "confirm", beijing.engineer)
    request = beijing.act(request, "phoned", beijing.engineer, phone_outcome="by_phone", phone_note="重启")
    leaves(beijing, beijing.engineer)
    request = beijing.act(request, "back_to_engineer", beijing.duty, reason="还没好")
    promises = [one for one in beijing.promises(request).values() if one.state == OPEN]
    assert {one.key for one in promises} == {"fieldservice.first_call", "fieldservice.visit"}
    assert all(is_for(one, other) for one in promises)
