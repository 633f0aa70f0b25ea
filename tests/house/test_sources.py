"""Laws that a look at the sources keeps: one clock, no hook before its turn, no office asked, no stranger."""

import ast
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from core.testing_contract import OFFICE_IN_TEMPLATE, office_questions

ROOT = Path(__file__).parents[2]
CODE = ("core", "plugins", "regions", "examples", "demo", "seed")
PLUGINS = ("plugins", "regions", "examples")
NOT_OURS = {"vendor", "tests", "__pycache__"}
THE_CLOCK = "core/clock.py"

CLOCK = re.compile(r"(?:\w+\.)*(?:datetime|date)\.(?:now|today|utcnow|utcfromtimestamp)")
# How many arguments these take before one of them must be the zone.
ZONE_LAST = {"datetime": 8, "datetime.fromtimestamp": 2, "datetime.combine": 3}
ORDERING = {"tryfirst", "trylast", "specname"}
# A namespace in a drawing is only a name: nobody fetches it.
STRANGER = re.compile(r"(?:https?:|(?<=[\"'(=]))//(?!www\.w3\.org/)[\w-]+(?:\.[\w-]+)+")
REGISTRY = re.compile(
    r"https?://[^\s\"']*(?:registry|mirror|pypi|npm|hosted|/simple)|--(?:extra-)?index-url|--find-links|\"resolved\":"
)


def files(folders: tuple[str, ...], *suffixes: str) -> Iterator[Path]:
    """Yield the project's own files of some kinds, tests left out."""
    for path in (found for folder in folders for found in (ROOT / folder).rglob("*")):
        if path.is_file() and path.suffix in suffixes and not NOT_OURS & set(path.relative_to(ROOT).parts):
            yield path


def breaches(paths: Iterator[Path], law: Callable[[str], list[str]]) -> dict[str, list[str]]:
    """Return what a law finds, by file; to have looked at nothing proves nothing."""
    seen = {str(path.relative_to(ROOT)): law(path.read_text()) for path in paths}
    assert seen, "there was nothing to look at"
    return {path: found for path, found in seen.items() if found}


def found_by(pattern: re.Pattern[str]) -> Callable[[str], list[str]]:
    return lambda source: [match.group() for match in pattern.finditer(source)]


def clock_reads(source: str) -> list[str]:
    """Return the calls that read a clock of their own, or make a moment without a zone."""
    calls = (node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Call))
    return [ast.unparse(call) for call in calls if CLOCK.fullmatch(ast.unparse(call.func)) or naive(call)]


def naive(call: ast.Call) -> bool:
    """Tell whether a call makes a datetime and leaves its zone out."""
    name = re.sub(r"^(?:dt|datetime)\.(?=datetime\b)", "", ast.unparse(call.func))
    zone = any(keyword.arg in ("tz", "tzinfo", None) for keyword in call.keywords)
    return not zone and len(call.args) < ZONE_LAST.get(name, 0)


def queue_jumps(source: str) -> list[str]:
    """Return the marks by which a hook would go before its turn or under another name."""
    keywords = (node.arg for node in ast.walk(ast.parse(source)) if isinstance(node, ast.keyword))
    return [name for name in keywords if name in ORDERING]


def test_nobody_but_the_clock_reads_the_time() -> None:
    found = breaches(files(CODE, ".py"), clock_reads)
    assert found.pop(THE_CLOCK, None), "the clock itself was not seen"
    assert not found


def test_no_plugin_jumps_the_queue() -> None:
    assert not breaches(files(PLUGINS, ".py"), queue_jumps)


def test_no_plugin_asks_which_office_it_is_in() -> None:
    assert not breaches(files(PLUGINS, ".py"), office_questions)
    assert not breaches(files(PLUGINS, ".html"), found_by(OFFICE_IN_TEMPLATE))


def test_pages_fetch_nothing_from_strangers() -> None:
    assert not breaches(files(CODE, ".html", ".css", ".js", ".svg"), found_by(STRANGER))


def test_no_file_names_a_package_registry() -> None:
    kinds = (".py", ".toml", ".txt", ".json", ".md", ".cfg", "")
    everywhere = [
        *files((*CODE, "tools", "requirements", ".ci", "docs"), *kinds),
        *(path for path in ROOT.glob("*.*") if path.suffix in kinds and path.name != ".coverage"),
        ROOT / "Makefile",
    ]
    assert not breaches((path for path in everywhere if path.is_file()), found_by(REGISTRY))


@pytest.mark.parametrize(
    "planted",
    [
        "datetime.now()",
        "dt.datetime.now(dt.UTC)",
        "datetime.datetime.utcnow()",
        "date.today()",
        "dt.date.today()",
        "dt.datetime.fromtimestamp(0)",
        "dt.datetime(2026, 11, 23)",
        "datetime.datetime.combine(day, time)",
    ],
)
def test_a_clock_of_ones_own_is_seen(planted: str) -> None:
    assert clock_reads(planted) == [planted]


def test_the_one_clock_and_zoned_moments_are_let_be() -> None:
    assert not clock_reads("clock.now(); now(); dt.datetime(2026, 1, 2, tzinfo=zone); dt.date(2026, 1, 2)")
    assert not clock_reads("dt.datetime.fromtimestamp(0, dt.UTC); dt.datetime.combine(day, time, zone)")


@pytest.mark.parametrize(
    "planted", ["@hookimpl(tryfirst=True)", "@hookimpl(trylast=True)", "@hookimpl(specname='x')"]
)
def test_a_queue_jumper_is_seen(planted: str) -> None:
    assert queue_jumps(f"{planted}\ndef amend(procedures): ...")
    assert not queue_jumps("@hookimpl(wrapper=True)\ndef amend(procedures): ...")


@pytest.mark.parametrize(
    "planted",
    [
        "office.code == other",
        "request.office.name != name",
        "office_code in codes",
        "call.office_id == 3",
        "office in ('SH',)",
    ],
)
def test_a_question_after_the_office_is_seen(planted: str) -> None:
    assert office_questions(planted) == [planted]
    assert office_questions("match call.office.code:\n    case 'SH': pass")


def test_offices_may_be_joined_passed_and_missing() -> None:
    assert not office_questions("Call.office_id == office.id; office is None; value(office, 'a.b') > 3")


@pytest.mark.parametrize(
    ("law", "planted"),
    [
        (OFFICE_IN_TEMPLATE, "{% if office.code == 'SH' %}"),
        (STRANGER, '<script src="//cdn.example.org/x.js"></script>'),
        (STRANGER, '<link href="https://cdn.example.org/x.css">'),
        (STRANGER, "@import url(//fonts.example.org/css)"),
        (REGISTRY, "https://registry.example.org/koudai"),
        (REGISTRY, "--extra-index-url x"),
    ],
)
def test_a_planted_address_or_question_is_seen(law: re.Pattern[str], planted: str) -> None:
    assert law.search(planted)


def test_a_namespace_is_no_address() -> None:
    assert not STRANGER.search('<svg xmlns="http://www.w3.org/2000/svg"> // see core.web')
