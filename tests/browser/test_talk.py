"""Notes and files in a real browser: the list after an @, and the word about what is too large."""

from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect

from core.roles import DUTY_MANAGER, FIELD_ENGINEER
from core.testing import House
from tests.browser.looks import beyond

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("width", [390, 1366])
def test_a_colleague_is_found_by_a_few_letters_and_hears_of_it(house: House, browse: Any, width: int) -> None:
    office = house.office("SH")
    boss = house.person(office, DUTY_MANAGER, name="王力", login="wang.li")
    wu = house.person(office, FIELD_ENGINEER, name="吴磊", login="wu.lei")
    file_number = house.customer(office).file_number
    page = browse(boss, "en", viewport={"width": width, "height": 768})
    page.goto(f"/SH/customers/{file_number}")
    note = page.get_by_label("Note", exact=True)
    note.press_sequentially("下午三点以后 @w")
    people = page.locator(".mention-list button:visible")
    expect(people).to_have_count(2)
    note.press_sequentially("u")
    expect(people).to_have_count(1)
    note.press("Enter")
    expect(note).to_have_value("下午三点以后 @吴磊 ")
    page.get_by_role("button", name="Add the note").click()
    expect(page.locator(".story-note .mentioned")).to_have_text("@吴磊")
    assert beyond(page) <= 0
    other = browse(wu, "en", viewport={"width": width, "height": 768})
    other.goto("/")
    other.get_by_label("Notices: 1 unread").click()
    other.get_by_role("button", name="王力 mentions you").click()
    expect(other.locator(".story-note:target")).to_be_visible()


def test_a_file_that_is_too_large_is_told_before_it_is_sent(
    house: House, browse: Any, tmp_path: Path
) -> None:
    office = house.office("SH")
    file_number, large = house.customer(office).file_number, tmp_path / "日志.txt"
    with large.open("wb") as file:
        file.truncate(21 * 2**20)
    page = browse(house.person(office, DUTY_MANAGER), "en")
    page.goto(f"/SH/customers/{file_number}")
    page.get_by_label("Attach files").set_input_files(large)
    expect(page.locator(".file-form [data-fault]")).to_have_text("日志.txt is larger than 20 MB.")
