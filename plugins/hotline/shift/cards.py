"""The reader's own place on the shift, on top of my desk: one tap to sign in, one to be back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core import clock
from core.i18n import _l
from core.roles import HOTLINE_ENGINEER
from core.slots import Card
from plugins.hotline.shift.presence import SHIFT, shift_of

if TYPE_CHECKING:
    from core.people import Actor
    from core.rules import Rules


def seat_card(actor: Actor, rules: Rules) -> Card | None:
    """Ask who is expected and not there to sign in (QI/03 3.1.1), and who is away whether he is back."""
    if not actor.has(rules.office.id, (HOTLINE_ENGINEER,)):
        return None
    day = rules.calendar.local_day(clock.now())
    closing = rules.calendar.closing(day)
    if closing is None or clock.now() >= closing:
        return None
    mine = shift_of(rules.office.id, actor.person_id, day)
    state = mine.state if mine else "expected"
    if state not in ("expected", "away"):
        return None
    said = {"state": state, "shift": mine, "office": rules.office, "step": rules.procedure(SHIFT).steps}
    title = _l("You are not on the seat yet") if state == "expected" else _l("You are away from the post")
    clause = "QI/03 3.1.1" if state == "expected" else "QI/03 3.1.3"
    return Card(title=title, template="hotline/shift/_seat.html", values=said, clause=clause, weight=10)
