"""Entitlement, sealing, and what the regional manager decides about expired customers."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from sqlalchemy import select

from core.clauses import house_rule
from core.customers import services as customers
from core.customers.along import came_along
from core.customers.models import Customer, Installation
from core.db import db
from core.errors import Invalid, Objection
from core.i18n import Sentence, _l
from core.slots import Card, GoesAlong
from core.verdicts import Verdict
from plugins.billing.models import CourtesyVisit, Sealing
from plugins.fieldservice import services as fieldservice
from plugins.fieldservice.hooks import Admission
from plugins.fieldservice.models import ServiceRequest
from plugins.hotline import services as hotline
from plugins.hotline.hooks import COVERED, Entitlement

if TYPE_CHECKING:
    from core.gate import Act
    from core.rules import Rules

FIRST_YEAR = "billing.free_months"
WITHDRAWN = "billing.withdrawn_support_months"
DECIDE_WITHIN = "billing.decide_working_days"
COURTESY = "billing.courtesy"
NOT_FORGOTTEN = house_rule(_l("What is on nobody's desk is forgotten."))
NO_REQUEST = {Entitlement.SEALED: "QI/03 3.3.1", Entitlement.WITHDRAWN: "QI/02 upgrade.withdrawn"}


def months_after(day: dt.date, months: int) -> dt.date:
    """Return the same day so many months later, the last of the month where there is none."""
    month = day.month - 1 + months
    year, month = day.year + month // 12, month % 12 + 1
    first_of_next = dt.date(year + month // 12, month % 12 + 1, 1)
    return min(dt.date(year, month, 1) + dt.timedelta(days=day.day - 1), first_of_next - dt.timedelta(days=1))


def sealing_of(customer_id: int) -> Sealing | None:
    """Return the sealing that stands for a customer."""
    query = select(Sealing).where(Sealing.customer_id == customer_id, Sealing.state == "sealed")
    return db.session.scalars(query.order_by(Sealing.id.desc()).limit(1)).one_or_none()


def sealing_here(customer_id: int, rules: Rules) -> Sealing | None:
    """Return the sealing that stands for a customer, read once for a page or step."""
    return rules.once(("billing.sealing", customer_id), lambda: sealing_of(customer_id))


def courtesy_of(customer_id: int) -> CourtesyVisit | None:
    """Return the courtesy visit that a customer has had in this office; one that was cancelled was none."""
    query = select(CourtesyVisit).join(ServiceRequest, ServiceRequest.id == CourtesyVisit.request_id)
    where = (CourtesyVisit.customer_id == customer_id, ServiceRequest.state != "cancelled")
    return db.session.scalars(query.where(*where).order_by(CourtesyVisit.request_id)).first()


def courtesy_had(customer_id: int) -> str:
    """Return with which request a customer has had the courtesy visit, here or where he moved from; empty if not."""
    here = courtesy_of(customer_id)
    return str(here.request.number) if here else next(iter(came_along(customer_id, COURTESY)), "")


def courtesy_goes_along(customer_id: int) -> GoesAlong | None:
    """Let the next office know that a customer who moves has had his courtesy visit: there is no second."""
    used = courtesy_of(customer_id)
    return GoesAlong(key=COURTESY, value=str(used.request.number)) if used else None


def entitlement(customer: Customer, installation: Installation | None, on: dt.date, rules: Rules) -> Verdict:
    """Judge a customer's contract: sealed first, then the product, then the best of the terms."""
    sealing = sealing_here(customer.id, rules)
    if sealing is not None:
        return sealed(sealing)
    if installation is not None:
        return _with_courtesy(of_product(installation, on, rules), customer, rules)
    return _with_courtesy(of_products(customer.installations, on, rules), customer, rules)


def of_product(installation: Installation, on: dt.date, rules: Rules) -> Verdict:
    """Judge one product: no support when it is withdrawn, whatever its term."""
    return withdrawn(installation, on, rules) or term(installation, on, rules)


ORDER = (
    Entitlement.CARD,
    Entitlement.FREE_YEAR,
    Entitlement.EXPIRED,
    Entitlement.NO_CONTRACT,
    Entitlement.WITHDRAWN,
)


def of_products(installations: Sequence[Installation], on: dt.date, rules: Rules) -> Verdict:
    """Judge a customer as a whole: the best covered product speaks, the others stand in the evidence."""
    verdicts = [of_product(one, on, rules) for one in installations]
    if not verdicts:
        return Verdict(
            value=Entitlement.NO_CONTRACT,
            reason=_l("No product with a contract is on file."),
            clause="QI/02 file.missing",
        )
    verdicts.sort(key=lambda verdict: ORDER.index(verdict.value))
    return replace(verdicts[0], evidence=tuple(line for one in verdicts for line in one.evidence))


