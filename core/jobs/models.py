"""When each office's jobs are due, and what they have done for good."""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy import JSON, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from core.db import Model, OfficeRow


class JobTurn(Model, OfficeRow):
    """When a job of an office is due next, until when somebody is at it, and how its last turn ended."""

    __tablename__ = "core_job_turn"
    __table_args__ = (UniqueConstraint("office_id", "job"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    job: Mapped[str] = mapped_column(String(80))
    due_at: Mapped[dt.datetime]
    held_until: Mapped[dt.datetime | None]
    ended_at: Mapped[dt.datetime | None]
    failures: Mapped[int] = mapped_column(default=0)
    trouble: Mapped[dict[str, Any] | None] = mapped_column(JSON)


class JobClaim(Model, OfficeRow):
    """One thing that a job has done, under a key of its own: written in the transaction of the deed."""

    __tablename__ = "core_job_claim"
    __table_args__ = (UniqueConstraint("office_id", "job", "key"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    job: Mapped[str] = mapped_column(String(80))
    key: Mapped[str] = mapped_column(String(200))
    claimed_at: Mapped[dt.datetime]
