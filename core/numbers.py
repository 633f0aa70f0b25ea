"""Gapless numbers per office, form and year; drawn last, voided with a reason, never reused."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import ForeignKey, String, UniqueConstraint, func, select, update
from sqlalchemy.orm import Mapped, mapped_column

from core.db import Model, OfficeRow, db, insert_once
from core.ledger import LedgerRow
from core.offices import Office

# The series of the file numbers of customers who were added by hand.
CUSTOMERS = "K"


class NumberSeries(Model, OfficeRow):
    """The last number drawn of one form in one office and year."""

    __tablename__ = "core_number_series"
    __table_args__ = (UniqueConstraint("office_id", "letter", "year"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    letter: Mapped[str] = mapped_column(String(4))
    year: Mapped[int]
    last: Mapped[int]


class NumberVoid(Model, OfficeRow):
    """A number that was drawn and stands for nothing any more: who said so, when, and why."""

    __tablename__ = "core_number_void"

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(String(24), unique=True)
    reason: Mapped[str] = mapped_column(String(2000))
    voided_at: Mapped[dt.datetime]
    voided_by_id: Mapped[int | None] = mapped_column(ForeignKey("core_person.id"))


def draw(office: Office, letter: str, at: dt.datetime) -> str:
    """Draw the next number (``SH-R-2026-00087``); the row stays locked until the commit, so no gap can arise."""
    year = at.astimezone(office.zoneinfo).year
    last = _count_up(office.id, letter, year)
    if last is None:
        last = _last_known(office.id, f"{office.code}-{letter}-{year}-")
        insert_once(NumberSeries, office_id=office.id, letter=letter, year=year, last=last)
        last = _count_up(office.id, letter, year)
    assert last is not None, "the row was inserted a moment ago"
    return written(office.code, letter, year, last)


def written(code: str, letter: str, year: int, place: int) -> str:
    """Write a number as it stands on paper: ``SH-R-2026-00087``."""
    return f"{code}-{letter}-{year}-{place:05d}"


def _last_known(office_id: int, begins: str) -> int:
    """Return where a series goes on whose plugin was removed: its numbers still stand in the ledger and on paper."""
    mine = (LedgerRow.office_id == office_id, LedgerRow.number.startswith(begins, autoescape=True))
    longest = select(LedgerRow.number).where(*mine)
    last = db.session.scalar(
        longest.order_by(func.length(LedgerRow.number).desc(), LedgerRow.number.desc()).limit(1)
    )
    return int(last.removeprefix(begins)) if last else 0


def _count_up(office_id: int, letter: str, year: int) -> int | None:
    return db.session.scalar(
        update(NumberSeries)
        .where(NumberSeries.office_id == office_id, NumberSeries.letter == letter, NumberSeries.year == year)
        .values(last=NumberSeries.last + 1)
        .returning(NumberSeries.last)
        .execution_options(synchronize_session=False)
    )


def void(office_id: int, number: str, reason: str, at: dt.datetime, by_id: int | None) -> None:
    """Enter a number into the register of voids."""
    row = NumberVoid(office_id=office_id, number=number, reason=reason, voided_at=at, voided_by_id=by_id)
    db.session.add(row)
