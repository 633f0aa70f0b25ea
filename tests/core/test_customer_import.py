"""An office's customer file comes in: tried first, in portions, once and for all, and nothing is lost."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Iterator
from pathlib import Path
from threading import Barrier, Thread
from typing import Any

import pytest
from flask import Flask
from flask_babel import force_locale
from sqlalchemy import event, func, insert, select

from core import clock, ledger
from core.app import create_app
from core.customers import importing, keeping, lookup
from core.customers.choices import faults_of
from core.customers.import_models import ColumnMapping, ImportRefusal, ImportRun, LastSaid, RunState
from core.customers.importing import ImportBusy
from core.customers.models import Contact, Customer, CustomerKey, Installation, Product
from core.customers.rejects import reject_file
from core.customers.services import add_customer
from core.customers.sheet import UnreadableSheet, read_sheet
from core.customers.tally import Tally
from core.db import db, see_offices, writing
from core.errors import NotFound
from core.ledger import LedgerRow
from core.offices import Office
from core.people import Actor
from core.plugins import Plugins
from core.testing import House, tables_of, test_settings

SAMPLES = Path(__file__).parents[2] / "samples"
SHANGHAI = SAMPLES.joinpath("customers-sh.csv").read_bytes()
BEIJING = SAMPLES.joinpath("customers-bj.xlsx").read_bytes()
CLERK = Actor("徐敏")
HEADER = "档案号,单位名称,联系人,联系电话,产品名称,版本,序列号,合同日期,服务到期日,单位地址,备注"
FIELDS = (
    "file_number", "name", "contact", "phone", "product", "version", "serial_number", "contract_date",
    "service_until", "address", "note",
)  # fmt: skip
USUAL = {
    "file_number": "SH1",
    "name": "甲厂",
    "contact": "高敏",
    "phone": "021-05550101",
    "product": "财务通",
}


@pytest.fixture(autouse=True)
def english(app: Flask) -> Iterator[None]:
    with force_locale("en"):
        yield


@pytest.fixture
def office(house: House) -> Office:
    return house.office("SH")


def line(**said: str) -> str:
    return ",".join({**USUAL, **said}.get(field, "") for field in FIELDS)


def file_of(*lines: str) -> bytes:
    return "\n".join((HEADER, *lines)).encode()


def bring_in(office: Office, content: bytes, name: str = "customers.csv", **chosen: str) -> ImportRun:
    office_id = office.id
    see_offices(frozenset({office_id}))
    *_, run = importing.import_at_once(office_id, content, name, CLERK, chosen)
    return run


def tried(office: Office, content: bytes, name: str = "customers.csv") -> Tally:
    tally = Tally()
    for examined in importing.try_out(office.id, importing.read_for(office.id, content, name, {})):
        tally.add(examined.good, examined.changes, examined.refused)
    return tally


def figures(run: ImportRun) -> tuple[int, ...]:
    """Return good and refused lines; customers and products, each new, changed, unchanged."""
    tally = Tally(**run.tally)
    customers = (tally.new_customers, tally.changed_customers, tally.same_customers)
    return (
        tally.good,
        tally.refused,
        *customers,
        tally.new_products,
        tally.changed_products,
        tally.same_products,
    )


def reasons(run: ImportRun) -> list[tuple[int, str, str]]:
    refused = importing.refused_by(run)
    return [(one.line, problem.field, str(problem.reason)) for one in refused for problem in one.problems]


def everything(house: House) -> dict[str, list[tuple[Any, ...]]]:
    """Return every row of every table."""
    house.see()
    return {
        table.name: sorted(map(tuple, db.session.execute(select(table)).all()), key=repr)
        for table in tables_of(house.plugins)
    }


def customers_of(office: Office) -> list[tuple[Any, ...]]:
    """Return all that is known of an office's customers, whatever the numbers of the rows."""
    found = db.session.scalars(select(Customer).where(Customer.office_id == office.id))
    return sorted((_facts(one) for one in found), key=repr)


def _facts(one: Customer) -> tuple[Any, ...]:
    keys = db.session.scalars(select(CustomerKey.key).where(CustomerKey.customer_id == one.id))
    said = db.session.get(LastSaid, one.id)
    return (
        (one.file_number, one.name, one.address, one.fax, one.regional_manager, one.salesperson, one.note),
        [(contact.name, contact.phones) for contact in one.contacts],
        sorted(
            (own.product.name, own.version, own.serial_number, own.contract_date, own.service_until)
            for own in one.installations
        ),
        sorted(keys),
        said and said.said,
    )


