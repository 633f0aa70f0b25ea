"""The customer administrator's hands on the file (QI/03 3.2.7): add, correct, remove, bring back, and look back."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from sqlalchemy.exc import IntegrityError

from core import clock
from core.customers import history, keeping, services
from core.customers.forms import FORMS, FileForm, NewCustomerForm
from core.customers.history import CONTACT, CUSTOMER, PRODUCT, Source
from core.customers.keeping import Keeper
from core.customers.models import Customer
from core.customers.records import CustomerChange
from core.db import writing
from core.errors import NotFound
from core.forms import untouched
from core.i18n import Sentence, _, _l
from core.rules import rules_of
from core.switches import lock_office
from core.web import threeway
from core.web.access import actor, needs, this_office
from core.web.paging import page_number

pages = Blueprint("customer_work", __name__, url_prefix="/<office>/customers")
ONE = "/<int(max=2147483647):customer_id>"
PART = f"{ONE}/<any(contact, product):what>/<int(max=2147483647):part_id>"
PAGE = 50
TITLES = {
    CUSTOMER: _l("Correct the customer"),
    CONTACT: _l("Correct the contact"),
    PRODUCT: _l("Correct the product"),
}
NEW_TITLES = {CONTACT: _l("Add a contact"), PRODUCT: _l("Add a product")}


@contextmanager
def keeping_file(source: str = Source.HAND, note: str = "", *, alone: bool = False) -> Iterator[Keeper]:
    """Open the write transaction for the office of the URL, with the rules that hold in it.

    ``alone``: while no step of any case of the office is under way. A new name goes into the promises of the customer's
    cases, which a step may hold while it waits for the customer; and whoever is new is compared with all on file.
    """
    office_id = this_office().id
    with writing():
        rules = rules_of(lock_office(office_id, shared=not alone))
        yield Keeper(rules=rules, actor=actor(), source=source, note=note)


def today() -> dt.date:
    """Return the day it is in the office of the URL."""
    return clock.now().astimezone(this_office().zoneinfo).date()


def here_or_404(customer_id: int) -> Customer:
    """Return a customer of this office, one who is gone too; whatever else is asked for does not exist."""
    found = services.by_id(customer_id)
    if found is None or found.office_id != this_office().id:
        abort(404)
    return found


def kept_here(customer_id: int) -> Customer:
    """Return a customer whom this office still keeps, for a form; who is gone can only be read."""
    found = here_or_404(customer_id)
    keeping.refuse_gone(found)
    return found


def customer_address(customer: Customer) -> str:
    """Return the address of a customer's page."""
    return url_for("customers.customer", office=this_office().code, file_number=customer.file_number)


def form_of(what: str, row: Any = None, given: Any = None) -> FileForm:
    """Return the form of a customer, contact or product over what is on file."""
    return FORMS[what](this_office().id, today(), given, row)


# --- a new one


@pages.route("/new", methods=["GET", "POST"])
@needs("core.keep_customers")
def new(office: str) -> Any:
    """The form for a customer whom the file lacks; who looks alike is shown before anything is saved."""
    given = request.form if request.method == "POST" else None
    form = NewCustomerForm(this_office().id, today(), given)
    if given is None:
        return render_template("core/customers/new.html", form=form, alike=[])
    added = _add(form) if form.validate() else None
    if added is None:
        form.validate()
        return render_template("core/customers/new.html", form=form, alike=form.alike()), 422
    flash(_("%(name)s is on file under %(number)s.", name=added.name, number=added.file_number), "done")
    return redirect(customer_address(added))


def _add(form: NewCustomerForm) -> Customer | None:
    """Enter the customer; None where somebody like him is on file, or took one of his numbers a moment before."""
    try:
        with keeping_file(alone=True) as keeper:
            return keeping.add(keeper, form.said())
    except (keeping.Twins, IntegrityError):
        return None


# --- one who is there


@dataclass(kw_only=True)
class Edit:
    """One form of the file as it comes back: what is on file, what was typed, and who wrote meanwhile.

    A part that was ``removed`` meanwhile has no row: what was typed of it can be entered as a new one.
    """

    customer: Customer
    what: str
    row: Any = None
    form: FileForm
    was: dict[str, str] = field(default_factory=dict)
    stale: list[str] = field(default_factory=list)
    both: list[str] = field(default_factory=list)
    meanwhile: list[CustomerChange] = field(default_factory=list)
    removed: bool = False

    @property
    def title(self) -> Sentence:
        """What the page is about."""
        return (TITLES if self.row is not None else NEW_TITLES)[self.what]


@pages.route(f"{ONE}/correct", methods=["GET", "POST"])
@needs("core.keep_customers")
def correct(office: str, customer_id: int) -> Any:
    """Correct what is known of the customer himself."""
    customer = kept_here(customer_id)
    if request.method == "GET":
        return _page(fresh(customer, CUSTOMER))
    return _saved(customer_id, CUSTOMER, 0)


