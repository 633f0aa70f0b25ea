"""What an entry of the catalogue says (QI/02): the words in two languages, the promise and the rest as data."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from enum import StrEnum
from functools import cache, cached_property
from pathlib import Path
from typing import Any

from pypinyin import Style, lazy_pinyin

from core.clauses import Citation
from core.customers.lookup import plain
from core.errors import PluginError
from core.i18n import Sentence, _l, bilingual

NATIONAL = Path(__file__).with_name("national.toml")
PLACEHOLDER = re.compile(r"\{([^{}]*)\}")
KEY = re.compile(r"[a-z0-9]+(?:[.-][a-z0-9]+)*")
LANGUAGES = ("zh", "en")


class Promise(StrEnum):
    """What the customer is told about when."""

    NONE = "none"
    TODAY = "today"
    MINUTES = "minutes"
    DAYS = "days"


PROMISES: dict[str, Sentence] = {
    Promise.NONE: _l("no promise"),
    Promise.TODAY: _l("today"),
    Promise.MINUTES: _l("within minutes"),
    Promise.DAYS: _l("within working days"),
}
OWNERS = {
    "owner": _l("Whoever took the call"),
    "duty_manager": _l("Duty manager"),
    "quality_supervisor": _l("Quality supervisor"),
}
LOOK_UP = "look_up"
FOLLOW_UPS = {
    "none": _l("nothing further"),
    LOOK_UP: _l("look the case up"),
    "request": _l("register a request"),
    "complaint": _l("log a complaint"),
    "demand": _l("to the duty manager"),
    "hand_over": _l("to the regional manager"),
    "transfer": _l("to another department"),
    "custody": _l("take into custody"),
    "file": _l("complete the file"),
}
GROUPS = {
    "attitude": _l("Service attitude"),
    "skill": _l("Service quality"),
    "product": _l("Complaints about a product"),
    "internal": _l("Our own order"),
    "delay": _l("Delay"),
    "install": _l("Not installed yet"),
    "dongle": _l("Dongle"),
    "file": _l("Customer file"),
    "upgrade": _l("Upgrades"),
    "fee": _l("Fees"),
    "function": _l("Functions"),
    "faults": _l("Product quality"),
    "region": _l("Across regions"),
    "platform": _l("Platform and network"),
    "implementation": _l("Implementation"),
    "improper": _l("Improper requests"),
    "other": _l("Others"),
}
# What is filled in when an entry is shown; while nobody knows it, its title stands there.
PLACEHOLDERS = {
    "company": _l("the company"),
    "number": _l("your number"),
    "engineer": _l("your name"),
    "customer": _l("the customer"),
    "manager": _l("the name"),
    "service_manager": _l("the service manager's number"),
    "complaints_line": _l("the complaints line"),
    "scope": _l("the normal scope"),
    "minutes": _l("minutes"),
    "days": _l("days"),
}


@dataclass(frozen=True, kw_only=True)
class Wording:
    """An entry in one language: the situation, what to ask, answer and promise, and what happens next.

    ``only_if`` says when the promise is given at all.
    """

    situation: str
    ask: str = ""
    answer: str = ""
    promise: str = ""
    only_if: str = ""
    then: str = ""

    @property
    def unknown(self) -> list[str]:
        """The placeholders that nobody can fill."""
        return unknown_in("\n".join(asdict(self).values()))


def unknown_in(text: str) -> list[str]:
    """Return the placeholders of a text that nobody can fill."""
    return sorted({name for name in PLACEHOLDER.findall(text) if name not in PLACEHOLDERS})


@dataclass(frozen=True, kw_only=True)
class ReplyEntry:
    """One situation of the catalogue; a plugin's replaces the national one with the same key.

    ``clause`` is QI/02 and the key, unless it is said. What does not fit is refused when it is made.
    """

    key: str
    group: str
    zh: Wording
    en: Wording
    clause: Citation = ""
    edition: int = 1
    promise: Promise = Promise.NONE
    owner: str = "owner"
    follow_up: str = "none"
    source: str = ""
    number: str = ""
    valid_until: str = ""

    def __post_init__(self) -> None:
        if not KEY.fullmatch(self.key):
            text = _l("“%(key)s” is no key: small letters, digits, points, hyphens: delay.lost", key=self.key)
            raise PluginError(text)
        closed: list[tuple[str, Iterable[str]]] = [(self.group, GROUPS), (self.owner, OWNERS)]
        closed += [(self.follow_up, FOLLOW_UPS)]
        closed += [(one, PLACEHOLDERS) for words in (self.zh, self.en) for one in words.unknown]
        for value, known in closed:
            if value not in known:
                raise PluginError(
                    _l(
                        "The reply %(key)s does not fit: %(wrong)s is none of %(known)s.",
                        key=self.key,
                        wrong=value,
                        known=", ".join(known),
                    )
                )

    @property
    def words(self) -> Wording:
        """The entry in the reader's language; what was never translated stays Chinese."""
        both = zip(asdict(self.zh).items(), asdict(self.en).values(), strict=True)
        return Wording(**{name: bilingual(zh, en) for (name, zh), en in both})

    @property
    def title(self) -> str:
        """What it is called in a list of what a plugin brings: its situation, in the reader's language."""
        return self.words.situation

    @property
    def promised(self) -> bool:
        """Whether it promises anything."""
        return self.promise is not Promise.NONE

    @property
    def looks_up(self) -> bool:
        """Whether what is open with the customer is looked up at once."""
        return self.follow_up == LOOK_UP

    @cached_property
    def haystack(self) -> str:
        """Everything under which it is found, folded: both languages, pinyin and initials of the Chinese."""
        texts = [self.key, *asdict(self.zh).values(), *asdict(self.en).values(), GROUPS[self.group].msgid]
        spoken = [self.zh.situation, self.zh.answer]
        said = [plain("".join(lazy_pinyin(one))) for one in spoken]
        initials = [plain("".join(lazy_pinyin(one, style=Style.FIRST_LETTER))) for one in spoken]
        return "\n".join([*map(plain, texts), *said, *initials])

    @cached_property
    def name(self) -> str:
        """What its situation is called, folded like ``haystack``: found there, it comes first."""
        spoken = self.zh.situation
        parts = (spoken, "".join(lazy_pinyin(spoken)), self.en.situation)
        return "\n".join([*map(plain, parts), plain("".join(lazy_pinyin(spoken, style=Style.FIRST_LETTER)))])


