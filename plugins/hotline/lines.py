"""The line of each engineer: what his telephone does, and who is calling (QI/03 3.1.4, 3.1.5).

A telephone system tells it (``line_views``); without one, the engineer says at the desk that he is talking or away.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import ForeignKey, String, UniqueConstraint, select
from sqlalchemy.orm import Mapped, mapped_column

from core import clock, presence
from core.customers.lookup import COUNTRY, FEWEST_LOCAL_DIGITS, find, local_digits
from core.customers.models import Customer
from core.db import Model, OfficeRow, db, insert_once, writing
from core.i18n import _l
from core.people import Person, RoleGrant
from core.roles import DUTY_MANAGER, HOTLINE_ENGINEER

AT_THE_DESK = "hotline.desk"
LONGEST_NUMBER, LONGEST_CALL, MOST_RINGS, MOST_FOUND = 40, 60, 99, 5
# A telephone system that falls silent in the middle of a call leaves no line busy for ever.
RINGS_FOR, TALKS_FOR = dt.timedelta(minutes=2), dt.timedelta(hours=4)
MOBILE = re.compile(r"^0(?=1\d{10}$)")


class LineState(StrEnum):
    """What an engineer's line is doing."""

    FREE = "free"
    RINGING = "ringing"
    TALKING = "talking"
    AWAY = "away"


TITLES = {
    LineState.FREE: _l("Free"),
    LineState.RINGING: _l("Ringing"),
    LineState.TALKING: _l("Talking"),
    LineState.AWAY: _l("Away"),
}
TONES = {LineState.FREE: "done", LineState.RINGING: "alert", LineState.TALKING: "wait", LineState.AWAY: "off"}


class Event(StrEnum):
    """What a telephone system tells."""

    RINGING = "ringing"
    ANSWERED = "answered"
    HUNG_UP = "hung_up"


