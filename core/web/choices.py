"""Which of a case's steps stand before the reader: the way on first, and what hardly anybody wants now under “more”."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from core import deadlines
from core.deadlines import Deadline
from core.people import Actor

if TYPE_CHECKING:
    from core.web.cases import Offer

ROOM = 4
TONES = {"primary": 0, "danger": 2}


def current(offered: Sequence[Offer], chosen: str, promised: Sequence[Deadline]) -> Offer | None:
    """Return the step whose form lies open: the chosen one, the way on, or what keeps the reader's next promise."""
    named = [one for one in offered if one.step.name == chosen]
    leading = [one for one in offered if one.open and one.step.tone == "primary"]
    return next(iter(named or leading or _keeping(offered, promised)), None)


def _keeping(offered: Sequence[Offer], promised: Sequence[Deadline]) -> list[Offer]:
    """Return the open steps that keep a promise of the reader's own or of his role, the most urgent first."""
    running = sorted((one for one in promised if one.state == deadlines.OPEN), key=lambda one: one.due_at)
    return [
        offer
        for one in running
        for offer in offered
        if offer.open and one.key in offer.step.meets and _is_for(offer.act.actor, one)
    ]


def _is_for(actor: Actor, promise: Deadline) -> bool:
    if promise.person_id is not None:
        return promise.person_id == actor.person_id
    return promise.role in actor.roles_in(promise.office_id)


def ahead(offered: Sequence[Offer]) -> Offer | None:
    """Return the way on that is closed for now, the reader's own before a colleague's."""
    ways = [one for one in offered if one.step.tone == "primary"]
    return min(ways, key=lambda one: not one.act.permitted(), default=None)


def parted(
    offered: Sequence[Offer], chosen: Offer | None, promised: Sequence[Deadline]
) -> tuple[list[Offer], list[Offer]]:
    """Part the steps into those that stand as buttons, and those under “more”.

    The ways on that are the reader's come first, closed ones with them: he sees what is still missing. Then what else
    is open, while there is room; what is closed to him besides is folded.
    """
    keeping = _keeping(offered, promised)
    near = [one for one in offered if _leads(one) or one in keeping or one is chosen]
    near.sort(key=lambda one: (not one.open, TONES.get(one.step.tone, 1)))
    free = [one for one in offered if one.open and one not in near]
    room = max(ROOM - len(near), 0)
    # A fold for one open step alone would hide what has room on the same line.
    near += free if len(free) <= room + 1 else free[:room]
    return near, [one for one in offered if one not in near]


def _leads(offer: Offer) -> bool:
    return offer.step.tone == "primary" and offer.act.permitted()
