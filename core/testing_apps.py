"""Apps that tests borrow one after the other: to build one, and to compile its templates, costs more than most tests."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from flask import Flask
from sqlalchemy import make_url

from core.app import create_app
from core.db import db
from core.plugins import Plugins


@dataclass(frozen=True)
class Kept:
    """An app at rest, with how it was built: whoever changes that has it for himself."""

    app: Flask
    plugins: Plugins
    url: str
    built: tuple[Any, ...]
    config: dict[str, Any]
    extensions: dict[str, Any]


class Apps:
    """One app for each engine, lent to one test at a time."""

    def __init__(self) -> None:
        self._kept: dict[str, Kept] = {}

    @contextmanager
    def lent(self, settings: dict[str, Any], plugins: Plugins) -> Iterator[Flask]:
        """Lend the app on a database, its context pushed; what a test sets in it is taken back afterwards."""
        url = settings["SQLALCHEMY_DATABASE_URI"]
        engine = make_url(url).get_backend_name()
        one = self._kept.pop(engine, None)
        if one is None or one.url != url or one.plugins is not plugins:
            _let_go(one)
            one = _made(settings, plugins)
        one.app.config["KOUDAI_HOME"] = settings["KOUDAI_HOME"]
        with one.app.app_context():
            yield one.app
            db.session.remove()
        if _how_built(one.app) == one.built:
            _tidied(one)
            self._kept[engine] = one
        else:
            _let_go(one)

    def close(self) -> None:
        """Leave no connection open."""
        for one in self._kept.values():
            _let_go(one)
        self._kept.clear()


def _made(settings: dict[str, Any], plugins: Plugins) -> Kept:
    app = create_app(settings, plugins)
    return Kept(
        app=app,
        plugins=plugins,
        url=settings["SQLALCHEMY_DATABASE_URI"],
        built=_how_built(app),
        config=dict(app.config),
        extensions=dict(app.extensions),
    )


def _how_built(app: Flask) -> tuple[Any, ...]:
    """Return what tells an app to which something was added from the one that was built."""
    around = (app.before_request_funcs, app.after_request_funcs, app.teardown_request_funcs)
    counted = tuple(len(one) for kind in around for one in kind.values())
    env = app.jinja_env
    return (dict(app.view_functions), counted, env.loader, dict(env.globals), dict(env.filters))


def _tidied(one: Kept) -> None:
    one.app.config.clear()
    one.app.config.update(one.config)
    one.app.extensions.clear()
    one.app.extensions.update(one.extensions)
    if make_url(one.url).get_backend_name() == "sqlite":
        # The next test has another file of the same name.
        _disconnect(one)


def _let_go(one: Kept | None) -> None:
    if one is not None:
        _disconnect(one)


def _disconnect(one: Kept) -> None:
    with one.app.app_context():
        for engine in db.engines.values():
            engine.dispose()
