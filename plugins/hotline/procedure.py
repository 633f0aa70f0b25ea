"""The life of a call: QI/03, from the first word to an outcome."""

from core.deadlines import as_promised, working_days, working_minutes
from core.forms import ReasonForm
from core.i18n import _l
from core.procedure import Column, Filter, Procedure
from core.roles import DUTY_MANAGER, HOTLINE_ENGINEER, REGIONAL_MANAGER
from plugins.hotline import forms, services
from plugins.hotline.calls import abuse, demand, ownership, stuck, transfer
from plugins.hotline.calls.who import (
    DESK,
    ENDING,
    KEPT,
    LONG_TEST,
    NOT_FORGOTTEN,
    PROMISE,
    THE_OWNER,
    UNDER_WAY,
)
from plugins.hotline.knowledge import forms as knowledge_forms
from plugins.hotline.knowledge import procedure as knowledge_procedure
from plugins.hotline.knowledge import services as knowledge_services
from plugins.hotline.links import procedure as links
from plugins.hotline.log.procedure import day_log
from plugins.hotline.mail import procedure as mail
from plugins.hotline.mail.procedure import MAIL_FACTS
from plugins.hotline.models import CHANNELS, HANDED_OVER_AS, Call
from plugins.hotline.recovery import procedure as recoveries
from plugins.hotline.recovery import services as recovery_services
from plugins.hotline.replies import procedure as replies_procedure
from plugins.hotline.roster.duty import minutes_on_duty
from plugins.hotline.roster.procedure import absence, roster, swap
from plugins.hotline.shift import procedure as of_shift

# Procedures are found by their names here; the rooms' own come after the call.
__all__ = [
    "absence",
    "call",
    "day_log",
    "handover",
    "knowledge",
    "recovery",
    "reply",
    "roster",
    "shift",
    "swap",
]

call = Procedure(
    "hotline.call",
    model=Call,
    title=_l("Call"),
    letter="H",
    record="QR/02",
    reads="hotline.read",
    heading=lambda one: one.heading,
    columns=(
        Column(name="symptom", title=_l("Symptom"), value=lambda one: one.symptom),
        Column(name="contact", title=_l("Contact"), value=lambda one: one.contact),
        Column(name="phone", title=_l("Phone"), value=lambda one: one.phone, usual=False),
        Column(name="channel", title=_l("Channel"), value=lambda one: CHANNELS[one.channel], usual=False),
        Column(name="product", title=_l("Product"), value=lambda one: _product(one), usual=False),
        Column(name="module", title=_l("Module"), value=lambda one: one.module, usual=False),
        Column(name="answer", title=_l("Answer given"), value=lambda one: one.answer, usual=False),
    ),
    filters=(
        Filter(name="channel", title=_l("Channel"), attribute="channel", choices=CHANNELS),
        Filter(
            name="handed_over_as",
            title=_l("To the regional manager because of"),
            attribute="handed_over_as",
            choices=HANDED_OVER_AS,
        ),
    ),
    facts=(
        *MAIL_FACTS,
        Column(name="channel", title=_l("Channel"), value=lambda one: CHANNELS[one.channel]),
        Column(name="contact", title=_l("Contact"), value=lambda one: f"{one.contact} {one.phone}"),
        Column(name="product", title=_l("Product"), value=lambda one: _product(one)),
        Column(name="module", title=_l("Module"), value=lambda one: one.module),
        Column(name="operation", title=_l("During which operation"), value=lambda one: one.operation),
        Column(name="happens", title=_l("What happens"), value=lambda one: one.happens),
        Column(name="message", title=_l("Message on the screen"), value=lambda one: one.message),
        Column(name="since", title=_l("Since when"), value=lambda one: one.since),
        Column(name="tried", title=_l("What was tried"), value=lambda one: one.tried),
        Column(name="demand", title=_l("What the customer demands"), value=lambda one: one.demand),
        Column(
            name="handed_over_as",
            title=_l("Because of"),
            value=lambda one: HANDED_OVER_AS.get(one.handed_over_as),
        ),
        Column(name="matter", title=_l("Wanted from another department"), value=lambda one: one.matter),
        Column(name="department", title=_l("Department"), value=lambda one: transfer.with_whom(one)),
        Column(name="result_by", title=_l("Result is phoned by"), value=lambda one: one.result_by),
        Column(name="stuck", title=_l("Stuck"), value=lambda one: one.stuck),
        Column(name="advice", title=_l("Advice for the engineer"), value=lambda one: one.advice),
        Column(name="warning", title=_l("Warned for"), value=lambda one: one.warning),
        Column(name="abuse", title=_l("After the warning"), value=lambda one: one.abuse),
        Column(name="rings", title=_l("Rings before it was answered"), value=lambda one: one.rings),
        Column(name="promised_at", title=_l("Phone back by"), value=lambda one: one.promised_at),
        Column(name="promise", title=_l("What was promised"), value=lambda one: one.promise),
        Column(name="answer", title=_l("Answer given"), value=lambda one: one.answer),
        Column(name="reason", title=_l("Reason"), value=lambda one: one.reason),
    ),
)


