"""What may come of a call, before it is sent: for whom, on what terms, and nothing of anybody else's."""

import datetime as dt
import re
from typing import Any

import pytest
from flask.testing import FlaskClient

from core import clock
from core.customers.lookup import index
from core.customers.models import Customer, Product
from core.db import db, writing
from core.roles import FIELD_ENGINEER
from core.testing import NATIONAL, House
from tests.plugins.hotline.test_desk_page import (
    SOLVED,
    UNKNOWN_FIRM,
    VISIT,
    Desk,
    add_product,
    outcome,
    value_of,
)

ADDRESS = "request_visit-address"
MORNING = "the customer was told: a phone call next morning"
MANAGER = "the customer was told: the regional manager decides and will be in touch"


@pytest.fixture
def shanghai(house: House, client: FlaskClient) -> Desk:
    desk = Desk(house, client, "SH", *NATIONAL, "shanghai")
    desk.sit_down()
    return desk


def move_to(customer: Customer, address: str) -> Customer:
    with writing():
        db.session.get_one(Customer, customer.id).address = address
    return customer


def chosen(page: str, step: str) -> bool:
    """Tell whether an outcome is the one that is picked."""
    return " checked" in outcome(page, step).split("<label")[0]


def let_stand(page: str, *names: str) -> dict[str, str]:
    """Return what a browser posts of fields in which nobody typed."""
    return {name: value_of(page, name) for one in names for name in (one, f"proposed-{one}")}


def withdrawn() -> Product:
    with writing():
        found = Product(name="DOS版账务", withdrawn_on=dt.date(2015, 1, 1))
        db.session.add(found)
    return found


@pytest.mark.clause("QI/03 3.2.7")
def test_the_address_of_one_customer_never_goes_with_another(shanghai: Desk) -> None:
    first = move_to(shanghai.customer(), "申富路 128 号")
    second = move_to(shanghai.customer("闵行第一机床厂"), "沪闵路 7 号")
    page = shanghai.choose(first)
    assert value_of(page, ADDRESS) == "申富路 128 号"
    assert value_of(shanghai.choose(second, **let_stand(page, ADDRESS)), ADDRESS) == "沪闵路 7 号"
    typed = let_stand(page, ADDRESS) | {ADDRESS: "申富路 128 号 3 楼"}
    assert value_of(shanghai.choose(second, **typed), ADDRESS) == "申富路 128 号 3 楼", "somebody typed it"
    shanghai.log(second, **VISIT | let_stand(page, ADDRESS))
    assert [request.address for request in shanghai.requests()] == ["沪闵路 7 号"]


def test_a_phone_that_is_corrected_after_a_refusal_is_corrected_everywhere(shanghai: Desk) -> None:
    customer = move_to(shanghai.customer(), "申富路 128 号")
    status, page = shanghai.log(customer, **VISIT, module="", phone="021-11111111")
    assert status == 422
    assert value_of(page, "request_visit-phone") == "021-11111111"
    stood = let_stand(page, "request_visit-phone", "request_visit-contact")
    shanghai.log(customer, **VISIT | stood, phone="021-22222222")
    assert [request.phone for request in shanghai.requests()] == ["021-22222222"]


def test_what_is_missing_in_the_call_is_said_once(shanghai: Desk) -> None:
    _status, page = shanghai.log(shanghai.customer(), **VISIT, contact="")
    assert 'id="contact-error"' in page
    assert 'id="request_visit-contact-error"' not in page


def test_contact_and_phone_are_not_asked_twice(shanghai: Desk) -> None:
    customer = shanghai.customer()
    visit = outcome(shanghai.get(customer=customer.id), "request_visit")
    assert re.search(r'<details class="above" id="above-request_visit">', visit)
    assert re.search(r"as above · change</span></summary>", visit)
    other = outcome(shanghai.choose(customer, **{"request_visit-phone": "5"}), "request_visit")
    assert re.search(r'<details class="above" id="above-request_visit" open>', other)


