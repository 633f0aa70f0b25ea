"""What the steps of a visit do besides writing down what was asked."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from core.errors import Objection
from core.i18n import _l
from plugins.fieldservice.visiting import notices

if TYPE_CHECKING:
    from core.gate import Act


def note_notices(act: Act) -> None:
    """Let the ledger know what was to be kept at the door that day."""
    held = [str(one) for one in notices.in_force(act.rules, act.now)]
    if held:
        act.recorded["notices"] = held


def look_into(act: Act) -> None:
    """Note when the engineer had looked into it; what was shown needs no reason why not."""
    act.case.looked_at = act.now
    if act.values["shown"]:
        act.case.not_shown = ""


def looked_into(act: Act) -> Objection | None:
    """Nothing is copied or touched before the problem was gone through (QI/04 3.1.6)."""
    if act.case.looked_at is not None:
        return None
    text = _l("First go through the problem with the customer: whom you met, and what you were shown.")
    return Objection(text, "QI/04 3.1.6")


def day_of(act: Act) -> dt.date:
    """Return the calendar day of a step where the office is."""
    return act.now.astimezone(act.rules.office.zoneinfo).date()
