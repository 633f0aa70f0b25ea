"""What was brought before head office, and every word about it since."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from core.cases import Case
from core.db import Model, SharedRow
from core.people import Person
from plugins.fieldservice.models import ServiceRequest


class Escalation(Model, Case):
    """One problem before head office (QI/05 3.5); what head office must know is copied, for it sees nothing else."""

    __tablename__ = "fieldservice_escalation"
    __table_args__ = (Index("ix_fieldservice_escalation_list", "office_id", "id"),)

    request_id: Mapped[int] = mapped_column(ForeignKey("fieldservice_request.id"), index=True)
    customer_name: Mapped[str] = mapped_column(String(120), default="")
    product: Mapped[str] = mapped_column(String(200), default="")
    engineer: Mapped[str] = mapped_column(String(40), default="")
    recipient: Mapped[str] = mapped_column(String(80), default="")
    way: Mapped[str] = mapped_column(String(10), default="")
    symptom: Mapped[str] = mapped_column(Text, default="")
    tried: Mapped[str] = mapped_column(Text, default="")
    data_version: Mapped[str] = mapped_column(String(80), default="")
    sent_at: Mapped[dt.datetime | None]
    answer: Mapped[str] = mapped_column(Text, default="")
    fixed_in: Mapped[str] = mapped_column(String(40), default="")
    workaround: Mapped[str] = mapped_column(Text, default="")
    answered_by: Mapped[str] = mapped_column(String(40), default="")
    answered_at: Mapped[dt.datetime | None]
    verified: Mapped[str] = mapped_column(Text, default="")
    reason: Mapped[str] = mapped_column(Text, default="")
    request: Mapped[ServiceRequest | None] = relationship(lazy="joined")
    lines: Mapped[list[EscalationLine]] = relationship(
        back_populates="escalation", order_by="EscalationLine.id", lazy="selectin"
    )


class EscalationLine(Model, SharedRow):
    """One time that head office was asked, or the customer told (QI/05 3.6, 3.7, QR/06)."""

    __tablename__ = "fieldservice_escalation_line"

    id: Mapped[int] = mapped_column(primary_key=True)
    escalation_id: Mapped[int] = mapped_column(ForeignKey("fieldservice_escalation.id"), index=True)
    at: Mapped[dt.datetime]
    by_id: Mapped[int | None] = mapped_column(ForeignKey("core_person.id"))
    whom: Mapped[str] = mapped_column(String(12))
    said: Mapped[str] = mapped_column(Text)
    by: Mapped[Person | None] = relationship(lazy="joined")
    escalation: Mapped[Escalation] = relationship(back_populates="lines")
