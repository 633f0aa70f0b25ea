"""Nobody is sent to two customers at once, whoever dispatches and whenever (QP/2-04 5.4, QI/04 3.1.2)."""

from __future__ import annotations

import datetime as dt
import threading
from typing import Any

import pytest
from flask import Flask

from core import clock, gate
from core.db import see_offices, writing
from core.errors import RefusalKind, Refused
from core.parameters import set_value
from core.roles import DUTY_MANAGER, FIELD_ENGINEER
from core.rules import rules_of
from core.testing import SETTER_UP

# Tuesday, ten o'clock in the office.
TEN = dt.datetime(2026, 11, 24, 2, tzinfo=dt.UTC)
HOUR = dt.timedelta(hours=1)
TWO = TEN + 4 * HOUR


@pytest.fixture(autouse=True)
def at_ten() -> Any:
    with clock.stopped_at(TEN):
        yield


def dispatch(centre: Any, request: Any, at: dt.datetime | None = TWO, **said: Any) -> Any:
    said = {"engineer_id": centre.engineer.person_id, "planned_at": at} | said
    return centre.act(request, "dispatch", centre.duty, **said)


def turned_away(centre: Any, request: Any, at: dt.datetime, **said: Any) -> str:
    """Try to dispatch into a slot, and return what is said against it."""
    said = {"engineer_id": centre.engineer.person_id, "planned_at": at} | said
    refused = centre.refused(request, "dispatch", centre.duty, **said)
    assert (refused.kind, list(refused.errors)) == (RefusalKind.FORM, ["planned_at"])
    assert request.state == "registered"
    return str(refused.errors["planned_at"][0])


@pytest.mark.clause("QP/2-04 5.4")
def test_a_plan_says_when_somebody_is_expected_and_for_how_long(beijing: Any) -> None:
    request = dispatch(beijing, beijing.registered())
    assert (request.planned_at, request.planned_minutes) == (TWO, 120)
    long = dispatch(beijing, beijing.registered(), TWO + 3 * HOUR, planned_minutes=45)
    assert long.planned_minutes == 45


@pytest.mark.clause("QP/2-04 5.4")
def test_a_request_is_dispatched_without_a_plan_as_well(beijing: Any) -> None:
    for _again in range(2):
        request = dispatch(beijing, beijing.registered(), None)
        assert (request.state, request.planned_at, request.planned_minutes) == ("dispatched", None, None)


@pytest.mark.clause("QP/2-04 5.4")
def test_a_slot_that_is_taken_is_refused_by_the_name_of_the_visit_that_has_it(beijing: Any) -> None:
    first, second = dispatch(beijing, beijing.registered()), beijing.registered()
    for overlap in (-HOUR, 0 * HOUR, HOUR):
        said = turned_away(beijing, second, TWO + overlap)
        assert str(first.number) in said
        assert "王力" in said
        assert "2026-11-24 14:00" in said
        assert "2026-11-24 16:00" in said


@pytest.mark.clause("QP/2-04 5.4")
def test_a_slot_before_or_after_it_is_free_and_so_is_another_engineer(beijing: Any) -> None:
    dispatch(beijing, beijing.registered())
    assert dispatch(beijing, beijing.registered(), TWO - 2 * HOUR).state == "dispatched"
    assert dispatch(beijing, beijing.registered(), TWO + 2 * HOUR).state == "dispatched"
    other = beijing.hire(FIELD_ENGINEER).person_id
    assert dispatch(beijing, beijing.registered(), engineer_id=other).engineer_id == other


@pytest.mark.clause("QI/05 3.2")
def test_whoever_goes_along_is_away_too(beijing: Any) -> None:
    along = beijing.hire(FIELD_ENGINEER)
    dispatch(beijing, beijing.registered(), companion_id=along.person_id)
    said = turned_away(beijing, beijing.registered(), TWO, engineer_id=along.person_id)
    assert "陈平" in said


