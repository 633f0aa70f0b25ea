"""A lost password: never a visit, never told; certificate and back-up to the duty manager, who decides (QI/03 3.1.14)."""

from __future__ import annotations

import io
from typing import Any

import pytest

from core import ledger
from core.db import db
from core.deadlines import MET, OPEN
from core.errors import RefusalKind
from core.lists.cases import listing_of
from core.roles import FIELD_ENGINEER, SUPPORT_MANAGER
from core.talk import files
from core.talk.topics import topic_of
from core.testing import SignIn, said
from plugins.fieldservice.testing import SYMPTOM, VISIT
from plugins.hotline.models import Call, Recovery
from plugins.hotline.recovery.words import asks_for_password

pytestmark = pytest.mark.clause("QI/03 3.1.14")
NAME, DECIDE = "hotline.recovery", "hotline.recovery_decision"
LOST = {"operation": "登录系统管理", "happens": "会计离职，忘记了系统管理员密码，进不去账套"}
ASKED = {
    "password_of": "系统管理员 admin，001 账套",
    "contact": "高敏",
    "phone": "021-61541030",
    "told": True,
}
SECRET = "用恢复工具甲重置，口令已交高敏本人"
PNG = b"\x89PNG\r\n\x1a\n picture"


@pytest.fixture
def call(beijing: Any) -> Any:
    return beijing.act(beijing.log(**LOST), "recover", beijing.hotline, **ASKED)


@pytest.fixture
def recovery(call: Any) -> Any:
    return db.session.query(Recovery).one()


def attach(beijing: Any, recovery: Any, *names: str) -> list[int]:
    topic = topic_of(beijing.look(recovery, beijing.duty).rules, NAME, recovery.id)
    sent = [files.Sent(name, io.BytesIO(PNG + name.encode())) for name in names]
    kept, refused = files.attach(topic, sent, beijing.duty)
    assert not refused
    beijing.house.see()
    return [one.id for one in kept]


def complete(beijing: Any, recovery: Any) -> Any:
    certificate, backup = attach(beijing, recovery, "单位证明.png", "数据备份.png")
    papers = {"certificate_id": certificate, "backup_id": backup, "brought_by": "高敏"}
    return beijing.act(recovery, "name_papers", beijing.duty, **papers)


def test_the_call_ends_and_the_duty_manager_has_it(beijing: Any, call: Any, recovery: Any) -> None:
    assert (call.state, recovery.state, recovery.number[:6]) == ("recovery", "papers", "BJ-PW-")
    assert (recovery.customer_id, recovery.owner_id) == (call.customer_id, None)


def test_it_can_never_become_a_visit(beijing: Any, call: Any) -> None:
    procedure = beijing.look(call, beijing.duty).procedure
    assert procedure.steps_from("recovery") == [], "nothing leads on, and nothing back"
    assert beijing.refused(call, "request_visit", beijing.duty, **VISIT).kind is RefusalKind.STATE
    assert beijing.refused(call, "reopen", beijing.duty, reason="客户要求上门").kind is RefusalKind.STATE


@pytest.mark.parametrize(
    ("step", "values"),
    [("request_visit", VISIT), ("solve", {"answer": "请客户联系原会计，由原会计登录后交接"})],
)
def test_who_lost_a_password_gets_neither_visit_nor_answer(beijing: Any, step: str, values: Any) -> None:
    refused = beijing.refused(beijing.log(**LOST), step, beijing.hotline, **values)
    assert refused.kind is RefusalKind.OBJECTION
    assert "QI/03 3.1.14" in [one.clause for one in refused.objections]
    assert beijing.act(beijing.log(), step, beijing.hotline, **values)


def test_no_answer_tells_how_to_get_past_a_password(beijing: Any) -> None:
    told = {"answer": "已告知客户删除用户表里的记录即可清除密码"}
    assert set(beijing.refused(beijing.log(), "solve", beijing.hotline, **told).errors) == {"answer"}


@pytest.mark.parametrize(
    "text",
    [
        "忘记密码",
        "系统管理员密码忘了",
        "请帮忙找回口令",
        "要求破解账套密码",
        "I forgot the admin password",
        "how to reset a password",
        "密码想不起来了",
    ],
)
def test_these_ask_for_a_lost_password(text: str) -> None:
    assert asks_for_password(text)


@pytest.mark.parametrize(
    "text",
    [
        "输入密码后报错 6105 退出",
        "修改密码时提示长度不够",
        "忘记结账。密码正确",
        "the password field is grey",
        "反结账后报错",
        "恢复备份时提示磁盘已满",
    ],
)
def test_these_do_not(text: str) -> None:
    assert not asks_for_password(text)


def test_the_customer_is_told_the_one_way_first(beijing: Any) -> None:
    refused = beijing.refused(beijing.log(**LOST), "recover", beijing.hotline, **ASKED | {"told": ""})
    assert set(refused.errors) == {"told"}


def test_nothing_is_decided_without_certificate_and_backup(beijing: Any, recovery: Any) -> None:
    assert beijing.refused(recovery, "decide", beijing.duty, remedy=SECRET).kind is RefusalKind.STATE
    assert beijing.refused(recovery, "name_papers", beijing.duty).kind is RefusalKind.OBJECTION
    (one,) = attach(beijing, recovery, "单位证明.png")
    assert beijing.refused(recovery, "name_papers", beijing.duty).kind is RefusalKind.OBJECTION
    attach(beijing, recovery, "数据备份.png")
    both = {"certificate_id": one, "backup_id": one, "brought_by": "高敏"}
    assert set(beijing.refused(recovery, "name_papers", beijing.duty, **both).errors) == {"backup_id"}


