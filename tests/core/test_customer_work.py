"""The customer file by hand (QI/03 3.2.7): added, corrected with a history, removed and brought back."""

import pytest
from sqlalchemy import select

from core.customers import history, services
from core.customers.history import Source
from core.customers.models import Customer
from core.db import db
from core.ledger import LedgerRow
from core.offices import Office
from core.people import Actor
from core.roles import CUSTOMER_ADMINISTRATOR
from core.testing import House, SignIn

NAMED = {"name": "上海恒远服装有限责任公司", "contact": "高敏", "phone": "021-61541030"}


@pytest.fixture
def shanghai(house: House) -> Office:
    return house.office("SH", name="上海")


@pytest.fixture
def keeper(house: House, shanghai: Office) -> Actor:
    return house.hire(shanghai, CUSTOMER_ADMINISTRATOR, name="周艳")


def on_file(house: House, number: str, office: Office) -> Customer:
    house.see()
    found = services.by_file_number(number, db.session.merge(office).id)
    assert found is not None
    return found


@pytest.mark.clause("QI/02 file.missing")
def test_a_customer_put_on_file_by_hand_takes_the_next_number_of_the_series(
    house: House, shanghai: Office, keeper: Actor, sign_in: SignIn
) -> None:
    answer = sign_in(keeper).post("/SH/customers/new", data=NAMED)
    assert answer.status_code == 302, answer.text
    assert "SH-K-2026-00001" in str(answer.location)
    one = on_file(house, "SH-K-2026-00001", shanghai)
    assert (one.name, one.contacts[0].phones) == (NAMED["name"], NAMED["phone"])


def test_a_correction_is_kept_with_who_and_from_what_to_what(
    house: House, shanghai: Office, keeper: Actor, sign_in: SignIn
) -> None:
    one = house.customer(shanghai)
    one_id, number = one.id, one.file_number
    answer = sign_in(keeper).post(
        f"/SH/customers/{one_id}/correct", data={"name": one.name, "address": "徐汇区华山路 2018 号"}
    )
    assert answer.status_code == 302, answer.text
    house.see()
    (change,) = [one for one in history.of_customer(one_id) if one.source == Source.HAND]
    assert (change.actor, change.field, change.before, change.after) == (
        "周艳",
        "address",
        "",
        "徐汇区华山路 2018 号",
    )
    row = db.session.scalars(select(LedgerRow).where(LedgerRow.kind == "customer")).one()
    assert (row.number, row.action, row.clause) == (number, "correct", "QI/03 3.2.7")
