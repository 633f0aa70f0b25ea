"""Who is expected on the seat, and who was the duty manager before."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from sqlalchemy import func, or_, select

from core.db import db
from core.roles import DUTY_MANAGER, HOTLINE_ENGINEER
from plugins.hotline.roster.duty import on_duty
from plugins.hotline.roster.models import Absence, Roster, RosterShift
from plugins.hotline.roster.reading import IN_FORCE, away_on
from plugins.hotline.shift.models import Handover

if TYPE_CHECKING:
    from core.people import Person
    from core.rules import Rules


def expected(rules: Rules, day: dt.date) -> list[int]:
    """Return by id who is to be on the seat at opening time of a day (QI/03 3.1.1): whom the roster names.

    Where no published roster has that hour, everybody at the hotline is who is not away.
    """
    opening = rules.calendar.opening(day)
    if opening is None:
        return []
    planned = on_duty(rules, opening)
    if planned.since is not None:
        return [one.id for one in planned.engineers]
    away = away_on(rules, day)
    return [one.id for one in rules.colleagues(HOTLINE_ENGINEER) if one.id not in away]


def known_since(rules: Rules, person_id: int, day: dt.date) -> dt.datetime | None:
    """Return since when somebody is to be there on a day; None when he was put there, or came back, after opening.

    Nobody is late for what he was asked to do later (QI/03 3.1.1).
    """
    opening = rules.calendar.opening(day)
    if opening is None or person_id not in expected(rules, day):
        return None
    planned = on_duty(rules, opening).since
    if (planned and planned > opening) or _came_back(rules, person_id, opening):
        return None
    return opening


def _came_back(rules: Rules, person_id: int, opening: dt.datetime) -> bool:
    """Say whether somebody's absence has ended since the office opened, for he was not expected until then."""
    where = (
        Absence.office_id == rules.office.id,
        Absence.owner_id == person_id,
        Absence.state.in_(("ended", "withdrawn")),
        Absence.changed_at > opening,
    )
    return db.session.scalar(select(Absence.id).where(*where).limit(1)) is not None


def duty_ends(rules: Rules, person_id: int, day: dt.date) -> dt.datetime | None:
    """Return when the last of somebody's duties of a day ends by the roster, if he has one and is not away."""
    query = (
        select(func.max(RosterShift.ends_at))
        .join(Roster, Roster.id == RosterShift.roster_id)
        .where(RosterShift.office_id == rules.office.id, RosterShift.day == day, Roster.state.in_(IN_FORCE))
        .where(or_(RosterShift.engineer_id == person_id, RosterShift.manager_id == person_id))
    )
    return None if person_id in away_on(rules, day) else db.session.scalar(query)


def manager_before(rules: Rules, day: dt.date) -> Person | None:
    """Return who has what is unfinished: whoever took over last, today or on the working day before (QI/03 3.1.2).

    If nobody took over, he whom the roster had as manager at closing time. Nobody, when that day had no duty manager,
    or when he is none any more.
    """
    since = rules.calendar.previous_working_day(day)
    query = select(Handover.taker_id).where(
        Handover.office_id == rules.office.id,
        Handover.day.between(since, day),
        Handover.taken_at.is_not(None),
    )
    last = db.session.scalar(query.order_by(Handover.taken_at.desc()).limit(1))
    last = last or _planned_at_closing(rules, since)
    return next((one for one in rules.colleagues(DUTY_MANAGER) if one.id == last), None)


def _planned_at_closing(rules: Rules, day: dt.date) -> int | None:
    hours = rules.calendar.intervals_on(day)
    manager = on_duty(rules, hours[-1][1] - dt.timedelta(minutes=1)).manager if hours else None
    return manager.id if manager else None
