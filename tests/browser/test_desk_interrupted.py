"""The call desk when something comes between: a late answer, another customer, another page, a refusal."""

import datetime as dt
from typing import Any

import pytest
from playwright.sync_api import Page, Route, expect

from core import clock
from core.customers.models import Customer, Installation, Product
from core.db import db, writing
from core.i18n import LOCALES
from core.testing import House
from plugins.fieldservice.models import ServiceRequest
from plugins.hotline.models import Call
from tests.browser.test_call_desk import SYMPTOM, Centre, choose, outcome

pytestmark = pytest.mark.browser
DESK = "/SH/hotline/desk"
NOTEBOOK = {"width": 1366, "height": 768}


@pytest.fixture
def centre(house: House) -> Centre:
    return Centre(house)


class Late:
    """Answers of the server that are held back until they are let go."""

    def __init__(self, page: Page, what: str) -> None:
        self.page, self.held = page, list[Route]()
        page.route(f"**/desk/{what}", lambda route: self.held.append(route))

    def expect(self) -> None:
        """Wait until something has been asked."""
        while not self.held:
            self.page.wait_for_timeout(20)

    def let_go(self) -> None:
        self.expect()
        while self.held:
            self.held.pop(0).continue_()


def add_old_product(customer_id: int) -> None:
    """Give a customer a second product, which has been withdrawn for years."""
    with writing():
        one = db.session.get_one(Customer, customer_id)
        old = Product(name="DOS版账务", withdrawn_on=dt.date(2015, 1, 1))
        signed = clock.now().date()
        one.installations.append(Installation(office_id=one.office_id, product=old, contract_date=signed))


def pick(page: Page, typed: str) -> None:
    """Find a customer by the keyboard."""
    page.keyboard.press("Escape")
    page.keyboard.type(typed)
    page.keyboard.press("Enter")


def tell(page: Page) -> None:
    """Write down what the customer says."""
    for name, text in (("module", "总账"), ("operation", "反结账"), ("happens", SYMPTOM)):
        page.locator(f"#{name}").fill(text)


def move(customer_id: int, address: str) -> None:
    with writing():
        db.session.get_one(Customer, customer_id).address = address


def test_a_late_answer_leaves_the_mark_on_the_customer_that_was_reached(centre: Centre, browse: Any) -> None:
    page = browse(centre.engineer)
    page.goto(DESK)
    page.keyboard.type("恒")
    expect(page.locator("#hits [data-customer]")).to_have_count(2)
    late = Late(page, "find*")
    page.keyboard.type(" ")
    late.expect()
    page.keyboard.press("ArrowDown")
    reached = page.locator("#hits [aria-selected=true]").get_attribute("data-customer")
    late.let_go()
    expect(page.locator("#hits [data-q='恒 ']")).to_have_count(2)
    expect(page.locator("#hits [aria-selected=true]")).to_have_attribute("data-customer", str(reached))
    assert reached != page.locator("#hits [data-customer]").first.get_attribute("data-customer")


@pytest.mark.clause("QI/03 3.2.7")
def test_the_address_of_the_first_customer_does_not_go_with_the_second(centre: Centre, browse: Any) -> None:
    move(centre.second, "沪闵路 7 号")
    page = browse(centre.engineer)
    page.goto(f"{DESK}?customer={centre.first}")
    choose(page, "request_visit")
    expect(page.locator("#request_visit-address")).to_have_value("申富路 128 号")
    page.locator("#contact").fill("赵云")
    pick(page, "恒源")
    expect(page.locator("#panel")).to_contain_text("恒源物流有限公司")
    expect(page.locator("#request_visit-address")).to_have_value("沪闵路 7 号")
    expect(page.locator("#contact")).to_have_value("赵云")
    tell(page)
    page.locator("#request_visit-verified").check()
    page.keyboard.press("Control+Enter")
    expect(page.locator(".note-done")).to_be_visible()
    request = centre.only(ServiceRequest)
    assert (request.customer_id, request.address) == (centre.second, "沪闵路 7 号")


def test_the_contact_of_one_customer_does_not_become_a_new_customers(centre: Centre, browse: Any) -> None:
    page = browse(centre.engineer)
    page.goto(f"{DESK}?customer={centre.first}")
    page.locator("[data-contact=陈文斌]").click()
    expect(page.locator("#phone")).to_have_value("13801234567")
    pick(page, "远大新材料")
    expect(page.locator("#panel")).to_be_hidden()
    expect(page.locator("#new_customer")).to_have_value("远大新材料")
    expect(page.locator("#contact")).to_have_value("")
    expect(page.locator("#phone")).to_have_value("")


