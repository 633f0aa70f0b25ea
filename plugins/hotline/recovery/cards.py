"""Where a call about a lost password went; who may read on gets the way there."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from core.db import db
from core.i18n import _l
from core.slots import Card
from plugins.hotline.links.services import CALL, reads
from plugins.hotline.models import Call
from plugins.hotline.recovery.models import Recovery
from plugins.hotline.recovery.services import NAME, NEVER_TOLD

if TYPE_CHECKING:
    from core.gate import Act


def recovery_card(act: Act) -> Card | None:
    """Lead from the call to the recovery and back; whoever may not read it learns who decides, and no more."""
    if act.procedure.name == NAME:
        number = db.session.scalar(select(Call.number).where(Call.id == act.case.call_id))
        return _card(procedure=act.rules.procedure(CALL), number=number, back=True)
    if act.procedure.name != CALL or act.case.state != "recovery":
        return None
    procedure = act.rules.procedure(NAME)
    if not reads(procedure, act.rules, act.actor):
        return _card()
    one = db.session.scalars(select(Recovery).where(Recovery.call_id == act.case.id)).unique().one_or_none()
    return _card(procedure=procedure, number=one.number, case=one) if one else None


def _card(**values: Any) -> Card:
    template = "hotline/recovery/_card.html"
    return Card(title=_l("Password recovery"), template=template, values=values, clause=NEVER_TOLD, weight=5)
