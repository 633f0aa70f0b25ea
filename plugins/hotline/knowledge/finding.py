"""Finding entries while the symptom is typed: those that share the most words with it, of the same product first."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from sqlalchemy import case, delete, func, insert, select

from core.db import db
from plugins.hotline.knowledge import words
from plugins.hotline.knowledge.models import PUBLISHED, KnowledgeEntry, KnowledgeWord

if TYPE_CHECKING:
    from core.gate import Act

MOST, LONGEST_LINE = 5, 60
# One word in common is chance, unless no more was typed.
FEWEST = 2
# So many words is it worth that a problem is of the same product.
SAME_PRODUCT = 2


def suggested(office_id: int, typed: str, product_id: int | None = None) -> list[KnowledgeEntry]:
    """Return the published entries that fit what was typed, at most five, the likeliest first: one statement."""
    asked = words.asked(typed)
    if not asked:
        return []
    alike = (
        select(KnowledgeWord.entry_id, func.count().label("shared"))
        .where(KnowledgeWord.office_id == office_id, KnowledgeWord.word.in_(asked))
        .group_by(KnowledgeWord.entry_id)
        .having(func.count() >= min(FEWEST, len(asked)))
        .subquery()
    )
    same = case((KnowledgeEntry.product_id == product_id, SAME_PRODUCT), else_=0)
    query = select(KnowledgeEntry).join(alike, alike.c.entry_id == KnowledgeEntry.id)
    ranked = query.order_by((alike.c.shared + same).desc(), KnowledgeEntry.id.desc())
    return list(db.session.scalars(ranked.limit(MOST)))


def offered(act: Act, typed: str) -> dict[str, str]:
    """Return the entries with which a call may have been solved: what fits its symptom, and the one that was typed."""
    call = act.case
    product_id = call.installation.product_id if call.installation else None
    found = act.rules.once(
        ("hotline.knowledge", call.symptom, product_id),
        lambda: suggested(call.office_id, call.symptom, product_id),
    )
    if typed.isdecimal() and all(str(one.id) != typed for one in found):
        found = [*found, *_published(call.office_id, int(typed))]
    return {str(one.id): line(one) for one in found}


def _published(office_id: int, entry_id: int) -> Sequence[KnowledgeEntry]:
    where = (KnowledgeEntry.office_id == office_id, KnowledgeEntry.state == PUBLISHED)
    return db.session.scalars(select(KnowledgeEntry).where(*where, KnowledgeEntry.id == entry_id)).all()


def line(entry: KnowledgeEntry) -> str:
    """Return an entry as a line to choose from."""
    said = " ".join(f"{entry.problem} → {entry.remedy}".split())
    return said if len(said) <= LONGEST_LINE else f"{said[:LONGEST_LINE]}…"


def note(entry: KnowledgeEntry) -> None:
    """Write the words of an entry anew, inside the write transaction; only what is published has some."""
    forget(entry)
    said = f"{entry.product.name if entry.product else ''}\n{entry.problem}"
    rows = [
        {"office_id": entry.office_id, "word": word, "entry_id": entry.id} for word in words.words_of(said)
    ]
    if rows:
        db.session.execute(insert(KnowledgeWord), rows)


def forget(entry: KnowledgeEntry) -> None:
    """Let an entry be suggested no more."""
    where = (KnowledgeWord.office_id == entry.office_id, KnowledgeWord.entry_id == entry.id)
    db.session.execute(delete(KnowledgeWord).where(*where))
