"""Tokens: who asks, for which office, with how far a reach; shown once, kept as a hash, taken back at any time."""

from __future__ import annotations

import datetime as dt
import hashlib
import secrets
from collections.abc import Mapping

from sqlalchemy import JSON, ForeignKey, Index, String, select
from sqlalchemy.orm import Mapped, mapped_column, relationship

from core import clock, ledger
from core.db import Model, db, writing
from core.errors import Invalid, NotFound
from core.i18n import _l
from core.offices import Office
from core.people import Actor, Person

PREFIX = "koudai_"
READ, ACT = "read", "act"
REACHES = (READ, ACT)
LONGEST_LIFE = dt.timedelta(days=366)
MOST = 20


class ApiToken(Model):
    """A key to the API for one person in one office; its reach names collections: read, or read and act."""

    __tablename__ = "core_api_token"
    __table_args__ = (Index("ix_core_api_token_person", "person_id", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("core_person.id"))
    office_id: Mapped[int] = mapped_column(ForeignKey("core_office.id"))
    name: Mapped[str] = mapped_column(String(60))
    reach: Mapped[dict[str, str]] = mapped_column(JSON)
    digest: Mapped[str] = mapped_column(String(64), unique=True)
    made_at: Mapped[dt.datetime]
    expires_at: Mapped[dt.datetime]
    revoked_at: Mapped[dt.datetime | None]
    person: Mapped[Person] = relationship()
    office: Mapped[Office] = relationship()

    @property
    def good(self) -> bool:
        """Whether it opens anything now."""
        return self.revoked_at is None and self.expires_at > clock.now() and self.person.is_active

    def reaches(self, collection: str, how: str) -> bool:
        """Say whether it may read, or act, in a collection."""
        return self.reach.get(collection) in (ACT, how)


def make(person: Person, office: Office, name: str, reach: Mapping[str, str], days: int) -> str:
    """Make a token for oneself and return it: it is shown once and never kept. Days: 1 to 366."""
    if not reach:
        raise Invalid("reach", _l("Choose at least one collection that it may read."))
    secret, now = PREFIX + secrets.token_urlsafe(32), clock.now()
    with writing(frozenset({office.id})):
        if len([one for one in of_person(person.id) if one.good]) >= MOST:
            raise Invalid("name", _l("You have %(most)s tokens. Take one back first.", most=MOST))
        row = ApiToken(person_id=person.id, office_id=office.id, name=name, reach=dict(reach))
        row.digest, row.made_at, row.expires_at = _digest(secret), now, now + dt.timedelta(days=days)
        db.session.add(row)
        _record(office.id, person, "make", name, reach=dict(reach), expires=row.expires_at.isoformat())
    return secret


def revoke(person: Person, token_id: int) -> str:
    """Take one of one's own tokens back, and return its name; what is taken back stays so."""
    found = db.session.get(ApiToken, token_id)
    if found is None or found.person_id != person.id:
        raise NotFound(_l("This token is not one of yours."))
    with writing(frozenset({found.office_id})):
        if found.revoked_at is None:
            found.revoked_at = clock.now()
            _record(found.office_id, person, "revoke", found.name)
        return found.name


def of_person(person_id: int) -> list[ApiToken]:
    """Return a person's tokens, the newest first, at most 100."""
    query = select(ApiToken).where(ApiToken.person_id == person_id).order_by(ApiToken.id.desc())
    return list(db.session.scalars(query.limit(100)))


def find(secret: str) -> ApiToken | None:
    """Return the token that somebody shows, if it is good."""
    if not secret.startswith(PREFIX):
        return None
    found: ApiToken | None = db.session.scalar(select(ApiToken).where(ApiToken.digest == _digest(secret)))
    return found if found is not None and found.good else None


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


def _record(office_id: int, person: Person, action: str, name: str, **said: object) -> None:
    by = Actor(person.name, person.id)
    details = {"login": person.login, "token": name, **said}
    ledger.append(
        office_id, kind="token", action=action, actor=by.name, actor_id=by.person_id, details=details
    )
