"""A hand-over at a look: the frozen lines a page at a time, contested ones on top, and how each stands now."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from core import deadlines, gate
from core.db import db
from core.deadlines import Deadline
from core.i18n import _l
from core.procedure import State
from plugins.hotline.shift import handing, lines
from plugins.hotline.shift.models import HandoverLine
from plugins.hotline.shift.unfinished import CALL, PARKED, PROMISE, QUEUE

if TYPE_CHECKING:
    import datetime as dt

    from core.errors import Objection
    from core.gate import Act
    from core.procedure import Procedure
    from plugins.hotline.shift.models import Handover

PAGE = 50
KINDS = {
    CALL: _l("Open call"),
    PARKED: _l("Parked test"),
    PROMISE: _l("Promise"),
    QUEUE: _l("Waits for the duty manager"),
}
ALONE = {
    handing.NOBODY: _l("There was no duty manager on the working day before: the taker signs alone."),
    handing.STAYS: _l("The duty manager stays on duty: nothing changes hands, one signature is enough."),
    handing.ABSENT: _l("The giver cannot sign: the taker signs alone."),
}


@dataclass(frozen=True, kw_only=True)
class Row:
    """One line, as it was frozen and as its case stands now; what the reader may not see is hidden."""

    line: HandoverLine
    procedure: Procedure | None
    now: State | None
    hidden: bool

    @property
    def solved(self) -> bool:
        """Whether it has come to its end since the list was made."""
        return self.now is not None and self.now.final

    @property
    def moved(self) -> bool:
        """Whether it stands otherwise now than on the list."""
        return self.now is not None and self.now.name != self.line.state


class FrozenList:
    """One hand-over, as somebody sees it."""

    def __init__(self, act: Act, page: int, may: Any) -> None:
        self.act, self.page, self._may = act, page, may

    @property
    def case(self) -> Handover:
        """The hand-over itself."""
        found: Handover = self.act.case
        return found

    @cached_property
    def rows(self) -> list[Row]:
        """The lines of this page, contested ones first; one query for each procedure on it."""
        line = HandoverLine
        dispute = line.contested_at.is_not(None) & line.answered_at.is_(None)
        query = select(line).where(line.handover_id == self.case.id)
        ordered = query.order_by(dispute.desc(), line.contested_at.is_(None), line.place)
        cut = ordered.offset((self.page - 1) * PAGE).limit(PAGE)
        found = list(db.session.scalars(cut).unique())
        states = self._states(found)
        return [self._row(one, states) for one in found]

    @property
    def more(self) -> bool:
        """Whether there is another page."""
        return self.page * PAGE < self.case.lines_count

    @cached_property
    def tally(self) -> lines.Tally:
        """What is still to be done."""
        return lines.tally(self.act)

    @property
    def gives(self) -> bool:
        """Whether the reader is the giver."""
        return handing.is_giver(self.case, self.act.actor)

    @property
    def ticks(self) -> bool:
        """Whether the reader may go through the list as its taker."""
        return "tick" in self.steps and not self.gives

    def taker_saw(self, line: HandoverLine) -> dt.datetime | None:
        """Return when the taker went through a line; to who may take the list only his own ticks count."""
        another = self.ticks and line.taker_saw_id != self.act.actor.person_id
        return None if another else line.taker_saw_at

    @property
    def left(self) -> int:
        """How many lines still want the reader's tick."""
        return self.tally.giver_left if self.gives else self.tally.taker_left

    @cached_property
    def promise(self) -> Deadline | None:
        """The deadline of the hand-over, if it has one."""
        return next(iter(deadlines.of_case(self.act.procedure.name, self.case.id)), None)

    @cached_property
    def steps(self) -> dict[str, list[Objection]]:
        """The steps that the reader's role allows here, each with what speaks against it."""
        looks = [gate.look_at(self.act, one) for one in self.act.procedure.steps_from(self.case.state)]
        return {look.step.name: look.objections() for look in looks if look.permitted()}

    def look(self, step: str) -> Act:
        """Look at a step of the list."""
        return gate.look_at(self.act, self.act.procedure.steps[step])

    def _row(self, line: HandoverLine, states: dict[tuple[str, int], str]) -> Row:
        procedure = self.act.rules.plugins.procedures.get(line.procedure)
        state = states.get((line.procedure, line.subject_id))
        now = procedure.states[state] if procedure and state else None
        hidden = procedure is None or not self._may(procedure.reads)
        return Row(line=line, procedure=procedure, now=now, hidden=hidden)

    def _states(self, found: Iterable[HandoverLine]) -> dict[tuple[str, int], str]:
        """Return how the cases of these lines stand now."""
        asked: dict[str, list[int]] = {}
        for one in found:
            asked.setdefault(one.procedure, []).append(one.subject_id)
        known = self.act.rules.plugins.procedures
        return {
            (name, row[0]): row[1]
            for name, ids in asked.items()
            if name in known
            for row in db.session.execute(_state_query(known[name].model, ids))
        }


def _state_query(model: Any, ids: list[int]) -> Any:
    return select(model.id, model.state).where(model.id.in_(ids))
