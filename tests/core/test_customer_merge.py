"""Two customers who are one (QI/03 3.2.7): found, merged with everything that is theirs, and parted again exactly."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import inspect, select, text

from core import ledger, switches
from core.cli.search import rebuild_all
from core.customers import lookup, services, twins
from core.customers.joining import references
from core.customers.models import Contact, Customer, CustomerKey, Installation, Product
from core.customers.records import CustomerMerge
from core.customers.services import add_customer
from core.db import Base, db, writing
from core.deadlines import Deadline
from core.ledger import LedgerRow
from core.offices import Office
from core.people import Actor
from core.plugins import Plugins
from core.roles import NATIONAL_ROLES
from core.search.models import SearchText
from core.testing import House, SignIn, said
from plugins.fieldservice.models import ServiceRequest
from plugins.hotline.models import Call

pytestmark = [pytest.mark.usefixtures("monday_morning"), pytest.mark.clause("QI/03 3.2.7")]

LONG_NAME = "上海恒远服装有限责任公司"


@pytest.fixture
def shanghai(house: House) -> Office:
    return house.office("SH", name="上海")


@pytest.fixture
def boss(house: House, shanghai: Office) -> Actor:
    return house.hire(shanghai, *NATIONAL_ROLES, name="周艳")


@pytest.fixture
def two(house: House, shanghai: Office) -> tuple[int, int]:
    """The same unit under two numbers, with a contact of its own each, and one product."""
    with writing():
        add_customer(shanghai.id, file_number="10021", name="恒远服装", contact="高敏", phone="61541030")
        one = house_customer(shanghai.id, "10234", LONG_NAME)
        one.contacts.append(Contact(office_id=shanghai.id, name="李娜", phones="13812345678"))
        lookup.index([one])
    house.see()
    kept, gone = (services.by_file_number(number, shanghai.id) for number in ("10021", "10234"))
    assert kept
    assert gone
    return kept.id, gone.id


def house_customer(office_id: int, number: str, name: str) -> Customer:
    one = add_customer(
        office_id, file_number=number, name=name, contact="高敏", phone="021-61541030", address="华山路"
    )
    product = Product(name="财务通")
    one.installations.append(
        Installation(office_id=office_id, product=product, version="8.13", serial_number="CW1")
    )
    return one


def everything() -> dict[str, list[Any]]:
    """Return all rows of all tables but the ledger's, the words and the records of what was done."""
    apart = {
        "core_ledger",
        "core_ledger_head",
        "core_customer_change",
        "core_customer_merge",
        "core_customer_key",
    }
    signed_in = {"core_person", "core_ended_session"}
    tables = [one for one in Base.metadata.sorted_tables if one.name not in apart | signed_in]
    known = set(Base.metadata.tables) & set(inspect(db.engine).get_table_names())
    return {
        one.name: sorted(map(repr, db.session.execute(select(one)).all()))
        for one in tables
        if one.name in known
    }


def merged(browser: Any, kept_id: int, other: str, **choices: str) -> Any:
    return browser.post(f"/SH/customers/{kept_id}/merge", data={"other": other, **choices})


def test_contacts_products_and_cases_of_every_plugin_go_over(
    house: House, shanghai: Office, boss: Actor, work: Any, sign_in: SignIn, two: tuple[int, int]
) -> None:
    kept_id, gone_id = two
    work.requested(shanghai, boss, db.session.get_one(Customer, gone_id))
    answer = merged(sign_in(boss), kept_id, "10234", **{"of-name": "gone", "of-address": "gone"})
    assert answer.status_code == 302, said(answer.text)
    house.see()
    kept, gone = db.session.get_one(Customer, kept_id), db.session.get_one(Customer, gone_id)
    assert (kept.name, kept.address) == ("上海恒远服装有限责任公司", "华山路")
    assert [one.name for one in kept.contacts] == ["高敏", "李娜"]
    assert [one.serial_number for one in kept.installations] == ["CW1"]
    assert (gone.merged_into_id, gone.is_gone, gone.contacts, gone.installations) == (kept_id, True, [], [])
    for model in (Call, ServiceRequest):
        assert set(db.session.scalars(select(model.customer_id))) == {kept_id}
    row = db.session.scalars(select(LedgerRow).where(LedgerRow.action == "merge")).one()
    assert row.details["moved"]["hotline_call.customer_id"] == 1
    assert not list(ledger.verify(shanghai.id))


