"""Shanghai's own third-level document (SHYY/QI/03): what its service centre does otherwise."""

from core.hooks import answers, hookimpl
from core.plugins import Manifest
from core.roles import DUTY_MANAGER, REGIONAL_MANAGER
from core.slots import Card
from core.verdicts import Verdict
from koudai_shanghai import links
from koudai_shanghai.words import _l
from plugins.fieldservice.hooks import Admission
from plugins.hotline.hooks import Entitlement

manifest = Manifest(
    name="shanghai",
    title=_l("Shanghai's rules"),
    version="0.1.0",
    requires=("hotline", "fieldservice"),
    regional=True,
    presets={"hotline.same_day_demand_minutes": 45},
)


@answers("SHYY/QI/03 1.2")
def fieldservice_admission(entitlement):
    if entitlement != Entitlement.NO_CONTRACT:
        return None
    reason = _l("No contract is on file yet. The request goes into the queue all the same, or it gets lost.")
    return Verdict(value=Admission.REGISTERED, reason=reason, clause="SHYY/QI/03 1.2")


def knowledge_entry(act):
    """A request closes with an entry in the support database."""
    missing = _l("First enter the problem and its remedy into the support database.")
    return None if act.case.knowledge_id else missing


@hookimpl
def amend(procedures):
    for procedure in (procedures["fieldservice.request"], procedures["fieldservice.conference"]):
        for step in procedure.steps_of(DUTY_MANAGER):
            procedure.widen(step, by=REGIONAL_MANAGER, clause="SHYY/QI/03 3.2")
    procedures["fieldservice.request"].require("close", knowledge_entry, clause="SHYY/QI/03 1.3")
    links.control(procedures["fieldservice.request"])


@hookimpl
def core_case_cards(act):
    if act.procedure.name != "fieldservice.request" or act.case.knowledge_id or act.ended:
        return None
    title = _l("Shanghai: the support database")
    lines = (_l("This request needs an entry before it closes."),)
    return Card(title=title, lines=lines, clause="SHYY/QI/03 1.3", weight=30)