def test_after_a_refusal_the_calls_own_phone_is_the_one_that_counts(centre: Centre, browse: Any) -> None:
    page = browse(centre.engineer)
    page.goto(f"{DESK}?customer={centre.first}")
    tell(page)
    page.locator("#phone").fill("021-11111111")
    choose(page, "request_visit")
    page.keyboard.press("Control+Enter")
    expect(page.locator("#request_visit-verified")).to_be_focused()
    expect(page.locator("#q")).to_have_value("恒远服装有限责任公司")
    page.locator("#phone").fill("021-22222222")
    expect(page.locator("#above-request_visit summary")).to_contain_text("021-22222222")
    page.locator("#request_visit-verified").check()
    page.keyboard.press("Control+Enter")
    expect(page.locator(".note-done")).to_be_visible()
    assert centre.only(ServiceRequest).phone == "021-22222222"


@pytest.mark.clause("QI/03 3.2.7")
def test_a_tick_does_not_pass_to_other_words_or_to_another_customer(centre: Centre, browse: Any) -> None:
    add_old_product(centre.first)
    page = browse(centre.engineer, "en")
    page.goto(f"{DESK}?customer={centre.first}")
    choose(page, "request_visit")
    tick, verdict = page.locator("#request_visit-verified"), page.locator("#verdict .verdict")
    tick.check()
    page.locator("#installation_id").select_option(index=1)
    expect(page.locator("#verdict .side-title")).to_contain_text("财务通")
    expect(tick).to_be_checked()
    page.locator("#installation_id").select_option(label="DOS版账务")
    expect(verdict).to_contain_text("Product withdrawn")
    expect(tick).not_to_be_checked()
    page.locator("#installation_id").select_option(index=1)
    expect(verdict).to_contain_text("Free first year")
    tick.check()
    pick(page, "恒源")
    expect(page.locator("#panel")).to_contain_text("恒源物流有限公司")
    expect(outcome(page, "request_visit")).to_be_checked()
    expect(tick).not_to_be_checked()


def test_a_late_answer_to_half_a_name_offers_nobody(centre: Centre, browse: Any) -> None:
    page = browse(centre.engineer)
    page.goto(DESK)
    late = Late(page, "find*")
    page.keyboard.type("恒")
    late.expect()
    page.keyboard.type("源")
    page.keyboard.press("Enter")
    page.wait_for_timeout(300)
    late.let_go()
    late.let_go()
    expect(page.locator("#panel")).to_contain_text("恒源物流有限公司")


def test_a_late_answer_about_the_product_leaves_the_outcome_alone(centre: Centre, browse: Any) -> None:
    add_old_product(centre.first)
    page = browse(centre.engineer, "en")
    page.goto(f"{DESK}?customer={centre.first}")
    late = Late(page, "outcomes")
    page.locator("#installation_id").select_option(label="DOS版账务")
    choose(page, "solve")
    page.keyboard.type("先备份")
    late.let_go()
    expect(page.locator("#verdict .verdict")).to_contain_text("Product withdrawn")
    expect(outcome(page, "solve")).to_be_checked()
    expect(page.locator("#solve-answer")).to_be_focused()
    page.keyboard.type("，再取消结账标志")
    expect(page.locator("#solve-answer")).to_have_value("先备份，再取消结账标志")
    expect(page.locator("#submit")).to_have_text("Log: Solved by phone")


def test_a_word_that_is_being_composed_survives_a_late_answer(centre: Centre, browse: Any) -> None:
    add_old_product(centre.first)
    page = browse(centre.engineer, "en")
    page.goto(f"{DESK}?customer={centre.first}")
    keyboard = page.context.new_cdp_session(page)
    late = Late(page, "outcomes")
    page.locator("#installation_id").select_option(label="DOS版账务")
    choose(page, "solve")
    keyboard.send("Input.imeSetComposition", {"text": "bei", "selectionStart": 3, "selectionEnd": 3})
    with page.expect_response("**/desk/outcomes"):
        late.let_go()
    expect(page.locator("#solve-answer")).to_have_value("bei")
    keyboard.send("Input.insertText", {"text": "备份"})
    expect(page.locator("#verdict .verdict")).to_contain_text("Product withdrawn")
    expect(page.locator("#solve-answer")).to_have_value("备份")


