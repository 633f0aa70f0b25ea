"""The plan of a visit as the dispatch form asks it: when the engineer is expected there, and for how long."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

from core.forms import MomentField, NumberField, StepForm
from core.i18n import Sentence, _l
from plugins.fieldservice.dispatching.slots import LONGEST, MINUTES
from plugins.fieldservice.dispatching.wishes import wished

if TYPE_CHECKING:
    from core.gate import Act

VISIT = "fieldservice.visit"
SHORTEST = 15


def when() -> Any:
    """Return the field for the time at which the engineer is expected."""
    return MomentField(_l("Expected there at"), required=False)


def how_long() -> Any:
    """Return the field for how long the visit will take."""
    return NumberField(_l("Minutes"), required=False, minimum=SHORTEST, maximum=LONGEST)


def propose(form: StepForm) -> None:
    """Propose what the customer wishes, when that lies ahead; and how long a visit takes here."""
    act: Act = form.act
    until = _l("The visit is promised until %(until)s (QI/03 3.2.7).", until=promised_until(act))
    form["planned_at"].description = until
    form["planned_at"].data = form["planned_at"].data or wish_of(act)
    form["planned_minutes"].data = form["planned_minutes"].data or act.rules.parameter(MINUTES)


def wish_of(act: Act) -> dt.datetime | None:
    """Return the moment that the customer's wish names, unless it has passed."""
    calendar, text = act.rules.calendar, act.case.wanted_time or ""
    said_on = calendar.local_day(act.case.opened_at or act.now)
    moment = wished(text, said_on, calendar.zone)
    return moment if moment and moment > act.now else None


def promised_until(act: Act) -> dt.datetime:
    """Return until when a visit is promised if the request is dispatched now (QI/03 3.2.7)."""
    rule = act.procedure.deadlines[VISIT]
    return rule.within.due(act.rules, act.case.visit_from or act.now).at


def wrong(form: StepForm) -> dict[str, list[Sentence]]:
    """A plan lies ahead."""
    planned = form["planned_at"].data
    if planned and planned < form.act.now:
        return {"planned_at": [_l("This time has passed. Plan a time that lies ahead.")]}
    return {}
