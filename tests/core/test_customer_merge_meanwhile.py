"""What colleagues write of two customers while these are merged (QI/03 3.2.7): it is told, and nothing of it is lost."""

import io
import re
from typing import Any

import pytest
from sqlalchemy import select

from core.customers.models import Customer
from core.customers.services import add_customer
from core.db import db, writing
from core.offices import Office
from core.people import Actor
from core.roles import NATIONAL_ROLES
from core.rules import rules_of
from core.talk import files, notes
from core.talk.models import File, Note
from core.talk.topics import CUSTOMER, Topic, topic_of
from core.testing import House, SignIn, said

pytestmark = [pytest.mark.usefixtures("monday_morning"), pytest.mark.clause("QI/03 3.2.7")]
PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 40


@pytest.fixture
def shanghai(house: House) -> Office:
    return house.office("SH", name="上海")


@pytest.fixture
def boss(house: House, shanghai: Office) -> Actor:
    return house.hire(shanghai, *NATIONAL_ROLES, name="周艳")


@pytest.fixture
def colleague(house: House, shanghai: Office) -> Actor:
    return house.hire(shanghai, *NATIONAL_ROLES, name="孙莉")


@pytest.fixture
def two(house: House, shanghai: Office) -> tuple[int, int]:
    """The same unit under two numbers; both have a note of several lines."""
    with writing():
        ids = []
        for number, name in (("1", "恒远"), ("2", "恒远公司")):
            one = add_customer(shanghai.id, file_number=number, name=name, contact="高敏", phone="54541111")
            one.note = f"{name}\n两行"
            ids.append(one)
    return ids[0].id, ids[1].id


def chosen(page: str) -> dict[str, str]:
    """Return what a browser sends of the page of the choice; it ends every line with CR LF."""
    hidden = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)">', page)
    ticked = re.findall(r'name="(of-[^"]+)" value="([^"]*)" checked', page)
    return {name: value.replace("\n", "\r\n") for name, value in [*hidden, *ticked]}


def customer(house: House, customer_id: int) -> Customer:
    house.see()
    return db.session.get_one(Customer, customer_id)


# --- the fields


def test_what_a_colleague_gave_the_one_who_goes_is_told_before_it_is_dropped(
    house: House, boss: Actor, colleague: Actor, sign_in: SignIn, two: tuple[int, int]
) -> None:
    kept_id, gone_id = two
    browser, place = sign_in(boss), f"/SH/customers/{kept_id}/merge"
    page = browser.get(f"{place}?other=2").text
    corrected = {
        "name": "恒远公司",
        "address": "淮海路 7 号",
        "note": "恒远公司\n两行",
        "site_note": "门卫要登记",
    }
    sign_in(colleague).post(f"/SH/customers/{gone_id}/correct", data=corrected)
    refused = browser.post(place, data=chosen(page) | {"of-name": "gone"})
    assert refused.status_code == 409
    told = said(refused.text)
    assert "2 孙莉 changed “Address” to: 淮海路 7 号" in told
    assert "孙莉 changed “Site note” to: 门卫要登记" in told
    assert not customer(house, gone_id).is_gone
    assert chosen(refused.text)["of-name"] == "gone", "a choice of which nothing changed stands"
    assert browser.post(place, data=chosen(refused.text)).status_code == 302
    one = customer(house, kept_id)
    assert (one.name, one.address, one.site_note) == ("恒远公司", "淮海路 7 号", "门卫要登记")


def test_where_nobody_wrote_meanwhile_the_choice_is_done_at_once(
    house: House, boss: Actor, sign_in: SignIn, two: tuple[int, int]
) -> None:
    browser, place = sign_in(boss), f"/SH/customers/{two[0]}/merge"
    assert browser.post(place, data=chosen(browser.get(f"{place}?other=2").text)).status_code == 302
    assert customer(house, two[0]).note == "恒远\n两行\n恒远公司\n两行"


