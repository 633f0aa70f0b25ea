"""The call desk as a browser without a screen sees it: finding, knowing, logging, ending a call."""

import datetime as dt
import html
import re
from collections.abc import Callable
from types import ModuleType
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event, select

from core import clock, gate, ledger
from core.customers.lookup import index
from core.customers.models import Contact, Customer, Installation, Product
from core.db import db, writing
from core.hooks import hookimpl
from core.i18n import Sentence
from core.ledger import LedgerRow
from core.numbers import NumberSeries
from core.offices import Office
from core.people import Person
from core.plugins import Manifest, Plugins
from core.roles import FIELD_ENGINEER, HOTLINE_ENGINEER, REGIONAL_MANAGER, Role
from core.sessions import new_key
from core.slots import Card
from core.testing import NATIONAL, House
from core.verdicts import Verdict
from core.web.access import SESSION_KEY
from plugins.fieldservice.models import ServiceRequest
from plugins.hotline.models import Call

SAID = {
    "channel": "phone",
    "contact": "高敏",
    "phone": "021-61541030",
    "module": "总账",
    "operation": "反结账",
    "happens": "点反结账后报错退出，账套仍是已结账状态",
}
SOLVED = {"outcome": "solve", "solve-answer": "先备份，再在期末处理里取消结账标志"}
VISIT = {
    "outcome": "request_visit",
    "request_visit-address": "闵行区沪闵路 1 号",
    "request_visit-verified": "y",
}
SELDOM = {"ask_otherwise", "transfer", "recover", "merge", "end_abuse"}
UNKNOWN_FIRM = {"new_customer": "远大新材料有限公司", "new_address": "松江区荣乐路 9 号"}


class Desk:
    """An office, somebody who sits at its call desk, and the customers of its file."""

    def __init__(self, house: House, client: FlaskClient, code: str, *plugins: str) -> None:
        self.house, self.client, self.code = house, client, code
        self.office: Office = house.office(code, *plugins)
        self.me = house.person(self.office, HOTLINE_ENGINEER, name="罗文")

    def sit_down(self, person: Person | None = None) -> None:
        """Sign somebody in."""
        with writing(frozenset()):
            who = db.session.get_one(Person, (person or self.me).id)
            who.password_hash = "set"
        self.house.see()
        with self.client.session_transaction() as session:
            session["_user_id"], session["_fresh"], session["locale"] = who.get_id(), True, "en"
            session[SESSION_KEY] = new_key()

    def colleague(self, role: Role, name: str) -> Person:
        return self.house.person(self.office, role, name=name)

    def customer(self, name: str = "上海恒远服装有限责任公司", **contract: Any) -> Customer:
        return self.house.customer(self.office, name, **contract)

    def seal(self, customer: Customer) -> None:
        """Let the regional manager seal a customer."""
        manager = self.house.hire(self.office, REGIONAL_MANAGER, name="孙建国")
        values = {"file_number": customer.file_number, "reason": "到期后多次未付费", "extension": "8012"}
        values["covered"] = True
        gate.perform("billing.sealing", None, "seal", manager, values, office=self.office)
        self.house.see()

    def url(self, path: str = "") -> str:
        return f"/{self.code}/hotline/desk{path}"

    def get(self, path: str = "", **asked: Any) -> str:
        """Return a page or a fragment of the desk as plain words."""
        answer = self.client.get(self.url(path), query_string=asked)
        assert answer.status_code == 200, answer.text
        return html.unescape(answer.text)

    def find(self, typed: str) -> str:
        return self.get("/find", q=typed)

    def choose(self, customer: Customer, **typed: Any) -> str:
        """Return what appears when a customer is chosen."""
        return self.look("/customer", customer_id=str(customer.id), **typed)

    def look(self, path: str, **typed: Any) -> str:
        answer = self.client.post(self.url(path), data=typed)
        assert answer.status_code == 200, answer.text
        return html.unescape(answer.text)

    def log(self, customer: Customer | None = None, **typed: Any) -> tuple[int, str]:
        """Send the desk's form; return the status and what came back, or where it leads."""
        chosen = {"customer_id": str(customer.id)} if customer else {}
        answer = self.client.post(self.url(), data=SAID | chosen | typed)
        self.house.see()
        return answer.status_code, html.unescape(
            answer.text
        ) if answer.status_code != 302 else answer.location

    def calls(self) -> list[Call]:
        return list(db.session.scalars(select(Call).where(Call.office_id == self.office.id)).unique())

    def requests(self) -> list[ServiceRequest]:
        wanted = select(ServiceRequest).where(ServiceRequest.office_id == self.office.id)
        return list(db.session.scalars(wanted).unique())

    def written(self) -> list[tuple[str, str, str]]:
        """Return what the ledger says of cases, the oldest first."""
        wanted = select(LedgerRow).where(LedgerRow.office_id == self.office.id, LedgerRow.procedure != "")
        rows = db.session.scalars(wanted.order_by(LedgerRow.seq))
        return [(row.kind, f"{row.procedure}.{row.action}", row.to_state) for row in rows]


