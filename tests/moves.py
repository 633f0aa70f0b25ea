"""A customer moves to another office: offered in the one, accepted in the other, where nobody sees the first."""

from __future__ import annotations

import datetime as dt

from core.customers import moving
from core.customers.keeping import Keeper, locked
from core.customers.models import Customer
from core.db import db, see_offices, writing
from core.offices import Office
from core.roles import CUSTOMER_ADMINISTRATOR
from core.rules import rules_of
from core.testing import House

AGREED = {"agreement": "三方 2026-11", "agreed_on": dt.date(2026, 11, 20), "confirmed_by": "高敏"}


def offered(house: House, customer: Customer, old: Office, new: Office) -> int:
    """Offer a customer to another office, and return the number of the move."""
    keeper = Keeper(rules=rules_of(old), actor=house.hire(old, CUSTOMER_ADMINISTRATOR))
    customer_id = customer.id
    with writing(frozenset({old.id})):
        return moving.offer(keeper, locked(customer_id, old.id), new.id, AGREED).id


def accepted(house: House, move_id: int, new: Office) -> Customer:
    """Accept a customer who was offered, and return him as he is there."""
    taker = house.hire(new, CUSTOMER_ADMINISTRATOR)
    see_offices(frozenset({new.id}))
    arrived_id = moving.accept(moving.move_of(move_id, new.id), taker, "").id
    house.see()
    return db.session.get_one(Customer, arrived_id)


def moved(house: House, customer: Customer, old: Office, new: Office) -> Customer:
    """Let a customer move, and return him as he is in his new office."""
    return accepted(house, offered(house, customer, old, new), new)
