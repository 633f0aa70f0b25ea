"""A visit in a dead spot: what is tapped on the phone is kept there, and sent once and in order when the line is back."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import BrowserContext, BrowserType, Page, expect

from core import clock, gate, ledger
from core.db import db
from core.offices import Office
from core.people import Person
from core.roles import DUTY_MANAGER, FIELD_ENGINEER
from core.testing import House
from plugins.fieldservice.models import ServiceRequest
from tests.browser.conftest import session_of
from tests.browser.looks import beyond
from tests.browser.test_visit import PHONE, dispatched, draw, ink

pytestmark = pytest.mark.browser
Phone = Callable[..., BrowserContext]


@pytest.fixture
def phone(
    app: Flask,
    address: str,
    browser_type: BrowserType,
    browser_type_launch_args: dict[str, Any],
    tmp_path: Path,
) -> Iterator[Phone]:
    """The means to switch somebody's phone on: it remembers what it kept when it was switched off."""
    on: list[BrowserContext] = []

    def switch_on(person: Person, locale: str = "zh_Hans_CN") -> BrowserContext:
        context = browser_type.launch_persistent_context(
            tmp_path / "phone", base_url=address, **browser_type_launch_args, **PHONE
        )
        context.add_cookies([{"name": "session", "value": session_of(app, person, locale), "url": address}])
        on.append(context)
        return context

    yield switch_on
    for context in on:
        context.close()


@pytest.fixture
def office(house: House) -> Office:
    """The office in which the engineer works."""
    return house.office("SH")


@pytest.fixture
def engineer(house: House, office: Office) -> Person:
    """Whoever is in the dead spot."""
    return house.person(office, FIELD_ENGINEER, name="王力")


def on_site(house: House, office: Office, engineer: Person) -> str:
    """Bring a request as far as the customer's door, and return its number."""
    number, who = dispatched(house, office, engineer), house.actor(engineer)
    act(number, "confirm", who)
    act(number, "arrange", who, appointment_at=clock.now() + dt.timedelta(hours=1))
    act(number, "arrive", who)
    act(number, "look_into", who, met="高敏", identity=True, shown=True)
    return number


def act(number: str, step: str, actor: Any, **values: Any) -> None:
    """Take a step of a request."""
    gate.perform("fieldservice.request", number, step, actor, values)


def wait_until_kept(page: Page, *paths: str) -> None:
    """Wait until the phone has these addresses for the dead spot."""
    for path in paths:
        while not page.evaluate("async (path) => !!(await caches.match(path, { ignoreVary: true }))", path):
            page.wait_for_timeout(50)


def opened(context: BrowserContext, number: str) -> Page:
    """Open the page of a visit, and wait until the phone can open it by itself."""
    page = context.pages[0]
    page.goto(f"/SH/fieldservice/visit/{number}")
    wait_until_kept(page, f"/SH/fieldservice/visit/{number}", "/fieldservice/static/dead-spot.js")
    return page


def fill(page: Page, step: str, **typed: str) -> None:
    """Fill the line that is open, and tap its button."""
    line = page.locator(f"[data-step={step}]")
    expect(line.locator("> details")).to_have_attribute("open", "")
    for name, value in typed.items():
        line.locator(f"[name={name}]").fill(value)
    line.locator("form .btn-primary").tap()


def keep(page: Page, step: str, **typed: str) -> None:
    """Fill a line in the dead spot: the phone keeps it, and goes on."""
    fill(page, step, **typed)
    expect(page.locator(f"[data-step={step}] .visit-waits")).to_be_visible()
    assert beyond(page) <= 0, "the page is wider than the phone"


def work_in_the_dead_spot(page: Page) -> None:
    """Back up, solve, try, explain and sign without a line."""
    line = page.locator("[data-step=back_up]")
    line.locator("[name=reports_asked]").check()
    keep(page, "back_up", account_sets="001")
    keep(page, "solve", cause="结转时断电", remedy="恢复备份后反结账")
    keep(page, "try_out", tried_by="高敏")
    keep(page, "explain", prevention="结账前先备份")
    sign = page.locator("[data-step=sign]")
    expect(sign.locator("[data-said=remedy]")).to_have_text("恢复备份后反结账")
    sign.locator("label[for$=all_solved]").tap()
    expect(sign.locator("[value=all_solved]")).to_be_checked()
    draw(page)
    assert ink(page) > 500
    keep(page, "sign", signed_by="高敏")


