"""A house in which the dummies stand beside the real plugins: import these instead of the plain ones."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from importlib.metadata import entry_points
from pathlib import Path

import pytest

from core import migrate
from core.plugin_loading import GROUP
from core.plugins import Plugins
from core.testing_databases import postgres_server, run_id, sqlite_url
from tests.plugins_dummy import dummy, faulty, stuck

DUMMIES = (dummy, faulty, stuck)


@pytest.fixture(scope="module")
def plugins() -> Plugins:
    """Everything that is installed, and the dummies."""
    return Plugins([*(point.load() for point in entry_points(group=GROUP)), *DUMMIES])


@pytest.fixture
def database_url(engine_name: str, plugins: Plugins, tmp_path: Path) -> Iterator[str]:
    """The address of a database that has the dummies' tables too."""
    if engine_name == "sqlite":
        url = sqlite_url(tmp_path / "koudai.db")
        migrate.upgrade(url, plugins)
        yield url
        return
    server, name = postgres_server(), f"dummies_{uuid.uuid4().hex[:12]}"
    template = server.template(f"dummies_template_{run_id()}", lambda url: migrate.upgrade(url, plugins))
    yield server.create_database(name, template)
    server.drop_database(name)
