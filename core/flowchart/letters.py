"""How wide words are, guessed without a font: wide enough for every usual one, Chinese or Latin."""

from __future__ import annotations

import re
from collections.abc import Iterator
from unicodedata import east_asian_width

NARROW, BROAD = set("iljtfrI.,;:'|!()[] \u00a0"), set("mwMW@%—…→↻①②③④⑤⑥⑦⑧⑨")
PIECES = re.compile(
    r"[ \n]+|[\u2e80-\u9fff\uf900-\ufaff\uff00-\uffef]|[^ \n\u2e80-\u9fff\uf900-\ufaff\uff00-\uffef]+"
)


def width(text: str, size: float) -> float:
    """Return about how many pixels a line takes in letters of this size."""
    return size * sum(_of(letter) for letter in text)


def _of(letter: str) -> float:
    if east_asian_width(letter) in "WF" or letter in BROAD:
        return 1.0
    if letter in NARROW:
        return 0.34
    return 0.72 if letter.isupper() else 0.58


def wrapped(text: str, size: float, widest: float) -> list[str]:
    """Break a text into lines: between words, and between any two Chinese characters."""
    lines = [""]
    for piece in _pieces(text, size, widest):
        if lines[-1] and width(lines[-1] + piece, size) > widest and not _clings(piece):
            lines.append("")
        lines[-1] += piece if lines[-1] else piece.lstrip()
    return [line.rstrip() for line in lines]


def _clings(piece: str) -> bool:
    """Say whether a piece may not begin a line."""
    return piece.isspace() or piece in set("，。、；：！？）》」／")


def _pieces(text: str, size: float, widest: float) -> Iterator[str]:
    """Yield words and characters; a word longer than a line comes in parts."""
    for piece in PIECES.findall(text):
        while width(piece, size) > widest and len(piece) > 1:
            fits = next(n for n in range(len(piece), 0, -1) if n == 1 or width(piece[:n], size) <= widest)
            yield piece[:fits]
            piece = piece[fits:]
        yield piece
