"""A plugin that the command line wrote: it installs, passes its own tests, and is as short as promised."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from core.cli.plugins import plugins
from core.errors import Invalid
from core.scaffold import write

ROOT = Path(__file__).parents[2]


def written(folder: Path) -> Path:
    write(folder, "shenzhen", "Shenzhen", "深圳", "SZYY/QI/03")
    return folder


def test_it_installs_and_passes_its_own_tests_beside_koudai(tmp_path: Path) -> None:
    folder, site = written(tmp_path / "shenzhen"), tmp_path / "site"
    install = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--no-build-isolation"]
    done = subprocess.run([*install, "--target", site, folder], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    path = os.pathsep.join(filter(None, [str(site), str(ROOT), os.environ.get("PYTHONPATH", "")]))
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", folder, f"--rootdir={folder}"]
    tested = subprocess.run(command, env={**os.environ, "PYTHONPATH": path}, capture_output=True, text=True)
    assert tested.returncode == 0, tested.stdout + tested.stderr
    assert "passed" in tested.stdout


def test_it_is_one_short_file_with_its_sentences_translated(tmp_path: Path) -> None:
    folder = written(tmp_path / "shenzhen")
    module = (folder / "koudai_shenzhen" / "__init__.py").read_text(encoding="utf-8")
    assert len(module.splitlines()) < 60
    po = (folder / "koudai_shenzhen/translations/zh_Hans_CN/LC_MESSAGES/koudai_shenzhen.po").read_text(
        "utf-8"
    )
    said = [line.split('"')[1] for line in module.splitlines() if "_l(" in line and '"' in line]
    assert said
    assert all(f'msgid "{one}"' in po for one in said)
    assert "$" not in module + po


@pytest.mark.parametrize(
    ("name", "title", "document", "field"),
    [
        ("Shen-Zhen", "Shenzhen", "SZ/QI/03", "name"),
        ("settings", "Settings", "SZ/QI/03", "name"),
        ("hotline", "Hotline", "SZ/QI/03", "name"),
        ("shenzhen", 'say "hi"', "SZ/QI/03", "title"),
        ("shenzhen", "Shenzhen", "our rules", "document"),
    ],
)
def test_odd_names_are_refused_by_field(
    tmp_path: Path, name: str, title: str, document: str, field: str
) -> None:
    with pytest.raises(Invalid) as refused:
        write(tmp_path / "new", name, title, title, document)
    assert refused.value.field == field
    assert not (tmp_path / "new").exists()


def test_the_name_of_an_installed_plugin_is_refused_with_the_remedy(tmp_path: Path) -> None:
    new = ["new", "shanghai", "--regional", "--into", str(tmp_path / "new")]
    refused = CliRunner().invoke(plugins, new)
    assert isinstance(refused.exception, Invalid)
    assert "A plugin shanghai is installed already. Choose another name" in str(refused.exception)
    assert not (tmp_path / "new").exists()


def test_what_is_there_already_is_never_touched(tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("mine")
    with pytest.raises(Invalid):
        written(tmp_path)
    assert (tmp_path / "mine.txt").read_text() == "mine"


def test_the_command_says_what_comes_next(tmp_path: Path) -> None:
    where = str(tmp_path / "sz")
    said = CliRunner().invoke(plugins, ["new", "shenzhen", "--regional", "--into", where])
    assert said.exit_code == 0, said.output
    assert f"--editable {where}" in said.output
