"""People, and the roles they hold: identity is read before any office is in sight."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from flask_login import UserMixin
from pypinyin import Style, lazy_pinyin
from sqlalchemy import ForeignKey, Index, String, select
from sqlalchemy.orm import Mapped, mapped_column, relationship, selectinload

from core import clock
from core.db import Model, db
from core.errors import NotFound
from core.i18n import Sentence, _l
from core.offices import Office, below
from core.roles import ADMINISTRATOR, MAIL, RELEASE, ROLES, TIMER, Allowed, Role


class Person(Model, UserMixin):
    """One member of staff, who may hold several roles in several offices."""

    __tablename__ = "core_person"

    id: Mapped[int] = mapped_column(primary_key=True)
    login: Mapped[str] = mapped_column(String(40), unique=True)
    name: Mapped[str] = mapped_column(String(40))
    initials: Mapped[str] = mapped_column(String(16))
    hotline_number: Mapped[str] = mapped_column(String(8), default="")
    password_hash: Mapped[str | None] = mapped_column(String(200))
    session_stamp: Mapped[str] = mapped_column(String(32), default="")
    locale: Mapped[str] = mapped_column(String(16), default="")
    left_at: Mapped[dt.datetime | None]
    grants: Mapped[list[RoleGrant]] = relationship(
        back_populates="person", foreign_keys="RoleGrant.person_id"
    )

    @property
    def is_active(self) -> bool:
        """Whether the person may sign in."""
        return self.left_at is None and self.password_hash is not None

    def get_id(self) -> str:
        """Bind the session to the current password: changing it ends all other sessions."""
        return f"{self.id}:{self.session_stamp}"


class RoleGrant(Model):
    """A role given to a person in one office; taken back by a date, never deleted."""

    __tablename__ = "core_role_grant"
    __table_args__ = (Index("ix_core_role_grant_office_role", "office_id", "role"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("core_person.id"), index=True)
    office_id: Mapped[int] = mapped_column(ForeignKey("core_office.id"))
    role: Mapped[str] = mapped_column(String(40))
    given_at: Mapped[dt.datetime]
    given_by: Mapped[str] = mapped_column(String(40))
    taken_at: Mapped[dt.datetime | None]
    person: Mapped[Person] = relationship(back_populates="grants", foreign_keys=[person_id])


def initials_of(name: str) -> str:
    """Return the pinyin initials of a Chinese name: 王力 -> WL (QI/04 3.1.6-backup)."""
    letters = lazy_pinyin(name, style=Style.FIRST_LETTER)
    return "".join(letter[0] for letter in letters if letter.strip()).upper()[:16]


@dataclass(frozen=True)
class Actor:
    """Who acts: a person with the roles of each office, or a named machine (timer, import)."""

    name: str
    person_id: int | None = None
    roles: Mapping[int, frozenset[str]] = field(default_factory=dict)
    everywhere: frozenset[str] = frozenset()

    @property
    def offices(self) -> frozenset[int]:
        """The offices where the actor has any role."""
        return frozenset(self.roles)

    def roles_in(self, office_id: int) -> frozenset[str]:
        """Return the keys of the roles that count in this office."""
        return self.roles.get(office_id, frozenset()) | self.everywhere

    def has(self, office_id: int, roles: Iterable[Role]) -> bool:
        """Say whether the actor holds one of the roles in this office."""
        return any(role.key in self.roles_in(office_id) for role in roles)

    def allowed(self, office_id: int, ways: Iterable[Allowed], case: object) -> Allowed | None:
        """Return the first of a step's permissions that fits the actor, here and for this case."""
        mine = (one for one in ways if one.role.key in self.roles_in(office_id))
        return next((one for one in mine if one.only is None or self._named(case, one.only)), None)

    def _named(self, case: object, attribute: str) -> bool:
        return self.person_id is not None and getattr(case, attribute) == self.person_id


TIMER_ACTOR = Actor("timer", everywhere=frozenset({TIMER.key}))
RELEASE_ACTOR = Actor("release", everywhere=frozenset({RELEASE.key}))
MAIL_ACTOR = Actor("mail", everywhere=frozenset({MAIL.key}))


