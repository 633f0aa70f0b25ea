"""Within thirty minutes of opening the duty manager takes over what yesterday left unfinished (QI/03 3.1.2)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from threading import Barrier, Thread
from typing import Any

import pytest
from alembic import command
from flask import Flask
from sqlalchemy import event, select

from core import clock, gate, migrate
from core.db import db, see_offices, writing
from core.deadlines import DROPPED, MET, MISSED
from core.errors import RefusalKind, Refused
from core.offices import all_offices
from core.people import RoleGrant
from core.plugins import Plugins
from core.roles import DUTY_MANAGER, HOTLINE_ENGINEER
from core.rules import rules_of
from plugins.hotline.shift import jobs
from plugins.hotline.shift.handing import ABSENT, DUE, NOBODY, STAYS
from plugins.hotline.shift.models import Handover, HandoverLine
from plugins.hotline.shift.unfinished import CALL, PARKED, PROMISE, QUEUE
from tests.plugins.hotline.shift.test_on_the_seat import MIDNIGHT, at, run_timer, shorten


def lists(centre: Any) -> list[Handover]:
    """Return the hand-overs of an office, the oldest first."""
    centre.house.see()
    query = select(Handover).filter_by(office_id=centre.office.id).order_by(Handover.id)
    return list(db.session.scalars(query).unique())


def lines(case: Handover) -> dict[str, HandoverLine]:
    """Return the lines of a list by the number of what they are about."""
    query = select(HandoverLine).filter_by(handover_id=case.id).order_by(HandoverLine.place)
    return {one.number: one for one in db.session.scalars(query).unique()}


def begun(centre: Any, day: int = 0) -> Handover:
    """Let the timer begin the day's hand-over."""
    with at("08:30", day):
        assert run_timer(centre) == []
    return lists(centre)[-1]


def taken(centre: Any, case: Handover, by: Any, time: str = "08:45", day: int = 0) -> Handover:
    """Go through the whole list as its taker, give every line an owner, and sign."""
    with at(time, day):
        if lines(case):
            centre.act(case, "tick", by, lines="all")
        if any(one.whose is None for one in lines(case).values()):
            centre.act(case, "assign", by, lines="unowned", person_id=by.person_id)
        done: Handover = centre.act(case, "take", by)
    return done


@pytest.fixture
def other(beijing: Any) -> Any:
    """A second duty manager, who is on duty on Tuesday."""
    return beijing.hire(DUTY_MANAGER, name="郑国栋")


@pytest.fixture
def tuesday(beijing: Any, other: Any) -> Iterator[Any]:
    """Monday's duty manager took over; on Tuesday morning the next list is frozen, with one open call."""
    taken(beijing, begun(beijing), beijing.duty)
    with at("16:00"):
        beijing.call = beijing.log()
    beijing.list = begun(beijing, 1)
    return beijing


@pytest.mark.clause("QI/03 3.1.2")
def test_at_opening_the_system_makes_the_list_and_it_is_due_in_thirty_minutes(beijing: Any) -> None:
    with at("08:00"):
        call, parked = beijing.log(), beijing.log(promised_at="2026-11-23T16:00")
        beijing.act(parked, "park", beijing.hotline)
        request = beijing.registered()
        solved = beijing.log()
        beijing.act(solved, "solve", beijing.hotline, answer="重建索引后反结账成功")
    case = begun(beijing)
    found = lines(case)
    assert {number: one.kind for number, one in found.items()} == {
        call.number: CALL,
        parked.number: PARKED,
        request.number: QUEUE,
    }
    assert case.lines_count == 3
    assert found[parked.number].due_at is not None
    assert (found[call.number].owner_id, found[request.number].owner_id) == (beijing.hotline.person_id, None)
    promise = beijing.promises(case)[DUE]
    assert (promise.due_at, promise.role) == (MIDNIGHT + dt.timedelta(hours=9), DUTY_MANAGER.key)