def test_the_number_of_the_one_who_went_leads_to_the_one_who_stayed(
    house: House, shanghai: Office, boss: Actor, sign_in: SignIn, two: tuple[int, int]
) -> None:
    browser = sign_in(boss)
    merged(browser, two[0], "10234")
    assert str(browser.get("/SH/customers/10234").location).endswith("/SH/customers/10021")
    assert "was 10234 as well" in said(browser.get("/SH/customers/10021").text)
    house.see()
    assert [one.file_number for one in lookup.find("10234", shanghai.id)] == ["10021"]
    found = services.by_file_number("10234", shanghai.id)
    assert found is not None
    assert found.id == two[0]
    assert services.of_office(two[1], shanghai.id) is None


def test_undone_everything_is_as_it_was(
    house: House, shanghai: Office, boss: Actor, work: Any, sign_in: SignIn, two: tuple[int, int]
) -> None:
    kept_id, gone_id = two
    work.requested(shanghai, boss, db.session.get_one(Customer, gone_id))
    work.called(shanghai, boss, db.session.get_one(Customer, kept_id))
    before, words = everything(), sorted(map(repr, lookup_words()))
    browser = sign_in(boss)
    merged(browser, kept_id, "10234", **{"of-name": "gone", "of-address": "gone"})
    house.see()
    assert everything() != before
    record = db.session.scalars(select(CustomerMerge)).one()
    answer = browser.post(f"/SH/customers/{kept_id}/part", data={"merge": record.id})
    assert answer.status_code == 302, said(answer.text)
    house.see()
    assert everything() == before
    assert sorted(map(repr, lookup_words())) == words
    assert not list(ledger.verify(shanghai.id))


def test_a_merge_is_undone_after_the_words_of_the_search_were_written_anew(
    house: House, shanghai: Office, boss: Actor, work: Any, sign_in: SignIn, two: tuple[int, int]
) -> None:
    kept_id, gone_id = two
    for each in (kept_id, gone_id):
        work.requested(shanghai, boss, db.session.get_one(Customer, each))
    browser, before = sign_in(boss), whose_words(house)
    assert set(before.values()) == {kept_id, gone_id}
    merged(browser, kept_id, "10234")
    assert set(whose_words(house).values()) == {kept_id}
    rebuild_all([shanghai])
    assert parted(browser, kept_id).status_code == 302
    assert whose_words(house) == before


def test_a_record_that_still_names_the_words_of_the_search_is_undone_too(
    house: House, shanghai: Office, boss: Actor, work: Any, sign_in: SignIn, two: tuple[int, int]
) -> None:
    kept_id, gone_id = two
    work.called(shanghai, boss, db.session.get_one(Customer, gone_id))
    browser = sign_in(boss)
    merged(browser, kept_id, "10234")
    house.see()
    with writing():
        record = db.session.scalars(select(CustomerMerge)).one()
        record.moved = {**record.moved, "core_search_text.customer_id": [[4711]]}
    assert parted(browser, kept_id).status_code == 302
    assert set(whose_words(house).values()) == {gone_id}


def test_a_plugin_that_was_removed_keeps_no_merge(
    house: House, shanghai: Office, boss: Actor, sign_in: SignIn, two: tuple[int, int]
) -> None:
    switches.switch(house.plugins, shanghai, "quality", False, boss)
    with writing():
        db.session.execute(text("drop table quality_complaint"))
    assert merged(sign_in(boss), two[0], "10234").status_code == 302
    house.see()
    assert parted(sign_in(boss), two[0]).status_code == 302


def parted(browser: Any, kept_id: int) -> Any:
    record = db.session.scalars(select(CustomerMerge)).one()
    return browser.post(f"/SH/customers/{kept_id}/part", data={"merge": record.id})


def whose_words(house: House) -> dict[str, int | None]:
    house.see()
    return {one.number: one.customer_id for one in db.session.scalars(select(SearchText))}


def lookup_words() -> list[Any]:
    return list(db.session.execute(select(CustomerKey.customer_id, CustomerKey.key)))


