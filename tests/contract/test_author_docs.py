"""The pages for authors are true: every keyword there is and no other; examples load, links lead somewhere."""

from __future__ import annotations

import inspect
import re
import subprocess
import sys
from collections.abc import Callable, Iterable
from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest

from core import deadlines, forms, testing
from core.amendments import SETTABLE, Amendable
from core.gate import Act
from core.parameters import Parameter, Preset
from core.plugins import Manifest, Permission
from core.procedure import Column, Filter, Procedure, Step
from core.roles import Role
from core.slots import Card, GoesAlong, Job, MenuItem, Searchable, Status, Tell
from core.testing_contract import PluginContract
from core.verdicts import Verdict
from plugins.fieldservice.testing import Centre
from plugins.hotline.replies import entries
from plugins.hotline.replies.entries import ReplyEntry
from tools.reference import page

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "docs" / "plugins"
RUNNER = Path(__file__).with_name("run_examples.py")
PAGES = sorted(FOLDER.glob("*.md"))
NOT_KEYWORDS = {"self", "attributes", "kwargs", "more"}
# What a step gets from its procedure or from amendments, and what ``moves`` says instead.
NOT_SAID = {"sources", "targets", "plugin", "fields", "follows", "widened"}


def section(path: str, title: str) -> str:
    """Return what stands under a heading, up to the next one of any height."""
    text = (FOLDER / path).read_text(encoding="utf-8")
    found = re.search(rf"^#+ {re.escape(title)}\n(.*?)(?=^#+ |\Z)", text, flags=re.DOTALL | re.MULTILINE)
    assert found, f"{path} has no heading {title}"
    return found[1]


def named(text: str, head: str) -> list[str]:
    """Return the names in the first column of the table that has this first word in its head."""
    table = re.search(rf"^\| {re.escape(head)} \|.*?(?=\n\n|\Z)", text, flags=re.DOTALL | re.MULTILINE)
    assert table, f"no table begins with {head}"
    cells = [line.split("|")[1] for line in table[0].splitlines()[2:]]
    return [name for cell in cells for name in re.findall(r"`(\w+)", cell)]


def arguments(*callables: Callable[..., Any]) -> set[str]:
    return {name for one in callables for name in inspect.signature(one).parameters} - NOT_KEYWORDS


def public(kind: type[Any]) -> set[str]:
    return {name for name in vars(kind) if not name.startswith("_")}


def methods(kind: type[Any], beginning: str = "") -> set[str]:
    return {name for name in public(kind) if name.startswith(beginning) and callable(getattr(kind, name))}


def fixtures() -> set[str]:
    return {name for name, one in vars(testing).items() if type(one).__name__ == "FixtureFunctionDefinition"}


def times() -> set[str]:
    made = {name: inspect.signature(one) for name, one in vars(deadlines).items() if inspect.isfunction(one)}
    return {name for name, one in made.items() if one.return_annotation == "Within"}


STEP = arguments(Procedure.step) | {one.name for one in fields(Step)} - NOT_SAID
ACT = {one.name for one in fields(Act)} | public(Act)
CLOSED_LIST = {name for name in forms.__all__ if isinstance(getattr(forms, name), type)}
OWN = "A procedure of one's own"
TABLES: list[tuple[str, str, str, Iterable[str]]] = [
    ("reference.md", "`Manifest`", "keyword", arguments(Manifest)),
    ("reference.md", "`Preset`", "keyword", arguments(Preset)),
    ("reference.md", "`Parameter`", "keyword", arguments(Parameter)),
    ("reference.md", "`Permission`", "keyword", arguments(Permission)),
    ("reference.md", "`Role`", "keyword", arguments(Role)),
    ("reference.md", "Amending a procedure", "verb", methods(Amendable)),
    ("reference.md", "A step", "keyword", STEP),
    ("reference.md", "What a check, an effect and a card get: `act`", "attribute", ACT),
    ("reference.md", "Deadlines", "time", times()),
    ("reference.md", "Forms and fields", "field", CLOSED_LIST),
    ("reference.md", "Decisions", "keyword of `Verdict`", arguments(Verdict)),
    ("reference.md", "Cards and menu", "keyword of `Card`", arguments(Card)),
    ("reference.md", "Cards and menu", "keyword of `MenuItem`", arguments(MenuItem)),
    ("reference.md", "Cards and menu", "keyword of `Searchable`", arguments(Searchable)),
    ("reference.md", "Cards and menu", "keyword of `Status`", arguments(Status)),
    ("reference.md", "Cards and menu", "keyword of `GoesAlong`", arguments(GoesAlong)),
    ("reference.md", "Cards and menu", "keyword of `Job`", arguments(Job)),
    ("reference.md", "Cards and menu", "keyword of `Tell`", arguments(Tell)),
    ("reference.md", "Replies", "keyword of `ReplyEntry`", arguments(ReplyEntry)),
    ("reference.md", OWN, "keyword of `Procedure`", arguments(Procedure)),
    ("reference.md", OWN, "keyword of `Column`", arguments(Column)),
    ("reference.md", OWN, "keyword of `Filter`", arguments(Filter)),
    ("reference.md", OWN, "keyword of `deadline`", arguments(Procedure.deadline)),
    ("testing.md", "The contract", "test", methods(PluginContract, "test_")),
    ("testing.md", "Fixtures", "fixture", fixtures()),
    ("testing.md", "`House`", "method", methods(testing.House)),
    ("testing.md", "`Centre`", "method", {*methods(Centre), "before", "also"}),
]


