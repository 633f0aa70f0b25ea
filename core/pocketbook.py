"""An office's own pocket book: every rule that really runs there, and each difference from head office, cited."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from core import gate, switches
from core.clauses import Citation
from core.i18n import Sentence, _l
from core.parameters import Parameter, changes, effective
from core.people import Actor
from core.procedure import DeadlineRule, Procedure, Step
from core.roles import Allowed
from core.rules import Rules

NOBODY = Actor("pocket book")


@dataclass(frozen=True, kw_only=True)
class Line:
    """One thing that a rule says; what the office has otherwise than head office names who says so, and since when."""

    label: Sentence
    text: Sentence | str
    clause: Citation = ""
    by: str = ""
    since: dt.datetime | None = None

    @property
    def differs(self) -> bool:
        """Whether head office has it otherwise."""
        return bool(self.by)

    @property
    def same(self) -> tuple[str, str, str]:
        """What tells it from another office's line."""
        return str(self.label), str(self.text), str(self.clause)


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One rule: a step, a decision or a parameter, with all that it says here."""

    key: str
    title: Sentence | str
    clause: Citation
    plugin: str
    lines: tuple[Line, ...]

    @property
    def differs(self) -> bool:
        """Whether anything of it is otherwise than at head office."""
        return any(line.differs for line in self.lines)


@dataclass(frozen=True, kw_only=True)
class Chapter:
    """What belongs together: a procedure's steps, the decisions, or a plugin's parameters."""

    key: str
    title: Sentence | str
    plugin: str
    entries: tuple[Entry, ...]


class Book:
    """Reads the rules of one office as chapters of its pocket book."""

    def __init__(self, rules: Rules) -> None:
        self.rules, self.office, self.plugins = rules, rules.office, rules.plugins
        rows = switches.history(rules.office.id)
        self._on_since = {row.plugin: row.switched_at for row in reversed(rows) if row.enabled}

    @property
    def chapters(self) -> list[Chapter]:
        """All chapters: procedures in the order of their plugins, then decisions, then parameters."""
        procedures = [self._of_procedure(one) for one in self.plugins.procedures.values()]
        return [*procedures, *self._decisions(), *self._parameters()]

    def _regional(self, plugin: str) -> bool:
        one = self.plugins.enabled.get(plugin)
        return one is not None and one.manifest.regional

    def _line(self, label: Sentence, text: Sentence | str, clause: Citation = "", plugin: str = "") -> Line:
        """Write a line; one that a regional plugin says is a difference, since it was switched on."""
        if not self._regional(plugin):
            return Line(label=label, text=text, clause=clause)
        return Line(label=label, text=text, clause=clause, by=plugin, since=self._on_since.get(plugin))

    # --- procedures

    def _of_procedure(self, procedure: Procedure) -> Chapter:
        entries = tuple(self._of_step(procedure, step) for step in procedure.steps.values())
        return Chapter(key=procedure.name, title=procedure.title, plugin=procedure.plugin, entries=entries)

    def _of_step(self, procedure: Procedure, step: Step) -> Entry:
        lines = (
            self._moves(procedure, step),
            *self._who(step),
            *self._before(step),
            *self._asks(procedure, step),
            *self._promises(procedure, step),
            *self._set(procedure, step),
        )
        key = f"{procedure.name}.{step.name}"
        return Entry(key=key, title=step.title, clause=step.clause, plugin=step.plugin, lines=lines)

    def _moves(self, procedure: Procedure, step: Step) -> Line:
        states = procedure.states
        sources = " / ".join(str(one.title) for one in states.values() if one.name in step.sources) or "—"
        stays = _l("stays there")
        targets = " / ".join(str(states[one].title) if one in states else str(stays) for one in step.targets)
        return self._line(_l("From, to"), f"{sources} → {targets}", plugin=step.plugin)

    def _who(self, step: Step) -> Iterator[Line]:
        set_by = next((way for way in step.by if way.plugin), None)
        who = " / ".join(str(_whom(way)) for way in step.by)
        clause, plugin = (set_by.clause, set_by.plugin) if set_by else ("", step.plugin)
        yield self._line(_l("Who"), who, clause, plugin)
        for way in step.widened:
            yield self._line(_l("Who"), _whom(way), way.clause, way.plugin)

    def _before(self, step: Step) -> Iterator[Line]:
        clauses = self.plugins.plugins.clauses
        for one in step.requires:
            known = clauses.get(str(one.clause))
            yield self._line(_l("Before"), known.title if known else "", one.clause, one.plugin)

    def _asks(self, procedure: Procedure, step: Step) -> Iterator[Line]:
        form = gate.look_at(gate.blank(procedure, NOBODY, self.rules), step).form()
        added = {one.name: one for one in step.fields}
        own = [str(field.label.text) for field in form if field.name not in added]
        if own:
            yield self._line(_l("Asks"), " · ".join(own), plugin=step.plugin)
        for name, one in added.items():
            yield self._line(_l("Asks"), str(form[name].label.text), one.clause, one.plugin)

    def _promises(self, procedure: Procedure, step: Step) -> Iterator[Line]:
        for key in step.starts:
            rule = procedure.deadlines[key]
            yield self._line(_l("Promises"), self._promise(rule), rule.clause, rule.plugin)

    def _promise(self, rule: DeadlineRule) -> Sentence:
        parameter = self.plugins.parameters.get(rule.within.parameter)
        within = self._value(parameter) if parameter else _l("the same working day")
        said = {"promise": rule.title, "within": within, "role": rule.owner.title}
        return _l("%(promise)s (%(within)s): %(role)s", **said)

    def _set(self, procedure: Procedure, step: Step) -> Iterator[Line]:
        for note in procedure.amendments:
            if note.verb == "set" and note.target == step.name:
                yield self._line(_l("Otherwise"), note.detail, note.clause, note.plugin)

    # --- decisions

    def _decisions(self) -> Iterator[Chapter]:
        entries = tuple(self._decision(name, one) for name, one in _declared(self.plugins.hook))
        if entries:
            yield Chapter(key="decisions", title=_l("Decisions"), plugin="", entries=entries)

    def _decision(self, name: str, caller: Any) -> Entry:
        title = getattr(caller.spec.function, "koudai_title", name)
        answering = reversed(caller.get_hookimpls())
        lines = tuple(self._answers(one) for one in answering)
        return Entry(key=name, title=title, clause="", plugin=name.partition("_")[0], lines=lines)

    def _answers(self, one: Any) -> Line:
        manifest = self.plugins.enabled[one.plugin_name].manifest
        text = f"{manifest.title} {manifest.version}"
        label = _l("Adjusts") if one.wrapper else _l("Answers")
        return self._line(label, text, plugin=one.plugin_name)

    # --- parameters

    def _parameters(self) -> Iterator[Chapter]:
        mine = changes(self.office.id)
        for plugin in self.plugins.enabled.values():
            entries = tuple(self._parameter(one, mine) for one in plugin.manifest.parameters)
            if entries:
                title = _l("Parameters: %(plugin)s", plugin=plugin.manifest.title)
                yield Chapter(
                    key=f"{plugin.name}.parameters", title=title, plugin=plugin.name, entries=entries
                )

    def _parameter(self, parameter: Parameter, mine: Mapping[str, Any]) -> Entry:
        rung = effective(self.rules.rungs(parameter.key))
        local = rung.source not in ("default", "nation")
        since = self._on_since.get(rung.name) if rung.source == "preset" else None
        if rung.source == "office" and parameter.key in mine:
            since = mine[parameter.key][0].set_at
        text = self._value(parameter)
        if local:
            text = _l("%(value)s instead of %(other)s", value=text, other=self._at_head_office(parameter))
        by = rung.name if local else ""
        line = Line(label=_l("Value"), text=text, clause=rung.clause, by=by, since=since)
        owner = parameter.key.partition(".")[0]
        return Entry(
            key=parameter.key, title=parameter.label, clause=parameter.clause, plugin=owner, lines=(line,)
        )

    def _at_head_office(self, parameter: Parameter) -> Sentence:
        """Return what head office has in place of a local value."""
        rungs = self.rules.rungs(parameter.key)
        national = next(one for one in rungs if one.given and one.source in ("nation", "default"))
        return self._said(parameter, national.value)

    def _value(self, parameter: Parameter) -> Sentence:
        return self._said(parameter, self.rules.parameter(parameter.key))

    def _said(self, parameter: Parameter, value: Any) -> Sentence:
        if isinstance(value, bool):
            return _l("yes") if value else _l("no")
        return _l("%(value)s %(unit)s", value=value, unit=parameter.unit)


def _whom(way: Allowed) -> Sentence:
    return _l("%(role)s, only who is named", role=way.role.title) if way.only else way.role.title


def _declared(hook: Any) -> Iterator[tuple[str, Any]]:
    """Yield the decisions that somebody declares, by name."""
    for name, caller in sorted(vars(hook).items()):
        if not name.startswith("_") and caller.spec is not None and caller.spec.opts["firstresult"]:
            yield name, caller