@cache
def national() -> tuple[ReplyEntry, ...]:
    """Return head office's catalogue, as it is shipped."""
    rows = tomllib.loads(NATIONAL.read_text(encoding="utf-8"))["reply"]
    return tuple(read_entry(row) for row in rows)


def read_entry(row: Mapping[str, Any]) -> ReplyEntry:
    """Make an entry of a row of the file."""
    said = {name: value for name, value in row.items() if name not in LANGUAGES}
    promise = Promise(said.pop("promise", Promise.NONE))
    zh, en = (Wording(**row[language]) for language in LANGUAGES)
    return ReplyEntry(**said, zh=zh, en=en, promise=promise)


def filled(text: str, known: Mapping[str, str | Sentence]) -> str:
    """Fill the placeholders of a text; what is not known is named in brackets, so that nobody reads out a gap."""

    def fill(found: re.Match[str]) -> str:
        value = str(known.get(found[1]) or "")
        return value or bilingual("（{}）", "({})").format(PLACEHOLDERS[found[1]])

    return PLACEHOLDER.sub(fill, text)


def fitting(entries: Iterable[ReplyEntry], typed: str, group: str = "") -> list[ReplyEntry]:
    """Return the entries of a group that hold every word typed; those called so come first."""
    words = [word for word in map(plain, typed.split()) if word]
    among = [one for one in entries if group in ("", one.group)]
    found = [one for one in among if all(word in one.haystack for word in words)]
    return sorted(found, key=lambda one: not all(word in one.name for word in words))
