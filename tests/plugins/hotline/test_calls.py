"""A call from the first word to its outcome (QI/03)."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from core import clock, ledger
from core.deadlines import DROPPED, MET, MISSED, OPEN
from core.errors import RefusalKind, Refused
from core.numbers import NumberVoid
from core.roles import HOTLINE_ENGINEER
from core.testing import House
from plugins.hotline.models import Call

NINE = dt.datetime(2026, 11, 23, 1, tzinfo=dt.UTC)
PARK = "hotline.long_test"
DEMAND = "hotline.same_day_demand"


def minutes_after(start: dt.datetime, minutes: int) -> Any:
    """Stop the clock so many minutes later."""
    return clock.stopped_at(start + dt.timedelta(minutes=minutes))


@pytest.mark.clause("QP/2-04 5.2")
@pytest.mark.parametrize("channel", ["phone", "fax", "letter", "email", "walk_in"])
def test_every_channel_is_accepted_and_numbered(beijing: Any, channel: str, house: House) -> None:
    call = beijing.log(channel=channel)
    assert (call.state, call.number[:5], call.channel) == ("open", "BJ-H-", channel)
    assert call.owner_id == beijing.hotline.person_id
    assert list(ledger.verify(beijing.office.id)) == []


@pytest.mark.clause("QI/03 3.1.6")
@pytest.mark.clause("QI/03 3.1.8")
def test_nothing_vague_or_missing_gets_into_the_log(beijing: Any, house: House) -> None:
    customer = house.customer(beijing.office)
    with pytest.raises(Refused) as refused:
        beijing.log(customer, happens="软件有问题", module="", phone="")
    assert refused.value.kind is RefusalKind.FORM
    assert set(refused.value.errors) == {"happens", "module", "phone"}


@pytest.mark.clause("QP/2-04 5.3")
@pytest.mark.clause("QI/03 3.1.9")
def test_a_call_is_solved_by_phone(beijing: Any) -> None:
    call = beijing.act(beijing.log(), "solve", beijing.hotline, answer="重建索引后反结账成功")
    assert (call.state, call.answer) == ("solved", "重建索引后反结账成功")


@pytest.mark.clause("QI/03 3.1.9")
def test_a_call_is_not_closed_without_an_outcome(beijing: Any) -> None:
    refused = beijing.refused(beijing.log(), "solve", beijing.hotline, answer="已解决")
    assert set(refused.errors) == {"answer"}


@pytest.mark.clause("QI/03 3.1.9")
@pytest.mark.parametrize(
    "step", ["solve", "park", "demand", "hand_over", "request_visit", "complain", "cancel"]
)
def test_only_the_owner_decides_the_outcome(beijing: Any, step: str) -> None:
    call, colleague = beijing.log(), beijing.hire(HOTLINE_ENGINEER)
    refused = beijing.refused(call, step, colleague)
    assert refused.kind is RefusalKind.ROLE
    assert beijing.refused(call, "solve", beijing.duty).kind is RefusalKind.FORM


@pytest.mark.clause("QI/03 3.1.9")
def test_who_takes_a_call_over_owns_it_and_its_promises(beijing: Any) -> None:
    call, colleague = beijing.log(), beijing.hire(HOTLINE_ENGINEER)
    call = beijing.act(call, "park", beijing.hotline)
    assert beijing.promises(call)[PARK].person_id == beijing.hotline.person_id
    call = beijing.act(call, "take_over", colleague)
    assert call.owner_id == colleague.person_id
    assert beijing.promises(call)[PARK].person_id == colleague.person_id
    assert beijing.refused(call, "resume", beijing.hotline).kind is RefusalKind.ROLE
    assert beijing.act(call, "solve", colleague, answer="重建索引后反结账成功").state == "solved"


@pytest.mark.clause("QI/03 3.2.5")
@pytest.mark.parametrize(("minutes", "state"), [(60, MET), (61, MISSED)])
def test_a_long_test_is_answered_within_an_hour(beijing: Any, minutes: int, state: str) -> None:
    with clock.stopped_at(NINE):
        call = beijing.act(beijing.log(), "park", beijing.hotline)
        assert beijing.promises(call)[PARK].due_at == NINE + dt.timedelta(hours=1)
    with minutes_after(NINE, minutes):
        call = beijing.act(call, "resume", beijing.hotline, answer="测试复现，补丁今晚发出")
    assert (call.state, beijing.promises(call)[PARK].state) == ("open", state)


@pytest.mark.clause("QI/03 3.2.5")
def test_who_goes_on_after_a_long_test_says_what_the_customer_was_told(beijing: Any) -> None:
    call = beijing.act(beijing.log(), "park", beijing.hotline)
    for nothing in ({}, {"answer": "已解决"}):
        assert set(beijing.refused(call, "resume", beijing.hotline, **nothing).errors) == {"answer"}
    assert beijing.promises(call)[PARK].state == OPEN
    call = beijing.act(call, "resume", beijing.hotline, answer="测试复现，补丁今晚发出")
    assert (call.state, call.answer) == ("open", "测试复现，补丁今晚发出")


@pytest.mark.clause("QI/03 3.2.5")
def test_the_hour_of_a_long_test_counts_working_time_only(beijing: Any) -> None:
    with minutes_after(NINE, 120):
        call = beijing.act(beijing.log(), "park", beijing.hotline)
    assert beijing.promises(call)[PARK].due_at == NINE + dt.timedelta(hours=4)


@pytest.mark.clause("QI/03 3.1.7")
@pytest.mark.clause("QI/03 3.2.8")
@pytest.mark.parametrize(("minutes", "state"), [(60, MET), (61, MISSED)])
def test_a_same_day_demand_is_answered_within_an_hour(beijing: Any, minutes: int, state: str) -> None:
    with clock.stopped_at(NINE):
        call = beijing.act(beijing.log(), "demand", beijing.hotline, demand="今天必须有人来")
    promise = beijing.promises(call)[DEMAND]
    assert (promise.role, promise.person_id, promise.clause) == ("duty_manager", None, "QI/03 3.1.7")
    with minutes_after(NINE, minutes):
        assert beijing.refused(call, "answer_demand", beijing.hotline).kind is RefusalKind.ROLE
        call = beijing.act(call, "answer_demand", beijing.duty, answer="约定明天上午九点上门")
    assert (call.state, beijing.promises(call)[DEMAND].state) == ("open", state)


@pytest.mark.clause("QI/03 3.1.7")
def test_the_hour_for_a_same_day_demand_is_shorter_in_shanghai(shanghai: Any, beijing: Any) -> None:
    with clock.stopped_at(NINE):
        here, there = (
            centre.act(centre.log(), "demand", centre.hotline, demand="今天必须有人来")
            for centre in (shanghai, beijing)
        )
    assert shanghai.promises(here)[DEMAND].due_at == NINE + dt.timedelta(minutes=45)
    assert beijing.promises(there)[DEMAND].due_at == NINE + dt.timedelta(minutes=60)


@pytest.mark.clause("QI/03 3.2.6")
@pytest.mark.clause("QI/03 3.3.1")
def test_a_call_is_handed_to_the_regional_manager_who_settles_it(beijing: Any) -> None:
    call = beijing.act(beijing.log(), "hand_over", beijing.hotline, reason="服务到期，用户要求说明")
    promise = beijing.promises(call)["hotline.settle"]
    assert (promise.role, promise.clause, promise.state) == ("regional_manager", "", OPEN)
    assert beijing.refused(call, "settle", beijing.duty, answer="已说明续费办法").kind is RefusalKind.ROLE
    call = beijing.act(call, "settle", beijing.manager, answer="已说明续费办法，用户考虑")
    assert (call.state, beijing.promises(call)["hotline.settle"].state) == ("settled", MET)


@pytest.mark.clause("QI/03 flow")
def test_what_comes_to_its_end_promises_nothing_more(beijing: Any) -> None:
    call = beijing.act(beijing.log(), "park", beijing.hotline)
    call = beijing.act(call, "cancel", beijing.hotline, reason="重复登记")
    assert beijing.promises(call)[PARK].state == DROPPED


@pytest.mark.clause("QI/03 3.1.9")
def test_a_cancelled_call_needs_a_reason_and_voids_its_number(beijing: Any, house: House) -> None:
    call = beijing.log()
    assert set(beijing.refused(call, "cancel", beijing.hotline).errors) == {"reason"}
    beijing.act(call, "cancel", beijing.hotline, reason="重复登记")
    house.see()
    void = NumberVoid.query.filter_by(number=call.number).one()
    assert void.reason == "重复登记"
    assert beijing.refused(call, "reopen", beijing.hotline, reason="又来电").kind is RefusalKind.STATE


@pytest.mark.clause("QI/03 3.1.9")
def test_who_reopens_a_call_owns_it(beijing: Any) -> None:
    call, colleague = beijing.log(), beijing.hire(HOTLINE_ENGINEER)
    beijing.act(call, "solve", beijing.hotline, answer="重建索引后反结账成功")
    assert set(beijing.refused(call, "reopen", colleague).errors) == {"reason"}
    call = beijing.act(call, "reopen", colleague, reason="用户再次来电，问题重现")
    assert (call.state, call.owner_id) == ("open", colleague.person_id)


@pytest.mark.clause("QI/03 3.1.6")
def test_a_symptom_is_corrected_but_never_made_vague(beijing: Any) -> None:
    call = beijing.log()
    corrected = {"module": "总账", "operation": "结账", "happens": "不好用"}
    assert set(beijing.refused(call, "correct", beijing.hotline, **corrected).errors) == {"happens"}
    call = beijing.act(call, "correct", beijing.hotline, **corrected | {"happens": "结账第三步停住"})
    assert (call.operation, call.happens) == ("结账", "结账第三步停住")


@pytest.mark.clause("QI/03 3.2.2")
def test_the_product_is_one_of_the_chosen_customer(beijing: Any, house: House) -> None:
    mine, other = house.customer(beijing.office), house.customer(beijing.office, name="恒远物流")
    with pytest.raises(Refused) as refused:
        beijing.log(mine, installation_id=other.installations[0].id)
    assert set(refused.value.errors) == {"installation_id"}
    call = beijing.log(mine, installation_id=mine.installations[0].id)
    assert call.installation.customer_id == mine.id
    assert set(
        beijing.refused(
            call,
            "correct",
            beijing.hotline,
            module="总账",
            operation="结账",
            happens="结账第三步停住",
            installation_id=other.installations[0].id,
        ).errors
    ) == {"installation_id"}


@pytest.mark.clause("QI/03 3.2.2")
@pytest.mark.parametrize("typed", ["", "0", "999999", "x", "1 or 1=1", "9" * 30])
def test_a_customer_who_is_nobody_is_refused(beijing: Any, typed: str) -> None:
    with pytest.raises(Refused) as refused:
        beijing.create("hotline.call", "log", beijing.hotline, customer_id=typed)
    assert "customer_id" in refused.value.errors
    assert Call.query.count() == 0


@pytest.mark.clause("QI/03 3.2.2")
def test_another_offices_customer_is_not_in_the_file(beijing: Any, shanghai: Any, house: House) -> None:
    theirs = house.customer(shanghai.office)
    with pytest.raises(Refused) as refused:
        beijing.log(theirs)
    assert set(refused.value.errors) == {"customer_id"}
