"""Reading a workbook in a process of its own: what its reader asks for, or dies of, is not the server's.

A file of a kilobyte can make the reader ask for more memory than any machine has, and then it ends its process
at once. This file is what runs there, too: it imports nothing of this house, so that it starts quickly.
"""

from __future__ import annotations

import datetime as dt
import io
import json
import re
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from contextlib import suppress
from enum import IntEnum
from types import ModuleType

MAX_UNPACKED_MEGABYTES = 400
MAX_CELLS = 10_000_000
MAX_MEMORY_MEGABYTES = 1536
PATIENCE_SECONDS = 120

_WORKSHEET = re.compile(r"xl/worksheets/[^/]+\.xml")
_FILLED_CELL = re.compile(
    rb"""<(?:\w+:)?c\b[^>]*?\br\s*=\s*["']([A-Za-z]{1,3})(\d{1,7})["'](?:[^>]*[^/>])?>\s*<"""
)
# A formula whose result was not kept; one whose result is an empty text says so (t="str").
_UNCOMPUTED = re.compile(
    rb"""<(?:\w+:)?c\b([^<>]*)>\s*<(?:\w+:)?f\b(?:[^<>]*/>|[^<>]*>[^<]*</(?:\w+:)?f>)\s*"""
    rb"""(?:<(?:\w+:)?v\s*/>|<(?:\w+:)?v>\s*</(?:\w+:)?v>)?\s*</(?:\w+:)?c>"""
)
_IS_TEXT = re.compile(rb"""\bt\s*=\s*["']str["']""")
_PLACE = re.compile(rb"""\br\s*=\s*["']([A-Za-z]{1,3})(\d{1,7})["']""")

Row = tuple[int, list[str]]
Cell = int | float | str | bool | dt.time | dt.date | dt.datetime | dt.timedelta


class End(IntEnum):
    """How the reading process ended; ``BROKEN`` is a fault of this file, any other end one that was put to it."""

    READ = 0
    BROKEN = 1
    UNREADABLE = 3
    LARGE = 4
    FAR = 5
    ENDLESS = 6
    UNCOMPUTED = 7


PLACED = (End.FAR, End.UNCOMPUTED)


class Unread(Exception):
    """A workbook that cannot be taken; of one that is ``FAR`` how far it reaches, else where."""

    def __init__(self, end: End, line: int = 0, column: int = 0) -> None:
        super().__init__(end)
        self.end, self.line, self.column = end, line, column


# --- in the server


def sheets_of(content: bytes) -> dict[str, list[Row]]:
    """Return the rows of each worksheet, as text; raise Unread for what is none, or takes more than is given to it."""
    command = [sys.executable, "-P", __file__]
    try:
        done = subprocess.run(
            command, input=content, capture_output=True, timeout=PATIENCE_SECONDS, check=False
        )
    except subprocess.TimeoutExpired:
        raise Unread(End.ENDLESS) from None
    end = End(done.returncode) if done.returncode in set(End) else End.ENDLESS
    if end is End.BROKEN:
        raise RuntimeError(done.stderr.decode("utf-8", "replace"))
    if end is not End.READ:
        raise Unread(end, *(json.loads(done.stdout) if end in PLACED else ()))
    return _by_name(done.stdout.splitlines())


def _by_name(said: list[bytes]) -> dict[str, list[Row]]:
    sheets: dict[str, list[Row]] = {}
    rows: list[Row] = []
    for line in said:
        one = json.loads(line)
        if isinstance(one, str):
            rows = sheets[one] = []
        else:
            rows.append((len(rows) + 1, one))
    return sheets


# --- in the process of its own


def main() -> None:
    """Read a workbook from standard input and tell each sheet: its name in a line, then each of its rows in one."""
    import python_calamine as calamine

    _hold_back()
    try:
        content = sys.stdin.buffer.read()
        _check(content)
        _tell(_rows_of(content, calamine))
    except Unread as unread:
        if unread.end in PLACED:
            print(json.dumps([unread.line, unread.column]))
        sys.exit(unread.end)
    except MemoryError:
        sys.exit(End.ENDLESS)
    except BaseException:  # a damaged workbook breaks in many ways, the reader's own panic among them
        sys.exit(End.UNREADABLE)


def _hold_back() -> None:
    """Take no more memory and time than one import may, and leave no core dump; where the system has no such limits
    a workbook can still end nothing but this process."""
    with suppress(ImportError, ValueError, OSError):
        import resource

        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        resource.setrlimit(resource.RLIMIT_CPU, (PATIENCE_SECONDS, PATIENCE_SECONDS))
        most, hard = MAX_MEMORY_MEGABYTES * 2**20, resource.getrlimit(resource.RLIMIT_AS)[1]
        most = most if hard == resource.RLIM_INFINITY else min(most, hard)
        resource.setrlimit(resource.RLIMIT_AS, (most, most))


def _check(content: bytes) -> None:
    """Look first, so that a bomb, or one stray far cell, is told by what it is."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        if sum(part.file_size for part in archive.infolist()) > MAX_UNPACKED_MEGABYTES * 2**20:
            raise Unread(End.LARGE)
        if not any(map(_WORKSHEET.fullmatch, archive.namelist())):
            raise Unread(End.UNREADABLE)
        # A worksheet may lie anywhere, under any name.
        for part in map(archive.read, archive.namelist()):
            _check_extent(part)
            _check_computed(part)


def _check_extent(part: bytes) -> None:
    width = height = 0
    for column, line in _FILLED_CELL.findall(part):
        width, height = max(width, _column_number(column)), max(height, int(line))
    if width * height > MAX_CELLS:
        raise Unread(End.FAR, height, width)


def _check_computed(part: bytes) -> None:
    """What a program wrote and nobody opened holds formulas without a result: their cells would come in as empty."""
    for found in _UNCOMPUTED.finditer(part):
        place = _PLACE.search(found[1])
        if place and not _IS_TEXT.search(found[1]):
            raise Unread(End.UNCOMPUTED, int(place[2]), _column_number(place[1]))


def _column_number(letters: bytes) -> int:
    number = 0
    for letter in letters.upper():
        number = number * 26 + letter - ord("A") + 1
    return number


def _tell(sheets: Iterator[str | list[str]]) -> None:
    """Write row by row: a text that thousands of cells share is small in the file alone."""
    left = MAX_UNPACKED_MEGABYTES * 2**20
    for one in sheets:
        line = json.dumps(one, ensure_ascii=False).encode()
        left -= len(line)
        if left < 0:
            raise Unread(End.LARGE)
        sys.stdout.buffer.write(line + b"\n")


def _rows_of(content: bytes, calamine: ModuleType) -> Iterator[str | list[str]]:
    """Yield the name of each worksheet, and after it its rows."""
    with calamine.CalamineWorkbook.from_filelike(io.BytesIO(content)) as workbook:
        for known in workbook.sheets_metadata:
            if known.typ == calamine.SheetTypeEnum.WorkSheet:
                yield known.name
                sheet = workbook.get_sheet_by_name(known.name)
                # The rows above the first cell are told, the columns before it are not.
                before = [""] * (sheet.start[1] if sheet.start else 0)
                for cells in sheet.iter_rows():
                    yield before + [_text(cell) for cell in cells]


def _text(cell: Cell) -> str:
    """Write a cell as a person would: a workbook's numbers are floats, whole ones lose their ".0"."""
    if isinstance(cell, float):
        return f"{cell:.0f}" if cell.is_integer() else f"{cell:.15g}"
    return str(cell)


if __name__ == "__main__":
    main()
