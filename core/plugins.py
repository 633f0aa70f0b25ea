"""Plugins: found by entry point, described by a manifest, and one plugin manager per distinct enabled set."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from graphlib import CycleError, TopologicalSorter
from importlib.metadata import entry_points
from importlib.util import find_spec
from pathlib import Path
from threading import Lock
from types import ModuleType
from typing import Any

import pluggy

from core import hooks, loose_ends, plugin_sets, records, slips
from core.amendments import Amendable
from core.clauses import NATIONAL, Citation, Clause, read_clauses
from core.db import only_looking
from core.errors import PluginError
from core.i18n import Sentence, _l
from core.parameters import OWN_PARAMETERS, Parameter, Preset, preset_of
from core.plugin_loading import GROUP, load_part, modules
from core.procedure import Procedure
from core.roles import Role
from core.state_maps import StateMap
from core.verdicts import Answer, Decision, Verdict

log = logging.getLogger(__name__)


@dataclass(frozen=True, kw_only=True)
class Permission:
    """A right to see pages, given to roles; the steps of a procedure name their roles themselves.

    ``clause`` says by what nobody else may see them, where the book says so.
    """

    key: str
    title: Sentence
    roles: tuple[Role, ...]
    clause: Citation = ""


@dataclass(frozen=True, kw_only=True)
class Manifest:
    """What a plugin says of itself: name, version, what it requires, and what it brings."""

    name: str
    title: Sentence
    version: str
    requires: tuple[str, ...] = ()
    regional: bool = False
    needs_core: str = "0.1"
    parameters: tuple[Parameter, ...] = ()
    permissions: tuple[Permission, ...] = ()
    roles: tuple[Role, ...] = ()
    presets: Mapping[str, Preset | Any] = field(default_factory=dict)
    state_maps: tuple[StateMap, ...] = ()


@dataclass(frozen=True)
class Installed:
    """One installed plugin: its module, its manifest, and the files that lie where they belong."""

    module: ModuleType
    manifest: Manifest

    @property
    def name(self) -> str:
        """The plugin's name."""
        return self.manifest.name

    @property
    def folder(self) -> Path:
        """The folder in which the plugin lies."""
        return Path(str(self.module.__file__)).parent

    def part(self, name: str) -> ModuleType | None:
        """Import ``procedure``, ``hooks``, ``views``... of the plugin if it has one."""
        full = f"{self.module.__name__}.{name}"
        is_package = hasattr(self.module, "__path__")
        there = is_package and find_spec(full)
        return load_part(self.name, full, regional=self.manifest.regional) if there else None

    @cached_property
    def procedures(self) -> tuple[Procedure, ...]:
        """The procedures that the plugin declares."""
        part = self.part("procedure")
        found = vars(part).values() if part else ()
        return tuple(p for p in found if isinstance(p, Procedure) and p.plugin == self.name)

    @cached_property
    def clauses(self) -> tuple[Clause, ...]:
        """The clauses that the plugin ships itself."""
        path = self.folder / "clauses.csv"
        try:
            return tuple(read_clauses(path)) if path.exists() else ()
        except ValueError as error:
            raise PluginError(
                _l("Plugin %(plugin)s does not fit: %(why)s.", plugin=self.name, why=error)
            ) from error


