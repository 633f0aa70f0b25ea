"""A house in which the dummies stand beside the real plugins: import these instead of the plain ones."""

from __future__ import annotations

from collections.abc import Iterator
from importlib.metadata import entry_points
from pathlib import Path

import pytest

from core import migrate
from core.plugin_loading import GROUP
from core.plugins import Plugins
from core.testing import migrated_database
from core.testing_databases import sqlite_url
from tests.plugins_dummy import dummy, faulty, stuck

DUMMIES = (dummy, faulty, stuck)


@pytest.fixture(scope="module")
def plugins() -> Plugins:
    """Everything that is installed, and the dummies."""
    return Plugins([*(point.load() for point in entry_points(group=GROUP)), *DUMMIES])


@pytest.fixture(scope="module")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory, plugins: Plugins) -> Path:
    """A migrated SQLite database with the dummies' tables, to copy from."""
    path = tmp_path_factory.mktemp("dummies") / "koudai.db"
    migrate.upgrade(sqlite_url(path), plugins)
    return path


@pytest.fixture
def database_url(engine_name: str, plugins: Plugins, request: pytest.FixtureRequest) -> Iterator[str]:
    """The address of a database that has the dummies' tables too."""
    with migrated_database("dummies", engine_name, plugins, request) as url:
        yield url
