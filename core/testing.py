"""The pytest plugin for Koudai and for authors of plugins: both engines, offices, staff, a customer, a browser's client.

Every test that asks for ``app`` runs on SQLite and on PostgreSQL, each time on a migrated database without rows and
with real commits: the gate owns its transactions, and to empty a database is cheaper than pretending otherwise.
"""

from __future__ import annotations

import datetime as dt
import html
import re
import shutil
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import Context
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Table
from werkzeug.test import TestResponse

from core import clock, migrate, sessions, switches
from core.customers.models import Customer, Installation, Product
from core.customers.services import add_customer
from core.db import Base, db, offices_seen, see_offices, writing
from core.offices import Office, all_offices, open_head_office, open_office
from core.people import Actor, Person, actor_for, give_role, initials_of
from core.plugins import Plugins
from core.roles import Role
from core.testing_apps import Apps
from core.testing_databases import postgres_server, run_id, sqlite_url
from core.web.access import SESSION_KEY

ENGINES = ("sqlite", "postgresql")
SETTER_UP = Actor("tests")
NATIONAL = ("hotline", "fieldservice", "billing", "quality")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--engine", choices=ENGINES, help="run the tests that touch the database on one engine only"
    )


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "only_on(engine): proves something that one engine alone has")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "engine_name" in metafunc.fixturenames:
        asked = metafunc.config.getoption("--engine")
        mark = metafunc.definition.get_closest_marker("only_on")
        engines = [one for one in (mark.args if mark else ENGINES) if asked in (None, one)]
        metafunc.parametrize("engine_name", engines, scope="session")


@pytest.fixture(scope="session")
def plugins() -> Plugins:
    """Everything that is installed, loaded once."""
    return Plugins.from_entry_points()


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory, plugins: Plugins) -> Path:
    """A migrated SQLite database to copy from."""
    path = tmp_path_factory.mktemp("template") / "koudai.db"
    migrate.upgrade(sqlite_url(path), plugins)
    return path


@pytest.fixture
def database_url(engine_name: str, plugins: Plugins, request: pytest.FixtureRequest) -> Iterator[str]:
    """The address of a migrated database of this test's own."""
    with migrated_database("koudai", engine_name, plugins, request) as url:
        yield url


@contextmanager
def migrated_database(
    name: str, engine: str, plugins: Plugins, request: pytest.FixtureRequest
) -> Iterator[str]:
    """Lend the address of a migrated database without rows; ``name`` stands for what the plugins are."""
    if engine == "sqlite":
        template = request.getfixturevalue("sqlite_template")
        path = template.with_name("copy.db")
        for old in template.parent.glob("copy.db*"):
            old.unlink()
        shutil.copy(template, path)
        yield sqlite_url(path)
        return
    server = postgres_server()
    template = server.template(f"{name}_template_{run_id()}", lambda url: migrate.upgrade(url, plugins))
    with server.lent(template) as url:
        yield url


@pytest.fixture(scope="session")
def apps() -> Iterator[Apps]:
    """The apps that tests borrow."""
    apps = Apps()
    yield apps
    apps.close()


@pytest.fixture
def app(database_url: str, plugins: Plugins, tmp_path: Path, apps: Apps) -> Iterator[Flask]:
    """The app on a database of its own, its context pushed."""
    with apps.lent(test_settings(database_url, tmp_path), plugins) as app:
        app.test_client_class = Browser
        yield app


def tables_of(plugins: Plugins) -> list[Table]:
    """Return the tables of core and of these plugins; a plugin that only a test knows has others."""
    owners = {"core", *plugins.installed}
    return [one for one in Base.metadata.sorted_tables if one.name.partition("_")[0] in owners]


def test_settings(url: str, home: Path) -> dict[str, Any]:
    """Return the settings of an app under test; its secret is for nobody."""
    return {
        "SQLALCHEMY_DATABASE_URI": url,
        "SECRET_KEY": "only for tests",
        "KOUDAI_HOME": str(home),
        "TESTING": True,
        "WTF_CSRF_ENABLED": False,
        # Whoever was still at work in the database when a test was over has been put out of it; what is given back
        # last is lent first, as if the test had only this one connection.
        "SQLALCHEMY_ENGINE_OPTIONS": {"pool_pre_ping": True, "pool_use_lifo": True},
    }


