"""The life of a field service request: QP/2-04 5.3-5.6, QI/04, and the beginning of QI/05."""

from collections.abc import Mapping

from core.deadlines import next_working_morning, same_working_day, working_days
from core.i18n import _l
from core.procedure import Column, Procedure
from core.roles import DUTY_MANAGER, FIELD_ENGINEER, HOTLINE_ENGINEER, REGIONAL_MANAGER
from plugins.fieldservice import forms, services
from plugins.fieldservice.models import ServiceRequest
from plugins.hotline.hooks import ENTITLEMENTS, Entitlement
from plugins.hotline.models import CHANNELS

request = Procedure(
    "fieldservice.request",
    model=ServiceRequest,
    title=_l("Field service request"),
    letter="R",
    record="QR/03",
    reads="fieldservice.read",
    begins=_l("A request is registered from a call, in one step with it: open the call, or log a new one."),
    heading=lambda one: one.customer.name if one.customer else "",
    columns=(
        Column(name="symptom", title=_l("Symptom"), value=lambda one: one.symptom),
        Column(name="engineer", title=_l("Engineer"), value=lambda one: one.engineer and one.engineer.name),
        Column(name="appointment", title=_l("Appointment"), value=lambda one: one.appointment_at),
    ),
    facts=(
        Column(name="source", title=_l("Source"), value=lambda one: CHANNELS[one.source]),
        Column(name="contact", title=_l("Contact"), value=lambda one: f"{one.contact} {one.phone}"),
        Column(name="address", title=_l("Address"), value=lambda one: one.address),
        Column(name="product", title=_l("Product"), value=lambda one: _product(one)),
        Column(name="symptom", title=_l("Symptom"), value=lambda one: one.symptom),
        Column(name="asked_for", title=_l("Visit asked for"), value=lambda one: one.asked_for),
        Column(name="wanted_time", title=_l("Wanted time"), value=lambda one: one.wanted_time),
        Column(name="verified", title=_l("Data verified"), value=lambda one: one.verified_at),
        Column(name="entitlement", title=_l("Entitlement"), value=lambda one: _entitlement(one)),
        Column(name="engineer", title=_l("Engineer"), value=lambda one: one.engineer and one.engineer.name),
        Column(
            name="problem_type",
            title=_l("Problem type"),
            value=lambda one: _chosen(forms.PROBLEM_TYPES, one.problem_type),
        ),
        Column(name="advice", title=_l("Advice"), value=lambda one: one.advice),
        Column(name="appointment", title=_l("Appointment"), value=lambda one: one.appointment_at),
        Column(name="arrived", title=_l("Arrived"), value=lambda one: one.arrived_at),
        Column(
            name="backups", title=_l("Back-up"), value=lambda one: [backup.path for backup in one.backups]
        ),
        Column(
            name="backup_waived", title=_l("Why there is no back-up"), value=lambda one: one.backup_waived
        ),
        Column(name="cause", title=_l("Cause"), value=lambda one: one.cause),
        Column(name="remedy", title=_l("Remedy"), value=lambda one: one.remedy),
        Column(name="tried_by", title=_l("Tried by"), value=lambda one: one.tried_by),
        Column(name="prevention", title=_l("Prevention told"), value=lambda one: one.prevention),
        Column(name="result", title=_l("Result"), value=lambda one: _chosen(forms.RESULTS, one.result)),
        Column(name="opinion", title=_l("The customer's opinion"), value=lambda one: one.opinion),
        Column(name="signed", title=_l("Signed by"), value=lambda one: one.signed_by),
        Column(name="reason", title=_l("Reason"), value=lambda one: one.reason),
    ),
)


def _product(one: ServiceRequest) -> str:
    return one.installation.title if one.installation else ""


def _entitlement(one: ServiceRequest) -> object:
    return ENTITLEMENTS[Entitlement(one.entitlement)] if one.entitlement else ""


def _chosen(choices: Mapping[str, object], value: str) -> object:
    return choices.get(value, "")


THE_ENGINEER = FIELD_ENGINEER.where("engineer_id")