@pytest.mark.clause("QP/2-04 5.4")
def test_a_plan_lies_ahead(beijing: Any) -> None:
    assert turned_away(beijing, beijing.registered(), TEN - HOUR)


@pytest.mark.clause("QI/04 3.1.2")
def test_the_appointment_takes_the_place_of_the_plan(beijing: Any) -> None:
    one = beijing.arranged(TWO + 3 * HOUR, dispatch(beijing, beijing.registered()))
    assert dispatch(beijing, beijing.registered()).state == "dispatched"
    assert str(one.number) in turned_away(beijing, beijing.registered(), TWO + 4 * HOUR)


@pytest.mark.clause("QI/04 3.1.2")
@pytest.mark.clause("QI/04 3.2.1")
def test_nobody_makes_or_moves_an_appointment_into_another_visit(beijing: Any) -> None:
    first = dispatch(beijing, beijing.registered())
    second = dispatch(beijing, beijing.registered(), None)
    beijing.act(second, "confirm", beijing.engineer)
    refused = beijing.refused(second, "arrange", beijing.engineer, appointment_at=TWO + HOUR)
    assert str(first.number) in str(refused.errors["appointment_at"][0])
    beijing.act(second, "arrange", beijing.engineer, appointment_at=TWO + 2 * HOUR)
    moved = {"appointment_at": TWO + HOUR, "reason": "客户开会", "consent": True}
    refused = beijing.refused(second, "reschedule", beijing.engineer, **moved)
    assert str(first.number) in str(refused.errors["appointment_at"][0])
    moved["appointment_at"] = TWO + 5 * HOUR
    assert beijing.act(second, "reschedule", beijing.engineer, **moved).appointment_at == TWO + 5 * HOUR


@pytest.mark.clause("QP/2-04 5.4")
@pytest.mark.parametrize("step", ["recall", "give_back"])
def test_what_comes_back_leaves_the_hour_to_others(beijing: Any, step: str) -> None:
    first = dispatch(beijing, beijing.registered())
    beijing.act(first, step, beijing.duty if step == "recall" else beijing.engineer, reason="地址不清楚")
    assert (first.planned_at, first.planned_minutes) == (None, None)
    assert dispatch(beijing, beijing.registered()).planned_at == TWO


@pytest.mark.clause("QP/2-04 5.4")
def test_an_office_says_how_long_its_visits_take(beijing: Any, shanghai: Any) -> None:
    here = rules_of(shanghai.office)
    with writing():
        declared = here.declared("fieldservice.visit_minutes")
        set_value(declared, shanghai.office, 60, here.rungs(declared.key), SETTER_UP)
    for centre in (beijing, shanghai):
        dispatch(centre, centre.registered())
    assert dispatch(shanghai, shanghai.registered(), TWO + HOUR).planned_minutes == 60
    assert turned_away(beijing, beijing.registered(), TWO + HOUR)


@pytest.mark.clause("QP/2-04 5.4")
def test_of_two_who_dispatch_into_one_hour_at_once_the_second_is_told(app: Flask, beijing: Any) -> None:
    requests = [str(beijing.registered().number) for _two in range(2)]
    managers = [beijing.hire(DUTY_MANAGER, name=name) for name in ("甲", "乙")]
    office, said = beijing.office.id, {"engineer_id": beijing.engineer.person_id, "planned_at": TWO}
    together, ends = threading.Barrier(2), {}

    def press(place: int) -> None:
        with app.app_context():
            see_offices(frozenset({office}))
            together.wait()
            try:
                gate.perform("fieldservice.request", requests[place], "dispatch", managers[place], said)
                ends[place] = "won"
            except Refused as refused:
                ends[place] = str(refused.errors["planned_at"][0])

    threads = [threading.Thread(target=press, args=(place,)) for place in range(2)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    winner, loser = sorted(ends, key=lambda place: ends[place] != "won")
    assert ends[winner] == "won"
    assert requests[winner] in ends[loser]
