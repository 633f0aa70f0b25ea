"""What was tried on a visit that found no remedy."""

import sqlalchemy as sa
from alembic import op

revision = "fieldservice_0006"
down_revision = "fieldservice_0005"
branch_labels = None
depends_on = None
REQUEST = "fieldservice_request"


def upgrade() -> None:
    with op.batch_alter_table(REQUEST) as batch_op:
        batch_op.add_column(sa.Column("tried", sa.Text(), server_default="", nullable=False))


def downgrade() -> None:
    # A table that is built anew loses its index by an expression, which SQLite does not tell.
    with op.batch_alter_table(REQUEST, recreate="never") as batch_op:
        batch_op.drop_column("tried")
