"""QR/03 on paper: printed once, kept as it is, and printed again only as a marked copy with a reason."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pypdfium2
import pytest
from sqlalchemy import delete, func, select, update

from core import clock, gate, ledger, paper, pdf, prints
from core.db import db, writing
from core.errors import KoudaiError, NotFound, UnknownSetting
from core.i18n import Sentence
from core.prints import Print, PrintCopy
from core.roles import ADMINISTRATOR
from core.rules import rules_of
from core.settings import set_parameter
from core.switches import switch
from core.testing import SignIn, said
from tests.core.conftest import queries_of  # noqa: F401

QR03 = "QR-03"
CLEAR = {"contact": "高敏", "phone": "021-61541030", "address": "莘庄", "wanted_time": ""}


def text_of(made: bytes) -> list[str]:
    """Return what each page of a PDF says, without the breaks of its lines."""
    pages = pypdfium2.PdfDocument(made)
    return [page.get_textpage().get_text_range().replace("\r\n", "") for page in pages]


class Counter:
    """A browser at which somebody of a centre prints the paper of its requests."""

    def __init__(self, centre: Any, browser: Any) -> None:
        self.centre, self.browser = centre, browser

    def address(self, request: Any, *more: str) -> str:
        return "/".join(
            [f"/{self.centre.office.code}/fieldservice/request/{request.number}/paper/{QR03}", *more]
        )

    def case_page(self, request: Any) -> str:
        return self.browser.get(f"/{self.centre.office.code}/fieldservice/request/{request.number}").text

    def printed(self, request: Any) -> bytes:
        """Print, and return the PDF that comes of it."""
        answer = self.browser.post(self.address(request), follow_redirects=True)
        assert (answer.status_code, answer.mimetype) == (200, "application/pdf")
        self.centre.house.see()
        return answer.data

    def copied(self, request: Any, reason: str, original: int | None = None) -> Any:
        path = self.address(request, str(original or self.original(request).id), "copies")
        answer = self.browser.post(path, data={"reason": reason}, follow_redirects=True)
        self.centre.house.see()
        return answer

    def original(self, request: Any) -> Print:
        query = select(Print).where(Print.subject_id == request.id).order_by(Print.id.desc()).limit(1)
        return db.session.scalars(query).one()


@pytest.fixture
def counter(beijing: Any, sign_in: SignIn) -> Counter:
    return Counter(beijing, sign_in(beijing.duty, "zh_Hans_CN"))


def test_in_english_too_each_hand_has_one_page(beijing: Any, sign_in: SignIn) -> None:
    pages = text_of(Counter(beijing, sign_in(beijing.duty, "en")).printed(beijing.turned_in()))
    assert [("Page 1 of 1" in one, "Return slip" in one) for one in pages] == [(True, True)] * 2


def test_the_form_says_in_chinese_what_the_request_knows_on_one_page_for_each_hand(
    beijing: Any, counter: Counter
) -> None:
    pages = text_of(counter.printed(beijing.turned_in()))
    assert len(pages) == 2
    for page in pages:
        for words in (
            "现场服务请求单",
            "BJ-R-2026-00001",
            "UFS/QP/2-04/QR/03",
            "口袋软件",
            "罗文",
            "王力",
            "周艳",
            "高敏",
        ):
            assert words in page
        for words in ("重建总账索引", "结账前先备份", "满意", "上海恒远服装有限责任公司", "20.00"):
            assert words in page
        assert "\ufffd" not in page
    assert pages[0] != pages[1]


def test_what_nobody_has_filled_in_is_left_to_be_written(beijing: Any, counter: Counter) -> None:
    (first, _second) = text_of(counter.printed(beijing.registered()))
    assert "罗文" in first
    assert "王力" not in first


def test_the_stored_bytes_are_those_that_were_handed_out(beijing: Any, counter: Counter) -> None:
    request = beijing.dispatched()
    made = counter.printed(request)
    kept = counter.original(request)
    assert kept.pdf == made
    assert kept.sha256 == hashlib.sha256(made).hexdigest()
    assert (kept.state, kept.case_version, kept.edition) == ("dispatched", request.version, "4")
    assert kept.printed_by_id == beijing.duty.person_id


def test_printing_is_logged_with_the_hash(beijing: Any, counter: Counter) -> None:
    request = beijing.registered()
    counter.printed(request)
    row = ledger.of_case("fieldservice.request", request.id)[0]
    assert (row.kind, row.action, row.number) == ("print", "QR/03", request.number)
    assert row.details["sha256"] == counter.original(request).sha256
    assert not list(ledger.verify(beijing.office.id))


def test_a_copy_is_the_original_under_its_mark_and_the_original_stays_as_it_is(
    beijing: Any, counter: Counter
) -> None:
    request = beijing.dispatched()
    original = counter.printed(request)
    answer = counter.copied(request, "客户遗失一份")
    assert (answer.status_code, answer.mimetype) == (200, "application/pdf")
    for before, page in zip(text_of(original), text_of(answer.data), strict=True):
        assert before in page
        assert "副本第 1 份" in page
        assert "客户遗失一份" in page
        assert "副本" not in before
    assert counter.original(request).pdf == original


def test_copies_are_counted_and_the_ledger_knows_who_and_why(beijing: Any, counter: Counter) -> None:
    request = beijing.registered()
    counter.printed(request)
    counter.copied(request, "客户遗失")
    assert "副本第 2 份" in text_of(counter.copied(request, "办公室要一份").data)[0]
    assert [(one.copy, one.reason) for one in counter.original(request).copies] == [
        (1, "客户遗失"),
        (2, "办公室要一份"),
    ]
    row = ledger.of_case("fieldservice.request", request.id)[0]
    assert (row.details["copy"], row.details["reason"], row.actor) == (2, "办公室要一份", "周艳")


def test_the_same_paper_is_not_printed_twice_as_an_original(beijing: Any, counter: Counter) -> None:
    request = beijing.registered()
    counter.printed(request)
    answer = counter.browser.post(counter.address(request))
    assert answer.status_code == 409
    assert "已打印过原件" in answer.text
    beijing.house.see()
    assert db.session.scalar(select(func.count()).select_from(Print)) == 1


def test_when_the_case_has_moved_on_there_is_a_new_original_as_of_then(
    beijing: Any, counter: Counter
) -> None:
    request = beijing.registered()
    first = counter.printed(request)
    beijing.act(request, "dispatch", beijing.duty, engineer_id=beijing.engineer.person_id)
    second = counter.printed(request)
    states = list(db.session.scalars(select(Print.state).order_by(Print.id)))
    assert states == ["registered", "dispatched"]
    assert "王力" in text_of(second)[0]
    assert "王力" not in text_of(first)[0]


@pytest.mark.parametrize("reason", ["", "   ", "x" * 1001])
def test_a_copy_without_a_reason_is_refused_and_what_was_typed_stays(
    beijing: Any, counter: Counter, reason: str
) -> None:
    request = beijing.registered()
    counter.printed(request)
    answer = counter.copied(request, reason)
    assert answer.status_code == 422
    assert "field-error" in answer.text
    assert f'value="{reason}"' in answer.text
    assert not db.session.scalar(select(func.count()).select_from(PrintCopy))


def test_the_page_of_the_case_lists_who_printed_what_when_and_why(beijing: Any, counter: Counter) -> None:
    request = beijing.registered()
    counter.printed(request)
    counter.copied(request, "客户遗失")
    page = said(counter.case_page(request))
    for words in (
        "原件：待派工",
        "副本第 1 份",
        "周艳 · 客户遗失",
        "打印 QR/03",
        "再次打印 QR/03，副本第 1 份",
    ):
        assert words in page


def test_the_print_view_is_a_preview_and_keeps_nothing(beijing: Any, counter: Counter) -> None:
    request = beijing.registered()
    page = counter.browser.get(counter.address(request))
    assert page.status_code == 200
    assert "预览，非原件" in page.text
    assert request.number in page.text
    beijing.house.see()
    assert not db.session.scalar(select(func.count()).select_from(Print))


def test_where_no_pdf_can_be_made_the_print_view_is_all_there_is_and_says_so(
    beijing: Any, counter: Counter, monkeypatch: pytest.MonkeyPatch
) -> None:
    request = beijing.registered()
    monkeypatch.setattr(pdf, "available", lambda: False)
    assert "请用浏览器打印" in counter.case_page(request)
    assert "浏览器打印，未存档" in counter.browser.get(counter.address(request)).text
    assert counter.browser.post(counter.address(request)).status_code == 409
    beijing.house.see()
    assert not db.session.scalar(select(func.count()).select_from(Print))


def test_to_another_office_the_paper_is_not_there(
    beijing: Any, shanghai: Any, counter: Counter, sign_in: SignIn
) -> None:
    request = beijing.registered()
    counter.printed(request)
    kept = counter.original(request).id
    stranger = sign_in(shanghai.duty)
    for path in (counter.address(request), counter.address(request, f"{kept}.pdf")):
        assert stranger.get(path).status_code == 404
        assert stranger.get(path.replace("/BJ/", "/SH/")).status_code == 404
        assert stranger.post(counter.address(request).replace("/BJ/", "/SH/")).status_code == 404


def test_a_print_is_found_under_its_own_case_only(beijing: Any, counter: Counter) -> None:
    printed, other = beijing.registered(), beijing.registered()
    counter.printed(printed)
    kept = counter.original(printed).id
    assert counter.browser.get(counter.address(printed, f"{kept}.pdf")).status_code == 200
    assert counter.browser.get(counter.address(other, f"{kept}.pdf")).status_code == 404
    assert counter.browser.get(counter.address(printed, f"{kept}-1.pdf")).status_code == 404


def test_whoever_may_not_see_the_case_prints_nothing(beijing: Any, counter: Counter, sign_in: SignIn) -> None:
    request = beijing.registered()
    administrator = sign_in(beijing.hire(ADMINISTRATOR))
    assert administrator.get(counter.address(request)).status_code == 403
    assert administrator.post(counter.address(request)).status_code == 403


def test_a_long_symptom_flows_over_to_a_second_page(beijing: Any, counter: Counter) -> None:
    request = beijing.registered()
    long = "点反结账后报错退出，账套仍是已结账状态。" * 100
    beijing.act(request, "correct", beijing.duty, **CLEAR | {"symptom": long})
    pages = text_of(counter.printed(request))
    assert len(pages) == 4
    assert "第 1 页 共 2 页" in pages[0]
    assert "第 2 页 共 2 页" in pages[1]
    assert "回执" in pages[1]


def test_a_symptom_longer_than_a_page_is_there_to_its_last_line(beijing: Any, counter: Counter) -> None:
    request = beijing.registered()
    lines = [f"第{place}行：凭证号重复" for place in range(1, 121)]
    beijing.act(request, "correct", beijing.duty, **CLEAR | {"symptom": "\n".join(lines)})
    whole = "".join(text_of(counter.printed(request)))
    assert all(one in whole for one in lines)


def test_the_customers_drawing_is_on_the_paper(beijing: Any, counter: Counter) -> None:
    made = counter.printed(beijing.signed())
    page = pypdfium2.PdfDocument(made)[0]
    assert sum(one.type == pypdfium2.raw.FPDF_PAGEOBJ_IMAGE for one in page.get_objects()) == 1


def test_the_company_and_the_prefix_are_settings(beijing: Any, counter: Counter) -> None:
    for key, value in (("core.company", "恒远软件"), ("core.document_prefix", "HY/")):
        set_parameter(beijing.house.head, key, value, beijing.duty)
    beijing.house.see()
    (page, _second) = text_of(counter.printed(beijing.registered()))
    assert "恒远软件" in page
    assert "HY/QP/2-04/QR/03" in page
    assert "UFS/" not in page


def test_an_office_cannot_give_itself_another_name(beijing: Any) -> None:
    with pytest.raises(UnknownSetting, match=r"core\.company"):
        set_parameter(beijing.office, "core.company", "恒远软件", beijing.duty)


def test_what_was_printed_keeps_its_edition(
    beijing: Any, counter: Counter, monkeypatch: pytest.MonkeyPatch
) -> None:
    request = beijing.registered()
    counter.printed(request)
    forms = rules_of(beijing.office).plugins.forms
    newer = replace(forms["QR/03"].record, edition=4, title=Sentence("现场服务单"))
    monkeypatch.setitem(forms, "QR/03", replace(forms["QR/03"], record=newer))
    assert "第 4 版" in counter.browser.get(counter.address(request)).text
    assert "周艳 · 第 4 版" in said(counter.case_page(request))
    copy = text_of(counter.copied(request, "客户遗失").data)[0]
    assert "现场服务请求单" in copy
    assert "第 4 版" in copy


def test_an_original_that_somebody_altered_is_shown_no_more(beijing: Any, counter: Counter) -> None:
    request = beijing.registered()
    counter.printed(request)
    kept = counter.original(request)
    path = counter.address(request, f"{kept.id}.pdf")
    assert list(damaged(beijing)) == []
    with writing():
        db.session.execute(update(Print).values(pdf=kept.pdf + b" "))
    beijing.house.see()
    answer = counter.browser.get(path)
    assert answer.status_code == 409
    assert "已被改动" in answer.text
    assert damaged(beijing) == [(request.number, "QR/03")]


def test_an_original_that_somebody_took_away_is_missed(beijing: Any, counter: Counter) -> None:
    request = beijing.registered()
    counter.printed(request)
    with writing():
        db.session.execute(delete(Print))
    assert damaged(beijing) == [(request.number, "QR/03")]


def damaged(centre: Any) -> list[tuple[str, str]]:
    hour = dt.timedelta(hours=1)
    return list(prints.damaged(centre.office, clock.now() - hour, clock.now() + hour))


def test_a_case_that_moved_on_while_it_was_printed_is_looked_at_again(
    beijing: Any, counter: Counter, monkeypatch: pytest.MonkeyPatch
) -> None:
    request = beijing.registered()
    act = gate.open_case("fieldservice.request", request.number, beijing.duty, beijing.office)
    lay_out = paper.as_pdf

    def meanwhile(filled: paper.Paper) -> bytes:
        made = lay_out(filled)
        beijing.act(request, "dispatch", beijing.duty, engineer_id=beijing.engineer.person_id)
        return made

    monkeypatch.setattr(paper, "as_pdf", meanwhile)
    with pytest.raises(KoudaiError, match=request.number):
        prints.print_original(act, act.rules.plugins.forms["QR/03"])
    assert not db.session.scalar(select(func.count()).select_from(Print))


def test_a_form_whose_plugin_went_off_meanwhile_is_not_printed(
    beijing: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    request = beijing.registered()
    act = gate.open_case("fieldservice.request", request.number, beijing.duty, beijing.office)
    form = act.rules.plugins.forms["QR/03"]
    beijing.act(request, "cancel", beijing.duty, reason="不用了")
    for plugin in ("quality", "billing", "fieldservice"):
        switch(beijing.house.plugins, beijing.office, plugin, False, beijing.duty)
    beijing.house.see()
    with pytest.raises(NotFound):
        prints.print_original(act, form)
    assert not db.session.scalar(select(func.count()).select_from(Print))


def test_the_case_page_asks_no_more_for_many_prints_than_for_one(
    beijing: Any,
    counter: Counter,
    queries_of: Callable[..., int],  # noqa: F811
) -> None:
    request = beijing.registered()
    counter.printed(request)
    counter.copied(request, "客户遗失")
    few = queries_of(lambda: counter.case_page(request))
    beijing.act(request, "correct", beijing.duty, **CLEAR | {"symptom": "点反结账后报错退出"})
    counter.printed(request)
    for _ in range(3):
        counter.copied(request, "客户遗失")
    assert queries_of(lambda: counter.case_page(request)) == few
