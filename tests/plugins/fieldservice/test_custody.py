"""What was taken from a customer goes from hand to hand, and nothing ends while it is out (QI/05 3.3-3.7)."""

from __future__ import annotations

import datetime as dt
import io
from typing import Any

import pytest

from core import clock
from core.db import db
from core.deadlines import MET, OPEN
from core.errors import RefusalKind
from core.roles import SENIOR_ENGINEER
from core.rules import rules_of
from core.talk import files
from core.talk.topics import topic_of
from core.testing import House
from plugins.fieldservice.custody.models import Custody
from plugins.fieldservice.models import ServiceRequest

AT_OFFICE, TELL = "fieldservice.data_at_office", "fieldservice.tell_customer"
# Tuesday, ten o'clock in the office.
TEN = dt.datetime(2026, 11, 24, 2, tzinfo=dt.UTC)
NOON = dt.timedelta(hours=2)


def document(centre: Any, one: Custody) -> None:
    """Attach the problem document with its screenshots."""
    topic = topic_of(rules_of(centre.office), "fieldservice.custody", one.id)
    sent = [files.Sent("问题说明.txt", io.BytesIO(b"see the screenshots"))]
    kept, wrong = files.attach(topic, sent, centre.engineer)
    assert (len(kept), wrong) == (1, [])
    centre.house.see()


def in_the_office(centre: Any, one: Custody) -> Custody:
    """Let the engineer bring it, and the duty manager confirm that he has it."""
    document(centre, one)
    centre.act(one, "offer", centre.engineer, offered_to_id=centre.duty.person_id, place="保险柜 2")
    taken: Custody = centre.act(one, "accept", centre.duty)
    return taken


@pytest.mark.clause("QI/05 3.3")
def test_data_leave_the_customer_with_his_consent_and_our_undertaking(beijing: Any) -> None:
    request = beijing.on_site()
    refused = beijing.refused(request, "take_along", beijing.engineer, kind="data")
    assert set(refused.errors) == {
        "media",
        "description",
        "undertaking",
        "provided_by",
        "signature",
        "account_sets",
    }
    one = beijing.take_along(request)
    assert (one.state, one.number[:6], one.request, one.customer) == (
        "taken",
        "BJ-CU-",
        request,
        request.customer,
    )
    assert (one.owner.name, one.holder.name, one.account_sets) == ("王力", "王力", "001")


@pytest.mark.clause("QI/05 3.3")
@pytest.mark.clause("QI/04 3.1.7")
def test_who_agrees_that_data_are_taken_has_not_signed_for_the_visit_nor_the_other_way_round(
    beijing: Any,
) -> None:
    request = beijing.explained()
    custody = beijing.take_along(request)
    assert custody.signature
    assert (request.signature, request.on_paper, request.signed_by) == ("", "", "")
    signed = beijing.signed()
    assert signed.signature
    assert "signature" in beijing.refused(signed, "take_along", beijing.engineer, kind="data").errors


@pytest.mark.clause("QI/05 3.3")
def test_it_is_at_the_office_the_next_morning_with_the_problem_document(beijing: Any) -> None:
    with clock.stopped_at(TEN):
        request = beijing.on_site()
        one = beijing.take_along(request)
        promises = beijing.promises(one)
        assert promises[AT_OFFICE].due_at == TEN + dt.timedelta(days=1) + NOON
        assert promises[TELL].state == OPEN
    beijing.act(one, "offer", beijing.engineer, offered_to_id=beijing.duty.person_id, place="保险柜 2")
    assert beijing.refused(one, "accept", beijing.duty).kind is RefusalKind.OBJECTION
    document(beijing, one)
    one = beijing.act(one, "accept", beijing.duty)
    assert (one.state, one.holder.name, one.place) == ("held", "周艳", "保险柜 2")
    assert beijing.promises(one)[AT_OFFICE].state in (MET, "missed")


