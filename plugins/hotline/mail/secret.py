"""The password of an office's mailbox: in the environment or in a file of its own, never in the database."""

from __future__ import annotations

import os
import stat
import tempfile
from pathlib import Path

from flask import current_app

from core.errors import KoudaiError
from core.i18n import _l

OTHERS = stat.S_IRWXG | stat.S_IRWXO
LONGEST = 500


def password_of(code: str) -> str:
    """Return the password of an office's mailbox; raise KoudaiError, naming the remedy, where there is none."""
    given = os.environ.get(f"KOUDAI_MAIL_PASSWORD_{code}")
    if given:
        return given
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


def keep_password(code: str, password: str) -> Path:
    """Keep a password where its owner alone can read it; whoever reads meanwhile reads a whole one."""
    if not password or len(password) > LONGEST or "\n" in password:
        raise KoudaiError(_l("A password is one line of 1 to %(longest)s characters.", longest=LONGEST))
    path = _path(code)
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    with tempfile.NamedTemporaryFile("w", dir=path.parent, encoding="utf-8", delete=False) as made:
        made.write(password)
    Path(made.name).replace(path)
    return path


def _path(code: str) -> Path:
    return Path(current_app.config["KOUDAI_HOME"]) / f"mail-password-{code}"