def sealed(sealing: Sealing) -> Verdict:
    """Judge a sealed customer: nothing is covered, whatever was bought (QI/03 3.3.1)."""
    return Verdict(
        value=Entitlement.SEALED,
        reason=_l("Sealed by the regional manager %(name)s.", name=sealing.manager),
        clause="QI/03 3.3.1",
        evidence=(
            _l("Sealing %(number)s: %(reason)s", number=sealing.number, reason=sealing.reason),
            whom_to_ask(sealing),
        ),
    )


def whom_to_ask(sealing: Sealing) -> Sentence:
    """Say whom a sealed customer may phone (QI/03 3.3.1)."""
    return _l(
        "Give the customer this name and extension: %(name)s, %(extension)s",
        name=sealing.manager,
        extension=sealing.extension,
    )


def _with_courtesy(verdict: Verdict, customer: Customer, rules: Rules) -> Verdict:
    """Add to an expired contract whether the courtesy visit is still to be had."""
    if verdict.value != Entitlement.EXPIRED:
        return verdict
    number = rules.once((COURTESY, customer.id), lambda: courtesy_had(customer.id))
    line = (
        _l("The courtesy visit was granted with %(number)s.", number=number)
        if number
        else _l("The courtesy visit has not been used.")
    )
    return replace(verdict, evidence=(*verdict.evidence, line))


def withdrawn(installation: Installation, on: dt.date, rules: Rules) -> Verdict | None:
    """No support for what has been withdrawn from sale for more than a year: an upgrade is offered."""
    since = installation.product.withdrawn_on
    if since is None or on <= months_after(since, rules.parameter(WITHDRAWN)):
        return None
    product = installation.product.name
    return Verdict(
        value=Entitlement.WITHDRAWN,
        reason=_l("%(product)s is no longer supported. Offer an upgrade.", product=product),
        clause="QI/02 upgrade.withdrawn",
        evidence=(_l("%(product)s, withdrawn from sale on %(day)s", product=product, day=since),),
    )


def term(installation: Installation, on: dt.date, rules: Rules) -> Verdict:
    """Judge one product's term: a valid card, the free first year, or expired."""
    last_free = last_free_day(installation, rules)
    if installation.service_card and installation.service_until and on <= installation.service_until:
        return _verdict(Entitlement.CARD, installation, "QI/02 fee.after-first-year", last_free)
    if last_free is None or (installation.contract_date and installation.contract_date > on):
        return _verdict(Entitlement.NO_CONTRACT, installation, "QI/02 file.missing", last_free)
    if on <= last_free:
        return _verdict(Entitlement.FREE_YEAR, installation, "QI/02 fee.after-first-year", last_free)
    return _verdict(Entitlement.EXPIRED, installation, "QI/03 3.2.6", last_free)


def last_free_day(installation: Installation, rules: Rules) -> dt.date | None:
    """Return the last day that is still free, counted from the contract, used or not (QI/02 fee.unused)."""
    signed = installation.contract_date
    if signed is None:
        return None
    same_day = months_after(signed, rules.parameter(FIRST_YEAR))
    # A contract of 29 February ends with the last of February, not on the day before it.
    return same_day if same_day.day < signed.day else same_day - dt.timedelta(days=1)


REASONS = {
    Entitlement.CARD: _l("The service card is valid."),
    Entitlement.FREE_YEAR: _l("The first year from the contract date is free."),
    Entitlement.EXPIRED: _l("The service has expired: the regional manager decides."),
    Entitlement.NO_CONTRACT: _l("No contract that has begun is on file."),
}


def _verdict(value: Entitlement, one: Installation, clause: str, last_free: dt.date | None = None) -> Verdict:
    product, card, until = one.product.name, one.service_card, one.service_until
    if last_free:
        first = _l(
            "%(product)s, contract of %(day)s, free until %(last)s inclusive",
            product=product,
            day=one.contract_date,
            last=last_free,
        )
    else:
        first = _l("%(product)s, no contract date on file", product=product)
    if not card:
        paid = _l("%(product)s, no service card", product=product)
    elif until:
        paid = _l("%(product)s, card %(card)s until %(day)s inclusive", product=product, card=card, day=until)
    else:
        paid = _l("%(product)s, card %(card)s without a last day", product=product, card=card)
    return Verdict(value=value, reason=REASONS[value], clause=clause, evidence=(first, paid))


def admission(value: str) -> Verdict | None:
    """Who is covered goes to the duty manager; who is not waits for the regional manager (QI/03 3.2.6)."""
    if value in COVERED:
        return None
    return Verdict(
        value="waiting",
        reason=_l("Not covered: the regional manager decides before anybody is sent."),
        clause="QI/03 3.2.6",
    )


WITHDRAWN_LONG = _l("Withdrawn from sale for more than a year: no support any more. Offer an upgrade.")
SEAL_FIRST = _l("This customer is sealed: lift the seal first, or decline the visit.")