@pytest.mark.clause("QI/05 3.3")
def test_what_a_colleague_has_at_home_is_not_at_the_office_and_he_brings_it(beijing: Any) -> None:
    senior = beijing.hire(SENIOR_ENGINEER, name="郑国栋")
    with clock.stopped_at(TEN):
        one = beijing.take_along(beijing.on_site())
    with clock.stopped_at(TEN + dt.timedelta(hours=12)):
        beijing.act(one, "offer", beijing.engineer, offered_to_id=senior.person_id, place="郑国栋家里")
        one = beijing.act(one, "accept_on_the_way", senior)
    promise = beijing.promises(one)[AT_OFFICE]
    assert (one.state, one.holder.name, one.received_at) == ("taken", "郑国栋", None)
    assert (promise.state, promise.person_id) == (OPEN, senior.person_id)
    document(beijing, one)
    with clock.stopped_at(TEN + dt.timedelta(days=1)):
        beijing.act(one, "offer", senior, offered_to_id=beijing.duty.person_id, place="保险柜 2")
        one = beijing.act(one, "accept", beijing.duty)
    assert (one.state, one.received_at) == ("held", TEN + dt.timedelta(days=1))
    assert beijing.promises(one)[AT_OFFICE].state == MET
    beijing.act(one, "offer", beijing.duty, offered_to_id=senior.person_id, place="测试机房")
    assert beijing.refused(one, "accept_on_the_way", senior).kind is RefusalKind.OBJECTION


@pytest.mark.clause("QI/05 3.3")
def test_it_changes_hands_when_both_have_confirmed_it(beijing: Any, house: House) -> None:
    senior = beijing.hire(SENIOR_ENGINEER, name="郑国栋")
    one = in_the_office(beijing, beijing.take_along(beijing.on_site()))
    to_senior = {"offered_to_id": senior.person_id, "place": "测试机房"}
    assert beijing.refused(one, "offer", beijing.engineer, **to_senior).kind is RefusalKind.ROLE
    assert set(
        beijing.refused(one, "offer", beijing.duty, offered_to_id=beijing.duty.person_id, place="x").errors
    ) == {"offered_to_id"}
    one = beijing.act(one, "offer", beijing.duty, **to_senior)
    assert (one.state, one.holder.name) == ("offered", "周艳")
    assert beijing.refused(one, "accept", beijing.engineer).kind is RefusalKind.ROLE
    one = beijing.act(one, "decline", senior, reason="U 盘不在这里")
    assert (one.state, one.holder.name, one.offered_to) == ("held", "周艳", None)
    beijing.act(one, "offer", beijing.duty, **to_senior)
    assert beijing.act(one, "accept", senior).holder.name == "郑国栋"


def test_its_way_from_hand_to_hand_is_told_by_name(beijing: Any, sit_down: Any) -> None:
    one = in_the_office(beijing, beijing.take_along(beijing.on_site()))
    story = sit_down(beijing, beijing.duty).get(f"custody/{one.number}").partition("What happened")[2]
    assert "<dt>To whom</dt><dd>周艳</dd>" in story


@pytest.mark.clause("QI/05 3.4")
@pytest.mark.parametrize("ending", ["close", "cancel"])
def test_no_problem_ends_while_something_is_out_by_whatever_way(beijing: Any, ending: str) -> None:
    request = beijing.on_site() if ending == "cancel" else beijing.explained()
    one = beijing.take_along(request)
    said = {"reason": "用户取消"} if ending == "cancel" else {}
    if ending == "close":
        signed = {"result": "all_solved", "signed_by": "高敏", "on_paper": "档案柜 3"}
        beijing.act(request, "sign", beijing.engineer, **signed)
        beijing.act(request, "turn_in", beijing.engineer)
    else:
        beijing.act(request, "recall", beijing.duty, reason="换人")
    refused = beijing.refused(request, ending, beijing.duty, **said)
    assert (refused.kind, one.number in str(refused.objections[0].text)) == (RefusalKind.OBJECTION, True)
    beijing.act(one, "give_back", beijing.engineer, returned_to="高敏", back_on_paper="档案柜 3")
    assert beijing.procedure(request)
    assert beijing.act(request, ending, beijing.duty, **said).state in ("closed", "cancelled")


