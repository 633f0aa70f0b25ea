"""Customers who go to another office by an agreement of three (QI/02 region.tripartite): offered here, accepted there."""

from __future__ import annotations

import datetime as dt
from typing import Any

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from sqlalchemy.exc import IntegrityError
from wtforms import Form
from wtforms.validators import ValidationError

from core.customers import keeping, moving, values
from core.customers.forms import CleanField
from core.customers.history import Source
from core.customers.lines import LONGEST
from core.customers.models import Customer
from core.errors import Invalid, KoudaiError
from core.forms import ChoiceField, DayField, LongTextField, TextField, YesField
from core.i18n import _, _l
from core.web.access import actor, needs, these_rules, this_office
from core.web.customer_work import ONE, customer_address, keeping_file, kept_here, today
from core.web.paging import page_number

pages = Blueprint("customer_moves", __name__, url_prefix="/<office>/customers")
MOVE = "/moves/<int(max=2147483647):move_id>"
PAGE = 30


class OfferForm(Form):
    """What the three have agreed on."""

    office = ChoiceField(_l("To which office"))
    agreement = TextField(_l("Agreement"), limit=60, hint=_l("The reference of the tripartite agreement."))
    agreed_on = DayField(_l("Agreed on"))
    confirmed_by = TextField(_l("Confirmed by"), limit=40, hint=_l("Who confirmed it at the customer's."))
    confirmed = YesField(
        _l("The customer confirms that the new office serves, trains and implements"), required=True
    )

    def validate_agreed_on(self, field: DayField) -> None:
        """No agreement lies ahead."""
        if field.data and field.data > self.today():
            raise ValidationError(_l("The agreement lies ahead. Give the day on which it was signed."))

    def today(self) -> dt.date:
        """Return the day it is in the office."""
        return today()


class AcceptForm(Form):
    """Under which number the customer comes on file here."""

    file_number = CleanField(
        _l("File number"),
        clean=values.code,
        limit=LONGEST["file_number"],
        required=False,
        hint=_l("Left empty, the next number of the office's own series is taken."),
    )


class DeclineForm(Form):
    """Why not."""

    reason = LongTextField(_l("Reason"), limit=1000)


@pages.route(f"{ONE}/move", methods=["GET", "POST"])
@needs("core.keep_customers")
def offer(office: str, customer_id: int) -> Any:
    """Offer a customer to another office, once the three have agreed and nothing is open here."""
    customer = kept_here(customer_id)
    form = OfferForm(request.form if request.method == "POST" else None)
    form.office.offer(moving.targets(this_office().id))
    if request.method == "GET":
        return _offer_page(customer, form)
    if not form.validate():
        return _offer_page(customer, form), 422
    try:
        with keeping_file(source=Source.MOVE, alone=True) as keeper:
            customer = keeping.locked(customer_id, keeper.office.id)
            moving.offer(keeper, customer, int(form.office.data or 0), form.data)
    except KoudaiError as refused:
        return _offer_page(kept_here(customer_id), form, refused), 409
    flash(_("Offered. The other office's customer administrator accepts or declines."), "done")
    return redirect(customer_address(customer))


def _offer_page(customer: Customer, form: OfferForm, refused: KoudaiError | None = None) -> str:
    return render_template(
        "core/customers/offer.html",
        customer=customer,
        form=form,
        refused=refused,
        blocking=moving.blocking(these_rules(), customer),
        offered=moving.offer_of(customer.id),
    )


@pages.get("/moves")
@needs("core.keep_customers")
def moves(office: str) -> str:
    """The customers who come to this office and who leave it, those that wait for an answer first."""
    page = page_number()
    found = moving.moves(this_office().id, (page - 1) * PAGE, PAGE + 1)
    return render_template(
        "core/customers/moves.html", found=found[:PAGE], more=len(found) > PAGE, page=page, tree=g.tree
    )


@pages.get(MOVE)
@needs("core.keep_customers")
def move(office: str, move_id: int) -> str:
    """One move: who, from where to where, by which agreement; and what this office can answer."""
    return _page(move_id)


def _page(move_id: int, accepting: AcceptForm | None = None, declining: DeclineForm | None = None) -> str:
    return render_template(
        "core/customers/move.html",
        move=moving.move_of(move_id, this_office().id),
        tree=g.tree,
        accepting=accepting or AcceptForm(),
        declining=declining or DeclineForm(),
    )


@pages.post(f"{MOVE}/accept")
@needs("core.keep_customers")
def accept(office: str, move_id: int) -> Any:
    """Take the customer over."""
    form = AcceptForm(request.form)
    if not form.validate():
        return _page(move_id, accepting=form), 422
    try:
        arrived = moving.accept(
            moving.move_of(move_id, this_office().id), actor(), form.file_number.data or ""
        )
    except Invalid as wrong:
        form.file_number.errors = [wrong.sentence]
        return _page(move_id, accepting=form), 422
    except IntegrityError as error:
        raise KoudaiError(_l("Somebody took the number a moment before. Try again.")) from error
    flash(_("%(name)s is on file here now.", name=arrived.name), "done")
    return redirect(customer_address(arrived))


@pages.post(f"{MOVE}/decline")
@needs("core.keep_customers")
def decline(office: str, move_id: int) -> Any:
    """Say no, and why."""
    form = DeclineForm(request.form)
    if not form.validate():
        return _page(move_id, declining=form), 422
    moving.decline(moving.move_of(move_id, this_office().id), actor(), form.reason.data)
    flash(_("Declined. The other office reads the reason."), "done")
    return redirect(url_for("customer_moves.moves", office=office))


@pages.post(f"{MOVE}/withdraw")
@needs("core.keep_customers")
def withdraw(office: str, move_id: int) -> Any:
    """Take an offer of this office back."""
    with keeping_file(source=Source.MOVE) as keeper:
        moving.withdraw(keeper, move_id)
    flash(_("The offer is withdrawn."), "done")
    return redirect(url_for("customer_moves.moves", office=office))
