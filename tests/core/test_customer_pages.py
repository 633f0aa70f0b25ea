"""The customer file on the screen, and the search box."""

import re
from typing import Any

import pytest

from core.customers.services import add_customer
from core.db import db, writing
from core.offices import Office
from core.people import Actor
from core.roles import (
    HOTLINE_ENGINEER,
    NATIONAL_ROLES,
)
from core.testing import NATIONAL, House, SignIn

pytestmark = pytest.mark.usefixtures("monday_morning")
CALLS, REQUESTS = "/SH/hotline/call/", "/SH/fieldservice/request/"
REQUEST = f"{REQUESTS}SH-R-2026-00001"


@pytest.fixture
def shanghai(house: House) -> Office:
    return house.office("SH", *NATIONAL, "shanghai", name="上海")


@pytest.fixture
def boss(house: House, shanghai: Office) -> Actor:
    """Somebody who may do nearly everything."""
    return house.hire(shanghai, *NATIONAL_ROLES, name="周艳")


def numbers(page: str) -> list[str]:
    """Return the numbers of the cases on a page, in its order."""
    return list(dict.fromkeys(re.findall(r">([A-Z]+-[A-Z]-\d{4}-\d+)<", page)))


def test_a_customers_page_knows_contacts_products_and_cases(
    house: House, work: Any, shanghai: Office, boss: Actor, sign_in: SignIn
) -> None:
    customer = house.customer(shanghai)
    with writing():
        db.session.merge(customer).site_note = "先洗手"
    house.see()
    work.requested(shanghai, boss, db.session.merge(customer))
    page = sign_in(boss).get(f"/SH/customers/{db.session.merge(customer).file_number}").text
    assert 'href="tel:02161541030"' in page
    assert "先洗手" in page
    assert "8.13" in page
    running, _heading, past = page.partition(">Past<")
    assert numbers(running) == ["SH-R-2026-00001"]
    assert numbers(past) == ["SH-H-2026-00001"]
    assert "Free first year" in page


@pytest.mark.parametrize(
    ("shown", "others"),
    [(f"{CALLS}SH-H-2026-00001", ["SH-R-2026-00001"]), (REQUEST, ["SH-H-2026-00001"])],
)
def test_a_case_names_the_others_of_its_customer(
    shown: str, others: list[str], house: House, work: Any, shanghai: Office, boss: Actor, sign_in: SignIn
) -> None:
    work.requested(shanghai, boss, house.customer(shanghai))
    work.requested(shanghai, boss, house.customer(shanghai, name="恒远物流"))
    page = sign_in(boss).get(shown).text
    _before, _title, beside = page.partition("Other cases of this customer")
    assert numbers(beside.partition("</section>")[0]) == others


@pytest.mark.parametrize("number", ["SH/2001-05", "甲?b#c%20"])
def test_a_customer_is_found_under_whatever_number_the_file_gave(
    house: House, shanghai: Office, boss: Actor, sign_in: SignIn, number: str
) -> None:
    with writing(frozenset({shanghai.id})):
        add_customer(shanghai.id, file_number=number, name="恒源百货", contact="高敏", phone="54541111")
    browser = sign_in(boss)
    found = browser.get("/search?q=恒源百货", follow_redirects=True)
    assert (found.status_code, "54541111" in found.text) == (200, True)


def test_another_offices_customer_does_not_exist_here(
    house: House, shanghai: Office, boss: Actor, sign_in: SignIn
) -> None:
    foreign = house.customer(house.office("BJ"))
    number = db.session.merge(foreign).file_number
    browser = sign_in(boss)
    assert browser.get(f"/SH/customers/{number}").status_code == 404
    assert browser.get(f"/BJ/customers/{number}").status_code == 404
    assert number not in browser.get("/search?q=hyfz").text


def test_a_number_in_the_search_box_leads_to_its_case(
    work: Any, shanghai: Office, boss: Actor, sign_in: SignIn
) -> None:
    number = work.called(shanghai, boss)
    browser = sign_in(boss)
    assert browser.get(f"/search?q={number}").location == CALLS + number
    assert browser.get(f"/search?q=+{number.lower()}+").location == CALLS + number


def test_a_foreign_number_is_not_found(
    house: House, work: Any, shanghai: Office, boss: Actor, sign_in: SignIn
) -> None:
    beijing = house.office("BJ")
    number = work.called(beijing, house.hire(beijing, HOTLINE_ENGINEER))
    answer = sign_in(boss).get(f"/search?q={number}")
    assert answer.status_code == 200
    assert f"Nothing fits “{number}” in your offices." in answer.text


def test_one_customer_is_gone_to_and_several_are_listed(
    house: House, shanghai: Office, boss: Actor, sign_in: SignIn
) -> None:
    one = house.customer(shanghai)
    browser, number = sign_in(boss), db.session.merge(one).file_number
    assert browser.get("/search?q=恒远").location == f"/SH/customers/{number}"
    house.customer(shanghai, name="恒远物流")
    listed = browser.get("/search?q=hy").text
    assert "恒远物流" in listed
    assert number in listed
