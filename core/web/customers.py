"""The customer file of an office: the list, and one customer with everything known about him."""

from __future__ import annotations

from flask import Blueprint, abort, render_template, request
from sqlalchemy import select

from core.customers import lookup
from core.customers.models import Customer
from core.db import db
from core.web.access import needs, these_rules, this_office
from core.web.cases import cases_of, is_final
from core.web.paging import page_number

pages = Blueprint("customers", __name__, url_prefix="/<office>/customers")
PAGE = 50
MOST_CASES = 20


@pages.get("/")
@needs("core.see_customers")
def customers(office: str) -> str:
    """The customers of the office by file number, or those that fit what was typed."""
    typed, page = request.args.get("q", "").strip()[:60], page_number()
    mine = select(Customer).where(Customer.office_id == this_office().id)
    paged = mine.order_by(Customer.file_number).offset((page - 1) * PAGE).limit(PAGE + 1)
    found = lookup.find(typed, this_office().id, PAGE) if typed else list(db.session.scalars(paged))
    return render_template(
        "core/customers.html", found=found[:PAGE], more=len(found) > PAGE, page=page, typed=typed
    )


@pages.get("/<path:file_number>")
@needs("core.see_customers")
def customer(office: str, file_number: str) -> str:
    """One customer: contacts, products, site, cases of every procedure, and what plugins know."""
    where = (Customer.office_id == this_office().id, Customer.file_number == file_number)
    found = db.session.scalars(select(Customer).where(*where)).one_or_none()
    if found is None:
        abort(404)
    cases = cases_of(found.id, MOST_CASES)
    return render_template(
        "core/customer.html",
        customer=found,
        rules=these_rules(),
        running=[one for one in cases if not is_final(*one)],
        past=[one for one in cases if is_final(*one)],
    )
