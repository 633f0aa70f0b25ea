"""A customer goes to another office by a tripartite agreement (QI/02 region.tripartite).

Sold here and used there: the selling office entrusts service, training and implementation, the customer confirms, and
the customer relation moves to the new office, which serves the free year. Two steps, for neither office can do the
other's: the one offers, the other accepts, and the ledgers of both keep it.

The file stays at home until then. What the new office sees of an offer is the row that is shared with it, which it
reads and cannot write. Only the answer opens both offices at once, for that one write transaction, as the opening of
an office does: the offer names the office that may answer, and the row is read again under the locks of both.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from sqlalchemy import func, or_, select

from core import clock, ledger
from core.customers import along, history, lookup, proposals, services
from core.customers.history import CONTACT, PRODUCT, Source, origin
from core.customers.keeping import NUMBER_LENGTH, Keeper, locked, with_cases
from core.customers.models import Contact, Customer, Installation
from core.customers.records import CustomerMove, MoveState
from core.db import db, offices_seen, writing
from core.errors import Invalid, KoudaiError, NotFound
from core.i18n import Sentence, _l
from core.offices import Office, OfficeKind, all_offices
from core.people import Actor
from core.procedure import Procedure
from core.rules import Rules, rules_of
from core.switches import lock_office

TRIPARTITE = "QI/02 region.tripartite"
COPIED = ("name", "address", "fax", "note", "site_note", "verified_at")


def offer_of(customer_id: int) -> CustomerMove | None:
    """Return the offer of a customer that is not answered yet."""
    query = select(CustomerMove).where(
        CustomerMove.customer_id == customer_id, CustomerMove.state == MoveState.OFFERED
    )
    return db.session.scalars(query.limit(1)).first()


def last_of(customer: Customer) -> CustomerMove | None:
    """Return the last move of a customer, away from here or to here."""
    query = select(CustomerMove).where(
        or_(CustomerMove.customer_id == customer.id, CustomerMove.arrived_id == customer.id)
    )
    return db.session.scalars(query.order_by(CustomerMove.id.desc()).limit(1)).first()


def moves(office_id: int, start: int, most: int) -> list[CustomerMove]:
    """Return the moves from and to an office, what waits for an answer first."""
    mine = or_(CustomerMove.office_id == office_id, CustomerMove.shared_office_id == office_id)
    waiting = CustomerMove.state == MoveState.OFFERED
    query = select(CustomerMove).where(mine).order_by(waiting.desc(), CustomerMove.id.desc())
    return list(db.session.scalars(query.offset(start).limit(most)))


def count_offered(office_ids: Collection[int]) -> dict[int, int]:
    """Count the offers that wait for an answer, by the office to which they were made."""
    query = select(CustomerMove.shared_office_id, func.count()).where(
        CustomerMove.shared_office_id.in_(office_ids), CustomerMove.state == MoveState.OFFERED
    )
    return {row[0] or 0: row[1] for row in db.session.execute(query.group_by(CustomerMove.shared_office_id))}


def move_of(move_id: int, office_id: int) -> CustomerMove:
    """Return a move from or to an office, or NotFound."""
    mine = or_(CustomerMove.office_id == office_id, CustomerMove.shared_office_id == office_id)
    found = db.session.scalars(select(CustomerMove).where(CustomerMove.id == move_id, mine)).one_or_none()
    if found is None:
        raise NotFound(_l("There is no such move here."))
    return found


def targets(office_id: int) -> dict[str, str]:
    """Return the offices to which a customer can go, for a choice."""
    others = (one for one in all_offices().values() if one.id != office_id and one.kind == OfficeKind.OFFICE)
    return {str(one.id): f"{one.code} {one.name}" for one in others}


def blocking(rules: Rules, customer: Customer) -> list[str]:
    """Return the numbers of the customer's cases that have not ended: they are ended first, by whom they are with."""
    found: list[str] = []
    for procedure in with_cases(rules):
        # What stands in a state of a plugin that is off has ended: else it could not have been switched off.
        model, going = procedure.model, [one.name for one in procedure.states.values() if not one.final]
        query = select(model.number).where(
            model.customer_id == customer.id, model.office_id == customer.office_id, model.state.in_(going)
        )
        numbers = db.session.scalars(query.order_by(model.id).limit(20))
        found += [_where_to_end(rules, procedure, str(number)) for number in numbers]
    return found


def _where_to_end(rules: Rules, procedure: Procedure, number: str) -> str:
    """Name a case that is open; of one that nobody can end as things stand, say why."""
    if procedure.name in rules.plugins.procedures:
        return number
    plugin = rules.plugins.plugins.installed[procedure.plugin].manifest.title
    return str(_l("%(number)s (%(plugin)s is switched off)", number=number, plugin=plugin))


