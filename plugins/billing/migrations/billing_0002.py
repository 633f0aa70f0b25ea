"""Fees to which customers agreed before the work, and who confirmed that a free visit was the last."""

import sqlalchemy as sa
from alembic import op

import core.db
from core.row_security import protect

revision = "billing_0002"
down_revision = "billing_0001"
branch_labels = None
depends_on = None

MOMENT = core.db.UTCDateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "billing_charge",
        sa.Column("request_id", sa.Integer(), nullable=False),
        sa.Column("work", sa.String(length=20), nullable=False),
        sa.Column("fee", core.db.Yuan(), nullable=True),
        sa.Column("agreed_by", sa.String(length=40), nullable=False),
        sa.Column("agreed_at", MOMENT, nullable=True),
        sa.Column("office_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["request_id"],
            ["fieldservice_request.id"],
            name=op.f("fk_billing_charge_request_id_fieldservice_request"),
        ),
        sa.ForeignKeyConstraint(
            ["office_id"], ["core_office.id"], name=op.f("fk_billing_charge_office_id_core_office")
        ),
        sa.PrimaryKeyConstraint("request_id", name=op.f("pk_billing_charge")),
    )
    op.create_index(op.f("ix_billing_charge_office_id"), "billing_charge", ["office_id"])
    protect("billing_charge")
    with op.batch_alter_table("billing_courtesy_visit") as batch_op:
        batch_op.add_column(sa.Column("told_to", sa.String(length=40), server_default="", nullable=False))
        batch_op.add_column(sa.Column("told_at", MOMENT, nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("billing_courtesy_visit") as batch_op:
        batch_op.drop_column("told_at")
        batch_op.drop_column("told_to")
    op.drop_table("billing_charge")