@pytest.fixture
def shanghai(house: House, client: FlaskClient) -> Desk:
    desk = Desk(house, client, "SH", *NATIONAL, "shanghai")
    desk.sit_down()
    return desk


def outcome(page: str, step: str) -> str:
    """Return what the page offers as one outcome."""
    parts = re.split(r'<div class="outcome(?: outcome-\w+)*">', page)
    (found,) = [part for part in parts if f'id="outcome-{step}"' in part]
    return found


def offered(page: str) -> list[str]:
    return re.findall(r'id="outcome-(\w+)"', page)


def value_of(page: str, name: str) -> str:
    """Return what stands in a field of one line."""
    (tag,) = re.findall(rf'<input[^>]* name="{name}"[^>]*>', page)
    found = re.search(r'value="([^"]*)"', tag)
    return found.group(1) if found else ""


@pytest.mark.clause("QI/03 3.2.2")
def test_a_customer_is_found_by_whatever_he_says_first(shanghai: Desk) -> None:
    customer = shanghai.customer()
    shanghai.customer("闵行第一机床厂")
    with writing():
        one = db.session.get_one(Customer, customer.id)
        one.file_number, one.installations[0].serial_number = "SH000102", "UF9790005680"
        one.contacts[0].phones = "021-59110241"
        index([one])
    shanghai.house.see()
    for typed in ("SH000102", "sh0001", "000102", "恒远", "hyfz", "HYFZ", "5911-0241", "0241", "UF9790"):
        hits = shanghai.find(typed)
        assert hits.count('class="hit"') == 1, typed
        for shown in ("上海恒远服装有限责任公司", "SH000102", "021-59110241"):
            assert shown in hits


def test_the_contact_whose_number_was_typed_is_shown_as_the_caller(shanghai: Desk) -> None:
    customer = shanghai.customer()
    with writing():
        one = db.session.get_one(Customer, customer.id)
        one.contacts.append(Contact(office_id=one.office_id, name="陈文斌", phones="13801234567"))
        index([one])
    shanghai.house.see()
    assert "陈文斌" in shanghai.find("13801234")
    assert "高敏" in shanghai.find("恒远")
    page = shanghai.get(customer=customer.id, q="13801234")
    assert (value_of(page, "contact"), value_of(page, "phone")) == ("陈文斌", "13801234567")


def test_at_most_twenty_are_offered(shanghai: Desk) -> None:
    for _each in range(22):
        shanghai.customer("恒远连锁超市")
    assert shanghai.find("恒远").count('class="hit"') == 20


def test_an_empty_search_finds_nobody_and_an_unknown_name_leads_to_adding(shanghai: Desk) -> None:
    shanghai.customer()
    assert shanghai.find("  ").strip() == ""
    nobody = shanghai.find("远大")
    assert "Nobody in this office's file fits “远大”." in nobody
    assert "Not in the file: add during the call" in nobody


def test_customers_of_another_office_are_never_seen(
    shanghai: Desk, house: House, client: FlaskClient
) -> None:
    beijing = Desk(house, client, "BJ")
    foreign = beijing.customer("北京恒远服装有限责任公司")
    assert "北京" not in shanghai.find("恒远")
    assert "北京" not in shanghai.get(customer=foreign.id)
    assert "北京" not in shanghai.choose(foreign)
    status, page = shanghai.log(foreign, **SOLVED)
    assert status == 422
    assert "This customer is not in the file. Choose one, or add it during the call." in page
    assert "北京" not in page
    assert shanghai.calls() == beijing.calls() == []


