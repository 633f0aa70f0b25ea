"""Who comes, goes and is away: what the steps of a shift do (QI/03 3.1.1, 3.1.3)."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from core import gate
from core.db import db
from core.errors import Invalid
from core.i18n import Sentence, _l
from core.jobs import turns
from core.roles import DUTY_MANAGER, HOTLINE_ENGINEER, TIMER
from core.worktime_text import closed_because
from plugins.hotline.roster.reading import away_on
from plugins.hotline.shift.models import Leave, Shift
from plugins.hotline.shift.people import duty_ends, known_since

if TYPE_CHECKING:
    from core.gate import Act
    from core.offices import Office
    from core.people import Actor

SHIFT, EXPECT = "hotline.shift", "expect"


def today_of(act: Act) -> dt.date:
    """The day it is in the office."""
    return act.rules.calendar.local_day(act.now)


def shift_of(office_id: int, person_id: int | None, day: dt.date) -> Shift | None:
    """Return somebody's day on the seat, if it was opened."""
    where = (Shift.office_id == office_id, Shift.owner_id == person_id, Shift.day == day)
    return db.session.scalars(select(Shift).where(*where)).unique().one_or_none()


def on_day(office_id: int, day: dt.date) -> list[Shift]:
    """Return the shifts of a day, by name."""
    found = db.session.scalars(select(Shift).where(Shift.office_id == office_id, Shift.day == day)).unique()
    return sorted(found, key=lambda one: one.owner.initials if one.owner else "")


def may_be_expected(act: Act) -> dict[str, str]:
    """Offer who has no shift today yet, oneself first; whoever is not in charge can only announce himself."""
    office_id, day = act.rules.office.id, today_of(act)
    query = select(Shift.owner_id).where(Shift.office_id == office_id, Shift.day == day)
    there = act.rules.once(("on the seat", day), lambda: set(db.session.scalars(query)))
    me = act.actor.person_id
    people = [one for one in act.rules.colleagues(HOTLINE_ENGINEER) if one.id not in there]
    if not act.actor.has(office_id, (DUTY_MANAGER, TIMER)):
        people = [one for one in people if one.id == me]
    return {str(one.id): one.name for one in sorted(people, key=lambda one: one.id != me)}


def working_day(act: Act) -> Sentence | None:
    """On a closed day nobody is expected, and nothing changes hands."""
    why = closed_because(act.rules.calendar, today_of(act))
    return _l("The office is closed today: %(why)s.", why=why) if why else None


def expect(act: Act) -> None:
    """Open somebody's day: ready so many minutes after opening, or after he was called in (QI/03 3.1.1)."""
    day, person_id = today_of(act), act.values["person_id"]
    if not turns.claim(act.case.office_id, SHIFT, f"{day} {person_id}"):
        raise Invalid("person_id", _l("This person is on today's list already."))
    act.case.day, act.case.owner_id = day, person_id
    act.case.expected_from = known_since(act.rules, person_id, day) or act.now


def sign_in(act: Act) -> None:
    """The person is on the seat."""
    act.case.signed_in_at = act.now


def be_there(actor: Actor, office: Office, day: dt.date) -> None:
    """Sign somebody in with one tap, whether his day was opened by the timer or not (QI/03 3.1.1)."""
    with gate.together():
        known = shift_of(office.id, actor.person_id, day)
        case: Any = known.number if known else None
        if case is None:
            said = {"person_id": str(actor.person_id)}
            case = gate.perform(SHIFT, None, EXPECT, actor, said, office=office)
        gate.perform(SHIFT, case, "sign_in", actor)


def excuse(act: Act) -> None:
    """The person is not expected any more, and why."""
    act.case.excuse = act.values["reason"]


def is_away(act: Act) -> None:
    """The person is not expected any more: the absence around this step says why."""
    act.case.excuse = act.given["absence"]


def another_decides(act: Act) -> Sentence | None:
    """Nobody permits leave of his own while another duty manager could (QI/03 3.1.3)."""
    me = act.actor.person_id
    if me is None or act.case.owner_id != me:
        return None
    away = away_on(act.rules, today_of(act))
    if all(one.id == me or one.id in away for one in act.rules.colleagues(DUTY_MANAGER)):
        return None
    return _l("This is your own shift: another duty manager decides.")


def ask_leave(act: Act) -> None:
    """Ask the duty manager; the seat is kept until he has answered (QI/03 3.1.3)."""
    said = act.values
    act.case.leaves.append(
        Leave(
            office_id=act.case.office_id,
            why=said["why"],
            for_minutes=said["for_minutes"],
            rest_of_day=said["rest_of_day"],
            asked_at=act.now,
        )
    )


def permit(act: Act) -> None:
    """The leave is permitted: the person may go when he has finished."""
    _answer(act, permitted=True)


def refuse(act: Act) -> None:
    """The leave is not possible now."""
    _answer(act, permitted=False)


def _answer(act: Act, *, permitted: bool) -> None:
    leave = act.case.leave
    leave.permitted, leave.answer = permitted, act.values["answer"]
    leave.answered_at, leave.answered_by_id = act.now, act.actor.person_id


def withdraw(act: Act) -> None:
    """Nobody goes: what was asked or permitted counts no more."""
    act.case.leave.permitted = False


def go(act: Act) -> None:
    """The person leaves the post, with permission."""
    act.case.leave.left_at = act.now


def left(act: Act) -> None:
    """Somebody has gone without permission: it is written down, and counted like every leave (QI/03 3.1.3)."""
    act.case.leaves.append(
        Leave(
            office_id=act.case.office_id,
            why=act.values["why"],
            permitted=False,
            answered_at=act.now,
            answered_by_id=act.actor.person_id,
            left_at=act.values["since"] or act.now,
        )
    )


def back(act: Act) -> None:
    """The person is back; the ledger keeps the minutes."""
    act.case.leave.back_at = act.now
    act.recorded["minutes_away"] = act.case.leave.minutes


def may_go_home(act: Act) -> Sentence | None:
    """Nobody leaves before closing, or before his own duty ends, without permission for the rest of the day.

    So QI/03 3.1.3 has it; whoever has the evening stays longer than the office is open.
    """
    leave = act.case.leave
    if act.case.state in ("permitted", "away") and leave and leave.permitted and leave.rest_of_day:
        return None
    closing = act.rules.calendar.closing(act.case.day)
    duty = duty_ends(act.rules, act.case.owner_id, act.case.day)
    if closing is not None and act.now < closing:
        return _l(
            "The office is open until %(closing)s. Ask the duty manager for leave for the rest of the day.",
            closing=closing,
        )
    if duty is not None and act.now < duty:
        return _l(
            "You are on duty until %(ends)s. Ask the duty manager for leave for the rest of the day.",
            ends=duty,
        )
    return None


def sign_out(act: Act) -> None:
    """The person goes home."""
    leave = act.case.leave
    act.case.signed_out_at = act.now
    if act.from_state == "permitted" and leave:
        leave.left_at = act.now


def day_is_over(act: Act) -> Sentence | None:
    """A day is closed for somebody only when it is over."""
    closing = act.rules.calendar.closing(act.case.day)
    if closing is None or act.now >= closing:
        return None
    return _l("The office is open until %(closing)s.", closing=closing)
