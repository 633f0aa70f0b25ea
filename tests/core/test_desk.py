"""My desk: what is due for me in all my offices, most urgent first, then what waits for my roles."""

import datetime as dt
import re
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from flask import Flask

from core import clock, gate, switches
from core.db import db, writing
from core.offices import Office
from core.people import give_role
from core.roles import (
    ADMINISTRATOR,
    DUTY_MANAGER,
    HOTLINE_ENGINEER,
    QUALITY_SUPERVISOR,
    REGIONAL_MANAGER,
)
from core.testing import NATIONAL, SETTER_UP, House, SignIn
from core.web.desk import ends_of_spans

pytestmark = pytest.mark.usefixtures("monday_morning")
MONDAY = dt.datetime(2026, 11, 23, 1, 0, tzinfo=dt.UTC)


@pytest.fixture
def shanghai(house: House) -> Office:
    return house.office("SH", name="上海")


def numbers(page: str) -> list[str]:
    """Return the numbers of the cases on a page, in its order."""
    return list(dict.fromkeys(re.findall(r">([A-Z]+-[A-Z]-\d{4}-\d+)<", page)))


def test_whoever_has_not_signed_in_is_asked_to(app: Flask) -> None:
    answer = app.test_client().get("/")
    assert answer.status_code == 302
    assert answer.location.startswith("/sign-in?")


def test_an_empty_desk_says_what_would_be_there(house: House, shanghai: Office, sign_in: SignIn) -> None:
    page = sign_in(house.hire(shanghai, DUTY_MANAGER)).get("/").text
    assert "Nothing is due for you." in page
    assert "the most urgent first" in page


def test_somebody_without_a_role_is_told_who_gives_one(
    house: House, shanghai: Office, sign_in: SignIn
) -> None:
    page = sign_in(house.hire(shanghai)).get("/").text
    assert "You have no role in any office yet." in page
    assert "Nothing is due for you." not in page


def test_the_desk_of_who_administers_the_house_leads_to_his_pages(
    house: House, shanghai: Office, sign_in: SignIn
) -> None:
    chief, local = house.hire(house.head, ADMINISTRATOR), house.hire(shanghai, ADMINISTRATOR, name="陈静")
    page = sign_in(chief).get("/").text
    for path in ("/HQ/offices/", "/HQ/staff/", "/HQ/settings/"):
        assert f'<a class="btn" href="{path}"' in page
        assert sign_in(chief).get(path).status_code == 200
    assert "/HQ/" not in sign_in(local).get("/").text


@pytest.mark.clause("QI/03 3.1.7")
def test_what_is_due_in_all_my_offices_stands_there_most_urgent_first(
    house: House, work: Any, shanghai: Office, sign_in: SignIn
) -> None:
    beijing = house.office("BJ", name="北京")
    work.requested(shanghai)
    urgent = work.demanded(beijing)
    boss = house.person(shanghai, DUTY_MANAGER, name="周艳")
    with writing():
        give_role(db.session.merge(boss), beijing, DUTY_MANAGER, "tests")
    house.see()
    page = sign_in(house.actor(boss)).get("/").text
    assert numbers(page) == [urgent, "SH-R-2026-00001"]
    assert f'href="/BJ/hotline/call/{urgent}?step=answer_demand#step"' in page
    assert '<span class="code">BJ</span>' in page


def test_another_offices_work_is_not_on_my_desk(
    house: House, work: Any, shanghai: Office, sign_in: SignIn
) -> None:
    work.demanded(house.office("BJ"))
    assert numbers(sign_in(house.hire(shanghai, DUTY_MANAGER)).get("/").text) == []


def test_the_counters_are_filters(house: House, work: Any, shanghai: Office, sign_in: SignIn) -> None:
    urgent = work.demanded(shanghai)
    work.requested(shanghai, contract=dt.date(2019, 1, 1))
    boss = sign_in(house.hire(shanghai, DUTY_MANAGER, REGIONAL_MANAGER))
    with clock.stopped_at(MONDAY + dt.timedelta(hours=3)):
        page = boss.get("/").text
        counted = re.findall(r"(Overdue|Today|7 days|All)\s*<b[^>]*>(\d+)</b>", page)
        assert dict(counted)["Overdue"] == "1"
        assert int(dict(counted)["All"]) == len(numbers(page))
        assert numbers(boss.get("/?span=overdue").text) == [urgent]
        assert urgent in numbers(boss.get("/?span=today").text)


def test_mine_and_my_roles_are_told_apart(house: House, work: Any, shanghai: Office, sign_in: SignIn) -> None:
    engineer = house.hire(shanghai, HOTLINE_ENGINEER, DUTY_MANAGER, name="陈平")
    parked = work.called(shanghai, engineer)
    gate.perform("hotline.call", parked, "park", engineer, office=shanghai)
    house.see()
    for_duty = work.demanded(shanghai)
    browser = sign_in(engineer)
    assert numbers(browser.get("/?whose=mine&span=week").text) == [parked]
    assert numbers(browser.get("/?whose=role&span=week").text) == [for_duty]


def test_each_offices_day_ends_at_its_own_midnight() -> None:
    for zone in ("Asia/Shanghai", "Asia/Urumqi"):
        ends = ends_of_spans(zone)
        assert ends["overdue"] == MONDAY
        assert ends["today"] == dt.datetime(2026, 11, 24, tzinfo=ZoneInfo(zone))
        assert ends["week"] == dt.datetime(2026, 11, 30, tzinfo=ZoneInfo(zone))


