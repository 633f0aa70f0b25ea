"""Complaints: logged from a call, answered the same working day."""

from __future__ import annotations

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from core.cases import Case
from core.db import Model
from plugins.hotline.models import Call


class Complaint(Model, Case):
    """What a customer complains about, and what was answered."""

    __tablename__ = "quality_complaint"
    __table_args__ = (Index("ix_quality_complaint_list", "office_id", "id"),)

    call_id: Mapped[int] = mapped_column(ForeignKey("hotline_call.id"), unique=True)
    about: Mapped[str] = mapped_column(String(12))
    complaint: Mapped[str] = mapped_column(Text)
    happened: Mapped[str] = mapped_column(String(120), default="")
    employee_number: Mapped[str] = mapped_column(String(8), default="")
    findings: Mapped[str] = mapped_column(Text, default="")
    answer: Mapped[str] = mapped_column(Text, default="")
    prevention: Mapped[str] = mapped_column(Text, default="")
    reason: Mapped[str] = mapped_column(Text, default="")
    call: Mapped[Call] = relationship()
