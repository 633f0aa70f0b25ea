"""What keeps a lost password from a visit and from the telephone, and what the duty manager needs to decide."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from sqlalchemy import select

from core import gate
from core.db import db
from core.errors import Objection
from core.i18n import Sentence, _l
from core.talk.models import File
from plugins.hotline.recovery.words import asks_for_password

if TYPE_CHECKING:
    from core.gate import Act
    from plugins.hotline.models import Call
    from plugins.hotline.recovery.models import Recovery

NEVER_TOLD, ONLY_WITH_CERTIFICATE = "QI/03 3.1.14", "QI/04 3.2.9"
NAME = "hotline.recovery"


def is_recovery(call: Call) -> bool:
    """Say whether a call asks for a lost password, by what it says of its symptom."""
    return asks_for_password(call.operation or "", call.happens or "", call.message or "")


def no_recovery(act: Act) -> Objection | None:
    """A lost password is neither told on the phone nor reason for a visit: there is one way (QI/03 3.1.14)."""
    if not is_recovery(act.case):
        return None
    text = _l(
        "The customer has lost a password: no visit, and nothing is told on the phone. Choose “Password recovery”; "
        "company certificate and data back-up go to the duty manager."
    )
    return Objection(text, NEVER_TOLD)


def recover(act: Act) -> None:
    """The duty manager gets what only he and the support manager read; the call itself has come to its end."""
    office, told = act.rules.office, {"call": act.case}
    gate.perform(NAME, None, "receive", act.actor, act.values, office=office, given=told)


def receive(act: Act) -> None:
    """Copy who asks for what; it has no owner, for who took the call does not read on."""
    call, one = act.given["call"], act.case
    one.call_id, one.customer_id, one.customer = call.id, call.customer_id, call.customer
    one.asked = call.symptom


def files_of(act: Act) -> dict[str, str]:
    """Return the files that were attached and not removed, for a choice."""
    return {str(one.id): one.name for one in _attached(act.case)}


def _attached(one: Recovery) -> Iterable[File]:
    if not one.id:
        return ()
    here = (File.about == NAME, File.number == one.number, File.office_id == one.office_id)
    return db.session.scalars(select(File).where(*here, File.removed_at.is_(None)).order_by(File.id))


def something_attached(act: Act) -> Sentence | None:
    """Before two files can be told apart they must be there."""
    if len(files_of(act)) >= 2:
        return None
    return _l("Attach the company certificate and the data back-up first, under “Files”.")


def both_are_there(act: Act) -> Objection | None:
    """Nobody decides without certificate and back-up; one that was removed since is missing again (QI/04 3.2.9)."""
    there = {str(one) for one in (act.case.certificate_id, act.case.backup_id) if one}
    if len(there & files_of(act).keys()) == 2:
        return None
    text = _l("Company certificate or data back-up was removed since. Attach it, and name it again.")
    return Objection(text, ONLY_WITH_CERTIFICATE)