class Plugins:
    """All installed plugins in the order of their dependencies, and the sets built of them so far."""

    def __init__(self, found: Iterable[ModuleType], *, safe: bool = False) -> None:
        self.safe = safe
        every = [Installed(module, loose_ends.manifest_of(module)) for module in found]
        loose_ends.refuse_clashes(every)
        by_name = {one.name: one for one in every}
        self.installed = {name: by_name[name] for name in _in_order(by_name)}
        self.specs = [part for one in self.installed.values() if (part := one.part("hooks"))]
        for one in self.installed.values():
            one.part("models")
        self._sets: dict[frozenset[str], PluginSet] = {}
        self._building = Lock()

    @classmethod
    def from_entry_points(cls, *, safe: bool = False) -> Plugins:
        """Load everything that is installed under ``koudai.plugins``; in safe mode nothing regional."""
        return cls(modules(entry_points(group=GROUP), safe=safe), safe=safe)

    @cached_property
    def clauses(self) -> dict[str, Clause]:
        """The national clauses and those of every installed plugin, by code."""
        own = [clause for one in self.installed.values() for clause in one.clauses]
        return {clause.code: clause for clause in [*read_clauses(NATIONAL), *own]}

    @cached_property
    def procedures(self) -> dict[str, Procedure]:
        """The procedures of all installed plugins by name, as they declare them, before any amendment."""
        return {one.name: one for plugin in self.installed.values() for one in plugin.procedures}

    @cached_property
    def parameters(self) -> dict[str, Parameter]:
        """The parameters of core and of all installed plugins by key."""
        return OWN_PARAMETERS | {p.key: p for one in self.installed.values() for p in one.manifest.parameters}

    def present(self, names: frozenset[str]) -> frozenset[str]:
        """Return which of an office's plugins are at hand: all of them, unless safe mode left some out."""
        if not self.safe:
            return names
        here = names & self.installed.keys()
        return frozenset(name for name in here if here.issuperset(self.installed[name].manifest.requires))

    def set_of(self, names: Iterable[str]) -> PluginSet:
        """Return the set of these plugins, built once; refuse names that are not installed."""
        key = frozenset(names)
        with self._building:
            if key not in self._sets:
                self._sets[key] = PluginSet(self, self._check(key))
        return self._sets[key]

    def _check(self, names: frozenset[str]) -> list[Installed]:
        for name in sorted(names):
            if name not in self.installed:
                raise PluginError(
                    _l(
                        "Plugin %(plugin)s is enabled but not installed. Install it; a server that started before "
                        "that must be started again.",
                        plugin=name,
                    )
                )
            for needed in self.installed[name].manifest.requires:
                if needed not in names:
                    raise PluginError(
                        _l(
                            "Plugin %(plugin)s requires %(needed)s. Enable %(needed)s first.",
                            plugin=name,
                            needed=needed,
                        )
                    )
        return [one for name, one in self.installed.items() if name in names]


def _identified(value: Any) -> Any:
    """Return what the ledger keeps of an input: a record's id, a plain value, or its text."""
    plain = getattr(value, "id", value)
    return plain if isinstance(plain, int | str | None) else str(plain)


def _in_order(found: Mapping[str, Installed]) -> list[str]:
    """Order by dependency, national before regional, and by name where nothing else decides."""
    for one in found.values():
        for needed in one.manifest.requires:
            if needed not in found:
                raise PluginError(
                    _l(
                        "Plugin %(plugin)s requires %(needed)s, which is not installed.",
                        plugin=one.name,
                        needed=needed,
                    )
                )
    national = [name for name, one in found.items() if not one.manifest.regional]
    sorter: TopologicalSorter[str] = TopologicalSorter()
    for name in sorted(found):
        after = found[name].manifest.requires
        sorter.add(name, *after, *(national if found[name].manifest.regional else ()))
    try:
        return list(_sorted_levels(sorter))
    except CycleError as error:
        raise PluginError(
            _l("Plugins require each other in a circle: %(names)s.", names=error.args[1])
        ) from error


def _sorted_levels(sorter: TopologicalSorter[str]) -> Iterator[str]:
    sorter.prepare()
    while sorter.is_active():
        ready = sorted(sorter.get_ready())
        yield from ready
        sorter.done(*ready)