@pytest.mark.clause("QI/03 3.1.2")
def test_an_office_may_want_it_sooner(shanghai: Any) -> None:
    shorten(shanghai, "hotline.handover_minutes", 15)
    case = begun(shanghai)
    assert shanghai.promises(case)[DUE].due_at == MIDNIGHT + dt.timedelta(hours=8, minutes=45)


def test_what_is_due_today_or_overdue_is_on_it_and_what_is_due_later_is_not(beijing: Any) -> None:
    with at("09:00"):
        request = beijing.dispatched()
    assert request.number not in lines(begun(beijing))
    assert lines(begun(beijing, 1))[request.number].kind == PROMISE


def test_the_list_is_frozen_while_its_cases_go_on(tuesday: Any) -> None:
    with at("08:40", 1):
        tuesday.act(tuesday.call, "solve", tuesday.hotline, answer="重建索引后反结账成功")
    assert lines(tuesday.list)[tuesday.call.number].state == "open"


def test_on_the_first_day_nobody_gives_and_the_taker_signs_alone(beijing: Any) -> None:
    case = begun(beijing)
    assert (case.giver_id, case.alone) == (None, NOBODY)
    case = taken(beijing, case, beijing.duty)
    assert (case.state, case.taker_id, beijing.promises(case)[DUE].state) == (
        "taken",
        beijing.duty.person_id,
        MET,
    )


@pytest.mark.clause("QI/03 3.1.2")
def test_both_confirm_and_they_are_two_people(tuesday: Any, other: Any) -> None:
    case = tuesday.list
    assert case.giver_id == tuesday.duty.person_id
    with at("08:40", 1):
        tuesday.act(case, "tick", other, lines="all")
        early = tuesday.refused(case, "take", other)
        assert "周艳" in str(early.objections[0].text)
        assert tuesday.refused(case, "give", other).kind is RefusalKind.ROLE
        untouched = tuesday.refused(case, "give", tuesday.duty)
        assert untouched.kind is RefusalKind.OBJECTION
        tuesday.act(case, "tick", tuesday.duty, lines="1")
        tuesday.act(case, "give", tuesday.duty)
        assert tuesday.refused(case, "take", tuesday.duty).kind is RefusalKind.OBJECTION
        case = tuesday.act(case, "take", other)
    assert (case.state, case.taker_id, tuesday.promises(case)[DUE].state) == ("taken", other.person_id, MET)


@pytest.mark.clause("QI/03 3.1.2")
def test_thirty_minutes_after_opening_it_is_too_late(beijing: Any) -> None:
    case = taken(beijing, begun(beijing), beijing.duty, time="09:01")
    assert beijing.promises(case)[DUE].state == MISSED


def test_who_stays_on_duty_hands_nothing_to_himself(tuesday: Any) -> None:
    with at("08:40", 1):
        case = tuesday.act(tuesday.list, "stay_on", tuesday.duty)
    assert case.alone == STAYS
    assert taken(tuesday, case, tuesday.duty, day=1).state == "taken"


def test_without_the_giver_the_list_says_why(tuesday: Any, other: Any) -> None:
    with at("08:40", 1):
        assert tuesday.refused(tuesday.list, "without_giver", tuesday.duty, reason="x").objections
        case = tuesday.act(tuesday.list, "without_giver", other, reason="周艳住院")
        assert tuesday.refused(case, "take", tuesday.duty).kind is RefusalKind.OBJECTION
    assert (case.alone, case.reason) == (ABSENT, "周艳住院")
    assert taken(tuesday, case, other, day=1).state == "taken"


@pytest.mark.clause("QI/03 3.1.2")
def test_a_contested_line_is_answered_before_or_stays_on_record(tuesday: Any, other: Any) -> None:
    case = tuesday.list
    with at("08:40", 1):
        tuesday.act(case, "tick", tuesday.duty, lines="all")
        tuesday.act(case, "give", tuesday.duty)
        assert tuesday.refused(case, "contest", tuesday.duty, line=1, contest="x").objections
        assert set(tuesday.refused(case, "contest", other, line=9, contest="没有此行").errors) == {"line"}
        tuesday.act(case, "contest", other, line=1, contest="负责人昨天已调离")
        assert set(tuesday.refused(case, "take", other).errors) == {"contest_stays"}
        said = {"line": 1, "answer": "已改由陈平负责", "person_id": tuesday.hotline.person_id}
        tuesday.act(case, "answer_contest", tuesday.duty, **said)
        (line,) = lines(case).values()
        assert (line.in_dispute, line.assigned_id) == (False, tuesday.hotline.person_id)
        tuesday.act(case, "contest", other, line=1, contest="仍不清楚")
        case = tuesday.act(case, "take", other, contest_stays=True)
    (line,) = lines(case).values()
    assert (case.state, line.in_dispute, line.contest) == ("taken", True, "仍不清楚")


