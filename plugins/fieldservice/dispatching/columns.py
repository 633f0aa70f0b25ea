"""What a field service request knows for whoever dispatches it: when, how urgent, in which part of the town."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column


class Dispatchable:
    """The columns of a request that dispatching reads and writes."""

    planned_at: Mapped[dt.datetime | None] = mapped_column(index=True)
    planned_minutes: Mapped[int | None]
    emergency: Mapped[str] = mapped_column(String(10), default="")
    district: Mapped[str] = mapped_column(String(40), default="")
