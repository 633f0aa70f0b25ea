"""Settings of the installation, read from the environment (``KOUDAI_...``) and written out nowhere else."""

from __future__ import annotations

import datetime as dt
import os
import re
import secrets
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import Any

from sqlalchemy import URL, make_url
from sqlalchemy.exc import ArgumentError

from core.errors import KoudaiError
from core.i18n import _l

ENGINES = {
    "sqlite": "sqlite",
    "sqlite+pysqlite": "sqlite",
    "postgresql": "postgresql+psycopg",
    "postgresql+psycopg": "postgresql+psycopg",
}
LOCAL_ADDRESS = "http://127.0.0.1:8000"


def folder() -> Path:
    """Return the folder of the installation's own files: database, key, uploads (``KOUDAI_HOME``)."""
    return Path(os.environ.get("KOUDAI_HOME", "var")).resolve()


def settings() -> dict[str, Any]:
    """Return the settings as Flask wants them; the key that signs the sessions is made at the first start."""
    key = os.environ.get("KOUDAI_SECRET_KEY") or _kept_key(folder() / "secret-key")
    return {**settings_of_commands(), "SECRET_KEY": key}


def settings_of_commands() -> dict[str, Any]:
    """Return the settings of what serves no pages: its key is for nobody and is kept nowhere."""
    return {
        "SQLALCHEMY_DATABASE_URI": database_url(),
        # SQLite reads what it knows of its tables when a connection is opened.
        "SQLALCHEMY_ENGINE_OPTIONS": {"pool_recycle": 600},
        "KOUDAI_HOME": str(folder()),
        "SECRET_KEY": secrets.token_urlsafe(48),
        "URL": public_url(),
        "SAFE_MODE": os.environ.get("KOUDAI_SAFE_MODE", "") == "1",
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "SESSION_COOKIE_SECURE": os.environ.get("KOUDAI_HTTPS", "") == "1",
        # Behind a proxy everybody has its address, and twenty wrong passwords would close the door to all.
        "PROXIES": _proxies(),
        "PERMANENT_SESSION_LIFETIME": dt.timedelta(hours=12),
        # A form may lie open all day; its token ends with the session.
        "WTF_CSRF_TIME_LIMIT": None,
        "MAX_CONTENT_LENGTH": 20 * 1024 * 1024,
        "MAX_FORM_MEMORY_SIZE": 2 * 1024 * 1024,
        "BABEL_DEFAULT_LOCALE": "zh_Hans_CN",
    }


def database_url() -> str:
    """Return the address of the database (``KOUDAI_DATABASE``), by default a file in the home folder.

    A file is named by its whole path: whoever opens it would else look into a folder of his own.
    """
    given = os.environ.get("KOUDAI_DATABASE") or str(folder() / "koudai.db")
    url = _read_address(given)
    if url.drivername == "sqlite":
        url = url.set(database=str(Path(_file_of(url)).resolve()))
    return url.render_as_string(hide_password=False)


def database_file() -> Path | None:
    """Return the file of an SQLite database; None on PostgreSQL."""
    url = make_url(database_url())
    return Path(str(url.database)) if url.drivername == "sqlite" else None


def _read_address(given: str) -> URL:
    if "://" not in given:
        return URL.create("sqlite", database=given)
    try:
        url = make_url(given)
    except (ArgumentError, ValueError):
        # What stands there is not said: a password may be part of it.
        raise KoudaiError(
            _l(
                "KOUDAI_DATABASE is no address of a database. Write it like "
                "postgresql+psycopg://koudai:password@localhost:5432/koudai, or give the path of an SQLite file."
            )
        ) from None
    if url.drivername not in ENGINES:
        raise KoudaiError(
            _l(
                "KOUDAI_DATABASE: %(engine)s is not supported. Begin it with postgresql+psycopg:// "
                "or give the path of an SQLite file.",
                engine=url.drivername,
            )
        )
    return url.set(drivername=ENGINES[url.drivername])


def _file_of(url: URL) -> str:
    if not url.database or url.database == ":memory:" or url.query:
        raise KoudaiError(
            _l(
                "KOUDAI_DATABASE: a database in memory ends with the command that opened it. "
                "Give the path of an SQLite file, without “?…”."
            )
        )
    return url.database


def public_url() -> str:
    """Return under which address people reach the pages (``KOUDAI_URL``); empty when nobody says so."""
    given = os.environ.get("KOUDAI_URL", "").strip().rstrip("/")
    if given and not re.fullmatch(r"https?://[^\s/?#]+(/[^\s?#]*)?", given):
        raise KoudaiError(
            _l(
                "KOUDAI_URL is %(given)s. Write the address of the pages, like https://koudai.example.",
                given=given,
            )
        )
    return given


def _proxies() -> int:
    given = os.environ.get("KOUDAI_PROXIES", "").strip() or "0"
    if not re.fullmatch(r"[0-9]{1,2}", given):
        raise KoudaiError(
            _l(
                "KOUDAI_PROXIES is %(given)s. Give the number of proxies that stand before Koudai, like 1.",
                given=given,
            )
        )
    return int(given)


def _kept_key(path: Path) -> str:
    """Read the secret key of this installation, made once and readable by its owner only."""
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        # Written aside and linked whole: of two first starts one wins, and nobody reads half a key.
        with tempfile.NamedTemporaryFile("w", dir=path.parent, encoding="ascii") as made:
            made.write(secrets.token_urlsafe(48))
            made.flush()
            with suppress(FileExistsError):
                os.link(made.name, path)
    return path.read_text(encoding="ascii")
