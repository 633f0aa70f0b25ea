"""What the timer does for each office, and what it has done for good."""

import sqlalchemy as sa
from alembic import op

import core.db
from core.row_security import protect

revision = "core_0008"
down_revision = "core_0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "core_job_claim",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("job", sa.String(length=80), nullable=False),
        sa.Column("key", sa.String(length=200), nullable=False),
        sa.Column("claimed_at", core.db.UTCDateTime(timezone=True), nullable=False),
        sa.Column("office_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["office_id"], ["core_office.id"], name=op.f("fk_core_job_claim_office_id_core_office")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_core_job_claim")),
        sa.UniqueConstraint("office_id", "job", "key", name=op.f("uq_core_job_claim_office_id_job_key")),
    )
    op.create_index(op.f("ix_core_job_claim_office_id"), "core_job_claim", ["office_id"])
    op.create_table(
        "core_job_turn",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("job", sa.String(length=80), nullable=False),
        sa.Column("due_at", core.db.UTCDateTime(timezone=True), nullable=False),
        sa.Column("held_until", core.db.UTCDateTime(timezone=True), nullable=True),
        sa.Column("ended_at", core.db.UTCDateTime(timezone=True), nullable=True),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("trouble", sa.JSON(), nullable=True),
        sa.Column("office_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["office_id"], ["core_office.id"], name=op.f("fk_core_job_turn_office_id_core_office")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_core_job_turn")),
        sa.UniqueConstraint("office_id", "job", name=op.f("uq_core_job_turn_office_id_job")),
    )
    op.create_index(op.f("ix_core_job_turn_office_id"), "core_job_turn", ["office_id"])
    protect("core_job_claim")
    protect("core_job_turn")


def downgrade() -> None:
    op.drop_table("core_job_turn")
    op.drop_table("core_job_claim")
