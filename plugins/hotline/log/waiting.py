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


def registered(rules: Rules, begin: dt.datetime, end: dt.datetime) -> int:
    """Count what was registered between two moments (QP/2-04 5.3)."""
    count = 0
    for procedure, _states in dispatched_elsewhere(rules):
        model = procedure.model
        where = (model.office_id == rules.office.id, model.opened_at >= begin, model.opened_at < end)
        count += db.session.scalar(select(func.count()).select_from(model).where(*where)) or 0
    return count


def undispatched(rules: Rules) -> list[str]:
    """Return the numbers of what nobody has dispatched yet, whenever it was registered (QP/2-04 5.3)."""
    waiting = list[str]()
    for procedure, states in dispatched_elsewhere(rules):
        model = procedure.model
        where = (model.office_id == rules.office.id, seldom(model.state.in_(states)))
        waiting += [
            one for one in db.session.scalars(select(model.number).where(*where).order_by(model.id)) if one
        ]
    return waiting


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
