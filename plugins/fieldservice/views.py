"""The field engineer's pages, made for a phone, and the duty manager's queue."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for

from core import clock, deadlines, gate
from core.errors import Objection, Refused
from core.forms import StepForm
from core.gate import Act
from core.i18n import _
from core.procedure import Procedure
from core.roles import FIELD_ENGINEER
from core.web.access import actor, needs, these_rules, this_office
from core.web.cases import STATUS, refilled, tell_done
from core.web.show import here
from plugins.fieldservice import queues, services, visit
from plugins.fieldservice.choices import RESULTS
from plugins.fieldservice.models import ServiceRequest
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
for room in (offline.pages, beside.pages, day.pages, sheets.pages, notice_page.pages):
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
    act = gate.open_case(REQUEST, number, actor(), this_office())
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


@pages.route(f"{OFFICE}/dispatch", methods=["GET", "POST"])
@needs("fieldservice.see_dispatch")
def dispatch_board(office: str) -> Any:
    """What is to be dispatched, each with its form (QP/2-04 5.4); then the morning review (QI/05 3.1)."""
    if request.method == "GET":
        return _show_board()
    number = request.form.get("number", "")
    try:
        taken = _perform(number, "dispatch")
    except Refused as refused:
        return _show_board(number, refused), STATUS.get(refused.kind, 409)
    name = taken.case.engineer.name if taken.case.engineer else ""
    tell_done(_("%(number)s is dispatched to %(engineer)s.", number=number, engineer=name), taken)
    return redirect(here({}))


@dataclass(frozen=True)
class Row:
    """One request of the queue as it can be dispatched here and now, or not and why."""

    request: ServiceRequest
    form: StepForm
    against: list[Objection]
    refused: Refused | None

    @property
    def open(self) -> bool:
        """Whether its form is shown."""
        return not self.against and self.request.state == "registered"


def _show_board(number: str = "", refused: Refused | None = None) -> str:
    office_id, loads = this_office().id, queues.open_visits(this_office().id)
    waiting = queues.to_dispatch(office_id, _page())
    rows = [_row(one, loads, refused if one.number == number else None) for one in waiting.requests]
    return render_template(
        "fieldservice/dispatch.html",
        procedure=_procedure(),
        waiting=waiting,
        rows=rows,
        review=queues.to_review(office_id, _page("reviewed")),
        passed=queues.passed_appointments(office_id),
        results=RESULTS,
        engineers=bool(these_rules().colleagues(FIELD_ENGINEER)),
        number=number,
        refused=refused,
        lost=_lost(number, rows) if refused else [],
    )


def _lost(number: str, rows: list[Row]) -> list[tuple[str, Any]]:
    """Return what was typed into a form that the page does not show any more."""
    if any(row.open and row.refused for row in rows):
        return []
    act = gate.open_case(REQUEST, number, actor(), this_office())
    return list(visit.said(gate.look_at(act, act.procedure.steps["dispatch"]).form(request.form)))


def _row(one: ServiceRequest, loads: dict[int, int], refused: Refused | None) -> Row:
    step = _procedure().steps["dispatch"]
    act = Act(_procedure(), step, one, actor(), these_rules(), clock.now())
    form = refilled(act, refused) if refused else act.form()
    if "engineer_id" in form:
        form.engineer_id.offer({key: _with_load(name, loads.get(int(key), 0)) for key, name in _people(form)})
    return Row(one, visit.apart(form, one.id), act.closed_by(), refused)


def _people(form: StepForm) -> list[tuple[str, str]]:
    return [(choice.value, choice.label) for choice in form.engineer_id.choices if choice.value]


def _with_load(name: str, load: int) -> str:
    return _("%(name)s · open visits: %(count)s", name=name, count=load)


def _perform(number: str, step: str) -> Act:
    """Take a step of a request; who does not say what he saw has seen nothing that counts."""
    seen = request.form.get("seen", NEVER, type=int)
    with gate.together() as acts:
        gate.perform(REQUEST, number, step, actor(), request.form, office=this_office(), seen=seen)
    return acts[-1]


def _procedure() -> Procedure:
    return these_rules().procedure(REQUEST)


def _page(name: str = "page") -> int:
    return request.args.get(name, 1, type=int)
