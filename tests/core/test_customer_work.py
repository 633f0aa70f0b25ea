"""The customer file by hand (QI/03 3.2.7): added, corrected with a history, removed and brought back."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select

from core.customers import history, importing, lookup, services
from core.customers.history import Source
from core.customers.models import Contact, Customer, Installation, Product
from core.customers.records import CustomerChange
from core.customers.services import add_customer
from core.db import db, writing
from core.deadlines import Deadline
from core.i18n import _l
from core.ledger import LedgerRow
from core.offices import Office
from core.people import Actor
from core.roles import CUSTOMER_ADMINISTRATOR, HOTLINE_ENGINEER, NATIONAL_ROLES
from core.testing import House, SignIn, said

pytestmark = pytest.mark.clause("QI/03 3.2.7")
NAME = "上海恒远服装有限责任公司"
NAMED = {"name": NAME, "contact": "高敏", "phone": "021-61541030"}


@pytest.fixture
def shanghai(house: House) -> Office:
    return house.office("SH", name="上海")


@pytest.fixture
def keeper(house: House, shanghai: Office) -> Actor:
    return house.hire(shanghai, CUSTOMER_ADMINISTRATOR, name="周艳")


@pytest.fixture
def keeps(keeper: Actor, sign_in: SignIn) -> Any:
    """The customer administrator's browser."""
    return sign_in(keeper)


@pytest.fixture
def one(house: House, shanghai: Office) -> int:
    """A customer whose numbers are written as the file writes them."""
    with writing():
        customer = house.customer(shanghai, NAME)
        customer.file_number, customer.installations[0].serial_number = "10021", "CW77"
        lookup.index([customer])
    return customer.id


def put(keeps: Any, **more: str) -> Any:
    return keeps.post("/SH/customers/new", data=NAMED | more)


def corrected(keeps: Any, customer_id: int, **given: str) -> Any:
    return keeps.post(f"/SH/customers/{customer_id}/correct", data={"name": NAME, **given})


def by_hand(house: House, customer_id: int) -> list[tuple[str, str, str]]:
    house.see()
    changes = [change for change in history.of_customer(customer_id) if change.source == Source.HAND]
    return [(change.field, change.before, change.after) for change in changes]


def on_file(house: House, office: Office, number: str) -> Customer:
    house.see()
    found = services.by_file_number(number, db.session.merge(office).id)
    assert found is not None
    return found


@pytest.mark.clause("QI/02 file.missing")
@pytest.mark.usefixtures("monday_morning")
def test_a_customer_put_on_file_by_hand_takes_the_next_number_of_the_series(
    house: House, shanghai: Office, keeps: Any
) -> None:
    answer = put(keeps)
    assert str(answer.location).endswith("/SH/customers/SH-K-2026-00001"), answer.text
    found = on_file(house, shanghai, "SH-K-2026-00001")
    assert (found.name, found.contacts[0].phones) == (NAME, NAMED["phone"])
    row = db.session.scalars(select(LedgerRow).where(LedgerRow.kind == "customer")).one()
    assert (row.number, row.action, row.clause) == ("SH-K-2026-00001", "add", "QI/02 file.missing")


@pytest.mark.usefixtures("monday_morning")
def test_call_desk_and_form_draw_from_one_series(
    house: House, shanghai: Office, keeps: Any, work: Any
) -> None:
    put(keeps, file_number="sh-k-2026-00001")
    put(keeps, name="长江轴承", phone="54541111")
    engineer = house.hire(shanghai, HOTLINE_ENGINEER)
    said_of = {"customer_id": "", "new_customer": "南华百货", "phone": "54542222"}
    call = {"channel": "phone", "contact": "李娜", "module": "总账", "operation": "反结账"}
    happens = {"happens": "点反结账后报错退出，账套仍是已结账状态"}
    work.done("hotline.call", None, "log", engineer, shanghai, **said_of, **call, **happens)
    numbers = select(Customer.file_number).order_by(Customer.id)
    assert list(db.session.scalars(numbers)) == ["SH-K-2026-00001", "SH-K-2026-00002", "SH-K-2026-00003"]


