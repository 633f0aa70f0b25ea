"""The test databases are as in production: a role without privileges, walls that bite, nothing left over."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Connection, NullPool, create_engine, text

from core.testing_databases import (
    ROLE,
    NoPostgres,
    PostgresServer,
    command_line,
    postgres_server,
    run_id,
    sqlite_url,
    stop_leftovers,
)

WORKER = os.environ.get("PYTEST_XDIST_WORKER", "alone")
KILLED_RUN = """
import os, signal
from core.testing_databases import FOLDER, PREFIX, postgres_server, run_id
postgres_server()
folder = FOLDER / (PREFIX + run_id())
print(folder, (folder / "postmaster.pid").read_text().split()[0], flush=True)
os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.fixture
def server() -> PostgresServer:
    try:
        return postgres_server()
    except NoPostgres as reason:
        pytest.skip(str(reason))


@pytest.fixture
def connection(server: PostgresServer) -> Iterator[Connection]:
    name = f"house_{run_id()}_{WORKER}"
    engine = create_engine(server.create_database(name), poolclass=NullPool)
    with engine.connect() as connected:
        yield connected
    server.drop_database(name)


def test_the_application_role_is_no_superuser(connection: Connection, server: PostgresServer) -> None:
    print(f"PostgreSQL {server.version}")
    role = connection.execute(text("select * from pg_roles where rolname = current_user")).mappings().one()
    assert role["rolname"] == ROLE
    assert not role["rolsuper"]
    assert not role["rolbypassrls"]
    assert not role["rolcreatedb"]
    assert not role["rolcreaterole"]


def test_row_level_security_bites_the_owner_of_the_table(connection: Connection) -> None:
    for statement in (
        "create table paper (office_id int)",
        "insert into paper values (1), (2)",
        "alter table paper enable row level security",
        "alter table paper force row level security",
        "create policy office on paper using (office_id::text = current_setting('app.office', true))",
    ):
        connection.execute(text(statement))
    assert connection.scalars(text("select office_id from paper")).all() == []
    connection.execute(text("select set_config('app.office', '2', true)"))
    assert connection.scalars(text("select office_id from paper")).all() == [2]


def test_a_template_is_built_once_and_copied(server: PostgresServer) -> None:
    built: list[str] = []
    name, copy = f"template_{run_id()}_{WORKER}", f"copy_{run_id()}_{WORKER}"

    def build(url: str) -> None:
        built.append(url)
        with create_engine(url, poolclass=NullPool).begin() as filling:
            filling.execute(text("create table paper as select 7 as number"))

    assert server.template(name, build) == server.template(name, build) == name
    assert len(built) == 1
    copied = create_engine(server.create_database(copy, template=name), poolclass=NullPool)
    with copied.connect() as connected:
        assert connected.scalar(text("select number from paper")) == 7
    server.drop_database(copy)
    server.drop_database(name)


@pytest.mark.parametrize(
    "change",
    [
        "alter table paper rename column number to figure",
        "alter table paper add column colour text",
        "create table ink (id int)",
        "drop table paper",
    ],
)
def test_a_lent_copy_is_cleaned_and_one_that_was_changed_is_lent_no_more(
    server: PostgresServer, change: str
) -> None:
    name = f"lent_{run_id()}_{WORKER}"

    def build(url: str) -> None:
        with create_engine(url, poolclass=NullPool).begin() as filling:
            filling.execute(text("create table paper (id serial primary key, number int)"))

    def use(statement: str) -> tuple[str, int | None]:
        with server.lent(name) as url, create_engine(url, poolclass=NullPool).begin() as using:
            there = using.scalar(text("insert into paper (number) values (7) returning id"))
            using.execute(text(statement))
        return url, there

    server.template(name, build)
    first, second = use("select 1"), use(change)
    third = use("select 1")
    assert (first[0] == second[0], second[0] == third[0]) == (True, False)
    assert (first[1], second[1], third[1]) == (1, 1, 1)
    server.drop_database(name)


def test_a_name_that_is_no_name_is_refused(server: PostgresServer) -> None:
    with pytest.raises(ValueError, match="no name for a test database"):
        server.drop_database('x"; drop database postgres')


@pytest.mark.skipif("TEST_DATABASE_URL" in os.environ, reason="TEST_DATABASE_URL: no server is started here")
def test_the_server_of_a_killed_run_is_stopped_and_swept(server: PostgresServer) -> None:
    environment = {**os.environ, "PYTEST_XDIST_TESTRUNUID": f"k{os.getpid()}"}
    killed = subprocess.run(
        [sys.executable, "-c", KILLED_RUN], env=environment, capture_output=True, text=True, check=False
    )
    assert killed.returncode == -signal.SIGKILL, killed.stderr
    folder, postmaster = killed.stdout.split()
    stop_leftovers()
    assert not Path(folder).exists()
    assert folder not in command_line(int(postmaster))
    assert server.version, "the server of this run lives on"


def test_sqlite_has_a_file(tmp_path: Path) -> None:
    with create_engine(sqlite_url(tmp_path / "koudai.db"), poolclass=NullPool).connect() as connected:
        assert connected.scalar(text("select 1")) == 1
    assert (tmp_path / "koudai.db").exists()
