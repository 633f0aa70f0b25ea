"""What is measured: the pages on which a hotline and a field service live, asked by somebody who has signed in."""

from __future__ import annotations

import argparse
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import count
from typing import Any
from urllib.parse import quote, urlencode

from tools.bench_house import DUTY, EMPTY, FIELD, FULL, HOTLINE, House, Reader, statements
from tools.bench_load import Ask, Measured, load

# How many greetings a page may cost, and by how much a thousand times the rows may slow it down.
PAGE, LOOKUP, GROWTH = 20, 10, 1.2
# How often one house is measured and then the other.
TURNS = 3


@dataclass(frozen=True)
class Page:
    """One page, as a client asks for it; in the address stand an office and what differs each time."""

    name: str
    address: str
    role: str = HOTLINE
    target: int = PAGE
    form: dict[str, str] | None = None
    asked: Callable[[Page, Reader, int], Ask] | None = None

    def by(self, one: Reader, place: int) -> Ask:
        """Return what a connection sends, something else each time."""
        return (self.asked or _any)(self, one, place)


def _any(page: Page, one: Reader, place: int) -> Ask:
    """Ask for a page, or send a form, of another customer and request each time."""
    luck = random.Random(place)

    def request(_turn: int) -> bytes:
        caller = luck.choice(one.callers)
        words = {"office": one.office, "customer": caller.customer_id, "typed": quote(typed(caller, luck))}
        words |= {"number": luck.choice(one.requests).number, "name": quote(caller.name[2:6])}
        said = {"customer_id": str(caller.customer_id), "installation_id": str(caller.installation_id)}
        return sent(one, page.address.format(**words), page.form and page.form | said)

    return request


def _dispatching(page: Page, one: Reader, place: int) -> Ask:
    """Dispatch a request and take it back, by turns; each connection has requests of its own."""
    mine = one.waiting[place::4] or one.waiting[:1]
    seen, turns = [request.version for request in mine], count()

    def request(_turn: int) -> bytes:
        turn = next(turns)
        at, back = turn // 2 % len(mine), turn % 2
        it, version = mine[at], seen[at]
        seen[at] += 1
        if back:
            address = f"/{one.office}/fieldservice/request/{it.number}/recall"
            return sent(one, address, {"seen": str(version), "reason": "改派"})
        said = {"number": it.number, "seen": str(version), "engineer_id": str(it.engineer_id)}
        return sent(one, page.address.format(office=one.office), said)

    return request


def sent(one: Reader, target: str, form: dict[str, str] | None) -> bytes:
    """Return a request as a browser sends it."""
    head = f"Host: koudai\r\nCookie: {one.cookie}\r\nAccept-Encoding: identity\r\n"
    if form is None:
        return f"GET {target} HTTP/1.1\r\n{head}\r\n".encode()
    body = urlencode(form | {"csrf_token": one.csrf}).encode()
    kind = f"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {len(body)}\r\n"
    return f"POST {target} HTTP/1.1\r\n{head}{kind}\r\n".encode() + body


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
COMMON = quote("总账")
PAGES = (
    Page("look-up while typing", "/{office}/hotline/desk/find?q={typed}", target=LOOKUP),
    Page("call desk", "/{office}/hotline/desk?customer={customer}"),
    Page("board", "/{office}/hotline/board/"),
    Page("list of calls", "/{office}/hotline/call/"),
    Page("my desk", "/"),
    Page("saving a call", "/{office}/hotline/desk", form=CALL),
    Page("list of requests", "/{office}/fieldservice/request/", DUTY),
    Page("unfinished requests", "/{office}/fieldservice/request/?state=*", DUTY),
    Page("list, a common word", "/{office}/fieldservice/request/?q=" + COMMON, DUTY),
    Page("dispatch board", "/{office}/fieldservice/dispatch", DUTY),
    Page("page of a request", "/{office}/fieldservice/request/{number}", DUTY),
    Page("search, a customer", "/search?q={name}", DUTY),
    Page("search, a common word", "/search?q=" + COMMON, DUTY),
    Page("my desk: duty manager", "/", DUTY),
    Page("my desk: field engineer", "/", FIELD),
    Page("my visits", "/{office}/fieldservice/visits", FIELD),
    Page("dispatching", "/{office}/fieldservice/dispatch", DUTY, form={}, asked=_dispatching),
)


def typed(one: Any, luck: random.Random) -> str:
    """Return what somebody types who looks for a customer: a number, a part of the name, initials, a phone."""
    return str(luck.choice((one.file_number, one.name[2:5], one.initials[:4], one.phones[:7])))


def measure(options: argparse.Namespace, small: House, whole: House, greeter: House) -> Iterator[str]:
    """Yield a line for each page; the greeting and the two houses by turns, for the machine is never the same."""
    for page in (one for one in PAGES if not options.only or options.only in one.name):
        counts = [_counted(whole, EMPTY, page), _counted(small, FULL, page), _counted(whole, FULL, page)]
        asks = [
            [page.by(house.reader(FULL, page.role), at) for at in range(options.connections)]
            for house in (small, whole)
        ]
        greeting, less, more = (Spent() for _one in range(3))
        for _turn in range(TURNS):
            greeting.take(greeter, [hello] * options.connections, options.seconds / TURNS)
            less.take(small, asks[0], options.seconds / TURNS)
            more.take(whole, asks[1], options.seconds / TURNS)
        yield line(page, more, less, greeting, counts)


def _counted(house: House, office: str, page: Page) -> int:
    """Count the statements of one answer; nobody is dispatched where nobody waits."""
    one = house.reader(office, page.role)
    if page.asked is not _dispatching:
        return statements(house.app, one, page.by(one, 1)(0).decode())
    ask = page.by(one, 3)
    # Both halves, or the versions would not go on as the clients count them.
    dispatched, _back = (statements(house.app, one, ask(turn).decode()) for turn in range(2))
    house.readers.pop((office, page.role))
    return dispatched


@dataclass
class Spent:
    """What several rounds showed, and how much processor time went into it, in seconds."""

    found: Measured = field(default_factory=lambda: Measured(0))
    processor: float = 0.0

    def take(self, house: House, asks: list[Ask], seconds: float) -> None:
        """Ask for a while."""
        before = house.processor_time()
        self.found.add(load(house.port, asks, seconds, (200, 302)))
        self.processor += house.processor_time() - before

    @property
    def each(self) -> float:
        """How many milliseconds of a processor one answer took."""
        return self.processor * 1000 / self.found.answers if self.found.answers else float("inf")


def hello(_turn: int) -> bytes:
    """Ask for a greeting."""
    return b"GET / HTTP/1.1\r\nHost: koudai\r\n\r\n"


def line(page: Page, full: Spent, small: Spent, greeting: Spent, counts: list[int]) -> str:
    """Return the figures of a page as a line of the table."""
    found, costs, grown = full.found, full.each / greeting.each, full.each / small.each
    wrong = found.faults + small.found.faults
    cells = (
        page.name,
        f"{found.per_second:.0f}" + (f", {wrong} faults" if wrong else ""),
        f"{found.within(0.5):.0f} ms",
        f"{found.within(0.95):.0f} ms",
        " / ".join(map(str, counts)),
        f"{full.each:.1f} ms",
        f"{costs:.0f}",
        f"{'kept' if costs <= page.target else 'missed'}: {page.target}",
        f"{grown:.2f}" + ("" if grown < GROWTH else f": missed {GROWTH}"),
    )
    return "| " + " | ".join(cells) + " |"
