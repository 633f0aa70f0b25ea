"""The way of what was taken from a customer, until it is back or destroyed (QI/05 3.3, 3.4, 3.7)."""

from __future__ import annotations

from core.clauses import house_rule
from core.deadlines import every_days, next_working_morning
from core.forms import ReasonForm
from core.i18n import _l
from core.procedure import Column, Filter, Procedure
from core.roles import DUTY_MANAGER, FIELD_ENGINEER, SENIOR_ENGINEER, SUPPORT_MANAGER
from plugins.fieldservice.custody import forms, services, standing
from plugins.fieldservice.custody.models import Custody
from plugins.fieldservice.custody.services import AT_OFFICE, TELL
from plugins.fieldservice.escalation.services import told_here, tried_first

TWO_CONFIRM = house_rule(_l("What is the customer's changes hands when both have confirmed it."))
ALONE = house_rule(
    _l("Whoever is away or has left confirms nothing: a manager takes it over by his own word, and says why.")
)
WHO_HAS_IT = tuple(role.where("holder_id") for role in services.HOLDERS)
WHO_GETS_IT = tuple(role.where("offered_to_id") for role in services.HOLDERS)
WHO_TOOK_IT = FIELD_ENGINEER.where("owner_id")

custody = Procedure(
    services.NAME,
    model=Custody,
    title=_l("Custody"),
    letter="CU",
    record="QR/05",
    reads="fieldservice.read_custody",
    collection="custodies",
    begins=_l("Custody begins at a visit: open the request, and take the customer's data along there."),
    heading=lambda one: one.customer.name if one.customer else "",
    columns=(
        Column(name="kind", title=_l("What is taken"), value=lambda one: forms.KINDS.get(one.kind, "")),
        Column(name="media", title=_l("Media"), value=lambda one: one.media),
        Column(name="holder", title=_l("Who has it"), value=lambda one: one.holder and one.holder.name),
        Column(name="place", title=_l("Where it lies"), value=lambda one: one.place),
        Column(name="request", title=_l("Request"), value=lambda one: one.request.number, usual=False),
    ),
    filters=(Filter(name="holder", title=_l("Who has it"), attribute="holder_id"),),
    facts=(
        Column(name="request", title=_l("Request"), value=lambda one: one.request.number),
        Column(name="kind", title=_l("What is taken"), value=lambda one: forms.KINDS.get(one.kind, "")),
        Column(name="media", title=_l("Media"), value=lambda one: one.media),
        Column(name="account_sets", title=_l("Account sets"), value=lambda one: one.account_sets),
        Column(name="modules", title=_l("Modules"), value=lambda one: one.modules),
        Column(name="platform", title=_l("Platform"), value=lambda one: one.platform),
        Column(name="database", title=_l("Database, with its version"), value=lambda one: one.database),
        Column(name="packaging", title=_l("Packaging and accessories"), value=lambda one: one.packaging),
        Column(
            name="description",
            title=_l("What is wrong with it, in detail"),
            value=lambda one: one.description,
        ),
        Column(name="provided_by", title=_l("Given by"), value=lambda one: one.provided_by),
        Column(name="on_paper", title=_l("Where the signed sheet is kept"), value=lambda one: one.on_paper),
        Column(name="taken", title=_l("Taken"), value=lambda one: one.taken_at),
        Column(name="received", title=_l("At the office"), value=lambda one: one.received_at),
        Column(name="holder", title=_l("Who has it"), value=lambda one: one.holder and one.holder.name),
        Column(name="offered", title=_l("To whom"), value=lambda one: one.offered_to and one.offered_to.name),
        Column(name="place", title=_l("Where it lies"), value=lambda one: one.place),
        Column(name="fate", title=_l("How it is destroyed"), value=lambda one: one.fate),
        Column(name="returned_to", title=_l("Given back to"), value=lambda one: one.returned_to),
        Column(name="ended", title=_l("Ended"), value=lambda one: one.ended_at),
        Column(name="reason", title=_l("Reason"), value=lambda one: one.reason),
    ),
)
custody.state("taken", _l("On the way to the office"), tone="wait")
custody.state("held", _l("In our hands"), tone="wait")
custody.state("offered", _l("To be confirmed"), tone="alert")
custody.state("witnessed", _l("To be witnessed"), tone="alert")
custody.state("returned", _l("Back with the customer"), tone="done", final=True)
custody.state("destroyed", _l("Destroyed"), tone="off", final=True)

