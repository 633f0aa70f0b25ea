"""What the timer does for the log: it begins each day, reports it when the office closes, and loses no late call."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import TYPE_CHECKING

from sqlalchemy import exists, select

from core import clock, gate
from core.db import db
from core.i18n import _l
from core.people import TIMER_ACTOR
from core.roles import DUTY_MANAGER
from core.slots import Job, Tell
from plugins.hotline.log import lines
from plugins.hotline.log.models import DayLog, LogLine
from plugins.hotline.log.services import NAME, today
from plugins.hotline.models import Call

if TYPE_CHECKING:
    from core.gate import Act
    from core.rules import Rules

# A timer that stood still for longer than this has lost no call: whoever opens the log of an older day begins it.
LOOKS_BACK, EVERY = 7, 5


def keep(rules: Rules) -> None:
    """Begin what is missing, report what is over, add what came late; each in a transaction of its own."""
    for day in list(_missing(rules)):
        gate.perform(NAME, None, "begin", TIMER_ACTOR, {"day": day.isoformat()}, office=rules.office)
    for step, numbers in (("report", _unreported(rules)), ("supplement", _incomplete(rules))):
        for number in numbers:
            gate.perform(NAME, number, step, TIMER_ACTOR, office=rules.office)


def _missing(rules: Rules) -> Iterator[dt.date]:
    """Yield the last days that should have a log and have none, the oldest first."""
    last = today(rules, clock.now())
    days = [last - dt.timedelta(days=back) for back in range(LOOKS_BACK, -1, -1)]
    here = (DayLog.office_id == rules.office.id, DayLog.day >= days[0])
    begun = set(db.session.scalars(select(DayLog.day).where(*here)))
    return (day for day in days if day not in begun and (_opened(rules, day, last) or _called(rules, day)))


def _opened(rules: Rules, day: dt.date, last: dt.date) -> bool:
    """Say whether the office has opened today; days that have passed without a call need no log."""
    opening = rules.calendar.opening(day)
    return day == last and opening is not None and clock.now() >= opening


def _called(rules: Rules, day: dt.date) -> bool:
    begin, end = lines.bounds(rules, day)
    where = (Call.office_id == rules.office.id, Call.opened_at >= begin, Call.opened_at < end)
    return bool(db.session.scalar(select(exists().where(*where))))


def _unreported(rules: Rules) -> list[str]:
    """Return the logs of days that are over and were not reported yet (QP/2-04 5.3)."""
    where = (DayLog.office_id == rules.office.id, DayLog.state == "running", DayLog.reported_at.is_(None))
    found = db.session.execute(select(DayLog.number, DayLog.day, DayLog.ends_at).where(*where)).all()
    return [row.number for row in found if clock.now() >= (rules.calendar.closing(row.day) or row.ends_at)]


def _incomplete(rules: Rules) -> list[str]:
    """Return the closed logs of the last days that lack a call: it came after closing."""
    listed = exists().where(LogLine.log_id == DayLog.id, LogLine.call_id == Call.id)
    lacks = exists().where(
        Call.office_id == DayLog.office_id,
        Call.opened_at >= DayLog.closed_at,
        Call.opened_at < DayLog.ends_at,
        ~listed,
    )
    since = today(rules, clock.now()) - dt.timedelta(days=LOOKS_BACK)
    where = (DayLog.office_id == rules.office.id, DayLog.state == "closed", DayLog.day >= since, lacks)
    return [one for one in db.session.scalars(select(DayLog.number).where(*where)) if one]


def told(act: Act) -> list[Tell]:
    """Tell every duty manager what the day brought and what still waits for dispatch (QP/2-04 5.3)."""
    if act.procedure.name != NAME or "registered" not in act.recorded:
        return []
    log = act.case
    sentence = _l(
        "Hotline on %(day)s: calls %(calls)s, requests registered %(registered)s, not yet dispatched %(waiting)s.",
        day=log.day,
        calls=log.calls,
        registered=log.registered,
        waiting=len(log.undispatched),
    )
    return [Tell(person_id=one.id, sentence=sentence) for one in act.rules.colleagues(DUTY_MANAGER)]


JOB = Job(name="day_log", title=_l("Keep the hotline log"), every=EVERY, does=keep)