@pytest.mark.clause("QI/05 3.4")
def test_who_took_the_data_takes_part_in_the_conference(beijing: Any) -> None:
    request = beijing.explained()
    beijing.take_along(request)
    beijing.act(request, "sign", beijing.engineer, result="unsolved", signed_by="高敏", on_paper="档案柜 3")
    beijing.act(request, "turn_in", beijing.engineer)
    conference = beijing.conferring(request)
    held = {"said": "需要数据", "outcome": "none"}
    refused = beijing.refused(
        conference, "hold", beijing.duty, participants=[str(beijing.duty.person_id)], **held
    )
    assert "王力" in str(refused.errors["participants"][0])
    both = [str(beijing.duty.person_id), str(beijing.engineer.person_id)]
    assert beijing.act(conference, "hold", beijing.duty, participants=both, **held).state == "held"


@pytest.mark.clause("QI/05 3.4")
def test_the_next_visit_goes_out_while_the_data_are_here_and_the_last_one_does_not_end(beijing: Any) -> None:
    request = beijing.explained()
    one = beijing.take_along(request)
    beijing.act(request, "sign", beijing.engineer, result="partly", signed_by="高敏", on_paper="档案柜 3")
    beijing.act(request, "turn_in", beijing.engineer)
    beijing.act(beijing.confer(request, "带补丁"), "send_again", beijing.duty, advice="带补丁")
    again = db.session.query(ServiceRequest).filter_by(previous_id=request.id).one()
    refused = beijing.refused(again, "cancel", beijing.duty, reason="用户取消")
    assert one.number in str(refused.objections[0].text)


@pytest.mark.clause("QI/05 3.4")
def test_it_is_given_back_against_a_signature_or_destroyed_before_a_witness(beijing: Any) -> None:
    one = in_the_office(beijing, beijing.take_along(beijing.on_site()))
    assert set(beijing.refused(one, "give_back", beijing.duty, returned_to="高敏").errors) == {
        "back_signature"
    }
    watched = {"fate": "格式化后粉碎", "offered_to_id": beijing.engineer.person_id}
    one = beijing.act(one, "destroy", beijing.duty, **watched)
    assert beijing.refused(one, "witness", beijing.duty).kind is RefusalKind.ROLE
    assert beijing.act(one, "spare", beijing.engineer, reason="客户要求退回").state == "held"
    beijing.act(one, "destroy", beijing.duty, **watched)
    one = beijing.act(one, "witness", beijing.engineer)
    assert (one.state, one.holder, one.fate) == ("destroyed", None, "格式化后粉碎")


@pytest.mark.clause("QI/05 3.7")
def test_the_customer_is_told_every_three_days_and_only_telling_him_meets_it(beijing: Any) -> None:
    with clock.stopped_at(TEN):
        one = beijing.take_along(beijing.on_site())
    first = beijing.promises(one)[TELL]
    with clock.stopped_at(TEN + dt.timedelta(days=1)):
        one = in_the_office(beijing, one)
    assert beijing.promises(one)[TELL].state == OPEN
    assert set(beijing.refused(one, "tell", beijing.engineer).errors) == {"told"}
    with clock.stopped_at(TEN + dt.timedelta(days=2)):
        beijing.act(one, "tell", beijing.engineer, told="数据已在测试，明天再告知")
    told = [promise for promise in beijing.every_promise(one) if promise.key == TELL]
    assert [promise.state for promise in told] == [MET, OPEN]
    assert told[1].due_at > first.due_at


@pytest.mark.clause("QI/05 3.7")
def test_three_days_count_the_weekend(beijing: Any) -> None:
    with clock.stopped_at(TEN + dt.timedelta(days=3)):
        one = beijing.take_along(beijing.on_site())
    assert beijing.promises(one)[TELL].due_at == TEN + dt.timedelta(days=6, hours=7)
