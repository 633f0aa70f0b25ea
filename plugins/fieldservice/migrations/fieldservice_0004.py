"""The visit with a phone in one hand: what a phone kept is done once; help from the office; what was met and told."""

import sqlalchemy as sa
from alembic import op

import core.db
from core.row_security import protect

revision = "fieldservice_0004"
down_revision = "fieldservice_0003"
branch_labels = None
depends_on = None

FILES = ("stamp_id", "scan_id")
MOMENT = core.db.UTCDateTime(timezone=True)


def upgrade() -> None:
    _deeds()
    _support()
    _on_site()


def _on_site() -> None:
    with op.batch_alter_table("fieldservice_request") as batch_op:
        for name, length in (("met", 40), ("phone_outcome", 12)):
            batch_op.add_column(sa.Column(name, sa.String(length=length), server_default="", nullable=False))
        for name in ("not_shown", "other_problems", "refused_because", "planned_why"):
            batch_op.add_column(sa.Column(name, sa.Text(), server_default="", nullable=False))
        for name in ("looked_at", "phoned_at", "try_again_at"):
            batch_op.add_column(sa.Column(name, MOMENT, nullable=True))
        batch_op.add_column(sa.Column("charges", sa.JSON(), nullable=True))
        batch_op.add_column(sa.Column("planned_on", sa.Date(), nullable=True))
        batch_op.add_column(sa.Column("planned_place", sa.Integer(), nullable=True))
        batch_op.create_index("ix_fieldservice_request_signed", ["office_id", "signed_at"])
        for name in FILES:
            batch_op.add_column(sa.Column(name, sa.Integer(), nullable=True))
            batch_op.create_foreign_key(
                op.f(f"fk_fieldservice_request_{name}_core_file"), "core_file", [name], ["id"]
            )


def _support() -> None:
    table = "fieldservice_support"
    op.create_table(
        table,
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("request_id", sa.Integer(), nullable=False),
        sa.Column("question", sa.Text(), nullable=False),
        sa.Column("asked_at", MOMENT, nullable=False),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("answered_at", MOMENT, nullable=True),
        sa.Column("answered_by", sa.String(length=40), nullable=False),
        sa.Column("office_id", sa.Integer(), nullable=False),
        _points_to(table, "request_id", "fieldservice_request"),
        _points_to(table, "office_id", "core_office"),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
    )
    op.create_index(op.f(f"ix_{table}_office_id"), table, ["office_id"])
    op.create_index(f"ix_{table}_of", table, ["request_id", "id"])
    protect(table)


def _deeds() -> None:
    table = "fieldservice_deed"
    op.create_table(
        table,
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("mark", sa.String(length=80), nullable=False),
        sa.Column("asked", sa.String(length=64), nullable=False),
        sa.Column("number", sa.String(length=24), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("office_id", sa.Integer(), nullable=False),
        _points_to(table, "person_id", "core_person"),
        _points_to(table, "office_id", "core_office"),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
        sa.UniqueConstraint(
            "office_id", "person_id", "mark", name=op.f(f"uq_{table}_office_id_person_id_mark")
        ),
    )
    op.create_index(op.f(f"ix_{table}_office_id"), table, ["office_id"])
    protect(table)


def _points_to(table: str, column: str, target: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{target}.id"], name=op.f(f"fk_{table}_{column}_{target}"))


ADDED = (
    "met",
    "phone_outcome",
    "not_shown",
    "other_problems",
    "refused_because",
    "planned_why",
    "looked_at",
    "phoned_at",
    "try_again_at",
    "charges",
    "planned_on",
    "planned_place",
)


def downgrade() -> None:
    with op.batch_alter_table("fieldservice_request") as batch_op:
        batch_op.drop_index("ix_fieldservice_request_signed")
        for name in FILES:
            batch_op.drop_constraint(op.f(f"fk_fieldservice_request_{name}_core_file"), type_="foreignkey")
        for name in (*FILES, *ADDED):
            batch_op.drop_column(name)
    op.drop_table("fieldservice_support")
    op.drop_table("fieldservice_deed")
