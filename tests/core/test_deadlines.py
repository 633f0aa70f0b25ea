"""A promise is a row: started by a step, met or missed, with the trace of its time."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select

from core import clock, deadlines, gate
from core.clauses import house_rule
from core.db import db
from core.deadlines import Deadline, same_working_day, working_minutes
from core.i18n import _l
from core.offices import Office
from core.people import Actor
from core.roles import DUTY_MANAGER, HOTLINE_ENGINEER, REGIONAL_MANAGER
from core.settings import set_parameter
from core.testing import House
from core.worktime import TraceLine

MORNING = dt.datetime(2026, 11, 24, 2, tzinfo=dt.UTC)
OWN = house_rule(_l("For this test."))
DEMAND = {"demand": "今天必须上门"}
ANSWER = {"answer": "已电话联系客户，明早上门"}


def after(minutes: int) -> dt.datetime:
    return MORNING + dt.timedelta(minutes=minutes)


def of(case: Any, key: str) -> Deadline:
    (found,) = (
        one for one in deadlines.of_case(case.__tablename__.replace("_", "."), case.id) if one.key == key
    )
    return found


@pytest.fixture
def office(house: House) -> Office:
    return house.office("SH")


@pytest.fixture
def take(office: Office, walk: Any) -> Callable[..., Any]:
    """Take a step of a call, so many minutes after ten in the morning."""
    walker = walk(office)
    with clock.stopped_at(MORNING):
        call = walker.case_in("hotline.call", "open")

    def taken(step: str, minutes: int = 0, by: Actor = walker.actor, **values: str) -> Any:
        with clock.stopped_at(after(minutes)):
            return gate.perform("hotline.call", call.number, step, by, values, office=office)

    return taken


@pytest.mark.clause("QI/03 3.1.7")
@pytest.mark.parametrize(
    ("minutes", "state", "late"), [(59, "met", False), (60, "met", False), (61, "missed", True)]
)
def test_a_promise_is_met_until_its_minute_and_missed_after_it(
    minutes: int, state: str, late: bool, take: Any
) -> None:
    promise = of(take("demand", **DEMAND), "hotline.same_day_demand")
    assert (promise.state, promise.due_at, promise.role) == ("open", after(60), "duty_manager")
    assert (promise.clause, promise.plugin, promise.person_id) == ("QI/03 3.1.7", "hotline", None)
    promise = of(take("answer_demand", minutes, **ANSWER), "hotline.same_day_demand")
    assert (promise.state, promise.ended_at, promise.late) == (state, after(minutes), late)
    assert promise.left == dt.timedelta(minutes=60 - minutes)


def test_an_open_promise_is_late_when_its_time_has_passed(take: Any) -> None:
    promise = of(take("demand", **DEMAND), "hotline.same_day_demand")
    with clock.stopped_at(after(60)):
        assert (promise.late, promise.left) == (False, dt.timedelta(0))
    with clock.stopped_at(after(90)):
        assert (promise.late, promise.left) == (True, dt.timedelta(minutes=-30))


def test_how_the_time_came_about_is_kept_with_the_promise(take: Any) -> None:
    promise = of(take("demand", **DEMAND), "hotline.same_day_demand")
    assert promise.started_at == MORNING
    lines = [TraceLine.from_json(line) for line in promise.trace]
    assert lines[0].at == "2026-11-24T10:00:00+08:00"
    assert dt.datetime.fromisoformat(lines[-1].at) == promise.due_at


def test_a_promise_that_runs_keeps_its_time(take: Any, office: Office) -> None:
    call = take("demand", **DEMAND)
    set_parameter(office, "hotline.same_day_demand_minutes", 30, Actor("admin"))
    assert of(call, "hotline.same_day_demand").due_at == after(60)
    take("answer_demand", 10, **ANSWER)
    take("demand", 20, **DEMAND)
    second = deadlines.of_case("hotline.call", call.id)[0]
    assert (second.state, second.due_at) == ("open", after(50))


def test_what_comes_to_its_end_has_missed_nothing(take: Any) -> None:
    take("park")
    promise = of(take("cancel", 500, reason="打错了"), "hotline.long_test")
    assert (promise.state, promise.ended_at, promise.late) == ("dropped", after(500), False)


@pytest.mark.clause("QI/03 3.1.9")
def test_a_case_that_changes_hands_takes_its_promises_along(take: Any, office: Office, house: House) -> None:
    other = house.hire(office, HOTLINE_ENGINEER, name="李力")
    call = take("park")
    assert of(call, "hotline.long_test").person_id == call.owner_id
    call = take("take_over", by=other)
    assert of(call, "hotline.long_test").person_id == call.owner_id == other.person_id


def test_a_promise_started_before_the_number_was_drawn_carries_it(office: Office, walk: Any) -> None:
    request = walk(office).case_in("fieldservice.request", "registered")
    promise = of(request, "fieldservice.dispatch")
    assert promise.number == request.number
    assert promise.heading == request.customer.name


@pytest.mark.clause("QI/04 3.1.1")
def test_what_a_step_drops_is_dropped_and_what_it_starts_begins_anew(office: Office, walk: Any) -> None:
    walker = walk(office)
    request = walker.case_in("fieldservice.request", "dispatched")
    gate.perform(
        "fieldservice.request",
        request.number,
        "give_back",
        walker.actor,
        {"reason": "地址不明"},
        office=office,
    )
    states = [(one.key, one.state) for one in deadlines.of_case("fieldservice.request", request.id)]
    assert sorted(states) == [
        ("fieldservice.dispatch", "met"),
        ("fieldservice.dispatch", "open"),
        ("fieldservice.first_call", "dropped"),
        ("fieldservice.visit", "dropped"),
    ]


def test_a_promise_made_again_supersedes_the_open_one_and_only_where_it_is_meant(
    house: House, walk: Any, install: Any, make_plugin: Any
) -> None:
    def amend(procedures: Any) -> None:
        call = procedures["hotline.call"]
        call.add_step(
            "ring", "open -> same | parked", title=_l("Ring"), by=HOTLINE_ENGINEER, clause=OWN, does=parks
        )
        for key, only_in in (("bell.always", ()), ("bell.parked", ("parked",))):
            call.starts(
                "ring",
                key,
                title=_l("Ring again"),
                within=same_working_day(),
                owner=DUTY_MANAGER,
                clause=OWN,
                met_by=("solve",),
                only_in=only_in,
            )

    def parks(act: Any) -> str:
        return "parked" if act.given else "open"

    install(make_plugin("bell", requires=("hotline",), amend=amend))
    office = house.office("SH", "hotline", "bell")
    walker = walk(office)
    call = walker.case_in("hotline.call", "open")
    for given in ({}, {}, {"park": True}):
        gate.perform("hotline.call", call.number, "ring", walker.actor, office=office, given=given)
    states = [(one.key, one.state) for one in deadlines.of_case("hotline.call", call.id)]
    assert sorted(states) == [
        ("bell.always", "dropped"),
        ("bell.always", "dropped"),
        ("bell.always", "open"),
        ("bell.parked", "open"),
    ]


@pytest.mark.parametrize(("counted", "due"), [({}, 90), ({"since": "opened_at"}, 60)])
def test_what_a_plugin_lets_start_counts_from_the_moment_it_names(
    house: House, walk: Any, install: Any, make_plugin: Any, counted: dict[str, str], due: int
) -> None:
    def amend(procedures: Any) -> None:
        call = procedures["hotline.call"]
        call.add_step("ring", "open -> same", title=_l("Ring"), by=HOTLINE_ENGINEER, clause=OWN)
        call.starts(
            "ring",
            "bell.soon",
            title=_l("Ring again"),
            within=working_minutes("hotline.long_test_minutes"),
            owner=DUTY_MANAGER,
            clause=OWN,
            met_by=("solve",),
            **counted,
        )

    install(make_plugin("bell", requires=("hotline",), amend=amend))
    office = house.office("SH", "hotline", "bell")
    walker = walk(office)
    with clock.stopped_at(MORNING):
        call = walker.case_in("hotline.call", "open")
    with clock.stopped_at(after(30)):
        gate.perform("hotline.call", call.number, "ring", walker.actor, office=office)
    assert of(call, "bell.soon").due_at == after(due)


def test_mine_is_what_bears_my_name_or_waits_for_my_role_here(house: House, walk: Any) -> None:
    office, neighbour = house.office("SH"), house.office("BJ")
    engineer, parked = walk(office), None
    for walker in (engineer, walk(neighbour)):
        parked = walker.case_in("hotline.call", "parked") if walker is engineer else parked
        walker.case_in("hotline.call", "demanded")
    manager = house.hire(office, DUTY_MANAGER)
    other, of_nobody = house.hire(office, HOTLINE_ENGINEER), house.hire(office, REGIONAL_MANAGER)

    def keys(actor: Actor) -> list[tuple[str, int]]:
        found = db.session.scalars(select(Deadline).where(deadlines.mine(actor)).order_by(Deadline.key))
        return [(one.key, one.office_id) for one in found]

    house.see()
    assert keys(manager) == [("hotline.same_day_demand", office.id)]
    assert keys(engineer.actor) == [("hotline.long_test", office.id), ("hotline.same_day_demand", office.id)]
    assert keys(other) == keys(of_nobody) == []
