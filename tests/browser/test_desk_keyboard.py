"""The call desk with the keyboard alone, when the telephone rings, when the server dies, and at two machines."""

import re
from typing import Any

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select

from core.db import db, writing
from core.deadlines import Deadline
from core.i18n import LOCALES
from core.people import Person
from core.roles import DUTY_MANAGER, HOTLINE_ENGINEER
from core.testing import House
from plugins.hotline import lines
from plugins.hotline.drafts import Draft
from plugins.hotline.lines import Event, Told
from plugins.hotline.models import Call
from tests.browser.test_call_desk import SYMPTOM, Centre, choose, outcome, tab_to, type_on

pytestmark = pytest.mark.browser
DESK = "/SH/hotline/desk"
ANSWER = "先备份，再在期末处理里取消结账标志"


@pytest.fixture
def centre(house: House) -> Centre:
    return Centre(house)


def ring(centre: Centre, event: Event = Event.RINGING, number: str = "13801234567", **more: Any) -> None:
    """Let the telephone system tell something of the engineer's line."""
    told = Told(event=event, number=number, **({"rings": 2, "phone_call": "pbx-1"} | more))
    lines.hear(centre.office.id, centre.engineer.id, told)


def drafts(centre: Centre) -> list[Draft]:
    centre.house.see()
    return list(db.session.scalars(select(Draft).where(Draft.ended_at.is_(None))))


def kept(page: Page) -> None:
    """Wait until the server has acknowledged what was typed."""
    expect(page.locator("#kept")).to_have_text(re.compile(r"\d\d:\d\d:\d\d"))


@pytest.mark.clause("QI/03 3.1.8")
@pytest.mark.parametrize("locale", LOCALES)
def test_a_call_with_a_promise_is_logged_and_solved_without_a_mouse(
    centre: Centre, browse: Any, locale: str
) -> None:
    page = browse(centre.engineer, locale)
    page.goto("/")
    page.keyboard.press("n")
    expect(page.locator("#q")).to_be_focused()
    page.keyboard.type("hyfz")
    expect(page.locator("#hit-1[data-q=hyfz]")).to_be_visible()
    page.keyboard.press("Enter")
    expect(page.locator("#panel")).to_contain_text("恒远服装有限责任公司")
    expect(page.locator("#contact")).to_be_focused()
    tab_to(page, "module")
    page.keyboard.type("总账")
    type_on(page, "反结账", SYMPTOM)
    tab_to(page, "rings")
    page.keyboard.type("2")
    page.keyboard.press("Tab")
    expect(page.locator(".promise-times [data-minutes='30']")).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    expect(page.locator("#promise")).to_be_focused()
    expect(page.locator("#promised_at")).not_to_have_value("")
    page.keyboard.type("告知测试结果")
    choose(page, "park")
    expect(outcome(page, "park")).to_be_checked()
    page.keyboard.press("Control+Enter")
    expect(page.locator(".note-done")).to_be_visible()
    call = centre.only(Call)
    assert (call.state, call.rings, call.promise) == ("parked", 2, "告知测试结果")
    promise = db.session.scalars(select(Deadline).where(Deadline.key == "hotline.promise")).one()
    assert promise.due_at == call.promised_at
    assert 59 <= (promise.due_at - call.opened_at).total_seconds() / 60 <= 61.1
    assert drafts(centre) == []


@pytest.mark.parametrize("locale", LOCALES)
def test_a_customer_added_during_the_call_needs_no_mouse_either(
    centre: Centre, browse: Any, locale: str
) -> None:
    page = browse(centre.engineer, locale)
    page.goto(DESK)
    page.keyboard.type("远大新材料")
    expect(page.locator("#hit-new")).to_have_attribute("aria-selected", "true")
    page.keyboard.press("Enter")
    expect(page.locator("#new_customer")).to_have_value("远大新材料")
    type_on(page, "荣乐路 9 号")
    tab_to(page, "contact")
    page.keyboard.type("李丽")
    type_on(page, "57740000")
    tab_to(page, "module")
    page.keyboard.type("总账")
    type_on(page, "反结账", SYMPTOM)
    kept(page)
    choose(page, "solve")
    page.keyboard.type(ANSWER)
    page.keyboard.press("Control+Enter")
    expect(page.locator(".note-done")).to_contain_text("远大新材料")
    call = centre.only(Call)
    assert (call.state, call.customer.name, call.answer) == ("solved", "远大新材料", ANSWER)
    assert drafts(centre) == []


