"""The stories of a call, lived through the gate at a given moment: what a hotline does all day."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import cycle
from typing import Any

from sqlalchemy import select

from core import clock, gate
from core.customers.models import Customer
from core.db import db
from core.offices import Office
from core.people import Actor
from demo.problems import BY_PHONE, Problem
from plugins.hotline.models import Call
from seed.pattern import Capture, Pattern
from seed.people import Staff

HOURS = (8.75, 9.25, 9.75, 10.25, 12.75, 13.5, 14.25, 15.0)


@dataclass(frozen=True)
class Life:
    """One story: the steps after logging (who, which, minutes later, what is said), and how often it happens."""

    steps: tuple[tuple[str, str, int, dict[str, str]], ...]
    weight: int
    finished: bool = True


def lives(problem: Problem) -> tuple[Life, ...]:
    """Return what may become of a call about a problem."""
    answer = {"answer": problem.answer or "已按说明书指导客户当场操作，问题消失"}
    why = {"reason": "服务期已过，客户问续费办法，请区域经理联系"}
    asked = ("engineer", "demand", 3, {"demand": "客户要求今天上门，下午三点前要开票"})
    return (
        Life((("engineer", "solve", 6, answer),), 12),
        Life((("engineer", "park", 4, {}), ("engineer", "solve", 40, answer)), 3),
        Life((asked, ("duty", "answer_demand", 35, answer), ("engineer", "solve", 50, answer)), 2),
        Life((("engineer", "hand_over", 5, why), ("manager", "settle", 70, answer)), 1),
        Life((), 2, finished=False),
        Life((("engineer", "park", 4, {}),), 1, finished=False),
        Life((asked,), 1, finished=False),
    )


def lived(office: Office, staff: Staff, monday: dt.date) -> Iterator[Pattern]:
    """Live every story on some days of a week, each for another customer, and yield what each left."""
    luck = random.Random(f"koudai seed stories {office.code}")
    callers = cycle(_callers(office.id))
    for day in range(5):
        for place, hour in enumerate(HOURS):
            problem = BY_PHONE[(day * len(HOURS) + place) % len(BY_PHONE)]
            for life in luck.sample(lives(problem), 2):
                start = dt.datetime.combine(monday + dt.timedelta(days=day), dt.time(), office.zoneinfo)
                at = start + dt.timedelta(hours=hour, minutes=luck.randrange(3))
                engineer = luck.choice(staff.engineers)
                yield _live(office, staff, engineer, next(callers), problem, life, at)


def _callers(office_id: int) -> list[Customer]:
    query = select(Customer).where(Customer.office_id == office_id).order_by(Customer.id)
    return list(db.session.scalars(query.limit(5 * len(HOURS) * 2)))


def _live(
    office: Office,
    staff: Staff,
    engineer: Actor,
    caller: Customer,
    problem: Problem,
    life: Life,
    at: dt.datetime,
) -> Pattern:
    contact, product = caller.contacts[0], caller.installations[0]
    words = (caller.name, contact.name, contact.phones, product.title)
    ids = {"customer_id": caller.id, "installation_id": product.id}
    said = {**symptom(problem), **ids, "channel": "phone", "contact": words[1], "phone": words[2]}
    capture = Capture()
    number = _acted(
        office, {"engineer": engineer, "duty": staff.duty, "manager": staff.manager}, said, life, at
    )
    return Pattern(
        rows=capture.rows(),
        number=number,
        engineer=(engineer.person_id or 0, engineer.name),
        caller=words,
        **ids,
        started=at,
        weight=life.weight,
        finished=life.finished,
    )


def _acted(
    office: Office, people: Mapping[str, Actor], said: Mapping[str, Any], life: Life, at: dt.datetime
) -> str:
    """Log the call and take the steps of its life, each at its own moment; return its number."""
    with clock.stopped_at(at):
        call: Call = gate.perform("hotline.call", None, "log", people["engineer"], said, office=office)
        number = str(call.number)
    for who, step, minutes, more in life.steps:
        with clock.stopped_at(at + dt.timedelta(minutes=minutes)):
            gate.perform("hotline.call", number, step, people[who], more)
    return number


def symptom(problem: Problem) -> dict[str, Any]:
    """Return a problem as it is written into the log."""
    asked = ("module", "operation", "happens", "message", "since", "tried")
    return {name: getattr(problem, name) for name in asked if getattr(problem, name)}
