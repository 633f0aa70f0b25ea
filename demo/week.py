"""A week of work in one office: stories of calls and requests, to be played in the order of time."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from core.customers.models import Customer, Installation
from core.people import Actor
from demo.desk import Desk
from demo.diary import Story, Week
from demo.further import further_stories
from demo.problems import BY_PHONE, COMPLAINTS, FINDINGS, ON_SITE, SEALED, UNKNOWN, WITHDRAWN, Problem
from demo.signature import signed
from demo.unsolved import Unsolved

Errand = Iterator[tuple[dt.datetime, str, Actor, dict[str, Any]]]
LAST = "close"
# When the engineer is expected, one customer after the other: nobody is sent to two at once.
ARRIVALS, MINUTES = ("09:00", "10:16", "11:32", "12:48", "14:04", "15:18"), 70
OPINIONS = ("问题解决，工程师很耐心", "满意", "讲解清楚，希望多提供操作手册", "处理及时")
PROMISES = ("明天上午都有人在", "请避开周一上午的例会", "下午两点以后方便", "")


@dataclass
class OfficeWeek:
    """The stories of one office; the same kinds in each, with other customers, problems and minutes."""

    desk: Desk
    week: Week
    rng: random.Random = field(init=False)
    arrivals: dict[int, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.rng = self.desk.rng
        self._phone, self._visits = self._shuffled(BY_PHONE), self._shuffled(ON_SITE)

    def _shuffled(self, problems: tuple[Problem, ...]) -> list[Problem]:
        return self.rng.sample(problems, len(problems))

    def stories(self) -> list[Story]:
        """Return everything that happens in the week."""
        return [
            self.roster(),
            *(self.solved_by_phone(day, time) for day, time in self._phone_times()),
            *(self.visit(day, time, upto) for day, time, upto in VISITS),
            self.visit(1, "14:10", "turn_in", result="partly", goes_on=self._sent_again),
            self.visit(1, "15:30", "arrange", goes_on=self._moved_too_late),
            self.visit(3, "15:20", "confirm", goes_on=self._given_back),
            self.visit(5, "14:50", "register", goes_on=self._the_manager_dispatches),
            self.cancelled_request(),
            self.cancelled_call(),
            self.parked(4, "10:20"),
            self.parked(5, "16:25"),
            self.test_answered(),
            self.demand(2, "09:40", answered=True),
            self.demand(5, "16:40", answered=False),
            self.complaint(2, "10:05", COMPLAINTS[0], answered=True),
            self.complaint(4, "11:10", COMPLAINTS[1], answered=False),
            self.unfinished_call(),
            self.stranger(),
            self.withdrawn_product(),
            self.sealed_customer(),
            self.expired(1, "09:05", self._courtesy),
            self.expired(2, "14:35", self._declined),
            self.expired(4, "15:15", self._waiting),
            self.reviewed(),
            self.promised_by_the_book(),
            *Unsolved(self).stories(),
            *further_stories(self.desk, self.week, self._phone[0]),
        ]

    def _phone_times(self) -> list[tuple[int, str]]:
        times = (
            (1, "09:20"),
            (1, "16:05"),
            (2, "10:45"),
            (3, "08:55"),
            (3, "13:30"),
            (4, "09:35"),
            (5, "14:15"),
        )
        return [(day, self._about(time)) for day, time in times]

    def _about(self, time: str) -> str:
        """Return a time some minutes later, so that offices differ."""
        hour, minute = map(int, time.split(":"))
        return f"{hour:02}:{min(minute + self.rng.randint(0, 9), 59):02}"

    def _after(self, start: dt.datetime, minutes: int) -> dt.datetime:
        return start + dt.timedelta(minutes=minutes + self.rng.randint(0, 5))

    # --- calls

    def solved_by_phone(self, day: int, time: str) -> Story:
        """A call that is solved while the customer waits."""
        start, problem = self.week.at(day, time), self._phone.pop()
        one = self.desk.covered(problem.product)
        yield start
        call = self.desk.log(problem, one, one.customer)
        yield self._after(start, 7)
        self.desk.call(call, "solve", answer=problem.answer)

    def unfinished_call(self) -> Story:
        """A call late in the evening that is still being handled."""
        yield self.week.at(5, "17:35")
        one = self.desk.covered("财务通")
        self.desk.log(self._visits[0], one, one.customer, channel="phone")

    def roster(self) -> Story:
        """Who is on duty in the months that the week touches (QP/2-04 5.1)."""
        yield self.week.at(1, "08:00")
        for month in sorted({f"{day:%Y-%m}" for day in self.week.days}):
            self.desk.draw_up_roster(month)

    def reviewed(self) -> Story:
        """The support manager reads what the week has taught, but not the last of it (QI/01 flow)."""
        yield self.week.at(5, "16:05")
        self.desk.publish(leaving=1)

    def promised_by_the_book(self) -> Story:
        """A function is not as the manual says: an answer in three working days (QI/02)."""
        yield self.week.at(5, "10:35")
        one = self.desk.covered("财务通")
        call = self.desk.log(UNKNOWN, one, one.customer)
        self.desk.call(call, "reply", entry="function.not-as-documented")

    def stranger(self) -> Story:
        """A customer who is not in the file is added during the call (QI/02 file.missing)."""
        start, city = self.week.at(3, "10:10"), self.desk.office.name_zh[:2]
        yield start
        call = self.desk.log_stranger(
            UNKNOWN,
            new_customer=f"{city}晴川眼镜有限公司",
            new_address=f"{city}市范例路 88 号 3 楼",
            contact="罗知秋",
            phone="10005559001",
        )
        yield self._after(start, 16)
        self.desk.call(call, "solve", answer=UNKNOWN.answer)

    def cancelled_call(self) -> Story:
        """The same customer phoned twice: the second number is void."""
        start, problem = self.week.at(2, "11:05"), self._phone.pop()
        one = self.desk.covered(problem.product)
        yield start
        call = self.desk.log(problem, one, one.customer)
        yield self._after(start, 4)
        self.desk.call(call, "cancel", reason="与同日上一通来电重复登记，以前一号为准")

    def parked(self, day: int, time: str) -> Story:
        """A test that takes long: the customer waits for a call back (QI/03 3.2.5)."""
        start, problem = self.week.at(day, time), self._visits.pop()
        one = self.desk.covered(problem.product)
        yield start
        call = self.desk.log(problem, one, one.customer, channel="email")
        yield self._after(start, 9)
        self.desk.call(call, "park")

    def test_answered(self) -> Story:
        """A long test whose result the customer heard within the hour."""
        start, problem = self.week.at(3, "15:40"), self._phone[0]
        one = self.desk.covered(problem.product)
        yield start
        call = self.desk.log(problem, one, one.customer)
        yield self._after(start, 5)
        self.desk.call(call, "park")
        yield self._after(start, 40)
        self.desk.call(call, "solve", answer=problem.answer)

    def demand(self, day: int, time: str, *, answered: bool) -> Story:
        """A visit is demanded for the same day: the duty manager phones within the hour (QI/03 3.1.7)."""
        start, problem = self.week.at(day, time), self._visits.pop()
        one = self.desk.covered(problem.product)
        yield start
        call = self.desk.log(problem, one, one.customer)
        yield self._after(start, 8)
        self.desk.call(call, "demand", demand="明天发工资，要求今天必须来人，否则投诉")
        if answered:
            yield self._after(start, 35)
            answer = "已与客户通电话，先按临时办法发工资，热线继续处理"
            self.desk.call(call, "answer_demand", self.desk.duty, answer=answer)
            yield self._after(start, 50)
            self.desk.call(call, "solve", answer=f"{problem.remedy}；客户确认今天不必上门")

    def complaint(self, day: int, time: str, said: tuple[str, str, str], *, answered: bool) -> Story:
        """A complaint, to be answered the same working day (QI/02)."""
        start = self.week.at(day, time)
        one = self.desk.covered("财务通")
        yield start
        call = self.desk.log(self._phone[0], one, one.customer)
        yield self._after(start, 6)
        number = self.desk.complain(call, *said)
        if answered:
            yield self.week.at(day, "15:50")
            self.desk.answer_complaint(number, **FINDINGS)

    def withdrawn_product(self) -> Story:
        """No request for a product withdrawn from sale: an upgrade is offered (QI/02 upgrade.withdrawn)."""
        start, one = self.week.at(4, "13:50"), self.desk.withdrawn()
        customer = one.customer
        yield start
        call = self.desk.log(WITHDRAWN, one, customer)
        yield self._after(start, 5)
        self.desk.attempt("hotline.call", call, "request_visit", self.desk.hotline)
        yield self._after(start, 12)
        self.desk.call(call, "solve", answer=WITHDRAWN.answer)

    def sealed_customer(self) -> Story:
        """A sealed customer phones: no request, the call goes to the regional manager (QI/03 3.3.1)."""
        customer = self.desk.longest_expired()
        yield self.week.at(1, "10:30")
        reason = "服务到期后先后上门四次，催缴未付，书面通知两次没有回复"
        self.desk.seal(customer, reason=reason, extension="8013")
        start = self.week.at(5, "09:50")
        yield start
        call = self.desk.log(SEALED, customer.installations[0], customer)
        yield self._after(start, 5)
        reason = "已封存客户，已告知区域经理姓名与分机，客户要求当日回话"
        self.desk.call(call, "hand_over", reason=reason)

    # --- requests

    def visit(
        self, day: int, time: str, upto: str, *, result: str = "all_solved", goes_on: Any = None
    ) -> Story:
        """A request on its way from the call to the review, as far as ``upto``."""
        problem = self._next_visit()
        start, one = self.week.at(day, self._about(time)), self.desk.covered(problem.product)
        yield start
        call = self.desk.log(problem, one, one.customer)
        yield self._after(start, 10)
        number = self.desk.register(call, one.customer, wanted_time=self.rng.choice(PROMISES))
        if upto != "register":
            yield from self._walk(number, self.errand(day, start, problem, one.customer, result), upto)
        if goes_on:
            yield from goes_on(number, day)

    def _next_visit(self) -> Problem:
        self._visits.insert(0, self._visits.pop())
        return self._visits[0]

    def _walk(self, number: str, errand: Errand, upto: str) -> Story:
        for moment, step, actor, values in errand:
            yield moment
            if step == "sign" and self.desk.is_courtesy(number):
                told = {"courtesy_told_to": values["signed_by"], "courtesy_told": True}
                self.desk.request(number, "tell_last_free", actor, **told)
            self.desk.request(number, step, actor, **values)
            if step == upto:
                return

    def errand(
        self, day: int, start: dt.datetime, problem: Problem, customer: Customer, result: str
    ) -> Errand:
        """Say what the duty manager and the engineer do with a request, and when."""
        duty, engineer = self.desk.duty, self.desk.engineer
        advice = "先备份账套，再按支持数据库里的同类问题处理"
        arrives = self._arrival(day + 1)
        plan = {"planned_at": arrives, "planned_minutes": MINUTES}
        who = {"engineer_id": engineer.person_id, "problem_type": "usage", "advice": advice, **plan}
        yield max(self._after(start, 45), start), "dispatch", duty, who
        yield self._after(start, 62), "confirm", engineer, {}
        yield self.week.at(day + 1, self._about("08:40")), "arrange", engineer, {"appointment_at": arrives}
        yield from self._on_site(arrives, problem, customer, result)
        cost = {"travel_cost": str(self.rng.randint(4, 38)), "material_cost": "0", "other_cost": "0"}
        yield self.week.at(day + 1, self._about("16:40")), "turn_in", engineer, cost
        known = {"problem": problem.happens, "solution": problem.remedy, "avoid": problem.prevention}
        yield self.week.at(day + 2, self._about("08:45")), "standardise", engineer, known
        yield self.week.at(day + 2, self._about("09:05")), LAST, duty, {}

    def _arrival(self, day: int) -> dt.datetime:
        """Return the next hour of a day that the engineer has free."""
        place = self.arrivals[day] = self.arrivals.get(day, -1) + 1
        return self.week.at(day, ARRIVALS[place])

    def _on_site(self, arrives: dt.datetime, problem: Problem, customer: Customer, result: str) -> Errand:
        engineer, contact = self.desk.engineer, customer.contacts[0].name
        yield arrives, "arrive", engineer, {}
        yield (
            self._after(arrives, 6),
            "look_into",
            engineer,
            {"met": contact, "identity": True, "shown": True},
        )
        sets = self.rng.choice(("001", "001, 002", "001, 003"))
        yield self._after(arrives, 12), "back_up", engineer, {"account_sets": sets, "reports_asked": True}
        found = {"cause": problem.cause, "remedy": problem.remedy}
        yield self._after(arrives, 36), "solve", engineer, found
        yield self._after(arrives, 46), "try_out", engineer, {"tried_by": contact}
        yield self._after(arrives, 55), "explain", engineer, {"prevention": problem.prevention}
        opinion = "还有两张单据没有恢复，等再次上门" if result != "all_solved" else self.rng.choice(OPINIONS)
        word = {"result": result, "opinion": opinion, "signed_by": contact, "signature": signed(contact)}
        yield self._after(arrives, 64), "sign", engineer, word

    def _sent_again(self, number: str, day: int) -> Story:
        """The review finds the problem half solved: a conference finds the remedy, and somebody is sent again (QI/05)."""
        yield self.week.at(day + 2, "09:05")
        self.desk.request(number, "confer", self.desk.duty)
        yield self.week.at(day + 2, "09:20")
        advice = "带上官方修复工具，先恢复剩下两张单据，再逐月核对余额；资深工程师电话支持"
        self.desk.confer(number, "两张单据的索引损坏，重建即可", advice)
        yield self.week.at(day + 2, "09:25")
        self.desk.request(number, "send_again", self.desk.duty, advice=advice)
        again = self.desk.follow_up_of(number)
        yield self.week.at(day + 2, "09:40")
        self.desk.request(again, "dispatch", self.desk.duty, engineer_id=self.desk.engineer.person_id)
        yield self.week.at(day + 2, "10:10")
        self.desk.request(again, "confirm", self.desk.engineer)

    def _moved_too_late(self, number: str, day: int) -> Story:
        """An appointment that was moved with the customer's consent, and a promise that was missed by it."""
        yield self.week.at(day + 1, "09:30")
        moved = {"reason": "客户财务主管出差，改到回来以后", "consent": True}
        when = self.week.at(6, "16:30")
        self.desk.request(number, "reschedule", self.desk.engineer, appointment_at=when, **moved)

    def _given_back(self, number: str, day: int) -> Story:
        """The engineer cannot find the address and gives the request back (QI/04 3.1.1)."""
        yield self.week.at(day + 1, "08:50")
        reason = "地址是注册地址，客户已搬迁，电话无人接听，请核实新地址"
        self.desk.request(number, "give_back", self.desk.engineer, reason=reason)

    def _the_manager_dispatches(self, number: str, day: int) -> Story:
        """The regional manager tries to dispatch: each office has its own answer (SHYY/QI/03 3.2)."""
        yield self.week.at(day, "15:35")
        who = {"engineer_id": self.desk.engineer.person_id}
        self.desk.attempt("fieldservice.request", number, "dispatch", self.desk.manager, **who)

    def cancelled_request(self) -> Story:
        """A request that is no longer wanted: its number is void, with a reason."""
        yield from self.visit(2, "16:10", "dispatch", goes_on=self._no_longer_wanted)

    def _no_longer_wanted(self, number: str, day: int) -> Story:
        yield self.week.at(day + 1, "08:35")
        self.desk.request(number, "cancel", self.desk.duty, reason="客户来电说昨晚自己恢复了备份，不用上门")

    def expired(self, day: int, time: str, goes_on: Any) -> Story:
        """Service expired: the request waits for the regional manager (QI/03 3.2.6)."""
        start, one, problem = self.week.at(day, time), self.desk.expired(), self._next_visit()
        yield start
        call = self.desk.log(problem, one, one.customer)
        yield self._after(start, 11)
        number = self.desk.register(call, one.customer, asked_for="服务已到期，客户希望先解决再谈续费")
        yield from goes_on(number, day, start, problem, one)

    def _waiting(self, *_known: Any) -> Story:
        yield from ()

    def _declined(self, number: str, day: int, *_known: Any) -> Story:
        yield self.week.at(day, "16:20")
        reason = "已与客户通话：上次末次上门已用完，续费后再安排，客户表示下月续"
        self.desk.request(number, "decline", self.desk.manager, reason=reason)

    def _courtesy(
        self, number: str, day: int, start: dt.datetime, problem: Problem, one: Installation
    ) -> Story:
        """The one courtesy visit after expiry; it is the regional manager's to grant (QI/02)."""
        yield self._after(start, 40)
        self.desk.request(number, "grant_courtesy", self.desk.manager, told=True)
        errand = self.errand(day, start, problem, one.customer, "all_solved")
        yield from self._walk(number, errand, LAST)


VISITS = (
    (1, "08:50", LAST),
    (3, "09:30", LAST),
    (4, "08:45", "turn_in"),
    (4, "10:15", "sign"),
    (4, "11:00", "solve"),
    (4, "14:05", "arrange"),
    (5, "09:15", "confirm"),
    (5, "10:40", "dispatch"),
    (5, "15:05", "register"),
    (5, "17:15", "register"),
)
