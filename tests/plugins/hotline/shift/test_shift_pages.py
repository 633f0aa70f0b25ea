"""The pages of the morning: one tap to sign in, who is late and away, and the list that two people sign."""

from __future__ import annotations

from typing import Any

import pytest

from core.api import shapes
from core.people import Actor
from core.roles import DUTY_MANAGER, FIELD_ENGINEER, HOTLINE_ENGINEER
from core.testing import said
from plugins.hotline.shift.frozen import PAGE
from plugins.hotline.shift.models import Handover, Shift
from tests.plugins.hotline.shift.test_handing_over import begun, lines, lists, statements, taken
from tests.plugins.hotline.shift.test_on_the_seat import at, run_timer, seats

TODAY, LIST = "/BJ/hotline/shift/today", "/BJ/hotline/handover/today"
SIGN_IN = "/BJ/hotline/shift/sign-in"


@pytest.fixture
def other(beijing: Any) -> Actor:
    """A second duty manager."""
    hired: Actor = beijing.hire(DUTY_MANAGER, name="郑国栋")
    return hired


def post(browser: Any, page: str, case: Any, step: str, **more: Any) -> Any:
    """Send what a button of a page sends."""
    return browser.post(page, data={"number": case.number, "seen": case.version, "step": step, **more})


def fresh(centre: Any) -> Shift:
    """Return the engineer's day as it stands now."""
    centre.house.see()
    return seats(centre)["罗文"]


@pytest.mark.clause("QI/03 3.1.1")
def test_my_desk_asks_for_the_sign_in_with_one_tap(beijing: Any, sign_in: Any) -> None:
    browser = sign_in(beijing.hotline)
    with at("08:31"):
        run_timer(beijing)
        assert SIGN_IN in browser.get("/").text
        answer = browser.post(SIGN_IN, data={"next": "/"})
        assert (answer.status_code, answer.location) == (302, "/")
        assert SIGN_IN not in browser.get("/").text
    assert fresh(beijing).state == "present"


def test_nobody_else_and_nobody_at_night_or_on_a_closed_day_is_asked(beijing: Any, sign_in: Any) -> None:
    for actor, time, day in (
        (beijing.duty, "08:31", 0),
        (beijing.hotline, "17:00", 0),
        (beijing.hotline, "09:00", 5),
    ):
        with at(time, day):
            assert SIGN_IN not in sign_in(actor).get("/").text


def test_whoever_is_no_engineer_cannot_sign_in(beijing: Any, sign_in: Any) -> None:
    with at("08:31"):
        answer = sign_in(beijing.engineer).post(SIGN_IN)
    assert answer.status_code in (403, 422)
    assert seats(beijing) == {}


@pytest.mark.clause("QI/03 3.1.1")
def test_the_duty_manager_sees_who_is_late_and_by_how_much(beijing: Any, sign_in: Any) -> None:
    beijing.hire(HOTLINE_ENGINEER, name="陈平")
    with at("08:30"):
        run_timer(beijing)
    with at("08:55"):
        beijing.act(fresh(beijing), "sign_in", beijing.hotline)
    with at("09:10"):
        page = said(sign_in(beijing.duty).get(TODAY).text)
    assert "08:55 15 minutes late" in page
    assert "30 minutes late" in page


@pytest.mark.clause("QI/03 3.1.3")
def test_who_is_away_is_seen_by_others_with_the_minutes(beijing: Any, sign_in: Any) -> None:
    with at("08:31"):
        run_timer(beijing)
        one = beijing.act(fresh(beijing), "sign_in", beijing.hotline)
        one = beijing.act(one, "ask_leave", beijing.hotline, why="去银行取回单", for_minutes=20)
        page = sign_in(beijing.duty).get(TODAY).text
        assert "去银行取回单" in page
        assert 'value="permit"' in page
        one = beijing.act(one, "permit", beijing.duty)
        beijing.act(one, "go", beijing.hotline)
    with at("09:06"):
        page = said(sign_in(beijing.hire(FIELD_ENGINEER)).get(TODAY).text)
        assert "away for 35 minutes" in page
        post(sign_in(beijing.hotline), TODAY, fresh(beijing), "back")
    assert fresh(beijing).minutes_away == 35