class PluginSet:
    """One set of enabled plugins: its hooks, its procedures, its parameters. Frozen once built."""

    def __init__(self, plugins: Plugins, enabled: list[Installed]) -> None:
        self.plugins = plugins
        self.enabled = {one.name: one for one in enabled}
        self.manager = pluggy.PluginManager(hooks.PROJECT)
        self.manager.add_hookspecs(hooks)
        for spec in plugins.specs:
            self.manager.add_hookspecs(spec)
        self._register(enabled)
        self.parameters = OWN_PARAMETERS | {p.key: p for one in enabled for p in one.manifest.parameters}
        self.procedures = {p.name: p.copy() for one in enabled for p in one.procedures}
        self._amend()
        self.let_in = plugin_sets.let_in(self)
        self.own_roles = tuple(role for one in enabled for role in one.manifest.roles)
        self.forms = records.assembled(enabled, self.procedures)
        loose_ends.refuse_loose_ends(self)

    @property
    def names(self) -> frozenset[str]:
        """The names of the enabled plugins."""
        return frozenset(self.enabled)

    @property
    def hook(self) -> Any:
        """The hooks of this set, for contributions and objections."""
        return self.manager.hook

    def _register(self, enabled: list[Installed]) -> None:
        """Hang up every plugin's answers; one that fits no spec is refused, by the name of its plugin."""
        try:
            for one in enabled:
                loose_ends.refuse_unmarked(one, vars(self.hook))
                slips.refuse_misfits(one, vars(self.hook))
                self.manager.register(one.module, name=one.name)
            self.manager.check_pending()
        except pluggy.PluginValidationError as error:
            name = next(one.name for one in enabled if one.module is error.plugin)
            raise slips.unfit(name, str(error)) from error

    def _amend(self) -> None:
        set_by: dict[str, dict[tuple[str, str], str]] = {name: {} for name in self.procedures}
        for implementation in self.manager.hook.amend.get_hookimpls():
            manifest = self.enabled[implementation.plugin_name].manifest
            reach = {
                name: Amendable(procedure, manifest.name, frozenset(manifest.requires), set_by[name])
                for name, procedure in self.procedures.items()
                if procedure.plugin in (manifest.name, *manifest.requires)
            }
            who = {"plugin": manifest.name}
            try:
                implementation.function(reach)
            except PluginError:
                raise
            except KeyError as error:
                text = _l(
                    "Plugin %(plugin)s amends %(target)s, which is not there, or which it does not require.",
                    target=error,
                    **who,
                )
                raise PluginError(text) from error
            except Exception as error:
                text = _l("Plugin %(plugin)s failed while amending: %(error)s", error=repr(error), **who)
                raise PluginError(text) from error

    def version(self, plugin: str) -> str:
        """Return the version of an enabled plugin, for the ledger."""
        return self.enabled[plugin].manifest.version

    def permission(self, key: str) -> Permission | None:
        """Find a permission that one of the enabled plugins declares."""
        found = (p for one in self.enabled.values() for p in one.manifest.permissions if p.key == key)
        return next(found, None)

    def permissions(self) -> list[str]:
        """Return the keys of all permissions that the enabled plugins declare."""
        return [p.key for one in self.enabled.values() for p in one.manifest.permissions]

    def presets(self, key: str) -> list[tuple[str, Preset]]:
        """Return what regional plugins preset for a parameter, the most local first."""
        regional = [one for one in self.enabled.values() if one.manifest.regional]
        return [
            (one.name, preset_of(one.manifest.presets[key]))
            for one in reversed(regional)
            if key in one.manifest.presets
        ]

    def decide(self, name: str, **inputs: Any) -> Decision:
        """Ask a decision hook; the answer comes with everybody who answered, in order."""
        answers = self.explain(name, **inputs)
        standing = next((a for a in answers if a.role in ("adjusted", "chosen")), None)
        if standing is None or standing.verdict is None:
            raise PluginError(_l("Nobody answered the decision %(name)s.", name=name))
        known = {key: _identified(value) for key, value in inputs.items() if key != "rules"}
        return Decision(name=name, verdict=standing.verdict, answers=answers, inputs=known)

    def explain(self, name: str, **inputs: Any) -> list[Answer]:
        """List who answers a decision and what, the most local first, adjusters before all."""
        asked = list(reversed(getattr(self.hook, name).get_hookimpls()))
        answers: list[Answer] = []
        for implementation in (one for one in asked if not one.wrapper):
            verdict = self._verdict(implementation, name, inputs)
            chosen = any(answer.role == "chosen" for answer in answers)
            role = "passed" if verdict is None else "overridden" if chosen else "chosen"
            answers.append(self._answer(implementation.plugin_name, role, verdict))
        return self._adjustments(name, [one for one in asked if one.wrapper], inputs, answers) + answers

    def _adjustments(
        self, name: str, wrappers: Sequence[Any], inputs: Mapping[str, Any], answers: Sequence[Answer]
    ) -> list[Answer]:
        """Ask the adjusters from the innermost outward, so that each one's own part in the answer shows."""
        before = next((answer.verdict for answer in answers if answer.role == "chosen"), None)
        found: list[Answer] = []
        for place in range(len(wrappers) - 1, -1, -1):
            without = [outer.plugin for outer in wrappers[:place]]
            verdict = self._verdict(wrappers[place], name, inputs, without)
            role = "passed" if verdict == before else "adjusted"
            found.insert(0, self._answer(wrappers[place].plugin_name, role, verdict))
            before = verdict
        return found

    def _verdict(
        self, implementation: Any, name: str, inputs: Mapping[str, Any], without: Iterable[Any] = ()
    ) -> Verdict | None:
        """Hear one plugin's answer (of a wrapper: what came of it); who fails to answer is named."""
        try:
            with only_looking():
                if implementation.wrapper:
                    answer: Verdict | None = self.manager.subset_hook_caller(name, without)(**inputs)
                else:
                    answer = implementation.function(**{key: inputs[key] for key in implementation.argnames})
        except Exception as error:
            log.exception("plugin %s failed in %s", implementation.plugin_name, name)
            raise PluginError(
                _l(
                    "Plugin %(plugin)s failed to decide %(name)s. Repair it, or disable it here.",
                    plugin=implementation.plugin_name,
                    name=name,
                )
            ) from error
        return self._checked(answer, implementation.plugin_name, name)

    def _checked(self, answer: Any, plugin: str, name: str) -> Verdict | None:
        """Let through what the decision can be answered with; whoever says anything else is named."""
        known = getattr(getattr(self.hook, name).spec.function, "koudai_values", None)
        if answer is None or (
            isinstance(answer, Verdict) and (not known or any(answer.value == one for one in known))
        ):
            return answer
        raise PluginError(
            _l(
                "Plugin %(plugin)s answered %(name)s with %(answer)s. It must be one of: %(known)s.",
                plugin=plugin,
                name=name,
                answer=repr(getattr(answer, "value", answer)),
                known=", ".join(sorted(known or {"Verdict"})),
            )
        )

    def _answer(self, plugin: str, role: str, verdict: Verdict | None) -> Answer:
        return Answer(plugin=plugin, version=self.version(plugin), role=role, verdict=verdict)

    def gather(self, name: str, **inputs: Any) -> list[tuple[str, Any]]:
        """Ask every plugin for its contributions, one by one: (plugin, contribution or the exception)."""
        found: list[tuple[str, Any]] = []
        for implementation in getattr(self.hook, name).get_hookimpls():
            plugin = implementation.plugin_name
            try:
                given = plugin_sets.contributed(implementation, inputs)
            except Exception as error:
                log.exception("plugin %s failed in %s", plugin, name)
                given = [error]
            found.extend((plugin, one) for one in given)
        return found

    def notify(self, name: str, **inputs: Any) -> None:
        """Tell every plugin of an event; a failing listener is logged and breaks nobody."""
        self.gather(name, **inputs)
