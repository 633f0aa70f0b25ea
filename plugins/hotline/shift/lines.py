"""The lines of a hand-over: which are meant, what both sides have said of them, and whose they are."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import Select, func, or_, select

from core.db import db
from core.roles import DUTY_MANAGER, FIELD_ENGINEER, HOTLINE_ENGINEER, REGIONAL_MANAGER
from plugins.hotline.roster.reading import away_on
from plugins.hotline.shift.models import HandoverLine

if TYPE_CHECKING:
    from core.gate import Act
    from core.rules import Rules
    from plugins.hotline.shift.models import Handover

ALL, UNOWNED = "all", "unowned"
# More lines than any list has; what is typed beyond is a slip.
MOST = 100_000
OWNERS = (DUTY_MANAGER, HOTLINE_ENGINEER, FIELD_ENGINEER, REGIONAL_MANAGER)
SPAN = re.compile(r"(\d{1,6})(?:-(\d{1,6}))?")

Spans = list[tuple[int, int]]


@dataclass(frozen=True, kw_only=True)
class Tally:
    """How many lines there are, and what is still to be done about them; the taker's ticks are the reader's own."""

    total: int
    giver_left: int
    taker_left: int
    unowned: int
    in_dispute: int


def tally(act: Act) -> Tally:
    """Count what is still to be done, once for a look at a list."""
    case, me = act.case, act.actor.person_id
    return act.rules.once(("hand-over", case.id, case.version, me), lambda: _tally(case, me))


def _tally(case: Handover, me: int | None) -> Tally:
    line = HandoverLine
    disputed = line.contested_at.is_not(None) & line.answered_at.is_(None)
    query = select(
        func.count(),
        func.count().filter(line.giver_saw_at.is_(None)),
        func.count().filter(line.taker_saw_id.is_distinct_from(me)),
        func.count().filter(line.owner_id.is_(None), line.assigned_id.is_(None)),
        func.count().filter(disputed),
    ).where(line.handover_id == case.id)
    total, giver, taker, unowned, in_dispute = db.session.execute(query.select_from(line)).one()
    return Tally(total=total, giver_left=giver, taker_left=taker, unowned=unowned, in_dispute=in_dispute)


def spans(text: str) -> Spans:
    """Read “1 3 5-8” as spans of lines."""
    pairs = (SPAN.fullmatch(part) for part in _parts(text))
    return [(int(one[1]), int(one[2] or one[1])) for one in pairs if one]


def unknown(case: Handover, text: str) -> str:
    """Return the first thing in a text that names no line of the list; nothing when all is known."""
    if text.strip() in (ALL, UNOWNED):
        return ""
    for part in _parts(text):
        span = SPAN.fullmatch(part)
        if not span or not 1 <= int(span[1]) <= int(span[2] or span[1]) <= (case.lines_count or 0):
            return part
    return ""


def _parts(text: str) -> list[str]:
    return re.split(r"[\s,，、]+", text.strip())


def named(case: Handover, text: str) -> list[int]:
    """Return the ids of the lines that a text means: numbers, “all”, or “unowned”."""
    return list(db.session.scalars(_meant(case, text.strip())))


def _meant(case: Handover, text: str) -> Select[int]:
    line = HandoverLine
    query = select(line.id).where(line.handover_id == case.id)
    if text == ALL:
        return query
    if text == UNOWNED:
        return query.where(line.owner_id.is_(None), line.assigned_id.is_(None))
    return query.where(or_(*(line.place.between(first, last) for first, last in spans(text))))


def at(case: Handover, place: int) -> HandoverLine:
    """Return one line of a list."""
    query = select(HandoverLine).where(HandoverLine.handover_id == case.id, HandoverLine.place == place)
    return db.session.scalars(query).unique().one()


def owners(act: Act) -> dict[str, str]:
    """Offer whom a line can be given to, oneself first; whoever is away today takes nothing over."""
    away = away_on(act.rules, act.rules.calendar.local_day(act.now))
    return act.rules.once(
        ("owners of lines", act.actor.person_id), lambda: _owners(act.rules, act.actor.person_id, away)
    )


def _owners(rules: Rules, me: int | None, away: frozenset[int]) -> dict[str, str]:
    people = {one.id: one.name for role in OWNERS for one in rules.colleagues(role) if one.id not in away}
    mine = sorted(people.items(), key=lambda pair: (pair[0] != me, pair[1]))
    return {str(key): name for key, name in mine}
