"""Deadlines are rows: started by a step, owned by somebody, met or missed, each with the trace of its time."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import JSON, ForeignKey, Index, String, and_, exists, or_, select, update
from sqlalchemy.orm import Mapped, mapped_column, relationship

from core import clock
from core.clauses import code_of
from core.db import Model, SharedRow, db
from core.i18n import Sentence, _l
from core.ledger import LedgerRow
from core.people import Actor, Person, has_lost
from core.seldom import seldom
from core.worktime import Due, OfficeCalendar

if TYPE_CHECKING:
    from core.gate import Act
    from core.procedure import DeadlineRule, Procedure
    from core.roles import Role
    from core.rules import Rules

OPEN, MET, MISSED, DROPPED = "open", "met", "missed", "dropped"


class Deadline(Model, SharedRow):
    """One promise: what is due, when, whose it is, and how the time was computed."""

    __tablename__ = "core_deadline"
    __table_args__ = (
        Index("ix_core_deadline_due", "office_id", "state", "due_at"),
        Index("ix_core_deadline_subject", "procedure", "subject_id", "state"),
        Index("ix_core_deadline_person", "person_id", "state", "due_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(60))
    procedure: Mapped[str] = mapped_column(String(60))
    subject_id: Mapped[int]
    number: Mapped[str] = mapped_column(String(24))
    heading: Mapped[str] = mapped_column(String(120))
    role: Mapped[str] = mapped_column(String(40))
    person_id: Mapped[int | None] = mapped_column(ForeignKey("core_person.id"))
    clause: Mapped[str] = mapped_column(String(60))
    plugin: Mapped[str] = mapped_column(String(40))
    started_at: Mapped[dt.datetime]
    due_at: Mapped[dt.datetime]
    ended_at: Mapped[dt.datetime | None]
    state: Mapped[str] = mapped_column(String(10), default=OPEN)
    trace: Mapped[list[dict[str, Any]]] = mapped_column(JSON)
    person: Mapped[Person | None] = relationship("Person", lazy="joined", foreign_keys=[person_id])

    @property
    def late(self) -> bool:
        """Whether the time has passed: while it was open, or before it was done."""
        return self.state == MISSED or (self.state == OPEN and self.due_at < clock.now())

    @property
    def left(self) -> dt.timedelta:
        """The time that is left; negative when it is overdue."""
        return self.due_at - (self.ended_at or clock.now())


IS_OPEN = seldom(Deadline.state == OPEN)


@dataclass(frozen=True)
class Within:
    """How long a deadline runs: a way to count working time, and the parameter that an office sets it with.

    ``told`` puts it into words, for the parameter's value. What was ``promised`` starts only when somebody was told a
    time. Where nothing is ``counted``, the start is the very moment at which it is due. What is for ``one_day`` is due
    on the working day on which it starts.
    """

    counts: Callable[[OfficeCalendar, dt.datetime, Any], Due]
    parameter: str = ""
    told: Callable[[Any], Sentence] = lambda value: _l("as the rule says: %(value)s", value=value)
    promised: bool = False
    counted: bool = True
    one_day: bool = False

    def due(self, rules: Rules, start: dt.datetime) -> Due:
        """Compute when it is due in an office, with the trace of how the time came about."""
        value = rules.parameter(self.parameter) if self.parameter else None
        return self.counts(rules.calendar, start, value)


def working_minutes(parameter: str) -> Within:
    """So many minutes of working time, the number being a parameter of the office."""
    return Within(
        lambda calendar, start, minutes: calendar.after_minutes(start, minutes),
        parameter,
        lambda minutes: _l("within %(minutes)s working minutes", minutes=minutes),
    )


def same_working_day() -> Within:
    """By closing time of the same working day, in every office."""
    return Within(
        lambda calendar, start, _none: calendar.same_working_day(start), told=_by_closing, one_day=True
    )


def working_days(parameter: str) -> Within:
    """By closing time of the n-th working day, n being a parameter of the office; 0 is the same working day."""
    return Within(lambda calendar, start, days: calendar.working_days(start, days), parameter, _by_closing)


def every_days(parameter: str) -> Within:
    """By closing time so many days later by the calendar, or of the next working day if the office is closed then."""
    return Within(lambda calendar, start, days: calendar.every_days(start, days), parameter, _every)


def next_working_morning(parameter: str) -> Within:
    """The next working morning, until the hour (0-23) that a parameter of the office says."""
    return Within(
        lambda calendar, start, hour: calendar.next_working_morning(start, dt.time(hour)),
        parameter,
        lambda hour: _l("the next working day until %(hour)s o'clock", hour=hour),
    )


def after_opening(parameter: str) -> Within:
    """So many working minutes after the office opens on the day of the start, the number being a parameter."""
    return Within(
        lambda calendar, start, minutes: calendar.opening_plus(calendar.local_day(start), minutes),
        parameter,
        lambda minutes: _l("within %(minutes)s minutes of opening", minutes=minutes),
    )


def as_promised() -> Within:
    """At the very moment that the case keeps in ``since``: somebody was told it, be the office open then or not."""
    return Within(
        lambda calendar, start, _none: calendar.as_promised(start),
        told=lambda _none: _l("at the time that was promised"),
        promised=True,
        counted=False,
    )


def _by_closing(days: int | None) -> Sentence:
    if not days:
        return _l("by closing time of the same working day")
    if days == 1:
        return _l("by closing time of the next working day")
    return _l("by closing time of working day %(days)s after it", days=days)


def _every(days: int) -> Sentence:
    if days == 1:
        return _l("by closing time of the next day; is the office closed then, of its next working day")
    return _l(
        "by closing time %(days)s days later; is the office closed then, of its next working day", days=days
    )


def follow(act: Act) -> None:
    """Let the promises of a case follow the step that was taken: meet, drop and start what it says."""
    meet(act, act.step.meets)
    drop(act, act.step.drops)
    for key in act.step.starts:
        rule = act.procedure.deadlines[key]
        if _applies(act, rule) and not _unpromised(act, rule):
            start(act, rule)
    if act.procedure.states[act.case.state].final:
        drop(act)


def _applies(act: Act, rule: DeadlineRule) -> bool:
    """Say whether the state reached, and what was said in the step, start the deadline."""
    return (not rule.only_in or act.case.state in rule.only_in) and (rule.when is None or rule.when(act))


def _unpromised(act: Act, rule: DeadlineRule) -> bool:
    """Say whether nobody was told a time, so that there is nothing to keep."""
    return rule.within.promised and getattr(act.case, rule.since or "") is None


def start(act: Act, rule: DeadlineRule) -> Deadline:
    """Start a deadline of a case; what is open under the same key is superseded."""
    case = act.case
    _end(_open_of(act, (rule.key,)), DROPPED, act.now)
    since = (getattr(case, rule.since) if rule.since else None) or act.now
    due = rule.within.due(act.rules, since)
    deadline = Deadline(
        office_id=case.office_id,
        shared_office_id=case.shared_office_id,
        key=rule.key,
        procedure=act.procedure.name,
        subject_id=case.id,
        number=case.number or "",
        heading=str(act.procedure.heading(case) or "")[:120],
        role=rule.owner.key,
        person_id=_whose(act, rule),
        clause=code_of(rule.clause),
        plugin=rule.plugin,
        started_at=min(since, act.now) if rule.within.promised else since,
        due_at=due.at,
        state=OPEN,
        trace=[line.to_json() for line in due.trace],
    )
    db.session.add(deadline)
    return deadline


def _whose(act: Act, rule: DeadlineRule) -> int | None:
    """Return who keeps a promise by name: in the name of whoever has lost the role it waits for the role."""
    person_id: int | None = getattr(act.case, rule.owner_attribute) if rule.owner_attribute else None
    if person_id is None or person_id == act.actor.person_id:
        return person_id
    return None if has_lost(person_id, act.case.office_id, rule.owner) else person_id


def meet(act: Act, keys: tuple[str, ...]) -> None:
    """End the open deadlines of a case: met in time, or missed when their time has passed."""
    for deadline in _open_of(act, keys):
        _end([deadline], MET if act.now <= deadline.due_at else MISSED, act.now)


def drop(act: Act, keys: tuple[str, ...] | None = None) -> None:
    """End what is open of a case (all of it, when it has come to its end); nothing was missed by that."""
    _end(_open_of(act, keys), DROPPED, act.now)


def hand_over(act: Act, person_id: int | None) -> None:
    """Give the case's open deadlines that belong to a person to another one."""
    for deadline in _open_of(act, None):
        if deadline.person_id is not None:
            deadline.person_id = person_id


