"""Messages that became calls: what they said, and what became of each."""

import sqlalchemy as sa
from alembic import op

import core.db
from core.row_security import protect

revision = "hotline_0009"
down_revision = "hotline_0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("hotline_call") as batch_op:
        batch_op.add_column(sa.Column("sender", sa.String(length=200), server_default="", nullable=False))
        batch_op.add_column(sa.Column("subject", sa.String(length=200), server_default="", nullable=False))
        batch_op.add_column(sa.Column("told", sa.Text(), server_default="", nullable=False))
        batch_op.add_column(sa.Column("received_on", sa.Date(), nullable=True))
    op.create_index("ix_hotline_call_sender", "hotline_call", ["office_id", "sender"])
    op.create_table(
        "hotline_mail",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("message_id", sa.String(length=200), nullable=False),
        sa.Column("sender", sa.String(length=240), nullable=False),
        sa.Column("subject", sa.String(length=200), nullable=False),
        sa.Column("read_at", core.db.UTCDateTime(timezone=True), nullable=False),
        sa.Column("fate", sa.String(length=10), nullable=False),
        sa.Column("why", sa.JSON(), nullable=True),
        sa.Column("call_id", sa.Integer(), nullable=True),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("raw", sa.LargeBinary(), nullable=True),
        sa.Column("ended_at", core.db.UTCDateTime(timezone=True), nullable=True),
        sa.Column("ended_by", sa.String(length=40), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("office_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["call_id"], ["hotline_call.id"], name=op.f("fk_hotline_mail_call_id_hotline_call")
        ),
        sa.ForeignKeyConstraint(
            ["office_id"], ["core_office.id"], name=op.f("fk_hotline_mail_office_id_core_office")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_hotline_mail")),
    )
    for columns in (["call_id"], ["office_id"]):
        op.create_index(op.f(f"ix_hotline_mail_{columns[0]}"), "hotline_mail", columns)
    op.create_index("ix_hotline_mail_list", "hotline_mail", ["office_id", "id"])
    op.create_index("ix_hotline_mail_fate", "hotline_mail", ["office_id", "fate"])
    protect("hotline_mail")


def downgrade() -> None:
    op.drop_table("hotline_mail")
    op.drop_index("ix_hotline_call_sender", "hotline_call")
    with op.batch_alter_table("hotline_call") as batch_op:
        for name in ("received_on", "told", "subject", "sender"):
            batch_op.drop_column(name)