def test_a_file_that_was_removed_since_is_missing_again(beijing: Any, recovery: Any) -> None:
    recovery = complete(beijing, recovery)
    topic = topic_of(beijing.look(recovery, beijing.duty).rules, NAME, recovery.id)
    files.remove(topic, recovery.backup_id, "传错了", beijing.duty)
    assert beijing.refused(recovery, "decide", beijing.duty, remedy=SECRET).kind is RefusalKind.OBJECTION
    (backup,) = attach(beijing, recovery, "数据备份二.png")
    papers = {"certificate_id": recovery.certificate_id, "backup_id": backup, "brought_by": "高敏"}
    beijing.act(recovery, "name_anew", beijing.duty, **papers)
    assert beijing.act(recovery, "decide", beijing.duty, remedy=SECRET).state == "recovered"


def test_the_duty_manager_decides_in_time(beijing: Any, recovery: Any) -> None:
    recovery = complete(beijing, recovery)
    promise = beijing.promises(recovery)[DECIDE]
    assert (promise.role, promise.state) == ("duty_manager", OPEN)
    recovery = beijing.act(recovery, "decide", beijing.duty, remedy=SECRET)
    assert (recovery.state, recovery.remedy) == ("recovered", SECRET)
    assert beijing.promises(recovery)[DECIDE].state == MET


@pytest.mark.parametrize("step", ["name_papers", "decide", "refuse"])
def test_nobody_else_decides(beijing: Any, recovery: Any, step: str) -> None:
    recovery = complete(beijing, recovery) if step == "decide" else recovery
    for stranger in (beijing.hotline, beijing.manager, beijing.hire(SUPPORT_MANAGER)):
        assert beijing.refused(recovery, step, stranger).kind is RefusalKind.ROLE


def test_it_may_be_refused_at_once(beijing: Any, recovery: Any) -> None:
    recovery = beijing.act(recovery, "refuse", beijing.duty, reason="证明上的单位与档案不符")
    assert recovery.state == "refused"


def test_two_roles_read_it_and_nobody_else_finds_it(beijing: Any, recovery: Any, sign_in: SignIn) -> None:
    recovery = beijing.act(complete(beijing, recovery), "decide", beijing.duty, remedy=SECRET)
    page, number = f"/BJ/hotline/recovery/{recovery.number}", recovery.number
    for reader in (beijing.duty, beijing.hire(SUPPORT_MANAGER)):
        assert SECRET in said(sign_in(reader).get(page).text)
    for stranger in (beijing.hotline, beijing.manager, beijing.hire(FIELD_ENGINEER)):
        browser = sign_in(stranger)
        places = ("/BJ/hotline/recovery/", page, f"/BJ/talk/{NAME}/{recovery.id}/files/{recovery.backup_id}")
        assert {browser.get(one).status_code for one in places} <= {403, 404}
        assert browser.post("/BJ/lists/hotline/recovery/export", data={"format": "csv"}).status_code == 403
        found = said(browser.get(f"/search?q={number}").text) + said(browser.get("/search?q=恢复工具甲").text)
        assert f"{number} ·" not in found
        assert "Recovered" not in found


def test_what_was_done_stands_in_no_ledger_no_search_and_no_list(beijing: Any, recovery: Any) -> None:
    recovery = beijing.act(complete(beijing, recovery), "decide", beijing.duty, remedy=SECRET)
    for about, case in ((NAME, recovery), ("hotline.call", db.session.get_one(Call, recovery.call_id))):
        rows = ledger.of_case(about, case.id, number=case.number)
        assert not [row for row in rows if SECRET in str(row.details) or "admin" in str(row.details)]
    act = beijing.look(recovery, beijing.duty)
    shown = [one.value(recovery) for one in listing_of(act.procedure, act.rules, act.actor).columns.values()]
    assert SECRET not in str(shown)
    assert act.procedure.searched == ()


def test_who_took_the_call_sees_where_it_went_and_no_more(beijing: Any, call: Any, sign_in: SignIn) -> None:
    page = said(sign_in(beijing.hotline).get(f"/BJ/hotline/call/{call.number}").text)
    assert "With the duty manager: company certificate and data back-up go there." in page
    assert "BJ-PW-" not in page
    assert "BJ-PW-" in said(sign_in(beijing.duty).get(f"/BJ/hotline/call/{call.number}").text)


def test_the_desk_advises_the_one_way(beijing: Any, sign_in: SignIn) -> None:
    customer = beijing.house.customer(beijing.office)
    browser = sign_in(beijing.hotline)
    typed = (
        SYMPTOM
        | LOST
        | {"customer_id": str(customer.id), "outcome": "solve", "solve-answer": "请客户联系原会计，由他交接"}
    )
    refused = browser.post("/BJ/hotline/desk", data=typed)
    assert refused.status_code == 409
    assert "Customer has lost a password" in said(refused.text)
    way = {"outcome": "recover"} | {f"recover-{name}": value for name, value in ASKED.items()}
    told = browser.post("/BJ/hotline/desk", data=typed | way, follow_redirects=True)
    assert told.status_code == 200
    assert "Password recovery" in said(told.text)
    assert "BJ-PW-" not in told.text
