"""What was taken away from a customer, and in whose hands it is."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from core.cases import Case
from core.db import Model
from core.people import Person
from plugins.fieldservice.models import ServiceRequest


class Custody(Model, Case):
    """Data or a device of a customer in our hands, under a signed undertaking (QI/05 3.3, QR/05).

    ``owner_id`` is whoever took it; ``holder_id`` who has it now; ``offered_to_id`` who is to confirm that he has it.
    """

    __tablename__ = "fieldservice_custody"
    __table_args__ = (Index("ix_fieldservice_custody_list", "office_id", "id"),)

    request_id: Mapped[int] = mapped_column(ForeignKey("fieldservice_request.id"), index=True)
    kind: Mapped[str] = mapped_column(String(10), default="")
    media: Mapped[str] = mapped_column(String(200), default="")
    account_sets: Mapped[str] = mapped_column(String(80), default="")
    modules: Mapped[str] = mapped_column(String(200), default="")
    platform: Mapped[str] = mapped_column(String(120), default="")
    database: Mapped[str] = mapped_column(String(80), default="")
    packaging: Mapped[str] = mapped_column(String(200), default="")
    description: Mapped[str] = mapped_column(Text, default="")
    provided_by: Mapped[str] = mapped_column(String(40), default="")
    signature: Mapped[str] = mapped_column(Text, default="", info={"api": False})
    on_paper: Mapped[str] = mapped_column(String(120), default="")
    taken_at: Mapped[dt.datetime | None]
    received_at: Mapped[dt.datetime | None]
    holder_id: Mapped[int | None] = mapped_column(ForeignKey("core_person.id"), index=True)
    offered_to_id: Mapped[int | None] = mapped_column(ForeignKey("core_person.id"), index=True)
    place: Mapped[str] = mapped_column(String(120), default="")
    fate: Mapped[str] = mapped_column(Text, default="")
    returned_to: Mapped[str] = mapped_column(String(40), default="")
    back_signature: Mapped[str] = mapped_column(Text, default="", info={"api": False})
    back_on_paper: Mapped[str] = mapped_column(String(120), default="")
    ended_at: Mapped[dt.datetime | None]
    reason: Mapped[str] = mapped_column(Text, default="")
    request: Mapped[ServiceRequest] = relationship(lazy="joined")
    holder: Mapped[Person | None] = relationship(foreign_keys=[holder_id], lazy="joined")
    offered_to: Mapped[Person | None] = relationship(foreign_keys=[offered_to_id], lazy="joined")
