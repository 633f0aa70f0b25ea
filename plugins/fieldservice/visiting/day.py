"""The page of the engineer's day: in order, phoned or not, and moved up or down with a reason (QI/04 3.1.2)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for

from core import clock, gate
from core.errors import Refused
from core.forms import StepForm
from core.gate import Act
from core.i18n import _
from core.web.access import actor, needs, these_rules, this_office
from core.web.cases import STATUS, refilled, tell_done
from plugins.fieldservice import visit
from plugins.fieldservice.queues import REQUEST
from plugins.fieldservice.visiting import notices, offline, plan
from plugins.fieldservice.visiting.phoning import MOVE, OUTCOMES, PHONED
from plugins.fieldservice.visiting.plan import Plan, Stop

OFFICE = "/<office>/fieldservice"
NEVER = -1
pages = Blueprint("day", __name__)


@dataclass(frozen=True)
class Row:
    """One visit of the day with what can be noted about it here."""

    stop: Stop
    forms: dict[str, StepForm]
    refused: Refused | None


def show(number: str = "", refused: Refused | None = None) -> Any:
    """Show the day, and in the row that was refused what was typed and what is wrong with it."""
    now, rules = clock.now(), these_rules()
    found = plan.plan_of(
        actor().person_id, now, this_office().zoneinfo, request.args.get("page", 1, type=int)
    )
    page = render_template(
        "fieldservice/visits.html",
        plan=found,
        rows=_rows(found, number, refused),
        procedure=rules.procedure(REQUEST),
        outcomes=OUTCOMES,
        notices=notices.in_force(rules, now),
    )
    return offline.keep(page, mine=refused is None)


def _rows(found: Plan, number: str, refused: Refused | None) -> list[Row]:
    return [_row(one, refused if one.request.number == number else None) for one in found.stops]


def _row(stop: Stop, refused: Refused | None) -> Row:
    procedure, forms = these_rules().procedure(REQUEST), dict[str, StepForm]()
    for name in (PHONED, MOVE):
        step = procedure.steps[name]
        act = Act(procedure, step, stop.request, actor(), these_rules(), clock.now())
        if stop.request.state in step.sources:
            typed = refused and refused.step == f"{REQUEST}.{name}"
            forms[name] = refilled(act, refused) if refused and typed else act.form()
            visit.apart(forms[name], f"{name}-{stop.request.id}")
    return Row(stop, forms, refused)


@pages.post(f"{OFFICE}/visits")
@needs("fieldservice.visit")
def note(office: str) -> Any:
    """Note how a phone call ended, or put a visit elsewhere in the day."""
    number, step = request.form.get("number", ""), request.form.get("step", "")
    try:
        with gate.together() as acts:
            seen = request.form.get("seen", NEVER, type=int)
            gate.perform(REQUEST, number, step, actor(), request.form, office=this_office(), seen=seen)
    except Refused as refused:
        flash(str(refused), "refused")
        return show(number, refused), STATUS.get(refused.kind, 409)
    tell_done(_("Done: %(step)s", step=acts[-1].step.title), acts[-1])
    return redirect(url_for("fieldservice.visits", office=office))
