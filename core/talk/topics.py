"""What may be talked about: a case of any procedure, or a customer; whoever may read it may take part."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from sqlalchemy import and_, func, or_, select

from core import ledger
from core.customers.models import Customer
from core.db import db, lent_by, offices_seen, writing
from core.errors import NotFound
from core.i18n import _l
from core.offices import all_offices
from core.people import Actor, Person, RoleGrant
from core.permissions import permission_of
from core.roles import Role
from core.rules import Rules, rules_of
from core.switches import lock_office
from core.talk.models import File, Note

CUSTOMER = "core.customer"


@dataclass(frozen=True, kw_only=True)
class Topic:
    """One case or customer of an office: ``about`` is the procedure's name, or ``core.customer``."""

    about: str
    subject_id: int
    number: str
    rules: Rules

    @property
    def office_id(self) -> int:
        """The office to which it belongs."""
        return self.rules.office.id

    @property
    def place(self) -> dict[str, Any]:
        """The columns of whatever is said about it: a case's number too, which is never given to another one.

        Ids begin anew when a plugin was removed and comes back; a customer keeps his id, not always his number.
        """
        where: dict[str, Any] = {"office_id": self.office_id, "about": self.about}
        if self.about == CUSTOMER:
            return where | {"subject_id": 0, "number": "", "customer_id": self.subject_id}
        return where | {"subject_id": self.subject_id, "number": self.number, "customer_id": None}

    def has(self, model: type[Note | File]) -> Any:
        """Return the condition for what is said about it."""
        return and_(*(getattr(model, name) == value for name, value in self.place.items()))


def reads(rules: Rules, about: str) -> str:
    """Return the permission to read it, or NotFound where the office does not know such a thing."""
    return "core.see_customers" if about == CUSTOMER else rules.procedure(about).reads


def topic_of(rules: Rules, about: str, subject_id: int) -> Topic:
    """Find a case or a customer of an office by its id, or who he is since he was merged; NotFound for another's."""
    model: Any = Customer if about == CUSTOMER else rules.procedure(about).model
    number = Customer.file_number if about == CUSTOMER else model.number
    which = _kept_as(subject_id) if about == CUSTOMER else subject_id
    where = (model.id == which, model.office_id == rules.office.id)
    found = db.session.execute(select(model.id, number).where(*where)).one_or_none()
    if found is None:
        raise NotFound(_l("There is no %(number)s here.", number=subject_id))
    return Topic(about=about, subject_id=found[0], number=found[1], rules=rules)


def _kept_as(customer_id: int) -> Any:
    """Return the query for a customer's id, or for that of the one into whom he was merged; no merge makes a chain."""
    kept = func.coalesce(Customer.merged_into_id, Customer.id)
    return select(kept).where(Customer.id == customer_id).scalar_subquery()


@contextmanager
def taking_part(topic: Topic) -> Iterator[Topic]:
    """Open the write transaction on a topic as it is by now: a customer may have been merged since it was read.

    While his office is held nobody merges him; a case stays what it is.
    """
    with writing():
        if topic.about == CUSTOMER:
            lock_office(topic.office_id, shared=True)
            topic = topic_of(topic.rules, CUSTOMER, topic.subject_id)
        yield topic


def lent_to(rules: Rules, about: str, subject_id: int) -> Topic:
    """Find a case that another office shares with this one; NotFound for what is not shared."""
    found = None if about == CUSTOMER else _shared(rules, about, subject_id)
    if found is None:
        raise NotFound(_l("There is no %(number)s here.", number=subject_id))
    tree = all_offices()
    home = rules_of(tree[found.office_id], tree)
    return Topic(about=about, subject_id=subject_id, number=found.number, rules=home)


def _shared(rules: Rules, about: str, subject_id: int) -> Any:
    procedure = rules.procedure(about)
    if not procedure.shared:
        return None
    model: Any = procedure.model
    where = (model.id == subject_id, model.shared_office_id == rules.office.id)
    return db.session.execute(select(model.office_id, model.number).where(*where)).one_or_none()


@contextmanager
def in_sight(topic: Topic) -> Iterator[None]:
    """Read what hangs on a topic, on one that another office shares as well."""
    if topic.office_id in offices_seen():
        yield
        return
    with lent_by(topic.office_id):
        yield


def readers(topic: Topic) -> list[Person]:
    """Return the colleagues who may read it now, by name."""
    permission = permission_of(reads(topic.rules, topic.about), topic.rules)
    ways = [_holds(role, topic.rules) for role in (permission.roles if permission else ())]
    holders = select(RoleGrant.person_id).where(RoleGrant.taken_at.is_(None), or_(*ways))
    who = select(Person).where(Person.left_at.is_(None), Person.id.in_(holders))
    return list(db.session.scalars(who.order_by(Person.name, Person.login))) if ways else []


def _holds(role: Role, rules: Rules) -> Any:
    """Return the condition for a grant that counts in the office: given there, or above if the role inherits."""
    line = rules.line if role.inherits else [rules.office]
    return and_(RoleGrant.role == role.key, RoleGrant.office_id.in_([one.id for one in line]))


def record(topic: Topic, kind: str, action: str, actor: Actor, details: Mapping[str, Any]) -> None:
    """Write into the ledger that something was said, or taken back, inside the write transaction.

    The words and bytes stay out, for they may be private and the ledger is for ever; their SHA-256 goes in, so that
    nobody can claim later that something else was said.
    """
    ledger.append(
        topic.office_id,
        kind=kind,
        action=action,
        actor=actor.name,
        actor_id=actor.person_id,
        procedure=topic.about,
        subject_id=topic.subject_id,
        number=topic.number,
        details=dict(details),
    )
