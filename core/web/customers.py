"""The customer file of an office: the list, and one customer with everything known about him."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, abort, g, redirect, render_template, url_for
from sqlalchemy import select

from core.customers import history, joining, keeping, moving, proposals, services
from core.customers.models import Customer
from core.db import db
from core.lists.customers import listing_of
from core.web.access import may, needs, these_rules, this_office
from core.web.cases import is_final, whole_cases_of
from core.web.listing import shown

pages = Blueprint("customers", __name__, url_prefix="/<office>/customers")
PAGE = 50
MOST_CASES = 20
MOST_CHANGES = 6


@pages.get("/")
@needs("core.see_customers")
def customers(office: str) -> str:
    """The customers of the office as they are asked for, a page at a time."""
    return render_template("core/customers.html", it=shown(listing_of(these_rules()), PAGE))


@pages.get("/<path:file_number>")
@needs("core.see_customers")
def customer(office: str, file_number: str) -> Any:
    """One customer: contacts, products, site, cases of every procedure, and what plugins know."""
    where = (Customer.office_id == this_office().id, Customer.file_number == file_number)
    found = db.session.scalars(select(Customer).where(*where)).one_or_none()
    if found is None:
        abort(404)
    kept = services.by_id(found.merged_into_id) if found.merged_into_id is not None else None
    if kept is not None:
        return redirect(url_for("customers.customer", office=office, file_number=kept.file_number))
    cases = whole_cases_of(found.id, MOST_CASES)
    changes = history.of_customer(found.id, most=MOST_CHANGES + 1)
    return render_template(
        "core/customer.html",
        customer=found,
        rules=these_rules(),
        running=[one for one in cases if not is_final(*one)],
        past=[one for one in cases if is_final(*one)],
        changes=changes[:MOST_CHANGES],
        more_changes=len(changes) > MOST_CHANGES,
        proposals=proposals.open_at(found.id),
        move=moving.last_of(found),
        tree=g.tree,
        merges=joining.merges_of(found.id),
        removed=keeping.removed_of(found),
        keeps=may("core.keep_customers") and not found.is_gone,
    )
