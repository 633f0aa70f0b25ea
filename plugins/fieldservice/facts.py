"""What is known of a field service request, as lists and pages tell it (QR/03, QR/04)."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from core.i18n import _l
from core.procedure import Column, Filter
from plugins.fieldservice.choices import PROBLEM_TYPES, RESULTS
from plugins.fieldservice.dispatching import facts as reading
from plugins.fieldservice.escalation.services import fixed_in
from plugins.fieldservice.models import ServiceRequest
from plugins.fieldservice.visiting.facts import ON_SITE, PHONED, SIGNED
from plugins.hotline.hooks import ENTITLEMENTS, Entitlement
from plugins.hotline.models import CHANNELS


def _product(one: ServiceRequest) -> str:
    return one.installation.title if one.installation else ""


def _entitlement(one: ServiceRequest) -> object:
    return ENTITLEMENTS[Entitlement(one.entitlement)] if one.entitlement else ""


def _chosen(choices: Mapping[str, object], value: str) -> object:
    return choices.get(value, "")


def _yuan(amount: Decimal | None) -> str:
    return "" if amount is None else f"{amount:.2f}"


COLUMNS = (
    Column(name="symptom", title=_l("Symptom"), value=lambda one: one.symptom),
    Column(name="engineer", title=_l("Engineer"), value=lambda one: one.engineer and one.engineer.name),
    Column(name="appointment", title=_l("Appointment"), value=lambda one: one.appointment_at),
    Column(name="product", title=_l("Product"), value=_product, usual=False),
    Column(name="contact", title=_l("Contact"), value=lambda one: f"{one.contact} {one.phone}", usual=False),
    Column(name="address", title=_l("Address"), value=lambda one: one.address, usual=False),
    Column(name="wanted_time", title=_l("Wanted time"), value=lambda one: one.wanted_time, usual=False),
    Column(
        name="problem_type",
        title=_l("Problem type"),
        value=lambda one: _chosen(PROBLEM_TYPES, one.problem_type),
        usual=False,
    ),
    Column(name="dispatched", title=_l("Dispatched"), value=lambda one: one.dispatched_at, usual=False),
    Column(name="arrived", title=_l("Arrived"), value=lambda one: one.arrived_at, usual=False),
    Column(name="result", title=_l("Result"), value=lambda one: _chosen(RESULTS, one.result), usual=False),
    Column(name="signed", title=_l("Signed"), value=lambda one: one.signed_at, usual=False),
    Column(name="travel", title=_l("Travel (yuan)"), value=lambda one: one.travel_cost, usual=False),
    Column(name="material", title=_l("Material (yuan)"), value=lambda one: one.material_cost, usual=False),
    Column(name="other", title=_l("Other (yuan)"), value=lambda one: one.other_cost, usual=False),
)

FILTERS = (
    Filter(name="engineer", title=_l("Engineer"), attribute="engineer_id"),
    Filter(name="problem_type", title=_l("Problem type"), attribute="problem_type", choices=PROBLEM_TYPES),
    Filter(name="result", title=_l("Result"), attribute="result", choices=RESULTS),
)

_ASKED = (
    Column(name="source", title=_l("Source"), value=lambda one: CHANNELS[one.source]),
    Column(name="contact", title=_l("Contact"), value=lambda one: f"{one.contact} {one.phone}"),
    Column(name="address", title=_l("Address"), value=lambda one: one.address),
    Column(name="product", title=_l("Product"), value=_product),
    Column(name="symptom", title=_l("Symptom"), value=lambda one: one.symptom),
    Column(name="asked_for", title=_l("Visit asked for"), value=lambda one: one.asked_for),
    Column(name="wanted_time", title=_l("Wanted time"), value=lambda one: one.wanted_time),
    *reading.ASKED,
    Column(name="verified", title=_l("Data verified"), value=lambda one: one.verified_at),
    Column(name="entitlement", title=_l("Entitlement"), value=_entitlement),
)
_DISPATCHED = (
    Column(name="engineer", title=_l("Engineer"), value=lambda one: one.engineer and one.engineer.name),
    Column(name="why_other", title=_l("Why another engineer goes"), value=lambda one: one.why_other),
    Column(name="companion", title=_l("Goes along"), value=lambda one: one.companion and one.companion.name),
    Column(name="dispatched", title=_l("Dispatched"), value=lambda one: one.dispatched_at),
    *reading.PLANNED,
    Column(
        name="problem_type",
        title=_l("Problem type"),
        value=lambda one: _chosen(PROBLEM_TYPES, one.problem_type),
    ),
    Column(name="advice", title=_l("Advice"), value=lambda one: one.advice),
    Column(name="appointment", title=_l("Appointment"), value=lambda one: one.appointment_at),
)
_DONE = (
    Column(name="arrived", title=_l("Arrived"), value=lambda one: one.arrived_at),
    Column(name="backups", title=_l("Back-up"), value=lambda one: [copy.path for copy in one.backups]),
    Column(name="backup_waived", title=_l("Why there is no back-up"), value=lambda one: one.backup_waived),
    Column(name="cause", title=_l("Cause"), value=lambda one: one.cause),
    Column(name="remedy", title=_l("Remedy"), value=lambda one: one.remedy),
    Column(name="tried", title=_l("What was tried"), value=lambda one: one.tried),
    Column(name="tried_by", title=_l("Tried by"), value=lambda one: one.tried_by),
    Column(name="prevention", title=_l("Prevention told"), value=lambda one: one.prevention),
)
_SIGNED = (
    Column(name="result", title=_l("Result"), value=lambda one: _chosen(RESULTS, one.result)),
    Column(name="opinion", title=_l("The customer's opinion"), value=lambda one: one.opinion),
    Column(name="signed_by", title=_l("Signed by"), value=lambda one: one.signed_by),
    Column(name="signed", title=_l("Signed"), value=lambda one: one.signed_at),
    Column(name="on_paper", title=_l("Where the signed sheet is kept"), value=lambda one: one.on_paper),
    Column(name="turned_in", title=_l("Turned in"), value=lambda one: one.turned_in_at),
    Column(name="travel", title=_l("Travel (yuan)"), value=lambda one: _yuan(one.travel_cost)),
    Column(name="material", title=_l("Material (yuan)"), value=lambda one: _yuan(one.material_cost)),
    Column(name="other", title=_l("Other (yuan)"), value=lambda one: _yuan(one.other_cost)),
)
_AFTERWARDS = (
    Column(
        name="taken_over", title=_l("Taken over by the support manager"), value=lambda one: one.taken_over_at
    ),
    Column(name="agreed", title=_l("What was agreed with the customer"), value=lambda one: one.agreed),
    Column(name="reported_to", title=_l("Reported at head office to"), value=lambda one: one.reported_to),
    Column(name="fixed_in", title=_l("Fixed in version"), value=fixed_in),
    Column(
        name="knowledge",
        title=_l("In the support database"),
        value=lambda one: one.knowledge and one.knowledge.problem,
    ),
    Column(name="reason", title=_l("Why it did not go on as planned"), value=lambda one: one.reason),
)
FACTS = (*_ASKED, *_DISPATCHED, *PHONED, *ON_SITE, *_DONE, *_SIGNED, *SIGNED, *_AFTERWARDS)
