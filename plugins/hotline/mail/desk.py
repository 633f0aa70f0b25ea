"""What people do with a message that was set aside: try it again, or deal with it by hand."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import Select, select
from sqlalchemy.orm import undefer

from core import clock, gate, ledger
from core.db import db, writing
from core.errors import Invalid, NotFound
from core.i18n import _l
from plugins.hotline.mail import intake, message
from plugins.hotline.mail.intake import Sack
from plugins.hotline.mail.models import Fate, Mail

if TYPE_CHECKING:
    from core.people import Actor
    from core.rules import Rules

LONGEST_REASON = 500


def newest(office_id: int, *, aside: bool) -> Select[Mail]:
    """Return the query for an office's messages, the newest first: those set aside, or all others."""
    fate = Mail.fate == Fate.ASIDE if aside else Mail.fate != Fate.ASIDE
    return select(Mail).where(Mail.office_id == office_id, fate).order_by(Mail.id.desc())


def find(office_id: int, mail_id: int, *, whole: bool = False, lock: bool = False) -> Mail:
    """Find a message that is set aside; NotFound for another office's, or one that was dealt with."""
    query = select(Mail).where(Mail.id == mail_id, Mail.office_id == office_id, Mail.fate == Fate.ASIDE)
    query = query.options(undefer(Mail.raw)) if whole else query
    found = db.session.scalars(query.with_for_update(of=Mail) if lock else query).unique().one_or_none()
    if found is None:
        raise NotFound(_l("This message is not set aside any more."))
    return found


def try_again(rules: Rules, mail_id: int, actor: Actor) -> Fate:
    """Take a message in once more; raise KoudaiError with the reason when it still cannot be."""
    office_id = rules.office.id
    raw = find(office_id, mail_id, whole=True).raw or b""
    sack = Sack(raw=raw, size=len(raw))
    parcel = intake.parcel_of(rules, message.read(raw), sack, again=mail_id)
    with gate.together():
        find(office_id, mail_id, lock=True)
        fate = intake.deliver(rules, parcel)
        # The row is this one: who tried it again stands beside what became of it.
        row = db.session.get_one(Mail, mail_id)
        row.ended_at, row.ended_by = clock.now(), actor.name
    return fate


def deal_with(rules: Rules, mail_id: int, reason: str, actor: Actor) -> Mail:
    """Note that somebody dealt with a message by hand, and how: logged as which call, or why not."""
    why = " ".join(reason.split())
    if not 1 <= len(why) <= LONGEST_REASON:
        raise Invalid("reason", _l("Say under which number it was logged, or why it needs no call."))
    with writing():
        row = find(rules.office.id, mail_id, lock=True)
        row.fate, row.ended_at, row.ended_by, row.reason = Fate.BY_HAND, clock.now(), actor.name, why
        _record(row, actor, {"mail": row.id, "key": row.key, "reason": why})
    return row


def _record(row: Mail, actor: Actor, details: dict[str, Any]) -> None:
    ledger.append(
        row.office_id,
        kind="mail",
        action="deal_with",
        actor=actor.name,
        actor_id=actor.person_id,
        details=details,
    )
