"""The pocket book as a page and as PDF: what runs in an office, what is otherwise, or beside another office."""

from __future__ import annotations

from flask import Blueprint, make_response, render_template, request
from werkzeug.wrappers import Response

from core import clock, pdf
from core.errors import KoudaiError
from core.i18n import _l
from core.offices import Office
from core.pocketbook import Book
from core.rules import Rules
from core.web import book_paper
from core.web.access import may, needs, these_rules, this_office
from core.web.book_parts import parts
from core.web.menu import my_offices, rules_of_mine

pages = Blueprint("pocketbook", __name__, url_prefix="/<office>")


@pages.get("/pocket-book/")
@needs("core.read_book")
def book(office: str) -> str:
    """The whole book, or only what is otherwise; with another of one's offices beside it."""
    other, only = _other(), _only()
    return render_template(
        "core/pocketbook.html",
        parts=list(parts(Book(these_rules()), Book(other) if other else None, only)),
        other=other.office if other else None,
        only=only,
        others=_others(),
        as_pdf=pdf.available(),
    )


@pages.get("/pocket-book.pdf")
@needs("core.read_book")
def paper(office: str) -> Response:
    """The book on paper, with a contents page; the whole of it, or only what is otherwise."""
    if not pdf.available():
        raise KoudaiError(_l("No PDF can be made on this machine. Open the pocket book and print it."))
    answer = make_response(book_paper.printed(Book(these_rules()), _only()))
    name = f"pocket-book-{this_office().code}-{clock.now():%Y-%m-%d}.pdf"
    answer.headers["Content-Type"] = "application/pdf"
    answer.headers["Content-Disposition"] = f'inline; filename="{name}"'
    return answer


def _only() -> bool:
    return request.args.get("only") == "1"


def _others() -> list[Office]:
    read = [rules.office for rules in rules_of_mine().values() if may("core.read_book", rules)]
    codes = {office.code for office in read if office.id != this_office().id}
    return [office for office in my_offices() if office.code in codes]


def _other() -> Rules | None:
    asked = request.args.get("with", "")
    chosen = next((one for one in _others() if one.code == asked), None)
    return rules_of_mine()[chosen.id] if chosen else None
