"""Case conferences, and who sat in them."""

from __future__ import annotations

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from core.cases import Case
from core.db import Model, OfficeRow
from core.people import Person
from plugins.fieldservice.models import ServiceRequest


class Conference(Model, Case):
    """One conference about a request that was turned in unsolved (QI/05 3.1)."""

    __tablename__ = "fieldservice_conference"
    __table_args__ = (Index("ix_fieldservice_conference_list", "office_id", "id"),)

    request_id: Mapped[int] = mapped_column(ForeignKey("fieldservice_request.id"), index=True)
    wish: Mapped[str] = mapped_column(Text, default="")
    said: Mapped[str] = mapped_column(Text, default="")
    outcome: Mapped[str] = mapped_column(String(10), default="")
    remedy: Mapped[str] = mapped_column(Text, default="")
    reason: Mapped[str] = mapped_column(Text, default="")
    request: Mapped[ServiceRequest] = relationship(lazy="joined")
    seats: Mapped[list[Seat]] = relationship(
        back_populates="conference", order_by="Seat.id", lazy="selectin", cascade="all, delete-orphan"
    )

    @property
    def names(self) -> list[str]:
        """Who sat in it."""
        return [one.person.name for one in self.seats]


class Seat(Model, OfficeRow):
    """One participant of a conference."""

    __tablename__ = "fieldservice_seat"
    __table_args__ = (UniqueConstraint("conference_id", "person_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    conference_id: Mapped[int] = mapped_column(ForeignKey("fieldservice_conference.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("core_person.id"))
    person: Mapped[Person] = relationship(lazy="joined")
    conference: Mapped[Conference] = relationship(back_populates="seats")
