"""The list of an office's customers."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any

from sqlalchemy import or_, select

from core import clock
from core.customers import lookup
from core.customers.models import Customer, Installation
from core.customers.services import catalogue
from core.i18n import _l
from core.lists.declared import ListColumn, ListFilter, Listing
from core.rules import Rules

NAME = "core.customer"
VERIFIED = {
    "never": _l("Never"),
    "old": _l("Not for a year"),
    "fresh": _l("Within a year"),
}


def listing_of(rules: Rules) -> Listing:
    """Return the list of an office's customers."""
    return Listing(
        name=NAME,
        title=_l("Customers"),
        reads="core.see_customers",
        query=select(Customer).where(Customer.office_id == rules.office.id, Customer.gone_at.is_(None)),
        key=Customer.id,
        columns={one.name: one for one in _columns()},
        filters={one.name: one for one in _filters(rules)},
        order="file_number",
    )


def _columns() -> Iterator[ListColumn]:
    number = (Customer.file_number,)
    yield ListColumn(
        name="file_number",
        title=_l("File number"),
        value=lambda one: one.file_number,
        mark="number",
        fixed=True,
        sort=number,
    )
    yield ListColumn(name="name", title=_l("Customer"), value=lambda one: one.name, mark="wide")
    yield ListColumn(name="contact", title=_l("Contact"), value=_contact)
    yield ListColumn(name="products", title=_l("Products"), value=_products)
    yield ListColumn(name="address", title=_l("Address"), value=lambda one: one.address, usual=False)
    yield ListColumn(
        name="regional_manager",
        title=_l("Regional manager"),
        value=lambda one: one.regional_manager,
        usual=False,
    )
    yield ListColumn(
        name="salesperson", title=_l("Salesperson"), value=lambda one: one.salesperson, usual=False
    )
    yield ListColumn(name="service_until", title=_l("Service until"), value=_service_until, usual=False)
    yield ListColumn(
        name="verified", title=_l("Data verified"), value=lambda one: one.verified_at, usual=False
    )


def _contact(customer: Customer) -> str:
    first = next(iter(customer.contacts), None)
    return f"{first.name} {first.phones}".strip() if first else ""


def _products(customer: Customer) -> str:
    return ", ".join(one.title for one in customer.installations)


def _service_until(customer: Customer) -> dt.date | None:
    return max((one.service_until for one in customer.installations if one.service_until), default=None)


def _filters(rules: Rules) -> Iterator[ListFilter]:
    office_id = rules.office.id
    yield ListFilter(
        name="q", title=_l("Words"), kind="words", where=lambda typed: lookup.fits(typed, office_id)
    )
    yield ListFilter(
        name="product",
        title=_l("Product"),
        choices=rules.once("products by name", catalogue),
        where=lambda value: Customer.id.in_(_holders(office_id, int(value))),
    )
    yield ListFilter(name="verified", title=_l("Data verified"), choices=VERIFIED, where=_verified)


def _holders(office_id: int, product_id: int) -> Any:
    where = (Installation.office_id == office_id, Installation.product_id == product_id)
    return select(Installation.customer_id).where(*where)


def _verified(value: str) -> Any:
    a_year_ago = clock.now() - dt.timedelta(days=365)
    if value == "never":
        return Customer.verified_at.is_(None)
    if value == "fresh":
        return Customer.verified_at >= a_year_ago
    return or_(Customer.verified_at.is_(None), Customer.verified_at < a_year_ago)
