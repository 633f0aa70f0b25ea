"""The lines of a day: read from the calls while it runs, kept as rows when it is closed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from flask import g
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from core.db import db
from core.offices import all_offices
from core.rules import rules_of
from plugins.hotline.hooks import CallResult
from plugins.hotline.log.models import OPEN, OTHER, PHONE, VISIT, DayLog, LogLine
from plugins.hotline.models import Call

if TYPE_CHECKING:
    from core.procedure import Procedure
    from core.rules import Rules

SOLVED = "solved"


def bounds(rules: Rules, day: dt.date) -> tuple[dt.datetime, dt.datetime]:
    """Return when a day begins and ends by the office's clock."""
    calendar = rules.calendar
    following = day + dt.timedelta(days=1)
    return calendar.moment(day, dt.time.min), calendar.moment(following, dt.time.min)


def shown(log: DayLog) -> list[LogLine]:
    """Return the lines of a log: those that were kept, or while the day runs those of its calls as they stand."""
    return list(log.lines) if log.closed_at else drawn_up(log, rules_of_office(log.office_id))


def rules_of_office(office_id: int) -> Rules:
    """Return the rules of an office for whoever fills in a paper and has nothing but its rows."""
    known = g.get("rules")
    return known if known and known.office.id == office_id else rules_of(all_offices()[office_id])


def drawn_up(log: DayLog, rules: Rules, after: int = 0, *, late: bool = False) -> list[LogLine]:
    """Draw up a line for each call of the day that has none yet; ``after`` is the last place taken."""
    return [*_lines(log, rules, unlisted(log), after, late=late)]


def unlisted(log: DayLog) -> list[Call]:
    """Return the calls of the day that have no line in the log, in their order."""
    has_line = select(LogLine.call_id).where(LogLine.log_id == log.id)
    where = (
        Call.office_id == log.office_id,
        Call.opened_at >= log.begins_at,
        Call.opened_at < log.ends_at,
        Call.id.not_in(has_line),
    )
    query = select(Call).where(*where).order_by(Call.opened_at, Call.id).options(joinedload(Call.taken_by))
    return list(db.session.scalars(query).unique())


def results_of(rules: Rules, calls: Iterable[Call]) -> dict[int, CallResult]:
    """Ask the office's plugins once what became of all these calls elsewhere."""
    asked = list(calls)
    if not asked:
        return {}
    said = rules.plugins.gather("hotline_call_results", calls=asked)
    return {one.call_id: one for _plugin, one in said if isinstance(one, CallResult)}


def _lines(log: DayLog, rules: Rules, calls: list[Call], after: int, *, late: bool) -> Iterable[LogLine]:
    procedure, became = rules.procedure("hotline.call"), results_of(rules, calls)
    for place, call in enumerate(calls, after + 1):
        yield _line(log, call, place, procedure, became, late=late)


def _line(
    log: DayLog,
    call: Call,
    place: int,
    procedure: Procedure,
    became: Mapping[int, CallResult],
    *,
    late: bool,
) -> LogLine:
    elsewhere = became.get(call.id)
    return LogLine(
        office_id=log.office_id,
        call_id=call.id,
        place=place,
        number=call.number or "",
        logged_at=call.opened_at,
        engineer=call.taken_by.name if call.taken_by else "",
        unit=call.customer.name if call.customer else "",
        contact=f"{call.contact} {call.phone}".strip(),
        said="\n".join(part for part in (call.symptom, call.demand, call.answer) if part),
        result=_result(call, procedure, elsewhere),
        state=call.state,
        request=elsewhere.number if elsewhere else "",
        late=late,
    )


def _result(call: Call, procedure: Procedure, elsewhere: CallResult | None) -> str:
    """Say how a call ended: by phone, by a visit, in another way, or not yet (QR/02)."""
    if elsewhere is not None and elsewhere.visit:
        return VISIT
    if call.state == SOLVED:
        return PHONE
    return OTHER if procedure.states[call.state].final else OPEN
