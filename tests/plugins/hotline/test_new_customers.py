"""Who is not in the file is added during the call: nobody is turned away (QI/02 file.missing)."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from core import clock
from core.customers import lookup
from core.customers.models import Customer, Product
from core.customers.services import add_customer
from core.db import db, writing
from core.errors import Refused
from core.testing import House
from plugins.hotline.hooks import Entitlement

pytestmark = pytest.mark.clause("QI/02 file.missing")
NEW = {"customer_id": "", "new_customer": "恒源纺织品公司", "new_address": "莘庄", "phone": "021-54541111"}


@pytest.fixture
def product(house: House) -> Product:
    with writing():
        found = Product(name="财务通标准版")
        db.session.add(found)
    return found


def errors(centre: Any, **said: Any) -> dict[str, dict[str, Any]]:
    """Return the fields by which a call is refused, each with what its error names."""
    with pytest.raises(Refused) as refused:
        centre.log(**NEW | said)
    return {name: found[0].values for name, found in refused.value.errors.items()}


def test_a_new_customer_gets_a_number_of_the_offices_own_and_is_found(
    beijing: Any, house: House, product: Product
) -> None:
    said = {"new_product_id": product.id, "new_version": "8.21", "new_contract_date": "2026-11-02"}
    call = beijing.log(**NEW, **said, new_serial_number="uf 778")
    customer = call.customer
    assert customer.file_number == f"BJ-K-{call.opened_at.year}-00001"
    assert (customer.name, customer.address, customer.contacts[0].phones) == (
        "恒源纺织品公司",
        "莘庄",
        "021-54541111",
    )
    assert (call.installation.product.name, call.installation.serial_number) == ("财务通标准版", "UF778")
    office_id = beijing.office.id
    for typed in ("源纺织", "hyfzp", "5454", "uf778"):
        assert [one.id for one in lookup.find(typed, office_id)] == [customer.id]


def test_a_number_under_which_a_customer_was_imported_is_not_given_again(beijing: Any) -> None:
    year, office_id = clock.now().year, beijing.office.id
    with writing(frozenset({office_id})):
        add_customer(office_id, file_number=f"BJ-K-{year}-00001", name="恒远物流", contact="丁力", phone="1")
    assert beijing.log(**NEW).customer.file_number == f"BJ-K-{year}-00002"


def test_the_name_alone_is_enough_to_begin_with(beijing: Any) -> None:
    first, second = beijing.log(**NEW), beijing.log(**NEW | {"new_customer": "恒源百货", "phone": "54540000"})
    assert [call.customer.file_number[-5:] for call in (first, second)] == ["00001", "00002"]
    assert first.installation is None


def test_a_contract_that_was_told_counts_at_once(beijing: Any, house: House, product: Product) -> None:
    a_month_ago = (clock.now() - dt.timedelta(days=30)).date()
    call = beijing.log(**NEW, new_product_id=product.id, new_contract_date=a_month_ago)
    visit = {"contact": "高敏", "phone": "021-61541030", "address": "莘庄", "verified": True}
    beijing.act(call, "request_visit", beijing.hotline, **visit)
    request = beijing.request_of(call)
    assert (request.state, request.entitlement) == ("registered", Entitlement.FREE_YEAR)


@pytest.mark.parametrize("phone", ["021-61541030", "61541030", "02161541030", "(021) 6154 1030 转 802"])
def test_whoever_has_that_phone_already_is_named(beijing: Any, house: House, phone: str) -> None:
    known = house.customer(beijing.office)
    named = {"name": known.name, "file_number": known.file_number}
    assert errors(beijing, phone=phone) == {"new_customer": named}


def test_whoever_has_that_name_already_is_named(beijing: Any, house: House) -> None:
    known = house.customer(beijing.office)
    found = errors(beijing, new_customer=f" {known.name} ")
    assert found["new_customer"]["file_number"] == known.file_number


def test_a_name_that_only_sounds_the_same_is_asked_about_as_in_the_customer_file(
    beijing: Any, house: House
) -> None:
    known = house.customer(beijing.office, name="上海恒远服装有限责任公司")
    found = errors(beijing, new_customer="上海衡远服装有限责任公司")
    assert found["new_customer"]["file_number"] == known.file_number


def test_another_customer_may_share_a_switchboard(beijing: Any, house: House) -> None:
    house.customer(beijing.office)
    call = beijing.log(**NEW | {"phone": "021-61541030", "new_all_the_same": True})
    assert call.customer.name == "恒源纺织品公司"


def test_another_offices_customers_are_nobodys_twin(beijing: Any, shanghai: Any, house: House) -> None:
    house.customer(shanghai.office)
    assert beijing.log(**NEW | {"phone": "021-61541030"}).customer.file_number.startswith("BJ-K-")


def test_somebody_must_be_calling_and_only_one(beijing: Any, house: House) -> None:
    assert set(errors(beijing, new_customer="")) == {"customer_id"}
    known = house.customer(beijing.office)
    assert set(errors(beijing, customer_id=known.id, phone="54545")) == {"new_customer"}


def test_a_serial_number_has_one_holder(beijing: Any, product: Product) -> None:
    holder = beijing.log(**NEW, new_product_id=product.id, new_serial_number="UF9").customer
    other = {"new_customer": "恒远物流", "phone": "54540000", "new_serial_number": " uf9 "}
    found = errors(beijing, **other, new_product_id=product.id)
    assert found == {"new_serial_number": {"name": holder.name, "file_number": holder.file_number}}
    assert set(errors(beijing, **other)) == {"new_product_id"}


@pytest.mark.clause("QI/02 fee.after-first-year")
def test_a_contract_is_never_signed_in_the_future(beijing: Any, product: Product) -> None:
    with clock.stopped_at(dt.datetime(2026, 11, 22, 17, tzinfo=dt.UTC)):
        assert set(errors(beijing, new_contract_date="2026-11-24")) == {"new_contract_date"}
        call = beijing.log(**NEW, new_product_id=product.id, new_contract_date="2026-11-23")
    (mine,) = call.customer.installations
    assert mine.contract_date == dt.date(2026, 11, 23), "in the office the day has begun already"


def test_a_new_customer_is_not_asked_for_a_product_of_the_file(beijing: Any, house: House) -> None:
    house.customer(beijing.office)
    assert beijing.log(**NEW).installation is None


def test_a_refused_call_leaves_no_customer_and_no_gap(beijing: Any, house: House) -> None:
    errors(beijing, happens="不好用")
    house.see()
    assert db.session.query(Customer).count() == 0
    assert beijing.log(**NEW).customer.file_number.endswith("-00001")
