"""The customer file in the browser, without scripts: choose, name columns, try, import, fetch the refused."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable
from contextvars import Context
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from core import accounts
from core.customers import importing
from core.customers.import_models import ImportRun, RunState
from core.customers.models import Customer
from core.db import db
from core.offices import Office
from core.people import Actor
from core.roles import CUSTOMER_ADMINISTRATOR, HOTLINE_ENGINEER, Role
from core.testing import House, said

SAMPLES = Path(__file__).parents[2] / "samples"
SHANGHAI = SAMPLES.joinpath("customers-sh.csv").read_bytes()
UNKNOWN = "甲列,乙列,丙列\nSH1,甲厂,2024-01-31\n".encode()
PASSWORD = "海内存知己天涯若比邻"

Desk = Callable[..., FlaskClient]


@pytest.fixture
def office(house: House) -> Office:
    return house.office("SH")


class Browser(FlaskClient):
    """A browser without a screen, whose requests share no session and no sign-in with the test."""

    def open(self, *arguments: Any, **named: Any) -> TestResponse:
        return Context().run(super().open, *arguments, **named)


@pytest.fixture
def desk(app: Flask, house: House, office: Office) -> Desk:
    """The means to sit down at a browser, signed in with a role in Shanghai, in English."""

    def sit_down(role: Role = CUSTOMER_ADMINISTRATOR, login: str = "xu.min") -> FlaskClient:
        boss = Actor("林晓岚")
        person = accounts.hire(login, "徐敏", "", [(office, role)], boss)
        accounts.redeem(accounts.new_link(person, boss), PASSWORD)
        house.see()
        browser = Browser(app, app.response_class)
        browser.environ_base["HTTP_ACCEPT_LANGUAGE"] = "en"
        assert browser.post("/sign-in", data={"login": login, "password": PASSWORD}).status_code == 302
        return browser

    return sit_down


def choose(client: FlaskClient, content: bytes, name: str = "customers.csv") -> TestResponse:
    return client.post("/SH/customers/import/", data={"file": (io.BytesIO(content), name)})


def press(client: FlaskClient, page: TestResponse, what: str) -> TestResponse:
    """Press the button of a form, and follow to where it leads."""
    forms = re.findall(
        r"<form[^>]*?action=\"([^\"]+)\"[^>]*>(?:(?!</form>).)*?<button[^>]*>([^<]+)", page.text, re.S
    )
    (address,) = [address for address, words in forms if what in words]
    return client.post(address, follow_redirects=True)


def customers(house: House) -> int | None:
    house.see()
    return db.session.scalar(select(func.count()).select_from(Customer))


def state(house: House) -> str:
    house.see()
    return db.session.scalars(select(ImportRun.state).order_by(ImportRun.id.desc()).limit(1)).one()


@pytest.mark.clause("QI/03 3.2.7")
def test_a_file_is_tried_then_imported_then_its_refused_lines_are_taken(house: House, desk: Desk) -> None:
    client = desk()
    assert "Try it out" in said(client.get("/SH/customers/import").text)
    trial = choose(client, SHANGHAI, "上海 客户.csv")
    assert trial.status_code == 302
    page = client.get(trial.location)
    for words in (
        "上海 客户.csv", "This was a trial run", "Customers 25 0 0", "Products 46 0 0",
        "29 File number the file number is missing", "45 Serial number", "SH200001",
        "Contract date “…” is not a date; write it like 2026-11-23 2", "gb18030",
    ):  # fmt: skip
        assert words in said(page.text)
    assert customers(house) == 0
    done = press(client, page, "Import the good lines")
    assert "Import going on" in said(done.text)
    press(client, done, "Continue")
    assert customers(house) == 25
    assert state(house) == RunState.DONE
    refused = client.get(f"{trial.location}/refused.csv")
    assert "attachment" in refused.headers["Content-Disposition"]
    rows = list(csv.reader(io.StringIO(refused.data.decode("utf-8-sig"))))
    assert [row[-3] for row in rows[1:]] == ["29", "31", "35", "36", "39", "41", "42", "45", "50"]
    assert "Imported" in said(client.get("/SH/customers/import/").text)


def test_the_bar_asks_for_part_after_part_and_then_shows_the_result(
    house: House, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("core.web.imports.SECONDS_OF_WORK", 0)
    client = desk()
    page = client.get(choose(client, many(250)).location)
    while "Import the good lines" not in page.text:
        page = press(client, page, "Continue")
    page = press(client, page, "Import the good lines")
    (address,) = re.findall(r'hx-post="([^"]+)"', page.text)
    parts = []
    while not parts or "HX-Redirect" not in parts[-1].headers:
        parts.append(client.post(address, headers={"HX-Request": "true"}))
    bars = [re.findall(r'<progress[^>]*value="(\d+)" max="(\d+)"', part.text) for part in parts]
    assert bars == [[("100", "250")], [("200", "250")], [("250", "250")]]
    assert "<html" not in parts[0].text
    assert "250 0 0" in said(client.get(parts[-1].headers["HX-Redirect"]).text)
    assert client.post(address, headers={"HX-Request": "true"}).headers["HX-Redirect"]


def test_one_request_reads_the_file_once_and_does_what_it_has_time_for(
    house: House, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    client, read = desk(), importing.read_again
    page = press(client, client.get(choose(client, many(1250)).location), "Import the good lines")
    times: list[ImportRun] = []
    monkeypatch.setattr(importing, "read_again", lambda run: (times.append(run), read(run))[1])
    monkeypatch.setattr("core.web.imports.SECONDS_OF_WORK", 600)
    press(client, page, "Continue")
    assert (len(times), customers(house), state(house)) == (1, 1250, RunState.DONE)


def many(customers: int) -> bytes:
    return "\n".join(["档案号,单位名称", *(f"SH{one},第{one}厂" for one in range(customers))]).encode()


def test_unknown_columns_are_named_on_a_page_with_samples(house: House, desk: Desk) -> None:
    client = desk()
    page = client.get(choose(client, UNKNOWN).location)
    assert "甲列 SH1 not imported" in said(page.text)
    address = page.request.path
    wrong = client.post(address, data={"column-0": "file_number", "column-2": "name", "column-1": "name"})
    assert wrong.status_code == 422
    assert "“乙列” was chosen for this already." in said(wrong.text)
    assert wrong.text.count(" selected") == 3
    missing = client.post(address, data={"column-0": "file_number", "column-1": "colour"})
    assert missing.status_code == 422
    assert "Say which column is “Unit's name”." in said(missing.text)
    assert "There is no such field." in said(missing.text)
    neither = client.post(address, data={})
    assert "Say which columns are “File number” and “Unit's name”." in said(neither.text)
    done = client.post(address, data={"column-0": "file_number", "column-1": "name"}, follow_redirects=True)
    assert "Customers 1 0 0" in said(done.text)
    assert "Not imported 丙列" in said(done.text)
    again = client.get(choose(client, UNKNOWN).location)
    assert "Customers 1 0 0" in said(again.text)


def test_the_corrected_rejects_of_columns_named_on_the_page_are_tried_without_naming_them_again(
    house: House, desk: Desk
) -> None:
    client = desk()
    trial = choose(client, "甲列,乙列\n,甲厂\nSH2,乙厂\n".encode()).location
    client.post(trial, data={"column-0": "file_number", "column-1": "name"})
    rejects = client.get(trial.replace("/columns", "/refused.csv")).data
    again = choose(client, rejects.replace(b"\n,", b"\nSH1,"), "rejects.csv")
    assert not again.location.endswith("/columns")
    assert "Customers 1 0 0" in said(client.get(again.location).text)


def test_columns_can_be_named_otherwise_after_the_trial(house: House, desk: Desk) -> None:
    client = desk()
    trial = choose(client, "档案号,单位名称,甲列\nSH1,甲厂,先登记\n".encode()).location
    page = client.get(f"{trial}/columns")
    assert page.text.count(" selected") == 2
    named = {"column-0": "file_number", "column-1": "name", "column-2": "note"}
    done = client.post(f"{trial}/columns", data=named, follow_redirects=True)
    assert "Note 甲列" in said(done.text)


def test_the_refused_lines_stand_on_pages(desk: Desk) -> None:
    client = desk()
    rows = "\n".join(["档案号,单位名称", *[",无号厂"] * 60])
    trial = choose(client, rows.encode()).location
    first, second = client.get(trial), client.get(f"{trial}?page=2")
    assert "51 File number" in said(first.text)
    assert "52 File number" not in said(first.text)
    assert "52 File number" in said(second.text)
    assert "No line of the file is good" in said(first.text)
    assert "Import the good lines" not in first.text
    for page in ("0", "-1", "x", "999999999999999999999"):
        assert client.get(f"{trial}?page={page}").status_code == 200


@pytest.mark.parametrize(
    ("content", "name", "told"),
    [
        (b"", "a.csv", "The file is empty"),
        (b"%PDF-1.7\x00\x01", "a.pdf", "This is not a readable spreadsheet"),
        (b"\xd0\xcf\x11\xe0\x00", "a.xls", "This is the old .xls format"),
        (b"PK\x03\x04 broken", "a.xlsx", "a.xlsx: This is not a readable spreadsheet"),
        ("档案号,单位名称\n".encode(), "a.csv", "a.csv: There is nothing under the header."),
    ],
)
def test_what_is_no_customer_file_is_told_beside_the_field(
    desk: Desk, content: bytes, name: str, told: str
) -> None:
    page = choose(desk(), content, name)
    assert page.status_code == 422
    assert told in re.findall(r'id="file-error">([^<]+)', page.text)[0]


def test_no_file_chosen_is_told_too(desk: Desk) -> None:
    client = desk()
    for sent in ({}, {"file": (io.BytesIO(b""), "")}, {"file": "not a file"}):
        page = client.post("/SH/customers/import/", data=sent)
        assert (page.status_code, "Choose a file first." in page.text) == (422, True)


def test_a_tried_file_can_be_forgotten_and_a_running_import_stopped(house: House, desk: Desk) -> None:
    client = desk()
    tried = choose(client, many(3)).location
    assert "The file is forgotten." in said(press(client, client.get(tried), "Forget this file").text)
    assert client.get(tried).status_code == 404
    running = press(client, client.get(choose(client, many(3)).location), "Import the good lines")
    assert "is not finished" in said(client.get("/SH/customers/import/").text)
    assert "This import was stopped." in said(press(client, running, "Stop the import").text)
    assert state(house) == RunState.STOPPED


def test_the_second_of_two_files_waits_for_the_first(house: House, desk: Desk) -> None:
    client, other = desk(), desk(login="zhou.wen")
    first = client.get(choose(client, many(3)).location)
    second = other.get(choose(other, many(5), "five.csv").location)
    press(client, first, "Import the good lines")
    told = said(press(other, second, "Import the good lines").text)
    assert (
        "The import of customers.csv, which 徐敏 began, is not finished. Continue or stop it first," in told
    )


def test_a_button_pressed_too_late_does_no_harm(house: House, desk: Desk) -> None:
    client = desk()
    trial = choose(client, many(3)).location
    client.post(f"{trial}/import"), client.post(f"{trial}/advance")
    before = customers(house)
    for late in ("import", "advance", "stop"):
        assert client.post(f"{trial}/{late}").status_code == 302
    assert client.get(f"{trial}/columns").status_code == 302
    assert (customers(house), state(house)) == (before, RunState.DONE)


def test_the_page_is_for_those_who_keep_the_file(house: House, desk: Desk) -> None:
    client, colleague = desk(), desk(HOTLINE_ENGINEER, "wang.li")
    trial = choose(client, many(3)).location
    for path in ("/SH/customers/import/", trial, f"{trial}/columns", f"{trial}/refused.csv"):
        assert (path, client.get(path).status_code) == (path, 200)
        assert (path, colleague.get(path).status_code) == (path, 403)
    assert colleague.post(f"{trial}/import").status_code == 403


def test_another_offices_file_does_not_exist(house: House, desk: Desk) -> None:
    beijing_id = house.office("BJ").id
    theirs = importing.receive(beijing_id, many(3), "bj.csv", Actor("北京")).id
    client = desk()
    assert client.get("/BJ/customers/import/").status_code == 404
    for path in ("", "/columns", "/refused.csv"):
        assert client.get(f"/SH/customers/import/{theirs}{path}").status_code == 404
    for path in ("/import", "/advance", "/stop", "/columns"):
        assert client.post(f"/SH/customers/import/{theirs}{path}").status_code == 404
    assert client.get(f"/SH/customers/import/{2**40}").status_code == 404
    assert state(house) == RunState.TRIAL


def test_an_odd_name_of_a_file_breaks_no_page(desk: Desk) -> None:
    client, part = desk(), "Content-Disposition: form-data; name=\"file\"; filename*=UTF-8''a%0D%0A%00b.csv"
    body = f"--X\r\n{part}\r\n\r\n{UNKNOWN.decode()}\r\n--X--\r\n".encode()
    given = client.post("/SH/customers/import/", data=body, content_type="multipart/form-data; boundary=X")
    refused = client.get(given.location.replace("/columns", "/refused.csv"))
    assert (refused.status_code, refused.headers["Content-Disposition"]) == (
        200,
        "attachment; filename=ab-refused.csv",
    )
