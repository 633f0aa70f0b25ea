"""What every plugin keeps to, national, regional or written by somebody else: run over all installed."""

from __future__ import annotations

import re
from collections.abc import Iterator
from importlib.metadata import entry_points
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from sqlalchemy import create_engine, inspect

from core import migrate
from core.clauses import Citation, HouseRule
from core.db import Base
from core.hooks import clauses_of
from core.plugins import GROUP, Installed, Plugins, PluginSet
from core.procedure import Procedure
from core.roles import NATIONAL_ROLES
from tests.plugins_dummy.fixtures import DUMMIES, database_url, plugins  # noqa: F401

POINTS = {point.name: point.load() for point in entry_points(group=GROUP)}
ALL = Plugins([*POINTS.values(), *DUMMIES])
SOUND = [one for one in ALL.installed.values() if one.name not in ("faulty", "stuck")]
REAL = [one for one in SOUND if one.name in POINTS]
ROOT, SHORT = Path(__file__).parents[2], 60
each = pytest.mark.parametrize("one", SOUND, ids=lambda one: one.name)
each_real = pytest.mark.parametrize("one", REAL, ids=lambda one: one.name)


def required(one: Installed) -> list[str]:
    """Return a plugin and all that it requires, directly or not."""
    names = {one.name}
    for needed in one.manifest.requires:
        names.update(required(ALL.installed[needed]))
    return [name for name in ALL.installed if name in names]


def alone(one: Installed) -> PluginSet:
    """Install a plugin with what it requires and nothing else, and switch all of it on."""
    modules: list[ModuleType] = [ALL.installed[name].module for name in required(one)]
    return Plugins(modules).set_of(required(one))


def specs(one: Installed) -> dict[str, dict[str, Any]]:
    """Return the hooks that a plugin declares, with their options."""
    hooks = vars(one.part("hooks") or object)
    return {name: spec.koudai_spec for name, spec in hooks.items() if hasattr(spec, "koudai_spec")}


def own(one: Installed, procedure: Procedure) -> Iterator[tuple[str, Citation]]:
    """Yield every rule of a plugin in a procedure, with what it cites."""
    for step in procedure.steps.values():
        if step.plugin == one.name:
            yield f"{procedure.name}.{step.name}", step.clause
        for rule in (*step.requires, *step.fields):
            if rule.plugin == one.name:
                yield f"{procedure.name}.{step.name} requires", rule.clause
    for deadline in procedure.deadlines.values():
        if deadline.plugin == one.name:
            yield deadline.key, deadline.clause
    for amendment in procedure.amendments:
        if amendment.plugin == one.name:
            yield f"{procedure.name}.{amendment.target} {amendment.verb}", amendment.clause


def test_every_plugin_is_here() -> None:
    folders = {path.parent.name for path in ROOT.glob("plugins/*/__init__.py")}
    regions = {path.parent.name for path in ROOT.glob("regions/*/pyproject.toml")}
    assert {one.name for one in REAL} == folders | regions


@each
def test_it_is_named_after_its_folder(one: Installed) -> None:
    assert re.fullmatch("[a-z]+", one.name)
    assert one.module.__name__.rpartition(".")[2].removeprefix("koudai_") == one.name


@each_real
def test_it_is_installed_under_its_own_name(one: Installed) -> None:
    assert POINTS[one.name].manifest is one.manifest


@each
def test_it_does_not_jump_the_queue(one: Installed) -> None:
    manager = alone(one).manager
    for caller in manager.get_hookcallers(one.module) or []:
        for given in caller.get_hookimpls():
            jumps = [given.tryfirst, given.trylast, given.opts["specname"]]
            assert not any(jumps), given.function.__name__


@each
def test_what_is_national_requires_nothing_regional(one: Installed) -> None:
    if not one.manifest.regional:
        assert not [name for name in required(one) if ALL.installed[name].manifest.regional]


@each
def test_it_works_alone_with_what_it_requires(one: Installed) -> None:
    found = alone(one)
    assert one.name in found.enabled
    assert {procedure.name for procedure in one.procedures} <= set(found.procedures)


@each
def test_it_answers_every_decision_it_declares(one: Installed) -> None:
    hook = alone(one).hook
    for name in (name for name, options in specs(one).items() if options["firstresult"]):
        answering = [given.plugin_name for given in getattr(hook, name).get_hookimpls()]
        assert one.name in answering, f"{one.name} declares {name} and does not answer it"


@each
def test_its_answers_say_beforehand_by_which_clauses(one: Installed) -> None:
    manager, answers = alone(one).manager, []
    for caller in manager.get_hookcallers(one.module) or []:
        if caller.spec and caller.spec.opts["firstresult"]:
            answers += [given for given in caller.get_hookimpls() if given.plugin_name == one.name]
    silent = [given.function.__name__ for given in answers if not clauses_of(given.function)]
    assert silent == []
    cited = [clause for given in answers for clause in clauses_of(given.function)]
    assert [one for one in cited if not isinstance(one, HouseRule) and one not in ALL.clauses] == []


