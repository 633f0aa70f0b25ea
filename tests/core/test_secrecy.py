"""Customers' data are for those who work with them, in their own office (QI/04 3.2.8); passwords for fewer (3.2.9)."""

from __future__ import annotations

import io

import pytest

from core.errors import RefusalKind
from core.people import Actor
from core.roles import (
    ADMINISTRATOR,
    ARCHIVIST,
    FIELD_ENGINEER,
    HEAD_OFFICE_SUPPORT,
    HOTLINE_ENGINEER,
    SUPPORT_MANAGER,
)
from core.talk import files
from core.talk.topics import topic_of
from core.testing import House, SignIn, said
from plugins.fieldservice.testing import Centre
from plugins.hotline.models import Recovery

LOST = {"operation": "登录系统管理", "happens": "会计离职，忘记了系统管理员密码，进不去账套"}
ASKED = {"password_of": "系统管理员 admin", "contact": "高敏", "phone": "021-61541030", "told": True}
REMEDY = "用恢复工具甲重置，口令已交高敏本人"
EXPORT = "/BJ/lists/hotline/call/export"
AS_CSV = {"format": "csv"}
PNG = b"\x89PNG\r\n\x1a\n picture"


@pytest.fixture
def beijing(house: House) -> Centre:
    return Centre(house, "BJ")


@pytest.fixture
def tianjin(house: House) -> Centre:
    return Centre(house, "TJ")


@pytest.mark.clause("QI/04 3.2.8")
def test_who_works_with_customers_sees_those_of_his_office_and_nobody_else_does(
    beijing: Centre, tianjin: Centre, sign_in: SignIn
) -> None:
    customer = beijing.house.customer(beijing.office)
    page, elsewhere = (f"/{office}/customers/{customer.file_number}" for office in ("BJ", "TJ"))
    for reader in (beijing.hotline, beijing.engineer):
        assert customer.name in said(sign_in(reader).get(page).text)
    for stranger in (beijing.hire(ADMINISTRATOR), beijing.hire(HEAD_OFFICE_SUPPORT)):
        answer = sign_in(stranger).get(page)
        assert answer.status_code == 403
        assert customer.name not in answer.text
    for foreigner in (tianjin.hotline, tianjin.duty):
        browser = sign_in(foreigner)
        assert {browser.get(one).status_code for one in (page, elsewhere)} == {404}
        assert customer.name not in browser.get("/search?q=恒远").text


@pytest.mark.clause("QI/04 3.2.8")
def test_lists_leave_the_house_by_few_hands(beijing: Centre, tianjin: Centre, sign_in: SignIn) -> None:
    beijing.log()
    assert sign_in(beijing.duty).post(EXPORT, data=AS_CSV).status_code == 200
    for stranger in (beijing.hotline, beijing.engineer):
        assert sign_in(stranger).post(EXPORT, data=AS_CSV).status_code == 403
    assert sign_in(tianjin.duty).post(EXPORT, data=AS_CSV).status_code == 404


@pytest.mark.clause("QI/04 3.2.8")
def test_what_was_taken_from_a_customer_is_seen_by_who_handles_it(beijing: Centre, sign_in: SignIn) -> None:
    one = beijing.take_along(beijing.on_site())
    page = f"/BJ/fieldservice/custody/{one.number}"
    assert sign_in(beijing.duty).get(page).status_code == 200
    assert sign_in(beijing.hire(ARCHIVIST)).get(page).status_code == 403


def recovering(centre: Centre) -> Recovery:
    centre.act(centre.log(**LOST), "recover", centre.hotline, **ASKED)
    found: Recovery = Recovery.query.filter_by(office_id=centre.office.id).one()
    return found


def bring(centre: Centre, one: Recovery, by: Actor, *names: str) -> list[int]:
    topic = topic_of(centre.look(one, by).rules, "hotline.recovery", one.id)
    kept, refused = files.attach(
        topic, [files.Sent(name, io.BytesIO(PNG + name.encode())) for name in names], by
    )
    assert not refused
    centre.house.see()
    return [file.id for file in kept]


@pytest.mark.clause("QI/04 3.2.9")
def test_a_way_past_a_password_is_given_against_the_units_certificate_only(
    beijing: Centre, tianjin: Centre
) -> None:
    one = recovering(beijing)
    assert beijing.refused(one, "decide", beijing.duty, remedy=REMEDY).kind is RefusalKind.STATE
    certificate, backup = bring(beijing, one, beijing.duty, "单位证明.png", "数据备份.png")
    papers = {"certificate_id": certificate, "backup_id": backup, "brought_by": "高敏"}
    one = beijing.act(one, "name_papers", beijing.duty, **papers)
    topic = topic_of(beijing.look(one, beijing.duty).rules, "hotline.recovery", one.id)
    files.remove(topic, certificate, "传错了", beijing.duty)
    refused = beijing.refused(one, "decide", beijing.duty, remedy=REMEDY)
    assert [objection.clause for objection in refused.objections] == ["QI/04 3.2.9"]
    (again,) = bring(beijing, one, beijing.duty, "单位证明二.png")
    one = beijing.act(one, "name_anew", beijing.duty, **papers | {"certificate_id": again})
    assert beijing.refused(one, "decide", tianjin.duty, remedy=REMEDY).kind is RefusalKind.ROLE
    assert beijing.act(one, "decide", beijing.duty, remedy=REMEDY).state == "recovered"


@pytest.mark.clause("QI/04 3.2.9")
def test_who_does_not_answer_for_recoveries_reads_of_none(
    beijing: Centre, tianjin: Centre, sign_in: SignIn
) -> None:
    page = f"/BJ/hotline/recovery/{recovering(beijing).number}"
    for reader in (beijing.duty, beijing.hire(SUPPORT_MANAGER)):
        assert sign_in(reader).get(page).status_code == 200
    for stranger in (beijing.hire(HOTLINE_ENGINEER), beijing.hire(FIELD_ENGINEER), beijing.manager):
        assert sign_in(stranger).get(page).status_code == 403
    assert sign_in(tianjin.duty).get(page).status_code == 404
