"""Where the bytes of files lie: under their SHA-256 in the home folder, never under a name that somebody typed."""

from __future__ import annotations

import hashlib
import os
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from flask import current_app

from core.talk.kinds import BEGINNING

PIECE = 256 * 1024
# Longer than any request takes: a younger file may belong to a row that is being written.
YOUNG_SECONDS = 24 * 3600


@dataclass(frozen=True)
class Received:
    """Bytes that lie aside, not yet kept: how many, their SHA-256 and how they begin."""

    path: Path
    size: int
    sha256: str
    head: bytes


def folder() -> Path:
    """Return the folder of the files, made when it is not there; no page serves it."""
    found = Path(current_app.config["KOUDAI_HOME"]) / "files"
    found.mkdir(parents=True, exist_ok=True, mode=0o700)
    return found


def path_of(sha256: str) -> Path:
    """Return where bytes lie that have this SHA-256."""
    return folder() / sha256[:2] / sha256


@contextmanager
def received(stream: IO[bytes], most: int) -> Iterator[Received]:
    """Put what is sent aside while it is looked at, at most one byte more than ``most``; afterwards it is gone."""
    with tempfile.NamedTemporaryFile(dir=folder(), prefix="in-", delete=False) as aside:
        digest, size, head = hashlib.sha256(), 0, b""
        try:
            while size <= most and (piece := stream.read(min(PIECE, most + 1 - size))):
                aside.write(piece)
                digest.update(piece)
                size, head = size + len(piece), head or piece[:BEGINNING]
            aside.flush()
            os.fsync(aside.fileno())
            yield Received(Path(aside.name), size, digest.hexdigest(), head)
        finally:
            Path(aside.name).unlink(missing_ok=True)


def keep(found: Received) -> None:
    """Move bytes to where they stay; the same bytes lie there once, and are young again."""
    place = path_of(found.sha256)
    place.parent.mkdir(exist_ok=True, mode=0o700)
    found.path.replace(place)


def stored() -> Iterator[str]:
    """Yield the SHA-256 of everything that lies there."""
    for place in sorted(folder().glob("[0-9a-f][0-9a-f]/*")):
        if len(place.name) == hashlib.sha256().digest_size * 2:
            yield place.name


def forget(sha256: str) -> bool:
    """Delete bytes that nobody's row names, unless they came lately; say whether they are gone.

    They are moved aside first: whoever sends the same bytes at this moment puts them in their place anew.
    """
    place, aside = path_of(sha256), folder() / f"out-{sha256}"
    if not _is_old(place):
        return False
    place.rename(aside)
    if not _is_old(aside):
        aside.replace(place)
        return False
    aside.unlink()
    return True


def forget_aside() -> int:
    """Delete what was being received when a server died; return how many that were."""
    old = [one for one in folder().glob("in-*") if _is_old(one)]
    for one in old:
        one.unlink(missing_ok=True)
    return len(old)


def _is_old(path: Path) -> bool:
    # What the file system says is compared with what it would say now.
    return path.stat().st_mtime < time.time() - YOUNG_SECONDS
