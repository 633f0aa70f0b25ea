"""One day's shift at a look: who is in, who is late and by how much, who is away and for how long."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from sqlalchemy import select

from core import clock, gate
from core.db import db
from core.deadlines import DROPPED, Deadline
from core.gate import Act
from core.roles import DUTY_MANAGER, HOTLINE_ENGINEER
from plugins.hotline.shift import presence
from plugins.hotline.shift.models import Leave, Shift

if TYPE_CHECKING:
    from core.people import Actor
    from core.procedure import Procedure, Step
    from core.rules import Rules

READY = "hotline.shift_ready"
# What needs somebody's eye stands on top.
ORDER = ("asked", "expected", "away", "permitted", "present", "missing", "excused", "ended")


@dataclass(frozen=True, kw_only=True)
class Seat:
    """One person's day: the shift, what it promised, and what the reader may do about it."""

    shift: Shift
    promise: Deadline | None
    steps: list[Act]

    @property
    def late(self) -> int:
        """How many minutes later than promised the person was ready, or is by now; 0 when in time or excused."""
        if self.promise is None or self.promise.state == DROPPED or not self.promise.late:
            return 0
        ended = self.promise.ended_at or clock.now()
        return max(1, int((ended - self.promise.due_at).total_seconds()) // 60)

    @property
    def leave(self) -> Leave | None:
        """The leave that counts now."""
        return self.shift.leave if self.shift.state in ("asked", "permitted", "away") else None

    @property
    def gone(self) -> int:
        """For how many minutes the person has been away by now."""
        left = self.leave.left_at if self.leave and self.shift.state == "away" else None
        return int((clock.now() - left).total_seconds()) // 60 if left else 0

    @property
    def too_long(self) -> bool:
        """Whether somebody is away for longer than was permitted, or without permission."""
        leave = self.leave
        if leave is None or self.shift.state != "away" or leave.rest_of_day:
            return False
        return not leave.permitted or (leave.for_minutes is not None and self.gone > leave.for_minutes)


class Day:
    """The shift of one day, as somebody sees it."""

    def __init__(self, rules: Rules, actor: Actor, day: dt.date) -> None:
        self.rules, self.actor, self.day = rules, actor, day
        self.now = clock.now()

    @property
    def is_today(self) -> bool:
        """Whether something can still be done about it."""
        return self.day == self.rules.calendar.local_day(self.now)

    @property
    def procedure(self) -> Procedure:
        """A shift's life as this office has it."""
        return self.rules.procedure(presence.SHIFT)

    @cached_property
    def seats(self) -> list[Seat]:
        """Everybody's day, what needs an eye first; the number of queries is the same for one and for many."""
        shifts = presence.on_day(self.rules.office.id, self.day)
        promises = _promises([one.id for one in shifts])
        rank = {state: place for place, state in enumerate(ORDER)}
        shifts.sort(key=lambda one: rank.get(one.state, len(ORDER)))
        return [Seat(shift=one, promise=promises.get(one.id), steps=self._steps(one)) for one in shifts]

    @cached_property
    def mine(self) -> Seat | None:
        """The reader's own day."""
        me = self.actor.person_id
        return next((one for one in self.seats if one.shift.owner_id == me), None)

    @property
    def may_sign_in(self) -> bool:
        """Whether the reader belongs on the seat today and is not there yet."""
        if not self.is_today or not self.rules.calendar.is_working_day(self.day):
            return False
        if self.mine is not None:
            return self.mine.shift.state == "expected"
        return self.actor.has(self.rules.office.id, (HOTLINE_ENGINEER,))

    @property
    def may_call_in(self) -> bool:
        """Whether the reader may put a colleague on today's shift."""
        return self.actor.has(self.rules.office.id, (DUTY_MANAGER,))

    @cached_property
    def expecting(self) -> Act:
        """The step that puts somebody on the shift, as the reader may take it."""
        blank = gate.blank(self.procedure, self.actor, self.rules)
        return gate.look_at(blank, self.procedure.steps[presence.EXPECT])

    def count(self, *states: str) -> int:
        """Count who is in one of these states."""
        return sum(one.shift.state in states for one in self.seats)

    @property
    def late(self) -> int:
        """How many are not ready by now, or were not in time."""
        return sum(one.late > 0 for one in self.seats)

    def _steps(self, shift: Shift) -> list[Act]:
        """Return what the reader may do about somebody's day, without asking the database."""
        looks = [self._look(shift, step) for step in self.procedure.steps_from(shift.state)]
        return [look for look in looks if self.is_today and not look.step.inner and look.permitted()]

    def _look(self, shift: Shift, step: Step) -> Act:
        return Act(self.procedure, step, shift, self.actor, self.rules, self.now)


def _promises(shift_ids: list[int]) -> dict[int, Deadline]:
    where = (
        Deadline.procedure == presence.SHIFT,
        Deadline.key == READY,
        Deadline.subject_id.in_(shift_ids),
    )
    found = db.session.scalars(select(Deadline).where(*where).order_by(Deadline.id)).unique()
    return {one.subject_id: one for one in found}
