"""What is told of fees by head office's catalogue, and that what the contract says keeps to it (QI/02)."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from core import clock, settings
from core.customers.models import Customer
from core.db import db, writing
from core.errors import KoudaiError
from core.people import Actor
from core.roles import REGIONAL_MANAGER
from plugins.fieldservice import visit
from plugins.fieldservice.testing import LOOKED
from plugins.hotline.hooks import Entitlement
from plugins.hotline.replies.services import uses_of
from plugins.hotline.services import entitlement
from tests.plugins.replying import Chosen, promised, replied

ADMINISTRATOR = Actor("admin")
LONG_AGO = dt.date(2015, 1, 27)
# Monday, nine o'clock in the office, which closes at five.
NINE = dt.datetime(2026, 11, 23, 1, tzinfo=dt.UTC)
SOLVED = {"cause": "显卡驱动冲突", "remedy": "重装操作系统"}
LEFT = {"reached_by": "contact", "contact": "高敏", "phone": "021-61541030"}


def covered(centre: Any, customer: Customer) -> str:
    """Return what the contract of a customer says today."""
    db.session.refresh(customer)
    rules = centre.look(centre.log(customer), centre.hotline).rules
    return str(entitlement(rules, customer, None, clock.now()).verdict.value)


def named(customer: Customer, manager: str) -> Customer:
    """Give a customer his regional manager, by name."""
    with writing(frozenset({customer.office_id})):
        db.session.get_one(Customer, customer.id).regional_manager = manager
    db.session.refresh(customer)
    return customer


# --- the operating system


@pytest.mark.clause("QI/02 attitude.operating-system")
def test_the_normal_scope_is_the_offices_own_text(beijing: Any, shanghai: Any, chosen: Chosen) -> None:
    key = "attitude.operating-system"
    settings.set_parameter(shanghai.office, "hotline.normal_scope", "总账和报表的日常使用", ADMINISTRATOR)
    assert "总账和报表的日常使用" in chosen(shanghai, key)
    assert "软件的安装和日常使用" in chosen(beijing, key)
    assert "总账和报表的日常使用" in uses_of(replied(shanghai, key))[0].text


@pytest.mark.clause("QI/02 attitude.operating-system")
@pytest.mark.parametrize(("work", "asks"), [("other_work", True), ("routine", False)])
def test_what_lies_beyond_it_is_done_when_the_customer_has_agreed_to_the_fee(
    beijing: Any, work: str, asks: bool
) -> None:
    request = beijing.act(beijing.on_site(), "look_into", beijing.engineer, **LOOKED, kind_of_work=work)
    beijing.act(request, "back_up", beijing.engineer, account_sets="001", reports_asked=True)
    assert (
        "show_fee" in [one.name for one in visit.lines(beijing.look(request, beijing.engineer), "", None)]
    ) is asks
    if asks:
        (objection,) = beijing.refused(request, "solve", beijing.engineer, **SOLVED).objections
        assert objection.clause == "QI/04 3.2.3"
    else:
        assert beijing.act(request, "solve", beijing.engineer, **SOLVED).remedy == SOLVED["remedy"]


# --- the year and its price


@pytest.mark.clause("QI/02 fee.faults-no-reason")
def test_faults_are_taken_up_and_the_year_stands_and_the_dispute_is_the_service_managers(
    beijing: Any, shanghai: Any, chosen: Chosen
) -> None:
    key = "fee.faults-no-reason"
    settings.set_parameter(beijing.office, "hotline.service_manager_phone", "010-62981234", ADMINISTRATOR)
    assert "the service manager talks to you: 010-62981234" in chosen(beijing, key)
    assert "(the service manager's number)" in chosen(shanghai, key), "nobody reads out a gap"
    customer = beijing.house.customer(beijing.office, contract=LONG_AGO)
    call = replied(beijing, key, customer)
    assert promised(beijing, call) == {}
    assert covered(beijing, customer) == Entitlement.EXPIRED, "a fault renews nothing"
    answer = {"answer": "凭证断号是未打 8.13A 补丁，已指导客户下载安装并重排"}
    assert beijing.act(call, "solve", beijing.hotline, **answer).state == "solved", (
        "and is solved all the same"
    )


@pytest.mark.clause("QI/02 fee.per-visit")
def test_the_year_counts_and_never_the_visits(beijing: Any, chosen: Chosen) -> None:
    assert "never by the visit" in chosen(beijing, "fee.per-visit")
    paid, unpaid = (
        beijing.house.customer(beijing.office, contract=LONG_AGO, card_until=until)
        for until in (dt.date(2099, 12, 31), None)
    )
    for _visit in range(2):
        request = beijing.registered(paid)
        assert request.state == "registered"
        request = beijing.act(request, "dispatch", beijing.duty, engineer_id=beijing.engineer.person_id)
        assert "show_fee" not in [
            one.name
            for one in visit.lines(beijing.look(beijing.on_site(request), beijing.engineer), "", None)
        ]
        assert covered(beijing, paid) == Entitlement.CARD
    waiting = beijing.registered(unpaid)
    steps = {one.name for one in beijing.look(waiting, beijing.manager).procedure.steps_from("waiting")}
    ways_on = {"grant_courtesy", "renew", "recheck"}
    assert (waiting.state, ways_on <= steps) == ("waiting", True)
    assert steps - ways_on - {"decline", "cancel", "correct"} == set(), (
        "no way on is to pay for the one visit"
    )


@pytest.mark.clause("QI/02 fee.national-price")
def test_nobody_changes_the_price_and_the_complaints_line_is_the_offices(
    beijing: Any, shanghai: Any, chosen: Chosen
) -> None:
    settings.set_parameter(shanghai.office, "hotline.complaints_line", "021-12345678", ADMINISTRATOR)
    assert "nobody may change it. You can tell your opinion to the complaints line: 021-12345678" in chosen(
        shanghai, "fee.national-price"
    )
    assert "(the complaints line)" in chosen(beijing, "fee.national-price")
    with pytest.raises(KoudaiError, match=r"billing\.free_months"):
        settings.set_parameter(shanghai.office, "billing.free_months", 18, ADMINISTRATOR)
    with pytest.raises(KoudaiError, match=r"QI/04 3\.2\.6"):
        settings.set_parameter(shanghai.office, "billing.other_work_fee_yuan", 0, ADMINISTRATOR)


# --- what an upgrade holds and what it does not


@pytest.mark.clause("QI/02 fee.upgrade-price")
@pytest.mark.clause("QI/02 fee.release-kinds")
@pytest.mark.parametrize("version", ["8.13A", "8.21"])
def test_no_release_brings_a_year_of_service_with_it_fix_or_not(beijing: Any, version: str) -> None:
    customer = beijing.house.customer(beijing.office, contract=LONG_AGO)
    before = covered(beijing, customer)
    with writing(frozenset({beijing.office.id})):
        db.session.get_one(Customer, customer.id).installations[0].version = version
    assert before == covered(beijing, customer) == Entitlement.EXPIRED


@pytest.mark.clause("QI/02 fee.upgrade-price")
@pytest.mark.clause("QI/02 fee.release-kinds")
@pytest.mark.parametrize("key", ["fee.upgrade-price", "fee.release-kinds"])
def test_who_wants_more_than_a_fix_is_passed_on_to_his_regional_manager_by_name(
    beijing: Any, shanghai: Any, chosen: Chosen, key: str
) -> None:
    customer = named(beijing.house.customer(beijing.office), "周文娟")
    assert "regional manager, 周文娟." in chosen(beijing, key, customer)
    assert "regional manager, (the name)." in chosen(beijing, key), "whose it is nobody knows yet"
    call = replied(beijing, key, customer)
    beijing.act(call, "hand_over", beijing.hotline, reason="客户要升级到 8.21，请区域经理报价")
    assert beijing.promises(call)["hotline.settle"].role == REGIONAL_MANAGER.key
    assert beijing.refused(call, "settle", shanghai.manager, answer="已报升级差价").kind == "role"
    assert beijing.act(call, "settle", beijing.manager, answer="已报升级差价 1200 元").state == "settled"


@pytest.mark.clause("QI/02 fee.release-kinds")
def test_the_kinds_of_release_are_told_apart_by_their_numbers(beijing: Any, chosen: Chosen) -> None:
    page = chosen(beijing, "fee.release-kinds")
    assert "Ask From which version to which?" in page
    assert "Fix releases are free: 8.11A, for one, fixes 8.11." in page
    assert (
        "Optimised releases (8.13 of 8.11) and enhanced releases (8.21 of 8.13) bring more, and are charged."
        in page
    )


# --- other departments' work, which is charged


@pytest.mark.clause("QI/02 fee.training")
@pytest.mark.clause("QI/02 implementation.business-help")
@pytest.mark.parametrize(
    ("key", "words", "department", "matter"),
    [
        ("fee.training", "advanced training is not included", "培训部", "要求供应链模块的高级培训，两人"),
        (
            "implementation.business-help",
            "a service that is charged",
            "咨询部",
            "没有买实施，要求帮助建成本核算的账",
        ),
    ],
)
def test_it_goes_to_the_department_and_the_customer_hears_by_when(
    beijing: Any, shanghai: Any, chosen: Chosen, key: str, words: str, department: str, matter: str
) -> None:
    assert words in chosen(beijing, key)
    customer = beijing.house.customer(beijing.office, card_until=dt.date(2099, 12, 31))
    assert covered(beijing, customer) == Entitlement.CARD, "whoever has paid for the year is told so, too"
    wanted = LEFT | {"matter": matter, "department": department}
    settings.set_parameter(shanghai.office, "hotline.departments", "税控部 / Tax 8055", ADMINISTRATOR)
    with clock.stopped_at(NINE):
        call = replied(beijing, key, customer)
        call = beijing.act(call, "transfer", beijing.hotline, **wanted)
        elsewhere = replied(shanghai, key)
        refused = shanghai.refused(elsewhere, "transfer", shanghai.hotline, **wanted)
    promise = beijing.promises(call)["hotline.transfer_result"]
    assert (call.state, promise.role) == ("to_pass_on", "duty_manager")
    assert promise.due_at == NINE + dt.timedelta(days=2, hours=8)
    assert set(refused.errors) == {"department"}, "another office has other departments"
