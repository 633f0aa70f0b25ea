"""A day of the hotline on the screen: its lines, what was corrected, and the days before and after it."""

from __future__ import annotations

import datetime as dt
from typing import Any

from flask import Blueprint, abort, redirect, render_template, request, url_for
from sqlalchemy import select

from core import clock
from core.db import db
from core.lists.question import day_of
from core.web.access import actor, needs, these_rules, this_office
from core.web.paging import page_number
from plugins.hotline.log import lines
from plugins.hotline.log.models import OPEN, PHONE, RESULTS, VISIT, DayLog, told
from plugins.hotline.log.procedure import day_log
from plugins.hotline.log.services import today

pages = Blueprint("log", __name__, url_prefix="/<office>/hotline/log")
PAGE = 100
TONES = {PHONE: "done", VISIT: "wait", OPEN: "alert"}
ONE_DAY = dt.timedelta(days=1)


@pages.get("/")
@needs("hotline.read")
def day(office: str) -> Any:
    """The log of a day, by default today's; a day is chosen by its date."""
    asked = request.args.get("day", "")
    if asked:
        return redirect(url_for(".of_day", office=office, day=asked.strip()))
    return _page(today(these_rules(), clock.now()))


@pages.get("/<day>")
@needs("hotline.read")
def of_day(office: str, day: str) -> str:
    """The log of one day, as it runs or as it was closed."""
    chosen = day_of(day)
    if chosen is None:
        abort(404)
    return _page(chosen)


def _page(chosen: dt.date) -> str:
    rules, page = these_rules(), page_number("page")
    kept = _kept(chosen)
    log = kept or _blank(chosen)
    every = lines.shown(log)
    return render_template(
        "hotline/log/day.html",
        log=log,
        kept=kept is not None,
        lines=every[(page - 1) * PAGE : page * PAGE],
        count=len(every),
        more=len(every) > page * PAGE,
        page=page,
        procedure=rules.procedure(day_log.name),
        states=rules.procedure("hotline.call").states,
        today=today(rules, clock.now()),
        before=chosen - ONE_DAY,
        after=chosen + ONE_DAY,
        results=RESULTS,
        tones=TONES,
        told=told,
        may_begin=_may_begin(),
    )


def _kept(chosen: dt.date) -> DayLog | None:
    found: DayLog | None = db.session.scalar(
        select(DayLog).where(DayLog.office_id == this_office().id, DayLog.day == chosen)
    )
    return found


def _blank(chosen: dt.date) -> DayLog:
    """Return a log that nobody has begun: the calls of its day are shown all the same, and it is never kept."""
    begin, end = lines.bounds(these_rules(), chosen)
    return DayLog(office_id=this_office().id, day=chosen, begins_at=begin, ends_at=end, state="")


def _may_begin() -> bool:
    begin = these_rules().procedure(day_log.name).steps["begin"]
    return actor().has(this_office().id, [way.role for way in begin.who])
