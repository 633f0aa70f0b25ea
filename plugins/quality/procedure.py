"""The life of a complaint: logged from a call, answered the same working day (QI/02)."""

from core.deadlines import working_days
from core.forms import ReasonForm
from core.i18n import _l
from core.procedure import Column, Filter, Procedure
from core.roles import DUTY_MANAGER, HOTLINE_ENGINEER, QUALITY_SUPERVISOR
from plugins.quality import forms, services
from plugins.quality.models import Complaint

complaint = Procedure(
    "quality.complaint",
    model=Complaint,
    title=_l("Complaint"),
    letter="C",
    reads="quality.read",
    begins=_l("A complaint is logged from a call: open the call, or log a new one."),
    heading=lambda one: one.customer.name if one.customer else "",
    columns=(
        Column(name="about", title=_l("About"), value=lambda one: forms.ABOUT[one.about]),
        Column(name="complaint", title=_l("Complaint"), value=lambda one: one.complaint),
        Column(name="happened", title=_l("When it happened"), value=lambda one: one.happened, usual=False),
        Column(
            name="answer", title=_l("Answer given to the customer"), value=lambda one: one.answer, usual=False
        ),
    ),
    filters=(Filter(name="about", title=_l("About"), attribute="about", choices=forms.ABOUT),),
    facts=(
        Column(name="about", title=_l("About"), value=lambda one: forms.ABOUT[one.about]),
        Column(
            name="complaint", title=_l("What the customer complains about"), value=lambda one: one.complaint
        ),
        Column(name="happened", title=_l("When it happened"), value=lambda one: one.happened),
        Column(name="employee", title=_l("The employee's number"), value=lambda one: one.employee_number),
        Column(name="findings", title=_l("What was found"), value=lambda one: one.findings),
        Column(name="answer", title=_l("Answer given to the customer"), value=lambda one: one.answer),
        Column(name="prevention", title=_l("What prevents it in future"), value=lambda one: one.prevention),
        Column(name="reason", title=_l("Reason"), value=lambda one: one.reason),
    ),
)

complaint.state("logged", _l("To be answered"), tone="alert")
complaint.state("answered", _l("Answered"), tone="done", final=True)

complaint.deadline(
    "quality.answer",
    title=_l("Answer the complaint"),
    within=working_days("quality.answer_working_days"),
    owner=QUALITY_SUPERVISOR,
    clause="QI/02 attitude.hotline-rude",
)

complaint.step(
    "log",
    "-> logged",
    title=_l("Log the complaint"),
    by=(HOTLINE_ENGINEER, DUTY_MANAGER),
    clause="QI/02 attitude.hotline-rude",
    form=forms.ComplainForm,
    does=services.log,
    starts=("quality.answer",),
    inner=True,
)
complaint.step(
    "answer",
    "logged -> answered",
    title=_l("Answer the complaint"),
    by=QUALITY_SUPERVISOR,
    clause="QI/02 attitude.hotline-rude",
    form=forms.AnswerForm,
    meets=("quality.answer",),
    tone="primary",
    undone_by="reopen",
)
complaint.step(
    "reopen",
    "answered -> logged",
    title=_l("Reopen"),
    by=QUALITY_SUPERVISOR,
    clause="QI/05 2.1",
    form=ReasonForm,
    starts=("quality.answer",),
)
