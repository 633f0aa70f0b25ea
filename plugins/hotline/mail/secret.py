"""The password of an office's mailbox: in the environment or in a file of its own, never in the database.

It is kept with the mailbox for which it was given. Whoever may set parameters says where mail is fetched, and must
not have the password sent to a server of his own by it.
"""

from __future__ import annotations

import json
import os
import stat
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from flask import current_app

from core.errors import KoudaiError
from core.i18n import _l

OTHERS = stat.S_IRWXG | stat.S_IRWXO
LONGEST = 500


@dataclass(frozen=True, kw_only=True)
class Account:
    """The mailbox of an office, to which one password belongs."""

    office: str
    host: str
    port: int
    user: str


def password_of(account: Account) -> str:
    """Return the password that was given for a mailbox; raise KoudaiError, naming the remedy, where there is none."""
    kept = _read(os.environ.get(f"KOUDAI_MAIL_PASSWORD_{account.office}") or _told_by_file(account.office))
    password = kept.pop("password", None)
    if not isinstance(password, str) or kept != _named(account):
        raise KoudaiError(
            _l(
                "The password of the mailbox was not given for %(user)s at %(host)s:%(port)s: give it anew with "
                "“koudai mail password %(office)s”.",
                user=account.user,
                host=account.host,
                port=account.port,
                office=account.office,
            )
        )
    return password


def _named(account: Account) -> dict[str, Any]:
    return {"host": account.host, "port": account.port, "user": account.user}


def _read(text: str) -> dict[str, Any]:
    """Read what was kept; a bare password, which names no server, is no more than nothing."""
    try:
        kept = json.loads(text)
    except ValueError:
        return {}
    return kept if isinstance(kept, dict) else {}


def _told_by_file(code: str) -> str:
    path = _path(code)
    if not path.exists():
        raise KoudaiError(
            _l(
                "The password of the mailbox is not there: run “koudai mail password %(office)s”.",
                office=code,
            )
        )
    if path.stat().st_mode & OTHERS:
        raise KoudaiError(
            _l("Others may read the password of the mailbox: “chmod 600 %(file)s”.", file=path.name)
        )
    return path.read_text(encoding="utf-8")


def keep_password(account: Account, password: str) -> Path:
    """Keep a password where its owner alone can read it; whoever reads meanwhile reads a whole one."""
    if not password or len(password) > LONGEST or "\n" in password:
        raise KoudaiError(_l("A password is one line of 1 to %(longest)s characters.", longest=LONGEST))
    path = _path(account.office)
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    with tempfile.NamedTemporaryFile("w", dir=path.parent, encoding="utf-8", delete=False) as made:
        json.dump({**_named(account), "password": password}, made, ensure_ascii=False)
    Path(made.name).replace(path)
    return path


def _path(code: str) -> Path:
    return Path(current_app.config["KOUDAI_HOME"]) / f"mail-password-{code}"
