"""The tables of quality."""

import sqlalchemy as sa
from alembic import op

import core.db
from core.row_security import protect

revision = "quality_0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "quality_complaint",
        sa.Column("call_id", sa.Integer(), nullable=False),
        sa.Column("about", sa.String(length=12), nullable=False),
        sa.Column("complaint", sa.Text(), nullable=False),
        sa.Column("happened", sa.String(length=120), nullable=False),
        sa.Column("employee_number", sa.String(length=8), nullable=False),
        sa.Column("findings", sa.Text(), nullable=False),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("prevention", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("number", sa.String(length=24), nullable=True),
        sa.Column("state", sa.String(length=30), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("opened_at", core.db.UTCDateTime(timezone=True), nullable=False),
        sa.Column("changed_at", core.db.UTCDateTime(timezone=True), nullable=False),
        sa.Column("customer_id", sa.Integer(), nullable=True),
        sa.Column("owner_id", sa.Integer(), nullable=True),
        sa.Column("office_id", sa.Integer(), nullable=False),
        sa.Column("shared_office_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["call_id"], ["hotline_call.id"], name=op.f("fk_quality_complaint_call_id_hotline_call")
        ),
        sa.ForeignKeyConstraint(
            ["customer_id"], ["core_customer.id"], name=op.f("fk_quality_complaint_customer_id_core_customer")
        ),
        sa.ForeignKeyConstraint(
            ["office_id"], ["core_office.id"], name=op.f("fk_quality_complaint_office_id_core_office")
        ),
        sa.ForeignKeyConstraint(
            ["owner_id"], ["core_person.id"], name=op.f("fk_quality_complaint_owner_id_core_person")
        ),
        sa.ForeignKeyConstraint(
            ["shared_office_id"],
            ["core_office.id"],
            name=op.f("fk_quality_complaint_shared_office_id_core_office"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_quality_complaint")),
        sa.UniqueConstraint("call_id", name=op.f("uq_quality_complaint_call_id")),
        sa.UniqueConstraint("number", name=op.f("uq_quality_complaint_number")),
    )
    with op.batch_alter_table("quality_complaint", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_quality_complaint_customer_id"), ["customer_id"], unique=False)
        batch_op.create_index("ix_quality_complaint_list", ["office_id", "id"], unique=False)
        batch_op.create_index(batch_op.f("ix_quality_complaint_office_id"), ["office_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_quality_complaint_opened_at"), ["opened_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_quality_complaint_owner_id"), ["owner_id"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_quality_complaint_shared_office_id"), ["shared_office_id"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_quality_complaint_state"), ["state"], unique=False)

    protect("quality_complaint", shared=True)


def downgrade() -> None:
    with op.batch_alter_table("quality_complaint", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_quality_complaint_state"))
        batch_op.drop_index(batch_op.f("ix_quality_complaint_shared_office_id"))
        batch_op.drop_index(batch_op.f("ix_quality_complaint_owner_id"))
        batch_op.drop_index(batch_op.f("ix_quality_complaint_opened_at"))
        batch_op.drop_index(batch_op.f("ix_quality_complaint_office_id"))
        batch_op.drop_index("ix_quality_complaint_list")
        batch_op.drop_index(batch_op.f("ix_quality_complaint_customer_id"))

    op.drop_table("quality_complaint")
