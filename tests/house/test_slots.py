"""Every slot of a page has a spec, and every spec of a card has its place: neither side is dead."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]
FOLDERS = ("core", "plugins", "regions", "examples")
SLOT = re.compile(r"\bslot\(\s*[\"'](?P<name>\w+)[\"'](?P<given>[^)]*)\)")


def slots(template: str) -> dict[str, set[str]]:
    """Return the slots of a template, each with the names of what it is given."""
    return {found["name"]: set(re.findall(r"(\w+)\s*=", found["given"])) for found in SLOT.finditer(template)}


def specs(source: str) -> Iterator[tuple[str, set[str]]]:
    """Yield the hook specs of a module that are answered with cards, each with its arguments."""
    for node in ast.parse(source).body:
        if (
            isinstance(node, ast.FunctionDef)
            and "hookspec" in map(ast.unparse, node.decorator_list)
            and "Card" in ast.unparse(node.returns or ast.Pass())
        ):
            yield node.name, {argument.arg for argument in node.args.args}


def files(pattern: str) -> list[Path]:
    return [path for folder in FOLDERS for path in (ROOT / folder).rglob(pattern)]


def test_every_slot_has_a_spec_and_every_spec_a_place() -> None:
    places = {name: given for path in files("*.html") for name, given in slots(path.read_text()).items()}
    specified = dict(spec for path in files("hooks.py") for spec in specs(path.read_text()))
    assert "core_case_cards" in places, "the pages were not seen"
    assert places == specified


def test_a_slot_and_a_spec_are_seen() -> None:
    assert slots('{{ slot("a_cards", one=1, two=x.y) }}') == {"a_cards": {"one", "two"}}
    source = "@hookspec\ndef a_cards(one: int) -> list[Card] | None: ...\n@hookspec\ndef told(act): ..."
    assert list(specs(source)) == [("a_cards", {"one"})]
