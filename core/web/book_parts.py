"""A pocket book as its pages show it: rule for rule, perhaps beside another office's, with the flow charts drawn."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from core.flowchart.flow import Flow
from core.flowchart.layout import Chart, chart_of
from core.flowchart.paging import Piece, pieces_of
from core.flowchart.told import told
from core.i18n import Sentence
from core.pocketbook import Book, Chapter, Entry, Line


@dataclass(frozen=True, kw_only=True)
class Row:
    """One rule here and, beside it, what the other office says; either may be missing."""

    here: Entry | None
    there: Entry | None

    @property
    def entry(self) -> Entry:
        """The rule, wherever it stands."""
        found = self.here or self.there
        assert found is not None
        return found

    def otherwise(self, line: Line, other: Entry | None) -> bool:
        """Say whether the other office has not this very line."""
        return other is None or line.same not in other.says

    @property
    def differs(self) -> bool:
        """Whether the two offices say different things."""
        pairs = ((self.here, self.there), (self.there, self.here))
        return any(
            self.otherwise(line, other) for one, other in pairs for line in (one.lines if one else ())
        ) or (self.here is None) != (self.there is None)


@dataclass(frozen=True, kw_only=True)
class Drawn:
    """A flow chart in pieces as high as a sheet, with its words for whoever cannot see it."""

    chart: Chart
    pieces: list[Piece]
    told: str


@dataclass(frozen=True, kw_only=True)
class Part:
    """A chapter as the page shows it: its rows, those that are asked for, and its flow charts, one for each office.

    ``in_both`` says that both offices have the chapter; a flow that is the same there is drawn once.
    """

    key: str
    title: Sentence | str
    rows: list[Row]
    charts: list[Drawn]
    in_both: bool = False

    @property
    def differing(self) -> int:
        """How many of its rules head office has otherwise."""
        return sum(row.entry.differs for row in self.rows)


def parts(here: Book, there: Book | None = None, only: bool = False) -> Iterator[Part]:
    """Yield the chapters with their rules; ``only`` leaves out what is the same at head office, or in both offices."""
    mine, his = here.chapters, {one.key: one for one in (there.chapters if there else [])}
    for chapter in [*mine, *(one for key, one in his.items() if key not in {c.key for c in mine})]:
        rows = [row for row in _rows(chapter, mine, his) if not only or _shown(row, there is not None)]
        if rows:
            charts = list(_charts(chapter, his.get(chapter.key)))
            both = chapter in mine and chapter.key in his
            yield Part(key=chapter.key, title=chapter.title, rows=rows, charts=charts, in_both=both)


def _charts(chapter: Chapter, beside: Chapter | None) -> Iterator[Drawn]:
    """Draw a chapter's flow, and beside it the other office's where it is another one."""
    flows: list[Flow] = [one.flow for one in (chapter, beside) if one and one.flow]
    for flow in flows[:1] if len(flows) == 2 and flows[0] == flows[1] else flows:
        chart = chart_of(flow)
        yield Drawn(chart=chart, pieces=pieces_of(chart), told=told(flow))


def _rows(chapter: Chapter, mine: list[Chapter], his: dict[str, Chapter]) -> Iterator[Row]:
    here = {entry.key: entry for one in mine if one.key == chapter.key for entry in one.entries}
    there = {entry.key: entry for entry in (his[chapter.key].entries if chapter.key in his else ())}
    for key in [*here, *(one for one in there if one not in here)]:
        yield Row(here=here.get(key), there=there.get(key))


def _shown(row: Row, compared: bool) -> bool:
    return row.differs if compared else row.entry.differs
