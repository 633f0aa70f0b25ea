"""A client that asks as fast as it is answered: raw sockets kept open, so that it costs little beside the server."""

from __future__ import annotations

import socket
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from threading import Thread

Ask = Callable[[int], bytes]
# Whichever process is free takes a new call: were the lines kept for good, one process could have them all by chance.
ASKED_ON_ONE_LINE = 20
LENGTH = b"content-length:"


@dataclass
class Measured:
    """What one round showed: answers, those that were none, and how long each took, in seconds."""

    seconds: float
    answers: int = 0
    faults: int = 0
    times: list[float] = field(default_factory=list)

    @property
    def per_second(self) -> float:
        """Answers a second."""
        return self.answers / self.seconds if self.seconds else 0.0

    def add(self, more: Measured) -> None:
        """Take in what another round showed."""
        self.seconds += more.seconds
        self.answers, self.faults = self.answers + more.answers, self.faults + more.faults
        self.times += more.times

    def within(self, share: float) -> float:
        """Return within how many milliseconds so many of the answers came (0.5: half of them)."""
        ordered = sorted(self.times)
        return ordered[int(len(ordered) * share)] * 1000 if ordered else 0.0


def load(port: int, asks: list[Ask], seconds: float, good: tuple[int, ...] = (200,)) -> Measured:
    """Ask over as many connections as there are askers, all for so many seconds; ``good`` are the statuses wanted."""
    found = Measured(seconds)
    threads = [Thread(target=_ask, args=(port, ask, seconds, found, good)) for ask in asks]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    return found


def _ask(port: int, ask: Ask, seconds: float, found: Measured, good: tuple[int, ...]) -> None:
    until, place = time.perf_counter() + seconds, 0
    line = _Line(port)
    while (begun := time.perf_counter()) < until:
        status = line.ask(ask(place))
        place += 1
        if place % ASKED_ON_ONE_LINE == 0:
            line.call_again()
        found.times.append(time.perf_counter() - begun)
        if status in good:
            found.answers += 1
        else:
            found.faults += 1
    line.close()


class _Line:
    """One connection; a server that closed it is called again."""

    def __init__(self, port: int) -> None:
        self.port, self.socket = port, _connected(port)

    def call_again(self) -> None:
        """Hang up, and call anew."""
        self.close()
        self.socket = _connected(self.port)

    def ask(self, request: bytes) -> int:
        """Send a request, read the whole answer, and return its status."""
        for _attempt in range(2):
            try:
                self.socket.sendall(request)
                return self._answer()
            except (OSError, EOFError):
                self.call_again()
        return 0

    def _answer(self) -> int:
        received = b""
        while b"\r\n\r\n" not in received:
            received += self._more()
        head, _, body = received.partition(b"\r\n\r\n")
        length = next((int(line[len(LENGTH) :]) for line in _lines(head) if line.startswith(LENGTH)), 0)
        left = length - len(body)
        while left > 0:
            left -= len(self._more())
        return int(head[9:12])

    def _more(self) -> bytes:
        piece = self.socket.recv(1 << 16)
        if not piece:
            raise EOFError
        return piece

    def close(self) -> None:
        """Hang up."""
        self.socket.close()


def _lines(head: bytes) -> Iterator[bytes]:
    return (line.lower() for line in head.split(b"\r\n"))


def _connected(port: int) -> socket.socket:
    made = socket.create_connection(("127.0.0.1", port), timeout=60)
    made.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return made
