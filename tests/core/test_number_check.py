"""Numbers = valid + void: the register of voids, and the check of a month, by page and by command."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import delete, update

from core import clock, number_check
from core.db import db, writing
from core.errors import Invalid
from core.ledger import LedgerRow
from core.number_check import Month, Tally
from core.numbers import NumberSeries, NumberVoid
from core.offices import Office
from core.roles import DUTY_MANAGER, HOTLINE_ENGINEER, REGIONAL_MANAGER
from core.rules import rules_of
from core.testing import House, SignIn, said

NOVEMBER = Month(2026, 11)


@pytest.fixture(autouse=True)
def november() -> Iterator[None]:
    with clock.stopped_at(dt.datetime(2026, 11, 23, 1, 0, tzinfo=dt.UTC)):
        yield


@pytest.fixture
def office(house: House) -> Office:
    return house.office("SH")


def called(work: Any, office: Office, times: int) -> list[str]:
    """Log so many calls, and return their numbers."""
    return [work.called(office) for _ in range(times)]


def voided(work: Any, house: House, office: Office, number: str, why: str = "重复登记") -> None:
    """Cancel a request, whose number then is void."""
    duty = house.hire(office, DUTY_MANAGER, name="周艳")
    work.done("fieldservice.request", number, "cancel", duty, office, reason=why)


def tally(office: Office, month: Month = NOVEMBER) -> dict[str, Tally]:
    return {one.first.split("-")[1]: one for one in number_check.check(rules_of(office), month)}


def test_every_number_of_a_month_is_a_case_or_a_void(house: House, work: Any, office: Office) -> None:
    for _ in range(3):
        work.requested(office)
    voided(work, house, office, "SH-R-2026-00002")
    counted = tally(office)
    assert (counted["H"].drawn, counted["H"].valid, counted["H"].void) == (3, 3, 0)
    requests = counted["R"]
    assert (requests.drawn, requests.valid, requests.void, requests.whole) == (3, 2, 1, True)
    assert (requests.first, requests.last) == ("SH-R-2026-00001", "SH-R-2026-00003")


@pytest.mark.parametrize("gone", ["SH-H-2026-00001", "SH-H-2026-00002", "SH-H-2026-00003"])
def test_a_case_that_somebody_took_out_by_hand_is_missed(
    house: House, work: Any, office: Office, gone: str
) -> None:
    called(work, office, 3)
    remove(office, gone)
    house.see()
    calls = tally(office)["H"]
    assert (calls.drawn, calls.valid, calls.void) == (3, 2, 0)
    assert calls.missing == (gone,)
    assert not calls.whole


def remove(office: Office, number: str) -> None:
    model = rules_of(office).procedure("hotline.call").model
    with writing():
        db.session.execute(delete(model).where(model.number == number))


def test_a_cancelled_case_that_was_taken_out_with_its_void_is_missed(
    house: House, work: Any, office: Office
) -> None:
    work.requested(office)
    voided(work, house, office, "SH-R-2026-00001")
    model = rules_of(office).procedure("fieldservice.request").model
    with writing():
        db.session.execute(delete(NumberVoid))
        db.session.execute(delete(model))
    house.see()
    assert tally(office)["R"].missing == ("SH-R-2026-00001",)


def test_a_number_that_the_ledger_does_not_know_is_named(house: House, work: Any, office: Office) -> None:
    called(work, office, 2)
    with writing():
        where = LedgerRow.number == "SH-H-2026-00002"
        db.session.execute(update(LedgerRow).where(where).values(number=""))
    house.see()
    calls = tally(office)["H"]
    assert calls.unlogged == ("SH-H-2026-00002",)
    assert not calls.whole


def test_a_series_that_ran_ahead_of_its_cases_is_seen(house: House, work: Any, office: Office) -> None:
    called(work, office, 1)
    with writing():
        db.session.execute(update(NumberSeries).where(NumberSeries.letter == "H").values(last=3))
    house.see()
    assert tally(office)["H"].missing == ("SH-H-2026-00002", "SH-H-2026-00003")


def test_each_month_counts_its_own_by_the_offices_clock(house: House, work: Any, office: Office) -> None:
    called(work, office, 2)
    # Half past midnight of 1 December in Shanghai is still November in Greenwich.
    with clock.stopped_at(dt.datetime(2026, 11, 30, 16, 30, tzinfo=dt.UTC)):
        called(work, office, 1)
    assert tally(office)["H"].last == "SH-H-2026-00002"
    assert (tally(office, Month(2026, 12))["H"].first, tally(office, Month(2026, 12))["H"].drawn) == (
        "SH-H-2026-00003",
        1,
    )
    assert not tally(office, Month(2026, 10))


def test_a_new_year_begins_anew_and_its_months_are_whole(house: House, work: Any, office: Office) -> None:
    called(work, office, 1)
    with clock.stopped_at(dt.datetime(2027, 1, 4, 1, 0, tzinfo=dt.UTC)):
        called(work, office, 1)
    january = number_check.check(rules_of(office), Month(2027, 1))
    assert [(one.first, one.whole) for one in january] == [("SH-H-2027-00001", True)]
    assert tally(office)["H"].whole


def test_another_office_counts_for_itself(house: House, work: Any, office: Office) -> None:
    called(work, office, 2)
    beijing = house.office("BJ")
    called(work, beijing, 1)
    assert (tally(office)["H"].drawn, tally(beijing)["H"].drawn) == (2, 1)


@pytest.mark.parametrize("text", ["", "2026", "2026-13", "2026-1", "11-2026", "２０２６-11"])
def test_what_is_no_month_is_refused_with_the_remedy(text: str) -> None:
    with pytest.raises(Invalid, match="2026-11"):
        Month.read(text)


def test_months_follow_each_other() -> None:
    assert (Month(2026, 12).next, Month(2026, 1).before) == (Month(2027, 1), Month(2025, 12))
    assert (Month(2026, 5).next, Month(2026, 5).before) == (Month(2026, 6), Month(2026, 4))


@pytest.fixture
def manager(house: House, office: Office, sign_in: SignIn) -> FlaskClient:
    return sign_in(house.hire(office, REGIONAL_MANAGER))


def test_the_page_says_yes_and_no(house: House, work: Any, office: Office, manager: FlaskClient) -> None:
    called(work, office, 2)
    assert "SH-H-2026-00001 – SH-H-2026-00002 2 2 0 yes" in said(
        manager.get("/SH/numbers/month?month=2026-11").text
    )
    remove(office, "SH-H-2026-00001")
    page = said(manager.get("/SH/numbers/month").text)
    assert "2 1 0 no No case and no void: SH-H-2026-00001" in page


def test_the_page_says_what_went_with_its_plugin(
    work: Any, office: Office, manager: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    called(work, office, 1)
    monkeypatch.setattr(number_check, "left_at", lambda office_id: {"hotline": 1000})
    page = said(manager.get("/SH/numbers/month?month=2026-11").text)
    assert "1 0 0 yes Removed with its plugin, and exported: SH-H-2026-00001" in page


def test_a_month_without_numbers_and_a_month_that_is_none(manager: FlaskClient) -> None:
    assert "No number was drawn in 2025-01." in said(manager.get("/SH/numbers/month?month=2025-01").text)
    answer = manager.get("/SH/numbers/month?month=soon")
    assert answer.status_code == 422
    assert "“soon” is no month." in said(answer.text)


def test_the_register_lists_voids_with_reason_who_and_when(
    house: House, work: Any, office: Office, manager: FlaskClient
) -> None:
    work.requested(office)
    voided(work, house, office, "SH-R-2026-00001", why="客户自己恢复了")
    page = said(manager.get("/SH/numbers/").text)
    assert "SH-R-2026-00001 Field service request 客户自己恢复了 周艳 2026-11-23 09:00" in page


def test_the_register_is_read_by_form_and_year(
    house: House, work: Any, office: Office, manager: FlaskClient
) -> None:
    work.requested(office)
    voided(work, house, office, "SH-R-2026-00001")

    def listed(asked: str) -> bool:
        return "SH-R-2026-00001" in manager.get(f"/SH/numbers/?{asked}").text

    assert listed("form=R&year=2026")
    assert not listed("form=H")
    assert listed("year=1999")
    assert listed("form=nonsense")


def test_the_register_comes_a_page_at_a_time(
    house: House, office: Office, manager: FlaskClient, queries_of: Callable[..., int]
) -> None:
    def enter(serials: range) -> None:
        with writing():
            for serial in serials:
                number = f"SH-R-2026-{serial:05d}"
                row = NumberVoid(office_id=office.id, number=number, reason="重复", voided_at=clock.now())
                db.session.add(row)
        house.see()

    enter(range(1, 4))
    few = queries_of(lambda: manager.get("/SH/numbers/"))
    enter(range(4, 36))
    assert queries_of(lambda: manager.get("/SH/numbers/")) == few
    assert "SH-R-2026-00005" not in manager.get("/SH/numbers/").text
    assert "SH-R-2026-00005" in manager.get("/SH/numbers/?page=2").text


def test_voids_of_another_office_are_not_there(
    house: House, work: Any, office: Office, manager: FlaskClient, sign_in: SignIn
) -> None:
    beijing = house.office("BJ")
    work.requested(beijing)
    voided(work, house, beijing, "BJ-R-2026-00001")
    assert "BJ-R-2026-00001" not in manager.get("/SH/numbers/").text
    assert manager.get("/BJ/numbers/").status_code == manager.get("/BJ/numbers/month").status_code == 404
    engineer = sign_in(house.hire(office, HOTLINE_ENGINEER))
    assert engineer.get("/SH/numbers/").status_code == 403