@pytest.mark.clause("QI/02 upgrade.withdrawn")
def test_an_outcome_that_is_closed_is_refused_and_stays_chosen(shanghai: Desk) -> None:
    customer = shanghai.customer(withdrawn_on=dt.date(2020, 1, 1))
    add_product(customer, "供应链", card_until=clock.now().date() + dt.timedelta(days=9))
    shanghai.house.see()
    old, new = (str(one.id) for one in db.session.get_one(Customer, customer.id).installations)
    for _again in range(2):
        unticked = VISIT | {"request_visit-verified": ""}
        status, page = shanghai.log(customer, **unticked, installation_id=old)
        assert status == 409
        assert chosen(page, "request_visit"), "never silently kept open"
        assert " disabled" not in outcome(page, "request_visit").split("<label")[0]
        assert re.search(r'id="against" role="alert" tabindex="-1" autofocus', page)
        assert "Offer an upgrade" in page.split('id="against"')[1]
        assert "Verify the data" not in page, "nothing more is asked of what is closed"
    assert shanghai.calls() == []
    assert shanghai.log(customer, **VISIT, installation_id=new)[0] == 302
    assert [call.state for call in shanghai.calls()] == ["requested"]


@pytest.mark.clause("QI/03 3.2.6")
def test_whoever_is_not_covered_is_promised_nothing(shanghai: Desk) -> None:
    customer = move_to(shanghai.customer(contract=dt.date(2019, 1, 1)), "申富路 128 号")
    visit = outcome(shanghai.choose(customer), "request_visit")
    assert "Not covered: the regional manager decides before anybody is sent." in visit
    assert "QI/03 3.2.6" in visit
    assert MANAGER in visit
    assert MORNING not in visit
    _status, page = shanghai.log(customer, **VISIT | {"request_visit-verified": ""})
    assert "say that the regional manager decides (QI/03 3.2.6)" in page
    shanghai.log(customer, **VISIT)
    assert [request.state for request in shanghai.requests()] == ["waiting"]


@pytest.mark.clause("QI/03 3.2.7")
def test_whoever_is_covered_is_promised_a_call(shanghai: Desk) -> None:
    visit = outcome(shanghai.choose(shanghai.customer()), "request_visit")
    assert MORNING in visit
    assert "Not covered" not in visit


def test_a_new_customer_without_a_contract_is_told_what_the_office_does_then(
    shanghai: Desk, house: House, client: FlaskClient
) -> None:
    assert MORNING in outcome(shanghai.look("/outcomes", **UNKNOWN_FIRM), "request_visit"), "SHYY/QI/03 1.2"
    beijing = Desk(house, client, "BJ", *NATIONAL)
    beijing.sit_down()
    assert MANAGER in outcome(beijing.look("/outcomes", **UNKNOWN_FIRM), "request_visit")
    product = withdrawn()
    with writing():
        db.session.get_one(Product, product.id).withdrawn_on = None
    told = {"new_product_id": str(product.id), "new_contract_date": clock.now().date().isoformat()}
    assert MORNING in outcome(beijing.look("/outcomes", **UNKNOWN_FIRM, **told), "request_visit")


@pytest.mark.clause("QI/02 upgrade.withdrawn")
def test_a_new_customers_withdrawn_product_closes_the_visit_at_once(shanghai: Desk) -> None:
    told = {"new_product_id": str(withdrawn().id), "new_contract_date": "2010-01-01"}
    visit = outcome(shanghai.look("/outcomes", **UNKNOWN_FIRM, **told), "request_visit")
    assert " data-closed" in visit
    assert "Offer an upgrade" in visit
    assert db.session.query(Customer).count() == 0, "nobody was added by looking"
    for odd in ({"new_product_id": "abc"}, {"new_product_id": "999"}, told | {"new_contract_date": "soon"}):
        assert shanghai.look("/outcomes", **UNKNOWN_FIRM, **odd)


def test_the_verdict_follows_the_product(shanghai: Desk) -> None:
    customer = shanghai.customer(withdrawn_on=dt.date(2020, 1, 1))
    add_product(customer, "供应链", card_until=clock.now().date() + dt.timedelta(days=9))
    shanghai.house.see()
    old, new = (str(one.id) for one in db.session.get_one(Customer, customer.id).installations)
    about = {"customer_id": str(customer.id)}
    for page, verdict in (
        (shanghai.choose(customer), "Service card valid"),
        (shanghai.look("/outcomes", installation_id=old, **about), "Product withdrawn"),
        (shanghai.look("/outcomes", installation_id=new, **about), "Service card valid"),
        (shanghai.choose(customer, installation_id=old), "Product withdrawn"),
    ):
        assert standing(page) == verdict
    assert 'id="verdict"' not in shanghai.look("/outcomes", **UNKNOWN_FIRM)


