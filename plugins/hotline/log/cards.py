"""What the log shows beside its own case."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.i18n import _l
from core.slots import Card
from plugins.hotline.log.services import NAME

if TYPE_CHECKING:
    from core.gate import Act


def card(act: Act) -> Card | None:
    """Lead from a log to the page on which its lines stand."""
    if act.procedure.name != NAME:
        return None
    return Card(title=_l("Calls"), template="hotline/log/_card.html", values={"log": act.case}, weight=5)
