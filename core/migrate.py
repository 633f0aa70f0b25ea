"""Migrations: one shared environment, one version table and one linear history for each plugin."""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, create_engine, event, text

from core.plugins import Plugins

HERE = Path(__file__).parent / "migrations"


def histories(plugins: Plugins) -> dict[str, Path]:
    """Return the folders of migrations, core first, then the plugins in order of their dependencies."""
    own = {name: one.folder / "migrations" for name, one in plugins.installed.items()}
    return {"core": HERE / "versions"} | {name: path for name, path in own.items() if path.is_dir()}


def config_of(name: str, path: Path, connection: Connection | None = None) -> Config:
    """Return the Alembic configuration of one history."""
    config = Config(stdout=io.StringIO())
    config.set_main_option("script_location", str(HERE))
    config.set_main_option("path_separator", "newline")
    config.set_main_option("version_locations", str(path))
    config.attributes.update(connection=connection, plugin=name)
    return config


@contextmanager
def migrating(url: str) -> Iterator[Connection]:
    """Open a connection for migrations: on SQLite without foreign keys, which a rebuilt table would fire."""
    engine = create_engine(url)
    if engine.dialect.name == "sqlite":
        _prepare_sqlite(engine)
    try:
        with engine.connect() as connection:
            yield connection
            connection.commit()
            _check_foreign_keys(connection)
    finally:
        engine.dispose()


def _prepare_sqlite(engine: Engine) -> None:
    def on_connect(connection: object, record: object) -> None:
        connection.isolation_level = None  # type: ignore[attr-defined]
        connection.execute("pragma foreign_keys=off")  # type: ignore[attr-defined]

    event.listen(engine, "connect", on_connect)
    event.listen(engine, "begin", lambda connection: connection.exec_driver_sql("BEGIN IMMEDIATE"))


def _check_foreign_keys(connection: Connection) -> None:
    if connection.dialect.name != "sqlite":
        return
    broken = connection.execute(text("pragma foreign_key_check")).all()
    if broken:
        raise RuntimeError(f"foreign keys broken by a migration: {broken[:5]}")


def upgrade(url: str, plugins: Plugins) -> None:
    """Bring core and every installed plugin to their newest revision, in order of dependency."""
    with migrating(url) as connection:
        for name, path in histories(plugins).items():
            command.upgrade(config_of(name, path, connection), "head")


def behind(url: str, plugins: Plugins) -> list[str]:
    """Return the histories of which the database lacks a migration."""
    with migrating(url) as connection:
        return [
            name
            for name, path in histories(plugins).items()
            if _standing(name, connection) != ScriptDirectory.from_config(config_of(name, path)).get_heads()
        ]


def _standing(name: str, connection: Connection) -> list[str]:
    table = {"version_table": f"alembic_version_{name}"}
    return list(MigrationContext.configure(connection, opts=table).get_current_heads())


def downgrade(url: str, plugins: Plugins, name: str) -> None:
    """Take one plugin's tables away; its history becomes empty."""
    with migrating(url) as connection:
        command.downgrade(config_of(name, histories(plugins)[name], connection), "base")


def check(url: str, plugins: Plugins) -> list[str]:
    """Return the histories whose tables differ from the models; empty when all is well."""
    from alembic.util.exc import CommandError

    wrong = []
    with migrating(url) as connection:
        for name, path in histories(plugins).items():
            try:
                command.check(config_of(name, path, connection))
            except CommandError as error:
                wrong.append(f"{name}: {error}")
    return wrong


def revise(url: str, plugins: Plugins, name: str, message: str) -> None:
    """Write a new revision of one history from the difference between its models and the database."""
    path = histories(plugins)[name]
    known = list(ScriptDirectory.from_config(config_of(name, path)).walk_revisions())
    with migrating(url) as connection:
        command.revision(
            config_of(name, path, connection),
            message=message,
            autogenerate=True,
            rev_id=f"{name}_{len(known) + 1:04d}",
            version_path=str(path),
        )
