"""The life of an escalation (QI/05 3.5-3.7): asked every two days, told every three, until its answer was tried."""

from __future__ import annotations

from core.clauses import house_rule
from core.deadlines import every_days, working_days
from core.forms import ReasonForm
from core.i18n import _l
from core.procedure import Column, Procedure
from core.roles import (
    DUTY_MANAGER,
    FIELD_ENGINEER,
    HEAD_OFFICE_SUPPORT,
    HOTLINE_ENGINEER,
    SENIOR_ENGINEER,
    SUPPORT_MANAGER,
)
from plugins.fieldservice.conference.procedure import AGAIN
from plugins.fieldservice.conference.services import TO_HEAD_OFFICE
from plugins.fieldservice.custody.standing import told_by
from plugins.fieldservice.escalation import forms, services
from plugins.fieldservice.escalation.models import Escalation
from plugins.fieldservice.escalation.record import LINES

ASK, TELL, TRY = "fieldservice.ask_head_office", "fieldservice.tell_escalated", services.TRY
MISTAKEN = house_rule(
    _l("What was brought before head office by mistake is taken back; the ledger keeps both.")
)

escalation = Procedure(
    services.NAME,
    model=Escalation,
    title=_l("Before head office"),
    letter="E",
    record="QR/06",
    reads="fieldservice.read_escalations",
    begins=_l(
        "A problem is brought before head office from its request, after the conferences: open the request."
    ),
    heading=lambda one: one.customer_name,
    columns=(
        Column(name="symptom", title=_l("Symptom"), value=lambda one: one.symptom),
        Column(name="product", title=_l("Product"), value=lambda one: one.product),
        Column(
            name="recipient",
            title=_l("Recipient at head office"),
            value=lambda one: one.recipient,
            usual=False,
        ),
        Column(name="sent", title=_l("Sent"), value=lambda one: one.sent_at),
        Column(name="fixed_in", title=_l("Fixed in version"), value=lambda one: one.fixed_in, usual=False),
    ),
    facts=(
        Column(name="customer", title=_l("Customer"), value=lambda one: one.customer_name),
        Column(name="request", title=_l("Request"), value=lambda one: one.request and one.request.number),
        Column(name="product", title=_l("Product"), value=lambda one: one.product),
        Column(name="engineer", title=_l("Field engineer"), value=lambda one: one.engineer),
        Column(name="recipient", title=_l("Recipient at head office"), value=lambda one: one.recipient),
        Column(name="way", title=_l("Sent by"), value=lambda one: forms.WAYS.get(one.way, "")),
        Column(name="sent", title=_l("Sent"), value=lambda one: one.sent_at),
        Column(name="symptom", title=_l("Symptom in detail"), value=lambda one: one.symptom),
        Column(name="tried", title=_l("What was tried, and conferred"), value=lambda one: one.tried),
        Column(
            name="data", title=_l("Data sent along, and their version"), value=lambda one: one.data_version
        ),
        Column(name="answer", title=_l("Answer: the remedy in full"), value=lambda one: one.answer),
        Column(name="fixed_in", title=_l("Fixed in version"), value=lambda one: one.fixed_in),
        Column(name="workaround", title=_l("Work-around"), value=lambda one: one.workaround),
        Column(name="answered_by", title=_l("Answered by"), value=lambda one: one.answered_by),
        Column(name="answered", title=_l("Answered"), value=lambda one: one.answered_at),
        Column(name="verified", title=_l("How it was tried in the office"), value=lambda one: one.verified),
        Column(name="reason", title=_l("Reason"), value=lambda one: one.reason),
    ),
    tables=(LINES,),
)
escalation.state("sent", _l("Before head office"), tone="wait")
escalation.state("answered", _l("Answered: to be tried here"), tone="alert")
escalation.state("verified", _l("Tried, and good"), tone="done", final=True)
escalation.state("withdrawn", _l("Withdrawn"), tone="off", final=True)

