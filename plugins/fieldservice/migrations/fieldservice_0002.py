"""Conferences, custody and escalations (QI/05), who goes along, and what the support manager took over."""

from typing import Any

import sqlalchemy as sa
from alembic import op

import core.db
from core.row_security import protect

revision = "fieldservice_0002"
down_revision = "fieldservice_0001"
branch_labels = None
depends_on = None

MOMENT = core.db.UTCDateTime(timezone=True)
INDEXED = ("customer_id", "office_id", "opened_at", "owner_id", "shared_office_id", "state")


def upgrade() -> None:
    _conferences()
    _custodies()
    _escalations()
    with op.batch_alter_table("fieldservice_request") as batch_op:
        batch_op.add_column(sa.Column("companion_id", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("why_other", sa.Text(), server_default="", nullable=False))
        batch_op.add_column(sa.Column("agreed", sa.Text(), server_default="", nullable=False))
        batch_op.add_column(sa.Column("reported_to", sa.String(length=80), server_default="", nullable=False))
        batch_op.add_column(sa.Column("taken_over_at", MOMENT, nullable=True))
        batch_op.create_foreign_key(
            op.f("fk_fieldservice_request_companion_id_core_person"), "core_person", ["companion_id"], ["id"]
        )


def _conferences() -> None:
    _cases(
        "fieldservice_conference",
        sa.Column("request_id", sa.Integer(), nullable=False),
        sa.Column("wish", sa.Text(), nullable=False),
        sa.Column("said", sa.Text(), nullable=False),
        sa.Column("outcome", sa.String(length=10), nullable=False),
        sa.Column("remedy", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
    )
    op.create_table(
        "fieldservice_seat",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("conference_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("office_id", sa.Integer(), nullable=False),
        _points_to("fieldservice_seat", "conference_id", "fieldservice_conference"),
        _points_to("fieldservice_seat", "person_id", "core_person"),
        _points_to("fieldservice_seat", "office_id", "core_office"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_fieldservice_seat")),
        sa.UniqueConstraint(
            "conference_id", "person_id", name=op.f("uq_fieldservice_seat_conference_id_person_id")
        ),
    )
    op.create_index(op.f("ix_fieldservice_seat_office_id"), "fieldservice_seat", ["office_id"])
    protect("fieldservice_seat")


def _custodies() -> None:
    _cases(
        "fieldservice_custody",
        sa.Column("request_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("media", sa.String(length=200), nullable=False),
        sa.Column("account_sets", sa.String(length=80), nullable=False),
        sa.Column("modules", sa.String(length=200), nullable=False),
        sa.Column("platform", sa.String(length=120), nullable=False),
        sa.Column("database", sa.String(length=80), nullable=False),
        sa.Column("packaging", sa.String(length=200), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("provided_by", sa.String(length=40), nullable=False),
        sa.Column("signature", sa.Text(), nullable=False),
        sa.Column("on_paper", sa.String(length=120), nullable=False),
        sa.Column("taken_at", MOMENT, nullable=True),
        sa.Column("received_at", MOMENT, nullable=True),
        sa.Column("holder_id", sa.Integer(), nullable=True),
        sa.Column("offered_to_id", sa.Integer(), nullable=True),
        sa.Column("place", sa.String(length=120), nullable=False),
        sa.Column("fate", sa.Text(), nullable=False),
        sa.Column("returned_to", sa.String(length=40), nullable=False),
        sa.Column("back_signature", sa.Text(), nullable=False),
        sa.Column("back_on_paper", sa.String(length=120), nullable=False),
        sa.Column("ended_at", MOMENT, nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        _points_to("fieldservice_custody", "holder_id", "core_person"),
        _points_to("fieldservice_custody", "offered_to_id", "core_person"),
    )
    for name in ("holder_id", "offered_to_id"):
        op.create_index(op.f(f"ix_fieldservice_custody_{name}"), "fieldservice_custody", [name])


def _escalations() -> None:
    _cases(
        "fieldservice_escalation",
        sa.Column("request_id", sa.Integer(), nullable=False),
        sa.Column("customer_name", sa.String(length=120), nullable=False),
        sa.Column("product", sa.String(length=200), nullable=False),
        sa.Column("engineer", sa.String(length=40), nullable=False),
        sa.Column("recipient", sa.String(length=80), nullable=False),
        sa.Column("way", sa.String(length=10), nullable=False),
        sa.Column("symptom", sa.Text(), nullable=False),
        sa.Column("tried", sa.Text(), nullable=False),
        sa.Column("data_version", sa.String(length=80), nullable=False),
        sa.Column("sent_at", MOMENT, nullable=True),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("fixed_in", sa.String(length=40), nullable=False),
        sa.Column("workaround", sa.Text(), nullable=False),
        sa.Column("answered_by", sa.String(length=40), nullable=False),
        sa.Column("answered_at", MOMENT, nullable=True),
        sa.Column("verified", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
    )
    op.create_table(
        "fieldservice_escalation_line",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("escalation_id", sa.Integer(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=True),
        sa.Column("whom", sa.String(length=12), nullable=False),
        sa.Column("said", sa.Text(), nullable=False),
        sa.Column("office_id", sa.Integer(), nullable=False),
        sa.Column("shared_office_id", sa.Integer(), nullable=True),
        _points_to("fieldservice_escalation_line", "escalation_id", "fieldservice_escalation"),
        _points_to("fieldservice_escalation_line", "by_id", "core_person"),
        _points_to("fieldservice_escalation_line", "office_id", "core_office"),
        _points_to("fieldservice_escalation_line", "shared_office_id", "core_office"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_fieldservice_escalation_line")),
    )
    for name in ("escalation_id", "office_id", "shared_office_id"):
        op.create_index(
            op.f(f"ix_fieldservice_escalation_line_{name}"), "fieldservice_escalation_line", [name]
        )
    protect("fieldservice_escalation_line", shared=True)


def _cases(table: str, *own: sa.Column[Any] | sa.ForeignKeyConstraint) -> None:
    """Make a table of cases about requests: its own columns, then those that every case has."""
    op.create_table(
        table,
        *own,
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
        _points_to(table, "request_id", "fieldservice_request"),
        _points_to(table, "customer_id", "core_customer"),
        _points_to(table, "owner_id", "core_person"),
        _points_to(table, "office_id", "core_office"),
        _points_to(table, "shared_office_id", "core_office"),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
        sa.UniqueConstraint("number", name=op.f(f"uq_{table}_number")),
    )
    for name in ("request_id", *INDEXED):
        op.create_index(op.f(f"ix_{table}_{name}"), table, [name])
    op.create_index(f"ix_{table}_list", table, ["office_id", "id"])
    protect(table, shared=True)


def _points_to(table: str, column: str, target: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{target}.id"], name=op.f(f"fk_{table}_{column}_{target}"))


def downgrade() -> None:
    with op.batch_alter_table("fieldservice_request") as batch_op:
        batch_op.drop_constraint(op.f("fk_fieldservice_request_companion_id_core_person"), type_="foreignkey")
        for name in ("taken_over_at", "reported_to", "agreed", "why_other", "companion_id"):
            batch_op.drop_column(name)
    for name in ("escalation_line", "escalation", "custody", "seat", "conference"):
        op.drop_table(f"fieldservice_{name}")
