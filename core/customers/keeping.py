"""Keeping the customer file by hand: adding, correcting and removing, each with a row in the office's ledger.

Everything happens inside the write transaction, in the house's order of locks: the customer, the number series, the
head of the ledger. The fields that changed are kept by ``core.customers.history`` at the flush.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import inspect, select, update

from core import clock, ledger
from core.customers import history, lookup, services, twins
from core.customers.history import CONTACT, CUSTOMER, PRODUCT, Source, origin
from core.customers.models import Contact, Customer, Installation
from core.db import db
from core.deadlines import IS_OPEN, Deadline
from core.errors import KoudaiError, NotFound
from core.i18n import _l
from core.offices import Office
from core.people import Actor
from core.procedure import Procedure
from core.rules import Rules

KEPT_CURRENT, MISSING = "QI/03 3.2.7", "QI/02 file.missing"
MODELS: dict[str, type[Any]] = {CUSTOMER: Customer, CONTACT: Contact, PRODUCT: Installation}
NUMBER_LENGTH = 24


@dataclass(frozen=True, kw_only=True)
class Keeper:
    """Who writes the file of which office, and by which way."""

    rules: Rules
    actor: Actor
    source: str = Source.HAND
    note: str = ""

    @property
    def office(self) -> Office:
        """The office whose file it is."""
        return self.rules.office

    def writing_as(self) -> Any:
        """Say for what follows who changes the file."""
        return origin(self.actor.name, self.actor.person_id, self.source, self.note)

    def record(self, action: str, customer: Customer, clause: str = KEPT_CURRENT, **details: Any) -> None:
        """Append a row to the office's ledger, the last thing that is done."""
        ledger.append(
            self.office.id,
            kind="customer",
            action=action,
            actor=self.actor.name,
            actor_id=self.actor.person_id,
            number=customer.file_number[:NUMBER_LENGTH],
            subject_id=customer.id,
            clause=clause,
            details={key: value for key, value in details.items() if value},
        )


def locked(customer_id: int, office_id: int) -> Customer:
    """Lock a customer of an office and read him as he is now; NotFound for another's and for who is not served here."""
    query = select(Customer).where(Customer.id == customer_id, Customer.office_id == office_id)
    query = query.with_for_update(of=Customer).execution_options(populate_existing=True)
    found = db.session.scalars(query).one_or_none()
    if found is None:
        raise NotFound(_l("There is no such customer here."))
    refuse_gone(found)
    return found


def refuse_gone(customer: Customer) -> None:
    """Refuse to write of a customer who was merged into another one, or whom another office serves."""
    if customer.is_gone:
        raise KoudaiError(
            _l("%(name)s is not kept here any more. Look at the page again.", name=customer.name)
        )


class Twins(KoudaiError):
    """Somebody much alike is on file already, and nobody said that it is another customer all the same."""


def add(keeper: Keeper, said: Mapping[str, Any]) -> Customer:
    """Enter a customer whom the file lacks, under the number given or the next of the office's series.

    Whoever is much alike is asked for here, alone in the office, so that of two who enter him at once the second is
    refused with ``Twins``.
    """
    office_id = keeper.office.id
    if not said["all_the_same"] and (alike := twins.alike(office_id, said["name"], [said["phone"]])):
        other = alike[0]
        text = _l("%(name)s (%(number)s) is much alike.", name=other.name, number=other.file_number)
        raise Twins(text)
    with keeper.writing_as():
        customer = services.add_customer(
            office_id,
            file_number=said["file_number"] or services.draw_file_number(keeper.office, clock.now()),
            installations=[_first_product(office_id, said)] if said["product_id"] else [],
            **{name: said[name] for name in ("name", "contact", "phone", *TEXTS)},
        )
        history.note(customer, "", "", customer.name)
    keeper.record("add", customer, MISSING)
    return customer


TEXTS = ("address", "fax", "regional_manager", "salesperson", "note")


def _first_product(office_id: int, said: Mapping[str, Any]) -> Installation:
    columns = ("product_id", "version", "serial_number", "contract_date")
    return Installation(office_id=office_id, **{name: said[name] for name in columns})