def the_one(office: Office) -> Customer:
    return db.session.scalars(select(Customer).where(Customer.office_id == office.id)).one()


def the_one_under(office: Office, number: str) -> Customer:
    return db.session.scalars(
        select(Customer).where(Customer.office_id == office.id, Customer.file_number == number)
    ).one()


# --- what comes in


@pytest.mark.clause("QI/03 3.2.7")
@pytest.mark.parametrize(
    ("content", "name", "good", "refused", "customers", "products"),
    [(SHANGHAI, "customers-sh.csv", 47, 9, 25, 46), (BEIJING, "customers-bj.xlsx", 48, 6, 24, 48)],
)
def test_a_sample_comes_in_whole_but_for_its_refused_lines(
    office: Office, content: bytes, name: str, good: int, refused: int, customers: int, products: int
) -> None:
    run = bring_in(office, content, name)
    assert run.state == RunState.DONE
    assert figures(run) == (good, refused, customers, 0, 0, products, 0, 0)
    assert db.session.scalar(select(func.count()).select_from(Customer)) == customers
    assert db.session.scalar(select(func.count()).select_from(Installation)) == products
    assert len(reasons(run)) >= refused


def test_a_customer_is_what_his_lines_say_together(office: Office) -> None:
    bring_in(
        office,
        file_of(
            line(serial_number="A1", address="", note="先登记"),
            line(serial_number="A2", product="固定资产", address="样板路 1 号", note="先登记"),
            line(
                serial_number="A3", contact="毕成", phone="10005550109", address="样板路 2 号", note="带鞋套"
            ),
            line(serial_number="A1", phone="021-05550101/10005550102", service_until="2027-01-31"),
        ),
    )
    customer = the_one(office)
    assert (customer.address, customer.note) == ("样板路 1 号", "先登记\n带鞋套")
    assert [(one.name, one.phones) for one in customer.contacts] == [
        ("高敏", "021-05550101 / 10005550102"),
        ("毕成", "10005550109"),
    ]
    assert [(one.serial_number, one.product.name) for one in customer.installations] == [
        ("A1", "财务通"), ("A2", "固定资产"), ("A3", "财务通"),
    ]  # fmt: skip
    assert customer.installations[0].service_until == dt.date(2027, 1, 31)


@pytest.mark.parametrize(
    ("encoding", "separator"), [("gb18030", ";"), ("utf-16", "\t"), ("utf-8-sig", "|"), ("utf-8", ",")]
)
def test_other_headings_separators_and_encodings_come_in_too(
    office: Office, encoding: str, separator: str
) -> None:
    rows = (
        ("客户档案编号", "用户单位", "签约日期", "加密盒号", "软件名称"),
        ("SH1", "上海𬭚石仪器研究所", "2022年11月1日", "ｕｆ３１００", "财务通"),
    )
    bring_in(office, "\r\n".join(map(separator.join, rows)).encode(encoding))
    customer = the_one(office)
    assert (customer.name, customer.installations[0].serial_number) == ("上海𬭚石仪器研究所", "UF3100")
    assert customer.installations[0].contract_date == dt.date(2022, 11, 1)


def test_a_product_without_a_serial_number_is_known_by_its_version(office: Office) -> None:
    bring_in(office, file_of(line(version="8.21"), line(version="8.50"), line(version="8.21")))
    again = bring_in(office, file_of(line(version="8.21", service_until="2027-01-31"), line(version="8.50")))
    assert figures(again)[5:] == (0, 1, 1)
    assert [one.version for one in the_one(office).installations] == ["8.21", "8.50"]


def test_a_line_without_a_product_is_a_customer_without_one(office: Office) -> None:
    bring_in(office, file_of(line(product="")))
    assert the_one(office).installations == []


def test_the_catalogue_of_products_is_the_nations(house: House, office: Office) -> None:
    bring_in(office, file_of(line()))
    bring_in(house.office("BJ"), file_of(line(file_number="BJ1")))
    assert db.session.scalars(select(Product.name)).all() == ["财务通"]


def test_who_came_in_is_found(office: Office) -> None:
    bring_in(office, file_of(line(name="上海恒远服装", serial_number="UF-77")))
    for typed in ("SH1", "恒远", "hyfz", "05550101", "uf77", "高敏"):
        assert [one.name for one in lookup.find(typed, office.id)] == ["上海恒远服装"], typed
    bring_in(office, file_of(line(name="上海虹风服装", serial_number="UF-77")))
    assert lookup.find("hyfz", office.id) == []
    assert [one.name for one in lookup.find("hffz", office.id)] == ["上海虹风服装"]


