"""Password recoveries: kept apart from the calls, for they are read by two roles only."""

from __future__ import annotations

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from core.cases import Case
from core.db import Model


class Recovery(Model, Case):
    """One customer who lost a password: what was brought, and what the duty manager decided (QI/03 3.1.14)."""

    __tablename__ = "hotline_recovery"
    __table_args__ = (Index("ix_hotline_recovery_list", "office_id", "id"),)

    call_id: Mapped[int] = mapped_column(ForeignKey("hotline_call.id"), unique=True)
    contact: Mapped[str] = mapped_column(String(40), default="")
    phone: Mapped[str] = mapped_column(String(40), default="")
    password_of: Mapped[str] = mapped_column(String(120), default="")
    asked: Mapped[str] = mapped_column(Text, default="")
    certificate_id: Mapped[int | None] = mapped_column(ForeignKey("core_file.id"))
    backup_id: Mapped[int | None] = mapped_column(ForeignKey("core_file.id"))
    brought_by: Mapped[str] = mapped_column(String(60), default="")
    remedy: Mapped[str] = mapped_column(Text, default="", info={"api": False})
    reason: Mapped[str] = mapped_column(Text, default="")
