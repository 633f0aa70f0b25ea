"""Accounts: who joins and leaves, one-time links for passwords, and the throttled check at the door."""

from __future__ import annotations

import datetime as dt
import hashlib
import re
import secrets
import unicodedata
from collections.abc import Iterable
from typing import Any

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from sqlalchemy import ForeignKey, String, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Mapped, mapped_column, relationship, selectinload

from core import clock, deadlines, ledger, throttle
from core.db import HOTLINE_NUMBERS, Model, advisory_lock, db, writing
from core.errors import Invalid, KoudaiError, NotFound
from core.i18n import Sentence, _l
from core.offices import Office, OfficeKind
from core.passwords import refuse_weak
from core.people import Actor, Person, RoleGrant, give_role, in_charge_of, initials_of
from core.roles import ADMINISTRATOR, Role
from core.throttle import LoginFailure, SignInRefused

LINK_LIFE = dt.timedelta(days=3)
LOGIN = re.compile(r"[a-z0-9][a-z0-9._-]{1,39}")
NUMBER = re.compile(r"\w{0,8}")
ODD_LOGIN = _l("A login has 2 to 40 small letters, digits, dots or dashes, like wang.li.")
HASHER = PasswordHasher()
Grants = Iterable[tuple[Office, Role]]


class PasswordLink(Model):
    """A one-time link with which a person sets a password; only the hash of its token is kept."""

    __tablename__ = "core_password_link"

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("core_person.id"), index=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    expires_at: Mapped[dt.datetime]
    used_at: Mapped[dt.datetime | None]
    made_by: Mapped[str] = mapped_column(String(40))
    person: Mapped[Person] = relationship()


class LinkRefused(KoudaiError):
    """A one-time link that is unknown, used or too old."""


def person_by_login(login: str) -> Person:
    """Find a person by login, or raise NotFound naming it."""
    query = select(Person).where(Person.login == login.strip().lower())
    found: Person | None = db.session.scalar(query)
    if found is None:
        raise NotFound(_l("Nobody has the login %(login)s. See the list of staff.", login=login))
    return found


# --- joining, changing, leaving


def hire(login: str, name: str, number: str, grants: Grants, by: Actor) -> Person:
    """Add a person with roles; the first password comes by ``new_link``."""
    given = list(grants)
    number = unicodedata.normalize("NFKC", number).strip()
    login, name = checked_details(login, name, number)
    if not given:
        raise Invalid("role", _l("Give at least one role in an office."))
    with writing(frozenset(office.id for office, _role in given)):
        _refuse_taken_number(number, given)
        person = Person(login=login, name=name, initials=initials_of(name), hotline_number=number)
        db.session.add(person)
        try:
            db.session.flush()
        except IntegrityError:
            raise Invalid("login", _l("The login %(login)s is taken. Choose another.", login=login)) from None
        _give(person, given, "hire", by)
    return person


def checked_details(login: str, name: str, number: str) -> tuple[str, str]:
    """Return the login and the name of somebody as they are stored, or refuse what cannot be one."""
    login, name = login.strip().lower(), name.strip()
    if not LOGIN.fullmatch(login):
        raise Invalid("login", ODD_LOGIN)
    if not 1 <= len(name) <= 40:
        raise Invalid("name", _l("A name has 1 to 40 characters."))
    if not NUMBER.fullmatch(number):
        raise Invalid("number", _l("A hotline number has at most 8 letters or digits, like 07."))
    return login, name


def _refuse_taken_number(number: str, grants: Grants, own: Person | None = None) -> None:
    """Refuse a hotline number under which the callers of an office know somebody else already."""
    offices = {office.id: office for office, _role in grants} if number else {}
    for _id, office in sorted(offices.items()):
        other = _under_number(number, office.id, own)
        if other is not None:
            raise Invalid("number", _taken(own, name=other, number=number, office=office.code))


def _taken(own: Person | None, **said: str) -> Sentence:
    if own is None:
        return _l("%(name)s already has the hotline number %(number)s in %(office)s. Choose another.", **said)
    return _l(
        "%(name)s has the hotline number %(number)s in %(office)s already, and %(own)s has the same. Take back the roles "
        "of %(name)s there first, or hire %(own)s there under another login with another number.",
        own=own.name,
        **said,
    )


def _under_number(number: str, office_id: int, own: Person | None) -> str | None:
    """Return the name of somebody else who has a hotline number; of two who come at once, one waits for the other."""
    advisory_lock(HOTLINE_NUMBERS, office_id)
    here = select(RoleGrant.person_id).where(RoleGrant.office_id == office_id, RoleGrant.taken_at.is_(None))
    where = (Person.hotline_number == number, Person.left_at.is_(None), Person.id.in_(here))
    others = (Person.id != own.id,) if own is not None else ()
    return db.session.scalar(select(Person.name).where(*where, *others).limit(1))


