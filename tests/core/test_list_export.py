"""A list as a file: exactly what is shown, in which nothing is computed, taken by whoever may and written down."""

from __future__ import annotations

import csv
import datetime as dt
import io
import zipfile
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
import python_calamine
from flask.testing import FlaskClient

from core import clock, gate
from core.customers.services import add_customer
from core.db import db, writing
from core.ledger import LedgerRow
from core.offices import Office
from core.people import Actor
from core.roles import ADMINISTRATOR, DUTY_MANAGER, HOTLINE_ENGINEER, NATIONAL_ROLES
from core.testing import NATIONAL, House, SignIn, said

NINE = dt.datetime(2026, 11, 23, 1, 0, tzinfo=dt.UTC)
CALLS, EXPORT = "/SH/hotline/call/", "/SH/lists/hotline/call/export"
Ledger = Callable[[Office], list[LedgerRow]]


@pytest.fixture(autouse=True)
def nine() -> Any:
    with clock.stopped_at(NINE):
        yield


@pytest.fixture
def shanghai(house: House) -> Office:
    return house.office("SH", *NATIONAL, "shanghai", name="上海")


@pytest.fixture
def boss(house: House, shanghai: Office) -> Actor:
    return house.hire(shanghai, *NATIONAL_ROLES, name="周艳")


def as_csv(browser: FlaskClient, address: str = EXPORT, **asked: str) -> list[list[str]]:
    """Take a list as CSV, and return its lines."""
    answer = browser.post(address, data={"format": "csv", **asked})
    assert (answer.status_code, answer.mimetype) == (200, "text/csv")
    assert answer.data.startswith(b"\xef\xbb\xbf")
    return list(csv.reader(io.StringIO(answer.data.decode("utf-8-sig"))))


def as_xlsx(browser: FlaskClient, address: str = EXPORT, **asked: str) -> tuple[list[list[Any]], str]:
    """Take a list as a workbook, and return its lines and the sheet as it stands in the file."""
    answer = browser.post(address, data={"format": "xlsx", **asked})
    assert answer.status_code == 200
    book = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(answer.data))
    with zipfile.ZipFile(io.BytesIO(answer.data)) as parts:
        sheet = parts.read("xl/worksheets/sheet1.xml").decode()
    return book.get_sheet_by_index(0).to_python(), sheet


def test_a_file_holds_what_is_shown_in_its_order_and_columns(
    work: Any, house: House, shanghai: Office, boss: Actor, sign_in: SignIn
) -> None:
    first, second = work.called(shanghai, boss), work.called(shanghai, boss)
    third = work.called(shanghai, house.hire(shanghai, HOTLINE_ENGINEER))
    browser = sign_in(boss)
    lines = as_csv(browser, whose="mine", sort="number", columns="number,module,owner")
    assert lines == [["Number", "Module", "Owner"], [first, "总账", "周艳"], [second, "总账", "周艳"]]
    assert [line[0] for line in as_csv(browser)[1:]] == [third, second, first]


def test_all_pages_come_and_in_portions(
    work: Any,
    shanghai: Office,
    boss: Actor,
    sign_in: SignIn,
    monkeypatch: pytest.MonkeyPatch,
    queries_of: Any,
) -> None:
    monkeypatch.setattr("core.web.cases.PAGE", 2)
    monkeypatch.setattr("core.lists.export.PORTION", 2)
    every = [work.called(shanghai, boss) for _more in range(5)]
    browser = sign_in(boss)
    assert [line[0] for line in as_csv(browser)[1:]] == every[::-1]
    monkeypatch.setattr("core.lists.export.PORTION", 500)
    few = queries_of(lambda: as_csv(browser, state="solved"))
    assert queries_of(lambda: as_csv(browser)) - few <= 4


def test_a_kept_filter_is_exported_as_it_is_shown(
    work: Any, shanghai: Office, boss: Actor, sign_in: SignIn
) -> None:
    number = work.called(shanghai, boss)
    browser = sign_in(boss)
    browser.post("/SH/lists/hotline/call/save", data={"name": "开着的", "state": "open"})
    closed = work.called(shanghai, boss)
    answer = {"answer": "把下边距改成 10 毫米后打印正常"}
    gate.perform("hotline.call", closed, "solve", boss, answer, office=shanghai)
    assert [line[0] for line in as_csv(browser, saved="1")] == ["Number", number]
    # The same tab, after its question was taken back on the page.
    page = browser.get(f"{CALLS}?saved=1&state=").text
    assert 'name="asked" value="1"' in page.partition("/export")[2]
    assert [line[0] for line in as_csv(browser, saved="1", asked="1")] == ["Number", closed, number]


