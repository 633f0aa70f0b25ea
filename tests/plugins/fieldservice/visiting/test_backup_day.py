"""A back-up lies in the folder that the page showed, whenever the server hears of it (QI/04 3.1.6-backup)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest

from core import clock
from plugins.fieldservice.testing import LOOKED
from tests.plugins.fieldservice.visiting.test_deeds import phone_of

SitDown = Callable[..., Any]
# A Monday afternoon in Beijing.
MONDAY = dt.datetime(2026, 11, 23, 8, tzinfo=dt.UTC)
DAY = dt.timedelta(days=1)
BACKED_UP = {"account_sets": "001", "reports_asked": True}
SENT = {"step": "back_up", "account_sets": "001", "reports_asked": "on"}
TODAY, TOMORROW = "2026-11-23", "2026-11-24"


@pytest.fixture
def request_on_site(beijing: Any) -> Any:
    """A request whose engineer arrived on Monday."""
    with clock.stopped_at(MONDAY):
        return beijing.on_site()


def paths(request: Any) -> list[str]:
    """Return where the back-ups of a visit lie."""
    return [one.path for one in request.copies]


@pytest.mark.clause("QI/04 3.1.6-backup")
def test_what_a_phone_sends_the_next_day_lies_in_the_folder_of_the_day_that_it_showed(
    beijing: Any, sit_down: SitDown, request_on_site: Any
) -> None:
    with clock.stopped_at(MONDAY):
        page = sit_down(beijing, beijing.engineer).get(f"visit/{request_on_site.number}")
    assert r"<code>UFDATABAK\WL20261123\001</code>" in page
    assert f'<input type="hidden" name="backup_day" value="{TODAY}"' in page
    with clock.stopped_at(MONDAY + DAY):
        phone = phone_of(beijing, sit_down, request_on_site)
        assert phone.send("m-1", request_on_site.version, **SENT, backup_day=TODAY)[0] == 200
    beijing.house.see()
    assert paths(request_on_site) == [r"UFDATABAK\WL20261123\001"]


@pytest.mark.clause("QI/04 3.1.6-backup")
def test_even_the_arrival_may_have_been_heard_of_a_day_later(beijing: Any) -> None:
    with clock.stopped_at(MONDAY):
        request = beijing.arranged(MONDAY + dt.timedelta(hours=1))
    with clock.stopped_at(MONDAY + DAY):
        beijing.act(request, "arrive", beijing.engineer)
        beijing.act(request, "look_into", beijing.engineer, **LOOKED)
        beijing.act(request, "back_up", beijing.engineer, **BACKED_UP, backup_day=TODAY)
    assert paths(request) == [r"UFDATABAK\WL20261123\001"]


@pytest.mark.clause("QI/04 3.1.6-backup")
def test_who_says_no_day_means_today(beijing: Any, request_on_site: Any) -> None:
    with clock.stopped_at(MONDAY + DAY):
        request = beijing.act(request_on_site, "back_up", beijing.engineer, **BACKED_UP)
    assert paths(request) == [r"UFDATABAK\WL20261124\001"]


@pytest.mark.clause("QI/04 3.1.6-backup")
@pytest.mark.parametrize("day", ["2026-11-22", TOMORROW])
def test_before_somebody_was_sent_and_in_the_future_nothing_was_copied(
    beijing: Any, request_on_site: Any, day: str
) -> None:
    with clock.stopped_at(MONDAY):
        typed = BACKED_UP | {"backup_day": day}
        refused = beijing.refused(request_on_site, "back_up", beijing.engineer, **typed)
    assert list(refused.errors) == ["backup_day"]


def test_the_day_is_that_of_the_office(beijing: Any) -> None:
    past_midnight = dt.datetime(2026, 11, 23, 16, 30, tzinfo=dt.UTC)
    with clock.stopped_at(MONDAY):
        request = beijing.on_site()
    with clock.stopped_at(past_midnight):
        typed = BACKED_UP | {"backup_day": TOMORROW}
        request = beijing.act(request, "back_up", beijing.engineer, **typed)
    assert paths(request) == [r"UFDATABAK\WL20261124\001"]


@pytest.mark.clause("QI/04 3.1.6-backup")
def test_a_page_that_comes_back_after_midnight_shows_the_folder_that_it_had_shown(
    beijing: Any, sit_down: SitDown, request_on_site: Any
) -> None:
    with clock.stopped_at(MONDAY + DAY):
        screen = sit_down(beijing, beijing.engineer)
        typed = {"step": "back_up", "account_sets": "3", "backup_day": TODAY}
        status, page = screen.post(f"visit/{request_on_site.number}", **typed)
    assert status == 422
    assert r"<code>UFDATABAK\WL20261123\003</code>" in page
    assert f'<input type="hidden" name="backup_day" value="{TODAY}"' in page
