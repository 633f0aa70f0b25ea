"""Notes and files may come from a machine: incoming mail is nobody of the staff."""

import sqlalchemy as sa
from alembic import op

revision = "core_0010"
down_revision = "core_0009"
branch_labels = None
depends_on = None
GIVERS = (("core_note", "author_id"), ("core_file", "giver_id"))


def upgrade() -> None:
    for table, column in GIVERS:
        with op.batch_alter_table(table) as batch_op:
            batch_op.alter_column(column, existing_type=sa.Integer(), nullable=True)


def downgrade() -> None:
    # What no person gave can stand in the older table under no name.
    op.execute("delete from core_notice where note_id in (select id from core_note where author_id is null)")
    for table, column in GIVERS:
        op.execute(f"delete from {table} where {column} is null")
        with op.batch_alter_table(table) as batch_op:
            batch_op.alter_column(column, existing_type=sa.Integer(), nullable=False)
