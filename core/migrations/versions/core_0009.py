"""Who looks at what just now."""

import sqlalchemy as sa
from alembic import op

import core.db
from core.row_security import protect

revision = "core_0009"
down_revision = "core_0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "core_presence",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("about", sa.String(length=100), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("doing", sa.String(length=60), nullable=False),
        sa.Column("seen_at", core.db.UTCDateTime(timezone=True), nullable=False),
        sa.Column("office_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["office_id"], ["core_office.id"], name=op.f("fk_core_presence_office_id_core_office")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["core_person.id"], name=op.f("fk_core_presence_person_id_core_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_core_presence")),
        sa.UniqueConstraint(
            "office_id", "about", "person_id", name=op.f("uq_core_presence_office_id_about_person_id")
        ),
    )
    op.create_index(op.f("ix_core_presence_office_id"), "core_presence", ["office_id"])
    op.create_index(op.f("ix_core_presence_person_id"), "core_presence", ["person_id"])
    protect("core_presence")


def downgrade() -> None:
    op.drop_table("core_presence")
