"""Which call belongs to which case, of whatever procedure."""

from __future__ import annotations

import datetime as dt
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from core.db import Model, OfficeRow


class Kind(StrEnum):
    """How a call belongs to another case."""

    DOUBLE = "double"
    SPLIT = "split"
    FOLLOWS = "follows"


class Link(Model, OfficeRow):
    """A call and the case that it doubles, was split from, or follows on; undone ones stay.

    The other case is named by its number, which is never given to another one (ids begin anew with a plugin).
    """

    __tablename__ = "hotline_link"
    __table_args__ = (Index("ix_hotline_link_other", "procedure", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    call_id: Mapped[int] = mapped_column(ForeignKey("hotline_call.id"), index=True)
    kind: Mapped[str] = mapped_column(String(10))
    procedure: Mapped[str] = mapped_column(String(60))
    number: Mapped[str] = mapped_column(String(24))
    made_at: Mapped[dt.datetime]
    made_by_id: Mapped[int | None] = mapped_column(ForeignKey("core_person.id"))
    undone_at: Mapped[dt.datetime | None]
