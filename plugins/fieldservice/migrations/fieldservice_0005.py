"""Two indexes: of the few that nobody has signed, for every page counts them; and of when a visit begins."""

import sqlalchemy as sa
from alembic import op

revision = "fieldservice_0005"
down_revision = "fieldservice_0004"
branch_labels = None
depends_on = None
UNSIGNED, BEGINS = "ix_fieldservice_request_unsigned", "ix_fieldservice_request_begins"


def upgrade() -> None:
    only = sa.text(
        "signed_at is not null and signature = '' and on_paper = '' and stamp_id is null and scan_id is null"
    )
    op.create_index(
        UNSIGNED, "fieldservice_request", ["office_id", "signed_at"], sqlite_where=only, postgresql_where=only
    )
    begins = sa.text("(case when appointment_at is null then planned_at else appointment_at end)")
    op.create_index(BEGINS, "fieldservice_request", ["office_id", begins])


def downgrade() -> None:
    op.drop_index(BEGINS, "fieldservice_request")
    op.drop_index(UNSIGNED, "fieldservice_request")
