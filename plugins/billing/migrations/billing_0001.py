"""The tables of billing."""

import sqlalchemy as sa
from alembic import op

import core.db
from core.row_security import protect

revision = "billing_0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "billing_sealing",
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("manager", sa.String(length=40), nullable=False),
        sa.Column("extension", sa.String(length=20), nullable=False),
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
            ["customer_id"], ["core_customer.id"], name=op.f("fk_billing_sealing_customer_id_core_customer")
        ),
        sa.ForeignKeyConstraint(
            ["office_id"], ["core_office.id"], name=op.f("fk_billing_sealing_office_id_core_office")
        ),
        sa.ForeignKeyConstraint(
            ["owner_id"], ["core_person.id"], name=op.f("fk_billing_sealing_owner_id_core_person")
        ),
        sa.ForeignKeyConstraint(
            ["shared_office_id"],
            ["core_office.id"],
            name=op.f("fk_billing_sealing_shared_office_id_core_office"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_billing_sealing")),
        sa.UniqueConstraint("number", name=op.f("uq_billing_sealing_number")),
    )
    with op.batch_alter_table("billing_sealing", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_billing_sealing_customer_id"), ["customer_id"], unique=False)
        batch_op.create_index("ix_billing_sealing_list", ["office_id", "id"], unique=False)
        batch_op.create_index(batch_op.f("ix_billing_sealing_office_id"), ["office_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_billing_sealing_opened_at"), ["opened_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_billing_sealing_owner_id"), ["owner_id"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_billing_sealing_shared_office_id"), ["shared_office_id"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_billing_sealing_state"), ["state"], unique=False)

    op.create_table(
        "billing_courtesy_visit",
        sa.Column("request_id", sa.Integer(), nullable=False),
        sa.Column("customer_id", sa.Integer(), nullable=False),
        sa.Column("granted_at", core.db.UTCDateTime(timezone=True), nullable=False),
        sa.Column("granted_by_id", sa.Integer(), nullable=True),
        sa.Column("office_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["customer_id"],
            ["core_customer.id"],
            name=op.f("fk_billing_courtesy_visit_customer_id_core_customer"),
        ),
        sa.ForeignKeyConstraint(
            ["granted_by_id"],
            ["core_person.id"],
            name=op.f("fk_billing_courtesy_visit_granted_by_id_core_person"),
        ),
        sa.ForeignKeyConstraint(
            ["office_id"], ["core_office.id"], name=op.f("fk_billing_courtesy_visit_office_id_core_office")
        ),
        sa.ForeignKeyConstraint(
            ["request_id"],
            ["fieldservice_request.id"],
            name=op.f("fk_billing_courtesy_visit_request_id_fieldservice_request"),
        ),
        sa.PrimaryKeyConstraint("request_id", name=op.f("pk_billing_courtesy_visit")),
    )
    with op.batch_alter_table("billing_courtesy_visit", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_billing_courtesy_visit_customer_id"), ["customer_id"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_billing_courtesy_visit_office_id"), ["office_id"], unique=False)

    protect("billing_sealing", shared=True)
    protect("billing_courtesy_visit")


def downgrade() -> None:
    with op.batch_alter_table("billing_courtesy_visit", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_billing_courtesy_visit_office_id"))
        batch_op.drop_index(batch_op.f("ix_billing_courtesy_visit_customer_id"))

    op.drop_table("billing_courtesy_visit")
    with op.batch_alter_table("billing_sealing", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_billing_sealing_state"))
        batch_op.drop_index(batch_op.f("ix_billing_sealing_shared_office_id"))
        batch_op.drop_index(batch_op.f("ix_billing_sealing_owner_id"))
        batch_op.drop_index(batch_op.f("ix_billing_sealing_opened_at"))
        batch_op.drop_index(batch_op.f("ix_billing_sealing_office_id"))
        batch_op.drop_index("ix_billing_sealing_list")
        batch_op.drop_index(batch_op.f("ix_billing_sealing_customer_id"))

    op.drop_table("billing_sealing")
