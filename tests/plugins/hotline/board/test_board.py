"""The live board: what waits, whose it is, until when; in a constant number of statements."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from typing import Any

import pytest

from core import clock
from core.roles import (
    CUSTOMER_ADMINISTRATOR,
    DUTY_MANAGER,
    FIELD_ENGINEER,
    HOTLINE_ENGINEER,
    SUPPORT_MANAGER,
)
from core.rules import rules_of
from core.settings import set_parameter
from core.testing import SETTER_UP, SignIn, said
from plugins.fieldservice.testing import Centre
from plugins.hotline.board.reading import DEMANDS, MOST, PROMISES, TESTS, Board, board_of
from plugins.hotline.board.views import in_minutes

NINE = dt.datetime(2026, 11, 23, 1, tzinfo=dt.UTC)
HOUR = dt.timedelta(hours=1)


@pytest.fixture(autouse=True)
def nine() -> Iterator[None]:
    with clock.stopped_at(NINE):
        yield


def board(centre: Any, after: dt.timedelta = dt.timedelta()) -> Board:
    return board_of(rules_of(centre.office), NINE + after)


def page(browser: Any, office: str = "BJ", more: str = "") -> str:
    answer = browser.get(f"/{office}/hotline/board/{more}")
    assert answer.status_code == 200
    return str(answer.text)


def test_every_promise_lies_on_its_pile_the_most_urgent_first(beijing: Any) -> None:
    late = beijing.log(promised_at="2026-11-23T16:00")
    soon = beijing.log(promised_at="2026-11-23T09:30")
    beijing.act(beijing.log(), "park", beijing.hotline)
    beijing.act(beijing.log(), "demand", beijing.hotline, demand="今天必须来人处理工资发放")
    piles = board(beijing).piles
    assert [one.number for one in piles[PROMISES].lines] == [soon.number, late.number]
    assert [piles[name].count for name in (PROMISES, TESTS, DEMANDS)] == [2, 1, 1]
    assert board(beijing).overdue == 0
    assert {name: one.overdue for name, one in board(beijing, HOUR).piles.items()} == {
        PROMISES: 1,
        TESTS: 0,
        DEMANDS: 0,
    }
    assert board(beijing, 2 * HOUR).overdue == 3


def test_a_pile_shows_the_first_and_counts_the_rest(beijing: Any) -> None:
    for minute in range(MOST + 3):
        beijing.log(promised_at=f"2026-11-23T10:{minute:02d}")
    pile = board(beijing).piles[PROMISES]
    assert (len(pile.lines), pile.count) == (MOST, MOST + 3)
    assert pile.lines[0].due_at == NINE + HOUR


def test_what_is_settled_and_what_is_anothers_waits_no_more(beijing: Any, shanghai: Any) -> None:
    call = beijing.log(promised_at="2026-11-23T09:30")
    beijing.act(call, "solve", beijing.hotline, answer="已电话告知重建索引的方法")
    shanghai.log(promised_at="2026-11-23T09:30")
    there = board(beijing)
    assert (there.piles[PROMISES].count, there.open_calls, there.oldest) == (0, 0, [])
    assert board(shanghai).open_calls == 1


@pytest.mark.clause("QI/03 3.1.5")
def test_open_calls_stand_by_engineer_with_the_oldest(beijing: Any) -> None:
    other = beijing.hire(HOTLINE_ENGINEER, name="孙悦")
    with clock.stopped_at(NINE - HOUR):
        beijing.log(by=other)
    for _ in range(2):
        beijing.log()
    first, second = board(beijing).owners
    assert (first.name, first.count, first.oldest) == ("罗文", 2, NINE)
    assert (second.name, second.count, second.oldest) == ("孙悦", 1, NINE - HOUR)


@pytest.mark.clause("QI/03 3.1.5")
def test_whoever_has_too_many_open_calls_does_not_keep_his_line_free(beijing: Any) -> None:
    for _ in range(5):
        beijing.log()
    assert not board(beijing).owners[0].too_many
    beijing.log()
    assert board(beijing).owners[0].too_many


@pytest.mark.clause("QI/03 3.1.5")
def test_an_office_may_be_stricter_about_it(beijing: Any, house: Any) -> None:
    beijing.log()
    beijing.log()
    set_parameter(beijing.office, "hotline.most_open_calls", "1", SETTER_UP)
    house.see()
    assert board(beijing).owners[0].too_many


@pytest.mark.clause("QP/2-04 5.3")
def test_requests_wait_for_dispatch_until_they_are_dispatched(beijing: Any) -> None:
    request = beijing.registered()
    beijing.registered()
    there = board(beijing)
    assert there.undispatched == 2
    beijing.act(request, "dispatch", beijing.duty, engineer_id=beijing.engineer.person_id)
    assert board(beijing).undispatched == 1
    assert [one.count for one in there.duty if one.title.msgid == "Dispatch"] == [2]


@pytest.mark.clause("QP/2-04 5.3")
def test_an_office_without_field_service_has_nothing_to_dispatch(house: Any) -> None:
    hotline = Centre(house, "GZ", "hotline")
    hotline.log()
    there = board(hotline)
    assert (there.heaps, there.open_calls) == ([], 1)


def test_the_number_of_statements_does_not_depend_on_how_much_waits(beijing: Any, queries_of: Any) -> None:
    def wait() -> None:
        beijing.act(beijing.log(promised_at="2026-11-23T16:00"), "park", beijing.hotline)
        beijing.act(beijing.log(), "demand", beijing.hotline, demand="今天必须来人处理工资发放")
        beijing.registered()

    def look() -> None:
        found = board_of(rules_of(beijing.office), NINE)
        assert all(one.heading for pile in found.piles.values() for one in pile.lines)
        assert all(one.customer.name and one.owner.name for one in found.oldest)

    wait()
    beijing.house.see()
    one = queries_of(look)
    for _ in range(5):
        wait()
    beijing.house.see()
    assert queries_of(look) == one


def test_the_page_says_what_is_late_in_words_and_keeps_places_by_name(beijing: Any, sign_in: SignIn) -> None:
    call = beijing.log(promised_at="2026-11-23T09:30")
    beijing.act(beijing.log(), "demand", beijing.hotline, demand="今天必须来人处理工资发放")
    browser = sign_in(beijing.duty)
    with clock.stopped_at(NINE + HOUR):
        text = page(browser, more="now")
    assert "1 promises overdue" in said(text)
    assert "−30′" in text
    assert call.number in text
    due = beijing.promises(call)["hotline.promise"]
    assert f'id="due-{due.id}"' in text
    assert "<html" not in text
    assert 'hx-trigger="every 15s"' in page(browser)


def test_the_wall_has_no_header_and_an_empty_board_says_so(beijing: Any, sign_in: SignIn) -> None:
    browser = sign_in(beijing.duty)
    assert "top-search" in page(browser)
    assert "top-search" not in page(browser, more="?wall=1")
    text = said(page(browser))
    for words in ("Nothing is promised.", "No call is open.", "Nothing waits for the duty manager."):
        assert words in text


def test_who_may_see_the_board(beijing: Any, sign_in: SignIn) -> None:
    for role, status in (
        (DUTY_MANAGER, 200),
        (HOTLINE_ENGINEER, 200),
        (SUPPORT_MANAGER, 200),
        (FIELD_ENGINEER, 403),
        (CUSTOMER_ADMINISTRATOR, 403),
    ):
        browser = sign_in(beijing.hire(role))
        assert {browser.get(f"/BJ/hotline/board/{more}").status_code for more in ("", "now")} == {status}


@pytest.mark.parametrize(
    ("minutes", "shown"), [(0, "0′"), (48, "48′"), (-12, "−12′"), (185, "3:05"), (-61, "−1:01")]
)
def test_spans_are_told_so_that_they_are_read_from_afar(app: Any, minutes: int, shown: str) -> None:
    assert in_minutes(dt.timedelta(minutes=minutes)) == shown


def test_the_board_asks_for_no_sound_and_carries_no_script_of_its_own(beijing: Any, sign_in: SignIn) -> None:
    text = page(sign_in(beijing.duty))
    assert not re.search(r"<script(?![^>]*src=)|style=|<audio", text)
