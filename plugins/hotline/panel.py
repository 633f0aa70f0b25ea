"""What is known of a customer while the phone is at the ear: the contract, the products, the cases."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, TypeVar

from sqlalchemy import and_, or_, select

from core.customers import lookup, values
from core.customers import services as customers
from core.customers.lookup import MOST, Hit, Phoned, plain
from core.customers.models import Contact
from core.db import db
from core.deadlines import IS_OPEN, Deadline
from plugins.hotline.hooks import COVERED, Entitlement
from plugins.hotline.links.services import MOST_OPEN, MOST_PAST, newest
from plugins.hotline.services import entitlement

if TYPE_CHECKING:
    from core.customers.models import Customer, Installation
    from core.procedure import Procedure, State
    from core.rules import Rules
    from core.verdicts import Decision

CALL, PROMISE = "hotline.call", "hotline.promise"
TONES = dict.fromkeys(COVERED, "wait") | {Entitlement.UNCHECKED: "off"}
Readable = Callable[[str], bool]
Called = TypeVar("Called", Contact, Phoned)


@dataclass(frozen=True, kw_only=True)
class KnownCase:
    """One case of the customer, of whatever procedure, with what is promised next."""

    procedure: Procedure
    case: Any
    promise: Deadline | None = None

    @property
    def state(self) -> State:
        """Where the case stands; by its name when the plugin that brought the state is not here any more."""
        return self.procedure.states[self.case.state]

    @property
    def open(self) -> bool:
        """Whether somebody still has to do something about it."""
        return not self.state.final

    @property
    def about(self) -> list[Any]:
        """What it is about: the columns of the procedure's list, as far as the first that somebody wrote."""
        shown: list[Any] = []
        for column in self.procedure.columns:
            shown.append(column.value(self.case))
            if isinstance(shown[-1], str) and shown[-1]:
                break
        return shown


@dataclass(frozen=True, kw_only=True)
class Contract:
    """What a contract covers today: the product in question, or the customer as a whole; and each product."""

    about: Installation | None
    verdict: Decision
    products: list[tuple[Installation, Decision]]


def contract_of(customer: Customer, about: Installation | None, rules: Rules, now: dt.datetime) -> Contract:
    """Ask whether a customer is covered, product by product."""
    products = [(one, entitlement(rules, customer, one, now)) for one in customer.installations]
    return Contract(about=about, verdict=entitlement(rules, customer, about, now), products=products)


@dataclass(frozen=True, kw_only=True)
class Promised:
    """One thing that the customer is waiting for: until when, whose it is, and what exactly he was told."""

    known: KnownCase
    deadline: Deadline

    @property
    def words(self) -> str:
        """What was promised, in the words of whoever promised it."""
        return getattr(self.known.case, "promise", "") if self.deadline.key == PROMISE else ""


@dataclass(frozen=True, kw_only=True)
class Panel:
    """What was and is between us and one customer."""

    customer: Customer
    open_cases: list[KnownCase]
    past_cases: list[KnownCase]
    promises: list[Promised]
    last_call: KnownCase | None


def panel_of(customer: Customer, rules: Rules, readable: Readable) -> Panel:
    """Collect what is known of a customer; ``readable`` says which permissions the reader holds."""
    found = [
        KnownCase(procedure=procedure, case=case)
        for procedure in rules.plugins.procedures.values()
        if readable(procedure.reads)
        for case in newest(procedure, customer, rules)
    ]
    found.sort(key=lambda one: one.case.opened_at, reverse=True)
    still_open = [one for one in found if one.open][:MOST_OPEN]
    promises = _promises(still_open)
    return Panel(
        customer=customer,
        open_cases=[replace(one, promise=_next(one, promises)) for one in still_open],
        past_cases=[one for one in found if not one.open][:MOST_PAST],
        promises=promises,
        last_call=next((one for one in found if one.procedure.name == CALL), None),
    )


def _key(one: KnownCase) -> tuple[str, int]:
    return one.procedure.name, one.case.id


def _next(known: KnownCase, promises: Iterable[Promised]) -> Deadline | None:
    """Return what is due next of one case."""
    return next((one.deadline for one in promises if one.known is known), None)


def _promises(cases: Iterable[KnownCase]) -> list[Promised]:
    """Return everything that is promised in these cases, most urgent first, in one query."""
    known = {_key(one): one for one in cases}
    wanted = [and_(Deadline.procedure == name, Deadline.subject_id == id_) for name, id_ in known]
    if not wanted:
        return []
    query = select(Deadline).where(IS_OPEN, or_(*wanted))
    found = db.session.scalars(query.order_by(Deadline.due_at, Deadline.id))
    return [Promised(known=known[one.procedure, one.subject_id], deadline=one) for one in found]


def hits(typed: str, office_id: int) -> tuple[list[Hit], bool]:
    """Return who fits what was typed, whose very file number it is first; and whether there are more."""
    if not typed.strip():
        return [], False
    found, number = lookup.hits(typed, office_id, MOST + 1), typed.strip().upper()
    exact = next((one for one in found if one.file_number.upper() == number), None)
    if exact is None and len(found) > MOST:
        # Among many, he may be behind those that were read.
        behind = customers.by_file_number(typed, office_id)
        exact = Hit.of(behind) if behind else None
    others = [one for one in found if one is not exact]
    return [*([exact] if exact else []), *others][:MOST], len(found) > MOST


def caller(contacts: Sequence[Called], typed: str) -> Called | None:
    """Guess who of a customer's is calling: whose name or number was typed, else the first."""
    key = plain(typed)
    fitting = (one for one in contacts if key and (key in plain(one.name) or key in plain(one.phones)))
    return next(fitting, contacts[0] if contacts else None)


def numbers_of(contact: Contact | Phoned) -> list[str]:
    """Return the numbers of a contact one by one, as they were written."""
    return [phone.raw for phone in values.phones(contact.phones)] or [contact.phones]
