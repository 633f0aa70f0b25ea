"""A customer bought here and used there goes to the office there, by an agreement of three (QI/02 region.tripartite)."""

import datetime as dt
from typing import Any

import pytest
from sqlalchemy import select, text

from core import ledger, switches
from core.customers import history, lookup, moving, proposals, services
from core.customers.models import Customer, Installation
from core.customers.records import CustomerMove, Proposal
from core.db import ForeignOffice, db, see_offices, writing
from core.errors import NotFound, Refused
from core.ledger import LedgerRow
from core.offices import Office
from core.people import Actor
from core.roles import CUSTOMER_ADMINISTRATOR, HOTLINE_ENGINEER, NATIONAL_ROLES
from core.testing import House, SignIn, said
from plugins.hotline.models import Call
from tests.moves import moved

pytestmark = [pytest.mark.usefixtures("monday_morning"), pytest.mark.clause("QI/02 region.tripartite")]


@pytest.fixture
def beijing(house: House) -> Office:
    return house.office("BJ", name="北京")


@pytest.fixture
def shanghai(house: House) -> Office:
    return house.office("SH", name="上海")


@pytest.fixture
def seller(house: House, beijing: Office) -> Actor:
    return house.hire(beijing, *NATIONAL_ROLES, name="周艳")


@pytest.fixture
def server(house: House, shanghai: Office) -> Actor:
    return house.hire(shanghai, *NATIONAL_ROLES, name="孙莉")


@pytest.fixture
def sold(house: House, beijing: Office) -> int:
    return house.customer(beijing, "北京银河机电有限公司", contract=dt.date(2026, 10, 1)).id


def agreed(shanghai: Office) -> dict[str, str]:
    said = {"agreement": "三方 2026-11", "agreed_on": "2026-11-20", "confirmed_by": "高敏", "confirmed": "y"}
    return said | {"office": str(shanghai.id)}


def offered(browser: Any, sold: int, shanghai: Office) -> Any:
    return browser.post(f"/BJ/customers/{sold}/move", data=agreed(shanghai))


def the_move() -> CustomerMove:
    return db.session.scalars(select(CustomerMove).order_by(CustomerMove.id.desc())).first()  # type: ignore[return-value]


def test_offered_here_and_accepted_there_the_customer_is_served_there(
    house: House, beijing: Office, shanghai: Office, seller: Actor, server: Actor, sold: int, sign_in: SignIn
) -> None:
    serial = db.session.get_one(Customer, sold).installations[0].serial_number
    assert offered(sign_in(seller), sold, shanghai).status_code == 302
    house.see()
    there = sign_in(server)
    assert "北京银河机电有限公司" in there.get("/SH/customers/moves").text
    assert "高敏" in there.get(f"/SH/customers/moves/{the_move().id}").text
    answer = there.post(f"/SH/customers/moves/{the_move().id}/accept", data={})
    assert answer.status_code == 302, said(answer.text)
    house.see()
    arrived = services.by_file_number("SH-K-2026-00001", shanghai.id)
    assert arrived is not None
    assert [one.serial_number for one in arrived.installations] == [serial]
    assert arrived.installations[0].contract_date == dt.date(2026, 10, 1)
    assert [one.name for one in arrived.contacts] == ["高敏"]
    assert "Free first year" in there.get("/SH/customers/SH-K-2026-00001").text
    left = db.session.get_one(Customer, sold)
    assert (left.moved_to_id, left.is_gone) == (shanghai.id, True)


def test_both_ledgers_keep_the_agreement(
    house: House, beijing: Office, shanghai: Office, seller: Actor, server: Actor, sold: int, sign_in: SignIn
) -> None:
    offered(sign_in(seller), sold, shanghai)
    house.see()
    sign_in(server).post(f"/SH/customers/moves/{the_move().id}/accept", data={"file_number": "s-77"})
    house.see()
    rows = db.session.scalars(select(LedgerRow).where(LedgerRow.action == "move")).all()
    assert {(row.office_id, row.actor, row.clause) for row in rows} == {
        (beijing.id, "孙莉", "QI/02 region.tripartite"),
        (shanghai.id, "孙莉", "QI/02 region.tripartite"),
    }
    assert all(row.details["agreement"] == "三方 2026-11" and row.details["to"] == "SH S-77" for row in rows)
    assert not [damage for office in (beijing, shanghai) for damage in ledger.verify(office.id)]


