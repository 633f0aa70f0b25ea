"""The rules of each plugin as each release of it had them: kept when the database is upgraded, compared later."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

import core
from core import clock, migrate
from core.additions import Amendment, Requirement
from core.clauses import Citation, HouseRule, code_of
from core.db import db, writing
from core.errors import NotFound, PluginError
from core.hooks import clauses_of
from core.i18n import Sentence, _l
from core.life.releases import RuleSnapshot
from core.life.removal import removals
from core.parameters import preset_of
from core.plugin_sets import answers_of, title_of, with_required
from core.plugins import Plugins, PluginSet
from core.procedure import DeadlineRule, Procedure, Step
from core.switches import in_use

Rule = dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class Snapshot:
    """The rules of one version of a plugin, by key."""

    plugin: str
    version: str
    title: Any
    rules: Mapping[str, Rule]


def keep(plugins: Plugins) -> None:
    """Keep the rules of every installed plugin under its version, unless they are kept already.

    One that was removed, has no tables (again) and is used by nobody is on its way out and leaves no row.
    """
    out = {row["plugin"] for row in removals()} - in_use() - _back(plugins)
    taken = [one for one in take(plugins) if one.plugin not in out]
    kept = {(row.plugin, row.version): row for row in db.session.scalars(select(RuleSnapshot))}
    said = {(one.plugin, one.version): {"title": one.title, "rules": one.rules} for one in taken}
    if all(key in kept and kept[key].rules == rules for key, rules in said.items()):
        return
    with writing():
        for key, rules in said.items():
            _keep(*key, rules)


def _back(plugins: Plugins) -> set[str]:
    """Return which plugins have their tables, so that they did not leave, or came back."""
    connection = db.session.connection()
    with_tables = migrate.histories(plugins)
    return {name for name in with_tables if not migrate.is_missing(connection, plugins, name)}


def _keep(plugin: str, version: str, rules: Any) -> None:
    where = (RuleSnapshot.plugin == plugin, RuleSnapshot.version == version)
    row = db.session.scalar(select(RuleSnapshot).where(*where))
    if row is None:
        row = RuleSnapshot(plugin=plugin, version=version)
        db.session.add(row)
    if row.rules != rules:
        row.rules, row.taken_at = rules, clock.now()


def take(plugins: Plugins) -> Iterator[Snapshot]:
    """Read the rules of what is installed; a plugin that does not fit has none that could be in force."""
    for one in plugins.installed.values():
        try:
            rules = {rule.pop("key"): rule for rule in _rules(plugins, one.name)}
        except PluginError:
            continue
        title = one.manifest.title.to_json()
        yield Snapshot(plugin=one.name, version=one.manifest.version, title=title, rules=rules)


# --- where a release note gets them from


def as_file(plugins: Plugins) -> dict[str, Any]:
    """Return the rules of what is installed as they are written to a file."""
    said = {
        one.plugin: {"version": one.version, "title": one.title, "rules": one.rules} for one in take(plugins)
    }
    return {"koudai": core.__version__, "taken_at": clock.now().isoformat(), "plugins": said}


def from_file(said: Any) -> dict[str, Snapshot]:
    """Read such a file again; whoever wrote something else is told so."""
    try:
        return {
            name: Snapshot(plugin=name, version=one["version"], title=one["title"], rules=one["rules"])
            for name, one in said["plugins"].items()
        }
    except (KeyError, TypeError, AttributeError) as error:
        raise NotFound(_l("This is no snapshot: write one with “koudai plugins snapshot”.")) from error


def of_version(version: str) -> dict[str, Snapshot]:
    """Return each plugin's newest kept rules that are not newer than a version; NotFound when there are none."""
    rows = list(db.session.scalars(select(RuleSnapshot)))
    found: dict[str, Snapshot] = {}
    for row in sorted(rows, key=lambda one: numbers_of(one.version)):
        if numbers_of(row.version) <= numbers_of(version):
            found[row.plugin] = _snapshot(row)
    if not any(row.version == version for row in rows):
        known = ", ".join(sorted({row.version for row in rows}, key=numbers_of)) or "—"
        raise NotFound(
            _l(
                "No release %(version)s is kept here. Kept are: %(known)s. Or give the file of a snapshot.",
                version=version,
                known=known,
            )
        )
    return found


def _snapshot(row: RuleSnapshot) -> Snapshot:
    return Snapshot(
        plugin=row.plugin, version=row.version, title=row.rules["title"], rules=row.rules["rules"]
    )


def numbers_of(version: str) -> tuple[int, ...]:
    """Return a version as numbers, so that 0.10 comes after 0.9."""
    return tuple(int("".join(filter(str.isdigit, part)) or 0) for part in version.split("."))


# --- what a plugin rules