request.state("waiting", _l("Waits for the regional manager"), tone="alert")
request.state("registered", _l("To be dispatched"), tone="alert")
request.state("dispatched", _l("Dispatched"), tone="wait")
request.state("confirmed", _l("Confirmed"), tone="wait")
request.state("arranged", _l("Appointment made"), tone="wait")
request.state("on_site", _l("On site"), tone="wait")
request.state("signed", _l("Signed"), tone="wait")
request.state("turned_in", _l("Turned in"), tone="alert")
request.state("closed", _l("Closed"), tone="done", final=True)
request.state("sent_again", _l("Sent again"), tone="off", final=True)
request.state("cancelled", _l("Cancelled"), tone="off", final=True)

request.deadline(
    "fieldservice.dispatch",
    title=_l("Dispatch"),
    within=same_working_day(),
    owner=DUTY_MANAGER,
    clause="QP/2-04 5.4",
    only_in=("registered",),
)
request.deadline(
    "fieldservice.first_call",
    title=_l("Phone the customer and make the appointment"),
    within=next_working_morning("fieldservice.first_call_until_hour"),
    owner=THE_ENGINEER,
    clause="QI/03 3.2.7",
    since="agreed_at",
)
request.deadline(
    "fieldservice.visit",
    title=_l("Visit the customer"),
    within=working_days("fieldservice.visit_working_days"),
    owner=THE_ENGINEER,
    clause="QI/03 3.2.7",
    since="agreed_at",
)
request.deadline(
    "fieldservice.morning_review",
    title=_l("Review the request that was turned in"),
    within=next_working_morning("fieldservice.review_until_hour"),
    owner=DUTY_MANAGER,
    clause="QI/05 3.1",
)

