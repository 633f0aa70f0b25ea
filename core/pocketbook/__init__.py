"""An office's own pocket book: every rule that really runs there, and each difference from head office, cited."""

from __future__ import annotations

from collections.abc import Iterator

from core.pocketbook import decisions, documents, parameters, procedures
from core.pocketbook.lines import Chapter, Entry, Line
from core.pocketbook.reading import Reading
from core.rules import Rules

__all__ = ["Book", "Chapter", "Entry", "Line"]
PARTS = (procedures.chapters, decisions.chapters, parameters.chapters)


class Book:
    """The pocket book of one office."""

    def __init__(self, rules: Rules) -> None:
        self.reading = Reading(rules)
        self.chapters: list[Chapter] = list(self._chapters())

    def _chapters(self) -> Iterator[Chapter]:
        rules = [chapter for part in PARTS for chapter in part(self.reading)]
        yield from rules
        yield from documents.chapters(self.reading, rules)
