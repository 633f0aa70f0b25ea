"""The proposal is fair: a pure function, held to its promises by properties."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from plugins.hotline.roster.hours import overlap
from plugins.hotline.roster.plan import Cell, Duty, Question, propose

FIRST = dt.date(2026, 12, 1)
LUNCH = ((dt.time(8, 30), dt.time(11, 30)), (dt.time(12, 30), dt.time(17)))
THROUGH = ((dt.time(8, 30), dt.time(17)),)


def at(day: dt.date, time: dt.time) -> dt.datetime:
    return dt.datetime.combine(day, time, dt.UTC)


def duty(day: dt.date, shift: str, *hours: tuple[dt.time, dt.time], kind: str = "") -> Duty:
    worked = tuple((at(day, begins), at(day, ends)) for begins, ends in hours)
    return Duty(day=day, shift=shift, kind=kind or shift, worked=worked)


def month(days: int = 31, hours: Any = LUNCH) -> tuple[Duty, ...]:
    """December 2026: on weekends a day duty, on other days day, noon and evening."""
    found: list[Duty] = []
    for day in (FIRST + dt.timedelta(days=distance) for distance in range(days)):
        if day.weekday() > 4:
            found.append(duty(day, "day", (dt.time(9), dt.time(17)), kind="weekend"))
            continue
        found.append(duty(day, "day", *hours))
        found.append(duty(day, "noon", (dt.time(11, 30), dt.time(12, 30))))
        found.append(duty(day, "evening", (dt.time(17), dt.time(18, 30))))
    return tuple(found)


def loads(asked: Question, plan: dict[Cell, int], kind: str) -> dict[int, int]:
    had = Counter({one: asked.before.get((one, kind), 0) for one in asked.people})
    had.update(plan[one.cell] for one in asked.duties if one.kind == kind and one.cell in plan)
    return {one: had[one] for one in asked.people}


def spread(asked: Question, plan: dict[Cell, int], kind: str) -> int:
    found = loads(asked, plan, kind).values()
    return max(found) - min(found)


def evenings(asked: Question, plan: dict[Cell, int]) -> list[int]:
    return [plan[one.cell] for one in asked.duties if one.kind == "evening" and one.cell in plan]


KINDS = ("weekend", "evening", "noon", "day")


@st.composite
def questions(draw: Any) -> Question:
    """Any office: one to six people, each away on some stretch of days, with a past that differs a little."""
    people = tuple(range(1, draw(st.integers(1, 6)) + 1))
    absent = {}
    for one in people:
        begins, length = draw(st.integers(0, 30)), draw(st.integers(0, 20))
        absent[one] = frozenset(FIRST + dt.timedelta(days=begins + more) for more in range(length))
    before = {(one, kind): draw(st.integers(0, 2)) for one in people for kind in KINDS}
    hours = draw(st.sampled_from((LUNCH, THROUGH)))
    return Question(duties=month(hours=hours), people=people, absent=absent, before=before)


@given(questions())
@settings(max_examples=60, deadline=None)
@pytest.mark.clause("QP/2-04 5.1")
def test_absences_are_kept_and_nobody_is_in_two_places(asked: Question) -> None:
    plan = propose(asked)
    held: dict[tuple[int, dt.date], list[Duty]] = {}
    for one in asked.duties:
        if one.cell in plan:
            person = plan[one.cell]
            assert one.day not in asked.absent.get(person, ())
            for other in held.setdefault((person, one.day), []):
                assert not overlap(one.worked, other.worked)
            held[person, one.day].append(one)


@given(questions())
@settings(max_examples=40, deadline=None)
@pytest.mark.clause("QP/2-04 5.1")
def test_who_is_there_is_on_duty_and_the_same_question_has_the_same_answer(asked: Question) -> None:
    plan = propose(asked)
    for one in asked.duties:
        if one.kind in ("weekend", "evening") and one.cell not in plan:
            assert all(one.day in asked.absent.get(person, ()) for person in asked.people)
    assert propose(asked) == plan


@given(questions())
@settings(max_examples=40, deadline=None)
@pytest.mark.clause("QP/2-04 5.1")
def test_no_duty_could_go_from_somebody_with_more_to_somebody_with_two_less(asked: Question) -> None:
    plan = propose(asked)
    for kind in ("weekend", "evening"):
        had = loads(asked, plan, kind)
        for one in (one for one in asked.duties if one.kind == kind and one.cell in plan):
            could = [person for person in asked.people if one.day not in asked.absent.get(person, ())]
            assert all(had[plan[one.cell]] - had[person] <= 1 for person in could)


@given(st.integers(2, 7), st.sampled_from((LUNCH, THROUGH)))
@settings(max_examples=15, deadline=None)
@pytest.mark.clause("QP/2-04 5.1")
def test_with_nobody_away_everybody_has_as_many_as_the_others(people: int, hours: Any) -> None:
    asked = Question(duties=month(hours=hours), people=tuple(range(people)))
    plan = propose(asked)
    assert len(plan) == len(asked.duties)
    assert all(spread(asked, plan, kind) <= 1 for kind in KINDS)
    assert all(one != next_one for one, next_one in pairwise(evenings(asked, plan)))


@given(st.data())
@settings(max_examples=40, deadline=None)
def test_a_small_plan_is_as_even_as_any_that_there_is(data: Any) -> None:
    """Compared with every possible plan: chains of hands are found, too, not only single ones."""
    days = [FIRST + dt.timedelta(days=distance) for distance in range(data.draw(st.integers(1, 6)))]
    duties = tuple(duty(day, "evening", (dt.time(17), dt.time(18, 30))) for day in days)
    people = (1, 2, 3)
    absent = {one: frozenset(data.draw(st.sets(st.sampled_from(days)))) for one in people}
    before = {(one, "evening"): data.draw(st.integers(0, 2)) for one in people}
    asked = Question(duties=duties, people=people, absent=absent, before=before)
    plan = propose(asked)
    options: list[dict[Cell, int]] = [{}]
    for one in duties:
        able = [person for person in people if one.day not in absent[person]]
        options = [{**made, one.cell: person} for made in options for person in able] or options
    best = min(spread(asked, made, "evening") for made in options)
    assert spread(asked, plan, "evening") == best


@pytest.mark.clause("QP/2-04 5.1")
def test_who_had_more_before_has_less_now() -> None:
    before = {(1, "weekend"): 2}
    asked = Question(duties=month(28), people=(1, 2, 3, 4), before=before)
    had = loads(Question(duties=asked.duties, people=asked.people), propose(asked), "weekend")
    assert had[1] == min(had.values())
    assert max(had.values()) - had[1] >= 1


def test_what_is_kept_stays_and_counts() -> None:
    kept = {(FIRST, "evening"): 2, (FIRST + dt.timedelta(days=1), "evening"): 2}
    asked = Question(duties=month(), people=(1, 2, 3), kept=kept)
    plan = propose(asked)
    assert {cell: plan[cell] for cell in kept} == kept
    assert spread(asked, plan, "evening") <= 1


def test_the_evening_before_the_month_counts_as_the_one_before_the_first() -> None:
    for last in (1, 2, 3):
        plan = propose(Question(duties=month(), people=(1, 2, 3), last=last))
        assert plan[FIRST, "evening"] != last


def test_a_second_place_goes_to_somebody_else_where_somebody_is() -> None:
    duties = month()
    elsewhere = {one.cell: 1 for one in duties}
    plan = propose(Question(duties=duties, people=(1, 2), elsewhere={duties[0].cell: 1}))
    assert plan[duties[0].cell] == 2
    assert set(propose(Question(duties=duties, people=(1,), elsewhere=elsewhere)).values()) == {1}


def test_with_nobody_there_is_no_plan() -> None:
    assert propose(Question(duties=month(), people=())) == {}
