"""What the steps of a hand-over do: freeze the list, go through it, contest, assign, sign (QI/03 3.1.2)."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

from sqlalchemy import func, insert, select, update

from core import deadlines, gate
from core.db import db
from core.errors import Invalid
from core.gate import Act
from core.i18n import Sentence, _l
from core.jobs import turns
from plugins.hotline.roster.duty import on_duty
from plugins.hotline.shift import lines
from plugins.hotline.shift.models import Handover, HandoverLine
from plugins.hotline.shift.people import manager_before
from plugins.hotline.shift.presence import today_of
from plugins.hotline.shift.unfinished import Unfinished, unfinished

if TYPE_CHECKING:
    from core.people import Actor
    from core.rules import Rules

HANDOVER, DUE = "hotline.handover", "hotline.handover_done"
MORNING, EVENING = "morning", "evening"
OCCASIONS = {MORNING: _l("Morning"), EVENING: _l("To the evening duty")}
# Why the taker signs alone: nobody was there before, he was it himself, or the giver cannot sign.
NOBODY, STAYS, ABSENT = "nobody", "stays", "absent"
TAKE_OVER = "take_over"


def of_day(office_id: int, day: dt.date, occasion: str) -> Handover | None:
    """Return the hand-over of a day, if it was begun and not given up."""
    where = (*_meant(office_id, day, occasion), Handover.state != "lapsed")
    return db.session.scalars(select(Handover).where(*where)).unique().one_or_none()


def _meant(office_id: int, day: dt.date, occasion: str) -> tuple[Any, ...]:
    return Handover.office_id == office_id, Handover.day == day, Handover.occasion == occasion


def not_begun(act: Act) -> Sentence | None:
    """There is one hand-over each morning."""
    begun = of_day(act.rules.office.id, today_of(act), MORNING)
    return _l("Today's hand-over was begun already: %(number)s.", number=begun.number) if begun else None


def nothing_open(act: Act) -> Sentence | None:
    """What was taken over by nobody cannot be handed on; and one evening has one hand-over."""
    begun = of_day(act.rules.office.id, today_of(act), EVENING)
    if begun:
        return _l("This evening's hand-over was begun already: %(number)s.", number=begun.number)
    where = (Handover.office_id == act.rules.office.id, Handover.state == "open")
    number = db.session.scalar(select(Handover.number).where(*where).limit(1))
    return _l("%(number)s is not signed yet. Finish that one first.", number=number) if number else None


def begin(act: Act) -> None:
    """Freeze what is unfinished this morning; a list that nobody signed is over with it."""
    _begin(act, MORNING)
    where = (Handover.office_id == act.case.office_id, Handover.state == "open", Handover.id != act.case.id)
    for number in db.session.scalars(select(Handover.number).where(*where)).all():
        reason = {"reason": f"{act.case.day}"}
        gate.perform(HANDOVER, number, "lapse", act.actor, reason)


def begin_evening(act: Act) -> None:
    """Freeze what is unfinished for the evening duty."""
    _begin(act, EVENING)


def _begin(act: Act, occasion: str) -> None:
    """Claim the day's next turn, then freeze: a crash, two timers and a duty manager in a hurry make one list."""
    case, day = act.case, today_of(act)
    given_up = select(func.count()).select_from(Handover).where(*_meant(case.office_id, day, occasion))
    case.turn = db.session.scalars(given_up).one() + 1
    if not turns.claim(case.office_id, HANDOVER, f"{day} {occasion} {case.turn}"):
        raise Invalid("day", _l("This hand-over was begun already."))
    giver = manager_before(act.rules, day)
    case.day, case.occasion, case.giver_id = day, occasion, giver.id if giver else None
    case.alone = "" if giver else NOBODY
    found = unfinished(act.rules, act.now)
    case.lines_count = len(found)
    db.session.add(case)
    db.session.flush()
    if found:
        rows = [_frozen(case, place, one) for place, one in enumerate(found, 1)]
        db.session.execute(insert(HandoverLine), rows)


def _frozen(case: Handover, place: int, one: Unfinished) -> dict[str, Any]:
    return {
        "office_id": case.office_id,
        "handover_id": case.id,
        "place": place,
        "kind": one.kind,
        "procedure": one.procedure.name,
        "subject_id": one.case.id,
        "number": one.case.number,
        "heading": str(one.procedure.heading(one.case) or "")[:120],
        "what": one.what,
        "task": one.task.to_json() if one.task else None,
        "state": one.case.state,
        "state_title": one.procedure.states[one.case.state].title.to_json(),
        "due_at": one.due_at,
        "owner_id": one.owner_id,
        "taken_over": False,
        "contest": "",
        "answer": "",
    }


def is_giver(case: Handover, actor: Actor) -> bool:
    """Say whether somebody is the one who gives; who stays on duty takes from himself, and gives nothing."""
    return case.giver_id is not None and case.giver_id == actor.person_id and not case.alone


def tick(act: Act) -> None:
    """The giver, or the taker, has gone through these lines."""
    _saw(act, lines.named(act.case, act.values["lines"]))


def _saw(act: Act, ids: list[int]) -> None:
    line, me = HandoverLine, act.actor.person_id
    those = update(line).where(line.handover_id == act.case.id, line.id.in_(ids))
    if is_giver(act.case, act.actor):
        ticked = those.where(line.giver_saw_at.is_(None)).values(giver_saw_at=act.now)
    else:
        unseen = line.taker_saw_id.is_distinct_from(me)
        ticked = those.where(unseen).values(taker_saw_at=act.now, taker_saw_id=me)
    db.session.execute(ticked)


