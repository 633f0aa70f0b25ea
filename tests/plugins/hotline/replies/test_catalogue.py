"""The catalogue says what the book says, is found by whatever is remembered of it, and fills its gaps (QI/02)."""

from __future__ import annotations

import re
from dataclasses import asdict
from types import SimpleNamespace
from typing import Any

import pytest
from flask_babel import force_locale
from sqlalchemy import event

from core.clauses import NATIONAL, read_clauses
from core.db import db
from core.errors import PluginError
from core.rules import rules_of
from plugins.hotline.replies.catalogue import catalogue, known, shown
from plugins.hotline.replies.entries import (
    PLACEHOLDERS,
    Promise,
    ReplyEntry,
    Wording,
    fitting,
    national,
)
from tests.plugins.hotline.replies.writing import approved

BY_KEY = {one.key: one for one in national()}
# The table of QI/02: group, what is promised, who keeps it, what is opened; and what the words must name.
SITUATIONS = {
    "attitude.hotline-rude": ("attitude", "today", "quality_supervisor", "complaint", "apolog.*prevention"),
    "attitude.dialect": ("attitude", "none", "owner", "none", "data"),
    "attitude.not-free": ("attitude", "none", "owner", "none", "suggestion"),
    "attitude.abuse": ("attitude", "none", "owner", "none", "Warn once.*ended"),
    "attitude.on-site": ("attitude", "none", "owner", "request", "implementation consultants"),
    "attitude.operating-system": ("attitude", "none", "owner", "none", r"\{scope\}.*charged"),
    "quality.skill": ("skill", "today", "duty_manager", "look_up", "same engineer.*escalat"),
    "product.escalated": ("product", "none", "owner", "look_up", "chase"),
    "product.payroll-mixed": ("product", "minutes", "duty_manager", "demand", "service manager.*visits"),
    "internal.broke-machine": ("internal", "none", "owner", "look_up", "first copy"),
    "internal.fixed-engineer": ("internal", "none", "owner", "request", "trained and assessed.*random"),
    "delay.come-now": ("delay", "none", "owner", "request", "[Pp]ayroll.*audit"),
    "delay.hotline-busy": ("delay", "none", "owner", "none", r"hours.*\{service_manager\}"),
    "delay.three-days": ("delay", "today", "duty_manager", "look_up", "nearest"),
    "delay.call-back-order": ("delay", "none", "owner", "none", "order"),
    "delay.promised-today": ("delay", "minutes", "duty_manager", "look_up", r"Who promised.*\{minutes\}"),
    "delay.promised-today-true": ("delay", "today", "duty_manager", "look_up", "dispatches today"),
    "install.not-delivered": ("install", "today", "duty_manager", "transfer", "two weeks.*arrival"),
    "dongle.not-detected": ("dongle", "none", "owner", "custody", "repairs or replaces.*custody"),
    "file.missing": ("file", "none", "owner", "file", "stay on the line.*do not hang up"),
    "upgrade.withdrawn": ("upgrade", "none", "owner", "hand_over", "more than one year"),
    "fee.after-first-year": ("fee", "none", "owner", "none", "first year is free"),
    "fee.courtesy-visit": ("fee", "none", "owner", "request", "one final courtesy visit"),
    "fee.faults-no-reason": ("fee", "none", "owner", "none", r"\{service_manager\}"),
    "fee.training": ("fee", "none", "owner", "none", "not included"),
    "fee.national-price": ("fee", "none", "owner", "none", r"nobody may change.*\{complaints_line\}"),
    "fee.unused": ("fee", "none", "owner", "none", "day of the agreement"),
    "fee.per-visit": ("fee", "none", "owner", "none", "by the year only.*senior engineer"),
    "fee.upgrade-price": ("fee", "none", "owner", "none", "difference.*neither"),
    "fee.release-kinds": ("fee", "none", "owner", "none", r"8\.11A.*8\.13 of 8\.11.*8\.21 of 8\.13"),
    "function.not-as-documented": ("function", "days", "owner", "none", r"\{days\}.*development"),
    "quality.errors": ("faults", "none", "owner", "request", "agreement"),
    "region.tripartite": ("region", "none", "owner", "hand_over", "free year included"),
    "platform.blame": ("platform", "none", "owner", "request", "senior engineer"),
    "implementation.business-help": ("implementation", "none", "owner", "transfer", "charged"),
    "improper.database": ("improper", "none", "owner", "none", "every operation must be traceable"),
}


