"""Who took each call, beside whose it is by now."""

import sqlalchemy as sa
from alembic import op

from core.row_security import see_every_office

revision = "hotline_0010"
down_revision = "hotline_0003"
branch_labels = None
depends_on = None

TAKEN_BY = "fk_hotline_call_taken_by_id_core_person"
# Who took it wrote the first row of its owner; where calls were carried over there is none, and the first owner counts.
FIRST = """
    update hotline_call set taken_by_id = coalesce(
        (select taken.actor_id from core_ledger as taken
          where taken.procedure = 'hotline.call' and taken.subject_id = hotline_call.id
            and taken.kind = 'step' and taken.action in ('log', 'accept')
          order by taken.id limit 1),
        former_owner_id, owner_id)
"""


def upgrade() -> None:
    with op.batch_alter_table("hotline_call") as call:
        call.add_column(sa.Column("taken_by_id", sa.Integer(), nullable=True))
        call.create_foreign_key(op.f(TAKEN_BY), "core_person", ["taken_by_id"], ["id"])
    see_every_office()
    op.execute(FIRST)


def downgrade() -> None:
    with op.batch_alter_table("hotline_call") as call:
        call.drop_constraint(op.f(TAKEN_BY), type_="foreignkey")
        call.drop_column("taken_by_id")
