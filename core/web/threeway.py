"""Two people at one form: what a colleague wrote meanwhile is never overwritten by somebody who has not seen it."""

from __future__ import annotations

from collections.abc import Mapping

from werkzeug.datastructures import MultiDict


def overtaken(now: Mapping[str, str], typed: Mapping[str, str]) -> list[str]:
    """Return the fields that are not any more what the page showed; one that it did not show is left out."""
    shown = {name: typed[f"was-{name}"] for name in now if f"was-{name}" in typed}
    return [name for name, was in shown.items() if not _same(was, now[name])]


def merged(now: Mapping[str, str], typed: MultiDict[str, str]) -> tuple[MultiDict[str, str], list[str]]:
    """Return what the form shall say, and the fields in which both wrote.

    A colleague's words come in where the reader touched nothing; where both wrote, the reader's stay.
    """
    given, both = typed.copy(), []
    for name in overtaken(now, typed):
        mine = typed.get(name, "")
        if _same(mine, typed[f"was-{name}"]):
            given[name] = now[name]
        elif not _same(mine, now[name]):
            both.append(name)
    return given, both


def _same(one: str, other: str) -> bool:
    """Say whether two texts are one: a browser ends lines in its own way, in what it only hands back too."""
    return one.splitlines() == other.splitlines()