escalation.deadline(
    ASK,
    title=_l("Ask head office how it stands"),
    within=every_days("fieldservice.ask_head_office_days"),
    owner=DUTY_MANAGER,
    clause="QI/05 3.6",
)
escalation.deadline(
    TELL,
    title=_l("Tell the customer how it stands"),
    within=every_days("fieldservice.tell_customer_days"),
    owner=FIELD_ENGINEER.where("owner_id"),
    clause="QI/05 3.7",
)
escalation.deadline(
    TRY,
    title=_l("Try head office's answer here"),
    within=working_days("fieldservice.try_answer_working_days"),
    owner=DUTY_MANAGER,
    clause="QI/05 3.7",
)
escalation.step(
    "send",
    "-> sent",
    title=_l("Bring before head office"),
    by=DUTY_MANAGER,
    clause="QI/05 3.5",
    does=services.send,
    starts=(ASK, TELL),
    inner=True,
)
escalation.step(
    "ask",
    "sent | answered -> same",
    title=_l("Head office contacted"),
    by=DUTY_MANAGER,
    clause="QI/05 3.6",
    form=forms.SaidForm,
    does=services.asked,
    meets=(ASK,),
    starts=(ASK,),
)
escalation.step(
    "tell",
    "sent | answered -> same",
    title=_l("Customer told"),
    by=(FIELD_ENGINEER.where("owner_id"), FIELD_ENGINEER, HOTLINE_ENGINEER, DUTY_MANAGER, SUPPORT_MANAGER),
    clause="QI/05 3.7",
    form=forms.SaidForm,
    does=services.told,
    requires=(told_by(TELL, HOTLINE_ENGINEER),),
    meets=(TELL,),
    starts=(TELL,),
)
escalation.step(
    "ask_back",
    "sent | answered -> same",
    title=_l("Question to the office"),
    by=HEAD_OFFICE_SUPPORT,
    clause="QP/2-04 5.6",
    form=forms.SaidForm,
    does=services.asked_back,
    above=True,
)
escalation.step(
    "answer",
    "sent | answered -> answered",
    title=_l("Answer"),
    by=HEAD_OFFICE_SUPPORT,
    clause="QP/2-04 5.6",
    form=forms.AnswerForm,
    does=services.answer,
    meets=(ASK,),
    starts=(TRY,),
    tone="primary",
    above=True,
)
escalation.step(
    "note_answer",
    "sent | answered -> answered",
    title=_l("Head office answered by phone or mail"),
    by=DUTY_MANAGER,
    clause="QP/2-04 5.6",
    form=forms.AnswerForm,
    does=services.answer,
    meets=(ASK,),
    starts=(TRY,),
)
escalation.step(
    "verify",
    "answered -> verified",
    title=_l("Tried here: it works"),
    by=(DUTY_MANAGER, SENIOR_ENGINEER),
    clause="QI/05 3.7",
    form=forms.VerifyForm,
    does=services.verify,
    meets=(TRY,),
    tone="primary",
)
escalation.step(
    "fail",
    "answered -> sent",
    title=_l("Tried here: it does not work"),
    by=(DUTY_MANAGER, SENIOR_ENGINEER),
    clause="QI/05 3.7",
    form=ReasonForm,
    does=services.fail,
    meets=(TRY,),
    starts=(ASK,),
)
escalation.step(
    "withdraw",
    "sent | answered -> withdrawn",
    title=_l("Withdraw"),
    by=DUTY_MANAGER,
    clause=MISTAKEN,
    form=ReasonForm,
    does=services.withdraw,
    tone="danger",
)


def add_to(request: Procedure) -> None:
    """Let a problem go before head office, and come back with a remedy or without (QI/05 3.5, QP/2-04 5.6)."""
    request.step(
        "escalate",
        "puzzling -> escalated",
        title=_l("Bring before head office"),
        # What he has taken over is his to report (QP/2-04 5.7).
        by=(DUTY_MANAGER, SUPPORT_MANAGER.where("owner_id")),
        clause="QI/05 3.5",
        form=forms.EscalateForm,
        does=services.escalate,
        meets=(AGAIN, TO_HEAD_OFFICE),
    )
    request.step(
        "answered_above",
        "escalated -> remedied",
        title=_l("Head office's remedy was tried"),
        by=(DUTY_MANAGER, SENIOR_ENGINEER),
        clause="QI/05 3.7",
        does=services.answered_above,
        inner=True,
    )
    request.step(
        "taken_back",
        "escalated -> puzzling",
        title=_l("Taken back from head office"),
        by=DUTY_MANAGER,
        clause=MISTAKEN,
        starts=(AGAIN, TO_HEAD_OFFICE),
        inner=True,
    )
