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
from core.errors import NotFound
from core.i18n import _l
from core.people import Actor
from core.roles import Role

P = ParamSpec("P")
R = TypeVar("R")


@contextmanager
def built() -> Iterator[Flask]:
    """Build the installation's app, whatever its database is like, and let go of everything at the end."""
    from core.app import create_app
    from core.config import folder
    from core.db import db

    folder().mkdir(mode=0o700, parents=True, exist_ok=True)
    locale, app = spoken(), create_app()
    with app.app_context(), force_locale(locale):
        try:
            yield app
        finally:
            db.session.remove()
            for engine in db.engines.values():
                engine.dispose()


@contextmanager
def opened() -> Iterator[Flask]:
    """Open the installation's app, with every office in sight."""
    from core.db import see_offices
    from core.offices import all_offices

    with built() as app:
        see_offices(frozenset(all_offices()))
        yield app


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
    return Actor(f"command line ({user})"[:40])


def role_named(key: str) -> Role:
    """Find a role of the book or of an installed plugin, or raise NotFound naming them all."""
    from core.rules import known_roles

    known = known_roles()
    if key not in known:
        names = ", ".join(known)
        raise NotFound(_l("There is no role %(role)s. Known are: %(known)s.", role=key, known=names))
    return known[key]