def may_be_served(act: Act) -> Objection | None:
    """No request for a sealed customer or a withdrawn product: the call goes to the regional manager."""
    call = act.case
    if call.customer is None:
        return None
    verdict = hotline.entitlement(act.rules, call.customer, call.installation, act.now).verdict
    if verdict.value not in NO_REQUEST:
        return None
    withdrawn_long = verdict.value == Entitlement.WITHDRAWN
    text = WITHDRAWN_LONG if withdrawn_long else _hand_it_over(sealing_of(call.customer.id))
    return Objection(text, verdict.clause)


def _hand_it_over(sealing: Sealing | None) -> Sentence:
    if sealing is None:
        return _l("Sealed: log the problem and hand it to the regional manager instead.")
    return _l(
        "Sealed: log the problem and hand it to the regional manager: %(name)s, extension %(extension)s.",
        name=sealing.manager,
        extension=sealing.extension,
    )


def courtesy_due(act: Act) -> Objection | Sentence | None:
    """The courtesy visit is for an expired customer, and it is the last one: there is no second."""
    request = act.case
    verdict = hotline.entitlement(act.rules, request.customer, request.installation, act.now).verdict
    if verdict.value != Entitlement.EXPIRED:
        return Objection(verdict.reason, verdict.clause)
    return USED_UP if courtesy_had(request.customer_id) else None


USED_UP = _l("This customer has had the one courtesy visit. Only a renewed card helps now.")


def grant_courtesy(act: Act) -> None:
    """Enter the one courtesy visit, and let the promise to the customer begin now."""
    request = act.case
    customers.lock(request.customer_id)
    if courtesy_had(request.customer_id):
        raise Invalid("told", USED_UP)
    row = CourtesyVisit(
        office_id=request.office_id,
        customer_id=request.customer_id,
        request_id=request.id,
        granted_at=act.now,
        granted_by_id=act.actor.person_id,
    )
    db.session.add(row)
    fieldservice.admit(request, request.entitlement, act.now)


def may_be_renewed(act: Act) -> Objection | None:
    """A card lets nobody's request go on who is sealed, nor one about what is withdrawn (QI/03 3.3.1)."""
    request = act.case
    verdict = hotline.entitlement(act.rules, request.customer, request.installation, act.now).verdict
    if verdict.value not in NO_REQUEST:
        return None
    return Objection(WITHDRAWN_LONG if verdict.value == Entitlement.WITHDRAWN else SEAL_FIRST, verdict.clause)


def renew(act: Act) -> None:
    """Enter the renewed card on the products that were named; a card never shortens what was paid for."""
    request, until = act.case, act.values["until"]
    product = act.values["product"]
    held = customers.locked_products(request.customer_id)
    products = [one for one in held if product in (one.id, None)]
    if not products:
        raise Invalid("product", _l("No product is on file to enter the card on. Complete the file first."))
    if any(one.service_until and one.service_until > until for one in products):
        raise Invalid(
            "until", _l("A card on file lasts longer than this one. Check the day, or the product.")
        )
    customers.renew_card(products, act.values["card"], until)
    if fieldservice.judge(act) != Admission.REGISTERED:
        raise Invalid(
            "product", _l("With this card the request's own product is still not covered. Choose it.")
        )


def decline(act: Act) -> None:
    """Note on the request what the customer was told."""
    fieldservice.note_reason(act.case, act.values["reason"])


def seal(act: Act) -> None:
    """Seal a customer once, and note who did, so that the customer can be told (QI/03 3.3.1)."""
    customer = customers.by_file_number(act.values["file_number"], act.case.office_id)
    assert customer is not None, "the form knows the customer"
    customers.lock(customer.id)
    if sealing_of(customer.id):
        raise Invalid("file_number", _l("This customer is sealed already."))
    act.case.customer_id, act.case.customer = customer.id, customer
    act.case.owner_id, act.case.manager = act.actor.person_id, act.actor.name


def sealing_card(customer_id: int | None, rules: Rules) -> Card | None:
    """Tell the hotline whom to name to a sealed customer (QI/03 3.3.1)."""
    sealing = sealing_here(customer_id, rules) if customer_id else None
    if sealing is None:
        return None
    return Card(
        title=_l("Sealed"),
        lines=(_l("No request: hand the call to the regional manager."), whom_to_ask(sealing)),
        clause="QI/03 3.3.1",
        weight=10,
    )


def courtesy_card(request_id: int) -> Card | None:
    """Say on the request that the visit is free, and the last one to be so (QI/04 3.2.4)."""
    query = select(CourtesyVisit).where(CourtesyVisit.request_id == request_id)
    if db.session.scalars(query).one_or_none() is None:
        return None
    return Card(
        title=_l("Final courtesy visit"),
        lines=(_l("This visit is free of charge. The next one needs a renewed card: say so again."),),
        clause="QI/04 3.2.4",
        weight=20,
    )
