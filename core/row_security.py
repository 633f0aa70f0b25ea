"""Row-level security on PostgreSQL: the second wall between offices; SQLite has only the first (core.db)."""

from dataclasses import dataclass

from alembic import op
from alembic.autogenerate.api import AutogenContext
from alembic.autogenerate.render import renderers
from alembic.operations.ops import CreateTableOp, MigrateOperation, UpgradeOps

SEEN = "any ((select string_to_array(nullif(current_setting('app.offices', true), ''), ','))::int[])"


def protect(table: str, *, shared: bool = False) -> None:
    """Show the rows of a table to the offices in scope only; an office with which a row is shared just reads it."""
    if op.get_bind().dialect.name != "postgresql":
        return
    owned = f"office_id = {SEEN}"
    op.execute(f"alter table {table} enable row level security")
    op.execute(f"alter table {table} force row level security")
    op.execute(f"create policy office_wall on {table} using ({owned}) with check ({owned})")
    if shared:
        share(table)


def share(table: str) -> None:
    """Let the office with which a row is shared read it; the table is protected already."""
    if op.get_bind().dialect.name == "postgresql":
        lent = f"shared_office_id = {SEEN}"
        op.execute(f"create policy office_window on {table} for select using ({lent})")


def see_every_office() -> None:
    """Show a migration the rows of every office, until its transaction ends."""
    if op.get_bind().dialect.name == "postgresql":
        every = "select string_agg(id::text, ',') from core_office"
        op.execute(f"select set_config('app.offices', coalesce(({every}), ''), true)")


@dataclass
class ProtectOp(MigrateOperation):
    """The call of ``protect`` in a migration that is being written."""

    table: str
    shared: bool


@renderers.dispatch_for(ProtectOp)
def _written(context: AutogenContext, protecting: ProtectOp) -> str:
    context.imports.add("from core.row_security import protect")
    return f'protect("{protecting.table}"{", shared=True" if protecting.shared else ""})'


def protect_new_tables(upgrade: UpgradeOps) -> None:
    """Let a migration that is being written protect each new table whose rows belong to an office."""
    for new in [one for one in upgrade.ops if isinstance(one, CreateTableOp)]:
        columns = {getattr(one, "name", "") for one in new.columns}
        if "office_id" in columns:
            upgrade.ops.append(ProtectOp(new.table_name, "shared_office_id" in columns))
