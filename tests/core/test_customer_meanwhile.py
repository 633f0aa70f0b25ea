"""Two people at one customer: nothing typed is lost, and no fresh correction is turned back unseen (QI/03 3.2.7)."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from sqlalchemy import select

from core.customers.models import Contact, Customer
from core.customers.records import Proposal
from core.db import db
from core.offices import Office
from core.roles import CUSTOMER_ADMINISTRATOR, HOTLINE_ENGINEER
from core.testing import House, SignIn, said
from core.web import customer_work

pytestmark = pytest.mark.clause("QI/03 3.2.7")
NAME = "上海恒远服装有限责任公司"
NEW = {"name": NAME, "contact": "高敏", "phone": "021-61541030"}
HIDDEN = re.compile(r'<input type="hidden" name="(was-[^"]+)" value="([^"]*)"')


@pytest.fixture
def shanghai(house: House) -> Office:
    return house.office("SH", name="上海")


@pytest.fixture
def engineer(house: House, shanghai: Office, sign_in: SignIn) -> Any:
    return sign_in(house.hire(shanghai, HOTLINE_ENGINEER, name="罗文"))


@pytest.fixture
def administrator(house: House, shanghai: Office, sign_in: SignIn) -> Any:
    return sign_in(house.hire(shanghai, CUSTOMER_ADMINISTRATOR, name="周艳"))


@pytest.fixture
def one(house: House, shanghai: Office) -> int:
    return house.customer(shanghai, NAME).id


def untouched(page: str) -> dict[str, str]:
    """Return what a browser sends of a form in which nobody has typed: every break of a line as two characters."""
    was = {name: value.replace("\n", "\r\n") for name, value in HIDDEN.findall(page)}
    return was | {name.removeprefix("was-"): value for name, value in was.items()}


def opened(browser: Any, page: str) -> dict[str, str]:
    return untouched(browser.get(page).text)


def corrected(administrator: Any, one: int, **given: str) -> Any:
    return administrator.post(f"/SH/customers/{one}/correct", data={"name": NAME, **given})


def the_items(house: House) -> dict[str, tuple[str, str]]:
    house.see()
    found = db.session.scalars(select(Proposal)).one()
    return {item["field"]: (item["before"], item["after"]) for item in found.items}


def customer(house: House, one: int) -> Customer:
    house.see()
    return db.session.get_one(Customer, one)


def a_contact(house: House, one: int) -> int:
    return customer(house, one).contacts[0].id


# --- proposing what the page showed


def test_only_what_was_touched_is_proposed_whatever_was_corrected_meanwhile(
    house: House, engineer: Any, administrator: Any, one: int
) -> None:
    page = f"/SH/customers/{one}/propose"
    shown = opened(engineer, page)
    corrected(administrator, one, address="华山路 2018 号")
    assert engineer.post(page, data={**shown, "fax": "021-54541111"}).status_code == 302
    assert the_items(house) == {"fax": ("", "021-54541111")}


def test_what_both_wrote_is_shown_before_it_is_proposed(
    house: House, engineer: Any, administrator: Any, one: int
) -> None:
    page = f"/SH/customers/{one}/propose"
    shown = opened(engineer, page)
    corrected(administrator, one, address="华山路 2018 号")
    answer = engineer.post(page, data={**shown, "address": "淮海路 1 号"})
    assert answer.status_code == 409
    assert "Meanwhile this was changed to: 华山路 2018 号" in said(answer.text)
    assert 'value="淮海路 1 号"' in answer.text
    assert db.session.scalars(select(Proposal)).all() == []
    assert engineer.post(page, data={**untouched(answer.text), "address": "淮海路 1 号"}).status_code == 302
    assert the_items(house) == {"address": ("华山路 2018 号", "淮海路 1 号")}


def test_whoever_touched_nothing_proposes_nothing_although_the_file_was_corrected(
    engineer: Any, administrator: Any, one: int
) -> None:
    page = f"/SH/customers/{one}/propose"
    shown = opened(engineer, page)
    corrected(administrator, one, address="华山路 2018 号")
    answer = engineer.post(page, data=shown)
    assert answer.status_code == 422
    assert "Nothing is different from what is on file" in said(answer.text)


def test_a_proposal_about_a_contact_who_was_removed_can_be_sent_as_one_to_add(
    house: House, engineer: Any, administrator: Any, one: int
) -> None:
    contact = a_contact(house, one)
    page = f"/SH/customers/{one}/propose?what=contact&part={contact}"
    shown = opened(engineer, page)
    administrator.post(f"/SH/customers/{one}/contact/{contact}/remove")
    answer = engineer.post(page, data={**shown, "phones": "13812345678"})
    assert answer.status_code == 409
    assert f'action="/SH/customers/{one}/propose?what=contact"' in answer.text
    assert 'value="13812345678"' in answer.text


# --- the same new customer, entered by two


@pytest.mark.clause("QI/02 file.missing")
def test_of_two_who_enter_the_same_customer_at_once_the_second_is_shown_the_firsts(
    house: House, shanghai: Office, monkeypatch: pytest.MonkeyPatch, sign_in: SignIn
) -> None:
    clerks = [sign_in(house.hire(shanghai, CUSTOMER_ADMINISTRATOR, name=name)) for name in ("周艳", "孙莉")]
    together, opened_file = Barrier(2, timeout=30), customer_work.keeping_file

    def opened_together(*given: Any, **named: Any) -> Any:
        together.wait()
        return opened_file(*given, **named)

    monkeypatch.setattr(customer_work, "keeping_file", opened_together)
    with ThreadPoolExecutor(2) as threads:
        answers = list(threads.map(lambda clerk: clerk.post("/SH/customers/new", data=NEW), clerks))
    assert sorted(one.status_code for one in answers) == [302, 422]
    (warned,) = (said(one.text) for one in answers if one.status_code == 422)
    assert "Somebody like this is on file already." in warned
    house.see()
    assert len(db.session.scalars(select(Customer)).all()) == 1
    monkeypatch.undo()
    assert clerks[0].post("/SH/customers/new", data=NEW | {"all_the_same": "y"}).status_code == 302


# --- what the administrator had ticked


def a_proposal(house: House, engineer: Any, one: int) -> str:
    """Propose a new address and fax number, and return the page on which it is decided."""
    engineer.post(
        f"/SH/customers/{one}/propose", data={"name": NAME, "address": "淮海路 1 号", "fax": "5454"}
    )
    house.see()
    return f"/SH/customers/proposals/{db.session.scalars(select(Proposal)).one().id}"


def ticked(page: str) -> list[str]:
    return re.findall(r'name="take" value="(\w+)"[^>]* checked', page)


def test_what_was_unticked_stays_so_when_the_reason_is_missing(
    house: House, engineer: Any, administrator: Any, one: int
) -> None:
    page = a_proposal(house, engineer, one)
    assert ticked(administrator.get(page).text) == ["address", "fax"]
    shown = opened(administrator, page)
    answer = administrator.post(page, data={**shown, "take": ["fax"], "answer": "decline"})
    assert (answer.status_code, ticked(answer.text)) == (422, ["fax"])
    answer = administrator.post(page, data={**shown, "take": [], "answer": "accept"})
    assert (answer.status_code, ticked(answer.text)) == (422, [])


def test_what_a_colleague_changes_meanwhile_is_unticked_and_the_rest_stays_as_it_was(
    house: House, engineer: Any, administrator: Any, one: int
) -> None:
    page = a_proposal(house, engineer, one)
    shown = opened(administrator, page)
    corrected(administrator, one, address="华山路 2018 号")
    answer = administrator.post(page, data={**shown, "take": ["address", "fax"], "answer": "accept"})
    assert (answer.status_code, ticked(answer.text)) == (409, ["fax"])


def test_what_was_ticked_although_it_was_changed_since_stays_ticked(
    house: House, engineer: Any, administrator: Any, one: int
) -> None:
    page = a_proposal(house, engineer, one)
    corrected(administrator, one, address="华山路 2018 号")
    shown = opened(administrator, page)
    assert ticked(administrator.get(page).text) == ["fax"]
    answer = administrator.post(page, data={**shown, "take": ["address"], "answer": "decline"})
    assert ticked(answer.text) == ["address"]


# --- a note of several lines is what it was, however a browser breaks them


def test_a_customer_with_a_note_of_several_lines_is_corrected(
    house: House, administrator: Any, one: int
) -> None:
    corrected(administrator, one, note="先登记\n后上楼")
    shown = opened(administrator, f"/SH/customers/{one}/correct")
    assert corrected(administrator, one, **shown | {"fax": "021-54541111"}).status_code == 302
    assert (customer(house, one).fax, customer(house, one).note) == ("021-54541111", "先登记\n后上楼")


def test_a_note_of_several_lines_that_a_colleague_changed_is_not_overwritten(
    house: House, administrator: Any, one: int
) -> None:
    corrected(administrator, one, note="先登记\n后上楼")
    shown = opened(administrator, f"/SH/customers/{one}/correct")
    corrected(administrator, one, note="先登记\n再上楼")
    answer = corrected(administrator, one, **shown | {"note": "走侧门"})
    assert answer.status_code == 409
    assert customer(house, one).note == "先登记\n再上楼"


# --- removed while somebody wrote


def test_what_was_typed_of_a_contact_who_was_removed_is_kept_and_enters_a_new_one(
    house: House, shanghai: Office, administrator: Any, one: int, sign_in: SignIn
) -> None:
    colleague = sign_in(house.hire(shanghai, CUSTOMER_ADMINISTRATOR, name="孙莉"))
    contact = a_contact(house, one)
    page = f"/SH/customers/{one}/contact/{contact}"
    shown = opened(administrator, page)
    colleague.post(f"{page}/remove")
    answer = administrator.post(page, data={**shown, "phones": "13812345678"})
    assert answer.status_code == 409
    assert "孙莉 took it off the file: 高敏" in said(answer.text)
    assert 'value="13812345678"' in answer.text
    new = f"/SH/customers/{one}/contact/0"
    assert f'action="{new}"' in answer.text
    assert customer(house, one).contacts == []
    assert administrator.post(new, data={"name": "高敏", "phones": "13812345678"}).status_code == 302
    assert [found.phones for found in customer(house, one).contacts] == ["13812345678"]


def test_a_contact_who_was_never_there_is_not_found(
    house: House, shanghai: Office, administrator: Any, one: int
) -> None:
    other = house.customer(shanghai, "长江轴承").id
    contact = a_contact(house, other)
    administrator.post(f"/SH/customers/{other}/contact/{contact}/remove")
    for part in (contact, 987654):
        answer = administrator.post(f"/SH/customers/{one}/contact/{part}", data={"name": "x", "phones": "1"})
        assert answer.status_code == 404
    house.see()
    assert db.session.get_one(Contact, contact).customer_id == other