def contest(act: Act) -> None:
    """The taker says what is wrong with a line; it stays on top until the giver has answered."""
    line = lines.at(act.case, act.values["line"])
    line.contest, line.contested_at = act.values["contest"], act.now
    line.answer, line.answered_at = "", None
    _saw(act, [line.id])


def answer_contest(act: Act) -> None:
    """The giver explains, or corrects whose the line is."""
    line = lines.at(act.case, act.values["line"])
    if not line.in_dispute:
        raise Invalid("line", _l("This line is not contested."))
    line.answer, line.answered_at = act.values["answer"], act.now
    if act.values["person_id"]:
        _assign(act, line, act.values["person_id"])


def assign(act: Act) -> None:
    """Give lines an owner: a real take-over where the case allows it, else noted on the list."""
    ids = lines.named(act.case, act.values["lines"])
    found = db.session.scalars(select(HandoverLine).where(HandoverLine.id.in_(ids))).unique()
    for line in found.all():
        _assign(act, line, act.values["person_id"])
    _saw(act, ids)


def _assign(act: Act, line: HandoverLine, person_id: int) -> None:
    line.assigned_id, line.taken_over = person_id, False
    if person_id == act.actor.person_id and _can_be_taken_over(act, line):
        gate.perform(line.procedure, line.number, TAKE_OVER, act.actor)
        line.taken_over = True


def _can_be_taken_over(act: Act, line: HandoverLine) -> bool:
    """Say whether the case itself changes hands: its procedure has such a step, and it is open to the actor."""
    procedure = act.rules.plugins.procedures.get(line.procedure)
    step = procedure.steps.get(TAKE_OVER) if procedure else None
    if procedure is None or step is None or step.form is not None:
        return False
    case = db.session.get(procedure.model, line.subject_id)
    if case is None or case.state not in step.sources:
        return False
    return not Act(procedure, step, case, act.actor, act.rules, act.now).closed_by()


def not_given(act: Act) -> Sentence | None:
    """The giver signs once."""
    return _l("You have signed already.") if act.case.given_at else None


def giver_went_through(act: Act) -> Sentence | None:
    """Who gives has gone through every line."""
    return _untouched(lines.tally(act).giver_left)


def taker_went_through(act: Act) -> Sentence | None:
    """Who takes has gone through every line."""
    return _untouched(lines.tally(act).taker_left)


def _untouched(count: int) -> Sentence | None:
    return (
        _l("Lines without a tick of yours: %(count)s. Go through them first.", count=count) if count else None
    )


def give(act: Act) -> None:
    """The giver confirms that this is what he leaves."""
    act.case.given_at = act.now


def not_the_giver(act: Act) -> Sentence | None:
    """Giver and taker are two people, also when the giver comes back after somebody wrote that he cannot sign."""
    case = act.case
    if case.giver_id is None or case.giver_id != act.actor.person_id or case.alone == STAYS:
        return None
    return _l("You give this list: somebody else takes it. If you stay on duty yourself, say so.")


def giver_signed(act: Act) -> Sentence | None:
    """The giver confirms first, unless there is none."""
    case = act.case
    if case.given_at or case.alone:
        return None
    name = case.giver.name if case.giver else "—"
    return _l("%(name)s has not signed yet. If that is not possible, write down why.", name=name)


def giver_expected(act: Act) -> Sentence | None:
    """There is somebody whose signature is still awaited."""
    case = act.case
    return None if case.giver_id and not case.given_at and not case.alone else _l("No giver is awaited.")


def every_line_owned(act: Act) -> Sentence | None:
    """Nothing is taken over that is nobody's."""
    count = lines.tally(act).unowned
    return _l("Lines without an owner: %(count)s. Say whose they are.", count=count) if count else None


def nobody_else_on_duty(act: Act) -> Sentence | None:
    """Whoever stays on duty is not followed by another one on the roster, who would take the list (QI/03 3.1.2)."""
    case, calendar = act.case, act.rules.calendar
    at = calendar.closing(case.day) if case.occasion == EVENING else calendar.opening(case.day)
    manager = on_duty(act.rules, at or act.now).manager
    if manager is None or manager.id == act.actor.person_id:
        return None
    return _l(
        "By the roster %(name)s is on duty, and takes over. If not, change the roster first.",
        name=manager.name,
    )


def stay_on(act: Act) -> None:
    """Yesterday's duty manager is today's: nothing changes hands, and he signs alone."""
    act.case.alone = STAYS


def without_giver(act: Act) -> None:
    """The giver cannot sign: the taker signs alone, and the list says why."""
    act.case.alone = ABSENT


def take(act: Act) -> None:
    """The taker confirms: what is on the list is his care from now on."""
    act.case.taker_id, act.case.taken_at = act.actor.person_id, act.now
    act.case.owner_id = act.actor.person_id
    act.recorded["in_dispute"] = lines.tally(act).in_dispute


def lapse(act: Act) -> None:
    """Nobody signed: when it is too late by now, the promise is missed; else it is not needed any more."""
    overdue = [one for one in deadlines.of_case(HANDOVER, act.case.id) if one.late]
    deadlines.meet(act, tuple(one.key for one in overdue if one.state == deadlines.OPEN))


def of_office(rules: Rules) -> Handover | None:
    """Return the hand-over to show first: what is open, else the newest."""
    query = select(Handover).where(Handover.office_id == rules.office.id)
    newest = query.order_by(Handover.state != "open", Handover.id.desc()).limit(1)
    return db.session.scalars(newest).unique().one_or_none()
