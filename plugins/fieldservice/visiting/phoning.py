"""Phoning ahead, and the order of the day (QI/04 3.1.2): who was reached, who is tried again, whose number is wrong."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from core import deadlines
from core.clauses import house_rule
from core.forms import ChoiceField, LongTextField, MomentField, NumberField, StepForm
from core.i18n import Sentence, _l
from core.roles import FIELD_ENGINEER
from plugins.fieldservice import services
from plugins.fieldservice.choices import BY_PHONE
from plugins.fieldservice.visiting.services import day_of

if TYPE_CHECKING:
    from core.gate import Act
    from core.procedure import Procedure

PHONED, MOVE, CLAUSE = "phoned", "move_in_day", "QI/04 3.1.2"
REACHED, NOT_REACHED, WRONG = "reached", "not_reached", "wrong_number"
OUTCOMES = {
    REACHED: _l("Reached"),
    NOT_REACHED: _l("Not reached, try again"),
    WRONG: _l("The number is wrong"),
    BY_PHONE: _l("Solved by phone, nobody need come"),
}
MOST_STOPS = 99
HE_KNOWS = house_rule(_l("Who drives knows the way; why he goes another one is written down."))
Errors = dict[str, list[Sentence]]


class PhonedForm(StepForm):
    """How a phone call to a customer ended."""

    phone_outcome = ChoiceField(_l("How the phone call ended"), choices=OUTCOMES)
    try_again_at = MomentField(_l("Try again at"), required=False)
    phone_note = LongTextField(
        _l("What helped, or what the duty manager is to know"), limit=500, required=False, fresh=True
    )

    def __init__(self, act: Act, values: Any = None, **kwargs: Any) -> None:
        """Each call ends anew."""
        super().__init__(act, values, **kwargs)
        if values is None:
            self.phone_outcome.data = self.try_again_at.data = None

    def check(self) -> Errors:
        """Nobody is given back without a word, and nothing is tried again in the past."""
        found, again = super().check(), self.try_again_at.data
        if self.phone_outcome.data == WRONG and not self.phone_note.data:
            text = _l("Say what is wrong with the number: the request goes back to the duty manager.")
            found.setdefault("phone_note", [text])
        if self.phone_outcome.data == BY_PHONE and not self.phone_note.data:
            found.setdefault("phone_note", [_l("Say what helped: it is the remedy on the request.")])
        if again and again < self.act.now:
            found.setdefault("try_again_at", [_l("This time has passed. Choose one that lies ahead.")])
        return found


class MoveForm(StepForm):
    """Another place in the day, and why."""

    planned_place = NumberField(_l("Place in the day"), minimum=1, maximum=MOST_STOPS)
    planned_why = LongTextField(_l("Why in this order"), limit=300, fresh=True)


def move(act: Act) -> None:
    """The engineer's order holds for one day; tomorrow's is suggested anew."""
    act.case.planned_on = day_of(act)


def add_to(request: Procedure, given_back: Any) -> None:
    """Let the engineer note phone calls, and overrule the order of his day."""

    def phoned(act: Act) -> str | None:
        """What helped on the phone needs no visit; a wrong number is for the duty manager to mend (QI/04 3.1.1)."""
        act.case.phoned_at, outcome = act.now, act.case.phone_outcome
        if outcome != NOT_REACHED:
            act.case.try_again_at = None
        if outcome == BY_PHONE:
            return services.settle_by_phone(act, act.values["phone_note"])
        if outcome != WRONG:
            return None
        given_back(act)
        act.case.reason = act.values["phone_note"]
        deadlines.drop(act, services.PROMISES)
        return "registered"

    who = FIELD_ENGINEER.where("engineer_id")
    request.step(
        PHONED,
        "dispatched | confirmed | arranged -> same | registered | turned_in",
        title=_l("Note a phone call"),
        by=who,
        clause=CLAUSE,
        form=PhonedForm,
        does=phoned,
        starts=("fieldservice.dispatch", "fieldservice.morning_review"),
        own_page="fieldservice.visit",
    )
    request.step(
        MOVE,
        "dispatched | confirmed | arranged -> same",
        title=_l("Put elsewhere in the day"),
        by=who,
        clause=HE_KNOWS,
        form=MoveForm,
        does=move,
        own_page="fieldservice.visit",
    )