test_settings.__test__ = False  # type: ignore[attr-defined]


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """A browser of somebody who has not signed in."""
    return app.test_client()


@pytest.fixture
def house(app: Flask, plugins: Plugins) -> House:
    """The head office, and the means to furnish the rest."""
    return House(plugins)


class House:
    """Furnishes a test: offices with their plugins, people with their roles, customers with their products."""

    def __init__(self, plugins: Plugins) -> None:
        self.plugins = plugins
        self.head = open_head_office("HQ", "总部", "Head office", SETTER_UP)
        self.see()

    def see(self) -> None:
        """Let the test's own session see every office, and forget what it read before."""
        see_offices(frozenset(all_offices()))
        db.session.expire_all()

    def office(self, code: str, *enabled: str, name: str = "") -> Office:
        """Open an office under the head office and switch plugins on; without names, the national ones."""
        office_id = open_office(code, name or f"{code}办事处", SETTER_UP, name_en=code).id
        for plugin in enabled or NATIONAL:
            switches.switch(self.plugins, _office(office_id), plugin, True, SETTER_UP)
        self.see()
        return _office(office_id)

    def person(
        self, office: Office, *roles: Role, name: str = "王力", login: str = "", number: str = "07"
    ) -> Person:
        """Hire somebody with roles in an office."""
        with writing():
            person = Person(
                login=login or uuid.uuid4().hex[:12],
                name=name,
                initials=initials_of(name),
                hotline_number=number,
            )
            db.session.add(person)
            db.session.flush()
            for role in roles:
                give_role(person, office, role, "tests")
        return person

    def actor(self, person: Person) -> Actor:
        """Return the person as the gate sees him."""
        db.session.refresh(person)
        return actor_for(person, all_offices())

    def hire(self, office: Office, *roles: Role, name: str = "王力") -> Actor:
        """Hire somebody and return him as the gate sees him."""
        return self.actor(self.person(office, *roles, name=name))

    def customer(
        self,
        office: Office,
        name: str = "上海恒远服装有限责任公司",
        *,
        contract: dt.date | None = None,
        unsigned: bool = False,
        card_until: dt.date | None = None,
        withdrawn_on: dt.date | None = None,
    ) -> Customer:
        """Enter a customer with one product; by default the contract was signed a month ago, ``unsigned`` never."""
        number = f"{office.code}{uuid.uuid4().hex[:6]}"
        with writing(offices_seen() | {office.id}):
            one = add_customer(office.id, file_number=number, name=name, contact="高敏", phone="021-61541030")
            product = Product(name=f"财务通 {uuid.uuid4().hex[:6]}", withdrawn_on=withdrawn_on)
            one.installations.append(
                Installation(
                    office_id=office.id,
                    product=product,
                    version="8.13",
                    serial_number=uuid.uuid4().hex[:12],
                    contract_date=None
                    if unsigned
                    else contract or clock.now().date() - dt.timedelta(days=30),
                    service_card="FW1" if card_until else "",
                    service_until=card_until,
                )
            )
        return one


def _office(office_id: int) -> Office:
    office = db.session.get(Office, office_id)
    assert office is not None
    return office


class Browser(FlaskClient):
    """A browser without a screen, whose requests share no session and no sign-in with the test."""

    def open(self, *arguments: Any, **named: Any) -> TestResponse:
        return Context().run(super().open, *arguments, **named)


def said(page: str) -> str:
    """Return what a page says: its words without its marks, and without the tokens that differ each time."""
    return html.unescape(" ".join(re.sub(r"<[^>]+>", " ", page).split()))


SignIn = Callable[..., FlaskClient]


@pytest.fixture
def sign_in(app: Flask) -> SignIn:
    """The means to sit somebody down at a browser, without asking for his password."""

    def sit_down(who: Person | Actor, locale: str = "en") -> FlaskClient:
        person_id = who.person_id if isinstance(who, Actor) else who.id
        with writing():
            person = db.session.get_one(Person, person_id)
            person.password_hash = person.password_hash or "nobody knows it"
            key = person.get_id()
        browser = Browser(app, app.response_class)
        with browser.session_transaction() as session:
            session["_user_id"], session["_fresh"], session["locale"] = key, True, locale
            session[SESSION_KEY] = sessions.new_key()
        return browser

    return sit_down
