"""The life of a field service request: QP/2-04 5.3-5.6, QI/04, and the beginning of QI/05."""

import datetime as dt
from typing import Any

from core.clauses import house_rule
from core.deadlines import Within, next_working_morning, working_days
from core.forms import ReasonForm
from core.i18n import _l
from core.procedure import Procedure
from core.roles import DUTY_MANAGER, FIELD_ENGINEER, HOTLINE_ENGINEER, REGIONAL_MANAGER
from core.worktime import Due, OfficeCalendar, TraceKind, TraceLine
from plugins.fieldservice import facts, forms, knowledge, services
from plugins.fieldservice.conference import procedure as conferences
from plugins.fieldservice.conference import taking_over
from plugins.fieldservice.conference.procedure import conference
from plugins.fieldservice.conference.services import under_way
from plugins.fieldservice.conference.taking_over import TAKE_OVER
from plugins.fieldservice.custody import procedure as custodies
from plugins.fieldservice.custody.procedure import custody
from plugins.fieldservice.custody.services import nothing_is_out
from plugins.fieldservice.dispatching import steps
from plugins.fieldservice.dispatching.sheet.procedure import dispatch_sheet
from plugins.fieldservice.escalation import procedure as escalations
from plugins.fieldservice.escalation.procedure import escalation
from plugins.fieldservice.escalation.services import of_problem
from plugins.fieldservice.models import ServiceRequest
from plugins.fieldservice.visiting import forms as visit_forms
from plugins.fieldservice.visiting import phoning, signing, unsolved
from plugins.fieldservice.visiting import procedure as visits
from plugins.fieldservice.visiting.services import looked_into
from plugins.fieldservice.visiting.support import KEY as SUPPORT

__all__ = ["conference", "custody", "dispatch_sheet", "escalation", "request"]

request = Procedure(
    "fieldservice.request",
    model=ServiceRequest,
    title=_l("Field service request"),
    letter="R",
    record="QR/03",
    reads="fieldservice.read",
    begins=_l("A request is registered from a call, in one step with it: open the call, or log a new one."),
    heading=lambda one: one.customer.name if one.customer else "",
    columns=facts.COLUMNS,
    filters=facts.FILTERS,
    facts=facts.FACTS,
)


THE_ENGINEER = FIELD_ENGINEER.where("engineer_id")
THE_VISIT = "fieldservice.visit"
# The promises to the customer count from his consent, which may lie before the dispatch.
AGREED = _l("when the customer agreed to the visit")


def _when_agreed(calendar: OfficeCalendar, agreed: dt.datetime, _none: Any) -> Due:
    """What was agreed with a customer is due at that very moment, in working time or not."""
    due = TraceLine(TraceKind.DUE, agreed.astimezone(calendar.zone).isoformat())
    return Due(at=agreed, trace=(due,))


request.state("waiting", _l("Waits for the regional manager"), tone="alert")
request.state("registered", _l("To be dispatched"), tone="alert")
request.state("dispatched", _l("Dispatched"), tone="wait")
request.state("confirmed", _l("Confirmed"), tone="wait")
request.state("arranged", _l("Appointment made"), tone="wait")
request.state("on_site", _l("On site"), tone="wait")
request.state("signed", _l("Signed"), tone="wait")
request.state("turned_in", _l("Turned in"), tone="alert")
request.state("conferring", _l("In conference"), tone="alert", goes_on=under_way)
request.state("puzzling", _l("No remedy yet"), tone="alert")
request.state("escalated", _l("Before head office"), tone="wait", goes_on=of_problem)
request.state("remedied", _l("Remedy found: send again"), tone="alert")
request.state("closed", _l("Closed"), tone="done", final=True)
request.state("sent_again", _l("Sent again"), tone="off", final=True, goes_on=lambda one: one.again)
request.state("cancelled", _l("Cancelled"), tone="off", final=True)