def test_what_is_left_can_be_read_and_nothing_more(
    house: House, beijing: Office, shanghai: Office, seller: Actor, server: Actor, sold: int, sign_in: SignIn
) -> None:
    browser, number = sign_in(seller), db.session.get_one(Customer, sold).file_number
    offered(browser, sold, shanghai)
    house.see()
    sign_in(server).post(f"/SH/customers/moves/{the_move().id}/accept", data={})
    page = said(browser.get(f"/BJ/customers/{number}").text)
    assert "Moved to SH on 2026-11-23." in page
    assert browser.get(f"/BJ/customers/{sold}/correct").status_code == 409
    assert browser.post(f"/BJ/customers/{sold}/correct", data={"name": "x"}).status_code == 409
    house.see()
    assert lookup.find("银河", beijing.id) == []
    assert [one.id for one in lookup.find_in("银河", [beijing.id], gone=True)] == [sold]
    assert services.of_office(sold, beijing.id) is None


def test_an_open_case_keeps_the_customer_by_name(
    house: House,
    beijing: Office,
    shanghai: Office,
    seller: Actor,
    server: Actor,
    sold: int,
    work: Any,
    sign_in: SignIn,
) -> None:
    browser = sign_in(seller)
    number = work.called(beijing, seller, db.session.get_one(Customer, sold))
    answer = offered(browser, sold, shanghai)
    assert answer.status_code == 409
    assert number in said(answer.text)
    assert_typed_stays(answer)
    assert number in said(browser.get(f"/BJ/customers/{sold}/move").text)


def test_whoever_offers_what_a_colleague_has_just_offered_is_shown_that_offer(
    house: House, beijing: Office, shanghai: Office, seller: Actor, sold: int, sign_in: SignIn
) -> None:
    assert offered(sign_in(seller), sold, shanghai).status_code == 302
    colleague = sign_in(house.hire(beijing, CUSTOMER_ADMINISTRATOR, name="孙悦"))
    answer = offered(colleague, sold, shanghai)
    assert answer.status_code == 409
    assert "This customer is offered already." in said(answer.text)
    assert_typed_stays(answer)
    house.see()
    assert db.session.scalar(text("select count(*) from core_customer_move")) == 1


def assert_typed_stays(answer: Any) -> None:
    for typed in ("三方 2026-11", "2026-11-20", "高敏"):
        assert f'value="{typed}"' in answer.text


def test_a_case_opened_since_the_offer_keeps_him_too(
    house: House,
    beijing: Office,
    shanghai: Office,
    seller: Actor,
    server: Actor,
    sold: int,
    work: Any,
    sign_in: SignIn,
) -> None:
    offered(sign_in(seller), sold, shanghai)
    number = work.called(beijing, seller, db.session.get_one(Customer, sold))
    answer = sign_in(server).post(f"/SH/customers/moves/{the_move().id}/accept", data={})
    assert answer.status_code == 409
    assert number in said(answer.text)
    house.see()
    assert not db.session.get_one(Customer, sold).is_gone


@pytest.fixture
def dongguan(house: House) -> Office:
    """An office that uses the hotline alone."""
    return house.office("DG", "hotline")


def test_an_open_case_of_a_plugin_that_is_off_keeps_him_too(
    house: House, dongguan: Office, shanghai: Office, work: Any, sign_in: SignIn
) -> None:
    keeper, one = house.hire(dongguan, *NATIONAL_ROLES), house.customer(dongguan)
    number = work.called(dongguan, keeper, one)
    switches.switch(house.plugins, dongguan, "hotline", False, keeper)
    answer = sign_in(keeper).post(f"/DG/customers/{one.id}/move", data=agreed(shanghai))
    assert answer.status_code == 409
    assert f"{number} (Hotline is switched off)" in said(answer.text)


def test_a_case_that_ended_in_a_state_of_a_plugin_that_is_off_keeps_nobody(
    house: House, dongguan: Office, shanghai: Office, work: Any, sign_in: SignIn
) -> None:
    keeper, one = house.hire(dongguan, *NATIONAL_ROLES), house.customer(dongguan)
    work.called(dongguan, keeper, one)
    with writing():
        db.session.scalars(select(Call)).one().state = "complained"
    answer = sign_in(keeper).post(f"/DG/customers/{one.id}/move", data=agreed(shanghai))
    assert answer.status_code == 302, said(answer.text)


def test_a_plugin_that_was_removed_keeps_nobody(
    house: House, dongguan: Office, shanghai: Office, sign_in: SignIn
) -> None:
    keeper, one = house.hire(dongguan, *NATIONAL_ROLES), house.customer(dongguan)
    with writing():
        db.session.execute(text("drop table quality_complaint"))
    answer = sign_in(keeper).post(f"/DG/customers/{one.id}/move", data=agreed(shanghai))
    assert answer.status_code == 302, said(answer.text)