MACHINES = ((TIMER_ACTOR, TIMER), (RELEASE_ACTOR, RELEASE), (MAIL_ACTOR, MAIL))
MACHINE_NAMES = {one.name: role.title for one, role in MACHINES}


AT_COMMAND_LINE = re.compile(r"command line \((.*)\)?")


def at_command_line(user: str) -> Actor:
    """Return who acts from the command line: a user of the machine, who is nobody of the staff."""
    return Actor(f"command line ({user})"[:40])


def name_of(actor_id: int | None, name: str) -> Sentence | str:
    """Return who did something, as people read it: a machine's name in the reader's language."""
    if actor_id is not None:
        return name
    typed = AT_COMMAND_LINE.fullmatch(name)
    if typed:
        return _l("Command line (%(user)s)", user=typed[1].rstrip(")"))
    return MACHINE_NAMES.get(name, name)


def actor_for(person: Person, tree: dict[int, Office]) -> Actor:
    """Collect a person's roles per office; only administration inherits downward."""
    roles: dict[int, set[str]] = {}
    for grant in person.grants:
        if grant.taken_at is not None:
            continue
        role = ROLES.get(grant.role)
        reach = below(grant.office_id, tree) if role is not None and role.inherits else {grant.office_id}
        for office_id in reach:
            roles.setdefault(office_id, set()).add(grant.role)
    return Actor(person.name, person.id, {office: frozenset(keys) for office, keys in roles.items()})


def colleagues(office_id: int, role: Role) -> list[Person]:
    """Return the people who hold the role in the office now, by name."""
    query = (
        select(Person)
        .join(RoleGrant, RoleGrant.person_id == Person.id)
        .where(RoleGrant.office_id == office_id, RoleGrant.role == role.key, RoleGrant.taken_at.is_(None))
        .where(Person.left_at.is_(None))
        .order_by(Person.name)
    )
    return list(db.session.scalars(query))


def staff_of(office_id: int) -> list[Person]:
    """Return everybody who holds a role in the office or once held one, by name."""
    here = select(RoleGrant.person_id).where(RoleGrant.office_id == office_id)
    query = select(Person).where(Person.id.in_(here)).options(selectinload(Person.grants))
    return list(db.session.scalars(query.order_by(Person.initials, Person.name, Person.id)))


def has_lost(person_id: int, office_id: int, role: Role) -> bool:
    """Say whether somebody held a role in an office and holds it no more, or holds none there any more."""
    where = (RoleGrant.person_id == person_id, RoleGrant.office_id == office_id)
    grants = db.session.execute(select(RoleGrant.role, RoleGrant.taken_at).where(*where)).all()
    held, now = {key for key, _taken in grants}, {key for key, taken in grants if taken is None}
    return bool(grants) and role.key not in now and (role.key in held or not now)


def member(office: Office, person_id: int) -> Person:
    """Find somebody of the office's staff by id; nobody else exists from here."""
    here = select(RoleGrant.person_id).where(RoleGrant.office_id == office.id)
    query = select(Person).where(Person.id == person_id, Person.id.in_(here))
    found: Person | None = db.session.scalar(query)
    if found is None:
        raise NotFound(_l("There is nobody like that in the staff of %(office)s.", office=office.code))
    return found


def in_charge_of(actor: Actor, person: Person) -> bool:
    """Say whether the actor administers every office in which the person's account counts.

    Who could reset a password while administering only one of them would come into the others with it.
    """
    held = {grant.office_id for grant in person.grants if grant.taken_at is None}
    where = held or {grant.office_id for grant in person.grants}
    return all(actor.has(office_id, [ADMINISTRATOR]) for office_id in where)


def give_role(person: Person, office: Office, role: Role, by: str) -> RoleGrant:
    """Give a role in an office; giving it twice changes nothing."""
    for grant in person.grants:
        if grant.taken_at is None and (grant.office_id, grant.role) == (office.id, role.key):
            return grant
    grant = RoleGrant(office_id=office.id, role=role.key, given_at=clock.now(), given_by=by, person=person)
    db.session.add(grant)
    return grant
