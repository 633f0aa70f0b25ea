"""The ledger: one append-only row for each thing done or refused, hash-chained per office."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String, select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Mapped, mapped_column

from core import clock
from core.db import ForeignOffice, Model, OfficeRow, db, insert_once, offices_seen
from core.i18n import Sentence, _l

GENESIS = "0" * 64
# The first row of every chain; a chain that begins otherwise has lost its beginning, or its whole past.
OPENING = ("office", "open")
WITHOUT_OPENING = _l("the chain does not begin with the opening of the office")
AT_ONCE = 500
# What the gate writes of a case; what is said around it (notes, files) are rows of other kinds.
HAPPENED = ("step", "refused", "print")


class LedgerHead(Model, OfficeRow):
    """How many rows an office's chain has, and the hash of the last; it betrays a chain that was cut."""

    __tablename__ = "core_ledger_head"

    office_id: Mapped[int] = mapped_column(ForeignKey("core_office.id"), primary_key=True)
    count: Mapped[int] = mapped_column(default=0)
    hash: Mapped[str] = mapped_column(String(64), default=GENESIS)


class LedgerRow(Model, OfficeRow):
    """Who did what, when, from where to where, by which clause, under which decisions."""

    __tablename__ = "core_ledger"
    __table_args__ = (
        Index("uq_core_ledger_office_seq", "office_id", "seq", unique=True),
        Index("ix_core_ledger_subject", "procedure", "subject_id"),
        Index("ix_core_ledger_action", "office_id", "kind", "action", "id"),
        Index("ix_core_ledger_at", "office_id", "at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    seq: Mapped[int]
    at: Mapped[dt.datetime]
    actor_id: Mapped[int | None] = mapped_column(ForeignKey("core_person.id"))
    actor: Mapped[str] = mapped_column(String(40))
    kind: Mapped[str] = mapped_column(String(16))
    procedure: Mapped[str] = mapped_column(String(60), default="")
    subject_id: Mapped[int | None]
    number: Mapped[str] = mapped_column(String(24), default="")
    action: Mapped[str] = mapped_column(String(60))
    from_state: Mapped[str] = mapped_column(String(30), default="")
    to_state: Mapped[str] = mapped_column(String(30), default="")
    clause: Mapped[str] = mapped_column(String(60), default="")
    version: Mapped[str] = mapped_column(String(40), default="")
    details: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    previous: Mapped[str] = mapped_column(String(64))
    hash: Mapped[str] = mapped_column(String(64))

    def digest(self) -> str:
        """Compute the row's hash from all that it says and from the row before it."""
        said = {column.key: _plain(getattr(self, column.key)) for column in self.__table__.columns}
        del said["id"], said["hash"]
        text = json.dumps(said, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
        return hashlib.sha256(text.encode()).hexdigest()


def _plain(value: Any) -> Any:
    return value.astimezone(dt.UTC).isoformat() if isinstance(value, dt.datetime) else value


def append(office_id: int, **said: Any) -> LedgerRow:
    """Append a row to the office's chain inside the current write transaction; the head is locked last."""
    head = _locked_head(office_id)
    blank: dict[str, Any] = {"actor_id": None, "procedure": "", "subject_id": None, "number": ""}
    blank |= {"from_state": "", "to_state": "", "clause": "", "version": "", "details": {}}
    row = LedgerRow(
        office_id=office_id, seq=head.count + 1, at=clock.now(), previous=head.hash, **blank | said
    )
    row.details = json.loads(json.dumps(row.details, default=str))
    row.hash = row.digest()
    head.count, head.hash = row.seq, row.hash
    db.session.add(row)
    db.session.flush()
    return row


def _locked_head(office_id: int) -> LedgerHead:
    if office_id not in offices_seen():
        raise ForeignOffice(f"the ledger of office {office_id} is outside the scope")
    query = select(LedgerHead).where(LedgerHead.office_id == office_id).with_for_update()
    fresh = query.execution_options(populate_existing=True)
    head = db.session.scalars(fresh).one_or_none()
    if head is None:
        insert_once(LedgerHead, office_id=office_id, count=0, hash=GENESIS)
        head = db.session.scalars(fresh).one()
    return head


def of_case(
    procedure: str, subject_id: int, kind: str = "", *, action: str = "", number: str | None = None
) -> list[LedgerRow]:
    """Return a case's newest rows (of one kind or action; else what happened to it), the newest first, at most 200.

    With its ``number`` only its own: after a plugin was removed and installed again, ids begin anew.
    """
    where = [LedgerRow.procedure == procedure, LedgerRow.subject_id == subject_id]
    where.append(LedgerRow.kind == kind if kind else LedgerRow.kind.in_(HAPPENED))
    if action:
        where.append(LedgerRow.action == action)
    if number is not None:
        where.append(LedgerRow.number == number)
    return list(db.session.scalars(select(LedgerRow).where(*where).order_by(LedgerRow.id.desc()).limit(200)))


def last_of(procedure: str, subject_id: int) -> LedgerRow | None:
    """Return the last step that was taken on a case."""
    where = (LedgerRow.procedure == procedure, LedgerRow.subject_id == subject_id, LedgerRow.kind == "step")
    return db.session.scalar(select(LedgerRow).where(*where).order_by(LedgerRow.id.desc()).limit(1))


def who_took(procedure: str, subject_id: int, step: str) -> str:
    """Return the name of whoever took a step of a case last; empty when nobody did."""
    where = (LedgerRow.procedure == procedure, LedgerRow.subject_id == subject_id)
    query = select(LedgerRow.actor).where(*where, LedgerRow.kind == "step", LedgerRow.action == step)
    return db.session.scalar(query.order_by(LedgerRow.id.desc()).limit(1)) or ""


def last_setting(office_id: int, action: str) -> LedgerRow | None:
    """Return the last change of one of an office's settings."""
    where = (LedgerRow.office_id == office_id, LedgerRow.kind == "setting", LedgerRow.action == action)
    return db.session.scalar(select(LedgerRow).where(*where).order_by(LedgerRow.id.desc()).limit(1))


def settings_of(office_id: int, *actions: str) -> list[LedgerRow]:
    """Return the last changes of some of an office's settings, the newest first."""
    where = (LedgerRow.office_id == office_id, LedgerRow.kind == "setting", LedgerRow.action.in_(actions))
    return list(db.session.scalars(select(LedgerRow).where(*where).order_by(LedgerRow.id.desc()).limit(50)))


@dataclass(frozen=True)
class Damage:
    """Where an office's chain is broken, and how."""

    office_id: int
    seq: int
    sentence: Sentence


def verify(office_id: int) -> Iterator[Damage]:
    """Walk an office's chain and report every altered, removed, reordered or cut row, while others go on writing."""
    if office_id not in offices_seen():
        raise ForeignOffice(f"the ledger of office {office_id} is outside the scope")
    head, previous, expected, marked = _head(office_id), GENESIS, 1, GENESIS
    for row in _links(office_id):
        yield from _damage_of(office_id, row, expected, previous)
        previous, expected = row.hash, row.seq + 1
        marked = row.hash if head and row.seq == head[0] else marked
    yield from _damage_of_head(office_id, head, expected - 1, marked)


@dataclass(frozen=True)
class _Link:
    """A row as the chain sees it: its place, what it follows, and whether it still says what was hashed."""

    seq: int
    previous: str
    hash: str
    whole: bool
    opening: bool


def _links(office_id: int) -> Iterator[_Link]:
    query = select(LedgerRow.id).where(LedgerRow.office_id == office_id).order_by(LedgerRow.seq)
    ids = list(db.session.scalars(query))
    for start in range(0, len(ids), AT_ONCE):
        links = _links_of(ids[start : start + AT_ONCE])
        # SQLite keeps any text as a number: a row without its place is as good as removed.
        yield from (link for link in links if isinstance(link.seq, int))


def _links_of(ids: Sequence[int]) -> list[_Link]:
    """Read some rows; where one holds what nobody can read any more, read the others without it."""
    query = select(LedgerRow).where(LedgerRow.id.in_(ids)).order_by(LedgerRow.seq)
    try:
        rows = db.session.scalars(query.execution_options(populate_existing=True))
        return [_link(row, row.hash == row.digest()) for row in rows]
    except (ValueError, TypeError, DBAPIError):
        if len(ids) == 1:
            return _unreadable(ids[0])
        return [link for one in ids for link in _links_of([one])]


def _unreadable(row_id: int) -> list[_Link]:
    """Return the bare link of a row whose content was spoilt."""
    wanted = (LedgerRow.seq, LedgerRow.previous, LedgerRow.hash, LedgerRow.kind, LedgerRow.action)
    row = db.session.execute(select(*wanted).where(LedgerRow.id == row_id)).one()
    return [_link(row, False)]


def _link(row: Any, whole: bool) -> _Link:
    return _Link(row.seq, row.previous, row.hash, whole, (row.kind, row.action) == OPENING)


def _damage_of(office_id: int, row: _Link, expected: int, previous: str) -> Iterator[Damage]:
    if row.seq != expected:
        yield Damage(office_id, expected, _missing(expected, row.seq - 1))
    elif row.previous != previous:
        yield Damage(office_id, row.seq, _l("it does not follow the row before it"))
    elif row.seq == 1 and not row.opening:
        yield Damage(office_id, row.seq, WITHOUT_OPENING)
    if not row.whole:
        yield Damage(office_id, row.seq, _l("it was altered"))


def _missing(first: int, last: int) -> Sentence:
    if first == last:
        return _l("row %(a)s is missing", a=first)
    return _l("rows %(a)s to %(b)s are missing", a=first, b=last)


def _damage_of_head(office_id: int, head: tuple[int, str] | None, rows: int, marked: str) -> Iterator[Damage]:
    """Compare the head with the rows; those that were appended after it was read are only more."""
    if head is None:
        yield Damage(office_id, rows, _l("the head of the chain is missing"))
    elif rows < head[0]:
        yield Damage(office_id, head[0], _l("the chain was cut after row %(seq)s", seq=rows))
    elif not rows:
        yield Damage(office_id, rows, WITHOUT_OPENING)
    elif marked != head[1] or (_head(office_id) or head)[0] < rows:
        yield Damage(office_id, rows, _l("the head of the chain does not fit its rows"))


def _head(office_id: int) -> tuple[int, str] | None:
    columns = select(LedgerHead.count, LedgerHead.hash).where(LedgerHead.office_id == office_id)
    found = db.session.execute(columns).one_or_none()
    return (found[0], found[1]) if found else None
