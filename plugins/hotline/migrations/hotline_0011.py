"""Where the engineer of a call is stuck, and what the duty manager answered him."""

import sqlalchemy as sa
from alembic import op

revision = "hotline_0011"
down_revision = "hotline_0010"
branch_labels = None
depends_on = None

TOLD = ("stuck", "advice")


def upgrade() -> None:
    with op.batch_alter_table("hotline_call") as call:
        for name in TOLD:
            call.add_column(sa.Column(name, sa.Text(), server_default="", nullable=False))


def downgrade() -> None:
    with op.batch_alter_table("hotline_call") as call:
        for name in TOLD:
            call.drop_column(name)
