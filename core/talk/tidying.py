"""Whether rows and bytes fit together: after a crash there may be bytes without a row, never the reverse."""

from __future__ import annotations

import hashlib
from pathlib import Path

from sqlalchemy import select

from core.db import db
from core.offices import all_offices
from core.talk import store
from core.talk.models import File


def forget_orphans() -> int:
    """Delete old bytes that no row of any office in sight names, and what was never received whole; count them."""
    return store.forget_aside() + sum(store.forget(one) for one in store.stored() if not _is_named(one))


def _is_named(sha256: str) -> bool:
    return db.session.scalar(select(File.id).where(File.sha256 == sha256).limit(1)) is not None


def spoilt() -> list[tuple[str, File]]:
    """Return the files whose bytes are missing or altered, each with the code of its office."""
    offices = all_offices()
    found = db.session.scalars(select(File).order_by(File.id))
    return [(offices[one.office_id].code, one) for one in found if not _is_whole(one)]


def _is_whole(one: File) -> bool:
    path: Path = store.path_of(one.sha256)
    if not path.exists():
        return False
    with path.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest() == one.sha256
