"""What the steps of a dispatch sheet do."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from sqlalchemy import ColumnElement, or_, select

from core.clauses import house_rule
from core.db import db
from core.errors import Invalid, Objection
from core.i18n import Sentence, _l
from core.jobs.turns import claim
from plugins.fieldservice.dispatching.models import DispatchSheet, LeftOver, SheetLine
from plugins.fieldservice.dispatching.sheet import lines
from plugins.fieldservice.models import ServiceRequest

if TYPE_CHECKING:
    from core.gate import Act

NAME = "fieldservice.dispatch_sheet"
QR_04 = "QR/04 form"
AN_HOUR = dt.timedelta(hours=1)
LAST_HOUR = house_rule(_l("A sheet that is closed long before the office is tells of half a day."))


def begin(act: Act) -> None:
    """Begin the sheet of a day where the one before it ended: whatever is dispatched stands on one of them."""
    sheet, day, calendar = act.case, act.values["day"], act.rules.calendar
    if day > calendar.local_day(act.now):
        raise Invalid("day", _l("This day lies ahead. A sheet is begun on its day or later."))
    last = _last(sheet.office_id)
    if not claim(sheet.office_id, NAME, f"{day}") or (last and last.day >= day):
        text = _l("There is a sheet of this day, or of a later one, already. Look for it in the list.")
        raise Invalid("day", text)
    began = calendar.moment(day, dt.time.min)
    sheet.begins_at = (last.closed_at or last.ends_at) if last else began
    sheet.ends_at = calendar.moment(day + dt.timedelta(days=1), dt.time.min)


def _last(office_id: int) -> DispatchSheet | None:
    """Return the newest sheet of an office, but for the one that is being begun."""
    where = (DispatchSheet.office_id == office_id, DispatchSheet.number.is_not(None))
    query = select(DispatchSheet).where(*where).order_by(DispatchSheet.day.desc()).limit(1)
    with db.session.no_autoflush:
        found: DispatchSheet | None = db.session.scalar(query)
    return found


def close(act: Act) -> None:
    """Keep a line for each request as it stands now, and the reason why another one was not dispatched (QR/04)."""
    sheet = act.case
    sheet.ends_at = min(sheet.ends_at, act.now)
    kept = lines.drawn_up(sheet)
    sheet.lines.extend(kept)
    left = lines.undispatched(sheet.office_id)
    said = lines.reasons(act.values.get("reasons", ""), [str(one.number) for one in left])
    sheet.left_over.extend(
        LeftOver(
            office_id=sheet.office_id,
            request_id=one.id,
            number=one.number or "",
            customer=one.customer.name if one.customer else "",
            reason=said[str(one.number)],
        )
        for one in left
    )
    sheet.dispatched, sheet.left = len(kept), len(left)
    sheet.closed_at, sheet.closed_by_id, sheet.owner_id = act.now, act.actor.person_id, act.actor.person_id
    act.recorded |= {"dispatched": [one.number for one in kept], "left": dict(said)}


def complete(act: Act) -> None:
    """Fill in what was empty because the visit lay ahead; what the sheet says already stays as it is (QR/04)."""
    added = list[str]()
    for line, request in _came_back(act.case):
        for name, value in lines.returned(request).items():
            if not getattr(line, name):
                setattr(line, name, value)
        added.append(line.number)
    act.recorded["came_back"] = added


def _came_back(sheet: DispatchSheet) -> list[tuple[SheetLine, ServiceRequest]]:
    query = select(SheetLine, ServiceRequest).where(SheetLine.sheet_id == sheet.id, *incomplete())
    rows = db.session.execute(query.order_by(SheetLine.place)).unique()
    return [(line, request) for line, request in rows]


def incomplete() -> tuple[ColumnElement[bool], ...]:
    """Return the condition for lines of which more is known by now; only for the visit that they tell of."""
    same = (ServiceRequest.id == SheetLine.request_id) & (
        ServiceRequest.dispatched_at == SheetLine.dispatched_at
    )
    back = SheetLine.turned_in_at.is_(None) & ServiceRequest.turned_in_at.is_not(None)
    again = (SheetLine.again == "") & (ServiceRequest.state == "sent_again")
    return same, or_(back, again)


# What speaks against a step.


def too_early(act: Act) -> Objection | None:
    """A sheet is closed when the day's work is done: in the last hour before closing, or later."""
    closing = act.rules.calendar.closing(act.case.day) if act.case.day else None
    if closing is None or act.now >= closing - AN_HOUR:
        return None
    text = _l("The day still runs: close its sheet after %(from_when)s.", from_when=closing - AN_HOUR)
    return Objection(text, LAST_HOUR)


def nothing_came_back(act: Act) -> Sentence | None:
    """Nothing is filled in where nothing more is known."""
    return None if act.case.id and _came_back(act.case) else _l("Nothing has come back since.")
