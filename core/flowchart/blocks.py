"""What is written at an arrow and in a box: lines of words with the room that they take."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby

from core.flowchart.flow import Label, Place
from core.flowchart.letters import width, wrapped

SIZES = {"state": 13.0, "step": 12.0, "who": 11.0, "note": 11.0}
LEADING = 15.0
APART = 4.0
CIRCLED = "①②③④⑤⑥⑦⑧⑨"


@dataclass(frozen=True)
class Written:
    """One line of words, from the top of its block; ``kind`` says how it looks."""

    text: str
    kind: str
    down: float


@dataclass(frozen=True)
class Block:
    """Lines one below the other, with the room they take; ``own`` when a regional plugin has part in them."""

    lines: tuple[Written, ...] = ()
    width: float = 0.0
    height: float = 0.0
    own: bool = False


def block_of(labels: Iterable[Label], widest: float, mark: str = "") -> Block:
    """Write labels: each step's title, then who takes it; neighbours that the same people take share that line."""
    every = list(labels)
    lines: list[Written] = []
    down = 0.0
    for group in _alike(every):
        down += APART if lines else 0.0
        for text, kind in _told(group, widest, mark):
            down += LEADING
            lines.append(Written(text, kind, down - 4))
    broadest = max((width(line.text, SIZES[line.kind]) for line in lines), default=0.0)
    own = any(label.own or label.notes for label in every)
    return Block(tuple(lines), broadest, down, own)


def circled(number: int) -> str:
    """Return a small number that stands for a step told elsewhere."""
    return CIRCLED[number - 1] if number <= len(CIRCLED) else f"({number})"


def title_of(place: Place, widest: float) -> Block:
    """Write a state's name, with the numbers of the steps that may happen there as in many others."""
    size = SIZES["state"]
    numbers = "".join(circled(one) for one in place.common)
    rows = wrapped(f"{place.title} {numbers}".strip(), size, widest)
    lines = tuple(Written(row, "state", 17 * (down + 1) - 4) for down, row in enumerate(rows))
    return Block(lines, max(width(row, size) for row in rows), 17.0 * len(rows))


def _alike(labels: list[Label]) -> Iterator[list[Label]]:
    for _, group in groupby(labels, key=lambda label: (label.who, label.notes)):
        yield list(group)


def _told(group: list[Label], widest: float, mark: str) -> Iterator[tuple[str, str]]:
    for label in group:
        for row in wrapped(f"{mark}{label.title}", SIZES["step"], widest):
            yield row, "step"
    below = [("who", group[0].who), *(("note", note) for note in group[0].notes)]
    for kind, words in below:
        for row in wrapped(words, SIZES[kind], widest) if words else ():
            yield row, kind
