"""The steps of a visit that came with the phone: looked into, support wanted, phoned, put into another order."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.i18n import _l
from core.roles import FIELD_ENGINEER
from plugins.fieldservice.visiting import forms, services, support

if TYPE_CHECKING:
    from core.procedure import Procedure

THE_ENGINEER, THE_VISIT = FIELD_ENGINEER.where("engineer_id"), "fieldservice.visit"


def add_to(request: Procedure) -> None:
    """Add what happens on site before the back-up."""
    request.step(
        "look_into",
        "on_site -> same",
        title=_l("Look into it"),
        by=THE_ENGINEER,
        clause="QI/04 3.1.6",
        form=forms.LookForm,
        does=services.look_into,
        own_page=THE_VISIT,
    )
    support.add_to(request)
