"""What is measured: the pages on which a hotline lives, asked by somebody who has signed in."""

from __future__ import annotations

import argparse
import random
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlencode

from sqlalchemy import event, select

from tools.bench_load import Ask, Measured, load

# Which part of a greeting's throughput a page must reach at least.
PAGE, LOOKUP = 20, 10


@dataclass(frozen=True)
class Page:
    """One page, as a client asks for it; ``ask`` gets the office and a number that differs each time."""

    name: str
    address: str
    target: int = PAGE
    form: dict[str, str] | None = None


@dataclass(frozen=True)
class Reader:
    """Somebody who has signed in: the cookie of his browser, the token of its forms, the customers of his office."""

    office: str
    cookie: str
    csrf: str
    callers: list[Any]

    def ask(self, page: Page, seed: int) -> Ask:
        """Return what one connection sends, another customer each time."""
        luck = random.Random(seed)

        def request(_place: int) -> bytes:
            one = luck.choice(self.callers)
            words = {"office": self.office, "customer": one.customer_id, "typed": quote(typed(one, luck))}
            target = page.address.format(**words)
            head = f"Host: koudai\r\nCookie: {self.cookie}\r\nAccept-Encoding: identity\r\n"
            if page.form is None:
                return f"GET {target} HTTP/1.1\r\n{head}\r\n".encode()
            said = {**page.form, "csrf_token": self.csrf, "customer_id": one.customer_id}
            body = urlencode({**said, "installation_id": one.installation_id}).encode()
            kind = f"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {len(body)}\r\n"
            return f"POST {target} HTTP/1.1\r\n{head}{kind}\r\n".encode() + body

        return request


CALL = {
    "channel": "phone",
    "contact": "高敏",
    "phone": "021-61541030",
    "module": "总账",
    "operation": "反结账",
    "happens": "点反结账后报错退出，账套仍是已结账状态",
    "outcome": "solve",
    "solve-answer": "重建索引后反结账成功，已请客户当场试过",
}
PAGES = (
    Page("look-up while typing", "/{office}/hotline/desk/find?q={typed}", LOOKUP),
    Page("call desk", "/{office}/hotline/desk?customer={customer}"),
    Page("board", "/{office}/hotline/board/"),
    Page("list of calls", "/{office}/hotline/call/"),
    Page("my desk", "/"),
    Page("saving a call", "/{office}/hotline/desk", form=CALL),
)


def typed(one: Any, luck: random.Random) -> str:
    """Return what somebody types who looks for a customer: a number, a part of the name, initials, a phone."""
    return str(luck.choice((one.file_number, one.name[2:5], one.initials[:4], one.phones[:7])))


def measure(options: argparse.Namespace, port: int, hello_port: int) -> Iterator[str]:
    """Yield a line for each page; the greeting is measured before each, for the machine is never the same."""
    from core.app import create_app
    from core.config import settings

    app = create_app(settings())
    full, empty = reader(app, "SH"), reader(app, "BJ")
    for page in PAGES:
        counts = [statements(app, one, page) for one in (empty, full)]
        greeting = rounds(hello_port, [hello] * options.connections, options.seconds)
        asks = [full.ask(page, at) for at in range(options.connections)]
        found = rounds(port, asks, options.seconds, 302 if page.form else 200)
        yield line(page, found, greeting, counts)


def hello(_place: int) -> bytes:
    """Ask for a greeting."""
    return b"GET / HTTP/1.1\r\nHost: koudai\r\n\r\n"


def rounds(port: int, asks: list[Ask], seconds: float, good: int = 200) -> Measured:
    """Warm up, then measure."""
    load(port, asks, min(2, seconds), good)
    return load(port, asks, seconds, good)


def line(page: Page, found: Measured, greeting: Measured, counts: list[int]) -> str:
    """Return the figures of a page as a line of the table."""
    costs = greeting.per_second / found.per_second if found.answers else float("inf")
    faults = f", {found.faults} faults" if found.faults else ""
    cells = (
        page.name,
        f"{found.per_second:.0f}{faults}",
        f"{found.within(0.5):.0f} ms",
        f"{found.within(0.95):.0f} ms",
        " / ".join(map(str, counts)),
        f"{costs:.1f}",
        f"{'kept' if costs <= page.target else 'missed'}: {page.target}",
    )
    return "| " + " | ".join(cells) + " |"


def reader(app: Any, code: str) -> Reader:
    """Sit a hotline engineer of an office down at a browser, without asking for a password."""
    from core import sessions
    from core.db import db, see_offices, writing
    from core.offices import office_by_code
    from core.people import Person
    from core.web.access import SESSION_KEY
    from seed import people

    with app.app_context():
        office = office_by_code(code)
        see_offices(frozenset({office.id}))
        person_id, known = people.staff_of(office).engineers[0].person_id, callers(office.id)
        with writing():
            person = db.session.get_one(Person, person_id)
            person.password_hash = person.password_hash or "nobody knows it"
            key = person.get_id()
    browser = app.test_client()
    with browser.session_transaction() as session:
        session["_user_id"], session["_fresh"], session["locale"] = key, True, "zh_Hans_CN"
        session[SESSION_KEY] = sessions.new_key()
    page = browser.get(f"/{code}/hotline/desk").text
    token = re.search(r'name="csrf_token" value="([^"]+)"', page)
    kept = browser.get_cookie("session")
    assert token is not None
    assert kept is not None
    return Reader(code, f"session={kept.value}", token[1], known or [NOBODY])


@dataclass(frozen=True)
class Somebody:
    """Whoever phones in an office that has nobody on file."""

    customer_id: int = 0
    installation_id: int = 0
    file_number: str = "BJ000001"
    name: str = "上海恒远服装有限责任公司"
    initials: str = "shhyfz"
    phones: str = "13800000000"


NOBODY = Somebody()


def callers(office_id: int) -> list[Any]:
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
    return [Somebody(*row[:4], initials_of(row[3]).lower(), row[4]) for row in chosen]


def statements(app: Any, one: Reader, page: Page) -> int:
    """Count the statements of one answer; a form is not sent to an office that knows nobody."""
    from core.db import db

    request = one.ask(page, 1)(0).decode()
    method, target = request.split(" ", 2)[:2]
    browser, seen = app.test_client(), list[str]()
    name, value = one.cookie.split("=", 1)
    browser.set_cookie(name, value)

    def note(_connection: Any, _cursor: Any, statement: str, *_more: Any) -> None:
        if not statement.lstrip().lower().startswith(("begin", "pragma", "commit", "rollback")):
            seen.append(statement)

    with app.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", note)
    try:
        body = request.partition("\r\n\r\n")[2]
        headers = {"Content-Type": "application/x-www-form-urlencoded"} if body else {}
        browser.open(target, method=method, data=body, headers=headers)
    finally:
        event.remove(engine, "before_cursor_execute", note)
    return len(seen)
