"""The words of a problem, as they are typed at the desk: two characters, whole words, pinyin and initials."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pypinyin import Style, lazy_pinyin

from core.search.words import CJK, folded

LENGTH, MOST, LONGEST = 24, 40, 400
# How many syllables stand in a word of initials (fjz) and of full pinyin (fanjiezhang).
INITIALS, SYLLABLES = (2, 3, 4, 5), (2, 3, 4)
RUN = re.compile(rf"[{CJK}]+|[a-z0-9]+(?:\.\d+)*")
# Said in every second problem, so that they tell two problems apart no more.
EVERYWHERE = frozenset(
    ("the", "and", "not", "for", "with", "when", "after", "does", "did", "that", "this", "from", "into")
)


def words_of(text: str) -> set[str]:
    """Return everything under which a problem is suggested."""
    found = set(_written(text))
    for run in _runs(text):
        if not run.isascii():
            found.update(_spoken(run))
    return found


def asked(typed: str) -> list[str]:
    """Return the words of what was typed so far, at most so many: the last ones, which were typed last."""
    return list(dict.fromkeys(_written(typed)))[-MOST:]


def _runs(text: str) -> list[str]:
    return RUN.findall(folded(text[:LONGEST]))


def _written(text: str) -> Iterator[str]:
    for run in _runs(text):
        if run.isascii():
            if len(run) > 1 and run not in EVERYWHERE:
                yield run[:LENGTH]
        else:
            yield from (run[at : at + 2] for at in range(len(run) - 1))


def _spoken(run: str) -> Iterator[str]:
    syllables, initials = lazy_pinyin(run), lazy_pinyin(run, style=Style.FIRST_LETTER)
    for said, lengths in ((initials, INITIALS), (syllables, SYLLABLES)):
        for many in lengths:
            yield from ("".join(said[at : at + many])[:LENGTH] for at in range(len(said) - many + 1))
