"""Who looks at what just now, so that two people at one case hear of each other before they collide."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from sqlalchemy import ColumnElement, ForeignKey, String, UniqueConstraint, delete, select, update
from sqlalchemy.orm import Mapped, mapped_column

from core import clock
from core.db import Model, OfficeRow, db, insert_once, writing
from core.people import Person

# A page says every twenty seconds that it is open; a browser lets a page in the background say so once a minute.
LASTS, FORGOTTEN = dt.timedelta(seconds=75), dt.timedelta(hours=1)
LONGEST_DOING = 60


class Presence(Model, OfficeRow):
    """One person before one thing, when that was last heard, and which step is being filled in there."""

    __tablename__ = "core_presence"
    __table_args__ = (UniqueConstraint("office_id", "about", "person_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    about: Mapped[str] = mapped_column(String(100))
    person_id: Mapped[int] = mapped_column(ForeignKey("core_person.id"), index=True)
    doing: Mapped[str] = mapped_column(String(LONGEST_DOING), default="")
    seen_at: Mapped[dt.datetime]


@dataclass(frozen=True, kw_only=True)
class Seen:
    """Somebody else who is there, and the step that he is filling in, if any."""

    name: str
    doing: str


def say(office_id: int, about: str, person_id: int, doing: str = "") -> None:
    """Note that a person is before something now; what he left an hour ago is forgotten with it."""
    now, doing = clock.now(), doing[:LONGEST_DOING]
    known = {"office_id": office_id, "about": about, "person_id": person_id}
    with writing(frozenset({office_id})):
        mine = (Presence.office_id == office_id, Presence.person_id == person_id)
        db.session.execute(delete(Presence).where(*mine, Presence.seen_at < now - FORGOTTEN))
        if not insert_once(Presence, **known, doing=doing, seen_at=now):
            again = update(Presence).where(*mine, Presence.about == about)
            db.session.execute(again.values(doing=doing, seen_at=now))


def leave(office_id: int, about: str, person_id: int) -> None:
    """Note that a person has closed the page."""
    mine = (Presence.office_id == office_id, Presence.person_id == person_id, Presence.about == about)
    with writing(frozenset({office_id})):
        db.session.execute(delete(Presence).where(*mine))


def others(office_id: int, about: str, person_id: int | None) -> list[Seen]:
    """Return who else is before something now, by name: one query."""
    query = select(Person.name, Presence.doing).join(Person, Person.id == Presence.person_id)
    here = (Presence.office_id == office_id, Presence.about == about, Presence.person_id != (person_id or 0))
    found = db.session.execute(query.where(*here, _now()).order_by(Person.name))
    return [Seen(name=name, doing=doing) for name, doing in found]


def before(office_id: int, about: str) -> set[int]:
    """Return the ids of everybody who is before something now: one query."""
    query = select(Presence.person_id).where(Presence.office_id == office_id, Presence.about == about)
    return set(db.session.scalars(query.where(_now())))


def _now() -> ColumnElement[bool]:
    return Presence.seen_at > clock.now() - LASTS
