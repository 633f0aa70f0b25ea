"""Calls; and the tables of the rooms, so that core finds all of them here."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship, validates

from core.cases import Case
from core.customers.models import Installation
from core.db import Model
from core.i18n import _l
from core.people import Person
from plugins.hotline.drafts import Draft
from plugins.hotline.knowledge.models import RETIRED, KnowledgeEntry, KnowledgeWord
from plugins.hotline.lines import Line
from plugins.hotline.links.models import Link
from plugins.hotline.log import models as log
from plugins.hotline.recovery.models import Recovery
from plugins.hotline.replies.models import Reply, ReplyUse
from plugins.hotline.roster import models as roster
from plugins.hotline.roster.models import Absence
from plugins.hotline.shift import models as shift

__all__ = [
    "CHANNELS",
    "HANDED_OVER_AS",
    "RETIRED",
    "Absence",
    "Call",
    "Draft",
    "KnowledgeEntry",
    "KnowledgeWord",
    "Line",
    "Link",
    "Recovery",
    "Reply",
    "ReplyUse",
]

CHANNELS = {
    "phone": _l("Phone"),
    "fax": _l("Fax"),
    "letter": _l("Letter"),
    "email": _l("E-mail"),
    "walk_in": _l("Walk-in"),
}

LONGEST_LINE = 120
HANDED_OVER_AS = {
    "expired": _l("service expired"),
    "sealed": _l("customer sealed"),
    "non_routine": _l("non-routine work that may be charged"),
    "other": _l("another reason"),
}


class Call(Model, Case):
    """One enquiry, by whatever channel, from the first word to its outcome (QR/02)."""

    __tablename__ = "hotline_call"
    __table_args__ = (
        Index("ix_hotline_call_list", "office_id", "id"),
        Index("ix_hotline_call_figures", "office_id", "opened_at"),
        Index("ix_hotline_call_open", "office_id", "state", "opened_at"),
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
    knowledge_id: Mapped[int | None] = mapped_column(ForeignKey("hotline_knowledge_entry.id"), index=True)
    reply_promise: Mapped[str] = mapped_column(String(10), default="", server_default="")
    reply_owner: Mapped[str] = mapped_column(String(40), default="", server_default="")
    # What a message, fax or letter said, in its own words, before anybody asked; from which address; of which day.
    sender: Mapped[str] = mapped_column(String(200), default="", server_default="")
    subject: Mapped[str] = mapped_column(String(200), default="", server_default="")
    told: Mapped[str] = mapped_column(Text, default="", server_default="")
    received_on: Mapped[dt.date | None]
    # Who was on duty and took it, whoever owns it by now: the log and the figures are about that (QR/02).
    taken_by_id: Mapped[int | None] = mapped_column(ForeignKey("core_person.id"))
    former_owner_id: Mapped[int | None] = mapped_column(ForeignKey("core_person.id"))
    handed_over_as: Mapped[str] = mapped_column(String(12), default="", server_default="")
    demanded_for: Mapped[str] = mapped_column(String(12), default="", server_default="")
    department: Mapped[str] = mapped_column(String(60), default="", server_default="")
    matter: Mapped[str] = mapped_column(Text, default="", server_default="")
    reached_by: Mapped[str] = mapped_column(String(10), default="", server_default="")
    passed_to: Mapped[str] = mapped_column(String(60), default="", server_default="")
    remark: Mapped[str] = mapped_column(Text, default="", server_default="")
    stuck: Mapped[str] = mapped_column(Text, default="", server_default="")
    advice: Mapped[str] = mapped_column(Text, default="", server_default="")
    result_by: Mapped[dt.datetime | None]
    warned_at: Mapped[dt.datetime | None]
    warning: Mapped[str] = mapped_column(Text, default="", server_default="")
    abuse: Mapped[str] = mapped_column(Text, default="", server_default="")
    installation: Mapped[Installation | None] = relationship(lazy="joined")
    taken_by: Mapped[Person | None] = relationship(foreign_keys=[taken_by_id])
    former_owner: Mapped[Person | None] = relationship(foreign_keys=[former_owner_id])

    @validates("owner_id")
    def _remember(self, _key: str, person_id: int | None) -> int | None:
        """Keep whose the call was, whichever step changes that: it may be handed back to him (QI/03 3.1.9)."""
        if person_id != self.owner_id:
            self.former_owner_id = self.owner_id
        return person_id

    @property
    def symptom(self) -> str:
        """The symptom in one line, as lists and paper show it."""
        asked = " · ".join(part for part in (self.module, self.operation, self.happens, self.message) if part)
        return asked or self.subject or (self.told or "")[:LONGEST_LINE]

    @property
    def heading(self) -> str:
        """Whose call it is: the customer's, or the sender's of a message that nobody has taken yet."""
        return self.customer.name if self.customer else self.sender or ""


# The rooms' own tables, named here so that they are there wherever the plugin is; some refer to those above.
from plugins.hotline.mail import models as mail  # noqa: E402

ROOMS = (log, mail, roster, shift)
