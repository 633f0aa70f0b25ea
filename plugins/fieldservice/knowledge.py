"""What a request gives to the support database, and what it finds there (QI/01 flow)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select

from core.db import db
from plugins.hotline import services as hotline
from plugins.hotline.models import RETIRED, KnowledgeEntry

if TYPE_CHECKING:
    from core.gate import Act

OFFERED = 20
LONGEST_LINE = 60


def entries(act: Act) -> dict[str, str]:
    """Return the office's newest entries about the same product, each as a line to choose."""
    product_id, _version = _product(act)
    about_it = (KnowledgeEntry.office_id == act.case.office_id, KnowledgeEntry.product_id == product_id)
    found = select(KnowledgeEntry).where(*about_it, KnowledgeEntry.state != RETIRED)
    newest = found.order_by(KnowledgeEntry.id.desc()).limit(OFFERED)
    return {str(one.id): _line(one) for one in db.session.scalars(newest)}


def _line(entry: KnowledgeEntry) -> str:
    said = " ".join(f"{entry.problem} → {entry.remedy}".split())
    return said if len(said) <= LONGEST_LINE else f"{said[:LONGEST_LINE]}…"


def standardise(act: Act) -> None:
    """Link the entry that was chosen, or write one; a request has one entry, however often it is written."""
    act.case.knowledge_id = act.values.get("entry_id") or _written(act).id


def _written(act: Act) -> KnowledgeEntry:
    said = {
        "problem": act.values["problem"],
        "remedy": act.values["solution"],
        "prevention": act.values["avoid"] or "",
    }
    entry: KnowledgeEntry | None = act.case.knowledge
    if entry is None or entry.state == RETIRED:
        product_id, version = _product(act)
        return hotline.write_knowledge(act, product_id=product_id, versions=version, **said)
    hotline.rewrite_knowledge(act, entry, **said)
    return entry


def _product(act: Act) -> tuple[int | None, str]:
    one = act.case.installation
    return (one.product_id, one.version) if one else (None, "")
