"""What a release did with the states that it removed or renamed: data, by which open cases are carried over."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from core.clauses import Citation, house_rule
from core.i18n import _l

if TYPE_CHECKING:
    from core.plugins import Installed, PluginSet

# The name under which the ledger keeps that a release took a case from one state to another.
STEP = "release"
TITLE = _l("Carried over by a release")
NEW_NAMES = house_rule(_l("A release gave the states other names."))


@dataclass(frozen=True, kw_only=True)
class StateMap:
    """The states of a procedure that the release ``version`` removed or renamed, and where their cases stand now."""

    procedure: str
    version: str
    states: Mapping[str, str]
    clause: Citation = NEW_NAMES


@dataclass(frozen=True, kw_only=True)
class Carried:
    """Where the cases of a state that is gone stand now, and whose map says so."""

    old: str
    new: str
    plugin: str
    map: StateMap


def carried(found: PluginSet, procedure: str) -> dict[str, Carried]:
    """Return by state where its cases stand now; a release that was left out is made up for by its own map."""
    said = {one.old: one for plugin in found.enabled.values() for one in _said(plugin, procedure)}
    return {old: _followed(said, old) for old in said}


def _said(plugin: Installed, procedure: str) -> Iterator[Carried]:
    for each in plugin.manifest.state_maps:
        if each.procedure == procedure:
            yield from (Carried(old=o, new=n, plugin=plugin.name, map=each) for o, n in each.states.items())


def _followed(said: Mapping[str, Carried], old: str) -> Carried:
    """Follow the maps of later releases to the state of today; a circle ends where it closes."""
    first, new, passed = said[old], said[old].new, {old}
    while new in said and new not in passed:
        passed.add(new)
        new = said[new].new
    return Carried(old=old, new=new, plugin=first.plugin, map=first.map)
