"""Clause -> rule -> test: what runs for each clause of the book, and what holds the code to it."""

from __future__ import annotations

import ast
import tomllib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from functools import lru_cache
from pathlib import Path
from types import ModuleType
from typing import Any

import core
from core.clauses import Citation, Clause, code_of
from core.parameters import preset_of
from core.permissions import CORE_PERMISSIONS
from core.plugin_sets import with_required
from core.plugins import Installed, Permission, Plugins
from core.procedure import Procedure
from core.roles import NATIONAL_ROLES

NOT_RULES = {"migrations", "tests", "__pycache__"}
WORK_TREE = Path(__file__).parent.parent
TESTS = ("tests/**/test_*.py", "regions/**/test_*.py", "examples/**/test_*.py")


class RuleKind(StrEnum):
    """By what a clause rules."""

    STEP = "step"
    REQUIREMENT = "requirement"
    DEADLINE = "deadline"
    PARAMETER = "parameter"
    PRESET = "preset"
    AMENDMENT = "amendment"
    ROLE = "role"
    PERMISSION = "permission"
    RESTATES = "restates"
    CITED = "cited"


@dataclass(frozen=True, kw_only=True)
class Rule:
    """One rule that cites a clause: whose it is, of which kind, and its name."""

    clause: str
    plugin: str
    kind: RuleKind
    name: str


@dataclass
class Coverage:
    """What stands for one clause: its rules, and the tests that hold the code to it."""

    clause: Clause
    rules: list[Rule] = field(default_factory=list)
    tests: list[str] = field(default_factory=list)

    @property
    def hole(self) -> bool:
        """Whether the rule or its test is missing."""
        return not self.rules or not self.tests


def coverage(plugins: Plugins, root: Path = WORK_TREE) -> tuple[list[Coverage], list[str]]:
    """Return what stands for each clause, and what cites a clause that no document has."""
    found = {code: Coverage(clause) for code, clause in plugins.clauses.items()}
    lost: list[str] = []
    for rule in rules_in(plugins):
        if rule.clause in found:
            found[rule.clause].rules.append(rule)
        else:
            lost.append(f"{rule.plugin} {rule.name}: {rule.clause}")
    folders = {one.folder for one in plugins.installed.values()}
    for code, test in marked_below(root):
        if not _is_here(root / test, folders, root):
            continue
        if code in found:
            found[code].tests.append(test)
        else:
            lost.append(f"{test}: {code}")
    return list(found.values()), lost


# --- rules


def rules_in(plugins: Plugins) -> list[Rule]:
    """Return every rule of core and of the installed plugins that cites a clause."""
    declared = [*_of_roles("core", NATIONAL_ROLES), *_of_permissions("core", CORE_PERMISSIONS.values())]
    for one in plugins.installed.values():
        declared += _of_plugin(one, plugins)
    known = {(rule.clause, rule.plugin) for rule in declared}
    cited = [rule for rule in cited_in_code(plugins) if (rule.clause, rule.plugin) not in known]
    return [*dict.fromkeys(rule for rule in [*declared, *cited] if rule.clause)]


def _of_plugin(one: Installed, plugins: Plugins) -> Iterator[Rule]:
    yield from _of_roles(one.name, one.manifest.roles)
    yield from _of_permissions(one.name, one.manifest.permissions)
    for clause in one.clauses:
        if clause.restates:
            yield _rule(clause.code, one.name, RuleKind.RESTATES, clause.restates)
    for parameter in one.manifest.parameters:
        yield _rule(parameter.clause, one.name, RuleKind.PARAMETER, parameter.key)
    for procedure in one.procedures:
        yield from _of_procedure(procedure)
    for key, given in one.manifest.presets.items():
        yield _rule(preset_of(given).clause, one.name, RuleKind.PRESET, key)
    together = plugins.set_of(with_required(plugins, one.name))
    for procedure in together.procedures.values():
        for amendment in procedure.amendments:
            if amendment.plugin == one.name:
                name = f"{procedure.name} {amendment.verb} {amendment.target}"
                yield _rule(amendment.clause, one.name, RuleKind.AMENDMENT, name)


