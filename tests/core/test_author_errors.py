"""Where an author stumbles, Koudai names the culprit and the remedy; where it can do the work itself, it does."""

from __future__ import annotations

from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from click.testing import CliRunner
from flask import Flask, render_template_string
from flask_babel import force_locale
from jinja2 import DictLoader
from sqlalchemy import Column, ForeignKey, Integer, MetaData, Table

from core import i18n, migrate
from core.catalogues import Domain, compile_catalogue, problems, update
from core.clauses import read_clauses
from core.cli.plugins import plugins as command
from core.coverage import Rule, RuleKind, rules_in
from core.db import NAMING, Base
from core.errors import PluginError
from core.hooks import answers, hookimpl
from core.i18n import Sentence, domain_of
from core.offices import Office
from core.parameters import Preset
from core.plugins import Permission, Plugins
from core.rules import Rules, rules_of
from core.testing import NATIONAL, House
from core.testing_databases import sqlite_url

DEMAND = "hotline.same_day_demand_minutes"
HEAD = "document,clause,plugin,kind,title_zh,title_en\n"
LINE = "BOLD/QI/03,1.1,bold,rule,四十五分钟,In 45 minutes\n"


@pytest.fixture
def bold(plugins: Plugins, make_plugin: Any, tmp_path: Path) -> Any:
    """The means to install a plugin called bold, in a folder of its own, beside hotline."""

    def installed(clauses: str = "", **given: Any) -> Plugins:
        module: ModuleType = make_plugin("bold", requires=("hotline",), **given)
        module.__file__ = str(tmp_path / "__init__.py")
        if clauses:
            (tmp_path / "clauses.csv").write_text(clauses, encoding="utf-8")
        return Plugins([plugins.installed["hotline"].module, module])

    return installed


def refusal(installed: Plugins) -> str:
    with pytest.raises(PluginError) as refused:
        installed.set_of(("hotline", "bold"))
    return str(refused.value)


def test_a_module_without_a_manifest_is_told_to_write_one() -> None:
    with pytest.raises(PluginError, match="nothing does not fit: it has no manifest: write manifest = "):
        Plugins([ModuleType("nothing")])


def test_a_hook_without_its_mark_is_not_passed_over(bold: Any) -> None:
    installed = bold()
    module: Any = installed.installed["bold"].module
    exec("def core_case_cards(act): ...", vars(module))
    assert "core_case_cards is not marked: write @hookimpl before it" in refusal(installed)
    module.core_case_cards = hookimpl(module.core_case_cards)
    assert "bold" in installed.set_of(("hotline", "bold")).enabled


def test_an_imported_function_of_that_name_is_not_the_plugins_own(bold: Any) -> None:
    installed = bold()
    module: Any = installed.installed["bold"].module
    module.core_menu = lambda: None
    assert "bold" in installed.set_of(("hotline", "bold")).enabled


@pytest.mark.parametrize(
    ("clauses", "line"),
    [("clause,title\n1.1,x\n", 2), (HEAD + LINE + "BOLD/QI/03,1.2\n", 3), (HEAD + "a,b,c,d,e,f,g\n", 2)],
)
def test_a_document_with_other_columns_is_named_with_its_line(bold: Any, clauses: str, line: int) -> None:
    said = refusal(bold(clauses, says={"presets": {DEMAND: Preset(45, "BOLD/QI/03 1.1")}}))
    assert f"clauses.csv, line {line}: a clause has the columns document, clause, plugin" in said


def test_a_preset_is_of_the_parameters_type(bold: Any) -> None:
    said = refusal(bold(HEAD + LINE, says={"presets": {DEMAND: Preset("45", "BOLD/QI/03 1.1")}}))
    assert f"cannot preset {DEMAND}: '45' is not of the type int" in said


def test_a_permission_is_given_to_roles_and_not_to_their_keys(bold: Any) -> None:
    read = Permission(key="bold.read", title=Sentence("Read"), roles=("field_engineer",))  # type: ignore[arg-type]
    with pytest.raises(PluginError, match=r"roles= of bold\.read takes roles"):
        bold(HEAD + LINE, says={"permissions": (read,)})


def test_a_role_that_is_none_is_not_let_in(bold: Any) -> None:
    installed = bold(HEAD + LINE)
    module: Any = installed.installed["bold"].module

    def amend(procedures: Any) -> None:
        procedures["hotline.call"].widen("park", by="the_boss", clause="BOLD/QI/03 1.1")

    module.amend = hookimpl(amend)
    assert "by= takes roles, as in core.roles, and not 'the_boss'" in refusal(installed)


def test_an_answer_cites_a_clause_that_somebody_ships(bold: Any) -> None:
    installed = bold(HEAD + LINE)
    module: Any = installed.installed["bold"].module

    def hotline_entitlement() -> None:
        return None

    module.hotline_entitlement = answers("BOLD/QI/03 1.9")(hotline_entitlement)
    assert "nobody ships the clause BOLD/QI/03 1.9: put it into clauses.csv" in refusal(installed)


