"""Who is on duty at a moment: what the roster says, without whoever is away."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

from sqlalchemy import Select, bindparam, case, exists, select
from sqlalchemy.orm import aliased

from core.db import UTCDateTime, db
from core.people import Person
from plugins.hotline.roster.models import DAY, Absence, Roster, RosterShift
from plugins.hotline.roster.reading import AWAY, IN_FORCE

if TYPE_CHECKING:
    from core.rules import Rules


@dataclass(frozen=True, kw_only=True)
class OnDuty:
    """Who is on duty: in which shift ("day", "noon", "evening", or none), as engineers and as manager.

    ``wanted`` says whether somebody should be: the office is open, or the roster has a shift now.
    """

    shift: str
    engineers: tuple[Person, ...]
    manager: Person | None
    wanted: bool = False

    @property
    def missing(self) -> bool:
        """Whether the office should be answering now, and nobody or no manager is on duty."""
        return self.wanted and not (self.engineers and self.manager)


def on_duty(rules: Rules, at: dt.datetime) -> OnDuty:
    """Say who is on duty in an office at a moment: one statement, and the office's calendar once a page.

    Of two shifts at once the shorter counts (noon within the day); where it is empty, whoever has the day is there.
    """
    found = rules.once(("on duty", at), lambda: _rows(rules, at))
    if not found:
        opened = rules.calendar.is_open(at)
        return OnDuty(shift=DAY if opened else "", engineers=(), manager=None, wanted=opened)
    shift, engineer, manager = found[0]
    for _longer, another, further in found[1:]:
        engineer, manager = engineer or another, manager or further
    return OnDuty(shift=shift, engineers=(engineer,) if engineer else (), manager=manager, wanted=True)


Row = tuple[str, Person | None, Person | None]


def _rows(rules: Rules, at: dt.datetime) -> list[Row]:
    """Return the shifts of a moment, the shortest first; who is away and has no substitute counts as nobody."""
    when = {"office": rules.office.id, "at": at, "day": rules.calendar.local_day(at)}
    return [
        (shift, None if engineer_away else engineer, None if manager_away else manager)
        for shift, engineer, manager, engineer_away, manager_away in db.session.execute(_asked(), when)
    ]


@cache
def _asked() -> Select[Any]:
    """Return the statement, which every page asks: writing it takes longer than its answer."""
    engineer, manager = aliased(Person), aliased(Person)
    at = bindparam("at", type_=UTCDateTime())
    return (
        select(
            RosterShift.shift,
            engineer,
            manager,
            _away(RosterShift.engineer_id),
            _away(RosterShift.manager_id),
        )
        .join(Roster, Roster.id == RosterShift.roster_id)
        .outerjoin(engineer, engineer.id == RosterShift.engineer_id)
        .outerjoin(manager, manager.id == RosterShift.manager_id)
        .where(
            RosterShift.office_id == bindparam("office"),
            RosterShift.starts_at <= at,
            RosterShift.ends_at > at,
        )
        .where(RosterShift.day == bindparam("day"), Roster.state.in_(IN_FORCE))
        .order_by(case((RosterShift.shift == DAY, 1), else_=0), RosterShift.starts_at.desc())
    )


def _away(person: Any) -> Any:
    return exists().where(
        Absence.office_id == RosterShift.office_id,
        Absence.owner_id == person,
        Absence.state.in_(AWAY),
        Absence.first_day <= RosterShift.day,
        Absence.last_day >= RosterShift.day,
    )