def standing(page: str) -> str:
    """Return the verdict that stands out."""
    (found,) = re.findall(r'<div class="verdict">\s*<span class="chip chip-\w+">\s*([^<]+?)</span>', page)
    return str(found)


@pytest.mark.clause("QI/03 3.3.1")
def test_a_sealed_customers_call_is_advised_to_go_to_the_regional_manager(shanghai: Desk) -> None:
    customer = shanghai.customer(contract=dt.date(2019, 1, 1))
    shanghai.seal(customer)
    page = shanghai.choose(customer)
    advised = outcome(page, "hand_over")
    assert "the one to take" in advised
    assert "Give the customer this name and extension: 孙建国, 8012" in advised
    assert page.count("the one to take") == 1
    assert " data-closed" not in outcome(page, "solve")
    assert "the one to take" not in shanghai.choose(shanghai.customer("闵行第一机床厂"))


def test_the_exact_file_number_comes_first_and_more_are_announced(shanghai: Desk) -> None:
    for number in range(21):
        one = shanghai.customer("恒远连锁超市")
        renumber(one, f"SH1{number:03}")
    renumber(shanghai.customer("闵行第一机床厂"), "SH1")
    hits = shanghai.find("sh1")
    names = re.findall(r'class="hit-name">([^<]+)', hits)
    assert (names[0], len(names)) == ("闵行第一机床厂", 20)
    assert "20 are shown, and more fit: type more." in hits
    assert "more fit" not in shanghai.find("SH1001")


def renumber(customer: Customer, number: str) -> None:
    with writing():
        one = db.session.get_one(Customer, customer.id)
        one.file_number = number
        index([one])


def test_a_complaint_is_shown_by_what_was_said(shanghai: Desk) -> None:
    customer = shanghai.customer()
    complaint = {"complain-about": "hotline", "complain-complaint": "接线员挂断了三次电话"}
    assert shanghai.log(customer, outcome="complain", **complaint)[0] == 302
    assert "接线员挂断了三次电话" in shanghai.choose(customer).split("Open cases")[1]


def test_after_a_refusal_the_search_still_says_who_is_calling(shanghai: Desk) -> None:
    customer = shanghai.customer()
    _status, page = shanghai.log(customer, **SOLVED, module="")
    assert value_of(page.split('class="desk-find"')[1], "q") == customer.name


def test_who_may_not_log_is_told_so_first_and_can_fill_in_nothing(shanghai: Desk) -> None:
    shanghai.sit_down(shanghai.colleague(FIELD_ENGINEER, "王力"))
    page = shanghai.get()
    before, form = page.split('<form class="desk desk-closed"')
    assert "“Log the call” is for: Hotline engineer or Duty manager." in before
    assert re.search(r'<div class="desk-form card" inert>', form)
    assert re.search(r'<div class="desk-end" inert>', form)
    assert "is for: Hotline" not in form


def test_the_help_knows_the_keys_of_the_desk(shanghai: Desk) -> None:
    page = shanghai.get()
    keys = page.split('id="keys"')[1]
    assert "<kbd>Ctrl+Enter</kbd>" in keys
    assert "<kbd>Alt+0–9</kbd>" in keys
    assert "Ctrl+Enter" not in shanghai.client.get("/SH/hotline/call/").text.split('id="keys"')[1]


def test_a_draft_that_was_logged_is_marked_as_such(shanghai: Desk) -> None:
    customer = shanghai.customer()
    _status, page = shanghai.log(customer, draft="1-0.5", module="")
    assert value_of(page, "draft") == "1-0.5"
    assert marks(shanghai) == [""]
    shanghai.log(customer, draft="1-0.5")
    shanghai.log(customer)
    shanghai.log(customer, draft="x" * 500)
    assert marks(shanghai) == ["1-0.5", "x" * 40]
    for number in range(9):
        shanghai.log(customer, draft=f"{number}")
    assert marks(shanghai) == [f"{number}" for number in range(1, 9)]


def marks(desk: Desk) -> list[Any]:
    return re.findall(r'data-logged="([^"]*)"', desk.get())[0].split(" ")
