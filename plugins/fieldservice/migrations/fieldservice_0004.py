"""The visit with a phone in one hand: what a phone kept in a dead spot is done once."""

import sqlalchemy as sa
from alembic import op

import core.db
from core.row_security import protect

revision = "fieldservice_0004"
down_revision = "fieldservice_0002"
branch_labels = None
depends_on = None

MOMENT = core.db.UTCDateTime(timezone=True)


def upgrade() -> None:
    _deeds()


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


def downgrade() -> None:
    op.drop_table("fieldservice_deed")