@pytest.mark.parametrize(("path", "title", "head", "there"), TABLES)
def test_a_table_names_what_there_is_and_nothing_else(
    path: str, title: str, head: str, there: Iterable[str]
) -> None:
    found = named(section(path, title), head)
    assert sorted(found) == sorted(set(there)), "each once"


def test_what_a_reply_may_say_is_listed() -> None:
    listed = section("reference.md", "Replies")
    places = [f"{{{one}}}" for one in entries.PLACEHOLDERS]
    known = [*entries.GROUPS, *entries.OWNERS, *entries.FOLLOW_UPS, *places]
    known += [f"Promise.{one.name}" for one in entries.Promise]
    assert [one for one in known if f"`{one}`" not in listed] == []


@pytest.mark.parametrize("verb", ["state", "widen", "require", "add_step", "starts", "add_field", "set"])
def test_the_verbs_name_their_keywords(verb: str) -> None:
    text = section("reference.md", "Amending a procedure")
    shown = re.search(rf"`{verb}\((.*?)\)`", text)
    assert shown
    assert set(re.findall(r"\w+", shown[1])) == arguments(getattr(Amendable, verb))


def test_what_can_be_set_is_named() -> None:
    row = next(
        line for line in section("reference.md", "Amending a procedure").splitlines() if "`set(" in line
    )
    assert set(re.findall(r"`(\w+)`", row)) == set(SETTABLE)


@pytest.mark.parametrize("kind", sorted(CLOSED_LIST))
def test_the_fields_name_their_keywords(kind: str) -> None:
    text = section("reference.md", "Forms and fields")
    row = next(line for line in text.splitlines() if line.startswith(f"| `{kind}`"))
    own = vars(getattr(forms, kind)).get("__init__")
    taken = arguments(own) - {"label", "act", "values"} if own else set()
    assert set(re.findall(r"`(\w+)`", row.split("|")[3])) == taken


def test_what_there_is_to_amend_is_what_the_code_says() -> None:
    written = (FOLDER / "national.md").read_text(encoding="utf-8")
    assert written == page(), "the page is old: python tools/reference.py"


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.name)
def test_its_links_lead_somewhere(path: Path) -> None:
    for target in re.findall(r"\]\(([^)#]*)(?:#[\w-]*)?\)", path.read_text(encoding="utf-8")):
        assert not target or (path.parent / target).exists(), target


def test_every_example_of_the_reference_loads_as_a_plugin() -> None:
    done = subprocess.run(
        [sys.executable, RUNNER, FOLDER / "reference.md"], capture_output=True, text=True, cwd=ROOT
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert int(done.stdout.split()[0]) >= 5


def test_an_example_that_does_not_load_is_seen(tmp_path: Path) -> None:
    wrong = tmp_path / "wrong.md"
    amend = 'def amend(procedures):\n    procedures["fieldservice.request"].widen("fly", by=(), clause="x")\n'
    wrong.write_text(f"```python\nfrom core.hooks import hookimpl\n\n\n@hookimpl\n{amend}```\n")
    done = subprocess.run([sys.executable, RUNNER, wrong], capture_output=True, text=True, cwd=ROOT)
    assert done.returncode != 0
    assert "there is no such step" in done.stderr