def open_of(person_id: int) -> list[Deadline]:
    """Return what waits for a person in the offices in sight, most urgent first."""
    query = select(Deadline).where(Deadline.person_id == person_id, IS_OPEN)
    return list(db.session.scalars(query.order_by(Deadline.due_at, Deadline.id)))


def release(office_id: int, person_id: int, role: Role | None = None) -> list[str]:
    """Let what waits for a person in an office (in one role) wait for the role again; return the cases' numbers."""
    where = [Deadline.office_id == office_id, Deadline.person_id == person_id, IS_OPEN]
    if role is not None:
        where.append(Deadline.role == role.key)
    # Locked in the order in which steps lock them.
    found = db.session.scalars(
        select(Deadline).where(*where).order_by(Deadline.id).with_for_update(of=Deadline)
    )
    released = list(found)
    for deadline in released:
        deadline.person_id = None
    return sorted({deadline.number for deadline in released})


def sweep(procedures: Iterable[Procedure], plugin: str, office_id: int, now: dt.datetime) -> None:
    """Drop what a plugin that was off has promised and others did meanwhile; the rest goes on as it stood."""
    for procedure in procedures:
        for key in (rule.key for rule in procedure.deadlines.values() if rule.plugin == plugin):
            meets = [step.name for step in procedure.steps.values() if key in step.meets]
            done = exists().where(
                LedgerRow.procedure == Deadline.procedure,
                LedgerRow.subject_id == Deadline.subject_id,
                LedgerRow.kind == "step",
                LedgerRow.action.in_(meets),
                LedgerRow.at > Deadline.started_at,
            )
            where = (
                Deadline.office_id == office_id,
                Deadline.procedure == procedure.name,
                Deadline.key == key,
            )
            found = db.session.scalars(select(Deadline).where(*where, IS_OPEN, done))
            _end(list(found), DROPPED, now)


