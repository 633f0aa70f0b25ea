"""Absences: asked, approved, and what somebody who is away leaves behind: his shifts and his promises."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from sqlalchemy import or_, select

from core import gate, ledger, standing_in
from core.db import db
from core.errors import Invalid
from core.i18n import Sentence, _l
from core.roles import SUPPORT_MANAGER
from core.standing_in import StandIn
from plugins.hotline.roster.cells import Change
from plugins.hotline.roster.models import PLACES, Absence, Roster, RosterShift
from plugins.hotline.shift.models import Shift

if TYPE_CHECKING:
    from core.gate import Act
    from core.rules import Rules

CLAUSE = "QP/2-04 5.1"
OVERTAKEN = _l("One of these shifts has another holder by now. Look at the roster again.")


def ask(act: Act) -> None:
    """It is the absence of whoever is away, whoever enters it."""
    act.case.owner_id = act.values["person_id"] or act.actor.person_id
    act.case.kind = act.values["kind"]


def another_decides(act: Act) -> Sentence | None:
    """Nobody but the support manager approves days of his own."""
    own = act.case.owner_id is not None and act.case.owner_id == act.actor.person_id
    if own and not act.actor.has(act.rules.office.id, (SUPPORT_MANAGER,)):
        return _l("These are your own days: somebody else decides on them.")
    return None


def approve(act: Act) -> None:
    """Ask for somebody who stands in, when shifts or promises fall on these days; nobody waits for him meanwhile."""
    absence: Absence = act.case
    for number in _seats_waiting(absence):
        gate.perform("hotline.shift", number, "is_away", act.actor, given={"absence": absence.number})
    left = shifts_left(absence) or promises_left(act.rules, absence)
    absence.to_cover_at = act.now if left else None


def _seats_waiting(absence: Absence) -> list[str]:
    """Return the days on the seat, by number, on which whoever is away is still expected (QI/03 3.1.1)."""
    query = select(Shift.number).where(
        Shift.office_id == absence.office_id,
        Shift.owner_id == absence.owner_id,
        Shift.state == "expected",
        Shift.day.between(absence.first_day, absence.last_day),
    )
    return [number for number in db.session.scalars(query.order_by(Shift.id)) if number]


def ask_on(act: Act) -> None:
    """Something was promised since for days on which whoever promised it is away, and nobody stands in."""
    act.case.to_cover_at = act.now


def shifts_left(absence: Absence) -> list[RosterShift]:
    """Return the shifts of a published roster that somebody still has on days on which he is away."""
    holds = or_(RosterShift.engineer_id == absence.owner_id, RosterShift.manager_id == absence.owner_id)
    query = (
        select(RosterShift)
        .join(Roster, Roster.id == RosterShift.roster_id)
        .where(RosterShift.office_id == absence.office_id, holds, Roster.state == "published")
        .where(RosterShift.day >= absence.first_day, RosterShift.day <= absence.last_day)
    )
    return list(db.session.scalars(query.order_by(RosterShift.starts_at)))


def promises_left(rules: Rules, absence: Absence) -> int:
    """Count what is promised for these days by who is away."""
    assert absence.owner_id
    between = _moments(rules, absence.first_day, absence.last_day)
    return len(standing_in.promises(rules, absence.owner_id, *between))


def _moments(rules: Rules, first: dt.date, last: dt.date) -> tuple[dt.datetime, dt.datetime]:
    """Return when some days begin and end in the office's zone."""
    moment = rules.calendar.moment
    return moment(first, dt.time.min), moment(last + dt.timedelta(days=1), dt.time.min)


def substitute(act: Act) -> None:
    """Give the shifts and the promises of these days to whoever stands in; ask on while shifts are left."""
    absence: Absence = act.case
    chosen, first, last = _asked(act)
    changes = [
        (shift.roster, _instead_of(absence.owner_id, chosen, shift, place))
        for shift in shifts_left(absence)
        if first <= shift.day <= last
        for place in PLACES
        if shift.holder(place) == absence.owner_id
    ]
    _put(act, changes)
    absence.substitute_id = chosen
    act.recorded["promises"] = ", ".join(move_promises(act, chosen, first, last))
    left = shifts_left(absence)
    absence.to_cover_at = act.now if left or promises_left(act.rules, absence) else None
    if left:
        act.recorded["left"] = ", ".join(str(one.day) for one in left)