# --- what is refused


@pytest.mark.parametrize(
    ("said", "field", "reason"),
    [
        ({"file_number": ""}, "file_number", "the file number is missing"),
        ({"name": " "}, "name", "the unit's name is missing"),
        ({"contract_date": "待定"}, "contract_date", "“待定” is not a date; write it like 2026-11-23"),
        (
            {"contract_date": "2020-02-02", "service_until": "2020-02-01"},
            "service_until",
            "the service ends on 2020-02-01, before the contract begins on 2020-02-02",
        ),
        (
            {"serial_number": "TAKEN"},
            "serial_number",
            "this serial number already belongs to the customer SH0",
        ),
        ({"phone": "没有"}, "phone", "“没有” holds no phone number"),
        ({"name": "长" * 121}, "name", "longer than 120 characters"),
        (
            {"product": "", "serial_number": "NEW"},
            "product",
            "the product is missing, so nobody knows what the serial number or the dates belong to",
        ),
    ],
)
def test_a_line_is_refused_with_its_reason_and_takes_no_good_one_with_it(
    office: Office, said: dict[str, str], field: str, reason: str
) -> None:
    taken = line(file_number="SH0", name="先来的", serial_number="TAKEN")
    run = bring_in(office, file_of(taken, line(**said), line(file_number="SH2", name="乙厂")))
    assert reasons(run) == [(3, field, reason)]
    numbers = db.session.scalars(select(Customer.file_number).order_by(Customer.file_number)).all()
    assert numbers == ["SH0", "SH2"]


def test_a_serial_number_of_another_customer_is_refused_though_it_came_in_long_ago(office: Office) -> None:
    bring_in(office, file_of(line(serial_number="UF1")))
    thief = line(file_number="SH9", name="九厂", serial_number="ＵＦ１")
    assert reasons(bring_in(office, file_of(thief, line(serial_number="UF1")))) == [
        (2, "serial_number", "this serial number already belongs to the customer SH1")
    ]
    assert the_one(office).file_number == "SH1"


def test_the_first_line_keeps_the_number_though_its_customer_is_not_the_first(office: Office) -> None:
    lines = [line(), line(file_number="SH2", name="乙厂", serial_number="UF1"), line(serial_number="UF1")]
    run = bring_in(office, file_of(*lines))
    assert [(number, field) for number, field, _ in reasons(run)] == [(4, "serial_number")]
    holder = db.session.scalars(select(Installation).where(Installation.serial_number == "UF1")).one()
    assert holder.customer.file_number == "SH2"


def test_a_refused_line_claims_nothing(office: Office) -> None:
    lines = [
        line(serial_number="UF1", contract_date="待定"),
        line(serial_number="UF2", product=""),
        line(file_number="SH2", name="乙厂", serial_number="UF1"),
        line(file_number="SH2", name="乙厂", serial_number="UF2"),
    ]
    run = bring_in(office, file_of(*lines))
    assert [number for number, *_ in reasons(run)] == [2, 3]
    assert the_one(office).file_number == "SH2"


def gone(office: Office, number: str, **where: int) -> None:
    """Let a customer be one whom the office keeps no more: merged into another, or moved to another office."""
    see_offices(frozenset({office.id}))
    with writing():
        one = the_one_under(office, number)
        one.gone_at = clock.now()
        for name, key in where.items():
            setattr(one, name, key)


def test_a_line_of_who_was_merged_claims_nothing_from_who_stayed(office: Office) -> None:
    bring_in(office, file_of(line(), line(file_number="SH2", name="甲厂（旧）")))
    gone(office, "SH2", merged_into_id=the_one_under(office, "SH1").id)
    both = [line(file_number="SH2", serial_number="UF1"), line(serial_number="UF1")]
    run = bring_in(office, file_of(*both))
    assert reasons(run) == [(2, "file_number", "this customer was merged into SH1: give that number")]
    assert "UF1" in [one.serial_number for one in the_one_under(office, "SH1").installations]


