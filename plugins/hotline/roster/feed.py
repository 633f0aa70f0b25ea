"""A person's duties for his calendar programme: the key in the address, and the events that it opens."""

from __future__ import annotations

import datetime as dt
import hashlib
import secrets
from collections.abc import Iterator
from typing import TYPE_CHECKING

from sqlalchemy import ColumnElement, or_, select, update

from core import clock, ledger
from core.db import db, see_offices, writing
from core.i18n import _
from core.offices import all_offices
from core.people import Actor, Person
from plugins.hotline.roster import ical
from plugins.hotline.roster.models import PLACES, SHIFTS, CalendarKey, Roster, RosterShift
from plugins.hotline.roster.reading import IN_FORCE

if TYPE_CHECKING:
    from core.offices import Office
    from core.rules import Rules

PAST = dt.timedelta(days=60)
LENGTH = 43
Opened = tuple[int, Person]


def key_of(actor: Actor, office: Office) -> CalendarKey | None:
    """Return the key that somebody has in an office, if one is good."""
    found: CalendarKey | None = db.session.scalar(select(CalendarKey).where(*_good(actor, office)).limit(1))
    return found


def _good(actor: Actor, office: Office) -> tuple[ColumnElement[bool], ...]:
    return (
        CalendarKey.person_id == actor.person_id,
        CalendarKey.office_id == office.id,
        CalendarKey.revoked_at.is_(None),
    )


def renew(actor: Actor, office: Office) -> str:
    """Make a new key for oneself and take the old one back; it is shown once, and kept as a hash.

    It begins with the office's id: before a key is known no office is in sight, and no row of any.
    """
    assert actor.person_id
    office_id = office.id
    secret = f"{office_id}-{secrets.token_urlsafe(32)}"
    with writing(frozenset({office_id})):
        _take_back(actor, office)
        row = CalendarKey(office_id=office_id, person_id=actor.person_id, digest=_digest(secret))
        row.made_at = clock.now()
        db.session.add(row)
        _record(office_id, actor, "make")
    return secret


def revoke(actor: Actor, office: Office) -> None:
    """Take one's own key back; its address opens nothing from now on."""
    with writing(frozenset({office.id})):
        if _take_back(actor, office):
            _record(office.id, actor, "revoke")


def _take_back(actor: Actor, office: Office) -> bool:
    """End every key that is good; whoever makes one at this moment waits, or his would stay good beside the next."""
    db.session.execute(select(Person.id).where(Person.id == actor.person_id).with_for_update(key_share=True))
    ended = update(CalendarKey).where(*_good(actor, office)).values(revoked_at=clock.now())
    return bool(list(db.session.scalars(ended.returning(CalendarKey.id))))


def _record(office_id: int, actor: Actor, action: str) -> None:
    ledger.append(
        office_id,
        kind="token",
        action=action,
        actor=actor.name,
        actor_id=actor.person_id,
        details={"token": "hotline.calendar"},
    )


def find(secret: str) -> Opened | None:
    """Return the office and the person that a key opens: not taken back, and of somebody who still works there."""
    number, _dash, rest = secret.partition("-")
    if not number.isdecimal() or len(number) > 9 or len(rest) != LENGTH or int(number) not in all_offices():
        return None
    see_offices(frozenset({int(number)}))
    where = (CalendarKey.digest == _digest(secret), CalendarKey.revoked_at.is_(None))
    key = db.session.scalar(select(CalendarKey).where(*where))
    person = db.session.get(Person, key.person_id) if key else None
    if key is None or person is None or not _works_in(person, key.office_id):
        return None
    return key.office_id, person


def _works_in(person: Person, office_id: int) -> bool:
    held = (one for one in person.grants if one.taken_at is None and one.office_id == office_id)
    return person.left_at is None and any(held)


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


def calendar_of(rules: Rules, person_id: int) -> str:
    """Return a person's published duties, from two months back on, as an iCalendar file (RFC 5545)."""
    since = clock.now() - PAST
    holds = or_(RosterShift.engineer_id == person_id, RosterShift.manager_id == person_id)
    query = (
        select(RosterShift)
        .join(Roster, Roster.id == RosterShift.roster_id)
        .where(
            RosterShift.office_id == rules.office.id,
            holds,
            Roster.state.in_(IN_FORCE),
            RosterShift.starts_at >= since,
        )
    )
    shifts = db.session.scalars(query.order_by(RosterShift.starts_at)).unique()
    events = [event for shift in shifts for event in _events(rules, shift, person_id)]
    return ical.calendar(_("Duties %(office)s", office=rules.office.name), rules.office.zoneinfo, events)


def _events(rules: Rules, shift: RosterShift, person_id: int) -> Iterator[ical.Event]:
    for place, title in PLACES.items():
        if shift.holder(place) == person_id:
            yield ical.Event(
                uid=f"{shift.id}-{place}@{rules.office.code.lower()}.roster.koudai",
                starts=shift.starts_at,
                ends=shift.ends_at,
                changed=shift.changed_at,
                sequence=shift.changes,
                title=f"{SHIFTS[shift.shift]} · {title}",
                place=rules.office.name,
            )
