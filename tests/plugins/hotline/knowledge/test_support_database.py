"""A problem and its remedy: taught by a case, looked at by somebody else, and only then relied upon (QI/01 flow)."""

from __future__ import annotations

from typing import Any

import pytest

from core.errors import RefusalKind
from core.ledger import of_case
from core.roles import SENIOR_ENGINEER, SUPPORT_MANAGER
from core.testing import said
from plugins.fieldservice.models import ServiceRequest
from plugins.hotline.knowledge.models import KnowledgeEntry, KnowledgeWord

ANSWER = "退出后重建总账索引，再反结账一次"
KNOWN = {"problem": "反结账报错，账套仍是已结账状态", "solution": "先备份，再重建总账索引", "avoid": "勿断电"}
WRITTEN = {"problem": "打印凭证时边框缺一条线", "remedy": "在打印设置里把边距改为 5 毫米", "prevention": ""}


def solved(centre: Any, **more: Any) -> Any:
    return centre.act(centre.log(), "solve", centre.hotline, answer=ANSWER, **more)


def in_review(centre: Any) -> KnowledgeEntry:
    entry = centre.create("hotline.knowledge", "write", centre.hotline, **WRITTEN)
    found: KnowledgeEntry = centre.act(entry, "hand_in", centre.hotline)
    return found


@pytest.mark.clause("QI/01 flow")
def test_a_solved_call_is_standardised_and_waits_for_a_reviewer(beijing: Any) -> None:
    call = solved(beijing)
    form = beijing.look(call, beijing.hotline)
    offered = form.procedure.steps["standardise"].form(form, None)
    assert (offered.problem.data, offered.solution.data) == (call.symptom, ANSWER)
    beijing.act(call, "standardise", beijing.hotline, **KNOWN)
    entry = KnowledgeEntry.query.one()
    assert (entry.number, entry.state, entry.source) == ("BJ-B-2026-00001", "in_review", call.number)
    product = call.installation
    assert (entry.product_id, entry.versions, entry.remedy) == (product.product_id, "8.13", KNOWN["solution"])
    assert [row.action for row in of_case("hotline.knowledge", entry.id)] == ["hand_in", "store"]
    assert beijing.promises(entry)["hotline.review_knowledge"].role == "support_manager"
    again = beijing.refused(call, "standardise", beijing.hotline, **KNOWN)
    assert (again.kind, again.objections[0].text.values["number"]) == (RefusalKind.OBJECTION, entry.number)


@pytest.mark.clause("QI/01 flow")
def test_a_call_that_is_still_open_has_taught_nothing(beijing: Any) -> None:
    assert beijing.refused(beijing.log(), "standardise", beijing.hotline, **KNOWN).kind is RefusalKind.STATE


def test_only_reviewers_publish_send_back_rewrite_and_retire(beijing: Any) -> None:
    entry = in_review(beijing)
    for step, more in (("publish", {}), ("send_back", {"reason": "写清楚是哪个版本"})):
        assert beijing.refused(entry, step, beijing.hotline, **more).kind is RefusalKind.ROLE
    senior, boss = beijing.hire(SENIOR_ENGINEER), beijing.hire(SUPPORT_MANAGER)
    entry = beijing.act(entry, "send_back", senior, reason="写清楚是哪个版本")
    entry = beijing.act(entry, "edit", beijing.hotline, **WRITTEN | {"versions": "8.11, 8.13"})
    beijing.act(entry, "hand_in", beijing.hotline)
    entry = beijing.act(entry, "publish", boss)
    assert (entry.state, entry.versions) == ("published", "8.11, 8.13")
    assert beijing.promises(entry)["hotline.review_knowledge"].state == "met"
    better = WRITTEN | {"remedy": "把左边距改为 5 毫米，再重新预览"}
    assert beijing.refused(entry, "rewrite", beijing.hotline, **better).kind is RefusalKind.ROLE
    entry = beijing.act(entry, "rewrite", senior, **better)
    assert (entry.remedy, entry.written_by_id) == (better["remedy"], senior.person_id)
    written = of_case("hotline.knowledge", entry.id)[0].details["values"]
    assert written["remedy"] == better["remedy"]
    assert beijing.act(entry, "retire", senior, reason="新版本已经修正").state == "retired"
    assert KnowledgeWord.query.count() == 0


def test_nothing_vague_is_stored_by_hand(beijing: Any) -> None:
    entry = in_review(beijing)
    vague = {"problem": "软件有问题", "remedy": "已处理"}
    assert set(beijing.refused(entry, "edit", beijing.hotline, **vague).errors) == {"problem", "remedy"}


@pytest.mark.clause("QI/01 flow")
def test_what_a_request_says_better_is_looked_at_again_before_it_is_relied_upon(beijing: Any) -> None:
    request = beijing.turned_in()
    beijing.act(request, "standardise", beijing.engineer, **KNOWN)
    beijing.act(KnowledgeEntry.query.one(), "publish", beijing.hire(SUPPORT_MANAGER))
    assert KnowledgeWord.query.count()
    beijing.act(request, "standardise", beijing.engineer, **KNOWN | {"solution": "停机后重建总账索引"})
    entry = KnowledgeEntry.query.one()
    assert (entry.state, entry.remedy, entry.source) == ("in_review", "停机后重建总账索引", request.number)
    assert KnowledgeWord.query.count() == 0


def test_a_retired_entry_is_not_offered_to_requests_and_a_new_one_is_written(beijing: Any) -> None:
    request = beijing.turned_in()
    beijing.act(request, "standardise", beijing.engineer, **KNOWN)
    old = KnowledgeEntry.query.one()
    beijing.act(old, "retire", beijing.hire(SUPPORT_MANAGER), reason="新版本已经修正")
    beijing.act(request, "standardise", beijing.engineer, **KNOWN)
    assert KnowledgeEntry.query.count() == 2
    assert ServiceRequest.query.one().knowledge_id != old.id


def test_the_search_leads_to_the_entrys_own_page(beijing: Any, sign_in: Any) -> None:
    entry = in_review(beijing)
    browser = sign_in(beijing.hotline)
    found = browser.get("/search?q=边距").text
    assert f"/BJ/hotline/knowledge/{entry.number}" in found
    page = said(browser.get(f"/BJ/hotline/knowledge/{entry.number}").text)
    assert WRITTEN["remedy"] in page
    assert said(browser.get("/BJ/hotline/knowledge/").text).count(WRITTEN["problem"]) >= 1
