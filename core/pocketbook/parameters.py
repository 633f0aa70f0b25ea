"""The numbers: each plugin's parameters with the value in force, and who set it where it is not head office's."""

from __future__ import annotations

from collections.abc import Iterator

from core.i18n import _l
from core.parameters import Parameter
from core.pocketbook.lines import Chapter, Entry, Line
from core.pocketbook.reading import Reading


def chapters(reading: Reading) -> Iterator[Chapter]:
    """Yield a chapter for each plugin that has parameters."""
    for plugin in reading.plugins.enabled.values():
        entries = tuple(_entry(reading, one) for one in plugin.manifest.parameters)
        if entries:
            title = _l("Parameters: %(plugin)s", plugin=plugin.manifest.title)
            key = f"{plugin.name}.parameters"
            yield Chapter(key=key, title=title, plugin=plugin.name, entries=entries)


def _entry(reading: Reading, parameter: Parameter) -> Entry:
    text, whose = reading.in_force(parameter)
    line = Line(label=_l("Value"), text=text, **whose)
    owner = parameter.key.partition(".")[0]
    return Entry(
        key=parameter.key, title=parameter.label, clause=parameter.clause, plugin=owner, lines=(line,)
    )
