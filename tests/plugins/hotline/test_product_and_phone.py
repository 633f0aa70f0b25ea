"""A call is about one product of the customer, and the caller can be phoned back."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from core.customers.models import Customer, Installation
from core.customers.services import add_customer
from core.db import db, writing
from core.errors import Refused
from core.testing import House

TOLD = {"module": "总账", "operation": "结账", "happens": "结账第三步停住"}


@pytest.fixture
def bare(beijing: Any) -> Customer:
    """A customer without a product on file."""
    office_id = beijing.office.id
    with writing(frozenset({office_id})):
        return add_customer(office_id, file_number="BJ1", name="恒远物流", contact="丁力", phone="54540000")


@pytest.fixture
def busy(beijing: Any, house: House) -> Customer:
    """A customer with two products on file, the first of which is supported no more."""
    customer = house.customer(beijing.office, withdrawn_on=dt.date(2020, 1, 1))
    other = house.customer(beijing.office, name="恒远食品").installations[0]
    with writing():
        db.session.merge(other).customer_id = customer.id
    house.see()
    return db.session.get_one(Customer, customer.id)


def products(customer: Customer) -> list[int]:
    return [one.id for one in customer.installations]


@pytest.mark.clause("QI/03 3.1.6")
@pytest.mark.clause("QI/02 upgrade.withdrawn")
@pytest.mark.parametrize("typed", [None, "", " "])
def test_one_of_several_products_must_be_named(beijing: Any, busy: Customer, typed: str | None) -> None:
    with pytest.raises(Refused) as refused:
        beijing.log(busy, installation_id=typed)
    (error,) = refused.value.errors["installation_id"]
    assert error.msgid == "Which product is the call about? Choose it (QI/03 3.1.6)."
    assert set(refused.value.errors) == {"installation_id"}


@pytest.mark.clause("QI/03 3.1.6")
def test_a_correction_changes_the_product_and_never_loses_it(beijing: Any, busy: Customer) -> None:
    first, second = products(busy)
    call = beijing.log(busy, installation_id=first)
    lost = beijing.refused(call, "correct", beijing.hotline, installation_id="", **TOLD)
    assert set(lost.errors) == {"installation_id"}
    assert beijing.act(call, "correct", beijing.hotline, **TOLD).installation_id == first
    call = beijing.act(call, "correct", beijing.hotline, installation_id=second, **TOLD)
    assert call.installation_id == second


@pytest.mark.clause("QI/03 3.1.6")
@pytest.mark.parametrize("typed", [None, ""])
def test_the_only_product_needs_no_naming(beijing: Any, house: House, typed: str | None) -> None:
    customer = house.customer(beijing.office)
    assert [beijing.log(customer, installation_id=typed).installation_id] == products(customer)


@pytest.mark.clause("QI/03 3.1.6")
def test_who_has_no_product_on_file_is_not_asked_for_one(beijing: Any, bare: Customer) -> None:
    call = beijing.log(bare)
    assert call.installation is None
    assert beijing.act(call, "correct", beijing.hotline, **TOLD).happens == TOLD["happens"]


@pytest.mark.clause("QI/03 3.1.6")
def test_a_product_that_was_entered_later_is_chosen_when_the_symptom_is_corrected(
    beijing: Any, bare: Customer, house: House
) -> None:
    call = beijing.log(bare)
    moved = house.customer(beijing.office, name="恒远食品").installations[0]
    with writing():
        db.session.merge(moved).customer_id = bare.id
    house.see()
    assert beijing.act(call, "correct", beijing.hotline, **TOLD).installation_id == moved.id


@pytest.mark.clause("QI/02 upgrade.withdrawn")
def test_a_withdrawn_product_gets_no_visit_by_being_left_out(beijing: Any, house: House) -> None:
    customer = house.customer(beijing.office, withdrawn_on=dt.date(2020, 1, 1))
    call = beijing.log(customer, installation_id="")
    (objection,) = beijing.refused(call, "request_visit", beijing.hotline).objections
    assert objection.clause == "QI/02 upgrade.withdrawn"


@pytest.mark.clause("QI/03 3.2.2")
def test_a_product_of_nobody_is_not_taken_for_the_only_one(beijing: Any, house: House) -> None:
    customer = house.customer(beijing.office)
    with pytest.raises(Refused) as refused:
        beijing.log(customer, installation_id="999999")
    assert set(refused.value.errors) == {"installation_id"}
    assert db.session.query(Installation).count() == 1


@pytest.mark.clause("QI/03 3.2.2")
@pytest.mark.parametrize("typed", ["abc", "没有", "8012", "-", "转 802", "1"])
def test_a_phone_that_nobody_can_dial_is_refused(beijing: Any, typed: str) -> None:
    with pytest.raises(Refused) as refused:
        beijing.log(phone=typed)
    (error,) = refused.value.errors["phone"]
    assert error.msgid == "Give a phone number in digits, with an extension if there is one."


@pytest.mark.clause("QI/03 3.2.2")
@pytest.mark.parametrize(
    "typed",
    [
        "10086",
        "13800000000",
        "（０２１）６１５４１０３０ 转 802",
        "+86 21 6154 1030",
        "王会计 54541111",
        "54541111/22",
    ],
)
def test_a_phone_may_be_written_in_any_way(beijing: Any, typed: str) -> None:
    assert beijing.log(phone=typed).phone == typed