@pytest.mark.parametrize(
    "like",
    [
        {"phone": "61541030", "name": "别的公司"},
        {"name": "上海恒元服装有限责任公司", "phone": "54541111"},
    ],
    ids=["the same number within the city", "the same name as it is spoken"],
)
def test_who_looks_alike_is_shown_before_anything_is_saved(
    house: House, shanghai: Office, keeps: Any, like: dict[str, str]
) -> None:
    with writing():
        add_customer(shanghai.id, file_number="10021", name=NAME, contact="高敏", phone="021-61541030")
    answer = put(keeps, **like)
    assert answer.status_code == 422
    assert "10021" in answer.text
    assert put(keeps, **like, all_the_same="y").status_code == 302


def test_another_offices_customers_are_no_twins(house: House, shanghai: Office, keeps: Any) -> None:
    house.customer(house.office("BJ"), NAME)
    assert put(keeps).status_code == 302


def test_a_number_that_is_taken_is_refused_whatever_is_ticked(
    house: House, keeps: Any, shanghai: Office, one: int
) -> None:
    number = db.session.get_one(Customer, one).file_number
    answer = put(keeps, name="别的公司", phone="54541111", file_number=number, all_the_same="y")
    assert answer.status_code == 422
    assert f"{NAME} has this file number" in said(answer.text)


def test_what_was_typed_stays_and_every_fault_is_named(keeps: Any) -> None:
    answer = put(keeps, phone="none", serial_number="CW1", address="华山路")
    page = said(answer.text)
    assert answer.status_code == 422
    assert "Give a phone number in digits" in page
    assert "Say which product this belongs to." in page
    assert "华山路" in answer.text


def test_a_correction_is_kept_with_who_and_from_what_to_what(house: House, keeps: Any, one: int) -> None:
    corrected(keeps, one, address="徐汇区华山路 2018 号")
    assert by_hand(house, one) == [("address", "", "徐汇区华山路 2018 号")]
    page = said(keeps.get(f"/SH/customers/{db.session.get_one(Customer, one).file_number}").text)
    assert "徐汇区华山路 2018 号 周艳" in page
    assert "徐汇区华山路 2018 号" in keeps.get(f"/SH/customers/{one}/history").text
    row = db.session.scalars(select(LedgerRow).where(LedgerRow.kind == "customer")).one()
    assert row.details["fields"] == {"address": ["", "徐汇区华山路 2018 号"]}


def test_saved_without_a_change_nothing_is_kept(house: House, keeps: Any, one: int) -> None:
    assert corrected(keeps, one).status_code == 302
    assert by_hand(house, one) == []
    assert db.session.scalars(select(LedgerRow).where(LedgerRow.kind == "customer")).all() == []


def test_a_new_name_is_found_and_stands_on_my_desk(
    house: House, shanghai: Office, keeps: Any, work: Any, one: int
) -> None:
    work.requested(shanghai, None, db.session.get_one(Customer, one))
    corrected(keeps, one, name="上海长江轴承厂")
    house.see()
    assert [found.id for found in lookup.find("长江", shanghai.id)] == [one]
    assert lookup.find("恒远", shanghai.id) == []
    assert set(db.session.scalars(select(Deadline.heading).where(Deadline.state == "open"))) == {
        "上海长江轴承厂"
    }


def test_of_two_at_once_the_second_is_told_who_changed_what(
    house: House, shanghai: Office, keeps: Any, one: int, sign_in: SignIn
) -> None:
    colleague = sign_in(house.hire(shanghai, CUSTOMER_ADMINISTRATOR, name="孙莉"))
    shown = {"was-name": NAME, "was-address": "", "was-fax": ""}
    corrected(colleague, one, address="华山路", fax="5454", **shown)
    answer = corrected(keeps, one, address="淮海路", fax="", **shown)
    assert answer.status_code == 409
    page = said(answer.text)
    assert "孙莉 changed “Address” to: 华山路" in page
    assert "Meanwhile this was changed to: 华山路" in page
    assert 'value="5454"' in answer.text
    assert 'value="淮海路"' in answer.text
    house.see()
    assert db.session.get_one(Customer, one).address == "华山路"
    again = {"was-name": NAME, "was-address": "华山路", "was-fax": "5454"}
    assert corrected(keeps, one, address="淮海路", fax="5454", **again).status_code == 302
    house.see()
    assert db.session.get_one(Customer, one).address == "淮海路"


