"""The contract that every plugin keeps, as tests that an author runs over his own.

``class TestContract(PluginContract): plugin = "shenzhen"`` in a file of tests is all that it takes. What core refuses
when plugins are loaded is not tested again; this is what nobody would notice until it does harm.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping
from importlib.metadata import entry_points
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import text

from core import icons, migrate
from core.catalogues import domain_of, problems
from core.clauses import Citation, HouseRule
from core.db import Base, db
from core.hooks import clauses_of
from core.loose_ends import refuse_failing
from core.parameters import preset_of
from core.plugin_loading import GROUP
from core.plugin_sets import answers_of, with_required
from core.plugins import Installed, Plugins, PluginSet
from core.procedure import Procedure
from core.records import Addition, Record, declared
from core.testing import House, tables_of
from core.testing_drawing import faults
from core.unread import refuse_unread

NOT_ITS_CODE = {"tests", "__pycache__"}
OFFICE = re.compile(r"(?:\w+\.)*office(?:_\w+)?(?:\.\w+)*")
OFFICE_CODE = re.compile(r"(?:\w+\.)*office(?:_code|\.code|\.name)")
OFFICE_IN_TEMPLATE = re.compile(r"\boffice(?:_code|\.\w+)?\s*(?:==|!=|in)\s*[\"'(\[]\S*")


class PluginContract:
    """What every plugin keeps to, national, regional or written by somebody else."""

    plugin = ""

    @pytest.fixture
    def one(self, plugins: Plugins) -> Installed:
        """The plugin under test."""
        known = ", ".join(plugins.installed)
        assert self.plugin in plugins.installed, f"{self.plugin!r} is not installed; known are: {known}"
        return plugins.installed[self.plugin]

    def test_it_is_installed_under_its_own_name(self, one: Installed) -> None:
        points = {point.name: point.load() for point in entry_points(group=GROUP)}
        assert one.name in points, f"no entry point {GROUP} is called {one.name}: see pyproject.toml"
        assert points[one.name].manifest is one.manifest
        assert one.module.__name__.rpartition(".")[2].removeprefix("koudai_") == one.name

    def test_what_is_national_requires_nothing_regional(self, one: Installed, plugins: Plugins) -> None:
        if not one.manifest.regional:
            names = required(one, plugins)
            assert not [name for name in names if plugins.installed[name].manifest.regional]

    def test_it_works_alone_with_what_it_requires(self, one: Installed, plugins: Plugins) -> None:
        found = alone(one, plugins)
        assert one.name in found.enabled
        assert {procedure.name for procedure in one.procedures} <= set(found.procedures)

    def test_it_answers_every_decision_it_declares(self, one: Installed, plugins: Plugins) -> None:
        hook = alone(one, plugins).hook
        for name in (name for name, options in specs(one).items() if options["firstresult"]):
            answering = [given.plugin_name for given in getattr(hook, name).get_hookimpls()]
            assert one.name in answering, f"{one.name} declares {name} and does not answer it"

    def test_its_answers_say_beforehand_by_which_clauses(self, one: Installed, plugins: Plugins) -> None:
        answers = [given.function for _decision, given in answers_of(alone(one, plugins), one.name)]
        assert [answer.__name__ for answer in answers if not clauses_of(answer)] == []
        cited = [clause for answer in answers for clause in clauses_of(answer) if isinstance(clause, str)]
        assert [clause for clause in cited if clause not in plugins.clauses] == []

    def test_it_names_what_it_brings_after_itself(self, one: Installed, plugins: Plugins) -> None:
        keys = [parameter.key for parameter in one.manifest.parameters]
        keys += [permission.key for permission in one.manifest.permissions]
        keys += [procedure.name for procedure in one.procedures]
        keys += [
            rule.key
            for procedure in alone(one, plugins).procedures.values()
            for rule in procedure.deadlines.values()
            if rule.plugin == one.name
        ]
        assert [key for key in keys if not re.fullmatch(rf"{one.name}\.[a-z0-9_]+", key)] == []
        assert [name for name in specs(one) if not name.startswith(f"{one.name}_")] == []

    def test_it_names_tables_pages_and_files_after_itself(self, one: Installed) -> None:
        for mapper in Base.registry.mappers:
            owned = mapper.class_.__module__.startswith(f"{one.module.__name__}.")
            assert owned == str(mapper.local_table).startswith(f"{one.name}_"), mapper.class_
        views = one.part("views")
        assert views is None or views.pages.name == one.name
        assert {path.name for path in (one.folder / "templates").glob("*")} <= {one.name}
        revisions = {path.stem for path in (one.folder / "migrations").glob("*.py")}
        assert all(re.fullmatch(rf"{one.name}_\d{{4}}.*", revision) for revision in revisions)

    def test_every_rule_cites_its_clause(self, one: Installed, plugins: Plugins) -> None:
        rules = [
            cited
            for procedure in alone(one, plugins).procedures.values()
            for cited in rules_of_plugin(one, procedure)
        ]
        rules += [(parameter.key, parameter.clause) for parameter in one.manifest.parameters]
        rules += [(record.code, record.clause) for record in declared(one, Record)]
        rules += [(f"{more.to} + {more.part.title.msgid}", more.clause) for more in declared(one, Addition)]
        assert rules or one.manifest.presets, f"{one.name} brings no rule at all"
        for rule, clause in rules:
            stated = bool(clause.reason.msgid) if isinstance(clause, HouseRule) else clause in plugins.clauses
            assert stated, f"{rule} cites {clause!r}, which no book has"

    @pytest.mark.usefixtures("app")
    def test_what_it_brings_unasked_does_not_fail(self, one: Installed, plugins: Plugins) -> None:
        refuse_failing(alone(one, plugins))

    def test_what_its_steps_ask_is_read(self, one: Installed, plugins: Plugins) -> None:
        refuse_unread(alone(one, plugins))

    def test_what_it_shows_can_be_drawn(self, one: Installed, plugins: Plugins, house: House) -> None:
        office = house.office("HOME", *required(one, plugins))
        assert faults(one, house, office) == []

    def test_its_clauses_are_its_own(self, one: Installed) -> None:
        assert {clause.plugin for clause in one.clauses} <= {one.name}

    def test_its_presets_are_allowed(self, one: Installed, plugins: Plugins) -> None:
        found = alone(one, plugins)
        for key, given in one.manifest.presets.items():
            parameter, preset = found.parameters[key], preset_of(given)
            assert not parameter.locked, key
            assert type(preset.value) is parameter.kind, key
            assert not parameter.loosens(preset.value, parameter.default), f"{key}: laxer than head office"

    def test_its_readme_lists_what_it_brings(self, one: Installed, plugins: Plugins) -> None:
        folder = one.folder if (one.folder / "README.md").exists() else one.folder.parent
        if not (folder / "README.md").exists():
            pytest.skip(f"{one.name} is installed without its README.md: install it with --editable")
        readme = (folder / "README.md").read_text(encoding="utf-8")
        missing = [name for name in brought(one, plugins) if f"`{name}`" not in readme]
        missing += [record.code for record in declared(one, Record) if record.code not in readme]
        assert missing == [], f"{folder / 'README.md'} does not name them"

    def test_its_sentences_are_translated_in_its_own_domain(self, one: Installed) -> None:
        if one.manifest.regional and (one.folder / "translations").is_dir():
            assert list(problems(domain_of(one))) == [], f"koudai plugins sentences {one.name}"

    def test_it_never_asks_which_office_it_is_in(self, one: Installed) -> None:
        for path in one.folder.rglob("*.py"):
            if not NOT_ITS_CODE & set(path.relative_to(one.folder).parts):
                assert office_questions(path.read_text(encoding="utf-8")) == [], path
        for path in one.folder.rglob("*.html"):
            assert OFFICE_IN_TEMPLATE.findall(path.read_text(encoding="utf-8")) == [], path

    def test_its_pages_name_their_permission(self, one: Installed, app: Flask) -> None:
        own = {name: view for name, view in app.view_functions.items() if name.startswith(f"{one.name}.")}
        pages = {name: view for name, view in own.items() if not name.endswith(".static")}
        assert [name for name, view in pages.items() if not hasattr(view, "permission")] == []

    def test_its_icons_are_drawn(self, one: Installed) -> None:
        kept = [path for path in one.folder.rglob("*") if path.suffix in (*icons.MARKUP, icons.CODE)]
        own = (path for path in kept if not NOT_ITS_CODE & set(path.relative_to(one.folder).parts))
        wrong = [(path, icons.unknown(icon)) for path in own for icon in icons.written_in(path)]
        assert [f"{one.name}, {path.name}: {why}" for path, why in wrong if why] == []

    def test_its_rows_stand_behind_the_wall_between_offices(self, one: Installed, app: Flask) -> None:
        tables = [
            table for table in tables_of(app.extensions["koudai"]) if table.name.startswith(f"{one.name}_")
        ]
        assert [table.name for table in tables if "office_id" not in table.columns] == []
        if db.engine.dialect.name == "postgresql":
            query = text("select relname from pg_class where relforcerowsecurity")
            assert {table.name for table in tables} <= set(db.session.scalars(query)), (
                "protect(...) is missing"
            )

    def test_its_migrations_go_down_and_up_again(
        self, one: Installed, plugins: Plugins, database_url: str
    ) -> None:
        if one.name in migrate.histories(plugins):
            migrate.downgrade(database_url, plugins, one.name)
            migrate.upgrade(database_url, plugins)
        assert migrate.check(database_url, plugins) == []

    def test_no_neighbour_notices_it(self, one: Installed, plugins: Plugins) -> None:
        others = [other for other in plugins.installed.values() if one.name not in required(other, plugins)]
        names = {other.name for other in others if not other.manifest.regional}
        beside = plugins.set_of(names)
        without = Plugins([other.module for other in others]).set_of(names)
        assert told(beside) == told(without)
        assert one.name not in {
            plugin for plugins in told(beside)["listeners"].values() for plugin in plugins
        }


def required(one: Installed, plugins: Plugins) -> list[str]:
    """Return a plugin and all that it requires, directly or not, in their order."""
    names = with_required(plugins, one.name)
    return [name for name in plugins.installed if name in names]


def alone(one: Installed, plugins: Plugins) -> PluginSet:
    """Install a plugin with what it requires and nothing else, and switch all of it on."""
    names = required(one, plugins)
    return Plugins([plugins.installed[name].module for name in names]).set_of(names)


def specs(one: Installed) -> dict[str, dict[str, Any]]:
    """Return the hooks that a plugin declares, with their options."""
    hooks = vars(one.part("hooks") or object)
    return {name: spec.koudai_spec for name, spec in hooks.items() if hasattr(spec, "koudai_spec")}


def rules_of_plugin(one: Installed, procedure: Procedure) -> Iterator[tuple[str, Citation]]:
    """Yield every rule of a plugin in a procedure, with what it cites."""
    for step in procedure.steps.values():
        if step.plugin == one.name:
            yield f"{procedure.name}.{step.name}", step.clause
        added = [(rule.plugin, rule.clause) for rule in step.requires]
        added += [(more.plugin, more.clause) for more in step.added]
        yield from (
            (f"{procedure.name}.{step.name} asks", clause) for plugin, clause in added if plugin == one.name
        )
    for ending in procedure.endings:
        if ending.plugin == one.name:
            yield f"{procedure.name} asks before it ends", ending.clause
    for deadline in procedure.deadlines.values():
        if deadline.plugin == one.name:
            yield deadline.key, deadline.clause
    for amendment in procedure.amendments:
        if amendment.plugin == one.name:
            yield f"{procedure.name}.{amendment.target} {amendment.verb}", amendment.clause


def brought(one: Installed, plugins: Plugins) -> list[str]:
    """Return what a plugin's README has to name: hooks, answers, steps, parameters, presets."""
    found = alone(one, plugins)
    steps = [
        step.name
        for procedure in found.procedures.values()
        for step in procedure.steps.values()
        if step.plugin == one.name
    ]
    answers = [caller.name for caller in found.manager.get_hookcallers(one.module) or []]
    keys = [*(parameter.key for parameter in one.manifest.parameters), *one.manifest.presets]
    return [*specs(one), *steps, *answers, *keys]


