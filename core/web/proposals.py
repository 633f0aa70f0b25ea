"""Corrections that colleagues propose, and the customer administrator's queue of them (QI/03 3.2.7)."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from sqlalchemy.exc import IntegrityError
from werkzeug.datastructures import MultiDict
from wtforms import Form

from core.customers import keeping, proposals
from core.customers.forms import FileForm
from core.customers.history import CONTACT, CUSTOMER, PRODUCT, Source
from core.customers.keeping import Keeper
from core.customers.models import Customer
from core.customers.records import Proposal, ProposalState
from core.errors import Invalid, KoudaiError, NotFound
from core.forms import LongTextField, YesField, untouched
from core.i18n import _, _l
from core.web import threeway
from core.web.access import actor, may, needs, this_office
from core.web.customer_work import (
    ONE,
    Edit,
    customer_address,
    form_of,
    fresh,
    keeping_file,
    kept_here,
    typed,
)
from core.web.paging import page_number

pages = Blueprint("proposals", __name__, url_prefix="/<office>/customers")
PROPOSAL = "/proposals/<int(max=2147483647):proposal_id>"
PAGE = 30


class WhyForm(Form):
    """Why something is proposed, and whether it is to go altogether."""

    removal = YesField(_l("It is no longer so: take it off the file"))
    why = LongTextField(_l("How do you know?"), limit=500, required=False)


class ReasonForm(Form):
    """Why a proposal is declined, wholly or in part."""

    reason = LongTextField(
        _l("Reason"), limit=1000, required=False, hint=_l("Needed when you decline; its author reads it.")
    )


@pages.route(f"{ONE}/propose", methods=["GET", "POST"])
@needs("core.see_customers")
def propose(office: str, customer_id: int) -> Any:
    """Propose a correction of the customer, of a contact or of a product."""
    customer = kept_here(customer_id)
    what, part_id = request.args.get("what", CUSTOMER), request.args.get("part", 0, type=int)
    if what not in (CUSTOMER, CONTACT, PRODUCT):
        raise NotFound(_l("There is no such part of a customer."))
    if request.method == "GET":
        return _propose_page(fresh(customer, what, part_id), WhyForm())
    why = WhyForm(request.form)
    edit = _propose(customer_id, what, part_id, why)
    if edit is not None:
        return _propose_page(edit, why), 409 if edit.removed or edit.both else 422
    flash(_("Proposed. The customer administrator decides, and you will read it under “Proposals”."), "done")
    return redirect(customer_address(kept_here(customer_id)))


def _propose(customer_id: int, what: str, part_id: int, why: WhyForm) -> Edit | None:
    """Keep what is proposed; return the form as it is to be shown again where that cannot be."""
    with keeping_file() as keeper:
        customer = keeping.locked(customer_id, keeper.office.id)
        edit = typed(customer, what, part_id)
        if not why.validate() or edit.removed:
            return edit
        try:
            return None if _kept(keeper, edit, why) else edit
        except Invalid as wrong:
            why["why"].errors = [wrong.sentence]
            return edit


def _kept(keeper: Keeper, edit: Edit, why: WhyForm) -> bool:
    """Keep a proposal, unless a colleague wrote in the same field meanwhile or the form finds something wrong."""
    said = why.why.data or ""
    if why.removal.data and edit.row is not None and edit.row is not edit.customer:
        proposals.propose_removal(keeper, edit.customer, edit.row, said)
    elif edit.both or not edit.form.validate():
        return False
    else:
        proposals.propose(keeper, edit.customer, edit.what, edit.row, edit.form, said)
    return True


def _propose_page(edit: Edit, why: WhyForm) -> str:
    return render_template(
        "core/customers/propose.html", edit=edit, customer=edit.customer, form=edit.form, why=why
    )


@pages.get("/proposals")
@needs("core.see_customers")
def queue(office: str) -> str:
    """What waits for the customer administrator; to everybody else, what he proposed and what became of it."""
    page, keeps = page_number(), may("core.keep_customers")
    mine = None if keeps else actor().person_id or 0
    found = proposals.listed(this_office().id, (page - 1) * PAGE, PAGE + 1, mine)
    return render_template(
        "core/customers/proposals.html", found=found[:PAGE], more=len(found) > PAGE, page=page, keeps=keeps
    )


@pages.get(PROPOSAL)
@needs("core.see_customers")
def proposal(office: str, proposal_id: int) -> str:
    """One proposal, each field beside what is on file now."""
    return _page(proposals.proposal_of(proposal_id, this_office().id))


def _page(
    found: Proposal, reason: ReasonForm | None = None, form: FileForm | None = None, *, stale: bool = False
) -> str:
    lost: KoudaiError | None = None
    try:
        row = proposals.row_of(found, found.customer)
    except NotFound as gone:
        row, lost = None, gone
    is_open = found.state == ProposalState.OPEN
    items = proposals.items_of(found, form_of(found.what, row))
    return render_template(
        "core/customers/proposal.html",
        proposal=found,
        items=items,
        ticked=_ticked(items),
        taken={one["field"] for one in found.items if one.get("taken")},
        lost=lost,
        reason=reason or ReasonForm(),
        wrong=[(form[name].label.text, errors) for name, errors in form.errors.items()] if form else [],
        stale=stale,
        decides=may("core.keep_customers") and is_open and not found.customer.is_gone,
    )


def _ticked(items: list[proposals.Item]) -> set[str]:
    """Return what is ticked: at first all that nobody changed since, then as it was left, but for what is new to see."""
    if request.method == "GET":
        return {one.field for one in items if not one.stale}
    unseen = threeway.overtaken({one.field: one.now for one in items}, request.form)
    return set(request.form.getlist("take")).difference(unseen)


@pages.post(PROPOSAL)
@needs("core.keep_customers")
def decide(office: str, proposal_id: int) -> Any:
    """Accept what is ticked, or decline with a reason."""
    reason = ReasonForm(request.form)
    ticked = request.form.getlist("take") if request.form.get("answer") == "accept" else []
    if reason.validate() and not ticked and not reason.reason.data:
        reason.reason.errors = [_l("Say why: whoever proposed it reads it.")]
    if reason.reason.errors:
        return _page(proposals.proposal_of(proposal_id, this_office().id), reason), 422
    try:
        done = _decide(proposal_id, ticked, reason.reason.data or "")
    except IntegrityError:
        done = _decide(proposal_id, ticked, reason.reason.data or "")
    if done is not None:
        return _page(proposals.proposal_of(proposal_id, this_office().id), reason, **done), 409
    flash(_("Decided. Whoever proposed it reads it under “Proposals”."), "done")
    return redirect(url_for("proposals.queue", office=office))


def _decide(proposal_id: int, ticked: list[str], reason: str) -> dict[str, Any] | None:
    """Decide under the locks; return what keeps it from being accepted, for the page to say."""
    seen = proposals.proposal_of(proposal_id, this_office().id)
    with keeping_file(Source.PROPOSAL, _authorship(seen), alone=seen.what == CUSTOMER) as keeper:
        customer = keeping.locked(seen.customer_id, keeper.office.id)
        found = proposals.proposal_of(proposal_id, keeper.office.id, lock=True)
        proposals.refuse_decided(found)
        if not ticked:
            proposals.decline(keeper, found, reason)
            return None
        return _accept(keeper, found, customer, ticked, reason)


def _authorship(found: Proposal) -> str:
    return f"{found.by}: {found.why}" if found.why else found.by


def _accept(
    keeper: Keeper, found: Proposal, customer: Customer, ticked: list[str], reason: str
) -> dict[str, Any] | None:
    row = proposals.row_of(found, customer)
    now = untouched(form_of(found.what, row))
    if threeway.overtaken(now, request.form):
        return {"stale": True}
    accepted = {one["field"]: one["after"] for one in found.items if one["field"] in ticked}
    form = form_of(found.what, row, MultiDict({**now, **accepted}))
    taken = proposals.accept(keeper, found, customer, form, accepted, reason)
    return None if taken else {"form": form}
