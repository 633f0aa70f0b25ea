"""A month's roster with its shifts, absences, swaps, and the keys to a person's calendar."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from core.cases import Case
from core.db import Model, OfficeRow
from core.i18n import _l
from core.people import Person

DAY, NOON, EVENING = "day", "noon", "evening"
SHIFTS = {DAY: _l("Day duty"), NOON: _l("Noon duty"), EVENING: _l("Evening duty")}
ENGINEER, MANAGER = "engineer", "manager"
PLACES = {ENGINEER: _l("Duty engineer"), MANAGER: _l("Duty manager")}
ABSENCES = {
    "leave": _l("Leave"),
    "sick": _l("Ill"),
    "travel": _l("Business trip"),
    "training": _l("Training"),
    "other": _l("Other"),
}


class Roster(Model, Case):
    """Who is on duty in one month of one office (QR/01)."""

    __tablename__ = "hotline_roster"
    __table_args__ = (UniqueConstraint("office_id", "month"),)

    month: Mapped[dt.date]
    begins_at: Mapped[dt.datetime]
    published_at: Mapped[dt.datetime | None]
    closed_at: Mapped[dt.datetime | None]
    reason: Mapped[str] = mapped_column(Text, default="")
    shifts: Mapped[list[RosterShift]] = relationship(
        back_populates="roster", order_by="(RosterShift.day, RosterShift.starts_at, RosterShift.id)"
    )

    @property
    def title(self) -> str:
        """The month as it stands in addresses and lists: 2026-12."""
        return f"{self.month:%Y-%m}"


class RosterShift(Model, OfficeRow):
    """One shift of one day: its hours, who is on duty, and who was when the roster was published."""

    __tablename__ = "hotline_roster_shift"
    __table_args__ = (
        UniqueConstraint("roster_id", "day", "shift"),
        Index("ix_hotline_roster_shift_now", "office_id", "day"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    roster_id: Mapped[int] = mapped_column(ForeignKey("hotline_roster.id"))
    day: Mapped[dt.date]
    shift: Mapped[str] = mapped_column(String(10))
    weekend: Mapped[bool]
    starts_at: Mapped[dt.datetime]
    ends_at: Mapped[dt.datetime]
    engineer_id: Mapped[int | None] = mapped_column(ForeignKey("core_person.id"), index=True)
    manager_id: Mapped[int | None] = mapped_column(ForeignKey("core_person.id"), index=True)
    first_engineer_id: Mapped[int | None] = mapped_column(ForeignKey("core_person.id"))
    first_manager_id: Mapped[int | None] = mapped_column(ForeignKey("core_person.id"))
    changes: Mapped[int] = mapped_column(default=0)
    changed_at: Mapped[dt.datetime]
    roster: Mapped[Roster] = relationship(back_populates="shifts")
    engineer: Mapped[Person | None] = relationship(foreign_keys=[engineer_id], lazy="joined")
    manager: Mapped[Person | None] = relationship(foreign_keys=[manager_id], lazy="joined")
    first_engineer: Mapped[Person | None] = relationship(foreign_keys=[first_engineer_id])
    first_manager: Mapped[Person | None] = relationship(foreign_keys=[first_manager_id])

    @property
    def kind(self) -> str:
        """What is spread evenly: weekends and holidays apart from working days."""
        return "weekend" if self.weekend else self.shift

    def holder(self, place: str) -> int | None:
        """Return who holds a place of the shift: ``engineer`` or ``manager``."""
        found: int | None = getattr(self, f"{place}_id")
        return found


class Absence(Model, Case):
    """Days on which somebody is away; who stands in for him, once somebody does."""

    __tablename__ = "hotline_absence"
    __table_args__ = (Index("ix_hotline_absence_days", "office_id", "state", "last_day"),)

    kind: Mapped[str] = mapped_column(String(10), default="leave")
    first_day: Mapped[dt.date]
    last_day: Mapped[dt.date]
    note: Mapped[str] = mapped_column(Text, default="")
    reason: Mapped[str] = mapped_column(Text, default="")
    substitute_id: Mapped[int | None] = mapped_column(ForeignKey("core_person.id"))
    to_cover_at: Mapped[dt.datetime | None]
    substitute: Mapped[Person | None] = relationship(foreign_keys=[substitute_id], lazy="joined")


class Swap(Model, Case):
    """Two people who want to exchange two of their shifts."""

    __tablename__ = "hotline_swap"

    mine_id: Mapped[int] = mapped_column(ForeignKey("hotline_roster_shift.id"), index=True)
    mine_place: Mapped[str] = mapped_column(String(10))
    theirs_id: Mapped[int] = mapped_column(ForeignKey("hotline_roster_shift.id"), index=True)
    theirs_place: Mapped[str] = mapped_column(String(10))
    other_id: Mapped[int | None] = mapped_column(ForeignKey("core_person.id"), index=True)
    note: Mapped[str] = mapped_column(Text, default="")
    reason: Mapped[str] = mapped_column(Text, default="")
    mine_shift: Mapped[RosterShift] = relationship(foreign_keys=[mine_id], lazy="joined", join_depth=1)
    theirs_shift: Mapped[RosterShift] = relationship(foreign_keys=[theirs_id], lazy="joined", join_depth=1)
    other: Mapped[Person | None] = relationship(foreign_keys=[other_id], lazy="joined")


class CalendarKey(Model, OfficeRow):
    """The secret in the address under which a person's calendar programme reads his duties; kept as a hash."""

    __tablename__ = "hotline_calendar_key"

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("core_person.id"), index=True)
    digest: Mapped[str] = mapped_column(String(64), unique=True)
    made_at: Mapped[dt.datetime]
    revoked_at: Mapped[dt.datetime | None]
