"""What the customer file holds for somebody on my desk: proposals and moves to decide, and answers to one's own."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from flask import url_for

from core import clock
from core.customers import moving, proposals
from core.i18n import Sentence, _l
from core.offices import Office
from core.people import Actor
from core.permissions import CORE_PERMISSIONS
from core.rules import Rules

ANSWERS_STAY = dt.timedelta(days=3)
TITLES = {
    "waiting": _l("Proposed corrections to decide"),
    "offered": _l("Customers offered to this office"),
    "answered": _l("My proposals decided in the last days"),
}
PAGES = {"waiting": "proposals.queue", "offered": "customer_moves.moves", "answered": "proposals.queue"}


@dataclass(frozen=True, kw_only=True)
class Task:
    """How much of one kind there is in one office, and where it is done."""

    kind: str
    office: Office
    count: int

    @property
    def title(self) -> Sentence:
        """What it is."""
        return TITLES[self.kind]

    @property
    def url(self) -> str:
        """Where it is done."""
        return url_for(PAGES[self.kind], office=self.office.code)


def tasks(actor: Actor, rules: Mapping[int, Rules]) -> list[Task]:
    """Return what there is to do, by office; at most three queries, whatever the number of offices."""
    return list(_tasks(actor, rules))


def _tasks(actor: Actor, rules: Mapping[int, Rules]) -> Iterator[Task]:
    kept = [
        office_id
        for office_id in rules
        if actor.has(office_id, CORE_PERMISSIONS["core.keep_customers"].roles)
    ]
    counted = {"answered": proposals.answered_lately(actor, list(rules), clock.now() - ANSWERS_STAY)}
    if kept:
        counted = {"waiting": proposals.count_open(kept), "offered": moving.count_offered(kept), **counted}
    for kind, counts in counted.items():
        for office_id, count in counts.items():
            yield Task(kind=kind, office=rules[office_id].office, count=count)
