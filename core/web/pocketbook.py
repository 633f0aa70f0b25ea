"""The pocket book as a page: what runs in an office, what is otherwise than at head office, or beside another."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from flask import Blueprint, render_template, request

from core.flowchart.flow import Flow
from core.flowchart.layout import Chart, chart_of
from core.flowchart.told import told
from core.i18n import Sentence
from core.offices import Office
from core.pocketbook import Book, Chapter, Entry, Line
from core.rules import Rules
from core.web.access import may, needs, these_rules, this_office
from core.web.menu import my_offices, rules_of_mine

pages = Blueprint("pocketbook", __name__, url_prefix="/<office>/pocket-book")


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
        return other is None or line.same not in {one.same for one in other.lines}

    @property
    def differs(self) -> bool:
        """Whether the two offices say different things."""
        pairs = ((self.here, self.there), (self.there, self.here))
        return any(
            self.otherwise(line, other) for one, other in pairs for line in (one.lines if one else ())
        ) or (self.here is None) != (self.there is None)


@dataclass(frozen=True, kw_only=True)
class Drawn:
    """A flow chart with its words for whoever cannot see it."""

    chart: Chart
    told: str


@dataclass(frozen=True, kw_only=True)
class Part:
    """A chapter as the page shows it: its rows, those that are asked for, and its flow charts, one for each office."""

    key: str
    title: Sentence | str
    rows: list[Row]
    charts: list[Drawn]


@pages.get("/")
@needs("core.read_book")
def book(office: str) -> str:
    """The whole book, or only what is otherwise; with another of one's offices beside it."""
    other, only = _other(), request.args.get("only") == "1"
    parts = list(_parts(these_rules(), other, only))
    return render_template(
        "core/pocketbook.html",
        parts=parts,
        other=other.office if other else None,
        only=only,
        others=_others(),
    )


def _others() -> list[Office]:
    read = [rules.office for rules in rules_of_mine().values() if may("core.read_book", rules)]
    codes = {office.code for office in read if office.id != this_office().id}
    return [office for office in my_offices() if office.code in codes]


def _other() -> Rules | None:
    asked = request.args.get("with", "")
    chosen = next((one for one in _others() if one.code == asked), None)
    return rules_of_mine()[chosen.id] if chosen else None


def _parts(here: Rules, there: Rules | None, only: bool) -> Iterator[Part]:
    mine = Book(here).chapters
    his = {one.key: one for one in (Book(there).chapters if there else [])}
    for chapter in [*mine, *(one for key, one in his.items() if key not in {c.key for c in mine})]:
        rows = [row for row in _rows(chapter, mine, his) if not only or _shown(row, there is not None)]
        if rows:
            charts = list(_charts(chapter, his.get(chapter.key)))
            yield Part(key=chapter.key, title=chapter.title, rows=rows, charts=charts)


def _charts(chapter: Chapter, beside: Chapter | None) -> Iterator[Drawn]:
    """Draw a chapter's flow, and beside it the other office's where it is another one."""
    flows: list[Flow] = [one.flow for one in (chapter, beside) if one and one.flow]
    for flow in flows[:1] if len(flows) == 2 and flows[0] == flows[1] else flows:
        yield Drawn(chart=chart_of(flow), told=told(flow))


def _rows(chapter: Chapter, mine: list[Chapter], his: dict[str, Chapter]) -> Iterator[Row]:
    here = {entry.key: entry for one in mine if one.key == chapter.key for entry in one.entries}
    there = {entry.key: entry for entry in (his[chapter.key].entries if chapter.key in his else ())}
    for key in [*here, *(one for one in there if one not in here)]:
        yield Row(here=here.get(key), there=there.get(key))


def _shown(row: Row, compared: bool) -> bool:
    return row.differs if compared else row.entry.differs
