"""The words by which everything is found, the filters that people keep, and how they want their lists."""

import sqlalchemy as sa
from alembic import op

import core.db
from core.row_security import protect

revision = "core_0005"
down_revision = "core_0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "core_saved_filter",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("listed", sa.String(length=60), nullable=False),
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("shared", sa.Boolean(), nullable=False),
        sa.Column("question", sa.JSON(), nullable=False),
        sa.Column("made_at", core.db.UTCDateTime(timezone=True), nullable=False),
        sa.Column("removed_at", core.db.UTCDateTime(timezone=True), nullable=True),
        sa.Column("office_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["office_id"], ["core_office.id"], name=op.f("fk_core_saved_filter_office_id_core_office")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["core_person.id"], name=op.f("fk_core_saved_filter_person_id_core_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_core_saved_filter")),
    )
    with op.batch_alter_table("core_saved_filter", schema=None) as batch_op:
        batch_op.create_index("ix_core_saved_filter_list", ["office_id", "listed", "person_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_core_saved_filter_office_id"), ["office_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_core_saved_filter_person_id"), ["person_id"], unique=False)

    op.create_table(
        "core_search_text",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=60), nullable=False),
        sa.Column("subject_id", sa.Integer(), nullable=False),
        sa.Column("customer_id", sa.Integer(), nullable=True),
        sa.Column("number", sa.String(length=24), nullable=False),
        sa.Column("title", sa.String(length=120), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("office_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["customer_id"], ["core_customer.id"], name=op.f("fk_core_search_text_customer_id_core_customer")
        ),
        sa.ForeignKeyConstraint(
            ["office_id"], ["core_office.id"], name=op.f("fk_core_search_text_office_id_core_office")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_core_search_text")),
        sa.UniqueConstraint("kind", "subject_id", name=op.f("uq_core_search_text_kind_subject_id")),
    )
    with op.batch_alter_table("core_search_text", schema=None) as batch_op:
        batch_op.create_index("ix_core_search_text_customer", ["customer_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_core_search_text_office_id"), ["office_id"], unique=False)

    op.create_table(
        "core_list_choice",
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("office_id", sa.Integer(), nullable=False),
        sa.Column("listed", sa.String(length=60), nullable=False),
        sa.Column("columns", sa.String(length=1000), nullable=False),
        sa.Column("default_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["default_id"],
            ["core_saved_filter.id"],
            name=op.f("fk_core_list_choice_default_id_core_saved_filter"),
        ),
        sa.ForeignKeyConstraint(
            ["office_id"], ["core_office.id"], name=op.f("fk_core_list_choice_office_id_core_office")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["core_person.id"], name=op.f("fk_core_list_choice_person_id_core_person")
        ),
        sa.PrimaryKeyConstraint("person_id", "office_id", "listed", name=op.f("pk_core_list_choice")),
    )
    op.create_table(
        "core_search_token",
        sa.Column("office_id", sa.Integer(), nullable=False),
        sa.Column(
            "token",
            sa.String(length=16).with_variant(sa.String(length=16, collation="C"), "postgresql"),
            nullable=False,
        ),
        sa.Column("text_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["office_id"], ["core_office.id"], name=op.f("fk_core_search_token_office_id_core_office")
        ),
        sa.PrimaryKeyConstraint("office_id", "token", "text_id", name=op.f("pk_core_search_token")),
        sqlite_with_rowid=False,
    )
    for table in ("core_saved_filter", "core_search_text", "core_list_choice", "core_search_token"):
        protect(table)


def downgrade() -> None:
    op.drop_table("core_search_token")
    op.drop_table("core_list_choice")
    with op.batch_alter_table("core_search_text", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_core_search_text_office_id"))
        batch_op.drop_index("ix_core_search_text_customer")

    op.drop_table("core_search_text")
    with op.batch_alter_table("core_saved_filter", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_core_saved_filter_person_id"))
        batch_op.drop_index(batch_op.f("ix_core_saved_filter_office_id"))
        batch_op.drop_index("ix_core_saved_filter_list")

    op.drop_table("core_saved_filter")
