"""Who ticked a line of a hand-over; a list that was given up is followed by another one of its day."""

import sqlalchemy as sa
from alembic import op

from core.row_security import see_every_office

revision = "hotline_0012"
down_revision = "hotline_0011"
branch_labels = None
depends_on = None

LIST, LINE = "hotline_handover", "hotline_handover_line"
WAS = "uq_hotline_handover_office_id_day_occasion"
IS = "uq_hotline_handover_office_id_day_occasion_turn"
TICKED = "fk_hotline_handover_line_taker_saw_id_core_person"


def upgrade() -> None:
    with op.batch_alter_table(LIST) as batch_op:
        batch_op.add_column(sa.Column("turn", sa.Integer(), server_default="1", nullable=False))
        batch_op.drop_constraint(op.f(WAS), type_="unique")
        batch_op.create_unique_constraint(op.f(IS), ["office_id", "day", "occasion", "turn"])
    # Who ticked is not known of older lines: it stays empty, and what is open is ticked anew.
    with op.batch_alter_table(LINE) as batch_op:
        batch_op.add_column(sa.Column("taker_saw_id", sa.Integer(), nullable=True))
        batch_op.create_foreign_key(op.f(TICKED), "core_person", ["taker_saw_id"], ["id"])


def downgrade() -> None:
    with op.batch_alter_table(LINE) as batch_op:
        batch_op.drop_constraint(op.f(TICKED), type_="foreignkey")
        batch_op.drop_column("taker_saw_id")
    see_every_office()
    # Of several lists of one day the newest keeps its occasion; those that were given up before are told by their turn.
    op.execute(
        f"update {LIST} set occasion = occasion || '-' || turn where exists (select 1 from {LIST} as newer "
        f"where newer.office_id = {LIST}.office_id and newer.day = {LIST}.day "
        f"and newer.occasion = {LIST}.occasion and newer.turn > {LIST}.turn)"
    )
    with op.batch_alter_table(LIST) as batch_op:
        batch_op.drop_constraint(op.f(IS), type_="unique")
        batch_op.create_unique_constraint(op.f(WAS), ["office_id", "day", "occasion"])
        batch_op.drop_column("turn")
