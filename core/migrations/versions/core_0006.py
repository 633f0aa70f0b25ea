"""Notes, files, and the notices of a person."""

import sqlalchemy as sa
from alembic import op

import core.db
from core.row_security import protect

revision = "core_0006"
down_revision = "core_0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "core_file",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("procedure", sa.String(length=60), nullable=False),
        sa.Column("subject_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.String(length=24), nullable=False),
        sa.Column("customer_id", sa.Integer(), nullable=True),
        sa.Column("name", sa.String(length=160), nullable=False),
        sa.Column("media_type", sa.String(length=80), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("giver_id", sa.Integer(), nullable=False),
        sa.Column("giver", sa.String(length=40), nullable=False),
        sa.Column("given_at", core.db.UTCDateTime(timezone=True), nullable=False),
        sa.Column("removed_at", core.db.UTCDateTime(timezone=True), nullable=True),
        sa.Column("remover_id", sa.Integer(), nullable=True),
        sa.Column("remover", sa.String(length=40), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("office_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["giver_id"], ["core_person.id"], name=op.f("fk_core_file_giver_id_core_person")
        ),
        sa.ForeignKeyConstraint(
            ["office_id"], ["core_office.id"], name=op.f("fk_core_file_office_id_core_office")
        ),
        sa.ForeignKeyConstraint(
            ["remover_id"], ["core_person.id"], name=op.f("fk_core_file_remover_id_core_person")
        ),
        sa.ForeignKeyConstraint(
            ["customer_id"], ["core_customer.id"], name=op.f("fk_core_file_customer_id_core_customer")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_core_file")),
    )
    with op.batch_alter_table("core_file", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_core_file_customer_id"), ["customer_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_core_file_office_id"), ["office_id"], unique=False)
        batch_op.create_index("ix_core_file_sha256", ["sha256"], unique=False)
        batch_op.create_index("ix_core_file_subject", ["procedure", "subject_id", "id"], unique=False)
    protect("core_file")

    op.create_table(
        "core_note",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("procedure", sa.String(length=60), nullable=False),
        sa.Column("subject_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.String(length=24), nullable=False),
        sa.Column("customer_id", sa.Integer(), nullable=True),
        sa.Column("author_id", sa.Integer(), nullable=False),
        sa.Column("author", sa.String(length=40), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("mentions", sa.JSON(), nullable=False),
        sa.Column("written_at", core.db.UTCDateTime(timezone=True), nullable=False),
        sa.Column("corrected_at", core.db.UTCDateTime(timezone=True), nullable=True),
        sa.Column("taken_back_at", core.db.UTCDateTime(timezone=True), nullable=True),
        sa.Column("office_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["author_id"], ["core_person.id"], name=op.f("fk_core_note_author_id_core_person")
        ),
        sa.ForeignKeyConstraint(
            ["office_id"], ["core_office.id"], name=op.f("fk_core_note_office_id_core_office")
        ),
        sa.ForeignKeyConstraint(
            ["customer_id"], ["core_customer.id"], name=op.f("fk_core_note_customer_id_core_customer")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_core_note")),
    )
    with op.batch_alter_table("core_note", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_core_note_customer_id"), ["customer_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_core_note_office_id"), ["office_id"], unique=False)
        batch_op.create_index("ix_core_note_subject", ["procedure", "subject_id", "id"], unique=False)
    protect("core_note")

    op.create_table(
        "core_notice_choice",
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("wanted", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["core_person.id"], name=op.f("fk_core_notice_choice_person_id_core_person")
        ),
        sa.PrimaryKeyConstraint("person_id", "kind", name=op.f("pk_core_notice_choice")),
    )
    op.create_table(
        "core_notice",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("office_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("procedure", sa.String(length=60), nullable=False),
        sa.Column("subject_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.String(length=24), nullable=False),
        sa.Column("step", sa.String(length=60), nullable=False),
        sa.Column("note_id", sa.Integer(), nullable=True),
        sa.Column("sentence", sa.JSON(), nullable=True),
        sa.Column("actor", sa.String(length=40), nullable=False),
        sa.Column("at", core.db.UTCDateTime(timezone=True), nullable=False),
        sa.Column("read_at", core.db.UTCDateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["note_id"], ["core_note.id"], name=op.f("fk_core_notice_note_id_core_note")),
        sa.ForeignKeyConstraint(
            ["office_id"], ["core_office.id"], name=op.f("fk_core_notice_office_id_core_office")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["core_person.id"], name=op.f("fk_core_notice_person_id_core_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_core_notice")),
    )
    with op.batch_alter_table("core_notice", schema=None) as batch_op:
        batch_op.create_index("ix_core_notice_person", ["person_id", "id"], unique=False)
        batch_op.create_index("ix_core_notice_unread", ["person_id", "read_at"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("core_notice", schema=None) as batch_op:
        batch_op.drop_index("ix_core_notice_unread")
        batch_op.drop_index("ix_core_notice_person")

    op.drop_table("core_notice")
    op.drop_table("core_notice_choice")
    with op.batch_alter_table("core_note", schema=None) as batch_op:
        batch_op.drop_index("ix_core_note_subject")
        batch_op.drop_index(batch_op.f("ix_core_note_office_id"))
        batch_op.drop_index(batch_op.f("ix_core_note_customer_id"))

    op.drop_table("core_note")
    with op.batch_alter_table("core_file", schema=None) as batch_op:
        batch_op.drop_index("ix_core_file_subject")
        batch_op.drop_index("ix_core_file_sha256")
        batch_op.drop_index(batch_op.f("ix_core_file_office_id"))
        batch_op.drop_index(batch_op.f("ix_core_file_customer_id"))

    op.drop_table("core_file")
