"""QR/03 on paper: printed once, kept as it is, and printed again only as a marked copy with a reason."""

from __future__ import annotations

import hashlib
from typing import Any

import pypdfium2
import pytest
from sqlalchemy import select

from core import ledger
from core.db import db
from core.prints import Print
from core.testing import SignIn

QR03 = "QR-03"


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


def test_the_form_says_in_chinese_what_the_request_knows_on_one_page_for_each_hand(
    beijing: Any, counter: Counter
) -> None:
    pages = text_of(counter.printed(beijing.turned_in()))
    assert len(pages) == 2
    for page in pages:
        for said in (
            "现场服务请求单",
            "BJ-R-2026-00001",
            "UFS/QP/2-04/QR/03",
            "口袋软件",
            "罗文",
            "王力",
            "周艳",
            "高敏",
        ):
            assert said in page
        for said in ("重建总账索引", "结账前先备份", "满意", "上海恒远服装有限责任公司", "20.00"):
            assert said in page
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
    assert (kept.state, kept.case_version, kept.edition) == ("dispatched", request.version, "1")
    assert kept.printed_by_id == beijing.duty.person_id


def test_printing_is_logged_with_the_hash(beijing: Any, counter: Counter) -> None:
    request = beijing.registered()
    counter.printed(request)
    row = ledger.of_case("fieldservice.request", request.id)[0]
    assert (row.kind, row.action, row.number) == ("print", "QR/03", request.number)
    assert row.details["sha256"] == counter.original(request).sha256
    assert not list(ledger.verify(beijing.office.id))
