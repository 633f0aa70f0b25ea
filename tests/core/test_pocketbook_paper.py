"""The pocket book as PDF: its contents point to its chapters, and each office's own clauses are in its own book only."""

from __future__ import annotations

import io
import re
from typing import Any

import pytest
from pypdf import PdfReader

from core import pdf
from core.offices import Office
from core.roles import DUTY_MANAGER
from core.testing import NATIONAL, House, SignIn, said

pytestmark = pytest.mark.skipif(
    not pdf.available(), reason="no plutoprint for this platform, or no fonts fetched"
)


@pytest.fixture
def shanghai(house: House) -> Office:
    return house.office("SH", *NATIONAL, "shanghai", name="上海")


@pytest.fixture
def beijing(house: House) -> Office:
    return house.office("BJ", name="北京")


class Paper:
    """A printed book: its pages as words, without the blanks that only the line breaks make."""

    def __init__(
        self, house: House, office: Office, sign_in: SignIn, more: str = "", locale: str = "en"
    ) -> None:
        browser = sign_in(house.person(office, DUTY_MANAGER), locale)
        self.answer = browser.get(f"/{office.code}/pocket-book.pdf{more}")
        reader = PdfReader(io.BytesIO(self.answer.data))
        self.pages = [re.sub(r"\s+", " ", page.extract_text()) for page in reader.pages]
        self.text = " ".join(self.pages)


def test_it_is_a_pdf_named_after_the_office_and_the_day(
    house: House, shanghai: Office, sign_in: SignIn
) -> None:
    paper = Paper(house, shanghai, sign_in)
    assert paper.answer.headers["Content-Type"] == "application/pdf"
    assert re.search(
        r'filename="pocket-book-SH-\d{4}-\d\d-\d\d\.pdf"', paper.answer.headers["Content-Disposition"]
    )
    assert "Pocket book of SH" in paper.pages[0]
    assert "Shanghai's rules 0.1.0" in paper.pages[0]
    assert f"1 / {len(paper.pages)}" in paper.pages[0]


@pytest.mark.clause("SHYY/QI/03 3.2")
def test_a_regions_clauses_are_in_its_own_offices_book_only(
    house: House, shanghai: Office, beijing: Office, sign_in: SignIn
) -> None:
    here, there = (Paper(house, office, sign_in).text for office in (shanghai, beijing))
    assert "Regional manager SHYY/QI/03 3.2" in here
    assert "+ Regional manager (SHYY/QI/03 3.2)" in here.replace("\u00a0", " ")
    assert "SHYY" not in there


def test_the_contents_say_on_which_page_each_chapter_begins(
    house: House, shanghai: Office, sign_in: SignIn
) -> None:
    paper = Paper(house, shanghai, sign_in)
    for title in ("Call", "Field service request", "Complaint", "Documents, clause by clause"):
        found = re.search(rf"{title} (?:\d+ )??(\d+)(?= \D| \d+ /)", paper.pages[1])
        assert found, title
        assert paper.pages[int(found[1]) - 1].startswith(title)


def test_only_the_differences_are_a_thin_book(house: House, shanghai: Office, sign_in: SignIn) -> None:
    whole, only = (Paper(house, shanghai, sign_in, more) for more in ("", "?only=1"))
    assert len(only.pages) < len(whole.pages) / 2
    assert "Make the appointment" in whole.text
    assert "Confirm: problem and address are clear" not in only.text
    assert "Regional manager SHYY/QI/03 3.2" in only.text


def test_an_office_like_head_offices_says_so_on_paper(house: House, beijing: Office, sign_in: SignIn) -> None:
    assert "Nothing is otherwise here." in Paper(house, beijing, sign_in, "?only=1").text


def test_it_is_in_the_readers_language(house: House, shanghai: Office, sign_in: SignIn) -> None:
    paper = Paper(house, shanghai, sign_in, locale="zh_Hans_CN")
    assert "现场服务请求单" in paper.text.replace(" ", "")
    assert "Field service request" not in paper.text


def test_the_page_leads_to_it_and_says_what_to_do_where_there_is_none(
    house: House, shanghai: Office, sign_in: SignIn, monkeypatch: Any
) -> None:
    browser = sign_in(house.person(shanghai, DUTY_MANAGER))
    assert "/SH/pocket-book.pdf?only=1" in browser.get("/SH/pocket-book/?only=1").text
    monkeypatch.setattr(pdf, "available", lambda: False)
    assert "pocket-book.pdf" not in browser.get("/SH/pocket-book/").text
    answer = browser.get("/SH/pocket-book.pdf")
    assert answer.status_code == 409
    assert "Open the pocket book and print it" in said(answer.text)
