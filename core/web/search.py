"""The search box: a case by its number, or customers by whatever they are called, in all my offices."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from sqlalchemy import select

from core.cases import Case
from core.customers import lookup, values
from core.db import db
from core.procedure import Procedure
from core.rules import Rules
from core.web.access import may, signed_in
from core.web.cases import case_url
from core.web.menu import rules_of_mine

pages = Blueprint("search", __name__)


@pages.get("/search")
@signed_in
def search() -> Any:
    """Go straight to what was meant when there is only one; else show what fits."""
    typed = request.args.get("q", "").strip()[:60]
    rules = rules_of_mine()
    found = case_by_number(typed, rules.values()) if typed else None
    if found is not None:
        procedure, case, office = found
        return redirect(case_url(procedure, case.number, office))
    seen = [office_id for office_id, one in rules.items() if may("core.see_customers", one)]
    customers = lookup.find_in(typed, seen, gone=True)
    if len(customers) == 1:
        return redirect(customer_url(rules[customers[0].office_id].office.code, customers[0].file_number))
    return render_template("core/search.html", typed=typed, customers=customers, rules=rules)


def customer_url(office: str, file_number: str) -> str:
    """Return the address of a customer's page."""
    return url_for("customers.customer", office=office, file_number=file_number)


def case_by_number(typed: str, rules: Iterable[Rules]) -> tuple[Procedure, Case, str] | None:
    """Find the case with this very number in an office where the reader may see it."""
    number = values.code(typed)
    seen = [(one, p) for one in rules for p in one.plugins.procedures.values() if may(p.reads, one)]
    for model in {procedure.model: None for _one, procedure in seen}:
        case = db.session.scalars(select(model).where(model.number == number)).unique().one_or_none()
        for one, procedure in seen:
            if case is not None and procedure.model is model and one.office.id == case.office_id:
                return procedure, case, one.office.code
    return None
