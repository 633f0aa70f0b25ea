"""The numbers: core's parameters and each plugin's, with the value in force and who set it, if not head office."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from core.i18n import Sentence, _l
from core.parameters import OWN_PARAMETERS, Parameter, effective
from core.pocketbook.lines import Chapter, Entry, Line
from core.pocketbook.reading import Reading


def chapters(reading: Reading) -> Iterator[Chapter]:
    """Yield a chapter for core, and one for each plugin that has parameters."""
    yield _chapter(reading, "core", _l("Koudai"), OWN_PARAMETERS.values())
    for one in reading.plugins.enabled.values():
        if one.manifest.parameters:
            yield _chapter(reading, one.name, one.manifest.title, one.manifest.parameters)


def _chapter(reading: Reading, plugin: str, title: Sentence, parameters: Iterable[Parameter]) -> Chapter:
    return Chapter(
        key=f"{plugin}.parameters",
        title=_l("Parameters: %(plugin)s", plugin=title),
        plugin=plugin,
        entries=tuple(_entry(reading, one) for one in parameters),
    )


def _entry(reading: Reading, parameter: Parameter) -> Entry:
    owner = parameter.key.partition(".")[0]
    text, whose = reading.in_force(parameter)
    if not whose and reading.regional(owner):
        whose = reading.whose(owner)
    clause = effective(reading.rules.rungs(parameter.key)).clause
    line = Line(label=_l("Value"), text=text, clause=clause, **whose)
    return Entry(
        key=parameter.key, title=parameter.label, clause=parameter.clause, plugin=owner, lines=(line,)
    )
