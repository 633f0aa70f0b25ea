"""Where the engineer is stuck, the duty manager helps: asked on the call, answered on the call (QI/03 3.1.7)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.forms import LongTextField, StepForm
from core.i18n import Sentence, _l
from core.procedure import Procedure
from core.roles import DUTY_MANAGER, HOTLINE_ENGINEER
from plugins.hotline.calls.who import NOT_FORGOTTEN, UNDER_WAY
from plugins.hotline.forms import telling
from plugins.hotline.roster.duty import minutes_on_duty

if TYPE_CHECKING:
    from core.gate import Act

DEADLINE, CLAUSE = "hotline.help", "QI/03 3.1.7"


class WantForm(StepForm):
    """What the engineer does not know, in a sentence."""

    stuck = LongTextField(_l("Where are you stuck?"), limit=1000, fresh=True)


class GiveForm(StepForm):
    """What brings the engineer on."""

    advice = LongTextField(_l("Answer for the engineer"), limit=1000, checks=(telling,), fresh=True)


def want(act: Act) -> None:
    """The new question waits for an answer of its own."""
    act.case.advice = ""


def nothing_asked(act: Act) -> Sentence | None:
    """One question after the other."""
    if _waits(act):
        return _l("The duty manager was asked already and has not answered yet.")
    return None


def something_asked(act: Act) -> Sentence | None:
    """Only who asked is answered."""
    return None if _waits(act) else _l("The engineer has not asked for help.")


def _waits(act: Act) -> bool:
    return bool(act.case.stuck and not act.case.advice)


def add_to(call: Procedure) -> None:
    """Let the engineer ask the duty manager, and keep the call."""
    call.deadline(
        DEADLINE,
        title=_l("Help the engineer who is stuck"),
        within=minutes_on_duty("hotline.help_minutes"),
        owner=DUTY_MANAGER,
        clause=NOT_FORGOTTEN,
    )
    call.step(
        "want_help",
        "open | parked -> same",
        title=_l("Stuck: ask the duty manager"),
        by=HOTLINE_ENGINEER.where("owner_id"),
        clause=CLAUSE,
        form=WantForm,
        does=want,
        requires=(nothing_asked,),
        starts=(DEADLINE,),
    )
    call.step(
        "give_help",
        f"{UNDER_WAY} -> same",
        title=_l("Help the engineer"),
        by=DUTY_MANAGER,
        clause=CLAUSE,
        form=GiveForm,
        requires=(something_asked,),
        meets=(DEADLINE,),
    )
