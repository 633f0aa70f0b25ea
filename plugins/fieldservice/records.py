"""The numbered paper forms of field service: the field service request (QR/03)."""

from __future__ import annotations

import datetime as dt

from core import ledger
from core.i18n import Sentence, _l
from core.records import Field, Part, Record
from plugins.fieldservice.choices import PROBLEM_TYPES, RESULTS
from plugins.fieldservice.custody.record import data_record
from plugins.fieldservice.dispatching.sheet.record import sheet_form
from plugins.fieldservice.escalation import services as escalations
from plugins.fieldservice.escalation.record import escalation_log
from plugins.fieldservice.models import ServiceRequest
from plugins.fieldservice.visiting.facts import charges_told, stamped
from plugins.hotline.models import CHANNELS

__all__ = ["data_record", "escalation_log", "request_form", "sheet_form"]

NAME = "fieldservice.request"


def _dispatched_by(request: ServiceRequest) -> str:
    return ledger.who_took(NAME, request.id, "dispatch") if request.dispatched_at else ""


def _sent_again_by(request: ServiceRequest) -> str:
    return ledger.who_took(NAME, request.id, "send_again") if request.again else ""


def _reported_to(request: ServiceRequest) -> str:
    """Who at head office heard of it: by the escalation, or before there is one by the support manager."""
    one = escalations.last_of(request)
    return one.recipient if one else request.reported_to


def _reported_at(request: ServiceRequest) -> dt.datetime | None:
    one = escalations.last_of(request)
    return one.sent_at if one else request.taken_over_at


def _engineer(request: ServiceRequest | None) -> str:
    return request.engineer.name if request and request.engineer else ""


def _remedy(request: ServiceRequest) -> Sentence | str:
    """What helped, or what was tried in vain: the form has one place for both."""
    if request.remedy or not request.tried:
        return request.remedy
    return _l("Not solved. Tried: %(tried)s", tried=request.tried)


def _written_at(request: ServiceRequest) -> dt.datetime | None:
    """When the engineer stood by his remedy: no sooner than the customer signed for it, or heard it on the phone."""
    if request.by_phone:
        return request.phoned_at
    return request.signed_at if _remedy(request) else None


def _unsigned_because(request: ServiceRequest) -> Sentence | str:
    return request.refused_because or (_l("Solved by phone: nobody was there.") if request.by_phone else "")


HOTLINE = Part(
    title=_l("Hotline engineer"),
    fields=(
        Field(label=_l("Engineer"), value=lambda one: one.owner and one.owner.name),
        Field(label=_l("Date"), value=lambda one: one.opened_at),
        Field(label=_l("Number"), value=lambda one: one.number),
        Field(label=_l("Source"), value=lambda one: one.source, choices=CHANNELS, width=12),
        Field(label=_l("Customer"), value=lambda one: one.customer and one.customer.name, width=8),
        Field(label=_l("File number"), value=lambda one: one.customer and one.customer.file_number),
        Field(label=_l("Contact"), value=lambda one: one.contact),
        Field(label=_l("Phone"), value=lambda one: one.phone, width=8),
        Field(label=_l("Address"), value=lambda one: one.address, width=12),
        Field(label=_l("Product"), value=lambda one: one.installation and one.installation.title, width=8),
        Field(label=_l("Service card"), value=lambda one: one.installation and one.installation.service_card),
        Field(label=_l("Symptom"), value=lambda one: one.symptom, width=12, lines=3),
        Field(label=_l("Visit asked for"), value=lambda one: one.asked_for, width=12, lines=2),
        Field(label=_l("Wanted time"), value=lambda one: one.wanted_time, width=12),
    ),
)
DUTY = Part(
    title=_l("Duty manager"),
    fields=(
        Field(label=_l("Field engineer"), value=_engineer),
        Field(label=_l("Dispatch time"), value=lambda one: one.dispatched_at, width=8),
        Field(label=_l("Problem type"), value=lambda one: one.problem_type, choices=PROBLEM_TYPES, width=12),
        Field(label=_l("Advice"), value=lambda one: one.advice, width=12, lines=2),
        Field(label=_l("Signature"), value=_dispatched_by),
        Field(label=_l("Date"), value=lambda one: one.dispatched_at, width=8),
    ),
)
ENGINEER = Part(
    title=_l("Field engineer"),
    fields=(
        Field(label=_l("Remedy"), value=_remedy, width=12, lines=3),
        Field(label=_l("Back-up"), value=lambda one: ", ".join(kept.path for kept in one.copies), width=12),
        Field(label=_l("Signature"), value=lambda one: _engineer(one) if _written_at(one) else ""),
        Field(label=_l("Date"), value=_written_at, width=8),
    ),
)
CUSTOMER = Part(
    title=_l("Customer"),
    fields=(
        Field(label=_l("Result"), value=lambda one: one.result, choices=RESULTS, width=12),
        Field(label=_l("Prevention told"), value=lambda one: one.prevention, width=12, lines=2),
        Field(label=_l("Opinion"), value=lambda one: one.opinion, width=12),
        Field(label=_l("Charges told"), value=charges_told, width=12),
        Field(label=_l("Why unsigned"), value=_unsigned_because, width=8),
        Field(label=_l("Stamp or sheet"), value=stamped),
        Field(label=_l("Signature"), value=lambda one: one.signature, width=4, lines=2, drawn=True),
        Field(label=_l("Signed by"), value=lambda one: one.signed_by),
        Field(label=_l("Date"), value=lambda one: one.signed_at),
    ),
)
SLIP = Part(
    title=_l("Return slip"),
    slip=True,
    fields=(
        Field(label=_l("Travel (yuan)"), value=lambda one: one.travel_cost),
        Field(label=_l("Material (yuan)"), value=lambda one: one.material_cost),
        Field(label=_l("Other (yuan)"), value=lambda one: one.other_cost),
        Field(label=_l("Reported to"), value=_reported_to),
        Field(label=_l("Date"), value=_reported_at),
        Field(label=_l("Fixed in"), value=escalations.fixed_in),
        Field(label=_l("Engineer sent"), value=lambda one: _engineer(one.again)),
        Field(label=_l("Number"), value=lambda one: one.again and one.again.number, width=8),
        Field(label=_l("Duty manager"), value=_sent_again_by),
        Field(label=_l("Date"), value=lambda one: one.again and one.again.opened_at, width=8),
    ),
)

request_form = Record(
    code="QR/03",
    under="QP/2-04",
    title=_l("Field service request"),
    edition=4,
    procedure=NAME,
    clause="QR/03 form",
    sheets=(_l("First copy: for the office"), _l("Second copy: for the customer, signed")),
    parts=(HOTLINE, DUTY, ENGINEER, CUSTOMER, SLIP),
)
