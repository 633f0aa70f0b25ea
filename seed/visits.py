"""The stories of a field service request, lived through the gate from the call to the morning review (QP/2-04, QI/04)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import cycle, product
from typing import Any

from sqlalchemy import select

from core import clock, gate
from core.db import db
from core.offices import Office
from core.people import Actor
from demo.problems import Problem
from plugins.fieldservice.models import ServiceRequest
from plugins.hotline.models import Call
from seed.callers import Caller
from seed.pattern import Capture, Pattern
from seed.people import Staff, named
from seed.stories import symptom, who_phones

CALL, REQUEST = "hotline.call", "fieldservice.request"
# Some lines and not many words: a million requests are to fit onto a disk.
ON_SITE = (
    Problem(
        product="",
        module="总账",
        operation="打印凭证",
        happens="凭证右边少打一列，换纸也一样",
        cause="边距被改过",
        remedy="重设边距",
        prevention="换纸先试打",
    ),
    Problem(
        product="",
        module="总账",
        operation="反结账",
        happens="反结账报错退出，仍是已结账",
        cause="索引损坏",
        remedy="重建索引",
        prevention="结账前备份",
    ),
    Problem(
        product="",
        module="应收",
        operation="核销单据",
        happens="核销以后余额没有变化",
        cause="单据未审核",
        remedy="审核后重新核销",
        prevention="先审核再核销",
    ),
    Problem(
        product="",
        module="出纳",
        operation="银行对账",
        happens="导入对账单后摘要全是乱码",
        cause="模板编码不对",
        remedy="改用新模板",
        prevention="先试导一行",
    ),
)
# The time of the call, and of the visit that is agreed on, in hours of the day.
HOURS = ((8.75, 13.0), (9.25, 14.0), (9.75, 15.0), (10.25, 16.0))
DAYS = 4
TOLD, DISPATCHED, CONFIRMED, ARRANGED = 3, 25, 40, 45
# Somebody is at the door half an hour before, so that a quarter later is still in time.
BEFORE, ON_FOOT = 30, 4
MINUTE = dt.timedelta(minutes=1)
TURNED_IN, REVIEWED = 50, 9.25


@dataclass(frozen=True)
class Life:
    """What becomes of a request: the steps one after another, how often, and how the visit ends.

    The first one is lived sixteen times: its weight counts as often. What is left unfinished has an ``end`` of its own,
    so that only its copies of the last week stay so.
    """

    steps: tuple[str, ...]
    weight: int
    end: tuple[str, ...] = ()
    result: str = "all_solved"


GOING = ("dispatch", "confirm", "arrange", "arrive")
WORK = ("look_into", "waive_backup", "solve", "try_out", "explain", "sign")
WHOLE = (*GOING, *WORK, "turn_in", "close")
LIVES = (
    Life(WHOLE, 2),
    Life(("dispatch", "give_back", *WHOLE), 2),
    Life(("cancel",), 5),
    Life((), 5, ("cancel",)),
    Life(("dispatch",), 4, ("cancel",)),
    Life(("dispatch", "confirm"), 3, ("cancel",)),
    Life(GOING[:3], 3, ("cancel",)),
    Life((*GOING, "look_into"), 1, (*WORK[1:], "turn_in", "close")),
    Life((*GOING, *WORK), 1, ("turn_in", "close")),
    Life((*GOING, *WORK, "turn_in"), 3, ("close",)),
    Life((*GOING, *WORK, "turn_in"), 1, ("back_to_engineer", "sign", "turn_in", "close"), "unsolved"),
)


def lived(office: Office, staff: Staff, among: Sequence[Caller], monday: dt.date) -> Iterator[Pattern]:
    """Live the stories on the first days of a week, the common ones at every hour, and yield what each left."""
    phoning, problems = cycle(_without_namesakes(among, staff)), cycle(ON_SITE)
    engineers, takers = cycle(staff.field), cycle(staff.engineers)
    rest = cycle(LIVES[1:])
    for place, (day, hours) in enumerate(product(range(DAYS), HOURS)):
        for life in (LIVES[0], next(rest)) if place else LIVES[:1]:
            visit = _Visit(office, staff, next(takers), next(engineers), next(phoning), next(problems))
            yield visit.live(life, monday + dt.timedelta(days=day), *hours)


def _without_namesakes(among: Sequence[Caller], staff: Staff) -> list[Caller]:
    """Leave out who is called like one of the staff: in a copy one name could not be told from the other."""
    return [one for one in among if one.contact not in staff.names] or list(among)


@dataclass(frozen=True)
class _Visit:
    """One request being lived: whose, and who takes part."""

    office: Office
    staff: Staff
    hotline: Actor
    engineer: Actor
    caller: Caller
    problem: Problem

    def live(self, life: Life, day: dt.date, hour: float, visit: float) -> Pattern:
        """Log the call, register the request, and take the steps of its life, each at its own moment."""
        midnight = dt.datetime.combine(day, dt.time(), self.office.zoneinfo)
        start, there = midnight + dt.timedelta(hours=hour, seconds=17), midnight + dt.timedelta(hours=visit)
        capture = Capture()
        request = self._registered(start)
        moments = self._moments(start, there)
        self._take(request, life.steps, moments, there, life.result)
        rows = capture.rows()
        self._take(request, life.end, moments, there, "all_solved")
        return Pattern(
            rows=rows,
            people={"hotline": named(self.hotline), "engineer": named(self.engineer)},
            caller=self.caller,
            started=start,
            weight=life.weight,
            finished=not life.end,
        )

    def _registered(self, start: dt.datetime) -> str:
        with clock.stopped_at(start):
            said = symptom(self.problem) | who_phones(self.caller)
            call: Call = gate.perform(CALL, None, "log", self.hotline, said, office=self.office)
            number, call_id = str(call.number), call.id
        with clock.stopped_at(start + dt.timedelta(minutes=TOLD)):
            reached = {"contact": self.caller.contact, "phone": self.caller.phone}
            asked = {**reached, "address": self.caller.address, "verified": True}
            gate.perform(CALL, number, "request_visit", self.hotline, asked)
        mine = select(ServiceRequest.number).where(ServiceRequest.call_id == call_id)
        return str(db.session.scalars(mine).one())

    def _take(
        self,
        number: str,
        steps: Sequence[str],
        moments: Mapping[str, dt.datetime],
        there: dt.datetime,
        result: str,
    ) -> None:
        """Take steps one after another, none before the one ahead of it."""
        for step in steps:
            changed = select(ServiceRequest.changed_at).where(ServiceRequest.number == number)
            soon = db.session.scalars(changed).one() + ON_FOOT * MINUTE
            with clock.stopped_at(max(moments.get(step, soon), soon)):
                gate.perform(REQUEST, number, step, self._who(step), self._said(step, there, result))

    def _moments(self, start: dt.datetime, there: dt.datetime) -> dict[str, dt.datetime]:
        """Say when steps are taken: in the office after the call, at the customer's before the agreed hour."""
        seconds = dt.timedelta(seconds=start.second)
        arrived = there - BEFORE * MINUTE + seconds
        tomorrow = dt.datetime.combine(start.date() + dt.timedelta(days=1), dt.time(), self.office.zoneinfo)
        morning = tomorrow + dt.timedelta(hours=REVIEWED) + seconds
        return {
            "dispatch": start + DISPATCHED * MINUTE,
            "confirm": start + CONFIRMED * MINUTE,
            "arrange": start + ARRANGED * MINUTE,
            **{step: arrived + ON_FOOT * at * MINUTE for at, step in enumerate(("arrive", *WORK))},
            "turn_in": arrived + TURNED_IN * MINUTE,
            "close": morning,
            "back_to_engineer": morning,
        }

    def _who(self, step: str) -> Actor:
        by_duty = ("dispatch", "cancel", "close", "back_to_engineer")
        return self.staff.duty if step in by_duty else self.engineer

    def _said(self, step: str, there: dt.datetime, result: str) -> dict[str, Any]:
        contact, problem = self.caller.contact, self.problem
        said: dict[str, dict[str, Any]] = {
            "dispatch": {"engineer_id": self.engineer.person_id},
            "give_back": {"reason": "地址要先核对"},
            "back_to_engineer": {"reason": "结果填错"},
            "cancel": {"reason": "客户来电：已自行解决"},
            "arrange": {"appointment_at": there},
            "look_into": {"met": contact, "identity": True, "shown": True},
            "waive_backup": {"backup_waived": "不动数据"},
            "solve": {"cause": problem.cause, "remedy": problem.remedy},
            "try_out": {"tried_by": contact},
            "explain": {"prevention": problem.prevention},
            "sign": {"result": result, "signed_by": contact, "on_paper": "夹"},
            "turn_in": {"travel_cost": "20", "material_cost": "0", "other_cost": "0"},
        }
        return said.get(step, {})
