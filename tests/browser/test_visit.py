"""A field engineer's whole visit with one thumb, on a phone, in both languages."""

import base64
import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from core import clock, gate
from core.db import db
from core.offices import Office
from core.people import Person
from core.roles import DUTY_MANAGER, FIELD_ENGINEER, HOTLINE_ENGINEER
from core.testing import House
from plugins.fieldservice.models import ServiceRequest
from tests.browser.looks import beyond

pytestmark = pytest.mark.browser
UPRIGHT, TURNED = {"width": 390, "height": 844}, {"width": 844, "height": 390}
PHONE: dict[str, Any] = {
    "viewport": UPRIGHT,
    "device_scale_factor": 3,
    "has_touch": True,
    "is_mobile": True,
    "reduced_motion": "reduce",
    "permissions": ["clipboard-read", "clipboard-write"],
}
CALL = {
    "channel": "phone",
    "contact": "高敏",
    "phone": "021-61541030",
    "module": "总账",
    "operation": "反结账",
    "happens": "点反结账后报错退出，账套仍是已结账状态",
}
VISIT = {"contact": "高敏", "phone": "021-61541030", "address": "闵行区沪闵路 1 号", "verified": True}


def dispatched(house: House, office: Office, engineer: Person) -> str:
    """Bring a request to the engineer, and return its number."""
    hotline, duty = house.hire(office, HOTLINE_ENGINEER, name="陈静"), house.hire(office, DUTY_MANAGER)
    values = CALL | {"customer_id": str(house.customer(office).id)}
    call = gate.perform("hotline.call", None, "log", hotline, values, office=office)
    gate.perform("hotline.call", call.number, "request_visit", hotline, VISIT, office=office)
    number = db.session.query(ServiceRequest.number).filter_by(call_id=call.id).scalar()
    chosen = {"engineer_id": engineer.id}
    gate.perform("fieldservice.request", number, "dispatch", duty, chosen, office=office)
    return str(number)


def take(page: Page, step: str, **typed: str) -> None:
    """Fill the form of the line that is open, and send it."""
    line = page.locator(f"[data-step={step}]")
    expect(line.locator("> details")).to_have_attribute("open", "")
    for name, value in typed.items():
        line.locator(f"[name={name}]").fill(value)
    with page.expect_navigation():
        line.locator("form .btn-primary").tap()
    # The line that is open comes into sight by itself; a thumb would not tap while it moves.
    expect(page.locator("[data-step] > details[open], .nothing-text").first).to_be_in_viewport()
    assert beyond(page) <= 0, "the page is wider than the phone"


def draw(page: Page) -> None:
    """Draw with a finger across the box for the signature."""
    canvas = page.locator("[data-step=sign] canvas")
    canvas.scroll_into_view_if_needed()
    box = canvas.bounding_box()
    assert box
    finger = page.context.new_cdp_session(page)
    way = [(box["x"] + 30 + 6 * step, box["y"] + 60 + 40 * (step % 3)) for step in range(40)]
    for kind, points in [("touchStart", way[:1]), *(("touchMove", [point]) for point in way)]:
        touched = [{"x": x, "y": y} for x, y in points]
        finger.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": touched})
    # A finger that rests before it leaves flings nothing; after a fling the next tap only stops it.
    page.wait_for_timeout(150)
    finger.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})


def ink(page: Page) -> int:
    """Count the dots on the screen that have ink on them."""
    return int(
        page.evaluate("""() => {
            const canvas = document.querySelector("[data-step=sign] canvas");
            const copy = new OffscreenCanvas(canvas.width, canvas.height).getContext("2d");
            copy.drawImage(canvas, 0, 0);
            const dots = copy.getImageData(0, 0, canvas.width, canvas.height).data;
            return dots.filter((value, at) => at % 4 === 3 && value > 0).length;
        }""")
    )


@pytest.mark.clause("QI/04 flow")
@pytest.mark.clause("QI/04 3.1.6-backup")
@pytest.mark.clause("QI/04 3.1.7")
@pytest.mark.parametrize(("locale", "language"), [("zh_Hans_CN", "zh-CN"), ("en", "en")])
def test_a_visit_from_the_phone_call_to_the_return_slip(
    house: House, browse: Callable[..., Page], locale: str, language: str
) -> None:
    office = house.office("SH")
    engineer = house.person(office, FIELD_ENGINEER, name="王力")
    number = dispatched(house, office, engineer)
    page = browse(engineer, locale, **PHONE)
    page.goto("/SH/fieldservice/visits")
    assert page.get_attribute("html", "lang") == language
    page.locator(".visit-next .btn-primary").tap()
    take(page, "confirm")
    take(page, "arrange", appointment_at=(clock.now() + dt.timedelta(days=1)).strftime("%Y-%m-%dT%H:%M"))
    take(page, "arrive")
    look_into(page)
    back_up(page)
    take(page, "solve", cause="结转时断电", remedy="恢复备份后反结账")
    take(page, "try_out", tried_by="高敏")
    take(page, "explain", prevention="结账前先备份")
    sign(page)
    take(page, "turn_in", travel_cost="12", material_cost="0", other_cost="0.50")
    expect(page.locator(".nothing-text")).to_be_visible()
    look_at(house, number)


SMALLEST_TARGET = 40
TARGETS = "main a, main button, main .visit summary, main .visit-facts > summary"
TOO_SMALL = f"""smallest => [...document.querySelectorAll("{TARGETS}")]
    .filter(one => one.checkVisibility() && !one.matches(".stretched-link, .pop *"))
    .map(one => [one.textContent.trim(), one.getBoundingClientRect().height])
    .filter(([_words, height]) => height < smallest)"""


