"""What every chapter is read from: an office's rules, and who brought what into them since when."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from core import switches
from core.clauses import Citation
from core.i18n import Sentence, _l
from core.parameters import Parameter, Rung, changes, effective
from core.pocketbook.lines import Line
from core.rules import Rules


class Reading:
    """Reads one office's rules for its book."""

    def __init__(self, rules: Rules) -> None:
        self.rules, self.office, self.plugins = rules, rules.office, rules.plugins
        rows = switches.history(rules.office.id)
        self.on_since = {row.plugin: row.switched_at for row in reversed(rows) if row.enabled}

    def set_in(self, code: str) -> Mapping[str, Any]:
        """Return what an office or the region above it set, by parameter, the newest first."""
        office_id = next(office.id for office in self.rules.line if office.code == code)
        return self.rules.once(("pocket book: set in", code), lambda: changes(office_id))

    def regional(self, plugin: str) -> bool:
        """Say whether a plugin is a region's own."""
        one = self.plugins.enabled.get(plugin)
        return one is not None and one.manifest.regional

    def line(
        self,
        label: Sentence,
        text: Sentence | str,
        clause: Citation = "",
        plugin: str = "",
        kind: str = "",
        note: Sentence | str = "",
    ) -> Line:
        """Write a line; one that a regional plugin says is a difference, since it was switched on."""
        said: dict[str, Any] = {"label": label, "text": text, "clause": clause, "kind": kind, "note": note}
        return Line(**said, **self.whose(plugin)) if self.regional(plugin) else Line(**said)

    def whose(self, plugin: str) -> dict[str, Any]:
        """Return who says something, in which version, and since when."""
        version = self.plugins.version(plugin)
        return {"by": plugin, "version": version, "since": self.on_since.get(plugin)}

    def title_of(self, plugin: str) -> Sentence | str:
        """Return a plugin's title."""
        one = self.plugins.enabled.get(plugin)
        return one.manifest.title if one else plugin

    def in_force(self, parameter: Parameter) -> tuple[Sentence, dict[str, Any]]:
        """Return a parameter's value and, where it is not head office's, who set it since when."""
        rung, theirs = effective(self.rules.rungs(parameter.key)), self._at_head_office(parameter)
        text = said(parameter, rung.value)
        if rung.value == theirs:
            return text, {}
        whole = _l("%(value)s instead of %(other)s", value=text, other=said(parameter, theirs))
        return whole, self._set_by(rung, parameter)

    def _set_by(self, rung: Rung, parameter: Parameter) -> dict[str, Any]:
        if rung.source == "preset":
            return self.whose(rung.name)
        rows = self.set_in(rung.name).get(parameter.key)
        since: dt.datetime | None = rows[0].set_at if rows else None
        return {"by": rung.name, "since": since}

    def _at_head_office(self, parameter: Parameter) -> Any:
        rungs = self.rules.rungs(parameter.key)
        return next(one for one in rungs if one.given and one.source in ("nation", "default")).value


def said(parameter: Parameter, value: Any) -> Sentence:
    """Return a value as people say it, with its unit."""
    if isinstance(value, bool):
        return _l("yes") if value else _l("no")
    if not parameter.unit:
        return Sentence(str(value))
    return _l("%(value)s %(unit)s", value=value, unit=parameter.unit_of(value))
