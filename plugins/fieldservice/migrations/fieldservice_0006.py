"""What was tried on a visit that found no remedy."""

import sqlalchemy as sa
from alembic import op

revision = "fieldservice_0006"
down_revision = "fieldservice_0005"
branch_labels = None
depends_on = None
REQUEST = "fieldservice_request"


def upgrade() -> None:
    with op.batch_alter_table(REQUEST) as table:
        table.add_column(sa.Column("tried", sa.Text(), nullable=False, server_default=""))
    with op.batch_alter_table(REQUEST) as table:
        table.alter_column("tried", existing_type=sa.Text(), server_default=None)


def downgrade() -> None:
    with op.batch_alter_table(REQUEST) as table:
        table.drop_column("tried")
