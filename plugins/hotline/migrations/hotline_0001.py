"""The tables of hotline."""

import sqlalchemy as sa
from alembic import op

import core.db
from core.row_security import protect

revision = "hotline_0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "hotline_knowledge_entry",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("product_id", sa.Integer(), nullable=True),
        sa.Column("version", sa.String(length=20), nullable=False),
        sa.Column("problem", sa.Text(), nullable=False),
        sa.Column("remedy", sa.Text(), nullable=False),
        sa.Column("prevention", sa.Text(), nullable=False),
        sa.Column("written_at", core.db.UTCDateTime(timezone=True), nullable=False),
        sa.Column("written_by_id", sa.Integer(), nullable=True),
        sa.Column("office_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["office_id"], ["core_office.id"], name=op.f("fk_hotline_knowledge_entry_office_id_core_office")
        ),
        sa.ForeignKeyConstraint(
            ["product_id"],
            ["core_product.id"],
            name=op.f("fk_hotline_knowledge_entry_product_id_core_product"),
        ),
        sa.ForeignKeyConstraint(
            ["written_by_id"],
            ["core_person.id"],
            name=op.f("fk_hotline_knowledge_entry_written_by_id_core_person"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_hotline_knowledge_entry")),
    )
    with op.batch_alter_table("hotline_knowledge_entry", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_hotline_knowledge_entry_office_id"), ["office_id"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_hotline_knowledge_entry_product_id"), ["product_id"], unique=False
        )

    op.create_table(
        "hotline_call",
        sa.Column("channel", sa.String(length=10), nullable=False),
        sa.Column("contact", sa.String(length=40), nullable=False),
        sa.Column("phone", sa.String(length=40), nullable=False),
        sa.Column("installation_id", sa.Integer(), nullable=True),
        sa.Column("module", sa.String(length=60), nullable=False),
        sa.Column("operation", sa.String(length=120), nullable=False),
        sa.Column("happens", sa.Text(), nullable=False),
        sa.Column("message", sa.Text(), nullable=False),
        sa.Column("since", sa.String(length=60), nullable=False),
        sa.Column("tried", sa.Text(), nullable=False),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("demand", sa.Text(), nullable=False),
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
            ["customer_id"], ["core_customer.id"], name=op.f("fk_hotline_call_customer_id_core_customer")
        ),
        sa.ForeignKeyConstraint(
            ["installation_id"],
            ["core_installation.id"],
            name=op.f("fk_hotline_call_installation_id_core_installation"),
        ),
        sa.ForeignKeyConstraint(
            ["office_id"], ["core_office.id"], name=op.f("fk_hotline_call_office_id_core_office")
        ),
        sa.ForeignKeyConstraint(
            ["owner_id"], ["core_person.id"], name=op.f("fk_hotline_call_owner_id_core_person")
        ),
        sa.ForeignKeyConstraint(
            ["shared_office_id"],
            ["core_office.id"],
            name=op.f("fk_hotline_call_shared_office_id_core_office"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_hotline_call")),
        sa.UniqueConstraint("number", name=op.f("uq_hotline_call_number")),
    )
    with op.batch_alter_table("hotline_call", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_hotline_call_customer_id"), ["customer_id"], unique=False)
        batch_op.create_index("ix_hotline_call_list", ["office_id", "id"], unique=False)
        batch_op.create_index(batch_op.f("ix_hotline_call_office_id"), ["office_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_hotline_call_opened_at"), ["opened_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_hotline_call_owner_id"), ["owner_id"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_hotline_call_shared_office_id"), ["shared_office_id"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_hotline_call_state"), ["state"], unique=False)

    protect("hotline_knowledge_entry")
    protect("hotline_call", shared=True)


def downgrade() -> None:
    with op.batch_alter_table("hotline_call", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_hotline_call_state"))
        batch_op.drop_index(batch_op.f("ix_hotline_call_shared_office_id"))
        batch_op.drop_index(batch_op.f("ix_hotline_call_owner_id"))
        batch_op.drop_index(batch_op.f("ix_hotline_call_opened_at"))
        batch_op.drop_index(batch_op.f("ix_hotline_call_office_id"))
        batch_op.drop_index("ix_hotline_call_list")
        batch_op.drop_index(batch_op.f("ix_hotline_call_customer_id"))

    op.drop_table("hotline_call")
    with op.batch_alter_table("hotline_knowledge_entry", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_hotline_knowledge_entry_product_id"))
        batch_op.drop_index(batch_op.f("ix_hotline_knowledge_entry_office_id"))

    op.drop_table("hotline_knowledge_entry")
