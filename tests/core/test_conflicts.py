"""Two people at one case: the second is told who did what, and nobody overwrites what he has not seen."""

from __future__ import annotations

import re
from typing import Any

import pytest
from flask.testing import FlaskClient

from core.offices import Office
from core.roles import DUTY_MANAGER, HOTLINE_ENGINEER
from core.testing import House, SignIn, said

SYMPTOM = {"module": "总账", "operation": "反结账", "happens": "点反结账后报错退出，账套仍是已结账状态"}


@pytest.fixture
def shanghai(house: House) -> Office:
    return house.office("SH")


@pytest.fixture
def two(house: House, shanghai: Office, sign_in: SignIn, work: Any) -> tuple[str, FlaskClient, FlaskClient]:
    """Two people who may correct the same call, and its page."""
    owner = house.hire(shanghai, HOTLINE_ENGINEER, DUTY_MANAGER, name="孙悦")
    number = work.called(shanghai, owner)
    return f"/SH/hotline/call/{number}", sign_in(owner), sign_in(owner)


def opened(browser: FlaskClient, page: str) -> dict[str, str]:
    """Open the form of the correction, and return what a browser would send of it untouched."""
    text = browser.get(f"{page}?step=correct").text
    form = text.partition(f'action="{page}/correct"')[2].partition("</form>")[0]
    hidden = dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', form))
    return hidden | {name.removeprefix("was-"): value for name, value in hidden.items() if "was-" in name}


def test_where_i_touched_nothing_a_colleagues_change_stays(two: Any) -> None:
    page, first, second = two
    his, mine = opened(first, page), opened(second, page)
    assert first.post(f"{page}/correct", data=his | {"module": "报表"}).status_code == 302
    refused = second.post(f"{page}/correct", data=mine | {"since": "上周三"})
    assert refused.status_code == 409
    assert "Meanwhile 孙悦 did “Correct the symptom” on it." in said(refused.text)
    assert 'value="报表"' in refused.text
    assert 'value="上周三"' in refused.text
    assert "Meanwhile this was changed to" not in refused.text


def test_where_both_wrote_i_see_both_and_decide(two: Any) -> None:
    page, first, second = two
    his, mine = opened(first, page), opened(second, page)
    first.post(f"{page}/correct", data=his | {"module": "报表"})
    refused = second.post(f"{page}/correct", data=mine | {"module": "工资"})
    assert 'value="工资"' in refused.text
    assert "Meanwhile this was changed to: 报表" in said(refused.text)
    again = dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', refused.text))
    assert (again["was-module"], int(again["seen"])) == ("报表", int(mine["seen"]) + 1)


def test_a_form_that_does_not_say_what_it_showed_is_as_good_as_stale(two: Any) -> None:
    page, first, _second = two
    typed = opened(first, page)
    del typed["seen"]
    assert first.post(f"{page}/correct", data=typed | {"module": "工资"}).status_code == 409


def test_several_slips_in_a_row_are_one_line_of_the_story(two: Any) -> None:
    page, first, _second = two
    for vague in ("软件有问题", "有问题", "不行"):
        wrong = opened(first, page) | {"happens": vague, "message": ""}
        assert first.post(f"{page}/correct", data=wrong).status_code == 422
    told = said(first.get(page).text)
    assert told.count("Refused:") == 1
    assert "Correct the symptom 3 times" in told


def test_a_reason_given_for_one_step_is_not_put_into_the_mouth_of_the_next(two: Any) -> None:
    page, first, _second = two

    def version() -> str:
        return re.findall(r'name="seen" value="(\d+)"', first.get(f"{page}?step=cancel").text)[0]

    solved = {"answer": "已指导先备份再反结账", "seen": version()}
    assert first.post(f"{page}/solve", data=solved).status_code == 302
    seen = re.findall(r'name="seen" value="(\d+)"', first.get(f"{page}?step=reopen").text)[0]
    assert first.post(f"{page}/reopen", data={"reason": "问题又出现了", "seen": seen}).status_code == 302
    for step, before in (("cancel", "问题又出现了"), ("solve", "已指导先备份再反结账")):
        form = first.get(f"{page}?step={step}").text.partition(f'action="{page}/{step}"')[2]
        assert before not in form.partition("</form>")[0]