def test_times_are_those_of_each_office(house: House, work: Any, shanghai: Office, sign_in: SignIn) -> None:
    west = house.office("XJ")
    with writing():
        db.session.merge(west).zone = "Asia/Urumqi"
    house.see()
    boss = house.person(shanghai, DUTY_MANAGER)
    with writing():
        give_role(db.session.merge(boss), db.session.merge(west), DUTY_MANAGER, "tests")
    house.see()
    work.demanded(shanghai)
    work.demanded(db.session.merge(west))
    page = sign_in(house.actor(boss)).get("/").text
    due = re.findall(r'summary class="chip due [^"]*" title="Due 2026-11-23 (\d\d:\d\d)', page)
    assert len(due) == 2
    assert due[0] != due[1]


@pytest.mark.clause("SHYY/QI/03 3.2")
def test_what_waits_for_my_role_without_a_deadline_of_mine_follows(
    house: House, work: Any, sign_in: SignIn
) -> None:
    shanghai = house.office("SH", *NATIONAL, "shanghai")
    work.requested(shanghai)
    page = sign_in(house.hire(shanghai, REGIONAL_MANAGER)).get("/").text
    due, _heading, waiting = page.partition("Waits for my roles")
    assert numbers(due) == []
    assert numbers(waiting) == ["SH-R-2026-00001"]
    assert "/SH-R-2026-00001?step=dispatch#step" in waiting


def test_a_case_with_a_deadline_of_mine_stands_there_once(
    house: House, work: Any, shanghai: Office, sign_in: SignIn
) -> None:
    number = work.demanded(shanghai)
    page = sign_in(house.hire(shanghai, DUTY_MANAGER)).get("/").text
    assert page.count(f">{number}<") == 1


@pytest.mark.clause("QI/03 3.1.9")
def test_a_colleagues_own_call_waits_for_him_and_not_for_his_whole_role(
    house: House, work: Any, shanghai: Office, sign_in: SignIn
) -> None:
    engineer = house.hire(shanghai, HOTLINE_ENGINEER, name="罗文")
    number = work.called(shanghai, engineer)
    assert numbers(sign_in(engineer).get("/").text) == [number]
    assert numbers(sign_in(house.hire(shanghai, HOTLINE_ENGINEER)).get("/").text) == []


def test_the_promises_of_a_plugin_that_was_switched_off_are_gone(
    house: House, work: Any, shanghai: Office, sign_in: SignIn
) -> None:
    engineer = house.hire(shanghai, HOTLINE_ENGINEER)
    number = work.called(shanghai, engineer)
    complaint = {"about": "hotline", "complaint": "热线态度生硬，拒绝登记问题"}
    gate.perform("hotline.call", number, "complain", engineer, complaint, office=shanghai)
    house.see()
    supervisor = sign_in(house.hire(shanghai, QUALITY_SUPERVISOR))
    assert numbers(supervisor.get("/").text) == ["SH-C-2026-00001"]
    switches.switch(house.plugins, shanghai, "quality", False, SETTER_UP)
    assert numbers(supervisor.get("/").text) == []


def test_the_desk_asks_the_same_questions_whatever_stands_on_it(
    house: House, work: Any, shanghai: Office, sign_in: SignIn, queries_of: Any
) -> None:
    boss = sign_in(house.hire(shanghai, DUTY_MANAGER, REGIONAL_MANAGER))
    counted = []
    for _more in range(3):
        work.demanded(shanghai)
        work.requested(shanghai)
        engineer = house.hire(shanghai, HOTLINE_ENGINEER)
        number = work.called(shanghai, engineer)
        gate.perform("hotline.call", number, "hand_over", engineer, {"reason": "要价钱"}, office=shanghai)
        house.see()
        counted.append(queries_of(lambda: boss.get("/")))
    assert counted[0] == counted[1] == counted[2]


def test_a_long_list_is_shown_a_page_at_a_time(
    house: House, work: Any, shanghai: Office, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("core.web.desk.PAGE", 2)
    for _more in range(3):
        work.demanded(shanghai)
    boss = sign_in(house.hire(shanghai, DUTY_MANAGER))
    first, second = boss.get("/").text, boss.get("/?page=2").text
    assert len(numbers(first)) == 2
    assert 'href="/?page=2"' in first
    assert len(numbers(second)) == 1
    assert not set(numbers(first)) & set(numbers(second))


def test_the_language_is_switched_and_kept(house: House, shanghai: Office, sign_in: SignIn) -> None:
    browser = sign_in(house.hire(shanghai, DUTY_MANAGER))
    answer = browser.post("/language", data={"locale": "zh_Hans_CN", "next": "/?span=today"})
    assert answer.location == "/?span=today"
    assert '<html lang="zh-CN">' in browser.get("/").text


@pytest.mark.parametrize("target", ["https://elsewhere.example", "//elsewhere.example", "/\\elsewhere"])
def test_the_language_switch_leads_nowhere_else(
    house: House, shanghai: Office, sign_in: SignIn, target: str
) -> None:
    browser = sign_in(house.hire(shanghai, DUTY_MANAGER))
    assert browser.post("/language", data={"locale": "en", "next": target}).location == "/"


@pytest.mark.parametrize(
    ("like", "leads_to"),
    [
        ("fieldservice/request/SH-R-2026-00001", "/BJ/fieldservice/request/"),
        ("customers/SH1", "/BJ/customers/"),
    ],
)
def test_another_office_opens_where_one_was(
    house: House, shanghai: Office, sign_in: SignIn, like: str, leads_to: str
) -> None:
    beijing = house.office("BJ")
    boss = house.person(shanghai, DUTY_MANAGER)
    with writing():
        give_role(db.session.merge(boss), beijing, DUTY_MANAGER, "tests")
    house.see()
    browser = sign_in(house.actor(boss))
    assert browser.get(f"/BJ/?like={like}").location == leads_to
    assert browser.get("/BJ/").status_code == 302
    assert browser.get("/XX/").status_code == 404
