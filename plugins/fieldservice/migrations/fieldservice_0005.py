"""What nobody has signed is counted on every page of the duty manager: only those few stand in an index."""

import sqlalchemy as sa
from alembic import op

revision = "fieldservice_0005"
down_revision = "fieldservice_0004"
branch_labels = None
depends_on = None
UNSIGNED = "ix_fieldservice_request_unsigned"


def upgrade() -> None:
    only = sa.text(
        "signed_at is not null and signature = '' and on_paper = '' and stamp_id is null and scan_id is null"
    )
    op.create_index(
        UNSIGNED, "fieldservice_request", ["office_id", "signed_at"], sqlite_where=only, postgresql_where=only
    )


def downgrade() -> None:
    op.drop_index(UNSIGNED, "fieldservice_request")
