"""A portion of a customer file and the database: examined in a fixed number of queries, then written."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, select

from core.customers import lookup
from core.customers.import_models import LastSaid
from core.customers.lines import CustomerLine, Problem, RefusedLine, SerialClaims
from core.customers.merging import Change, Said, apply, compare, has_product, said_by
from core.customers.models import Customer, Installation, Product
from core.customers.reading import Reading, Unit
from core.db import db
from core.i18n import Sentence, _l

MOST_VALUES = 500


@dataclass(frozen=True)
class Examined:
    """What a portion would do: the changes, what was remembered before, and the lines that are refused."""

    good: int
    changes: Sequence[Change]
    remembered: Mapping[int, LastSaid]
    refused: Sequence[RefusedLine]


def examine(office_id: int, reading: Reading, units: Sequence[Unit], *, lock: bool = False) -> Examined:
    """Look at a portion without writing anything; whoever is about to write keeps its customers as they are."""
    lines = [line for unit in units if not isinstance(unit, RefusedLine) for line in unit]
    customers = _customers(office_id, {line.file_number for line in lines}, lock)
    good, turned_away = _sorted_out(office_id, reading, lines, _gone(customers.values()))
    remembered = _remembered(customers.values())
    return Examined(
        good=sum(map(len, good.values())),
        changes=[_change(number, same, customers.get(number), remembered) for number, same in good.items()],
        remembered=remembered,
        refused=[unit for unit in units if isinstance(unit, RefusedLine)] + turned_away,
    )


def _change(
    number: str, lines: Sequence[CustomerLine], customer: Customer | None, remembered: Mapping[int, LastSaid]
) -> Change:
    last = remembered.get(customer.id) if customer else None
    return compare(number, customer, said_by(lines), Said(**last.said) if last else None)


def _sorted_out(
    office_id: int, reading: Reading, lines: Sequence[CustomerLine], gone: Mapping[str, Sentence]
) -> tuple[dict[str, list[CustomerLine]], list[RefusedLine]]:
    """Part the lines that hold in the database too, by customer, from those that do not."""
    serials = {line.serial_number for line in lines if line.serial_number}
    claimed = {serial: reading.claims[serial] for serial in serials if serial in reading.claims}
    held = _first_claims(office_id, claimed) | _holders(office_id, serials)
    claims, good, refused = SerialClaims(held), dict[str, list[CustomerLine]](), []
    for line in lines:
        problem = _not_here(line, gone) or (
            claims.claim(line) if line.serial_number in held else _no_product(line)
        )
        if problem:
            refused.append(line.refused(problem))
        else:
            good.setdefault(line.file_number, []).append(line)
    return good, refused


def _first_claims(office_id: int, claims: Mapping[str, Sequence[str]], most: int = 1) -> dict[str, str]:
    """Say who is the first to claim each number, but for those whom the office keeps no more.

    One question answers nearly all: only behind somebody who is gone are the next ones asked for, many at once.
    """
    if not claims:
        return {}
    gone = _gone_of(office_id, {number for numbers in claims.values() for number in numbers[:most]})
    kept = {serial: [one for one in numbers[:most] if one not in gone] for serial, numbers in claims.items()}
    first = {serial: numbers[0] for serial, numbers in kept.items() if numbers}
    behind = {serial: numbers[most:] for serial, numbers in claims.items() if serial not in first}
    more = {serial: numbers for serial, numbers in behind.items() if numbers}
    return first | _first_claims(office_id, more, MOST_VALUES)


def _gone_of(office_id: int, numbers: Iterable[str]) -> set[str]:
    query = select(Customer.file_number).where(Customer.office_id == office_id, Customer.gone_at.is_not(None))
    return set(_where_in(query, Customer.file_number, numbers, db.session.scalars))


def _gone(customers: Iterable[Customer]) -> dict[str, Sentence]:
    """Say of each customer whom the office keeps no more why his lines do not go in, by file number."""
    away = [one for one in customers if one.is_gone]
    kept_ids = {one.merged_into_id for one in away if one.merged_into_id is not None}
    query = select(Customer.id, Customer.file_number)
    kept = dict(tuple(row) for row in _where_in(query, Customer.id, kept_ids, db.session.execute))
    moved = _l("this customer has moved to another office, which keeps the file now")
    merged = {
        one.id: _l("this customer was merged into %(kept)s: give that number", kept=kept[one.merged_into_id])
        for one in away
        if one.merged_into_id in kept
    }
    return {one.file_number: merged.get(one.id, moved) for one in away}


def _not_here(line: CustomerLine, gone: Mapping[str, Sentence]) -> Problem | None:
    reason = gone.get(line.file_number)
    return Problem(field="file_number", reason=reason, value=line.file_number) if reason else None


def _no_product(line: CustomerLine) -> Problem | None:
    if line.product or not has_product(line):
        return None
    reason = _l("the product is missing, so nobody knows what the serial number or the dates belong to")
    return Problem(field="product", reason=reason)


def _holders(office_id: int, serials: Iterable[str]) -> dict[str, str]:
    query = (
        select(Installation.serial_number, Customer.file_number)
        .join(Customer, Customer.id == Installation.customer_id)
        .where(Installation.office_id == office_id, Installation.removed_at.is_(None))
    )
    rows = _where_in(query, Installation.serial_number, serials, db.session.execute)
    return {str(serial): number for serial, number in rows}


def _customers(office_id: int, numbers: Iterable[str], lock: bool) -> dict[str, Customer]:
    query = select(Customer).where(Customer.office_id == office_id)
    if lock:
        # What somebody writes at this moment is waited for, and read: else it would be written over.
        query = query.order_by(Customer.id).with_for_update(of=Customer)
        query = query.execution_options(populate_existing=True)
    rows = _where_in(query, Customer.file_number, numbers, db.session.scalars)
    return {customer.file_number: customer for customer in rows}


def _remembered(customers: Iterable[Customer]) -> dict[int, LastSaid]:
    ids = [customer.id for customer in customers]
    rows = _where_in(select(LastSaid), LastSaid.customer_id, ids, db.session.scalars)
    return {row.customer_id: row for row in rows}


def _where_in(query: Select[*tuple[Any, ...]], column: Any, values: Iterable[Any], ask: Any) -> Iterator[Any]:
    """Ask for the rows with these values, not too many at once: one customer may have thousands of lines."""
    wanted = sorted(values)
    for start in range(0, len(wanted), MOST_VALUES):
        among: ColumnElement[bool] = column.in_(wanted[start : start + MOST_VALUES])
        yield from ask(query.where(among))


def bring_in(office_id: int, examined: Examined) -> None:
    """Write what a portion changes, inside the write transaction; what stays as it is, is not touched."""
    catalogue = _catalogue(examined.changes)
    touched = [change for change in examined.changes if not (change.nothing and change.remembered)]
    customers = [apply(change, office_id, catalogue) for change in touched]
    db.session.add_all(customers)
    found = [one for one, change in zip(customers, touched, strict=True) if change.findable]
    if found:
        lookup.index(found)
    db.session.flush()
    for customer, change in zip(customers, touched, strict=True):
        if not change.remembered:
            row = examined.remembered.get(customer.id)
            row = row or LastSaid(office_id=office_id, customer_id=customer.id)
            row.said = change.said.to_json()
            db.session.add(row)


def _catalogue(changes: Iterable[Change]) -> dict[str, Product]:
    """Return the national products that are named, entering the unknown ones in one order for everybody."""
    names = {one.facts["product"] for change in changes for one in change.products if "product" in one.facts}
    rows = _where_in(select(Product), Product.name, names, db.session.scalars)
    known = {product.name: product for product in rows}
    new = {name: Product(name=name) for name in sorted(names - set(known))}
    db.session.add_all(new.values())
    db.session.flush()
    return known | new
