"""How often it rang, and until when somebody promised to phone back."""

import sqlalchemy as sa
from alembic import op

import core.db

revision = "hotline_0002"
down_revision = "hotline_0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("hotline_call") as batch_op:
        batch_op.add_column(sa.Column("rings", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("promised_at", core.db.UTCDateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("promise", sa.Text(), server_default="", nullable=False))


def downgrade() -> None:
    with op.batch_alter_table("hotline_call") as batch_op:
        for name in ("promise", "promised_at", "rings"):
            batch_op.drop_column(name)