def test_a_workbook_has_real_moments_in_the_offices_zone_and_real_numbers(
    work: Any, shanghai: Office, boss: Actor, walk: Any, sign_in: SignIn
) -> None:
    request = walk(shanghai).case_in("fieldservice.request", "turned_in")
    with writing():
        db.session.merge(request).travel_cost = Decimal("12.50")
    address, columns = "/SH/lists/fieldservice/request/export", "number,opened,travel,signed"
    lines, sheet = as_xlsx(sign_in(boss), address, columns=columns)
    assert lines[1][1] == dt.datetime(2026, 11, 23, 9, 0)
    assert lines[1][2] == 12.5
    assert 'state="frozen"' in sheet


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "＝"])
def test_nothing_that_was_typed_is_computed(
    shanghai: Office, boss: Actor, sign_in: SignIn, start: str
) -> None:
    name = f"{start}1+1"
    with writing(frozenset({shanghai.id})):
        add_customer(shanghai.id, file_number="SH1", name=name, contact="高敏", phone="1")
    address, browser = "/SH/lists/core/customer/export", sign_in(boss)
    columns = {"columns": "file_number,name"}
    assert as_csv(browser, address, **columns)[1] == ["SH1", f"'{name}"]
    lines, sheet = as_xlsx(browser, address, **columns)
    assert lines[1][1].strip() == name.strip()
    assert "<f>" not in sheet


def test_no_text_becomes_a_link(shanghai: Office, boss: Actor, sign_in: SignIn) -> None:
    with writing(frozenset({shanghai.id})):
        add_customer(shanghai.id, file_number="SH1", name="http://evil.example", contact="高敏", phone="1")
    lines, sheet = as_xlsx(sign_in(boss), "/SH/lists/core/customer/export")
    assert lines[1][1] == "http://evil.example"
    assert "hyperlink" not in sheet


def test_what_is_taken_stands_in_the_ledger(
    work: Any, shanghai: Office, boss: Actor, sign_in: SignIn, ledger_of: Ledger
) -> None:
    work.called(shanghai, boss)
    as_csv(sign_in(boss), state="open", columns="number,state")
    row = ledger_of(shanghai)[-1]
    assert (row.kind, row.action, row.procedure, row.actor) == ("export", "export", "hotline.call", "周艳")
    assert row.details == {
        "rows": 1,
        "format": "csv",
        "asked": {"state": "open", "columns": "number,state"},
        "columns": ["number", "state"],
    }


def test_who_reads_a_list_may_not_yet_take_it_away(
    house: House, work: Any, shanghai: Office, boss: Actor, sign_in: SignIn, ledger_of: Ledger
) -> None:
    work.called(shanghai, boss)
    engineer = sign_in(house.hire(shanghai, HOTLINE_ENGINEER))
    before = len(ledger_of(shanghai))
    assert engineer.post(EXPORT, data={"format": "csv"}).status_code == 403
    assert "Export" not in said(engineer.get(CALLS).text)
    assert "Export" in said(sign_in(house.hire(shanghai, DUTY_MANAGER)).get(CALLS).text)
    assert len(ledger_of(shanghai)) == before


def test_who_may_export_takes_no_list_that_he_may_not_read(
    house: House, shanghai: Office, sign_in: SignIn
) -> None:
    administrator = sign_in(house.hire(shanghai, ADMINISTRATOR))
    assert administrator.post(EXPORT, data={"format": "csv"}).status_code == 403


def test_another_offices_list_is_not_there(house: House, shanghai: Office, sign_in: SignIn) -> None:
    stranger = sign_in(house.hire(house.office("BJ"), *NATIONAL_ROLES))
    assert stranger.post(EXPORT, data={"format": "csv"}).status_code == 404


def test_a_list_that_is_too_long_is_refused_with_the_remedy(
    work: Any,
    shanghai: Office,
    boss: Actor,
    sign_in: SignIn,
    ledger_of: Ledger,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("core.lists.export.MOST_ROWS", 2)
    for _more in range(3):
        number = work.called(shanghai, boss)
    browser, before = sign_in(boss), len(ledger_of(shanghai))
    data = {"format": "csv", "state": "open"}
    page = browser.post(EXPORT, data=data, follow_redirects=True)
    assert "more than 2 rows. Narrow it" in said(page.text)
    assert page.request.args["state"] == "open"
    assert len(ledger_of(shanghai)) == before
    answer = {"answer": "把下边距改成 10 毫米后打印正常"}
    gate.perform("hotline.call", number, "solve", boss, answer, office=shanghai)
    assert len(as_csv(browser, state="open")) == 3


def test_an_empty_list_is_a_file_with_headings(shanghai: Office, boss: Actor, sign_in: SignIn) -> None:
    assert as_csv(sign_in(boss), columns="number,owner") == [["Number", "Owner"]]
    lines, _sheet = as_xlsx(sign_in(boss), columns="number,owner")
    assert lines == [["Number", "Owner"]]