@pages.route(PART, methods=["GET", "POST"])
@needs("core.keep_customers")
def part(office: str, customer_id: int, what: str, part_id: int) -> Any:
    """Correct a contact or product; the part 0 is a new one."""
    customer = kept_here(customer_id)
    if request.method == "POST":
        return _saved(customer_id, what, part_id)
    return _page(fresh(customer, what, part_id))


def fresh(customer: Customer, what: str, part_id: int = 0) -> Edit:
    """Return the form of what is on file, or of a new part, in which nobody has typed."""
    row = _row(customer, what, part_id)
    form = form_of(what, row)
    return Edit(customer=customer, what=what, row=row, form=form, was=untouched(form))


def _row(customer: Customer, what: str, part_id: int) -> Any:
    """Return what a form is about: the customer, one of his parts, or nothing yet."""
    if what == CUSTOMER:
        return customer
    return keeping.part_of(customer, what, part_id) if part_id else None


def _saved(customer_id: int, what: str, part_id: int) -> Any:
    """Save what was typed, or show it again with what is wrong or what a colleague wrote meanwhile."""
    try:
        edit, done = _save(customer_id, what, part_id)
    except IntegrityError:
        edit, done = _save(customer_id, what, part_id)
    if not done:
        return _page(edit), 409 if edit.stale or edit.removed else 422
    flash(_("Saved."), "done")
    return redirect(customer_address(edit.customer))


def _save(customer_id: int, what: str, part_id: int) -> tuple[Edit, bool]:
    with keeping_file(alone=what == CUSTOMER) as keeper:
        customer = keeping.locked(customer_id, keeper.office.id)
        edit = typed(customer, what, part_id)
        done = not edit.removed and not edit.stale and edit.form.validate()
        if done and edit.row is None:
            keeping.add_part(keeper, customer, what, edit.form.said())
        elif done:
            keeping.correct(keeper, customer, edit.row, edit.form.said())
    return edit, done


def typed(customer: Customer, what: str, part_id: int = 0) -> Edit:
    """Lay what was typed over what is on file now."""
    try:
        return _laid_over(customer, what, _row(customer, what, part_id))
    except NotFound:
        return _removed(customer, what, part_id)


def _removed(customer: Customer, what: str, part_id: int) -> Edit:
    """Keep what was typed of a part that a colleague took off the file; NotFound for what was never on it."""
    keeping.part_of(customer, what, part_id, removed=True)
    gone = history.last_of(customer.id, what, part_id, [""])
    form = form_of(what, None, request.form)
    return Edit(customer=customer, what=what, form=form, meanwhile=list(gone.values()), removed=True)


def _laid_over(customer: Customer, what: str, row: Any) -> Edit:
    now = untouched(form_of(what, row)) if row is not None else {}
    given, both = threeway.merged(now, request.form)
    stale = threeway.overtaken(now, request.form)
    form = form_of(what, row, given)
    for name in both:
        form[name].errors = (threeway.written_meanwhile(now[name]),)
    changes = (
        history.last_of(customer.id, what, None if row is customer else row.id, _kept(stale)) if stale else {}
    )
    return Edit(
        customer=customer,
        what=what,
        row=row,
        form=form,
        was=now,
        stale=stale,
        both=both,
        meanwhile=list(changes.values()),
    )


def _kept(names: list[str]) -> list[str]:
    """Return the names under which the history keeps the fields of a form."""
    return [name.removesuffix("_id") for name in names]


def _page(edit: Edit) -> str:
    return render_template("core/customers/edit.html", edit=edit, form=edit.form, customer=edit.customer)


@pages.post(f"{PART}/remove")
@needs("core.keep_customers")
def remove(office: str, customer_id: int, what: str, part_id: int) -> Any:
    """Take a contact or product off the file; it can be brought back."""
    with keeping_file() as keeper:
        customer = keeping.locked(customer_id, keeper.office.id)
        keeping.remove_part(keeper, customer, keeping.part_of(customer, what, part_id))
    flash(_("It is off the file. Under “Removed” it can be brought back."), "done")
    return redirect(customer_address(customer))


@pages.post(f"{PART}/restore")
@needs("core.keep_customers")
def restore(office: str, customer_id: int, what: str, part_id: int) -> Any:
    """Bring a removed contact or product back."""
    with keeping_file() as keeper:
        customer = keeping.locked(customer_id, keeper.office.id)
        keeping.restore_part(keeper, customer, keeping.part_of(customer, what, part_id, removed=True))
    flash(_("It is on file again."), "done")
    return redirect(customer_address(customer))


@pages.get(f"{ONE}/history")
@needs("core.see_customers")
def past(office: str, customer_id: int) -> str:
    """Everything that was changed at a customer, the newest first."""
    customer, page = here_or_404(customer_id), page_number()
    changes = history.of_customer(customer.id, (page - 1) * PAGE, PAGE + 1)
    return render_template(
        "core/customers/history.html",
        customer=customer,
        changes=changes[:PAGE],
        more=len(changes) > PAGE,
        page=page,
    )