def _product(one: Call) -> str:
    return one.installation.title if one.installation else ""


mail.add_states(call)
call.state("open", _l("Being handled"), tone="wait")
call.state("parked", _l("Parked for a test"), tone="wait")
call.state("demanded", _l("With the duty manager"), tone="alert")
call.state("handed_over", _l("With the regional manager"), tone="wait")
call.state("to_pass_on", _l("For another department"), tone="alert")
call.state("passed_on", _l("With another department"), tone="wait")
call.state("solved", _l("Solved by phone"), tone="done", final=True)
call.state("settled", _l("Settled"), tone="done", final=True)
call.state("transferred", _l("Done by another department"), tone="done", final=True)
call.state("recovery", _l("Password recovery"), tone="done", final=True)
call.state("abused", _l("Ended for abuse"), tone="off", final=True)
call.state("merged", _l("Merged"), tone="off", final=True)
call.state("cancelled", _l("Cancelled"), tone="off", final=True)

call.deadline(
    "hotline.same_day_demand",
    title=_l("Phone the customer about the same-day demand"),
    within=minutes_on_duty("hotline.same_day_demand_minutes"),
    owner=DUTY_MANAGER,
    clause="QI/03 3.1.7",
)
call.deadline(
    LONG_TEST,
    title=_l("Phone the customer with the result of the test"),
    within=working_minutes("hotline.long_test_minutes"),
    owner=HOTLINE_ENGINEER.where("owner_id"),
    clause="QI/03 3.2.5",
)
call.deadline(
    "hotline.settle",
    title=_l("Settle with the customer what was handed over"),
    within=working_days("hotline.settle_working_days"),
    owner=REGIONAL_MANAGER,
    clause=NOT_FORGOTTEN,
)
call.deadline(
    PROMISE,
    title=_l("Phone the customer back, as promised"),
    within=as_promised(),
    owner=HOTLINE_ENGINEER.where("owner_id"),
    since="promised_at",
    clause=KEPT,
)

