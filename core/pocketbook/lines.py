"""What a pocket book is made of: chapters of entries, entries of lines, and each difference cited and dated."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from functools import cached_property

from core.clauses import Citation, HouseRule
from core.flowchart.flow import Flow
from core.i18n import Sentence


@dataclass(frozen=True, kw_only=True)
class Line:
    """One thing that a rule says; what the office has otherwise than head office names who says so, and since when.

    ``by`` is the name of a plugin, with its ``version``, or the code of an office that set a parameter. ``note`` says of
    a document's clause what stands on it; ``more`` are further clauses that the line stands on.
    """

    label: Sentence
    text: Sentence | str
    clause: Citation = ""
    more: tuple[Citation, ...] = ()
    by: str = ""
    version: str = ""
    since: dt.datetime | None = None
    kind: str = ""
    note: Sentence | str = ""

    @property
    def differs(self) -> bool:
        """Whether head office has it otherwise."""
        return bool(self.by)

    @property
    def clauses(self) -> tuple[Citation, ...]:
        """All that the line stands on."""
        return (*((self.clause,) if self.clause else ()), *self.more)

    @cached_property
    def same(self) -> tuple[str, ...]:
        """What tells it from another office's line."""
        stands_on = (one.reason if isinstance(one, HouseRule) else one for one in self.clauses)
        return str(self.label), str(self.text), str(self.note), *map(str, stands_on)


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One rule: a step, a decision, a parameter or a document, with all that it says here."""

    key: str
    title: Sentence | str
    clause: Citation
    plugin: str
    lines: tuple[Line, ...]

    @cached_property
    def says(self) -> frozenset[tuple[str, ...]]:
        """What it says, in the reader's words: to see what another office's entry has not."""
        return frozenset(line.same for line in self.lines)

    @property
    def differs(self) -> bool:
        """Whether anything of it is otherwise than at head office."""
        return any(line.differs for line in self.lines)


@dataclass(frozen=True, kw_only=True)
class Chapter:
    """What belongs together: a procedure's steps, with their flow chart, the decisions, or a plugin's parameters."""

    key: str
    title: Sentence | str
    plugin: str
    entries: tuple[Entry, ...]
    flow: Flow | None = None

    @property
    def differs(self) -> bool:
        """Whether anything in it is otherwise than at head office."""
        return any(entry.differs for entry in self.entries)
