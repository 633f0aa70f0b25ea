"""Clause, rule, test: what is counted, and what a citation of nothing looks like."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.coverage import Rule, RuleKind, coverage, marked_below, rules_in
from core.plugins import Plugins

PLANTED = """
import pytest
pytestmark = [pytest.mark.slow, pytest.mark.clause("QI/03 3.1.7")]
@pytest.mark.clause("QP/2-04 5.4")
@pytest.mark.clause("QI/05 3.1")
def test_one(): ...
@pytest.mark.clause("QI/04 3.1.7")
class TestVisit:
    @pytest.mark.parametrize("x", [pytest.param(1, marks=pytest.mark.clause("QI/04 3.1.2"))])
    def test_two(self, x): ...
def helper(): ...
"""


@pytest.fixture
def work_tree(tmp_path: Path) -> Path:
    for name in ("tests/plugins/test_planted.py", "regions/east/tests/test_local.py"):
        (tmp_path / name).parent.mkdir(parents=True)
    (tmp_path / "tests/plugins/test_planted.py").write_text(PLANTED)
    local = '@pytest.mark.clause("QI/99 9.9")\ndef test_local(): ...\n'
    (tmp_path / "regions/east/tests/test_local.py").write_text(local)
    (tmp_path / "tests/test_strange.py").write_text(local)
    return tmp_path


def test_marks_on_functions_classes_parameters_and_modules_are_found(work_tree: Path) -> None:
    one, two = (
        "tests/plugins/test_planted.py::test_one",
        "tests/plugins/test_planted.py::TestVisit::test_two",
    )
    assert set(marked_below(work_tree)) == {
        ("QI/03 3.1.7", one),
        ("QP/2-04 5.4", one),
        ("QI/05 3.1", one),
        ("QI/03 3.1.7", two),
        ("QI/04 3.1.7", two),
        ("QI/04 3.1.2", two),
        ("QI/99 9.9", "regions/east/tests/test_local.py::test_local"),
        ("QI/99 9.9", "tests/test_strange.py::test_local"),
    }


def test_a_clause_knows_its_rules_and_tests_and_a_strange_one_is_named_where_its_plugin_is_installed(
    plugins: Plugins, work_tree: Path
) -> None:
    found, lost = coverage(plugins, work_tree)
    dispatch = next(one for one in found if one.clause.code == "QP/2-04 5.4")
    assert not dispatch.hole
    assert dispatch.tests == ["tests/plugins/test_planted.py::test_one"]
    assert lost == ["tests/test_strange.py::test_local: QI/99 9.9"], "regions/east is not installed"


def test_an_installation_without_tests_has_holes_only(plugins: Plugins, tmp_path: Path) -> None:
    found, lost = coverage(plugins, tmp_path)
    assert all(one.hole for one in found)
    assert lost == []


def test_every_kind_of_rule_is_seen_once(plugins: Plugins) -> None:
    rules = rules_in(plugins)
    assert {rule.kind for rule in rules} == set(RuleKind)
    assert len(rules) == len(set(rules))
    widened = Rule(
        clause="SHYY/QI/03 3.2",
        plugin="shanghai",
        kind=RuleKind.AMENDMENT,
        name="fieldservice.request widen dispatch",
    )
    assert widened in rules
    ending = {one.clause for one in rules if one.name.startswith("fieldservice.request ends: ")}
    assert ending == {"QI/05 3.4"}


def test_nothing_that_is_built_cites_a_clause_that_no_document_has(plugins: Plugins) -> None:
    assert coverage(plugins)[1] == []