def refuse_blocked(rules: Rules, customer: Customer) -> None:
    """Refuse while cases are open, naming them."""
    numbers = blocking(rules, customer)
    if numbers:
        raise KoudaiError(_l("Still open here: %(numbers)s. End these first.", numbers=", ".join(numbers)))


def offer(keeper: Keeper, customer: Customer, to_id: int, said: Mapping[str, Any]) -> CustomerMove:
    """Offer a customer who is locked to another office, with the agreement that the customer confirmed."""
    refuse_blocked(keeper.rules, customer)
    if offer_of(customer.id) is not None:
        raise KoudaiError(_l("%(name)s is offered already.", name=customer.name))
    made = CustomerMove(
        office_id=customer.office_id,
        shared_office_id=to_id,
        customer_id=customer.id,
        file_number=customer.file_number,
        shown=_shown(customer),
        state=MoveState.OFFERED,
        offered_at=clock.now(),
        offered_by=keeper.actor.name,
        **{name: said[name] for name in ("agreement", "agreed_on", "confirmed_by")},
    )
    db.session.add(made)
    db.session.flush()
    keeper.record("offer", customer, TRIPARTITE, **_told(made, all_offices()))
    return made


def _shown(customer: Customer) -> dict[str, Any]:
    """Return what the new office is told: whom it would get, and with which products."""
    products = [
        {
            "title": one.title,
            "serial_number": one.serial_number or "",
            "contract_date": history.as_text(one.contract_date),
        }
        for one in customer.installations
    ]
    contacts = [{"name": one.name, "phones": one.phones} for one in customer.contacts]
    return {"name": customer.name, "address": customer.address, "contacts": contacts, "products": products}


def _told(move: CustomerMove, tree: Mapping[int, Office]) -> dict[str, str]:
    return {
        "from": _label(tree[move.office_id], move.file_number),
        "to": _label(tree[move.shared_office_id or 0], move.arrived_as),
        "name": move.shown["name"],
        "agreement": move.agreement,
        "agreed_on": move.agreed_on.isoformat(),
        "confirmed_by": move.confirmed_by,
        "reason": move.reason,
    }


def _label(office: Office, file_number: str) -> str:
    """Name a customer across offices: a number of an office's own series names the office itself."""
    return file_number if file_number.startswith(office.code) else f"{office.code} {file_number}".strip()


def withdraw(keeper: Keeper, move_id: int) -> CustomerMove:
    """Take an offer back, while nobody has answered it."""
    move = _still_offered(move_id, keeper.office.id)
    _end(move, MoveState.WITHDRAWN, keeper.actor)
    customer = db.session.get_one(Customer, move.customer_id)
    keeper.record("withdraw_offer", customer, TRIPARTITE, **_told(move, all_offices()))
    return move


def decline(move: CustomerMove, actor: Actor, reason: str) -> None:
    """Say no to an offer made to an office, with the reason that the other one will read."""
    with _both(move, actor) as (_old, _new, answered):
        _end(answered, MoveState.DECLINED, actor)
        answered.reason = reason
        db.session.flush()
        _record_in_both(answered, actor, "decline_move", None)


def accept(move: CustomerMove, actor: Actor, file_number: str) -> Customer:
    """Take a customer over: with contacts, products, and what plugins send along, under a number of the new office's.

    Raises ``Invalid`` where his number or one of his serial numbers is taken there, and ``KoudaiError`` where cases
    are open in the old office, or one of its plugins fails.
    """
    with _both(move, actor) as (old, new, answered):
        customer = locked(answered.customer_id, old.office.id)
        refuse_blocked(old, customer)
        _refuse_taken(new.office, customer, file_number)
        _end(answered, MoveState.ACCEPTED, actor)
        with origin(actor.name, actor.person_id, Source.MOVE, answered.agreement):
            _take_off_what_returns(new.office, customer)
            arrived = _copied(customer, new.office, file_number)
            along.take_along(old, customer, arrived)
            came_from = _label(old.office, customer.file_number)
            label = _label(new.office, arrived.file_number)
            customer.moved_to_id, customer.gone_at = new.office.id, clock.now()
            history.note(customer, "moved", came_from, label)
            history.note(arrived, "moved", came_from, label)
        answered.arrived_id, answered.arrived_as = arrived.id, arrived.file_number
        lookup.index([customer, arrived])
        _record_in_both(answered, actor, "move", arrived)
        proposals.decline_open(Keeper(rules=old, actor=actor, source=Source.MOVE), customer)
    return arrived


