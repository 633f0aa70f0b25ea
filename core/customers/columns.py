"""Finding the header row below the title rows, and which column holds which field."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from core.customers.fields import FIELD_LABELS, FIELDS, columns_of, heading
from core.customers.sheet import HEADER_WITHIN, Sheet, UnreadableSheet
from core.i18n import _l

__all__ = ["FIELDS", "FIELD_LABELS", "REQUIRED", "Header", "find_header"]

REQUIRED = ("file_number", "name")


@dataclass(frozen=True, kw_only=True)
class Header:
    """Where the header stands and what its columns mean; ``unknown`` ones are kept aside."""

    row_index: int
    columns: Mapping[str, int]
    cells: tuple[str, ...]
    unknown: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()


def find_header(sheet: Sheet, mapping: Mapping[str, str] | None = None) -> Header:
    """Find the row that names most fields; ``mapping`` (heading -> field, "" for none) comes first."""
    refuse_strange_fields(mapping or {})
    chosen = {heading(word): field for word, field in (mapping or {}).items()}
    rows = [cells for _, cells in sheet.rows[:HEADER_WITHIN]]
    fields = [columns_of(cells, chosen) for cells in rows]
    index = max(range(len(rows)), key=lambda at: len(fields[at]))
    if not all(field in fields[index] for field in REQUIRED):
        raise _unrecognised(rows[index] if len(fields[index]) > 1 else _fullest(rows))
    return _header(index, rows[index], fields[index])


def refuse_strange_fields(mapping: Mapping[str, str]) -> None:
    """Refuse a field that does not exist, by name."""
    for word, field in mapping.items():
        if field and field not in FIELDS:
            raise UnreadableSheet(
                _l(
                    "The column “%(column)s” cannot become “%(field)s”. The fields are: %(fields)s",
                    column=word,
                    field=field,
                    fields=", ".join(FIELDS),
                )
            )


def _fullest(rows: Sequence[Sequence[str]]) -> Sequence[str]:
    return max(rows, key=lambda cells: sum(1 for cell in cells if cell.strip()))


def _unrecognised(cells: Sequence[str]) -> UnreadableSheet:
    found = [_shown(cell) for cell in cells if cell.strip()]
    sentence = _l(
        "No header row was recognised: one column must be “%(file_number)s” and one “%(name)s”. "
        "Say which they are. Found: %(found)s",
        file_number=FIELD_LABELS["file_number"], name=FIELD_LABELS["name"], found=" | ".join(found),
    )  # fmt: skip
    return UnreadableSheet(sentence, found)


def _header(index: int, cells: Sequence[str], columns: Mapping[str, int]) -> Header:
    used = set(columns.values())
    return Header(
        row_index=index,
        columns=columns,
        cells=tuple(cells),
        unknown=tuple(_shown(cell) for at, cell in enumerate(cells) if cell.strip() and at not in used),
        missing=tuple(field for field in FIELDS if field not in columns),
    )


def _shown(cell: str) -> str:
    return " ".join(cell.split())