def test_a_customer_that_does_not_exist_is_an_error_beside_the_search(shanghai: Desk) -> None:
    for nonsense in ("0", "-1", "abc", "9" * 12, "9" * 5000, "999999", "1' or 1=1"):
        status, page = shanghai.log(customer_id=nonsense)
        assert status == 422
        assert 'id="customer_id-error"' in page
        assert value_of(page, "module") == "总账"
        shanghai.get(customer=nonsense)
        shanghai.look("/customer", customer_id=nonsense, installation_id=nonsense)
    assert shanghai.calls() == []


@pytest.mark.clause("QI/03 3.2.1")
def test_the_greeting_names_the_company_and_my_own_number(shanghai: Desk) -> None:
    assert "Hello, this is 口袋软件, number 07 speaking." in shanghai.get()
    with writing(frozenset()):
        db.session.get_one(Person, shanghai.me.id).hotline_number = ""
    assert "Hello, this is 口袋软件. How may I help you?" in shanghai.get()


@pytest.mark.clause("QI/03 3.2.3")
@pytest.mark.clause("QI/03 3.2.4")
@pytest.mark.clause("QI/03 3.2.9")
def test_the_script_goes_with_the_call_from_greeting_to_closing(shanghai: Desk) -> None:
    said = re.findall(
        r'data-line="(\w+)"><span class="script-words">([^<]+)<span class="tip clause"[^>]*>(QI/03 3\.2\.\d)',
        shanghai.get(),
    )
    assert [(moment, clause) for moment, _words, clause in said] == [
        ("greeting", "QI/03 3.2.1"),
        ("asking", "QI/03 3.2.2"),
        ("listening", "QI/03 3.2.3"),
        ("answering", "QI/03 3.2.4"),
        ("closing", "QI/03 3.2.9"),
    ]


def test_the_verdict_stands_beside_the_customer_with_evidence_clause_and_who_decided(shanghai: Desk) -> None:
    panel = shanghai.choose(shanghai.customer(contract=clock.now().date() - dt.timedelta(days=30)))
    assert "Free first year" in panel
    assert "The first year from the contract date is free." in panel
    assert "QI/02 fee.after-first-year" in panel
    assert re.search(r"Decided by</dt><dd>Billing \d", panel)
    assert re.search(r"Overrode</dt>\s*<dd>Hotline [\d.]+: <s title=\"unchecked\">Not checked</s>", panel)


def test_each_product_has_its_own_verdict(shanghai: Desk) -> None:
    customer = shanghai.customer(contract=dt.date(2012, 3, 1), withdrawn_on=dt.date(2020, 1, 1))
    add_product(customer, "供应链", card_until=clock.now().date() + dt.timedelta(days=9))
    panel = shanghai.choose(customer)
    products = re.findall(
        r'<div class="side-line">\s*<span>(\S+).*?chip-\w+">\s*([^<]+?)</span>', panel, re.S
    )
    assert [verdict for _name, verdict in products[:2]] == ["Product withdrawn", "Service card valid"]


def add_product(customer: Customer, name: str, card_until: dt.date | None = None) -> None:
    with writing():
        one = db.session.get_one(Customer, customer.id)
        one.installations.append(
            Installation(
                office_id=one.office_id,
                product=Product(name=f"{name} {len(one.installations)}"),
                version="8.61",
                contract_date=dt.date(2015, 1, 1),
                service_card="FW460160" if card_until else "",
                service_until=card_until,
            )
        )


def test_where_nobody_checks_contracts_the_verdict_is_shown_as_a_house_rule(
    house: House, client: FlaskClient
) -> None:
    bare = Desk(house, client, "GZ", "hotline")
    bare.sit_down()
    panel = bare.choose(bare.customer())
    assert "Not checked" in panel
    assert "house rule: Without billing, every customer is served." in panel


def test_open_cases_of_every_procedure_come_with_what_is_promised_next(shanghai: Desk) -> None:
    customer = shanghai.customer()
    shanghai.log(customer, **VISIT)
    shanghai.log(customer)
    open_ones, past = shanghai.choose(customer).split("Last cases")
    assert "SH-R-2026-00001" in open_ones
    assert "SH-H-2026-00002" in open_ones
    assert "SH-H-2026-00001" in past
    request = open_ones.split("SH-R-2026-00001", 2)[2]
    assert 'class="chip due' in request
    assert "QP/2-04 5.4" in request


