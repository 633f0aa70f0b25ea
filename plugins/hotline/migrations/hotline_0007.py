"""The shift with its leaves, and the hand-over with its frozen lines."""

import sqlalchemy as sa
from alembic import op

import core.db
from core.row_security import protect

revision = "hotline_0007"
down_revision = "hotline_0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "hotline_handover",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("occasion", sa.String(length=10), nullable=False),
        sa.Column("lines_count", sa.Integer(), nullable=False),
        sa.Column("giver_id", sa.Integer(), nullable=True),
        sa.Column("alone", sa.String(length=10), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("given_at", core.db.UTCDateTime(timezone=True), nullable=True),
        sa.Column("taker_id", sa.Integer(), nullable=True),
        sa.Column("taken_at", core.db.UTCDateTime(timezone=True), nullable=True),
        sa.Column("note", sa.Text(), nullable=False),
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
            ["customer_id"], ["core_customer.id"], name=op.f("fk_hotline_handover_customer_id_core_customer")
        ),
        sa.ForeignKeyConstraint(
            ["giver_id"], ["core_person.id"], name=op.f("fk_hotline_handover_giver_id_core_person")
        ),
        sa.ForeignKeyConstraint(
            ["office_id"], ["core_office.id"], name=op.f("fk_hotline_handover_office_id_core_office")
        ),
        sa.ForeignKeyConstraint(
            ["owner_id"], ["core_person.id"], name=op.f("fk_hotline_handover_owner_id_core_person")
        ),
        sa.ForeignKeyConstraint(
            ["shared_office_id"],
            ["core_office.id"],
            name=op.f("fk_hotline_handover_shared_office_id_core_office"),
        ),
        sa.ForeignKeyConstraint(
            ["taker_id"], ["core_person.id"], name=op.f("fk_hotline_handover_taker_id_core_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_hotline_handover")),
        sa.UniqueConstraint("number", name=op.f("uq_hotline_handover_number")),
        sa.UniqueConstraint(
            "office_id", "day", "occasion", name=op.f("uq_hotline_handover_office_id_day_occasion")
        ),
    )
    with op.batch_alter_table("hotline_handover", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_hotline_handover_customer_id"), ["customer_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_hotline_handover_office_id"), ["office_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_hotline_handover_opened_at"), ["opened_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_hotline_handover_owner_id"), ["owner_id"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_hotline_handover_shared_office_id"), ["shared_office_id"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_hotline_handover_state"), ["state"], unique=False)

    op.create_table(
        "hotline_shift",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("expected_from", core.db.UTCDateTime(timezone=True), nullable=False),
        sa.Column("signed_in_at", core.db.UTCDateTime(timezone=True), nullable=True),
        sa.Column("signed_out_at", core.db.UTCDateTime(timezone=True), nullable=True),
        sa.Column("excuse", sa.Text(), nullable=False),
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
            ["customer_id"], ["core_customer.id"], name=op.f("fk_hotline_shift_customer_id_core_customer")
        ),
        sa.ForeignKeyConstraint(
            ["office_id"], ["core_office.id"], name=op.f("fk_hotline_shift_office_id_core_office")
        ),
        sa.ForeignKeyConstraint(
            ["owner_id"], ["core_person.id"], name=op.f("fk_hotline_shift_owner_id_core_person")
        ),
        sa.ForeignKeyConstraint(
            ["shared_office_id"],
            ["core_office.id"],
            name=op.f("fk_hotline_shift_shared_office_id_core_office"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_hotline_shift")),
        sa.UniqueConstraint("number", name=op.f("uq_hotline_shift_number")),
        sa.UniqueConstraint(
            "office_id", "day", "owner_id", name=op.f("uq_hotline_shift_office_id_day_owner_id")
        ),
    )
    with op.batch_alter_table("hotline_shift", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_hotline_shift_customer_id"), ["customer_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_hotline_shift_office_id"), ["office_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_hotline_shift_opened_at"), ["opened_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_hotline_shift_owner_id"), ["owner_id"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_hotline_shift_shared_office_id"), ["shared_office_id"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_hotline_shift_state"), ["state"], unique=False)

    op.create_table(
        "hotline_handover_line",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("handover_id", sa.Integer(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("procedure", sa.String(length=60), nullable=False),
        sa.Column("subject_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.String(length=24), nullable=False),
        sa.Column("heading", sa.String(length=120), nullable=False),
        sa.Column("what", sa.Text(), nullable=False),
        sa.Column("task", sa.JSON(), nullable=True),
        sa.Column("state", sa.String(length=30), nullable=False),
        sa.Column("state_title", sa.JSON(), nullable=False),
        sa.Column("due_at", core.db.UTCDateTime(timezone=True), nullable=True),
        sa.Column("owner_id", sa.Integer(), nullable=True),
        sa.Column("assigned_id", sa.Integer(), nullable=True),
        sa.Column("taken_over", sa.Boolean(), nullable=False),
        sa.Column("giver_saw_at", core.db.UTCDateTime(timezone=True), nullable=True),
        sa.Column("taker_saw_at", core.db.UTCDateTime(timezone=True), nullable=True),
        sa.Column("contest", sa.Text(), nullable=False),
        sa.Column("contested_at", core.db.UTCDateTime(timezone=True), nullable=True),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("answered_at", core.db.UTCDateTime(timezone=True), nullable=True),
        sa.Column("office_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["assigned_id"], ["core_person.id"], name=op.f("fk_hotline_handover_line_assigned_id_core_person")
        ),
        sa.ForeignKeyConstraint(
            ["handover_id"],
            ["hotline_handover.id"],
            name=op.f("fk_hotline_handover_line_handover_id_hotline_handover"),
        ),
        sa.ForeignKeyConstraint(
            ["office_id"], ["core_office.id"], name=op.f("fk_hotline_handover_line_office_id_core_office")
        ),
        sa.ForeignKeyConstraint(
            ["owner_id"], ["core_person.id"], name=op.f("fk_hotline_handover_line_owner_id_core_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_hotline_handover_line")),
    )
    with op.batch_alter_table("hotline_handover_line", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_hotline_handover_line_office_id"), ["office_id"], unique=False)
        batch_op.create_index("ix_hotline_handover_line_place", ["handover_id", "place"], unique=True)

    op.create_table(
        "hotline_leave",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("shift_id", sa.Integer(), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("for_minutes", sa.Integer(), nullable=True),
        sa.Column("rest_of_day", sa.Boolean(), nullable=False),
        sa.Column("asked_at", core.db.UTCDateTime(timezone=True), nullable=True),
        sa.Column("permitted", sa.Boolean(), nullable=True),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("answered_at", core.db.UTCDateTime(timezone=True), nullable=True),
        sa.Column("answered_by_id", sa.Integer(), nullable=True),
        sa.Column("left_at", core.db.UTCDateTime(timezone=True), nullable=True),
        sa.Column("back_at", core.db.UTCDateTime(timezone=True), nullable=True),
        sa.Column("office_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["answered_by_id"], ["core_person.id"], name=op.f("fk_hotline_leave_answered_by_id_core_person")
        ),
        sa.ForeignKeyConstraint(
            ["office_id"], ["core_office.id"], name=op.f("fk_hotline_leave_office_id_core_office")
        ),
        sa.ForeignKeyConstraint(
            ["shift_id"], ["hotline_shift.id"], name=op.f("fk_hotline_leave_shift_id_hotline_shift")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_hotline_leave")),
    )
    with op.batch_alter_table("hotline_leave", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_hotline_leave_office_id"), ["office_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_hotline_leave_shift_id"), ["shift_id"], unique=False)

    protect("hotline_handover", shared=True)
    protect("hotline_shift", shared=True)
    protect("hotline_handover_line")
    protect("hotline_leave")


def downgrade() -> None:
    with op.batch_alter_table("hotline_leave", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_hotline_leave_shift_id"))
        batch_op.drop_index(batch_op.f("ix_hotline_leave_office_id"))

    op.drop_table("hotline_leave")
    with op.batch_alter_table("hotline_handover_line", schema=None) as batch_op:
        batch_op.drop_index("ix_hotline_handover_line_place")
        batch_op.drop_index(batch_op.f("ix_hotline_handover_line_office_id"))

    op.drop_table("hotline_handover_line")
    with op.batch_alter_table("hotline_shift", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_hotline_shift_state"))
        batch_op.drop_index(batch_op.f("ix_hotline_shift_shared_office_id"))
        batch_op.drop_index(batch_op.f("ix_hotline_shift_owner_id"))
        batch_op.drop_index(batch_op.f("ix_hotline_shift_opened_at"))
        batch_op.drop_index(batch_op.f("ix_hotline_shift_office_id"))
        batch_op.drop_index(batch_op.f("ix_hotline_shift_customer_id"))

    op.drop_table("hotline_shift")
    with op.batch_alter_table("hotline_handover", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_hotline_handover_state"))
        batch_op.drop_index(batch_op.f("ix_hotline_handover_shared_office_id"))
        batch_op.drop_index(batch_op.f("ix_hotline_handover_owner_id"))
        batch_op.drop_index(batch_op.f("ix_hotline_handover_opened_at"))
        batch_op.drop_index(batch_op.f("ix_hotline_handover_office_id"))
        batch_op.drop_index(batch_op.f("ix_hotline_handover_customer_id"))

    op.drop_table("hotline_handover")
