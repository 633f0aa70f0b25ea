"""The call desk in a real browser: the keyboard alone takes a call, and no script is needed to take one."""

import re
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect
from sqlalchemy import select

from core.customers.lookup import index
from core.customers.models import Contact, Customer
from core.db import db, writing
from core.i18n import LOCALES
from core.offices import Office
from core.people import Person
from core.roles import HOTLINE_ENGINEER
from core.testing import NATIONAL, House
from plugins.fieldservice.models import ServiceRequest
from plugins.hotline.models import Call
from tests.browser.looks import beyond

pytestmark = [pytest.mark.browser, pytest.mark.clause("QI/03 3.2.2")]
SYMPTOM = "点反结账后报错 6105 退出，账套仍是已结账状态"
PHONE = {"width": 390, "height": 844}


class Centre:
    """Shanghai, its hotline engineer, and two customers whose names begin alike."""

    def __init__(self, house: House) -> None:
        self.house = house
        self.office: Office = house.office("SH", *NATIONAL, "shanghai")
        self.engineer: Person = house.person(self.office, HOTLINE_ENGINEER, name="罗文")
        self.first = house.customer(self.office, "恒远服装有限责任公司").id
        self.second = house.customer(self.office, "恒源物流有限公司").id
        with writing():
            for number, id_ in enumerate((self.first, self.second)):
                one = db.session.get_one(Customer, id_)
                one.file_number, one.address = f"SH00010{number}", "申富路 128 号"
                one.contacts.append(Contact(office_id=one.office_id, name="陈文斌", phones="13801234567"))
                index([one])

    def only(self, model: Any) -> Any:
        """Return the one case of a kind that there is."""
        self.house.see()
        return db.session.scalars(select(model)).unique().one()


@pytest.fixture
def centre(house: House) -> Centre:
    return Centre(house)


def type_on(page: Page, *texts: str) -> None:
    """Type into one field after the other, going on with Tab."""
    for text in texts:
        page.keyboard.press("Tab")
        page.keyboard.type(text)


def tab_to(page: Page, field: str) -> None:
    """Go on with Tab until a field is reached; it may not be far."""
    for _stop in range(14):
        if page.evaluate("document.activeElement.id") == field:
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"Tab does not lead to {field}")


def outcome(page: Page, step: str) -> Locator:
    return page.locator(f"#outcome-{step}")


def choose(page: Page, step: str) -> None:
    expect(page.locator("#call.live")).to_be_visible()
    page.keyboard.press(f"Alt+{outcome(page, step).get_attribute('data-digit')}")


@pytest.mark.parametrize("locale", LOCALES)
def test_a_call_becomes_a_visit_with_the_keyboard_alone(centre: Centre, browse: Any, locale: str) -> None:
    page = browse(centre.engineer, locale)
    page.goto("/")
    page.keyboard.press("n")
    expect(page.locator("#q")).to_be_focused()
    expect(page.locator(".script-line.now")).to_contain_text("07")
    page.keyboard.type("hy")
    # Whoever goes down the list does so when it shows what was typed to the end.
    expect(page.locator("#hit-1[data-q=hy]")).to_be_visible()
    expect(page.locator("[role=option]")).to_have_count(3)
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page.locator("#panel")).to_contain_text("恒源物流有限公司")
    expect(page.locator("#contact")).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.locator("#q")).to_be_focused()
    page.keyboard.type("13801234567")
    page.keyboard.press("Enter")
    expect(page.locator("#panel")).to_contain_text("恒远服装有限责任公司")
    expect(page.locator("#contact")).to_have_value("陈文斌")
    expect(page.locator("#phone")).to_have_value("13801234567")
    expect(page).to_have_url(re.compile(rf"customer={centre.first}$"))
    tab_to(page, "module")
    page.keyboard.type("总账")
    type_on(page, "反结账", "软件有问题")
    choose(page, "request_visit")
    expect(outcome(page, "request_visit")).to_be_checked()
    expect(page.locator("#above-request_visit summary")).to_contain_text("13801234567")
    expect(page.locator("#request_visit-phone")).to_be_hidden()
    expect(page.locator("#request_visit-address")).to_be_focused()
    expect(page.locator("#request_visit-address")).to_have_value("申富路 128 号")
    tab_to(page, "request_visit-verified")
    page.keyboard.press("Space")
    page.keyboard.press("Control+Enter")
    expect(page.locator("#happens-error")).to_contain_text("QI/03 3.1.6")
    expect(page.locator("#happens")).to_be_focused()
    expect(page.locator("#request_visit-verified")).to_be_checked()
    page.keyboard.press("Control+A")
    page.keyboard.type(SYMPTOM)
    page.keyboard.press("Control+Enter")
    told = page.locator(".note-done")
    expect(told).to_contain_text("恒远服装有限责任公司")
    expect(page.locator("#q")).to_be_focused()
    request = centre.only(ServiceRequest)
    assert (request.contact, request.symptom.split(" · ")[-1]) == ("陈文斌", SYMPTOM)
    expect(told).to_contain_text(request.number)


