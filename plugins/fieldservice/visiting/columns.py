"""What a request knows of its visits beyond the form of old: who was met, what was told, how the day was planned."""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy import JSON, ForeignKey, String, Text
from sqlalchemy.orm import Mapped, declared_attr, mapped_column, relationship

from core.talk.models import File


class OnSite:
    """The columns of a visit (QI/04): looked into, charged, signed for or refused, phoned, put into the day's order."""

    met: Mapped[str] = mapped_column(String(40), default="")
    not_shown: Mapped[str] = mapped_column(Text, default="")
    other_problems: Mapped[str] = mapped_column(Text, default="")
    looked_at: Mapped[dt.datetime | None]
    charges: Mapped[dict[str, Any] | None] = mapped_column(JSON, info={"api": False})
    refused_because: Mapped[str] = mapped_column(Text, default="")
    stamp_id: Mapped[int | None] = mapped_column(ForeignKey("core_file.id"), info={"api": False})
    scan_id: Mapped[int | None] = mapped_column(ForeignKey("core_file.id"), info={"api": False})
    phone_outcome: Mapped[str] = mapped_column(String(12), default="")
    phoned_at: Mapped[dt.datetime | None]
    try_again_at: Mapped[dt.datetime | None]
    planned_on: Mapped[dt.date | None]
    planned_place: Mapped[int | None]
    planned_why: Mapped[str] = mapped_column(Text, default="")

    @declared_attr
    def stamp(self) -> Mapped[File | None]:
        """The photo of the company's stamp."""
        return relationship(File, foreign_keys="ServiceRequest.stamp_id")

    @declared_attr
    def scan(self) -> Mapped[File | None]:
        """The signed sheet, scanned."""
        return relationship(File, foreign_keys="ServiceRequest.scan_id")
