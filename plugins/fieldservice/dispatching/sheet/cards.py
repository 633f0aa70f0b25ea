"""What a dispatch sheet shows beside its own case."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.i18n import _l
from core.slots import Card
from plugins.fieldservice.dispatching.sheet.services import NAME

if TYPE_CHECKING:
    from core.gate import Act


def cards(act: Act) -> list[Card]:
    """Lead from a sheet to the page on which its lines stand."""
    if act.procedure.name != NAME:
        return []
    path = "fieldservice/dispatching/_sheet_card.html"
    return [Card(title=_l("Dispatched"), template=path, values={"sheet": act.case}, weight=5)]
