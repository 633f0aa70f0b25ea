"""The one clock: every module asks it, and a test may set it."""

import datetime as dt
from collections.abc import Callable, Iterator
from contextlib import contextmanager

UTC = dt.UTC


def _system_time() -> dt.datetime:
    return dt.datetime.now(UTC)


_source: Callable[[], dt.datetime] = _system_time


def now() -> dt.datetime:
    """Return the current moment, aware, in UTC."""
    return _source()


@contextmanager
def stopped_at(moment: dt.datetime) -> Iterator[None]:
    """Let the clock stand still at ``moment`` (aware) inside the block, for tests and for demo data."""
    global _source
    if moment.tzinfo is None:
        raise ValueError("naive datetime")
    before, _source = _source, lambda: moment.astimezone(UTC)
    try:
        yield
    finally:
        _source = before
