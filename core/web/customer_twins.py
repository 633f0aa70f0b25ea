"""Customers who are on file twice: the pairs that look alike, the merge of two, and its undoing (QI/03 3.2.7)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from sqlalchemy import select

from core.customers import history, joining, keeping, services, twins
from core.customers.joining import BOTH, GONE, KEPT, NOTES
from core.customers.keeping import Keeper
from core.customers.models import Customer
from core.customers.records import CustomerChange
from core.db import db
from core.i18n import _, _l
from core.web import threeway
from core.web.access import needs, these_rules, this_office
from core.web.cases import cases_of
from core.web.customer_work import ONE, customer_address, here_or_404, keeping_file
from core.web.paging import page_number
from core.web.undo import tell_undo

pages = Blueprint("customer_twins", __name__, url_prefix="/<office>/customers")
PAGE = 30
MOST_CASES = 50
CHOICES = {BOTH: _l("both, one below the other")}


@pages.get("/duplicates")
@needs("core.keep_customers")
def duplicates(office: str) -> str:
    """The pairs that look alike, those with most in common first."""
    page = page_number()
    found = twins.pairs(this_office().id, (page - 1) * PAGE, PAGE + 1)
    return render_template(
        "core/customers/duplicates.html", found=found[:PAGE], more=len(found) > PAGE, page=page
    )


@pages.get("/duplicates/apart")
@needs("core.keep_customers")
def said_apart(office: str) -> str:
    """Those who look alike and of whom somebody said that they are two."""
    page = page_number()
    found = twins.said_apart(this_office().id, (page - 1) * PAGE, PAGE + 1)
    return render_template("core/customers/apart.html", found=found[:PAGE], more=len(found) > PAGE, page=page)


@pages.post(f"{ONE}/apart")
@needs("core.keep_customers")
def apart(office: str, customer_id: int) -> Any:
    """Say that two who look alike are two."""
    other_id = request.form.get("other", 0, type=int)
    with _pair(customer_id, other_id) as (keeper, one, other):
        twins.say_apart(keeper, one, other)
    undo = url_for("customer_twins.alike_again", office=office, customer_id=customer_id, other_id=other_id)
    tell_undo(_("Noted: these are two customers."), undo)
    return redirect(url_for("customer_twins.duplicates", office=office))


@pages.post(f"{ONE}/apart/<int(max=2147483647):other_id>/undo")
@needs("core.keep_customers")
def alike_again(office: str, customer_id: int, other_id: int) -> Any:
    """Take back that two who look alike are two."""
    with _pair(customer_id, other_id) as (keeper, one, other):
        twins.unsay_apart(keeper, one, other)
    flash(_("Undone: these two may be one."), "done")
    return redirect(url_for("customer_twins.duplicates", office=office))


@contextmanager
def _pair(one_id: int, other_id: int) -> Iterator[tuple[Keeper, Customer, Customer]]:
    """Open the write transaction on two customers of this office, the one locked."""
    with keeping_file() as keeper:
        yield keeper, keeping.locked(one_id, keeper.office.id), here_or_404(other_id)


@pages.route(f"{ONE}/merge", methods=["GET", "POST"])
@needs("core.keep_customers")
def merge(office: str, customer_id: int) -> Any:
    """Choose, field by field, what stays of two customers who are one, and make them one."""
    kept = here_or_404(customer_id)
    typed = request.values.get("other", "").strip()[:24]
    gone = services.by_file_number(typed, this_office().id) if typed else None
    if gone is None or gone.id == kept.id or kept.is_gone:
        return render_template("core/customers/merge_with.html", kept=kept, typed=typed, alike=_alike(kept))
    if request.method == "GET":
        return _choose(kept, gone)
    gone_id = gone.id
    with keeping_file(source=history.Source.MERGE, alone=True) as keeper:
        first, second = (keeping.locked(one, keeper.office.id) for one in sorted((customer_id, gone_id)))
        kept, gone = (first, second) if first.id == customer_id else (second, first)
        stale = threeway.overtaken(_beside(kept, gone), request.form)
        if not stale:
            joining.merge(keeper, kept, gone, _chosen())
            said = _("%(gone)s is now %(kept)s.", gone=gone.file_number, kept=kept.file_number)
    if stale:
        return _choose(kept, gone, stale), 409
    flash(said, "done")
    return redirect(customer_address(kept))


def _alike(kept: Customer) -> list[Customer]:
    phones = [one.phones for one in kept.contacts]
    return [one for one in twins.alike(this_office().id, kept.name, phones) if one.id != kept.id]


def _chosen() -> dict[str, str]:
    """Return whose value the reader wants of each field about which the page asked."""
    return {name: request.form[f"of-{name}"] for name in joining.FIELDS if f"of-{name}" in request.form}


def _beside(kept: Customer, gone: Customer) -> dict[str, str]:
    """Return all that may be chosen, by side and field."""
    sides = {KEPT: kept, GONE: gone}
    return {f"{side}-{name}": getattr(one, name) for side, one in sides.items() for name in joining.FIELDS}


def _meanwhile(one: Customer, side: str, stale: Sequence[str]) -> list[CustomerChange]:
    names = [name for name in joining.FIELDS if f"{side}-{name}" in stale]
    return list(history.last_of(one.id, history.CUSTOMER, None, names).values()) if names else []


def _choose(kept: Customer, gone: Customer, stale: Sequence[str] = ()) -> str:
    """Show both sides; a choice stands unless a colleague wrote meanwhile what was chosen from."""
    names = joining.differing(kept, gone)
    over = {name.partition("-")[2] for name in stale}
    typed = {name: choice for name, choice in _chosen().items() if name not in over}
    return render_template(
        "core/customers/merge.html",
        kept=kept,
        gone=gone,
        names=names,
        chosen={name: typed.get(name) or joining.proposed(kept, gone, name) for name in names},
        was=_beside(kept, gone),
        stale=stale,
        meanwhile=[(kept, _meanwhile(kept, KEPT, stale)), (gone, _meanwhile(gone, GONE, stale))],
        choices=CHOICES,
        notes=NOTES,
        cases={one.id: len(cases_of(one.id, MOST_CASES)) for one in (kept, gone)},
        rules=these_rules(),
    )


@pages.post(f"{ONE}/part")
@needs("core.keep_customers")
def part(office: str, customer_id: int) -> Any:
    """Undo a merge: two customers again, exactly as they were."""
    merge_id = request.form.get("merge", 0, type=int)
    with keeping_file(source=history.Source.MERGE, alone=True) as keeper:
        kept = keeping.locked(customer_id, keeper.office.id)
        record = joining.merge_of(merge_id, kept.id)
        gone = _locked_too(record.gone_id)
        joining.undo(keeper, record)
        number = gone.file_number
    flash(_("Undone: %(number)s is a customer of its own again.", number=number), "done")
    return redirect(customer_address(here_or_404(customer_id)))


def _locked_too(customer_id: int) -> Customer:
    query = select(Customer).where(Customer.id == customer_id).with_for_update(of=Customer)
    found = db.session.scalars(query.execution_options(populate_existing=True)).one_or_none()
    return found if found is not None else abort(404)
