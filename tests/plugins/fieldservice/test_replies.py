"""What follows for field service from a reply that the hotline gives by head office's catalogue (QI/02)."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

import pytest

from core import clock, settings
from core.people import Actor
from core.roles import FIELD_ENGINEER, SERVICE_MANAGER
from core.talk.notices import of_person
from core.testing import SignIn, said
from plugins.fieldservice.custody.models import Custody
from plugins.fieldservice.testing import VISIT
from plugins.hotline.replies.services import uses_of
from tests.plugins.hotline.replies.writing import approved
from tests.plugins.replying import Chosen, promised

ADMINISTRATOR = Actor("admin")
# A Monday, nine o'clock in the office, which closes at five.
NINE = dt.datetime(2026, 11, 23, 1, tzinfo=dt.UTC)
CLOSING = dt.datetime(2026, 11, 23, 9, tzinfo=dt.UTC)
KEPT = {"answer": "已电话告知：王力和服务经理下午两点到"}


@pytest.fixture
def at_nine() -> Any:
    with clock.stopped_at(NINE):
        yield


# --- the engineer was not good enough: his problem has been conferred about


@pytest.mark.clause("QI/02 quality.skill")
def test_where_the_conference_found_a_remedy_the_same_engineer_comes_again_today(
    beijing: Any, at_nine: None, chosen: Chosen
) -> None:
    first = beijing.confer(beijing.turned_in("unsolved"), "带 8.13 补丁，重建总账索引")
    assert f"{first.number} Remedy found: send again" in chosen(beijing, "quality.skill", first.customer)
    call = beijing.act(beijing.log(first.customer), "reply", beijing.hotline, entry="quality.skill")
    promise = promised(beijing, call)["hotline.reply_today_duty_manager"]
    assert (promise.due_at, promise.role) == (CLOSING, "duty_manager")
    beijing.act(first, "send_again", beijing.duty, advice="带 8.13 补丁")
    again = first.__class__.query.filter_by(previous_id=first.id).one()
    form = beijing.look(again, beijing.duty).procedure.steps["dispatch"].form
    assert form(beijing.look(again, beijing.duty)).engineer_id.data == str(beijing.engineer.person_id)
    other = beijing.hire(FIELD_ENGINEER, name="郑国栋")
    refused = beijing.refused(again, "dispatch", beijing.duty, engineer_id=other.person_id)
    assert set(refused.errors) == {"why_other"}


@pytest.mark.clause("QI/02 quality.skill")
def test_where_none_was_found_nobody_is_promised_but_when_it_was_escalated_and_who_has_it_is_told(
    beijing: Any, at_nine: None, chosen: Chosen, sign_in: SignIn
) -> None:
    escalation = beijing.escalated()
    request = escalation.request
    page = chosen(beijing, "quality.skill", request.customer)
    assert escalation.number in page
    assert "promised only if: the conference found a remedy" in page
    told = {"entry": "quality.skill", "not_promised": True}
    call = beijing.act(beijing.log(request.customer), "reply", beijing.hotline, **told)
    assert promised(beijing, call) == {}
    assert "工程师今天到" not in uses_of(call)[0].text
    case = said(sign_in(beijing.hotline).get(f"/BJ/fieldservice/escalation/{escalation.number}").text)
    assert "Recipient at head office 技术支持部" in case
    assert "Sent 2026-11-23 09:00" in case


@pytest.mark.clause("QI/02 quality.skill")
def test_an_office_that_replies_otherwise_promises_nobody_for_today(
    beijing: Any, at_nine: None, house: Any
) -> None:
    from tests.plugins.conftest import Centre

    approved(
        beijing,
        key="quality.skill",
        group="skill",
        situation_zh="工程师没解决",
        answer_zh="请资深工程师先在电话里判断。",
        follow_up="look_up",
    )
    tianjin = Centre(house, "TJ")
    calls = {}
    for centre in (beijing, tianjin):
        calls[centre.office.code] = centre.act(centre.log(), "reply", centre.hotline, entry="quality.skill")
    assert promised(beijing, calls["BJ"]) == {}
    assert list(promised(tianjin, calls["TJ"])) == ["hotline.reply_today_duty_manager"]


# --- payroll mixed up, with a loss


@pytest.mark.clause("QI/02 product.payroll-mixed")
def test_payroll_mixed_up_sends_somebody_at_once_and_the_service_manager_visits_too(
    beijing: Any, at_nine: None
) -> None:
    boss = beijing.hire(SERVICE_MANAGER, name="郑国栋")
    call = beijing.act(beijing.log(), "reply", beijing.hotline, entry="product.payroll-mixed")
    promise = promised(beijing, call)["hotline.reply_minutes_duty_manager"]
    assert (promise.due_at, promise.role) == (NINE + dt.timedelta(minutes=30), "duty_manager")
    (notice,) = of_person(boss.person_id, 0, 5)
    assert (notice.number, notice.sentence["msgid"]) == (
        call.number,
        "%(customer)s: payroll was mixed up, with a loss. You visit too.",
    )
    beijing.act(call, "reply_kept", beijing.duty, **KEPT)
    beijing.act(call, "request_visit", beijing.hotline, **VISIT, emergency="payroll")
    request = beijing.request_of(call)
    going = {"engineer_id": beijing.engineer.person_id, "companion_id": boss.person_id}
    assert beijing.act(request, "dispatch", beijing.duty, **going).companion_id == boss.person_id


@pytest.mark.clause("QI/02 product.payroll-mixed")
def test_no_other_reply_calls_the_service_manager_and_not_those_of_other_offices(
    beijing: Any, shanghai: Any
) -> None:
    here, there = (one.hire(SERVICE_MANAGER, name="郑国栋") for one in (beijing, shanghai))
    beijing.act(beijing.log(), "reply", beijing.hotline, entry="delay.three-days")
    assert of_person(here.person_id, 0, 5) == []
    beijing.act(beijing.log(), "reply", beijing.hotline, entry="product.payroll-mixed")
    assert len(of_person(here.person_id, 0, 5)) == 1
    assert of_person(there.person_id, 0, 5) == []
    stranger = {"engineer_id": beijing.engineer.person_id, "companion_id": there.person_id}
    refused = beijing.refused(beijing.registered(), "dispatch", beijing.duty, **stranger)
    assert set(refused.errors) == {"companion_id"}


@pytest.mark.clause("QI/02 product.payroll-mixed")
@pytest.mark.clause("QI/02 delay.promised-today")
@pytest.mark.parametrize("key", ["product.payroll-mixed", "delay.promised-today"])
def test_an_office_may_promise_to_be_quicker_and_says_so_to_the_customer(
    beijing: Any, shanghai: Any, at_nine: None, chosen: Chosen, key: str
) -> None:
    settings.set_parameter(shanghai.office, "hotline.reply_minutes", 15, ADMINISTRATOR)
    for centre, minutes in ((shanghai, 15), (beijing, 30)):
        assert f"within {minutes} minutes" in chosen(centre, key).lower()
        call = centre.act(centre.log(), "reply", centre.hotline, entry=key)
        (promise,) = promised(centre, call).values()
        assert promise.due_at == NINE + dt.timedelta(minutes=minutes)
        assert f"{minutes} 分钟之内" in uses_of(call)[0].text


# --- "your engineer broke my machine": the office's first copy says what was done


@pytest.mark.clause("QI/02 internal.broke-machine")
def test_the_office_compares_its_first_copy_which_is_what_the_customer_signed(
    beijing: Any, chosen: Chosen, sign_in: SignIn
) -> None:
    request = beijing.turned_in()
    browser = sign_in(beijing.hotline)
    paper = f"/BJ/fieldservice/request/{request.number}/paper/QR-03"
    first = browser.post(paper, follow_redirects=True).data
    assert request.number in chosen(beijing, "internal.broke-machine", request.customer)
    call = beijing.act(
        beijing.log(request.customer), "reply", beijing.hotline, entry="internal.broke-machine"
    )
    assert promised(beijing, call) == {}
    (card,) = [one for one in beijing.cards(call, beijing.hotline, "hotline") if "uses" in one.values]
    assert [one.case.number for one in card.values["looked_up"]] == [request.number]
    beijing.act(request, "back_to_engineer", beijing.duty, reason="客户称机器被弄坏")
    page = browser.get(f"/BJ/fieldservice/request/{request.number}").text
    (kept,) = set(re.findall(rf'href="({paper}/\d+\.pdf)"', page))
    assert browser.get(kept).data == first, "whatever happened since, it is the paper that was signed"


@pytest.mark.clause("QI/02 internal.broke-machine")
def test_of_another_customer_nothing_is_compared(beijing: Any, chosen: Chosen) -> None:
    request = beijing.turned_in()
    stranger = beijing.house.customer(beijing.office, name="北京晴川眼镜有限公司")
    page = chosen(beijing, "internal.broke-machine", stranger)
    assert request.number not in page
    assert "Nothing is open with this customer." in page


# --- the dongle is not detected


@pytest.mark.clause("QI/02 dongle.not-detected")
def test_a_dongle_that_is_brought_back_for_a_test_is_in_custody_until_the_customer_has_it_again(
    beijing: Any,
) -> None:
    call = beijing.act(beijing.log(), "reply", beijing.hotline, entry="dongle.not-detected")
    assert promised(beijing, call) == {}
    beijing.act(call, "request_visit", beijing.hotline, **VISIT)
    request = beijing.request_of(call)
    beijing.act(request, "dispatch", beijing.duty, engineer_id=beijing.engineer.person_id)
    dongle = {"kind": "dongle", "media": "加密盒 1", "account_sets": "", "description": "换插口仍检测不到"}
    one = beijing.take_along(beijing.explained(request), **dongle)
    assert (one.state, one.holder.name) == ("taken", "王力")
    signed = {"result": "all_solved", "signed_by": "高敏", "on_paper": "档案柜 3"}
    beijing.act(request, "sign", beijing.engineer, **signed)
    beijing.act(request, "turn_in", beijing.engineer)
    refused = beijing.refused(request, "close", beijing.duty)
    assert one.number in str(refused.objections[0].text)
    back = {"returned_to": "高敏", "back_on_paper": "档案柜 3"}
    assert beijing.act(one, "give_back", beijing.engineer, **back).state == "returned"
    assert beijing.act(request, "close", beijing.duty).state == "closed"


@pytest.mark.clause("QI/02 dongle.not-detected")
def test_of_a_dongle_no_account_sets_are_asked_and_of_data_they_are(beijing: Any) -> None:
    request = beijing.on_site()
    taken = {"media": "加密盒 1", "description": "检测不到", "undertaking": True, "provided_by": "高敏"}
    taken |= {"on_paper": "档案柜 3"}
    refused = beijing.refused(request, "take_along", beijing.engineer, kind="data", **taken)
    assert set(refused.errors) == {"account_sets"}
    beijing.act(request, "take_along", beijing.engineer, kind="dongle", **taken)
    assert Custody.query.filter_by(request_id=request.id).one().kind == "dongle"


# --- platform or network


@pytest.mark.clause("QI/02 platform.blame")
def test_software_becomes_a_visit_and_the_platform_gets_advice(beijing: Any, chosen: Chosen) -> None:
    assert "A senior engineer judges it with you on the phone" in chosen(beijing, "platform.blame")
    software, network = beijing.log(), beijing.log()
    for call in (software, network):
        beijing.act(call, "reply", beijing.hotline, entry="platform.blame", said="郑国栋已在电话里判断")
        assert promised(beijing, call) == {}, "as soon as possible: no hour is promised"
    beijing.act(software, "request_visit", beijing.hotline, **VISIT)
    request = beijing.request_of(software)
    assert (request.state, request.emergency) == ("registered", "")
    advice = {"answer": "交换机端口故障，已建议客户请网络公司更换网线并重启交换机"}
    assert beijing.act(network, "solve", beijing.hotline, **advice).state == "solved"
    assert request.__class__.query.filter_by(call_id=network.id).count() == 0


# --- what is not to be traced is not done


@pytest.mark.clause("QI/02 improper.database")
def test_a_request_to_edit_the_database_is_declined_with_the_reason_and_opens_nothing(
    beijing: Any, chosen: Chosen
) -> None:
    assert "every operation must be traceable" in chosen(beijing, "improper.database")
    call = beijing.log(happens="要求直接在数据库里删除已审核的凭证")
    beijing.act(call, "reply", beijing.hotline, entry="improper.database", said="改用红字冲销")
    assert promised(beijing, call) == {}
    (use,) = uses_of(call)
    assert (use.follow_up, "每一步操作都要能查得到" in use.text) == ("none", True)
    done = {"answer": "已婉拒直接改库，指导客户用红字冲销凭证后重新录入"}
    assert beijing.act(call, "solve", beijing.hotline, **done).state == "solved"
    assert [one.key for one in beijing.every_promise(call)] == []


@pytest.mark.clause("QI/02 improper.database")
@pytest.mark.clause("QI/02 platform.blame")
@pytest.mark.clause("QI/02 dongle.not-detected")
@pytest.mark.clause("QI/02 internal.broke-machine")
@pytest.mark.parametrize(
    "key", ["improper.database", "platform.blame", "dongle.not-detected", "internal.broke-machine"]
)
def test_an_office_answers_in_its_own_words_and_no_other_office_does(
    beijing: Any, shanghai: Any, chosen: Chosen, key: str
) -> None:
    approved(
        shanghai,
        key=key,
        group="other",
        situation_zh="本地说法",
        answer_zh="请先打分公司技术值班电话。",
        promise="today",
        promised_by="duty_manager",
        promise_zh="今天答复您。",
    )
    assert "请先打分公司技术值班电话" in chosen(shanghai, key, locale="zh_Hans_CN")
    assert "请先打分公司技术值班电话" not in chosen(beijing, key, locale="zh_Hans_CN")
    for centre, running in ((shanghai, 1), (beijing, 0)):
        call = centre.act(centre.log(), "reply", centre.hotline, entry=key)
        assert len(promised(centre, call)) == running
