"""What was printed: the first print of each form and version, and its copies; the ledger is found by time."""

import sqlalchemy as sa
from alembic import op

import core.db
from core.row_security import protect

revision = "core_0003"
down_revision = "core_0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "core_print",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("procedure", sa.String(length=60), nullable=False),
        sa.Column("subject_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.String(length=24), nullable=False),
        sa.Column("record", sa.String(length=24), nullable=False),
        sa.Column("edition", sa.String(length=200), nullable=False),
        sa.Column("case_version", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=30), nullable=False),
        sa.Column("pdf", sa.LargeBinary(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("printed_at", core.db.UTCDateTime(timezone=True), nullable=False),
        sa.Column("printed_by", sa.String(length=40), nullable=False),
        sa.Column("printed_by_id", sa.Integer(), nullable=True),
        sa.Column("office_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["office_id"], ["core_office.id"], name=op.f("fk_core_print_office_id_core_office")
        ),
        sa.ForeignKeyConstraint(
            ["printed_by_id"], ["core_person.id"], name=op.f("fk_core_print_printed_by_id_core_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_core_print")),
        sa.UniqueConstraint(
            "procedure",
            "subject_id",
            "record",
            "case_version",
            name=op.f("uq_core_print_procedure_subject_id_record_case_version"),
        ),
    )
    with op.batch_alter_table("core_print", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_core_print_office_id"), ["office_id"], unique=False)

    op.create_table(
        "core_print_copy",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("print_id", sa.Integer(), nullable=False),
        sa.Column("copy", sa.Integer(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("copied_at", core.db.UTCDateTime(timezone=True), nullable=False),
        sa.Column("copied_by", sa.String(length=40), nullable=False),
        sa.Column("copied_by_id", sa.Integer(), nullable=True),
        sa.Column("office_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["copied_by_id"], ["core_person.id"], name=op.f("fk_core_print_copy_copied_by_id_core_person")
        ),
        sa.ForeignKeyConstraint(
            ["office_id"], ["core_office.id"], name=op.f("fk_core_print_copy_office_id_core_office")
        ),
        sa.ForeignKeyConstraint(
            ["print_id"], ["core_print.id"], name=op.f("fk_core_print_copy_print_id_core_print")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_core_print_copy")),
        sa.UniqueConstraint("print_id", "copy", name=op.f("uq_core_print_copy_print_id_copy")),
    )
    with op.batch_alter_table("core_print_copy", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_core_print_copy_office_id"), ["office_id"], unique=False)

    with op.batch_alter_table("core_ledger", schema=None) as batch_op:
        batch_op.create_index("ix_core_ledger_at", ["office_id", "at"], unique=False)

    for table in ("core_print", "core_print_copy"):
        protect(table)


def downgrade() -> None:
    with op.batch_alter_table("core_ledger", schema=None) as batch_op:
        batch_op.drop_index("ix_core_ledger_at")

    op.drop_table("core_print_copy")
    op.drop_table("core_print")
