"""Dummy: a regional plugin that uses every extension point there is; it lends spare dongles."""

from __future__ import annotations

from core.clauses import house_rule
from core.deadlines import same_working_day
from core.forms import TextField
from core.hooks import answers, hookimpl
from core.i18n import Sentence
from core.parameters import Parameter
from core.plugins import Manifest, Permission
from core.roles import HOTLINE_ENGINEER, SUPPORT_MANAGER, Role
from core.slots import Card, GoesAlong, Job, MenuItem, Searchable, Status, Tell
from core.verdicts import Verdict
from plugins.fieldservice.hooks import VisitPart, in_order
from plugins.hotline.hooks import Entitlement
from plugins.hotline.models import KnowledgeEntry
from plugins.hotline.replies.entries import ReplyEntry, Wording
from tests.plugins_dummy.dummy import services

KEEPER = Role("dummy_keeper", Sentence("Keeper of the dongles"))
SPARE = house_rule(Sentence("A customer without a dongle cannot work."))

manifest = Manifest(
    name="dummy",
    title=Sentence("Dummy"),
    version="1.2.3",
    requires=("hotline", "fieldservice"),
    regional=True,
    parameters=(
        Parameter(
            key="dummy.shelf",
            kind=str,
            default="A",
            label=Sentence("Where the dongles lie"),
            clause="DUMMY 1.1",
        ),
        Parameter(
            key="dummy.spare_dongles",
            kind=int,
            default=3,
            minimum=0,
            maximum=9,
            stricter="higher",
            label=Sentence("How many are kept"),
            clause=SPARE,
        ),
        Parameter(
            key="dummy.lent_free", kind=bool, default=True, label=Sentence("Lent for free"), clause=SPARE
        ),
    ),
    permissions=(
        Permission(key="dummy.read", title=Sentence("See loans"), roles=(HOTLINE_ENGINEER, SUPPORT_MANAGER)),
    ),
    roles=(KEEPER,),
    presets={"hotline.long_test_minutes": 30},
)


@hookimpl
def amend(procedures):
    call = procedures["hotline.call"]
    call.state("waits_for_dongle", Sentence("Waits for the dongle"), tone="wait")
    call.add_step(
        "lend",
        "open -> waits_for_dongle",
        title=Sentence("Lend a dongle"),
        by=HOTLINE_ENGINEER,
        clause="DUMMY 1.1",
        form=services.LendForm,
        does=services.lend,
    )
    call.add_step(
        "dongle_came",
        "waits_for_dongle -> open",
        title=Sentence("The dongle came"),
        by=HOTLINE_ENGINEER,
        clause="DUMMY 1.1",
    )
    call.starts(
        "lend",
        "dummy.bring",
        title=Sentence("Bring the dongle"),
        within=same_working_day(),
        owner=SUPPORT_MANAGER,
        clause="DUMMY 1.2",
        met_by=("dongle_came",),
    )
    call.widen("settle", by=KEEPER, clause="DUMMY 1.2")
    call.require("solve", services.no_loan_open, clause="DUMMY 1.2")
    shelf = TextField(Sentence("Shelf"), required=False, limit=20)
    call.add_field("park", "shelf", shelf, keep=services.keep_shelf, clause=SPARE)
    call.set("park", title=Sentence("Park it on the shelf"), clause=SPARE)


@answers("DUMMY 1.1")
def hotline_entitlement(customer):
    if customer.note != "dummy":
        return None
    return Verdict(value=Entitlement.CARD, reason=Sentence("A friend of the house."), clause="DUMMY 1.1")


@answers(SPARE, wrapper=True)
def fieldservice_admission(customer):
    verdict = yield
    if customer.note != "dummy":
        return verdict
    return Verdict(value="waiting", reason=Sentence("Friends wait."), clause=SPARE)


@hookimpl
def fieldservice_visit_parts(act):
    return VisitPart(name="recheck", before="solve") if act.case.customer.note == "dummy parts" else None


@answers("DUMMY 1.1")
def fieldservice_suggestion(request, candidates):
    if request.customer.note != "dummy":
        return None
    nearest = sorted((one for one in candidates if one.can_go), key=lambda one: (-one.near, one.key))
    return Verdict(value=in_order(nearest), reason=Sentence("The nearest first."), clause="DUMMY 1.1")


@answers("DUMMY 1.1")
def dummy_dongle(rules):
    return Verdict(
        value=rules.parameter("dummy.shelf"), reason=Sentence("There it lies."), clause="DUMMY 1.1"
    )


@hookimpl
def dummy_shelf_labels():
    return ["spare"]


@hookimpl
def core_menu():
    return MenuItem(
        title=Sentence("Loans"),
        endpoint="cases.cases",
        values={"plugin": "dummy", "noun": "loan"},
        permission="dummy.read",
        weight=90,
    )


@hookimpl
def core_case_cards(act):
    return [Card(title=Sentence("Dummy"), lines=(Sentence("%(n)s", {"n": act.case.number}),), weight=99)]


@hookimpl
def hotline_customer_cards(customer):
    return Card(title=Sentence("Dummy"), lines=(customer.name,), clause="DUMMY 1.1")


@hookimpl
def core_customer_cards(customer):
    return Card(title=Sentence("Dummy"), lines=(customer.name,), clause="DUMMY 1.1")


@hookimpl
def core_customer_leaves(customer, rules):
    return [GoesAlong(key="dummy.lent_in", value=rules.office.code)] if customer.note == "lent" else None


@hookimpl
def core_desk_cards(actor, rules):
    return Card(title=Sentence("Dummy"), lines=(f"{actor.name} {rules.office.code}",), clause="DUMMY 1.1")


@hookimpl
def hotline_replies():
    words = Wording(situation="午饭时间没人接", answer="{company}中午有人值班。")
    return ReplyEntry(key="dummy.noon", group="other", clause="DUMMY 1.1", zh=words, en=words)


@hookimpl
def core_searchables():
    return Searchable(
        kind="dummy.entry",
        title=Sentence("Dummy"),
        model=KnowledgeEntry,
        permission="dummy.read",
        heading=lambda entry: entry.problem,
        body=lambda entry: entry.remedy,
    )


@hookimpl
def core_step_taken(act):
    services.HEARD.append(f"{act.procedure.name}.{act.step.name}")


@hookimpl
def core_status(rules):
    shelf = Sentence("Dongles: %(shelf)s", {"shelf": rules.parameter("dummy.shelf")})
    return [
        Status(text=shelf, permission="dummy.read", endpoint="hotline.desk", tone="soon"),
        Status(text=Sentence("Leads nowhere"), permission="dummy.read", endpoint="dummy.nowhere"),
    ]


@hookimpl
def core_jobs():
    return Job(name="count", title=Sentence("Count"), every=30, does=lambda rules: services.work(rules))


@hookimpl
def core_notices(act):
    if act.step.name != "dongle_came":
        return None
    return Tell(person_id=act.case.owner_id, sentence=Sentence("Your dongle came."))