def test_what_was_typed_stays_when_the_leave_is_refused_by_its_form(beijing: Any, sign_in: Any) -> None:
    with at("08:31"):
        run_timer(beijing)
        one = beijing.act(fresh(beijing), "sign_in", beijing.hotline)
        answer = post(sign_in(beijing.hotline), TODAY, one, "ask_leave", why="看牙", for_minutes="9999")
    assert answer.status_code == 422
    assert "看牙" in answer.text
    assert "9999" in answer.text


@pytest.mark.clause("QI/03 3.1.3")
def test_going_home_early_is_shut_and_says_by_which_clause(beijing: Any, sign_in: Any) -> None:
    with at("08:31"):
        run_timer(beijing)
        one = beijing.act(fresh(beijing), "sign_in", beijing.hotline)
        browser = sign_in(beijing.hotline)
        assert "The office is open until 2026-11-23 17:00" in said(browser.get(TODAY).text)
        answer = post(browser, TODAY, one, "sign_out")
    assert answer.status_code == 409
    assert "QI/03 3.1.3" in answer.text


def test_a_form_that_was_overtaken_changes_nothing(beijing: Any, sign_in: Any) -> None:
    with at("08:31"):
        run_timer(beijing)
        one = fresh(beijing)
        seen = one.version
        beijing.act(one, "excuse", beijing.duty, reason="发烧，已电话请假")
        answer = sign_in(beijing.hotline).post(
            TODAY, data={"number": one.number, "seen": seen, "step": "sign_in"}
        )
    assert answer.status_code == 409


@pytest.mark.parametrize("locale", ["en", "zh_Hans_CN"])
def test_before_anything_was_begun_the_pages_say_so(beijing: Any, sign_in: Any, locale: str) -> None:
    with at("08:00"):
        browser = sign_in(beijing.duty, locale)
        for page in (TODAY, LIST, f"{TODAY}?day=2026-11-21", f"{TODAY}?day=9999-12-31", f"{TODAY}?day=x"):
            assert browser.get(page).status_code == 200
        assert browser.get(f"{LIST}?number=SH-U-2026-00001").status_code == 404
        assert post(browser, TODAY, Shift(number="BJ-G-2026-09999"), "sign_in").status_code == 404


@pytest.mark.clause("QI/03 3.1.2")
def test_ticks_and_signature_go_in_one_breath(beijing: Any, sign_in: Any) -> None:
    with at("08:00"):
        beijing.log()
        beijing.log()
    case = begun(beijing)
    with at("08:40"):
        browser = sign_in(beijing.duty)
        assert browser.get(LIST).text.count('name="ticked"') == 2
        answer = post(browser, LIST, case, "take", ticked=["1"])
        assert answer.status_code == 409
        assert "QI/03 3.1.2" in answer.text
        assert answer.text.count(" checked") == 1, "the tick is still there, and was not kept"
        assert post(browser, LIST, case, "take", ticked=["1", "2"]).status_code == 302
    case = lists(beijing)[0]
    assert case.state == "taken"
    assert all(one.taker_saw_at for one in lines(case).values())


def test_the_page_shows_what_was_solved_meanwhile_and_keeps_the_frozen_words(
    beijing: Any, sign_in: Any
) -> None:
    with at("08:00"):
        call = beijing.log()
    begun(beijing)
    with at("08:35"):
        beijing.act(call, "solve", beijing.hotline, answer="重建索引后反结账成功")
        page = said(sign_in(beijing.duty).get(LIST).text)
    assert "Being handled meanwhile: Solved by phone" in page


@pytest.mark.clause("QI/03 3.1.2")
def test_a_contested_line_stands_on_top_until_it_is_answered(
    beijing: Any, other: Actor, sign_in: Any
) -> None:
    taken(beijing, begun(beijing), beijing.duty)
    with at("16:00"):
        first, second = beijing.log(), beijing.log()
    case = begun(beijing, 1)
    with at("08:40", 1):
        answer = post(sign_in(other), LIST, case, "contest", line="2", contest="客户昨天已撤回")
        assert answer.status_code == 302
        giver = sign_in(beijing.duty)
        page = giver.get(LIST).text
        assert page.index(second.number) < page.index(first.number)
        assert "客户昨天已撤回" in page
        case = lists(beijing)[-1]
        post(giver, LIST, case, "answer_contest", line="2", answer="客户今早又来电，仍需处理")
        assert "客户今早又来电" in sign_in(other).get(LIST).text


