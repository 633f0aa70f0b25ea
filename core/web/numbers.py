"""The register of voided numbers, and the check that every number of a month is accounted for."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, render_template, request

from core import clock, number_check
from core.db import db
from core.errors import Invalid
from core.i18n import Sentence
from core.number_check import Month
from core.procedure import Procedure
from core.web.access import needs, these_rules, this_office
from core.web.paging import page_number

pages = Blueprint("numbers", __name__, url_prefix="/<office>/numbers")
PAGE = 30


@pages.get("/")
@needs("core.check_numbers")
def voids(office: str) -> str:
    """The voided numbers, by form and year, the newest first, a page at a time."""
    drawn, forms = number_check.series(this_office()), _forms()
    letter = request.args.get("form", "") if request.args.get("form", "") in forms else ""
    year = request.args.get("year", type=int)
    years = sorted({one.year for one in drawn}, reverse=True)
    page = page_number()
    query = number_check.voids(this_office(), letter, year if year in years else None)
    found = list(db.session.execute(query.offset((page - 1) * PAGE).limit(PAGE + 1)))
    return render_template(
        "core/numbers/voids.html",
        found=found[:PAGE],
        more=len(found) > PAGE,
        page=page,
        forms=forms,
        letter=letter,
        years=years,
        year=year,
    )


def _forms() -> dict[str, Procedure]:
    return {one.letter: one for one in these_rules().plugins.plugins.procedures.values()}


@pages.get("/month")
@needs("core.check_numbers")
def month(office: str) -> Any:
    """The numbers of a month, form by form: drawn = valid + void, or what is missing."""
    asked, wrong = request.args.get("month", ""), None
    chosen = Month.of(clock.now(), this_office())
    try:
        chosen = Month.read(asked) if asked else chosen
    except Invalid as error:
        wrong = error.sentence
    return _page(chosen, asked, wrong), 422 if wrong else 200


def _page(chosen: Month, asked: str, wrong: Sentence | None) -> str:
    tallies = [] if wrong else number_check.check(these_rules(), chosen)
    return render_template(
        "core/numbers/month.html", chosen=chosen, asked=asked or str(chosen), wrong=wrong, tallies=tallies
    )