@pytest.mark.parametrize("away", [1, 3])
def test_the_lines_of_those_who_moved_claim_nothing_however_many_and_far_apart_they_are(
    house: House, office: Office, away: int
) -> None:
    numbers, beijing_id = [f"SH{one}" for one in range(away)], house.office("BJ").id
    bring_in(office, file_of(*(line(file_number=one) for one in numbers)))
    for one in numbers:
        gone(office, one, moved_to_id=beijing_id)
    house.see()
    claimed = [line(file_number=one, serial_number="UF1") for one in numbers]
    between = [line(file_number=f"M{one}", name=f"第{one}厂") for one in range(150)]
    late = [line(file_number=f"Z{one}", name=f"末{one}厂", serial_number="UF1") for one in range(2)]
    run = bring_in(office, file_of(*claimed, *between, *late))
    *moved, last = reasons(run)
    assert [(number, field) for number, field, _ in moved] == [(at + 2, "file_number") for at in range(away)]
    assert last == (away + 153, "serial_number", "this serial number already belongs to the customer Z0")


def test_who_moved_claims_nothing_here_and_his_number_claims_in_another_office(
    house: House, office: Office
) -> None:
    beijing = house.office("BJ")
    for where in (office, beijing):
        bring_in(where, file_of(line()))
    gone(beijing, "SH1", moved_to_id=office.id)
    both = file_of(line(serial_number="UF1"), line(file_number="SH2", name="乙厂", serial_number="UF1"))
    assert [field for _line, field, _why in reasons(bring_in(office, both))] == ["serial_number"]
    assert [field for _line, field, _why in reasons(bring_in(beijing, both))] == ["file_number"]


def test_a_serial_number_counts_in_its_own_office_only(house: House, office: Office) -> None:
    bring_in(office, file_of(line(serial_number="UF1")))
    beijing = house.office("BJ")
    run = bring_in(beijing, file_of(line(file_number="BJ1", name="北京乙厂", serial_number="UF1")))
    assert reasons(run) == []
    assert customers_of(office) == []
    house.see()
    assert [len(customers_of(one)) for one in (office, beijing)] == [1, 1]


def test_nobody_sees_the_import_of_another_office(house: House, office: Office) -> None:
    run_id, beijing_id = bring_in(office, file_of(line())).id, house.office("BJ").id
    with pytest.raises(NotFound):
        importing.find(run_id, beijing_id)
    see_offices(frozenset({beijing_id}))
    for model in (ImportRun, ImportRefusal, LastSaid, ColumnMapping):
        assert db.session.scalars(select(model)).all() == []


# --- a trial


@pytest.mark.parametrize(
    ("content", "name"), [(SHANGHAI, "customers-sh.csv"), (BEIJING, "customers-bj.xlsx")]
)
def test_a_trial_changes_nothing_and_says_what_the_import_will_do(
    house: House, office: Office, content: bytes, name: str
) -> None:
    house.customer(office)
    before = everything(house)
    tally = tried(office, content, name)
    assert everything(house) == before
    assert bring_in(office, content, name).tally == tally.to_json()


def test_a_stored_trial_says_the_same_and_writes_no_customer(house: House, office: Office) -> None:
    run = importing.receive(office.id, SHANGHAI, "C:\\文件\\customers-sh.csv", CLERK)
    assert (run.file_name, run.state) == ("customers-sh.csv", RunState.TRIAL)
    reading = importing.read_again(run)
    assert reading
    run = importing.advance(run.id, office.id, reading)
    assert run.state == RunState.TRIED
    assert run.tally == tried(office, SHANGHAI).to_json()
    assert [one.line for one in importing.refused_by(run)] == [29, 31, 35, 36, 39, 41, 42, 45, 50]
    assert db.session.scalars(select(Customer)).all() == []
    assert ledger_of(office) == []


def ledger_of(office: Office) -> list[LedgerRow]:
    query = select(LedgerRow).where(LedgerRow.office_id == office.id, LedgerRow.kind == "import")
    return list(db.session.scalars(query.order_by(LedgerRow.seq)))


def test_the_same_reason_is_counted_once_however_the_values_differ(office: Office) -> None:
    wrong = [line(contract_date=day) for day in ("待定", "明年", "2026-02-30")]
    counted = tried(office, file_of(*wrong)).reasons
    assert [(one["field"], one["count"], one["reason"]["values"]) for one in counted] == [
        ("contract_date", 3, {"value": "…"})
    ]


# --- importing again


@pytest.mark.parametrize(
    ("content", "name"), [(SHANGHAI, "customers-sh.csv"), (BEIJING, "customers-bj.xlsx")]
)
def test_importing_again_changes_nothing(house: House, office: Office, content: bytes, name: str) -> None:
    bring_in(office, content, name)
    mine = {
        model.__tablename__ for model in (Customer, Contact, Installation, Product, CustomerKey, LastSaid)
    }
    before = {table: rows for table, rows in everything(house).items() if table in mine}
    again = bring_in(office, content, name)
    assert {table: rows for table, rows in everything(house).items() if table in mine} == before
    assert figures(again)[2:] == (0, 0, len(before["core_customer"]), 0, 0, len(before["core_installation"]))