def test_what_was_written_since_and_would_be_lost_keeps_a_merge(
    house: House, boss: Actor, sign_in: SignIn, two: tuple[int, int]
) -> None:
    browser = sign_in(boss)
    merged(browser, two[0], "10234", **{"of-address": "gone"})
    browser.post(f"/SH/customers/{two[0]}/correct", data={"name": "恒远服装", "address": "淮海路"})
    house.see()
    record = db.session.scalars(select(CustomerMerge)).one()
    answer = browser.post(f"/SH/customers/{two[0]}/part", data={"merge": record.id})
    assert answer.status_code == 409
    assert "“Address” was changed since by 周艳" in said(answer.text)
    house.see()
    assert db.session.get_one(Customer, two[1]).is_gone


def test_a_contact_who_is_on_both_files_stands_there_once(
    house: House, boss: Actor, sign_in: SignIn, shanghai: Office
) -> None:
    with writing():
        one = add_customer(shanghai.id, file_number="1", name="恒远", contact="高敏", phone="021-61541030")
        add_customer(shanghai.id, file_number="2", name="恒远公司", contact="高 敏", phone="02161541030")
    kept_id = one.id
    browser = sign_in(boss)
    merged(browser, kept_id, "2")
    house.see()
    assert len(db.session.get_one(Customer, kept_id).contacts) == 1
    record = db.session.scalars(select(CustomerMerge)).one()
    browser.post(f"/SH/customers/{kept_id}/part", data={"merge": record.id})
    house.see()
    assert [len(one.contacts) for one in db.session.scalars(select(Customer))] == [1, 1]


def test_the_promises_of_the_cases_bear_the_new_name(
    house: House, shanghai: Office, boss: Actor, work: Any, sign_in: SignIn, two: tuple[int, int]
) -> None:
    work.requested(shanghai, boss, db.session.get_one(Customer, two[1]))
    merged(sign_in(boss), two[0], "10234", **{"of-name": "kept"})
    house.see()
    assert set(db.session.scalars(select(Deadline.heading).where(Deadline.state == "open"))) == {"恒远服装"}


def test_the_promises_of_a_plugin_that_is_off_bear_it_too(house: House, work: Any, sign_in: SignIn) -> None:
    office = house.office("SZ", "hotline", "fieldservice")
    keeper = house.hire(office, *NATIONAL_ROLES)
    one = house.customer(office, "深圳恒远")
    work.requested(office, keeper, one)
    switches.switch(house.plugins, office, "fieldservice", False, keeper)
    answer = sign_in(keeper).post(f"/SZ/customers/{one.id}/correct", data={"name": "深圳恒远服装"})
    assert answer.status_code == 302, said(answer.text)
    house.see()
    assert set(db.session.scalars(select(Deadline.heading).where(Deadline.state == "open"))) == {
        "深圳恒远服装"
    }


def test_nobody_is_merged_with_another_offices_customer(
    house: House, boss: Actor, sign_in: SignIn, two: tuple[int, int]
) -> None:
    stranger = house.customer(house.office("BJ"))
    number, stranger_id = stranger.file_number, stranger.id
    browser = sign_in(boss)
    assert "No other customer is kept here" in said(merged(browser, two[0], number).text)
    assert browser.post(f"/SH/customers/{stranger_id}/merge", data={"other": "10021"}).status_code == 404


@pytest.mark.usefixtures("app")
def test_every_table_that_points_to_a_customer_is_found(plugins: Plugins) -> None:
    found = {f"{table.name}.{column.name}" for table, column in references()}
    cases = {one.model.__tablename__ for one in plugins.procedures.values()} | {"billing_courtesy_visit"}
    own = {"core_contact", "core_installation", "core_customer_proposal"}
    own |= {"core_file", "core_note", "core_customer_came_along"}
    assert found == {f"{name}.customer_id" for name in cases | own} | {"core_customer.merged_into_id"}


def test_who_sounds_or_is_phoned_alike_is_shown_two_by_two(
    house: House, shanghai: Office, boss: Actor, sign_in: SignIn
) -> None:
    elsewhere = house.office("BJ")
    with writing():
        for number, name, phone in (
            ("1", "上海恒远服装", "021-61541030"),
            ("2", "上海恒源服装", "54541111"),
            ("3", "长江轴承", "61541030"),
            ("4", "南华百货", "0571-87654321"),
        ):
            add_customer(shanghai.id, file_number=number, name=name, contact="高敏", phone=phone)
        add_customer(elsewhere.id, file_number="5", name="南华百货", contact="高敏", phone="0571-87654321")
    house.see()
    found = {
        (one.first.file_number, one.second.file_number, one.same_name, one.same_phone)
        for one in twins.pairs(shanghai.id, 0, 9)
    }
    assert found == {("1", "2", True, False), ("1", "3", False, True)}
    page = sign_in(boss).get("/SH/customers/duplicates").text
    assert "长江轴承" in page
    assert "南华百货" not in page


