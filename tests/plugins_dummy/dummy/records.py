"""Dummy's own paper form, and its part on a form of field service."""

from core.db import db
from core.i18n import Sentence
from core.records import LANDSCAPE, Addition, Field, Part, Record, Table
from tests.plugins_dummy.dummy.models import Loan


def _lent_before(loan: Loan) -> list[Loan]:
    return list(db.session.query(Loan).filter(Loan.id < loan.id).order_by(Loan.id))


receipt = Record(
    code="DUMMY/QR/01",
    under="DUMMY",
    title=Sentence("Receipt for a dongle"),
    edition=2,
    procedure="dummy.loan",
    clause="DUMMY 1.1",
    orientation=LANDSCAPE,
    parts=(
        Part(
            title=Sentence("Handed out"),
            fields=(
                Field(label=Sentence("Dongle"), value=lambda loan: loan.dongle),
                Field(label=Sentence("Signature"), width=8),
            ),
        ),
        Table(
            title=Sentence("Lent before"),
            rows=_lent_before,
            least=2,
            fields=(
                Field(label=Sentence("Dongle"), value=lambda loan: loan.dongle, width=6),
                Field(label=Sentence("Since"), value=lambda loan: loan.opened_at, width=6),
            ),
        ),
    ),
)
on_request = Addition(
    to="QR/03",
    clause="DUMMY 1.2",
    part=Part(
        title=Sentence("Dongles"),
        fields=(Field(label=Sentence("Left with the customer"), value=lambda case: case.number, width=12),),
    ),
)
