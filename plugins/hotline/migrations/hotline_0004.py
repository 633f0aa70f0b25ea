"""Half-written calls, and the line of each engineer."""

import sqlalchemy as sa
from alembic import op

import core.db
from core.row_security import protect

revision = "hotline_0004"
down_revision = "hotline_0007"
branch_labels = None
depends_on = None


def _to(table: str, column: str, target: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{target}.id"], name=op.f(f"fk_{table}_{column}_{target}"))


def upgrade() -> None:
    op.create_table(
        "hotline_draft",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("mark", sa.String(length=40), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("begun_by_id", sa.Integer(), nullable=False),
        sa.Column("about", sa.String(length=120), nullable=False),
        sa.Column("said", sa.JSON(), nullable=False),
        sa.Column("begun_at", core.db.UTCDateTime(timezone=True), nullable=False),
        sa.Column("kept_at", core.db.UTCDateTime(timezone=True), nullable=False),
        sa.Column("ended_at", core.db.UTCDateTime(timezone=True), nullable=True),
        sa.Column("call_id", sa.Integer(), nullable=True),
        sa.Column("office_id", sa.Integer(), nullable=False),
        _to("hotline_draft", "office_id", "core_office"),
        _to("hotline_draft", "person_id", "core_person"),
        _to("hotline_draft", "begun_by_id", "core_person"),
        _to("hotline_draft", "call_id", "hotline_call"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_hotline_draft")),
        sa.UniqueConstraint("office_id", "mark", name=op.f("uq_hotline_draft_office_id_mark")),
    )
    op.create_index(op.f("ix_hotline_draft_office_id"), "hotline_draft", ["office_id"])
    op.create_index(op.f("ix_hotline_draft_call_id"), "hotline_draft", ["call_id"])
    op.create_index("ix_hotline_draft_open", "hotline_draft", ["office_id", "ended_at", "person_id"])
    op.create_table(
        "hotline_line",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("away", sa.Boolean(), nullable=False),
        sa.Column("number", sa.String(length=40), nullable=False),
        sa.Column("rings", sa.Integer(), nullable=True),
        sa.Column("phone_call", sa.String(length=60), nullable=False),
        sa.Column("since", core.db.UTCDateTime(timezone=True), nullable=False),
        sa.Column("turn", sa.Integer(), nullable=False),
        sa.Column("office_id", sa.Integer(), nullable=False),
        _to("hotline_line", "office_id", "core_office"),
        _to("hotline_line", "person_id", "core_person"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_hotline_line")),
        sa.UniqueConstraint("office_id", "person_id", name=op.f("uq_hotline_line_office_id_person_id")),
    )
    op.create_index(op.f("ix_hotline_line_office_id"), "hotline_line", ["office_id"])
    op.create_index(op.f("ix_hotline_line_person_id"), "hotline_line", ["person_id"])
    protect("hotline_draft")
    protect("hotline_line")


def downgrade() -> None:
    op.drop_table("hotline_line")
    op.drop_table("hotline_draft")
