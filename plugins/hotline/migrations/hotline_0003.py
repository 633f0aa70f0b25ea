"""The life of a call in full: owners, demands, departments, abuse; what belongs together; password recoveries."""

import sqlalchemy as sa
from alembic import op

import core.db
from core.row_security import protect

revision = "hotline_0003"
down_revision = "hotline_0009"
branch_labels = None
depends_on = None

SHORT = {"handed_over_as": 12, "demanded_for": 12, "department": 60, "reached_by": 10, "passed_to": 60}
LONG = ("matter", "remark", "warning", "abuse")
MOMENTS = ("result_by", "warned_at")
FORMER_OWNER = "fk_hotline_call_former_owner_id_core_person"


def upgrade() -> None:
    with op.batch_alter_table("hotline_call") as call:
        for name, length in SHORT.items():
            call.add_column(sa.Column(name, sa.String(length=length), server_default="", nullable=False))
        for name in LONG:
            call.add_column(sa.Column(name, sa.Text(), server_default="", nullable=False))
        for name in MOMENTS:
            call.add_column(sa.Column(name, core.db.UTCDateTime(timezone=True), nullable=True))
        call.add_column(sa.Column("former_owner_id", sa.Integer(), nullable=True))
        call.create_foreign_key(op.f(FORMER_OWNER), "core_person", ["former_owner_id"], ["id"])
    _links()
    _recoveries()


def _links() -> None:
    op.create_table(
        "hotline_link",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("call_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("procedure", sa.String(length=60), nullable=False),
        sa.Column("number", sa.String(length=24), nullable=False),
        sa.Column("made_at", core.db.UTCDateTime(timezone=True), nullable=False),
        sa.Column("made_by_id", sa.Integer(), nullable=True),
        sa.Column("undone_at", core.db.UTCDateTime(timezone=True), nullable=True),
        sa.Column("office_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["call_id"], ["hotline_call.id"], name=op.f("fk_hotline_link_call_id_hotline_call")
        ),
        sa.ForeignKeyConstraint(
            ["made_by_id"], ["core_person.id"], name=op.f("fk_hotline_link_made_by_id_core_person")
        ),
        sa.ForeignKeyConstraint(
            ["office_id"], ["core_office.id"], name=op.f("fk_hotline_link_office_id_core_office")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_hotline_link")),
    )
    with op.batch_alter_table("hotline_link") as link:
        link.create_index(op.f("ix_hotline_link_call_id"), ["call_id"], unique=False)
        link.create_index(op.f("ix_hotline_link_office_id"), ["office_id"], unique=False)
        link.create_index("ix_hotline_link_other", ["procedure", "number"], unique=False)
    protect("hotline_link")


def _recoveries() -> None:
    op.create_table(
        "hotline_recovery",
        sa.Column("call_id", sa.Integer(), nullable=False),
        sa.Column("contact", sa.String(length=40), nullable=False),
        sa.Column("phone", sa.String(length=40), nullable=False),
        sa.Column("password_of", sa.String(length=120), nullable=False),
        sa.Column("asked", sa.Text(), nullable=False),
        sa.Column("certificate_id", sa.Integer(), nullable=True),
        sa.Column("backup_id", sa.Integer(), nullable=True),
        sa.Column("brought_by", sa.String(length=60), nullable=False),
        sa.Column("remedy", sa.Text(), nullable=False),
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
        *(_points(name, to) for name, to in POINTS.items()),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_hotline_recovery")),
        sa.UniqueConstraint("call_id", name=op.f("uq_hotline_recovery_call_id")),
        sa.UniqueConstraint("number", name=op.f("uq_hotline_recovery_number")),
    )
    with op.batch_alter_table("hotline_recovery") as one:
        one.create_index("ix_hotline_recovery_list", ["office_id", "id"], unique=False)
        for name in ("customer_id", "office_id", "opened_at", "owner_id", "shared_office_id", "state"):
            one.create_index(op.f(f"ix_hotline_recovery_{name}"), [name], unique=False)
    protect("hotline_recovery", shared=True)


POINTS = {
    "call_id": "hotline_call",
    "certificate_id": "core_file",
    "backup_id": "core_file",
    "customer_id": "core_customer",
    "owner_id": "core_person",
    "office_id": "core_office",
    "shared_office_id": "core_office",
}


def _points(name: str, to: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([name], [f"{to}.id"], name=op.f(f"fk_hotline_recovery_{name}_{to}"))


def downgrade() -> None:
    op.drop_table("hotline_recovery")
    op.drop_table("hotline_link")
    with op.batch_alter_table("hotline_call") as call:
        call.drop_constraint(op.f(FORMER_OWNER), type_="foreignkey")
        for name in ("former_owner_id", *MOMENTS, *LONG, *SHORT):
            call.drop_column(name)
