"""The table of Guangzhou: who has which of our machines."""

import sqlalchemy as sa
from alembic import op

import core.db
from core.row_security import protect

revision = "guangzhou_0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "guangzhou_loan",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("request_id", sa.Integer(), nullable=False),
        sa.Column("machine", sa.String(length=60), nullable=False),
        sa.Column("accessories", sa.String(length=200), nullable=False),
        sa.Column("lent_at", core.db.UTCDateTime(timezone=True), nullable=False),
        sa.Column("lent_by_id", sa.Integer(), nullable=False),
        sa.Column("returned_at", core.db.UTCDateTime(timezone=True), nullable=True),
        sa.Column("condition", sa.String(length=200), nullable=False),
        sa.Column("office_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["lent_by_id"], ["core_person.id"], name=op.f("fk_guangzhou_loan_lent_by_id_core_person")
        ),
        sa.ForeignKeyConstraint(
            ["office_id"], ["core_office.id"], name=op.f("fk_guangzhou_loan_office_id_core_office")
        ),
        sa.ForeignKeyConstraint(
            ["request_id"],
            ["fieldservice_request.id"],
            name=op.f("fk_guangzhou_loan_request_id_fieldservice_request"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_guangzhou_loan")),
    )
    with op.batch_alter_table("guangzhou_loan", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_guangzhou_loan_office_id"), ["office_id"], unique=False)
        batch_op.create_index("ix_guangzhou_loan_out", ["request_id", "returned_at"], unique=False)

    protect("guangzhou_loan")


def downgrade() -> None:
    with op.batch_alter_table("guangzhou_loan", schema=None) as batch_op:
        batch_op.drop_index("ix_guangzhou_loan_out")
        batch_op.drop_index(batch_op.f("ix_guangzhou_loan_office_id"))

    op.drop_table("guangzhou_loan")
