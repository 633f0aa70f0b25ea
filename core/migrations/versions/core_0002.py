"""Tokens for the API, and what was asked under which key."""

import sqlalchemy as sa
from alembic import op

import core.db
from core.row_security import protect

revision = "core_0002"
down_revision = "core_0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "core_api_token",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("office_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("reach", sa.JSON(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("made_at", core.db.UTCDateTime(timezone=True), nullable=False),
        sa.Column("expires_at", core.db.UTCDateTime(timezone=True), nullable=False),
        sa.Column("revoked_at", core.db.UTCDateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["office_id"], ["core_office.id"], name=op.f("fk_core_api_token_office_id_core_office")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["core_person.id"], name=op.f("fk_core_api_token_person_id_core_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_core_api_token")),
        sa.UniqueConstraint("digest", name=op.f("uq_core_api_token_digest")),
    )
    with op.batch_alter_table("core_api_token", schema=None) as batch_op:
        batch_op.create_index("ix_core_api_token_person", ["person_id", "id"], unique=False)

    op.create_table(
        "core_api_replay",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("token_id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=80), nullable=False),
        sa.Column("asked", sa.String(length=64), nullable=False),
        sa.Column("subject_id", sa.Integer(), nullable=False),
        sa.Column("at", core.db.UTCDateTime(timezone=True), nullable=False),
        sa.Column("office_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["office_id"], ["core_office.id"], name=op.f("fk_core_api_replay_office_id_core_office")
        ),
        sa.ForeignKeyConstraint(
            ["token_id"], ["core_api_token.id"], name=op.f("fk_core_api_replay_token_id_core_api_token")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_core_api_replay")),
        sa.UniqueConstraint("token_id", "key", name=op.f("uq_core_api_replay_token_id_key")),
    )
    with op.batch_alter_table("core_api_replay", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_core_api_replay_office_id"), ["office_id"], unique=False)
    protect("core_api_replay")


def downgrade() -> None:
    with op.batch_alter_table("core_api_replay", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_core_api_replay_office_id"))

    op.drop_table("core_api_replay")
    with op.batch_alter_table("core_api_token", schema=None) as batch_op:
        batch_op.drop_index("ix_core_api_token_person")

    op.drop_table("core_api_token")