def test_what_was_acknowledged_is_there_in_another_browser(centre: Centre, browse: Any) -> None:
    page = browse(centre.engineer, "en")
    page.goto(f"{DESK}?customer={centre.first}")
    page.locator("#happens").fill(SYMPTOM)
    choose(page, "solve")
    page.keyboard.type(ANSWER)
    kept(page)
    page.context.browser.contexts[-1].clear_cookies()
    other = browse(centre.engineer, "en")
    other.goto(DESK)
    expect(other.locator(".draft-about")).to_contain_text("恒远服装有限责任公司")
    other.get_by_role("link", name="Go on with it").click()
    expect(other.locator("#happens")).to_have_value(SYMPTOM)
    expect(other.locator("#panel")).to_contain_text("恒远服装有限责任公司")
    expect(outcome(other, "solve")).to_be_checked()
    expect(other.locator("#solve-answer")).to_have_value(ANSWER)


def test_a_call_put_aside_for_another_one_is_gone_on_with_by_the_keyboard(
    centre: Centre, browse: Any
) -> None:
    page = browse(centre.engineer, "en")
    page.goto(f"{DESK}?customer={centre.first}")
    page.locator("#module").fill("总账")
    page.keyboard.press("Alt+n")
    expect(page.locator(".draft-about")).to_contain_text("恒远服装有限责任公司 · 总账")
    expect(page.locator("#module")).to_have_value("")
    page.locator("#module").fill("工资")
    kept(page)
    assert len(drafts(centre)) == 2
    page.get_by_role("link", name="Go on with it").press("Enter")
    expect(page.locator("#module")).to_have_value("总账")
    expect(page.locator(".draft-about")).to_contain_text("工资")


def test_offline_it_is_kept_in_the_tab_and_sent_when_the_line_is_back(centre: Centre, browse: Any) -> None:
    # A request that fails is an error in any console: a page of its own, which nobody watches.
    page = browse(centre.engineer, "en").context.new_page()
    page.goto(DESK)
    page.context.set_offline(True)
    page.locator("#module").fill("总账")
    expect(page.locator("#kept")).to_contain_text("Kept in this tab only")
    assert drafts(centre) == []
    page.context.set_offline(False)
    kept(page)
    assert [one.about for one in drafts(centre)] == ["总账"]


def test_a_draft_that_the_duty_manager_takes_over_says_so_on_the_first_page(
    centre: Centre, browse: Any
) -> None:
    manager: Person = centre.house.person(centre.office, DUTY_MANAGER, name="王力")
    page, other = browse(centre.engineer, "en"), browse(manager, "en")
    page.goto(DESK)
    page.locator("#module").fill("总账")
    kept(page)
    other.goto(DESK)
    other.locator(".drafts-others summary").click()
    other.get_by_role("button", name="Take over").click()
    expect(other.locator("#module")).to_have_value("总账")
    page.locator("#operation").fill("反结账")
    expect(page.locator("#kept")).to_contain_text("王力 has taken this draft over")


@pytest.mark.clause("QI/03 3.1.4")
def test_a_ring_opens_the_customer_and_its_rings_are_kept(centre: Centre, browse: Any) -> None:
    with writing():
        db.session.get_one(Person, centre.engineer.id)
    page = browse(centre.engineer, "en")
    page.goto(DESK)
    only_one(centre)
    ring(centre, rings=1)
    expect(page.locator("#panel")).to_contain_text("恒远服装有限责任公司")
    expect(page.locator("#contact")).to_have_value("陈文斌")
    expect(page.locator("#phone")).to_have_value("13801234567")
    ring(centre, Event.ANSWERED, rings=3)
    expect(page.locator("#rings")).to_have_value("3")
    expect(page.locator(".line-state")).to_contain_text("Talking")
    for name, text in (("module", "总账"), ("operation", "反结账"), ("happens", SYMPTOM)):
        page.locator(f"#{name}").fill(text)
    choose(page, "park")
    page.keyboard.press("Control+Enter")
    expect(page.locator(".note-done")).to_be_visible()
    # The receiver is still at the ear: the same call does not open again.
    page.wait_for_timeout(2500)
    expect(page.locator("#panel")).not_to_contain_text("恒远服装有限责任公司")
    assert centre.only(Call).rings == 3


def only_one(centre: Centre) -> None:
    """Let one customer alone have the number."""
    from core.customers.lookup import index
    from core.customers.models import Customer

    with writing():
        second = db.session.get_one(Customer, centre.second)
        for contact in list(second.contacts):
            if contact.phones == "13801234567":
                contact.phones = "13900000000"
        index([second])