class Line(Model, OfficeRow):
    """The line of one engineer in one office; ``turn`` counts what happened on it."""

    __tablename__ = "hotline_line"
    __table_args__ = (UniqueConstraint("office_id", "person_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("core_person.id"), index=True)
    state: Mapped[str] = mapped_column(String(10), default=LineState.FREE)
    away: Mapped[bool] = mapped_column(default=False)
    number: Mapped[str] = mapped_column(String(LONGEST_NUMBER), default="")
    rings: Mapped[int | None]
    phone_call: Mapped[str] = mapped_column(String(LONGEST_CALL), default="")
    since: Mapped[dt.datetime]
    turn: Mapped[int] = mapped_column(default=0)

    @property
    def now(self) -> LineState:
        """What it is doing now, as far as anybody has told: an old ring rings no more."""
        lasts = {LineState.RINGING: RINGS_FOR, LineState.TALKING: TALKS_FOR}.get(LineState(self.state))
        if lasts is not None and clock.now() - self.since < lasts:
            return LineState(self.state)
        return LineState.AWAY if self.away else LineState.FREE


@dataclass(frozen=True, kw_only=True)
class EngineerLine:
    """One line of the board: whose, what it is doing, since when, who is calling, how often it rang."""

    person: Person
    state: LineState
    since: dt.datetime | None
    number: str
    rings: int | None


@dataclass(frozen=True, kw_only=True)
class Told:
    """What a telephone system told of one line; ``phone_call`` is its own name for the call, if it has one."""

    event: Event
    number: str = ""
    rings: int | None = None
    phone_call: str = ""


def line_states(office_id: int) -> list[EngineerLine]:
    """Return the line of everybody at the hotline of an office, by name: three queries, however many they are.

    Whose desk is not open is away, unless his telephone says otherwise.
    """
    known = {
        one.person_id: one for one in db.session.scalars(select(Line).where(Line.office_id == office_id))
    }
    at_the_desk = presence.before(office_id, AT_THE_DESK)
    return [_engineer(one, known.get(one.id), one.id in at_the_desk) for one in staff(office_id)]


def _engineer(person: Person, line: Line | None, here: bool) -> EngineerLine:
    state = line.now if line else LineState.FREE
    state = LineState.AWAY if state is LineState.FREE and not here else state
    busy = line if line and state in (LineState.RINGING, LineState.TALKING) else None
    return EngineerLine(
        person=person,
        state=state,
        since=line.since if line else None,
        number=busy.number if busy else "",
        rings=busy.rings if busy else None,
    )


def staff(office_id: int) -> list[Person]:
    """Return whoever answers the hotline of an office, by name."""
    held = (RoleGrant.office_id == office_id, RoleGrant.taken_at.is_(None))
    roles = RoleGrant.role.in_([HOTLINE_ENGINEER.key, DUTY_MANAGER.key])
    ids = select(RoleGrant.person_id).where(*held, roles)
    query = select(Person).where(Person.id.in_(ids), Person.left_at.is_(None))
    return list(db.session.scalars(query.order_by(Person.name, Person.id)))


def whose(office_id: int, hotline_number: str) -> Person | None:
    """Return whose telephone a hotline number is; of several who share it, whoever sits at the desk."""
    having = [one for one in staff(office_id) if one.hotline_number == hotline_number]
    here = presence.before(office_id, AT_THE_DESK) if len(having) > 1 else set()
    return min(having, key=lambda one: one.id not in here, default=None)


def line_of(office_id: int, person_id: int) -> Line | None:
    """Return the line of one engineer, if anything ever happened on it."""
    query = select(Line).where(Line.office_id == office_id, Line.person_id == person_id)
    return db.session.scalars(query).one_or_none()


def hear(office_id: int, person_id: int, told: Told) -> Line:
    """Note what a telephone system told of an engineer's line; what comes late of another call changes nothing."""
    return _change(office_id, person_id, lambda line: _follow(line, told))


def say(office_id: int, person_id: int, state: LineState) -> Line:
    """Note what an engineer says himself at the desk: free, talking or away."""

    def change(line: Line) -> None:
        line.away = state is LineState.AWAY
        _enter(line, LineState.TALKING if state is LineState.TALKING else LineState.FREE)

    return _change(office_id, person_id, change)


def _change(office_id: int, person_id: int, change: Callable[[Line], None]) -> Line:
    whose = {"office_id": office_id, "person_id": person_id}
    blank = {"state": LineState.FREE, "away": False, "number": "", "phone_call": "", "turn": 0}
    with writing(frozenset({office_id})):
        insert_once(Line, **whose, **blank, since=clock.now())
        query = select(Line).filter_by(**whose).with_for_update()
        line = db.session.scalars(query.execution_options(populate_existing=True)).one()
        change(line)
    return line


def _follow(line: Line, told: Told) -> None:
    """Follow a call by its events; while somebody talks, another call that knocks is not his."""
    another = told.phone_call != line.phone_call
    busy = line.now is LineState.TALKING
    if another and (busy or (told.event is Event.HUNG_UP and line.now is LineState.RINGING)):
        return
    if told.event is Event.HUNG_UP:
        _enter(line, LineState.FREE)
        return
    if another or line.now is not LineState.RINGING:
        line.number, line.rings = "", None
    line.phone_call, line.number = told.phone_call, told.number or line.number
    line.rings = told.rings if told.rings is not None else line.rings
    _enter(line, LineState.RINGING if told.event is Event.RINGING else LineState.TALKING)


def _enter(line: Line, state: LineState) -> None:
    if line.state != state:
        line.state, line.since = state, clock.now()
    line.turn += 1


def callers(number: str, office_id: int) -> tuple[str, list[Customer]]:
    """Return the customers who have a number that is calling, at most five, and the digits that found them.

    Area and country code may be left out, on either side.
    """
    digits = MOBILE.sub("", COUNTRY.sub("", re.sub(r"\D", "", number)))
    if len(digits) < FEWEST_LOCAL_DIGITS:
        return digits, []
    found, local = find(digits, office_id, MOST_FOUND), local_digits(digits)
    if found or digits.startswith("1") or local == digits:
        return digits, found
    return local, find(local, office_id, MOST_FOUND)
