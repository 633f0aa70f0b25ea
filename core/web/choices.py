"""Which of a case's steps stand before the reader: the way on first, and what hardly anybody wants now under “more”."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import TYPE_CHECKING

from core import deadlines
from core.deadlines import Deadline

if TYPE_CHECKING:
    from core.gate import Act
    from core.web.cases import Offer

ROOM = 4
SOON = dt.timedelta(days=1)
TONES = {"primary": 0, "danger": 2}


def mine(act: Act, promised: Sequence[Deadline], asked: str = "") -> list[Deadline]:
    """Return the open promises of a case that are the reader's own or his role's: the one asked for, then by urgency."""
    running = (one for one in promised if one.state == deadlines.OPEN and deadlines.is_for(one, act.actor))
    return sorted(running, key=lambda one: (one.key != asked, one.due_at))


def way_on(act: Act, offered: Sequence[Offer], running: Sequence[Deadline], asked: str = "") -> Offer | None:
    """Return what is meant to come next; before it, what keeps a promise that was asked for or presses."""
    urgent = [one for one in running if one.key == asked or _presses(act, one)]
    leading = [one for one in offered if one.open and one.step.tone == "primary"]
    return next(iter(_keeping(offered, urgent) or leading or _keeping(offered, running)), None)


def _presses(act: Act, promise: Deadline) -> bool:
    """Say whether a promise is due within a day, or for one working day, however long the office is closed before it."""
    rule = act.procedure.deadlines.get(promise.key)
    return promise.due_at - act.now <= SOON or (rule is not None and rule.within.one_day)


def _keeping(offered: Sequence[Offer], running: Sequence[Deadline]) -> list[Offer]:
    """Return the open steps that keep these promises, in the order of the promises; of several, the way on first."""
    ways = sorted((one for one in offered if one.open), key=lambda one: one.step.tone != "primary")
    return [offer for one in running for offer in ways if one.key in offer.step.meets]


def ahead(offered: Sequence[Offer], running: Sequence[Deadline]) -> Offer | None:
    """Return the way on that is closed for now, the reader's own before a colleague's."""
    own = [one for one in offered if _leads(one, running)]
    ways = own or [one for one in offered if one.step.tone == "primary"]
    return next(iter(ways), None)


def parted(
    offered: Sequence[Offer], leading: Offer | None, running: Sequence[Deadline], chosen: Offer | None
) -> tuple[list[Offer], list[Offer]]:
    """Part the steps into those that stand as buttons, and those under “more”.

    The reader's ways on come first, closed ones too: he sees what is still missing. Then what else is open, while there
    is room; what is closed to him besides is folded. Choosing another step moves none before it.
    """
    near = [one for one in offered if _leads(one, running) or one is chosen]
    near.sort(key=lambda one: (one is not leading, not one.open, TONES.get(one.step.tone, 1)))
    free = [one for one in offered if one.open and one not in near]
    room = max(ROOM - len(near), 0)
    # A fold for one open step alone would hide what has room on the same line.
    near += free if len(free) <= room + 1 else free[:room]
    return near, [one for one in offered if one not in near]


def _leads(offer: Offer, running: Sequence[Deadline]) -> bool:
    """Say whether a step is the reader's way on, or keeps a promise of his; it may be closed still."""
    keeps = any(one.key in offer.step.meets for one in running)
    return (offer.step.tone == "primary" or keeps) and offer.act.permitted()