def steps_of(number: str) -> list[str]:
    """Return the steps that were taken on site, in their order."""
    request = found(number)
    rows = ledger.of_case("fieldservice.request", request.id, number=number)
    steps = [row.action for row in reversed(list(rows)) if row.kind == "step"]
    return steps[steps.index("look_into") + 1 :]


def found(number: str) -> ServiceRequest:
    """Return a request as it stands now."""
    return db.session.query(ServiceRequest).filter_by(number=number).one()


DONE = ["back_up", "solve", "try_out", "explain", "sign"]


@pytest.mark.clause("QI/04 flow")
@pytest.mark.clause("QI/04 3.1.7")
def test_a_visit_in_a_dead_spot_is_there_once_and_in_order_when_the_line_is_back(
    house: House, office: Office, engineer: Person, phone: Phone
) -> None:
    number = on_site(house, office, engineer)
    context = phone(engineer)
    page = opened(context, number)
    context.set_offline(True)
    work_in_the_dead_spot(page)
    expect(page.locator("[data-told]")).to_contain_text("5")
    house.see()
    assert steps_of(number) == []
    context.set_offline(False)
    expect(page.locator("[data-step=turn_in] form")).to_be_visible()
    expect(page.locator("[data-keeping]")).to_have_attribute("data-tone", "sent")
    house.see()
    assert steps_of(number) == DONE
    assert found(number).signature.startswith("data:image/png;base64,")


@pytest.mark.clause("QI/04 3.1.7")
@pytest.mark.clause("QP/2-04 5.6")
def test_a_visit_that_found_no_remedy_is_signed_in_the_dead_spot_too(
    house: House, office: Office, engineer: Person, phone: Phone
) -> None:
    number = on_site(house, office, engineer)
    context = phone(engineer)
    page = opened(context, number)
    context.set_offline(True)
    page.locator("[data-step=back_up] [name=reports_asked]").check()
    keep(page, "back_up", account_sets="001")
    instead = page.locator("[data-step=leave_unsolved]")
    instead.locator("summary").tap()
    instead.locator("[name=tried]").fill("重建索引、换补丁，都没有用")
    instead.locator("[type=submit]").tap()
    expect(page.locator("#visit-solve .visit-waits")).to_be_visible()
    sign = page.locator("[data-step=sign]")
    expect(sign.locator("[data-said=tried]")).to_have_text("重建索引、换补丁，都没有用")
    for passed_over in ("try_out", "explain"):
        expect(page.locator(f"[data-step={passed_over}] form")).to_have_count(0)
    sign.locator("label[for$=unsolved]").tap()
    draw(page)
    keep(page, "sign", signed_by="高敏")
    context.set_offline(False)
    expect(page.locator("[data-step=turn_in] form")).to_be_visible()
    expect(page.locator("[data-keeping]")).to_have_attribute("data-tone", "sent")
    house.see()
    assert steps_of(number) == ["back_up", "leave_unsolved", "sign"]
    assert (found(number).result, found(number).remedy) == ("unsolved", "")


def test_a_phone_that_was_switched_off_in_the_dead_spot_still_has_everything(
    house: House, office: Office, engineer: Person, phone: Phone
) -> None:
    number = on_site(house, office, engineer)
    context = phone(engineer)
    page = opened(context, number)
    context.set_offline(True)
    line = page.locator("[data-step=back_up]")
    line.locator("[name=reports_asked]").check()
    keep(page, "back_up", account_sets="001")
    page.locator("[data-step=solve] [name=cause]").fill("结转时断电")
    page.locator("[data-step=solve] [name=remedy]").click()
    page.wait_for_timeout(500)
    context.close()
    context = phone(engineer)
    page = context.pages[0]
    context.set_offline(True)
    page.goto(f"/SH/fieldservice/visit/{number}")
    expect(page.locator("[data-step=back_up] .visit-waits")).to_be_visible()
    expect(page.locator("[data-step=solve] [name=cause]")).to_have_value("结转时断电")
    keep(page, "solve", remedy="恢复备份后反结账")
    context.set_offline(False)
    expect(page.locator("[data-step=try_out] form")).to_be_visible()
    expect(page.locator("[data-keeping]")).to_have_attribute("data-tone", "sent")
    house.see()
    assert steps_of(number) == ["back_up", "solve"]
    assert found(number).cause == "结转时断电"


