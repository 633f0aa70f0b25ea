"""Customers who look alike: the same number within the city, or the same name as it is spoken.

Each customer leaves what he may share with a twin among his words (``lookup.twin_keys``), so that a new one is compared
by one query, and all pairs of an office are found in the index alone, however long the file is.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import Select, Subquery, and_, delete, func, select
from sqlalchemy.orm import aliased

from core import clock
from core.customers import lookup
from core.customers.models import Customer, CustomerKey
from core.customers.records import NotTwins
from core.db import db, insert_once

if TYPE_CHECKING:
    from core.customers.keeping import Keeper

# What more customers share than this is a switchboard or a chain: no hint that they are one.
MOST_SHARING = 8
AFTER_TWIN = chr(ord(lookup.TWIN) + 1)
MOST_ALIKE = 6


@dataclass(frozen=True, kw_only=True)
class Pair:
    """Two customers who may be one, and by what."""

    first: Customer
    second: Customer
    same_name: bool
    same_phone: bool


def alike(office_id: int, name: str, phones: Iterable[str]) -> list[Customer]:
    """Return the office's customers with this name as it is spoken, or with one of these numbers."""
    keys = lookup.twin_keys(name, phones)
    hits = select(CustomerKey.customer_id).where(
        CustomerKey.office_id == office_id, CustomerKey.key.in_(keys)
    )
    query = select(Customer).where(Customer.id.in_(hits), Customer.gone_at.is_(None))
    return list(db.session.scalars(query.order_by(Customer.file_number).limit(MOST_ALIKE)))


def pairs(office_id: int, start: int, most: int) -> list[Pair]:
    """Return a page of the pairs that look alike, those with most in common first: two queries, whatever the file."""
    rows = db.session.execute(_pairs(office_id).offset(start).limit(most)).all()
    ids = {one for row in rows for one in (row.first_id, row.second_id)}
    found = (
        {one.id: one for one in db.session.scalars(select(Customer).where(Customer.id.in_(ids)))}
        if ids
        else {}
    )
    return [
        Pair(
            first=found[row.first_id],
            second=found[row.second_id],
            same_name=row.least.startswith(f"{lookup.TWIN}n"),
            same_phone=row.most.startswith(f"{lookup.TWIN}p"),
        )
        for row in rows
    ]


def _pairs(office_id: int) -> Select[*tuple[Any, ...]]:
    first, second, shared = aliased(CustomerKey), aliased(CustomerKey), _shared(office_id)
    apart = and_(
        NotTwins.first_id == first.customer_id,
        NotTwins.second_id == second.customer_id,
    )
    return (
        select(
            first.customer_id.label("first_id"),
            second.customer_id.label("second_id"),
            func.min(first.key).label("least"),
            func.max(first.key).label("most"),
        )
        .join(shared, first.key == shared.c.key)
        .join(second, and_(second.office_id == office_id, second.key == first.key))
        .where(first.office_id == office_id, first.customer_id < second.customer_id)
        .where(~select(NotTwins.id).where(apart).exists())
        .group_by(first.customer_id, second.customer_id)
        .order_by(func.count().desc(), first.customer_id, second.customer_id)
    )


def _shared(office_id: int) -> Subquery:
    """Return what several customers of an office have in common, read from the index alone."""
    query = select(CustomerKey.key).where(
        CustomerKey.office_id == office_id, CustomerKey.key >= lookup.TWIN, CustomerKey.key < AFTER_TWIN
    )
    several = func.count().between(2, MOST_SHARING)
    return query.group_by(CustomerKey.key).having(several).subquery()


@dataclass(frozen=True, kw_only=True)
class Apart:
    """Two customers of whom somebody said that they are two."""

    first: Customer
    second: Customer
    said: NotTwins


def said_apart(office_id: int, start: int, most: int) -> list[Apart]:
    """Return a page of the office's customers who look alike and are two, the newest word first."""
    first, second = aliased(Customer), aliased(Customer)
    query = (
        select(first, second, NotTwins)
        .select_from(NotTwins)
        .join(first, and_(first.id == NotTwins.first_id, first.gone_at.is_(None)))
        .join(second, and_(second.id == NotTwins.second_id, second.gone_at.is_(None)))
        .where(NotTwins.office_id == office_id)
        .order_by(NotTwins.id.desc())
    )
    rows = db.session.execute(query.offset(start).limit(most))
    return [Apart(first=one, second=other, said=said) for one, other, said in rows]


def say_apart(keeper: Keeper, one: Customer, other: Customer) -> None:
    """Remember that two customers who look alike are two, inside the write transaction."""
    first, second = sorted((one.id, other.id))
    said = {"office_id": keeper.office.id, "said_by": keeper.actor.name, "said_at": clock.now()}
    if insert_once(NotTwins, first_id=first, second_id=second, **said):
        keeper.record("apart", one, other=_label(other))


def unsay_apart(keeper: Keeper, one: Customer, other: Customer) -> None:
    """Let two customers stand among those who look alike again, inside the write transaction."""
    first, second = sorted((one.id, other.id))
    where = (NotTwins.first_id == first, NotTwins.second_id == second)
    if db.session.scalar(delete(NotTwins).where(*where).returning(NotTwins.id)) is not None:
        keeper.record("undo_apart", one, other=_label(other))


def _label(customer: Customer) -> str:
    return f"{customer.file_number} {customer.name}"
