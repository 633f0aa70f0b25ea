"""The rules of each release of a plugin, kept to be compared."""

import sqlalchemy as sa
from alembic import op

import core.db

revision = "core_0007"
down_revision = "core_0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "core_rule_snapshot",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("plugin", sa.String(length=40), nullable=False),
        sa.Column("version", sa.String(length=19), nullable=False),
        sa.Column("taken_at", core.db.UTCDateTime(timezone=True), nullable=False),
        sa.Column("rules", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_core_rule_snapshot")),
        sa.UniqueConstraint("plugin", "version", name=op.f("uq_core_rule_snapshot_plugin_version")),
    )


def downgrade() -> None:
    op.drop_table("core_rule_snapshot")
