"""Small functions, small files: measured, so that it stays true."""

import ast
from collections.abc import Iterator
from pathlib import Path
from statistics import median, quantiles

import pytest

ROOT = Path(__file__).parents[2]
SOURCES = ("core", "plugins", "regions", "examples", "demo", "seed", "tools")
LONGEST_FILE, LONGEST_FUNCTION = 400, 40
MEDIAN, NINE_IN_TEN = 8, 20


def sources() -> list[Path]:
    """Return every Python file but tests and migrations."""
    found = [path for folder in SOURCES for path in (ROOT / folder).rglob("*.py")]
    return [path for path in found if not {"tests", "migrations"} & set(path.relative_to(ROOT).parts)]


def functions(source: str) -> Iterator[tuple[str, int]]:
    """Yield the name and the number of lines of every function, nested ones too."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            assert node.end_lineno
            yield node.name, node.end_lineno - node.lineno + 1


def lengths() -> dict[str, int]:
    return {
        f"{path.relative_to(ROOT)}:{name}": lines
        for path in sources()
        for name, lines in functions(path.read_text())
    }


def test_no_file_is_too_long() -> None:
    sizes = {str(path.relative_to(ROOT)): len(path.read_text().splitlines()) for path in sources()}
    assert not {path: lines for path, lines in sizes.items() if lines > LONGEST_FILE}


def test_no_function_is_too_long() -> None:
    assert not {where: lines for where, lines in lengths().items() if lines > LONGEST_FUNCTION}


def test_functions_are_mostly_short() -> None:
    measured = sorted(lengths().values())
    assert len(measured) > 20
    assert median(measured) <= MEDIAN
    assert quantiles(measured, n=10)[-1] <= NINE_IN_TEN


@pytest.mark.parametrize("lines", [2, 41])
def test_lines_are_counted_from_def_to_the_end(lines: int) -> None:
    source = "@decorated\ndef long():\n" + "    act()\n" * (lines - 1) + "\n\nafter = 1\n"
    assert list(functions(source)) == [("long", lines)]
