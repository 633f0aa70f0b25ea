"""Words that say nothing: a symptom is more than "the software has a problem" (QI/03 3.1.6, 3.1.8)."""

from __future__ import annotations

import re
import unicodedata

from plugins.hotline import words

FEWEST = 2
# No field holds more; what is refused as too long is not read to its end.
LONGEST = 2000
# One of these leaves open what, where or how ("打不开", "报表有问题"); two of them tell something ("报表打不开").
DETAILS = frozenset({"object", "act", "predicate", "number"})
EMPTY = frozenset({"filler", "number", "noise"})

_CHINESE = re.compile(
    "|".join(
        f"(?P<{kind}>{'|'.join(patterns)})"
        for kind, patterns in (
            ("number", words.NUMBERS),
            ("predicate", words.PREDICATES),
            ("name", words.NAMES),
            ("object", words.OBJECTS),
            ("act", words.ACTS),
            ("filler", words.FILLER),
        )
    )
)
_ENGLISH = {
    "filler": frozenset(words.ENGLISH_FILLER.split()),
    "name": frozenset(words.ENGLISH_NAMES.split()),
    "object": frozenset(words.ENGLISH_OBJECTS.split()),
    "act": frozenset(words.ENGLISH_ACTS.split()),
    "predicate": frozenset(words.ENGLISH_PREDICATES.split()),
}
# A number after the word error is the number of the error, and says which.
_CODE = re.compile(r"(?:错误?|代码|error|code)(?:代?码|号| code| no| number)? ?\d")
# "The customer reports" is no report.
_REPORTING = re.compile(
    r"\b(?:customers?|users?|clients?|callers?|he|she|they) (?:has |have )?report(?:s|ed)?\b"
)
_REPEATED = re.compile(r"(.+?)\1+")
_ENDING = re.compile(r"(?:ing|ed|es|s)$")


def is_vague(text: str, *named: str) -> bool:
    """Say whether a text tells nothing by which one problem differs from another; ``named`` was said before it."""
    plain = _plain(text)
    if _CODE.search(plain):
        return False
    kinds: set[str] = set()
    for before in filter(None, map(_plain, named)):
        plain, when = _without(plain, before)
        kinds |= when
    kinds |= _kinds(plain)
    return "content" not in kinds and len(kinds & DETAILS) < 2


def is_bare(text: str) -> bool:
    """Say whether a text tells what the program does, though perhaps not to what: it crashes, it is slow."""
    return "predicate" in _kinds(_plain(text))


def is_empty(text: str) -> bool:
    """Say whether a text has no content at all, not even the name of a module or an operation."""
    return _kinds(_plain(text)) <= EMPTY


def _plain(text: str) -> str:
    simpler = unicodedata.normalize("NFKC", text[:LONGEST]).lower().translate(words.SIMPLER)
    close = re.sub(r"(?<=[^\x00-\x7f])\s+(?=[^\x00-\x7f])", "", simpler)
    return re.sub(r"[\W_]+", " ", close).strip()


def _without(plain: str, before: str) -> tuple[str, set[str]]:
    """Take out what was named before; said with "when" or "after" it still tells when the thing happens."""
    name = rf"(?<![a-z0-9]){re.escape(before)}(?![a-z0-9])"
    timed = re.compile(rf"\b(?:when|after|while|during) {name}|{name}的?[之以]?[时后]")
    found = {"act"} if timed.search(plain) else set()
    return re.sub(name, " ", timed.sub(" ", plain)), found


def _kinds(plain: str) -> set[str]:
    if len(plain.replace(" ", "")) < FEWEST:
        return {"noise"}
    rest = _REPORTING.sub(" ", plain)
    kinds = {found.lastgroup or "" for found in _CHINESE.finditer(rest)}
    left = re.findall(r"[a-z0-9]+|[^a-z0-9\s]+", _CHINESE.sub(" ", rest))
    return kinds | {_kind(word) for word in left}


def _kind(word: str) -> str:
    if _is_noise(word):
        return "noise"
    if word.isdigit():
        return "number"
    stem = _ENDING.sub("", word)
    return next((kind for kind, known in _ENGLISH.items() if word in known or stem in known), "content")


def _is_noise(word: str) -> bool:
    """Find a single letter, one that is held down, and a roll over the keys."""
    if re.fullmatch(r"\d\d", word):
        return False
    once = _REPEATED.sub(r"\1", word) if _REPEATED.fullmatch(word) else word
    if len(once) < FEWEST:
        return word.isascii() or once != word
    return len(once) > FEWEST and any(once in row or once in row[::-1] for row in words.KEYS)
