"""Whose a case was before a step, and whose it is after it: both names stand in the ledger."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from core.db import db
from core.ledger import LedgerRow
from core.people import Person

if TYPE_CHECKING:
    from core.gate import Act

OWNER = "owner"


def change(act: Act) -> dict[str, Any]:
    """Return from whom to whom a case went with a step, for the ledger; of one that began with it, nothing."""
    before, now = act.owner_before, act.case.owner_id
    if before == now or not act.from_state:
        return {}
    ids = [one for one in (before, now) if one is not None]
    names = {one.id: one.name for one in db.session.scalars(select(Person).where(Person.id.in_(ids)))}
    return {OWNER: {"from": names.get(before or 0, ""), "to": names.get(now or 0, "")}}


def changed(row: LedgerRow) -> str:
    """Tell from whom to whom a case went with a step; nothing when it stayed whose it was."""
    told = row.details.get(OWNER)
    return f"{told['from'] or '—'} → {told['to'] or '—'}" if told else ""
