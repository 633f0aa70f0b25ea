"""The notices of a person: what concerns him in any of his offices, and which kinds he wants to hear of."""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from sqlalchemy import bindparam, func, select, update

from core import clock
from core.asking import asked
from core.db import db, insert_once, writing
from core.errors import NotFound
from core.i18n import Sentence, _l
from core.people import Actor
from core.slots import Tell
from core.talk.models import Note, Notice, NoticeChoice
from core.talk.topics import Topic

if TYPE_CHECKING:
    from core.cases import Case
    from core.gate import Act
    from core.procedure import Procedure

log = logging.getLogger(__name__)
MENTION, GIVEN, TAKEN, MOVED, OTHER = "mention", "given", "taken", "moved", "other"
KINDS: dict[str, Sentence] = {
    MENTION: _l("Somebody mentions me in a note"),
    GIVEN: _l("A case becomes mine by a colleague's step"),
    TAKEN: _l("A case is mine no more by a colleague's step"),
    MOVED: _l("A colleague ends a case of mine, or leaves its next step to me"),
    OTHER: _l("What the office's plugins tell"),
}


def tell_mentioned(topic: Topic, note: Note, people: Iterable[int], actor: Actor) -> None:
    """Tell whom a note mentions, in the note's own transaction: a crash loses neither or both."""
    _add(
        Notice(
            person_id=person_id,
            office_id=topic.office_id,
            kind=MENTION,
            about=topic.about,
            subject_id=topic.subject_id,
            number=topic.number,
            note_id=note.id,
            actor=actor.name,
            at=note.corrected_at or note.written_at,
        )
        for person_id in sorted(people)
    )


def tell(acts: Iterable[Act]) -> None:
    """Tell whom steps concern, after their commit; whatever fails here is logged and undoes no step.

    These notices only repeat what the cases themselves say: were one lost, the desk would still show the work.
    """
    many = list(acts)
    for reason in (_of_holders, _of_plugins):
        try:
            _keep([one for act in many for one in reason(act)])
        except Exception:
            db.session.rollback()
            log.exception("the notices of a step were not written")


def _keep(found: list[Notice]) -> None:
    if found:
        with writing(frozenset()):
            _add(found)


def holders(procedure: Procedure, case: Case) -> frozenset[int]:
    """Return whom a case names as its own: its owner, and whoever alone may take one of its steps."""
    return _named(case, {"owner_id", *procedure.naming()})


def _named(case: Case, attributes: Iterable[str]) -> frozenset[int]:
    held = (getattr(case, name, None) for name in attributes)
    return frozenset(one for one in held if isinstance(one, int))


def _of_holders(act: Act) -> Iterator[Notice]:
    """Compare whose the case was with whose it is; whoever took the step himself knows."""
    now = holders(act.procedure, act.case)
    kept = _concerned(act) & now & act.held if act.from_state != act.to_state else frozenset()
    for kind, people in ((GIVEN, now - act.held), (TAKEN, act.held - now), (MOVED, kept)):
        yield from (_notice(act, kind, person_id) for person_id in sorted(people - {act.actor.person_id}))


def _concerned(act: Act) -> frozenset[int]:
    """Return whom a step on his own case concerns: everybody when it ends, else whose step is the next one.

    Whoever registered a request need not hear of each mile of it.
    """
    if act.ended:
        return holders(act.procedure, act.case)
    return _named(act.case, act.procedure.naming(act.procedure.steps_from(act.case.state)))


def _of_plugins(act: Act) -> Iterator[Notice]:
    for plugin, told in act.rules.plugins.gather("core_notices", act=act):
        if isinstance(told, Tell):
            yield _notice(act, OTHER, told.person_id, told.sentence)
        else:
            log.error("plugin %s told %r, which is no notice", plugin, told)


def _notice(act: Act, kind: str, person_id: int, sentence: Sentence | None = None) -> Notice:
    return Notice(
        person_id=person_id,
        office_id=act.case.office_id,
        kind=kind,
        about=act.procedure.name,
        subject_id=act.case.id,
        number=act.case.number,
        step=act.step.name,
        sentence=sentence.to_json() if sentence else None,
        actor=act.actor.name,
        at=act.now,
    )


def _add(told: Iterable[Notice]) -> None:
    """Keep what the people want to hear of."""
    many = list(told)
    asked = {one.person_id for one in many}
    unwanted = select(NoticeChoice.person_id, NoticeChoice.kind).where(
        NoticeChoice.person_id.in_(asked), NoticeChoice.wanted.is_(False)
    )
    left_out = {(row[0], row[1]) for row in db.session.execute(unwanted)} if many else set()
    db.session.add_all(one for one in many if (one.person_id, one.kind) not in left_out)
    db.session.flush()


_rows = Notice.__table__.c
_UNREAD = select(func.count()).where(_rows.person_id == bindparam("person"), _rows.read_at.is_(None))


def unread(person_id: int) -> int:
    """Count what a person has not read yet."""
    return int(asked(_UNREAD, person=person_id).scalar_one())


def of_person(person_id: int, offset: int, most: int) -> list[Notice]:
    """Return a person's notices, what is unread first, each part newest first."""
    mine = select(Notice).where(Notice.person_id == person_id)
    ordered = mine.order_by(Notice.read_at.is_not(None), Notice.id.desc())
    return list(db.session.scalars(ordered.offset(offset).limit(most)))


def mark(person_id: int, notice_id: int, *, read: bool) -> Notice:
    """Mark one of a person's own notices as read, or as unread again."""
    with writing(frozenset()):
        where = (Notice.id == notice_id, Notice.person_id == person_id)
        found = db.session.scalars(select(Notice).where(*where)).one_or_none()
        if found is None:
            raise NotFound(_l("There is no such notice of yours."))
        found.read_at = (found.read_at or clock.now()) if read else None
        return found


def mark_all(person_id: int) -> dt.datetime:
    """Mark everything as read, and return the moment by which ``unmark`` finds it again."""
    now = clock.now()
    with writing(frozenset()):
        db.session.execute(
            update(Notice).where(Notice.person_id == person_id, Notice.read_at.is_(None)).values(read_at=now)
        )
    return now


def unmark(person_id: int, moment: dt.datetime) -> None:
    """Mark as unread again what was read at one moment."""
    with writing(frozenset()):
        where = (Notice.person_id == person_id, Notice.read_at == moment)
        db.session.execute(update(Notice).where(*where).values(read_at=None))


def choices(person_id: int) -> dict[str, bool]:
    """Return which kinds a person wants to hear of; who chose nothing hears of all."""
    mine = select(NoticeChoice.kind, NoticeChoice.wanted).where(NoticeChoice.person_id == person_id)
    chosen: Mapping[str, Any] = {row[0]: row[1] for row in db.session.execute(mine)}
    return {kind: bool(chosen.get(kind, True)) for kind in KINDS}


def choose(person_id: int, wanted: Iterable[str]) -> None:
    """Keep which kinds a person wants to hear of."""
    kinds = set(wanted)
    with writing(frozenset()):
        for kind in KINDS:
            insert_once(NoticeChoice, person_id=person_id, kind=kind, wanted=True)
            where = (NoticeChoice.person_id == person_id, NoticeChoice.kind == kind)
            db.session.execute(update(NoticeChoice).where(*where).values(wanted=kind in kinds))
