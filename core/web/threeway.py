"""Two people at one form: what a colleague wrote meanwhile is never overwritten by somebody who has not seen it."""

from __future__ import annotations

from collections.abc import Mapping

from werkzeug.datastructures import MultiDict

from core.i18n import Sentence, _l


def overtaken(now: Mapping[str, str], typed: Mapping[str, str]) -> list[str]:
    """Return the fields that are not any more what the page showed; one that it did not show is left out."""
    return [
        name
        for name, value in now.items()
        if f"was-{name}" in typed and _folded(typed[f"was-{name}"]) != _folded(value)
    ]


def merged(now: Mapping[str, str], typed: MultiDict[str, str]) -> tuple[MultiDict[str, str], list[str]]:
    """Return what the form shall say, and the fields in which both wrote.

    A colleague's words come in where the reader touched nothing; where both wrote, the reader's stay.
    """
    given, both = typed.copy(), []
    for name in overtaken(now, typed):
        mine = _folded(typed.get(name, ""))
        if mine == _folded(typed[f"was-{name}"]):
            given[name] = now[name]
        elif mine != _folded(now[name]):
            both.append(name)
    return given, both


def written_meanwhile(value: str) -> Sentence:
    """Say beside a field what a colleague wrote there while somebody else was writing, and how to have one's own."""
    return _l(
        "Meanwhile this was changed to: %(value)s. To have yours instead, send it once more.", value=value
    )


def _folded(text: str) -> str:
    """Break lines as the file keeps them: a browser sends every break as two characters."""
    return text.replace("\r\n", "\n")