@pytest.mark.clause("QI/03 3.1.2")
def test_every_line_has_an_owner_at_the_end(beijing: Any) -> None:
    with at("08:00"):
        request = beijing.registered()
    case = begun(beijing)
    with at("08:40"):
        beijing.act(case, "tick", beijing.duty, lines="all")
        assert beijing.refused(case, "take", beijing.duty).kind is RefusalKind.OBJECTION
        beijing.act(case, "assign", beijing.duty, lines="unowned", person_id=beijing.duty.person_id)
        case = beijing.act(case, "take", beijing.duty)
    line = lines(case)[request.number]
    assert (case.state, line.assigned_id, line.taken_over) == ("taken", beijing.duty.person_id, False)


def test_where_the_case_allows_it_the_taker_really_takes_it_over(tuesday: Any, other: Any) -> None:
    with at("08:40", 1):
        tuesday.act(tuesday.list, "assign", other, lines="1", person_id=other.person_id)
    (line,) = lines(tuesday.list).values()
    assert line.taken_over
    assert tuesday.look(tuesday.call, other).case.owner_id == other.person_id


def test_given_to_a_colleague_it_is_noted_and_the_case_stays(tuesday: Any, other: Any) -> None:
    colleague = tuesday.hire(HOTLINE_ENGINEER)
    with at("08:40", 1):
        tuesday.act(tuesday.list, "assign", other, lines="1", person_id=colleague.person_id)
    (line,) = lines(tuesday.list).values()
    assert (line.assigned_id, line.taken_over) == (colleague.person_id, False)
    assert tuesday.look(tuesday.call, other).case.owner_id == tuesday.hotline.person_id


@pytest.mark.clause("QI/03 3.1.2")
def test_nothing_is_given_to_who_is_away_today(tuesday: Any, other: Any) -> None:
    ill = tuesday.hire(HOTLINE_ENGINEER)
    with at("08:40", 1):
        day = tuesday.list.day
        absence = tuesday.create("hotline.absence", "ask", ill, kind="sick", first_day=day, last_day=day)
        tuesday.act(absence, "approve", tuesday.duty)
        given = {"lines": "1", "person_id": ill.person_id}
        assert set(tuesday.refused(tuesday.list, "assign", other, **given).errors) == {"person_id"}


@pytest.mark.parametrize("text", ["0", "2", "1-3", "x", "1 2", ""])
def test_a_number_that_is_no_line_is_told(tuesday: Any, other: Any, text: str) -> None:
    with at("08:40", 1):
        assert set(tuesday.refused(tuesday.list, "tick", other, lines=text).errors) == {"lines"}


def test_a_closed_day_makes_none_and_the_next_giver_is_fridays(beijing: Any, other: Any) -> None:
    taken(beijing, begun(beijing, 4), beijing.duty, day=4)
    for day in (5, 6):
        with at("09:00", day):
            run_timer(beijing)
            with pytest.raises(Refused):
                beijing.create("hotline.handover", "begin", beijing.duty)
    assert len(lists(beijing)) == 1
    assert begun(beijing, 7).giver_id == beijing.duty.person_id


def test_a_day_without_a_duty_manager_leaves_no_giver(beijing: Any) -> None:
    taken(beijing, begun(beijing), beijing.duty)
    begun(beijing, 1)
    assert begun(beijing, 2).alone == NOBODY


