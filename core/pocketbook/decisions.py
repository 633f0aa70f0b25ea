"""The judgements: who answers each decision here, in which order, by which clause."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from core.hooks import clauses_of
from core.i18n import _l
from core.plugin_sets import title_of
from core.pocketbook.lines import Chapter, Entry, Line
from core.pocketbook.reading import Reading


def chapters(reading: Reading) -> Iterator[Chapter]:
    """Yield the chapter of the decisions, if the plugins here declare any."""
    declared = _declared(reading.plugins.hook)
    entries = tuple(_entry(reading, name, caller) for name, caller in declared)
    if entries:
        yield Chapter(key="decisions", title=_l("Decisions"), plugin="", entries=entries)


def _entry(reading: Reading, name: str, caller: Any) -> Entry:
    title = title_of(caller)
    asked = reversed(caller.get_hookimpls())
    lines = tuple(_answers(reading, one) for one in asked)
    return Entry(key=name, title=title, clause="", plugin=name.partition("_")[0], lines=lines)


def _answers(reading: Reading, one: Any) -> Line:
    """Say who answers, by which clauses."""
    manifest = reading.plugins.enabled[one.plugin_name].manifest
    label = _l("Adjusts") if one.wrapper else _l("Answers")
    first, *more = clauses_of(one.function) or ("",)
    note = "" if first else _l("It has not said beforehand by which clause.")
    text = f"{manifest.title} {manifest.version}"
    line = reading.line(label, text, first, plugin=one.plugin_name, note=note)
    return replace(line, more=tuple(more))


def _declared(hook: Any) -> Iterator[tuple[str, Any]]:
    """Yield the decisions that somebody declares, by name."""
    for name, caller in sorted(vars(hook).items()):
        if not name.startswith("_") and caller.spec is not None and caller.spec.opts["firstresult"]:
            yield name, caller
