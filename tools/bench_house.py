"""A house that is measured: its app, who reads in it, and what there is to ask for."""

from __future__ import annotations

import os
import random
import re
import time
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from flask import Flask
from sqlalchemy import event, select

HOTLINE, DUTY, FIELD = "hotline_engineer", "duty_manager", "field_engineer"
FULL, EMPTY = "SH", "BJ"
# What is on the wire between engine and app besides statements.
NO_STATEMENT = ("begin", "pragma", "commit", "rollback")


@dataclass(frozen=True)
class Somebody:
    """Whoever phones; by itself, whoever does so in an office that has nobody on file."""

    customer_id: int = 0
    installation_id: int = 0
    file_number: str = "BJ000001"
    name: str = "上海恒远服装有限责任公司"
    initials: str = "shhyfz"
    phones: str = "13800000000"


@dataclass(frozen=True)
class Request:
    """A field service request: its number, its version, an engineer who may be sent."""

    number: str = "BJ-R-2026-00001"
    version: int = 0
    engineer_id: int = 0


@dataclass(frozen=True)
class Reader:
    """Somebody who has signed in: the cookie of his browser, the token of its forms, what his office has on file."""

    office: str
    cookie: str
    csrf: str
    callers: list[Somebody]
    requests: list[Request]
    waiting: list[Request]


@dataclass
class House:
    """One installation, served on a port: ``home`` is what its processes are told, ``at_work`` who the first are."""

    home: dict[str, str]
    port: int
    at_work: list[int] = field(default_factory=list)
    readers: dict[tuple[str, str], Reader] = field(default_factory=dict)

    @cached_property
    def app(self) -> Flask:
        """The app of the house in this process, for who reads there and for counting statements."""
        from core.app import create_app
        from core.config import settings

        for name in ("KOUDAI_HOME", "KOUDAI_DATABASE"):
            os.environ.pop(name, None)
        os.environ.update(self.home)
        return create_app(settings())

    def processor_time(self) -> float:
        """Return the seconds of a processor that its processes have used so far, the database's among them."""
        return sum(map(_processor_time, self.at_work))

    def reader(self, code: str, role: str) -> Reader:
        """Return somebody of an office who holds a role, at his browser."""
        if (code, role) not in self.readers:
            self.readers[code, role] = _reader(self.app, code, role)
        return self.readers[code, role]


def _processor_time(pid: int) -> float:
    """Return what a process, its children and theirs have used: what they used who are gone is in the account."""
    try:
        told = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    except OSError:
        return 0.0
    return sum(map(int, told[11:15])) / os.sysconf("SC_CLK_TCK") + sum(
        map(_processor_time, map(int, children))
    )


def _reader(app: Any, code: str, role: str) -> Reader:
    """Sit somebody down at a browser, without asking for a password."""
    from core import sessions
    from core.db import db, see_offices, writing
    from core.offices import office_by_code
    from core.people import Person
    from core.web.access import SESSION_KEY
    from seed import people

    with app.app_context():
        office = office_by_code(code)
        see_offices(frozenset({office.id}))
        staff = people.staff_of(office)
        actor = {HOTLINE: staff.engineers[0], DUTY: staff.duty, FIELD: staff.field[0]}[role]
        see_offices(frozenset({office.id}))
        callers = _callers(office.id)
        requests = _requests(office.id, staff, finished=True)
        waiting = _requests(office.id, staff, finished=False)
        with writing():
            person = db.session.get_one(Person, actor.person_id)
            person.password_hash = person.password_hash or "nobody knows it"
            key = person.get_id()
    browser = app.test_client()
    with browser.session_transaction() as session:
        session["_user_id"], session["_fresh"], session["locale"] = key, True, "zh_Hans_CN"
        session[SESSION_KEY] = sessions.new_key()
    token = re.search(r'name="csrf_token" value="([^"]+)"', browser.get("/").text)
    kept = browser.get_cookie("session")
    assert token is not None
    assert kept is not None
    return Reader(code, f"session={kept.value}", token[1], callers, requests, waiting)


def _callers(office_id: int) -> list[Somebody]:
    """Return a thousand customers of an office, from all over its file."""
    from core.customers.models import Contact, Customer, Installation
    from core.db import db
    from core.people import initials_of

    query = (
        select(Customer.id, Installation.id, Customer.file_number, Customer.name, Contact.phones)
        .join(Installation, Installation.customer_id == Customer.id)
        .join(Contact, Contact.customer_id == Customer.id)
        .where(Customer.office_id == office_id)
    )
    rows = db.session.execute(query).all()
    chosen = random.Random(7).sample(rows, min(1000, len(rows)))
    return [Somebody(*row[:4], initials_of(row[3]).lower(), row[4]) for row in chosen] or [Somebody()]


def _requests(office_id: int, staff: Any, *, finished: bool) -> list[Request]:
    """Return requests of an office: those that are to be dispatched, or some from all over its past."""
    from core.db import db
    from plugins.fieldservice.models import ServiceRequest

    query = select(ServiceRequest.number, ServiceRequest.version).where(ServiceRequest.office_id == office_id)
    if finished:
        first, last = (
            db.session.scalar(
                select(ServiceRequest.id).where(ServiceRequest.office_id == office_id).order_by(one)
            )
            for one in (ServiceRequest.id, ServiceRequest.id.desc())
        )
        span = range(first or 0, (last or 0) + 1)
        chosen = random.Random(7).sample(span, min(1000, len(span)))
        query = query.where(ServiceRequest.id.in_(chosen), ServiceRequest.state == "closed")
    else:
        query = query.where(ServiceRequest.state == "registered")
    luck = random.Random(7)
    found = [
        Request(str(number), version, luck.choice(staff.field).person_id or 0)
        for number, version in db.session.execute(query)
    ]
    return found or [Request()]


def answered(app: Flask, one: Reader, request: str) -> float:
    """Answer a request in this process, and return how many seconds that took."""
    method, target = request.split(" ", 2)[:2]
    browser = app.test_client()
    name, value = one.cookie.split("=", 1)
    browser.set_cookie(name, value)
    body = request.partition("\r\n\r\n")[2]
    headers = {"Content-Type": "application/x-www-form-urlencoded"} if body else {}
    begun = time.perf_counter()
    browser.open(target, method=method, data=body, headers=headers)
    return time.perf_counter() - begun


def statements(app: Flask, one: Reader, request: str) -> int:
    """Count the statements of one answer."""
    from core.db import db

    seen = list[str]()

    def note(_connection: Any, _cursor: Any, statement: str, *_more: Any) -> None:
        if not statement.lstrip().lower().startswith(NO_STATEMENT):
            seen.append(statement)

    with app.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", note)
    try:
        answered(app, one, request)
    finally:
        event.remove(engine, "before_cursor_execute", note)
    return len(seen)
