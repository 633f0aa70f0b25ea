"""Who is expected on the seat, and who was the duty manager before."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from sqlalchemy import select

from core.db import db
from core.roles import DUTY_MANAGER, HOTLINE_ENGINEER
from plugins.hotline.roster.duty import on_duty
from plugins.hotline.shift.models import Handover

if TYPE_CHECKING:
    from core.people import Person
    from core.rules import Rules


def expected(rules: Rules, day: dt.date) -> list[int]:
    """Return by id who is to be on the seat at opening time of a day (QI/03 3.1.1): whom the roster names.

    Where no roster names anybody, everybody at the hotline is.
    """
    hours = rules.calendar.intervals_on(day)
    planned = on_duty(rules, hours[0][0]).engineers if hours else ()
    return [one.id for one in planned or rules.colleagues(HOTLINE_ENGINEER)]


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
