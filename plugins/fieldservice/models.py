"""Field service requests, and what was backed up before anything was touched."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from core.cases import Case
from core.customers.models import Installation
from core.db import Model, OfficeRow
from core.people import Person
from plugins.fieldservice.choices import BY_PHONE
from plugins.fieldservice.dispatching.columns import Dispatchable
from plugins.fieldservice.visiting.columns import OnSite
from plugins.hotline.models import Call, KnowledgeEntry

# In lines as PostgreSQL sets them: else nobody knows the index again by its expression.
BEGINS = text("(\ncase\nwhen appointment_at is null then planned_at\nelse appointment_at\nend)")
UNSIGNED = text(
    "signed_at is not null and signature = '' and on_paper = '' and stamp_id is null and scan_id is null"
)


class ServiceRequest(OnSite, Dispatchable, Model, Case):
    """One field service request, from its registration to the customer's signature (QR/03)."""

    __tablename__ = "fieldservice_request"
    __table_args__ = (
        Index("ix_fieldservice_request_list", "office_id", "id"),
        Index("ix_fieldservice_request_signed", "office_id", "signed_at"),
        Index("ix_fieldservice_request_begins", "office_id", BEGINS),
        Index(
            "ix_fieldservice_request_unsigned",
            "office_id",
            "signed_at",
            sqlite_where=UNSIGNED,
            postgresql_where=UNSIGNED,
        ),
    )

    call_id: Mapped[int | None] = mapped_column(ForeignKey("hotline_call.id"), unique=True)
    previous_id: Mapped[int | None] = mapped_column(ForeignKey("fieldservice_request.id"), unique=True)
    source: Mapped[str] = mapped_column(String(10))
    contact: Mapped[str] = mapped_column(String(40))
    phone: Mapped[str] = mapped_column(String(40))
    address: Mapped[str] = mapped_column(String(200))
    installation_id: Mapped[int | None] = mapped_column(ForeignKey("core_installation.id"))
    symptom: Mapped[str] = mapped_column(Text)
    asked_for: Mapped[str] = mapped_column(Text, default="")
    wanted_time: Mapped[str] = mapped_column(String(120), default="")
    verified_at: Mapped[dt.datetime | None]
    agreed_at: Mapped[dt.datetime | None]
    call_from: Mapped[dt.datetime | None]
    visit_from: Mapped[dt.datetime | None]
    entitlement: Mapped[str] = mapped_column(String(20), default="")
    engineer_id: Mapped[int | None] = mapped_column(ForeignKey("core_person.id"), index=True)
    companion_id: Mapped[int | None] = mapped_column(ForeignKey("core_person.id"))
    why_other: Mapped[str] = mapped_column(Text, default="")
    dispatched_at: Mapped[dt.datetime | None] = mapped_column(index=True)
    problem_type: Mapped[str] = mapped_column(String(12), default="")
    advice: Mapped[str] = mapped_column(Text, default="")
    appointment_at: Mapped[dt.datetime | None] = mapped_column(index=True)
    arrived_at: Mapped[dt.datetime | None]
    backup_waived: Mapped[str] = mapped_column(Text, default="")
    cause: Mapped[str] = mapped_column(Text, default="")
    remedy: Mapped[str] = mapped_column(Text, default="")
    tried: Mapped[str] = mapped_column(Text, default="")
    tried_by: Mapped[str] = mapped_column(String(40), default="")
    prevention: Mapped[str] = mapped_column(Text, default="")
    result: Mapped[str] = mapped_column(String(12), default="")
    opinion: Mapped[str] = mapped_column(Text, default="")
    signed_by: Mapped[str] = mapped_column(String(40), default="")
    signature: Mapped[str] = mapped_column(Text, default="", info={"api": False})
    on_paper: Mapped[str] = mapped_column(String(120), default="")
    signed_at: Mapped[dt.datetime | None]
    travel_cost: Mapped[Decimal | None]
    material_cost: Mapped[Decimal | None]
    other_cost: Mapped[Decimal | None]
    turned_in_at: Mapped[dt.datetime | None]
    agreed: Mapped[str] = mapped_column(Text, default="")
    reported_to: Mapped[str] = mapped_column(String(80), default="")
    taken_over_at: Mapped[dt.datetime | None]
    knowledge_id: Mapped[int | None] = mapped_column(ForeignKey("hotline_knowledge_entry.id"))
    reason: Mapped[str] = mapped_column(Text, default="")
    call: Mapped[Call | None] = relationship(foreign_keys=[call_id])
    installation: Mapped[Installation | None] = relationship(lazy="joined")
    engineer: Mapped[Person | None] = relationship(foreign_keys=[engineer_id], lazy="joined")
    companion: Mapped[Person | None] = relationship(foreign_keys=[companion_id])
    knowledge: Mapped[KnowledgeEntry | None] = relationship()
    previous: Mapped[ServiceRequest | None] = relationship(
        remote_side="ServiceRequest.id", back_populates="again"
    )
    again: Mapped[ServiceRequest | None] = relationship(back_populates="previous", uselist=False)
    backups: Mapped[list[Backup]] = relationship(
        back_populates="request", order_by="Backup.id", lazy="selectin"
    )

    @property
    def copies(self) -> list[Backup]:
        """What was backed up on this visit; what an earlier engineer copied proves nothing about today's data."""
        return [one for one in self.backups if one.arrived_at == self.arrived_at]

    @property
    def by_phone(self) -> bool:
        """Whether the engineer settled it by phone, and nobody was there (QR/04)."""
        return self.phone_outcome == BY_PHONE and self.arrived_at is None

    @property
    def came_back(self) -> bool:
        """Whether somebody was sent already, and the request came back from him, with a reason."""
        return self.state == "registered" and bool(self.reason)


class Backup(Model, OfficeRow):
    """One account set that was copied on one visit before the work began (QI/04 3.1.6-backup)."""

    __tablename__ = "fieldservice_backup"
    __table_args__ = (UniqueConstraint("request_id", "arrived_at", "account_set"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    request_id: Mapped[int] = mapped_column(ForeignKey("fieldservice_request.id"), index=True)
    arrived_at: Mapped[dt.datetime]
    account_set: Mapped[str] = mapped_column(String(8))
    path: Mapped[str] = mapped_column(String(120))
    confirmed_at: Mapped[dt.datetime]
    request: Mapped[ServiceRequest] = relationship(back_populates="backups")
