"""The history of the customer file: whoever changes a customer, contact or product leaves a row, whatever the way.

The rows are written at the flush, not by those who change something: an import, a step of a case and a correction
by hand are kept alike, and nobody can forget it. Who acts, and where it came from, is said with ``origin``.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sqlalchemy import event, inspect, select
from sqlalchemy.orm import Session

from core import clock
from core.customers.fields import FIELD_LABELS
from core.customers.models import Contact, Customer, Installation, Product
from core.customers.records import CustomerChange
from core.db import db
from core.i18n import _l

CUSTOMER, CONTACT, PRODUCT = "customer", "contact", "product"
FIELDS: dict[str, tuple[str, ...]] = {
    CUSTOMER: (
        "name",
        "address",
        "fax",
        "regional_manager",
        "salesperson",
        "note",
        "site_note",
        "verified_at",
    ),
    CONTACT: ("name", "phones"),
    PRODUCT: ("product", "version", "serial_number", "contract_date", "service_card", "service_until"),
}
LABELS = FIELD_LABELS | {
    "phones": _l("Phone"),
    "site_note": _l("Site note"),
    "verified_at": _l("Verified"),
    "merged": _l("Merged with"),
    "moved": _l("Moved to another office"),
}
KINDS: dict[type[Any], str] = {Customer: CUSTOMER, Contact: CONTACT, Installation: PRODUCT}
LONGEST_PART = 120


class Source(StrEnum):
    """By which way a change came about."""

    HAND = "hand"
    IMPORT = "import"
    PROPOSAL = "proposal"
    MERGE = "merge"
    MOVE = "move"
    STEP = "step"


SOURCES = {
    Source.HAND: _l("by hand"),
    Source.IMPORT: _l("import"),
    Source.PROPOSAL: _l("proposal"),
    Source.MERGE: _l("merge"),
    Source.MOVE: _l("move"),
    Source.STEP: _l("in a case"),
}


@dataclass(frozen=True, kw_only=True)
class Origin:
    """Who changes something now, and by which way."""

    actor: str = ""
    actor_id: int | None = None
    source: str = ""
    note: str = ""


@contextmanager
def origin(actor: str, actor_id: int | None, source: str, note: str = "") -> Iterator[None]:
    """Say for what follows who changes the customer file, and by which way; what is pending is written first."""
    info, before = db.session.info, db.session.info.get("origin", Origin())
    info["origin"] = Origin(actor=actor, actor_id=actor_id, source=source, note=note)
    try:
        yield
        if info.get("writing"):
            db.session.flush()
    finally:
        info["origin"] = before


def note(customer: Customer, field: str, before: str, after: str) -> None:
    """Write down what happened to a customer as a whole."""
    db.session.add(_row(customer, field, before, after))


@event.listens_for(db.session, "before_flush")
def _keep(session: Session, context: Any, instances: Any) -> None:
    """Add a row for every field that is about to change; a customer who is new has no history yet."""
    for row in list(session.dirty):
        if type(row) in KINDS:
            session.add_all(_changes_of(row))
    for row in list(session.new):
        if isinstance(row, Contact | Installation) and _is_on_file(row.customer):
            session.add(_row(row, "", "", told(row)))


def _is_on_file(customer: Customer | None) -> bool:
    return customer is not None and inspect(customer).persistent


def _changes_of(row: Any) -> Iterator[CustomerChange]:
    removal = _change(row, "removed_at") if isinstance(row, Contact | Installation) else None
    if removal is not None:
        yield _row(row, "", "" if removal[0] else told(row), told(row) if removal[0] else "")
    for field in FIELDS[KINDS[type(row)]]:
        change = _change(row, field)
        if change is not None:
            yield _row(row, field, *map(as_text, change))


def _change(row: Any, field: str) -> tuple[Any, Any] | None:
    """Return what a field was and what it is going to be, unless it stays."""
    attributes = inspect(row).attrs
    history = attributes[field].history
    if field == "product" and not history.has_changes() and attributes["product_id"].history.has_changes():
        return _product(attributes["product_id"].history.deleted), _product([row.product_id])
    if not history.has_changes():
        return None
    before, after = next(iter(history.deleted or ()), None), getattr(row, field)
    return None if as_text(before) == as_text(after) else (before, after)


def _product(ids: Sequence[int | None]) -> Product | None:
    wanted = next((one for one in ids if one is not None), None)
    return db.session.get(Product, wanted) if wanted is not None else None


def as_text(value: Any) -> str:
    """Return a value as the history keeps it: a day and a moment as ISO text, a product by its name."""
    if isinstance(value, Product):
        return value.name
    if isinstance(value, dt.date | dt.datetime):
        return value.isoformat()
    return "" if value is None else str(value)


def told(row: Contact | Installation) -> str:
    """Say a contact or product in one line, for the day on which it is no more."""
    if isinstance(row, Contact):
        return f"{row.name} {row.phones}".strip()
    product = row.product or db.session.get(Product, row.product_id)
    return " ".join(filter(None, (as_text(product), row.version, row.serial_number)))


def _row(row: Any, field: str, before: str, after: str) -> CustomerChange:
    said: Origin = db.session.info.get("origin", Origin())
    whole = isinstance(row, Customer)
    return CustomerChange(
        office_id=row.office_id,
        customer_id=row.id if whole else row.customer_id or row.customer.id,
        at=clock.now(),
        actor=said.actor,
        actor_id=said.actor_id,
        source=said.source,
        note=said.note,
        what=KINDS[type(row)],
        part_id=None if whole else row.id,
        part="" if whole else title_of(row)[:LONGEST_PART],
        field=field,
        before=before,
        after=after,
    )


def title_of(row: Contact | Installation) -> str:
    """Name a contact or product as a line of the history does."""
    if isinstance(row, Contact):
        return row.name
    product = row.product or db.session.get(Product, row.product_id)
    return f"{as_text(product)} {row.version or ''}".strip()


def of_customer(customer_id: int, start: int = 0, most: int = 20) -> list[CustomerChange]:
    """Return what was changed at a customer, the newest first."""
    query = select(CustomerChange).where(CustomerChange.customer_id == customer_id)
    return list(db.session.scalars(query.order_by(CustomerChange.id.desc()).offset(start).limit(most)))


def last_of(
    customer_id: int, what: str, part_id: int | None, fields: Sequence[str]
) -> dict[str, CustomerChange]:
    """Return who changed each of these fields last."""
    query = select(CustomerChange).where(
        CustomerChange.customer_id == customer_id,
        CustomerChange.what == what,
        CustomerChange.part_id == part_id if part_id is not None else CustomerChange.part_id.is_(None),
        CustomerChange.field.in_(fields),
    )
    rows = db.session.scalars(query.order_by(CustomerChange.id.desc()).limit(200))
    found: dict[str, CustomerChange] = {}
    for row in rows:
        found.setdefault(row.field, row)
    return found
