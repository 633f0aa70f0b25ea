"""The closed list of verbs with which a plugin may amend a procedure that it does not own."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from core.additions import Amendment, Check, Consequence, Deed, ExtraField, Keep, Requirement
from core.clauses import Citation
from core.deadlines import Within
from core.errors import PluginError
from core.forms import StepField, StepForm
from core.i18n import Sentence, _l
from core.procedure import Procedure, Step, allowed
from core.roles import Allowed, Role

if TYPE_CHECKING:
    from core.gate import Act

# What may be set, and how it is called.
SETTABLE = {
    "title": _l("what it is called"),
    "form": _l("what is asked"),
    "tone": _l("how it is offered"),
    "by": _l("who may"),
}


@dataclass
class Amendable:
    """One plugin's hands on a procedure: the closed list of verbs with which it may be amended."""

    procedure: Procedure
    plugin: str
    requires: frozenset[str]
    _set_by: dict[tuple[str, str], str] = field(default_factory=dict)

    def state(self, name: str, title: Sentence, *, tone: str = "plain", final: bool = False) -> None:
        """Declare a further state, for a step that is added."""
        if name in self.procedure.states:
            self._refuse(name, _l("it exists already"))
        self.procedure.state(name, title, tone=tone, final=final, plugin=self.plugin)

    def steps_of(self, role: Role) -> list[str]:
        """Name the steps that a role may take as things stand, in order."""
        steps = (step for step in self.procedure.steps.values() if not step.inner)
        return [step.name for step in steps if any(one.role is role for one in step.who)]

    def widen(self, step: str, *, by: Role | Allowed | Iterable[Role | Allowed], clause: Citation) -> None:
        """Let more roles take a step; widenings add up."""
        old = self._unlocked(step, "by")
        more = self._mine(by, clause)
        self._replace(replace(old, widened=old.widened + more))
        for one in more:
            self._note("widen", step, _l("%(role)s may take it too", role=one.role.title), clause)

    def require(self, step: str, check: Check, *, clause: Citation) -> None:
        """Ask for something before a step may happen; requirements add up."""
        old = self._step(step)
        added = Requirement(check=check, clause=clause, plugin=self.plugin)
        self._replace(replace(old, requires=(*old.requires, added)))
        self._note("require", step, _l("one thing more must be in order first"), clause)

    def add_step(
        self,
        name: str,
        moves: str,
        *,
        title: Sentence,
        by: Role | Allowed | Iterable[Role | Allowed],
        clause: Citation,
        requires: Iterable[Check] = (),
        **attributes: Any,
    ) -> None:
        """Add a step of one's own."""
        if name in self.procedure.steps:
            self._refuse(name, _l("it exists already"))
        self._replace(
            self.procedure.new_step(name, moves, self.plugin, title, by, clause, requires, attributes)
        )
        self._note("add_step", name, title, clause)

    def starts(
        self,
        steps: str | Iterable[str],
        key: str,
        *,
        title: Sentence,
        within: Within,
        owner: Role | Allowed,
        clause: Citation,
        met_by: Iterable[str],
        dropped_by: Iterable[str] = (),
        since: str | None = None,
        since_title: Sentence | None = None,
        only_in: tuple[str, ...] = (),
        when: Callable[[Act], bool] | None = None,
        when_title: Sentence | None = None,
    ) -> None:
        """Let a step, or each of several, start a deadline of one's own; what is open of it then counts anew.

        Other steps meet it, or take its reason away and drop it; the rest is as in ``Procedure.deadline``.
        """
        if key in self.procedure.deadlines:
            self._refuse(key, _l("it exists already"))
        rule = self.procedure.new_deadline(key, title, within, owner, clause, self.plugin)
        counted = replace(rule, since=since, since_title=since_title, only_in=only_in)
        self.procedure.deadlines[key] = replace(counted, when=when, when_title=when_title)
        starting = (steps,) if isinstance(steps, str) else tuple(steps)
        for does, names in (("starts", starting), ("meets", met_by), ("drops", dropped_by)):
            for name in names:
                old = self._step(name)
                change: dict[str, Any] = {does: (*getattr(old, does), key)}
                self._replace(replace(old, **change))
        for name in starting:
            self._note("starts", name, title, clause)

    def add_field(
        self, step: str, name: str, wtfield: Any, *, keep: Keep | None = None, clause: Citation
    ) -> None:
        """Ask one more thing in a step's form; ``keep`` stores the value in the plugin's own table."""
        old = self._unlocked(step, "form")
        if not name.isidentifier():
            self._refuse(f"{step}.{name}", _l("a field's name is one word, with low lines"))
        if hasattr(old.form or StepForm, name) or any(one.name == name for one in old.fields):
            self._refuse(f"{step}.{name}", _l("it exists already"))
        if not issubclass(wtfield.field_class, StepField):
            self._refuse(f"{step}.{name}", _l("it is none of the fields of core.forms"))
        added = ExtraField(name=name, field=wtfield, keep=keep, clause=clause, plugin=self.plugin)
        self._replace(replace(old, fields=(*old.fields, added)))
        self._note("add_field", step, Sentence(name), clause)

    def follow(self, step: str, does: Deed, *, title: Sentence, clause: Citation) -> None:
        """Let something follow from a step in the same transaction: both happen, or neither."""
        old = self._step(step)
        added = Consequence(does=does, clause=clause, plugin=self.plugin)
        self._replace(replace(old, follows=(*old.follows, added)))
        self._note("follow", step, title, clause)

    def set(self, step: str, *, clause: Citation, **attributes: Any) -> None:
        """Replace unlocked attributes of a step; two plugins that set the same one conflict."""
        for name, value in attributes.items():
            old = self._unlocked(step, name)
            if name not in SETTABLE:
                settable = ", ".join(sorted(SETTABLE))
                self._refuse(f"{step}.{name}", _l("only %(names)s can be set", names=settable))
            earlier = self._set_by.get((step, name), self.plugin)
            if earlier not in (self.plugin, *self.requires):
                self._refuse(f"{step}.{name}", _l("plugin %(plugin)s sets it too", plugin=earlier))
            self._set_by[step, name] = self.plugin
            change: dict[str, Any] = {name: self._mine(value, clause) if name == "by" else value}
            self._replace(replace(old, **change))
            self._note("set", step, SETTABLE[name], clause)

    def _mine(self, by: Role | Allowed | Iterable[Role | Allowed], clause: Citation) -> tuple[Allowed, ...]:
        """Let whoever is allowed know by whose clause."""
        return tuple(replace(one, clause=clause, plugin=self.plugin) for one in allowed(by))

    def _step(self, name: str) -> Step:
        if name not in self.procedure.steps:
            known = ", ".join(self.procedure.steps)
            self._refuse(name, _l("there is no such step; known are %(known)s", known=known))
        return self.procedure.steps[name]

    def _unlocked(self, name: str, attribute: str) -> Step:
        step = self._step(name)
        if attribute in step.locked:
            self._refuse(f"{name}.{attribute}", _l("head office locked it (%(clause)s)", clause=step.clause))
        return step

    def _replace(self, step: Step) -> None:
        self.procedure.steps[step.name] = step

    def _note(self, verb: str, target: str, detail: Sentence, clause: Citation) -> None:
        self.procedure.amendments.append(
            Amendment(
                procedure=self.procedure.name,
                verb=verb,
                target=target,
                detail=detail,
                clause=clause,
                plugin=self.plugin,
            )
        )

    def _refuse(self, target: str, why: Sentence) -> None:
        raise PluginError(
            _l(
                "Plugin %(plugin)s cannot amend %(target)s of %(procedure)s: %(why)s.",
                plugin=self.plugin,
                target=target,
                procedure=self.procedure.name,
                why=why,
            )
        )
