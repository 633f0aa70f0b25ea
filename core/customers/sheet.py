"""Reading a spreadsheet as offices have it: bytes in, numbered rows of text out."""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import PurePath

from core.customers.fields import columns_of
from core.customers.workbook import End, Row, Unread, sheets_of
from core.errors import KoudaiError
from core.i18n import Sentence, _l

MAX_MEGABYTES = 20
HEADER_WITHIN = 40
# What makes a program compute a cell instead of showing it; the full-width ones do so in East Asia.
FORMULA_STARTS = "=+-@\t\r＝＋－＠"

_LONGEST_RECORD = 50
_SEPARATORS = ",;\t|"
_NOT_TEXT = re.compile(r"[\x00-\x08\x0e-\x1f]")


class UnreadableSheet(KoudaiError):
    """A file that cannot be taken as a table; ``found`` are the headings from which the user may map."""

    def __init__(self, sentence: Sentence, found: Sequence[str] = ()) -> None:
        super().__init__(sentence)
        self.found = tuple(found)


@dataclass(frozen=True, kw_only=True)
class Sheet:
    """The rows of one table, each with the line number a person sees in an editor or in Excel."""

    rows: list[Row]
    name: str
    encoding: str = ""
    separator: str = ""
    other_sheets: tuple[str, ...] = ()


def read_sheet(content: bytes, filename: str) -> Sheet:
    """Read a workbook or a text file by what it is, not by what its name says."""
    if len(content) > MAX_MEGABYTES * 2**20:
        raise _too_large()
    if content.startswith(b"PK\x03\x04"):
        return _workbook(content)
    if content.startswith(b"\xd0\xcf\x11\xe0"):
        raise _sealed_or_old(content)
    return _text_file(content, PurePath(filename).stem)


def _too_large() -> UnreadableSheet:
    return UnreadableSheet(
        _l("The file is larger than %(limit)d MB. Split it into several files.", limit=MAX_MEGABYTES)
    )


def _sealed_or_old(content: bytes) -> UnreadableSheet:
    """Excel wraps both in the same container; a damaged old one would stop the process that reads it."""
    if "EncryptedPackage".encode("utf-16-le") in content:
        return UnreadableSheet(_l("The workbook has a password. Save it without one and try again."))
    return UnreadableSheet(_l("This is the old .xls format. Open it in Excel or WPS and save it as .xlsx."))


def _not_a_spreadsheet() -> UnreadableSheet:
    return UnreadableSheet(
        _l("This is not a readable spreadsheet. Open it in Excel or WPS and save it as .xlsx or .csv.")
    )


# --- workbooks


def _workbook(content: bytes) -> Sheet:
    try:
        sheets = sheets_of(content)
    except Unread as unread:
        raise _refusal(unread) from None
    for rows in sheets.values():
        rows[:] = [(line, [_bare(cell) for cell in cells]) for line, cells in rows]
    return _likeliest(sheets)


def _refusal(unread: Unread) -> UnreadableSheet:
    """Say why a workbook was not taken, with the remedy."""
    if unread.end is End.LARGE:
        return _too_large()
    if unread.end is End.UNREADABLE:
        return _not_a_spreadsheet()
    if unread.end is End.ENDLESS:
        return UnreadableSheet(
            _l(
                "The workbook takes more memory or time than an import may. "
                "Copy the table alone into a new workbook."
            )
        )
    if unread.end is End.UNCOMPUTED:
        return UnreadableSheet(
            _l(
                "Line %(line)d, column %(column)d holds a formula without its result. "
                "Open the workbook in Excel or WPS, save it and try again.",
                line=unread.line,
                column=unread.column,
            )
        )
    return UnreadableSheet(
        _l(
            "The workbook reaches as far as line %(line)d, column %(column)d. "
            "Copy the table alone into a new workbook.",
            line=unread.line,
            column=unread.column,
        )
    )


def _likeliest(sheets: dict[str, list[Row]]) -> Sheet:
    """Take the sheet that looks most like customers; the names of the others are kept to be told."""
    filled = {name: rows for name, rows in sheets.items() if any(any(cells) for _, cells in rows)}
    if not filled:
        raise UnreadableSheet(_l("The workbook has no sheet with anything in it. Choose another file."))
    name = max(filled, key=lambda name: _likeness(filled[name]))
    return Sheet(rows=filled[name], name=name, other_sheets=tuple(other for other in filled if other != name))


# --- text files


def _text_file(content: bytes, name: str) -> Sheet:
    encoding = _encoding(content)
    text = _decoded(content, encoding)
    if not text.strip():
        raise _empty()
    if _NOT_TEXT.search(text) or re.match(r"\s*<(!doctype|html|\?xml)", text, re.IGNORECASE):
        raise _not_a_spreadsheet()
    lines = list(io.StringIO(text, newline=""))
    declared = re.fullmatch(r"sep=([,;\t|])\s*", lines[0], re.IGNORECASE)
    separator = declared[1] if declared else max(_SEPARATORS, key=lambda sign: _likeness(_some(lines, sign)))
    rows = list(_records(lines, separator, 1 if declared else 0))
    if not rows:
        raise _empty()
    return Sheet(rows=rows, name=name, encoding=encoding, separator=separator)


def _empty() -> UnreadableSheet:
    return UnreadableSheet(_l("The file is empty. Choose the file that holds the customers."))


def _encoding(content: bytes) -> str:
    if content.startswith(b"\xef\xbb\xbf"):
        return "utf-8-sig"
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "utf-16"
    if b"\0" in content:
        return "utf-16-le" if content[1::2].count(0) > content[::2].count(0) else "utf-16-be"
    try:
        content.decode("utf-8")
    except UnicodeDecodeError:
        return "gb18030"
    return "utf-8"


def _decoded(content: bytes, encoding: str) -> str:
    try:
        return content.decode(encoding)
    except UnicodeDecodeError as error:
        if encoding.startswith("utf-16"):
            raise _not_a_spreadsheet() from error
        line = content.count(b"\n", 0, error.start) + 1
        raise UnreadableSheet(
            _l(
                "Line %(line)d holds unreadable characters. Save the file as .xlsx or as UTF-8 CSV.",
                line=line,
            )
        ) from error


def _some(lines: list[str], separator: str) -> list[Row]:
    return list(_records(lines[:200], separator))


def _records(lines: list[str], separator: str, start: int = 0) -> Iterator[Row]:
    """Split into records of one line or several; a quote that never closes spoils its own line only."""
    while start < len(lines):
        reader = csv.reader(lines[start : start + _LONGEST_RECORD], delimiter=separator, strict=True)
        try:
            cells, length = next(reader), reader.line_num
        except csv.Error:
            cells, length = [cell.strip('"\r\n') for cell in lines[start].split(separator)], 1
        yield start + 1, [_bare(cell) for cell in cells]
        start += length


# --- both


def _bare(cell: str) -> str:
    """Take off what was only put on to keep a program from computing the cell: ="00123", '=text."""
    if cell.startswith('="') and cell.endswith('"') and len(cell) > 2:
        return cell[2:-1]
    return cell[1:] if cell[:1] == "'" and cell[1:2] and cell[1] in FORMULA_STARTS else cell


def _likeness(rows: Sequence[Row]) -> tuple[int, int]:
    """Say how much rows look like customers: headings known, then the size of the regular table they make."""
    known = max((len(columns_of(cells)) for _, cells in rows[:HEADER_WITHIN]), default=0)
    widths = Counter(len(cells) for _, cells in rows)
    return known, max(((width - 1) * often for width, often in widths.items()), default=0)