def test_the_same_line_twice_changes_nothing(office: Office) -> None:
    run = bring_in(office, file_of(*[line(serial_number="UF1")] * 3))
    assert figures(run) == (3, 0, 1, 0, 0, 1, 0, 0)


def test_what_people_changed_survives_the_same_old_file(house: House, office: Office) -> None:
    old = file_of(
        line(serial_number="UF1", address="旧路 1 号", version="8.21"), line(contact="毕成", phone="110")
    )
    bring_in(office, old)
    with writing():
        customer = the_one(office)
        customer.address = "新路 2 号"
        customer.contacts[0].phones = "021-05550199"
        db.session.delete(customer.contacts[1])
        customer.installations[0].version = "8.50"
        db.session.delete(customer.installations[1])
    before = customers_of(office)
    run = bring_in(office, old)
    assert customers_of(office) == before
    assert figures(run)[2:] == (0, 0, 1, 0, 0, 2)


def test_what_is_new_in_the_file_wins_and_what_is_empty_erases_nothing(house: House, office: Office) -> None:
    bring_in(office, file_of(line(serial_number="UF1", address="旧路 1 号", version="8.21", note="先登记")))
    with writing():
        the_one(office).address = "people wrote this"
    news = line(serial_number="UF1", address="新路 2 号", version="", phone="", service_until="2027-01-31")
    assert figures(bring_in(office, file_of(news)))[2:] == (0, 1, 0, 0, 1, 0)
    customer = the_one(office)
    assert (customer.address, customer.note) == ("新路 2 号", "先登记")
    assert [one.phones for one in customer.contacts] == ["021-05550101"]
    (product,) = customer.installations
    assert (product.version, product.service_until) == ("8.21", dt.date(2027, 1, 31))


def test_phones_that_people_added_stay_when_the_file_brings_another(office: Office) -> None:
    bring_in(office, file_of(line(phone="021-05550101")))
    with writing():
        the_one(office).contacts[0].phones = "021-05550101，夜间 10005550199"
    bring_in(office, file_of(line(phone="021-05550102转8")))
    assert [one.phones for one in the_one(office).contacts] == ["021-05550102转8 / 夜间 10005550199"]


def test_a_customer_added_during_a_call_is_completed(house: House, office: Office) -> None:
    with writing():
        add_customer(office.id, file_number="SH1", name="甲", contact="高敏", phone="(021)05550101")
    run = bring_in(office, file_of(line(address="样板路 1 号")))
    assert figures(run)[2:] == (0, 1, 0, 1, 0, 0)
    customer = the_one(office)
    assert (customer.name, customer.address) == ("甲厂", "样板路 1 号")
    assert [one.phones for one in customer.contacts] == ["(021)05550101"]


def test_a_list_of_renewals_needs_no_products(office: Office) -> None:
    bring_in(office, file_of(line(serial_number="UF1", service_until="2026-12-31")))
    renewals = "档案号,单位名称,序列号,服务到期日\nSH1,甲厂,UF1,2027-12-31\n".encode()
    assert figures(bring_in(office, renewals))[5:] == (0, 1, 0)
    (product,) = the_one(office).installations
    assert (product.product.name, product.service_until) == ("财务通", dt.date(2027, 12, 31))


# --- portions, crashes, and several people


def many(customers: int) -> bytes:
    """Return a file in which the lines of the customers are mixed, some contested, some wrong."""
    lines = [
        line(
            file_number=f"SH{number}",
            name=f"第{number}厂",
            serial_number=f"UF{number if number % 7 else 1}-{one}",
            contract_date="待定" if number % 11 == 0 else "2024-01-31",
        )
        for one in range(3)
        for number in range(1, customers + 1)
    ]
    random.Random(1).shuffle(lines)
    return file_of(*lines)