SEARCH_ANSWERED_AT_ONCE = """() => document.body.addEventListener("htmx:afterSwap", ({ detail }) => {
  if (detail.target.id !== "panel") return;
  const search = { detail: { target: document.getElementById("hits") } };
  document.body.dispatchEvent(new CustomEvent("htmx:afterSettle", search));
})"""


@pytest.mark.parametrize("meanwhile", ["() => {}", SEARCH_ANSWERED_AT_ONCE], ids=["alone", "with a search"])
def test_an_answer_typed_before_the_customer_arrives_stays_and_keeps_the_cursor(
    centre: Centre, browse: Any, meanwhile: str
) -> None:
    page = browse(centre.engineer)
    page.goto(DESK)
    page.evaluate(meanwhile)
    tell(page)
    late = Late(page, "customer")
    pick(page, "恒源")
    late.expect()
    choose(page, "solve")
    page.keyboard.type("先备份，再取消结账标志")
    page.keyboard.press("Control+Enter")
    assert page.url.endswith(DESK), "it waits until it is known who is calling"
    late.let_go()
    expect(page.locator(".note-done")).to_be_visible()
    call = centre.only(Call)
    assert (call.customer_id, call.state, call.contact) == (centre.second, "solved", "高敏")
    assert call.answer == "先备份，再取消结账标志"


def test_a_visit_that_closes_under_the_hand_is_refused_aloud(centre: Centre, browse: Any) -> None:
    add_old_product(centre.first)
    page = browse(centre.engineer, "en")
    page.goto(f"{DESK}?customer={centre.first}")
    tell(page)
    choose(page, "request_visit")
    page.locator("#request_visit-verified").check()
    page.locator("#installation_id").select_option(label="DOS版账务")
    expect(page.locator("#note-request_visit")).to_contain_text("Offer an upgrade")
    expect(outcome(page, "request_visit")).to_be_checked()
    page.keyboard.press("Control+Enter")
    expect(page.locator("#against")).to_be_focused()
    expect(page.locator("#against")).to_contain_text("Offer an upgrade")
    expect(outcome(page, "request_visit")).to_be_checked()
    choose(page, "solve")
    expect(outcome(page, "request_visit")).to_be_disabled()


def test_without_scripts_a_closed_outcome_can_be_chosen_again(centre: Centre, browse: Any) -> None:
    add_old_product(centre.first)
    page = browse(centre.engineer, "en", java_script_enabled=False)
    page.goto(f"{DESK}?customer={centre.first}")
    tell(page)
    page.locator("#installation_id").select_option(label="DOS版账务")
    outcome(page, "request_visit").check()
    page.locator("#request_visit-verified").check()
    page.locator("#submit").click()
    expect(page.locator("#against")).to_contain_text("Offer an upgrade")
    page.locator("#installation_id").select_option(index=1)
    page.locator("#submit").click()
    expect(page.locator(".note-done")).to_contain_text("Request registered")


@pytest.mark.parametrize("leave", ["menu", "again", "language", "expired"])
def test_a_half_written_call_is_found_again(centre: Centre, browse: Any, leave: str) -> None:
    # An expired form is an error in any console: a page of its own, which nobody watches.
    page = browse(centre.engineer, "en").context.new_page()
    page.goto(DESK)
    pick(page, "恒源")
    expect(page.locator("#contact")).to_be_focused()
    tell(page)
    choose(page, "request_visit")
    page.locator("#request_visit-wanted_time").fill("周四上午")
    page.locator("#request_visit-verified").check()
    {"menu": by_the_menu, "again": to_the_desk_again, "language": in_another_language, "expired": expired}[
        leave
    ](page)
    expect(page.locator("#draft")).to_be_visible()
    expect(page.locator("#panel")).to_contain_text("恒源物流有限公司")
    expect(page.locator("#contact")).to_have_value("高敏")
    expect(page.locator("#happens")).to_have_value(SYMPTOM)
    expect(outcome(page, "request_visit")).to_be_checked()
    expect(page.locator("#request_visit-wanted_time")).to_have_value("周四上午")
    expect(page.locator("#request_visit-verified")).to_be_checked()
    page.keyboard.press("Control+Enter")
    expect(page.locator(".note-done")).to_be_visible()
    expect(page.locator("#draft")).to_be_hidden()
    expect(page.locator("#module")).to_have_value("")
    assert centre.only(ServiceRequest).wanted_time == "周四上午"


def by_the_menu(page: Page) -> None:
    page.locator(".menu-row a[href$='/hotline/call/']").click()
    expect(page.locator("#call")).to_have_count(0)
    page.go_back()


