"""Who stands in for a colleague who is away: promises change hands case by case, each by a recorded step."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import select

from core import clock, deadlines, gate
from core.clauses import Citation
from core.db import db
from core.deadlines import IS_OPEN, Deadline
from core.procedure import SAME, STANDS_IN, UNLISTED, Step

if TYPE_CHECKING:
    from core.gate import Act
    from core.procedure import Procedure
    from core.rules import Rules

TAKE_OVER = "take_over"


@dataclass(frozen=True, kw_only=True)
class StandIn:
    """Who stands in for whom, from when until when, by which clause, and which plugin says so."""

    absent_id: int
    substitute_id: int
    begins: dt.datetime
    ends: dt.datetime
    clause: Citation
    plugin: str


def promises(rules: Rules, person_id: int, begins: dt.datetime, ends: dt.datetime) -> list[Deadline]:
    """Return what a person has promised in an office for a time; when that has begun, what is late as well."""
    where = [Deadline.office_id == rules.office.id, Deadline.person_id == person_id, IS_OPEN]
    where.append(Deadline.due_at < ends)
    if clock.now() < begins:
        where.append(Deadline.due_at >= begins)
    # In the order in which cases are locked elsewhere, too.
    found = db.session.scalars(select(Deadline).where(*where).order_by(Deadline.procedure, Deadline.id))
    return list(found)


def hand_over(act: Act, who: StandIn) -> list[str]:
    """Hand the promises of a person over inside a step, and return the numbers of their cases.

    Each case takes a step that no procedure lists; its owner changes where the case could be taken over now. What
    belongs to a plugin that is off here changes hands without a step, for nobody can take one.
    """
    left = promises(act.rules, who.absent_id, who.begins, who.ends)
    by_case: dict[tuple[str, str], list[Deadline]] = {}
    for one in left:
        by_case.setdefault((one.procedure, one.number), []).append(one)
    for (name, number), many in by_case.items():
        procedure = act.rules.plugins.procedures.get(name)
        if procedure is None:
            _give(many, who.substitute_id)
        else:
            step, given = _step(procedure, who), {"who": who, "promises": [one.id for one in many]}
            gate.perform(name, number, step, act.actor, office=act.rules.office, given=given)
    return [number for _name, number in by_case]


def _step(procedure: Procedure, who: StandIn) -> Step:
    return Step(
        name=STANDS_IN,
        title=UNLISTED[STANDS_IN],
        sources=frozenset(procedure.states),
        targets=(SAME,),
        by=(),
        clause=who.clause,
        plugin=who.plugin,
        does=_stands_in,
        inner=True,
    )


def _stands_in(act: Act) -> None:
    """Give the promises to the substitute, and the case with all that its owner promised, where it may be taken over."""
    who, case = act.given["who"], act.case
    taking = act.procedure.steps.get(TAKE_OVER)
    if taking and case.state in taking.sources and case.owner_id == who.absent_id:
        case.owner_id = who.substitute_id
        deadlines.hand_over(act, who.substitute_id)
        return
    mine = select(Deadline).where(Deadline.id.in_(act.given["promises"]), IS_OPEN)
    _give(db.session.scalars(mine), who.substitute_id)


def _give(many: Iterable[Deadline], person_id: int) -> None:
    for one in many:
        one.person_id = person_id