def test_declined_with_a_reason_the_customer_stays(
    house: House, shanghai: Office, seller: Actor, server: Actor, sold: int, sign_in: SignIn
) -> None:
    here, there = sign_in(seller), sign_in(server)
    offered(here, sold, shanghai)
    house.see()
    move = the_move().id
    assert there.post(f"/SH/customers/moves/{move}/decline", data={}).status_code == 422
    assert there.post(f"/SH/customers/moves/{move}/decline", data={"reason": "客户在苏州"}).status_code == 302
    assert "客户在苏州" in here.get(f"/BJ/customers/moves/{move}").text
    house.see()
    assert set(the_move().shown) == {"name"}, "an office keeps nothing of whom it did not take"
    assert "Contacts" not in there.get(f"/SH/customers/moves/{move}").text
    assert not db.session.get_one(Customer, sold).is_gone
    assert there.post(f"/SH/customers/moves/{move}/accept", data={}).status_code == 409


def test_withdrawn_nobody_can_accept_it(
    house: House, shanghai: Office, seller: Actor, server: Actor, sold: int, sign_in: SignIn
) -> None:
    here, there = sign_in(seller), sign_in(server)
    offered(here, sold, shanghai)
    house.see()
    move = the_move().id
    assert there.post(f"/SH/customers/moves/{move}/withdraw", data={}).status_code == 404
    assert here.post(f"/BJ/customers/moves/{move}/withdraw").status_code == 302
    assert there.post(f"/SH/customers/moves/{move}/accept", data={}).status_code == 409


def test_a_serial_number_that_is_held_there_is_named(
    house: House, shanghai: Office, seller: Actor, server: Actor, sold: int, sign_in: SignIn
) -> None:
    serial = db.session.get_one(Customer, sold).installations[0].serial_number
    holder = house.customer(shanghai, "上海恒远服装有限责任公司")
    with writing():
        db.session.get_one(Installation, holder.installations[0].id).serial_number = serial
    offered(sign_in(seller), sold, shanghai)
    house.see()
    answer = sign_in(server).post(f"/SH/customers/moves/{the_move().id}/accept", data={})
    assert answer.status_code == 422
    assert "上海恒远服装有限责任公司" in said(answer.text)


def test_who_comes_back_brings_his_products_and_they_are_taken_off_the_file_that_he_left(
    house: House, beijing: Office, shanghai: Office, sold: int
) -> None:
    left = db.session.get_one(Customer, sold)
    product = left.installations[0].id
    there = moved(house, left, beijing, shanghai)
    stays = db.session.get_one(Installation, product)
    assert stays.removed_at is None, "what is left can be read"
    serial, back = stays.serial_number, moved(house, there, shanghai, beijing)
    assert (back.id != sold, back.office_id) == (True, beijing.id)
    assert [one.serial_number for one in back.installations] == [serial]
    holder = services.holder_of(beijing.id, str(serial))
    assert holder is not None
    assert holder.id == back.id
    change = next(one for one in history.of_customer(sold) if one.what == history.PRODUCT)
    assert (change.source, change.before.endswith(str(serial)), change.after) == ("move", True, "")


def test_a_third_office_knows_nothing_of_it(
    house: House, shanghai: Office, seller: Actor, sold: int, sign_in: SignIn
) -> None:
    offered(sign_in(seller), sold, shanghai)
    house.see()
    move = the_move().id
    stranger = sign_in(house.hire(house.office("GZ", name="广州"), *NATIONAL_ROLES))
    assert "北京银河机电有限公司" not in stranger.get("/GZ/customers/moves").text
    assert stranger.get(f"/GZ/customers/moves/{move}").status_code == 404
    assert stranger.post(f"/GZ/customers/moves/{move}/accept", data={}).status_code == 404


def test_who_offers_cannot_accept_for_the_other(
    house: House, beijing: Office, shanghai: Office, seller: Actor, sold: int, sign_in: SignIn
) -> None:
    browser = sign_in(seller)
    offered(browser, sold, shanghai)
    house.see()
    move = the_move()
    assert browser.post(f"/BJ/customers/moves/{move.id}/accept", data={}).status_code == 404
    with pytest.raises(NotFound):
        moving.accept(move, seller, "")


