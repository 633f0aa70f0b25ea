"""What becomes of requests without a contract: the regional manager decides (QI/03 3.2.6, QI/02 fees)."""

from __future__ import annotations

import datetime as dt
from contextlib import suppress
from threading import Barrier, Thread
from typing import Any

import pytest
from flask import Flask

from core import clock, gate, ledger, switches
from core.customers.models import Customer
from core.db import db, see_offices, writing
from core.deadlines import DROPPED, MET, OPEN
from core.errors import RefusalKind, Refused
from core.gate import open_case
from core.ledger import LedgerRow
from core.numbers import NumberVoid
from core.people import Actor
from core.testing import House
from plugins.billing.models import CourtesyVisit
from plugins.billing.services import courtesy_card
from plugins.hotline.hooks import Entitlement
from plugins.hotline.services import entitlement

TEN = dt.datetime(2026, 11, 23, 2, tzinfo=dt.UTC)
LONG_AGO = dt.date(2015, 1, 27)
REQUEST = "fieldservice.request"
DISPATCH, DECIDE = "fieldservice.dispatch", "billing.decide"


@pytest.fixture
def expired(beijing: Any, house: House) -> Customer:
    return house.customer(beijing.office, contract=LONG_AGO)


def granted(centre: Any, customer: Customer) -> Any:
    return centre.act(centre.registered(customer), "grant_courtesy", centre.manager, told=True)


@pytest.mark.clause("QI/03 3.2.6")
def test_an_expired_customers_request_waits_and_nobody_is_to_dispatch_it(
    beijing: Any, expired: Customer
) -> None:
    with clock.stopped_at(TEN):
        request = beijing.registered(expired)
    promises = beijing.promises(request)
    assert (request.state, request.entitlement) == ("waiting", Entitlement.EXPIRED)
    assert set(promises) == {DECIDE}
    assert promises[DECIDE].role == "regional_manager"
    assert promises[DECIDE].due_at == TEN + dt.timedelta(days=1, hours=7)
    engineer = {"engineer_id": beijing.engineer.person_id}
    assert beijing.refused(request, "dispatch", beijing.duty, **engineer).kind is RefusalKind.STATE


@pytest.mark.clause("QI/03 3.2.6")
def test_a_covered_customers_request_waits_for_nobody(beijing: Any) -> None:
    request = beijing.registered()
    assert (request.state, request.entitlement) == ("registered", Entitlement.FREE_YEAR)
    assert set(beijing.promises(request)) == {DISPATCH}


@pytest.mark.clause("QI/03 3.2.6")
def test_the_ledger_binds_who_decided_from_what(beijing: Any, expired: Customer) -> None:
    request = beijing.registered(expired)
    row = LedgerRow.query.filter_by(procedure="fieldservice.request", subject_id=request.id).one()
    verdict, admission = row.details["decisions"]
    assert (verdict["plugin"], verdict["value"], verdict["clause"]) == ("billing", "expired", "QI/03 3.2.6")
    assert verdict["inputs"]["customer"] == expired.id
    assert [one["plugin"] for one in verdict["overridden"]] == ["hotline"]
    assert (admission["plugin"], admission["value"]) == ("billing", "waiting")
    assert [one["plugin"] for one in admission["overridden"]] == ["fieldservice"]
    assert list(ledger.verify(beijing.office.id)) == []


@pytest.mark.clause("QI/02 fee.courtesy-visit")
@pytest.mark.clause("QI/04 3.2.4")
def test_the_regional_manager_grants_the_one_courtesy_visit(beijing: Any, expired: Customer) -> None:
    request = beijing.registered(expired)
    assert beijing.refused(request, "grant_courtesy", beijing.duty, told=True).kind is RefusalKind.ROLE
    assert set(beijing.refused(request, "grant_courtesy", beijing.manager).errors) == {"told"}
    assert courtesy_card(request.id) is None
    with clock.stopped_at(TEN):
        request = beijing.act(request, "grant_courtesy", beijing.manager, told=True)
    promises = beijing.promises(request)
    assert (request.state, request.agreed_at) == ("registered", TEN)
    assert (promises[DECIDE].state, promises[DISPATCH].state) == (MET, OPEN)
    card = courtesy_card(request.id)
    assert card is not None
    assert card.clause == "QI/04 3.2.4"


