"""PDF with Chinese fonts of our own: what is printed can be read back, and nothing is fetched from anywhere."""

from __future__ import annotations

import io

import pypdfium2
import pytest
from pypdf import PdfReader

from core import pdf

LETTER = "高敏：总账反结账后报错退出，账套仍是“已结账”状态（第 3 次），请于 11 月 27 日前上门。￥1,200.00"
# What is read back of a glyph that stands for a character which no font has.
BOX = "\ufffd"
PAGE = f"<html><body><h1>现场服务请求单</h1><p>{LETTER} <b>{LETTER}</b></p></body></html>"


def read(made: bytes) -> list[str]:
    """Return the text of each page."""
    return [page.get_textpage().get_text_range() for page in pypdfium2.PdfDocument(made)]


def fonts_of(made: bytes) -> set[str]:
    """Return the names of the fonts in which the first page is set, without the mark of what is a part."""
    found = PdfReader(io.BytesIO(made)).pages[0]["/Resources"]["/Font"].values()  # type: ignore[index]
    return {str(one.get_object()["/BaseFont"]).partition("+")[2] for one in found}


def test_the_library_and_its_fonts_are_there() -> None:
    assert pdf.available()


def test_chinese_text_is_read_back_from_one_a4_page() -> None:
    made = pdf.render(PAGE)
    (text,) = read(made)
    assert "现场服务请求单" in text
    assert LETTER.replace(" ", "") in text.replace("\r\n", "").replace(" ", "")
    assert tuple(map(round, pypdfium2.PdfDocument(made)[0].get_size())) == (595, 842)


def test_every_glyph_comes_from_our_own_fonts_and_none_is_a_box() -> None:
    made = pdf.render(PAGE)
    assert fonts_of(made) == {"NotoSansSC-Regular", "NotoSansSC-Bold"}
    assert BOX not in read(made)[0]


def test_a_character_that_no_font_has_would_be_seen() -> None:
    assert BOX in read(pdf.render("<html><body>现\ue123</body></html>"))[0]


def test_a_page_may_turn_itself_and_run_over_several() -> None:
    long = "<p>一行</p>" * 60
    made = pdf.render(
        f"<html><head><style>@page {{ size: A4 landscape }}</style></head><body>{long}</body></html>"
    )
    assert len(read(made)) > 1
    assert tuple(map(round, pypdfium2.PdfDocument(made)[0].get_size())) == (842, 595)


@pytest.mark.parametrize(
    "address", ["file:///etc/hostname", "http://127.0.0.1:9/x.png", "https://example.com/x"]
)
def test_a_page_reaches_no_file_and_no_network(address: str, capfd: pytest.CaptureFixture[str]) -> None:
    pdf.render(f'<html><body><img src="{address}"><link rel="stylesheet" href="{address}">字</body></html>')
    assert f"a page may not fetch {address}" in capfd.readouterr().err
