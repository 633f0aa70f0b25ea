"""Upgrade an empty database of each kind to the newest migration and compare it with the models."""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

from core.testing_databases import postgres_server, run_id, sqlite_url

KOUDAI = Path(sys.executable).with_name("koudai")


def check(database: str, home: str) -> bool:
    """Say whether the migrations of core and of every plugin make what their models say."""
    settings = {**os.environ, "KOUDAI_DATABASE": database, "KOUDAI_HOME": home}
    print(f"== {database.split(':')[0]}", flush=True)
    return all(
        subprocess.run([KOUDAI, "db", verb], env=settings, check=False).returncode == 0
        for verb in ("upgrade", "check")
    )


def main() -> int:
    """Check SQLite, then PostgreSQL."""
    server, name = postgres_server(), f"db_check_{run_id()}"
    with tempfile.TemporaryDirectory() as home:
        outcomes = [
            check(sqlite_url(Path(home) / "koudai.db"), home),
            check(server.create_database(name), home),
        ]
    server.drop_database(name)
    return 0 if all(outcomes) else 1


if __name__ == "__main__":
    sys.exit(main())