def give_roles(person: Person, grants: Grants, by: Actor) -> None:
    """Give a person further roles; giving one twice changes nothing.

    With an office that is new to the account its open links end: who made one may not administer that office.
    """
    person = _attached(person)
    held = {(grant.office_id, grant.role) for grant in _current(person)}
    new = [(office, role) for office, role in grants if (office.id, role.key) not in held]
    office_ids, before = frozenset(office.id for office, _role in new), _offices_of(person)
    with writing(office_ids):
        _lock(person)
        refuse_gone(person)
        _refuse_taken_number(person.hotline_number, [one for one in new if one[0].id not in before], person)
        if office_ids - before:
            _void_links(person)
        _give(person, new, "give_role", by)


def refuse_gone(person: Person) -> None:
    """Refuse what is done for somebody who has left: a closed account is never opened again."""
    if person.left_at is not None:
        raise KoudaiError(_l("%(name)s has left; the account is closed.", name=person.name))


def _give(person: Person, grants: list[tuple[Office, Role]], action: str, by: Actor) -> None:
    keys: dict[int, list[str]] = {}
    for office, role in grants:
        give_role(person, office, role, by.name)
        keys.setdefault(office.id, []).append(role.key)
    for office_id in sorted(keys):
        _record(office_id, person, action, by, roles=sorted(keys[office_id]))


def take_role(person: Person, office: Office, role: Role, by: Actor) -> None:
    """Take a role back by a date; what waited for the person in this role waits for the role from now on."""
    person = _attached(person)
    found = [one for one in _current(person) if (one.office_id, one.role) == (office.id, role.key)]
    if not found:
        raise NotFound(_l("%(name)s does not hold this role there.", name=person.name))
    with writing(frozenset({office.id})):
        _end_grants(found)
        stays = any(grant.office_id == office.id for grant in _current(person))
        released = deadlines.release(office.id, person.id, role if stays else None)
        _record(office.id, person, "take_role", by, roles=[role.key], released=released)


def leave(person: Person, by: Actor) -> None:
    """Close an account for good: no sign-in, no role, no link, all sessions ended; what was done stays.

    What waited for the person waits for the role from now on: no promise is lost with him.
    """
    person = _attached(person)
    held, office_ids = _current(person), _concerned(person)
    with writing(office_ids):
        _refuse_strange(person, by)
        _end_grants(held)
        person.left_at, person.session_stamp = clock.now(), _stamp()
        _void_links(person)
        released = {office_id: deadlines.release(office_id, person.id) for office_id in sorted(office_ids)}
        for office_id, numbers in released.items():
            _record(office_id, person, "leave", by, released=numbers)


def _end_grants(grants: list[RoleGrant]) -> None:
    """End grants, but never the last administrator's: nobody could let anybody in again."""
    ruled = {grant.office_id for grant in grants if grant.role == ADMINISTRATOR.key}
    head = db.session.scalar(
        select(Office).where(Office.kind == OfficeKind.HEAD).with_for_update(key_share=True)
    )
    for grant in grants:
        grant.taken_at = grant.taken_at or clock.now()
    db.session.flush()
    if ruled and not an_administrator(head.id if head is not None and head.id in ruled else None):
        raise KoudaiError(_l("This is the last administrator. Make somebody else administrator first."))


def an_administrator(office_id: int | None = None) -> int | None:
    """Find an administrator of an office, or of any: above the head office there is nobody to help."""
    query = select(RoleGrant.id).join(Person, RoleGrant.person_id == Person.id).limit(1)
    where = [RoleGrant.role == ADMINISTRATOR.key, RoleGrant.taken_at.is_(None), Person.left_at.is_(None)]
    here = [RoleGrant.office_id == office_id] if office_id is not None else []
    return db.session.scalar(query.where(*where, *here))


# --- passwords


def new_link(person: Person, by: Actor) -> str:
    """Make a one-time link's token for a person, and void the older ones; it is shown once and never kept."""
    person = _attached(person)
    token = secrets.token_urlsafe(32)
    office_ids = _concerned(person)
    with writing(office_ids):
        if person.left_at is not None:
            raise Invalid("login", _l("%(name)s has left and gets no link.", name=person.name))
        _refuse_strange(person, by)
        _void_links(person)
        expires_at = clock.now() + LINK_LIFE
        db.session.add(
            PasswordLink(
                person_id=person.id, token_hash=_digest(token), expires_at=expires_at, made_by=by.name
            )
        )
        for office_id in sorted(office_ids):
            _record(office_id, person, "link", by)
    return token


def link_path(token: str) -> str:
    """Return the path under which a one-time link is opened."""
    return f"/password/{token}"


