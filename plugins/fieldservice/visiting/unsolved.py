"""A visit that found no remedy ends with what was tried, and needs no trial run to invent (QI/04 3.1.6, QP/2-04 5.6)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.clauses import house_rule
from core.forms import LongTextField, StepForm
from core.i18n import _l
from core.roles import FIELD_ENGINEER
from plugins.fieldservice import services

if TYPE_CHECKING:
    from core.gate import Act
    from core.procedure import Procedure

LEAVE = "leave_unsolved"
NOTHING_TO_TRY = house_rule(
    _l("What has no remedy has nothing to be tried or explained; what was tried is kept.")
)


class LeaveForm(StepForm):
    """What was tried in vain, for whoever goes on with the problem."""

    tried = LongTextField(_l("What was tried"))


def leave(act: Act) -> None:
    """A remedy that did not help is none: nobody has tried it, and nothing was prevented."""
    for name in ("remedy", "tried_by", "prevention"):
        setattr(act.case, name, "")


def add_to(request: Procedure) -> None:
    """Let the engineer say that he found no remedy, instead of one."""
    request.step(
        LEAVE,
        "on_site -> same",
        title=_l("It cannot be solved on this visit"),
        by=FIELD_ENGINEER.where("engineer_id"),
        clause=NOTHING_TO_TRY,
        form=LeaveForm,
        requires=(services.backed_up,),
        does=leave,
        own_page="fieldservice.visit",
    )
