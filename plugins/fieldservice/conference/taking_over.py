"""Two visits in vain: the support manager takes the problem over, talks to the customer and reports (QP/2-04 5.7)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.deadlines import working_days
from core.errors import Objection
from core.forms import LongTextField, StepForm, TextField
from core.i18n import _l
from core.roles import SUPPORT_MANAGER
from plugins.fieldservice.custody.services import chain_of

if TYPE_CHECKING:
    from core.gate import Act
    from core.procedure import Procedure

TAKE_OVER, CLAUSE = "fieldservice.take_over", "QP/2-04 5.7"
IN_VAIN = 2


class TakeOverForm(StepForm):
    """What the support manager agreed with the customer, and to whom he reported."""

    agreed = LongTextField(_l("What was agreed with the customer"), limit=2000)
    reported_to = TextField(_l("Reported at head office to"), limit=80)


def visited_in_vain(act: Act) -> bool:
    """Say whether two visits have not solved the problem."""
    return act.case.result not in ("", "all_solved") and len(chain_of(act.case)) >= IN_VAIN


def in_vain(act: Act) -> Objection | None:
    """After the first visit the problem is the duty manager's still."""
    if visited_in_vain(act):
        return None
    return Objection(_l("The support manager takes over when two visits have not solved it."), CLAUSE)


def taken_over(act: Act) -> Objection | None:
    """Nobody is sent a third time before the support manager has taken it over and talked to the customer."""
    if act.case.taken_over_at is not None or not visited_in_vain(act):
        return None
    text = _l("Two visits have not solved it: the support manager takes it over first, with “Take over”.")
    return Objection(text, CLAUSE)


def take_over(act: Act) -> None:
    """The problem is the support manager's own from now on, and everybody on the case sees that."""
    act.case.owner_id, act.case.taken_over_at = act.actor.person_id, act.now


def add_to(request: Procedure) -> None:
    """Let the support manager take over what two visits have not solved."""
    request.deadline(
        TAKE_OVER,
        title=_l("Take the problem over, and talk to the customer"),
        within=working_days("fieldservice.take_over_working_days"),
        owner=SUPPORT_MANAGER,
        clause=CLAUSE,
        when=visited_in_vain,
        when_title=_l("when two visits have not solved it"),
    )
    request.step(
        "take_over",
        "turned_in | conferring | puzzling | escalated | remedied -> same",
        title=_l("Take over"),
        by=SUPPORT_MANAGER,
        clause=CLAUSE,
        form=TakeOverForm,
        does=take_over,
        requires=(in_vain,),
        meets=(TAKE_OVER,),
    )
