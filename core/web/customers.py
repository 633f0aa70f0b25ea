"""The customer file of an office: the list, and one customer with everything known about him."""

from __future__ import annotations

from flask import Blueprint, abort, render_template
from sqlalchemy import select

from core.customers.models import Customer
from core.db import db
from core.lists.customers import listing_of
from core.web.access import needs, these_rules, this_office
from core.web.cases import cases_of, is_final
from core.web.listing import shown

pages = Blueprint("customers", __name__, url_prefix="/<office>/customers")
PAGE = 50
MOST_CASES = 20


@pages.get("/")
@needs("core.see_customers")
def customers(office: str) -> str:
    """The customers of the office as they are asked for, a page at a time."""
    return render_template("core/customers.html", it=shown(listing_of(these_rules()), PAGE))


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
