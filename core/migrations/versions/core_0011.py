"""The newest texts of each kind are found without the others: whoever looks for a common word reads no more."""

from alembic import op

revision = "core_0011"
down_revision = "core_0010"
branch_labels = None
depends_on = None
NEWEST = "ix_core_search_text_newest"


def upgrade() -> None:
    op.create_index(NEWEST, "core_search_text", ["office_id", "kind", "id"])


def downgrade() -> None:
    op.drop_index(NEWEST, "core_search_text")
