"""Lists: combined questions, filters kept under a name, columns of one's own."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

import pytest
from flask.testing import FlaskClient

from core import clock, gate
from core.customers.models import Customer
from core.db import db, writing
from core.lists import saved as kept
from core.lists.models import SavedFilter
from core.offices import Office
from core.people import Actor
from core.roles import DUTY_MANAGER, FIELD_ENGINEER, HOTLINE_ENGINEER, NATIONAL_ROLES
from core.testing import NATIONAL, House, SignIn, said

NINE = dt.datetime(2026, 11, 23, 1, 0, tzinfo=dt.UTC)
CALLS, REQUESTS = "/SH/hotline/call/", "/SH/fieldservice/request/"
DEEDS = "/SH/lists/hotline/call"


@pytest.fixture(autouse=True)
def nine() -> Any:
    with clock.stopped_at(NINE):
        yield


@pytest.fixture
def shanghai(house: House) -> Office:
    return house.office("SH", *NATIONAL, "shanghai", name="上海")


@pytest.fixture
def boss(house: House, shanghai: Office) -> Actor:
    """Somebody who may do nearly everything."""
    return house.hire(shanghai, *NATIONAL_ROLES, name="周艳")


@pytest.fixture
def other(house: House, shanghai: Office) -> Actor:
    return house.hire(shanghai, HOTLINE_ENGINEER, name="罗文")


def numbers(page: str) -> list[str]:
    """Return the numbers of the cases on a page, in its order."""
    return list(dict.fromkeys(re.findall(r">([A-Z]+-[A-Z]-\d{4}-\d+)<", page)))


def columns(page: str) -> list[str]:
    """Return the headings of a list, in its order."""
    return [said(one) for one in re.findall(r"<th[^>]*>(.*?)</th>", page, flags=re.DOTALL)]


def demanded(office: Office, number: str, by: Actor) -> None:
    gate.perform("hotline.call", number, "demand", by, {"demand": "今天必须来人"}, office=office)


def test_questions_are_combined(
    work: Any, shanghai: Office, boss: Actor, other: Actor, sign_in: SignIn
) -> None:
    mine, his, third = work.called(shanghai, boss), work.called(shanghai, other), work.called(shanghai, other)
    demanded(shanghai, his, other)
    browser = sign_in(boss)
    assert numbers(browser.get(f"{CALLS}?owner={other.person_id}").text) == [third, his]
    assert numbers(browser.get(f"{CALLS}?owner={other.person_id}&state=demanded").text) == [his]
    assert numbers(browser.get(f"{CALLS}?whose=mine&state=open").text) == [mine]
    assert numbers(browser.get(f"{CALLS}?channel=phone&state=*").text) == [third, his, mine]
    assert numbers(browser.get(f"{CALLS}?channel=fax").text) == []


def test_words_are_asked_of_one_list(
    house: House, work: Any, shanghai: Office, boss: Actor, sign_in: SignIn
) -> None:
    first = work.called(shanghai, boss, house.customer(shanghai, name="华东机械厂"))
    work.called(shanghai, boss)
    assert numbers(sign_in(boss).get(f"{CALLS}?q=华东 结账").text) == [first]
    assert "Nothing fits this filter." in sign_in(boss).get(f"{CALLS}?q=…").text


def test_a_period_begins_and_ends_at_the_offices_midnight(
    work: Any, shanghai: Office, boss: Actor, sign_in: SignIn
) -> None:
    with clock.stopped_at(dt.datetime(2026, 11, 22, 15, 59, tzinfo=dt.UTC)):
        sunday = work.called(shanghai, boss)
    with clock.stopped_at(dt.datetime(2026, 11, 22, 16, 0, tzinfo=dt.UTC)):
        monday = work.called(shanghai, boss)
    browser = sign_in(boss)
    assert numbers(browser.get(f"{CALLS}?since=2026-11-23").text) == [monday]
    assert numbers(browser.get(f"{CALLS}?until=2026-11-22").text) == [sunday]
    assert numbers(browser.get(f"{CALLS}?since=2026-11-22&until=2026-11-23").text) == [monday, sunday]


def test_what_is_overdue_comes_first_when_asked(
    work: Any, shanghai: Office, boss: Actor, sign_in: SignIn
) -> None:
    first, second, third = (work.called(shanghai, boss) for _more in range(3))
    demanded(shanghai, second, boss)
    with clock.stopped_at(NINE + dt.timedelta(minutes=10)):
        demanded(shanghai, first, boss)
    browser = sign_in(boss)
    assert numbers(browser.get(f"{CALLS}?due=overdue").text) == []
    assert numbers(browser.get(f"{CALLS}?due=today&sort=due").text) == [second, first]
    assert numbers(browser.get(f"{CALLS}?due=today&sort=-due").text) == [first, second]
    assert numbers(browser.get(f"{CALLS}?sort=due").text) == [third, second, first]
    with clock.stopped_at(NINE + dt.timedelta(hours=1)):
        assert set(numbers(browser.get(f"{CALLS}?due=overdue").text)) == {first, second}


@pytest.mark.parametrize(
    "asked",
    ["state=gone", "owner=99999", "since=yesterday", "sort=weight", "columns=number,weight"],
)
def test_what_is_not_there_is_said_and_left_out(
    work: Any, shanghai: Office, boss: Actor, sign_in: SignIn, asked: str
) -> None:
    number = work.called(shanghai, boss)
    answer = sign_in(boss).get(f"{CALLS}?{asked}")
    assert numbers(answer.text) == [number]
    assert re.search(r"any more|no longer", said(answer.text))


def test_a_sorted_list_is_paged_without_loss_or_double(
    work: Any, shanghai: Office, boss: Actor, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("core.web.cases.PAGE", 2)
    every = [work.called(shanghai, boss) for _more in range(5)]
    demanded(shanghai, every[1], boss)
    browser, seen = sign_in(boss), []
    address = f"{CALLS}?sort=state"
    while address:
        page = browser.get(address).text
        seen += numbers(page)
        forward = re.search(r'rel="next" href="([^"]+)"', page)
        address = forward[1].replace("&amp;", "&") if forward else ""
    assert seen == [every[1], every[0], every[2], every[3], every[4]]


def save(browser: FlaskClient, name: str, **asked: str) -> Any:
    return browser.post(f"{DEEDS}/save", data={"name": name, **asked}, follow_redirects=True)


def kept_by(house: House, actor: Actor, office: Office) -> list[kept.Kept]:
    house.see()
    return kept.of_list("hotline.call", office.id, actor.person_id)


def test_a_filter_is_kept_and_stands_above_the_list(
    work: Any, shanghai: Office, boss: Actor, other: Actor, sign_in: SignIn
) -> None:
    work.called(shanghai, boss)
    his = work.called(shanghai, other)
    browser = sign_in(boss)
    page = save(browser, "  罗文的  未完成 ", owner=str(other.person_id), state="*", sort="-state")
    assert "罗文的 未完成" in page.text
    assert page.request.args.to_dict() == {"saved": "1"}
    assert numbers(page.text) == [his]
    assert numbers(browser.get(f"{CALLS}?saved=1&state=solved").text) == []
    assert "changed" in said(browser.get(f"{CALLS}?saved=1&state=solved").text)


def test_ones_own_filter_is_nobody_elses(
    house: House, shanghai: Office, boss: Actor, other: Actor, sign_in: SignIn
) -> None:
    save(sign_in(boss), "我的", state="*")
    colleague = sign_in(other)
    page = colleague.get(f"{CALLS}?saved=1").text
    assert "我的筛选" not in page
    assert "The saved filter is gone" in page
    for deed in ("change", "remove", "restore"):
        assert colleague.post(f"{DEEDS}/1/{deed}", data={"name": "x"}).status_code == 404
    assert [one.name for one in kept_by(house, boss, shanghai)] == ["我的"]


def test_who_may_shares_a_filter_and_others_use_it_without_changing_it(
    house: House, shanghai: Office, other: Actor, sign_in: SignIn
) -> None:
    manager = sign_in(house.hire(shanghai, DUTY_MANAGER))
    colleague = sign_in(other)
    save(manager, "今天到期", due="today", shared="1")
    save(colleague, "自己的", due="week", shared="1")
    assert "今天到期" in colleague.get(CALLS).text
    assert "自己的" not in manager.get(CALLS).text
    assert colleague.post(f"{DEEDS}/1/change", data={"name": "改名"}).status_code == 403
    assert colleague.post(f"{DEEDS}/1/remove").status_code == 403
    second = sign_in(house.hire(shanghai, DUTY_MANAGER))
    second.post(f"{DEEDS}/1/change", data={"name": "当天", "shared": "1"})
    assert "当天" in colleague.get(CALLS).text


def test_another_offices_filters_are_not_there(
    house: House, shanghai: Office, boss: Actor, sign_in: SignIn
) -> None:
    save(sign_in(boss), "上海的", state="*", shared="1")
    stranger = sign_in(house.hire(house.office("BJ"), *NATIONAL_ROLES))
    assert "上海的" not in stranger.get("/BJ/hotline/call/?saved=1").text
    assert stranger.post("/BJ/lists/hotline/call/1/remove").status_code == 404
    assert stranger.post(f"{DEEDS}/1/remove").status_code == 404


@pytest.mark.parametrize(
    ("name", "why"), [("", "Give the filter a name."), ("长" * 41, "Too long"), ("一", "already")]
)
def test_a_name_that_will_not_do_is_refused_and_stays_typed(
    house: House, shanghai: Office, boss: Actor, sign_in: SignIn, name: str, why: str
) -> None:
    browser = sign_in(boss)
    save(browser, "一", state="*")
    page = save(browser, name, state="open")
    assert why in said(page.text)
    assert f'name="name" value="{name}"' in page.text
    assert page.request.args["state"] == "open"
    assert [one.name for one in kept_by(house, boss, shanghai)] == ["一"]
    data = {"name": name, "saved": "1"}
    page = browser.post(f"{DEEDS}/save", data=data, follow_redirects=True)
    assert why in said(page.text)


def test_a_filter_is_renamed_and_takes_what_is_shown(
    house: House, shanghai: Office, boss: Actor, sign_in: SignIn
) -> None:
    browser = sign_in(boss)
    save(browser, "旧", state="*")
    browser.post(f"{DEEDS}/1/change", data={"name": "新", "saved": "1"})
    browser.post(f"{DEEDS}/1/change", data={"deed": "keep", "saved": "1", "state": "solved"})
    (one,) = kept_by(house, boss, shanghai)
    assert (one.name, one.question, one.shared) == ("新", {"state": "solved"}, False)


def test_a_deleted_filter_comes_back_by_undo(
    house: House, shanghai: Office, boss: Actor, sign_in: SignIn
) -> None:
    browser = sign_in(boss)
    save(browser, "未完成", state="*")
    page = browser.post(f"{DEEDS}/1/remove", follow_redirects=True).text
    assert "未完成" in said(page)
    undo = re.search(r'<form class="inline" method="post" action="([^"]+)"', page)
    assert undo
    assert kept_by(house, boss, shanghai) == []
    save(browser, "未完成", state="open")
    browser.post(undo[1])
    assert {one.name for one in kept_by(house, boss, shanghai)} == {"未完成", "未完成*"}


def test_a_list_opens_with_the_filter_that_one_chose(
    work: Any, shanghai: Office, boss: Actor, other: Actor, sign_in: SignIn
) -> None:
    mine, his = work.called(shanghai, boss), work.called(shanghai, other)
    browser = sign_in(boss)
    save(browser, "我的", whose="mine", shared="1")
    browser.post(f"{DEEDS}/default", data={"saved": "1"})
    assert numbers(browser.get(CALLS).text) == [mine]
    assert numbers(browser.get(f"{CALLS}?saved=0").text) == [his, mine]
    assert numbers(browser.get(f"{CALLS}?saved=1&asked=1").text) == [his, mine]
    assert numbers(sign_in(other).get(CALLS).text) == [his, mine]
    browser.post(f"{DEEDS}/1/remove")
    page = browser.get(CALLS).text
    assert numbers(page) == [his, mine]
    assert "The saved filter is gone" in page
    browser.post(f"{DEEDS}/default", data={"saved": ""})
    assert "The saved filter is gone" not in browser.get(CALLS).text


def test_a_kept_filter_says_what_of_it_is_gone(
    house: House, work: Any, shanghai: Office, boss: Actor, sign_in: SignIn
) -> None:
    number = work.called(shanghai, boss)
    browser = sign_in(boss)
    save(browser, "旧的", state="open")
    question = {
        "state": "vanished",
        "dongle": "UF9",
        "owner": "77777",
        "sort": "x",
        "columns": "number,y,owner",
    }
    with writing():
        db.session.get_one(SavedFilter, 1).question = question
    page = browser.get(f"{CALLS}?saved=1")
    assert page.status_code == 200
    assert numbers(page.text) == [number]
    for gone in ("vanished", "dongle", "77777", "“x”", "“y”"):
        assert gone in said(page.text)
    assert columns(page.text) == ["Number", "Owner"]


def test_columns_are_chosen_and_ordered_by_each_person(
    work: Any, shanghai: Office, boss: Actor, other: Actor, sign_in: SignIn
) -> None:
    work.called(shanghai, boss)
    browser = sign_in(boss)
    usual = columns(browser.get(CALLS).text)
    shown = {"show": ["owner", "product", "state"]}
    browser.post(f"{DEEDS}/columns", data=shown)
    assert columns(browser.get(CALLS).text) == ["Number", "Owner", "Product", "State"]
    browser.post(f"{DEEDS}/columns", data=shown | {"move": "state:up"})
    assert columns(browser.get(CALLS).text) == ["Number", "Owner", "State", "Product"]
    assert columns(sign_in(other).get(CALLS).text) == usual
    browser.post(f"{DEEDS}/columns", data={"reset": "1"})
    assert columns(browser.get(CALLS).text) == usual


def test_a_kept_filter_keeps_its_columns(
    work: Any, shanghai: Office, boss: Actor, other: Actor, sign_in: SignIn
) -> None:
    work.called(shanghai, boss)
    browser = sign_in(boss)
    browser.post(f"{DEEDS}/columns", data={"show": ["module"]})
    save(browser, "模块", state="*", shared="1")
    browser.post(f"{DEEDS}/columns", data={"reset": "1"})
    assert columns(browser.get(f"{CALLS}?saved=1").text) == ["Number", "Module"]
    assert columns(sign_in(other).get(f"{CALLS}?saved=1").text) == ["Number", "Module"]


def test_an_engineer_is_asked_for_by_name(
    house: House, work: Any, shanghai: Office, boss: Actor, sign_in: SignIn
) -> None:
    work.requested(shanghai, boss)
    engineer = house.hire(shanghai, FIELD_ENGINEER, name="李强")
    values = {"engineer_id": engineer.person_id}
    gate.perform("fieldservice.request", "SH-R-2026-00001", "dispatch", boss, values, office=shanghai)
    browser = sign_in(boss)
    page = browser.get(f"{REQUESTS}?engineer={engineer.person_id}").text
    assert numbers(page) == ["SH-R-2026-00001"]
    assert "Engineer: 李强" in said(page)
    assert numbers(browser.get(f"{REQUESTS}?engineer={boss.person_id}").text) == []


def test_customers_are_asked_and_kept_in_the_same_way(
    house: House, shanghai: Office, boss: Actor, sign_in: SignIn
) -> None:
    first, second = house.customer(shanghai, name="恒远服装"), house.customer(shanghai, name="恒源物流")
    with writing():
        db.session.merge(second).verified_at = NINE
    house.see()
    first, second = (db.session.merge(one) for one in (first, second))
    product = first.installations[0].product_id
    browser = sign_in(boss)

    def listed(asked: str) -> set[str]:
        page = browser.get(f"/SH/customers/?{asked}").text
        every = (first.file_number, second.file_number)
        return {one for one in every if f">{one}<" in page}

    one, two = {first.file_number}, {second.file_number}
    assert listed("q=hy") == one | two
    assert listed("q=恒远") == one
    assert listed("q=恒 服装") == one
    assert listed(f"product={product}") == one
    assert listed("verified=never") == one
    assert listed("verified=fresh&q=恒") == two
    data = {"name": "从未核实", "verified": "never"}
    browser.post("/SH/lists/core/customer/save", data=data)
    assert listed("saved=1") == one


def test_a_list_asks_the_same_questions_whatever_it_shows(
    house: House, work: Any, shanghai: Office, boss: Actor, sign_in: SignIn, queries_of: Any
) -> None:
    browser = sign_in(boss)
    save(browser, "甲", state="*")
    browser.post(
        "/SH/lists/fieldservice/request/columns", data={"show": ["product", "address", "result", "due"]}
    )
    customer = house.customer(shanghai)
    pages = (
        f"{CALLS}?q=结账&owner={boss.person_id}&state=*",
        f"{CALLS}?saved=1&due=any&sort=due",
        f"{REQUESTS}?due=any",
        "/SH/customers/?q=hyfz&verified=never",
        "/search/hits?q=结账",
    )
    counted = []
    for _more in range(3):
        house.customer(shanghai, name="恒远服装分厂")
        work.requested(shanghai, boss, db.session.merge(customer))
        work.called(shanghai, boss, db.session.merge(customer))
        assert {browser.get(page).status_code for page in pages} == {200}
        counted.append({page: queries_of(lambda page=page: browser.get(page)) for page in pages})
    assert counted[0] == counted[1] == counted[2]


def test_a_form_in_the_wrong_shape_is_no_fault(shanghai: Office, boss: Actor, sign_in: SignIn) -> None:
    browser = sign_in(boss)
    for deed, data in (
        ("default", {"saved": "9" * 30}),
        ("default", {"saved": "-1"}),
        ("columns", {"show": ["x"] * 500, "move": "up"}),
        ("columns", {"move": "state:sideways", "show": "state"}),
        ("save", {"name": "x", "columns": "," * 5000, "state": "*" * 5000}),
        ("export", {"format": "pdf"}),
    ):
        assert browser.post(f"{DEEDS}/{deed}", data=data).status_code in (302, 400, 404)


def test_customers_of_another_office_are_not_listed(
    house: House, shanghai: Office, boss: Actor, sign_in: SignIn
) -> None:
    foreign = house.customer(house.office("BJ"), name="恒远外地")
    number = db.session.get_one(Customer, db.session.merge(foreign).id).file_number
    assert number not in sign_in(boss).get("/SH/customers/?q=恒远").text
