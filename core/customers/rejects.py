"""The file of refused lines: what stood there and why it was refused, to be corrected and imported again."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence

from flask_babel import force_locale

from core.customers.fields import FIELD_LABELS, heading
from core.customers.lines import RefusedLine
from core.customers.sheet import FORMULA_STARTS
from core.i18n import LOCALES, _l

ADDED = (_l("Line in the original file"), _l("Refused field"), _l("Reason of refusal"))


def reject_file(refused: Iterable[RefusedLine], header_cells: Sequence[str]) -> bytes:
    """Write the refused lines as CSV that Excel opens rightly and the import reads again once corrected."""
    lines = list(refused)
    width = max([len(header_cells), *(len(line.cells) for line in lines)])
    paper = io.StringIO(newline="")
    writer = csv.writer(paper)
    writer.writerow(_safe([*_padded(header_cells, width), *map(str, ADDED)]))
    writer.writerows(_safe([*_padded(line.cells, width), *_why(line)]) for line in lines)
    return paper.getvalue().encode("utf-8-sig")


def added_headings() -> frozenset[str]:
    """Return the headings that a reject file adds, in every language: who corrects it may read another one."""
    said = set[str]()
    for locale in LOCALES:
        with force_locale(locale):
            said.update(heading(str(one)) for one in ADDED)
    return frozenset(said)


def _padded(cells: Sequence[str], width: int) -> list[str]:
    return [*cells, *[""] * (width - len(cells))]


def _why(line: RefusedLine) -> list[str]:
    fields = dict.fromkeys(str(FIELD_LABELS[problem.field]) for problem in line.problems)
    return [str(line.line), "; ".join(fields), "; ".join(str(problem.reason) for problem in line.problems)]


def _safe(cells: Sequence[str]) -> list[str]:
    """Keep a spreadsheet program from computing a cell that somebody else wrote."""
    return [f"'{cell}" if cell[:1] and cell[0] in FORMULA_STARTS else cell for cell in cells]
