"""What plugins contribute to pages: dataclasses with a template, never HTML."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from core.i18n import Sentence

if TYPE_CHECKING:
    from core.rules import Rules


@dataclass(frozen=True, kw_only=True)
class MenuItem:
    """One entry of the menu; hidden without the permission or when the plugin is off.

    ``icon`` is a name of Bootstrap Icons, ``keys`` what is typed to go there: ``"n"``, ``"g k"``. Entries that stand
    ``within`` the same word share a place in the menu, which opens.
    """

    title: Sentence
    endpoint: str
    permission: str
    icon: str = ""
    keys: str = ""
    weight: int = 50
    within: Sentence | None = None
    values: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Searchable:
    """A kind of row, beside cases and customers, that the search finds; whoever writes one notes it.

    ``kind`` begins with the plugin's name; the model has ``id`` and ``office_id``. ``core.search.index.note``
    keeps the words of a row, in the transaction that changes it.
    """

    kind: str
    title: Sentence
    model: type[Any]
    permission: str
    heading: Callable[[Any], str]
    body: Callable[[Any], str]
    weight: int = 50


@dataclass(frozen=True, kw_only=True)
class Card:
    """A box beside a page: a title, and either a template of the plugin's or lines of text."""

    title: Sentence
    template: str = ""
    lines: tuple[Sentence | str, ...] = ()
    values: Mapping[str, Any] = field(default_factory=dict)
    clause: str = ""
    weight: int = 50


@dataclass(frozen=True, kw_only=True)
class Tell:
    """Something that a person should hear of: it stands among his notices, and opens the case."""

    person_id: int
    sentence: Sentence


@dataclass(frozen=True, kw_only=True)
class GoesAlong:
    """What a plugin must still know of a customer when another office serves him.

    ``key`` begins with the plugin's name; ``core.customers.along.came_along`` reads it there.
    """

    key: str
    value: str


@dataclass(frozen=True, kw_only=True)
class Job:
    """What an office's timer does every so many minutes: ``does`` gets the rules in force at that moment.

    It opens its transactions itself, through the gate as ``TIMER_ACTOR``, and claims each deed in the deed's own
    (``core.jobs.turns.claim``): a turn that broke off is taken again.
    """

    name: str
    title: Sentence
    every: int
    does: Callable[[Rules], None]
    weight: int = 50


@dataclass(frozen=True, kw_only=True)
class Status:
    """A chip in the header of every page of an office: how things stand now, a few words, a link to more.

    ``tone`` is that of a chip: plain, wait, alert, soon, missed, done, off; ``hint`` says more under the pointer.
    """

    text: Sentence | str
    permission: str
    endpoint: str
    values: Mapping[str, Any] = field(default_factory=dict)
    tone: str = "plain"
    icon: str = ""
    hint: Sentence | str = ""
    weight: int = 50