def give_number(act: Act) -> None:
    """Write a number that was drawn last onto the deadlines that wait for it."""
    where = (Deadline.procedure == act.procedure.name, Deadline.subject_id == act.case.id)
    db.session.execute(update(Deadline).where(*where, Deadline.number == "").values(number=act.case.number))


def _open_of(act: Act, keys: tuple[str, ...] | None) -> list[Deadline]:
    if keys == ():
        return []
    query = select(Deadline).where(
        Deadline.procedure == act.procedure.name, Deadline.subject_id == act.case.id, IS_OPEN
    )
    query = query.order_by(Deadline.id)
    return list(db.session.scalars(query if keys is None else query.where(Deadline.key.in_(keys))))


def _end(deadlines: list[Deadline], state: str, at: dt.datetime) -> None:
    for deadline in deadlines:
        deadline.state, deadline.ended_at = state, at


def of_case(procedure: str, subject_id: int) -> list[Deadline]:
    """Return the deadlines of a case, what is open first, then the newest."""
    where = (Deadline.procedure == procedure, Deadline.subject_id == subject_id)
    found = db.session.scalars(select(Deadline).where(*where).order_by(Deadline.due_at.desc()))
    return sorted(found, key=lambda deadline: deadline.state != OPEN)


def shown(procedure: Procedure, subject_id: int) -> list[Deadline]:
    """Return the deadlines of a case that are anybody's business: what a plugin promised that is off now waits for it."""
    found = of_case(procedure.name, subject_id)
    return [one for one in found if one.state != OPEN or one.key in procedure.deadlines]


def next_of(procedure: str, subject_ids: list[int]) -> dict[int, Deadline]:
    """Return the most urgent open deadline of each of these cases: one query, whatever their number."""
    where = (Deadline.procedure == procedure, Deadline.subject_id.in_(subject_ids), IS_OPEN)
    query = select(Deadline).where(*where).order_by(Deadline.due_at.desc(), Deadline.id.desc())
    return {deadline.subject_id: deadline for deadline in db.session.scalars(query)}


def is_for(deadline: Deadline, actor: Actor) -> bool:
    """Say whether a deadline is an actor's own, or waits for one of his roles."""
    if deadline.person_id is not None:
        return deadline.person_id == actor.person_id
    return deadline.role in actor.roles_in(deadline.office_id)


def mine(actor: Actor) -> Any:
    """Return the condition for open deadlines that are an actor's own or wait for one of his roles."""
    by_role = [
        and_(Deadline.office_id == office_id, Deadline.role.in_(keys), Deadline.person_id.is_(None))
        for office_id, keys in actor.roles.items()
    ]
    return and_(IS_OPEN, or_(Deadline.person_id == actor.person_id, *by_role))
