"""The dispatch board: what waits on the left, the engineers' day on the right; the form is sent as any other."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, render_template, request
from werkzeug.utils import redirect

from core import clock, gate
from core.errors import Objection, Refused
from core.forms import StepForm
from core.gate import Act
from core.i18n import _
from core.lists.question import day_of as day_named
from core.procedure import Procedure
from core.roles import FIELD_ENGINEER
from core.web.access import actor, case_here, needs, these_rules, this_office
from core.web.cases import STATUS, refilled, tell_done
from core.web.show import here
from plugins.fieldservice import queues, visit
from plugins.fieldservice.choices import RESULTS
from plugins.fieldservice.dispatching import board as reading
from plugins.fieldservice.dispatching import moving, plans, skills, suggesting
from plugins.fieldservice.dispatching.choices import EMERGENCIES, EMERGENCY
from plugins.fieldservice.models import ServiceRequest
from plugins.fieldservice.queues import REQUEST

ROOM = "/<office>/fieldservice/dispatch"
SEE = "fieldservice.see_dispatch"
NEVER = -1
pages = Blueprint("dispatching", __name__)


@dataclass(frozen=True, kw_only=True)
class Row:
    """One request of the queue as it can be dispatched here and now, or not and why.

    ``trained`` names who was trained for its product (None: nobody is on record, so anybody may go), ``until`` is the
    minute of the shown day until which the visit is promised.
    """

    request: ServiceRequest
    form: StepForm
    against: list[Objection]
    refused: Refused | None
    trained: frozenset[int] | None
    until: int

    @property
    def open(self) -> bool:
        """Whether its form is shown."""
        return not self.against and self.request.state == "registered"


@pages.route(ROOM, methods=["GET", "POST"], endpoint="board")
@needs(SEE)
def board(office: str) -> Any:
    """What is to be dispatched beside the engineers' day (QP/2-04 5.4); then the morning review (QI/05 3.1)."""
    if request.method == "GET":
        return _show()
    number = request.form.get("number", "")
    seen = request.form.get("seen", NEVER, type=int)
    try:
        with gate.together() as acts:
            gate.perform(REQUEST, number, "dispatch", actor(), request.form, office=this_office(), seen=seen)
    except Refused as refused:
        return _show(number, refused), STATUS.get(refused.kind, 409)
    taken = acts[-1]
    name = taken.case.engineer.name if taken.case.engineer else ""
    tell_done(_("%(number)s is dispatched to %(engineer)s.", number=number, engineer=name), taken)
    return redirect(here({}))


@pages.get(f"{ROOM}/suggestion/<number>")
@needs(SEE)
def suggestion(office: str, number: str) -> str:
    """Who is suggested for a request, and why: part of the board, or a page of its own without scripts."""
    act = case_here(REQUEST, number)
    asked = gate.look_at(act, act.procedure.steps["dispatch"]).form(
        {"planned_at": request.args.get("planned_at", "")}
    )
    decision, found = suggesting.suggested(act.rules, act.case, asked["planned_at"].data, act.now)
    part = "_suggestion" if "HX-Request" in request.headers else "suggestion"
    return render_template(
        f"fieldservice/dispatching/{part}.html", case=act.case, decision=decision.to_json(), found=found
    )


def _show(number: str = "", refused: Refused | None = None) -> str:
    rules, office_id = these_rules(), this_office().id
    day = reading.day_of(rules, _day())
    waiting = queues.to_dispatch(office_id, _page())
    rows = _rows(waiting.requests, day.day, number, refused)
    return render_template(
        "fieldservice/dispatching/board.html",
        procedure=_procedure(),
        waiting=waiting,
        rows=rows,
        day=day,
        told=reading.told,
        emergencies=EMERGENCIES,
        emergency_clause=EMERGENCY,
        review=queues.to_review(office_id, _page("reviewed")),
        unsolved=queues.unsolved(office_id, _page("unsolved")),
        moves=moving.to_move(rules, clock.now()),
        passed=queues.passed_appointments(office_id),
        results=RESULTS,
        team=rules.colleagues(FIELD_ENGINEER),
        number=number,
        refused=refused,
        lost=_lost(number, rows) if refused else [],
    )


def _day() -> dt.date:
    """Return the day that is asked for, or the one that is planned now."""
    return day_named(request.args.get("day", "")) or reading.usual_day(these_rules(), clock.now())


def _rows(many: list[ServiceRequest], day: dt.date, number: str, refused: Refused | None) -> list[Row]:
    loads, trained = queues.open_visits(this_office().id), skills.by_product(this_office().id)
    found = []
    for one in many:
        act = Act(_procedure(), _procedure().steps["dispatch"], one, actor(), these_rules(), clock.now())
        again = refused if one.number == number else None
        product = one.installation.product_id if one.installation else None
        until = reading.minute_of(these_rules(), day, plans.promised_until(act))
        form, against = _form(act, loads, again), act.closed_by()
        found.append(
            Row(
                request=one,
                form=form,
                against=against,
                refused=again,
                trained=trained.get(product or 0),
                until=until,
            )
        )
    return found


def _form(act: Act, loads: dict[int, int], refused: Refused | None) -> StepForm:
    form = refilled(act, refused) if refused else act.form()
    if "engineer_id" in form:
        people = [(one.value, one.label) for one in form.engineer_id.choices if one.value]
        form.engineer_id.offer({key: _with_load(name, loads.get(int(key), 0)) for key, name in people})
    return visit.apart(form, act.case.id)


def _with_load(name: str, load: int) -> str:
    return _("%(name)s · open visits: %(count)s", name=name, count=load)


def _lost(number: str, rows: list[Row]) -> list[tuple[str, Any]]:
    """Return what was typed into a form that the page does not show any more."""
    if any(row.open and row.refused for row in rows):
        return []
    act = case_here(REQUEST, number)
    return list(visit.said(gate.look_at(act, act.procedure.steps["dispatch"]).form(request.form)))


def _procedure() -> Procedure:
    return these_rules().procedure(REQUEST)


def _page(name: str = "page") -> int:
    return request.args.get(name, 1, type=int)