def test_of_what_is_finished_the_last_five_are_shown(shanghai: Desk) -> None:
    customer = shanghai.customer()
    for _each in range(6):
        shanghai.log(customer, **SOLVED)
    past = shanghai.choose(customer).split("Last cases")[1]
    shown = re.findall(r'">(SH-H-\d{4}-\d{5})</a>', past)
    assert [number[-1] for number in shown] == ["6", "5", "4", "3", "2"]


def test_what_to_know_on_site_is_read_at_the_desk_already(shanghai: Desk) -> None:
    customer = shanghai.customer()
    assert "On site" not in shanghai.choose(customer)
    with writing():
        db.session.get_one(Customer, customer.id).site_note = "进机房先洗手"
    assert "进机房先洗手" in shanghai.choose(customer)


@pytest.mark.clause("QI/03 3.1.9")
def test_a_call_is_logged_and_kept_open_and_is_mine(shanghai: Desk) -> None:
    status, where = shanghai.log(shanghai.customer())
    (call,) = shanghai.calls()
    assert (status, where) == (302, f"/SH/hotline/call/{call.number}")
    assert (call.state, call.owner_id, call.happens) == ("open", shanghai.me.id, SAID["happens"])


@pytest.mark.clause("QI/03 3.1.9")
def test_a_call_is_logged_and_solved_in_one_go(shanghai: Desk) -> None:
    status, where = shanghai.log(shanghai.customer(), **SOLVED)
    (call,) = shanghai.calls()
    assert (status, where) == (302, "/SH/hotline/desk")
    assert (call.state, call.answer, call.version) == ("solved", SOLVED["solve-answer"], 2)
    assert shanghai.written() == [
        ("step", "hotline.call.log", "open"),
        ("step", "hotline.call.solve", "solved"),
    ]
    assert list(ledger.verify(shanghai.office.id)) == []
    told = shanghai.get()
    assert f'/SH/hotline/call/{call.number}">{call.number}</a>' in told
    assert "Solved by phone" in told


@pytest.mark.clause("QP/2-04 5.3")
@pytest.mark.clause("QI/03 3.2.7")
def test_a_call_becomes_a_registered_visit_in_one_go(shanghai: Desk) -> None:
    shanghai.log(shanghai.customer(), **VISIT)
    (call,), (request,) = shanghai.calls(), shanghai.requests()
    assert (call.state, request.state, request.call_id) == ("requested", "registered", call.id)
    assert (request.contact, request.phone) == ("高敏", "021-61541030"), "said once, not asked twice"
    assert request.address == VISIT["request_visit-address"]
    assert [what for _kind, what, _state in shanghai.written()] == [
        "hotline.call.log",
        "fieldservice.request.register",
        "hotline.call.request_visit",
    ]
    told = shanghai.get()
    assert call.number in told
    assert request.number in told


def test_a_visit_that_is_wrong_leaves_nothing_behind_and_loses_nothing(shanghai: Desk) -> None:
    customer = shanghai.customer()
    wrong = VISIT | {
        "request_visit-address": "",
        "request_visit-wanted_time": "周四上午",
        "request_visit-verified": "",
    }
    status, page = shanghai.log(customer, **wrong, tried="重启过两次")
    assert status == 422
    assert (shanghai.calls(), shanghai.requests()) == ([], [])
    assert db.session.scalars(select(NumberSeries)).all() == []
    assert shanghai.written() == [("refused", "hotline.call.request_visit", "")]
    visit = outcome(page, "request_visit")
    assert " checked" in visit.split("<label")[0]
    assert "This field is needed." in visit
    assert "Verify the data with the customer" in visit
    assert value_of(visit, "request_visit-wanted_time") == "周四上午"
    assert "重启过两次" in page
    assert SAID["happens"] in page
    assert value_of(page, "customer_id") == str(customer.id)
    assert "The first year from the contract date is free." in page
    shanghai.log(customer, **VISIT)
    assert [call.number for call in shanghai.calls()] == ["SH-H-2026-00001"]
    assert list(ledger.verify(shanghai.office.id)) == []


def test_what_is_wrong_in_the_call_and_in_its_end_is_shown_at_once(shanghai: Desk) -> None:
    _status, page = shanghai.log(shanghai.customer(), **VISIT | {"request_visit-address": " "}, module="")
    assert 'id="module-error"' in page
    assert 'id="request_visit-address-error"' in page


