"""A list as a file: exactly the rows, columns and order that are shown, written portion by portion."""

from __future__ import annotations

import csv
import datetime as dt
import io
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import IO, Any
from zoneinfo import ZoneInfo

import xlsxwriter

from core import deadlines
from core.customers.sheet import FORMULA_STARTS
from core.db import db
from core.errors import KoudaiError
from core.i18n import _l
from core.lists.declared import ListColumn, Listing
from core.lists.question import Question, rows_of

MOST_ROWS, PORTION = 10_000, 500
# In characters.
WIDE, USUAL = 42, 18
Cell = str | int | float | Decimal | dt.date | dt.datetime | None


@dataclass(frozen=True)
class Exported:
    """What goes into a file: the headings, how wide, and the rows as plain values, in the office's time."""

    headings: list[str]
    widths: list[int]
    ids: Sequence[int]
    rows: Callable[[], Iterator[list[Cell]]]


def exported(listing: Listing, question: Question, columns: Sequence[str], zone: ZoneInfo) -> Exported:
    """Prepare a list for a file; refuse one that is longer than anybody reads."""
    among = rows_of(listing, question).with_only_columns(listing.key).limit(MOST_ROWS + 1)
    ids = list(db.session.scalars(among))
    if len(ids) > MOST_ROWS:
        raise KoudaiError(
            _l(
                "The list has more than %(most)s rows. Narrow it, by a period for instance, and export the parts.",
                most=MOST_ROWS,
            )
        )
    chosen = [listing.columns[name] for name in columns]
    headings = [str(one.title) for one in chosen]
    widths = [WIDE if one.mark == "wide" else USUAL for one in chosen]
    return Exported(headings, widths, ids, lambda: _rows(listing, chosen, ids, zone))


def _rows(
    listing: Listing, columns: Sequence[ListColumn], ids: Sequence[int], zone: ZoneInfo
) -> Iterator[list[Cell]]:
    """Yield the rows in their order; what was read of a portion is let go before the next."""
    for start in range(0, len(ids), PORTION):
        some = list(ids[start : start + PORTION])
        query = listing.query.where(listing.key.in_(some))
        found = {row.id: row for row in db.session.scalars(query).unique()}
        due = deadlines.next_of(listing.due, some) if listing.due else {}
        for row in (found[one] for one in some if one in found):
            yield [_plain(_value(column, row, due), zone) for column in columns]
        db.session.expunge_all()


def _value(column: ListColumn, row: Any, due: dict[int, Any]) -> Any:
    if column.mark == "due":
        return due[row.id].due_at if row.id in due else None
    return column.value(row)


def _plain(value: Any, zone: ZoneInfo) -> Cell:
    """Turn what a page shows into what a cell holds: moments in the office's zone, sentences as text."""
    if isinstance(value, dt.datetime):
        return value.astimezone(zone).replace(tzinfo=None, second=0, microsecond=0)
    if isinstance(value, list | tuple):
        return "\n".join(str(one) for one in value)
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal | dt.date | None):
        return str(value)
    return value


def write_csv(paper: IO[bytes], what: Exported) -> int:
    """Write a file that Excel opens rightly, and in which it computes nothing; return the number of rows."""
    text = io.TextIOWrapper(paper, encoding="utf-8-sig", newline="", write_through=True)
    writer, count = csv.writer(text), 0
    writer.writerow([_safe(one) for one in what.headings])
    for row in what.rows():
        writer.writerow([_safe(one) for one in row])
        count += 1
    text.detach()
    return count


def _safe(cell: Cell) -> Any:
    """Write moments as people read them, and keep a spreadsheet program from computing what somebody typed."""
    if isinstance(cell, dt.datetime):
        return f"{cell:%Y-%m-%d %H:%M}"
    if isinstance(cell, str) and cell[:1] and cell[0] in FORMULA_STARTS:
        return f"'{cell}"
    return "" if cell is None else cell


def write_xlsx(paper: IO[bytes], what: Exported, name: str) -> int:
    """Write a workbook with real dates and numbers, row by row; no text becomes a formula or a link."""
    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    count = 0
    with xlsxwriter.Workbook(paper, options) as book:
        sheet, write = book.add_worksheet(_sheet_name(name)), _writer(book)
        sheet.freeze_panes(1, 0)
        for at, heading in enumerate(what.headings):
            sheet.set_column(at, at, what.widths[at])
            sheet.write_string(0, at, heading, book.add_format({"bold": True, "bottom": 1}))
        for count, row in enumerate(what.rows(), start=1):
            for at, cell in enumerate(row):
                write(sheet, count, at, cell)
        sheet.autofilter(0, 0, max(count, 1), len(what.headings) - 1)
    return count


def _writer(book: Any) -> Callable[[Any, int, int, Cell], None]:
    moment = book.add_format({"num_format": "yyyy-mm-dd hh:mm", "align": "left"})
    day = book.add_format({"num_format": "yyyy-mm-dd", "align": "left"})

    def write(sheet: Any, row: int, at: int, cell: Cell) -> None:
        if isinstance(cell, dt.datetime | dt.date):
            sheet.write_datetime(row, at, cell, moment if isinstance(cell, dt.datetime) else day)
        elif isinstance(cell, str):
            sheet.write_string(row, at, cell)
        elif cell is not None:
            sheet.write_number(row, at, cell)

    return write


def _sheet_name(name: str) -> str:
    return "".join(" " if one in "[]:*?/\\'" else one for one in name)[:31].strip() or "Koudai"
