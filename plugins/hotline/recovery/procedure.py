"""The life of a password recovery (QI/03 3.1.14): papers, then the duty manager's decision."""

from core.deadlines import working_days
from core.i18n import _l
from core.procedure import Column, Procedure
from core.roles import DUTY_MANAGER
from plugins.hotline.calls.who import DESK, NOT_FORGOTTEN, THE_OWNER
from plugins.hotline.recovery import forms, services
from plugins.hotline.recovery.models import Recovery
from plugins.hotline.recovery.services import NEVER_TOLD

DECIDE = "hotline.recovery_decision"

recovery = Procedure(
    services.NAME,
    model=Recovery,
    title=_l("Password recovery"),
    letter="PW",
    reads="hotline.read_recoveries",
    collection="recoveries",
    begins=_l("A password recovery begins with a call: open the call, or log a new one."),
    heading=lambda one: one.customer.name if one.customer else "",
    searched=(),
    columns=(
        Column(name="password_of", title=_l("Whose password"), value=lambda one: one.password_of),
        Column(name="contact", title=_l("Contact"), value=lambda one: one.contact),
        Column(name="phone", title=_l("Phone"), value=lambda one: one.phone, usual=False),
    ),
    facts=(
        Column(name="password_of", title=_l("Whose password"), value=lambda one: one.password_of),
        Column(name="contact", title=_l("Contact"), value=lambda one: f"{one.contact} {one.phone}"),
        Column(name="asked", title=_l("Symptom"), value=lambda one: one.asked),
        Column(name="brought_by", title=_l("Brought or sent by"), value=lambda one: one.brought_by),
        Column(
            name="remedy",
            title=_l("What was done (confidential)"),
            value=lambda one: one.remedy,
            confidential=True,
        ),
        Column(name="reason", title=_l("Reason"), value=lambda one: one.reason),
    ),
)

recovery.state("papers", _l("Certificate and back-up missing"), tone="wait")
recovery.state("complete", _l("To be decided"), tone="alert")
recovery.state("recovered", _l("Recovered"), tone="done", final=True)
recovery.state("refused", _l("Refused"), tone="off", final=True)

recovery.deadline(
    DECIDE,
    title=_l("Decide on the password recovery, and phone the customer"),
    within=working_days("hotline.recovery_working_days"),
    owner=DUTY_MANAGER,
    clause=NOT_FORGOTTEN,
)

recovery.step(
    "receive",
    "-> papers",
    title=_l("Receive the password recovery"),
    by=DESK,
    clause=NEVER_TOLD,
    form=forms.ReceiveForm,
    does=services.receive,
    inner=True,
)
recovery.step(
    "name_papers",
    "papers -> complete",
    title=_l("Certificate and back-up are there"),
    by=DUTY_MANAGER,
    clause=NEVER_TOLD,
    form=forms.PapersForm,
    requires=(services.something_attached,),
    starts=(DECIDE,),
    tone="primary",
)
recovery.step(
    "name_anew",
    "complete -> same",
    title=_l("Name the files anew"),
    by=DUTY_MANAGER,
    clause=NEVER_TOLD,
    form=forms.PapersForm,
    requires=(services.something_attached,),
)
recovery.step(
    "decide",
    "complete -> recovered",
    title=_l("Recovered, customer phoned"),
    by=DUTY_MANAGER,
    clause=NEVER_TOLD,
    form=forms.RecoveredForm,
    requires=(services.both_are_there,),
    meets=(DECIDE,),
    tone="primary",
)
recovery.step(
    "refuse",
    "papers | complete -> refused",
    title=_l("Refuse"),
    by=DUTY_MANAGER,
    clause=NEVER_TOLD,
    form=forms.ReasonForm,
    meets=(DECIDE,),
    tone="danger",
)


def add_to(call: Procedure) -> None:
    """Let a call about a lost password end where no visit leads on (QI/03 3.1.14)."""
    call.step(
        "recover",
        "open | parked -> recovery",
        title=_l("Password recovery"),
        by=THE_OWNER,
        clause=NEVER_TOLD,
        form=forms.ReceiveForm,
        does=services.recover,
    )
