"""A list as data: what it shows, what it can be asked, in which orders an index can bring it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Select

from core.i18n import Sentence

Condition = Callable[[str], Any]


@dataclass(frozen=True, kw_only=True)
class ListColumn:
    """One column: its value for a row, and the expressions that sort by it where an index allows.

    ``mark`` says how a page shows it, ``sorted_with`` names the filter without which no index would serve.
    """

    name: str
    title: Sentence
    value: Callable[[Any], Any]
    mark: str = ""
    usual: bool = True
    fixed: bool = False
    sort: Sequence[Any] = ()
    sorted_with: tuple[str, str] = ("", "")


@dataclass(frozen=True, kw_only=True)
class ListFilter:
    """One question: words, a day, or one of the choices; and the condition that an answer sets.

    ``besides`` says of an answer that is not offered whether it is understood all the same.
    """

    name: str
    title: Sentence
    where: Condition
    kind: str = "choice"
    choices: Mapping[str, Sentence | str] = field(default_factory=dict)
    besides: Callable[[str], bool] = lambda _answer: False


@dataclass(frozen=True, kw_only=True)
class Listing:
    """A list of one office: ``query`` reads its rows, ``key`` tells them apart and settles every order."""

    name: str
    title: Sentence
    reads: str
    query: Select[Any]
    key: Any
    columns: Mapping[str, ListColumn]
    filters: Mapping[str, ListFilter]
    order: str
    due: str = ""

    @property
    def plugin(self) -> str:
        """The first half of the name, as it stands in addresses."""
        return self.name.partition(".")[0]

    @property
    def noun(self) -> str:
        """The second half of the name, as it stands in addresses."""
        return self.name.partition(".")[2]

    @property
    def usual(self) -> tuple[str, ...]:
        """The columns that are shown to whoever chose none."""
        return tuple(name for name, one in self.columns.items() if one.usual)