def test_a_list_that_nobody_signed_is_missed_when_the_next_one_begins(beijing: Any) -> None:
    begun(beijing)
    begun(beijing, 1)
    first, second = lists(beijing)
    assert (first.state, second.state) == ("lapsed", "open")
    assert beijing.promises(first)[DUE].state == MISSED


def test_a_list_given_up_in_time_has_missed_nothing(beijing: Any) -> None:
    case = begun(beijing)
    with at("08:35"):
        case = beijing.act(case, "lapse", beijing.duty, reason="误开，重新核对日历")
    assert beijing.promises(case)[DUE].state == DROPPED


def test_without_the_timer_it_is_begun_by_hand_once(beijing: Any) -> None:
    with at("08:40"):
        by_hand = beijing.create("hotline.handover", "begin", beijing.duty)
        with pytest.raises(Refused):
            beijing.create("hotline.handover", "begin", beijing.duty)
        run_timer(beijing)
    assert [one.number for one in lists(beijing)] == [by_hand.number]
    assert beijing.promises(by_hand)[DUE].due_at == MIDNIGHT + dt.timedelta(hours=9)


@pytest.mark.parametrize("helper", ["timer", "hand"])
def test_of_several_at_once_one_makes_the_list(app: Flask, beijing: Any, helper: str) -> None:
    office_id, together, refused = beijing.office.id, Barrier(3), list[Refused]()
    duty = beijing.duty

    def process(by_hand: bool) -> None:
        with app.app_context():
            see_offices(frozenset({office_id}))
            rules = rules_of(all_offices()[office_id])
            together.wait()
            try:
                if by_hand:
                    gate.perform("hotline.handover", None, "begin", duty, office=rules.office)
                else:
                    jobs.begin_handover(rules)
            except Refused as error:
                refused.append(error)
            db.session.remove()

    threads = [Thread(target=process, args=(helper == "hand" and place > 0,)) for place in range(3)]
    with at("08:30"):
        for one in threads:
            one.start()
        for one in threads:
            one.join()
    assert len(lists(beijing)) == 1


@pytest.mark.clause("QI/03 3.1.2")
def test_in_the_evening_it_is_handed_over_by_hand_and_the_morning_knows_it(beijing: Any, other: Any) -> None:
    case = begun(beijing)
    with at("16:50"), pytest.raises(Refused):
        beijing.create("hotline.handover", "begin_evening", beijing.duty)
    taken(beijing, case, beijing.duty)
    with at("16:50"):
        evening = beijing.create("hotline.handover", "begin_evening", beijing.duty)
        assert evening.giver_id == beijing.duty.person_id
        beijing.act(evening, "give", beijing.duty)
    taken(beijing, evening, other, time="17:00")
    assert begun(beijing, 1).giver_id == other.person_id


def test_who_is_no_duty_manager_any_more_gives_nothing(beijing: Any) -> None:
    taken(beijing, begun(beijing), beijing.duty)
    with at("18:00"), writing():
        grant = db.session.scalars(select(RoleGrant).filter_by(person_id=beijing.duty.person_id)).one()
        grant.taken_at = clock.now()
    beijing.house.see()
    assert begun(beijing, 1).alone == NOBODY


def test_freezing_asks_the_same_questions_for_one_line_and_for_many(beijing: Any) -> None:
    asked = []
    for day, more in ((0, 1), (1, 12)):
        with at("08:00", day):
            for _ in range(more):
                beijing.log()
        with at("08:30", day):
            asked.append(statements(lambda: jobs.begin_handover(rules_of(beijing.office))))
    first, second = lists(beijing)
    assert (first.lines_count, second.lines_count) == (1, 13)
    # The second day gives the first one's list up: that is one more step, however long the lists are.
    assert asked[1] - asked[0] < 45
    with at("08:00", 2):
        for _ in range(30):
            beijing.log()
    with at("08:30", 2):
        asked.append(statements(lambda: jobs.begin_handover(rules_of(beijing.office))))
    assert asked[2] == asked[1]


