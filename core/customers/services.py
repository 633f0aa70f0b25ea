"""Reading and writing the customer file of an office."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from sqlalchemy import select

from core import clock, numbers
from core.customers import lookup
from core.customers.models import Contact, Customer, Installation, Product
from core.db import db
from core.offices import Office

MOST_DIGITS = 10


def by_id(customer_id: int | str) -> Customer | None:
    """Return a customer that the session may see, whatever somebody typed as its id."""
    key = _id_in(customer_id)
    return db.session.scalars(select(Customer).where(Customer.id == key)).one_or_none() if key else None


def of_office(customer_id: int | str, office_id: int) -> Customer | None:
    """Return a customer whom this very office serves, however many offices the session may see."""
    key = _id_in(customer_id)
    found = db.session.get(Customer, key) if key else None
    return found if found is not None and found.office_id == office_id and not found.is_gone else None


def _id_in(typed: int | str) -> int:
    text = str(typed)
    return int(text) if text.isdecimal() and len(text) <= MOST_DIGITS and int(text) < 2**31 else 0


def by_file_number(file_number: str, office_id: int, *, gone: bool = False) -> Customer | None:
    """Return the customer of an office who has this file number, as people type it.

    Of one who was merged into another the number leads to the other; with ``gone``, one who moved away is found too.
    """
    typed = file_number.strip()
    spelt = Customer.file_number.in_({typed, typed.upper()})
    query = select(Customer).where(Customer.office_id == office_id, spelt)
    query = query.order_by((Customer.file_number == typed).desc()).limit(1)
    found = db.session.scalars(query).one_or_none()
    if found is not None and found.merged_into_id is not None:
        found = by_id(found.merged_into_id)
    return found if found is not None and (gone or not found.is_gone) else None


def catalogue() -> dict[str, str]:
    """Return the products of the national catalogue by id, for a choice."""
    return {str(one.id): one.name for one in db.session.scalars(select(Product).order_by(Product.name))}


def draw_file_number(office: Office, at: dt.datetime) -> str:
    """Draw a file number of the office's own series, inside the write transaction.

    One under which a customer was imported or entered stands for that customer already.
    """
    while is_taken(office.id, number := numbers.draw(office, numbers.CUSTOMERS, at)):
        pass
    return number


def is_taken(office_id: int, file_number: str) -> bool:
    """Say whether a customer of the office has this file number."""
    where = (Customer.office_id == office_id, Customer.file_number == file_number)
    return db.session.scalar(select(Customer.id).where(*where)) is not None


def lock(customer_id: int) -> None:
    """Lock a customer inside the write transaction, for what may happen to him only once."""
    db.session.execute(select(Customer.id).where(Customer.id == customer_id).with_for_update())


def locked_products(customer_id: int) -> list[Installation]:
    """Lock a customer inside the write transaction, and return his products as they stand now."""
    lock(customer_id)
    where = (Installation.customer_id == customer_id, Installation.removed_at.is_(None))
    query = select(Installation).where(*where).order_by(Installation.id)
    return list(db.session.scalars(query.execution_options(populate_existing=True)))


def note_verified(customer: Customer, at: dt.datetime) -> None:
    """Note that the customer's data were gone through with the customer (QI/03 3.2.7)."""
    customer.verified_at = at


def renew_card(installations: Iterable[Installation], card: str, until: dt.date) -> None:
    """Enter a service card, valid until a day inclusive, on these products."""
    for one in installations:
        one.service_card, one.service_until = card, until


def holder_of(office_id: int, serial_number: str) -> Customer | None:
    """Return the customer of an office who holds a serial number; it has one holder."""
    query = select(Customer).join(Installation, Installation.customer_id == Customer.id)
    where = (
        Installation.office_id == office_id,
        Installation.serial_number == serial_number,
        Installation.removed_at.is_(None),
    )
    return db.session.scalars(query.where(*where)).unique().one_or_none()


def add_customer(
    office_id: int,
    *,
    file_number: str,
    name: str,
    contact: str,
    phone: str,
    installations: Iterable[Installation] = (),
    **more: str,
) -> Customer:
    """Add a customer that is missing from the file, inside the write transaction (QI/02 file.missing).

    ``more`` is what else is known: address, fax, regional manager, salesperson, note.
    """
    customer = Customer(
        office_id=office_id, file_number=file_number, name=name, created_at=clock.now(), **more
    )
    customer.contacts.append(Contact(office_id=office_id, name=contact, phones=phone))
    customer.installations.extend(installations)
    db.session.add(customer)
    lookup.index([customer])
    return customer
