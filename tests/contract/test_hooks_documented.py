"""Every hook is on the page of hooks with its exact signature, a fitting example, and a test of its own."""

from __future__ import annotations

import ast
import inspect
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pluggy
import pytest

from core import hooks
from core.plugins import Plugins

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "hooks.md").read_text()
SPECS = [hooks, *Plugins.from_entry_points().specs]
INTRODUCTION, *SECTIONS = re.split(r"^## ", PAGE, flags=re.MULTILINE)
DOCUMENTED = {section.split("`")[1]: section for section in SECTIONS}


def declared() -> Iterator[tuple[str, Callable[..., Any]]]:
    """Yield every hook that core and the installed plugins declare."""
    for module in SPECS:
        for name, spec in vars(module).items():
            if hasattr(spec, "koudai_spec") and spec.__module__ == module.__name__:
                yield name, spec


DECLARED = dict(declared())
each = pytest.mark.parametrize("name", DECLARED)


def blocks(text: str) -> list[str]:
    return re.findall(r"```python\n(.*?)```", text, flags=re.DOTALL)


def signature(source: str) -> str:
    """Return how a function is declared, whatever the layout of the lines."""
    (function,) = ast.parse(source).body
    assert isinstance(function, ast.FunctionDef)
    returns = ast.unparse(function.returns) if function.returns else ""
    return f"{function.name}({ast.unparse(function.args)}) -> {returns}"


def registered(source: str, name: str) -> pluggy.PluginManager:
    """Run an example as a plugin of its own and hang it up among the specs."""
    example = ModuleType(f"example_of_{name}")
    exec(compile(source, example.__name__, "exec"), vars(example))
    manager = pluggy.PluginManager(hooks.PROJECT)
    for spec in SPECS:
        manager.add_hookspecs(spec)
    manager.register(example)
    manager.check_pending()
    return manager


def test_the_page_knows_the_hooks_there_are_and_no_others() -> None:
    assert list(DOCUMENTED) == list(DECLARED)


@each
def test_its_signature_is_on_the_page(name: str) -> None:
    shown = blocks(DOCUMENTED[name])[0]
    assert signature(f"{shown.rstrip()}: ...") == signature(inspect.getsource(DECLARED[name]))


@each
def test_its_kind_is_on_the_page(name: str) -> None:
    decides = bool(vars(DECLARED[name])["koudai_spec"]["firstresult"])
    assert ("decision" in DOCUMENTED[name].splitlines()[0]) is decides


@each
def test_its_example_fits(name: str) -> None:
    _signature, *examples = blocks(DOCUMENTED[name])
    assert examples
    for source in examples:
        assert getattr(registered(source, name).hook, name).get_hookimpls()


def test_the_examples_of_the_introduction_fit() -> None:
    for source in blocks(INTRODUCTION):
        registered(source, "introduction")


def test_an_example_that_does_not_fit_is_seen() -> None:
    wrong = "from core.hooks import hookimpl\n@hookimpl\ndef core_menu(office): ..."
    with pytest.raises(pluggy.PluginValidationError):
        registered(wrong, "core_menu")


@each
def test_it_says_what_to_return_and_when_it_is_called(name: str) -> None:
    text = inspect.getdoc(DECLARED[name]) or ""
    assert "alled" in text, "when it is called"
    assert len(text.splitlines()) > 1


@each
def test_it_has_a_test_of_its_own(name: str) -> None:
    sources = (
        path.read_text()
        for folder in ("tests", "regions", "examples")
        for path in (ROOT / folder).rglob("test_*.py")
    )
    assert any(f"def test_hook_{name}(" in source for source in sources)
