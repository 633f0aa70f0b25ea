"""Notes around a case or a customer: who may read it may write, and what is said changes nothing of the case."""

from __future__ import annotations

import hashlib
import re
from typing import Any

import pytest
from sqlalchemy import select, text

from core import clock, ledger
from core.db import db, see_offices, writing
from core.offices import Office
from core.people import Actor, Person
from core.roles import ADMINISTRATOR, DUTY_MANAGER, FIELD_ENGINEER, HOTLINE_ENGINEER
from core.talk.mentions import mentions_in
from core.talk.models import Note, Notice
from core.testing import House, SignIn, said
from core.web.prose import prose
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
    assert '<b class="mentioned">@王力</b>请回电' in boss.get(CALL).text


def test_the_case_pages_ask_the_same_questions_however_much_was_said(
    house: House, call: Call, luo: Actor, wang: Actor, sign_in: SignIn, queries_of: Any
) -> None:
    browser, boss, counted = sign_in(luo), sign_in(wang), []
    for _more in range(3):
        browser.post(talk(call), data={"text": "@王力 请看"})
        counted.append([queries_of(lambda page=page: boss.get(page)) for page in (CALL, "/notices", "/")])
    assert counted[0] == counted[1] == counted[2]


@pytest.mark.parametrize(
    ("words", "named", "nobody"),
    [
        ("@王力请看", {"@王力"}, []),
        ("＠王力请看", {"@王力"}, []),
        ("请 @WANGLI, 谢谢", {"@WANGLI"}, []),
        ("@王力和@罗文", {"@王力", "@罗文"}, []),
        ("mail@wangli.example", set(), []),
        ("@wanglin 在吗", set(), ["wanglin"]),
        ("@wangli.", {"@wangli"}, []),
        ("@wangli.x", set(), ["wangli.x"]),
        ("@赵六，在吗", set(), ["赵六"]),
        ("@", set(), []),
    ],
)
def test_an_at_word_is_read_as_people_write_it(
    house: House, shanghai: Office, wang: Actor, luo: Actor, words: str, named: set[str], nobody: list[str]
) -> None:
    people = [db.session.get_one(Person, one.person_id) for one in (wang, luo)]
    found = mentions_in(words, people)
    assert (set(found.named), found.nobody) == (named, nobody)


def test_a_name_of_two_colleagues_is_asked_back_and_every_word_stays(
    house: House, shanghai: Office, call: Call, luo: Actor, wang: Actor, sign_in: SignIn
) -> None:
    house.person(shanghai, FIELD_ENGINEER, name="王力", login="wang2")
    browser = sign_in(luo)
    answer = browser.post(talk(call), data={"text": "@王力 请带 <光盘>"})
    assert answer.status_code == 422
    assert "Several colleagues are called 王力. Write @wang2, @wangli." in said(answer.text)
    assert "@王力 请带 &lt;光盘&gt;</textarea>" in answer.text
    assert browser.post(talk(call), data={"text": "@wang2 请带"}).status_code == 302
    assert len(told(house)) == 1


@pytest.mark.parametrize("words", ["", "  \n\t", "x" * 4001])
def test_nothing_and_too_much_are_refused_beside_the_field(
    house: House, call: Call, luo: Actor, sign_in: SignIn, words: str
) -> None:
    answer = sign_in(luo).post(talk(call), data={"text": words})
    assert answer.status_code == 422
    assert 'id="note-text-0-error"' in answer.text
    house.see()
    assert db.session.scalars(select(Note)).all() == []


def test_who_may_not_read_the_case_is_neither_offered_nor_told(
    house: House, shanghai: Office, call: Call, luo: Actor, sign_in: SignIn
) -> None:
    house.person(shanghai, ADMINISTRATOR, name="管理", login="admin")
    house.person(house.office("BJ"), DUTY_MANAGER, name="周北", login="zhou")
    gone = house.person(shanghai, DUTY_MANAGER, name="已走", login="gone")
    with writing():
        db.session.get_one(Person, gone.id).left_at = clock.now()
    browser = sign_in(luo)
    offered = browser.get(talk(call, "people")).text
    assert "@luowen" in offered
    assert not any(login in offered for login in ("@admin", "@zhou", "@gone"))
    browser.post(talk(call), data={"text": "@管理 @周北 @已走 @gone"})
    page = said(browser.get(CALL).text)
    assert "nobody who may read this is called @管理, @周北, @已走, @gone." in page
    assert told(house) == []


def test_many_names_of_nobody_are_told_in_a_few_words(call: Call, luo: Actor, sign_in: SignIn) -> None:
    browser = sign_in(luo)
    browser.post(talk(call), data={"text": " ".join(f"@nobody{one}" for one in range(200))})
    page = said(browser.get(CALL).text)
    assert "is called @nobody0, @nobody1, @nobody2, @nobody3, @nobody4, …." in page


def test_the_author_alone_corrects_takes_back_and_restores(
    house: House, call: Call, luo: Actor, wang: Actor, sign_in: SignIn
) -> None:
    browser, boss = sign_in(luo), sign_in(wang)
    browser.post(talk(call), data={"text": "错字 @王力"})
    note = the_note(house)
    for deed in ("correct", "take-back", "restore"):
        assert boss.post(talk(call, f"notes/{note.id}/{deed}"), data={"text": "别人写的"}).status_code == 404
    assert f"notes/{note.id}/" not in boss.get(CALL).text
    browser.post(talk(call, f"notes/{note.id}/correct"), data={"text": "改好了 @王力 @罗文"})
    page = said(boss.get(CALL).text)
    assert "改好了" in page
    assert "corrected" in page
    assert "错字" not in page
    assert len(told(house)) == 1, "who was told already is not told again"
    browser.post(talk(call, f"notes/{note.id}/take-back"))
    page = browser.get(CALL).text
    assert "改好了" not in page
    assert "taken back" in page
    assert f'action="{talk(call, f"notes/{note.id}/restore")}"' in page, "the message offers to undo it"
    assert "改好了" not in boss.get("/notices").text
    browser.post(talk(call, f"notes/{note.id}/restore"))
    assert "改好了" in boss.get(CALL).text


