"""What the steps of an entry do, and how other cases hand theirs in (QI/01 flow: standardise and store)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from core import gate
from core.db import db
from core.i18n import Sentence, _l
from plugins.hotline.knowledge import finding
from plugins.hotline.knowledge.models import RETIRED, KnowledgeEntry

if TYPE_CHECKING:
    from core.gate import Act

ENTRY = "hotline.knowledge"


def write_knowledge(act: Act, **said: Any) -> KnowledgeEntry:
    """Hand a problem and its remedy in to the office's support database, inside a step of the case that taught it."""
    given = {"source": act.case.number or ""}
    office = act.rules.office
    entry: KnowledgeEntry = gate.perform(ENTRY, None, "store", act.actor, said, office=office, given=given)
    gate.perform(ENTRY, entry, "hand_in", act.actor, given=given)
    return entry


def rewrite_knowledge(act: Act, entry: KnowledgeEntry, **said: Any) -> None:
    """Hand an entry in anew, as the case that taught it says it better now."""
    given = {"source": act.case.number or ""}
    gate.perform(ENTRY, entry.number, "rework", act.actor, said, office=act.rules.office, given=given)


def store(act: Act) -> None:
    """Keep which case taught it."""
    act.case.source = act.given["source"]
    write(act)


def write(act: Act) -> None:
    """Keep who wrote it last, and when."""
    act.case.written_at, act.case.written_by_id = act.now, act.actor.person_id


def rework(act: Act) -> None:
    """What was rewritten elsewhere is suggested again when somebody has looked at it."""
    write(act)
    finding.forget(act.case)


def rewrite(act: Act) -> None:
    """A reviewer's word is published at once."""
    write(act)
    publish(act)


def publish(act: Act) -> None:
    """From now on it is suggested."""
    _load_product(act.case)
    finding.note(act.case)


def _load_product(entry: KnowledgeEntry) -> None:
    """The product that was chosen in this very step is read anew."""
    db.session.flush()
    db.session.refresh(entry, ["product"])


def retire(act: Act) -> None:
    """From now on it is suggested no more; who was served by it keeps the link."""
    finding.forget(act.case)


def standardise(act: Act) -> None:
    """Hand in what a call taught (QI/01 flow)."""
    call, said = act.case, act.values
    product = call.installation
    write_knowledge(
        act,
        product_id=product.product_id if product else None,
        versions=product.version if product else "",
        problem=said["problem"],
        remedy=said["solution"],
        prevention=said["avoid"],
    )


def not_stored(act: Act) -> Sentence | None:
    """A call gives one entry; where it was solved with one, that one is to be bettered."""
    known = entry_of(act.case.number, act.case.office_id)
    if known:
        return _l("The support database has it already: %(number)s.", number=known)
    return None


def entry_of(source: str | None, office_id: int) -> str | None:
    """Return the number of the entry that a case taught, unless it was retired."""
    where = (KnowledgeEntry.office_id == office_id, KnowledgeEntry.source == source)
    query = select(KnowledgeEntry.number).where(*where, KnowledgeEntry.state != RETIRED)
    return db.session.scalar(query.limit(1))