@contextmanager
def _both(move: CustomerMove, actor: Actor) -> Iterator[tuple[Rules, Rules, CustomerMove]]:
    """Open the one write transaction in which the offering and the answering office are both in sight and at rest.

    Only from the office to which the offer was made: whoever stands elsewhere cannot have read it.
    """
    old_id, new_id, move_id = move.office_id, move.shared_office_id or 0, move.id
    if new_id not in offices_seen() or not actor.roles_in(new_id):
        raise NotFound(_l("There is no such move here."))
    with writing(frozenset({old_id, new_id})):
        for office_id in sorted({old_id, new_id}):
            lock_office(office_id)
        tree = all_offices()
        yield rules_of(tree[old_id]), rules_of(tree[new_id]), _still_offered(move_id, old_id)


def _still_offered(move_id: int, old_id: int) -> CustomerMove:
    query = select(CustomerMove).where(CustomerMove.id == move_id, CustomerMove.office_id == old_id)
    query = query.with_for_update().execution_options(populate_existing=True)
    found = db.session.scalars(query).one_or_none()
    if found is None:
        raise NotFound(_l("There is no such move here."))
    if found.state != MoveState.OFFERED:
        raise KoudaiError(_l("This offer was answered or withdrawn meanwhile. Look at it again."))
    return found


def _end(move: CustomerMove, state: MoveState, actor: Actor) -> None:
    """End an offer; an office that does not take the customer keeps nothing of him but the name."""
    move.state, move.ended_at, move.ended_by = state, clock.now(), actor.name
    if state != MoveState.ACCEPTED:
        move.shown = {"name": move.shown["name"]}


def _refuse_taken(office: Office, customer: Customer, file_number: str) -> None:
    if file_number and services.is_taken(office.id, file_number):
        raise Invalid(
            "file_number", _l("Somebody has this file number here. Give another one, or leave it empty.")
        )
    for serial in _serials(customer):
        holder = services.holder_of(office.id, serial)
        if holder is not None and not holder.is_gone:
            raise Invalid("file_number", _held(serial, holder))


def _serials(customer: Customer) -> list[str]:
    return [one.serial_number for one in customer.installations if one.serial_number]


def _take_off_what_returns(office: Office, customer: Customer) -> None:
    """Take a product off the file of whoever moved away with it, once it comes back: nobody else could any more."""
    query = select(Installation).join(Customer, Customer.id == Installation.customer_id)
    where = (
        Installation.office_id == office.id,
        Installation.serial_number.in_(_serials(customer)),
        Installation.removed_at.is_(None),
        Customer.gone_at.is_not(None),
    )
    for one in db.session.scalars(query.where(*where)):
        one.removed_at = clock.now()
    db.session.flush()


def _held(serial: str, holder: Customer) -> Sentence:
    return _l(
        "The serial number %(serial)s belongs to %(name)s (%(file_number)s) here. Take it off the file there first.",
        serial=serial,
        name=holder.name,
        file_number=holder.file_number,
    )


def _copied(customer: Customer, office: Office, file_number: str) -> Customer:
    """Enter the customer in the new office, with all that is on file; the salesperson stays where he sells."""
    arrived = Customer(
        office_id=office.id,
        file_number=file_number or services.draw_file_number(office, clock.now()),
        created_at=clock.now(),
        **{name: getattr(customer, name) for name in COPIED},
    )
    arrived.contacts = [Contact(office_id=office.id, **_columns(one, CONTACT)) for one in customer.contacts]
    arrived.installations = [
        Installation(office_id=office.id, **_columns(one, PRODUCT)) for one in customer.installations
    ]
    db.session.add(arrived)
    db.session.flush()
    return arrived


def _columns(part: Contact | Installation, what: str) -> dict[str, Any]:
    return {name: getattr(part, name) for name in history.FIELDS[what]}


def _record_in_both(move: CustomerMove, actor: Actor, action: str, arrived: Customer | None) -> None:
    """Append the same act to both offices' ledgers, in the order of their ids."""
    details = {name: value for name, value in _told(move, all_offices()).items() if value}
    subjects: dict[int, tuple[int | None, str]] = {move.office_id: (move.customer_id, move.file_number)}
    subjects[move.shared_office_id or 0] = (arrived.id, arrived.file_number) if arrived else (None, "")
    for office_id, (subject_id, number) in sorted(subjects.items()):
        ledger.append(
            office_id,
            kind="customer",
            action=action,
            actor=actor.name,
            actor_id=actor.person_id,
            subject_id=subject_id,
            number=number[:NUMBER_LENGTH],
            clause=TRIPARTITE,
            details=details,
        )
