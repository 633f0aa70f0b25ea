"""The steps of each procedure: from where to where, who, what first, what is asked, what is promised until when."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from sqlalchemy import inspect

from core import gate
from core.clauses import HouseRule
from core.flowchart.flow import Label, flow_of
from core.form_traits import labels
from core.forms import StepForm
from core.i18n import Sentence, _l
from core.parameters import effective
from core.people import Actor
from core.pocketbook.lines import Chapter, Entry, Line
from core.pocketbook.reading import Reading
from core.procedure import DeadlineRule, Procedure, Step
from core.roles import Allowed

NOBODY = Actor("pocket book")
MOVES, WHO = "moves", "who"
CHANGES = {"set": _l("Otherwise"), "follow": _l("And at once")}


def chapters(reading: Reading) -> Iterator[Chapter]:
    """Yield a chapter for each procedure, in the order of their plugins."""
    for procedure in reading.plugins.procedures.values():
        yield _Steps(reading, procedure).chapter


class _Steps:
    def __init__(self, reading: Reading, procedure: Procedure) -> None:
        self.reading, self.procedure = reading, procedure
        self.entries = {step.name: self._entry(step) for step in procedure.steps.values()}

    @property
    def chapter(self) -> Chapter:
        """The procedure's chapter, with its flow chart."""
        procedure = self.procedure
        return Chapter(
            key=procedure.name,
            title=procedure.title,
            plugin=procedure.plugin,
            entries=tuple(self.entries.values()),
            flow=flow_of(procedure, self._label, self.reading.regional),
        )

    def _entry(self, step: Step) -> Entry:
        lines = (
            self._moves(step),
            *self._who(step),
            *self._before(step),
            *self._asks(step),
            *self._promises(step),
            *self._endings(step),
            *self._set(step),
        )
        key = f"{self.procedure.name}.{step.name}"
        return Entry(key=key, title=step.title, clause=step.clause, plugin=step.plugin, lines=lines)

    def _moves(self, step: Step) -> Line:
        states = self.procedure.states
        sources = " / ".join(str(one.title) for one in states.values() if one.name in step.sources) or "—"
        stays = _l("stays there")
        targets = " / ".join(str(states[one].title) if one in states else str(stays) for one in step.targets)
        return self.reading.line(_l("From, to"), f"{sources} → {targets}", plugin=step.plugin, kind=MOVES)

    def _who(self, step: Step) -> Iterator[Line]:
        if step.inner:
            yield self.reading.line(_l("How it is taken"), _l("inside another step only"), plugin=step.plugin)
        set_by = next((way for way in step.by if way.plugin), None)
        who = " / ".join(str(_whom(way)) for way in step.by)
        clause, plugin = (set_by.clause, set_by.plugin) if set_by else ("", step.plugin)
        yield self.reading.line(_l("Who"), who, clause, plugin, WHO)
        for way in step.widened:
            yield self.reading.line(_l("Who"), _whom(way), way.clause, way.plugin, WHO)

    def _before(self, step: Step) -> list[Line]:
        """Say by which clauses something must be in order first: what two checks of a clause ask is one line."""
        clauses, lines = self.reading.plugins.plugins.clauses, list[Line]()
        for one in self.procedure.asked_before(step):
            known = clauses.get(str(one.clause))
            line = self.reading.line(_l("Before"), known.title if known else "", one.clause, one.plugin)
            lines += [] if line in lines else [line]
        return lines

    def _asks(self, step: Step) -> Iterator[Line]:
        form = gate.look_at(gate.blank(self.procedure, NOBODY, self.reading.rules), step).form()
        own = [str(_field(form, name, label)) for name, label in labels(step.form).items()]
        if own:
            yield self.reading.line(_l("Asks"), " · ".join(own), plugin=step.plugin)
        for one in step.fields:
            yield self.reading.line(_l("Asks"), str(form[one.name].label.text), one.clause, one.plugin)

    def _promises(self, step: Step) -> Iterator[Line]:
        for key in step.starts:
            rule = self.procedure.deadlines[key]
            line = self.reading.line(
                _l("Promises"), _sometimes(rule, self._promise(rule)), rule.clause, rule.plugin
            )
            yield line if line.differs else replace(line, **self._changed(rule))

    def _endings(self, step: Step) -> Iterator[Line]:
        """Say which promises of another plugin's the step keeps, or takes the reason from."""
        for label, keys in ((_l("Keeps"), step.meets), (_l("Drops"), step.drops)):
            for rule in (self.procedure.deadlines[key] for key in keys):
                if rule.plugin != step.plugin:
                    yield self.reading.line(label, rule.title, rule.clause, rule.plugin)

    def _promise(self, rule: DeadlineRule) -> Sentence:
        parameter = rule.within.parameter
        value = self.reading.rules.parameter(parameter) if parameter else None
        within = self._counted(rule, rule.within.told(value))
        said = {"promise": rule.title, "within": within, "role": rule.owner.title}
        if not rule.only_in:
            return _l("%(promise)s: %(within)s (%(role)s)", **said)
        states = " / ".join(str(self.procedure.states[one].title) for one in rule.only_in)
        return _l(
            "%(promise)s: %(within)s (%(role)s); only when it leads to: %(states)s", **said, states=states
        )

    def _counted(self, rule: DeadlineRule, within: Sentence) -> Sentence:
        """Say from when a time counts, where that is not the step that starts it."""
        if rule.within.promised and rule.since_title:
            return _l("%(within)s: %(moment)s", within=within, moment=rule.since_title)
        if rule.since is None or not rule.within.counted:
            return within
        said = {"within": within, "moment": self.procedure.since_title(rule)}
        column = inspect(self.procedure.model).columns.get(rule.since)
        if column is not None and not column.nullable:
            return _l("%(within)s, counted from %(moment)s", **said)
        return _l("%(within)s, counted from %(moment)s, or from this step where there is none", **said)

    def _changed(self, rule: DeadlineRule) -> dict[str, Any]:
        """Return who set the time that a promise has here, and by which clause, if it is not head office's."""
        parameter = self.reading.plugins.parameters.get(rule.within.parameter)
        changed = self.reading.in_force(parameter)[1] if parameter else {}
        clause = effective(self.reading.rules.rungs(parameter.key)).clause if parameter and changed else ""
        return changed | ({"more": (clause,)} if clause else {})

    def _set(self, step: Step) -> Iterator[Line]:
        for note in self.procedure.amendments:
            if note.verb in CHANGES and note.target == step.name:
                yield self.reading.line(CHANGES[note.verb], note.detail, note.clause, note.plugin)

    # --- the flow chart

    def _label(self, step: Step) -> Label:
        """Say what stands at a step's arrow: who takes it, and what is a region's own."""
        own = self.reading.regional(step.plugin)
        theirs = [way for way in step.who if own or not self.reading.regional(way.plugin)]
        return Label(
            step=step.name,
            title=str(step.title),
            who=" / ".join(dict.fromkeys(_unbroken(way.role.title) for way in theirs)),
            notes=(self._added(step),) if own else tuple(self._notes(step)),
            danger=step.voids,
            own=own,
        )

    def _added(self, step: Step) -> str:
        """Name whose step it is, by which clause."""
        whose = str(self.reading.title_of(step.plugin))
        return whose if isinstance(step.clause, HouseRule) else f"{whose} ({step.clause})"

    def _notes(self, step: Step) -> Iterator[str]:
        for line in self.entries[step.name].lines:
            if line.differs:
                text = f"+ {_unbroken(line.text)}" if line.kind == WHO else f"{line.label}: {line.text}"
                yield f"{text} ({_unbroken(line.clause)})" if str(line.clause) else text


def _unbroken(text: object) -> str:
    """Keep a name's words on one line."""
    return str(text).replace(" ", "\u00a0")


def _sometimes(rule: DeadlineRule, promise: Sentence) -> Sentence:
    """Say of a promise that not every such step starts it, and which does, where there are words for that."""
    if rule.when is None:
        return promise
    if rule.when_title is None:
        return _l("%(promise)s; not in every case", promise=promise)
    return _l("%(promise)s; only %(when)s", promise=promise, when=rule.when_title)


def _field(form: StepForm, name: str, label: str) -> Sentence | str:
    """Say what is asked; a form leaves out, on a blank case for nobody, what it does not ask in every case."""
    return str(form[name].label.text) if name in form else _l("%(field)s (not in every case)", field=label)


def _whom(way: Allowed) -> Sentence:
    return _l("%(role)s, only who is named", role=way.role.title) if way.only else way.role.title
