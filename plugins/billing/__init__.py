"""Billing: what the contract covers, who is sealed, and the one courtesy visit."""

from typing import Any

from core.amendments import Amendable
from core.deadlines import working_days
from core.forms import ReasonForm
from core.hooks import answers, hookimpl
from core.i18n import _l
from core.parameters import Parameter
from core.plugins import Manifest, Permission
from core.roles import OFFICE_STAFF, REGIONAL_MANAGER
from core.slots import MenuItem
from plugins.billing import charges, forms, services

manifest = Manifest(
    name="billing",
    title=_l("Billing"),
    version="0.1.0",
    requires=("hotline", "fieldservice"),
    parameters=(
        Parameter(
            key=services.FIRST_YEAR,
            kind=int,
            default=12,
            minimum=1,
            maximum=36,
            locked=True,
            unit=_l("months"),
            label=_l("Free service from the contract date"),
            clause="QI/02 fee.after-first-year",
        ),
        Parameter(
            key=services.WITHDRAWN,
            kind=int,
            default=12,
            minimum=1,
            maximum=60,
            locked=True,
            unit=_l("months"),
            label=_l("Support after a product was withdrawn from sale"),
            clause="QI/02 upgrade.withdrawn",
        ),
        Parameter(
            key=services.DECIDE_WITHIN,
            kind=int,
            default=1,
            minimum=1,
            maximum=10,
            stricter="lower",
            unit=_l("working days"),
            label=_l("The regional manager decides on a request without a contract within"),
            clause=services.NOT_FORGOTTEN,
        ),
        *charges.PARAMETERS,
    ),
    permissions=(Permission(key="billing.read", title=_l("See sealings"), roles=OFFICE_STAFF),),
)


@answers(
    "QI/02 fee.after-first-year",
    "QI/02 file.missing",
    "QI/02 upgrade.withdrawn",
    "QI/03 3.2.6",
    "QI/03 3.3.1",
)
def hotline_entitlement(customer, installation, on, rules):
    return services.entitlement(customer, installation, on, rules)


@answers("QI/03 3.2.6")
def fieldservice_admission(entitlement):
    return services.admission(entitlement)


@hookimpl
def amend(procedures):
    procedures["hotline.call"].require("request_visit", services.may_be_served, clause="QI/03 3.3.1")
    request = procedures["fieldservice.request"]
    _let_it_go_on(request)
    _let_it_end(request)
    charges.amend(request)
    request.starts(
        "register",
        "billing.decide",
        title=_l("Decide on the request: courtesy visit, renewed card, or no"),
        within=working_days(services.DECIDE_WITHIN),
        owner=REGIONAL_MANAGER,
        clause=services.NOT_FORGOTTEN,
        met_by=("grant_courtesy", "renew", "recheck", "decline"),
        only_in=("waiting",),
    )


def _let_it_go_on(request: Amendable) -> None:
    """The ways from waiting to the duty manager; the promise to dispatch begins with each."""
    going_on: dict[str, Any] = {"by": REGIONAL_MANAGER, "starts": ("fieldservice.dispatch",)}
    request.add_step(
        "grant_courtesy",
        "waiting -> registered",
        title=_l("Grant the courtesy visit"),
        clause="QI/02 fee.courtesy-visit",
        form=forms.CourtesyForm,
        does=services.grant_courtesy,
        requires=(services.courtesy_due,),
        tone="primary",
        **going_on,
    )
    request.add_step(
        "renew",
        "waiting -> registered",
        title=_l("The card is renewed"),
        clause="QI/03 3.2.6",
        form=forms.RenewForm,
        does=services.renew,
        requires=(services.may_be_renewed,),
        tone="primary",
        **going_on,
    )


def _let_it_end(request: Amendable) -> None:
    """The way from waiting to nowhere, told to the customer."""
    request.add_step(
        "decline",
        "waiting -> cancelled",
        title=_l("Decline the visit"),
        by=REGIONAL_MANAGER,
        clause="QI/03 3.2.6",
        form=ReasonForm,
        does=services.decline,
        tone="danger",
        voids=True,
    )


@hookimpl
def fieldservice_visit_parts(act):
    return charges.parts(act)


@hookimpl
def hotline_customer_cards(customer, rules):
    return services.sealing_card(customer.id, rules)


@hookimpl
def core_customer_cards(customer, rules):
    return services.sealing_card(customer.id, rules)


@hookimpl
def core_customer_leaves(customer):
    return services.courtesy_goes_along(customer.id)


@hookimpl
def core_case_cards(act):
    if act.procedure.name == "hotline.call":
        return services.sealing_card(act.case.customer_id, act.rules)
    if act.procedure.name == "fieldservice.request":
        return services.courtesy_card(act.case.id)
    return None


@hookimpl
def core_menu():
    return [
        MenuItem(
            title=_l("Sealings"),
            endpoint="cases.cases",
            values={"plugin": "billing", "noun": "sealing"},
            permission="billing.read",
            icon="lock",
            weight=60,
        )
    ]
