"""Known problems are suggested while the symptom is typed, and an entry counts the calls that it solved."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import event

from core.db import db
from core.roles import SUPPORT_MANAGER
from core.testing import said
from plugins.fieldservice.testing import SYMPTOM
from plugins.hotline.knowledge import finding, words
from plugins.hotline.knowledge.models import KnowledgeEntry
from plugins.hotline.models import Call

ANSWER = "退出后重建总账索引，再反结账一次"
INDEX = {"problem": "反结账报错，账套仍是已结账", "remedy": "先备份，再重建总账索引"}
PRINTER = {"problem": "打印凭证时边框缺一条线 margin lost", "remedy": "在打印设置里把边距改为 5 毫米"}


@pytest.fixture
def boss(beijing: Any) -> Any:
    return beijing.hire(SUPPORT_MANAGER)


def published(centre: Any, boss: Any, **said_of: Any) -> KnowledgeEntry:
    entry = centre.create("hotline.knowledge", "write", boss, **said_of)
    centre.act(entry, "hand_in", boss)
    found: KnowledgeEntry = centre.act(entry, "publish", boss)
    return found


@pytest.mark.parametrize(
    "typed",
    [
        "打印",
        "凭证边框",
        "缺线 打印凭证",
        "dypz",
        "dayin",
        "dayinpingzheng",
        "MARGIN",
        "一打印凭证边框就不见了",
    ],
)
def test_an_entry_is_suggested_by_two_characters_words_pinyin_and_initials(
    beijing: Any, boss: Any, typed: str
) -> None:
    entry = published(beijing, boss, **PRINTER)
    published(beijing, boss, **INDEX)
    assert [one.id for one in finding.suggested(beijing.office.id, typed)] == [entry.id]


def test_one_word_in_common_is_chance_and_nothing_typed_suggests_nothing(beijing: Any, boss: Any) -> None:
    published(beijing, boss, **PRINTER)
    assert finding.suggested(beijing.office.id, "打印机连不上网络，指示灯不亮") == []
    assert finding.suggested(beijing.office.id, " ") == []


def test_the_same_product_comes_first_and_there_are_five_at_most(beijing: Any, boss: Any) -> None:
    product = beijing.house.customer(beijing.office).installations[0].product_id
    mine = published(beijing, boss, **INDEX, product_id=product)
    others = [published(beijing, boss, **INDEX) for _ in range(6)]
    found = finding.suggested(beijing.office.id, "反结账报错", product)
    assert (found[0].id, len(found)) == (mine.id, 5)
    assert finding.suggested(beijing.office.id, "反结账报错")[0].id == others[-1].id


def test_only_what_is_published_here_is_suggested(beijing: Any, shanghai: Any, boss: Any) -> None:
    entry = beijing.create("hotline.knowledge", "write", boss, **INDEX)
    beijing.act(entry, "hand_in", boss)
    published(shanghai, shanghai.hire(SUPPORT_MANAGER), **INDEX)
    assert finding.suggested(beijing.office.id, "反结账报错") == []


def test_a_rewritten_entry_is_found_by_its_new_words_alone(beijing: Any, boss: Any) -> None:
    entry = published(beijing, boss, **INDEX)
    beijing.act(entry, "rewrite", boss, **PRINTER)
    assert finding.suggested(beijing.office.id, "反结账报错") == []
    assert [one.id for one in finding.suggested(beijing.office.id, "打印凭证")] == [entry.id]


def test_suggesting_takes_one_statement_however_much_is_typed_or_known(beijing: Any, boss: Any) -> None:
    office_id = beijing.office.id

    def statements(typed: str) -> int:
        seen: list[str] = []
        event.listen(db.engine, "before_cursor_execute", note := lambda *told: seen.append(told[2]))
        finding.suggested(office_id, typed)
        event.remove(db.engine, "before_cursor_execute", note)
        return len([one for one in seen if one.lower().startswith("select") and "set_config" not in one])

    published(beijing, boss, **INDEX)
    before = statements("反结")
    for _ in range(4):
        published(beijing, boss, **INDEX)
    db.session.expire_all()
    assert before == statements("反结账报错，账套仍是已结账状态" * 60) == 1
    assert len(words.asked("反结账报错" * 200)) <= words.MOST


def test_the_desk_is_told_while_the_symptom_is_typed(beijing: Any, boss: Any, sign_in: Any) -> None:
    entry = published(beijing, boss, **INDEX)
    browser = sign_in(beijing.hotline)
    page = browser.get("/BJ/hotline/desk/known?module=总账&operation=反结账&happens=报错").text
    assert f'data-knowledge="{entry.id}"' in page
    assert f'data-remedy="{INDEX["remedy"]}"' in page
    assert browser.get("/BJ/hotline/desk/known?happens=工资表打不开").text.strip() == ""
    assert str(entry.id) in browser.get("/BJ/hotline/desk/known?happens=工资表打不开&help_q=反结账").text


def test_a_call_solved_with_an_entry_counts_for_it_until_it_is_reopened(
    beijing: Any, boss: Any, sign_in: Any
) -> None:
    entry = published(beijing, boss, **INDEX)
    call = beijing.act(beijing.log(), "solve", beijing.hotline, answer=ANSWER, knowledge_id=entry.id)
    beijing.act(beijing.log(), "solve", beijing.hotline, answer=ANSWER)
    assert counted(entry) == 1
    page = said(sign_in(beijing.hotline).get(f"/BJ/hotline/call/{call.number}").text)
    assert f"Solved with {entry.number}" in page
    beijing.act(call, "reopen", beijing.duty, reason="客户来电说又报同样的错误")
    assert counted(entry) == 0


def counted(entry: KnowledgeEntry) -> int:
    db.session.expire_all()
    return KnowledgeEntry.query.filter_by(id=entry.id).one().solved_calls


def test_a_call_is_solved_only_with_what_is_published_here(beijing: Any, shanghai: Any, boss: Any) -> None:
    draft = beijing.create("hotline.knowledge", "write", boss, **INDEX)
    strange = published(shanghai, shanghai.hire(SUPPORT_MANAGER), **INDEX)
    call = beijing.log()
    for entry_id in (draft.id, strange.id, 999, "drop"):
        refused = beijing.refused(call, "solve", beijing.hotline, answer=ANSWER, knowledge_id=entry_id)
        assert set(refused.errors) == {"knowledge_id"}


def test_at_the_desk_a_found_entry_goes_with_the_answer(beijing: Any, boss: Any, sign_in: Any) -> None:
    entry = published(beijing, boss, **PRINTER)
    customer = beijing.house.customer(beijing.office)
    typed = SYMPTOM | {"customer_id": customer.id, "outcome": "solve", "solve-knowledge_id": entry.id}
    browser = sign_in(beijing.hotline)
    refused = browser.post("/BJ/hotline/desk", data=typed)
    assert refused.status_code == 422
    assert f'value="{entry.id}"' in refused.text
    assert browser.post("/BJ/hotline/desk", data=typed | {"solve-answer": ANSWER}).status_code == 302
    beijing.house.see()
    assert Call.query.one().knowledge_id == entry.id


def test_where_nothing_fits_the_case_page_offers_nothing_to_choose(
    beijing: Any, boss: Any, sign_in: Any
) -> None:
    call, browser = beijing.log(), sign_in(beijing.hotline)
    assert "knowledge_id" not in browser.get(f"/BJ/hotline/call/{call.number}?step=solve").text
    published(beijing, boss, **INDEX)
    assert "knowledge_id" in browser.get(f"/BJ/hotline/call/{call.number}?step=solve").text
