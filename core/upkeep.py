"""What a database wants for itself: SQLite knows its tables only as well as when it was last told to look at them."""

from __future__ import annotations

from sqlalchemy import text

from core.db import db, writing

# Rows read of each index: enough to know which one leads to few rows, and the same on a table of millions.
SAMPLE = 1000


def look_at_tables() -> None:
    """Let SQLite look at its tables: of two indexes it takes the wrong one when they have grown since.

    PostgreSQL does so by itself. Connections that are open go by what they knew: they are renewed now and then.
    """
    if db.session.get_bind().dialect.name != "sqlite":
        return
    with writing():
        db.session.execute(text(f"pragma analysis_limit={SAMPLE}"))
        db.session.execute(text("analyze"))
