"""The words of each office: a text for everything that can be found, and the tokens that lead to it."""

from __future__ import annotations

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from core.db import Model, OfficeRow
from core.search.words import LENGTH

Token = String(LENGTH).with_variant(String(LENGTH, collation="C"), "postgresql")


class SearchText(Model, OfficeRow):
    """What can be read of one case (or of another kind of row) when somebody searches."""

    __tablename__ = "core_search_text"
    __table_args__ = (
        UniqueConstraint("kind", "subject_id"),
        Index("ix_core_search_text_customer", "customer_id"),
        Index("ix_core_search_text_newest", "office_id", "kind", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(60))
    subject_id: Mapped[int]
    customer_id: Mapped[int | None] = mapped_column(ForeignKey("core_customer.id"))
    number: Mapped[str] = mapped_column(String(24), default="")
    title: Mapped[str] = mapped_column(String(120), default="")
    body: Mapped[str] = mapped_column(Text, default="")


class SearchToken(Model, OfficeRow):
    """A token of a text; the key is the index, so that a search reads nothing else.

    PostgreSQL's own full-text index would stay unused behind row-level security, whose condition comes first; what a
    B-tree compares may pass it.
    """

    __tablename__ = "core_search_token"
    __table_args__ = {"sqlite_with_rowid": False}  # noqa: RUF012

    office_id: Mapped[int] = mapped_column(ForeignKey("core_office.id"), primary_key=True)
    token: Mapped[str] = mapped_column(Token, primary_key=True)
    # No foreign key: the key begins with the office, and a check of each text that goes would read the whole table.
    text_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