@pytest.mark.clause("QI/02 fee.courtesy-visit")
def test_there_is_no_second_courtesy_visit(beijing: Any, expired: Customer, house: House) -> None:
    first, second = granted(beijing, expired), beijing.registered(expired)
    refused = beijing.refused(second, "grant_courtesy", beijing.manager, told=True)
    assert refused.kind is RefusalKind.OBJECTION
    assert refused.objections[0].clause == "QI/02 fee.courtesy-visit"
    assert CourtesyVisit.query.one().request_id == first.id
    again = house.customer(beijing.office, name="恒远物流", contract=LONG_AGO)
    assert granted(beijing, again).state == "registered"


@pytest.mark.clause("QI/02 fee.courtesy-visit")
def test_a_courtesy_visit_that_was_cancelled_was_none(beijing: Any, expired: Customer) -> None:
    beijing.act(granted(beijing, expired), "cancel", beijing.duty, reason="用户自行解决")
    assert granted(beijing, expired).state == "registered"


@pytest.mark.clause("QI/02 fee.courtesy-visit")
def test_the_verdict_says_whether_the_courtesy_visit_is_still_to_be_had(
    beijing: Any, expired: Customer
) -> None:
    assert evidence(beijing, expired) == {}
    request = granted(beijing, expired)
    assert evidence(beijing, expired) == {"number": request.number}


def evidence(centre: Any, customer: Customer) -> dict[str, Any]:
    """Return the values of the last line of the evidence."""
    rules = open_case("hotline.call", centre.log().number, centre.hotline, centre.office).rules
    known = db.session.get_one(Customer, customer.id)
    return entitlement(rules, known, None, clock.now()).verdict.evidence[-1].values


@pytest.mark.clause("QI/03 3.2.6")
def test_a_renewed_card_covers_this_request_and_the_next(beijing: Any, expired: Customer) -> None:
    request = beijing.registered(expired)
    with clock.stopped_at(TEN):
        old = beijing.refused(request, "renew", beijing.manager, card="FW9", until="2026-11-22")
        assert set(old.errors) == {"until"}
        request = beijing.act(request, "renew", beijing.manager, card="FW9", until="2027-11-22")
    assert (request.state, request.entitlement) == ("registered", Entitlement.CARD)
    assert request.customer.installations[0].service_until == dt.date(2027, 11, 22)
    assert beijing.registered(expired).state == "registered"


