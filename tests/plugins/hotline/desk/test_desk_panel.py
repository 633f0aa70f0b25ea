"""What the desk shows while the phone is at the ear: the script, who called last, what was promised, and quick times."""

from __future__ import annotations

import datetime as dt
import html
import re
from typing import Any

import pytest
from sqlalchemy import select

from core import clock, gate
from core.calendars import set_opening_hours
from core.db import db, writing
from core.offices import Office, all_offices
from core.people import Actor
from core.roles import DUTY_MANAGER, HOTLINE_ENGINEER
from core.rules import rules_of
from core.testing import NATIONAL, House, SignIn
from core.worktime import Interval
from plugins.hotline import times
from plugins.hotline.models import Call

SYMPTOM = {
    "channel": "phone",
    "contact": "高敏",
    "phone": "021-61541030",
    "module": "总账",
    "operation": "反结账",
    "happens": "点反结账后报错退出，账套仍是已结账状态",
}
# Monday the 23rd of November, ten in the morning in Shanghai.
TEN = dt.datetime(2026, 11, 23, 2, tzinfo=dt.UTC)


@pytest.fixture
def shanghai(house: House) -> Office:
    return house.office("SH", *NATIONAL)


@pytest.fixture
def engineer(house: House, shanghai: Office) -> Actor:
    return house.hire(shanghai, HOTLINE_ENGINEER, name="罗文")


def log(house: House, office: Office, engineer: Actor, customer_id: int, **more: Any) -> Call:
    said = SYMPTOM | {"customer_id": str(customer_id)} | more
    house.see()
    call = gate.perform("hotline.call", None, "log", engineer, said, office=office)
    house.see()
    return db.session.get_one(Call, call.id)


def panel(browser: Any, customer_id: int) -> str:
    answer = browser.post("/SH/hotline/desk/customer", data={"customer_id": str(customer_id)})
    return html.unescape(answer.text)


def test_who_called_last_and_everything_that_was_promised_is_in_sight(
    house: House, shanghai: Office, engineer: Actor, sign_in: SignIn
) -> None:
    customer_id = house.customer(shanghai).id
    with clock.stopped_at(TEN):
        first = log(
            house, shanghai, engineer, customer_id, promised_at="2026-11-23T16:00", promise="告知测试结果"
        )
        last = log(house, shanghai, engineer, customer_id, contact="陈文斌")
        house.see()
        gate.perform("hotline.call", last.number, "demand", engineer, {"demand": "今天必须上门修复总账"})
        page = panel(sign_in(engineer), customer_id)
    promised = page[page.index('id="promised"') : page.index('id="last-call"')]
    assert "告知测试结果" in promised
    assert first.number in promised
    assert "罗文" in promised
    assert "Phone the customer about the same-day demand" in promised
    assert promised.index("same-day demand") < promised.index("告知测试结果"), "the most urgent first"
    told = page[page.index('id="last-call"') :]
    assert "陈文斌" in told[: told.index("</div>")]
    assert last.number in told[: told.index("</div>")]


def test_a_customer_with_nothing_promised_has_no_box_for_it(
    house: House, shanghai: Office, engineer: Actor, sign_in: SignIn
) -> None:
    page = panel(sign_in(engineer), house.customer(shanghai).id)
    assert 'id="promised"' not in page
    assert 'id="last-call"' not in page


@pytest.mark.clause("QI/03 3.1.10")
@pytest.mark.clause("QI/03 3.1.11")
@pytest.mark.clause("QI/03 3.1.5")
@pytest.mark.clause("QI/03 3.2.1")
@pytest.mark.clause("QI/03 3.2.9")
def test_the_script_has_a_tip_for_each_moment_and_ones_own_number(
    house: House, shanghai: Office, engineer: Actor, sign_in: SignIn
) -> None:
    page = html.unescape(sign_in(engineer).get("/SH/hotline/desk").text)
    said = re.findall(r'data-line="(\w+)">.*?class="script-tip">.*?(QI/03 [\d.]+\d)', page, re.DOTALL)
    assert said == [
        ("greeting", "QI/03 3.1.10"),
        ("asking", "QI/03 3.2.3"),
        ("listening", "QI/03 3.1.8"),
        ("answering", "QI/03 3.1.11"),
        ("closing", "QI/03 3.1.5"),
    ]
    assert "number 07 speaking" in page
    assert "Whenever something is unclear, we are here. Goodbye!" in page


