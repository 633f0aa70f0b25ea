"""The duty manager puts requests into the engineers' day: by mouse, by finger, by keyboard, on a phone."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from core import clock, gate
from core.db import db
from core.people import Person
from core.roles import DUTY_MANAGER, FIELD_ENGINEER, HOTLINE_ENGINEER
from core.rules import rules_of
from core.testing import House
from plugins.fieldservice.models import ServiceRequest
from tests.browser.looks import beyond
from tests.browser.test_visit import CALL, VISIT

pytestmark = pytest.mark.browser
Browse = Callable[..., Page]
DESK = {"viewport": {"width": 1366, "height": 900}, "reduced_motion": "reduce"}
TABLET = {"viewport": {"width": 1180, "height": 820}, "has_touch": True, "reduced_motion": "reduce"}
PHONE = {
    "viewport": {"width": 390, "height": 844},
    "has_touch": True,
    "is_mobile": True,
    "reduced_motion": "reduce",
}
TEN = 10 * 60


class Board:
    """An office with two engineers and requests to dispatch, its duty manager at the board of the next working day."""

    def __init__(
        self, house: House, browse: Browse, locale: str = "zh_Hans_CN", requests: int = 1, **screen: Any
    ) -> None:
        self.house, self.office = house, house.office("SH")
        self.hotline = house.hire(self.office, HOTLINE_ENGINEER, name="陈静")
        self.duty: Person = house.person(self.office, DUTY_MANAGER, name="周艳")
        self.engineers = {
            name: house.person(self.office, FIELD_ENGINEER, name=name).id for name in ("刘洋", "王力")
        }
        self.numbers = [self._registered() for _ in range(requests)]
        calendar = rules_of(self.office).calendar
        self.day = calendar.next_working_day(calendar.local_day(clock.now()))
        self.page = browse(self.duty, locale, **(screen or DESK))
        self.open()

    def _registered(self) -> str:
        values = CALL | {"customer_id": str(self.house.customer(self.office).id)}
        call = gate.perform("hotline.call", None, "log", self.hotline, values, office=self.office)
        gate.perform("hotline.call", call.number, "request_visit", self.hotline, VISIT, office=self.office)
        return str(db.session.query(ServiceRequest.number).filter_by(call_id=call.id).scalar())

    def open(self) -> None:
        """Look at the day that is planned."""
        self.page.goto(f"/SH/fieldservice/dispatch?day={self.day}")

    def card(self, number: str) -> Locator:
        """Find a request of the queue."""
        return self.page.locator(f"article[id='{number}']")

    def line(self, name: str) -> Locator:
        """Find an engineer's day."""
        return self.page.locator(f"[data-line][data-name='{name}'] [data-track]")

    def place(self, name: str, minute: int) -> tuple[float, float]:
        """Return where on the screen a minute of an engineer's day is."""
        track = self.line(name)
        box = track.bounding_box()
        assert box
        begins, ends = (int(track.get_attribute(f"data-{one}") or 0) for one in ("begins", "ends"))
        return box["x"] + box["width"] * (minute - begins) / (ends - begins), box["y"] + box["height"] / 2

    def grip(self, number: str) -> tuple[float, float]:
        """Return where the handle of a request is."""
        box = self.card(number).locator("[data-grip]").bounding_box()
        assert box
        return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2

    def carry(self, number: str, name: str, minute: int) -> None:
        """Take a request by its handle and carry it to an hour of an engineer's day, without letting go."""
        mouse = self.page.mouse
        mouse.move(*self.grip(number))
        mouse.down()
        mouse.move(*self.place(name, minute), steps=6)

    def send(self, number: str) -> None:
        """Send the form that was filled."""
        with self.page.expect_navigation():
            self.card(number).locator("form .btn-primary").click()

    def sent(self, number: str) -> tuple[str, int | None, str]:
        """Return how a request stands: its state, who goes, and at what hour of the day."""
        self.house.see()
        one = db.session.query(ServiceRequest).filter_by(number=number).one()
        at = one.planned_at.astimezone(self.office.zoneinfo) if one.planned_at else None
        assert at is None or at.date() == self.day
        return one.state, one.engineer_id, f"{at:%H:%M}" if at else ""


def left(place: Locator) -> float:
    box = place.bounding_box()
    assert box
    return box["x"]


@pytest.mark.clause("QP/2-04 5.4")
@pytest.mark.parametrize(("locale", "language"), [("zh_Hans_CN", "zh-CN"), ("en", "en")])
def test_a_request_is_dragged_into_an_engineers_day(
    house: House, browse: Browse, locale: str, language: str
) -> None:
    board = Board(house, browse, locale)
    (number,) = board.numbers
    assert board.page.get_attribute("html", "lang") == language
    hours, day = (
        board.page.locator(f"{one} .dispatch-track").first for one in (".dispatch-scale", "[data-line]")
    )
    assert left(hours) == left(day), "the hours stand above the day"
    board.carry(number, "王力", TEN)
    expect(board.page.locator(".dispatch-ghost")).to_have_text("10:00")
    board.page.mouse.up()
    form = board.card(number).locator("form")
    expect(form.locator("[name=planned_at]")).to_have_value(f"{board.day}T10:00")
    expect(form.locator(".btn-primary")).to_be_focused()
    board.send(number)
    assert board.sent(number) == ("dispatched", board.engineers["王力"], "10:00")
    board.open()
    expect(board.line("王力").locator("[data-block]")).to_contain_text("10:00–12:00")