def statements(deed: Any) -> int:
    """Count what the database is asked."""
    count = 0

    def note(*_arguments: Any) -> None:
        nonlocal count
        count += 1

    event.listen(db.engine, "before_cursor_execute", note)
    deed()
    event.remove(db.engine, "before_cursor_execute", note)
    return count


@pytest.mark.clause("QI/03 3.1.2")
def test_who_signs_has_gone_through_the_lines_himself(tuesday: Any, other: Any) -> None:
    third, case = tuesday.hire(DUTY_MANAGER, name="吴五"), tuesday.list
    with at("08:40", 1):
        tuesday.act(case, "tick", tuesday.duty, lines="all")
        tuesday.act(case, "give", tuesday.duty)
        tuesday.act(case, "tick", other, lines="all")
        (line,) = lines(case).values()
        assert line.taker_saw_id == other.person_id
        refused = tuesday.refused(case, "take", third)
        assert (refused.kind, refused.objections[0].text.values) == (RefusalKind.OBJECTION, {"count": 1})
        tuesday.act(case, "tick", third, lines="all")
        case = tuesday.act(case, "take", third)
    (line,) = lines(case).values()
    assert (case.taker_id, line.taker_saw_id) == (third.person_id, third.person_id)


@pytest.mark.clause("QI/03 3.1.2")
def test_to_contest_a_line_is_to_have_gone_through_it(tuesday: Any, other: Any) -> None:
    with at("08:40", 1):
        tuesday.act(tuesday.list, "contest", other, line=1, contest="负责人昨天已调离")
    (line,) = lines(tuesday.list).values()
    assert (line.taker_saw_id, line.giver_saw_at) == (other.person_id, None)


@pytest.mark.clause("QI/03 3.1.2")
def test_a_list_given_up_is_followed_by_another_one_of_the_same_day(beijing: Any) -> None:
    first = begun(beijing)
    with at("08:35"):
        beijing.act(first, "lapse", beijing.duty, reason="误开，重新核对日历")
        for _ in range(2):
            assert run_timer(beijing) == []
    first, second = lists(beijing)
    assert (first.state, first.turn, second.state, second.turn) == ("lapsed", 1, "open", 2)
    assert beijing.promises(second)[DUE].due_at == MIDNIGHT + dt.timedelta(hours=9)
    taken(beijing, second, beijing.duty)
    with at("08:50"):
        run_timer(beijing)
        with pytest.raises(Refused):
            beijing.create("hotline.handover", "begin", beijing.duty)
    assert len(lists(beijing)) == 2, "what was taken over is not begun again"


@pytest.mark.clause("QI/03 3.1.13")
def test_an_evening_list_given_up_is_begun_again(beijing: Any) -> None:
    taken(beijing, begun(beijing), beijing.duty)
    with at("08:50"):
        early = beijing.create("hotline.handover", "begin_evening", beijing.duty)
        beijing.act(early, "lapse", beijing.duty, reason="点错了")
    with at("16:50"):
        evening = beijing.create("hotline.handover", "begin_evening", beijing.duty)
        with pytest.raises(Refused):
            beijing.create("hotline.handover", "begin_evening", beijing.duty)
    assert (evening.state, evening.occasion, evening.turn) == ("open", "evening", 2)


def test_two_lists_of_a_day_go_back_and_forth_with_the_migration(
    app: Flask, beijing: Any, database_url: str, plugins: Plugins
) -> None:
    first = begun(beijing)
    with at("08:35"):
        beijing.act(first, "lapse", beijing.duty, reason="误开，重新核对日历")
        run_timer(beijing)
    db.session.remove()
    for engine in db.engines.values():
        engine.dispose()
    path = migrate.histories(plugins)["hotline"]
    with migrate.migrating(database_url) as connection:
        command.downgrade(migrate.config_of("hotline", path, connection), "hotline_0003")
    migrate.upgrade(database_url, plugins)
    see_offices(frozenset(all_offices()))
    found = db.session.scalars(select(Handover).order_by(Handover.id)).unique()
    assert [(one.occasion, one.turn, one.state) for one in found] == [
        ("morning-1", 1, "lapsed"),
        ("morning", 1, "open"),
    ]