def _of_procedure(procedure: Procedure) -> Iterator[Rule]:
    for step in procedure.steps.values():
        yield _rule(step.clause, procedure.plugin, RuleKind.STEP, f"{procedure.name} {step.name}")
        for requirement in step.requires:
            name = f"{procedure.name} {step.name}: {requirement.check.__name__}"
            yield _rule(requirement.clause, procedure.plugin, RuleKind.REQUIREMENT, name)
    for requirement in procedure.endings:
        name = f"{procedure.name} ends: {requirement.check.__name__}"
        yield _rule(requirement.clause, procedure.plugin, RuleKind.REQUIREMENT, name)
    for deadline in procedure.deadlines.values():
        yield _rule(deadline.clause, procedure.plugin, RuleKind.DEADLINE, deadline.key)


def _of_roles(plugin: str, roles: Iterable[Any]) -> Iterator[Rule]:
    for role in roles:
        yield _rule(role.clause, plugin, RuleKind.ROLE, role.key)


def _of_permissions(plugin: str, permissions: Iterable[Permission]) -> Iterator[Rule]:
    for permission in permissions:
        yield _rule(permission.clause, plugin, RuleKind.PERMISSION, permission.key)


def _rule(clause: Citation, plugin: str, kind: RuleKind, name: str) -> Rule:
    return Rule(clause=code_of(clause), plugin=plugin, kind=kind, name=name)


@lru_cache(maxsize=4)
def cited_in_code(plugins: Plugins) -> tuple[Rule, ...]:
    """Return the clauses that verdicts, objections and services cite; read once for the plugins of a process."""
    return tuple(_cited(plugins))


def _cited(plugins: Plugins) -> Iterator[Rule]:
    """Find the clauses that verdicts, objections and services cite: they are data only once somebody asks."""
    codes = set(plugins.clauses)
    sources: list[tuple[str, ModuleType]] = [("core", core)]
    sources += [(one.name, one.module) for one in plugins.installed.values()]
    for plugin, module in sources:
        for path in _files_of(module):
            read = _texts_of_data if path.suffix == ".toml" else _texts_of_code
            for text, name in read(path):
                if text in codes:
                    yield _rule(text, plugin, RuleKind.CITED, name)


def _texts_of_code(path: Path) -> Iterator[tuple[str, str]]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value, f"{path.name}:{node.lineno}"


def _texts_of_data(path: Path) -> Iterator[tuple[str, str]]:
    """Rules that are kept as data cite their clause in a text of their own."""
    waiting: list[Any] = [tomllib.loads(path.read_text(encoding="utf-8"))]
    while waiting:
        one = waiting.pop()
        if isinstance(one, str):
            yield one, path.name
        elif isinstance(one, dict | list):
            waiting += one.values() if isinstance(one, dict) else one


def _files_of(module: ModuleType) -> list[Path]:
    file = Path(str(module.__file__))
    if not hasattr(module, "__path__"):
        return [file] if file.exists() else []
    inside = sorted(path for kind in ("*.py", "*.toml") for path in file.parent.rglob(kind))
    return [path for path in inside if not NOT_RULES & set(path.relative_to(file.parent).parts)]


# --- tests


def marked_below(root: Path) -> Iterator[tuple[str, str]]:
    """Yield (clause, test) for every ``@pytest.mark.clause`` of a work tree; an installation has none."""
    for path in sorted({path for pattern in TESTS for path in root.glob(pattern)}):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        yield from _marked(tree, str(path.relative_to(root)), _of_module(tree))


def _is_here(test: Path, folders: Iterable[Path], root: Path) -> bool:
    """Say whether the plugin that a test is of is installed; a work tree has others, too."""
    part, name = test.relative_to(root).parts[:2]
    return part == "tests" or any(one.is_relative_to(root / part / name) for one in folders)


def _marked(node: ast.AST, where: str, inherited: set[str]) -> Iterator[tuple[str, str]]:
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.ClassDef):
            yield from _marked(child, f"{where}::{child.name}", inherited | _marks(child.decorator_list))
        elif isinstance(child, ast.FunctionDef) and child.name.startswith("test_"):
            for code in sorted(inherited | _marks(child.decorator_list)):
                yield code, f"{where}::{child.name}"


def _of_module(tree: ast.Module) -> set[str]:
    assigned = (node for node in tree.body if isinstance(node, ast.Assign))
    return _marks(node.value for node in assigned if ast.unparse(node.targets[0]) == "pytestmark")


def _marks(nodes: Iterable[ast.expr]) -> set[str]:
    calls = (node for root in nodes for node in ast.walk(root) if isinstance(node, ast.Call))
    marks = (call for call in calls if ast.unparse(call.func).endswith("mark.clause"))
    said = (argument for mark in marks for argument in mark.args)
    return {str(one.value) for one in said if isinstance(one, ast.Constant)}