def told(found: PluginSet) -> Mapping[str, Any]:
    """Return what a set of plugins says without a case before it, in words that can be compared."""
    hook = found.hook
    return {
        "steps": {name: steps_told(one) for name, one in found.procedures.items()},
        "amendments": {name: one.amendments for name, one in found.procedures.items()},
        "deadlines": {
            rule.key: (rule.within.parameter, rule.owner.key, str(rule.clause), rule.plugin)
            for one in found.procedures.values()
            for rule in one.deadlines.values()
        },
        "parameters": {key: found.presets(key) for key in found.parameters},
        "permissions": [one.key for plugin in found.enabled.values() for one in plugin.manifest.permissions],
        "listeners": {
            name: [one.plugin_name for one in getattr(hook, name).get_hookimpls()]
            for name in vars(hook)
            if not name.startswith("_") and getattr(hook, name).get_hookimpls()
        },
    }


def steps_told(procedure: Procedure) -> dict[str, Any]:
    """Return what is said of each step of a procedure, in words that can be compared."""
    return {
        step.name: (
            str(step.title),
            sorted(step.sources),
            step.targets,
            [(one.role.key, one.only) for one in step.who],
            str(step.clause),
            step.form and [name for name in vars(step.form) if not name.startswith("_")],
            [(one.plugin, str(one.clause)) for one in procedure.asked_before(step)],
            [(one.plugin, one.name) for one in step.fields],
            [(one.plugin, str(one.clause)) for one in step.follows],
            (step.starts, step.meets, step.drops, step.voids, step.inner, step.own_page),
        )
        for step in procedure.steps.values()
    }


def office_questions(source: str) -> list[str]:
    """Return the places where code asks which office it is in."""
    return [ast.unparse(node) for node in ast.walk(ast.parse(source)) if _asks_office(node)]


def _asks_office(node: ast.AST) -> bool:
    """Tell whether an office is compared with something written out, or its code with anything at all."""
    if isinstance(node, ast.Match):
        return bool(OFFICE.fullmatch(ast.unparse(node.subject)))
    if not isinstance(node, ast.Compare):
        return False
    sides = [node.left, *node.comparators]
    named = [ast.unparse(side) for side in sides if OFFICE.fullmatch(ast.unparse(side))]
    return any(map(OFFICE_CODE.fullmatch, named)) or bool(named and any(map(_written_out, sides)))


def _written_out(side: ast.expr) -> bool:
    values = side.elts if isinstance(side, ast.Tuple | ast.List | ast.Set) else [side]
    return any(isinstance(value, ast.Constant) and value.value is not None for value in values)
