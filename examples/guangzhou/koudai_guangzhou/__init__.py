"""Guangzhou's own third-level document (GZYY/QI/03): a machine on loan while the customer's own is being repaired."""

from core.deadlines import working_days
from core.hooks import hookimpl
from core.parameters import Parameter
from core.plugins import Manifest
from core.roles import DUTY_MANAGER, FIELD_ENGINEER
from core.slots import Card
from koudai_guangzhou import forms, services
from koudai_guangzhou.words import _l

THE_ENGINEER = FIELD_ENGINEER.where("engineer_id")
WHILE_OPEN = "dispatched | confirmed | arranged | on_site | signed | turned_in -> same"
DAYS = "guangzhou.loan_working_days"

manifest = Manifest(
    name="guangzhou",
    title=_l("Guangzhou's rules"),
    version="0.1.0",
    requires=("hotline", "fieldservice"),
    regional=True,
    parameters=(
        Parameter(
            key=DAYS,
            kind=int,
            default=5,
            minimum=1,
            maximum=30,
            unit=_l("working days"),
            label=_l("A loan machine comes back within"),
            clause="GZYY/QI/03 2.2",
        ),
    ),
)


@hookimpl
def amend(procedures):
    request = procedures["fieldservice.request"]
    request.add_step(
        "lend_machine",
        WHILE_OPEN,
        title=_l("Lend a machine"),
        by=(THE_ENGINEER, DUTY_MANAGER),
        clause="GZYY/QI/03 2.1",
        form=forms.LendForm,
        does=services.lend,
        requires=(services.nothing_is_out,),
    )
    request.add_step(
        "take_machine_back",
        WHILE_OPEN,
        title=_l("Take the machine back"),
        by=(THE_ENGINEER, DUTY_MANAGER),
        clause="GZYY/QI/03 2.2",
        form=forms.TakeBackForm,
        does=services.take_back,
        requires=(services.is_out,),
    )
    request.starts(
        "lend_machine",
        "guangzhou.take_back",
        title=_l("Take the loan machine back"),
        within=working_days(DAYS),
        owner=THE_ENGINEER,
        clause="GZYY/QI/03 2.2",
        met_by=("take_machine_back",),
    )
    for step in ("close", "send_again", "cancel"):
        request.require(step, services.nothing_is_out, clause="GZYY/QI/03 2.3")


@hookimpl
def core_case_cards(act):
    loan = services.machine_out(act.case.id) if act.procedure.name == "fieldservice.request" else None
    if loan is None:
        return None
    lines = (loan.machine, _l("Lent by %(name)s", name=loan.lent_by.name))
    return Card(title=_l("On loan"), lines=lines, clause="GZYY/QI/03 2.1", weight=30)
