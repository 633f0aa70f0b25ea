"""The app behind a real address, and browsers in which nothing may go wrong unnoticed."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from threading import Thread
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import BrowserContext, ConsoleMessage, Page, Request, Response
from werkzeug.serving import WSGIRequestHandler, make_server

from core.db import db, writing
from core.people import Person
from core.sessions import new_key
from core.web.access import SESSION_KEY

Browse = Callable[..., Page]
BROKEN = "a request broke"
# What htmx says of a request that was under way when its page was left, or when a newer question took its place: a fault
# only where a request broke, too.
LEFT_BEHIND = {f"console: htmx:{one}" for one in ("afterRequest", "sendAbort", "sendError")} | {BROKEN}


class Hearer(WSGIRequestHandler):
    """Whoever asks nothing more for some seconds is not waited for."""

    timeout = 10


@pytest.fixture
def address(app: Flask) -> Iterator[str]:
    """The app as everybody meets it, with its guard against forged forms, on a port of its own."""
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    app.config["WTF_CSRF_ENABLED"] = True
    server = make_server("127.0.0.1", 0, app, threaded=True, request_handler=Hearer)
    # Pages ask on their own: whoever is still being answered has his connection to the database until he was.
    server.daemon_threads = False  # type: ignore[attr-defined]
    thread = Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def browse(app: Flask, address: str, new_context: Callable[..., BrowserContext]) -> Iterator[Browse]:
    """The means to sit somebody down at a browser: ``browse(person, "en", viewport=...)`` returns his page.

    The test fails when a console shows an error, a script breaks, the server fails, or anybody else is asked.
    """
    wrong: list[str] = []

    def sit_down(person: Person, locale: str = "zh_Hans_CN", **screen: Any) -> Page:
        context = new_context(base_url=address, **screen)
        context.add_cookies([{"name": "session", "value": session_of(app, person, locale), "url": address}])
        page = context.new_page()
        watch(page, address, wrong)
        return page

    yield sit_down
    assert [one for one in wrong if one not in LEFT_BEHIND or BROKEN in wrong] == []


def session_of(app: Flask, person: Person, locale: str) -> str:
    """Return the cookie of somebody who has signed in."""
    with writing(frozenset()):
        who = db.session.get_one(Person, person.id)
        who.password_hash = who.password_hash or "set"
    inside = {"_user_id": who.get_id(), "_fresh": True, "locale": locale, SESSION_KEY: new_key()}
    signer = app.session_interface.get_signing_serializer(app)  # type: ignore[attr-defined]
    return str(signer.dumps(inside))


def watch(page: Page, address: str, wrong: list[str]) -> None:
    """Note whatever goes wrong on a page; a form that the server refuses is no fault."""

    def hear(message: ConsoleMessage) -> None:
        refused = "status of 422" in message.text or "status of 409" in message.text
        if message.type in ("error", "warning") and not refused:
            wrong.append(f"console: {message.text.partition(',')[0]}")

    def see(request: Request) -> None:
        if not request.url.startswith((f"{address}/", "data:")):
            wrong.append(f"asked a stranger: {request.url}")

    def check(response: Response) -> None:
        if response.status >= 500:
            wrong.append(f"{response.status} {response.url}")

    def lose(request: Request) -> None:
        if "ERR_ABORTED" not in str(request.failure):
            wrong.append(BROKEN)

    page.on("console", hear)
    page.on("requestfailed", lose)
    page.on("pageerror", lambda error: wrong.append(f"script: {error}"))
    page.on("request", see)
    page.on("response", check)