def test_a_killed_import_is_continued_where_it_stopped(
    house: House, office: Office, database_url: str, plugins: Plugins, tmp_path: Path
) -> None:
    whole, broken = house.office("BJ"), office
    bring_in(whole, many(120))
    house.see()
    run = importing.import_at_once(broken.id, many(120), "customers.csv", CLERK)
    assert [next(run).state for _ in range(3)] == [RunState.IMPORTING] * 3
    house.see()
    assert 0 < len(customers_of(broken)) < len(customers_of(whole))
    assert ledger_of(broken) == []
    with create_app(test_settings(database_url, tmp_path), plugins).app_context():
        see_offices(frozenset({broken.id}))
        *_, ended = importing.import_at_once(broken.id, many(120), "customers.csv", CLERK)
        assert ended.state == RunState.DONE
        tally = ended.tally
        db.session.remove()
        db.engine.dispose()
    house.see()
    assert customers_of(broken) == customers_of(whole)
    assert [run.tally for run in importing.latest(whole.id)] == [tally]
    assert len(importing.latest(broken.id)) == len(ledger_of(broken)) == 1


def test_two_people_who_press_at_once_do_no_harm(app: Flask, house: House, office: Office) -> None:
    bring_in(whole := house.office("BJ"), many(150))
    office_id = office.id
    house.see()
    run_id = importing.start(importing.receive(office_id, many(150), "a.csv", CLERK).id, office_id, CLERK).id
    barrier, failed = Barrier(3), list[BaseException]()

    def press() -> None:
        try:
            with app.app_context():
                see_offices(frozenset({office_id}))
                reading = importing.read_again(importing.find(run_id, office_id))
                assert reading
                barrier.wait()
                while importing.advance(run_id, office_id, reading).state == RunState.IMPORTING:
                    pass
                db.session.remove()
        except BaseException as error:
            failed.append(error)

    people = [Thread(target=press) for _ in range(3)]
    for one in people:
        one.start()
    for one in people:
        one.join()
    assert failed == []
    house.see()
    assert customers_of(office) == customers_of(whole)
    assert importing.find(run_id, office_id).tally == importing.latest(whole.id)[0].tally
    assert len(ledger_of(office)) == 1


