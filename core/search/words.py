"""What a text is cut into so that any part of it is found again, on both engines by the same index.

Chinese has no blanks: there, every character begins a token of at most four. A word or a number is a token of its
own, found by its beginning; of a long number the tails are tokens too, because people remember the last digits.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import groupby

REACH, LENGTH = 4, 16
FEWEST_DIGITS, LONG_NUMBER = 4, 7
MOST_CHARACTERS, MOST_TERMS = 8000, 8
CJK = "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U000323af"
RUN = re.compile(rf"[{CJK}]+|[^\W_{CJK}]+(?:\.\d+)*")
CHINESE = re.compile(f"[{CJK}]")
# A number is written in groups: 138 1234 5678, 021-6154 1030.
GROUPED = re.compile(r"(?<=\d)[-\s](?=\d)")


def folded(text: str) -> str:
    """Fold width and case, as people type at will."""
    return unicodedata.normalize("NFKC", text).lower()


# The same few thousand characters make up all texts.
_folded_character = lru_cache(maxsize=8192)(folded)


def tokens(text: str) -> set[str]:
    """Return everything under which a text is found."""
    found = set[str]()
    plain = folded(text[:MOST_CHARACTERS])
    for run in RUN.findall(plain):
        found.update(_cut(run) if CHINESE.match(run) else (run[:LENGTH],))
    for digits in re.findall(rf"\d{{{LONG_NUMBER},}}", GROUPED.sub("", plain)):
        found.update(_tails(digits, FEWEST_DIGITS))
    return found


def number_tokens(number: str) -> set[str]:
    """Return everything under which a case is found by its number: SH-H-2026-00123 by 123 as well."""
    serial = re.search(r"\d+$", number)
    return tokens(number) | set(_tails(serial[0], 1) if serial else ())


def _cut(run: str) -> Iterator[str]:
    return (run[start : start + REACH] for start in range(len(run)))


def _tails(digits: str, fewest: int) -> Iterator[str]:
    return (digits[start:][:LENGTH] for start in range(len(digits) - fewest + 1))


def terms(typed: str) -> list[str]:
    """Return the beginnings of tokens that must all be there for what was typed to be there."""
    found: list[str] = []
    plain = folded(typed)
    whole = GROUPED.sub("", plain).strip()
    if whole.isdigit() and len(whole) >= FEWEST_DIGITS:
        return [whole[:LENGTH]]
    for run in RUN.findall(plain):
        found.extend(_windows(run) if CHINESE.match(run) else (run[:LENGTH],))
    return list(dict.fromkeys(found))[:MOST_TERMS]


def _windows(run: str) -> Iterator[str]:
    return (run[start : start + REACH] for start in range(max(len(run) - REACH, 0) + 1))


def snippet(text: str, found: Sequence[str], width: int = 64) -> list[tuple[str, bool]]:
    """Return the part of a text around what was found, in pieces: (words, whether they were looked for).

    Nothing when no term stands in it as it was typed.
    """
    line = " ".join(" · ".join(text.splitlines()).split())
    marked = _marks(line, found)
    first = next((place for place, hit in enumerate(marked) if hit), None)
    if first is None:
        return []
    start = max(0, first - width // 4)
    end = min(len(line), start + width)
    pieces = [("…", False)] if start else []
    for hit, group in groupby(range(start, end), key=lambda place: marked[place]):
        pieces.append(("".join(line[place] for place in group), hit))
    return [*pieces, ("…", False)] if end < len(line) else pieces


def _marks(line: str, found: Sequence[str]) -> list[bool]:
    """Say of each character whether it belongs to what was found; folding may make two of one."""
    plain, home = "", list[int]()
    for place, character in enumerate(line):
        form = _folded_character(character)
        plain += form
        home.extend([place] * len(form))
    marked = [False] * len(line)
    for term in found:
        for match in re.finditer(re.escape(term), plain):
            for place in home[match.start() : match.end()]:
                marked[place] = True
    return marked