request.step(
    "register",
    "-> registered | waiting",
    title=_l("Register the request"),
    by=(HOTLINE_ENGINEER, DUTY_MANAGER),
    clause="QP/2-04 5.3",
    form=forms.RegisterForm,
    does=services.register,
    starts=("fieldservice.dispatch",),
    inner=True,
)
request.step(
    "follow_up",
    "-> registered",
    title=_l("Register the follow-up"),
    by=DUTY_MANAGER,
    clause="QI/05 3.2",
    does=services.follow_up,
    starts=("fieldservice.dispatch",),
    inner=True,
)
request.step(
    "recheck",
    "waiting -> registered",
    title=_l("Check again whether it may go on"),
    by=REGIONAL_MANAGER,
    clause="QI/02 file.missing",
    does=services.recheck,
    requires=(services.may_go_on,),
    starts=("fieldservice.dispatch",),
    tone="primary",
)
request.step(
    "dispatch",
    "registered -> dispatched",
    title=_l("Dispatch"),
    by=DUTY_MANAGER,
    clause="QP/2-04 5.4",
    form=forms.DispatchForm,
    does=services.dispatch,
    meets=("fieldservice.dispatch",),
    starts=("fieldservice.first_call", "fieldservice.visit"),
    tone="primary",
)
request.step(
    "confirm",
    "dispatched -> confirmed",
    title=_l("Confirm: problem and address are clear"),
    by=THE_ENGINEER,
    clause="QI/04 3.1.1",
    tone="primary",
)
request.step(
    "give_back",
    "dispatched | confirmed | arranged -> registered",
    title=_l("Give back to the duty manager"),
    by=THE_ENGINEER,
    clause="QI/04 3.1.1",
    form=forms.ReturnForm,
    does=services.give_back,
    starts=("fieldservice.dispatch",),
    drops=("fieldservice.first_call", "fieldservice.visit"),
)
request.step(
    "recall",
    "dispatched | confirmed | arranged | on_site -> registered",
    title=_l("Take back, to dispatch anew"),
    by=DUTY_MANAGER,
    clause="QP/2-04 5.4",
    form=forms.ReturnForm,
    does=services.give_back,
    starts=("fieldservice.dispatch",),
    drops=("fieldservice.first_call", "fieldservice.visit"),
)
request.step(
    "correct",
    "waiting | registered | dispatched | confirmed | arranged -> same",
    title=_l("Correct what is not clear"),
    by=(HOTLINE_ENGINEER, DUTY_MANAGER),
    clause="QI/04 3.1.1",
    form=forms.CorrectForm,
)
request.step(
    "arrange",
    "confirmed -> arranged",
    title=_l("Make the appointment"),
    by=THE_ENGINEER,
    clause="QI/04 3.1.2",
    form=forms.AppointmentForm,
    meets=("fieldservice.first_call",),
    tone="primary",
)
request.step(
    "reschedule",
    "arranged -> same",
    title=_l("Move the appointment"),
    by=THE_ENGINEER,
    clause="QI/04 3.2.1",
    form=forms.RescheduleForm,
)
request.step(
    "arrive",
    "arranged -> on_site",
    title=_l("Arrived"),
    by=THE_ENGINEER,
    clause="QI/04 3.1.4",
    does=services.arrive,
    meets=("fieldservice.visit",),
    tone="primary",
)
request.step(
    "back_up",
    "on_site -> same",
    title=_l("Back-up done"),
    by=THE_ENGINEER,
    clause="QI/04 3.1.6-backup",
    form=forms.BackupForm,
    does=services.back_up,
)
request.step(
    "waive_backup",
    "on_site -> same",
    title=_l("Work without a back-up"),
    by=THE_ENGINEER,
    clause="QI/04 3.1.6-backup",
    form=forms.WaiveForm,
    tone="danger",
)
request.step(
    "solve",
    "on_site -> same",
    title=_l("Cause and remedy"),
    by=THE_ENGINEER,
    clause="QI/04 3.1.6-solve",
    form=forms.SolveForm,
    requires=(services.backed_up,),
)
request.step(
    "try_out",
    "on_site -> same",
    title=_l("Trial run"),
    by=THE_ENGINEER,
    clause="QI/04 3.1.6-trial",
    form=forms.TrialForm,
    requires=(services.was_solved,),
)
request.step(
    "explain",
    "on_site -> same",
    title=_l("Explain, and tell prevention"),
    by=THE_ENGINEER,
    clause="QI/04 3.1.6-explain",
    form=forms.ExplainForm,
    requires=(services.was_tried,),
)
request.step(
    "sign",
    "on_site -> signed",
    title=_l("Result and signature"),
    by=THE_ENGINEER,
    clause="QI/04 3.1.7",
    form=forms.SignForm,
    does=services.sign,
    requires=(services.was_explained,),
    tone="primary",
)
request.step(
    "turn_in",
    "signed -> turned_in",
    title=_l("Turn in"),
    by=(THE_ENGINEER, DUTY_MANAGER),
    clause="QP/2-04 5.5",
    form=forms.TurnInForm,
    does=services.turn_in,
    starts=("fieldservice.morning_review",),
    tone="primary",
)
request.step(
    "standardise",
    "turned_in | closed -> same",
    title=_l("Enter into the support database"),
    by=(FIELD_ENGINEER, DUTY_MANAGER),
    clause="QI/01 flow",
    form=forms.KnowledgeForm,
    does=services.standardise,
)
request.step(
    "close",
    "turned_in -> closed",
    title=_l("Review and close"),
    by=DUTY_MANAGER,
    clause="QI/05 3.1",
    requires=(services.is_solved,),
    meets=("fieldservice.morning_review",),
    tone="primary",
)
request.step(
    "send_again",
    "turned_in -> sent_again",
    title=_l("Send somebody again"),
    by=DUTY_MANAGER,
    clause="QI/05 3.2",
    form=forms.AdviceForm,
    does=services.send_again,
    requires=(services.is_unsolved,),
    meets=("fieldservice.morning_review",),
)
request.step(
    "cancel",
    "waiting | registered | dispatched | confirmed | arranged -> cancelled",
    title=_l("Cancel"),
    by=DUTY_MANAGER,
    clause="QP/2-04 5.4",
    form=forms.ReturnForm,
    tone="danger",
    voids=True,
)
request.step(
    "reopen",
    "closed -> turned_in",
    title=_l("Reopen"),
    by=DUTY_MANAGER,
    clause="QI/05 3.1",
    form=forms.ReturnForm,
    starts=("fieldservice.morning_review",),
)
