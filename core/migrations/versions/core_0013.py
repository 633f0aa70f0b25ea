"""What plugins knew of a customer goes along when he moves to another office."""

import sqlalchemy as sa
from alembic import op

from core.row_security import protect

revision = "core_0013"
down_revision = "core_0012"
branch_labels = None
depends_on = None
ALONG = "core_customer_came_along"


def upgrade() -> None:
    op.create_table(
        ALONG,
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("customer_id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=60), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.Column("office_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["customer_id"], ["core_customer.id"], name=op.f(f"fk_{ALONG}_customer_id_core_customer")
        ),
        sa.ForeignKeyConstraint(
            ["office_id"], ["core_office.id"], name=op.f(f"fk_{ALONG}_office_id_core_office")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{ALONG}")),
    )
    op.create_index(op.f(f"ix_{ALONG}_customer_id"), ALONG, ["customer_id"])
    op.create_index(op.f(f"ix_{ALONG}_office_id"), ALONG, ["office_id"])
    protect(ALONG)


def downgrade() -> None:
    op.drop_table(ALONG)
