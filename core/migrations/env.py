"""The environment that core and every plugin share: a history sees only the tables named after its plugin."""

from alembic import context

from core.db import Base, reading_tables

plugin = context.config.attributes["plugin"]
connection = context.config.attributes["connection"]


def is_mine(name: str | None, kind: str) -> bool:
    return kind != "table" or bool(name and name.startswith(f"{plugin}_"))


context.configure(
    connection=connection,
    target_metadata=Base.metadata,
    render_as_batch=True,
    compare_type=True,
    version_table=f"alembic_version_{plugin}",
    transaction_per_migration=True,
    include_name=lambda name, kind, parents: is_mine(name, kind),
    include_object=lambda item, name, kind, reflected, compared: is_mine(name, kind),
)
with context.begin_transaction(), reading_tables():
    context.run_migrations()
