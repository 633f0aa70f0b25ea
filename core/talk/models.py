"""Notes and files about a case or a customer, and the notices of a person.

What they are about is kept in columns that are named as everywhere (``procedure``, ``customer_id``), so that whatever
removes a plugin or makes one customer of two finds them too.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from core.db import Model, OfficeRow


class Note(Model, OfficeRow):
    """What somebody wrote about a case or a customer; ``mentions`` says who is meant by which @word."""

    __tablename__ = "core_note"
    __table_args__ = (Index("ix_core_note_subject", "procedure", "subject_id", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    about: Mapped[str] = mapped_column("procedure", String(60))
    subject_id: Mapped[int]
    number: Mapped[str] = mapped_column(String(24), default="")
    customer_id: Mapped[int | None] = mapped_column(ForeignKey("core_customer.id"), index=True)
    author_id: Mapped[int | None] = mapped_column(ForeignKey("core_person.id"))
    author: Mapped[str] = mapped_column(String(40))
    text: Mapped[str] = mapped_column(Text)
    mentions: Mapped[dict[str, int]] = mapped_column(JSON, default=dict)
    written_at: Mapped[dt.datetime]
    corrected_at: Mapped[dt.datetime | None]
    taken_back_at: Mapped[dt.datetime | None]


class File(Model, OfficeRow):
    """A file about a case or a customer; its bytes lie under their SHA-256, its name only here."""

    __tablename__ = "core_file"
    __table_args__ = (
        Index("ix_core_file_subject", "procedure", "subject_id", "id"),
        Index("ix_core_file_sha256", "sha256"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    about: Mapped[str] = mapped_column("procedure", String(60))
    subject_id: Mapped[int]
    number: Mapped[str] = mapped_column(String(24), default="")
    customer_id: Mapped[int | None] = mapped_column(ForeignKey("core_customer.id"), index=True)
    name: Mapped[str] = mapped_column(String(160))
    media_type: Mapped[str] = mapped_column(String(80))
    size: Mapped[int]
    sha256: Mapped[str] = mapped_column(String(64))
    giver_id: Mapped[int | None] = mapped_column(ForeignKey("core_person.id"))
    giver: Mapped[str] = mapped_column(String(40))
    given_at: Mapped[dt.datetime]
    removed_at: Mapped[dt.datetime | None]
    remover_id: Mapped[int | None] = mapped_column(ForeignKey("core_person.id"))
    remover: Mapped[str] = mapped_column(String(40), default="")
    reason: Mapped[str] = mapped_column(Text, default="")


class Notice(Model):
    """Something that concerns a person, who has one list for all his offices; it keeps no content of the case."""

    __tablename__ = "core_notice"
    __table_args__ = (
        Index("ix_core_notice_unread", "person_id", "read_at"),
        Index("ix_core_notice_person", "person_id", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("core_person.id"))
    office_id: Mapped[int] = mapped_column(ForeignKey("core_office.id"))
    kind: Mapped[str] = mapped_column(String(10))
    about: Mapped[str] = mapped_column("procedure", String(60))
    subject_id: Mapped[int]
    number: Mapped[str] = mapped_column(String(24))
    step: Mapped[str] = mapped_column(String(60), default="")
    note_id: Mapped[int | None] = mapped_column(ForeignKey("core_note.id"))
    sentence: Mapped[dict[str, Any] | None] = mapped_column(JSON)
    actor: Mapped[str] = mapped_column(String(40))
    at: Mapped[dt.datetime]
    read_at: Mapped[dt.datetime | None]


class NoticeChoice(Model):
    """Whether a person wants to hear of one kind of thing; who chose nothing hears of all."""

    __tablename__ = "core_notice_choice"

    person_id: Mapped[int] = mapped_column(ForeignKey("core_person.id"), primary_key=True)
    kind: Mapped[str] = mapped_column(String(10), primary_key=True)
    wanted: Mapped[bool]
