"""An answer that is kept for a repeated request names its procedure: it goes with the plugin whose case it leads to."""

import sqlalchemy as sa
from alembic import op

revision = "core_0012"
down_revision = "core_0011"
branch_labels = None
depends_on = None
REPLAYS = "core_api_replay"


def upgrade() -> None:
    # Of the rows that are there, nobody knows: only a digest of what was asked was kept.
    known = sa.Column("procedure", sa.String(length=60), nullable=False, server_default="")
    op.add_column(REPLAYS, known)
    with op.batch_alter_table(REPLAYS) as batch_op:
        batch_op.alter_column("procedure", existing_type=sa.String(length=60), server_default=None)


def downgrade() -> None:
    with op.batch_alter_table(REPLAYS) as batch_op:
        batch_op.drop_column("procedure")
