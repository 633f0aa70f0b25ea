"""The entries of the support database, and the words by which one is suggested."""

from __future__ import annotations

import datetime as dt

import sqlalchemy as sa
from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, column_property, mapped_column, relationship

from core.cases import Case
from core.customers.models import Product
from core.db import Model, OfficeRow
from core.people import Person
from plugins.hotline.knowledge.words import LENGTH

PUBLISHED, RETIRED = "published", "retired"
_call = sa.table("hotline_call", sa.column("knowledge_id"), sa.column("state"))
Word = String(LENGTH).with_variant(String(LENGTH, collation="C"), "postgresql")


class KnowledgeEntry(Model, Case):
    """A problem and its remedy (QI/01 flow: standardise and store); ``source`` is the case that taught it."""

    __tablename__ = "hotline_knowledge_entry"
    __table_args__ = (
        Index("ix_hotline_knowledge_entry_list", "office_id", "id"),
        Index("ix_hotline_knowledge_entry_source", "office_id", "source"),
    )

    product_id: Mapped[int | None] = mapped_column(ForeignKey("core_product.id"), index=True)
    versions: Mapped[str] = mapped_column(String(60), default="")
    problem: Mapped[str] = mapped_column(Text)
    remedy: Mapped[str] = mapped_column(Text)
    prevention: Mapped[str] = mapped_column(Text, default="")
    source: Mapped[str] = mapped_column(String(24), default="", server_default="")
    reason: Mapped[str] = mapped_column(Text, default="", server_default="")
    written_at: Mapped[dt.datetime]
    written_by_id: Mapped[int | None] = mapped_column(ForeignKey("core_person.id"))
    product: Mapped[Product | None] = relationship(lazy="joined")
    written_by: Mapped[Person | None] = relationship(foreign_keys=[written_by_id])

    @property
    def about(self) -> str:
        """The product and the versions of it, in one line."""
        return f"{self.product.name} {self.versions}".strip() if self.product else self.versions


# Counted and never kept: a call that is reopened was not solved, and nobody has to take it back here.
KnowledgeEntry.solved_calls = column_property(
    sa.select(sa.func.count())
    .select_from(_call)
    .where(_call.c.knowledge_id == KnowledgeEntry.id, _call.c.state == "solved")
    .scalar_subquery()
)


class KnowledgeWord(Model, OfficeRow):
    """A word of a published entry; the search has every case's words, and a suggestion may not wade through those."""

    __tablename__ = "hotline_knowledge_word"
    __table_args__ = {"sqlite_with_rowid": False}  # noqa: RUF012

    office_id: Mapped[int] = mapped_column(ForeignKey("core_office.id"), primary_key=True)
    word: Mapped[str] = mapped_column(Word, primary_key=True)
    entry_id: Mapped[int] = mapped_column(
        ForeignKey("hotline_knowledge_entry.id"), primary_key=True, autoincrement=False, index=True
    )
