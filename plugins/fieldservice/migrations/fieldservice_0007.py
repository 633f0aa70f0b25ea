"""Two settings count days by the calendar now, and are called so; what an office set stays set."""

import sqlalchemy as sa
from alembic import op

revision = "fieldservice_0007"
down_revision = "fieldservice_0006"
branch_labels = None
depends_on = None
RENAMED = {
    f"fieldservice.{one}_working_days": f"fieldservice.{one}_days"
    for one in ("ask_head_office", "tell_customer")
}


def upgrade() -> None:
    for old, new in RENAMED.items():
        _rename(old, new)


def downgrade() -> None:
    for old, new in RENAMED.items():
        _rename(new, old)


def _rename(old: str, new: str) -> None:
    values = sa.table("core_parameter_value", sa.column("key"))
    op.execute(values.update().where(values.c.key == old).values(key=new))
