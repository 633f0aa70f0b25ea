"""From where to where a step leads, as a procedure writes it: ``"registered | dispatched -> cancelled"``."""

from __future__ import annotations

from core.errors import PluginError
from core.i18n import _l


def sides_of(moves: str, plugin: str, step: str) -> tuple[list[str], list[str]]:
    """Return the states before and after the arrow; nothing before it creates a case."""
    sides = [[name.strip() for name in side.split("|") if name.strip()] for side in moves.split("->")]
    if len(sides) != 2 or not sides[1]:
        raise PluginError(
            _l(
                "Plugin %(plugin)s: the moves of step %(step)s are “%(moves)s”. Write them with one arrow and a state "
                "after it, like “open -> closed”.",
                plugin=plugin,
                step=step,
                moves=moves,
            )
        )
    before, after = sides
    return before, after
