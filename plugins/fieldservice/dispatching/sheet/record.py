"""The dispatch sheet on paper (QR/04): landscape, a line for each request, and why another was not dispatched."""

from __future__ import annotations

from core.i18n import Sentence, _l
from core.records import LANDSCAPE, Field, Part, Record, Table
from plugins.fieldservice.choices import ALL_SOLVED, BY_PHONE, RESULTS
from plugins.fieldservice.dispatching.models import DispatchSheet, SheetLine
from plugins.fieldservice.dispatching.sheet import lines
from plugins.fieldservice.dispatching.sheet.services import NAME, QR_04

# On this form “all solved” is called by where it was: a request is for a visit.
SAID = {BY_PHONE: _l("Solved by phone"), **RESULTS, ALL_SOLVED: _l("Solved on site")}


def result_of(line: SheetLine) -> Sentence | str:
    """Return how a visit ended, as the form calls it."""
    return SAID.get(line.result, "")


def _closed_by(sheet: DispatchSheet) -> str:
    return sheet.closed_by.name if sheet.closed_by else ""


HEAD = Part(
    title=_l("Dispatch"),
    fields=(
        Field(label=_l("Duty manager"), value=_closed_by, width=4),
        Field(label=_l("Date"), value=lambda one: f"{one.day}", width=4),
        Field(label=_l("Number"), value=lambda one: one.number, width=4),
    ),
)
LINES = Table(
    title=_l("Dispatched"),
    rows=lines.shown,
    fields=(
        Field(label=_l("Request number"), value=lambda one: one.number, width=2),
        Field(label=_l("Customer"), value=lambda one: one.customer, width=2),
        Field(label=_l("Engineer"), value=lambda one: one.engineer, width=2),
        Field(
            label=_l("Dispatched at, turned in at"),
            value=lambda one: [one.dispatched_at, one.turned_in_at],
            width=2,
        ),
        Field(label=_l("Result"), value=result_of, width=2),
        Field(label=_l("Sent again: number"), value=lambda one: one.again, width=2),
    ),
)
LEFT = Table(
    title=_l("Not dispatched"),
    rows=lambda one: one.left_over,
    least=0,
    fields=(
        Field(label=_l("Request number"), value=lambda one: one.number, width=2),
        Field(label=_l("Customer"), value=lambda one: one.customer, width=4),
        Field(label=_l("Reason"), value=lambda one: one.reason, width=6),
    ),
)
FOOT = Part(
    title=_l("Duty manager"),
    fields=(
        Field(label=_l("Remark"), value=lambda one: one.remark, width=12),
        Field(label=_l("Signature"), value=_closed_by),
        Field(label=_l("Closed"), value=lambda one: one.closed_at),
    ),
)

sheet_form = Record(
    code="QR/04",
    under="QP/2-04",
    title=_l("Dispatch sheet"),
    edition=1,
    procedure=NAME,
    clause=QR_04,
    orientation=LANDSCAPE,
    parts=(HEAD, LINES, LEFT, FOOT),
    running=lambda one: f"{one.day}",
)