def proposed(office: Office, at: dt.datetime) -> list[tuple[str, Any]]:
    rules = rules_of(all_offices()[office.id])
    zone = rules.office.zoneinfo
    found = times.proposed(rules, at)
    return [
        (one.title.msgid, one.minutes or f"{one.at.astimezone(zone):%d %H:%M}")
        for one in found
        if one.at or one.minutes
    ]


def test_the_times_to_promise_are_those_of_the_offices_day(house: House, shanghai: Office) -> None:
    house.see()
    assert proposed(shanghai, TEN) == [
        ("in half an hour", 30),
        ("in an hour", 60),
        ("before noon", "23 11:30"),
        ("before closing", "23 17:00"),
        ("next working morning", "24 11:30"),
    ]
    afternoon = [title for title, _at in proposed(shanghai, TEN + dt.timedelta(hours=4))]
    assert "before noon" not in afternoon
    assert "before closing" in afternoon
    friday_night = dict(proposed(shanghai, TEN + dt.timedelta(days=4, hours=12)))
    assert friday_night == {"in half an hour": 30, "in an hour": 60, "next working morning": "30 11:30"}


def test_an_office_with_other_hours_promises_other_times(house: House, shanghai: Office) -> None:
    hours = [Interval(weekday=day, start=dt.time(9), end=dt.time(20)) for day in range(5)]
    house.see()
    with writing():
        set_opening_hours(shanghai, hours, Actor("tests"))
    house.see()
    assert dict(proposed(shanghai, TEN))["before closing"] == "23 20:00"
    assert dict(proposed(shanghai, TEN))["before noon"] == "23 12:00"


def test_the_desk_asks_the_same_questions_with_one_customer_as_with_many(
    house: House, shanghai: Office, engineer: Actor, sign_in: SignIn, statements_of: Any
) -> None:
    customer_id = house.customer(shanghai).id
    browser = sign_in(house.hire(shanghai, HOTLINE_ENGINEER, DUTY_MANAGER, name="王力"))
    pages = {
        "desk": lambda: browser.get("/SH/hotline/desk"),
        "with a customer": lambda: browser.get(f"/SH/hotline/desk?customer={customer_id}"),
        "find": lambda: browser.get("/SH/hotline/desk/find?q=恒远"),
        "panel": lambda: panel(browser, customer_id),
        "outcomes": lambda: browser.post("/SH/hotline/desk/outcomes", data={"customer_id": str(customer_id)}),
    }
    counted = []
    for more in (1, 6):
        for number in range(more):
            house.customer(shanghai, f"恒远服装{more}{number}分厂")
            at = {"promised_at": "2030-01-01T10:00", "promise": "告知结果"}
            call = log(house, shanghai, engineer, customer_id, **at)
            if number % 2:
                answer = {"answer": "先备份，再在期末处理里取消结账标志"}
                gate.perform("hotline.call", call.number, "solve", engineer, answer)
            draft = {"draft": f"{more}-{number}", "module": "总账"}
            browser.post("/SH/hotline/desk/drafts", data=draft)
        house.see()
        for ask in pages.values():
            ask()
        counted.append({name: len(statements_of(ask)) for name, ask in pages.items()})
    assert counted[0] == counted[1]


@pytest.mark.clause("QI/03 3.1.8")
def test_every_call_that_is_logged_stands_in_the_log_with_all_that_was_said(
    house: House, shanghai: Office, engineer: Actor, sign_in: SignIn
) -> None:
    customer_id = house.customer(shanghai).id
    browser = sign_in(engineer)
    said = SYMPTOM | {"customer_id": str(customer_id), "rings": "2", "draft": "m"}
    assert browser.post("/SH/hotline/desk", data=said | {"happens": ""}).status_code == 422
    assert browser.post("/SH/hotline/desk", data=said).status_code == 302
    house.see()
    (call,) = db.session.scalars(select(Call)).unique()
    assert (call.contact, call.phone, call.rings) == ("高敏", "021-61541030", 2)
    assert call.number in browser.get("/SH/hotline/call/").text
