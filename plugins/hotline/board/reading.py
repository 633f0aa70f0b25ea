"""What the board shows, read in a small and constant number of statements, however much waits."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import case, func, select

from core.db import db
from core.deadlines import IS_OPEN, Deadline
from core.people import Actor, Person
from core.roles import DUTY_MANAGER
from core.seldom import seldom
from core.web.waiting import Waiting, waiting
from plugins.hotline.log.waiting import Heap, heaps
from plugins.hotline.models import Call

if TYPE_CHECKING:
    from core.i18n import Sentence
    from core.rules import Rules

CALL = "hotline.call"
DEMANDS, TESTS, PROMISES = "demands", "tests", "promises"
# A column of the board holds so many lines; how many more there are, its head says.
MOST = 8
BY_KEY = {"hotline.same_day_demand": DEMANDS, "hotline.long_test": TESTS}


@dataclass(frozen=True, kw_only=True)
class Pile:
    """What is due of one kind: the most urgent lines, how many there are, how many of them too late."""

    lines: Sequence[Deadline] = ()
    count: int = 0
    overdue: int = 0


@dataclass(frozen=True, kw_only=True)
class Owner:
    """The open calls of one engineer: how many, since when the oldest waits, whether his line is still free."""

    name: str
    person_id: int | None
    count: int
    oldest: dt.datetime
    too_many: bool


@dataclass(frozen=True, kw_only=True)
class Duty:
    """What is due of the duty manager, of whatever procedure: how often, until when the most urgent."""

    title: Any
    count: int
    overdue: int
    due_at: dt.datetime


@dataclass(frozen=True, kw_only=True)
class Board:
    """One look at the hotline: what waits, whose it is, and until when."""

    now: dt.datetime
    piles: dict[str, Pile]
    owners: list[Owner]
    oldest: list[Call]
    duty: list[Duty]
    waiting: list[Waiting]
    heaps: list[Heap]

    @property
    def rest_of_waiting(self) -> list[Waiting]:
        """What waits for the duty manager without a time, as far as the pile has room for it."""
        taken = len(self.duty) + sum(1 for one in self.heaps if one.count)
        return self.waiting[: max(0, MOST - taken)]

    @property
    def overdue(self) -> int:
        """How many promises to customers are too late."""
        return sum(one.overdue for one in self.piles.values())

    @property
    def open_calls(self) -> int:
        """How many calls have no outcome yet."""
        return sum(one.count for one in self.owners)

    @property
    def undispatched(self) -> int:
        """How many registered requests nobody has dispatched (QP/2-04 5.3)."""
        return sum(one.count for one in self.heaps)


def board_of(rules: Rules, now: dt.datetime) -> Board:
    """Look at everything that waits in the office's hotline."""
    return Board(
        now=now,
        piles=_piles(rules, now),
        owners=_owners(rules),
        oldest=_oldest(rules),
        duty=_duty(rules, now),
        waiting=_waiting(rules),
        heaps=heaps(rules),
    )


def _due(rules: Rules) -> tuple[Any, ...]:
    """What is promised to customers while a call is open, as far as the office's procedure still knows it."""
    known = list(rules.procedure(CALL).deadlines)
    return (
        Deadline.office_id == rules.office.id,
        IS_OPEN,
        Deadline.procedure == CALL,
        Deadline.key.in_(known),
    )


def _pile() -> Any:
    return case(*((Deadline.key == key, pile) for key, pile in BY_KEY.items()), else_=PROMISES)


def _piles(rules: Rules, now: dt.datetime) -> dict[str, Pile]:
    """Read the most urgent lines of each pile, and count them: two statements."""
    place = func.row_number().over(partition_by=_pile(), order_by=(Deadline.due_at, Deadline.id))
    ranked = select(Deadline.id, place.label("place")).where(*_due(rules)).subquery()
    first = select(Deadline).join(ranked, ranked.c.id == Deadline.id).where(ranked.c.place <= MOST)
    lines = list(db.session.scalars(first.order_by(Deadline.due_at, Deadline.id)))
    late = func.count().filter(Deadline.due_at < now)
    counted = select(_pile().label("pile"), func.count().label("total"), late.label("late"))
    rows = db.session.execute(counted.where(*_due(rules)).group_by("pile")).all()
    found = {row.pile: row for row in rows}
    return {
        name: Pile(
            lines=[one for one in lines if BY_KEY.get(one.key, PROMISES) == name],
            count=found[name].total if name in found else 0,
            overdue=found[name].late if name in found else 0,
        )
        for name in (DEMANDS, TESTS, PROMISES)
    }


def _open(rules: Rules) -> tuple[Any, ...]:
    states = [one.name for one in rules.procedure(CALL).states.values() if not one.final]
    return Call.office_id == rules.office.id, seldom(Call.state.in_(states))


def _owners(rules: Rules) -> list[Owner]:
    """Count the open calls of each engineer, the most first; whoever has many does not keep his line free (3.1.5)."""
    most = rules.parameter("hotline.most_open_calls")
    query = (
        select(Person.id, Person.name, func.count().label("total"), func.min(Call.opened_at).label("oldest"))
        .select_from(Call)
        .outerjoin(Person, Person.id == Call.owner_id)
        .where(*_open(rules))
        .group_by(Person.id, Person.name)
        .order_by(func.count().desc(), func.min(Call.opened_at))
    )
    return [
        Owner(
            name=row.name or "",
            person_id=row.id,
            count=row.total,
            oldest=row.oldest,
            too_many=row.total > most,
        )
        for row in db.session.execute(query)
    ]


def _oldest(rules: Rules) -> list[Call]:
    # First the few that are unfinished: PostgreSQL would else read all calls in their order until it had met enough.
    few = select(Call.id, Call.opened_at).where(*_open(rules)).cte("unfinished").prefix_with("MATERIALIZED")
    query = select(Call).join(few, few.c.id == Call.id).order_by(few.c.opened_at, few.c.id).limit(MOST)
    return list(db.session.scalars(query).unique())


def _duty(rules: Rules, now: dt.datetime) -> list[Duty]:
    """Count what is due of the duty manager by kind, the most urgent first, whatever procedure promises it."""
    late = func.count().filter(Deadline.due_at < now)
    due = func.min(Deadline.due_at)
    query = (
        select(
            Deadline.procedure,
            Deadline.key,
            func.count().label("total"),
            late.label("late"),
            due.label("due"),
        )
        .where(Deadline.office_id == rules.office.id, IS_OPEN, Deadline.role == DUTY_MANAGER.key)
        .group_by(Deadline.procedure, Deadline.key)
        .order_by(due)
    )
    rows = db.session.execute(query).all()
    return [
        Duty(title=title, count=row.total, overdue=row.late, due_at=row.due)
        for row in rows
        if (title := _title(rules, row.procedure, row.key)) is not None
    ]


def _title(rules: Rules, procedure: str, key: str) -> Sentence | None:
    known = rules.plugins.procedures.get(procedure)
    rule = known.deadlines.get(key) if known else None
    return rule.title if rule else None


def _waiting(rules: Rules) -> list[Waiting]:
    """Return what waits for the role without a time by which it is due, the longest first."""
    somebody = Actor("board", None, {rules.office.id: frozenset({DUTY_MANAGER.key})})
    lines, _more = waiting(somebody, {rules.office.id: rules}, 1)
    return lines[:MOST]