def to_the_desk_again(page: Page) -> None:
    page.locator(".menu-row a[href$='/hotline/desk']").click()
    expect(page.locator("#call")).to_have_attribute("data-begun", "")


def in_another_language(page: Page) -> None:
    page.locator(".top-language button").click()
    expect(page.locator("#submit")).to_contain_text("现场服务请求单")


def expired(page: Page) -> None:
    cookies = page.context.cookies()
    page.context.clear_cookies()
    page.keyboard.press("Control+Enter")
    expect(page.locator("main")).to_contain_text("This form has expired")
    page.context.add_cookies(cookies)
    page.go_back()


def test_a_draft_is_discarded_on_demand(centre: Centre, browse: Any) -> None:
    page = browse(centre.engineer, "en")
    page.goto(DESK)
    page.locator("#module").fill("总账")
    page.reload()
    expect(page.locator("#module")).to_have_value("总账")
    page.get_by_role("button", name="discard it").click()
    expect(page.locator("#module")).to_have_value("")
    expect(page.locator("#draft")).to_be_hidden()


def test_a_draft_does_not_mix_with_another_customers_call(centre: Centre, browse: Any) -> None:
    page = browse(centre.engineer, "en")
    page.goto(f"{DESK}?customer={centre.first}")
    page.locator("#module").fill("总账")
    page.goto(f"{DESK}?customer={centre.second}")
    expect(page.locator("#module")).to_have_value("")
    page.get_by_role("link", name="Go on with it").click()
    expect(page.locator("#panel")).to_contain_text("恒远服装有限责任公司")
    expect(page.locator("#module")).to_have_value("总账")


def test_a_new_customers_draft_keeps_the_new_customer(centre: Centre, browse: Any) -> None:
    page = browse(centre.engineer, "en")
    page.goto(DESK)
    pick(page, "远大新材料")
    page.locator("#new_address").fill("荣乐路 9 号")
    page.reload()
    expect(page.locator("#new_customer")).to_have_value("远大新材料")
    expect(page.locator("#new_address")).to_have_value("荣乐路 9 号")
    expect(page.locator("#new_address")).to_be_enabled()


def test_once_logged_a_call_is_no_draft_any_more(centre: Centre, browse: Any) -> None:
    page = browse(centre.engineer)
    page.goto(f"{DESK}?customer={centre.first}")
    tell(page)
    page.keyboard.press("Control+Enter")
    expect(page.locator("#call")).to_have_count(0)
    page.go_back()
    expect(page.locator("#module")).to_have_value("")
    expect(page.locator("#draft")).to_be_hidden()


@pytest.mark.parametrize("locale", LOCALES)
def test_the_whole_visit_form_is_in_sight_on_a_notebook(centre: Centre, browse: Any, locale: str) -> None:
    with writing():
        db.session.get_one(Customer, centre.first).installations[0].contract_date = dt.date(2015, 1, 1)
    page = browse(centre.engineer, locale, viewport=NOTEBOOK)
    page.goto(f"{DESK}?customer={centre.first}")
    choose(page, "request_visit")
    expect(page.locator("#note-request_visit")).to_contain_text("QI/03 3.2.6")
    tick = page.locator("label:has(#request_visit-verified)").bounding_box()
    button = page.locator("#submit").bounding_box()
    assert tick
    assert button
    assert tick["y"] + tick["height"] <= button["y"]
    assert button["y"] + button["height"] <= NOTEBOOK["height"]
    assert page.evaluate("scrollY") == 0


def test_a_field_that_was_drawn_larger_breaks_no_policy(centre: Centre, browse: Any) -> None:
    add_old_product(centre.first)
    page = browse(centre.engineer, "en")
    page.goto(f"{DESK}?customer={centre.first}")
    choose(page, "solve")
    page.evaluate("document.getElementById('solve-answer').style.height = '120px'")
    page.locator("#installation_id").select_option(label="DOS版账务")
    expect(page.locator("#verdict .verdict")).to_contain_text("Product withdrawn")


def test_a_new_customers_withdrawn_product_closes_the_visit_while_typing(centre: Centre, browse: Any) -> None:
    add_old_product(centre.first)
    page = browse(centre.engineer, "en")
    page.goto(DESK)
    pick(page, "远大新材料")
    expect(page.locator("#new_customer")).to_have_value("远大新材料")
    page.locator("#new_product_id").select_option(label="DOS版账务")
    expect(page.locator("#note-request_visit")).to_contain_text("Offer an upgrade")
    expect(outcome(page, "request_visit")).to_be_disabled()