def test_a_thumb_hits_what_it_aims_at(house: House, browse: Callable[..., Page]) -> None:
    office = house.office("SH")
    engineer = house.person(office, FIELD_ENGINEER, name="王力")
    numbers = [dispatched(house, office, engineer) for _ in range(2)]
    page = browse(engineer, "en", **PHONE)
    for path in ("visits", f"visit/{numbers[0]}"):
        page.goto(f"/SH/fieldservice/{path}")
        assert page.evaluate(TOO_SMALL, SMALLEST_TARGET) == [], path


@pytest.mark.clause("QI/04 3.1.7")
def test_without_scripts_the_visit_ends_with_a_signature_on_paper(
    house: House, browse: Callable[..., Page]
) -> None:
    office = house.office("SH")
    engineer = house.person(office, FIELD_ENGINEER, name="王力")
    number = dispatched(house, office, engineer)
    page = browse(engineer, "en", viewport=UPRIGHT, java_script_enabled=False)
    page.goto(f"/SH/fieldservice/visit/{number}")
    answers: list[tuple[str, dict[str, str]]] = [
        ("confirm", {}),
        ("arrange", {"appointment_at": (clock.now() + dt.timedelta(days=1)).strftime("%Y-%m-%dT%H:%M")}),
        ("arrive", {}),
        ("look_into", {}),
        ("back_up", {"account_sets": "1"}),
        ("solve", {"cause": "结转时断电", "remedy": "恢复备份"}),
        ("try_out", {}),
        ("explain", {"prevention": "结账前先备份"}),
    ]
    for step, typed in answers:
        send(page, step, typed)
    line = page.locator("[data-step=sign]")
    line.locator("label[for$=all_solved]").click()
    line.get_by_text("Signed on paper instead").click()
    send(page, "sign", {"on_paper": "服务站文件柜"})
    send(page, "turn_in", {})
    house.see()
    request = db.session.query(ServiceRequest).filter_by(number=number).one()
    assert (request.state, request.on_paper, request.signed_by) == ("turned_in", "服务站文件柜", "高敏")


def send(page: Page, step: str, typed: dict[str, str]) -> None:
    """Fill a line's form as it can be filled without scripts, and send it."""
    line = page.locator(f"[data-step={step}]")
    if not line.locator("> details").evaluate("it => it.open"):
        line.locator("summary").first.click()
    for name, value in typed.items():
        line.locator(f"[name={name}]").fill(value)
    for tick in line.locator("[type=checkbox]").all():
        tick.check()
    line.locator("form .btn-primary").click()
    page.wait_for_load_state()


def look_into(page: Page) -> None:
    """Who is met stands there already; the problem is shown."""
    line = page.locator("[data-step=look_into]")
    expect(line.locator("[name=met]")).to_have_value("高敏")
    line.locator("[name=identity]").check()
    line.locator("[name=shown]").check()
    take(page, "look_into")


def back_up(page: Page) -> None:
    """One line is open at a time; the paths follow what is typed, and a tap copies one."""
    page.locator("[data-step=look_into] summary").tap()
    line = page.locator("[data-step=back_up]")
    expect(line.locator("> details")).not_to_have_attribute("open", "")
    line.locator("> details > summary").tap()
    expect(page.locator("[data-step=look_into] details")).not_to_have_attribute("open", "")
    line.locator("[name=account_sets]").press_sequentially("1, 12")
    folder = f"UFDATABAK\\WL{clock.now().astimezone(dt.timezone(dt.timedelta(hours=8))):%Y%m%d}"
    expect(line.locator(".visit-path code")).to_have_text([f"{folder}\\001", f"{folder}\\012"])
    copy = line.locator("[data-copy]").last
    copy.tap()
    expect(copy).to_have_text(str(copy.get_attribute("data-copied")))
    assert page.evaluate("navigator.clipboard.readText()") == f"{folder}\\012"
    line.locator("[name=reports_asked]").check()
    take(page, "back_up")


def sign(page: Page) -> None:
    """Without a signature the rest stays as it was typed; a drawn one outlives a phone that is turned."""
    line = page.locator("[data-step=sign]")
    line.locator("label[for$=partly]").tap()
    line.locator("[name=opinion]").fill("很满意")
    line.locator("form .btn-primary").tap()
    expect(line.locator(".field-error")).to_have_count(1)
    expect(line.locator("[value=partly]")).to_be_checked()
    expect(line.locator("[name=opinion]")).to_have_value("很满意")
    draw(page)
    assert ink(page) > 1000
    line.locator("[data-clear]").tap()
    expect(line.locator("[name=signature]")).to_have_value("")
    assert ink(page) == 0
    draw(page)
    drawn = ink(page)
    page.set_viewport_size(TURNED)
    page.set_viewport_size(UPRIGHT)
    width = line.locator("canvas").evaluate("it => it.clientWidth")
    expect(line.locator("canvas")).to_have_js_property("width", 2 * width)
    assert ink(page) == pytest.approx(drawn, rel=0.1)
    take(page, "sign")


def look_at(house: House, number: str) -> Any:
    """What the thumb did is what the request knows."""
    house.see()
    request = db.session.query(ServiceRequest).filter_by(number=number).one()
    assert (request.state, request.result, request.opinion) == ("turned_in", "partly", "很满意")
    assert [backup.account_set for backup in request.backups] == ["001", "012"]
    picture = base64.b64decode(request.signature.partition(",")[2])
    assert int.from_bytes(picture[16:20]) > 600, "the picture has the screen's own sharpness"
