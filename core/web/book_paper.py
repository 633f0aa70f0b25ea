"""The pocket book on paper: cover, contents with page numbers, one chapter after the other, as PDF."""

from __future__ import annotations

import io
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from flask import render_template
from markupsafe import Markup
from pypdf import PdfReader

from core import clock, pdf
from core.pocketbook import Book
from core.web.book_parts import Part, parts

STYLE = Path(__file__).parents[1] / "static" / "pocketbook-paper.css"
# Nothing is fetched from there; without an address the contents could not point to their chapters.
BASE = "https://koudai.invalid/"


def printed(book: Book, only: bool) -> bytes:
    """Lay the book out twice: where its chapters begin is known only then, and stands in the contents."""
    chapters = list(parts(book, only=only))
    first = pdf.render(_page(book, chapters, only, {}))
    return pdf.render(_page(book, chapters, only, _begins(first)))


def _page(book: Book, chapters: list[Part], only: bool, begins: Mapping[str, int]) -> str:
    return render_template(
        "core/pocketbook_paper.html",
        base=BASE,
        style=Markup("<style>%s</style>") % Markup(_style()),
        book=book,
        parts=chapters,
        only=only,
        begins=begins,
        today=clock.now(),
    )


@cache
def _style() -> str:
    return STYLE.read_text(encoding="utf-8")


def _begins(paper: bytes) -> dict[str, int]:
    """Read on which page each chapter begins, by the name of its anchor."""
    reader = PdfReader(io.BytesIO(paper))
    pages = {name: reader.get_destination_page_number(one) for name, one in reader.named_destinations.items()}
    return {name: page + 1 for name, page in pages.items() if page is not None}
