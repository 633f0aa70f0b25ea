"""Settings of the installation, read from the environment (``KOUDAI_...``) and written out nowhere else."""

from __future__ import annotations

import datetime as dt
import os
import secrets
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import Any


def folder() -> Path:
    """Return the folder of the installation's own files: database, key, uploads (``KOUDAI_HOME``)."""
    return Path(os.environ.get("KOUDAI_HOME", "var")).resolve()


def settings() -> dict[str, Any]:
    """Return the settings as Flask wants them."""
    home = folder()
    return {
        "SQLALCHEMY_DATABASE_URI": database_url(),
        "SECRET_KEY": os.environ.get("KOUDAI_SECRET_KEY") or _kept_key(home / "secret-key"),
        "COMPANY": os.environ.get("KOUDAI_COMPANY", "口袋软件"),
        "DOCUMENT_PREFIX": os.environ.get("KOUDAI_DOCUMENT_PREFIX", "UFS/"),
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "SESSION_COOKIE_SECURE": os.environ.get("KOUDAI_HTTPS", "") == "1",
        # Behind a proxy everybody has its address, and twenty wrong passwords would close the door to all.
        "PROXIES": int(os.environ.get("KOUDAI_PROXIES") or 0),
        "PERMANENT_SESSION_LIFETIME": dt.timedelta(hours=12),
        # A form may lie open all day; its token ends with the session.
        "WTF_CSRF_TIME_LIMIT": None,
        "MAX_CONTENT_LENGTH": 20 * 1024 * 1024,
        "MAX_FORM_MEMORY_SIZE": 2 * 1024 * 1024,
        "BABEL_DEFAULT_LOCALE": "zh_Hans_CN",
    }


def database_url() -> str:
    """Return the address of the database (``KOUDAI_DATABASE``), by default a file in the home folder."""
    return os.environ.get("KOUDAI_DATABASE") or f"sqlite:///{folder() / 'koudai.db'}"


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
