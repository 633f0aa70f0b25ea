"""The parameters of an office as their page shows them: every rung with who set it, and every change."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from core.clauses import Clause, code_of
from core.i18n import Sentence, _l
from core.offices import OfficeKind
from core.parameters import Parameter, ParameterValue, Rung, changes, effective
from core.people import name_of
from core.rules import Rules
from core.switches import PluginSwitch, history

SOURCES = {
    "office": _l("this office"),
    "region": _l("region"),
    "preset": _l("regional plugin"),
    "nation": _l("head office"),
    "default": _l("as delivered"),
}
OWN = ("office", "region", "nation")


@dataclass(frozen=True, kw_only=True)
class ShownRung:
    """One rung of the ladder, and who put the value there when."""

    rung: Rung
    in_force: bool
    by: Sentence | str = ""
    at: dt.datetime | None = None


@dataclass(frozen=True, kw_only=True)
class ShownChange:
    """A value that was set or taken back: by whom, for which office, instead of what."""

    at: dt.datetime
    by: Sentence | str
    office: str
    was: Any
    now: Any


@dataclass(frozen=True, kw_only=True)
class ShownParameter:
    """A parameter with its ladder and history, and what was typed when that was refused."""

    parameter: Parameter
    rungs: list[ShownRung]
    history: list[ShownChange]
    closed: bool
    own: bool
    seen: int
    typed: str | None = None
    error: Sentence | None = None

    @property
    def effective(self) -> Rung:
        """The rung whose value is in force."""
        return next(one.rung for one in self.rungs if one.in_force)


@dataclass(frozen=True, kw_only=True)
class Asked:
    """Which parameters somebody wants to see: those with a text in them, or only what the office set itself."""

    text: str = ""
    only_own: bool = False

    def fits(self, one: ShownParameter, clauses: Mapping[str, Clause], plugin: str) -> bool:
        """Say whether a parameter is among them."""
        parameter, clause = one.parameter, clauses.get(code_of(one.parameter.clause))
        words = [str(parameter.label), parameter.key, str(plugin), code_of(parameter.clause)]
        words += [clause.title_zh, clause.title_en] if clause else []
        found = self.text.casefold() in " ".join(words).casefold()
        return found and (one.own or not self.only_own)


class Reader:
    """Reads the parameters of one office with all that is known of each: a fixed number of queries."""

    def __init__(self, rules: Rules) -> None:
        self.rules, self.here = rules, rules.office
        self._codes = {office.id: office.code for office in rules.line}
        self._changes = changes(*self._codes)
        self._switched_on = {row.plugin: row for row in reversed(history(rules.office.id)) if row.enabled}

    def all(self) -> Iterator[ShownParameter]:
        """Yield them in the order of their plugins."""
        head = self.here.kind == OfficeKind.HEAD
        for one in self.rules.parameters.values():
            rows, rungs = self._changes.get(one.key, []), self.rules.rungs(one.key)
            yield ShownParameter(
                parameter=one,
                rungs=list(self._ladder(rungs, rows)),
                history=list(self._told(rows)),
                closed=one.locked and not head,
                own=any(self._is_own(rung) for rung in rungs),
                seen=next((row.id for row in rows if row.office_id == self.here.id), 0),
            )

    def _is_own(self, rung: Rung) -> bool:
        """Say whether the office stands on a rung itself, even where its value is not in force any more."""
        mine = rung.name == self.here.code and rung.source in OWN
        return mine and (rung.given or rung.laxer_than is not None)

    def _ladder(self, rungs: list[Rung], rows: list[ParameterValue]) -> Iterator[ShownRung]:
        counts = effective(rungs)
        last = {self._codes[row.office_id]: row for row in reversed(rows)}
        for rung in rungs:
            set_by: ParameterValue | PluginSwitch | None = None
            if rung.source == "preset":
                set_by = self._switched_on.get(rung.name)
            elif rung.source in OWN and (rung.given or rung.laxer_than is not None):
                set_by = last.get(rung.name)
            yield ShownRung(rung=rung, in_force=rung is counts, **_signature(set_by))

    def _told(self, rows: list[ParameterValue]) -> Iterator[ShownChange]:
        """Yield the changes, the newest first, each with what that office had before."""
        for place, row in enumerate(rows):
            before = next((one for one in rows[place + 1 :] if one.office_id == row.office_id), None)
            yield ShownChange(
                at=row.set_at,
                by=name_of(None, row.set_by),
                office=self._codes[row.office_id],
                was=None if before is None or before.cleared else before.value,
                now=None if row.cleared else row.value,
            )


def _signature(row: ParameterValue | PluginSwitch | None) -> dict[str, Any]:
    if row is None:
        return {}
    if isinstance(row, PluginSwitch):
        return {"by": name_of(None, row.switched_by), "at": row.switched_at}
    return {"by": name_of(None, row.set_by), "at": row.set_at}


def grouped(found: Iterable[ShownParameter]) -> dict[str, list[ShownParameter]]:
    """Return parameters by their plugin."""
    groups: dict[str, list[ShownParameter]] = {}
    for one in found:
        groups.setdefault(one.parameter.key.partition(".")[0], []).append(one)
    return groups
