"""One history for each plugin: up and down on both engines, and no row lost on the way."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from alembic import command
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, create_engine, insert, inspect, text

from core import clock, migrate
from core.offices import Office, OfficeKind
from core.parameters import ParameterValue
from core.plugins import Plugins
from core.testing import tables_of
from core.testing_databases import postgres_server, sqlite_url


@pytest.fixture
def url(engine_name: str, tmp_path: Path) -> Iterator[str]:
    """The address of an empty database."""
    if engine_name == "sqlite":
        yield sqlite_url(tmp_path / "empty.db")
        return
    server, name = postgres_server(), f"koudai_{uuid.uuid4().hex[:12]}"
    yield server.create_database(name)
    server.drop_database(name)


class looking:
    """A connection of one's own to a database."""

    def __init__(self, url: str) -> None:
        self.engine = create_engine(url)

    def __enter__(self) -> Connection:
        self.connection = self.engine.connect()
        return self.connection

    def __exit__(self, *error: object) -> None:
        self.connection.commit()
        self.connection.close()
        self.engine.dispose()


def tables(url: str) -> set[str]:
    with looking(url) as connection:
        return set(inspect(connection).get_table_names())


def versions(url: str, histories: Any) -> dict[str, list[str]]:
    with looking(url) as connection:
        return {
            name: list(connection.scalars(text(f"select version_num from alembic_version_{name}")))
            for name in histories
        }


def test_every_history_goes_up_and_down_and_up_again(url: str, plugins: Plugins) -> None:
    histories = migrate.histories(plugins)
    assert list(histories)[:2] == ["core", "hotline"]
    heads = {
        name: ScriptDirectory.from_config(migrate.config_of(name, path)).get_heads()
        for name, path in histories.items()
    }
    version_tables = {f"alembic_version_{name}" for name in histories}
    for _time in range(2):
        migrate.upgrade(url, plugins)
        assert tables(url) == {one.name for one in tables_of(plugins)} | version_tables
        assert versions(url, histories) == heads
        assert all(len(revisions) == 1 for revisions in heads.values())
        assert migrate.check(url, plugins) == []
        for name in reversed(histories):
            migrate.downgrade(url, plugins, name)
            assert not {table for table in tables(url) if table.startswith(f"{name}_")}
            assert versions(url, histories)[name] == []
        assert tables(url) == version_tables


def test_upgrading_what_is_up_to_date_changes_nothing(url: str, plugins: Plugins) -> None:
    migrate.upgrade(url, plugins)
    before = versions(url, migrate.histories(plugins))
    migrate.upgrade(url, plugins)
    assert versions(url, migrate.histories(plugins)) == before


def test_a_difference_is_found_and_its_history_named(url: str, plugins: Plugins) -> None:
    migrate.upgrade(url, plugins)
    with looking(url) as connection:
        connection.execute(text("create table billing_stray (id integer primary key)"))
    (found,) = migrate.check(url, plugins)
    assert str(found).startswith("billing: ")
    assert "billing_stray" in str(found)


REVISION = """
import sqlalchemy as sa
from alembic import op

revision, down_revision = "shop_{number:04d}", {before!r}


def upgrade():
{up}


def downgrade():
    pass
"""
FIRST = """
    def key():
        return sa.Column("id", sa.Integer, primary_key=True)

    parent = sa.ForeignKey("shop_parent.id", ondelete="cascade", name="fk_shop_child_parent")
    op.create_table("shop_parent", key(), sa.Column("name", sa.String(5)))
    op.create_table("shop_child", key(), sa.Column("of", sa.Integer, parent))
"""
REBUILD = """
    with op.batch_alter_table("shop_parent") as batch:
        batch.alter_column("name", type_=sa.String(80), existing_type=sa.String(5))
        batch.add_column(sa.Column("note", sa.Text, server_default=""))
"""
CRASH = """
    op.create_table("shop_half", sa.Column("id", sa.Integer, primary_key=True))
    op.execute("insert into shop_half values (1)")
    raise ZeroDivisionError
"""
ORPHAN = """
    op.execute("delete from shop_parent")
"""


