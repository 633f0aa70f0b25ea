"""When a visit is planned, how urgent it is and where; engineers' skills; the day's dispatch sheet (QR/04)."""

from typing import Any

import sqlalchemy as sa
from alembic import op

import core.db
from core.row_security import protect

revision = "fieldservice_0003"
down_revision = "fieldservice_0002"
branch_labels = None
depends_on = None

MOMENT = core.db.UTCDateTime(timezone=True)
SHEET, LINE, LEFT = "fieldservice_dispatch_sheet", "fieldservice_sheet_line", "fieldservice_left_over"
OFTEN_ASKED = ("appointment_at", "dispatched_at", "planned_at")


def upgrade() -> None:
    with op.batch_alter_table("fieldservice_request") as batch_op:
        batch_op.add_column(sa.Column("planned_at", MOMENT, nullable=True))
        batch_op.add_column(sa.Column("planned_minutes", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("emergency", sa.String(length=10), server_default="", nullable=False))
        batch_op.add_column(sa.Column("district", sa.String(length=40), server_default="", nullable=False))
    for name in OFTEN_ASKED:
        op.create_index(op.f(f"ix_fieldservice_request_{name}"), "fieldservice_request", [name])
    _skills()
    _sheets()
    _rows_of_sheets()


def _skills() -> None:
    op.create_table(
        "fieldservice_skill",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("product_id", sa.Integer(), nullable=False),
        sa.Column("office_id", sa.Integer(), nullable=False),
        _points_to("fieldservice_skill", "person_id", "core_person"),
        _points_to("fieldservice_skill", "product_id", "core_product"),
        _points_to("fieldservice_skill", "office_id", "core_office"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_fieldservice_skill")),
        sa.UniqueConstraint(
            "office_id",
            "person_id",
            "product_id",
            name=op.f("uq_fieldservice_skill_office_id_person_id_product_id"),
        ),
    )
    _indexes("fieldservice_skill", "office_id", "person_id", "product_id")
    protect("fieldservice_skill")


def _sheets() -> None:
    op.create_table(
        SHEET,
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("begins_at", MOMENT, nullable=False),
        sa.Column("ends_at", MOMENT, nullable=False),
        sa.Column("dispatched", sa.Integer(), nullable=False),
        sa.Column("left", sa.Integer(), nullable=False),
        sa.Column("remark", sa.Text(), nullable=False),
        sa.Column("closed_at", MOMENT, nullable=True),
        sa.Column("closed_by_id", sa.Integer(), nullable=True),
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
        _points_to(SHEET, "closed_by_id", "core_person"),
        _points_to(SHEET, "customer_id", "core_customer"),
        _points_to(SHEET, "owner_id", "core_person"),
        _points_to(SHEET, "office_id", "core_office"),
        _points_to(SHEET, "shared_office_id", "core_office"),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{SHEET}")),
        sa.UniqueConstraint("number", name=op.f(f"uq_{SHEET}_number")),
        sa.UniqueConstraint("office_id", "day", name=op.f(f"uq_{SHEET}_office_id_day")),
    )
    _indexes(SHEET, "customer_id", "office_id", "opened_at", "owner_id", "shared_office_id", "state")
    op.create_index(f"ix_{SHEET}_list", SHEET, ["office_id", "id"])
    protect(SHEET, shared=True)


def _rows_of_sheets() -> None:
    _rows(
        LINE,
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("engineer", sa.String(length=80), nullable=False),
        sa.Column("dispatched_at", MOMENT, nullable=False),
        sa.Column("turned_in_at", MOMENT, nullable=True),
        sa.Column("result", sa.String(length=12), nullable=False),
        sa.Column("again", sa.String(length=24), nullable=False),
    )
    _rows(LEFT, sa.Column("reason", sa.Text(), nullable=False))


def _rows(table: str, *own: sa.Column[Any]) -> None:
    """Make a table of what stands on a sheet: which request, whose, and what is said of it."""
    op.create_table(
        table,
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("sheet_id", sa.Integer(), nullable=False),
        sa.Column("request_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.String(length=24), nullable=False),
        sa.Column("customer", sa.String(length=120), nullable=False),
        *own,
        sa.Column("office_id", sa.Integer(), nullable=False),
        _points_to(table, "sheet_id", SHEET),
        _points_to(table, "request_id", "fieldservice_request"),
        _points_to(table, "office_id", "core_office"),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
        sa.UniqueConstraint("sheet_id", "request_id", name=op.f(f"uq_{table}_sheet_id_request_id")),
    )
    _indexes(table, "office_id", "request_id")
    protect(table)


def _indexes(table: str, *columns: str) -> None:
    for name in columns:
        op.create_index(op.f(f"ix_{table}_{name}"), table, [name])


def _points_to(table: str, column: str, target: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{target}.id"], name=op.f(f"fk_{table}_{column}_{target}"))


def downgrade() -> None:
    for table in (LEFT, LINE, SHEET, "fieldservice_skill"):
        op.drop_table(table)
    for name in OFTEN_ASKED:
        op.drop_index(op.f(f"ix_fieldservice_request_{name}"), "fieldservice_request")
    with op.batch_alter_table("fieldservice_request") as batch_op:
        for name in ("district", "emergency", "planned_minutes", "planned_at"):
            batch_op.drop_column(name)
