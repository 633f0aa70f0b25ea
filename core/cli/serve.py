"""Serving the pages: several processes behind one address, and no start where a plugin is missing."""

from __future__ import annotations

import errno
import gc
import importlib.util
import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from typing import TYPE_CHECKING, Any

import click
from flask import Flask

from core.cli.errors import warn_of_open_wall
from core.cli.home import opened
from core.errors import KoudaiError, PluginError
from core.i18n import Sentence, _, _l

if TYPE_CHECKING:
    from core.plugins import Plugins

THREADS = 8
PORT_FAULTS: dict[int | None, Sentence] = {
    errno.EADDRINUSE: _l("another program listens there"),
    errno.EACCES: _l("only the machine's administrator may"),
}


@click.command(help=_l("Serve the pages on http://HOST:PORT with several processes; Ctrl-C ends it.").msgid)
@click.option("--host", default="127.0.0.1", show_default=True, help=_l("Address to listen on.").msgid)
@click.option("--port", default=8000, show_default=True, type=click.IntRange(0, 65535))
@click.option(
    "--workers",
    default=max(2, min(4, os.cpu_count() or 1)),
    show_default=True,
    type=click.IntRange(1, 64),
    help=_l("Number of processes.").msgid,
)
@click.option(
    "--safe",
    is_flag=True,
    help=_l("Safe mode: without regional plugins; the offices that use one can only be read.").msgid,
)
@click.option(
    "--jobs/--no-jobs",
    default=True,
    show_default=True,
    help=_l("Work the offices' jobs off too, in a process beside; without, “koudai jobs work” does.").msgid,
)
def serve(host: str, port: int, workers: int, safe: bool, jobs: bool) -> None:
    """Refuse by name what cannot run, then listen."""
    if safe:
        os.environ["KOUDAI_SAFE_MODE"] = "1"
    run(host, port, workers, jobs=jobs)


def run(host: str, port: int, workers: int, *, jobs: bool = True) -> None:
    """Check everything that can be checked before anybody is let in, then serve until stopped."""
    refuse_taken(host, port)
    app = checked_app()
    click.echo(_("Koudai answers on %(address)s — Ctrl-C ends it.", address=f"http://{host}:{port}"))
    with _timer_beside() if jobs else nullcontext():
        settle()
        if importlib.util.find_spec("gunicorn"):
            _serve_with_processes(app, host, port, workers)
        else:
            _serve_with_threads(app, host, port)


def settle() -> None:
    """Take what is built by now out of the collector's sight: it stays, and looking through it took 0.3 s at a time."""
    gc.collect()
    gc.freeze()


@contextmanager
def _timer_beside() -> Iterator[None]:
    """Let a process of its own work the jobs off, as long as this one serves; it ends by itself if this one is killed."""
    command = [sys.executable, "-c", "from core.cli import main; main()", "jobs", "work", "--with-parent"]
    # In a session of its own, or a Ctrl-C would break off the turn that is being taken.
    timer = subprocess.Popen(command, start_new_session=True)
    try:
        yield
    finally:
        timer.terminate()


def checked_app() -> Flask:
    """Build the app; refuse, by name, a plugin that is on but not installed, and a database left behind."""
    from core import migrate
    from core.life.arrival import arrive
    from core.life.carrying import refuse_lost
    from core.life.removal import gone
    from core.rules import installed_plugins

    with opened(serving=True) as app:
        plugins = installed_plugins()
        migrate.refuse_behind(app.config["SQLALCHEMY_DATABASE_URI"], plugins, but=gone(plugins))
        warn_of_open_wall()
        _check_sets(plugins)
        arrive(plugins)
        refuse_lost(plugins)
        tell_of_safe_mode()
    return app


def _check_sets(plugins: Plugins) -> None:
    """Build what the offices use; where a regional plugin may be the culprit, say how the others can work on."""
    from core.plugin_loading import foreign_plugins, with_remedy
    from core.switches import check_sets_in_use

    try:
        check_sets_in_use(plugins)
    except PluginError as error:
        if plugins.safe or not foreign_plugins():
            raise
        raise with_remedy(error.sentence) from error


def tell_of_safe_mode() -> None:
    """Say which offices can only be read, where safe mode is on."""
    from core import safe_mode
    from core.offices import all_offices

    if safe_mode.is_on():
        tree, closed = all_offices(), safe_mode.closed_offices()
        codes = " ".join(sorted(tree[one].code for one in closed)) or _("none")
        click.echo(
            _(
                "Safe mode: no regional plugin is loaded. Offices that can only be read: %(codes)s",
                codes=codes,
            )
        )


def refuse_taken(host: str, port: int) -> None:
    """Refuse a port that another program listens on, before anything is begun."""
    _refuse_nowhere(host)
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as trial:
        trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            trial.bind((host, port))
        except OSError as error:
            if error.errno == errno.EADDRNOTAVAIL:
                raise _no_such_host(host) from error
            raise KoudaiError(
                _l(
                    "Nobody can listen on %(host)s:%(port)s (%(why)s). Choose another with --port.",
                    host=host,
                    port=port,
                    why=PORT_FAULTS.get(error.errno, error.strerror),
                )
            ) from error


def _refuse_nowhere(host: str) -> None:
    """Refuse what is no address of a machine; an empty one would mean every network."""
    try:
        found = host.strip() and socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise _no_such_host(host) from error
    if not found:
        raise _no_such_host(host)


def _no_such_host(host: str) -> KoudaiError:
    return KoudaiError(
        _l(
            "--host “%(host)s” is no address of this machine. Give one, like 127.0.0.1, "
            "or 0.0.0.0 for all its networks.",
            host=host,
        )
    )


def _serve_with_processes(app: Flask, host: str, port: int, workers: int) -> None:
    from gunicorn.app.base import BaseApplication

    address = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
    settings: dict[str, Any] = {
        "bind": [address],
        "workers": workers,
        "worker_class": "gthread",
        "threads": THREADS,
        "timeout": 120,
        "graceful_timeout": 15,
        "preload_app": True,
        "loglevel": "warning",
        "proc_name": "koudai",
        "control_socket_disable": True,
    }

    class Server(BaseApplication):  # type: ignore[misc]
        """Gunicorn, told what to do from here and by no file of its own."""

        def load_config(self) -> None:
            for name, value in settings.items():
                self.cfg.set(name, value)

        def load(self) -> Flask:
            return app

    Server().run()


def _serve_with_threads(app: Flask, host: str, port: int) -> None:
    from werkzeug.serving import make_server

    make_server(host, port, app, threaded=True).serve_forever()
