"""A record filled in: what a form says of one case, as a page for the browser and as PDF, by one template."""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

from flask import render_template

from core import pdf
from core.clauses import Citation
from core.db import only_looking
from core.errors import PluginError
from core.gate import Act
from core.i18n import Sentence, _, _l
from core.records import COLUMNS, LANDSCAPE, PORTRAIT, Corrected, Field, Form, Part, Table

STATIC = Path(__file__).with_name("static")
STYLE, MARK = STATIC / "paper.css", STATIC / "paper-mark.css"
# A label is three half columns wide.
HALVES = COLUMNS * 2
Said = Sentence | str
log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Piece:
    """One piece of a cell's text; what was ``struck`` through is no more so."""

    text: str
    struck: bool = False


@dataclass(frozen=True, kw_only=True)
class Cell:
    """One field as it stands on the paper: its label, and what is filled in or left to be written by hand."""

    label: Said
    pieces: tuple[Piece, ...]
    picture: str
    ticks: tuple[tuple[Said, bool], ...]
    halves: int
    lines: int
    drawn: bool

    @property
    def text(self) -> str:
        """What it says now, without what was struck through."""
        return "\n".join(one.text for one in self.pieces if not one.struck)


@dataclass(frozen=True, kw_only=True)
class Block:
    """One part of the form with its lines; a table has a head, and one line for each of many."""

    title: Said
    lines: tuple[tuple[Cell, ...], ...]
    heads: tuple[Cell, ...] = ()
    slip: bool = False
    table: bool = False
    clause: Citation = ""


@dataclass(frozen=True, kw_only=True)
class Paper:
    """Everything that one sheet says."""

    form: Form
    company: str
    office: str
    code: str
    number: str
    blocks: tuple[Block, ...]
    as_of: str
    running: str = ""

    @property
    def title(self) -> Said:
        """The title of the form."""
        return self.form.record.title


def filled(form: Form, act: Act) -> Paper:
    """Fill a form in from a case as it stands, in the reader's language and the office's time."""
    rules = act.rules
    own = [_block(part, act, form.plugin) for part in form.record.parts]
    more = [_block(one.part, act, name, one.clause) for name, _version, one in form.added]
    # What is cut off comes last, so that nothing else goes with it.
    blocks = sorted((one for one in (*own, *more) if one.lines), key=lambda block: block.slip)
    return Paper(
        form=form,
        company=rules.parameter("core.company"),
        office=rules.office.name,
        code=form.record.full_code(rules.parameter("core.document_prefix")),
        number=act.case.number,
        blocks=tuple(blocks),
        as_of=_moment(act.now, act),
        running=_text(form.record.running(act.case), act) if form.record.running else "",
    )


def _block(part: Part | Table, act: Act, plugin: str, clause: Citation = "") -> Block:
    """Fill in one part; a plugin that fails to is named."""
    try:
        with only_looking():
            lines = tuple(_rows(part, act) if isinstance(part, Table) else _lines(part, act))
    except Exception as error:
        log.exception("plugin %s failed to fill in %s", plugin, part.title)
        text = _l("Plugin %(plugin)s failed to fill in “%(part)s”.", plugin=plugin, part=part.title)
        raise PluginError(text) from error
    table, slip = isinstance(part, Table), isinstance(part, Part) and part.slip
    heads = _line(part.fields, act, None) if table else ()
    return Block(title=part.title, lines=lines, heads=heads, table=table, slip=slip, clause=clause)


def _lines(part: Part, act: Act) -> Iterator[tuple[Cell, ...]]:
    return (_line(line, act, act.case) for line in part.lines())


def _rows(table: Table, act: Act) -> Iterator[tuple[Cell, ...]]:
    rows = list(table.rows(act.case))
    for row in (*rows, *[None] * (table.least - len(rows))):
        yield _line(table.fields, act, row)