@pytest.mark.clause("QI/03 3.1.6")
@pytest.mark.clause("QI/03 3.1.8")
def test_a_vague_symptom_is_refused_with_a_hint_beside_it(shanghai: Desk) -> None:
    customer = shanghai.customer()
    for vague in ("软件有问题", "出错了", "it does not work"):
        status, page = shanghai.log(customer, happens=vague, **SOLVED)
        assert status == 422
        beside = re.findall(r'id="happens-error">\s*<div>([^<]+)', page)
        assert beside[0].startswith("Too vague to help anybody (QI/03 3.1.6). Ask: which operation")
        assert vague in page
        assert SOLVED["solve-answer"] in page
    assert shanghai.calls() == []


def test_what_is_too_long_is_refused_beside_its_field_and_stays(shanghai: Desk) -> None:
    long = {name: f"{name} " + "凭证" * 600 for name in SAID if name != "channel"}
    status, page = shanghai.log(shanghai.customer(), **long)
    assert status == 422
    for name, text in long.items():
        assert re.search(rf'id="{name}-error">\s*<div>Too long: at most \d+ characters', page), name
        assert text in page


def test_rubbish_in_every_field_is_refused_and_never_a_fault(shanghai: Desk) -> None:
    odd = {"channel": "smoke", "installation_id": "abc", "new_contract_date": "yesterday", "outcome": "<b>"}
    status, page = shanghai.log(shanghai.customer(), **odd, module="\x07")
    assert status == 409
    assert "What was chosen is not possible here, or not any more. Choose again." in page
    assert 'id="channel-error"' in page
    assert "<b>" not in page.split('id="outcomes"')[1].split("</fieldset>")[0]
    assert shanghai.client.post(shanghai.url(), data={}).status_code == 422
    assert shanghai.get("/find", q="%_'\"\\" * 40)


def test_only_what_the_desk_offers_can_follow_the_log(shanghai: Desk) -> None:
    customer = shanghai.customer()
    for step in ("take_over", "correct", "cancel", "reopen", "log"):
        assert shanghai.log(customer, outcome=step)[0] == 409, step
    assert shanghai.calls() == []


@pytest.mark.clause("QI/03 3.3.1")
def test_a_sealed_customer_gets_no_visit_but_the_name_and_extension_to_ask(shanghai: Desk) -> None:
    customer = shanghai.customer(contract=dt.date(2019, 1, 1))
    shanghai.seal(customer)
    visit = outcome(shanghai.choose(customer), "request_visit")
    assert " data-closed" in visit
    assert "hand it to the regional manager: 孙建国, extension 8012." in visit
    assert "QI/03 3.3.1" in visit
    status, page = shanghai.log(customer, **VISIT)
    assert status == 409
    assert "extension 8012" in page.split('class="desk-submit"')[1]
    assert shanghai.calls() == []
    handed = {"outcome": "hand_over", "hand_over-reason": "已封存，客户要求上门"}
    shanghai.log(customer, **handed)
    assert [call.state for call in shanghai.calls()] == ["handed_over"]


@pytest.mark.clause("QI/02 upgrade.withdrawn")
def test_a_withdrawn_product_closes_the_visit_for_that_product_only(shanghai: Desk) -> None:
    customer = shanghai.customer(withdrawn_on=dt.date(2020, 1, 1))
    add_product(customer, "供应链", card_until=clock.now().date() + dt.timedelta(days=9))
    shanghai.house.see()
    old, new = (str(one.id) for one in db.session.get_one(Customer, customer.id).installations)
    chosen = {"customer_id": str(customer.id)}
    assert "Offer an upgrade" in outcome(
        shanghai.look("/outcomes", installation_id=old, **chosen), "request_visit"
    )
    assert " data-closed" not in outcome(
        shanghai.look("/outcomes", installation_id=new, **chosen), "request_visit"
    )


def test_choosing_a_customer_offers_his_products_and_takes_the_only_one(shanghai: Desk) -> None:
    customer = shanghai.customer()
    shanghai.customer("闵行第一机床厂")
    (only,) = customer.installations
    assert products(shanghai.choose(customer)) == {"": False, str(only.id): True}
    add_product(customer, "供应链")
    assert list(products(shanghai.choose(customer)).values()) == [True, False, False]