@each
def test_it_names_what_it_brings_after_itself(one: Installed) -> None:
    manifest, prefix = one.manifest, f"{one.name}."
    keys = [given.key for given in (*manifest.parameters, *manifest.permissions)]
    keys += [procedure.name for procedure in one.procedures]
    keys += [
        rule.key
        for procedure in alone(one).procedures.values()
        for rule in procedure.deadlines.values()
        if rule.plugin == one.name
    ]
    assert [key for key in keys if not re.fullmatch(rf"{re.escape(prefix)}[a-z0-9_]+", key)] == []
    assert [name for name in specs(one) if not name.startswith(f"{one.name}_")] == []


@each
def test_it_names_tables_pages_and_files_after_itself(one: Installed) -> None:
    package = one.module.__name__
    for mapper in Base.registry.mappers:
        owned = mapper.class_.__module__.startswith(f"{package}.")
        assert owned == str(mapper.local_table).startswith(f"{one.name}_"), mapper.class_
    views = one.part("views")
    assert views is None or views.pages.name == one.name
    assert {path.name for path in (one.folder / "templates").glob("*")} <= {one.name}
    revisions = {path.stem for path in (one.folder / "migrations").glob("*.py")}
    assert all(re.fullmatch(rf"{one.name}_\d{{4}}.*", revision) for revision in revisions)


@each
def test_every_rule_cites_its_clause(one: Installed) -> None:
    known = ALL.clauses
    rules = [cited for procedure in alone(one).procedures.values() for cited in own(one, procedure)]
    rules += [(parameter.key, parameter.clause) for parameter in one.manifest.parameters]
    assert rules
    for rule, clause in rules:
        stated = bool(clause.reason.msgid) if isinstance(clause, HouseRule) else clause in known
        assert stated, f"{rule} cites {clause!r}, which no book has"


def test_every_role_cites_its_clause() -> None:
    assert not [role.key for role in NATIONAL_ROLES if role.clause and role.clause not in ALL.clauses]


@each
def test_its_clauses_are_its_own(one: Installed) -> None:
    assert {clause.plugin for clause in one.clauses} <= {one.name}


@each
def test_its_presets_are_allowed(one: Installed) -> None:
    found = alone(one)
    for key, value in one.manifest.presets.items():
        parameter = found.parameters[key]
        assert not parameter.locked, key
        assert type(value) is parameter.kind
        assert not parameter.loosens(value, parameter.default), f"{key} is laxer than head office wants it"


@each
def test_its_readme_lists_what_it_brings(one: Installed) -> None:
    folder = one.folder if (one.folder / "README.md").exists() else one.folder.parent
    text = (folder / "README.md").read_text()
    steps = [
        step.name
        for procedure in alone(one).procedures.values()
        for step in procedure.steps.values()
        if step.plugin == one.name
    ]
    implemented = [caller.name for caller in alone(one).manager.get_hookcallers(one.module) or []]
    brought = [*specs(one), *steps, *(parameter.key for parameter in one.manifest.parameters)]
    brought += implemented if one.name in POINTS else []
    assert [name for name in brought if f"`{name}`" not in text] == []


@pytest.mark.parametrize("one", [one for one in REAL if one.manifest.regional], ids=lambda one: one.name)
def test_a_region_differs_in_every_way_in_one_short_file(one: Installed) -> None:
    assert len(Path(str(one.module.__file__)).read_text().splitlines()) < SHORT
    found = alone(one)
    verbs = {
        amendment.verb
        for procedure in found.procedures.values()
        for amendment in procedure.amendments
        if amendment.plugin == one.name
    }
    hooks = {caller.name: caller.spec.opts for caller in found.manager.get_hookcallers(one.module) or []}
    assert one.manifest.presets
    assert {"require", "widen"} <= verbs
    assert "core_case_cards" in hooks
    assert any(options["firstresult"] for options in hooks.values())


def test_every_migration_goes_down_and_up_again(database_url: str) -> None:  # noqa: F811
    for name in reversed(migrate.histories(ALL)):
        migrate.downgrade(database_url, ALL, name)
        assert not [table for table in tables(database_url) if table.startswith(f"{name}_")]
    assert all(table.startswith("alembic_version_") for table in tables(database_url))
    migrate.upgrade(database_url, ALL)
    assert migrate.check(database_url, ALL) == []


def tables(url: str) -> list[str]:
    engine = create_engine(url)
    try:
        return inspect(engine).get_table_names()
    finally:
        engine.dispose()
