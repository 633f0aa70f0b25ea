"""What people keep of a list: filters under a name, and how each person wants it shown."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import JSON, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from core.db import Model, OfficeRow


class SavedFilter(Model, OfficeRow):
    """A question to a list under a name: one's own, or shared with the office; removed, it can be brought back."""

    __tablename__ = "core_saved_filter"
    __table_args__ = (Index("ix_core_saved_filter_list", "office_id", "listed", "person_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("core_person.id"), index=True)
    listed: Mapped[str] = mapped_column(String(60))
    name: Mapped[str] = mapped_column(String(40))
    shared: Mapped[bool] = mapped_column(default=False)
    question: Mapped[dict[str, str]] = mapped_column(JSON)
    made_at: Mapped[dt.datetime]
    removed_at: Mapped[dt.datetime | None]


class ListChoice(Model, OfficeRow):
    """How one person wants a list of an office: which columns, and the filter that it opens with."""

    __tablename__ = "core_list_choice"

    person_id: Mapped[int] = mapped_column(ForeignKey("core_person.id"), primary_key=True)
    office_id: Mapped[int] = mapped_column(ForeignKey("core_office.id"), primary_key=True)
    listed: Mapped[str] = mapped_column(String(60), primary_key=True)
    columns: Mapped[str] = mapped_column(String(1000), default="")
    default_id: Mapped[int | None] = mapped_column(ForeignKey("core_saved_filter.id"))
