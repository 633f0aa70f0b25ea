"""The life of a case conference, and what it makes of the request (QI/05 3.1, 3.2, 3.5)."""

from __future__ import annotations

from core.deadlines import same_working_day, working_days
from core.forms import ReasonForm
from core.i18n import _l
from core.procedure import Column, Procedure
from core.roles import DUTY_MANAGER
from plugins.fieldservice.conference import forms, services
from plugins.fieldservice.conference.models import Conference
from plugins.fieldservice.conference.services import TO_HEAD_OFFICE

CONFER, AGAIN = "fieldservice.conference", "fieldservice.confer_again"

conference = Procedure(
    services.NAME,
    model=Conference,
    title=_l("Case conference"),
    letter="CC",
    reads="fieldservice.read",
    begins=_l("A conference is called at the review of a request that was turned in: open the request."),
    heading=lambda one: one.customer.name if one.customer else "",
    columns=(
        Column(name="request", title=_l("Request"), value=lambda one: one.request.number),
        Column(
            name="outcome", title=_l("How it ended"), value=lambda one: forms.OUTCOMES.get(one.outcome, "")
        ),
        Column(name="participants", title=_l("Who takes part"), value=lambda one: one.names, usual=False),
    ),
    facts=(
        Column(name="request", title=_l("Request"), value=lambda one: one.request.number),
        Column(name="symptom", title=_l("Symptom"), value=lambda one: one.request.symptom),
        Column(name="found", title=_l("What was done on site"), value=lambda one: one.request.remedy),
        Column(name="wish", title=_l("What else the customer wishes"), value=lambda one: one.wish),
        Column(name="participants", title=_l("Who takes part"), value=lambda one: one.names),
        Column(name="said", title=_l("What was conferred"), value=lambda one: one.said),
        Column(
            name="outcome", title=_l("How it ended"), value=lambda one: forms.OUTCOMES.get(one.outcome, "")
        ),
        Column(name="remedy", title=_l("The remedy in full"), value=lambda one: one.remedy),
        Column(name="reason", title=_l("Reason"), value=lambda one: one.reason),
    ),
)
conference.state("called", _l("Called"), tone="alert")
conference.state("held", _l("Held"), tone="done", final=True)
conference.state("called_off", _l("Called off"), tone="off", final=True)
conference.deadline(
    CONFER,
    title=_l("Hold the case conference"),
    within=same_working_day(),
    owner=DUTY_MANAGER,
    clause="QI/05 3.1",
)
conference.step(
    "convene",
    "-> called",
    title=_l("Call the conference"),
    by=DUTY_MANAGER,
    clause="QI/05 3.1",
    does=services.convene,
    starts=(CONFER,),
    inner=True,
)
conference.step(
    "hold",
    "called -> held",
    title=_l("Write down the conference"),
    by=DUTY_MANAGER,
    clause="QI/05 3.4",
    form=forms.HoldForm,
    does=services.hold,
    meets=(CONFER,),
    tone="primary",
)
conference.step(
    "call_off",
    "called -> called_off",
    title=_l("Call off"),
    by=DUTY_MANAGER,
    clause="QI/05 3.1",
    form=ReasonForm,
    does=services.call_off,
    tone="danger",
)


def add_to(request: Procedure) -> None:
    """Let a request that is not solved go through its conferences, until there is a remedy (QI/05 3.1, 3.2, 3.5)."""
    _promises(request)
    request.step(
        "confer",
        "turned_in | puzzling -> conferring",
        title=_l("Call a case conference"),
        by=DUTY_MANAGER,
        clause="QI/05 3.1",
        form=forms.ConferForm,
        does=services.confer,
        meets=("fieldservice.morning_review", AGAIN),
        tone="primary",
    )
    request.step(
        "conferred",
        "conferring -> remedied | puzzling",
        title=_l("The conference was held"),
        by=DUTY_MANAGER,
        clause="QI/05 3.4",
        does=services.conferred,
        starts=(AGAIN, TO_HEAD_OFFICE),
        inner=True,
    )
    request.step(
        "not_conferred",
        "conferring -> turned_in | puzzling",
        title=_l("The conference was called off"),
        by=DUTY_MANAGER,
        clause="QI/05 3.1",
        does=services.not_conferred,
        starts=("fieldservice.morning_review", AGAIN, TO_HEAD_OFFICE),
        inner=True,
    )


def _promises(request: Procedure) -> None:
    request.deadline(
        AGAIN,
        title=_l("Confer for the second time"),
        within=working_days("fieldservice.confer_again_working_days"),
        owner=DUTY_MANAGER,
        clause="QI/05 3.5",
        when=services.goes_on_here,
        when_title=_l("when the first conference found no remedy"),
    )
    request.deadline(
        TO_HEAD_OFFICE,
        title=_l("Bring the problem before head office"),
        within=same_working_day(),
        owner=DUTY_MANAGER,
        clause="QI/05 3.5",
        when=services.goes_on_above,
        when_title=_l("when the second conference found none either"),
    )
