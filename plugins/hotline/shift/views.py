"""Today's shift and the hand-over: two pages on which a day begins (QI/03 3.1.1-3.1.3)."""

from __future__ import annotations

import datetime as dt
from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.datastructures import MultiDict

from core import clock, gate
from core.errors import Refused
from core.gate import Act
from core.i18n import _
from core.web.access import actor, case_here, local_path, may, needs, these_rules, this_office
from core.web.cases import STATUS, refilled, tell_done
from core.web.paging import page_number
from core.web.show import here
from core.worktime_text import closed_because
from plugins.hotline.shift import handing, presence
from plugins.hotline.shift.frozen import ALONE, KINDS, FrozenList
from plugins.hotline.shift.lines import UNOWNED
from plugins.hotline.shift.today import Day

pages = Blueprint("shift", __name__)
ROOM = "/<office>/hotline"
NEVER = -1
# What has a form of its own below the list; going through it and signing stand in its foot.
DEEDS = ("assign", "contest", "answer_contest", "without_giver", "stay_on", "take", "lapse")


@pages.route(f"{ROOM}/shift/today", methods=["GET", "POST"])
@needs("hotline.see_shift")
def today(office: str) -> Any:
    """Who is in, late and away (QI/03 3.1.1, 3.1.3); each button posts its step and comes back here."""
    if request.method == "GET":
        return _show_day()
    number, step = request.form.get("number") or None, request.form.get("step", "")
    try:
        with gate.together() as acts:
            _perform(presence.SHIFT, number, step, request.form)
    except Refused as refused:
        return _show_day(number, step, refused), STATUS.get(refused.kind, 409)
    name = acts[-1].case.owner.name if acts[-1].case.owner else ""
    tell_done(_("%(name)s: %(step)s", name=name, step=acts[-1].step.title), acts[-1])
    return redirect(local_path(request.form.get("next") or url_for(".today", office=office)))


@pages.post(f"{ROOM}/shift/sign-in")
@needs("hotline.see_shift")
def sign_in(office: str) -> Any:
    """Sign oneself in with one tap, from wherever the button stands."""
    try:
        presence.be_there(actor(), this_office(), _this_day())
    except Refused as refused:
        return _show_day(None, "sign_in", refused), STATUS.get(refused.kind, 409)
    return redirect(local_path(request.form.get("next") or url_for(".today", office=office)))


def _this_day() -> dt.date:
    return these_rules().calendar.local_day(clock.now())


def _chosen_day() -> dt.date:
    try:
        return dt.date.fromisoformat(request.args.get("day", ""))
    except ValueError:
        return _this_day()


def _show_day(number: str | None = None, step: str = "", refused: Refused | None = None) -> str:
    look = Day(these_rules(), actor(), _chosen_day())
    calendar = these_rules().calendar
    return render_template(
        "hotline/shift/today.html",
        look=look,
        opening=calendar.opening(look.day),
        closed=closed_because(calendar, look.day),
        closing=calendar.closing(look.day),
        before=_neighbour(look.day, -1),
        after=None if look.day >= _this_day() else _neighbour(look.day, 1),
        refused=refused,
        number=number,
        chosen=step or request.args.get("step", ""),
        asked_for=number or request.args.get("number", ""),
        typed=refilled_form,
    )


def _neighbour(day: dt.date, step: int) -> str:
    """Return the day before or after, for the address; nothing beyond the calendar's years."""
    try:
        return f"{day + dt.timedelta(days=step)}"
    except OverflowError:
        return ""


def refilled_form(look: Act, refused: Refused | None, suffix: object) -> Any:
    """Return the form of a step with what was typed when it was refused, its fields' ids its own."""
    form = refilled(look, refused) if refused else look.form()
    for field in form:
        field.id = f"{field.name}-{suffix}"
    return form


def _perform(procedure: str, number: str | None, step: str, typed: MultiDict[str, str]) -> None:
    """Take a step; who does not say what he saw has seen nothing that counts."""
    seen = typed.get("seen", NEVER, type=int) if number else None
    gate.perform(procedure, number, step, actor(), typed, office=this_office(), seen=seen)


@pages.route(f"{ROOM}/handover/today", methods=["GET", "POST"])
@needs("hotline.see_handover")
def handover(office: str) -> Any:
    """The hand-over that is open, else the newest, or the one that is asked for by its number (QI/03 3.1.2)."""
    if request.method == "GET":
        return _show_list()
    number, step = request.form.get("number") or None, request.form.get("step", "")
    try:
        with gate.together() as acts:
            _take(number, step)
    except Refused as refused:
        return _show_list(step, refused), STATUS.get(refused.kind, 409)
    tell_done(_("Done: %(step)s", step=acts[-1].step.title), acts[-1])
    return redirect(here({"number": acts[-1].case.number}))


def _take(number: str | None, step: str) -> None:
    """Take a step of the list; the ticks of this page go first, for who signs has seen what he ticked."""
    ticked = request.form.getlist("ticked")
    if not number or not ticked or step not in ("tick", "give", "take"):
        _perform(handing.HANDOVER, number, step, request.form)
        return
    ticks = MultiDict({"lines": " ".join(ticked), "seen": request.form.get("seen", "")})
    _perform(handing.HANDOVER, number, "tick", ticks)
    if step != "tick":
        gate.perform(handing.HANDOVER, number, step, actor(), request.form, office=this_office())


def _show_list(step: str = "", refused: Refused | None = None) -> str:
    blank = gate.blank(these_rules().procedure(handing.HANDOVER), actor(), these_rules())
    beginning = [gate.look_at(blank, blank.procedure.steps[name]) for name in ("begin", "begin_evening")]
    look = _list_asked_for()
    chosen, line = step or request.args.get("step", ""), request.values.get("line", "")
    return render_template(
        "hotline/shift/handover.html",
        look=look,
        forms=_forms(look, chosen, line, refused) if look else {},
        beginning={one.step.name: one.objections() for one in beginning if one.permitted()},
        procedure=blank.procedure,
        steps=blank.procedure.steps,
        kinds=KINDS,
        alone=ALONE,
        occasions=handing.OCCASIONS,
        refused=refused,
        chosen=chosen,
        ticked=set(request.form.getlist("ticked")),
    )


def _list_asked_for() -> FrozenList | None:
    number = request.values.get("number")
    newest = None if number else handing.of_office(these_rules())
    number = number or (newest.number if newest else None)
    if number is None:
        return None
    act = case_here(handing.HANDOVER, number)
    return FrozenList(act, page_number("page"), may)


def _forms(look: FrozenList, chosen: str, line: str, refused: Refused | None) -> dict[str, Any]:
    """Return the forms of what can be done, proposing the line that was pressed and whose it may be."""
    found = {}
    for name in (one for one in look.steps if one in DEEDS):
        again = refused if name == chosen else None
        form = found[name] = refilled_form(look.look(name), again, name)
        if again is None:
            propose = {"line": line, "lines": UNOWNED if look.tally.unowned else line, "person_id": _me(name)}
            for field in form:
                if propose.get(field.name):
                    field.data = propose[field.name]
    return found


def _me(step: str) -> str:
    return str(actor().person_id) if step == "assign" else ""
