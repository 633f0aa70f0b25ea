"""The head-office escalation log (QR/06): landscape, a line for each word with head office and with the customer."""

from __future__ import annotations

from core.i18n import Sentence, _l
from core.records import LANDSCAPE, Field, Part, Record, Table
from plugins.fieldservice.escalation import services
from plugins.fieldservice.escalation.models import Escalation, EscalationLine

WHOM = {
    services.HEAD_OFFICE: _l("Head office contacted"),
    services.CUSTOMER: _l("Customer told"),
    services.OFFICE: _l("Head office said"),
    services.TRIED: _l("Tried here in vain"),
}


def whom(line: EscalationLine) -> Sentence:
    """Return between whom a word went."""
    return WHOM[line.whom]


def lines(one: Escalation) -> list[EscalationLine]:
    """Return every word about it, the oldest first (QI/05 3.6, 3.7)."""
    return one.lines


HEAD = Part(
    title=_l("Before head office"),
    fields=(
        Field(label=_l("Field engineer"), value=lambda one: one.engineer, width=3),
        Field(label=_l("Customer"), value=lambda one: one.customer_name, width=5),
        Field(label=_l("Number"), value=lambda one: one.number),
        Field(label=_l("Data sent along, and their version"), value=lambda one: one.data_version, width=6),
        Field(label=_l("Recipient at head office"), value=lambda one: one.recipient, width=3),
        Field(label=_l("Sent"), value=lambda one: one.sent_at, width=3),
        Field(label=_l("Symptom in detail"), value=lambda one: one.symptom, width=12, lines=2),
    ),
)
LINES = Table(
    title=_l("What was said"),
    rows=lines,
    least=5,
    fields=(
        Field(label=_l("Date"), value=lambda one: one.at, width=2),
        Field(label=_l("Between whom"), value=whom, width=2),
        Field(label=_l("Noted by"), value=lambda one: one.by and one.by.name, width=2),
        Field(label=_l("What was said"), value=lambda one: one.said, width=6),
    ),
)
END = Part(
    title=_l("Head office's answer"),
    fields=(
        Field(label=_l("Answer: the remedy in full"), value=lambda one: one.answer, width=12, lines=2),
        Field(label=_l("Fixed in version"), value=lambda one: one.fixed_in),
        Field(label=_l("How it was tried in the office"), value=lambda one: one.verified, width=8),
    ),
)

escalation_log = Record(
    code="QR/06",
    under="QP/2-04",
    title=_l("Head-office escalation log"),
    edition=1,
    procedure=services.NAME,
    clause="QR/06 form",
    orientation=LANDSCAPE,
    parts=(HEAD, LINES, END),
)
