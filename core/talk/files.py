"""Files about a case or a customer: the bytes are kept first, then the row that names them."""

from __future__ import annotations

import logging
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from typing import IO

from sqlalchemy import select

from core import clock
from core.db import db
from core.errors import Invalid, NotFound
from core.i18n import Sentence, _l
from core.people import Actor
from core.rules import Rules
from core.talk import store
from core.talk.kinds import KINDS, kind_of
from core.talk.models import File
from core.talk.topics import Topic, record, taking_part

log = logging.getLogger(__name__)
LONGEST_NAME = 160
BRIEF = 40
LONGEST_REASON = 500
MOST_AT_ONCE = 20
MEGABYTE = 1024 * 1024
MOST = 200


@dataclass(frozen=True)
class Sent:
    """One file as a browser or a message sends it."""

    name: str
    stream: IO[bytes]


@dataclass(frozen=True, kw_only=True)
class Kept:
    """One file that may be kept: its bytes lie where they stay, its row is still to be written."""

    name: str
    media_type: str
    size: int
    sha256: str


def of_topic(topic: Topic) -> list[File]:
    """Return the newest files, the newest first, at most 200; those that were removed too."""
    query = select(File).where(topic.has(File)).order_by(File.id.desc())
    return list(db.session.scalars(query.limit(MOST)))


def limit(topic: Topic) -> int:
    """Return how many megabytes a file may have in this office."""
    return megabytes_allowed(topic.rules)


def megabytes_allowed(rules: Rules) -> int:
    """Return how many megabytes a file may have in an office."""
    return int(rules.parameter("core.file_megabytes"))


def attach(topic: Topic, sent: Sequence[Sent], actor: Actor) -> tuple[list[File], list[Sentence]]:
    """Keep what may be kept; return the files, and why each of the others was refused."""
    if not sent:
        return [], [_l("Choose a file first.")]
    if len(sent) > MOST_AT_ONCE:
        return [], [_l("At most %(most)s files at once.", most=MOST_AT_ONCE)]
    kept, refused = keep(topic.rules, sent)
    if not kept:
        return [], refused
    with taking_part(topic) as topic:
        return add(topic, kept, actor), refused


def keep(rules: Rules, sent: Sequence[Sent]) -> tuple[list[Kept], list[Sentence]]:
    """Keep the bytes of what may be kept, outside of any transaction; say why each of the others was refused."""
    kept: list[Kept] = []
    refused: list[Sentence] = []
    for one in sent:
        try:
            kept.append(_kept(one, megabytes_allowed(rules)))
        except Invalid as error:
            refused.append(error.sentence)
        except OSError:
            log.exception("a file could not be kept")
            refused.append(
                _l("%(name)s could not be stored. Tell the administrator.", name=clean_name(one.name))
            )
    return kept, refused


def _kept(sent: Sent, most: int) -> Kept:
    """Check a file of at most so many megabytes, and keep its bytes."""
    full = clean_name(sent.name)
    kind, name = kind_of(full), brief(full)
    if kind is None:
        known = ", ".join(KINDS)
        raise Invalid(
            "files", _l("%(name)s: this kind is not taken. Taken are: %(known)s.", name=name, known=known)
        )
    with store.received(sent.stream, most * MEGABYTE) as found:
        if not found.size:
            raise Invalid("files", _l("%(name)s is empty.", name=name))
        if found.size > most * MEGABYTE:
            raise Invalid("files", _l("%(name)s is larger than %(most)s MB.", name=name, most=most))
        if not kind.fits(found.head, found.path):
            raise Invalid(
                "files",
                _l(
                    "%(name)s is not what its name says. Save it anew, or give it its right ending.",
                    name=name,
                ),
            )
        store.keep(found)
    return Kept(name=full, media_type=kind.media_type, size=found.size, sha256=found.sha256)


def add(topic: Topic, kept: Sequence[Kept], actor: Actor) -> list[File]:
    """Write the rows of files whose bytes are kept, inside the write transaction; a machine may be who gives them."""
    signed = {"giver_id": actor.person_id, "giver": actor.name, "given_at": clock.now()}
    files = [File(**topic.place, **vars(one), **signed) for one in kept]
    db.session.add_all(files)
    db.session.flush()
    for one in files:
        _record(topic, one, "attach", actor)
    return files


def clean_name(given: str) -> str:
    """Return the last part of a name without what nobody sees in it, short enough to keep; the ending stays."""
    last = unicodedata.normalize("NFC", given).replace("\\", "/").rpartition("/")[2]
    # Control marks break headers, and invisible ones make exe.txt look like txt.exe.
    plain = " ".join("".join(one if _is_seen(one) else " " for one in last).split()).strip(". ")
    stem, dot, ending = plain.rpartition(".")
    if not dot:
        return plain[:LONGEST_NAME]
    return f"{stem[: LONGEST_NAME - 1 - len(ending[:20])]}.{ending[:20]}"


def brief(name: str) -> str:
    """Return a name short enough for a message; its ending stays."""
    return name if len(name) <= BRIEF else f"{name[: BRIEF - 13]}…{name[-12:]}"


def _is_seen(mark: str) -> bool:
    return unicodedata.category(mark)[0] != "C"


def find(topic: Topic, file_id: int) -> File:
    """Find a file that was not removed; NotFound for one of another case."""
    query = select(File).where(File.id == file_id, topic.has(File), File.removed_at.is_(None))
    found = db.session.scalars(query).one_or_none()
    if found is None:
        raise NotFound(_l("There is no such file here."))
    return found


def remove(topic: Topic, file_id: int, reason: str, actor: Actor) -> File:
    """Take a file away, with a reason; its line stays to be seen, its bytes do not, until it is put back."""
    why = " ".join(reason.split())
    if not 1 <= len(why) <= LONGEST_REASON:
        raise Invalid("reason", _l("Say in a few words why the file is removed."))
    with taking_part(topic) as topic:
        found = _locked(topic, file_id)
        if found.removed_at is None:
            found.removed_at, found.remover_id = clock.now(), actor.person_id
            found.remover, found.reason = actor.name, why
            _record(topic, found, "remove", actor)
    return found


def put_back(topic: Topic, file_id: int, actor: Actor) -> File:
    """Put a removed file back; only who removed it may, or who attached it: it may have been removed as a secret."""
    with taking_part(topic) as topic:
        found = _locked(topic, file_id)
        if found.removed_at is not None:
            if not may_put_back(found, actor):
                raise NotFound(_l("There is no such file here."))
            found.removed_at = found.remover_id = None
            found.remover = found.reason = ""
            _record(topic, found, "put_back", actor)
    return found


def may_put_back(found: File, actor: Actor) -> bool:
    """Say whether somebody may put a removed file back."""
    return actor.person_id in (found.remover_id, found.giver_id)


def _locked(topic: Topic, file_id: int) -> File:
    query = select(File).where(File.id == file_id, topic.has(File)).with_for_update()
    found = db.session.scalars(query).one_or_none()
    if found is None:
        raise NotFound(_l("There is no such file here."))
    return found


def _record(topic: Topic, one: File, action: str, actor: Actor) -> None:
    record(topic, "file", action, actor, {"file": one.id, "sha256": one.sha256})
