"""The month's roster with its shifts, absences, swaps, and the keys to a person's calendar."""

import sqlalchemy as sa
from alembic import op

import core.db
from core.row_security import protect

revision = "hotline_0006"
down_revision = "hotline_0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "hotline_calendar_key",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("made_at", core.db.UTCDateTime(timezone=True), nullable=False),
        sa.Column("revoked_at", core.db.UTCDateTime(timezone=True), nullable=True),
        sa.Column("office_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["office_id"], ["core_office.id"], name=op.f("fk_hotline_calendar_key_office_id_core_office")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["core_person.id"], name=op.f("fk_hotline_calendar_key_person_id_core_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_hotline_calendar_key")),
        sa.UniqueConstraint("digest", name=op.f("uq_hotline_calendar_key_digest")),
    )
    with op.batch_alter_table("hotline_calendar_key", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_hotline_calendar_key_office_id"), ["office_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_hotline_calendar_key_person_id"), ["person_id"], unique=False)

    op.create_table(
        "hotline_absence",
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("substitute_id", sa.Integer(), nullable=True),
        sa.Column("to_cover_at", core.db.UTCDateTime(timezone=True), nullable=True),
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
            ["customer_id"], ["core_customer.id"], name=op.f("fk_hotline_absence_customer_id_core_customer")
        ),
        sa.ForeignKeyConstraint(
            ["office_id"], ["core_office.id"], name=op.f("fk_hotline_absence_office_id_core_office")
        ),
        sa.ForeignKeyConstraint(
            ["owner_id"], ["core_person.id"], name=op.f("fk_hotline_absence_owner_id_core_person")
        ),
        sa.ForeignKeyConstraint(
            ["shared_office_id"],
            ["core_office.id"],
            name=op.f("fk_hotline_absence_shared_office_id_core_office"),
        ),
        sa.ForeignKeyConstraint(
            ["substitute_id"], ["core_person.id"], name=op.f("fk_hotline_absence_substitute_id_core_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_hotline_absence")),
        sa.UniqueConstraint("number", name=op.f("uq_hotline_absence_number")),
    )
    with op.batch_alter_table("hotline_absence", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_hotline_absence_customer_id"), ["customer_id"], unique=False)
        batch_op.create_index("ix_hotline_absence_days", ["office_id", "state", "last_day"], unique=False)
        batch_op.create_index(batch_op.f("ix_hotline_absence_office_id"), ["office_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_hotline_absence_opened_at"), ["opened_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_hotline_absence_owner_id"), ["owner_id"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_hotline_absence_shared_office_id"), ["shared_office_id"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_hotline_absence_state"), ["state"], unique=False)

    op.create_table(
        "hotline_roster",
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("begins_at", core.db.UTCDateTime(timezone=True), nullable=False),
        sa.Column("published_at", core.db.UTCDateTime(timezone=True), nullable=True),
        sa.Column("closed_at", core.db.UTCDateTime(timezone=True), nullable=True),
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
            ["customer_id"], ["core_customer.id"], name=op.f("fk_hotline_roster_customer_id_core_customer")
        ),
        sa.ForeignKeyConstraint(
            ["office_id"], ["core_office.id"], name=op.f("fk_hotline_roster_office_id_core_office")
        ),
        sa.ForeignKeyConstraint(
            ["owner_id"], ["core_person.id"], name=op.f("fk_hotline_roster_owner_id_core_person")
        ),
        sa.ForeignKeyConstraint(
            ["shared_office_id"],
            ["core_office.id"],
            name=op.f("fk_hotline_roster_shared_office_id_core_office"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_hotline_roster")),
        sa.UniqueConstraint("number", name=op.f("uq_hotline_roster_number")),
        sa.UniqueConstraint("office_id", "month", name=op.f("uq_hotline_roster_office_id_month")),
    )
    with op.batch_alter_table("hotline_roster", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_hotline_roster_customer_id"), ["customer_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_hotline_roster_office_id"), ["office_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_hotline_roster_opened_at"), ["opened_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_hotline_roster_owner_id"), ["owner_id"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_hotline_roster_shared_office_id"), ["shared_office_id"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_hotline_roster_state"), ["state"], unique=False)

    op.create_table(
        "hotline_roster_shift",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("roster_id", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("shift", sa.String(length=10), nullable=False),
        sa.Column("weekend", sa.Boolean(), nullable=False),
        sa.Column("starts_at", core.db.UTCDateTime(timezone=True), nullable=False),
        sa.Column("ends_at", core.db.UTCDateTime(timezone=True), nullable=False),
        sa.Column("engineer_id", sa.Integer(), nullable=True),
        sa.Column("manager_id", sa.Integer(), nullable=True),
        sa.Column("first_engineer_id", sa.Integer(), nullable=True),
        sa.Column("first_manager_id", sa.Integer(), nullable=True),
        sa.Column("changes", sa.Integer(), nullable=False),
        sa.Column("changed_at", core.db.UTCDateTime(timezone=True), nullable=False),
        sa.Column("office_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["engineer_id"], ["core_person.id"], name=op.f("fk_hotline_roster_shift_engineer_id_core_person")
        ),
        sa.ForeignKeyConstraint(
            ["first_engineer_id"],
            ["core_person.id"],
            name=op.f("fk_hotline_roster_shift_first_engineer_id_core_person"),
        ),
        sa.ForeignKeyConstraint(
            ["first_manager_id"],
            ["core_person.id"],
            name=op.f("fk_hotline_roster_shift_first_manager_id_core_person"),
        ),
        sa.ForeignKeyConstraint(
            ["manager_id"], ["core_person.id"], name=op.f("fk_hotline_roster_shift_manager_id_core_person")
        ),
        sa.ForeignKeyConstraint(
            ["office_id"], ["core_office.id"], name=op.f("fk_hotline_roster_shift_office_id_core_office")
        ),
        sa.ForeignKeyConstraint(
            ["roster_id"],
            ["hotline_roster.id"],
            name=op.f("fk_hotline_roster_shift_roster_id_hotline_roster"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_hotline_roster_shift")),
        sa.UniqueConstraint(
            "roster_id", "day", "shift", name=op.f("uq_hotline_roster_shift_roster_id_day_shift")
        ),
    )
    with op.batch_alter_table("hotline_roster_shift", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_hotline_roster_shift_engineer_id"), ["engineer_id"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_hotline_roster_shift_manager_id"), ["manager_id"], unique=False)
        batch_op.create_index("ix_hotline_roster_shift_now", ["office_id", "day"], unique=False)
        batch_op.create_index(batch_op.f("ix_hotline_roster_shift_office_id"), ["office_id"], unique=False)

    op.create_table(
        "hotline_swap",
        sa.Column("mine_id", sa.Integer(), nullable=False),
        sa.Column("mine_place", sa.String(length=10), nullable=False),
        sa.Column("theirs_id", sa.Integer(), nullable=False),
        sa.Column("theirs_place", sa.String(length=10), nullable=False),
        sa.Column("other_id", sa.Integer(), nullable=True),
        sa.Column("note", sa.Text(), nullable=False),
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
            ["customer_id"], ["core_customer.id"], name=op.f("fk_hotline_swap_customer_id_core_customer")
        ),
        sa.ForeignKeyConstraint(
            ["mine_id"],
            ["hotline_roster_shift.id"],
            name=op.f("fk_hotline_swap_mine_id_hotline_roster_shift"),
        ),
        sa.ForeignKeyConstraint(
            ["office_id"], ["core_office.id"], name=op.f("fk_hotline_swap_office_id_core_office")
        ),
        sa.ForeignKeyConstraint(
            ["other_id"], ["core_person.id"], name=op.f("fk_hotline_swap_other_id_core_person")
        ),
        sa.ForeignKeyConstraint(
            ["owner_id"], ["core_person.id"], name=op.f("fk_hotline_swap_owner_id_core_person")
        ),
        sa.ForeignKeyConstraint(
            ["shared_office_id"],
            ["core_office.id"],
            name=op.f("fk_hotline_swap_shared_office_id_core_office"),
        ),
        sa.ForeignKeyConstraint(
            ["theirs_id"],
            ["hotline_roster_shift.id"],
            name=op.f("fk_hotline_swap_theirs_id_hotline_roster_shift"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_hotline_swap")),
        sa.UniqueConstraint("number", name=op.f("uq_hotline_swap_number")),
    )
    with op.batch_alter_table("hotline_swap", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_hotline_swap_customer_id"), ["customer_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_hotline_swap_mine_id"), ["mine_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_hotline_swap_office_id"), ["office_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_hotline_swap_opened_at"), ["opened_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_hotline_swap_other_id"), ["other_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_hotline_swap_owner_id"), ["owner_id"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_hotline_swap_shared_office_id"), ["shared_office_id"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_hotline_swap_state"), ["state"], unique=False)
        batch_op.create_index(batch_op.f("ix_hotline_swap_theirs_id"), ["theirs_id"], unique=False)

    protect("hotline_calendar_key")
    protect("hotline_absence", shared=True)
    protect("hotline_roster", shared=True)
    protect("hotline_roster_shift")
    protect("hotline_swap", shared=True)


def downgrade() -> None:
    with op.batch_alter_table("hotline_swap", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_hotline_swap_theirs_id"))
        batch_op.drop_index(batch_op.f("ix_hotline_swap_state"))
        batch_op.drop_index(batch_op.f("ix_hotline_swap_shared_office_id"))
        batch_op.drop_index(batch_op.f("ix_hotline_swap_owner_id"))
        batch_op.drop_index(batch_op.f("ix_hotline_swap_other_id"))
        batch_op.drop_index(batch_op.f("ix_hotline_swap_opened_at"))
        batch_op.drop_index(batch_op.f("ix_hotline_swap_office_id"))
        batch_op.drop_index(batch_op.f("ix_hotline_swap_mine_id"))
        batch_op.drop_index(batch_op.f("ix_hotline_swap_customer_id"))

    op.drop_table("hotline_swap")
    with op.batch_alter_table("hotline_roster_shift", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_hotline_roster_shift_office_id"))
        batch_op.drop_index("ix_hotline_roster_shift_now")
        batch_op.drop_index(batch_op.f("ix_hotline_roster_shift_manager_id"))
        batch_op.drop_index(batch_op.f("ix_hotline_roster_shift_engineer_id"))

    op.drop_table("hotline_roster_shift")
    with op.batch_alter_table("hotline_roster", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_hotline_roster_state"))
        batch_op.drop_index(batch_op.f("ix_hotline_roster_shared_office_id"))
        batch_op.drop_index(batch_op.f("ix_hotline_roster_owner_id"))
        batch_op.drop_index(batch_op.f("ix_hotline_roster_opened_at"))
        batch_op.drop_index(batch_op.f("ix_hotline_roster_office_id"))
        batch_op.drop_index(batch_op.f("ix_hotline_roster_customer_id"))

    op.drop_table("hotline_roster")
    with op.batch_alter_table("hotline_absence", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_hotline_absence_state"))
        batch_op.drop_index(batch_op.f("ix_hotline_absence_shared_office_id"))
        batch_op.drop_index(batch_op.f("ix_hotline_absence_owner_id"))
        batch_op.drop_index(batch_op.f("ix_hotline_absence_opened_at"))
        batch_op.drop_index(batch_op.f("ix_hotline_absence_office_id"))
        batch_op.drop_index("ix_hotline_absence_days")
        batch_op.drop_index(batch_op.f("ix_hotline_absence_customer_id"))

    op.drop_table("hotline_absence")
    with op.batch_alter_table("hotline_calendar_key", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_hotline_calendar_key_person_id"))
        batch_op.drop_index(batch_op.f("ix_hotline_calendar_key_office_id"))

    op.drop_table("hotline_calendar_key")