@pytest.mark.parametrize("locale", LOCALES)
def test_a_customer_not_in_the_file_is_added_with_the_keyboard_alone(
    centre: Centre, browse: Any, locale: str
) -> None:
    page = browse(centre.engineer, locale)
    page.goto("/SH/hotline/desk")
    page.keyboard.type("远大新材料")
    expect(page.locator("#hit-new")).to_have_attribute("aria-selected", "true")
    page.keyboard.press("Enter")
    expect(page.locator("#new_customer")).to_be_focused()
    expect(page.locator("#new_customer")).to_have_value("远大新材料")
    type_on(page, "荣乐路 9 号")
    tab_to(page, "contact")
    page.keyboard.type("李丽")
    type_on(page, "57740000")
    tab_to(page, "module")
    page.keyboard.type("总账")
    type_on(page, "反结账", SYMPTOM)
    choose(page, "solve")
    expect(page.locator("#solve-answer")).to_be_focused()
    page.keyboard.type("先备份，再取消结账标志")
    page.keyboard.press("Control+Enter")
    expect(page.locator(".note-done")).to_contain_text("远大新材料")
    call = centre.only(Call)
    assert (call.state, call.customer.address, call.contact) == ("solved", "荣乐路 9 号", "李丽")


def test_enter_goes_on_and_never_logs_by_the_way(centre: Centre, browse: Any) -> None:
    page = browse(centre.engineer)
    page.goto(f"/SH/hotline/desk?customer={centre.first}")
    page.locator("#module").focus()
    page.keyboard.press("Enter")
    expect(page.locator("#operation")).to_be_focused()
    page.keyboard.type("n")
    expect(page.locator("#operation")).to_have_value("n")


def test_what_is_typed_for_the_end_stays_when_the_customer_is_chosen_late(
    centre: Centre, browse: Any
) -> None:
    page = browse(centre.engineer)
    page.goto("/SH/hotline/desk")
    page.locator("#module").fill("总账")
    choose(page, "solve")
    page.keyboard.type("改了打印机设置")
    page.keyboard.press("Escape")
    page.keyboard.type("恒源")
    page.keyboard.press("Enter")
    expect(page.locator("#panel")).to_contain_text("恒源物流有限公司")
    expect(page.locator("#solve-answer")).to_have_value("改了打印机设置")
    expect(outcome(page, "solve")).to_be_checked()
    expect(page.locator("#module")).to_have_value("总账")


def test_whoever_was_signed_out_meanwhile_is_told_and_loses_nothing(centre: Centre, browse: Any) -> None:
    page = browse(centre.engineer)
    page.goto("/SH/hotline/desk")
    page.locator("#module").fill("总账")
    page.context.clear_cookies()
    page.locator("#q").focus()
    page.keyboard.type("恒远")
    expect(page.locator("#trouble")).to_be_visible()
    expect(page.locator("#module")).to_have_value("总账")
    expect(page.locator("#hits")).to_be_empty()


@pytest.mark.parametrize("locale", LOCALES)
def test_on_a_phone_the_desk_fits_the_width(centre: Centre, browse: Any, locale: str) -> None:
    page = browse(centre.engineer, locale, viewport=PHONE)
    page.goto(f"/SH/hotline/desk?customer={centre.first}&q=hy")
    outcome(page, "request_visit").check()
    assert beyond(page) <= 0


def test_without_scripts_a_call_is_taken_all_the_same(centre: Centre, browse: Any) -> None:
    page = browse(centre.engineer, "en", java_script_enabled=False)
    page.goto("/SH/hotline/desk")
    page.locator("#q").fill("hyfz")
    page.locator("button[form=find]").click()
    page.locator("#hit-1").click()
    expect(page.locator("#contact")).to_have_value("高敏")
    for name, text in (("module", "总账"), ("operation", "反结账"), ("happens", SYMPTOM)):
        page.locator(f"#{name}").fill(text)
    outcome(page, "solve").check()
    page.locator("#solve-answer").fill("先备份，再取消结账标志")
    page.locator("#submit").click()
    expect(page.locator(".note-done")).to_contain_text("Solved by phone")
    assert centre.only(Call).answer == "先备份，再取消结账标志"