def _rules(plugins: Plugins, name: str) -> Iterator[Rule]:
    """Yield the plugin's rules: what it declares itself, and what it adds to others."""
    needed = with_required(plugins, name)
    alone, without = plugins.set_of(needed), plugins.set_of(needed - {name})
    for procedure in alone.procedures.values():
        before = without.procedures.get(procedure.name)
        yield from _states(procedure, before)
        yield from (_step(procedure, one) for one in procedure.steps.values() if one.plugin == name)
        yield from (_deadline(procedure, one) for one in procedure.deadlines.values() if one.plugin == name)
        notes = [note for note in procedure.amendments if note.plugin == name]
        yield from (_amendment(note) for note in notes if note.verb not in ("add_step", "starts"))
    yield from _parameters(alone, name)
    yield from _decisions(alone, name)
    for clause in plugins.clauses.values():
        if clause.plugin == name:
            said = {"zh": clause.title_zh, "en": clause.title_en}
            yield _rule(f"clause {clause.code}", "clause", clause.code, clause.code, said)


def _rule(key: str, kind: str, title: Sentence | str, clause: Citation, says: Mapping[str, Any]) -> Rule:
    said = title.to_json() if isinstance(title, Sentence) else title
    house_rule = clause.reason.to_json() if isinstance(clause, HouseRule) else None
    about = {"key": key, "kind": kind, "title": said, "clause": code_of(clause), "house_rule": house_rule}
    return {**about, "says": dict(says)}


def _states(procedure: Procedure, before: Procedure | None) -> Iterator[Rule]:
    for state in procedure.states.values():
        if before is None or state.name not in before.states:
            key = f"state {procedure.name}.{state.name}"
            yield _rule(key, "state", state.title, "", {"final": state.final})


def _step(procedure: Procedure, step: Step) -> Rule:
    states = procedure.states
    titles = {name: _plain(states[name].title) for name in (*step.sources, *step.targets) if name in states}
    says = {
        "from": [titles[name] for name in states if name in step.sources],
        "to": [titles.get(name, name) for name in step.targets],
        "who": [_plain(way.role.title) for way in step.by],
        "asks": list(_asked(step)),
        "before": _cited(step.requires, step),
        "endings": _cited(procedure.asked_before(step)[len(step.requires) :], step),
        "starts": [_plain(procedure.deadlines[key].title) for key in _own(procedure, step.starts, step)],
        "meets": [_plain(procedure.deadlines[key].title) for key in _own(procedure, step.meets, step)],
    }
    return _rule(f"step {procedure.name}.{step.name}", "step", step.title, step.clause, says)


def _cited(asked: Iterable[Requirement], step: Step) -> list[str]:
    return sorted(code_of(one.clause) for one in asked if one.plugin == step.plugin)


def _own(procedure: Procedure, keys: Iterable[str], step: Step) -> list[str]:
    return [key for key in keys if procedure.deadlines[key].plugin == step.plugin]


def _asked(step: Step) -> Iterator[Any]:
    """Yield the labels of what the step's form asks, in order."""
    fields = [getattr(step.form, name) for name in dir(step.form) if not name.startswith("_")]
    asked = [one for one in fields if hasattr(one, "_formfield") and hasattr(one, "creation_counter")]
    for one in sorted(asked, key=lambda field: field.creation_counter):
        yield _plain(one.args[0] if one.args else one.kwargs.get("label", ""))


def _plain(said: Sentence | str) -> Any:
    return said.to_json() if isinstance(said, Sentence) else str(said)


def _deadline(procedure: Procedure, rule: DeadlineRule) -> Rule:
    within = rule.within.parameter or _plain(rule.within.told(None))
    says = {
        "within": within,
        "whose": _plain(rule.owner.title),
        "when": rule.when_title and _plain(rule.when_title),
        "leads": [_plain(procedure.states[one].title) for one in rule.only_in],
    }
    if rule.since is not None and rule.within.counted:
        says["since"] = _plain(procedure.since_title(rule))
    return _rule(f"deadline {rule.key}", "deadline", rule.title, rule.clause, says)


def _amendment(note: Amendment) -> Rule:
    detail = repr(note.detail.to_json()["values"]) if note.detail.values else note.detail.msgid
    key = f"{note.verb} {note.procedure}.{note.target} {code_of(note.clause)} {detail}"
    return _rule(key, note.verb, note.detail, note.clause, {"step": f"{note.procedure}.{note.target}"})


def _parameters(alone: PluginSet, name: str) -> Iterator[Rule]:
    for one in alone.enabled[name].manifest.parameters:
        says = {
            "default": one.default,
            "unit": _plain(one.unit),
            "least": one.minimum,
            "most": one.maximum,
            "stricter": one.stricter,
            "locked": one.locked,
        }
        yield _rule(f"parameter {one.key}", "parameter", one.label, one.clause, says)
    for key, given in alone.enabled[name].manifest.presets.items():
        declared, preset = alone.parameters[key], preset_of(given)
        says = {"value": preset.value, "unit": _plain(declared.unit)}
        yield _rule(f"preset {key}", "preset", declared.label, preset.clause or declared.clause, says)


def _decisions(alone: PluginSet, name: str) -> Iterator[Rule]:
    for decision, given in answers_of(alone, name):
        clause = next(iter(clauses_of(given.function)), "")
        says = {"adjusts": bool(given.wrapper)}
        yield _rule(f"decision {decision.name}", "decision", title_of(decision), clause, says)
