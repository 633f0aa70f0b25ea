"""What engineers can do, and the day's dispatch sheet with its lines and reasons (QR/04)."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from core.cases import Case
from core.db import Model, OfficeRow
from core.people import Person


class Skill(Model, OfficeRow):
    """A product for which an engineer was trained and assessed in an office (QI/02 internal.fixed-engineer)."""

    __tablename__ = "fieldservice_skill"
    __table_args__ = (UniqueConstraint("office_id", "person_id", "product_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("core_person.id"), index=True)
    product_id: Mapped[int] = mapped_column(ForeignKey("core_product.id"), index=True)


class DispatchSheet(Model, Case):
    """What an office dispatched on one day (QR/04); while the day runs its lines are the requests themselves."""

    __tablename__ = "fieldservice_dispatch_sheet"
    __table_args__ = (
        UniqueConstraint("office_id", "day"),
        Index("ix_fieldservice_dispatch_sheet_list", "office_id", "id"),
    )

    day: Mapped[dt.date]
    begins_at: Mapped[dt.datetime]
    ends_at: Mapped[dt.datetime]
    dispatched: Mapped[int] = mapped_column(default=0)
    left: Mapped[int] = mapped_column(default=0)
    remark: Mapped[str] = mapped_column(Text, default="")
    closed_at: Mapped[dt.datetime | None]
    closed_by_id: Mapped[int | None] = mapped_column(ForeignKey("core_person.id"))
    closed_by: Mapped[Person | None] = relationship(foreign_keys=[closed_by_id], lazy="joined")
    lines: Mapped[list[SheetLine]] = relationship(order_by="SheetLine.place", back_populates="sheet")
    left_over: Mapped[list[LeftOver]] = relationship(order_by="LeftOver.id", back_populates="sheet")


class SheetLine(Model, OfficeRow):
    """One request on a closed sheet: as it stood then, whatever became of it later."""

    __tablename__ = "fieldservice_sheet_line"
    __table_args__ = (UniqueConstraint("sheet_id", "request_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    sheet_id: Mapped[int] = mapped_column(ForeignKey("fieldservice_dispatch_sheet.id"))
    request_id: Mapped[int] = mapped_column(ForeignKey("fieldservice_request.id"), index=True)
    place: Mapped[int]
    number: Mapped[str] = mapped_column(String(24))
    customer: Mapped[str] = mapped_column(String(120), default="")
    engineer: Mapped[str] = mapped_column(String(80), default="")
    dispatched_at: Mapped[dt.datetime]
    turned_in_at: Mapped[dt.datetime | None]
    result: Mapped[str] = mapped_column(String(12), default="")
    again: Mapped[str] = mapped_column(String(24), default="")
    sheet: Mapped[DispatchSheet] = relationship(back_populates="lines")


class LeftOver(Model, OfficeRow):
    """A request that was not dispatched when the day's sheet was closed, and why (QP/2-04 5.4)."""

    __tablename__ = "fieldservice_left_over"
    __table_args__ = (UniqueConstraint("sheet_id", "request_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    sheet_id: Mapped[int] = mapped_column(ForeignKey("fieldservice_dispatch_sheet.id"))
    request_id: Mapped[int] = mapped_column(ForeignKey("fieldservice_request.id"), index=True)
    number: Mapped[str] = mapped_column(String(24))
    customer: Mapped[str] = mapped_column(String(120), default="")
    reason: Mapped[str] = mapped_column(Text)
    sheet: Mapped[DispatchSheet] = relationship(back_populates="left_over")
