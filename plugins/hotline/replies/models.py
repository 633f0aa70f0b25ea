"""The office's own entries of the catalogue, and which entry was used in which call."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from core.cases import Case
from core.db import Model, OfficeRow
from core.people import Person


class Reply(Model, Case):
    """An entry that the office adds, or with which it replaces head office's of the same key (QI/02)."""

    __tablename__ = "hotline_reply"
    __table_args__ = (
        Index("ix_hotline_reply_list", "office_id", "id"),
        Index("ix_hotline_reply_key", "office_id", "key", "edition"),
    )

    key: Mapped[str] = mapped_column(String(60))
    group: Mapped[str] = mapped_column(String(20))
    # Drawn at the approval; a draft has none yet.
    edition: Mapped[int] = mapped_column(default=0)
    promise: Mapped[str] = mapped_column(String(10), default="none")
    promised_by: Mapped[str] = mapped_column(String(20), default="owner")
    follow_up: Mapped[str] = mapped_column(String(20), default="none")
    situation_zh: Mapped[str] = mapped_column(Text, default="")
    ask_zh: Mapped[str] = mapped_column(Text, default="")
    answer_zh: Mapped[str] = mapped_column(Text, default="")
    promise_zh: Mapped[str] = mapped_column(Text, default="")
    only_if_zh: Mapped[str] = mapped_column(Text, default="")
    then_zh: Mapped[str] = mapped_column(Text, default="")
    situation_en: Mapped[str] = mapped_column(Text, default="")
    ask_en: Mapped[str] = mapped_column(Text, default="")
    answer_en: Mapped[str] = mapped_column(Text, default="")
    promise_en: Mapped[str] = mapped_column(Text, default="")
    only_if_en: Mapped[str] = mapped_column(Text, default="")
    then_en: Mapped[str] = mapped_column(Text, default="")
    valid_from: Mapped[dt.date | None]
    valid_until: Mapped[dt.date | None]
    reason: Mapped[str] = mapped_column(Text, default="")


class ReplyUse(Model, OfficeRow):
    """What was answered in a call: which entry, in which version, and the words as they were shown then."""

    __tablename__ = "hotline_reply_use"

    id: Mapped[int] = mapped_column(primary_key=True)
    call_id: Mapped[int] = mapped_column(ForeignKey("hotline_call.id"), index=True)
    key: Mapped[str] = mapped_column(String(60))
    edition: Mapped[int]
    situation: Mapped[str] = mapped_column(Text)
    text: Mapped[str] = mapped_column(Text)
    said: Mapped[str] = mapped_column(Text, default="")
    promise: Mapped[str] = mapped_column(String(10), default="")
    follow_up: Mapped[str] = mapped_column(String(20), default="none")
    used_at: Mapped[dt.datetime]
    used_by_id: Mapped[int | None] = mapped_column(ForeignKey("core_person.id"))
    used_by: Mapped[Person | None] = relationship()
