"""The open promises of a case, for what hangs on them besides being met: whose they are, and whether they are late."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core import deadlines

if TYPE_CHECKING:
    from core.gate import Act


def open_one(act: Act, key: str) -> deadlines.Deadline | None:
    """Return the open promise of a case under a key, if there is one."""
    running = deadlines.of_case(act.procedure.name, act.case.id)
    return next((one for one in running if one.key == key and one.state == deadlines.OPEN), None)


def note_missed(act: Act, *keys: str) -> None:
    """What is overdue was missed, whatever takes its place or makes it needless now."""
    running = deadlines.of_case(act.procedure.name, act.case.id)
    late = [one.key for one in running if one.state == deadlines.OPEN and one.due_at < act.now]
    deadlines.meet(act, tuple(key for key in late if key in keys))