def products(page: str) -> dict[str, bool]:
    """Return the products that the page offers, and which of them is chosen."""
    (box,) = re.findall(r'<select[^>]* name="installation_id".*?</select>', page, re.S)
    options = re.findall(r"<option([^>]*)>", box)
    return {re.findall(r'value="(\d*)"', tag)[0]: "selected" in tag for tag in options}


def test_what_was_typed_stays_when_the_customer_is_chosen_late(shanghai: Desk) -> None:
    page = shanghai.choose(shanghai.customer(), **VISIT, **{"solve-answer": "改了打印机设置"})
    assert "改了打印机设置" in page
    assert value_of(page, "request_visit-address") == VISIT["request_visit-address"]
    assert " checked" in outcome(page, "request_visit").split("<label")[0]


@pytest.mark.clause("QI/02 file.missing")
def test_a_customer_who_is_not_in_the_file_is_added_during_the_call(shanghai: Desk) -> None:
    visit = {name: value for name, value in VISIT.items() if not name.endswith("address")}
    status, _where = shanghai.log(**UNKNOWN_FIRM, **visit)
    assert status == 302
    (request,) = shanghai.requests()
    assert request.customer is not None
    assert request.customer.name == UNKNOWN_FIRM["new_customer"]
    assert request.address == UNKNOWN_FIRM["new_address"], "said once, not asked twice"
    assert UNKNOWN_FIRM["new_customer"] in shanghai.find("远大")


def test_a_new_customer_who_is_known_already_is_shown_and_nothing_is_lost(shanghai: Desk) -> None:
    shanghai.customer("远大新材料有限公司")
    status, page = shanghai.log(**UNKNOWN_FIRM)
    assert status == 422
    newcomer = page.split('id="newcomer"')[1].split("</details>")[0]
    assert newcomer.startswith(" open")
    assert "This seems to be 远大新材料有限公司" in newcomer
    assert value_of(newcomer, "new_address") == UNKNOWN_FIRM["new_address"]


def test_what_an_office_does_not_use_is_not_offered(
    shanghai: Desk, house: House, client: FlaskClient
) -> None:
    everything = {"solve", "park", "demand", "hand_over", "request_visit", "complain"} | SELDOM
    assert set(offered(shanghai.get())) == everything
    bare = Desk(house, client, "GZ", "hotline")
    bare.sit_down()
    assert set(offered(bare.get())) == everything - {"request_visit", "complain"}
    assert bare.log(bare.customer(), **VISIT)[0] == 409
    assert bare.calls() == []


def test_a_desk_of_a_foreign_office_or_without_the_hotline_does_not_exist(
    shanghai: Desk, house: House
) -> None:
    house.office("BJ")
    assert shanghai.client.get("/BJ/hotline/desk").status_code == 404
    assert shanghai.client.get("/BJ/hotline/desk/find?q=1").status_code == 404
    assert shanghai.client.post("/BJ/hotline/desk", data=SAID).status_code == 404


def jiangnan() -> ModuleType:
    """A region that judges for itself, adds a card, an outcome, a question and an objection."""
    module = ModuleType("jiangnan")
    module.__file__ = "/nowhere/jiangnan/__init__.py"
    module.manifest = Manifest(  # type: ignore[attr-defined]
        name="jiangnan", title=Sentence("Jiangnan"), version="2.0", requires=("hotline",), regional=True
    )

    @hookimpl
    def hotline_entitlement() -> Verdict:
        return Verdict(
            value="card", reason=Sentence("Everybody is served."), clause="QI/02 fee.after-first-year"
        )

    @hookimpl
    def hotline_customer_cards(customer: Customer) -> Card:
        return Card(title=Sentence("Tea"), lines=(f"{customer.name} likes it green",))

    @hookimpl
    def amend(procedures: Any) -> None:
        call = procedures["hotline.call"]
        call.add_step(
            "invite",
            "open -> settled",
            title=Sentence("Invite to the office"),
            by=HOTLINE_ENGINEER,
            clause="QI/03 3.3.1",
        )
        call.require("park", lambda act: Sentence("No room for tests."), clause="QI/03 3.2.5")

    module.hotline_entitlement = hotline_entitlement  # type: ignore[attr-defined]
    module.hotline_customer_cards, module.amend = hotline_customer_cards, amend  # type: ignore[attr-defined]
    return module


