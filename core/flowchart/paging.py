"""A chart that is higher than a sheet of paper comes in pieces, parted where no words and no box are cut."""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil

from core.flowchart.layout import Chart

# What A4 holds between its margins, in pixels of CSS, beside a heading.
SHEET_WIDTH, SHEET_HEIGHT = 680.0, 880.0


@dataclass(frozen=True)
class Piece:
    """A part of a chart from one height to another."""

    top: int
    height: int


def pieces_of(chart: Chart) -> list[Piece]:
    """Part a chart into pieces that fit on a sheet, about equally high."""
    highest = SHEET_HEIGHT * max(1.0, chart.width / SHEET_WIDTH)
    tops = [0]
    while (rest := chart.height - tops[-1]) > highest:
        tops.append(_cut(chart, tops[-1], rest / ceil(rest / highest), highest))
    ends = [*tops[1:], round(chart.height)]
    return [Piece(top, end - top) for top, end in zip(tops, ends, strict=True)]


def _cut(chart: Chart, top: int, wanted: float, highest: float) -> int:
    """Choose the place to cut that is nearest to what is wanted; a chart without one is cut anywhere."""
    possible = [round(one) for one in chart.cuts if top < one <= top + highest]
    return min(possible, key=lambda one: abs(one - top - wanted), default=top + int(highest))
