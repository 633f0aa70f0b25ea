"""The tables of dummy, made as the models say: they follow whatever core gives to every case."""

from alembic import op

from core.row_security import protect
from tests.plugins_dummy.dummy.models import CallShelf, Loan

revision = "dummy_0001"
down_revision = None
branch_labels = None
depends_on = None
TABLES = (Loan.__table__, CallShelf.__table__)


def upgrade() -> None:
    for table in TABLES:
        table.create(op.get_bind())
    protect("dummy_loan", shared=True)
    protect("dummy_call_shelf")


def downgrade() -> None:
    for table in reversed(TABLES):
        table.drop(op.get_bind())
