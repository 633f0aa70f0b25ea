"""What a step asks for, and what plugins add to another's: fields, consequences, and a note of every difference."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from core.clauses import Citation
from core.errors import Objection
from core.i18n import Sentence

if TYPE_CHECKING:
    from core.gate import Act

Check = Callable[["Act"], Objection | Sentence | None]
Keep = Callable[["Act", Any], None]
Deed = Callable[["Act"], None]


@dataclass(frozen=True, kw_only=True)
class Requirement:
    """Something a step asks for before it may happen, by whom and by which clause."""

    check: Check
    clause: Citation
    plugin: str


@dataclass(frozen=True, kw_only=True)
class ExtraField:
    """A field that a plugin adds to another's step, and what it does with the value."""

    name: str
    field: Any
    keep: Keep | None
    clause: Citation
    plugin: str


@dataclass(frozen=True, kw_only=True)
class Consequence:
    """What a plugin lets follow from another's step, in the same transaction."""

    does: Deed
    clause: Citation
    plugin: str


@dataclass(frozen=True, kw_only=True)
class Amendment:
    """One difference that a plugin makes to a procedure; the pocket book shows them all."""

    procedure: str
    verb: str
    target: str
    detail: Sentence
    clause: Citation
    plugin: str
