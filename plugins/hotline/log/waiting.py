"""What was registered elsewhere and waits for the duty manager, read from what the office's procedures say."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import func, select

from core.db import db
from core.roles import DUTY_MANAGER
from core.seldom import seldom

if TYPE_CHECKING:
    from core.procedure import Procedure
    from core.rules import Rules

OWN = "hotline"


@dataclass(frozen=True, kw_only=True)
class Registered:
    """What was registered in a span of time, and the numbers of what still waits to be dispatched."""

    count: int
    waiting: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Heap:
    """Cases of one procedure that wait for the duty manager: how many, and since when the oldest does."""

    procedure: Procedure
    states: tuple[str, ...]
    count: int
    oldest: dt.datetime | None


def dispatched_elsewhere(rules: Rules) -> Iterator[tuple[Procedure, tuple[str, ...]]]:
    """Yield the procedures of other plugins whose new cases wait for the duty manager, and in which states.

    A case waits where it can be begun and where a step of his leads on: a request to be dispatched (QP/2-04 5.3).
    """
    for procedure in rules.plugins.procedures.values():
        begun = {state for step in procedure.steps.values() if step.creates for state in step.targets}
        his = [step for step in procedure.steps.values() if step.tone == "primary" and _is_his(step)]
        states = begun & {state for step in his for state in step.sources}
        if procedure.plugin != OWN and states:
            yield procedure, tuple(sorted(states))


def _is_his(step: object) -> bool:
    ways = getattr(step, "who", ())
    return any(way.role == DUTY_MANAGER for way in ways)


def registered(rules: Rules, begin: dt.datetime, end: dt.datetime) -> Registered:
    """Count what was registered between two moments, and name what nobody has dispatched yet (QP/2-04 5.3)."""
    count, waiting = 0, list[str]()
    for procedure, states in dispatched_elsewhere(rules):
        model = procedure.model
        where = (model.office_id == rules.office.id, model.opened_at >= begin, model.opened_at < end)
        rows = db.session.execute(select(model.number, model.state).where(*where).order_by(model.id)).all()
        count += len(rows)
        waiting += [row.number for row in rows if row.number and row.state in states]
    return Registered(count=count, waiting=tuple(waiting))


def heaps(rules: Rules) -> list[Heap]:
    """Return what waits for the duty manager now; one statement for each such procedure, whatever its size."""
    found = []
    for procedure, states in dispatched_elsewhere(rules):
        model = procedure.model
        where = (model.office_id == rules.office.id, seldom(model.state.in_(states)))
        count, oldest = db.session.execute(
            select(func.count(), func.min(model.opened_at)).where(*where)
        ).one()
        found.append(Heap(procedure=procedure, states=states, count=count, oldest=oldest))
    return found
