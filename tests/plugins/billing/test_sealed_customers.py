"""A sealed customer gets no request; the call goes to the regional manager who sealed him (QI/03 3.3.1)."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from core import clock
from core.customers.models import Customer
from core.db import db
from core.errors import RefusalKind, Refused
from core.gate import open_case
from core.slots import Card
from core.testing import House, SignIn, said
from plugins.fieldservice.models import ServiceRequest
from plugins.hotline.hooks import Entitlement
from plugins.hotline.services import entitlement

pytestmark = pytest.mark.clause("QI/03 3.3.1")
VISIT = {"contact": "高敏", "phone": "021-61541030", "address": "莘庄", "verified": True}


@pytest.fixture
def customer(beijing: Any, house: House) -> Customer:
    return house.customer(beijing.office, card_until=dt.date(2099, 1, 1))


def seal(centre: Any, customer: Customer, **said: Any) -> Any:
    values = {
        "file_number": customer.file_number,
        "reason": "到期后三次服务未付费",
        "extension": "8012",
        "covered": True,
    } | said
    return centre.create("billing.sealing", "seal", centre.manager, **values)


def verdict(centre: Any, customer: Customer) -> Any:
    rules = open_case("hotline.call", centre.log().number, centre.hotline, centre.office).rules
    return entitlement(rules, db.session.get_one(Customer, customer.id), None, clock.now()).verdict


def cards(centre: Any, customer: Customer) -> list[Card]:
    act = open_case("hotline.call", centre.log(customer).number, centre.hotline, centre.office)
    desk = act.rules.plugins.gather("hotline_customer_cards", customer=act.case.customer, rules=act.rules)
    page = act.rules.plugins.gather("core_case_cards", act=act)
    return [card for plugin, card in (*desk, *page) if plugin == "billing"]


def test_sealed_beats_every_contract_until_the_seal_is_lifted(beijing: Any, customer: Customer) -> None:
    assert verdict(beijing, customer).value == Entitlement.CARD
    sealing = seal(beijing, customer)
    sealed = verdict(beijing, customer)
    assert (sealed.value, sealed.clause) == (Entitlement.SEALED, "QI/03 3.3.1")
    assert sealed.evidence[0].values == {"number": sealing.number, "reason": "到期后三次服务未付费"}
    assert sealed.evidence[1].values == {"name": "周文娟", "extension": "8012"}
    assert set(beijing.refused(sealing, "lift", beijing.manager).errors) == {"reason"}
    beijing.act(sealing, "lift", beijing.manager, reason="已补交两年服务费")
    assert verdict(beijing, customer).value == Entitlement.CARD


def test_the_time_line_says_no_where_nobody_ticked(beijing: Any, house: House, sign_in: SignIn) -> None:
    expired = house.customer(beijing.office, contract=dt.date(2020, 1, 1))
    browser = sign_in(beijing.manager)
    ticked = "Seal all the same, although the contract covers the customer today {}"
    for covered, answer in ((False, "no"), (True, "yes")):
        sealing = seal(beijing, expired, covered=covered)
        page = said(browser.get(f"/{beijing.office.code}/billing/sealing/{sealing.number}").text)
        assert ticked.format(answer) in page
        beijing.act(sealing, "lift", beijing.manager, reason="已补交两年服务费")


def test_a_sealed_customers_call_goes_to_the_regional_manager(beijing: Any, customer: Customer) -> None:
    seal(beijing, customer)
    call = beijing.log(customer)
    refused = beijing.refused(call, "request_visit", beijing.hotline, **VISIT)
    assert refused.kind is RefusalKind.OBJECTION
    assert [one.clause for one in refused.objections] == ["QI/03 3.3.1"]
    assert ServiceRequest.query.count() == 0
    beijing.act(call, "hand_over", beijing.hotline, reason="封存用户，总账反结账报错")
    call = beijing.act(call, "settle", beijing.manager, answer="用户同意补交服务费后解封")
    assert call.state == "settled"


def test_who_is_not_sealed_gets_a_request(beijing: Any, customer: Customer, house: House) -> None:
    seal(beijing, house.customer(beijing.office, name="恒远物流"))
    assert beijing.registered(customer).state == "registered"


def test_the_desk_is_told_whom_to_name_to_a_sealed_customer(beijing: Any, customer: Customer) -> None:
    assert cards(beijing, customer) == []
    seal(beijing, customer)
    named = {"name": "周文娟", "extension": "8012"}
    assert [card.lines[1].values for card in cards(beijing, customer)] == [named, named]


def test_only_a_regional_manager_seals_and_only_once(beijing: Any, customer: Customer) -> None:
    values = {"file_number": customer.file_number, "reason": "未付费", "extension": "8012"}
    for actor in (beijing.duty, beijing.hotline, beijing.engineer):
        with pytest.raises(Refused) as refused:
            beijing.create("billing.sealing", "seal", actor, **values)
        assert refused.value.kind is RefusalKind.ROLE
    seal(beijing, customer)
    with pytest.raises(Refused) as again:
        seal(beijing, customer)
    assert set(again.value.errors) == {"file_number"}


def test_who_is_covered_today_is_sealed_only_when_it_is_meant(
    beijing: Any, customer: Customer, house: House
) -> None:
    with pytest.raises(Refused) as refused:
        seal(beijing, customer, covered=False)
    assert set(refused.value.errors) == {"covered"}
    assert seal(beijing, customer).state == "sealed"
    expired = house.customer(beijing.office, name="恒远物流", contract=dt.date(2015, 1, 27))
    assert seal(beijing, expired, covered=False).state == "sealed"


def test_another_offices_customer_is_not_sealed_here(
    beijing: Any, shanghai: Any, customer: Customer, house: House
) -> None:
    with pytest.raises(Refused) as refused:
        seal(shanghai, customer)
    assert set(refused.value.errors) == {"file_number"}
    seal(shanghai, house.customer(shanghai.office))
    assert verdict(beijing, customer).value == Entitlement.CARD
