"""What phones sent is forgotten when no phone sends it again: the marks of old deeds are tidied away."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from sqlalchemy import delete, select

from core import clock
from core.db import db, writing
from core.i18n import _l
from core.slots import Job
from plugins.fieldservice.visiting.deeds import Deed

if TYPE_CHECKING:
    from core.rules import Rules

# A phone sends again what it has had no answer to as soon as it has a line: within hours, after a holiday within
# weeks. One that lay in a drawer for a quarter does no harm either: its tap names the version that its page showed,
# and the gate refuses one that was overtaken.
KEPT = dt.timedelta(days=90)
PORTION, DAILY = 500, 24 * 60


def tidy(rules: Rules) -> None:
    """Forget deeds older than that, so many at a time: nobody waits for long until he may write."""
    while _forget(rules.office.id) == PORTION:
        pass


def _forget(office_id: int) -> int:
    """Forget the oldest deeds that are old enough, and return how many they were."""
    old = (Deed.office_id == office_id, Deed.at < clock.now() - KEPT)
    with writing(frozenset({office_id})):
        ids = list(db.session.scalars(select(Deed.id).where(*old).order_by(Deed.id).limit(PORTION)))
        if ids:
            db.session.execute(delete(Deed).where(Deed.office_id == office_id, Deed.id.in_(ids)))
    return len(ids)


JOB = Job(name="deeds", title=_l("Forget what phones sent long ago"), every=DAILY, does=tidy)
