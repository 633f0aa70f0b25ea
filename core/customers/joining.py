"""Two customers who are one: merged by hand, and parted again exactly (QI/03 3.2.7).

The cases go over too, and no step of theirs is taken for it: what a case is, and where it stands, stays as it was; it
only points to the one of two files that remains. A step for each would ask roles, objections and forms of procedures
that core does not know, and would write a row into each case's story in which nothing happened to the case. So moving
the foreign keys is one recorded act: one row in the office's ledger, with every table and number of rows, and a record
from which it can be undone. They are found in the metadata, for a plugin's table may point to a customer as well.

The locks are taken in the house's order. The office comes first and exclusively, as when a plugin is switched: each
step of a case holds it in share mode, so none is under way that read the customer who goes, and none can wait for him
while it holds a case. Then the two customers in the order of their ids; the head of the ledger is last.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import Column, ColumnElement, Table, func, select, tuple_, update
from sqlalchemy.exc import IntegrityError

from core import clock
from core.customers import history, keeping, lookup, moving, values
from core.customers.keeping import Keeper
from core.customers.models import Contact, Customer
from core.customers.records import CustomerMerge
from core.db import Base, db
from core.errors import KoudaiError, NotFound
from core.i18n import _l
from core.people import name_of
from core.rules import installed_plugins
from core.search import index

# What is told of the very one who goes: his words, what files said under his number, his own past.
STAYING = frozenset(
    f"core_{name}"
    for name in (
        "customer_key",
        "last_said",
        "customer_change",
        "customer_merge",
        "customer_not_twins",
        "customer_move",
    )
)
# The words of the cases are written anew at will, under other ids: they follow the cases, and no record names them.
DERIVED = frozenset({"core_search_text"})
FIELDS = ("name", "address", "fax", "regional_manager", "salesperson", "note", "site_note")
NOTES = ("note", "site_note")
KEPT, GONE, BOTH = "kept", "gone", "both"
Moved = dict[str, list[Any]]


def references() -> Iterator[tuple[Table, Column[Any]]]:
    """Yield every column of core and of installed plugins that points to a customer and goes over with him.

    Where a customer has at most one row (the column is the table's key), the row stays with whom it is about.
    """
    owners, there = {"core", *installed_plugins().installed}, keeping.tables_there()
    for table in Base.metadata.sorted_tables:
        if (
            table.name in STAYING | DERIVED
            or table.name not in there
            or table.name.partition("_")[0] not in owners
        ):
            continue
        for column in table.columns:
            points = any(key.column.table.name == Customer.__tablename__ for key in column.foreign_keys)
            if points and not column.primary_key and not column.unique:
                yield table, column


def differing(kept: Customer, gone: Customer) -> list[str]:
    """Return the fields in which two customers differ."""
    return [name for name in FIELDS if getattr(kept, name) != getattr(gone, name)]


def proposed(kept: Customer, gone: Customer, name: str) -> str:
    """Propose whose value of a field stays: notes add up, and what is empty gives way."""
    mine, other = getattr(kept, name), getattr(gone, name)
    if name in NOTES and mine and other:
        return BOTH
    return KEPT if mine else GONE if other else KEPT


def merge(keeper: Keeper, kept: Customer, gone: Customer, choices: Mapping[str, str]) -> CustomerMerge:
    """Make one of two customers who are locked; whatever points to the one who goes points to the other afterwards."""
    _refuse_offered(kept, gone)
    fields = {name: _chosen(kept, gone, name, choices.get(name)) for name in differing(kept, gone)}
    was, label = kept.name, f"{gone.file_number} {gone.name}"
    with keeper.writing_as():
        dropped = _drop_known_contacts(kept, gone)
        for name, value in fields.items():
            setattr(kept, name, value[1])
        db.session.flush()
        moved = _go_over(keeper.office.id, gone.id, kept.id)
        gone.merged_into_id, gone.gone_at = kept.id, clock.now()
        history.note(kept, "merged", "", label)
    record = CustomerMerge(
        office_id=keeper.office.id,
        kept_id=kept.id,
        gone_id=gone.id,
        at=clock.now(),
        actor=keeper.actor.name,
        actor_id=keeper.actor.person_id,
        moved=moved,
        fields={name: list(value) for name, value in fields.items() if value[0] != value[1]},
        dropped=dropped,
    )
    db.session.add(record)
    _settle(keeper, [kept, gone], {(kept.id, gone.name), (kept.id, was)})
    keeper.record("merge", kept, gone=label, moved=_counted(moved), fields=record.fields)
    return record


def _refuse_offered(*customers: Customer) -> None:
    for one in customers:
        if moving.offer_of(one.id) is not None:
            raise KoudaiError(
                _l("%(name)s is offered to another office. Withdraw the offer first.", name=one.name)
            )


def _chosen(kept: Customer, gone: Customer, name: str, choice: str | None) -> tuple[str, str]:
    """Return what a field is at the one who stays, and what it is going to be: as proposed if nobody chose."""
    mine, other = getattr(kept, name), getattr(gone, name)
    both = "\n".join(dict.fromkeys(filter(None, (mine, other)))) if name in NOTES else mine
    return mine, {GONE: other, BOTH: both}.get(choice or proposed(kept, gone, name), mine)


def _drop_known_contacts(kept: Customer, gone: Customer) -> list[int]:
    """Take off the file whom the other one names too, with the very same numbers."""
    known = {_identity(one) for one in kept.contacts}
    twice = [one for one in gone.contacts if _identity(one) in known]
    for one in twice:
        one.removed_at = clock.now()
    return [one.id for one in twice]


def _identity(contact: Contact) -> tuple[str, frozenset[str]]:
    numbers = (lookup.local_digits(phone.digits) for phone in values.phones(contact.phones))
    return lookup.plain(contact.name), frozenset(numbers)


def _go_over(office_id: int, from_id: int, to_id: int) -> Moved:
    """Let everything of an office that points to one customer point to another; return what it was, by column."""
    moved: Moved = {}
    for table, column in references():
        here = (
            column == from_id
            if "office_id" not in table.c
            else (column == from_id) & (table.c.office_id == office_id)
        )
        keys = [list(row) for row in db.session.execute(select(*table.primary_key).where(here))]
        if keys:
            moved[f"{table.name}.{column.name}"] = keys
            _point(table, column, here, to_id)
    return moved


def _point(table: Table, column: Column[Any], where: ColumnElement[bool], to_id: int) -> None:
    try:
        db.session.execute(update(table).where(where).values({column.name: to_id}))
    except IntegrityError as error:
        text = _l(
            "Both have something in %(table)s of which a customer has only one. End it first.",
            table=table.name,
        )
        raise KoudaiError(text) from error


def _settle(keeper: Keeper, customers: Sequence[Customer], called: set[tuple[int, str]]) -> None:
    """Read anew what was moved beneath the session, find it under its words, and name it on my desk."""
    by_id = {one.id: one for one in customers}
    db.session.flush()
    index.follow_customers(by_id, keeping.with_cases(keeper.rules))
    db.session.expire_all()
    lookup.index(customers)
    for customer_id, name in called:
        if by_id[customer_id].name != name:
            keeping.rename_promises(keeper.rules, by_id[customer_id], name)


def _counted(moved: Moved) -> dict[str, int]:
    return {where: len(keys) for where, keys in moved.items()}


# --- and back


def merges_of(customer_id: int) -> list[CustomerMerge]:
    """Return who was merged into a customer and still is, the last first."""
    query = select(CustomerMerge).where(
        CustomerMerge.kept_id == customer_id, CustomerMerge.undone_at.is_(None)
    )
    return list(db.session.scalars(query.order_by(CustomerMerge.id.desc()).limit(20)))


def merge_of(merge_id: int, kept_id: int) -> CustomerMerge:
    """Return a merge into a customer that was not undone, or NotFound."""
    found = next((one for one in merges_of(kept_id) if one.id == merge_id), None)
    if found is None:
        raise NotFound(_l("This merge is not there, or was undone already."))
    return found


def undo(keeper: Keeper, record: CustomerMerge) -> Customer:
    """Part two customers again exactly as they were; refused when something would be lost that was written since."""
    kept, gone = record.kept, record.gone
    for why in _against(record):
        raise KoudaiError(why)
    was, label = kept.name, f"{gone.file_number} {gone.name}"
    with keeper.writing_as():
        for name, (before, _after) in record.fields.items():
            setattr(kept, name, before)
        gone.merged_into_id = gone.gone_at = None
        db.session.flush()
        for table, column, keys in _rows(record):
            _point(table, column, _among(table, keys), gone.id)
        back = select(Contact).where(Contact.id.in_(record.dropped))
        for contact in db.session.scalars(back.execution_options(populate_existing=True)):
            contact.removed_at = None
        history.note(kept, "merged", label, "")
    record.undone_at, record.undone_by = clock.now(), keeper.actor.name
    _settle(keeper, [kept, gone], {(kept.id, was), (gone.id, was)})
    keeper.record("undo_merge", kept, gone=label, moved=_counted(record.moved), fields=record.fields)
    return gone


def _against(record: CustomerMerge) -> Iterator[Any]:
    """Say what was written since and would be lost."""
    kept = record.kept
    if kept.is_gone or moving.offer_of(kept.id) is not None:
        yield _l(
            "%(name)s has gone on since: merged again, moved, or offered to another office.", name=kept.name
        )
    for name, (_before, after) in record.fields.items():
        if getattr(kept, name) != after:
            who = history.last_of(kept.id, history.CUSTOMER, None, [name]).get(name)
            yield _l(
                "“%(field)s” was changed since by %(who)s: that would be lost. Correct it by hand instead.",
                field=history.LABELS[name],
                who=name_of(who.actor_id, who.actor) if who and who.actor else "—",
            )
    for table, column, keys in _rows(record):
        still = select(func.count()).select_from(table).where(_among(table, keys), column == record.kept_id)
        if db.session.scalar(still) != len(keys):
            yield _l("Something in %(table)s has gone elsewhere since.", table=table.name)


def _rows(record: CustomerMerge) -> Iterator[tuple[Table, Column[Any], list[Any]]]:
    """Yield what went over, by table; a plugin that is not installed any more has taken its tables along."""
    known = {f"{table.name}.{column.name}": (table, column) for table, column in references()}
    for where, keys in record.moved.items():
        if where.partition(".")[0] in DERIVED:
            continue
        if where not in known:
            text = _l("%(table)s belongs to a plugin that is not installed any more.", table=where)
            raise KoudaiError(text)
        yield *known[where], keys


def _among(table: Table, keys: list[Any]) -> ColumnElement[bool]:
    columns = list(table.primary_key)
    if len(columns) == 1:
        return columns[0].in_([key[0] for key in keys])
    return tuple_(*columns).in_([tuple(key) for key in keys])
