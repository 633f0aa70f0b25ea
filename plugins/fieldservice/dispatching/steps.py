"""What the steps of a request do where they touch anybody's time."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import inspect

from plugins.fieldservice import services
from plugins.fieldservice.dispatching import slots, suggesting, wishes

if TYPE_CHECKING:
    from core.gate import Act


def dispatch(act: Act) -> None:
    """Take the planned time of those who go, and bind who was suggested: nobody can be accused later."""
    services.dispatch(act)
    request = act.case
    planned = act.values["planned_minutes"] or act.rules.parameter(slots.MINUTES)
    request.planned_minutes = planned if request.planned_at else None
    found = suggesting.candidates(act.rules, request, request.planned_at, act.now)
    act.decide(suggesting.NAME, request=request, candidates=found)
    slots.claim(act, "planned_at")


def arrange(act: Act) -> None:
    """The appointment takes the place of the plan; nobody promises an hour that is taken (QI/04 3.1.2)."""
    slots.claim(act, "appointment_at")


def reschedule(act: Act) -> None:
    """An appointment moves to an hour that is free (QI/04 3.2.1)."""
    services.reschedule(act)
    slots.claim(act, "appointment_at")


def give_back(act: Act) -> None:
    """Nobody goes, so nobody's time is taken."""
    services.give_back(act)
    act.case.planned_at = act.case.planned_minutes = None


def correct(act: Act) -> None:
    """Where nobody says the district, the address does; one that was said of another address is forgotten."""
    request, known = act.case, inspect(act.case).attrs
    moved = known.address.history.has_changes() and not known.district.history.has_changes()
    if moved or not request.district:
        request.district = wishes.district_of(request.address)
