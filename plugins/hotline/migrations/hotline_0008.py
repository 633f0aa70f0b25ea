"""The log of each day (QR/02), and what the figures are counted by."""

import sqlalchemy as sa
from alembic import op

import core.db
from core.row_security import protect

revision = "hotline_0008"
down_revision = "hotline_0005"
branch_labels = None
depends_on = None

MOMENT = core.db.UTCDateTime(timezone=True)


def upgrade() -> None:
    _days()
    _lines()
    _corrections()
    op.create_index("ix_hotline_call_figures", "hotline_call", ["office_id", "opened_at"])
    op.create_index("ix_hotline_call_open", "hotline_call", ["office_id", "state", "opened_at"])


def _days() -> None:
    op.create_table(
        "hotline_day_log",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("begins_at", MOMENT, nullable=False),
        sa.Column("ends_at", MOMENT, nullable=False),
        sa.Column("calls", sa.Integer(), nullable=False),
        sa.Column("unfinished", sa.Integer(), nullable=False),
        sa.Column("registered", sa.Integer(), nullable=False),
        sa.Column("not_dispatched", sa.Text(), nullable=False),
        sa.Column("reported_at", MOMENT, nullable=True),
        sa.Column("remark", sa.Text(), nullable=False),
        sa.Column("closed_at", MOMENT, nullable=True),
        sa.Column("closed_by_id", sa.Integer(), nullable=True),
        sa.Column("archived_at", MOMENT, nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("number", sa.String(length=24), nullable=True),
        sa.Column("state", sa.String(length=30), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("opened_at", MOMENT, nullable=False),
        sa.Column("changed_at", MOMENT, nullable=False),
        sa.Column("customer_id", sa.Integer(), nullable=True),
        sa.Column("owner_id", sa.Integer(), nullable=True),
        sa.Column("office_id", sa.Integer(), nullable=False),
        sa.Column("shared_office_id", sa.Integer(), nullable=True),
        _points_to("hotline_day_log", "closed_by_id", "core_person"),
        _points_to("hotline_day_log", "customer_id", "core_customer"),
        _points_to("hotline_day_log", "owner_id", "core_person"),
        _points_to("hotline_day_log", "office_id", "core_office"),
        _points_to("hotline_day_log", "shared_office_id", "core_office"),
        sa.PrimaryKeyConstraint("id", name="pk_hotline_day_log"),
        sa.UniqueConstraint("number", name="uq_hotline_day_log_number"),
        sa.UniqueConstraint("office_id", "day", name="uq_hotline_day_log_office_id_day"),
    )
    for name in ("customer_id", "office_id", "opened_at", "owner_id", "shared_office_id", "state"):
        op.create_index(f"ix_hotline_day_log_{name}", "hotline_day_log", [name])
    protect("hotline_day_log", shared=True)


def _lines() -> None:
    op.create_table(
        "hotline_log_line",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("log_id", sa.Integer(), nullable=False),
        sa.Column("call_id", sa.Integer(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("number", sa.String(length=24), nullable=False),
        sa.Column("logged_at", MOMENT, nullable=False),
        sa.Column("engineer", sa.String(length=40), nullable=False),
        sa.Column("unit", sa.String(length=120), nullable=False),
        sa.Column("contact", sa.String(length=100), nullable=False),
        sa.Column("said", sa.Text(), nullable=False),
        sa.Column("result", sa.String(length=10), nullable=False),
        sa.Column("state", sa.String(length=30), nullable=False),
        sa.Column("request", sa.String(length=120), nullable=False),
        sa.Column("late", sa.Boolean(), nullable=False),
        sa.Column("office_id", sa.Integer(), nullable=False),
        _points_to("hotline_log_line", "log_id", "hotline_day_log"),
        _points_to("hotline_log_line", "call_id", "hotline_call"),
        _points_to("hotline_log_line", "office_id", "core_office"),
        sa.PrimaryKeyConstraint("id", name="pk_hotline_log_line"),
        sa.UniqueConstraint("log_id", "call_id", name="uq_hotline_log_line_log_id_call_id"),
    )
    for name in ("call_id", "office_id"):
        op.create_index(f"ix_hotline_log_line_{name}", "hotline_log_line", [name])
    protect("hotline_log_line")


def _corrections() -> None:
    op.create_table(
        "hotline_log_correction",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("line_id", sa.Integer(), nullable=False),
        sa.Column("field", sa.String(length=12), nullable=False),
        sa.Column("old", sa.Text(), nullable=False),
        sa.Column("new", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("corrected_at", MOMENT, nullable=False),
        sa.Column("corrected_by", sa.String(length=40), nullable=False),
        sa.Column("corrected_by_id", sa.Integer(), nullable=True),
        sa.Column("office_id", sa.Integer(), nullable=False),
        _points_to("hotline_log_correction", "line_id", "hotline_log_line"),
        _points_to("hotline_log_correction", "corrected_by_id", "core_person"),
        _points_to("hotline_log_correction", "office_id", "core_office"),
        sa.PrimaryKeyConstraint("id", name="pk_hotline_log_correction"),
    )
    for name in ("line_id", "office_id"):
        op.create_index(f"ix_hotline_log_correction_{name}", "hotline_log_correction", [name])
    protect("hotline_log_correction")


def _points_to(table: str, column: str, target: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{target}.id"], name=f"fk_{table}_{column}_{target}")


def downgrade() -> None:
    op.drop_index("ix_hotline_call_open", "hotline_call")
    op.drop_index("ix_hotline_call_figures", "hotline_call")
    for name in ("hotline_log_correction", "hotline_log_line", "hotline_day_log"):
        op.drop_table(name)
