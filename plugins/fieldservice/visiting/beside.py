"""What stands beside the lines of a visit: the duty manager's help, what holds at the door, what was taken along."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, render_template

from core import gate
from core.forms import StepForm
from core.gate import Act
from core.web.access import case_here, needs
from plugins.fieldservice import problem
from plugins.fieldservice.queues import REQUEST
from plugins.fieldservice.visiting import notices, support

OFFICE = "/<office>/fieldservice"
# In seconds: the customer looks on while the engineer waits.
EVERY = 4
pages = Blueprint("beside", __name__)


def of_visit(act: Act, typed: StepForm | None) -> dict[str, Any]:
    """Return what the page of a visit shows beside its lines."""
    found = {"notices": notices.in_force(act.rules, act.now), "taken": problem.in_our_hands(act)}
    return {**found, **_help(act, typed)}


def _help(act: Act, typed: StepForm | None = None) -> dict[str, Any]:
    look = gate.look_at(act, act.procedure.steps[support.WANT])
    may_ask = act.case.state in look.step.sources and not look.closed_by()
    asked = support.of_visit(act.case)
    form = (typed or look.form()) if may_ask or typed else None
    return {"asked": asked, "ask": form, "want": look.step, "every": EVERY}


@pages.get(f"{OFFICE}/visit/<number>/support")
@needs("fieldservice.read")
def help_now(office: str, number: str) -> str:
    """What was asked from the site and answered: the page asks for it while somebody waits."""
    act = case_here(REQUEST, number)
    return render_template("fieldservice/visiting/_asked.html", case=act.case, **_help(act))