def test_two_of_whom_somebody_said_that_they_are_two_are_shown_no_more(
    house: House, shanghai: Office, boss: Actor, sign_in: SignIn, two: tuple[int, int]
) -> None:
    browser = sign_in(boss)
    assert "10234" in browser.get("/SH/customers/duplicates").text
    browser.post(f"/SH/customers/{two[1]}/apart", data={"other": two[0]})
    browser.post(f"/SH/customers/{two[1]}/apart", data={"other": two[0]})
    assert "10234" not in browser.get("/SH/customers/duplicates").text
    house.see()
    told = db.session.scalars(select(LedgerRow).where(LedgerRow.action == "apart")).one()
    assert (told.actor, told.number, told.details) == ("周艳", "10234", {"other": "10021 恒远服装"})


def test_that_they_are_two_is_taken_back_from_the_message_that_says_so(
    house: House, shanghai: Office, boss: Actor, sign_in: SignIn, two: tuple[int, int]
) -> None:
    browser = sign_in(boss)
    page = browser.post(f"/SH/customers/{two[0]}/apart", data={"other": two[1]}, follow_redirects=True).text
    assert "Noted: these are two customers." in page
    assert "No two customers look alike." in page
    (undo,) = re.findall(r'action="([^"]+/undo)"', page)
    for _twice in range(2):
        assert browser.post(undo).status_code == 302
    assert "10234" in browser.get("/SH/customers/duplicates").text
    house.see()
    told = db.session.scalars(select(LedgerRow).where(LedgerRow.action == "undo_apart")).one()
    assert (told.actor, told.number, told.details) == ("周艳", "10021", {"other": f"10234 {LONG_NAME}"})
    assert not list(ledger.verify(shanghai.id))


def test_that_they_are_two_is_taken_back_from_the_list_of_those_who_are(
    house: House, shanghai: Office, boss: Actor, sign_in: SignIn, two: tuple[int, int]
) -> None:
    browser, apart = sign_in(boss), "/SH/customers/duplicates/apart"
    assert "Of no two customers somebody said that they are two." in browser.get(apart).text
    browser.post(f"/SH/customers/{two[0]}/apart", data={"other": two[1]}, follow_redirects=True)
    page = browser.get(apart).text
    assert page.index("10021") < page.index("10234") < page.index('<td class="fit">周艳')
    stranger = sign_in(house.hire(house.office("BJ"), *NATIONAL_ROLES))
    assert "10234" not in stranger.get("/BJ/customers/duplicates/apart").text
    (undo,) = re.findall(r'action="([^"]+/undo)"', page)
    browser.post(undo)
    assert "10234" not in browser.get(apart).text
    assert "10234" in browser.get("/SH/customers/duplicates").text


def test_nobody_takes_back_what_another_office_said(
    house: House, boss: Actor, sign_in: SignIn, two: tuple[int, int]
) -> None:
    sign_in(boss).post(f"/SH/customers/{two[0]}/apart", data={"other": two[1]})
    stranger = sign_in(house.hire(house.office("BJ"), *NATIONAL_ROLES))
    assert stranger.post(f"/BJ/customers/{two[0]}/apart/{two[1]}/undo").status_code == 404
    assert stranger.post(f"/SH/customers/{two[0]}/apart/{two[1]}/undo").status_code == 404
    assert "No two customers look alike." in sign_in(boss).get("/SH/customers/duplicates").text


def test_the_list_of_twins_asks_as_much_of_a_long_file_as_of_a_short_one(
    house: House,
    shanghai: Office,
    boss: Actor,
    sign_in: SignIn,
    two: tuple[int, int],
    queries_of: Callable[..., int],
) -> None:
    browser = sign_in(boss)
    few = queries_of(lambda: browser.get("/SH/customers/duplicates"))
    with writing():
        for at in range(12):
            for twin in "ab":
                number = f"{at}{twin}"
                add_customer(
                    shanghai.id, file_number=number, name=f"同名{at}厂", contact="高敏", phone=f"5454{at:04d}"
                )
    assert queries_of(lambda: browser.get("/SH/customers/duplicates")) == few
