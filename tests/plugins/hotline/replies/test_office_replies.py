"""An office's own replies: drafted, proposed, approved by the support manager, valid from and until, never lost."""

from __future__ import annotations

import datetime as dt
from typing import Any

from core import clock
from core.errors import RefusalKind
from core.ledger import of_case
from core.roles import SUPPORT_MANAGER
from core.rules import rules_of
from plugins.hotline.replies.catalogue import catalogue
from plugins.hotline.replies.models import Reply
from tests.plugins.hotline.replies.writing import WORDS, answer, approved, drafted

NINE = dt.datetime(2026, 11, 23, 1, tzinfo=dt.UTC)


def test_only_an_approved_entry_is_used_and_it_takes_the_place_of_head_offices(
    beijing: Any, shanghai: Any
) -> None:
    national = answer(beijing)
    reply = drafted(beijing)
    assert (reply.number, reply.state, answer(beijing)) == ("BJ-Y-2026-00001", "drafted", national)
    beijing.act(reply, "propose", beijing.hotline)
    assert answer(beijing) == national
    beijing.act(reply, "approve", beijing.hire(SUPPORT_MANAGER))
    mine = answer(beijing)
    assert (mine.zh.situation, mine.edition, mine.clause) == ("要求免费培训", 1, "QI/02 fee.training")
    assert answer(shanghai) == national


def test_a_new_key_adds_an_entry(beijing: Any) -> None:
    many = len(catalogue(rules_of(beijing.office)))
    approved(beijing, key="own.parking", group="other", situation_zh="停车怎么办")
    assert len(catalogue(rules_of(beijing.office))) == many + 1
    assert answer(beijing, "own.parking").clause.reason


def test_nobody_but_the_support_manager_approves(beijing: Any) -> None:
    reply = beijing.act(drafted(beijing), "propose", beijing.hotline)
    for actor in (beijing.hotline, beijing.duty, beijing.manager):
        assert beijing.refused(reply, "approve", actor).kind is RefusalKind.ROLE
    review = beijing.promises(reply)["hotline.review_reply"]
    assert (review.role, review.state) == ("support_manager", "open")


def test_what_nobody_can_fill_or_keep_is_refused_with_the_remedy(beijing: Any) -> None:
    reply = drafted(beijing)
    wrong = {"answer_zh": "请找{老板}", "promise": "today", "valid_until": "2026-11-22"}
    with clock.stopped_at(NINE):
        refused = beijing.refused(reply, "edit", beijing.hotline, **WORDS | wrong)
    assert set(refused.errors) == {"answer_zh", "promise_zh", "valid_until"}
    assert "{company}" in str(refused.errors["answer_zh"][0])
    unsaid = beijing.refused(reply, "edit", beijing.hotline, **WORDS | {"promise_zh": "今天答复。"})
    assert set(unsaid.errors) == {"promise"}
    assert set(beijing.refused(reply, "edit", beijing.hotline, **WORDS | {"key": "培训"}).errors) == {"key"}


def test_a_new_version_takes_over_on_its_day_and_the_old_one_is_kept(beijing: Any) -> None:
    boss = beijing.hire(SUPPORT_MANAGER)
    with clock.stopped_at(NINE):
        first = approved(beijing)
        beijing.act(first, "revise", beijing.hotline)
        second = Reply.query.filter(Reply.id != first.id).one()
        assert (second.state, second.answer_zh, second.edition) == ("drafted", WORDS["answer_zh"], 0)
        better = WORDS | {"answer_zh": "公开课改为每周三。", "valid_from": "2026-12-01"}
        for step, who, said in (("edit", beijing.hotline, better), ("propose", beijing.hotline, {})):
            beijing.act(second, step, who, **said)
        second = beijing.act(second, "approve", boss)
        assert answer(beijing).edition == 1
    first = beijing.house.see() or Reply.query.filter_by(number=first.number).one()
    assert (first.state, first.valid_until) == ("approved", dt.date(2026, 11, 30))
    assert of_case("hotline.reply", first.id)[0].action == "give_way"
    with clock.stopped_at(dt.datetime(2026, 12, 1, 1, tzinfo=dt.UTC)):
        assert (answer(beijing).edition, answer(beijing).zh.answer) == (2, "公开课改为每周三。")


def test_what_is_expired_or_retired_or_not_yet_valid_cannot_be_used(beijing: Any) -> None:
    boss = beijing.hire(SUPPORT_MANAGER)
    with clock.stopped_at(NINE):
        approved(beijing, key="own.short", valid_until="2026-11-24")
        approved(beijing, key="own.later", valid_from="2026-11-25")
        gone = approved(beijing, key="own.gone")
        beijing.act(gone, "retire", boss, reason="公开课已经取消，不再这样答复")
        call = beijing.log()
        for key in ("own.later", "own.gone", "nobody.knows"):
            assert set(beijing.refused(call, "reply", beijing.hotline, entry=key).errors) == {"entry"}
        beijing.act(call, "reply", beijing.hotline, entry="own.short")
    with clock.stopped_at(NINE + dt.timedelta(days=2)):
        assert set(beijing.refused(call, "reply", beijing.hotline, entry="own.short").errors) == {"entry"}
        beijing.act(call, "reply", beijing.hotline, entry="own.later")


def test_a_proposal_goes_back_with_the_reason(beijing: Any) -> None:
    reply = beijing.act(drafted(beijing), "propose", beijing.hotline)
    reply = beijing.act(reply, "send_back", beijing.hire(SUPPORT_MANAGER), reason="公开课的时间要写清楚")
    assert (reply.state, reply.reason) == ("drafted", "公开课的时间要写清楚")
    assert beijing.promises(reply)["hotline.review_reply"].state == "met"
