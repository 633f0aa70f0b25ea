"""What removing a plugin would lose: who uses it, what hangs on it, what it holds and what it says."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import func, select

from core.additions import Amendment
from core.db import db
from core.errors import NotFound, PluginError
from core.i18n import Sentence, _l
from core.life.bringing import Brought, added_states, brought
from core.life.holdings import Holding, holdings, own_tables
from core.offices import Office, all_offices
from core.parameters import Parameter, preset_of, stored_values
from core.plugin_sets import answers_of, title_of, with_required
from core.plugins import Installed, Plugins, PluginSet
from core.procedure import Procedure, State
from core.switches import PluginSwitch, dead_ends, enabled_in


@dataclass(frozen=True, kw_only=True)
class Setting:
    """A parameter of the plugin, and the offices that have set it themselves."""

    parameter: Parameter
    set_in: list[tuple[str, Any]]


@dataclass(frozen=True, kw_only=True)
class Presetting:
    """A parameter of another plugin, the value that this one gives it, and the offices that have their own."""

    parameter: Parameter | None
    key: str
    value: Any
    set_in: list[tuple[str, Any]]


@dataclass(frozen=True, kw_only=True)
class OpenCases:
    """Cases in one office that could go no further without the plugin."""

    office: str
    procedure: str
    state: Sentence
    count: int


@dataclass(frozen=True, kw_only=True)
class Added:
    """A state that the plugin adds to another's procedure, with the cases that stand or ended there, by office."""

    procedure: str
    state: State
    cases: list[tuple[str, int]]


@dataclass(frozen=True, kw_only=True)
class Held:
    """A table with the number of the plugin's rows in it, by office; the code is empty where rows have none."""

    table: str
    rows: list[tuple[str, int]]

    @property
    def count(self) -> int:
        """How many rows there are."""
        return sum(number for _office, number in self.rows)


@dataclass(frozen=True, kw_only=True)
class Impact:
    """All that hangs on a plugin."""

    name: str
    title: Sentence | str
    version: str
    dependants: list[str]
    users: list[tuple[Office, dt.datetime]]
    held: list[Held]
    settings: list[Setting] = field(default_factory=list)
    presets: list[Presetting] = field(default_factory=list)
    cases: list[OpenCases] = field(default_factory=list)
    states: list[Added] = field(default_factory=list)
    amendments: list[Amendment] = field(default_factory=list)
    decisions: list[tuple[str, Sentence | str, bool]] = field(default_factory=list)
    brings: list[Brought] = field(default_factory=list)
    problem: Sentence | None = None


def impact_of(plugins: Plugins, name: str) -> Impact:
    """Collect what hangs on a plugin; one that is not installed any more may still hold something."""
    tree = all_offices()
    users, one = users_of(name, tree), plugins.installed.get(name)
    if one is None:
        return _of_a_stranger(plugins, name, users, tree)
    alone, problem = _alone(plugins, name)
    return Impact(
        name=name,
        title=one.manifest.title,
        version=one.manifest.version,
        dependants=dependants(plugins, name),
        users=users,
        held=list(_held(holdings(name, one), tree)),
        settings=list(_settings(one, tree)),
        presets=list(_presets(plugins, one, tree)),
        cases=list(_cases(plugins, one, tree)),
        problem=problem,
        **(_of_a_set(alone, name, tree) if alone else {}),
    )


def _of_a_set(alone: PluginSet, name: str, tree: dict[int, Office]) -> dict[str, Any]:
    """Return what is known of a plugin only where it fits: what it adds to others, decides and brings."""
    return {
        "states": [_added(procedure, state, tree) for procedure, state in added_states(alone, name)],
        "amendments": [n for p in alone.procedures.values() for n in p.amendments if n.plugin == name],
        "decisions": list(_decisions(alone, name)),
        "brings": list(brought(alone, name)),
    }


def _added(procedure: Procedure, state: State, tree: dict[int, Office]) -> Added:
    found = _standing(procedure, [state.name], tree)
    return Added(procedure=procedure.name, state=state, cases=[(one.office, one.count) for one in found])


def _alone(plugins: Plugins, name: str) -> tuple[PluginSet | None, Sentence | None]:
    """Build a plugin with what it requires and no more; one that does not fit can be told of all the same."""
    try:
        return plugins.set_of(with_required(plugins, name)), None
    except PluginError as error:
        return None, error.sentence


