"""Guangzhou's loan machines (GZYY/QI/03), and that no neighbour has them."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pypdfium2
import pytest
from flask import Flask
from koudai_guangzhou.models import Loan
from koudai_guangzhou.records import receipt

from core import clock, prints, switches
from core.db import db
from core.errors import RefusalKind
from core.life.removal import remove
from core.testing import NATIONAL, House, SignIn, said
from core.testing_contract import PluginContract
from plugins.fieldservice.models import ServiceRequest
from plugins.fieldservice.testing import Centre

NINE = dt.datetime(2026, 11, 23, 1, tzinfo=dt.UTC)
MACHINE = {"machine": "ThinkPad X1, GZ-0031", "accessories": "电源"}


class TestContract(PluginContract):
    """What every plugin keeps to."""

    plugin = "guangzhou"


@pytest.fixture
def home(house: House) -> Centre:
    return Centre(house, "GZ", *NATIONAL, "guangzhou")


@pytest.fixture
def neighbour(house: House) -> Centre:
    return Centre(house, "BJ")


def lent(centre: Centre, request: ServiceRequest) -> ServiceRequest:
    """Lend the customer of a request a machine."""
    found: ServiceRequest = centre.act(request, "lend_machine", centre.engineer, **MACHINE)
    return found


@pytest.mark.clause("GZYY/QI/03 2.1")
def test_a_machine_is_lent_and_written_into_guangzhous_own_table(home: Centre) -> None:
    with clock.stopped_at(NINE):
        request = lent(home, home.on_site())
    loan = db.session.query(Loan).one()
    assert (request.state, loan.request_id, loan.machine) == ("on_site", request.id, MACHINE["machine"])
    assert (loan.lent_at, loan.lent_by.name, loan.returned_at) == (NINE, "王力", None)


@pytest.mark.clause("GZYY/QI/03 2.1")
def test_a_customer_has_one_machine_at_most(home: Centre) -> None:
    request = lent(home, home.dispatched())
    refused = home.refused(request, "lend_machine", home.duty, **MACHINE)
    assert (refused.kind, refused.objections[0].plugin) == (RefusalKind.OBJECTION, "guangzhou")


@pytest.mark.clause("GZYY/QI/03 2.1")
def test_the_hotline_lends_nothing(home: Centre) -> None:
    assert home.refused(home.dispatched(), "lend_machine", home.hotline, **MACHINE).kind is RefusalKind.ROLE


@pytest.mark.clause("GZYY/QI/03 2.2")
def test_it_is_taken_back_once_with_its_condition(home: Centre) -> None:
    request = home.dispatched()
    assert (
        home.refused(request, "take_machine_back", home.duty, condition="完好").kind is RefusalKind.OBJECTION
    )
    lent(home, request)
    assert "condition" in home.refused(request, "take_machine_back", home.duty).errors
    home.act(request, "take_machine_back", home.duty, condition="完好")
    assert db.session.query(Loan).one().condition == "完好"
    lent(home, request)
    assert db.session.query(Loan).count() == 2


@pytest.mark.clause("GZYY/QI/03 2.2")
def test_it_is_due_back_within_five_working_days_and_waits_for_the_engineer(home: Centre) -> None:
    with clock.stopped_at(NINE):
        request = lent(home, home.dispatched())
        promise = home.promises(request)["guangzhou.take_back"]
        assert promise.due_at.date() == dt.date(2026, 11, 30), "the sixth and seventh day are no working days"
        assert promise.person_id == home.engineer.person_id
        home.act(request, "take_machine_back", home.engineer, condition="完好")
    assert home.promises(request)["guangzhou.take_back"].state == "met"


@pytest.mark.clause("GZYY/QI/03 2.3")
def test_no_request_ends_while_the_machine_is_out(home: Centre) -> None:
    request = lent(home, home.turned_in())
    (objection,) = home.refused(request, "close", home.duty).objections
    assert (objection.clause, objection.plugin) == ("GZYY/QI/03 2.3", "guangzhou")
    home.act(request, "take_machine_back", home.duty, condition="完好")
    assert home.act(request, "close", home.duty).state == "closed"


@pytest.mark.clause("GZYY/QI/03 2.3")
def test_no_request_is_cancelled_while_the_machine_is_out(home: Centre) -> None:
    request = lent(home, home.dispatched())
    assert home.refused(request, "cancel", home.duty, reason="用户取消").kind is RefusalKind.OBJECTION


@pytest.mark.clause("GZYY/QI/03 2.1")
@pytest.mark.parametrize(
    ("locale", "words"),
    [("en", ("On loan", "Lent by 王力")), ("zh_Hans_CN", ("借用中的备用机", "借出人：王力"))],
)
def test_the_request_shows_what_is_out_in_both_languages(
    home: Centre, sign_in: SignIn, locale: str, words: tuple[str, str]
) -> None:
    request = home.dispatched()
    assert home.cards(request, home.duty, "guangzhou") == []
    lent(home, request)
    page = sign_in(home.duty, locale).get(f"/GZ/fieldservice/request/{request.number}")
    assert all(one in said(page.text) for one in (*words, MACHINE["machine"]))


@pytest.mark.clause("GZYY/QI/03 2.1")
def test_the_receipt_says_what_was_lent_on_a_sheet_for_each_hand(home: Centre, sign_in: SignIn) -> None:
    request = lent(home, home.dispatched())
    browser, paper = (
        sign_in(home.duty, "zh_Hans_CN"),
        f"/GZ/fieldservice/request/{request.number}/paper/GZYY-QR-01",
    )
    printed = browser.post(paper, follow_redirects=True)
    assert (printed.status_code, printed.mimetype) == (200, "application/pdf")
    sheets = [page.get_textpage().get_text_range() for page in pypdfium2.PdfDocument(printed.data)]
    for sheet, hand in zip(sheets, ("用户联", "办事处联"), strict=True):
        assert all(one in sheet for one in (hand, "备用机借用单", "GZYY/QR/01", "GZ-0031", "用户签收"))


@pytest.mark.clause("GZYY/QI/03 2.1")
def test_switched_off_what_was_done_and_printed_can_still_be_read(home: Centre, sign_in: SignIn) -> None:
    request = lent(home, home.dispatched())
    browser, page = sign_in(home.duty, "en"), f"/GZ/fieldservice/request/{request.number}"
    original = browser.post(f"{page}/paper/GZYY-QR-01").location
    switches.switch(home.house.plugins, home.office, "guangzhou", False, home.duty)
    told = browser.get(page)
    assert all(one in said(told.text) for one in ("Lend a machine", "Machine", "Receipt of a loan machine"))
    assert original in told.text
    assert browser.get(original).mimetype == "application/pdf"
    assert browser.post(f"{page}/paper/GZYY-QR-01").status_code == 404


def test_removed_its_originals_are_exported_and_no_loss(
    home: Centre, sign_in: SignIn, app: Flask, tmp_path: Path
) -> None:
    request = lent(home, home.dispatched())
    sign_in(home.duty).post(f"/GZ/fieldservice/request/{request.number}/paper/GZYY-QR-01")
    switches.switch(home.house.plugins, home.office, "guangzhou", False, home.duty)
    url = app.config["SQLALCHEMY_DATABASE_URI"]
    remove(home.house.plugins, "guangzhou", tmp_path / "out", home.duty, url)
    home.house.see()
    today = dt.timedelta(days=1)
    assert list(prints.damaged(home.office, clock.now() - today, clock.now() + today)) == []
    assert (tmp_path / "out" / "core_print.jsonl").exists()


def test_the_receipt_is_that_of_edition_1() -> None:
    assert (receipt.edition, receipt.fingerprint) == (1, "1ece42f688f64059")


def test_no_neighbour_lends_machines(home: Centre, neighbour: Centre) -> None:
    look = neighbour.look(neighbour.turned_in(), neighbour.duty)
    assert "lend_machine" not in look.procedure.steps
    assert receipt.code not in look.rules.plugins.forms
    assert neighbour.act(look.case, "close", neighbour.duty).state == "closed"
    assert "lend_machine" in home.look(home.dispatched(), home.duty).procedure.steps
