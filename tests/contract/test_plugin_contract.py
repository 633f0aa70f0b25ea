"""What every plugin keeps to: the contract for authors, run over all that is installed and over the dummy."""

from __future__ import annotations

from importlib.metadata import entry_points
from pathlib import Path

import pytest
from sqlalchemy import create_engine, inspect

from core import migrate
from core.plugin_loading import GROUP
from core.plugins import Installed, Plugins
from core.roles import NATIONAL_ROLES
from core.testing_contract import PluginContract, alone
from tests.plugins_dummy.fixtures import DUMMIES, database_url, plugins, sqlite_template  # noqa: F401

NAMES = sorted(point.name for point in entry_points(group=GROUP))
ALL = Plugins([*(point.load() for point in entry_points(group=GROUP)), *DUMMIES])
ROOT, SHORT = Path(__file__).parents[2], 60


class TestInstalled(PluginContract):
    """The contract, over every plugin that is installed."""

    @pytest.fixture(params=NAMES)
    def one(self, request: pytest.FixtureRequest) -> Installed:
        return ALL.installed[request.param]

    # One test below does it for all of them, from the last to the first.
    test_its_migrations_go_down_and_up_again = None  # type: ignore[assignment]


class TestDummy(PluginContract):
    """The contract, over the plugin that uses every extension point there is."""

    plugin = "dummy"
    # It is no distribution.
    test_it_is_installed_under_its_own_name = None  # type: ignore[assignment]


def test_every_plugin_is_here() -> None:
    national = {path.parent.name for path in ROOT.glob("plugins/*/__init__.py")}
    regional = {
        path.parent.name
        for place in ("regions", "examples")
        for path in ROOT.glob(f"{place}/*/pyproject.toml")
    }
    assert set(NAMES) == national | regional


def test_every_role_cites_its_clause() -> None:
    assert not [role.key for role in NATIONAL_ROLES if role.clause and role.clause not in ALL.clauses]


@pytest.mark.parametrize("region", [path.parent.name for path in ROOT.glob("regions/*/pyproject.toml")])
def test_a_region_differs_in_every_way_in_one_short_file(region: str) -> None:
    one = ALL.installed[region]
    assert len(Path(str(one.module.__file__)).read_text().splitlines()) < SHORT
    found = alone(one, ALL)
    verbs = {
        amendment.verb
        for procedure in found.procedures.values()
        for amendment in procedure.amendments
        if amendment.plugin == one.name
    }
    hooks = {caller.name: caller.spec.opts for caller in found.manager.get_hookcallers(one.module) or []}
    assert one.manifest.presets
    assert {"require", "widen"} <= verbs
    assert "core_case_cards" in hooks
    assert any(options["firstresult"] for options in hooks.values())


def test_every_migration_goes_down_and_up_again(database_url: str) -> None:  # noqa: F811
    for name in reversed(migrate.histories(ALL)):
        migrate.downgrade(database_url, ALL, name)
        assert not [table for table in tables(database_url) if table.startswith(f"{name}_")]
    assert all(table.startswith("alembic_version_") for table in tables(database_url))
    migrate.upgrade(database_url, ALL)
    assert migrate.check(database_url, ALL) == []


def tables(url: str) -> list[str]:
    engine = create_engine(url)
    try:
        return inspect(engine).get_table_names()
    finally:
        engine.dispose()
