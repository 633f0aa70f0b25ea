"""The customer-data record with its confidentiality undertaking (QR/05)."""

from __future__ import annotations

from sqlalchemy import select

from core.db import db
from core.i18n import _l
from core.records import Field, Part, Record
from core.talk.models import File
from plugins.fieldservice.custody import services
from plugins.fieldservice.custody.forms import KINDS
from plugins.fieldservice.custody.models import Custody


def _attached(one: Custody) -> str:
    """Name what lies with it: the problem document and its screenshots (QI/05 3.3)."""
    here = (File.about == services.NAME, File.subject_id == one.id, File.office_id == one.office_id)
    query = select(File.name).where(*here, File.removed_at.is_(None)).order_by(File.id)
    return ", ".join(db.session.scalars(query))


TAKEN = Part(
    title=_l("What was taken"),
    fields=(
        Field(label=_l("Taken by"), value=lambda one: one.owner and one.owner.name),
        Field(label=_l("Date"), value=lambda one: one.taken_at),
        Field(label=_l("Number"), value=lambda one: one.number),
        Field(label=_l("Customer"), value=lambda one: one.customer and one.customer.name, width=8),
        Field(label=_l("File number"), value=lambda one: one.customer and one.customer.file_number),
        Field(label=_l("Contact"), value=lambda one: one.request.contact),
        Field(label=_l("Phone"), value=lambda one: one.request.phone),
        Field(label=_l("Fax"), value=lambda one: one.customer and one.customer.fax),
        Field(label=_l("What is taken"), value=lambda one: one.kind, choices=KINDS, width=12),
        Field(label=_l("Media, and how many of each"), value=lambda one: one.media, width=8),
        Field(label=_l("Account sets"), value=lambda one: one.account_sets),
        Field(
            label=_l("Product"),
            value=lambda one: one.request.installation and one.request.installation.title,
            width=8,
        ),
        Field(
            label=_l("Serial number"),
            value=lambda one: one.request.installation and one.request.installation.serial_number,
        ),
        Field(label=_l("Modules"), value=lambda one: one.modules, width=12),
        Field(label=_l("Platform"), value=lambda one: one.platform, width=6),
        Field(label=_l("Database, with its version"), value=lambda one: one.database, width=6),
        Field(label=_l("Packaging and accessories"), value=lambda one: one.packaging, width=12),
        Field(
            label=_l("What is wrong with it, in detail"), value=lambda one: one.description, width=12, lines=4
        ),
        Field(label=_l("Files"), value=_attached, width=12),
    ),
)
UNDERTAKING = Part(
    title=_l("Undertaking towards the customer"),
    fields=(
        Field(
            label=_l("We undertake"),
            value=lambda one: _l(
                "What was given to us serves for searching the fault in our house only; nothing of it reaches "
                "anybody else; the original medium is given back or destroyed."
            ),
            width=12,
            lines=2,
        ),
        Field(label=_l("Undertaken by"), value=lambda one: one.owner and one.owner.name),
        Field(label=_l("Date"), value=lambda one: one.taken_at, width=8),
        Field(label=_l("Given by"), value=lambda one: one.provided_by),
        Field(label=_l("Signature"), value=lambda one: one.signature, lines=2, drawn=True),
        Field(label=_l("Date"), value=lambda one: one.taken_at),
        Field(label=_l("Where the signed sheet is kept"), value=lambda one: one.on_paper, width=12),
    ),
)
BACK = Part(
    title=_l("Given back or destroyed"),
    slip=True,
    fields=(
        Field(label=_l("Given back to"), value=lambda one: one.returned_to),
        Field(label=_l("Signature"), value=lambda one: one.back_signature, lines=2, drawn=True),
        Field(label=_l("Date"), value=lambda one: one.ended_at),
        Field(label=_l("Where the signed sheet is kept"), value=lambda one: one.back_on_paper, width=12),
        Field(label=_l("How it is destroyed"), value=lambda one: one.fate, width=8),
        Field(label=_l("Witness"), value=services.witness_of),
    ),
)

data_record = Record(
    code="QR/05",
    under="QP/2-04",
    title=_l("Customer-data record and confidentiality undertaking"),
    edition=3,
    procedure=services.NAME,
    clause="QR/05 form",
    sheets=(_l("First copy: for the office"), _l("Second copy: for the customer, signed")),
    parts=(TAKEN, UNDERTAKING, BACK),
)
