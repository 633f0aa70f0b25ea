"""Guangzhou's paper: what the customer signs when he gets a machine, one sheet for him and one for the office."""

from core.records import Field, Part, Record, Table
from koudai_guangzhou import services
from koudai_guangzhou.words import _l

receipt = Record(
    code="GZYY/QR/01",
    title=_l("Receipt of a loan machine"),
    edition=1,
    procedure="fieldservice.request",
    clause="GZYY/QI/03 2.1",
    sheets=(_l("For the customer"), _l("For the office")),
    parts=(
        Part(
            title=_l("Customer"),
            fields=(
                Field(label=_l("Unit"), value=lambda case: case.customer and case.customer.name, width=8),
                Field(label=_l("Request"), value=lambda case: case.number),
                Field(label=_l("Contact"), value=lambda case: case.contact),
                Field(label=_l("Phone"), value=lambda case: case.phone),
                Field(label=_l("Engineer"), value=lambda case: case.engineer and case.engineer.name),
            ),
        ),
        Table(
            title=_l("Machines"),
            rows=services.loans_of,
            least=2,
            fields=(
                Field(label=_l("Machine"), value=lambda loan: loan.machine),
                Field(label=_l("Accessories"), value=lambda loan: loan.accessories, width=2),
                Field(label=_l("Lent"), value=lambda loan: loan.lent_at, width=2),
                Field(label=_l("Taken back"), value=lambda loan: loan.returned_at, width=2),
                Field(label=_l("Condition"), value=lambda loan: loan.condition, width=2),
            ),
        ),
        Part(
            title=_l("Signatures"),
            fields=(
                Field(label=_l("Received by the customer"), width=6, lines=2),
                Field(label=_l("Taken back by the office"), width=6, lines=2),
            ),
        ),
    ),
)
