"""Which of a case's steps stand before the reader: the way on first, and what hardly anybody wants now under “more”."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from core import deadlines
from core.deadlines import Deadline

if TYPE_CHECKING:
    from core.web.cases import Offer

ROOM = 4
TONES = {"primary": 0, "danger": 2}


def current(offered: Sequence[Offer], chosen: str, promised: Sequence[Deadline]) -> Offer | None:
    """Return the step whose form lies open: the one that was chosen, or else the way on."""
    named = next((one for one in offered if one.step.name == chosen), None)
    return named or _way_on(offered, promised)


def _way_on(offered: Sequence[Offer], promised: Sequence[Deadline]) -> Offer | None:
    """Return what keeps the reader's next promise, what is meant to come next, or what keeps a later promise."""
    leading = [one for one in offered if one.open and one.step.tone == "primary"]
    keeping = _keeping(offered, promised)
    urgent = [one for one in keeping if _most_urgent(offered, promised) in one.step.meets]
    both = [one for one in urgent if one in leading]
    return next(iter(both or urgent or leading or keeping), None)


def _running(offered: Sequence[Offer], promised: Sequence[Deadline]) -> list[Deadline]:
    """Return the open promises that are the reader's own or his role's, the most urgent first."""
    actor = next((one.act.actor for one in offered), None)
    mine = [one for one in promised if actor and one.state == deadlines.OPEN and deadlines.is_for(one, actor)]
    return sorted(mine, key=lambda one: one.due_at)


def _most_urgent(offered: Sequence[Offer], promised: Sequence[Deadline]) -> str:
    return next((one.key for one in _running(offered, promised)), "")


def _keeping(offered: Sequence[Offer], promised: Sequence[Deadline]) -> list[Offer]:
    running = _running(offered, promised)
    return [offer for one in running for offer in offered if offer.open and one.key in offer.step.meets]


def ahead(offered: Sequence[Offer]) -> Offer | None:
    """Return the way on that is closed for now, the reader's own before a colleague's."""
    ways = [one for one in offered if one.step.tone == "primary"]
    return min(ways, key=lambda one: not one.act.permitted(), default=None)


def parted(
    offered: Sequence[Offer], chosen: Offer | None, promised: Sequence[Deadline]
) -> tuple[list[Offer], list[Offer]]:
    """Part the steps into those that stand as buttons, and those under “more”.

    The reader's ways on come first, closed ones too: he sees what is still missing. Then what else is open, while there
    is room; what is closed to him besides is folded. Choosing another step moves no button.
    """
    way_on, keeping = _way_on(offered, promised), _keeping(offered, promised)
    near = [one for one in offered if _leads(one) or one in keeping or one is chosen]
    near.sort(key=lambda one: (one is not way_on, not one.open, TONES.get(one.step.tone, 1)))
    free = [one for one in offered if one.open and one not in near]
    room = max(ROOM - len(near), 0)
    # A fold for one open step alone would hide what has room on the same line.
    near += free if len(free) <= room + 1 else free[:room]
    return near, [one for one in offered if one not in near]


def _leads(offer: Offer) -> bool:
    return offer.step.tone == "primary" and offer.act.permitted()