@pytest.fixture
def shop(plugins: Plugins, make_plugin: Any, tmp_path: Path) -> Callable[..., Plugins]:
    """A plugin in a folder of its own, with so many revisions, beside the real ones."""

    def opened(*revisions: str) -> Plugins:
        folder = tmp_path / "shop" / "migrations"
        folder.mkdir(parents=True, exist_ok=True)
        for number, up in enumerate(revisions, 1):
            before = f"shop_{number - 1:04d}" if number > 1 else None
            file = folder / f"shop_{number:04d}.py"
            file.write_text(REVISION.format(number=number, before=before, up=up))
        module: ModuleType = make_plugin("shop")
        module.__file__ = str(tmp_path / "shop" / "__init__.py")
        return Plugins([*(one.module for one in plugins.installed.values()), module])

    return opened


def fill(url: str) -> None:
    with looking(url) as connection:
        connection.execute(text("insert into shop_parent (id, name) values (1, 'a')"))
        connection.execute(text("insert into shop_child (id, of) values (1, 1), (2, 1)"))


def test_a_rebuilt_table_keeps_its_children(url: str, shop: Callable[..., Plugins]) -> None:
    assert migrate.upgrade(url, shop(FIRST))["shop"] == ["shop_child", "shop_parent"]
    fill(url)
    assert migrate.upgrade(url, shop(FIRST, REBUILD)) == {"shop": []}
    assert migrate.upgrade(url, shop(FIRST, REBUILD)) == {}
    with looking(url) as connection:
        assert connection.execute(text("select name, note from shop_parent")).all() == [("a", "")]
        assert connection.scalars(text("select id from shop_child order by id")).all() == [1, 2]
        assert connection.scalars(text("select version_num from alembic_version_shop")).all() == ["shop_0002"]


@pytest.mark.clause("QI/05 3.6", "QI/05 3.7")
def test_what_an_office_set_stays_set_under_a_new_name(url: str, plugins: Plugins) -> None:
    migrate.upgrade(url, plugins)
    history = migrate.histories(plugins)["fieldservice"]
    with migrate.migrating(url) as connection:
        command.downgrade(migrate.config_of("fieldservice", history, connection), "fieldservice_0005")
    with looking(url) as connection:
        connection.execute(
            insert(Office).values(id=1, code="BJ", kind=OfficeKind.OFFICE, name_zh="北京分公司")
        )
        for key in ("ask_head_office_working_days", "visit_working_days"):
            said = {"office_id": 1, "key": f"fieldservice.{key}", "value": 1, "set_by": "周艳"}
            connection.execute(insert(ParameterValue).values(**said, set_at=clock.now()))
    migrate.upgrade(url, plugins)
    with looking(url) as connection:
        kept = set(connection.scalars(text("select key from core_parameter_value")))
    assert kept == {"fieldservice.ask_head_office_days", "fieldservice.visit_working_days"}


def test_a_migration_that_fails_leaves_nothing(url: str, shop: Callable[..., Plugins]) -> None:
    migrate.upgrade(url, shop(FIRST))
    with pytest.raises(ZeroDivisionError):
        migrate.upgrade(url, shop(FIRST, CRASH))
    assert "shop_half" not in tables(url)
    assert versions(url, ["shop"]) == {"shop": ["shop_0001"]}


@pytest.mark.only_on("sqlite")
def test_a_migration_that_orphans_rows_is_called_out(url: str, shop: Callable[..., Plugins]) -> None:
    migrate.upgrade(url, shop(FIRST))
    fill(url)
    with pytest.raises(RuntimeError, match=r"foreign keys broken by a migration: .*shop_child"):
        migrate.upgrade(url, shop(FIRST, ORPHAN))


@pytest.mark.only_on("sqlite")
def test_where_no_migration_runs_no_row_is_looked_at(url: str, shop: Callable[..., Plugins]) -> None:
    migrate.upgrade(url, shop(FIRST))
    with looking(url) as connection:
        connection.execute(text("insert into shop_child (id, of) values (1, 99)"))
    assert migrate.upgrade(url, shop(FIRST)) == {}


def test_a_plugin_that_is_gone_stops_nobody(url: str, shop: Callable[..., Plugins], plugins: Plugins) -> None:
    migrate.upgrade(url, shop(FIRST))
    migrate.upgrade(url, plugins)
    assert migrate.check(url, plugins) == []
    migrate.downgrade(url, plugins, "quality")
    assert {"shop_parent", "shop_child"} <= tables(url)
