"""Who is meant by an @word: a colleague's name, or his login."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from core.people import Person

# An address of mail mentions nobody: no letter or digit stands before the @.
AT = re.compile(r"(?<![A-Za-z0-9._-])[@＠]")
WORD = re.compile(r"[^\s@＠，。；：！？、,;:!?()（）]{1,40}")
LATIN = re.compile(r"[A-Za-z0-9_.-]")


@dataclass(frozen=True)
class Mentions:
    """What the @words of a text mean: whom each names, those that name several, those that name nobody."""

    named: dict[str, int] = field(default_factory=dict)
    several: dict[str, list[str]] = field(default_factory=dict)
    nobody: list[str] = field(default_factory=list)


def mentions_in(text: str, readers: Iterable[Person]) -> Mentions:
    """Read the @words of a text; the longest name or login that stands there counts, in any case of letters."""
    found, known = Mentions(), _by_word(readers)
    for rest in _after_each_at(text):
        word = next((one for one in known if _begins(rest, one)), None)
        if word is None:
            if wrong := WORD.match(rest):
                found.nobody.append(wrong.group())
        elif len(known[word]) > 1:
            found.several[rest[: len(word)]] = sorted(one.login for one in known[word])
        else:
            found.named[f"@{rest[: len(word)]}"] = known[word][0].id
    return found


def _after_each_at(text: str) -> Iterator[str]:
    return (text[at.end() :] for at in AT.finditer(text))


def _by_word(readers: Iterable[Person]) -> dict[str, list[Person]]:
    """Return whom each name and login means, the longest first; a login means its owner, whoever is called so."""
    people = list(readers)
    known: dict[str, list[Person]] = {}
    for one in people:
        known.setdefault(one.name.lower(), []).append(one)
    known |= {one.login.lower(): [one] for one in people}
    return dict(sorted(known.items(), key=lambda pair: -len(pair[0])))


def _begins(rest: str, word: str) -> bool:
    """Say whether a text begins with a word: in Latin letters the word must end there, in Chinese none does."""
    if not rest.lower().startswith(word):
        return False
    after = rest[len(word) : len(word) + 1]
    ended = not (LATIN.fullmatch(word[-1]) and after and LATIN.fullmatch(after))
    return ended or (after == "." and not LATIN.match(rest[len(word) + 1 :][:1]))
