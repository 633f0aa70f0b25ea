"""The words of many texts for the search: most lines stand in many texts, and are cut once."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache

from core.search.index import tokens_of
from core.search.words import MOST_CHARACTERS, number_tokens, tokens

# Digits at the end of a line go on at the beginning of the next one: such a text is cut as a whole.
GOES_ON = re.compile(r"\d\s*\n\s*\d")


def words_of(texts: Iterable[tuple[int, str, str, str]]) -> dict[str, list[int]]:
    """Return the tokens of texts (id, title, body, number) in order, each with the ids of its texts."""
    found: dict[str, list[int]] = {}
    for text_id, title, body, number in texts:
        for word in _cut(title, body, number):
            found.setdefault(word, []).append(text_id)
    return {word: found[word] for word in sorted(found)}


def _cut(title: str, body: str, number: str) -> set[str]:
    said = f"{title}\n{body}"
    if len(said) > MOST_CHARACTERS or GOES_ON.search(said):
        return tokens_of(title, body, number)
    return number_tokens(number).union(*map(_of_line, said.split("\n")))


@lru_cache(maxsize=200_000)
def _of_line(line: str) -> frozenset[str]:
    return frozenset(tokens(line))
