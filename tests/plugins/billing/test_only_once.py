"""What happens only once happens once, however many try at the same moment."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from flask import Flask

from core import gate
from core.db import db, see_offices
from core.errors import Refused
from core.testing import House
from plugins.billing.models import CourtesyVisit, Sealing

LONG_AGO = dt.date(2015, 1, 27)


def both(app: Flask, office_id: int, *attempts: Callable[[], Any]) -> list[str]:
    """Let two people act at the same moment; return where the cases stand, or why they were refused."""
    db.session.rollback()
    start = Barrier(len(attempts))

    def attempt(act: Callable[[], Any]) -> str:
        with app.app_context():
            see_offices(frozenset({office_id}))
            start.wait()
            try:
                return str(act().state)
            except Refused as refused:
                return f"refused: {refused.kind}"

    with ThreadPoolExecutor(len(attempts)) as pool:
        return sorted(pool.map(attempt, attempts))


@pytest.mark.clause("QI/02 fee.courtesy-visit")
def test_of_two_requests_one_gets_the_courtesy_visit(app: Flask, beijing: Any, house: House) -> None:
    customer = house.customer(beijing.office, contract=LONG_AGO)
    numbers = [beijing.registered(customer).number for _ in range(2)]

    def grant(number: str) -> Any:
        told = {"told": True}
        return gate.perform("fieldservice.request", number, "grant_courtesy", beijing.manager, told)

    first, second = both(app, beijing.office.id, *(lambda n=n: grant(n) for n in numbers))
    assert (first[:7], second) == ("refused", "registered")
    assert CourtesyVisit.query.count() == 1


@pytest.mark.clause("QI/03 3.3.1")
def test_two_regional_managers_seal_a_customer_once(app: Flask, beijing: Any, house: House) -> None:
    customer = house.customer(beijing.office, contract=LONG_AGO)
    values = {"file_number": customer.file_number, "reason": "未付费", "extension": "8012"}
    office = beijing.office

    def seal() -> Any:
        return gate.perform("billing.sealing", None, "seal", beijing.manager, values, office=office)

    office_id = office.id
    db.session.expunge(office)
    assert both(app, office_id, seal, seal) == ["refused: form", "sealed"]
    assert Sealing.query.count() == 1