def test_the_address_of_a_form_leads_back_to_its_page(call: Call, luo: Actor, sign_in: SignIn) -> None:
    browser = sign_in(luo)
    assert browser.get(talk(call)).location == f"{CALL}#story-title"
    assert browser.get(talk(call, "notes/7/correct")).location == f"{CALL}#note-7"
    assert browser.get(talk(call, "files")).location == f"{CALL}#files"


def test_a_correction_that_is_refused_stays_in_its_own_form(
    house: House, call: Call, luo: Actor, sign_in: SignIn
) -> None:
    browser = sign_in(luo)
    browser.post(talk(call), data={"text": "原文"})
    note = the_note(house)
    answer = browser.post(talk(call, f"notes/{note.id}/correct"), data={"text": " "})
    assert answer.status_code == 422
    assert f'id="note-text-{note.id}-error"' in answer.text
    assert 'id="note-text-0-error"' not in answer.text
    assert the_note(house).text == "原文"


def test_the_ledger_keeps_that_it_was_said_and_not_the_words(
    house: House, call: Call, shanghai: Office, luo: Actor, sign_in: SignIn, ledger_of: Any
) -> None:
    browser = sign_in(luo)
    browser.post(talk(call), data={"text": "私下说"})
    note = the_note(house)
    browser.post(talk(call, f"notes/{note.id}/correct"), data={"text": "私下再说"})
    browser.post(talk(call, f"notes/{note.id}/correct"), data={"text": "私下再说"})
    browser.post(talk(call, f"notes/{note.id}/take-back"))
    browser.post(talk(call, f"notes/{note.id}/restore"))
    rows = [row for row in ledger_of(shanghai) if row.kind == "note"]
    assert [row.action for row in rows] == ["write", "correct", "take_back", "restore"]
    digest = hashlib.sha256("私下再说".encode()).hexdigest()
    assert rows[-1].details == {"note": note.id, "sha256": digest}
    assert list(ledger.verify(shanghai.id)) == []


def test_notes_of_another_case_or_office_are_not_there(
    house: House, call: Call, luo: Actor, sign_in: SignIn
) -> None:
    sign_in(luo).post(talk(call), data={"text": "只在上海"})
    note = the_note(house)
    stranger = sign_in(house.hire(house.office("BJ"), HOTLINE_ENGINEER))
    for path in (talk(call), talk(call, f"notes/{note.id}/correct")):
        for there in (path, path.replace("/SH/", "/BJ/")):
            assert stranger.post(there, data={"text": "x"}).status_code == 404
    assert stranger.get(talk(call, "people").replace("/SH/", "/BJ/")).status_code == 404
    browser = sign_in(luo)
    assert browser.post(f"/SH/talk/hotline.nothing/{call.id}/notes", data={"text": "x"}).status_code == 404
    assert browser.post(f"/SH/talk/hotline.call/{call.id + 7}/notes", data={"text": "x"}).status_code == 404


def test_the_notes_of_an_office_are_behind_both_walls(
    house: House, call: Call, luo: Actor, sign_in: SignIn
) -> None:
    sign_in(luo).post(talk(call), data={"text": "只在上海"})
    beijing = house.office("BJ")
    see_offices(frozenset({beijing.id}))
    assert db.session.scalars(select(Note)).all() == []
    if db.engine.dialect.name == "postgresql":
        assert db.session.scalar(text("select count(*) from core_note")) == 0


def test_a_customer_is_talked_about_too(
    house: House, shanghai: Office, luo: Actor, wang: Actor, sign_in: SignIn
) -> None:
    one = house.customer(shanghai)
    number, place = (
        db.session.merge(one).file_number,
        f"/SH/talk/core.customer/{db.session.merge(one).id}/notes",
    )
    browser = sign_in(luo)
    assert (
        browser.post(place, data={"text": "@王力 门卫要登记"}).location
        == f"/SH/customers/{number}#story-title"
    )
    note = the_note(house)
    assert (
        browser.post(f"{place}/{note.id}/correct", data={"text": "@王力 门卫要登记，带工作证"}).status_code
        == 302
    )
    assert f'action="{place}/{note.id}/take-back"' in browser.get(f"/SH/customers/{number}").text
    assert "门卫要登记，带工作证" in sign_in(wang).get(f"/SH/customers/{number}").text
    refused = browser.post(place, data={"text": ""})
    assert refused.status_code == 422
    assert "Write something first." in refused.text
    (notice,) = told(house)
    assert (
        sign_in(wang).post(f"/notices/{notice.id}/open").location.startswith(f"/SH/customers/{number}#note-")
    )


def test_a_link_is_a_link_and_everything_else_only_text() -> None:
    shown = prose("见https://a.cn/x?y=<1>&z=2，谢谢。javascript:alert(1) (http://b.cn/).", ())
    addresses = re.findall(r'href="([^"]*)"', shown)
    assert addresses == ["https://a.cn/x?y=", "http://b.cn/"]
    assert shown.count("noopener") == 2
    assert "<1>" not in shown
    assert "，谢谢。javascript:alert(1)" in shown
