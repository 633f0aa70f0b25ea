"""What is measured: the pages on which a hotline and a field service live, asked by somebody who has signed in."""

from __future__ import annotations

import argparse
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import count
from typing import Any
from urllib.parse import quote, urlencode
from urllib.request import urlopen

from tools.bench_house import DUTY, EMPTY, FIELD, FULL, HOTLINE, House, Reader, answered, statements
from tools.bench_load import Ask, Measured, load

# How many greetings are answered in the time of one page at most; by how much a thousand times the rows may slow it down.
PAGE, LOOKUP, GROWTH = 20, 10, 1.2
# How often the greeting is measured and then the page; and how often a page is asked for in both houses.
TURNS, AS_OFTEN = 3, 20
# What the plain list asks: who has signed in, and its rows.
PLAIN_STATEMENTS = 2


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
    """Yield a line for each page; the greeting by turns with it, for the machine is never the same."""
    for page in (one for one in PAGES if not options.only or options.only in one.name):
        counts = [_counted(whole, EMPTY, page), _counted(small, FULL, page), _counted(whole, FULL, page)]
        grown = _grown(page, small, whole)
        asks = [page.by(whole.reader(FULL, page.role), at) for at in range(options.connections)]
        greeting, more = Spent(), Spent()
        for _turn in range(TURNS):
            greeting.take(greeter, [hello] * options.connections, options.seconds / TURNS)
            more.take(whole, asks, options.seconds / TURNS)
        yield line(page, more, greeting, counts, grown)


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


def _grown(page: Page, small: House, whole: House) -> float:
    """Return how many times as long as in the small house a page takes, by the quickest of many answers in one process.

    Whatever else a machine does only makes an answer slower: the quickest one is as slow as the page itself.
    """
    houses, least = (small, whole), [float("inf")] * 2
    asks = [page.by(house.reader(FULL, page.role), 0) for house in houses]
    for turn in range(AS_OFTEN):
        for at, house in enumerate(houses):
            one = house.reader(FULL, page.role)
            took = answered(house.app, one, asks[at](turn).decode())
            # The way back of a dispatch is quicker, and not what is asked.
            least[at] = min(least[at], took) if page.asked is None or turn % 2 == 0 else least[at]
    for house in houses if page.asked else ():
        house.readers.pop((FULL, page.role))
    return least[1] / least[0]


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


def yardstick(options: argparse.Namespace, plain: House, greeter: House) -> str:
    """Return the line of the plainest list there is: what of a page the libraries themselves cost."""
    with urlopen(f"http://127.0.0.1:{plain.port}/in") as signed_in:
        cookie = signed_in.headers["Set-Cookie"].partition(";")[0]
    ask = f"GET /calls HTTP/1.1\r\nHost: koudai\r\nCookie: {cookie}\r\n\r\n".encode()
    greeting, more = Spent(), Spent()
    for _turn in range(TURNS):
        greeting.take(greeter, [hello] * options.connections, options.seconds / TURNS)
        more.take(plain, [lambda _turn: ask] * options.connections, options.seconds / TURNS)
    page = Page("a plain list of the same libraries", "/calls")
    return f"| yardstick {line(page, more, greeting, [PLAIN_STATEMENTS], 1.0)}"


def line(page: Page, full: Spent, greeting: Spent, counts: list[int], grown: float) -> str:
    """Return the figures of a page as a line of the table."""
    found, costs = full.found, full.each / greeting.each
    share = greeting.found.per_second / found.per_second if found.answers else float("inf")
    wrong = found.faults
    cells = (
        page.name,
        f"{found.per_second:.0f}" + (f", {wrong} faults" if wrong else ""),
        f"{found.within(0.5):.0f} ms",
        f"{found.within(0.95):.0f} ms",
        " / ".join(map(str, counts)),
        f"{full.each:.1f} ms",
        f"{costs:.0f}",
        f"1/{share:.1f}",
        f"{'kept' if share <= page.target else 'missed'}: 1/{page.target}",
        f"{grown:.2f}" + ("" if grown < GROWTH else f": missed {GROWTH}"),
    )
    return "| " + " | ".join(cells) + " |"