@pytest.mark.parametrize("key", SITUATIONS)
@pytest.mark.clause("QI/02 attitude.dialect")
@pytest.mark.clause("QI/02 attitude.not-free")
@pytest.mark.clause("QI/02 delay.hotline-busy")
@pytest.mark.clause("QI/02 delay.call-back-order")
def test_every_situation_of_the_book_is_there_with_its_promise_and_what_follows(key: str) -> None:
    entry = BY_KEY[key]
    *data, named = SITUATIONS[key]
    assert [entry.group, entry.promise, entry.owner, entry.follow_up] == data
    assert re.search(named, " ".join(asdict(entry.en).values())), asdict(entry.en)
    assert bool(entry.en.promise) == entry.promised == bool(entry.zh.promise)
    for name, chinese in asdict(entry.zh).items():
        assert bool(chinese) == bool(getattr(entry.en, name)), f"{name} stands in one language only"
        assert not chinese or re.search("[\u4e00-\u9fff]", chinese)


def test_no_situation_is_missing_or_cites_what_the_book_has_not() -> None:
    assert set(BY_KEY) == set(SITUATIONS)
    book = {one.code for one in read_clauses(NATIONAL) if one.document == "QI/02"}
    assert {one.clause for one in national()} == book


@pytest.mark.parametrize(
    "typed",
    [
        "占线",
        "zhanxian",
        "热线 占线",
        "rxzs",
        "busy",
        "HOTLINE always",
        "delay.hotline-busy",
        "off-peak",
        "高峰",
    ],
)
def test_a_reply_is_found_by_two_characters_words_pinyin_and_initials(typed: str) -> None:
    assert fitting(national(), typed)[0].key == "delay.hotline-busy"


def test_what_is_called_so_comes_before_what_only_says_so() -> None:
    keys = [one.key for one in fitting(national(), "升级")]
    assert keys[:2] == ["fee.upgrade-price", "fee.release-kinds"]
    assert "upgrade.withdrawn" in keys
    assert [one.key for one in fitting(national(), "升级", "upgrade")] == ["upgrade.withdrawn"]
    assert fitting(national(), "升级 占线") == []


def test_placeholders_are_filled_and_what_nobody_knows_is_named(beijing: Any) -> None:
    rules = rules_of(beijing.office)
    customer: Any = SimpleNamespace(name="恒远", regional_manager="周文娟")
    words = shown(BY_KEY["fee.after-first-year"], known(rules, customer, "罗文", "07"))
    assert words.then == "愿意续费的，转区域经理周文娟。"
    busy = BY_KEY["delay.hotline-busy"]
    assert "服务经理：（服务经理电话）" in shown(busy, known(rules)).answer
    with force_locale("en"):
        assert "(the service manager's number)" in shown(busy, known(rules)).answer
        assert "within 30 minutes" in shown(BY_KEY["delay.promised-today"], known(rules)).promise


def test_nothing_that_stands_in_an_entry_is_left_unfilled() -> None:
    texts = [text for one in national() for words in (one.zh, one.en) for text in asdict(words).values()]
    named = {name for text in texts for name in re.findall(r"\{(\w+)\}", text)}
    assert named <= set(PLACEHOLDERS)


@pytest.mark.parametrize(
    "strange",
    [
        {"zh": Wording(situation="问", answer="找{老板}")},
        {"group": "nobody"},
        {"owner": "nobody"},
        {"follow_up": "nobody"},
        {"key": "Fee Training"},
    ],
)
def test_an_entry_that_does_not_fit_is_refused_when_it_is_written(strange: dict[str, Any]) -> None:
    words = Wording(situation="问", answer="答")
    fitting_one: dict[str, Any] = {"key": "fee.x", "group": "fee", "zh": words, "en": words}
    assert ReplyEntry(**fitting_one).promise is Promise.NONE
    with pytest.raises(PluginError):
        ReplyEntry(**fitting_one | strange)


def test_the_catalogue_takes_one_statement_however_many_entries_the_office_wrote(beijing: Any) -> None:
    def statements() -> int:
        rules, seen = rules_of(beijing.office), []
        rules.parameter("core.company")
        event.listen(db.engine, "before_cursor_execute", count := lambda *said: seen.append(said[2]))
        catalogue(rules)
        event.remove(db.engine, "before_cursor_execute", count)
        return len([one for one in seen if one.lower().startswith("select")])

    before = statements()
    for place in range(5):
        approved(beijing, key=f"own.{place}")
    assert before == statements() == 1
