"""What billing knows of a customer: sealings, and the one courtesy visit."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

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
    told_to: Mapped[str] = mapped_column(String(40), default="")
    told_at: Mapped[dt.datetime | None]
    request: Mapped[ServiceRequest] = relationship(lazy="joined")


class Charge(Model, OfficeRow):
    """What kind of work a request is, and the fee to which the customer agreed before it began (QI/04 3.2.3)."""

    __tablename__ = "billing_charge"

    request_id: Mapped[int] = mapped_column(ForeignKey("fieldservice_request.id"), primary_key=True)
    work: Mapped[str] = mapped_column(String(20), default="")
    fee: Mapped[Decimal | None]
    agreed_by: Mapped[str] = mapped_column(String(40), default="")
    agreed_at: Mapped[dt.datetime | None]
