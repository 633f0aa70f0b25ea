"""What administrators see of the jobs of an office: when each was at work, and what went wrong."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from core import clock
from core.errors import KoudaiError
from core.i18n import Sentence
from core.jobs import turns
from core.roles import ADMINISTRATOR, DUTY_MANAGER
from core.testing import House, SignIn, said
from tests.plugins_dummy.dummy import services
from tests.plugins_dummy.fixtures import database_url, plugins, sqlite_template

__all__ = ["database_url", "plugins", "sqlite_template"]

MORNING = dt.datetime(2026, 11, 24, 2, tzinfo=dt.UTC)


@pytest.fixture
def office(house: House) -> Any:
    return house.office("SH", "hotline", "fieldservice", "dummy")


@pytest.fixture
def page(house: House, office: Any, sign_in: SignIn) -> Any:
    """The page of jobs as an administrator reads it so many minutes later."""
    browser = sign_in(house.person(office, ADMINISTRATOR))

    def read(minutes: int = 0, where: str = "/SH/settings/jobs/") -> str:
        with clock.stopped_at(MORNING + dt.timedelta(minutes=minutes)):
            return said(browser.get(where).text)

    return read


def run() -> None:
    with clock.stopped_at(MORNING):
        list(turns.run_due("SH"))


def broken(rules: Any) -> None:
    raise KoudaiError(Sentence("The shelf is locked."))


def test_a_job_is_shown_before_its_first_turn_and_after_it(page: Any) -> None:
    assert "not yet run" in page()
    run()
    shown = page()
    assert "not yet run" not in shown
    assert "every 30 min" in shown
    assert "11-24 10:00 11-24 10:30 in order" in shown


def test_a_job_that_fails_says_why_and_the_settings_warn(page: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "Jobs 1" not in page(where="/SH/settings/")
    monkeypatch.setattr(services, "work", broken)
    run()
    assert "The shelf is locked." in page()
    assert "Jobs 1" in page(where="/SH/settings/")


def test_turns_that_nobody_takes_are_told(page: Any) -> None:
    run()
    # The first that is due is the shift's, every minute.
    assert "Nobody takes the turns" not in page(16)
    assert "Nobody takes the turns" in page(17)


def test_nobody_but_an_administrator_sees_them(house: House, office: Any, sign_in: SignIn) -> None:
    assert sign_in(house.person(office, DUTY_MANAGER)).get("/SH/settings/jobs/").status_code == 403