def test_a_contact_is_added_corrected_removed_and_brought_back(
    house: House, shanghai: Office, keeps: Any, one: int
) -> None:
    new = f"/SH/customers/{one}/contact/0"
    assert keeps.post(new, data={"name": "李 娜", "phones": "１３８１２３４５６７８"}).status_code == 302
    house.see()
    contact = db.session.scalars(select(Contact).where(Contact.name == "李娜")).one().id
    at = f"/SH/customers/{one}/contact/{contact}"
    assert keeps.post(at, data={"name": "李娜", "phones": "13812345679"}).status_code == 302
    house.see()
    assert [found.id for found in lookup.find("13812345679", shanghai.id)] == [one]
    keeps.post(f"{at}/remove")
    house.see()
    assert [contact.name for contact in db.session.get_one(Customer, one).contacts] == ["高敏"]
    assert lookup.find("13812345679", shanghai.id) == []
    assert keeps.get(at).status_code == 404
    keeps.post(f"{at}/restore")
    house.see()
    assert len(db.session.get_one(Customer, one).contacts) == 2
    assert by_hand(house, one) == [
        ("", "", "李娜 13812345679"),
        ("", "李娜 13812345679", ""),
        ("phones", "13812345678", "13812345679"),
        ("", "", "李娜 13812345678"),
    ]


def product_of(customer_id: int) -> Installation:
    return db.session.get_one(Customer, customer_id).installations[0]


def typed(product: Installation, **more: str) -> dict[str, str]:
    return {"product_id": str(product.product_id), "version": product.version, **more}


def test_a_serial_number_has_one_holder_however_wide_it_is_typed(
    house: House, shanghai: Office, keeps: Any, one: int
) -> None:
    other = house.customer(shanghai, "长江轴承").id
    at, there = (f"/SH/customers/{who}/product/{product_of(who).id}" for who in (one, other))
    given, given_there = typed(product_of(one)), typed(product_of(other))
    assert keeps.post(at, data={**given, "serial_number": "cw88"}).status_code == 302
    answer = keeps.post(there, data={**given_there, "serial_number": "ＣＷ ８８"})
    assert answer.status_code == 422
    assert f"This serial number belongs to {NAME}" in said(answer.text)
    assert keeps.post(at, data={**given, "serial_number": "CW88", "version": "8.2"}).status_code == 302
    house.see()
    assert (product_of(one).serial_number, product_of(one).version) == ("CW88", "8.20")


def test_another_office_may_have_the_same_serial_number(
    house: House, keeps: Any, shanghai: Office, one: int
) -> None:
    serial = product_of(house.customer(house.office("BJ")).id).serial_number
    house.see()
    at = f"/SH/customers/{one}/product/{product_of(one).id}"
    assert keeps.post(at, data=typed(product_of(one), serial_number=str(serial))).status_code == 302


def test_a_removed_products_serial_number_is_free_and_keeps_it_from_coming_back(
    house: House, shanghai: Office, keeps: Any, one: int, work: Any
) -> None:
    work.called(shanghai, None, db.session.get_one(Customer, one))
    other, removed = house.customer(shanghai, "长江轴承").id, product_of(one)
    at, serial = f"/SH/customers/{one}/product/{removed.id}", str(removed.serial_number)
    keeps.post(f"{at}/remove")
    house.see()
    there = product_of(other)
    taken = keeps.post(f"/SH/customers/{other}/product/{there.id}", data=typed(there, serial_number=serial))
    assert taken.status_code == 302, said(taken.text)
    answer = keeps.post(f"{at}/restore")
    assert answer.status_code == 409
    assert "长江轴承" in said(answer.text)
    house.see()
    assert db.session.get_one(Customer, one).installations == []


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("serial_number", "㍿" * 11),
        ("version", "1" * 21),
        ("service_card", "㍿" * 7),
        ("contract_date", "2199-01-01"),
    ],
)
def test_what_is_too_long_once_it_is_cleaned_is_refused_by_its_field(
    keeps: Any, one: int, field: str, value: str
) -> None:
    product = product_of(one)
    answer = keeps.post(f"/SH/customers/{one}/product/{product.id}", data=typed(product) | {field: value})
    assert answer.status_code == 422
    assert f'id="{field}-error"' in answer.text


