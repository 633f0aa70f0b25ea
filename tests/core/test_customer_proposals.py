"""Whoever finds something wrong in the file proposes it; the customer administrator decides (QI/03 3.2.7)."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select

from core.customers import history
from core.customers.history import Source
from core.customers.models import Customer
from core.customers.records import Proposal
from core.db import db
from core.offices import Office
from core.people import Actor
from core.roles import CUSTOMER_ADMINISTRATOR, HOTLINE_ENGINEER, NATIONAL_ROLES
from core.testing import House, SignIn, said

pytestmark = pytest.mark.clause("QI/03 3.2.7")


@pytest.fixture
def shanghai(house: House) -> Office:
    return house.office("SH", name="上海")


@pytest.fixture
def engineer(house: House, shanghai: Office, sign_in: SignIn) -> Any:
    return sign_in(house.hire(shanghai, HOTLINE_ENGINEER, name="罗文"))


@pytest.fixture
def keeper(house: House, shanghai: Office) -> Actor:
    return house.hire(shanghai, CUSTOMER_ADMINISTRATOR, name="周艳")


@pytest.fixture
def administrator(keeper: Actor, sign_in: SignIn) -> Any:
    return sign_in(keeper)


@pytest.fixture
def customer_id(house: House, shanghai: Office) -> int:
    return house.customer(shanghai).id


def customer(customer_id: int) -> Customer:
    return db.session.get_one(Customer, customer_id)


def proposed(browser: Any, customer_id: int, query: str = "", **given: str) -> Any:
    return browser.post(f"/SH/customers/{customer_id}/propose{query}", data=given)


def the_proposal(house: House) -> Proposal:
    house.see()
    return db.session.scalars(select(Proposal)).one()


NAME = "上海恒远服装有限责任公司"
MOVED = {"name": NAME, "address": "华山路 2018 号", "fax": "021-54541111", "why": "电话里说搬了"}


def decided(browser: Any, house: House, *take: str, answer: str = "accept", **more: str) -> Any:
    data = {"take": list(take), "answer": answer, **more}
    return browser.post(f"/SH/customers/proposals/{the_proposal(house).id}", data=data)


def test_an_accepted_proposal_is_applied_with_its_history(
    house: House, engineer: Any, administrator: Any, customer_id: int
) -> None:
    assert proposed(engineer, customer_id, **MOVED).status_code == 302
    assert "华山路 2018 号" in administrator.get(f"/SH/customers/proposals/{the_proposal(house).id}").text
    assert decided(administrator, house, "address", "fax").status_code == 302
    assert the_proposal(house).state == "accepted"
    assert (customer(customer_id).address, customer(customer_id).fax) == ("华山路 2018 号", "021-54541111")
    change = history.of_customer(customer_id)[0]
    assert (change.actor, change.source, change.note) == ("周艳", Source.PROPOSAL, "罗文: 电话里说搬了")


def test_what_is_ticked_is_accepted_and_the_rest_is_not(
    house: House, engineer: Any, administrator: Any, customer_id: int
) -> None:
    proposed(engineer, customer_id, **MOVED)
    decided(administrator, house, "fax", reason="地址没变")
    assert the_proposal(house).state == "partly"
    assert (customer(customer_id).address, customer(customer_id).fax) == ("", "021-54541111")
    page = said(engineer.get("/SH/customers/proposals").text)
    assert "Accepted in part" in page
    assert "地址没变" in page


def test_a_proposal_is_declined_with_a_reason_only(
    house: House, engineer: Any, administrator: Any, customer_id: int
) -> None:
    proposed(engineer, customer_id, **MOVED)
    assert decided(administrator, house, answer="decline").status_code == 422
    assert decided(administrator, house).status_code == 422
    assert decided(administrator, house, answer="decline", reason="客户否认").status_code == 302
    assert the_proposal(house).state == "declined"
    assert customer(customer_id).address == ""
    assert "客户否认" in engineer.get("/SH/customers/proposals").text


def test_what_was_changed_since_is_shown_beside_what_is_proposed(
    house: House, engineer: Any, administrator: Any, customer_id: int
) -> None:
    proposed(engineer, customer_id, **MOVED)
    administrator.post(f"/SH/customers/{customer_id}/correct", data={"name": NAME, "address": "淮海路 1 号"})
    page = administrator.get(f"/SH/customers/proposals/{the_proposal(house).id}").text
    assert "淮海路 1 号" in page
    assert "华山路 2018 号" in page
    assert "Changed since" in page
    assert page.count("checked") == 1


def test_what_a_colleague_changes_while_the_administrator_reads_is_not_overwritten(
    house: House, engineer: Any, administrator: Any, customer_id: int
) -> None:
    proposed(engineer, customer_id, **MOVED)
    administrator.post(f"/SH/customers/{customer_id}/correct", data={"name": NAME, "address": "淮海路 1 号"})
    answer = decided(administrator, house, "address", **{"was-address": ""})
    assert answer.status_code == 409
    assert (the_proposal(house).state, customer(customer_id).address) == ("open", "淮海路 1 号")


def test_a_new_contact_and_one_who_left_are_proposed(
    house: House, engineer: Any, administrator: Any, customer_id: int
) -> None:
    proposed(engineer, customer_id, "?what=contact", name="李娜", phones="13812345678")
    decided(administrator, house, "name", "phones")
    house.see()
    (first, second) = customer(customer_id).contacts
    assert second.name == "李娜"
    proposed(engineer, customer_id, f"?what=contact&part={first.id}", removal="y")
    house.see()
    last = db.session.scalars(select(Proposal).order_by(Proposal.id.desc())).first()
    assert last is not None
    administrator.post(f"/SH/customers/proposals/{last.id}", data={"answer": "accept", "take": ""})
    house.see()
    assert [one.name for one in customer(customer_id).contacts] == ["李娜"]


def test_a_products_serial_number_is_proposed_and_judged_when_it_is_accepted(
    house: House, shanghai: Office, engineer: Any, administrator: Any, customer_id: int
) -> None:
    one = customer(customer_id).installations[0]
    other = house.customer(shanghai, "长江轴承")
    taken = other.installations[0].serial_number
    given = {"product_id": str(one.product_id), "version": one.version, "serial_number": "ＣＷ ８８"}
    assert proposed(engineer, customer_id, f"?what=product&part={one.id}", **given).status_code == 302
    administrator.post(
        f"/SH/customers/{other.id}/product/{other.installations[0].id}",
        data={**given, "product_id": str(other.installations[0].product_id), "serial_number": "CW88"},
    )
    answer = decided(administrator, house, "serial_number")
    assert answer.status_code == 409
    assert "长江轴承" in said(answer.text)
    assert taken != "CW88"
    assert the_proposal(house).state == "open"


def test_nothing_different_is_no_proposal(house: House, engineer: Any, customer_id: int) -> None:
    assert proposed(engineer, customer_id, name=NAME).status_code == 422
    house.see()
    assert db.session.scalars(select(Proposal)).all() == []


def test_nobody_decides_twice(house: House, engineer: Any, administrator: Any, customer_id: int) -> None:
    proposed(engineer, customer_id, **MOVED)
    decided(administrator, house, "fax")
    answer = decided(administrator, house, "address")
    assert answer.status_code == 409
    assert "周艳 has decided on this already." in said(answer.text)


def test_an_engineer_proposes_and_does_not_decide(house: House, engineer: Any, customer_id: int) -> None:
    proposed(engineer, customer_id, **MOVED)
    assert decided(engineer, house, "address").status_code == 403
    assert engineer.get(f"/SH/customers/{customer_id}/correct").status_code == 403


def test_another_office_sees_no_proposal(
    house: House, engineer: Any, customer_id: int, sign_in: SignIn
) -> None:
    proposed(engineer, customer_id, **MOVED)
    stranger = sign_in(house.hire(house.office("BJ"), *NATIONAL_ROLES))
    proposal = the_proposal(house).id
    assert NAME not in stranger.get("/BJ/customers/proposals").text
    assert stranger.get(f"/BJ/customers/proposals/{proposal}").status_code == 404
    assert stranger.post(f"/BJ/customers/proposals/{proposal}", data={"answer": "accept"}).status_code == 404
    assert stranger.get(f"/BJ/customers/{customer_id}/propose").status_code == 404


def test_the_queue_and_my_desk_ask_as_much_of_many_as_of_one(
    house: House,
    shanghai: Office,
    engineer: Any,
    administrator: Any,
    customer_id: int,
    queries_of: Callable[..., int],
) -> None:
    def asked() -> list[int]:
        pages = ("/SH/customers/proposals", "/", f"/SH/customers/{number}")
        return [queries_of(lambda page=page: administrator.get(page)) for page in pages]

    number = customer(customer_id).file_number
    proposed(engineer, customer_id, **MOVED)
    few = asked()
    for at in range(4):
        other = house.customer(shanghai, f"长江轴承{at}").id
        proposed(engineer, other, name=f"长江轴承{at}", fax=f"{at}")
        proposed(engineer, customer_id, name=NAME, fax=f"{at}")
    assert asked() == few
    assert "Proposed corrections to decide" in administrator.get("/").text


def test_who_proposed_reads_on_my_desk_that_it_was_decided(
    house: House, engineer: Any, administrator: Any, customer_id: int
) -> None:
    proposed(engineer, customer_id, **MOVED)
    assert "My proposals decided" not in engineer.get("/").text
    decided(administrator, house, "fax")
    assert "My proposals decided in the last days" in engineer.get("/").text