def _instead_of(before: int | None, after: int, shift: RosterShift, place: str) -> Change:
    return Change(day=shift.day, shift=shift.shift, place=place, person_id=after, instead_of=before)


def _asked(act: Act) -> tuple[int, dt.date, dt.date]:
    absence, said = act.case, act.values
    first, last = said["from_day"] or absence.first_day, said["until_day"] or absence.last_day
    if last < first:
        raise Invalid("until_day", _l("The last day is before the first."))
    return said["substitute_id"], first, last


def _put(act: Act, changes: list[tuple[Roster, Change]]) -> None:
    """Change each month's roster by a step of its own."""
    wanted: dict[Roster, list[Change]] = {}
    for roster, change in changes:
        wanted.setdefault(roster, []).append(change)
    for roster, many in sorted(wanted.items(), key=lambda pair: pair[0].month):
        given = {"changes": many, "why": act.case.number, "field": "substitute_id", "overtaken": OVERTAKEN}
        gate.perform("hotline.roster", roster.number, "exchange", act.actor, given=given)


def move_promises(act: Act, substitute_id: int, first: dt.date, last: dt.date) -> list[str]:
    """Hand the promises of these days over, each case by a recorded step; return the cases' numbers.

    Once the absence has begun, what was due before it and is still open goes along: nobody's promise is lost.
    """
    absence: Absence = act.case
    assert absence.owner_id
    begins, ends = _moments(act.rules, first, last)
    return standing_in.hand_over(
        act,
        StandIn(
            absent_id=absence.owner_id,
            substitute_id=substitute_id,
            begins=begins,
            ends=ends,
            clause=CLAUSE,
            plugin="hotline",
        ),
    )


def covered(act: Act) -> None:
    """Nothing is left to cover by now: the roster was changed by hand, and what was promised is another's."""
    act.case.to_cover_at = None


def nothing_left(act: Act) -> Sentence | None:
    """Name the shifts that still nobody stands in for, or count what is promised for these days."""
    left = shifts_left(act.case) if act.case.number else []
    if left:
        days = ", ".join(str(one.day) for one in left[:5])
        return _l("Still on the roster: %(days)s. Say who stands in, or change the roster.", days=days)
    count = promises_left(act.rules, act.case) if act.case.number else 0
    text = _l(
        "Still promised for these days: %(count)s. Say who stands in, or give them to others.", count=count
    )
    return text if count else None


def carry(act: Act) -> None:
    """What was promised since goes over, too: to whoever stands in on its day."""
    moved = [number for one in _standing_in(act.case) for number in move_promises(act, *one)]
    act.recorded["promises"] = ", ".join(moved)


def left_to_carry(rules: Rules, absence: Absence) -> bool:
    """Say whether something is promised by now for a day on which somebody stands in."""
    assert absence.owner_id
    spans = (_moments(rules, first, last) for _who, first, last in _standing_in(absence))
    return any(standing_in.promises(rules, absence.owner_id, *span) for span in spans)


def _standing_in(absence: Absence) -> list[tuple[int, dt.date, dt.date]]:
    """Return who stands in from when until when: whoever was named last counts before the others."""
    found = ledger.of_case("hotline.absence", absence.id, "step", action="substitute", number=absence.number)
    named = [row.details["values"] for row in found]
    first, last = absence.first_day, absence.last_day
    return [
        (one["substitute_id"], _day(one.get("from_day"), first), _day(one.get("until_day"), last))
        for one in named
    ]


def _day(said: str | None, otherwise: dt.date) -> dt.date:
    return dt.date.fromisoformat(said) if said else otherwise


def end(act: Act) -> None:
    """Back at work: whoever comes back early is away no longer from today on."""
    absence: Absence = act.case
    today = act.rules.calendar.local_day(act.now)
    yesterday = today - dt.timedelta(days=1)
    absence.last_day = min(absence.last_day, max(yesterday, absence.first_day - dt.timedelta(days=1)))
    absence.to_cover_at = None
