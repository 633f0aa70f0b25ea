"""The line of each engineer: told by a telephone system, said by himself, read by the desk and the board."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from flask import Flask

from core import clock, presence
from core.api import tokens
from core.api.tokens import ACT, READ
from core.customers.lookup import index
from core.customers.models import Contact, Customer
from core.db import db, writing
from core.people import Person
from core.roles import DUTY_MANAGER, FIELD_ENGINEER, HOTLINE_ENGINEER
from core.testing import Browser, House, SignIn
from plugins.hotline import lines
from plugins.hotline.lines import LineState

NINE = dt.datetime(2026, 11, 23, 1, tzinfo=dt.UTC)
RINGING = {"hotline_number": "07", "event": "ringing", "number": "02161541030", "rings": 1, "call": "pbx-1"}


class Exchange:
    """Shanghai with a telephone system that speaks to the API, and an engineer whose number is 07."""

    def __init__(self, app: Flask, house: House, sign_in: SignIn) -> None:
        self.app, self.house, self.sign_in = app, house, sign_in
        self.office = house.office("SH", "hotline")
        self.engineer = house.person(self.office, HOTLINE_ENGINEER, name="罗文")
        self.manager = self.hire(DUTY_MANAGER, "王力", "01")
        self.customer = house.customer(self.office)
        self.token = self.a_token(self.engineer)

    def hire(self, role: Any, name: str, number: str) -> Person:
        person = self.house.person(self.office, role, name=name)
        with writing():
            db.session.get_one(Person, person.id).hotline_number = number
        return person

    def a_token(self, person: Person, how: str = ACT) -> str:
        with writing():
            db.session.get_one(Person, person.id).password_hash = "nobody knows it"
        self.house.see()
        found = db.session.get_one(Person, person.id)
        return tokens.make(found, self.office, "the telephone", {"calls": how}, 30)

    def post(self, body: Any, token: str | None = None, code: str = "SH") -> Any:
        headers = {"Authorization": f"Bearer {token or self.token}", "Accept-Language": "en"}
        browser = Browser(self.app, self.app.response_class)
        return browser.post(f"/api/v1/{code}/hotline/line", json=body, headers=headers)

    def tell(self, **said: Any) -> dict[str, Any]:
        answer = self.post(RINGING | said)
        assert answer.status_code == 200, answer.text
        return dict(answer.json)

    def states(self) -> dict[str, LineState]:
        self.house.see()
        return {one.person.name: one.state for one in lines.line_states(self.office.id)}

    def line(self, turn: str = "") -> Any:
        return self.sign_in(self.engineer).get(f"/SH/hotline/desk/line?turn={turn}")


@pytest.fixture
def exchange(app: Flask, house: House, sign_in: SignIn) -> Exchange:
    return Exchange(app, house, sign_in)


@pytest.mark.clause("QI/03 3.1.4")
def test_a_ring_opens_the_customer_who_has_the_number(exchange: Exchange) -> None:
    assert exchange.line().text.count("data-ring=") == 0
    assert exchange.tell(rings=2)["state"] == "ringing"
    page = exchange.line().text
    assert f'data-customers="{exchange.customer.id}"' in page
    assert 'data-rings="2"' in page
    assert exchange.customer.name in page
    assert exchange.line(turn="1.ringing").status_code == 204


@pytest.mark.parametrize("number", ["021-61541030", "61541030", "+86 21 61541030", "(021)6154 1030"], ids=str)
def test_a_number_is_found_however_it_is_written(exchange: Exchange, number: str) -> None:
    exchange.tell(number=number)
    assert exchange.customer.name in exchange.line().text


@pytest.mark.parametrize("number", ["13801234567", "013801234567", "+8613801234567"])
def test_a_mobile_number_is_found_with_what_the_exchange_puts_before_it(
    exchange: Exchange, number: str
) -> None:
    with writing():
        one = db.session.get_one(Customer, exchange.customer.id)
        one.contacts.append(Contact(office_id=one.office_id, name="陈文斌", phones="13801234567"))
        index([one])
    exchange.tell(number=number)
    assert exchange.customer.name in exchange.line().text


def test_several_customers_with_one_number_are_offered(exchange: Exchange, house: House) -> None:
    other = house.customer(exchange.office, "恒源物流有限公司")
    exchange.tell()
    page = exchange.line().text
    assert exchange.customer.name in page
    assert other.name in page


def test_an_unknown_number_is_said_to_be_unknown_and_none_is_no_number(exchange: Exchange) -> None:
    exchange.tell(number="02155555555")
    assert "not in the file" in exchange.line().text
    exchange.tell(number="", call="pbx-2")
    assert "data-ring=" not in exchange.line().text


@pytest.mark.clause("QI/03 3.1.5")
def test_a_line_rings_is_answered_and_is_free_again(exchange: Exchange) -> None:
    presence.say(exchange.office.id, lines.AT_THE_DESK, exchange.engineer.id)
    assert exchange.states() == {"王力": LineState.AWAY, "罗文": LineState.FREE}
    for event, state in (("ringing", "ringing"), ("answered", "talking"), ("hung_up", "free")):
        assert exchange.tell(event=event, rings=2)["state"] == state
        assert exchange.states()["罗文"] == state


@pytest.mark.clause("QI/03 3.1.5")
def test_an_engineer_says_himself_that_he_is_away_and_a_ring_does_not_change_that(exchange: Exchange) -> None:
    presence.say(exchange.office.id, lines.AT_THE_DESK, exchange.engineer.id)
    browser = exchange.sign_in(exchange.engineer)
    assert browser.post("/SH/hotline/desk/line", data={"state": "away"}).location == "/SH/hotline/desk"
    assert exchange.states()["罗文"] == LineState.AWAY
    exchange.tell()
    assert exchange.states()["罗文"] == LineState.RINGING
    exchange.tell(event="hung_up")
    assert exchange.states()["罗文"] == LineState.AWAY
    browser.post("/SH/hotline/desk/line", data={"state": "free"})
    assert exchange.states()["罗文"] == LineState.FREE
    assert browser.post("/SH/hotline/desk/line", data={"state": "ringing"}).status_code == 404


def test_whose_desk_is_closed_is_away(exchange: Exchange) -> None:
    browser = exchange.sign_in(exchange.engineer)
    browser.post("/SH/hotline/desk/here")
    assert exchange.states()["罗文"] == LineState.FREE
    browser.post("/SH/hotline/desk/here", data={"leave": "1"})
    assert exchange.states()["罗文"] == LineState.AWAY


def test_events_of_another_call_do_not_end_the_one_that_is_talked_on(exchange: Exchange) -> None:
    exchange.tell(event="answered", rings=3)
    late = exchange.tell(event="hung_up", call="pbx-0", number="")
    assert (late["state"], late["call"], late["rings"]) == ("talking", "pbx-1", 3)
    knocking = exchange.tell(event="ringing", call="pbx-2", number="02199999999")
    assert (knocking["state"], knocking["number"]) == ("talking", "02161541030")


def test_a_telephone_that_falls_silent_keeps_no_line_busy(exchange: Exchange) -> None:
    with clock.stopped_at(NINE):
        exchange.tell()
    with clock.stopped_at(NINE + dt.timedelta(minutes=3)):
        assert exchange.states()["罗文"] == LineState.AWAY


def test_of_two_with_one_number_whoever_sits_at_the_desk_is_meant(exchange: Exchange) -> None:
    twin = exchange.hire(HOTLINE_ENGINEER, "陈静", "07")
    presence.say(exchange.office.id, lines.AT_THE_DESK, twin.id)
    assert exchange.tell()["name"] == "陈静"


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"hotline_number": "99"}, "hotline_number"),
        ({"event": "sings"}, "event"),
        ({"rings": "two"}, "rings"),
        ({"rings": 100}, "rings"),
        ({"number": 61541030}, "number"),
        ({"more": 1}, "more"),
    ],
)
def test_what_is_wrong_is_named_by_field(exchange: Exchange, said: dict[str, Any], field: str) -> None:
    answer = exchange.post(RINGING | said)
    assert answer.status_code == 422
    assert field in answer.json["errors"]


def test_only_a_good_token_that_reaches_calls_is_heard(exchange: Exchange, house: House) -> None:
    assert exchange.post(RINGING, "koudai_guessed").status_code == 401
    assert exchange.post(RINGING, exchange.a_token(exchange.engineer, READ)).status_code == 403
    assert exchange.post([RINGING]).status_code == 422
    house.office("BJ", "hotline")
    assert exchange.post(RINGING, code="BJ").status_code == 404
    signed_in = exchange.sign_in(exchange.engineer)
    assert signed_in.post("/api/v1/SH/hotline/line", json=RINGING).status_code == 401
    assert exchange.states()["罗文"] == LineState.AWAY


def test_where_the_hotline_is_off_no_telephone_is_heard(app: Flask, house: House, exchange: Exchange) -> None:
    from core import switches
    from core.testing import SETTER_UP

    switches.switch(house.plugins, exchange.office, "hotline", False, SETTER_UP)
    assert exchange.post(RINGING).status_code == 404


def test_the_board_asks_three_questions_however_many_answer(
    exchange: Exchange, house: House, statements_of: Any
) -> None:
    office_id = exchange.office.id

    def ask() -> None:
        lines.line_states(office_id)

    house.see()
    one = len(statements_of(ask))
    for number in range(12):
        person = exchange.hire(HOTLINE_ENGINEER, f"工程师{number}", f"2{number}")
        lines.say(exchange.office.id, person.id, LineState.TALKING)
        presence.say(exchange.office.id, lines.AT_THE_DESK, person.id)
    exchange.hire(FIELD_ENGINEER, "吴磊", "88")
    house.see()
    assert len(exchange.states()) == 14
    house.see()
    assert len(statements_of(ask)) == one == 3


def test_asking_for_a_quiet_line_costs_the_same_always(
    exchange: Exchange, house: House, statements_of: Any
) -> None:
    browser = exchange.sign_in(exchange.engineer)
    lines.say(exchange.office.id, exchange.engineer.id, LineState.FREE)

    def ask() -> None:
        assert browser.get("/SH/hotline/desk/line?turn=1.free").status_code == 204

    ask()
    one = statements_of(ask)
    for number in range(20):
        house.customer(exchange.office, f"客户{number}")
    assert len(statements_of(ask)) == len(one)
    assert not [said for said in one if not said.lstrip().lower().startswith("select")]
