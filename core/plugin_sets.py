"""What several rooms ask of sets of plugins: what one needs, whether a set stands, and who says what to decisions."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from core.db import only_looking
from core.errors import PluginError

if TYPE_CHECKING:
    from pluggy import HookCaller, HookImpl

    from core.i18n import Sentence
    from core.ledger import LedgerRow
    from core.plugins import Plugins, PluginSet
    from core.procedure import DeadlineRule, Procedure, Step
    from core.roles import Role
    from core.rules import Rules

NOTHING: Mapping[str, Any] = MappingProxyType({})


def with_required(plugins: Plugins, name: str) -> frozenset[str]:
    """Return a plugin and all that it requires, directly or not."""
    needed = plugins.installed[name].manifest.requires
    return frozenset({name}).union(*(with_required(plugins, one) for one in needed))


def standing(plugins: Plugins, names: frozenset[str]) -> PluginSet | None:
    """Return the set of these plugins; None when it does not stand."""
    try:
        return plugins.set_of(names)
    except PluginError:
        return None


def let_in(found: PluginSet) -> dict[str, tuple[Role, ...]]:
    """Return the roles that plugins let take steps of others' cases, by the permission that reads these."""
    roles: dict[str, tuple[Role, ...]] = {}
    for procedure in found.procedures.values():
        ways = (
            (way.plugin or step.plugin, way.role) for step in procedure.steps.values() for way in step.who
        )
        foreign = tuple(role for plugin, role in ways if plugin != procedure.plugin)
        roles[procedure.reads] = (*roles.get(procedure.reads, ()), *foreign)
    return roles


def steps_named(procedure: Procedure, rules: Rules, rows: Iterable[LedgerRow]) -> dict[str, Step]:
    """Return the steps that were taken, by their names: also those of plugins that are off here now.

    A row says whose step it was: another plugin's of the same name is another step.
    """
    whose = {row.action: row.version.partition(" ")[0] for row in rows}
    found = _taken(procedure, whose)
    for there in _with_what_is_off(procedure, rules) if whose.keys() - found.keys() else ():
        found = {**_taken(there, whose), **found}
    return found


def _taken(procedure: Procedure, whose: Mapping[str, str]) -> dict[str, Step]:
    steps = procedure.steps
    return {
        name: steps[name] for name, plugin in whose.items() if name in steps and steps[name].plugin == plugin
    }


def promise_named(procedure: Procedure, rules: Rules, key: str) -> Sentence | str:
    """Return what a deadline promises, also one of a plugin that is off here now; its key when that is gone."""
    rule = promise_of(procedure, rules, key)
    return rule.title if rule else key


def promise_of(procedure: Procedure, rules: Rules, key: str) -> DeadlineRule | None:
    """Return the rule of a deadline, also of a plugin that is off here now; None when it is gone."""
    if key in procedure.deadlines:
        return procedure.deadlines[key]
    away = (there.deadlines[key] for there in _with_what_is_off(procedure, rules) if key in there.deadlines)
    return next(away, None)


def _with_what_is_off(procedure: Procedure, rules: Rules) -> Iterator[Procedure]:
    """Yield the procedure as it would be here with each installed plugin that is off."""
    mine, plugins = rules.plugins.names, rules.plugins.plugins
    for away in sorted(plugins.installed.keys() - mine):
        with_it = standing(plugins, mine | with_required(plugins, away))
        if with_it is not None:
            yield with_it.procedures[procedure.name]


def answers_of(found: PluginSet, name: str) -> Iterator[tuple[HookCaller, HookImpl]]:
    """Yield what a plugin says to decisions, its own and others': the decision, and the answer or what adjusts it."""
    for caller in found.manager.get_hookcallers(found.enabled[name].module) or ():
        if caller.spec is not None and caller.spec.opts["firstresult"]:
            yield from ((caller, given) for given in caller.get_hookimpls() if given.plugin_name == name)


def contributed(implementation: HookImpl, inputs: Mapping[str, Any] = NOTHING) -> list[Any]:
    """Ask one plugin for its contributions; it looks on and changes nothing, and what it raises goes through."""
    with only_looking():
        given = implementation.function(**{key: inputs[key] for key in implementation.argnames})
    many = given if isinstance(given, list | tuple) else [given]
    return [one for one in many if one is not None]


def title_of(decision: HookCaller) -> Sentence | str:
    """Return what a decision is called."""
    title: Sentence | str = getattr(decision.spec and decision.spec.function, "koudai_title", decision.name)
    return title