def person_of_link(token: str) -> Person:
    """Return whose password a link sets, or refuse the link with the reason."""
    return _open_link(token).person


def redeem(token: str, password: str) -> Person:
    """Set the password of a link's person, once; all older sessions end."""
    person = person_of_link(token)
    refuse_weak(password, person)
    office_ids, hashed = _concerned(person), HASHER.hash(password)
    with writing(office_ids):
        link = _open_link(token, lock=True)
        link.used_at = clock.now()
        _set_password(link.person, hashed)
    return link.person


def change_password(person: Person, old: str, new: str) -> None:
    """Replace a password by its owner; all other sessions end."""
    refuse_weak(new, person)
    attempt = throttle.note(person.login, "")
    person = _attached(person)
    if not _fits(person.password_hash, old):
        raise Invalid("old", _l("This is not your present password."))
    hashed = HASHER.hash(new)
    with writing(_concerned(person)):
        throttle.forget(LoginFailure.id == attempt)
        _set_password(person, hashed)


def check(login: str, password: str, address: str) -> Person:
    """Return who signs in; refused alike, and as slowly, whether the login or the password is wrong."""
    login = login.strip().lower()[:40]
    throttle.note(login, address[:45])
    person: Person | None = db.session.scalar(select(Person).where(Person.login == login))
    stored = person.password_hash if person is not None and person.is_active else None
    if not _fits(stored, password) or person is None or stored is None:
        raise SignInRefused(_l("Login and password do not fit."))
    fresher = HASHER.hash(password) if HASHER.check_needs_rehash(stored) else None
    with writing():
        throttle.forget(LoginFailure.login == login)
        if fresher and person.password_hash == stored:
            person.password_hash = fresher
    return person


def _fits(stored: str | None, password: str) -> bool:
    """Compare outside any write transaction; where there is nothing to compare with, spend the same time."""
    if stored is None:
        HASHER.hash(password)
        return False
    try:
        return HASHER.verify(stored, password)
    except (VerificationError, InvalidHashError):
        return False


def _set_password(person: Person, hashed: str) -> None:
    person.password_hash, person.session_stamp = hashed, _stamp()
    for office_id in sorted(_concerned(person)):
        _record(office_id, person, "password", Actor(person.name, person.id))


def _stamp() -> str:
    return secrets.token_hex(16)


# --- links


def _open_link(token: str, *, lock: bool = False) -> PasswordLink:
    query = select(PasswordLink).where(PasswordLink.token_hash == _digest(token))
    if lock:
        query = query.with_for_update(of=PasswordLink).execution_options(populate_existing=True)
    link = db.session.scalar(query)
    if link is None:
        raise LinkRefused(_l("This link is not known. Ask an administrator for a new one."))
    if link.used_at is not None:
        raise LinkRefused(_l("This link was used already. Ask an administrator for a new one."))
    if link.expires_at <= clock.now():
        raise LinkRefused(_l("This link is no longer valid. Ask an administrator for a new one."))
    return link


def _void_links(person: Person) -> None:
    open_links = update(PasswordLink).where(
        PasswordLink.person_id == person.id, PasswordLink.used_at.is_(None)
    )
    db.session.execute(open_links.values(expires_at=clock.now()))


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


# --- the ledger


def _attached(person: Person) -> Person:
    """Return the person as this session knows it: the one who signed in was read in a session of its own."""
    attached: Person = db.session.get_one(Person, person.id)
    return attached


def _current(person: Person) -> list[RoleGrant]:
    return [grant for grant in person.grants if grant.taken_at is None]


def _offices_of(person: Person) -> frozenset[int]:
    return frozenset(grant.office_id for grant in _current(person))


def _concerned(person: Person) -> frozenset[int]:
    """Return whose ledgers hear of the account: where it counts, or where it once did."""
    return _offices_of(person) or frozenset(grant.office_id for grant in person.grants)


def _refuse_strange(person: Person, by: Actor) -> None:
    """Keep an account out of the hands of whoever administers only a part of where it counts, as of now.

    The person is locked, as by ``give_roles``: a role given meanwhile elsewhere is seen here.
    """
    _lock(person)
    if by.person_id is not None and not in_charge_of(by, person):
        raise KoudaiError(
            _l("This account also counts where you do not administer. Ask the head office's administrator.")
        )


def _lock(person: Person) -> None:
    query = select(Person).where(Person.id == person.id).with_for_update(of=Person)
    db.session.execute(query.options(selectinload(Person.grants)).execution_options(populate_existing=True))


def _record(office_id: int, person: Person, action: str, by: Actor, **said: Any) -> None:
    ledger.append(
        office_id,
        kind="staff",
        action=action,
        actor=by.name,
        actor_id=by.person_id,
        details={"login": person.login, "name": person.name, **said},
    )
