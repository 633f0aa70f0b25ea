"""The life of an entry in the support database (QI/01 flow)."""

from core.clauses import house_rule
from core.deadlines import working_days
from core.forms import ReasonForm
from core.i18n import _l
from core.procedure import Column, Procedure
from core.roles import DUTY_MANAGER, FIELD_ENGINEER, HOTLINE_ENGINEER, SENIOR_ENGINEER, SUPPORT_MANAGER
from plugins.hotline.knowledge import forms, services
from plugins.hotline.knowledge.models import KnowledgeEntry

knowledge = Procedure(
    "hotline.knowledge",
    model=KnowledgeEntry,
    title=_l("Support database"),
    letter="B",
    collection="knowledge",
    reads="hotline.read",
    heading=lambda one: one.problem,
    headed=_l("Problem"),
    columns=(
        Column(name="about", title=_l("Product"), value=lambda one: one.about),
        Column(name="remedy", title=_l("Remedy"), value=lambda one: one.remedy),
        Column(name="solved", title=_l("Calls solved"), value=lambda one: one.solved_calls),
        Column(name="source", title=_l("Taught by"), value=lambda one: one.source, usual=False),
    ),
    facts=(
        Column(name="about", title=_l("Product"), value=lambda one: one.about),
        Column(name="problem", title=_l("Problem"), value=lambda one: one.problem),
        Column(name="remedy", title=_l("Remedy"), value=lambda one: one.remedy),
        Column(name="prevention", title=_l("Prevention"), value=lambda one: one.prevention),
        Column(name="source", title=_l("Taught by"), value=lambda one: one.source),
        Column(name="solved", title=_l("Calls solved"), value=lambda one: one.solved_calls),
        Column(name="by", title=_l("Written by"), value=lambda one: one.written_by and one.written_by.name),
        Column(name="written_at", title=_l("Written on"), value=lambda one: one.written_at),
        Column(name="reason", title=_l("Reason"), value=lambda one: one.reason),
    ),
)

AUTHORS = (HOTLINE_ENGINEER, FIELD_ENGINEER, DUTY_MANAGER, SENIOR_ENGINEER, SUPPORT_MANAGER)
REVIEWERS = (SENIOR_ENGINEER, SUPPORT_MANAGER)
FLOW = "QI/01 flow"
REVIEWED = house_rule(_l("What everybody will rely on was looked at by somebody else first."))
REVIEW = "hotline.review_knowledge"

knowledge.state("drafted", _l("Draft"), tone="plain")
knowledge.state("in_review", _l("In review"), tone="wait")
knowledge.state("published", _l("Published"), tone="done")
knowledge.state("retired", _l("Retired"), tone="off", final=True)

knowledge.deadline(
    REVIEW,
    title=_l("Review the entry of the support database"),
    within=working_days("hotline.review_working_days"),
    owner=SUPPORT_MANAGER,
    clause=REVIEWED,
)

knowledge.step(
    "write",
    "-> drafted",
    title=_l("Write an entry"),
    by=AUTHORS,
    clause=FLOW,
    form=forms.EntryForm,
    does=services.write,
    tone="primary",
)
knowledge.step(
    "store",
    "-> drafted",
    title=_l("Take over what a case taught"),
    by=AUTHORS,
    clause=FLOW,
    form=forms.StoredForm,
    does=services.store,
    inner=True,
)
knowledge.step(
    "edit",
    "drafted | in_review -> same",
    title=_l("Better the words"),
    by=AUTHORS,
    clause=FLOW,
    form=forms.EntryForm,
    does=services.write,
)
knowledge.step(
    "hand_in",
    "drafted -> in_review",
    title=_l("Hand in for review"),
    by=AUTHORS,
    clause=REVIEWED,
    starts=(REVIEW,),
    tone="primary",
)
knowledge.step(
    "publish",
    "in_review -> published",
    title=_l("Publish"),
    by=REVIEWERS,
    clause=REVIEWED,
    does=services.publish,
    meets=(REVIEW,),
    tone="primary",
)
knowledge.step(
    "send_back",
    "in_review -> drafted",
    title=_l("Send back"),
    by=REVIEWERS,
    clause=REVIEWED,
    form=ReasonForm,
    meets=(REVIEW,),
)
knowledge.step(
    "rewrite",
    "published -> same",
    title=_l("Rewrite"),
    by=REVIEWERS,
    clause=REVIEWED,
    form=forms.EntryForm,
    does=services.rewrite,
)
knowledge.step(
    "rework",
    "drafted | in_review | published -> in_review",
    title=_l("Take over what the case says now"),
    by=AUTHORS,
    clause=FLOW,
    form=forms.StoredForm,
    does=services.rework,
    starts=(REVIEW,),
    inner=True,
)
knowledge.step(
    "retire",
    "drafted | in_review | published -> retired",
    title=_l("Retire"),
    by=REVIEWERS,
    clause=REVIEWED,
    form=ReasonForm,
    does=services.retire,
    tone="danger",
)
