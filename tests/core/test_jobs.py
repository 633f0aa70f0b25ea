"""Jobs: each office's timer, held by one process at a time, and every deed done once."""

from __future__ import annotations

import datetime as dt
from threading import Barrier, Thread
from typing import Any

import pytest
from flask import Flask

from core import clock
from core.cli import koudai
from core.db import db, see_offices, writing
from core.errors import KoudaiError
from core.i18n import Sentence
from core.jobs import turns
from core.offices import Office
from core.testing import House
from tests.plugins_dummy.dummy import services
from tests.plugins_dummy.fixtures import database_url, plugins, sqlite_template

__all__ = ["database_url", "plugins", "sqlite_template"]

MORNING = dt.datetime(2026, 11, 24, 2, tzinfo=dt.UTC)


@pytest.fixture
def office(house: House) -> Office:
    return house.office("SH", "hotline", "fieldservice", "dummy")


@pytest.fixture(autouse=True)
def counted() -> list[str]:
    services.COUNTED.clear()
    return services.COUNTED


def run(minutes: int = 0, only: str = "") -> list[turns.Ran]:
    with clock.stopped_at(MORNING + dt.timedelta(minutes=minutes)):
        return [one for one in turns.run_due(only) if one.job == "dummy.count"]


def turn_of(office: Office, house: House) -> turns.JobTurn:
    house.see()
    return turns.turns_of(office.id)["dummy.count"]


def test_a_job_has_its_turn_at_once_and_then_every_so_many_minutes(
    office: Office, house: House, counted: list[str]
) -> None:
    assert run() == [turns.Ran(office="SH", job="dummy.count", trouble=None)]
    turn = turn_of(office, house)
    assert (turn.due_at, turn.held_until) == (MORNING + dt.timedelta(minutes=30), None)
    assert run(29) == []
    assert len(run(30)) == 1
    assert counted == ["SH"]


def test_what_was_claimed_is_never_done_again(office: Office, counted: list[str]) -> None:
    for minutes in (0, 30, 60):
        assert len(run(minutes)) == 1
    assert counted == ["SH", "SH"]


def test_a_deed_that_was_rolled_back_is_still_to_be_done(office: Office, counted: list[str]) -> None:
    office_id = office.id

    def break_off() -> None:
        with writing():
            assert turns.claim(office_id, "dummy.count", "2026-11-24 02")
            raise RuntimeError("the power went")

    with pytest.raises(RuntimeError):
        break_off()
    run()
    assert counted == ["SH"]


def test_hook_core_jobs(house: House, counted: list[str]) -> None:
    house.office("BJ")
    house.office("SH", "hotline", "fieldservice", "dummy")
    house.office("GZ", "hotline", "fieldservice", "dummy")
    assert sorted(one.office for one in run()) == ["GZ", "SH"]
    assert sorted(counted) == ["GZ", "SH"]


def test_one_office_can_be_worked_for_alone(house: House, counted: list[str]) -> None:
    for code in ("SH", "GZ"):
        house.office(code, "hotline", "fieldservice", "dummy")
    assert [one.office for one in run(only="GZ")] == ["GZ"]
    assert counted == ["GZ"]


def test_a_job_that_fails_says_why_breaks_nobody_and_is_tried_again(
    house: House, counted: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    work = services.work

    def in_trouble(rules: Any) -> None:
        if rules.office.code == "GZ":
            raise KoudaiError(Sentence("The shelf is locked."))
        work(rules)

    monkeypatch.setattr(services, "work", in_trouble)
    broken = house.office("GZ", "hotline", "fieldservice", "dummy")
    house.office("SH", "hotline", "fieldservice", "dummy")
    assert {one.office: str(one.trouble) for one in run()} == {"GZ": "The shelf is locked.", "SH": "None"}
    assert (counted, turn_of(broken, house).failures) == (["SH"], 1)
    assert turn_of(broken, house).trouble == Sentence("The shelf is locked.").to_json()
    monkeypatch.setattr(services, "work", work)
    run(30)
    assert (turn_of(broken, house).failures, turn_of(broken, house).trouble) == (0, None)


def test_an_unexpected_fault_is_logged_and_names_no_secret(
    office: Office, house: House, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(rules: Any) -> None:
        raise ValueError("password=topsecret")

    monkeypatch.setattr(services, "work", broken)
    (ran,) = run()
    assert "ValueError" in str(ran.trouble)
    assert "topsecret" not in str(turn_of(office, house).trouble)
    assert "dummy.count of SH failed" in caplog.text


def test_a_job_whose_process_died_is_taken_up_by_another(
    office: Office, house: House, counted: list[str]
) -> None:
    with clock.stopped_at(MORNING):
        assert turns._hold(office.id, "dummy.count")
    assert run(9) == []
    assert len(run(10)) == 1
    assert counted == ["SH"]


def test_of_several_processes_at_once_one_does_the_work(
    app: Flask, office: Office, counted: list[str]
) -> None:
    together, ran = Barrier(4), list[Any]()

    def process() -> None:
        with app.app_context():
            together.wait()
            ran.extend(one for one in turns.run_due() if one.job == "dummy.count")
            db.session.remove()

    threads = [Thread(target=process) for _ in range(4)]
    with clock.stopped_at(MORNING):
        for one in threads:
            one.start()
        for one in threads:
            one.join()
    assert [one.job for one in ran] == ["dummy.count"]
    assert counted == ["SH"]


def test_of_several_claims_at_once_one_is_let_through(app: Flask, office: Office) -> None:
    office_id, together, granted = office.id, Barrier(4), list[bool]()

    def process() -> None:
        with app.app_context():
            see_offices(frozenset({office_id}))
            together.wait()
            with writing():
                granted.append(turns.claim(office_id, "dummy.count", "one"))
            db.session.remove()

    threads = [Thread(target=process) for _ in range(4)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert sorted(granted) == [False, False, False, True]


def test_the_command_line_knows_the_jobs(app: Flask) -> None:
    assert "jobs" in koudai.list_commands(None)  # type: ignore[arg-type]
