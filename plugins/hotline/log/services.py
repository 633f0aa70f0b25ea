"""What the steps of a day's log do."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

from sqlalchemy import func, select

from core.db import db
from core.errors import Invalid, Objection
from core.i18n import Sentence, _l
from core.jobs.turns import claim
from plugins.hotline.log import lines
from plugins.hotline.log.models import FIELDS, OPEN, DayLog, LogCorrection, LogLine
from plugins.hotline.log.waiting import registered, undispatched
from plugins.hotline.models import Call

if TYPE_CHECKING:
    from core.gate import Act
    from core.rules import Rules

NAME = "hotline.day_log"
QR_02 = "QR/02 form"


def today(rules: Rules, now: dt.datetime) -> dt.date:
    """The day it is in the office."""
    return rules.calendar.local_day(now)


def begin(act: Act) -> None:
    """Begin the log of a day; who comes second finds that it is there (one per office and day)."""
    log, day = act.case, act.values["day"]
    if day > today(act.rules, act.now):
        raise Invalid("day", _l("This day lies ahead. A log is begun on its day or later."))
    if not claim(log.office_id, NAME, f"{day}"):
        raise Invalid("day", _l("The log of %(day)s is there already. Look for it in the list.", day=day))
    log.begins_at, log.ends_at = lines.bounds(act.rules, day)


def report(act: Act) -> None:
    """Count what came in and what nobody has dispatched yet, for the duty manager (QP/2-04 5.3)."""
    act.case.calls = _calls_of(act.case)
    _report(act)


def close(act: Act) -> None:
    """Keep a line for every call as it stands now; what has no outcome yet is recorded as still open (QR/02)."""
    log = act.case
    kept = lines.drawn_up(log, act.rules)
    log.lines.extend(kept)
    log.closed_at, log.closed_by_id, log.owner_id = act.now, act.actor.person_id, act.actor.person_id
    log.calls, log.unfinished = len(kept), sum(one.result == OPEN for one in kept)
    if log.reported_at is None:
        _report(act)
    else:
        _note_waiting(act)
    act.recorded |= {"calls": log.calls, "still_open": [one.number for one in kept if one.result == OPEN]}


def supplement(act: Act) -> None:
    """Add the calls that came after the log was closed, marked as such: no call is in no log (QI/03 3.1.6)."""
    log = act.case
    last = db.session.scalar(select(func.max(LogLine.place)).where(LogLine.log_id == log.id)) or 0
    added = lines.drawn_up(log, act.rules, last, late=True)
    log.lines.extend(added)
    log.calls += len(added)
    log.unfinished += sum(one.result == OPEN for one in added)
    act.recorded["added"] = [one.number for one in added]


def archive(act: Act) -> None:
    """Add what the timer has not added yet: nothing is added to the archive (QR/02)."""
    if lines.unlisted(act.case):
        supplement(act)
    act.case.archived_at = act.now


def correct_line(act: Act) -> None:
    """Strike out what a line says and write it anew; the call itself is not touched (QR/02)."""
    said = act.values
    line = db.session.get_one(LogLine, said["line_id"])
    field, old = said["field"], line.now(said["field"])
    new = said["result"] if field == "result" else said["value"]
    if new == old:
        raise Invalid("result" if field == "result" else "value", _l("This is what the line says already."))
    line.corrections.append(
        LogCorrection(
            office_id=line.office_id,
            field=field,
            old=old,
            new=new,
            reason=said["reason"],
            corrected_at=act.now,
            corrected_by=act.actor.name,
            corrected_by_id=act.actor.person_id,
        )
    )
    act.recorded |= {"number": line.number, "field": str(FIELDS[field].msgid), "old": old, "new": new}


def offered_lines(act: Act) -> dict[str, str]:
    """Return the lines of a log, for a choice: place, number, unit."""
    if not act.case.id or not act.case.closed_at:
        return {}
    where = LogLine.log_id == act.case.id
    query = select(LogLine.id, LogLine.place, LogLine.number, LogLine.unit).where(where)
    rows = db.session.execute(query.order_by(LogLine.place))
    return {str(row.id): f"{row.place} · {row.number} · {row.unit}" for row in rows}


# What speaks against a step.


def day_is_over(act: Act) -> Objection | None:
    """A day is closed when the office has closed: what comes later would stand in no line (QR/02)."""
    closing = act.rules.calendar.closing(act.case.day) if act.case.day else None
    if closing is None or act.now >= closing:
        return None
    text = _l("The day still runs: close its log after %(closing)s.", closing=closing)
    return Objection(text, QR_02)


def no_more_calls(act: Act) -> Objection | None:
    """A log is put away when its day has ended: the evening duty still takes calls (QI/03 3.1.13)."""
    ends = act.case.ends_at
    if ends is None or act.now >= ends:
        return None
    text = _l("Calls of this day may still come in: put its log away after %(ends)s.", ends=ends)
    return Objection(text, QR_02)


def something_missing(act: Act) -> Sentence | None:
    """Nothing is added where every call of the day has its line."""
    return None if lines.unlisted(act.case) else _l("Every call of the day has its line.")


def _calls_of(log: DayLog) -> int:
    where = (Call.office_id == log.office_id, Call.opened_at >= log.begins_at, Call.opened_at < log.ends_at)
    return db.session.scalar(select(func.count()).select_from(Call).where(*where)) or 0


def _report(act: Act) -> None:
    """Count from the last report on, whenever it was: what the evening duty registers is in the next one."""
    log: Any = act.case
    reported = select(func.max(DayLog.reported_at)).where(DayLog.office_id == log.office_id)
    since = db.session.scalar(reported) or log.begins_at
    log.registered, log.reported_at = registered(act.rules, since, act.now), act.now
    act.recorded["registered"] = log.registered
    _note_waiting(act)


def _note_waiting(act: Act) -> None:
    waiting = undispatched(act.rules)
    act.case.not_dispatched = "\n".join(waiting)
    act.recorded["undispatched"] = waiting
