"""Notes around a case or a customer: who may read it may write, and what is said changes nothing of the case."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select

from core.db import db
from core.offices import Office
from core.people import Actor
from core.roles import DUTY_MANAGER, HOTLINE_ENGINEER
from core.talk.models import Note, Notice
from core.testing import House, SignIn, said
from plugins.hotline.models import Call

CALL = "/SH/hotline/call/SH-H-2026-00001"


@pytest.fixture
def shanghai(house: House) -> Office:
    return house.office("SH")


@pytest.fixture
def luo(house: House, shanghai: Office) -> Actor:
    return house.actor(house.person(shanghai, HOTLINE_ENGINEER, name="罗文", login="luowen"))


@pytest.fixture
def wang(house: House, shanghai: Office) -> Actor:
    return house.actor(house.person(shanghai, DUTY_MANAGER, name="王力", login="wangli"))


@pytest.fixture
def call(work: Any, shanghai: Office, luo: Actor) -> Call:
    work.called(shanghai, luo)
    return db.session.scalars(select(Call)).one()


def talk(call: Call, deed: str = "notes") -> str:
    return f"/SH/talk/hotline.call/{call.id}/{deed}"


def the_note(house: House) -> Note:
    house.see()
    return db.session.scalars(select(Note)).one()


def told(house: House) -> list[Notice]:
    house.see()
    return list(db.session.scalars(select(Notice).order_by(Notice.id)))


def test_a_note_stands_in_the_time_line_and_leaves_the_case_as_it_is(
    house: House, call: Call, luo: Actor, wang: Actor, sign_in: SignIn
) -> None:
    version, state = call.version, call.state
    answer = sign_in(luo).post(talk(call), data={"text": "客户下午才在。\r\n\r\n先打手机"})
    assert (answer.status_code, answer.location) == (302, f"{CALL}#story-title")
    page = sign_in(wang).get(CALL).text
    assert "客户下午才在。\n\n先打手机" in page
    story = page.partition('id="story-title"')[2]
    assert story.index("客户下午才在") < story.index("Log the call"), "what is newer stands first"
    house.see()
    assert (call.version, call.state) == (version, state)


def test_a_mention_tells_the_colleague_and_opens_at_the_note(
    house: House, call: Call, luo: Actor, wang: Actor, sign_in: SignIn
) -> None:
    sign_in(luo).post(talk(call), data={"text": "@王力请回电，另见 @WangLi."})
    (notice,) = told(house)
    assert (notice.person_id, notice.kind, notice.number) == (wang.person_id, "mention", "SH-H-2026-00001")
    boss = sign_in(wang)
    assert 'aria-label="Notices: 1 unread"' in boss.get("/").text
    page = boss.get("/notices").text
    assert "罗文 mentions you SH-H-2026-00001" in said(page)
    assert "请回电" in page
    opened = boss.post(f"/notices/{notice.id}/open")
    assert opened.location == f"{CALL}#note-{the_note(house).id}"
    assert 'aria-label="Notices: 0 unread"' in boss.get("/").text
    assert '<b class="mention">@王力</b>请回电' in boss.get(CALL).text


def test_the_case_pages_ask_the_same_questions_however_much_was_said(
    house: House, call: Call, luo: Actor, wang: Actor, sign_in: SignIn, queries_of: Any
) -> None:
    browser, boss, counted = sign_in(luo), sign_in(wang), []
    for _more in range(3):
        browser.post(talk(call), data={"text": "@王力 请看"})
        counted.append([queries_of(lambda page=page: boss.get(page)) for page in (CALL, "/notices", "/")])
    assert counted[0] == counted[1] == counted[2]