def _line(fields: tuple[Field, ...], act: Act, row: Any) -> tuple[Cell, ...]:
    """Lay fields out beside each other; the last takes what is left of the width."""
    room = HALVES - sum(one.width * 2 for one in fields)
    last = len(fields) - 1
    return tuple(
        _cell(one, act, row, one.width * 2 + (room if place == last else 0))
        for place, one in enumerate(fields)
    )


def _cell(one: Field, act: Act, row: Any, halves: int) -> Cell:
    value = one.value(row) if one.value is not None and row is not None else None
    ticks = tuple((title, key == value) for key, title in (one.choices or {}).items())
    pieces = () if one.drawn or ticks else tuple(_pieces(value, act))
    picture = str(value) if one.drawn and str(value or "").startswith("data:image/") else ""
    return Cell(
        label=one.label,
        pieces=pieces,
        picture=picture,
        ticks=ticks,
        halves=halves,
        lines=one.lines,
        drawn=one.drawn,
    )


def _pieces(value: Any, act: Act) -> Iterator[Piece]:
    """Yield a value piece by piece, each on a line of its own; what was corrected is struck through first."""
    for one in value if isinstance(value, list | tuple) else (value,):
        if isinstance(one, Corrected):
            yield from (Piece(_text(old, act), struck=True) for old in one.was if _text(old, act))
        if text := _text(one.now if isinstance(one, Corrected) else one, act):
            yield Piece(text)


def _text(value: Any, act: Act) -> str:
    if isinstance(value, dt.datetime):
        return _moment(value, act)
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, Decimal):
        return f"{value:.2f}"
    return "" if value is None else str(value).strip()


def _moment(value: dt.datetime, act: Act) -> str:
    return f"{value.astimezone(act.rules.office.zoneinfo):%Y-%m-%d %H:%M}"


def as_page(paper: Paper, preview: Said, **more: Any) -> str:
    """Return the print view for the browser: marked as a preview, it is no original."""
    return render_template("core/records/paper.html", paper=paper, sheet="", preview=preview, **more)


def as_pdf(paper: Paper) -> bytes:
    """Return the PDF: one sheet for each hand it goes to, each with its own count of pages."""
    style = _css(paper)
    return pdf.joined(pdf.render(_printed(paper, one), style) for one in paper.form.record.sheets or ("",))


def _printed(paper: Paper, sheet: Said) -> str:
    return render_template("core/records/paper.html", paper=paper, sheet=sheet, preview="")


def as_copy(original: bytes, said: Said, line: Said) -> bytes:
    """Return the stored original with the mark of a copy over each page."""
    orientation = LANDSCAPE if pdf.is_wide(original) else PORTRAIT
    style = f"{MARK.read_text(encoding='utf-8')}\n@page {{ size: A4 {orientation}; margin: 0 }}"
    return pdf.stamped(original, render_template("core/records/mark.html", said=said, line=line), style)


def _css(paper: Paper) -> str:
    """Return the style with what stands in the margins of every page: the form, the number, page x of y."""
    page = _("Page %(page)s of %(pages)s", page="\0page\0", pages="\0pages\0").split("\0")
    counted = " ".join(f"counter({one})" if one in ("page", "pages") else _quoted(one) for one in page)
    left = _quoted(f"{paper.code} · {edition_text(paper.form.edition)} · {paper.number}")
    size = f"size: A4 {paper.form.record.orientation}"
    middle = f"@bottom-center {{ content: {_quoted(paper.running)} }}" if paper.running else ""
    margins = f"@bottom-left {{ content: {left} }} {middle} @bottom-right {{ content: {counted} }}"
    return f"{STYLE.read_text(encoding='utf-8')}\n@page {{ {size}; {margins} }}"


def edition_text(edition: str) -> str:
    """Say an edition, and who added what to it, as it is kept: ``1 + shanghai 0.1.0``."""
    number, *more = edition.split(" + ")
    return " + ".join([_("Edition %(edition)s", edition=number), *more])


def _quoted(text: str) -> str:
    """Return a text as CSS writes it, in which nothing ends the style."""
    return '"' + "".join(f"\\{ord(one):x} " if one in '"\\<>\n' else one for one in text) + '"'
