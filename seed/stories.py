"""The stories of a call, lived through the gate at a given moment: what a hotline does all day."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import cycle
from typing import Any

from core import clock, gate
from core.offices import Office
from core.people import Actor
from demo.problems import BY_PHONE, Problem
from plugins.hotline.models import Call
from seed.callers import Caller
from seed.pattern import Capture, Pattern
from seed.people import Staff, named

HOURS = (8.75, 9.25, 9.75, 10.25, 12.75, 13.5, 14.25, 15.0)


Taken = tuple[str, str, int, dict[str, str]]


@dataclass(frozen=True)
class Life:
    """One story: the steps after logging (who, which, minutes later, what is said), and how often it happens.

    What is left unfinished has an ``end`` of its own, so that only its copies of the last week stay so.
    """

    steps: tuple[Taken, ...]
    weight: int
    end: tuple[Taken, ...] = ()


def lives(problem: Problem) -> tuple[Life, ...]:
    """Return what may become of a call about a problem."""
    answer = {"answer": problem.answer or "已按说明书指导客户当场操作，问题消失"}
    why = {"reason": "服务期已过，客户问续费办法，请区域经理联系"}
    asked = ("engineer", "demand", 3, {"demand": "客户要求今天上门，下午三点前要开票"})
    parked, solved = ("engineer", "park", 4, dict[str, str]()), (("engineer", "solve", 50, answer),)
    answered = ("duty", "answer_demand", 35, answer)
    return (
        Life((("engineer", "solve", 6, answer),), 12),
        Life((parked, ("engineer", "solve", 40, answer)), 3),
        Life((asked, answered, *solved), 2),
        Life((("engineer", "hand_over", 5, why), ("manager", "settle", 70, answer)), 1),
        Life((), 2, solved),
        Life((parked,), 1, solved),
        Life((asked,), 1, (answered, *solved)),
    )


def lived(office: Office, staff: Staff, among: Sequence[Caller], monday: dt.date) -> Iterator[Pattern]:
    """Live every story on some days of a week, each for another customer, and yield what each left."""
    luck = random.Random(f"koudai seed stories {office.code}")
    phoning = cycle(among[: 5 * len(HOURS) * 2])
    for day in range(5):
        for place, hour in enumerate(HOURS):
            problem = BY_PHONE[(day * len(HOURS) + place) % len(BY_PHONE)]
            for life in luck.sample(lives(problem), 2):
                start = dt.datetime.combine(monday + dt.timedelta(days=day), dt.time(), office.zoneinfo)
                at = start + dt.timedelta(
                    hours=hour, minutes=luck.randrange(3), seconds=1 + luck.randrange(58)
                )
                yield _live(office, staff, luck.choice(staff.engineers), next(phoning), problem, life, at)


def _live(
    office: Office,
    staff: Staff,
    engineer: Actor,
    caller: Caller,
    problem: Problem,
    life: Life,
    at: dt.datetime,
) -> Pattern:
    people = {"engineer": engineer, "duty": staff.duty, "manager": staff.manager}
    capture = Capture()
    with clock.stopped_at(at):
        said = symptom(problem) | who_phones(caller)
        call: Call = gate.perform("hotline.call", None, "log", engineer, said, office=office)
        number = str(call.number)
    _take(number, people, life.steps, at)
    rows = capture.rows()
    _take(number, people, life.end, at)
    return Pattern(
        rows=rows,
        people={"hotline": named(engineer)},
        caller=caller,
        started=at,
        weight=life.weight,
        finished=not life.end,
    )


def _take(number: str, people: Mapping[str, Actor], steps: tuple[Taken, ...], at: dt.datetime) -> None:
    """Take steps of a call, each at its own moment."""
    for who, step, minutes, more in steps:
        with clock.stopped_at(at + dt.timedelta(minutes=minutes)):
            gate.perform("hotline.call", number, step, people[who], more)


def who_phones(caller: Caller) -> dict[str, Any]:
    """Return what is written into the log of somebody who phones."""
    whose = {"customer_id": str(caller.customer_id), "installation_id": caller.installation_id}
    return {**whose, "channel": "phone", "contact": caller.contact, "phone": caller.phone}


def symptom(problem: Problem) -> dict[str, Any]:
    """Return a problem as it is written into the log."""
    asked = ("module", "operation", "happens", "message", "since", "tried")
    return {name: getattr(problem, name) for name in asked if getattr(problem, name)}
