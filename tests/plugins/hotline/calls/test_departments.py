"""Other departments' work: the duty manager passes it on and phones the result (QI/03 3.3.3)."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from core import clock
from core.deadlines import DROPPED, MET, MISSED, OPEN
from core.errors import RefusalKind
from core.settings import set_parameter
from core.testing import SETTER_UP, SignIn, said
from plugins.hotline.calls.transfer import Department, read

pytestmark = pytest.mark.clause("QI/03 3.3.3")
# Monday, nine o'clock in Beijing.
NINE = dt.datetime(2026, 11, 23, 1, tzinfo=dt.UTC)
PASS_ON, RESULT = "hotline.pass_on", "hotline.transfer_result"
WANTED = {
    "department": "定制开发部",
    "matter": "希望把销售出库单导出成税务局要求的格式",
    "reached_by": "contact",
    "contact": "高敏",
    "phone": "021-61541030",
}
PASSED = {"department": "客管中心", "passed_to": "赵工"}
TOLD = {"answer": "定制开发部已报价，客户下周一与赵工面谈"}


@pytest.fixture
def call(beijing: Any) -> Any:
    with clock.stopped_at(NINE):
        return beijing.act(beijing.log(), "transfer", beijing.hotline, **WANTED)


def test_the_duty_manager_owes_both_the_passing_on_and_the_result(beijing: Any, call: Any) -> None:
    promises = beijing.promises(call)
    assert (call.state, call.department, call.matter) == ("to_pass_on", "定制开发部", WANTED["matter"])
    assert {promises[one].role for one in (PASS_ON, RESULT)} == {"duty_manager"}
    # Closing time of the same day, and of the second working day after it.
    assert promises[PASS_ON].due_at == dt.datetime(2026, 11, 23, 9, tzinfo=dt.UTC)
    assert promises[RESULT].due_at == dt.datetime(2026, 11, 25, 9, tzinfo=dt.UTC)


def test_what_the_customer_was_promised_counts_instead(beijing: Any) -> None:
    with clock.stopped_at(NINE):
        promised = WANTED | {"result_by": "2026-11-27T11:00"}
        call = beijing.act(beijing.log(), "transfer", beijing.hotline, **promised)
        past = WANTED | {"result_by": "2026-11-23T08:00"}
        refused = beijing.refused(beijing.log(), "transfer", beijing.hotline, **past)
    assert beijing.promises(call)[RESULT].due_at == dt.datetime(2026, 11, 27, 3, tzinfo=dt.UTC)
    assert set(refused.errors) == {"result_by"}


@pytest.mark.parametrize(("days", "state"), [(1, MET), (3, MISSED)])
def test_the_result_is_phoned_to_the_customer(beijing: Any, call: Any, days: int, state: str) -> None:
    with clock.stopped_at(NINE + dt.timedelta(hours=1)):
        call = beijing.act(call, "pass_on", beijing.duty, **PASSED)
    assert (call.state, call.department, call.passed_to) == ("passed_on", "客管中心", "赵工")
    with clock.stopped_at(NINE + dt.timedelta(days=days)):
        call = beijing.act(call, "tell_result", beijing.duty, **TOLD)
    assert (call.state, call.answer) == ("transferred", TOLD["answer"])
    assert (beijing.promises(call)[PASS_ON].state, beijing.promises(call)[RESULT].state) == (MET, state)


def test_no_result_is_told_before_anybody_was_asked(beijing: Any, call: Any) -> None:
    assert beijing.refused(call, "tell_result", beijing.duty, **TOLD).kind is RefusalKind.STATE


def test_a_department_that_declines_is_followed_by_another(beijing: Any, call: Any) -> None:
    call = beijing.act(call, "pass_on", beijing.duty, **PASSED | {"department": "定制开发部"})
    call = beijing.act(call, "pass_on", beijing.duty, **PASSED)
    assert (call.department, beijing.promises(call)[RESULT].state) == ("客管中心", OPEN)


def test_what_is_ours_after_all_comes_back_and_nothing_is_owed_there(beijing: Any, call: Any) -> None:
    call = beijing.act(call, "take_back", beijing.duty, reason="是操作问题，热线可以解答")
    assert (call.state, beijing.promises(call)[RESULT].state) == ("open", DROPPED)
    assert beijing.act(call, "solve", beijing.hotline, answer="在导出格式里选择税务接口").state == "solved"


def test_only_the_duty_manager_deals_with_departments(beijing: Any, call: Any) -> None:
    for step, values in (("pass_on", PASSED), ("take_back", {"reason": "别的部门不接"})):
        assert beijing.refused(call, step, beijing.hotline, **values).kind is RefusalKind.ROLE


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("实施部 / Implementation", [Department("实施部", "Implementation")]),
        ("实施部", [Department("实施部")]),
        (
            "甲 / A 8021; 乙/B 021-5555 1234；",
            [Department("甲", "A", "8021"), Department("乙", "B 021-5555", "1234")],
        ),
        ("甲 / A 021-55551234x12", [Department("甲", "A", "021-55551234x12")]),
        (" ; ", []),
    ],
)
def test_departments_are_read_from_one_line(text: str, found: list[Department]) -> None:
    assert read(text) == found


def test_an_office_has_departments_of_its_own_in_both_languages(beijing: Any, sign_in: SignIn) -> None:
    set_parameter(beijing.office, "hotline.departments", "税控部 / Tax 8055", SETTER_UP)
    call = beijing.log()
    page = f"/BJ/hotline/call/{call.number}?step=transfer"
    assert "Tax 8055" in said(sign_in(beijing.hotline).get(page).text)
    assert "税控部 8055" in said(sign_in(beijing.hotline, "zh_Hans_CN").get(page).text)
    assert "department" in beijing.refused(call, "transfer", beijing.hotline, **WANTED).errors
    assert (
        beijing.act(call, "transfer", beijing.hotline, **WANTED | {"department": "税控部"}).department
        == "税控部"
    )


def test_a_department_that_was_struck_out_stays_where_it_was_chosen(beijing: Any, call: Any) -> None:
    set_parameter(beijing.office, "hotline.departments", "税控部 / Tax", SETTER_UP)
    assert (
        beijing.act(call, "pass_on", beijing.duty, passed_to="赵工", department="定制开发部").state
        == "passed_on"
    )


def test_a_promise_of_the_hotlines_own_is_kept_with_the_result(beijing: Any, call: Any) -> None:
    beijing.act(call, "promise", beijing.hotline, promised_at="2099-11-24T10:00")
    beijing.act(call, "pass_on", beijing.duty, **PASSED)
    call = beijing.act(call, "tell_result", beijing.duty, **TOLD)
    assert beijing.promises(call)["hotline.promise"].state == MET
