"""Whose a call is: taken over, handed back, or given to a colleague by the duty manager (QI/03 3.1.9)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core import deadlines
from core.forms import LongTextField, PersonField, StepForm
from core.i18n import Sentence, _l
from core.procedure import Procedure
from core.roles import DUTY_MANAGER, HOTLINE_ENGINEER
from plugins.hotline.calls.who import DESK, THE_OWNER
from plugins.hotline.roster.reading import away_on

if TYPE_CHECKING:
    from core.gate import Act

FIRST_CONTACT = "QI/03 3.1.9"


class HandBackForm(StepForm):
    """What the former owner has to know."""

    reason = LongTextField(_l("What has to be known"), limit=1000, required=False, fresh=True)


def _here(act: Act) -> dict[str, str]:
    """Offer who sits at the hotline and is not away today."""
    away = away_on(act.rules, act.rules.calendar.local_day(act.now))
    return {str(one.id): one.name for one in act.rules.colleagues(HOTLINE_ENGINEER) if one.id not in away}


class AssignForm(StepForm):
    """Whose the call shall be, and why."""

    assigned_to_id = PersonField(_l("New owner"), offers=_here)
    reason = LongTextField(_l("Reason"), limit=1000, required=False, fresh=True)


def give_to(act: Act, person_id: int | None) -> None:
    """Give the call to somebody, its promises with it; whose it was is remembered."""
    act.case.owner_id = person_id
    deadlines.hand_over(act, person_id)


def take_over(act: Act) -> None:
    """The call changes hands, and its promises with it."""
    give_to(act, act.actor.person_id)


def reopen(act: Act) -> None:
    """Whoever reopens the call owns it; what its conversation left behind is over (QI/02 attitude.abuse)."""
    take_over(act)
    act.case.warned_at, act.case.stuck = None, ""


def hand_back(act: Act) -> None:
    """The call goes back to whose it was, once: it is nobody's to throw to and fro."""
    give_to(act, act.case.former_owner_id)
    act.case.former_owner_id = None


def assign(act: Act) -> None:
    """The duty manager says whose the call is."""
    give_to(act, act.values["assigned_to_id"])


def another_owner(act: Act) -> Sentence | None:
    """Nobody takes over what is his own."""
    return _l("The call is yours already.") if act.case.owner_id == act.actor.person_id else None


def had_another_owner(act: Act) -> Sentence | None:
    """Only what was somebody else's can go back."""
    if act.case.former_owner_id:
        return None
    return _l("The call was nobody else's before. The duty manager may give it to a colleague.")


def former_owner_here(act: Act) -> Sentence | None:
    """Nothing goes back to a desk where nobody sits: to whoever left, has no role here any more, or is away."""
    former, away = act.case.former_owner, away_on(act.rules, act.rules.calendar.local_day(act.now))
    here = {one.id for role in DESK for one in act.rules.colleagues(role)} - away
    if former is None or former.id in here:
        return None
    return _l("%(name)s is not here. The duty manager may give the call to a colleague.", name=former.name)


def add_to(call: Procedure) -> None:
    """Let a call change hands, so that it is always somebody's."""
    call.step(
        "take_over",
        "open | parked -> same",
        title=_l("Take the call over"),
        by=DESK,
        clause=FIRST_CONTACT,
        does=take_over,
        requires=(another_owner,),
    )
    call.step(
        "hand_back",
        "open | parked -> same",
        title=_l("Hand the call back"),
        by=THE_OWNER,
        clause=FIRST_CONTACT,
        form=HandBackForm,
        does=hand_back,
        requires=(had_another_owner, former_owner_here),
    )
    call.step(
        "assign",
        "open | parked -> same",
        title=_l("Give to a colleague"),
        by=DUTY_MANAGER,
        clause=FIRST_CONTACT,
        form=AssignForm,
        does=assign,
    )