custody.deadline(
    AT_OFFICE,
    title=_l("Bring it to the office"),
    within=next_working_morning("fieldservice.data_until_hour"),
    owner=WHO_TOOK_IT,
    clause="QI/05 3.3",
)
custody.deadline(
    TELL,
    title=_l("Tell the customer how it stands"),
    within=every_days("fieldservice.tell_customer_days"),
    owner=WHO_TOOK_IT,
    clause="QI/05 3.7",
    when=told_here,
    when_title=_l("while head office does not have the problem"),
)
custody.step(
    "take",
    "-> taken",
    title=_l("Taken along"),
    by=FIELD_ENGINEER,
    clause="QI/05 3.3",
    does=services.take,
    starts=(AT_OFFICE, TELL),
    inner=True,
)
custody.step(
    "offer",
    "taken | held -> offered",
    title=_l("Hand it over"),
    by=WHO_HAS_IT,
    clause=TWO_CONFIRM,
    form=forms.OfferForm,
    tone="primary",
)
custody.step(
    "accept",
    "offered -> held",
    title=_l("I have it, at the office"),
    by=WHO_GETS_IT,
    clause="QI/05 3.3",
    does=services.accept,
    requires=(services.documented,),
    meets=(AT_OFFICE,),
    tone="primary",
)
custody.step(
    "accept_on_the_way",
    "offered -> taken",
    title=_l("I have it, on the way to the office"),
    by=WHO_GETS_IT,
    clause="QI/05 3.3",
    does=standing.accept_on_the_way,
    requires=(standing.not_at_office,),
)
custody.step(
    "decline",
    "offered -> taken | held",
    title=_l("I have not got it"),
    by=(*WHO_GETS_IT, *WHO_HAS_IT),
    clause=TWO_CONFIRM,
    form=ReasonForm,
    does=services.decline,
)
custody.step(
    "take_charge",
    "taken | held | offered | witnessed -> taken | held",
    title=_l("Take it over from whoever is away or has left"),
    by=(DUTY_MANAGER, SUPPORT_MANAGER),
    clause=ALONE,
    form=forms.TakeChargeForm,
    does=standing.take_charge,
    requires=(standing.holder_is_here,),
)
custody.step(
    "tell",
    "taken | held | offered -> same",
    title=_l("Customer told"),
    by=(WHO_TOOK_IT, *services.HOLDERS),
    clause="QI/05 3.7",
    form=forms.ToldForm,
    requires=(standing.told_by(TELL),),
    meets=(TELL,),
    starts=(TELL,),
)
custody.step(
    "goes_above",
    "taken | held | offered | witnessed -> same",
    title=_l("The problem is before head office: the customer is told from there"),
    by=DUTY_MANAGER,
    clause="QI/05 3.7",
    drops=(TELL,),
    inner=True,
)
custody.step(
    "comes_back",
    "taken | held | offered | witnessed -> same",
    title=_l("The problem is the office's again: the customer is told from here"),
    by=(DUTY_MANAGER, SENIOR_ENGINEER),
    clause="QI/05 3.7",
    starts=(TELL,),
    inner=True,
)
custody.step(
    "give_back",
    "taken | held -> returned",
    title=_l("Given back to the customer"),
    by=WHO_HAS_IT,
    clause="QI/05 3.4",
    form=forms.GiveBackForm,
    does=services.end,
)
custody.step(
    "destroy",
    "held -> witnessed",
    title=_l("Destroy"),
    by=WHO_HAS_IT,
    clause="QI/05 3.4",
    form=forms.DestroyForm,
    requires=(tried_first,),
    tone="danger",
)
custody.step(
    "witness",
    "witnessed -> destroyed",
    title=_l("I watched: it is destroyed"),
    by=WHO_GETS_IT,
    clause="QI/05 3.4",
    does=services.end,
    tone="primary",
)
custody.step(
    "spare",
    "witnessed -> held",
    title=_l("It is not destroyed"),
    by=(*WHO_GETS_IT, *WHO_HAS_IT),
    clause=TWO_CONFIRM,
    form=ReasonForm,
    does=services.spare,
)
custody.before_ending(tried_first, clause="QI/05 3.7")


def add_to(request: Procedure) -> None:
    """Let the engineer take data along, and no problem end while something is out (QI/05 3.3, 3.4)."""
    request.step(
        "take_along",
        "on_site | signed -> same",
        title=_l("Take the customer's data along"),
        by=FIELD_ENGINEER.where("engineer_id"),
        clause="QI/05 3.3",
        form=forms.TakeForm,
        does=services.take_along,
        own_page="fieldservice.visit",
    )
    request.before_ending(services.nothing_is_out, clause="QI/05 3.4")
