"""An office that rules otherwise whom a renewed card lets go on, beside one that keeps the book (QI/03 3.2.6)."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from core.customers.models import Customer
from core.db import db, writing
from core.i18n import Sentence
from core.rules import Rules
from core.testing import NATIONAL, House
from core.verdicts import Verdict
from plugins.fieldservice.testing import VISIT, Centre

LONG_AGO = dt.date(2015, 1, 27)


def fieldservice_admission(customer: Customer, entitlement: str, rules: Rules) -> Verdict | None:
    if not any(one.service_card for one in customer.installations):
        return None
    return Verdict(value="registered", reason=Sentence("One card covers all."), clause="QI/03 3.2.6")


@pytest.mark.clause("QI/03 3.2.6")
def test_where_one_card_covers_all_a_card_for_another_product_will_do(
    house: House, install: Any, make_plugin: Any
) -> None:
    install(make_plugin("kind", requires=NATIONAL, fieldservice_admission=fieldservice_admission))
    kind, plain = Centre(house, "GZ", *NATIONAL, "kind"), Centre(house, "BJ")
    assert renewed_for_another(kind, *waiting(kind)) == "registered"
    request, card = waiting(plain)
    assert set(plain.refused(request, "renew", plain.manager, **card).errors) == {"product"}


def waiting(centre: Centre) -> tuple[Any, dict[str, Any]]:
    """Let a request about one of two expired products wait, and return it with a card for the other."""
    house = centre.house
    customer = house.customer(centre.office, contract=LONG_AGO)
    sold = house.customer(centre.office, name="恒远物流", contract=LONG_AGO).installations[0]
    with writing():
        db.session.merge(sold).customer_id = customer.id
    house.see()
    asked, other = db.session.get_one(Customer, customer.id).installations
    call = centre.log(customer, installation_id=asked.id)
    centre.act(call, "request_visit", centre.hotline, **VISIT)
    return centre.request_of(call), {"card": "FW9", "until": "2099-01-01", "product": other.id}


def renewed_for_another(centre: Centre, request: Any, card: dict[str, Any]) -> str:
    return str(centre.act(request, "renew", centre.manager, **card).state)