def test_what_head_office_does_not_say_cannot_be_said_again(bold: Any) -> None:
    head, line = HEAD.replace("title_en", "title_en,restates"), LINE.strip()
    says = {"presets": {DEMAND: Preset(45, clause="BOLD/QI/03 1.1")}}
    assert "nobody ships the clause QI/03 9.9" in refusal(bold(f"{head}{line},QI/03 9.9\n", says=says))
    found = bold(f"{head}{line},QI/03 3.1.7\n", says=says)
    assert "bold" in found.set_of(("hotline", "bold")).enabled
    restated = Rule(clause="BOLD/QI/03 1.1", plugin="bold", kind=RuleKind.RESTATES, name="QI/03 3.1.7")
    assert restated in rules_in(found)


def test_a_document_that_a_spreadsheet_wrote_is_read(tmp_path: Path) -> None:
    path = tmp_path / "clauses.csv"
    path.write_text(HEAD + LINE, encoding="utf-8-sig")
    assert [one.code for one in read_clauses(path)] == ["BOLD/QI/03 1.1"]


def test_a_preset_cites_a_clause_of_its_own_document(bold: Any) -> None:
    says = {"presets": {DEMAND: Preset(45, clause="BOLD/QI/03 1.1")}}
    assert "nobody ships the clause BOLD/QI/03 1.1: put it into clauses.csv" in refusal(bold(says=says))
    found = bold(HEAD + LINE, says=says).set_of(("hotline", "bold"))
    assert found.presets(DEMAND) == [("bold", Preset(45, "BOLD/QI/03 1.1"))]


def test_the_ladder_names_the_clause_of_a_preset_and_of_a_bare_one_nothing(house: House) -> None:
    def rung(office: Office, key: str) -> tuple[Any, str]:
        rules: Rules = rules_of(office)
        found = next(one for one in rules.rungs(key) if one.source == "preset")
        return found.value, str(found.clause)

    assert rung(house.office("HR", *NATIONAL, "harbin"), "hotline.long_test_minutes") == (
        30,
        "HEYY/QI/03 1.1",
    )
    assert rung(house.office("SH", *NATIONAL, "shanghai"), DEMAND) == (45, "")


@pytest.fixture
def tables(monkeypatch: pytest.MonkeyPatch) -> None:
    """The tables of bold stand beside those of the house, for one test."""
    together = MetaData(naming_convention=NAMING)
    for table in Base.metadata.sorted_tables:
        table.to_metadata(together)
    office = [Column(name, ForeignKey("core_office.id")) for name in ("office_id", "shared_office_id")]
    Table("bold_shelf", together, Column("id", Integer, primary_key=True), *office)
    Table("bold_colour", together, Column("id", Integer, primary_key=True))
    monkeypatch.setattr(Base, "metadata", together)


def test_tables_without_migrations_are_named_and_the_first_one_is_written_with_its_wall(
    bold: Any, tables: None, tmp_path: Path
) -> None:
    installed, url = bold(), sqlite_url(tmp_path / "koudai.db")
    migrate.upgrade(url, installed)
    said = [str(one) for one in migrate.check(url, installed)]
    assert said == ["bold has tables and no migrations: run “koudai db revision bold TITLE”."]
    migrate.revise(url, installed, "bold", "The tables of bold")
    (written,) = (tmp_path / "migrations").glob("*.py")
    source = written.read_text()
    assert 'protect("bold_shelf", shared=True)' in source
    assert 'protect("bold_colour"' not in source
    migrate.upgrade(url, installed)
    assert migrate.check(url, installed) == []


def test_a_template_speaks_in_the_domain_of_its_plugin(app: Flask, tmp_path: Path) -> None:
    (tmp_path / "words.py").write_text('hello = _l("Welcome to our gate")\n')
    domain = Domain("koudai_harbin", (tmp_path,), tmp_path / "translations")
    update(domain)
    po = domain.po.read_text(encoding="utf-8")
    domain.po.write_text(po.replace('gate"\nmsgstr ""', 'gate"\nmsgstr "欢迎光临"'), encoding="utf-8")
    compile_catalogue(domain)
    assert list(problems(Domain(domain.name, domain.sources, domain.translations))) == []
    before = dict(i18n._domains)
    sentence = "{{ _('Welcome to our gate') }}"
    app.jinja_env.loader = DictLoader({"harbin/gate.html": sentence, "hotline/gate.html": sentence})
    try:
        domain_of("koudai_harbin.words", domain.translations)
        with app.test_request_context(), force_locale("zh_Hans_CN"):
            said = [
                render_template_string(f"{{% include '{name}/gate.html' %}}")
                for name in ("harbin", "hotline")
            ]
    finally:
        i18n._domains.clear()
        i18n._domains.update(before)
    assert said == ["欢迎光临", "Welcome to our gate"]


@pytest.mark.parametrize("name", ["hotline", "nobody"])
def test_sentences_are_brought_in_for_regional_plugins_only(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KOUDAI_HOME", str(tmp_path))
    said = CliRunner().invoke(command, ["sentences", name])
    assert said.exit_code != 0
    assert f"No regional plugin {name} is installed." in str(said.exception or said.output)
