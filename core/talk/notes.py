"""Notes about a case or a customer: written, corrected, taken back and restored by their author alone."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable

from sqlalchemy import select

from core import clock
from core.db import db
from core.errors import Invalid, NotFound
from core.i18n import _l
from core.people import Actor
from core.talk import notices
from core.talk.mentions import Mentions, mentions_in
from core.talk.models import Note
from core.talk.topics import Topic, readers, record, taking_part

LONGEST = 4000
MOST = 200
CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")


def of_topic(topic: Topic) -> list[Note]:
    """Return the newest notes, the newest first, at most 200; those that were taken back too."""
    query = select(Note).where(topic.has(Note)).order_by(Note.id.desc())
    return list(db.session.scalars(query.limit(MOST)))


def write(topic: Topic, text: str, actor: Actor) -> Mentions:
    """Write a note and tell whom it mentions, in one transaction; the case and its version stay as they are."""
    words, mentions = _understood(topic, text)
    with taking_part(topic) as topic:
        note = Note(
            **topic.place,
            author_id=actor.person_id,
            author=actor.name,
            text=words,
            mentions=mentions.named,
            written_at=clock.now(),
        )
        db.session.add(note)
        _tell(topic, note, mentions.named.values(), actor)
        _record(topic, note, "write", actor)
    return mentions


def leave(topic: Topic, text: str, actor: Actor, tells: Iterable[int] = ()) -> Note:
    """Leave a note inside the write transaction, as a machine does: cut where it is too long, no @word read in it.

    ``tells`` are the people who hear of it.
    """
    words = CONTROL.sub("", text.replace("\r\n", "\n").replace("\r", "\n")).strip()
    cut = words if len(words) <= LONGEST else f"{words[: LONGEST - 1]}…"
    note = Note(
        **topic.place,
        author_id=actor.person_id,
        author=actor.name,
        text=cut,
        mentions={},
        written_at=clock.now(),
    )
    db.session.add(note)
    _tell(topic, note, tells, actor)
    _record(topic, note, "write", actor)
    return note


def correct(topic: Topic, note_id: int, text: str, actor: Actor) -> Mentions:
    """Put other words into one's own note; whom only these mention is told."""
    words, mentions = _understood(topic, text)
    with taking_part(topic) as topic:
        note = _own(topic, note_id, actor)
        if note.taken_back_at is None and note.text != words:
            told = set(note.mentions.values())
            note.text, note.mentions, note.corrected_at = words, mentions.named, clock.now()
            _tell(topic, note, set(mentions.named.values()) - told, actor)
            _record(topic, note, "correct", actor)
    return mentions


def take_back(topic: Topic, note_id: int, actor: Actor) -> None:
    """Take one's own note back: that there was one stays to be seen, its words do not."""
    with taking_part(topic) as topic:
        note = _own(topic, note_id, actor)
        if note.taken_back_at is None:
            note.taken_back_at = clock.now()
            _record(topic, note, "take_back", actor)


def restore(topic: Topic, note_id: int, actor: Actor) -> None:
    """Let a note that was taken back be read again."""
    with taking_part(topic) as topic:
        note = _own(topic, note_id, actor)
        if note.taken_back_at is not None:
            note.taken_back_at = None
            _record(topic, note, "restore", actor)


def _own(topic: Topic, note_id: int, actor: Actor) -> Note:
    query = select(Note).where(Note.id == note_id, topic.has(Note), Note.author_id == actor.person_id)
    found = db.session.scalars(query.with_for_update()).one_or_none()
    if found is None:
        raise NotFound(_l("There is no such note of yours here."))
    return found


def _understood(topic: Topic, text: str) -> tuple[str, Mentions]:
    """Return the words as they are kept, and whom they mention; refuse none, too many, and an @name of several."""
    words = CONTROL.sub("", text.replace("\r\n", "\n").replace("\r", "\n")).strip()
    if not words:
        raise Invalid("text", _l("Write something first."))
    if len(words) > LONGEST:
        sentence = _l("At most %(most)s characters; there are %(count)s.", most=LONGEST, count=len(words))
        raise Invalid("text", sentence)
    mentions = mentions_in(words, readers(topic)) if "@" in words or "＠" in words else Mentions()
    for name, logins in mentions.several.items():
        among = ", ".join(f"@{one}" for one in logins)
        raise Invalid(
            "text", _l("Several colleagues are called %(name)s. Write %(logins)s.", name=name, logins=among)
        )
    return words, mentions


def _tell(topic: Topic, note: Note, people: Iterable[int], actor: Actor) -> None:
    db.session.flush()
    notices.tell_mentioned(topic, note, set(people) - {actor.person_id}, actor)


def _record(topic: Topic, note: Note, action: str, actor: Actor) -> None:
    digest = hashlib.sha256(note.text.encode()).hexdigest()
    record(topic, "note", action, actor, {"note": note.id, "sha256": digest})
