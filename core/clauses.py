"""Clauses are records: every rule names the clause it stands on, or says that the book is silent."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from core.i18n import Sentence, bilingual


@dataclass(frozen=True, kw_only=True)
class Clause:
    """One clause of the pocket book, national or an office's own.

    An office's own may say again what head office's says (``restates``): then the rules of that one are its rules, too.
    """

    document: str
    number: str
    plugin: str
    kind: str
    title_zh: str
    title_en: str
    restates: str = ""

    @property
    def code(self) -> str:
        """The citation as people write it: ``QI/03 3.1.7``."""
        return f"{self.document} {self.number}"

    @property
    def title(self) -> str:
        """The clause's title in the reader's language."""
        return bilingual(self.title_zh, self.title_en)


@dataclass(frozen=True)
class HouseRule:
    """A rule that the book does not have; shown as such, with the reason for it."""

    reason: Sentence

    def __str__(self) -> str:
        return ""


Citation = str | HouseRule


def house_rule(reason: Sentence) -> HouseRule:
    """Cite no clause: the book is silent, and this is why the rule exists all the same."""
    return HouseRule(reason)


def code_of(citation: Citation) -> str:
    """Return what is stored of a citation: the clause's code, or nothing for a house rule."""
    return citation if isinstance(citation, str) else ""


COLUMNS = ("document", "clause", "plugin", "kind", "title_zh", "title_en")
MAY_BE_LEFT_OUT = frozenset({"restates"})


def read_clauses(path: Path) -> Iterator[Clause]:
    """Read a plugin's ``clauses.csv`` (document, clause, plugin, kind, title_zh, title_en), perhaps a spreadsheet's."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        for line, row in enumerate(csv.DictReader(file), 2):
            if set(row) - MAY_BE_LEFT_OUT != set(COLUMNS) or None in row.values():
                raise ValueError(f"{path}, line {line}: a clause has the columns {', '.join(COLUMNS)}")
            number = row.pop("clause")
            yield Clause(number=number, **row)


NATIONAL = Path(__file__).with_name("clauses.csv")
