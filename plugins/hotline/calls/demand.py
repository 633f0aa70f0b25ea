"""The customer does not agree with the time that is offered: the duty manager arranges another (QI/03 3.2.8)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.deadlines import working_minutes
from core.forms import LongTextField, StepForm
from core.i18n import Sentence, _l
from core.procedure import Procedure
from core.roles import DUTY_MANAGER
from plugins.hotline.calls.who import NOT_FORGOTTEN, PROMISE, THE_OWNER
from plugins.hotline.forms import telling
from plugins.hotline.services import keep_promise

if TYPE_CHECKING:
    from core.gate import Act

TODAY, ANOTHER_TIME = "today", "another_time"
DEADLINE = "hotline.own_demand"


class WishForm(StepForm):
    """What the customer wants instead of what was offered (QI/03 3.2.8)."""

    demand = LongTextField(
        _l("What the customer wants instead"),
        limit=1000,
        fresh=True,
        hint=_l("Offered is a phone call next morning and a visit within two working days."),
    )


class ArrangedForm(StepForm):
    """What the duty manager arranged, and told the customer."""

    answer = LongTextField(_l("What was arranged"), checks=(telling,), fresh=True)


def note_today(act: Act) -> None:
    """The duty manager answers a visit demanded for today within the hour (QI/03 3.1.7)."""
    act.case.demanded_for = TODAY


def note_another_time(act: Act) -> None:
    """The duty manager arranges a time and phones (QI/03 3.2.8)."""
    act.case.demanded_for = ANOTHER_TIME


def is_for_today(act: Act) -> Sentence | None:
    """Only a same-day demand is answered as one; calls of before the other kind existed are all of this one."""
    if act.case.demanded_for != ANOTHER_TIME:
        return None
    return _l("The customer wants another time, not a visit today: arrange one and phone.")


def is_for_another_time(act: Act) -> Sentence | None:
    """Only where the customer wanted another time is one arranged."""
    if act.case.demanded_for == ANOTHER_TIME:
        return None
    return _l("The customer demands a visit today: phone about that.")


def add_to(call: Procedure) -> None:
    """Let the duty manager's queue take the customer's own wish, too."""
    call.deadline(
        DEADLINE,
        title=_l("Arrange another time, and phone the customer"),
        within=working_minutes("hotline.own_demand_minutes"),
        owner=DUTY_MANAGER,
        clause=NOT_FORGOTTEN,
    )
    call.step(
        "ask_otherwise",
        "open -> demanded",
        title=_l("Customer wants another time"),
        by=THE_OWNER,
        clause="QI/03 3.2.8",
        form=WishForm,
        does=note_another_time,
        starts=(DEADLINE,),
    )
    call.step(
        "arrange",
        "demanded -> open",
        title=_l("Another time was arranged"),
        by=DUTY_MANAGER,
        clause="QI/03 3.2.8",
        form=ArrangedForm,
        does=keep_promise,
        requires=(is_for_another_time,),
        meets=(DEADLINE, PROMISE),
        tone="primary",
    )