def test_who_was_overtaken_in_the_dead_spot_sees_it_and_loses_nothing(
    house: House, office: Office, engineer: Person, phone: Phone
) -> None:
    number = on_site(house, office, engineer)
    context = phone(engineer)
    page = opened(context, number)
    context.set_offline(True)
    page.locator("[data-step=back_up] [name=reports_asked]").check()
    keep(page, "back_up", account_sets="002")
    keep(page, "solve", cause="结转时断电", remedy="恢复备份后反结账")
    act(number, "back_up", house.actor(engineer), account_sets="001", reports_asked=True)
    context.set_offline(False)
    item = page.locator(".kept-item")
    expect(item).to_have_count(1)
    expect(item).to_contain_text("002")
    expect(item.locator("[data-why]")).to_contain_text("王力")
    house.see()
    assert steps_of(number) == ["back_up"]
    item.locator("[data-again]").tap()
    expect(page.locator("[data-keeping]")).to_have_attribute("data-tone", "sent")
    house.see()
    assert steps_of(number) == ["back_up", "back_up", "solve"]
    assert found(number).remedy == "恢复备份后反结账"


def test_what_could_not_be_sent_is_dropped_by_hand_and_only_then(
    house: House, office: Office, engineer: Person, phone: Phone
) -> None:
    number = on_site(house, office, engineer)
    context = phone(engineer, "en")
    page = opened(context, number)
    context.set_offline(True)
    page.locator("[data-step=back_up] [name=reports_asked]").check()
    keep(page, "back_up", account_sets="abc")
    context.set_offline(False)
    item = page.locator(".kept-item")
    expect(item.locator("[data-why]")).to_contain_text("Give the numbers of the account sets")
    page.reload()
    expect(item).to_have_count(1)
    item.locator("[data-let-go]").tap()
    expect(item).to_have_count(1)
    item.locator("[data-let-go]").tap()
    expect(item).to_have_count(0)
    house.see()
    assert steps_of(number) == []


def test_with_a_line_what_is_wrong_stands_where_it_was_typed(
    house: House, office: Office, engineer: Person, phone: Phone
) -> None:
    number = on_site(house, office, engineer)
    page = opened(phone(engineer, "en"), number)
    page.locator("[data-step=back_up] [name=reports_asked]").check()
    fill(page, "back_up", account_sets="abc")
    line = page.locator("[data-step=back_up]")
    expect(line.locator(".field-error")).to_contain_text("Give the numbers of the account sets")
    expect(line.locator("[name=account_sets]")).to_have_value("abc")
    expect(page.locator(".kept-item")).to_have_count(0)
    fill(page, "back_up", account_sets="001")
    expect(page.locator("#visit-solve form").first).to_be_visible()
    house.see()
    assert steps_of(number) == ["back_up"]


def test_whoever_signs_out_leaves_no_page_on_the_phone(
    house: House, office: Office, engineer: Person, phone: Phone
) -> None:
    number = on_site(house, office, engineer)
    page = opened(phone(engineer), number)
    page.evaluate("document.querySelector('form[action$=\"/sign-out\"]').submit()")
    page.wait_for_url("**/sign-in")
    page.wait_for_function("async () => (await caches.keys()).length === 0")


@pytest.mark.clause("QI/04 3.1.6-solve")
def test_the_duty_managers_answer_comes_by_itself_and_the_work_goes_on(
    house: House, office: Office, engineer: Person, phone: Phone
) -> None:
    number = on_site(house, office, engineer)
    duty = house.hire(office, DUTY_MANAGER, name="周艳")
    page = opened(phone(engineer), number)
    page.locator(".visit-ask > summary").tap()
    page.locator("[name=question]").fill("重建索引后仍报错")
    page.locator(".visit-ask form .btn-primary").tap()
    expect(page.locator(".asked-waits")).to_be_visible()
    act(number, "give_support", duty, answer="先停用杀毒软件")
    expect(page.locator(".asked-answer")).to_contain_text("先停用杀毒软件")
    page.locator("[data-step=back_up] [name=reports_asked]").check()
    fill(page, "back_up", account_sets="001")
    expect(page.locator("#visit-solve form").first).to_be_visible()
    house.see()
    assert steps_of(number) == ["want_support", "give_support", "back_up"]


def test_a_visit_that_was_never_opened_opens_in_the_dead_spot_with_its_scripts(
    house: House, office: Office, engineer: Person, phone: Phone
) -> None:
    number = on_site(house, office, engineer)
    context = phone(engineer)
    page = context.pages[0]
    page.goto("/SH/fieldservice/visits")
    visit = f"/SH/fieldservice/visit/{number}"
    wait_until_kept(page, visit, "/static/vendor/signature_pad.umd.min.js", "/static/signature.js")
    context.set_offline(True)
    page.goto(visit)
    expect(page.locator("#visit-back_up form").first).to_be_visible()
    assert page.evaluate("typeof window.SignaturePad") == "function"
