"""Calls, and the support database of problems and remedies."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from core.cases import Case
from core.customers.models import Installation, Product
from core.db import Model, OfficeRow
from core.i18n import _l
from core.people import Person
from plugins.hotline.links.models import Link as Link
from plugins.hotline.recovery.models import Recovery as Recovery

CHANNELS = {
    "phone": _l("Phone"),
    "fax": _l("Fax"),
    "letter": _l("Letter"),
    "email": _l("E-mail"),
    "walk_in": _l("Walk-in"),
}

HANDED_OVER_AS = {
    "expired": _l("service expired"),
    "sealed": _l("customer sealed"),
    "non_routine": _l("non-routine work that may be charged"),
    "other": _l("another reason"),
}


class Call(Model, Case):
    """One enquiry, by whatever channel, from the first word to its outcome (QR/02)."""

    __tablename__ = "hotline_call"
    __table_args__ = (Index("ix_hotline_call_list", "office_id", "id"),)

    channel: Mapped[str] = mapped_column(String(10), default="phone")
    contact: Mapped[str] = mapped_column(String(40), default="")
    phone: Mapped[str] = mapped_column(String(40), default="")
    installation_id: Mapped[int | None] = mapped_column(ForeignKey("core_installation.id"))
    module: Mapped[str] = mapped_column(String(60), default="")
    operation: Mapped[str] = mapped_column(String(120), default="")
    happens: Mapped[str] = mapped_column(Text, default="")
    message: Mapped[str] = mapped_column(Text, default="")
    since: Mapped[str] = mapped_column(String(60), default="")
    tried: Mapped[str] = mapped_column(Text, default="")
    answer: Mapped[str] = mapped_column(Text, default="")
    demand: Mapped[str] = mapped_column(Text, default="")
    reason: Mapped[str] = mapped_column(Text, default="")
    rings: Mapped[int | None]
    promised_at: Mapped[dt.datetime | None]
    promise: Mapped[str] = mapped_column(Text, default="", server_default="")
    former_owner_id: Mapped[int | None] = mapped_column(ForeignKey("core_person.id"))
    handed_over_as: Mapped[str] = mapped_column(String(12), default="", server_default="")
    demanded_for: Mapped[str] = mapped_column(String(12), default="", server_default="")
    department: Mapped[str] = mapped_column(String(60), default="", server_default="")
    matter: Mapped[str] = mapped_column(Text, default="", server_default="")
    reached_by: Mapped[str] = mapped_column(String(10), default="", server_default="")
    passed_to: Mapped[str] = mapped_column(String(60), default="", server_default="")
    remark: Mapped[str] = mapped_column(Text, default="", server_default="")
    result_by: Mapped[dt.datetime | None]
    warned_at: Mapped[dt.datetime | None]
    warning: Mapped[str] = mapped_column(Text, default="", server_default="")
    abuse: Mapped[str] = mapped_column(Text, default="", server_default="")
    installation: Mapped[Installation | None] = relationship(lazy="joined")
    former_owner: Mapped[Person | None] = relationship(foreign_keys=[former_owner_id])

    @property
    def symptom(self) -> str:
        """The symptom in one line, as lists and paper show it."""
        return " · ".join(part for part in (self.module, self.operation, self.happens, self.message) if part)


class KnowledgeEntry(Model, OfficeRow):
    """A problem and its remedy in the support database (QI/01 flow: standardise and store)."""

    __tablename__ = "hotline_knowledge_entry"

    id: Mapped[int] = mapped_column(primary_key=True)
    product_id: Mapped[int | None] = mapped_column(ForeignKey("core_product.id"), index=True)
    version: Mapped[str] = mapped_column(String(20), default="")
    problem: Mapped[str] = mapped_column(Text)
    remedy: Mapped[str] = mapped_column(Text)
    prevention: Mapped[str] = mapped_column(Text, default="")
    written_at: Mapped[dt.datetime]
    written_by_id: Mapped[int | None] = mapped_column(ForeignKey("core_person.id"))
    product: Mapped[Product | None] = relationship(lazy="joined")