def test_what_an_import_changes_is_kept_too(house: House, shanghai: Office, keeper: Actor, one: int) -> None:
    number = db.session.get_one(Customer, one).file_number
    file = f"档案号,单位名称,地址,电话,联系人\n{number},{NAME},延安路 5 号,54540000,李娜\n".encode()
    list(importing.import_at_once(shanghai.id, file, "客户.csv", keeper))
    house.see()
    kept = [change for change in history.of_customer(one) if change.source == Source.IMPORT]
    assert {(change.what, change.field, change.after, change.actor, change.note) for change in kept} == {
        ("customer", "address", "延安路 5 号", "周艳", "客户.csv"),
        ("contact", "", "李娜 54540000", "周艳", "客户.csv"),
    }


def test_an_import_says_where_a_merged_customer_is_kept(
    house: House, shanghai: Office, keeps: Any, keeper: Actor
) -> None:
    with writing():
        kept = add_customer(shanghai.id, file_number="K1", name=NAME, contact="高敏", phone="61541030").id
        add_customer(shanghai.id, file_number="G1", name=NAME, contact="高敏", phone="61541030")
    keeps.post(f"/SH/customers/{kept}/merge", data={"other": "G1"})
    house.see()
    file = "档案号,单位名称,地址\nG1,恒远,延安路\nK1,恒远服装,淮海路\n".encode()
    run = list(importing.import_at_once(shanghai.id, file, "客户.csv", keeper))[-1]
    (refused,) = importing.refused_by(run)
    assert refused.problems[0].reason == _l(
        "this customer was merged into %(kept)s: give that number", kept="K1"
    )
    house.see()
    assert on_file(house, shanghai, "K1").address == "淮海路"


def test_a_step_of_a_case_is_kept_as_one(house: House, shanghai: Office, one: int, work: Any) -> None:
    work.requested(shanghai, None, db.session.get_one(Customer, one))
    (change,) = [change for change in history.of_customer(one) if change.field == "verified_at"]
    assert (change.source, change.actor) == (Source.STEP, "罗文")


def test_another_offices_customer_cannot_be_touched(house: House, keeps: Any, shanghai: Office) -> None:
    stranger = house.customer(house.office("BJ"))
    contact = stranger.contacts[0].id
    at = f"/SH/customers/{stranger.id}"
    for page in (f"{at}/correct", f"{at}/contact/{contact}", f"{at}/history", f"{at}/move"):
        assert keeps.get(page).status_code == 404
    for act in (f"{at}/correct", f"{at}/contact/{contact}/remove", f"{at}/part", f"{at}/apart"):
        assert keeps.post(act, data={"name": "x"}).status_code == 404


def test_a_contact_of_another_customer_is_not_this_ones(
    house: House, keeps: Any, shanghai: Office, one: int
) -> None:
    contact = house.customer(shanghai, "长江轴承").contacts[0].id
    assert keeps.get(f"/SH/customers/{one}/contact/{contact}").status_code == 404


def test_an_engineer_does_not_write_the_file(
    house: House, shanghai: Office, one: int, sign_in: SignIn
) -> None:
    engineer = sign_in(house.hire(shanghai, HOTLINE_ENGINEER))
    assert put(engineer).status_code == 403
    assert corrected(engineer, one).status_code == 403
    page = engineer.get(f"/SH/customers/{db.session.get_one(Customer, one).file_number}").text
    assert "Propose a correction" in page
    assert 'bi-pencil"' not in page


def test_a_customers_page_asks_as_much_of_a_long_history_as_of_none(
    house: House, shanghai: Office, one: int, sign_in: SignIn, queries_of: Callable[..., int]
) -> None:
    keeps = sign_in(house.hire(shanghai, *NATIONAL_ROLES))
    page = f"/SH/customers/{db.session.get_one(Customer, one).file_number}"
    few = queries_of(lambda: keeps.get(page))
    for place in range(8):
        corrected(keeps, one, address=f"华山路 {place} 号")
    assert queries_of(lambda: keeps.get(page)) == few
    assert db.session.scalars(select(CustomerChange.id)).all()
    assert db.session.scalars(select(Product.id)).all()
