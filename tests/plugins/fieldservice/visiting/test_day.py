"""The engineer's day in order, and what comes of his phone calls (QI/04 3.1.2)."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from typing import Any

import pytest

from core import clock, deadlines, ledger
from core.roles import FIELD_ENGINEER

SitDown = Callable[..., Any]
# A Monday morning in Beijing.
MORNING = dt.datetime(2026, 11, 23, 1, tzinfo=dt.UTC)
DISPATCH = "fieldservice.dispatch"


def sent_to(centre: Any, address: str) -> Any:
    """Dispatch a request to an address."""
    request = centre.registered(address=address)
    return centre.act(request, "dispatch", centre.duty, engineer_id=centre.engineer.person_id)


def order(screen: Any) -> list[str]:
    """Return the numbers on the page of the day, in their order."""
    return list(dict.fromkeys(re.findall(r"BJ-R-\d{4}-\d{5}", screen.get("visits"))))


@pytest.mark.clause("QI/04 3.1.2")
def test_what_is_fixed_comes_first_then_what_is_promised_and_near(beijing: Any, sit_down: SitDown) -> None:
    with clock.stopped_at(MORNING):
        near = sent_to(beijing, "北京市海淀区中关村 1 号")
        far = sent_to(beijing, "北京市朝阳区建国路 5 号")
        fixed = beijing.arranged(MORNING + dt.timedelta(hours=3), sent_to(beijing, "北京市朝阳区光华路 2 号"))
        tomorrow = beijing.arranged(MORNING + dt.timedelta(days=1), sent_to(beijing, "北京市朝阳区 9 号"))
        expected = [one.number for one in (fixed, far, near, tomorrow)]
        screen = sit_down(beijing, beijing.engineer)
        assert order(screen) == expected
        page = screen.get("visits")
    assert "Today: 3" in page
    assert page.index("Later days") < page.index(str(tomorrow.number))


@pytest.mark.clause("QI/04 3.1.2")
def test_who_drives_may_overrule_the_order_and_says_why(beijing: Any, sit_down: SitDown) -> None:
    with clock.stopped_at(MORNING):
        first, second, third = (sent_to(beijing, "海淀区 1 号") for _ in range(3))
        refused = beijing.refused(third, "move_in_day", beijing.engineer, planned_place=1)
        assert list(refused.errors) == ["planned_why"]
        moved = {"planned_place": 1, "planned_why": "客户下午停电"}
        beijing.act(third, "move_in_day", beijing.engineer, **moved)
        screen = sit_down(beijing, beijing.engineer)
        assert order(screen) == [one.number for one in (third, first, second)]
        assert "客户下午停电" in screen.get("visits")
    row = ledger.last_of("fieldservice.request", third.id)
    assert row
    assert row.details["values"]["planned_why"] == "客户下午停电"
    with clock.stopped_at(MORNING + dt.timedelta(days=1)):
        assert order(screen) == [one.number for one in (first, second, third)]


def test_nobody_orders_the_day_of_another(beijing: Any) -> None:
    other = beijing.hire(FIELD_ENGINEER, name="赵海燕")
    moved = {"planned_place": 1, "planned_why": "近"}
    assert beijing.refused(beijing.dispatched(), "move_in_day", other, **moved).kind == "role"


@pytest.mark.clause("QI/04 3.1.2")
def test_who_was_not_reached_is_tried_again(beijing: Any, sit_down: SitDown) -> None:
    with clock.stopped_at(MORNING):
        request = beijing.dispatched()
        again = MORNING + dt.timedelta(hours=1)
        tried = {"phone_outcome": "not_reached", "try_again_at": again}
        request = beijing.act(request, "phoned", beijing.engineer, **tried)
        assert (request.state, request.try_again_at) == ("dispatched", again)
        page = sit_down(beijing, beijing.engineer).get("visits")
        assert "Not reached, try again" in page
        assert "2026-11-23 10:00" in page
        past = tried | {"try_again_at": MORNING - dt.timedelta(hours=1)}
        assert list(beijing.refused(request, "phoned", beijing.engineer, **past).errors) == ["try_again_at"]
        reached = beijing.act(request, "phoned", beijing.engineer, phone_outcome="reached")
    assert (reached.try_again_at, reached.phoned_at) == (None, MORNING)


@pytest.mark.clause("QI/04 3.1.1")
@pytest.mark.clause("QI/04 3.1.2")
def test_a_wrong_number_goes_back_to_the_duty_manager_with_a_word(beijing: Any) -> None:
    with clock.stopped_at(MORNING):
        request = beijing.dispatched()
        wrong = {"phone_outcome": "wrong_number"}
        assert list(beijing.refused(request, "phoned", beijing.engineer, **wrong).errors) == ["phone_note"]
        request = beijing.act(request, "phoned", beijing.engineer, **wrong, phone_note="空号，少一位")
    assert (request.state, request.engineer_id, request.reason) == ("registered", None, "空号，少一位")
    promises = beijing.promises(request)
    assert promises["fieldservice.visit"].state == deadlines.DROPPED
    assert promises[DISPATCH].state == deadlines.OPEN


def test_the_page_of_the_day_notes_and_keeps_what_was_typed(beijing: Any, sit_down: SitDown) -> None:
    request = beijing.dispatched()
    screen = sit_down(beijing, beijing.engineer)
    typed = {"number": request.number, "step": "phoned", "phone_outcome": "wrong_number"}
    status, page = screen.post("visits", **typed)
    assert status == 422
    assert "Say what is wrong with the number" in page
    assert screen.post("visits", **typed, phone_note="空号")[0] == 302
    assert "Done: Note a phone call" in screen.get("visits")
