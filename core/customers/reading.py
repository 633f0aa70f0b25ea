"""A customer file taken apart: what it says of each customer, and which lines do not hold, in its order."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from core.customers.columns import Header, find_header
from core.customers.fields import columns_of, heading
from core.customers.lines import CustomerLine, RefusedLine, Skipped, read_lines
from core.customers.rejects import added_headings
from core.customers.sheet import HEADER_WITHIN, Sheet, UnreadableSheet

PORTION_LINES = 100
SAMPLES = 3

# All lines of one customer, so that a customer comes in whole or not at all; or one line that was refused.
Unit = tuple[CustomerLine, ...] | RefusedLine


@dataclass(frozen=True)
class Column:
    """One column as the file has it: its heading, what it was taken for, and some of its cells."""

    heading: str
    field: str
    samples: tuple[str, ...]


@dataclass(frozen=True)
class Reading:
    """A file that was read: its columns are known, nothing of it is in the database yet."""

    sheet: Sheet
    header: Header
    mapping: Mapping[str, str]

    @cached_property
    def units(self) -> list[Unit]:
        """Everything that was read, by customer, in the order in which the customers first appear."""
        lines: dict[str, list[CustomerLine]] = {}
        order: list[list[CustomerLine] | RefusedLine] = []
        for line in self._entries:
            if isinstance(line, RefusedLine):
                order.append(line)
            elif line.file_number in lines:
                lines[line.file_number].append(line)
            else:
                order.append(lines.setdefault(line.file_number, [line]))
        return [one if isinstance(one, RefusedLine) else tuple(one) for one in order]

    @cached_property
    def claims(self) -> Mapping[str, Sequence[str]]:
        """The customers whose lines name each serial number together with its product, the first one first."""
        claims: dict[str, list[str]] = {}
        for line in self._entries:
            if isinstance(line, CustomerLine) and line.serial_number and line.product:
                numbers = claims.setdefault(line.serial_number, [])
                if line.file_number not in numbers[-1:]:
                    numbers.append(line.file_number)
        return claims

    @cached_property
    def skipped(self) -> Mapping[str, int]:
        """How many lines were blank, a total, or the header once more."""
        return Counter(str(line.reason) for line in self._read if isinstance(line, Skipped))

    @property
    def _entries(self) -> Iterator[CustomerLine | RefusedLine]:
        return (line for line in self._read if not isinstance(line, Skipped))

    @cached_property
    def _read(self) -> list[CustomerLine | RefusedLine | Skipped]:
        return list(read_lines(self.sheet, self.header))

    @property
    def lines(self) -> int:
        """How many lines there are to bring in."""
        return len(self._read) - sum(self.skipped.values())

    def portion(self, start: int) -> Sequence[Unit]:
        """Return the units from ``start`` on that make up about a hundred lines."""
        size = 0
        for stop in range(start, len(self.units)):
            size += lines_of(self.units[stop])
            if size >= PORTION_LINES:
                return self.units[start : stop + 1]
        return self.units[start:]

    def columns(self) -> list[Column]:
        """Return the columns with a heading, each with some of its cells."""
        fields = {at: field for field, at in self.header.columns.items()}
        below = self.sheet.rows[self.header.row_index + 1 :]
        return columns_in(self.header.cells, below, fields)


def lines_of(unit: Unit) -> int:
    """Return how many lines of the file a unit takes up."""
    return 1 if isinstance(unit, RefusedLine) else len(unit)


def read_lines_of(sheet: Sheet, mapping: Mapping[str, str]) -> Reading:
    """Read a sheet whose columns are known, or are said by ``mapping`` (heading -> field, "" for none)."""
    return Reading(sheet, find_header(sheet, mapping), mapping)


def candidates(sheet: Sheet) -> Iterator[str]:
    """Yield the fingerprint of every row that may be the header."""
    return (fingerprint(cells) for _, cells in sheet.rows[:HEADER_WITHIN])


def fingerprint(cells: Sequence[str]) -> str:
    """Reduce a header to what makes it the same one again: its headings in whatever order, not what refusal added."""
    words = {heading(cell) for cell in cells if cell.strip()}
    # A header of nothing but these is one of its own: without them it would fit every blank row.
    own = sorted(words - added_headings() or words)
    return hashlib.sha256("\n".join(own).encode()).hexdigest()


def columns_to_choose(sheet: Sheet, mapping: Mapping[str, str]) -> list[Column]:
    """Return the columns of a sheet, its header recognised or not, for somebody to say what they are."""
    try:
        return read_lines_of(sheet, mapping).columns()
    except UnreadableSheet as unrecognised:
        found = list(unrecognised.found)
    for at, (_, cells) in enumerate(sheet.rows[:HEADER_WITHIN]):
        if [shown(cell) for cell in cells if cell.strip()] == found:
            fields = {column: field for field, column in columns_of(cells).items()}
            return columns_in(cells, sheet.rows[at + 1 :], fields)
    return []


def columns_in(
    cells: Sequence[str], below: Sequence[tuple[int, Sequence[str]]], fields: Mapping[int, str]
) -> list[Column]:
    """Describe the columns under a header row; of several with one heading, the first stands for all."""
    columns: dict[str, Column] = {}
    for at, cell in enumerate(cells):
        if cell.strip():
            column = Column(shown(cell), fields.get(at, ""), _samples(below, at))
            columns.setdefault(heading(cell), column)
    return list(columns.values())


def _samples(below: Sequence[tuple[int, Sequence[str]]], at: int) -> tuple[str, ...]:
    found = (shown(cells[at])[:60] for _, cells in below[:200] if at < len(cells) and cells[at].strip())
    return tuple(dict.fromkeys(found))[:SAMPLES]


def shown(cell: str) -> str:
    """Put a cell on one line."""
    return " ".join(cell.split())