request.deadline(
    "fieldservice.dispatch",
    title=_l("Dispatch"),
    within=working_days("fieldservice.dispatch_working_days"),
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
    since="call_from",
    since_title=AGREED,
)
request.deadline(
    "fieldservice.visit",
    title=_l("Visit the customer"),
    within=working_days("fieldservice.visit_working_days"),
    owner=THE_ENGINEER,
    clause="QI/03 3.2.7",
    since="visit_from",
    since_title=AGREED,
)
request.deadline(
    services.APPOINTMENT,
    title=_l("Be at the customer's when agreed"),
    within=Within(_when_agreed, told=lambda _none: _l("at the time agreed with the customer"), counted=False),
    owner=THE_ENGINEER,
    clause="QI/04 3.2.1",
    since="appointment_at",
)
request.deadline(
    "fieldservice.morning_review",
    title=_l("Review the request that was turned in"),
    within=next_working_morning("fieldservice.review_until_hour"),
    owner=DUTY_MANAGER,
    clause="QI/05 3.1",
    only_in=("turned_in",),
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
    does=steps.dispatch,
    meets=("fieldservice.dispatch",),
    starts=("fieldservice.first_call", "fieldservice.visit"),
    tone="primary",
    undone_by="recall",
)
request.step(
    "confirm",
    "dispatched -> confirmed",
    title=_l("Confirm: problem and address are clear"),
    by=THE_ENGINEER,
    clause="QI/04 3.1.1",
    tone="primary",
    own_page=THE_VISIT,
)
request.step(
    "give_back",
    "dispatched | confirmed | arranged -> registered",
    title=_l("Give back to the duty manager"),
    by=THE_ENGINEER,
    clause="QI/04 3.1.1",
    form=ReasonForm,
    does=steps.give_back,
    starts=("fieldservice.dispatch",),
    drops=services.PROMISES,
    own_page=THE_VISIT,
)
request.step(
    "recall",
    "dispatched | confirmed | arranged | on_site -> registered",
    title=_l("Take back, to dispatch anew"),
    by=DUTY_MANAGER,
    clause="QP/2-04 5.4",
    form=ReasonForm,
    does=steps.give_back,
    starts=("fieldservice.dispatch",),
    drops=(*services.PROMISES, SUPPORT),
)
request.step(
    "correct",
    "waiting | registered | dispatched | confirmed | arranged -> same",
    title=_l("Correct what is not clear"),
    by=(HOTLINE_ENGINEER, DUTY_MANAGER),
    clause="QI/04 3.1.1",
    form=forms.CorrectForm,
    does=steps.correct,
)
request.step(
    "arrange",
    "confirmed -> arranged",
    title=_l("Make the appointment"),
    by=THE_ENGINEER,
    clause="QI/04 3.1.2",
    form=forms.ArrangeForm,
    does=steps.arrange,
    meets=("fieldservice.first_call",),
    starts=(services.APPOINTMENT,),
    tone="primary",
    own_page=THE_VISIT,
)
request.step(
    "reschedule",
    "arranged -> same",
    title=_l("Move the appointment"),
    by=THE_ENGINEER,
    clause="QI/04 3.2.1",
    form=forms.RescheduleForm,
    does=steps.reschedule,
    starts=(services.APPOINTMENT,),
    own_page=THE_VISIT,
)
request.step(
    "arrive",
    "arranged -> on_site",
    title=_l("Arrived"),
    by=THE_ENGINEER,
    clause="QI/04 3.1.4",
    form=visit_forms.ArriveForm,
    does=services.arrive,
    meets=("fieldservice.visit", services.APPOINTMENT),
    tone="primary",
    own_page=THE_VISIT,
)
phoning.add_to(request, steps.give_back)
visits.add_to(request)
request.step(
    "back_up",
    "on_site -> same",
    title=_l("Back-up done"),
    by=THE_ENGINEER,
    clause="QI/04 3.1.6-backup",
    form=forms.BackupForm,
    requires=(looked_into,),
    does=services.back_up,
    own_page=THE_VISIT,
)
request.step(
    "waive_backup",
    "on_site -> same",
    title=_l("Work without a back-up"),
    by=THE_ENGINEER,
    clause="QI/04 3.1.6-backup",
    form=forms.WaiveForm,
    requires=(looked_into, services.not_backed_up),
    tone="danger",
    own_page=THE_VISIT,
)
request.step(
    "solve",
    "on_site -> same",
    title=_l("Cause and remedy"),
    by=THE_ENGINEER,
    clause="QI/04 3.1.6-solve",
    form=forms.SolveForm,
    requires=(services.backed_up,),
    does=services.solve,
    own_page=THE_VISIT,
)
unsolved.add_to(request)
request.step(
    "try_out",
    "on_site -> same",
    title=_l("Trial run"),
    by=THE_ENGINEER,
    clause="QI/04 3.1.6-trial",
    form=forms.TrialForm,
    requires=(services.was_solved,),
    own_page=THE_VISIT,
)
request.step(
    "explain",
    "on_site -> same",
    title=_l("Explain, and tell prevention"),
    by=THE_ENGINEER,
    clause="QI/04 3.1.6-explain",
    form=forms.ExplainForm,
    requires=(services.was_tried,),
    own_page=THE_VISIT,
)
request.step(
    "sign",
    "on_site -> signed",
    title=_l("Result and signature"),
    by=THE_ENGINEER,
    clause="QI/04 3.1.7",
    form=signing.StampedForm,
    does=services.sign,
    requires=(services.was_explained,),
    drops=(SUPPORT,),
    tone="primary",
    own_page=THE_VISIT,
    undone_by="back_to_engineer",
)
taking_over.add_to(request)
signing.add_to(request)
request.step(
    "turn_in",
    "signed -> turned_in",
    title=_l("Turn in"),
    by=(THE_ENGINEER, DUTY_MANAGER),
    clause="QP/2-04 5.5",
    form=forms.TurnInForm,
    does=services.turn_in,
    starts=("fieldservice.morning_review", TAKE_OVER),
    tone="primary",
    own_page=THE_VISIT,
)
request.step(
    "back_to_engineer",
    "signed | turned_in -> on_site | dispatched",
    title=_l("Back to the engineer"),
    by=DUTY_MANAGER,
    clause=house_rule(_l("What was signed by mistake is signed anew; the ledger keeps both.")),
    form=ReasonForm,
    does=services.back_to_engineer,
    starts=(SUPPORT,),
    drops=("fieldservice.morning_review", TAKE_OVER),
)
request.step(
    "standardise",
    "turned_in | closed -> same",
    title=_l("Enter into the support database"),
    by=(FIELD_ENGINEER, DUTY_MANAGER),
    clause="QI/01 flow",
    form=forms.KnowledgeForm,
    does=knowledge.standardise,
)
custodies.add_to(request)
escalations.add_to(request)
# What is solved is closed, and what has a remedy goes out: only what has neither is conferred about.
request.step(
    "send_again",
    "remedied -> sent_again",
    title=_l("Send somebody again"),
    by=DUTY_MANAGER,
    clause="QI/05 3.2",
    form=forms.AdviceForm,
    requires=(taking_over.taken_over,),
    does=services.send_again,
    tone="primary",
)
request.step(
    "close",
    "turned_in | puzzling | remedied -> closed",
    title=_l("Review and close"),
    by=DUTY_MANAGER,
    clause="QI/05 3.1",
    requires=(services.is_solved,),
    meets=("fieldservice.morning_review",),
    tone="primary",
    undone_by="reopen",
)
conferences.add_to(request)
request.step(
    "cancel",
    "waiting | registered | dispatched | confirmed | arranged -> cancelled",
    title=_l("Cancel"),
    by=DUTY_MANAGER,
    clause="QP/2-04 5.4",
    form=ReasonForm,
    does=services.cancel,
    requires=(nothing_is_out,),
    tone="danger",
    voids=True,
)
request.step(
    "reopen",
    "closed -> turned_in",
    title=_l("Reopen"),
    by=DUTY_MANAGER,
    clause="QI/05 3.1",
    form=forms.ReopenForm,
    starts=("fieldservice.morning_review", TAKE_OVER),
)
