"""What became of each message that came into an office's mailbox."""

from __future__ import annotations

import datetime as dt
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, LargeBinary, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from core.db import Model, OfficeRow
from core.i18n import _l
from plugins.hotline.models import Call


class Fate(StrEnum):
    """What became of a message."""

    CALL = "call"
    NOTE = "note"
    AUTOMATIC = "automatic"
    ASIDE = "aside"
    BY_HAND = "by_hand"


FATES = {
    Fate.CALL: _l("Became a call"),
    Fate.NOTE: _l("Added to its call"),
    Fate.AUTOMATIC: _l("Automatic answer: no call"),
    Fate.ASIDE: _l("Set aside"),
    Fate.BY_HAND: _l("Dealt with by hand"),
}


class Mail(Model, OfficeRow):
    """One message: from whom, when it was read, what became of it; of one that was set aside, all of it.

    ``raw`` is kept only until the message has been dealt with: what it said stands in its call then.
    """

    __tablename__ = "hotline_mail"
    __table_args__ = (
        Index("ix_hotline_mail_list", "office_id", "id"),
        Index("ix_hotline_mail_fate", "office_id", "fate"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(64))
    message_id: Mapped[str] = mapped_column(String(200), default="")
    sender: Mapped[str] = mapped_column(String(240), default="")
    subject: Mapped[str] = mapped_column(String(200), default="")
    read_at: Mapped[dt.datetime]
    fate: Mapped[str] = mapped_column(String(10))
    why: Mapped[dict[str, Any] | None] = mapped_column(JSON)
    call_id: Mapped[int | None] = mapped_column(ForeignKey("hotline_call.id"), index=True)
    size: Mapped[int]
    raw: Mapped[bytes | None] = mapped_column(LargeBinary, deferred=True)
    ended_at: Mapped[dt.datetime | None]
    ended_by: Mapped[str] = mapped_column(String(40), default="")
    reason: Mapped[str] = mapped_column(Text, default="")
    call: Mapped[Call | None] = relationship(lazy="joined", foreign_keys=[call_id])