call.step(
    "log",
    "-> open",
    title=_l("Log the call"),
    by=DESK,
    clause="QP/2-04 5.2",
    form=forms.LogForm,
    does=services.log,
    starts=(PROMISE,),
    tone="primary",
    own_page="hotline.desk",
)
call.step(
    "solve",
    "open | parked -> solved",
    title=_l("Solved by phone"),
    by=THE_OWNER,
    clause="QI/03 3.1.9",
    form=knowledge_forms.SolveForm,
    does=services.keep_promise,
    requires=(recovery_services.no_recovery,),
    meets=(LONG_TEST, PROMISE),
    tone="primary",
    undone_by="reopen",
)
call.step(
    "park",
    "open -> parked",
    title=_l("Park for a long test"),
    by=THE_OWNER,
    clause="QI/03 3.2.5",
    starts=(LONG_TEST,),
)
call.step(
    "resume",
    "parked -> open",
    title=_l("The customer was phoned: go on"),
    by=THE_OWNER,
    clause="QI/03 3.2.5",
    form=forms.AnswerForm,
    does=services.keep_promise,
    meets=(LONG_TEST, PROMISE),
)
call.step(
    "demand",
    "open -> demanded",
    title=_l("Same-day demand"),
    by=THE_OWNER,
    clause="QI/03 3.1.7",
    form=forms.DemandForm,
    does=demand.note_today,
    starts=("hotline.same_day_demand",),
)
call.step(
    "answer_demand",
    "demanded -> open",
    title=_l("The customer was phoned"),
    by=DUTY_MANAGER,
    clause="QI/03 3.1.7",
    form=forms.AnswerForm,
    does=services.keep_promise,
    requires=(demand.is_for_today,),
    meets=("hotline.same_day_demand", PROMISE),
    tone="primary",
)
call.step(
    "hand_over",
    "open -> handed_over",
    title=_l("To the regional manager"),
    by=THE_OWNER,
    clause="QI/03 3.2.6",
    form=forms.HandOverForm,
    does=services.hand_over,
    starts=("hotline.settle",),
)
call.step(
    "settle",
    "handed_over -> settled",
    title=_l("Settled with the customer"),
    by=REGIONAL_MANAGER,
    clause="QI/03 3.3.1",
    form=forms.AnswerForm,
    does=services.keep_promise,
    meets=("hotline.settle", PROMISE),
    tone="primary",
)
call.step(
    "promise",
    f"{UNDER_WAY} -> same",
    title=_l("Promise to phone back"),
    by=(*THE_OWNER, REGIONAL_MANAGER),
    clause=KEPT,
    form=forms.PromiseForm,
    starts=(PROMISE,),
)
call.step(
    "phone_back",
    f"{UNDER_WAY} -> same",
    title=_l("The customer was phoned back"),
    by=(*THE_OWNER, REGIONAL_MANAGER),
    clause=KEPT,
    form=forms.AnswerForm,
    does=services.keep_promise,
    requires=(services.promise_open,),
    meets=(PROMISE,),
)
ownership.add_to(call)
call.step(
    "correct",
    "open | parked | demanded -> same",
    title=_l("Correct the symptom"),
    by=THE_OWNER,
    clause="QI/03 3.1.6",
    form=forms.SymptomForm,
)
call.step(
    "cancel",
    "open | parked -> cancelled",
    title=_l("Cancel"),
    by=THE_OWNER,
    clause="QI/03 3.1.9",
    form=ReasonForm,
    tone="danger",
    voids=True,
)
call.step(
    "reopen",
    "solved | settled | transferred | abused -> open",
    title=_l("Reopen"),
    by=DESK,
    clause="QI/03 3.1.9",
    form=ReasonForm,
    does=ownership.reopen,
)
call.step(
    "standardise",
    "solved | settled -> same",
    title=_l("Enter into the support database"),
    by=DESK,
    clause="QI/01 flow",
    form=knowledge_forms.StandardiseForm,
    does=knowledge_services.standardise,
    requires=(knowledge_services.not_stored,),
)
demand.add_to(call)
stuck.add_to(call)
transfer.add_to(call)
recoveries.add_to(call)
abuse.add_to(call)
links.add_to(call)
mail.add_steps(call, DESK, PROMISE)
call.before_ending(services.phoned_first, clause=ENDING)
# Last, so that it knows every state and every end of a call.
replies_procedure.teach(call)

recovery, reply = recoveries.recovery, replies_procedure.reply
knowledge = knowledge_procedure.knowledge
shift, handover = of_shift.shift, of_shift.handover
