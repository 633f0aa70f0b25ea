"""Who is on duty at a moment: what the roster says, without whoever is away or has lost the role."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

from sqlalchemy import and_, bindparam, case, exists, not_, select

from core.asking import asked
from core.deadlines import Within
from core.i18n import _l
from core.people import Person, RoleGrant
from plugins.hotline.roster.models import DAY, ENGINEER, MANAGER, Absence, Roster, RosterShift
from plugins.hotline.roster.reading import AWAY, IN_FORCE, ROLES

if TYPE_CHECKING:
    from core.rules import Rules
    from core.worktime import Due


class Holder(NamedTuple):
    """Who has a place in a shift."""

    id: int
    name: str


@dataclass(frozen=True, kw_only=True)
class OnDuty:
    """Who is on duty: in which shift ("day", "noon", "evening", or none), as engineers and as manager.

    ``wanted`` says whether somebody should be: the office is open, or the roster has a shift now. ``since`` is when
    the roster last changed what it says of this moment; None where no published one has a shift then.
    """

    shift: str
    engineers: tuple[Holder, ...]
    manager: Holder | None
    wanted: bool = False
    since: dt.datetime | None = None

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
    engineer = next((one.engineer for one in found if one.engineer), None)
    return OnDuty(
        shift=found[0].shift,
        engineers=(engineer,) if engineer else (),
        manager=next((one.manager for one in found if one.manager), None),
        wanted=True,
        since=max(one.since for one in found),
    )


def manager_until(rules: Rules, at: dt.datetime) -> dt.datetime | None:
    """Return until when there is a duty manager on duty without a break, if there is one at a moment."""
    until, day = at, at.astimezone(rules.office.zoneinfo).date()
    for shift in asked(_TO_COME, office=rules.office.id, at=at, day=day):
        if shift.starts_at > until:
            break
        until = max(until, shift.ends_at)
    return until if until > at else None


@dataclass(frozen=True)
class ByTheManagerOnDuty(Within):
    """So many working minutes; what is urgent does not wait for the opening while a duty manager is on duty."""

    def due(self, rules: Rules, start: dt.datetime) -> Due:
        """Compute when it is due: on duty the clock runs, then working time goes on (QI/03 3.1.12, 3.1.13)."""
        minutes = rules.parameter(self.parameter)
        return rules.calendar.after_minutes(start, minutes, manager_until(rules, start))


def minutes_on_duty(parameter: str) -> Within:
    """So many working minutes, those of the roster's duties among them."""
    return ByTheManagerOnDuty(
        lambda calendar, start, minutes: calendar.after_minutes(start, minutes),
        parameter,
        lambda minutes: _l("within %(minutes)s working minutes, those on duty included", minutes=minutes),
    )


class Row(NamedTuple):
    """A shift of a moment, and who really has it."""

    shift: str
    engineer: Holder | None
    manager: Holder | None
    since: dt.datetime


def _rows(rules: Rules, at: dt.datetime) -> list[Row]:
    """Return the shifts of a moment, the shortest first; who is away, or cannot any more, counts as nobody."""
    # The calendar is read for a page only where it is needed; the day is told by the zone alone.
    day = at.astimezone(rules.office.zoneinfo).date()
    found = asked(_NOW, office=rules.office.id, at=at, day=day)
    return [
        Row(
            one.shift,
            Holder(one.engineer_id, one.engineer) if one.engineer_there else None,
            Holder(one.manager_id, one.manager) if one.manager_there else None,
            one.since,
        )
        for one in found
    ]


_shift, _roster, _absence = RosterShift.__table__.c, Roster.__table__.c, Absence.__table__.c
_grant = RoleGrant.__table__.c
_engineer, _manager = Person.__table__.alias(), Person.__table__.alias()


def _there(person: Any, place: str) -> Any:
    """Whoever left or has lost the role keeps his rows of the roster, and is nobody on them."""
    holds = exists().where(
        _grant.person_id == person.c.id,
        _grant.office_id == bindparam("office"),
        _grant.role == ROLES[place].key,
        _grant.taken_at.is_(None),
    )
    return and_(person.c.left_at.is_(None), holds, not_(_away(person.c.id)))


def _away(person: Any) -> Any:
    return exists().where(
        _absence.office_id == bindparam("office"),
        _absence.owner_id == person,
        _absence.state.in_(AWAY),
        _absence.first_day <= _shift.day,
        _absence.last_day >= _shift.day,
    )


# Every page asks: written once, and asked of the tables themselves.
_NOW = (
    select(
        _shift.shift,
        _shift.engineer_id,
        _shift.manager_id,
        _engineer.c.name.label("engineer"),
        _manager.c.name.label("manager"),
        _there(_engineer, ENGINEER).label("engineer_there"),
        _there(_manager, MANAGER).label("manager_there"),
        case((_roster.published_at > _shift.changed_at, _roster.published_at), else_=_shift.changed_at).label(
            "since"
        ),
    )
    .join(Roster.__table__, _roster.id == _shift.roster_id)
    .outerjoin(_engineer, _engineer.c.id == _shift.engineer_id)
    .outerjoin(_manager, _manager.c.id == _shift.manager_id)
    .where(
        _shift.office_id == bindparam("office"),
        _roster.office_id == bindparam("office"),
        _shift.starts_at <= bindparam("at"),
        _shift.ends_at > bindparam("at"),
        _shift.day == bindparam("day"),
        _roster.state.in_(IN_FORCE),
    )
    .order_by(case((_shift.shift == DAY, 1), else_=0), _shift.starts_at.desc())
)
_TO_COME = (
    select(_shift.starts_at, _shift.ends_at)
    .join(Roster.__table__, _roster.id == _shift.roster_id)
    .join(_manager, _manager.c.id == _shift.manager_id)
    .where(
        _shift.office_id == bindparam("office"),
        _roster.office_id == bindparam("office"),
        _shift.day == bindparam("day"),
        _shift.ends_at > bindparam("at"),
        _there(_manager, MANAGER),
        _roster.state.in_(IN_FORCE),
    )
    .order_by(_shift.starts_at)
)