def test_a_region_changes_its_own_desk_and_no_other(app: Flask, house: House, client: FlaskClient) -> None:
    real = (one.module for one in house.plugins.installed.values())
    app.extensions["koudai"] = house.plugins = Plugins([*real, jiangnan()])
    home, neighbour = Desk(house, client, "HZ", *NATIONAL, "jiangnan"), Desk(house, client, "BJ")
    customers = home.customer(), neighbour.customer()
    home.sit_down()
    here = home.choose(customers[0])
    assert "Everybody is served." in here
    assert re.search(r"Decided by</dt><dd>Jiangnan 2.0", here)
    assert re.search(r"Overrode</dt>\s*<dd>Billing [\d.]+: <s title=\"free_year\">Free first year", here)
    assert "likes it green" in here
    assert "No room for tests." in outcome(here, "park")
    assert home.log(customers[0], outcome="invite")[0] == 302
    assert [call.state for call in home.calls()] == ["settled"]
    neighbour.sit_down()
    there = neighbour.choose(customers[1])
    for word in ("Everybody is served.", "Jiangnan", "green", "No room for tests.", "Invite"):
        assert word not in there


def test_who_may_not_log_reads_the_desk_and_is_told_why_the_button_is_closed(shanghai: Desk) -> None:
    customer = shanghai.customer()
    shanghai.sit_down(shanghai.colleague(FIELD_ENGINEER, "王力"))
    page = shanghai.get(customer=customer.id)
    assert "The first year from the contract date is free." in page
    assert re.search(r'id="submit" disabled', page)
    assert "“Log the call” is for: Hotline engineer or Duty manager." in page
    status, page = shanghai.log(customer, **SOLVED)
    assert status == 403
    assert SOLVED["solve-answer"] in page
    assert shanghai.calls() == []


def test_without_scripts_plain_links_and_one_form_do_everything(shanghai: Desk) -> None:
    customer = shanghai.customer()
    page = shanghai.get(q="hyfz")
    assert f'href="/SH/hotline/desk?customer={customer.id}"' in page
    assert re.search(r'<form id="find" method="get" action="/SH/hotline/desk">', page)
    page = shanghai.get(customer=customer.id)
    typed = ("customer_id", "contact", "phone", "request_visit-contact")
    assert [value_of(page, name) for name in typed] == [str(customer.id), "高敏", "021-61541030", "高敏"]
    assert not re.search(r"<[^>]+ (style|on\w+)=|<script>", page)


def queries(run: Callable[[], Any]) -> int:
    """Count what a page asks the database."""
    asked = []
    note = lambda *seen: asked.append(seen[2])  # noqa: E731
    db.session.expunge_all()
    event.listen(db.engine, "before_cursor_execute", note)
    try:
        run()
    finally:
        event.remove(db.engine, "before_cursor_execute", note)
    return len([one for one in asked if one.lstrip().lower().startswith("select")])


def test_finding_asks_the_database_as_often_for_many_as_for_one(shanghai: Desk) -> None:
    shanghai.customer("恒远")
    for _each in range(5):
        shanghai.customer("闵行机床")
    nobody, one, many = (queries(lambda word=word: shanghai.find(word)) for word in ("远大", "恒远", "闵行"))
    assert nobody == one == many


def test_the_panel_asks_the_database_as_often_for_many_products_and_cases_as_for_one(shanghai: Desk) -> None:
    small, large = shanghai.customer(), shanghai.customer("闵行第一机床厂", contract=dt.date(2019, 1, 1))
    for number in range(4):
        add_product(large, f"供应链 {number}")
    for customer, times in ((small, 1), (large, 5)):
        about = {"installation_id": str(customer.installations[0].id)}
        for _each in range(times):
            shanghai.log(customer, **about, **SOLVED)
            shanghai.log(customer, **about, **VISIT)
            shanghai.log(customer, **about)
    small_id, large_id = small.id, large.id
    few = queries(lambda: shanghai.look("/customer", customer_id=small_id))
    many = queries(lambda: shanghai.look("/customer", customer_id=large_id))
    assert abs(few - many) <= 2, (
        "an expired contract asks whether the courtesy visit was used: here, and before"
    )
