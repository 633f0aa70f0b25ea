"""The tutorial is walked as a reader walks it: every block is put where it says, and its plugin keeps the contract."""

from __future__ import annotations

import ast
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from core.scaffold import write

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "plugins" / "tutorial.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```(\w+)\n(.*?)^```$", PAGE, flags=re.DOTALL | re.MULTILINE)
FIRST_LINE = ", first line of the test"


class Reader:
    """Somebody who does what the page says, in a folder of his own."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.package = folder / "shenzhen", folder / "shenzhen" / "koudai_shenzhen"
        write(self.folder, "shenzhen", "Shenzhen", "深圳", "SZYY/QI/03")
        places = [folder / "site", self.folder, ROOT]
        path = os.pathsep.join([*map(str, places), os.environ.get("PYTHONPATH", "")])
        self.environment = {
            **os.environ,
            "PYTHONPATH": path.strip(os.pathsep),
            "KOUDAI_HOME": str(folder / "home"),
            "KOUDAI_LANG": "en",
        }

    def run(self, tool: str, *words: str) -> str:
        """Run a tool that is installed beside this Python, and return what it says."""
        command = [str(Path(sys.executable).with_name(tool)), *words]
        done = subprocess.run(command, env=self.environment, capture_output=True, text=True)
        assert done.returncode == 0, f"{command}\n{done.stdout}\n{done.stderr}"
        return done.stdout

    def install(self) -> None:
        """Install as it is found by its entry point, with the package left where it is edited."""
        site, options = self.folder.parent / "site", ("--quiet", "--no-deps", "--no-build-isolation")
        self.run("pip", "install", *options, "--target", str(site), str(self.folder))
        shutil.rmtree(site / "koudai_shenzhen")

    def put(self, block: str) -> None:
        """Put a block where its first line says: a file of its own, a definition in place of the old one, or a test."""
        where, _newline, body = block.partition("\n")
        name = where.removeprefix("# ")
        if name.endswith(FIRST_LINE):
            return self.begin_first_test(self.folder / name.removesuffix(FIRST_LINE), body)
        path = self.folder / name
        if not path.exists():
            path.write_text(body, encoding="utf-8")
        else:
            path.write_text(applied(path.read_text(encoding="utf-8"), body), encoding="utf-8")
        return None

    def begin_first_test(self, path: Path, line: str) -> None:
        text = path.read_text(encoding="utf-8")
        head = re.search(r"def test_a_request_closes_with_an_entry.*?:\n", text)
        assert head
        path.write_text(text.replace(head.group(), head.group() + line), encoding="utf-8")

    def replace(self, name: str, old: str, new: str) -> None:
        path = self.folder / name
        text = path.read_text(encoding="utf-8")
        assert old in text
        path.write_text(text.replace(old, new), encoding="utf-8")

    def append(self, name: str, text: str) -> None:
        with (self.folder / name).open("a", encoding="utf-8") as file:
            file.write(text)


def applied(source: str, block: str) -> str:
    """Return a module in which the definitions of a block stand: instead of those of the same name, or at the end."""
    for node in ast.parse(block).body:
        text = ast.get_source_segment(block, node) or ""
        if isinstance(node, ast.Import | ast.ImportFrom):
            source = with_import(source, text)
            continue
        first = min([node.lineno, *(one.lineno for one in getattr(node, "decorator_list", []))])
        text = "\n".join(block.splitlines()[first - 1 : node.end_lineno])
        old = next((one for one in ast.parse(source).body if named(one) == named(node)), None)
        source = f"{source.rstrip()}\n\n\n{text}\n" if old is None else with_instead(source, old, text)
    return source


def named(node: ast.stmt) -> str:
    if isinstance(node, ast.Assign):
        return ast.unparse(node.targets[0])
    return getattr(node, "name", ast.unparse(node))


def with_import(source: str, line: str) -> str:
    last = [one for one in ast.parse(source).body if isinstance(one, ast.Import | ast.ImportFrom)][-1]
    lines = source.splitlines()
    return "\n".join([*lines[: last.end_lineno], line, *lines[last.end_lineno :]]) + "\n"


def with_instead(source: str, old: ast.stmt, text: str) -> str:
    lines = source.splitlines()
    first = min([old.lineno, *(one.lineno for one in getattr(old, "decorator_list", []))])
    return "\n".join([*lines[: first - 1], *text.splitlines(), *lines[old.end_lineno :]]) + "\n"


@pytest.fixture
def reader(tmp_path: Path) -> Reader:
    """Somebody who has done step 1."""
    found = Reader(tmp_path)
    found.install()
    return found


def test_its_plugin_keeps_the_contract_and_passes_its_tests(reader: Reader) -> None:
    for kind, block in BLOCKS:
        if kind == "python":
            reader.put(block)
        elif kind == "csv":
            reader.append("koudai_shenzhen/clauses.csv", block)
        elif kind == "po":
            reader.append(
                "koudai_shenzhen/translations/zh_Hans_CN/LC_MESSAGES/koudai_shenzhen.po", f"\n{block}"
            )
    reader.replace(
        "tests/test_rules.py",
        '(Entitlement.EXPIRED, "waiting", "waiting")',
        '(Entitlement.EXPIRED, "registered", "waiting")',
    )
    reader.replace(
        "tests/test_rules.py",
        "import pytest\n",
        "import datetime as dt\n\nimport pytest\nfrom core import clock\n",
    )
    reader.append("README.md", "`core_case_cards` `fieldservice.visit_working_days` `note_pass`\n")
    reader.run("koudai", "db", "upgrade")
    reader.run("koudai", "db", "revision", "shenzhen", "The table of Shenzhen")
    assert 'protect("shenzhen_gate_pass")' in next(reader.package.glob("migrations/*.py")).read_text()
    reader.run("koudai", "db", "upgrade")
    assert "migrations make what the models say" in reader.run("koudai", "db", "check")
    assert "Every sentence is translated" in reader.run("koudai", "plugins", "sentences", "shenzhen")
    folder = str(reader.folder)
    said = reader.run(
        "pytest", "-q", "-p", "no:cacheprovider", folder, f"--rootdir={folder}", "--engine", "sqlite"
    )
    assert "passed" in said


def test_it_says_how_many_tests_a_new_plugin_has(reader: Reader) -> None:
    folder = str(reader.folder)
    listed = reader.run("pytest", "-q", "--collect-only", folder, f"--rootdir={folder}")
    count = re.search(r"^(\d+) tests? collected", listed, flags=re.MULTILINE)
    assert count
    assert f"`pytest` says `{count[1]} passed`" in PAGE
