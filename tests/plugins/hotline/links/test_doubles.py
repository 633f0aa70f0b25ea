"""One problem is one call: doubles are merged, two problems are split, what follows says on what."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import event

from core import clock
from core.db import db
from core.deadlines import DROPPED, OPEN
from core.errors import RefusalKind, Refused
from core.roles import ADMINISTRATOR, FIELD_ENGINEER, HOTLINE_ENGINEER
from core.testing import SignIn, said
from plugins.fieldservice.testing import VISIT
from plugins.hotline.links.cards import links_card
from plugins.hotline.models import Call

NINE = dt.datetime(2026, 11, 23, 1, tzinfo=dt.UTC)
PROMISE = "hotline.promise"
SECOND = {
    "second_module": "工资",
    "second_operation": "计算个人所得税",
    "second_happens": "税率表里没有新起征点，算出来的税多扣",
}


@pytest.fixture
def customer(beijing: Any) -> Any:
    return beijing.house.customer(beijing.office)


@pytest.fixture
def first(beijing: Any, customer: Any) -> Any:
    return beijing.log(customer)


def merge(beijing: Any, double: Any, kept: Any, by: Any = None) -> Any:
    return beijing.act(double, "merge", by or beijing.hotline, into_id=kept.id)


def card_of(beijing: Any, case: Any, actor: Any = None) -> list[tuple[str, str]]:
    """Return what the card of linked calls says beside a case."""
    cards = beijing.cards(case, actor or beijing.duty, "hotline")
    (values,) = [one.values for one in cards if one.title.msgid == "Linked calls"]
    return [(one.how.msgid, one.number) for one in values["related"]]


def test_the_double_ends_and_both_pages_name_the_other(beijing: Any, customer: Any, first: Any) -> None:
    double = merge(beijing, beijing.log(customer), first)
    assert (double.state, first.state) == ("merged", "open")
    assert card_of(beijing, double) == [("merged into", first.number)]
    assert card_of(beijing, first) == [("its double", double.number)]


@pytest.mark.parametrize(("hour", "due"), [(None, 15), (16, 15), (14, 14)])
def test_the_earlier_promise_is_kept(beijing: Any, customer: Any, hour: int | None, due: int) -> None:
    with clock.stopped_at(NINE):
        kept = beijing.log(customer, **({"promised_at": f"2026-11-23T{hour}:00"} if hour else {}))
        double = beijing.log(customer, promised_at="2026-11-23T15:00", promise="告知测试结果")
        double = merge(beijing, double, kept)
    assert beijing.promises(double)[PROMISE].state == DROPPED
    assert beijing.promises(kept)[PROMISE].due_at.hour + 8 == due
    assert [one.state for one in beijing.every_promise(kept)].count(OPEN) == 1
    assert (kept.promise == "告知测试结果") is (due == 15)


def test_a_merge_is_undone_and_what_was_promised_is_promised_again(
    beijing: Any, customer: Any, first: Any
) -> None:
    with clock.stopped_at(NINE):
        double = merge(beijing, beijing.log(customer, promised_at="2026-11-23T15:00"), first)
        double = beijing.act(double, "unmerge", beijing.hotline)
    assert (double.state, beijing.promises(double)[PROMISE].state) == ("open", OPEN)
    assert beijing.promises(first)[PROMISE].state == OPEN, "whoever was told a time is phoned"
    assert card_of(beijing, double) == card_of(beijing, first) == []


@pytest.mark.clause("QI/03 3.2.5")
@pytest.mark.parametrize(("told", "due"), [("09:30", "09:30"), (None, "10:00"), ("15:00", "10:00")])
def test_who_waits_for_a_long_test_is_answered_within_the_hour_all_the_same(
    beijing: Any, customer: Any, first: Any, told: str | None, due: str
) -> None:
    given = {"promised_at": f"2026-11-23T{told}"} if told else {}
    with clock.stopped_at(NINE):
        double = beijing.act(beijing.log(customer, **given), "park", beijing.hotline)
        double = merge(beijing, double, first)
    ends = dt.datetime.fromisoformat(f"2026-11-23T{due}+08:00")
    assert [one for one in beijing.every_promise(double) if one.state == OPEN] == []
    assert (beijing.promises(first)[PROMISE].due_at, beijing.promises(first)[PROMISE].state) == (ends, OPEN)
    assert (first.promise == "把测试结果电话告知客户") is (due == "10:00")
    with clock.stopped_at(NINE):
        double = beijing.act(double, "unmerge", beijing.hotline)
    assert beijing.promises(double)[PROMISE].due_at == ends, "parted again, each has the promise"


def test_only_calls_of_the_same_customer_that_are_under_way_take_a_double(
    beijing: Any, customer: Any, first: Any
) -> None:
    solved = beijing.act(beijing.log(customer), "solve", beijing.hotline, answer="重建索引后反结账成功")
    strange = beijing.log(beijing.house.customer(beijing.office, "闵行第一机床厂"))
    double = beijing.log(customer)
    for wrong in (solved, strange, double):
        assert set(beijing.refused(double, "merge", beijing.hotline, into_id=wrong.id).errors) == {"into_id"}
    assert beijing.refused(strange, "merge", beijing.hotline, into_id=first.id).kind is RefusalKind.OBJECTION
    waiting = beijing.act(first, "hand_over", beijing.hotline, reason="服务到期")
    assert merge(beijing, double, waiting).state == "merged"


def test_nobody_merges_what_is_a_colleagues(beijing: Any, customer: Any, first: Any) -> None:
    refused = beijing.refused(
        beijing.log(customer), "merge", beijing.hire(HOTLINE_ENGINEER), into_id=first.id
    )
    assert refused.kind is RefusalKind.ROLE


def test_a_second_problem_becomes_a_call_of_its_own(beijing: Any, first: Any) -> None:
    beijing.act(first, "split", beijing.hotline, **SECOND)
    second = db.session.query(Call).filter_by(module="工资").one()
    assert (second.state, second.customer_id, second.contact) == ("open", first.customer_id, first.contact)
    assert second.installation_id == first.customer.installations[0].id
    assert first.module == "总账"
    assert card_of(beijing, second) == [("split from", first.number)]
    assert card_of(beijing, first) == [("split off", second.number)]


@pytest.mark.clause("QI/03 3.1.6")
def test_the_second_problem_is_told_as_exactly_as_the_first(beijing: Any, first: Any) -> None:
    vague = SECOND | {"second_happens": "软件有问题"}
    assert set(beijing.refused(first, "split", beijing.hotline, **vague).errors) == {"second_happens"}
    assert db.session.query(Call).count() == 1


def test_a_call_follows_on_a_request_and_both_say_so(beijing: Any, customer: Any) -> None:
    request = beijing.registered(customer)
    call = beijing.log(customer, follows=request.number)
    assert card_of(beijing, call) == [("follows on", request.number)]
    assert card_of(beijing, request) == [("followed by", call.number)]


def test_only_cases_of_the_customer_are_followed(beijing: Any, customer: Any, first: Any) -> None:
    other = beijing.house.customer(beijing.office, "闵行第一机床厂")
    for number in (first.number, "BJ-H-2026-99999", "nonsense"):
        with pytest.raises(Refused) as refused:
            beijing.log(other, follows=number)
        assert set(refused.value.errors) == {"follows"}


def test_the_desk_offers_the_customers_cases_and_a_case_leads_to_the_desk(
    beijing: Any, customer: Any, first: Any, sign_in: SignIn
) -> None:
    browser = sign_in(beijing.hotline)
    page = browser.get(f"/BJ/hotline/call/{first.number}").text
    address = f"/BJ/hotline/desk?customer={customer.id}&amp;follows={first.number}"
    assert address in page
    desk = browser.get(address.replace("&amp;", "&")).text
    assert f'<option selected value="{first.number}">' in desk
    assert "Follows on" not in said(browser.get("/BJ/hotline/desk").text)


def test_who_may_not_read_the_other_case_learns_its_number_only(beijing: Any, customer: Any) -> None:
    call = beijing.log(customer)
    beijing.act(call, "complain", beijing.hotline, about="hotline", complaint="接线员挂断了三次电话")
    complaint = beijing.look(call, beijing.duty).rules.plugins.procedures["quality.complaint"].model
    one = db.session.query(complaint).one()
    follower = beijing.log(customer, follows=one.number)
    engineer = beijing.hire(FIELD_ENGINEER)
    cards = beijing.cards(follower, engineer, "hotline")
    (related,) = next(one.values["related"] for one in cards if one.title.msgid == "Linked calls")
    assert (related.number, related.case) == (one.number, None)


def test_the_card_asks_as_often_for_many_links_as_for_one(beijing: Any, customer: Any, first: Any) -> None:
    beijing.log(customer, follows=first.number)
    few = statements(beijing, first)
    for _more in range(4):
        beijing.log(customer, follows=first.number)
    assert len(card_of(beijing, first)) == 5
    assert statements(beijing, first) == few


def statements(beijing: Any, case: Any) -> int:
    counted: list[str] = []
    act = beijing.look(case, beijing.duty)

    def count(*told: Any) -> None:
        counted.append(told[2])

    event.listen(db.engine, "before_cursor_execute", count)
    try:
        links_card(act)
    finally:
        event.remove(db.engine, "before_cursor_execute", count)
    return len(counted)


def test_a_visit_that_follows_leaves_the_links_alone(beijing: Any, customer: Any, first: Any) -> None:
    call = beijing.log(customer, follows=first.number)
    beijing.act(call, "request_visit", beijing.hotline, **VISIT)
    assert card_of(beijing, call) == [("follows on", first.number)]


def test_who_reads_no_calls_finds_no_empty_card_of_them(beijing: Any, first: Any) -> None:
    stranger = beijing.hire(ADMINISTRATOR, name="丁力")
    assert links_card(beijing.look(first, beijing.duty)) is not None
    assert links_card(replace(beijing.look(first, beijing.duty), actor=stranger)) is None
