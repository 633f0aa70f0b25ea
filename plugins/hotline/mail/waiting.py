"""What was set aside is dealt with in time, by the duty manager: a message that is no call yet is a customer's, too."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from sqlalchemy import func, select

from core import clock
from core.db import db
from core.i18n import _l
from core.roles import DUTY_MANAGER
from core.slots import Card
from plugins.hotline.mail.models import Fate, Mail

if TYPE_CHECKING:
    from core.people import Actor
    from core.rules import Rules

WITHIN = "hotline.mail_minutes"


def due(rules: Rules, read_at: dt.datetime) -> dt.datetime:
    """Return by when a message that was set aside is dealt with: as soon as any other is taken."""
    return rules.calendar.after_minutes(read_at, int(rules.parameter(WITHIN))).at


def aside_card(actor: Actor, rules: Rules) -> Card | None:
    """Put what was set aside on top of the duty manager's desk, with when the oldest is due; one query."""
    if not actor.has(rules.office.id, (DUTY_MANAGER,)):
        return None
    aside = (Mail.office_id == rules.office.id, Mail.fate == Fate.ASIDE)
    count, oldest = db.session.execute(select(func.count(), func.min(Mail.read_at)).where(*aside)).one()
    if not count:
        return None
    by = due(rules, oldest)
    said = {"count": count, "due": by, "missed": by < clock.now(), "office": rules.office}
    return Card(title=_l("Mail was set aside"), template="hotline/mail/_aside.html", values=said, weight=12)
