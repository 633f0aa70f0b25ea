"""Calls, and the support database of problems and remedies."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from core.cases import Case
from core.customers.models import Installation, Product
from core.db import Model, OfficeRow
from core.i18n import _l

CHANNELS = {
    "phone": _l("Phone"),
    "fax": _l("Fax"),
    "letter": _l("Letter"),
    "email": _l("E-mail"),
    "walk_in": _l("Walk-in"),
}

LONGEST_LINE = 120


class Call(Model, Case):
    """One enquiry, by whatever channel, from the first word to its outcome (QR/02)."""

    __tablename__ = "hotline_call"
    __table_args__ = (
        Index("ix_hotline_call_list", "office_id", "id"),
        Index("ix_hotline_call_sender", "office_id", "sender"),
    )

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
    # What a message, fax or letter said, in its own words, before anybody asked; from which address; of which day.
    sender: Mapped[str] = mapped_column(String(200), default="", server_default="")
    subject: Mapped[str] = mapped_column(String(200), default="", server_default="")
    told: Mapped[str] = mapped_column(Text, default="", server_default="")
    received_on: Mapped[dt.date | None]
    installation: Mapped[Installation | None] = relationship(lazy="joined")

    @property
    def symptom(self) -> str:
        """The symptom in one line, as lists and paper show it."""
        asked = " · ".join(part for part in (self.module, self.operation, self.happens, self.message) if part)
        return asked or self.subject or self.told[:LONGEST_LINE]

    @property
    def heading(self) -> str:
        """Whose call it is: the customer's, or the sender's of a message that nobody has taken yet."""
        return self.customer.name if self.customer else self.sender


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


# At the end: a room's tables may refer to those above.
from plugins.hotline.mail.models import Mail  # noqa: E402, F401
