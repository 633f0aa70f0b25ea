"""An office with work in it, and clients that ask with tokens."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from core.api import tokens
from core.api.tokens import ACT
from core.offices import Office
from core.people import Person
from core.roles import NATIONAL_ROLES
from core.rules import rules_of
from core.testing import Browser, House
from tests.core.conftest import work  # noqa: F401


class Client:
    """A program that asks an office's API with a token."""

    def __init__(self, browser: FlaskClient, office: str, token: str) -> None:
        self.browser, self.office, self.token = browser, office, token

    def ask(self, method: str, path: str, **more: Any) -> Any:
        headers = {
            "Authorization": f"Bearer {self.token}",
            "Accept-Language": "en",
            **more.pop("headers", {}),
        }
        return self.browser.open(f"/api/v1/{self.office}{path}", method=method, headers=headers, **more)

    def get(self, path: str, **more: Any) -> Any:
        return self.ask("GET", path, **more)

    def post(self, path: str, body: Any, **more: Any) -> Any:
        return self.ask("POST", path, json=body, **more)


@pytest.fixture
def client_of(app: Flask) -> Callable[..., Client]:
    """The means to give somebody a token and a program that uses it."""

    def made(person: Person, office: Office, reach: dict[str, str] | None = None) -> Client:
        whole = ["customers", *(one.collection for one in rules_of(office).plugins.procedures.values())]
        token = tokens.make(person, office, "for a test", reach or dict.fromkeys(whole, ACT), 30)
        return Client(Browser(app, app.response_class), office.code, token)

    return made


@pytest.fixture
def shanghai(house: House) -> Office:
    return house.office("SH")


@pytest.fixture
def boss(house: House, shanghai: Office) -> Person:
    """Somebody who may do nearly everything in Shanghai."""
    person = house.person(shanghai, *NATIONAL_ROLES, name="周艳")
    return signed_up(person)


@pytest.fixture
def api(client_of: Callable[..., Client], boss: Person, shanghai: Office) -> Client:
    """A program that may do so, too."""
    return client_of(boss, shanghai)


def signed_up(person: Person) -> Person:
    from core.db import db, writing

    with writing():
        found = db.session.get_one(Person, person.id)
        found.password_hash = "nobody knows it"
    return found
