"""Loans of dongles, and what dummy knows of a call."""

from __future__ import annotations

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from core.cases import Case
from core.db import Model, OfficeRow


class Loan(Model, Case):
    """A dongle that a customer has until his own is repaired."""

    __tablename__ = "dummy_loan"

    call_id: Mapped[int] = mapped_column(ForeignKey("hotline_call.id"))
    dongle: Mapped[str] = mapped_column(String(20), default="")


class CallShelf(Model, OfficeRow):
    """Where the papers of a parked call lie: dummy's own table beside the call's."""

    __tablename__ = "dummy_call_shelf"

    call_id: Mapped[int] = mapped_column(ForeignKey("hotline_call.id"), primary_key=True)
    shelf: Mapped[str] = mapped_column(String(20))
