"""What is unfinished in an office at a moment: open calls, promises due or overdue, what waits for the duty manager.

It reads the procedures that the office runs, whoever wrote them, and names none of another plugin's.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import exists, select

from core.db import db
from core.deadlines import IS_OPEN, Deadline
from core.i18n import Sentence
from core.roles import DUTY_MANAGER
from core.seldom import seldom

if TYPE_CHECKING:
    from core.cases import Case
    from core.procedure import Procedure
    from core.rules import Rules

CALL, PARKED, PROMISE, QUEUE = "call", "parked", "promise", "queue"
CALLS = "hotline.call"
LONGEST = 300


@dataclass(frozen=True, kw_only=True)
class Unfinished:
    """One thing that is not finished, as it stands now."""

    kind: str
    procedure: Procedure
    case: Case
    what: str
    task: Sentence | None
    due_at: dt.datetime | None
    owner_id: int | None


def unfinished(rules: Rules, now: dt.datetime) -> list[Unfinished]:
    """Return what is unfinished, the most urgent first; the number of queries is that of the procedures."""
    promises = _promises(rules)
    midnight = rules.calendar.moment(rules.calendar.local_day(now) + dt.timedelta(days=1), dt.time())
    found = [
        _told(procedure, case, promises.get((procedure.name, case.id)))
        for procedure in rules.plugins.procedures.values()
        for case in _cases(procedure, rules.office.id, midnight)
    ]
    last = dt.datetime.max.replace(tzinfo=dt.UTC)
    return sorted(found, key=lambda one: (one.due_at or last, one.case.opened_at, one.case.id))


def _promises(rules: Rules) -> dict[tuple[str, int], Deadline]:
    """Return the next open promise of each case."""
    query = select(Deadline).where(Deadline.office_id == rules.office.id, IS_OPEN)
    rows = db.session.scalars(query.order_by(Deadline.due_at.desc(), Deadline.id.desc())).unique()
    return {(one.procedure, one.subject_id): one for one in rows}


def _cases(procedure: Procedure, office_id: int, midnight: dt.datetime) -> Iterator[Case]:
    """Find the open cases of a procedure that somebody has to see to today.

    The office's own papers (its roster, the day's log) are no customer's business, and handed over by themselves.
    """
    model: Any = procedure.model
    still_open = [name for name, state in procedure.states.items() if not state.final]
    query = select(model).where(model.office_id == office_id, seldom(model.state.in_(still_open)))
    if procedure.name != CALLS:
        due = exists().where(
            Deadline.office_id == office_id,
            IS_OPEN,
            Deadline.due_at < midnight,
            Deadline.procedure == procedure.name,
            Deadline.subject_id == model.id,
        )
        waits = model.owner_id.is_(None) | model.state.in_(_waiting(procedure))
        query = query.where(model.customer_id.is_not(None), due | waits)
    yield from db.session.scalars(query).unique()


def _waiting(procedure: Procedure) -> dict[str, Sentence]:
    """Return the states in which a case waits for the duty manager, each with the step that leads on."""
    return {
        state: step.title
        for step in procedure.steps.values()
        if step.tone == "primary" and any(way.role is DUTY_MANAGER and not way.only for way in step.who)
        for state in step.sources
        if not any(way.only and way.role is not DUTY_MANAGER for way in step.who)
    }


def _told(procedure: Procedure, case: Case, promise: Deadline | None) -> Unfinished:
    waiting = _waiting(procedure).get(case.state)
    rule = procedure.deadlines.get(promise.key) if promise else None
    person = promise.person_id if promise else None
    return Unfinished(
        kind=_kind(procedure, case, waiting),
        procedure=procedure,
        case=case,
        what=_what(procedure, case),
        task=rule.title if rule else waiting,
        due_at=promise.due_at if promise else None,
        owner_id=person or (None if waiting else case.owner_id),
    )


def _kind(procedure: Procedure, case: Case, waiting: Sentence | None) -> str:
    if procedure.name == CALLS:
        return PARKED if case.state == "parked" else CALL
    return QUEUE if waiting or case.owner_id is None else PROMISE


def _what(procedure: Procedure, case: Case) -> str:
    """Say what a case is about: the first words that its list shows, as somebody typed them."""
    shown = (one.value(case) for one in procedure.columns if not one.confidential)
    return next((one for one in shown if isinstance(one, str) and one.strip()), "")[:LONGEST]
