"""What billing knows of a customer: sealings, and the one courtesy visit."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from core.cases import Case
from core.db import Model, OfficeRow
from plugins.fieldservice.models import ServiceRequest


class Sealing(Model, Case):
    """A regional manager's recorded word that a customer gets no more service (QI/03 3.3.1)."""

    __tablename__ = "billing_sealing"
    __table_args__ = (Index("ix_billing_sealing_list", "office_id", "id"),)

    reason: Mapped[str] = mapped_column(Text, default="")
    manager: Mapped[str] = mapped_column(String(40), default="")
    extension: Mapped[str] = mapped_column(String(20), default="")


class CourtesyVisit(Model, OfficeRow):
    """The final courtesy visit that a customer got after expiry (QI/02 fee.courtesy-visit)."""

    __tablename__ = "billing_courtesy_visit"

    request_id: Mapped[int] = mapped_column(ForeignKey("fieldservice_request.id"), primary_key=True)
    customer_id: Mapped[int] = mapped_column(ForeignKey("core_customer.id"), index=True)
    granted_at: Mapped[dt.datetime]
    granted_by_id: Mapped[int | None] = mapped_column(ForeignKey("core_person.id"))
    request: Mapped[ServiceRequest] = relationship(lazy="joined")