def test_the_lines_that_nobody_owns_are_offered_to_be_taken_at_once(beijing: Any, sign_in: Any) -> None:
    with at("08:00"):
        request = beijing.registered()
    case = begun(beijing)
    with at("08:40"):
        browser = sign_in(beijing.duty)
        assert 'value="unowned"' in browser.get(f"{LIST}?step=assign").text
        said_so = {"lines": "unowned", "person_id": str(beijing.duty.person_id)}
        assert post(browser, LIST, case, "assign", **said_so).status_code == 302
    assert lines(lists(beijing)[0])[request.number].assigned_id == beijing.duty.person_id


def test_a_long_list_comes_in_pages_and_asks_no_more_than_a_short_one(beijing: Any, sign_in: Any) -> None:
    asked, browser = [], sign_in(beijing.duty)
    for day, more in ((0, 1), (1, PAGE)):
        with at("08:00", day):
            customer = beijing.house.customer(beijing.office)
            for _ in range(more):
                beijing.log(customer)
        begun(beijing, day)
        with at("08:31", day):
            asked.append(statements(lambda: browser.get(LIST)))
    assert asked[0] == asked[1]
    with at("08:31", 1):
        first, second = browser.get(LIST).text, browser.get(f"{LIST}?page=2").text
    assert (first.count('name="ticked"'), second.count('name="ticked"')) == (PAGE, 1)


def test_the_shift_asks_the_same_questions_for_one_and_for_many(beijing: Any, sign_in: Any) -> None:
    asked, browser = [], sign_in(beijing.duty)
    for day in (0, 1):
        with at("08:30", day):
            run_timer(beijing)
            asked.append(statements(lambda: browser.get(TODAY)))
        for _ in range(6):
            beijing.hire(HOTLINE_ENGINEER)
    assert asked[0] == asked[1]


@pytest.mark.parametrize("place", ["hotline/shift/", "hotline/handover/", "hotline/handover/BJ-U-2026-00001"])
def test_history_and_case_pages_come_from_the_procedures(beijing: Any, sign_in: Any, place: str) -> None:
    begun(beijing)
    with at("08:31"):
        assert sign_in(beijing.duty).get(f"/BJ/{place}").status_code == 200
    assert isinstance(lists(beijing)[0], Handover)


def test_the_api_tells_both_and_keeps_to_their_columns(beijing: Any) -> None:
    case = begun(beijing)
    told = shapes.whole(beijing.look(case, beijing.duty))
    assert (told["fields"]["lines_count"], told["fields"]["alone"]) == (0, "nobody")
    told = shapes.whole(beijing.look(seats(beijing)["罗文"], beijing.hotline))
    assert [one["name"] for one in told["steps"] if one["open"]] == ["sign_in"]


@pytest.mark.clause("QI/03 3.1.3")
def test_ones_own_leave_is_shut_and_a_colleagues_is_not(beijing: Any, sign_in: Any) -> None:
    both = beijing.hire(HOTLINE_ENGINEER, DUTY_MANAGER, name="孙三")
    with at("08:31"):
        run_timer(beijing)
        for who, name in ((both, "孙三"), (beijing.hotline, "罗文")):
            seat = beijing.act(seats(beijing)[name], "sign_in", who)
            beijing.act(seat, "ask_leave", who, why="去银行取回单", for_minutes=20)
        page = sign_in(both).get(TODAY).text
    assert page.count('name="step" value="permit"') == 1
    assert "another duty manager decides" in said(page)


@pytest.mark.clause("QI/03 3.1.2")
def test_each_taker_sees_his_own_ticks_and_the_giver_sees_that_there_are_some(
    beijing: Any, other: Actor, sign_in: Any
) -> None:
    taken(beijing, begun(beijing), beijing.duty)
    third = beijing.hire(DUTY_MANAGER, name="吴五")
    with at("16:00"):
        beijing.log()
    case = begun(beijing, 1)
    with at("08:40", 1):
        beijing.act(case, "tick", other, lines="all")
        mine, anothers, givers = (sign_in(one).get(LIST).text for one in (other, third, beijing.duty))
    assert [page.count('name="ticked"') for page in (mine, anothers, givers)] == [0, 1, 1]
    assert [page.count("bi-check-lg") for page in (mine, anothers, givers)] == [1, 0, 1]
