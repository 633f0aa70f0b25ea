"""The tables of fieldservice."""

import sqlalchemy as sa
from alembic import op

import core.db
from core.row_security import protect

revision = "fieldservice_0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "fieldservice_request",
        sa.Column("call_id", sa.Integer(), nullable=True),
        sa.Column("previous_id", sa.Integer(), nullable=True),
        sa.Column("source", sa.String(length=10), nullable=False),
        sa.Column("contact", sa.String(length=40), nullable=False),
        sa.Column("phone", sa.String(length=40), nullable=False),
        sa.Column("address", sa.String(length=200), nullable=False),
        sa.Column("installation_id", sa.Integer(), nullable=True),
        sa.Column("symptom", sa.Text(), nullable=False),
        sa.Column("asked_for", sa.Text(), nullable=False),
        sa.Column("wanted_time", sa.String(length=120), nullable=False),
        sa.Column("verified_at", core.db.UTCDateTime(timezone=True), nullable=True),
        sa.Column("agreed_at", core.db.UTCDateTime(timezone=True), nullable=True),
        sa.Column("call_from", core.db.UTCDateTime(timezone=True), nullable=True),
        sa.Column("visit_from", core.db.UTCDateTime(timezone=True), nullable=True),
        sa.Column("entitlement", sa.String(length=20), nullable=False),
        sa.Column("engineer_id", sa.Integer(), nullable=True),
        sa.Column("dispatched_at", core.db.UTCDateTime(timezone=True), nullable=True),
        sa.Column("problem_type", sa.String(length=12), nullable=False),
        sa.Column("advice", sa.Text(), nullable=False),
        sa.Column("appointment_at", core.db.UTCDateTime(timezone=True), nullable=True),
        sa.Column("arrived_at", core.db.UTCDateTime(timezone=True), nullable=True),
        sa.Column("backup_waived", sa.Text(), nullable=False),
        sa.Column("cause", sa.Text(), nullable=False),
        sa.Column("remedy", sa.Text(), nullable=False),
        sa.Column("tried_by", sa.String(length=40), nullable=False),
        sa.Column("prevention", sa.Text(), nullable=False),
        sa.Column("result", sa.String(length=12), nullable=False),
        sa.Column("opinion", sa.Text(), nullable=False),
        sa.Column("signed_by", sa.String(length=40), nullable=False),
        sa.Column("signature", sa.Text(), nullable=False),
        sa.Column("on_paper", sa.String(length=120), nullable=False),
        sa.Column("signed_at", core.db.UTCDateTime(timezone=True), nullable=True),
        sa.Column("travel_cost", core.db.Yuan(), nullable=True),
        sa.Column("material_cost", core.db.Yuan(), nullable=True),
        sa.Column("other_cost", core.db.Yuan(), nullable=True),
        sa.Column("turned_in_at", core.db.UTCDateTime(timezone=True), nullable=True),
        sa.Column("knowledge_id", sa.Integer(), nullable=True),
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
            ["call_id"], ["hotline_call.id"], name=op.f("fk_fieldservice_request_call_id_hotline_call")
        ),
        sa.ForeignKeyConstraint(
            ["customer_id"],
            ["core_customer.id"],
            name=op.f("fk_fieldservice_request_customer_id_core_customer"),
        ),
        sa.ForeignKeyConstraint(
            ["engineer_id"], ["core_person.id"], name=op.f("fk_fieldservice_request_engineer_id_core_person")
        ),
        sa.ForeignKeyConstraint(
            ["installation_id"],
            ["core_installation.id"],
            name=op.f("fk_fieldservice_request_installation_id_core_installation"),
        ),
        sa.ForeignKeyConstraint(
            ["knowledge_id"],
            ["hotline_knowledge_entry.id"],
            name=op.f("fk_fieldservice_request_knowledge_id_hotline_knowledge_entry"),
        ),
        sa.ForeignKeyConstraint(
            ["office_id"], ["core_office.id"], name=op.f("fk_fieldservice_request_office_id_core_office")
        ),
        sa.ForeignKeyConstraint(
            ["owner_id"], ["core_person.id"], name=op.f("fk_fieldservice_request_owner_id_core_person")
        ),
        sa.ForeignKeyConstraint(
            ["previous_id"],
            ["fieldservice_request.id"],
            name=op.f("fk_fieldservice_request_previous_id_fieldservice_request"),
        ),
        sa.ForeignKeyConstraint(
            ["shared_office_id"],
            ["core_office.id"],
            name=op.f("fk_fieldservice_request_shared_office_id_core_office"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_fieldservice_request")),
        sa.UniqueConstraint("call_id", name=op.f("uq_fieldservice_request_call_id")),
        sa.UniqueConstraint("number", name=op.f("uq_fieldservice_request_number")),
        sa.UniqueConstraint("previous_id", name=op.f("uq_fieldservice_request_previous_id")),
    )
    with op.batch_alter_table("fieldservice_request", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_fieldservice_request_customer_id"), ["customer_id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_fieldservice_request_engineer_id"), ["engineer_id"], unique=False
        )
        batch_op.create_index("ix_fieldservice_request_list", ["office_id", "id"], unique=False)
        batch_op.create_index(batch_op.f("ix_fieldservice_request_office_id"), ["office_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_fieldservice_request_opened_at"), ["opened_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_fieldservice_request_owner_id"), ["owner_id"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_fieldservice_request_shared_office_id"), ["shared_office_id"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_fieldservice_request_state"), ["state"], unique=False)

    op.create_table(
        "fieldservice_backup",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("request_id", sa.Integer(), nullable=False),
        sa.Column("arrived_at", core.db.UTCDateTime(timezone=True), nullable=False),
        sa.Column("account_set", sa.String(length=8), nullable=False),
        sa.Column("path", sa.String(length=120), nullable=False),
        sa.Column("confirmed_at", core.db.UTCDateTime(timezone=True), nullable=False),
        sa.Column("office_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["office_id"], ["core_office.id"], name=op.f("fk_fieldservice_backup_office_id_core_office")
        ),
        sa.ForeignKeyConstraint(
            ["request_id"],
            ["fieldservice_request.id"],
            name=op.f("fk_fieldservice_backup_request_id_fieldservice_request"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_fieldservice_backup")),
        sa.UniqueConstraint(
            "request_id",
            "arrived_at",
            "account_set",
            name=op.f("uq_fieldservice_backup_request_id_arrived_at_account_set"),
        ),
    )
    with op.batch_alter_table("fieldservice_backup", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_fieldservice_backup_office_id"), ["office_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_fieldservice_backup_request_id"), ["request_id"], unique=False)

    protect("fieldservice_request", shared=True)
    protect("fieldservice_backup")


def downgrade() -> None:
    with op.batch_alter_table("fieldservice_backup", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_fieldservice_backup_request_id"))
        batch_op.drop_index(batch_op.f("ix_fieldservice_backup_office_id"))

    op.drop_table("fieldservice_backup")
    with op.batch_alter_table("fieldservice_request", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_fieldservice_request_state"))
        batch_op.drop_index(batch_op.f("ix_fieldservice_request_shared_office_id"))
        batch_op.drop_index(batch_op.f("ix_fieldservice_request_owner_id"))
        batch_op.drop_index(batch_op.f("ix_fieldservice_request_opened_at"))
        batch_op.drop_index(batch_op.f("ix_fieldservice_request_office_id"))
        batch_op.drop_index("ix_fieldservice_request_list")
        batch_op.drop_index(batch_op.f("ix_fieldservice_request_engineer_id"))
        batch_op.drop_index(batch_op.f("ix_fieldservice_request_customer_id"))

    op.drop_table("fieldservice_request")
