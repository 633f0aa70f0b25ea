"""A customer who moves to another office has had his courtesy visit there too: there is one, and no second."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from core import clock, switches
from core.customers import joining
from core.customers.keeping import Keeper
from core.customers.models import Customer
from core.db import db, writing
from core.errors import KoudaiError, RefusalKind
from core.people import Actor
from core.rules import rules_of
from core.testing import House
from plugins.billing.models import CourtesyVisit
from plugins.fieldservice.models import ServiceRequest
from plugins.hotline.hooks import Entitlement
from plugins.hotline.services import entitlement
from tests.moves import moved
from tests.plugins.conftest import Centre

pytestmark = pytest.mark.clause("QI/02 fee.courtesy-visit")

LONG_AGO = dt.date(2015, 1, 27)
TOLD = {"courtesy_told": True, "courtesy_told_to": "高敏"}
SETTER_UP = Actor("tests")


@pytest.fixture
def expired(beijing: Centre, house: House) -> Customer:
    return house.customer(beijing.office, contract=LONG_AGO)


@pytest.fixture
def tianjin(house: House) -> Centre:
    """An office that judges no contracts: it does not use billing."""
    return Centre(house, "TJ", "hotline", "fieldservice")


def granted(centre: Centre, customer: Customer) -> ServiceRequest:
    request: ServiceRequest = centre.act(
        centre.registered(customer), "grant_courtesy", centre.manager, told=True
    )
    return request


def had(centre: Centre, customer: Customer) -> str:
    """Let a customer have his courtesy visit to its end, and return its number."""
    centre.before["sign"] = ("tell_last_free", TOLD)
    request = centre.act(
        granted(centre, customer), "dispatch", centre.duty, engineer_id=centre.engineer.person_id
    )
    closed = centre.act(centre.turned_in(request=request), "close", centre.duty)
    return str(closed.number)


def assert_no_second(centre: Centre, customer: Customer, number: str) -> None:
    """No second visit in this office, and the verdict says with which request the one was had."""
    before = CourtesyVisit.query.count()
    refused = centre.refused(centre.registered(customer), "grant_courtesy", centre.manager, told=True)
    (objection,) = refused.objections
    assert (refused.kind, objection.clause) == (RefusalKind.OBJECTION, "QI/02 fee.courtesy-visit")
    assert evidence(centre, customer) == {"number": number}
    assert CourtesyVisit.query.count() == before


def evidence(centre: Centre, customer: Customer) -> dict[str, Any]:
    """Return the values of the last line of the evidence."""
    known, rules = db.session.get_one(Customer, customer.id), rules_of(centre.office)
    verdict = entitlement(rules, known, None, clock.now()).verdict
    assert verdict.value == Entitlement.EXPIRED
    return dict(verdict.evidence[-1].values)


@pytest.mark.clause("QI/02 region.tripartite")
def test_who_had_it_gets_no_second_in_the_office_to_which_he_moves(
    beijing: Centre, shanghai: Centre, expired: Customer, house: House
) -> None:
    number = had(beijing, expired)
    arrived = moved(house, expired, beijing.office, shanghai.office)
    assert_no_second(shanghai, arrived, number)
    neighbour = house.customer(shanghai.office, name="恒远物流", contract=LONG_AGO)
    assert granted(shanghai, neighbour).state == "registered"


def test_who_moves_without_having_had_it_gets_the_one(
    beijing: Centre, shanghai: Centre, expired: Customer, house: House
) -> None:
    had(beijing, house.customer(beijing.office, name="恒远物流", contract=LONG_AGO))
    beijing.act(granted(beijing, expired), "cancel", beijing.duty, reason="用户自行解决")
    arrived = moved(house, expired, beijing.office, shanghai.office)
    assert evidence(shanghai, arrived) == {}
    request = granted(shanghai, arrived)
    assert request.state == "registered"
    assert_no_second(shanghai, arrived, str(request.number))


def test_who_comes_back_gets_no_second_where_he_had_it(
    beijing: Centre, shanghai: Centre, expired: Customer, house: House
) -> None:
    number = had(beijing, expired)
    there = moved(house, expired, beijing.office, shanghai.office)
    back = moved(house, there, shanghai.office, beijing.office)
    assert back.id != expired.id
    assert_no_second(beijing, back, number)


def test_who_had_it_away_from_home_gets_no_second_at_home(
    beijing: Centre, shanghai: Centre, house: House
) -> None:
    at_home = house.customer(shanghai.office, contract=LONG_AGO)
    away = moved(house, at_home, shanghai.office, beijing.office)
    number = had(beijing, away)
    assert_no_second(shanghai, moved(house, away, beijing.office, shanghai.office), number)


def test_an_office_that_does_not_use_billing_hands_it_on(
    beijing: Centre, tianjin: Centre, shanghai: Centre, expired: Customer, house: House
) -> None:
    number = had(beijing, expired)
    there = moved(house, expired, beijing.office, tianjin.office)
    assert tianjin.registered(there).state == "registered", "nobody asks for contracts there"
    for request in ServiceRequest.query.filter_by(customer_id=there.id):
        tianjin.act(request, "cancel", tianjin.duty, reason="用户自行解决")
    assert_no_second(shanghai, moved(house, there, tianjin.office, shanghai.office), number)


def test_an_office_that_switches_billing_on_later_knows_of_it(
    beijing: Centre, tianjin: Centre, expired: Customer, house: House
) -> None:
    number = had(beijing, expired)
    there = moved(house, expired, beijing.office, tianjin.office)
    switches.switch(house.plugins, tianjin.office, "billing", True, SETTER_UP)
    house.see()
    assert_no_second(tianjin, there, number)


@pytest.mark.clause("QI/03 3.2.7")
def test_who_is_merged_with_one_who_had_it_has_had_it_until_they_are_parted(
    beijing: Centre, shanghai: Centre, expired: Customer, house: House
) -> None:
    number = had(beijing, expired)
    known = house.customer(shanghai.office, name="恒远服装", contract=LONG_AGO)
    arrived = moved(house, expired, beijing.office, shanghai.office)
    keeper = Keeper(rules=rules_of(shanghai.office), actor=shanghai.manager)
    with writing():
        kept, gone = (db.session.get_one(Customer, one.id) for one in (known, arrived))
        merge = joining.merge(keeper, kept, gone, {})
    assert evidence(shanghai, known) == {"number": number}
    with writing():
        joining.undo(keeper, db.session.merge(merge))
    assert evidence(shanghai, known) == {}
    assert evidence(shanghai, arrived) == {"number": number}


@pytest.mark.clause("QI/03 3.3.1")
def test_who_is_sealed_moves_nowhere(
    beijing: Centre, shanghai: Centre, expired: Customer, house: House
) -> None:
    words = {"file_number": expired.file_number, "reason": "多次服务未付费", "extension": "8012"}
    sealing = beijing.create("billing.sealing", "seal", beijing.manager, **words)
    with pytest.raises(KoudaiError, match=str(sealing.number)):
        moved(house, expired, beijing.office, shanghai.office)
    beijing.act(sealing, "lift", beijing.manager, reason="已补缴")
    assert moved(house, expired, beijing.office, shanghai.office).office_id == shanghai.office.id