@pytest.mark.clause("QP/2-04 5.4")
def test_what_speaks_against_an_hour_shows_while_the_request_is_carried(house: House, browse: Browse) -> None:
    board = Board(house, browse, "en", 2)
    first, second = board.numbers
    board.carry(first, "王力", TEN)
    board.page.mouse.up()
    board.send(first)
    board.open()
    board.carry(second, "王力", TEN + 60)
    label = board.page.locator(".dispatch-carried")
    expect(label).to_contain_text(f"At another visit then: {first} 10:00–12:00")
    board.page.mouse.move(*board.place("刘洋", TEN + 60), steps=4)
    expect(label).to_contain_text("Nothing speaks against it.")
    board.page.mouse.move(*board.place("王力", TEN + 60), steps=4)
    board.page.mouse.up()
    expect(board.card(second).locator("[data-speaks]")).to_contain_text(first)
    board.send(second)
    expect(board.card(second).locator(".field-error")).to_contain_text(
        f"王力 is at another visit then: {first}"
    )
    assert board.sent(second)[0] == "registered"


@pytest.mark.clause("QP/2-04 5.4")
def test_a_request_that_is_let_go_elsewhere_stays_where_it_was(house: House, browse: Browse) -> None:
    board = Board(house, browse)
    (number,) = board.numbers
    board.carry(number, "王力", TEN)
    board.page.mouse.move(20, 20, steps=3)
    expect(board.page.locator(".dispatch-ghost")).to_have_count(0)
    board.page.mouse.up()
    expect(board.page.locator(".dispatch-carried")).to_have_count(0)
    expect(board.card(number).locator("form")).to_be_hidden()


@pytest.mark.clause("QP/2-04 5.4")
def test_a_finger_drags_as_well(house: House, browse: Browse) -> None:
    board = Board(house, browse, **TABLET)
    (number,) = board.numbers
    finger = board.page.context.new_cdp_session(board.page)
    way = [board.grip(number), board.place("刘洋", 14 * 60 - 90), board.place("刘洋", 14 * 60)]
    for kind, (x, y) in zip(("touchStart", "touchMove", "touchMove"), way, strict=True):
        finger.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": [{"x": x, "y": y}]})
    finger.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
    expect(board.card(number).locator("[name=planned_at]")).to_have_value(f"{board.day}T14:00")
    board.send(number)
    assert board.sent(number) == ("dispatched", board.engineers["刘洋"], "14:00")


@pytest.mark.clause("QP/2-04 5.4")
def test_the_keyboard_alone_dispatches(house: House, browse: Browse) -> None:
    board = Board(house, browse, "en", 2)
    first, second = board.numbers
    press = board.page.keyboard.press
    board.card(first).locator("[data-grip]").focus()
    press("ArrowDown")
    expect(board.card(second).locator("[data-grip]")).to_be_focused()
    press("Enter")
    press("ArrowDown")
    begins = int(board.line("王力").get_attribute("data-begins") or 0)
    for _quarter in range((TEN - begins) // 15):
        press("ArrowRight")
    expect(board.page.locator(".dispatch-ghost")).to_have_text("10:00")
    press("Enter")
    expect(board.card(second).locator("form .btn-primary")).to_be_focused()
    with board.page.expect_navigation():
        press("Enter")
    assert board.sent(second) == ("dispatched", board.engineers["王力"], "10:00")
    board.open()
    board.card(first).locator("[data-grip]").focus()
    press("Enter")
    press("Escape")
    expect(board.page.locator(".dispatch-ghost")).to_have_count(0)


@pytest.mark.clause("QI/02 internal.fixed-engineer")
def test_the_suggestion_says_why_and_fills_the_form(house: House, browse: Browse) -> None:
    board = Board(house, browse, "en")
    (number,) = board.numbers
    card = board.card(number)
    card.locator("summary.btn").click()
    card.get_by_text("Suggest").click()
    chosen = card.locator("[data-choose]").first
    chosen.click()
    expect(card.locator("[name=engineer_id]")).to_have_value(chosen.get_attribute("data-choose") or "")
    card.get_by_text("why?").click()
    expect(card.locator(".why-body")).to_contain_text("QI/02 internal.fixed-engineer")


@pytest.mark.parametrize("locale", ["zh_Hans_CN", "en"])
def test_on_a_phone_the_queue_comes_first_and_the_days_are_lists(
    house: House, browse: Browse, locale: str
) -> None:
    board = Board(house, browse, locale, 2, **PHONE)
    first, second = board.numbers
    assert beyond(board.page) <= 0, "the page is wider than the phone"
    expect(board.card(first).locator("[data-grip]")).to_be_hidden()
    card = board.card(first)
    card.locator("summary.btn").tap()
    card.locator("[name=engineer_id]").select_option(str(board.engineers["王力"]))
    card.locator("[name=planned_at]").fill(f"{board.day}T10:00")
    board.send(first)
    assert board.sent(first) == ("dispatched", board.engineers["王力"], "10:00")
    board.open()
    day = board.line("王力").locator("[data-block]")
    expect(day).to_contain_text("10:00–12:00")
    queue, list_of_day = board.card(second).bounding_box(), day.bounding_box()
    assert queue
    assert list_of_day
    assert queue["y"] < list_of_day["y"]
    assert list_of_day["width"] > 300, "a line of a list, no sliver of a time line"
    assert beyond(board.page) <= 0


def test_without_scripts_the_form_is_sent_as_always(house: House, browse: Browse) -> None:
    board = Board(house, browse, "en", viewport={"width": 1366, "height": 900}, java_script_enabled=False)
    (number,) = board.numbers
    card = board.card(number)
    card.locator("summary.btn").click()
    card.locator("[name=engineer_id]").select_option(str(board.engineers["刘洋"]))
    with board.page.expect_navigation():
        card.locator("form .btn-primary").click()
    assert board.sent(number) == ("dispatched", board.engineers["刘洋"], "")
