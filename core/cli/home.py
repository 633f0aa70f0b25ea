"""The installation that a command works on, and who works there."""

from __future__ import annotations

import functools
import getpass
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import ParamSpec, TypeVar

from flask import Flask
from flask_babel import force_locale

from core.cli.words import spoken
from core.errors import KoudaiError, NotFound
from core.i18n import _l
from core.people import Actor, at_command_line
from core.roles import Role

P = ParamSpec("P")
R = TypeVar("R")


@contextmanager
def built(*, serving: bool = False) -> Iterator[Flask]:
    """Build the installation's app, whatever its database is like, and let go of everything at the end."""
    from core.app import create_app
    from core.config import settings, settings_of_commands
    from core.db import db

    if serving:
        make_folder()
    locale, app = spoken(), create_app(settings() if serving else settings_of_commands())
    with app.app_context(), force_locale(locale):
        try:
            yield app
        finally:
            db.session.remove()
            for engine in db.engines.values():
                engine.dispose()


@contextmanager
def opened(*, serving: bool = False) -> Iterator[Flask]:
    """Open the installation's app, with every office in sight."""
    from core.db import see_offices
    from core.offices import all_offices

    refuse_missing_file()
    with built(serving=serving) as app:
        _refuse_empty()
        see_offices(frozenset(all_offices()))
        yield app


def make_folder() -> None:
    """Make the folder of the installation's files, which nobody else may read."""
    from core.config import folder

    folder().mkdir(mode=0o700, parents=True, exist_ok=True)


def refuse_missing_file() -> None:
    """Refuse an SQLite file that is not there: whoever opened it would make it, empty."""
    from core.config import database_file

    file = database_file()
    if file is not None and not file.exists():
        raise _nothing_there()


def _refuse_empty() -> None:
    """Refuse a database without a single table of Koudai's: nobody has set it up."""
    from sqlalchemy import inspect

    from core.db import db

    if not inspect(db.engine).has_table("core_office"):
        raise _nothing_there()


def _nothing_there() -> KoudaiError:
    from core.cli.errors import address

    return KoudaiError(
        _l(
            "Nothing is set up at %(address)s yet: run “koudai init”, or “koudai demo” for one to look at, or say with "
            "KOUDAI_HOME or KOUDAI_DATABASE where your installation is.",
            address=address(),
        )
    )


def unfurnished(command: Callable[P, R]) -> Callable[P, R]:
    """Let a command work inside the app, on a database that may be empty or old."""

    @functools.wraps(command)
    def inside(*args: P.args, **kwargs: P.kwargs) -> R:
        with built():
            return command(*args, **kwargs)

    return inside


def in_house(command: Callable[P, R]) -> Callable[P, R]:
    """Let a command work inside the installation's app."""

    @functools.wraps(command)
    def inside(*args: P.args, **kwargs: P.kwargs) -> R:
        with opened():
            return command(*args, **kwargs)

    return inside


def actor() -> Actor:
    """Return who acts: the command line, in the hands of a user of this machine."""
    try:
        user = getpass.getuser()
    except (KeyError, OSError):
        user = str(os.getuid())
    return at_command_line(user)


def role_named(key: str) -> Role:
    """Find a role of the book or of an installed plugin, or raise NotFound naming them all."""
    from core.rules import known_roles

    known = known_roles()
    if key not in known:
        names = ", ".join(known)
        raise NotFound(_l("There is no role %(role)s. Known are: %(known)s.", role=key, known=names))
    return known[key]