@pytest.mark.clause("QI/03 3.2.6")
def test_of_two_cards_entered_at_once_the_longer_one_stays(
    app: Flask, beijing: Any, expired: Customer
) -> None:
    numbers = [beijing.registered(expired).number for _one in range(2)]
    office_id, together = beijing.office.id, Barrier(2)

    def renew(place: int) -> None:
        with app.app_context():
            see_offices(frozenset({office_id}))
            said = {"card": f"FW{place}", "until": f"{2098 + place}-11-22"}
            together.wait()
            with suppress(Refused):
                gate.perform(REQUEST, numbers[place], "renew", beijing.manager, said, office=beijing.office)
            db.session.remove()

    threads = [Thread(target=renew, args=(place,)) for place in range(2)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    beijing.house.see()
    known = db.session.get_one(Customer, expired.id)
    assert known.installations[0].service_until == dt.date(2099, 11, 22)


@pytest.mark.clause("QI/03 3.2.6")
def test_a_card_is_renewed_for_the_product_in_question_only(
    beijing: Any, expired: Customer, house: House
) -> None:
    other = house.customer(beijing.office, name="恒远物流", contract=LONG_AGO).installations[0]
    with writing():
        other = db.session.merge(other)
        other.customer_id = expired.id
    house.see()
    first = db.session.get_one(Customer, expired.id).installations[0]
    call = beijing.log(expired, installation_id=first.id)
    visit = {"contact": "高敏", "phone": "021-61541030", "address": "莘庄", "verified": True}
    beijing.act(call, "request_visit", beijing.hotline, **visit)
    card = {"card": "FW9", "until": "2099-01-01", "product": first.id}
    request = beijing.act(beijing.request_of(call), "renew", beijing.manager, **card)
    assert [one.service_card for one in request.customer.installations] == ["FW9", ""]


@pytest.mark.clause("QI/03 3.2.6")
def test_a_card_for_another_product_lets_no_request_go_on(
    beijing: Any, expired: Customer, house: House
) -> None:
    other = house.customer(beijing.office, name="恒远物流", contract=LONG_AGO).installations[0]
    with writing():
        db.session.merge(other).customer_id = expired.id
    house.see()
    asked, other = db.session.get_one(Customer, expired.id).installations
    call = beijing.log(expired, installation_id=asked.id)
    visit = {"contact": "高敏", "phone": "021-61541030", "address": "莘庄", "verified": True}
    beijing.act(call, "request_visit", beijing.hotline, **visit)
    request, card = beijing.request_of(call), {"card": "FW9", "until": "2099-01-01"}
    refused = beijing.refused(request, "renew", beijing.manager, **card, product=other.id)
    assert set(refused.errors) == {"product"}
    assert [one.service_card for one in request.customer.installations] == ["", ""]
    assert beijing.act(request, "renew", beijing.manager, **card, product=asked.id).state == "registered"


@pytest.mark.clause("QI/03 3.2.6")
def test_a_card_never_shortens_what_was_paid_for(beijing: Any, expired: Customer) -> None:
    request = beijing.registered(expired)
    with writing():
        for one in db.session.merge(expired).installations:
            one.service_card, one.service_until = "FW7", dt.date(2035, 1, 1)
    refused = beijing.refused(request, "renew", beijing.manager, card="FW9", until="2027-11-22")
    assert set(refused.errors) == {"until"}
    request = beijing.act(request, "recheck", beijing.manager)
    assert request.customer.installations[0].service_card == "FW7"


@pytest.mark.clause("QI/03 3.3.1")
def test_who_was_sealed_meanwhile_gets_no_courtesy_visit(beijing: Any, expired: Customer) -> None:
    request = beijing.registered(expired)
    words = {"file_number": expired.file_number, "reason": "多次服务未付费", "extension": "8012"}
    beijing.create("billing.sealing", "seal", beijing.manager, **words)
    refused = beijing.refused(request, "grant_courtesy", beijing.manager, told=True)
    assert (refused.kind, refused.objections[0].clause) == (RefusalKind.OBJECTION, "QI/03 3.3.1")


@pytest.mark.clause("QI/03 3.3.1")
def test_nor_does_a_renewed_card_send_anybody_to_him_until_the_seal_is_lifted(
    beijing: Any, expired: Customer
) -> None:
    request, card = beijing.registered(expired), {"card": "FW9", "until": "2099-01-01"}
    words = {"file_number": expired.file_number, "reason": "多次服务未付费", "extension": "8012"}
    sealing = beijing.create("billing.sealing", "seal", beijing.manager, **words)
    refused = beijing.refused(request, "renew", beijing.manager, **card)
    assert (refused.kind, refused.objections[0].clause) == (RefusalKind.OBJECTION, "QI/03 3.3.1")
    beijing.act(sealing, "lift", beijing.manager, reason="已付清")
    assert beijing.act(request, "renew", beijing.manager, **card).state == "registered"


@pytest.mark.clause("QI/02 file.missing")
def test_no_request_is_stranded_when_nobody_asks_for_contracts_any_more(
    beijing: Any, expired: Customer, house: House
) -> None:
    request = beijing.registered(expired)
    assert beijing.refused(request, "recheck", beijing.manager).objections[0].clause == "QI/03 3.2.6"
    switches.switch(house.plugins, beijing.office, "billing", False, Actor("tests"))
    request = beijing.act(request, "recheck", beijing.manager)
    assert (request.state, request.entitlement) == ("registered", Entitlement.UNCHECKED)
    assert beijing.promises(request)[DISPATCH].state == OPEN


@pytest.mark.clause("QI/03 3.2.6")
def test_a_declined_request_is_told_why_and_voids_its_number(
    beijing: Any, expired: Customer, house: House
) -> None:
    request = beijing.registered(expired)
    assert set(beijing.refused(request, "decline", beijing.manager).errors) == {"reason"}
    request = beijing.act(request, "decline", beijing.manager, reason="用户不续费")
    assert (request.state, request.reason) == ("cancelled", "用户不续费")
    assert beijing.promises(request)[DECIDE].state == MET
    house.see()
    assert NumberVoid.query.filter_by(number=request.number).one().reason == "用户不续费"


@pytest.mark.clause("QI/03 3.2.6")
def test_a_cancelled_request_waits_for_no_decision(beijing: Any, expired: Customer) -> None:
    request = beijing.act(beijing.registered(expired), "cancel", beijing.duty, reason="用户自行解决")
    assert beijing.promises(request)[DECIDE].state == DROPPED


@pytest.mark.clause("QI/02 file.missing")
def test_a_product_whose_contract_nobody_signed_waits(beijing: Any, house: House) -> None:
    request = beijing.registered(house.customer(beijing.office, unsigned=True))
    assert (request.state, request.entitlement) == ("waiting", Entitlement.NO_CONTRACT)


@pytest.mark.clause("QI/02 file.missing")
def test_a_contract_that_came_to_light_lets_the_request_go_on(beijing: Any, house: House) -> None:
    new = {"customer_id": "", "new_customer": "恒源纺织品公司", "phone": "54541111"}
    call = beijing.log(**new)
    visit = {"contact": "高敏", "phone": "021-61541030", "address": "莘庄", "verified": True}
    beijing.act(call, "request_visit", beijing.hotline, **visit)
    request = beijing.request_of(call)
    assert (request.state, request.entitlement) == ("waiting", Entitlement.NO_CONTRACT)
    assert beijing.refused(request, "recheck", beijing.manager).kind is RefusalKind.OBJECTION
    no_product = beijing.refused(request, "renew", beijing.manager, card="FW9", until="2099-01-01")
    assert set(no_product.errors) == {"product"}
    no_courtesy = beijing.refused(request, "grant_courtesy", beijing.manager, told=True)
    assert no_courtesy.objections[0].clause == "QI/02 file.missing"
    sold = house.customer(beijing.office, name="恒远物流").installations[0]
    with writing():
        db.session.merge(sold).customer_id = request.customer_id
    request = beijing.act(request, "recheck", beijing.manager)
    assert (request.state, request.entitlement) == ("registered", Entitlement.FREE_YEAR)


@pytest.mark.clause("QI/02 upgrade.withdrawn")
def test_a_withdrawn_product_gets_no_request_but_an_offer(beijing: Any, house: House) -> None:
    old = house.customer(beijing.office, withdrawn_on=dt.date(2020, 6, 30))
    visit = {"contact": "高敏", "phone": "021-61541030", "address": "莘庄", "verified": True}
    call = beijing.log(old)
    refused = beijing.refused(call, "request_visit", beijing.hotline, **visit)
    (objection,) = refused.objections
    assert (objection.clause, objection.plugin) == ("QI/02 upgrade.withdrawn", "billing")
    assert "upgrade" in objection.text.msgid
    assert beijing.act(call, "solve", beijing.hotline, answer="已报升级差价，用户考虑").state == "solved"