def correct(
    keeper: Keeper, customer: Customer, row: Any, said: Mapping[str, Any]
) -> dict[str, tuple[str, str]]:
    """Write what was said of a customer or of one of his parts; return what changed, from and to."""
    before = {name: history.as_text(getattr(row, name)) for name in said}
    old_name = customer.name
    with keeper.writing_as():
        for name, value in said.items():
            setattr(row, name, value)
    after = {name: history.as_text(getattr(row, name)) for name in said}
    changed = {name: (before[name], after[name]) for name in said if before[name] != after[name]}
    if changed:
        _followed_up(keeper, customer, old_name)
        keeper.record("correct", customer, part=history.KINDS[type(row)], fields=changed)
    return changed


def add_part(keeper: Keeper, customer: Customer, what: str, said: Mapping[str, Any]) -> Any:
    """Enter a contact or a product at a customer's."""
    row = MODELS[what](office_id=customer.office_id, **said)
    with keeper.writing_as():
        (customer.contacts if what == CONTACT else customer.installations).append(row)
    _found_anew(customer)
    keeper.record("add_part", customer, part=what, said=history.told(row))
    return row


def remove_part(keeper: Keeper, customer: Customer, row: Any) -> None:
    """Take a contact or product off the file; cases that name it still do, and it can be brought back."""
    with keeper.writing_as():
        row.removed_at = clock.now()
    _found_anew(customer)
    keeper.record("remove_part", customer, part=history.KINDS[type(row)], said=history.told(row))


def restore_part(keeper: Keeper, customer: Customer, row: Any) -> None:
    """Bring a removed contact or product back, unless its serial number has another holder by now."""
    serial = getattr(row, "serial_number", None)
    holder = services.holder_of(customer.office_id, serial) if serial else None
    if holder is not None:
        raise KoudaiError(
            _l("Meanwhile the serial number %(serial)s belongs to %(name)s.", serial=serial, name=holder.name)
        )
    with keeper.writing_as():
        row.removed_at = None
    _found_anew(customer)
    keeper.record("restore_part", customer, part=history.KINDS[type(row)], said=history.told(row))


def part_of(customer: Customer, what: str, part_id: int, *, removed: bool = False) -> Any:
    """Return a contact or product of a customer by its id, or NotFound."""
    model = MODELS.get(what)
    if model is None or model is Customer:
        raise NotFound(_l("There is no such part of a customer."))
    gone = model.removed_at.is_not(None) if removed else model.removed_at.is_(None)
    query = select(model).where(model.id == part_id, model.customer_id == customer.id, gone)
    found = db.session.scalars(query).one_or_none()
    if found is None:
        raise NotFound(_l("It is not on file at %(name)s any more.", name=customer.name))
    return found


def removed_of(customer: Customer) -> list[Any]:
    """Return the contacts and products that were removed from a customer, the last first."""
    found: list[Any] = []
    for model in (Contact, Installation):
        query = select(model).where(model.customer_id == customer.id, model.removed_at.is_not(None))
        found += db.session.scalars(query.limit(50))
    return sorted(found, key=lambda row: row.removed_at, reverse=True)


def _followed_up(keeper: Keeper, customer: Customer, old_name: str) -> None:
    _found_anew(customer)
    if customer.name != old_name:
        rename_promises(keeper.rules, customer, old_name)


def _found_anew(customer: Customer) -> None:
    """Let the customer be found by what he is now called; his parts are read again, without those that were removed."""
    db.session.flush()
    db.session.expire(customer, ["contacts", "installations"])
    lookup.index([customer])


def rename_promises(rules: Rules, customer: Customer, old_name: str) -> None:
    """Write the new name over the open promises of the customer's cases: my desk shows it from there."""
    for procedure in with_cases(rules):
        model = procedure.model
        own = select(model.id).where(model.customer_id == customer.id, model.office_id == customer.office_id)
        db.session.execute(
            update(Deadline)
            .where(
                Deadline.office_id == customer.office_id,
                Deadline.procedure == procedure.name,
                Deadline.subject_id.in_(own),
                IS_OPEN,
                Deadline.heading == old_name[:120],
            )
            .values(heading=customer.name[:120])
            .execution_options(synchronize_session=False)
        )


def with_cases(rules: Rules) -> list[Procedure]:
    """Return the procedures of which a customer may have cases: those of plugins that are off here wait as they are."""
    on, every = rules.plugins.procedures, rules.plugins.plugins.procedures
    off: list[Any] = [procedure for name, procedure in every.items() if name not in on]
    there = tables_there() if off else set()
    return [*on.values(), *(one for one in off if one.model.__table__.name in there)]


def tables_there() -> set[str]:
    """Return the names of the tables that stand: a plugin that was removed may still be installed, and has none."""
    return set(inspect(db.session.connection()).get_table_names())
