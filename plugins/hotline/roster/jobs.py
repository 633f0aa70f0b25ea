"""What the timer does for the roster: begins the next month's, closes what is over, carries promises over."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

from sqlalchemy import or_, select

from core import clock, gate
from core.db import db
from core.i18n import _l
from core.jobs.turns import claim
from core.people import TIMER_ACTOR
from core.slots import Job
from plugins.hotline.roster.absences import left_to_carry, promises_left
from plugins.hotline.roster.hours import month_of, months_after
from plugins.hotline.roster.models import Absence, Roster

if TYPE_CHECKING:
    from core.rules import Rules

NAME = "hotline.roster"


def turn(rules: Rules) -> None:
    """Do what the day asks for; each deed is a transaction of its own."""
    today = rules.calendar.local_day(clock.now())
    _begin_next(rules, today)
    _close_past(rules, today)
    _end_absences(rules, today)
    _carry_promises(rules)


JOB = Job(
    name="roster",
    title=_l("Begin and close rosters, carry promises of who is away over"),
    every=30,
    does=turn,
)


def _begin_next(rules: Rules, today: dt.date) -> None:
    """Put next month on the support manager's desk, so many days before it begins (QP/2-04 5.1)."""
    month = months_after(month_of(today), 1)
    if (month - today).days > rules.parameter("hotline.roster_begin_days"):
        return
    where = (Roster.office_id == rules.office.id, Roster.month == month)
    if db.session.scalar(select(Roster.id).where(*where)) is None:
        with gate.together():
            if claim(rules.office.id, NAME, f"begin {month:%Y-%m}"):
                said = {"month": f"{month:%Y-%m}"}
                gate.perform("hotline.roster", None, "begin", TIMER_ACTOR, said, office=rules.office)


def _close_past(rules: Rules, today: dt.date) -> None:
    query = select(Roster.number).where(
        Roster.office_id == rules.office.id, Roster.state != "closed", Roster.month < month_of(today)
    )
    _each(rules, "hotline.roster", "close", query)


def _end_absences(rules: Rules, today: dt.date) -> None:
    query = select(Absence.number).where(
        Absence.office_id == rules.office.id, Absence.state == "approved", Absence.last_day < today
    )
    _each(rules, "hotline.absence", "end", query)


def _each(rules: Rules, procedure: str, step: str, query: Any) -> None:
    for number in list(db.session.scalars(query)):
        gate.perform(procedure, number, step, TIMER_ACTOR, office=rules.office)


def _carry_promises(rules: Rules) -> None:
    """Whoever stands in gets what was promised for his days since; for a day without, somebody is asked for once."""
    query = select(Absence).where(Absence.office_id == rules.office.id, Absence.state == "approved")
    waiting = query.where(or_(Absence.substitute_id.is_not(None), Absence.to_cover_at.is_(None)))
    found = [one for one in db.session.scalars(waiting).unique() if promises_left(rules, one)]
    carried = [one for one in found if left_to_carry(rules, one)]
    uncovered = [one for one in found if one not in carried and one.to_cover_at is None]
    steps = [*((one.number, "carry") for one in carried), *((one.number, "ask_on") for one in uncovered)]
    for number, step in steps:
        gate.perform("hotline.absence", number, step, TIMER_ACTOR, office=rules.office)