def test_the_new_office_reads_the_offer_and_cannot_write_it(
    house: House, shanghai: Office, seller: Actor, sold: int, sign_in: SignIn
) -> None:
    offered(sign_in(seller), sold, shanghai)
    see_offices(frozenset({shanghai.id}))
    assert the_move().shown["name"] == "北京银河机电有限公司"
    assert db.session.scalars(select(Customer)).all() == []
    with pytest.raises(ForeignOffice), writing():
        the_move().reason = "anything"


def test_the_move_is_for_the_customer_administrator(
    house: House, beijing: Office, shanghai: Office, sold: int, sign_in: SignIn
) -> None:
    engineer = sign_in(house.hire(beijing, HOTLINE_ENGINEER))
    assert offered(engineer, sold, shanghai).status_code == 403
    assert CUSTOMER_ADMINISTRATOR.clause == "QI/03 3.2.7"
    assert db.session.scalar(text("select count(*) from core_customer_move")) == 0


def test_the_new_office_reads_on_my_desk_that_a_customer_is_offered(
    house: House, shanghai: Office, seller: Actor, server: Actor, sold: int, sign_in: SignIn
) -> None:
    offered(sign_in(seller), sold, shanghai)
    assert "Customers offered to this office" in sign_in(server).get("/").text
    assert "Customers offered to this office" not in sign_in(seller).get("/").text


def test_what_was_proposed_of_a_customer_who_moves_is_declined_and_its_author_reads_why(
    house: House, beijing: Office, shanghai: Office, seller: Actor, server: Actor, sold: int, sign_in: SignIn
) -> None:
    here, author = sign_in(seller), sign_in(house.hire(beijing, HOTLINE_ENGINEER, name="罗文"))
    for fax in ("5454", "5455"):
        author.post(f"/BJ/customers/{sold}/propose", data={"name": "北京银河机电有限公司", "fax": fax})
    offered(here, sold, shanghai)
    assert "Proposed corrections to decide" in here.get("/").text
    house.see()
    sign_in(server).post(f"/SH/customers/moves/{the_move().id}/accept", data={})
    assert "Proposed corrections to decide" not in here.get("/").text
    assert "My proposals decided in the last days" in author.get("/").text
    queue = said(author.get("/BJ/customers/proposals").text)
    assert queue.count("孙莉: 北京银河机电有限公司 has moved to another office") == 2
    house.see()
    (first, _second) = db.session.scalars(select(Proposal)).all()
    assert (first.state, first.decided_by) == ("declined", "孙莉")
    page = said(author.get(f"/BJ/customers/proposals/{first.id}").text)
    assert "has moved to another office, which serves the customer now." in page
    assert not [damage for office in (beijing, shanghai) for damage in ledger.verify(office.id)]


def test_what_was_proposed_of_a_customer_who_stays_waits_on(
    house: House, beijing: Office, shanghai: Office, seller: Actor, server: Actor, sold: int, sign_in: SignIn
) -> None:
    here, other = sign_in(seller), house.customer(beijing, "北京长江轴承厂").id
    for whose, name in ((sold, "北京银河机电有限公司"), (other, "北京长江轴承厂")):
        here.post(f"/BJ/customers/{whose}/propose", data={"name": name, "fax": "5454"})
    offered(here, sold, shanghai)
    house.see()
    move, there = the_move().id, sign_in(server)
    there.post(f"/SH/customers/moves/{move}/decline", data={"reason": "客户在苏州"})
    house.see()
    assert open_of(beijing) == [sold, other], "nobody moved"
    offered(here, sold, shanghai)
    house.see()
    there.post(f"/SH/customers/moves/{the_move().id}/accept", data={})
    house.see()
    assert open_of(beijing) == [other], "another customer's stays"


def open_of(office: Office) -> list[int]:
    return [one.customer_id for one in proposals.listed(office.id, 0, 9) if one.state == "open"]


def test_nothing_is_reopened_for_a_customer_who_has_moved(
    house: House,
    beijing: Office,
    shanghai: Office,
    seller: Actor,
    server: Actor,
    sold: int,
    work: Any,
    sign_in: SignIn,
) -> None:
    number = work.called(beijing, seller, db.session.get_one(Customer, sold))
    work.done("hotline.call", number, "solve", seller, beijing, answer="重新安装打印驱动，打印正常")
    offered(sign_in(seller), sold, shanghai)
    house.see()
    sign_in(server).post(f"/SH/customers/moves/{the_move().id}/accept", data={})
    house.see()
    with pytest.raises(Refused, match=r"moved|转"):
        work.done("hotline.call", number, "reopen", seller, beijing, reason="又出现了")
