"""Row-level security on PostgreSQL: the second wall between offices; SQLite has only the first (core.db)."""

from alembic import op

SEEN = "any ((select string_to_array(nullif(current_setting('app.offices', true), ''), ','))::int[])"


def protect(table: str, *, shared: bool = False) -> None:
    """Show the rows of a table to the offices in scope only; an office with which a row is shared just reads it."""
    if op.get_bind().dialect.name != "postgresql":
        return
    owned, lent = f"office_id = {SEEN}", f"shared_office_id = {SEEN}"
    op.execute(f"alter table {table} enable row level security")
    op.execute(f"alter table {table} force row level security")
    op.execute(f"create policy office_wall on {table} using ({owned}) with check ({owned})")
    if shared:
        op.execute(f"create policy office_window on {table} for select using ({lent})")