def test_several_who_have_the_number_are_offered(centre: Centre, browse: Any) -> None:
    page = browse(centre.engineer, "en")
    page.goto(DESK)
    ring(centre)
    expect(page.locator("#hits [data-customer]")).to_have_count(2)
    expect(page.locator("#q")).to_be_focused()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page.locator("#panel")).to_contain_text("恒源物流有限公司")
    expect(page.locator("#contact")).to_have_value("陈文斌")


HASTE = """document.addEventListener("DOMContentLoaded", () => {
  const find = document.getElementById("q");
  const press = (key) => find.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true }));
  new MutationObserver((_, watch) => {
    if (!document.querySelector("#hits [data-customer]")) return;
    watch.disconnect();
    press("ArrowDown"); press("Enter");
  }).observe(document.getElementById("hits"), { childList: true, subtree: true });
});"""


def test_who_takes_a_caller_the_moment_he_is_offered_stays_on_the_page(centre: Centre, browse: Any) -> None:
    page = browse(centre.engineer, "en")
    page.add_init_script(HASTE)
    page.goto(DESK)
    ring(centre)
    expect(page.locator("#panel")).to_contain_text("恒源物流有限公司")
    expect(page.locator("#contact")).to_have_value("陈文斌")


EARLY = """document.addEventListener("readystatechange", () => {
  if (document.readyState === "interactive") document.getElementById("module").focus();
});"""


def test_who_begins_to_write_before_the_scripts_are_there_goes_on_writing_there(
    centre: Centre, browse: Any
) -> None:
    page = browse(centre.engineer, "en")
    page.add_init_script(EARLY)
    page.goto(DESK)
    expect(page.locator("[data-desk].live")).to_be_attached()
    expect(page.locator("#module")).to_be_focused()


def test_the_number_of_nobody_is_written_into_the_call(centre: Centre, browse: Any) -> None:
    page = browse(centre.engineer, "en")
    page.goto(DESK)
    ring(centre, number="02155555555")
    expect(page.locator("#phone")).to_have_value("02155555555")
    expect(page.locator("#rings")).to_have_value("2")


def test_a_ring_never_runs_over_a_call_that_was_begun(centre: Centre, browse: Any) -> None:
    only_one(centre)
    page = browse(centre.engineer, "en")
    page.goto(DESK)
    page.locator("#module").fill("工资")
    kept(page)
    ring(centre)
    take = page.get_by_role("button", name="Take it")
    expect(take).to_be_visible()
    expect(page.locator("#module")).to_have_value("工资")
    expect(page.locator("#panel")).to_contain_text("No customer chosen yet")
    take.click()
    expect(page.locator("#panel")).to_contain_text("恒远服装有限责任公司")
    expect(page.locator("#module")).to_have_value("")
    expect(page.locator(".draft-about")).to_contain_text("工资")


def test_the_script_changes_and_nothing_below_it_moves(centre: Centre, browse: Any) -> None:
    page = browse(centre.engineer, "en")
    page.goto(DESK)
    places = set()
    for moment in ("greeting", "asking", "listening", "answering", "closing"):
        page.locator(f"[data-moment={moment}]").click()
        expect(page.locator(f"[data-line={moment}]")).to_be_visible()
        places.add(page.locator("#module").bounding_box()["y"])
    assert len(places) == 1


def test_two_who_open_one_call_see_each_others_name(centre: Centre, browse: Any) -> None:
    manager: Person = centre.house.person(centre.office, DUTY_MANAGER, HOTLINE_ENGINEER, name="王力")
    page = browse(centre.engineer, "en")
    page.goto(f"{DESK}?customer={centre.first}")
    for name, text in (("module", "总账"), ("operation", "反结账"), ("happens", SYMPTOM)):
        page.locator(f"#{name}").fill(text)
    page.keyboard.press("Control+Enter")
    expect(page.locator("#present")).to_be_attached()
    other = browse(manager, "en")
    other.goto(page.url)
    expect(other.locator("#present")).to_contain_text("罗文 has this open too")
    page.locator("#answer").fill(ANSWER)
    page.wait_for_timeout(300)
    other.locator("#answer").fill(ANSWER)
    expect(other.locator("#present")).to_contain_text("罗文 is filling in “Solved by phone” too")
    page.goto(DESK)
    other.reload()
    expect(other.locator("#present")).not_to_contain_text("罗文")


def test_the_search_of_the_whole_house_works_at_the_desk_too(centre: Centre, browse: Any) -> None:
    page = browse(centre.engineer, "en")
    page.goto(DESK)
    page.locator("[data-keys='/']").fill("恒远服装")
    expect(page.locator("[data-hits] a").first).to_contain_text("恒远服装")
    expect(page.locator("#trouble")).to_be_hidden()
