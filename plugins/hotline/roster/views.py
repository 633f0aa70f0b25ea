"""The pages of the roster: a month as a grid, and the key to one's own calendar."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from flask import Blueprint, Response, abort, flash, g, redirect, render_template, request, url_for
from sqlalchemy import select

from core import clock, gate
from core.db import db, see_offices
from core.errors import NotFound, Objection, RefusalKind, Refused
from core.i18n import _, _l
from core.offices import all_offices
from core.roles import DUTY_MANAGER, SUPPORT_MANAGER
from core.rules import rules_of
from core.web.access import actor, needs, public, these_rules, this_office
from core.web.cases import STATUS
from plugins.hotline.roster import feed, telling
from plugins.hotline.roster.duty import on_duty
from plugins.hotline.roster.grid import Grid, edited
from plugins.hotline.roster.hours import month_named, month_of, months_after
from plugins.hotline.roster.models import PLACES, Absence, Roster, Swap
from plugins.hotline.roster.plan import KINDS
from plugins.hotline.roster.reading import roster_of

# Not “roster”: under that name core has the list and the pages of the cases.
ROOM = "/<office>/hotline/duty"
NAME = "hotline.roster"
DEEDS = ("propose", "change", "publish", "replace")
KIND_TITLES = {"weekend": _l("Weekend"), "evening": _l("Evening"), "noon": _l("Noon"), "day": _l("Daytime")}
MOST_BESIDE = 6
pages = Blueprint("roster", __name__)


@pages.get(f"{ROOM}/")
@needs("hotline.read")
def current(office: str) -> Any:
    """The month that a number names, else the one that runs."""
    number = request.args.get("number", "")
    where = (Roster.number == number, Roster.office_id == this_office().id)
    named = db.session.scalar(select(Roster.month).where(*where)) if number else None
    month = named or month_of(these_rules().calendar.local_day(clock.now()))
    return redirect(url_for("hotline.roster.month", office=this_office().code, month=f"{month:%Y-%m}"))


@pages.route(f"{ROOM}/<month>", methods=["GET", "POST"])
@needs("hotline.read")
def month(office: str, month: str) -> Any:
    """One month: who is on duty when; whoever plans it edits it here (QP/2-04 5.1)."""
    first = month_named(month)
    if first is None:
        raise NotFound(_l("There is no %(number)s here.", number=month[:20]))
    return _take(first) if request.method == "POST" else _page(first)


def _take(first: dt.date) -> Any:
    """Take the step that a button names, and come back to the grid; what was typed stays when it is refused."""
    deed = request.form.get("deed", "")
    try:
        said = _begin(first) if deed == "begin" else _step(first, deed)
    except Refused as refused:
        return _page(first, refused), STATUS.get(refused.kind, 409)
    flash(said, "done")
    return redirect(url_for("hotline.roster.month", office=this_office().code, month=f"{first:%Y-%m}"))


def _begin(first: dt.date) -> str:
    said = {"month": f"{first:%Y-%m}"}
    roster = gate.perform(NAME, None, "begin", actor(), said, office=this_office())
    return _("%(number)s is begun. Propose a plan, or fill in the days.", number=roster.number)


def _step(first: dt.date, deed: str) -> str:
    roster = roster_of(this_office().id, first)
    if roster is None or deed not in DEEDS:
        raise Refused(RefusalKind.STATE, [Objection(_l("Nothing was done: choose one of the buttons."))])
    number, seen = str(roster.number), request.form.get("seen", -1, type=int)
    changes = edited(roster, request.form)
    if deed == "replace" and not changes:
        raise Refused(RefusalKind.FORM, errors={"cells": [_l("Nothing was changed in the grid.")]})
    values = {
        "anew": request.form.get("anew", ""),
        "cells": "\n".join(one.line for one in changes),
        "reason": request.form.get("reason", ""),
    }
    with gate.together() as acts:
        if deed in ("publish", "propose") and changes:
            # What was edited and not saved yet goes along: nothing typed is lost.
            gate.perform(NAME, number, "change", actor(), values, office=this_office(), seen=seen)
            seen += 1
        gate.perform(NAME, number, deed, actor(), values, office=this_office(), seen=seen)
    return _("Done: %(step)s", step=acts[-1].step.title)


def _page(first: dt.date, refused: Refused | None = None) -> str:
    rules, roster = these_rules(), roster_of(this_office().id, first)
    grid = Grid(rules, roster, actor().person_id, request.form) if roster else None
    here, now = this_office().id, clock.now()
    return render_template(
        "hotline/roster/month.html",
        first=first,
        before=months_after(first, -1),
        after=months_after(first, 1),
        today=rules.calendar.local_day(now),
        roster=roster,
        grid=grid,
        state=rules.procedure(NAME).states[roster.state] if roster else None,
        plans=actor().has(here, (SUPPORT_MANAGER,)),
        changes=actor().has(here, (SUPPORT_MANAGER, DUTY_MANAGER)),
        refused=refused,
        places=PLACES,
        kinds=KINDS,
        kind_titles=KIND_TITLES,
        duty=on_duty(rules, now),
        missing=telling.missing,
        unpublished=telling.unpublished(rules, now),
        **_beside(first),
    )


def _beside(first: dt.date) -> Mapping[str, Any]:
    """Return what waits beside the month: absences of its days, swaps that are not recorded yet."""
    here, rules = this_office().id, these_rules()
    absences = select(Absence).where(
        Absence.office_id == here,
        Absence.state.in_(("asked", "approved")),
        Absence.first_day < months_after(first, 1),
        Absence.last_day >= first,
    )
    swaps = select(Swap).where(Swap.office_id == here, Swap.state.in_(("asked", "agreed")))
    return {
        "absences": db.session.scalars(absences.order_by(Absence.first_day).limit(MOST_BESIDE))
        .unique()
        .all(),
        "swaps": db.session.scalars(swaps.order_by(Swap.id.desc()).limit(MOST_BESIDE)).unique().all(),
        "absence": rules.procedure("hotline.absence"),
        "swap": rules.procedure("hotline.swap"),
        "procedure": rules.procedure(NAME),
    }


@pages.route(f"{ROOM}/calendar", methods=["GET", "POST"])
@needs("hotline.read")
def calendar(office: str) -> Any:
    """The address under which one's own calendar programme reads the duties: made, renewed, taken back here."""
    me, here, secret = actor(), this_office(), ""
    if request.method == "POST" and request.form.get("deed") == "revoke":
        feed.revoke(me, here)
        flash(_("The address opens nothing any more."), "done")
        return redirect(url_for("hotline.roster.calendar", office=here.code))
    if request.method == "POST":
        secret = feed.renew(me, here)
    address = url_for("hotline.roster.subscribed", token=secret, _external=True) if secret else ""
    return render_template("hotline/roster/calendar.html", address=address, key=feed.key_of(me, here))


@pages.get("/calendar/<token>.ics")
@public
def subscribed(token: str) -> Response:
    """The duties of whoever's key is in the address, for a calendar programme: it can send nothing but an address."""
    key = feed.find(token)
    if key is None:
        abort(404)
    office_id, person = key
    g.person_locale, person_id = person.locale, person.id
    see_offices(frozenset({office_id}))
    rules = rules_of(all_offices()[office_id])
    if NAME not in rules.plugins.procedures:
        abort(404)
    answer = Response(feed.calendar_of(rules, person_id), mimetype="text/calendar")
    answer.headers["Content-Disposition"] = "inline; filename=roster.ics"
    return answer
