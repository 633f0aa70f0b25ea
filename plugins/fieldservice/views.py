"""The field engineer's pages, made for a phone; the rooms of field service have views of their own."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for

from core import deadlines, gate
from core.errors import Refused
from core.gate import Act
from core.i18n import _
from core.procedure import Procedure
from core.web.access import actor, case_here, needs, these_rules, this_office
from core.web.cases import STATUS, refilled
from plugins.fieldservice import queues, services, visit
from plugins.fieldservice.dispatching import board_views, skill_views
from plugins.fieldservice.dispatching.sheet import views as sheet_views
from plugins.fieldservice.queues import REQUEST
from plugins.fieldservice.visiting import beside, day, notice_page, offline, sheets

OFFICE = "/<office>/fieldservice"
NEVER = -1
pages = Blueprint(
    "fieldservice",
    __name__,
    template_folder="templates",
    static_folder="static",
    static_url_path="/fieldservice/static",
)
for room in (
    board_views.pages,
    skill_views.pages,
    sheet_views.pages,
    offline.pages,
    beside.pages,
    day.pages,
    sheets.pages,
    notice_page.pages,
):
    pages.register_blueprint(room)


@pages.app_template_filter("map_link")
def map_link(address: str) -> str:
    """Return a link that the phone's own map opens; no address leaves the house before it is tapped."""
    return f"geo:0,0?q={quote(address)}"


@pages.get(f"{OFFICE}/visits")
@needs("fieldservice.visit")
def visits(office: str) -> Any:
    """My visits: the next one on top, then the others in their order."""
    return day.show()


@pages.route(f"{OFFICE}/visit/<number>", methods=["GET", "POST"], endpoint="visit")
@needs("fieldservice.read")
def visit_page(office: str, number: str) -> Any:
    """One visit, line by line (QI/04); each line posts its step to the gate and comes back here."""
    if request.method == "GET":
        return _show_visit(number, request.args.get("step", ""))
    step = request.form.get("step", "")
    try:
        done = _perform(number, step)
    except Refused as refused:
        return _show_visit(number, step, refused), STATUS.get(refused.kind, 409)
    if done.case.state not in queues.VISITING:
        flash(_("Done: %(step)s", step=done.step.title), "done")
        return redirect(url_for(".visits", office=office))
    again = services.confirmed_twice(done) if step == "back_up" else []
    if again:
        flash(
            _("Confirmed before on this visit: %(sets)s. Nothing was added.", sets=", ".join(again)), "info"
        )
    # What is said stands at the top of the page; the line that is open is further down.
    return redirect(url_for(".visit", office=office, number=number, _anchor=None if again else "step"))


def _show_visit(number: str, chosen: str, refused: Refused | None = None) -> Response:
    act = case_here(REQUEST, number)
    typed = refilled(gate.look_at(act, act.procedure.steps[chosen]), refused) if refused else None
    lines = visit.lines(act, chosen, typed)
    page = render_template(
        "fieldservice/visit.html",
        act=act,
        case=act.case,
        procedure=act.procedure,
        lines=lines,
        more=visit.more(act, chosen, typed),
        backup=visit.backup_place(act, typed or next(line.form for line in lines if line.name == "back_up")),
        promise=deadlines.next_of(queues.REQUEST, [act.case.id]).get(act.case.id),
        refused=refused,
        lost=list(visit.said(typed)) if typed else [],
        **beside.of_visit(act, typed if chosen == "want_support" else None),
    )
    return offline.keep(page, mine=not refused and visit.is_mine(act))


def _perform(number: str, step: str) -> Act:
    """Take a step of a request; who does not say what he saw has seen nothing that counts."""
    seen = request.form.get("seen", NEVER, type=int)
    with gate.together() as acts:
        gate.perform(REQUEST, number, step, actor(), request.form, office=this_office(), seen=seen)
    return acts[-1]


def _procedure() -> Procedure:
    return these_rules().procedure(REQUEST)


def _page() -> int:
    return request.args.get("page", 1, type=int)
