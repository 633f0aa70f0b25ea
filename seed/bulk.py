"""Calls and requests in bulk: some are lived through the gate, the others are copies of what these left."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from itertools import islice

from core import clock
from core.db import see_offices
from core.errors import KoudaiError
from core.i18n import _l
from core.offices import Office
from seed import stories, visits
from seed.callers import Caller, callers, covered
from seed.copies import Order, Writer, is_usual
from seed.people import Staff, named

WEEK = dt.timedelta(weeks=1)
A_WEEK = 20
# An office that has had a million visits did not have them in two years.
WEEKS_OF_CALLS, WEEKS_OF_REQUESTS = 104, 520
# A pattern that is not copied a few times is not worth living.
FEWEST_COPIES = 4
# As many as the people of an office can have before them, however long its past is.
UNFINISHED, UNFINISHED_CALLS = 60, 120


def fill(office: Office, staff: Staff, calls: int, requests: int = 0) -> Iterator[int]:
    """Write so many calls and, besides, requests with theirs, telling how many there are as it goes.

    The patterns are among them: they are lived in the week before the oldest copies, so that numbers go with the time.
    All requests are of customers with a service card: what the ledger says of their contracts is true of each.
    """
    see_offices(frozenset({office.id}))
    last = _last_monday(office)
    weeks = [min(most, max(1, wanted // A_WEEK)) for most, wanted in _spans(calls, requests)]
    first = _first_monday(office, last - max(weeks, default=0) * WEEK)
    among = callers(office.id)
    orders = [_of_calls(office, staff, among, first, calls)] if calls else []
    orders += [_of_requests(office, staff, among, first, last, requests)] if requests else []
    lived = sum(len(one.patterns) for one in orders)
    yield lived
    for done in Writer(office, orders).write(last):
        yield lived + done


def _spans(calls: int, requests: int) -> list[tuple[int, int]]:
    return [
        (most, wanted) for most, wanted in ((WEEKS_OF_CALLS, calls), (WEEKS_OF_REQUESTS, requests)) if wanted
    ]


def _last_monday(office: Office) -> dt.date:
    """Return the Monday of the last week that is over."""
    today = clock.now().astimezone(office.zoneinfo).date()
    return today - dt.timedelta(days=today.weekday() + 7)


def _first_monday(office: Office, monday: dt.date) -> dt.date:
    """Return the Monday of the last usual week up to then."""
    while not is_usual(office, monday):
        monday -= WEEK
    return monday


def _of_calls(office: Office, staff: Staff, among: Sequence[Caller], first: dt.date, wanted: int) -> Order:
    lived = list(islice(stories.lived(office, staff, among, first), _patterns(wanted)))
    return Order(
        copies=wanted - len(lived),
        patterns=lived,
        weeks=min(WEEKS_OF_CALLS, max(1, wanted // A_WEEK)),
        people={"hotline": staff.hotline},
        whose=lambda _day: among,
        unfinished=min(UNFINISHED_CALLS, wanted // 10),
    )


def _of_requests(
    office: Office, staff: Staff, among: Sequence[Caller], first: dt.date, last: dt.date, wanted: int
) -> Order:
    # A pattern's own customer was verified in the pattern; the copies are of others.
    held = covered(among, last + 2 * WEEK).on(first)
    theirs = list(held)[: len(held) // 2]
    whose = covered([one for one in among if one not in theirs], last + 2 * WEEK)
    if not theirs:
        more = _l(
            "Too few customers have had a service card for so long. Seed more: --customers %(count)s.",
            count=2000,
        )
        raise KoudaiError(more)
    lived = list(islice(visits.lived(office, staff, theirs, first), _patterns(wanted)))
    return Order(
        copies=wanted - len(lived),
        patterns=lived,
        weeks=min(WEEKS_OF_REQUESTS, max(1, wanted // A_WEEK)),
        people={"hotline": staff.hotline, "engineer": [named(one) for one in staff.field]},
        whose=whose.on,
        unfinished=min(UNFINISHED, wanted // 10),
    )


def _patterns(wanted: int) -> int:
    return max(1, min(wanted, wanted // FEWEST_COPIES))