def test_what_a_colleague_writes_at_the_same_moment_is_not_written_over(
    app: Flask, house: House, office: Office, engine_name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    if engine_name == "sqlite":
        return  # there is one writer at a time, so the moment does not exist
    bring_in(office, file_of(line(address="样板路 1 号")))
    customer_id, office_id = the_one(office).id, office.id
    house.see()

    def correct() -> None:
        with app.app_context():
            see_offices(frozenset({office_id}))
            with writing():
                keeping.locked(customer_id, office_id).address = "人民路 2 号"
            db.session.remove()

    person, write = Thread(target=correct), importing.bring_in

    def write_while_somebody_else_does(*given: Any) -> None:
        person.start()
        person.join(1)
        write(*given)

    monkeypatch.setattr(importing, "bring_in", write_while_somebody_else_does)
    bring_in(office, file_of(line(address="样板路 9 号")))
    person.join()
    house.see()
    # Whoever came later saw what the file says, and has the last word.
    assert the_one(office).address == "人民路 2 号"


def test_a_colleague_who_enters_the_same_customer_at_the_same_moment_is_met(
    app: Flask, office: Office, engine_name: str
) -> None:
    if engine_name == "sqlite":
        return  # there is one writer at a time, so the moment does not exist
    office_id, entered = office.id, list[str]()

    def enter(*_: Any) -> None:
        if not entered:
            entered.append("SH1")
            with db.engine.begin() as other:
                other.exec_driver_sql("select set_config('app.offices', %s, true)", (str(office_id),))
                said = {"office_id": office_id, "file_number": "SH1", "name": "甲", "created_at": clock.now()}
                blank = dict.fromkeys(("address", "fax", "regional_manager", "salesperson", "note"), "")
                other.execute(insert(Customer).values(**said, **blank, site_note=""))

    event.listen(Customer, "before_insert", enter)
    try:
        run = bring_in(office, file_of(line(address="样板路 1 号")))
    finally:
        event.remove(Customer, "before_insert", enter)
    assert entered
    assert figures(run)[2:5] == (0, 1, 0)
    assert (the_one(office).name, the_one(office).address) == ("甲厂", "样板路 1 号")


def test_one_file_at_a_time_comes_into_an_office(house: House, office: Office) -> None:
    first = importing.import_at_once(office.id, many(60), "first.csv", CLERK)
    next(first)
    with pytest.raises(ImportBusy, match=r"first\.csv, which 徐敏 began"):
        bring_in(office, file_of(line()))
    other = importing.receive(office.id, file_of(line()), "other.csv", CLERK)
    with pytest.raises(ImportBusy):
        importing.start(other.id, office.id, CLERK)
    assert bring_in(house.office("BJ"), file_of(line())).state == RunState.DONE


def test_a_stopped_import_keeps_what_came_in_and_the_ledger_says_so(house: House, office: Office) -> None:
    going = importing.import_at_once(office.id, many(120), "customers.csv", CLERK)
    next(going), next(going)
    run = importing.stop(importing.latest(office.id)[0].id, office.id, Actor("周文"))
    assert run
    assert (run.state, importing.read_again(run)) == (RunState.STOPPED, None)
    assert len(customers_of(office)) == Tally(**run.tally).new_customers > 0
    (row,) = ledger_of(office)
    assert (row.actor, row.details["complete"]) == ("周文", False)
    assert bring_in(office, many(120)).state == RunState.DONE


def test_a_file_that_was_only_tried_is_forgotten_whole(house: House, office: Office) -> None:
    run = importing.receive(office.id, SHANGHAI, "a.csv", CLERK)
    reading = importing.read_again(run)
    assert reading
    importing.advance(run.id, office.id, reading)
    assert importing.stop(run.id, office.id, CLERK) is None
    for model in (ImportRun, ImportRefusal, LedgerRow):
        kind = model.kind == "import" if model is LedgerRow else True
        assert db.session.scalars(select(model).where(kind)).all() == []


def test_no_file_is_kept_after_its_import_or_for_long_undecided(office: Office) -> None:
    office_id = office.id
    assert importing.read_again(bring_in(office, file_of(line()))) is None
    undecided = importing.receive(office_id, many(3), "undecided.csv", CLERK).id
    with clock.stopped_at(clock.now() + dt.timedelta(days=8)):
        importing.receive(office_id, file_of(line()), "later.csv", CLERK)
    with pytest.raises(NotFound):
        importing.find(undecided, office_id)


def test_one_row_of_the_ledger_tells_of_an_import(office: Office) -> None:
    run = bring_in(office, SHANGHAI, "customers-sh.csv")
    (row,) = ledger_of(office)
    assert (row.actor, row.action, row.clause) == ("徐敏", "customers", "QI/03 3.2.7")
    assert row.details["file"] == "customers-sh.csv"
    assert row.details["sha256"] == importing.sha256_of(SHANGHAI) == run.sha256
    assert (row.details["good"], row.details["refused"], row.details["new_customers"]) == (47, 9, 25)
    assert list(ledger.verify(office.id)) == []


def test_a_portion_asks_the_same_questions_however_many_customers_it_has(office: Office) -> None:
    asked: dict[int, int] = {}
    for customers in (2, 30):
        bring_in(office, many(customers))
        questions: list[str] = []

        def count(_c: Any, _cursor: Any, statement: str, *_: Any, into: list[str] = questions) -> None:
            if statement.lstrip().lower().startswith("select"):
                into.append(statement)

        event.listen(db.engine, "before_cursor_execute", count)
        bring_in(office, many(customers))
        bring_in(office, many(customers).replace("厂".encode(), "分厂".encode()))
        event.remove(db.engine, "before_cursor_execute", count)
        asked[customers] = len(questions)
    assert asked[2] == asked[30]


def test_a_customer_with_a_thousand_lines_comes_in(office: Office) -> None:
    run = bring_in(office, file_of(*[line(serial_number=f"UF{one}") for one in range(1100)]))
    assert figures(run) == (1100, 0, 1, 0, 0, 1100, 0, 0)


# --- columns


UNKNOWN = "甲列,乙列,丙列\nSH1,甲厂,2024-01-31\n".encode()
CHOSEN = {"甲列": "file_number", "乙列": "name", "丙列": ""}


def test_columns_that_nobody_knows_are_named_once_and_remembered_by_the_office(
    house: House, office: Office
) -> None:
    office_id = office.id
    run = importing.receive(office_id, UNKNOWN, "a.csv", CLERK)
    assert run.state == RunState.COLUMNS
    assert [(one.heading, one.field, one.samples) for one in importing.choices(run)] == [
        ("甲列", "", ("SH1",)), ("乙列", "", ("甲厂",)), ("丙列", "", ("2024-01-31",)),
    ]  # fmt: skip
    run = importing.name_columns(run.id, office_id, CHOSEN, CLERK)
    assert (run.state, run.layout["unknown"]) == (RunState.TRIAL, ["丙列"])
    turned = "丙列;乙列;甲列\n2024-01-31;乙厂;SH2\n".encode("gb18030")
    assert bring_in(office, turned).state == RunState.DONE
    assert the_one(office).file_number == "SH2"
    house.see()
    with pytest.raises(UnreadableSheet):
        bring_in(house.office("BJ"), turned)


@pytest.mark.parametrize(("written_in", "read_in"), [("en", "zh_Hans_CN"), ("zh_Hans_CN", "en")])
def test_the_reject_file_of_named_columns_is_read_like_its_file_in_whatever_language(
    house: House, office: Office, written_in: str, read_in: str
) -> None:
    wrong = UNKNOWN.replace(b"2024-01-31", "没有".encode())
    run = bring_in(office, wrong, **CHOSEN | {"丙列": "phone"})
    with force_locale(written_in):
        rejects = reject_file(importing.refused_by(run), run.layout["cells"])
    corrected = rejects.decode().replace("没有,", "021-05550101,").encode()
    with force_locale(read_in):
        again = importing.receive(office.id, corrected, "rejects.csv", CLERK)
        assert (again.state, again.layout["lines"]) == (RunState.TRIAL, 1)
        assert again.layout["fields"] == {"file_number": "甲列", "name": "乙列", "phone": "丙列"}
        assert figures(bring_in(office, corrected))[:3] == (1, 0, 1)
        house.see()
        with pytest.raises(UnreadableSheet):
            bring_in(house.office("BJ"), corrected)


def test_a_reject_file_that_was_refused_once_more_is_read_too(office: Office) -> None:
    run = bring_in(office, "甲列,乙列\n,甲厂\n,乙厂\n".encode(), 甲列="file_number", 乙列="name")
    for _ in range(2):
        run = bring_in(office, reject_file(importing.refused_by(run), run.layout["cells"]))
    assert [number for number, *_ in reasons(run)] == [2, 3]


def test_a_file_with_another_column_of_its_own_is_not_taken_for_the_known_one(office: Office) -> None:
    bring_in(office, UNKNOWN, **CHOSEN)
    other = UNKNOWN.replace("丙列".encode(), "丙列,Refused".encode())
    assert importing.receive(office.id, other, "b.csv", CLERK).state == RunState.COLUMNS


def test_what_was_said_of_the_columns_of_a_refusal_alone_fits_no_blank_row(office: Office) -> None:
    odd = b"Refused field,Reason of refusal\nSH1,A\n"
    bring_in(office, odd, **{"Refused field": "file_number", "Reason of refusal": "name"})
    other = b",,\n" + UNKNOWN
    assert importing.mapping_for(office.id, read_sheet(odd, "a.csv")) != {}
    assert importing.mapping_for(office.id, read_sheet(other, "b.csv")) == {}


def test_recognised_columns_can_be_named_otherwise(office: Office) -> None:
    run = importing.receive(office.id, file_of(line(note="样板路 1 号")), "a.csv", CLERK)
    named = {one.heading: one.field for one in importing.choices(run)} | {"备注": "address", "单位地址": ""}
    run = importing.name_columns(run.id, office.id, named, CLERK)
    assert run.layout["fields"]["address"] == "备注"
    importing.start(run.id, office.id, CLERK)
    reading = importing.read_again(run)
    assert reading
    importing.advance(run.id, office.id, reading)
    assert the_one(office).address == "样板路 1 号"


def test_an_import_that_began_keeps_its_columns(office: Office) -> None:
    next(importing.import_at_once(office.id, many(60), "a.csv", CLERK))
    run = importing.latest(office.id)[0]
    assert importing.name_columns(run.id, office.id, {"档案号": "name"}, CLERK).mapping == {}


@pytest.mark.parametrize(
    ("chosen", "faults"),
    [
        (CHOSEN, {}),
        ({"甲列": "file_number"}, {"": "Say which column is “Unit's name”."}),
        ({}, {"": "Say which columns are “File number” and “Unit's name”."}),
        (CHOSEN | {"丙列": "name"}, {"丙列": "“乙列” was chosen for this already."}),
        (CHOSEN | {"丙列": "colour"}, {"丙列": "There is no such field. Choose one from the list."}),
    ],
)
def test_a_choice_of_columns_is_checked(app: Flask, chosen: dict[str, str], faults: dict[str, str]) -> None:
    assert {word: str(fault) for word, fault in faults_of(chosen).items()} == faults


def test_a_file_without_a_single_line_is_refused_as_a_whole(office: Office) -> None:
    with pytest.raises(UnreadableSheet, match="nothing under the header"):
        bring_in(office, file_of())
    assert importing.latest(office.id) == []


def test_a_file_that_is_no_table_is_not_kept(office: Office) -> None:
    with pytest.raises(UnreadableSheet):
        importing.receive(office.id, b"%PDF-1.7\x00\x01", "a.pdf", CLERK)
    assert importing.latest(office.id) == []
