"""A day of the hotline, its lines as they stood when it was closed, and what was corrected since."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from core.cases import Case
from core.db import Model, OfficeRow
from core.i18n import Sentence, _l
from core.people import Person

PHONE, VISIT, OTHER, OPEN = "phone", "visit", "other", "open"
RESULTS = {
    PHONE: _l("By phone"),
    VISIT: _l("Visit"),
    OTHER: _l("Another outcome"),
    OPEN: _l("Still open"),
}
FIELDS = {
    "unit": _l("Unit"),
    "contact": _l("Contact"),
    "engineer": _l("Engineer"),
    "said": _l("What was said"),
    "result": _l("Result"),
    "request": _l("Request number"),
}


class DayLog(Model, Case):
    """One day of an office's hotline (QR/02); which calls are its own, their time says."""

    __tablename__ = "hotline_day_log"
    __table_args__ = (UniqueConstraint("office_id", "day"),)

    day: Mapped[dt.date]
    begins_at: Mapped[dt.datetime]
    ends_at: Mapped[dt.datetime]
    calls: Mapped[int] = mapped_column(default=0)
    unfinished: Mapped[int] = mapped_column(default=0)
    registered: Mapped[int] = mapped_column(default=0)
    not_dispatched: Mapped[str] = mapped_column(Text, default="")
    reported_at: Mapped[dt.datetime | None]
    remark: Mapped[str] = mapped_column(Text, default="")
    closed_at: Mapped[dt.datetime | None]
    closed_by_id: Mapped[int | None] = mapped_column(ForeignKey("core_person.id"))
    archived_at: Mapped[dt.datetime | None]
    closed_by: Mapped[Person | None] = relationship(foreign_keys=[closed_by_id], lazy="joined")
    lines: Mapped[list[LogLine]] = relationship(order_by="LogLine.place", back_populates="log")

    @property
    def undispatched(self) -> list[str]:
        """The numbers of what was not dispatched when it was counted (QP/2-04 5.3)."""
        return (self.not_dispatched or "").splitlines()

    @property
    def counted(self) -> bool:
        """Whether its figures have been counted: when the office closed, or when the log was."""
        return bool(self.reported_at or self.closed_at)


class LogLine(Model, OfficeRow):
    """What the log says of one call: as it stood when the day was closed, whatever became of the call later."""

    __tablename__ = "hotline_log_line"
    __table_args__ = (UniqueConstraint("log_id", "call_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    log_id: Mapped[int] = mapped_column(ForeignKey("hotline_day_log.id"))
    call_id: Mapped[int] = mapped_column(ForeignKey("hotline_call.id"), index=True)
    place: Mapped[int]
    number: Mapped[str] = mapped_column(String(24))
    logged_at: Mapped[dt.datetime]
    engineer: Mapped[str] = mapped_column(String(40), default="")
    unit: Mapped[str] = mapped_column(String(120), default="")
    contact: Mapped[str] = mapped_column(String(100), default="")
    said: Mapped[str] = mapped_column(Text, default="")
    result: Mapped[str] = mapped_column(String(10))
    state: Mapped[str] = mapped_column(String(30))
    request: Mapped[str] = mapped_column(String(120), default="")
    late: Mapped[bool] = mapped_column(default=False)
    log: Mapped[DayLog] = relationship(back_populates="lines")
    corrections: Mapped[list[LogCorrection]] = relationship(
        order_by="LogCorrection.id", back_populates="line", lazy="selectin"
    )

    def now(self, field: str) -> str:
        """What a field says after its corrections; a result is its key."""
        made = [one.new for one in self.corrections if one.field == field]
        return made[-1] if made else str(getattr(self, field))


class LogCorrection(Model, OfficeRow):
    """One correction of a closed log: it strikes out and writes anew, and never overwrites (QR/02)."""

    __tablename__ = "hotline_log_correction"

    id: Mapped[int] = mapped_column(primary_key=True)
    line_id: Mapped[int] = mapped_column(ForeignKey("hotline_log_line.id"), index=True)
    field: Mapped[str] = mapped_column(String(12))
    old: Mapped[str] = mapped_column(Text, default="")
    new: Mapped[str] = mapped_column(Text, default="")
    reason: Mapped[str] = mapped_column(Text)
    corrected_at: Mapped[dt.datetime]
    corrected_by: Mapped[str] = mapped_column(String(40))
    corrected_by_id: Mapped[int | None] = mapped_column(ForeignKey("core_person.id"))
    line: Mapped[LogLine] = relationship(back_populates="corrections")


def told(field: str, value: str) -> Sentence | str:
    """Say a value of a line as people read it: a result in words."""
    return RESULTS.get(value, value) if field == "result" else value