def test_a_field_that_was_not_asked_about_stays_as_it_would_be_proposed(
    house: House, boss: Actor, sign_in: SignIn, two: tuple[int, int]
) -> None:
    house.see()
    with writing():
        db.session.get_one(Customer, two[1]).site_note = "门卫要登记"
    assert sign_in(boss).post(f"/SH/customers/{two[0]}/merge", data={"other": "2"}).status_code == 302
    one = customer(house, two[0])
    assert (one.name, one.site_note) == ("恒远", "门卫要登记")


def test_a_note_of_several_lines_is_no_change_when_a_browser_sends_it_back(
    house: House, boss: Actor, sign_in: SignIn, two: tuple[int, int]
) -> None:
    note = "恒远\r\n两行"
    given = {"name": "恒远", "address": "淮海路", "note": note, "was-note": note, "was-address": ""}
    assert sign_in(boss).post(f"/SH/customers/{two[0]}/correct", data=given).status_code == 302
    assert customer(house, two[0]).address == "淮海路"


# --- what is said


@pytest.fixture
def opened(house: House, shanghai: Office, two: tuple[int, int]) -> Topic:
    """The page of the one who goes, as a colleague has it open."""
    house.see()
    return topic_of(rules_of(shanghai), CUSTOMER, two[1])


def merge(browser: Any, two: tuple[int, int]) -> None:
    assert browser.post(f"/SH/customers/{two[0]}/merge", data={"other": "2"}).status_code == 302


def test_a_note_to_who_was_merged_meanwhile_stands_at_the_one_who_stayed(
    house: House, boss: Actor, colleague: Actor, sign_in: SignIn, two: tuple[int, int]
) -> None:
    merge(sign_in(boss), two)
    browser, place = sign_in(colleague), f"/SH/talk/core.customer/{two[1]}/notes"
    answer = browser.post(place, data={"text": "门卫要登记"}, follow_redirects=True)
    assert answer.request.path == "/SH/customers/1"
    assert "门卫要登记" in answer.text
    refused = browser.post(place, data={"text": " "})
    assert (refused.status_code, "Write something first." in refused.text) == (422, True)


def test_a_merge_at_the_same_moment_leads_note_and_file_to_the_one_who_stayed(
    house: House, boss: Actor, colleague: Actor, sign_in: SignIn, two: tuple[int, int], opened: Topic
) -> None:
    merge(sign_in(boss), two)
    house.see()
    notes.write(opened, "@周艳 门卫要登记", colleague)
    files.attach(opened, [files.Sent("图.png", io.BytesIO(PNG))], colleague)
    house.see()
    assert list(db.session.scalars(select(Note.customer_id))) == [two[0]]
    assert list(db.session.scalars(select(File.customer_id))) == [two[0]]
    assert "门卫要登记" in sign_in(boss).get("/SH/customers/1").text


def test_what_went_over_is_still_corrected_and_brought_back_from_a_page_that_was_open(
    house: House, boss: Actor, colleague: Actor, sign_in: SignIn, two: tuple[int, int], opened: Topic
) -> None:
    notes.write(opened, "门卫要登记", colleague)
    files.attach(opened, [files.Sent("图.png", io.BytesIO(PNG))], colleague)
    house.see()
    note_id, file_id = db.session.scalar(select(Note.id)), db.session.scalar(select(File.id))
    merge(sign_in(boss), two)
    browser, place = sign_in(colleague), f"/SH/talk/core.customer/{two[1]}"
    browser.post(f"{place}/notes/{note_id}/correct", data={"text": "带工作证"})
    browser.post(f"{place}/files/{file_id}/remove", data={"reason": "错"})
    for deed in (f"notes/{note_id}/take-back", f"notes/{note_id}/restore", f"files/{file_id}/put-back"):
        assert browser.post(f"{place}/{deed}").status_code == 302
    with browser.get(f"{place}/files/{file_id}") as fetched:
        assert fetched.data == PNG
    page = browser.get("/SH/customers/1").text
    assert "带工作证" in page
    assert "图.png" in page


def test_what_is_said_of_two_who_stay_two_stays_with_each(
    house: House, colleague: Actor, two: tuple[int, int], opened: Topic
) -> None:
    notes.write(opened, "门卫要登记", colleague)
    house.see()
    assert list(db.session.scalars(select(Note.customer_id))) == [two[1]]
