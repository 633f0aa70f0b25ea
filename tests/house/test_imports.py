"""Who may import whom: core knows nobody, plugins go along their requires, by the front doors only."""

import tomllib
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest
from grimp import build_graph
from importlinter.application.use_cases import FAILURE, SUCCESS, lint_imports
from importlinter.configuration import configure

ROOT = Path(__file__).parents[2]
PLANTED = """
[tool.importlinter]
root_packages = ["planted"]
[[tool.importlinter.contracts]]
name = "low never imports high"
type = "forbidden"
source_modules = ["planted.low"]
forbidden_modules = ["planted.high"]
"""
FRONT_DOORS = {"hooks", "services", "models"}


@pytest.fixture(scope="module")
def rules() -> dict[str, Any]:
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text())
    return dict(settings["tool"]["importlinter"])


def back_doors(imports: Iterable[tuple[str, str]]) -> list[str]:
    """Return the imports by which a plugin or a region enters a plugin elsewhere than by its front doors.

    The demo and the seed write what plugins would have written, and go where that is made.
    """
    return [
        f"{importer} imports {imported}"
        for importer, imported in sorted(imports)
        if (owner := plugin_of(imported))
        and plugin_of(importer) != owner
        and not importer.startswith(("demo", "seed"))
        and front_door(imported, owner) not in FRONT_DOORS
    ]


def plugin_of(module: str) -> str:
    """Return the plugin that a module belongs to, or nothing."""
    parts = module.split(".")
    return ".".join(parts[:2]) if parts[0] == "plugins" and len(parts) > 1 else ""


def front_door(module: str, owner: str) -> str:
    return module.removeprefix(owner).lstrip(".").split(".")[0]


def test_every_contract_is_kept(capsys: pytest.CaptureFixture[str]) -> None:
    configure()
    outcome = lint_imports(config_filename=str(ROOT / "pyproject.toml"), cache_dir=None)
    assert outcome == SUCCESS, capsys.readouterr().out


def test_a_plugin_enters_another_by_its_front_doors(rules: dict[str, Any]) -> None:
    graph = build_graph(*rules["root_packages"], cache_dir=None)
    imports = {
        (importer, imported)
        for importer in graph.modules
        for imported in graph.find_modules_directly_imported_by(importer)
    }
    assert any(plugin_of(imported) for _, imported in imports), "no import of a plugin was seen at all"
    assert not back_doors(imports)


def test_every_plugin_and_region_stands_in_the_contracts(rules: dict[str, Any]) -> None:
    layers = next(contract["layers"] for contract in rules["contracts"] if contract["type"] == "layers")
    named = {module.strip() for layer in layers for module in layer.split("|")}
    plugins = {f"plugins.{path.parent.name}" for path in ROOT.glob("plugins/*/__init__.py")}
    regions = {
        path.parent.name
        for place in ("regions", "examples")
        for path in ROOT.glob(f"{place}/*/*/__init__.py")
    }
    assert plugins | regions | {"core"} == named
    for contract in rules["contracts"]:
        assert contract["type"] == "layers" or regions <= set(contract["forbidden_modules"]), contract["name"]


def test_a_back_door_is_seen() -> None:
    assert back_doors(
        {
            ("plugins.billing.services", "plugins.hotline.views"),
            ("plugins.billing.services", "plugins.hotline"),
            ("koudai_shanghai", "plugins.hotline.views"),
            ("demo.week", "plugins.hotline.forms"),
            ("plugins.billing.services", "plugins.hotline.services.calls"),
            ("plugins.billing.views", "plugins.billing.forms"),
            ("plugins.billing.views", "core.web"),
        }
    ) == [
        "koudai_shanghai imports plugins.hotline.views",
        "plugins.billing.services imports plugins.hotline",
        "plugins.billing.services imports plugins.hotline.views",
    ]


def test_a_broken_contract_is_seen(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "planted").mkdir()
    (tmp_path / "planted" / "__init__.py").touch()
    (tmp_path / "planted" / "low.py").write_text("def act():\n    from planted import high\n")
    (tmp_path / "planted" / "high.py").touch()
    (tmp_path / "contracts.toml").write_text(PLANTED)
    monkeypatch.syspath_prepend(tmp_path)
    configure()
    assert lint_imports(config_filename=str(tmp_path / "contracts.toml"), cache_dir=None) == FAILURE
    assert "low never imports high BROKEN" in capsys.readouterr().out
