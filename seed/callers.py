"""Who phones: everybody in the file of an office, with the words by which a case tells one from another."""

from __future__ import annotations

import datetime as dt
import json
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from sqlalchemy import select

from core.customers.models import Contact, Customer, Installation, Product
from core.db import db
from plugins.billing.services import months_after
from plugins.fieldservice.dispatching.wishes import district_of

FREE_MONTHS = 12


@dataclass
class Caller:
    """A customer with one product and one contact; ``verified`` is when his data were gone through last."""

    customer_id: int
    installation_id: int
    name: str
    contact: str
    phone: str
    address: str
    product: str
    version: str
    contract: dt.date | None
    card: str
    card_until: dt.date | None
    verified: str = ""

    @property
    def words(self) -> dict[str, str]:
        """Return the words that stand in rows because it is him, by what they are."""
        free = months_after(self.contract, FREE_MONTHS) - dt.timedelta(days=1) if self.contract else ""
        return {
            "customer": self.name,
            "contact": self.contact,
            "phone": self.phone,
            "address": self.address,
            "district": district_of(self.address),
            "installation": f"{self.product} {self.version}",
            "product": self.product,
            "contract": str(self.contract or ""),
            "free": str(free),
            "card": self.card,
            "until": str(self.card_until or ""),
        }

    @cached_property
    def said(self) -> dict[str, Any]:
        """What a copy says of him, ready to be filled in."""
        said: dict[str, Any] = {"customer.id": self.customer_id, "installation.id": self.installation_id}
        for name, word in self.words.items():
            said |= forms(name, word)
        return said


def forms(name: str, word: str) -> dict[str, str]:
    """Return a word as texts say it, as JSON does, and as the hash of the ledger does."""
    escaped, plain = json.dumps(word)[1:-1], json.dumps(word, ensure_ascii=False)[1:-1]
    return {name: word, f"{name}.a": escaped, f"{name}.u": plain}


def callers(office_id: int) -> list[Caller]:
    """Return everybody who may phone, in the order of the file."""
    query = (
        select(Customer.id, Installation.id, Customer.name, Contact.name, Contact.phones, Customer.address)
        .add_columns(Product.name, Installation.version, Installation.contract_date)
        .add_columns(Installation.service_card, Installation.service_until)
        .join(Installation, Installation.customer_id == Customer.id)
        .join(Product, Product.id == Installation.product_id)
        .join(Contact, Contact.customer_id == Customer.id)
        .where(Customer.office_id == office_id)
        .order_by(Customer.id)
    )
    return [Caller(*row) for row in db.session.execute(query)]


@dataclass(frozen=True)
class Covered:
    """Those whose card covers them, the oldest contract first: for every week those who have had it long enough."""

    among: Sequence[Caller]

    def on(self, day: dt.date) -> Sequence[Caller]:
        """Return those whose first year was over before a day."""
        return self.among[: bisect_left(self.among, day, key=_first_paid)]


def _first_paid(one: Caller) -> dt.date:
    assert one.contract
    return months_after(one.contract, FREE_MONTHS)


def covered(among: Sequence[Caller], last: dt.date) -> Covered:
    """Return those among the callers whose card is still good on the last day."""
    held = [one for one in among if one.contract and one.card and one.card_until and one.card_until > last]
    return Covered(sorted(held, key=_first_paid))
