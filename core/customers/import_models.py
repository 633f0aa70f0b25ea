"""Imports of customer files: the run and its file, the refused lines, what was said last, known columns."""

from __future__ import annotations

import datetime as dt
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, LargeBinary, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from core.db import Model, OfficeRow
from core.i18n import _l


class RunState(StrEnum):
    """How far a run has come."""

    COLUMNS = "columns"
    TRIAL = "trial"
    TRIED = "tried"
    IMPORTING = "importing"
    DONE = "done"
    STOPPED = "stopped"


RUN_STATES = {
    RunState.COLUMNS: _l("Columns to be named"),
    RunState.TRIAL: _l("Trial run going on"),
    RunState.TRIED: _l("Tried, not imported"),
    RunState.IMPORTING: _l("Import going on"),
    RunState.DONE: _l("Imported"),
    RunState.STOPPED: _l("Stopped"),
}


class ImportRun(Model, OfficeRow):
    """One customer file on its way in: how far it has come, and what was found."""

    __tablename__ = "core_import_run"
    # The number of a forgotten run must never come to mean another file.
    __table_args__ = (Index("ix_core_import_run_state", "office_id", "state"), {"sqlite_autoincrement": True})

    id: Mapped[int] = mapped_column(primary_key=True)
    file_name: Mapped[str] = mapped_column(String(120))
    sha256: Mapped[str] = mapped_column(String(64))
    mapping: Mapped[dict[str, str]] = mapped_column(JSON, default=dict)
    layout: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    state: Mapped[str] = mapped_column(String(12))
    cursor: Mapped[int] = mapped_column(default=0)
    tally: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    actor: Mapped[str] = mapped_column(String(40))
    actor_id: Mapped[int | None] = mapped_column(ForeignKey("core_person.id"))
    created_at: Mapped[dt.datetime]
    ended_at: Mapped[dt.datetime | None]


class ImportFile(Model, OfficeRow):
    """The bytes of a run's file, kept until it has arrived, so that a crash loses nothing."""

    # Apart from the run: SQLite writes a row anew, bytes and all, for every figure in it that changes.
    __tablename__ = "core_import_file"

    run_id: Mapped[int] = mapped_column(ForeignKey("core_import_run.id"), primary_key=True)
    content: Mapped[bytes] = mapped_column(LargeBinary)


class ImportRefusal(Model, OfficeRow):
    """One line that a run refused: what stood there and everything that is wrong with it."""

    __tablename__ = "core_import_refusal"
    __table_args__ = (Index("ix_core_import_refusal_run", "run_id", "line"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    run_id: Mapped[int] = mapped_column(ForeignKey("core_import_run.id"))
    line: Mapped[int]
    problems: Mapped[list[dict[str, Any]]] = mapped_column(JSON)
    cells: Mapped[list[str]] = mapped_column(JSON)


class LastSaid(Model, OfficeRow):
    """What files said last of a customer: only what a file says anew may change what people wrote since."""

    __tablename__ = "core_last_said"

    customer_id: Mapped[int] = mapped_column(ForeignKey("core_customer.id"), primary_key=True)
    said: Mapped[dict[str, Any]] = mapped_column(JSON)


class ColumnMapping(Model, OfficeRow):
    """What the columns of a file with these headings are in this office, as somebody once said."""

    __tablename__ = "core_column_mapping"
    __table_args__ = (UniqueConstraint("office_id", "fingerprint"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    fingerprint: Mapped[str] = mapped_column(String(64))
    mapping: Mapped[dict[str, str]] = mapped_column(JSON)
    set_by: Mapped[str] = mapped_column(String(40))
    set_at: Mapped[dt.datetime]
