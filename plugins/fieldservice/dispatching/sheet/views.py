"""A day's dispatch sheet on the screen: its lines, what is left, and the reasons with which it is closed."""

from __future__ import annotations

import datetime as dt
from typing import Any

from flask import Blueprint, abort, redirect, render_template, request, url_for
from sqlalchemy import select

from core import clock, deadlines, gate
from core.db import db
from core.errors import Refused
from core.i18n import _
from core.lists.question import day_of
from core.web.access import actor, case_here, needs, these_rules, this_office
from core.web.cases import STATUS, tell_done
from plugins.fieldservice.dispatching.models import DispatchSheet
from plugins.fieldservice.dispatching.sheet import lines
from plugins.fieldservice.dispatching.sheet.record import SAID
from plugins.fieldservice.dispatching.sheet.services import NAME

pages = Blueprint("sheet", __name__, url_prefix="/<office>/fieldservice/sheet")
ONE_DAY = dt.timedelta(days=1)
REASON = "reason-"


@pages.get("/")
@needs("fieldservice.read")
def day(office: str) -> Any:
    """The sheet of a day, by default today's; a day is chosen by its date."""
    today = these_rules().calendar.local_day(clock.now())
    chosen = day_of(request.args.get("day", "").strip()) or today
    return redirect(url_for(".of_day", office=office, day=chosen))


@pages.route("/<day>", methods=["GET", "POST"])
@needs("fieldservice.read")
def of_day(office: str, day: str) -> Any:
    """The sheet of one day, as it runs or as it was closed; its duty manager closes it here (QR/04)."""
    chosen = day_of(day)
    if chosen is None:
        abort(404)
    sheet = _kept(chosen)
    if request.method == "GET":
        return _page(chosen, sheet)
    if sheet is None:
        abort(404)
    said = {"reasons": lines.written(_typed()), "remark": request.form.get("remark", "")}
    seen = request.form.get("seen", -1, type=int)
    try:
        with gate.together() as acts:
            gate.perform(NAME, str(sheet.number), "close", actor(), said, office=this_office(), seen=seen)
    except Refused as refused:
        return _page(chosen, _kept(chosen), refused), STATUS.get(refused.kind, 409)
    tell_done(_("The sheet of %(day)s is closed.", day=chosen), acts[-1])
    return redirect(url_for(".of_day", office=office, day=chosen))


def _typed() -> dict[str, str]:
    """Return the reasons that were typed, by the number of the request; each on a line of its own."""
    typed = {key.removeprefix(REASON): text for key, text in request.form.items() if key.startswith(REASON)}
    return {number: " ".join(text.split()) for number, text in typed.items()}


def _kept(chosen: dt.date) -> DispatchSheet | None:
    where = (DispatchSheet.office_id == this_office().id, DispatchSheet.day == chosen)
    found: DispatchSheet | None = db.session.scalar(select(DispatchSheet).where(*where))
    return found


def _page(chosen: dt.date, sheet: DispatchSheet | None, refused: Refused | None = None) -> str:
    rules = these_rules()
    procedure = rules.procedure(NAME)
    running = sheet is not None and not sheet.closed_at
    act = case_here(NAME, str(sheet.number)) if sheet else None
    closing = gate.look_at(act, procedure.steps["close"]) if act and running else None
    return render_template(
        "fieldservice/dispatching/sheet.html",
        day=chosen,
        sheet=sheet,
        lines=lines.shown(sheet) if sheet else [],
        left=lines.undispatched(this_office().id) if running else [],
        closed_by=closing.closed_by() if closing else [],
        promise=deadlines.next_of(NAME, [sheet.id]).get(sheet.id) if sheet else None,
        procedure=procedure,
        today=rules.calendar.local_day(clock.now()),
        before=chosen - ONE_DAY,
        after=chosen + ONE_DAY,
        results=SAID,
        refused=refused,
        typed=_typed() if refused else {},
        remark=request.form.get("remark", ""),
        may_begin=actor().has(this_office().id, [way.role for way in procedure.steps["begin"].who]),
    )