def _of_a_stranger(
    plugins: Plugins, name: str, users: list[tuple[Office, dt.datetime]], tree: dict[int, Office]
) -> Impact:
    if not users and (name == "core" or not name.isalnum() or not own_tables(name)):
        known = ", ".join(plugins.installed)
        raise NotFound(
            _l("There is no plugin %(plugin)s. Installed are: %(known)s.", plugin=name, known=known)
        )
    held = list(_held(holdings(name, None), tree))
    return Impact(name=name, title="", version="", dependants=[], users=users, held=held)


def dependants(plugins: Plugins, name: str) -> list[str]:
    """Return the installed plugins that require this one."""
    return [one.name for one in plugins.installed.values() if name in one.manifest.requires]


def with_dependants(plugins: Plugins, name: str) -> frozenset[str]:
    """Return a plugin and all that requires it, directly or not."""
    above = dependants(plugins, name)
    return frozenset({name}).union(*(with_dependants(plugins, one) for one in above))


def users_of(name: str, tree: dict[int, Office]) -> list[tuple[Office, dt.datetime]]:
    """Return the offices that use a plugin, and since when."""
    using = [office_id for office_id, names in enabled_in(tree).items() if name in names]
    query = select(PluginSwitch.office_id, func.max(PluginSwitch.switched_at)).where(
        PluginSwitch.plugin == name, PluginSwitch.enabled, PluginSwitch.office_id.in_(using)
    )
    since = {row[0]: row[1] for row in db.session.execute(query.group_by(PluginSwitch.office_id))}
    return [(tree[office_id], since[office_id]) for office_id in using]


def _held(found: Iterable[Holding], tree: dict[int, Office]) -> Iterator[Held]:
    """Count what is held: every table of the plugin's own, and those of core's in which it has a row."""
    for one in found:
        counted = one.per_office()
        rows = [(tree[key].code if key in tree else "", number) for key, number in counted.items()]
        if rows or one.rows is None:
            yield Held(table=one.table.name, rows=sorted(rows))


def _settings(one: Installed, tree: dict[int, Office]) -> Iterator[Setting]:
    stored = stored_values(list(tree))
    for parameter in one.manifest.parameters:
        yield Setting(parameter=parameter, set_in=_set_in(parameter.key, stored, tree))


def _presets(plugins: Plugins, one: Installed, tree: dict[int, Office]) -> Iterator[Presetting]:
    declared = {p.key: p for other in plugins.installed.values() for p in other.manifest.parameters}
    stored = stored_values(list(tree))
    for key, value in one.manifest.presets.items():
        where = _set_in(key, stored, tree)
        yield Presetting(parameter=declared.get(key), key=key, value=preset_of(value).value, set_in=where)


def _set_in(
    key: str, stored: Mapping[tuple[int, str], Any], tree: Mapping[int, Office]
) -> list[tuple[str, Any]]:
    return sorted((tree[office_id].code, value) for (office_id, one), value in stored.items() if one == key)


def _decisions(alone: PluginSet, name: str) -> Iterator[tuple[str, Sentence | str, bool]]:
    """Yield the decisions that the plugin answers: key, title, and whether it only adjusts what others say."""
    for decision, given in answers_of(alone, name):
        yield decision.name, title_of(decision), bool(given.wrapper)


def _cases(plugins: Plugins, one: Installed, tree: dict[int, Office]) -> Iterator[OpenCases]:
    """Yield the open cases of its procedures, and those of others that only it leads on."""
    for procedure in one.procedures:
        yield from _standing(procedure, [s.name for s in procedure.states.values() if not s.final], tree)
    for office_id, names in enabled_in(tree).items():
        if one.name in names:
            here = {office_id: tree[office_id]}
            for procedure, gone in _left_behind(plugins, one.name, names):
                yield from _standing(procedure, gone, here)


def _left_behind(plugins: Plugins, name: str, names: frozenset[str]) -> Iterator[tuple[Procedure, list[str]]]:
    """Yield the procedures of others and their states from which only the plugin leads on."""
    try:
        before, after = plugins.set_of(names), plugins.set_of(names - with_dependants(plugins, name))
    except PluginError:
        return
    for key, procedure in after.procedures.items():
        yield before.procedures[key], dead_ends(before.procedures[key], procedure)


def _standing(procedure: Procedure, states: list[str], tree: dict[int, Office]) -> Iterator[OpenCases]:
    model = procedure.model
    query = select(model.office_id, model.state, func.count()).where(model.state.in_(states))
    query = query.where(model.office_id.in_(tree)).group_by(model.office_id, model.state)
    for office_id, state, count in db.session.execute(query.order_by(model.office_id, model.state)):
        title = procedure.states[state].title
        yield OpenCases(office=tree[office_id].code, procedure=procedure.name, state=title, count=count)
