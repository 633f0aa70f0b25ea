"""Guangzhou's table: the machines that customers have from us."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from core.db import Model, OfficeRow
from core.people import Person
from plugins.fieldservice.models import ServiceRequest


class Loan(Model, OfficeRow):
    """One machine that was lent to the customer of a request, until it is taken back."""

    __tablename__ = "guangzhou_loan"
    __table_args__ = (Index("ix_guangzhou_loan_out", "request_id", "returned_at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    request_id: Mapped[int] = mapped_column(ForeignKey("fieldservice_request.id"))
    machine: Mapped[str] = mapped_column(String(60))
    accessories: Mapped[str] = mapped_column(String(200))
    lent_at: Mapped[dt.datetime]
    lent_by_id: Mapped[int] = mapped_column(ForeignKey("core_person.id"))
    returned_at: Mapped[dt.datetime | None]
    condition: Mapped[str] = mapped_column(String(200), default="")
    request: Mapped[ServiceRequest] = relationship()
    lent_by: Mapped[Person] = relationship()
