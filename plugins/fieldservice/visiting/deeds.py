"""What a phone kept in a dead spot is sent when the line is back: each tap is one deed, however often it is sent."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import ForeignKey, String, UniqueConstraint, select
from sqlalchemy.orm import Mapped, mapped_column
from werkzeug.datastructures import MultiDict

from core import clock, gate
from core.api.replays import LONGEST_KEY, digest_of
from core.db import Model, OfficeRow, db, insert_once
from core.errors import Objection, RefusalKind, Refused
from core.i18n import _l

if TYPE_CHECKING:
    from core.gate import Act
    from core.offices import Office
    from core.people import Actor

REQUEST = "fieldservice.request"
__all__ = ["LONGEST_KEY", "Deed", "Done", "perform"]


class Deed(Model, OfficeRow):
    """What was done under a mark that somebody's phone chose, and which version of the request came of it."""

    __tablename__ = "fieldservice_deed"
    __table_args__ = (UniqueConstraint("office_id", "person_id", "mark"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("core_person.id"))
    mark: Mapped[str] = mapped_column(String(LONGEST_KEY))
    asked: Mapped[str] = mapped_column(String(64))
    number: Mapped[str] = mapped_column(String(24))
    version: Mapped[int] = mapped_column(default=0)
    at: Mapped[dt.datetime]


@dataclass(frozen=True, kw_only=True)
class Done:
    """What came of a tap: the version of the request after it, and the act, unless it was done before."""

    version: int
    act: Act | None = None


class _Before(Exception):
    """The mark is taken: what was tapped was done already, or is being done at this moment."""


def perform(
    number: str,
    step: str,
    actor: Actor,
    typed: MultiDict[str, str],
    *,
    office: Office,
    seen: int,
    mark: str,
) -> Done:
    """Take a step under a mark: the mark is claimed in the step's own transaction, so that twice sent is once.

    Raises ``Refused`` like the gate; nothing is claimed then, and the same mark may be sent again.
    """
    asked = digest_of(f"{number}/{step}", _said(typed))
    try:
        with gate.together() as acts:
            _claim(office.id, actor.person_id, mark, asked, number)
            gate.perform(REQUEST, number, step, actor, typed, office=office, seen=seen)
            _find(office.id, actor.person_id, mark).version = acts[-1].case.version
    except _Before:
        return _again(_find(office.id, actor.person_id, mark), asked)
    return Done(version=acts[-1].case.version, act=acts[-1])


def _said(typed: MultiDict[str, str]) -> Sequence[tuple[str, str]]:
    """Return what tells one tap from another: not what the page had seen, nor its token."""
    return sorted(pair for pair in typed.items(multi=True) if pair[0] not in ("seen", "csrf_token"))


def _claim(office_id: int, person_id: int | None, mark: str, asked: str, number: str) -> None:
    row = {"office_id": office_id, "person_id": person_id, "mark": mark, "asked": asked, "number": number}
    if not insert_once(Deed, **row, version=0, at=clock.now()):
        raise _Before


def _find(office_id: int, person_id: int | None, mark: str) -> Deed:
    where = (Deed.office_id == office_id, Deed.person_id == person_id, Deed.mark == mark)
    return db.session.scalars(select(Deed).where(*where)).one()


def _again(deed: Deed, asked: str) -> Done:
    if deed.asked != asked:
        text = _l("This was sent before under the same mark, with other words. Send it as something new.")
        raise Refused(RefusalKind.STALE, [Objection(text, "QI/04 flow")])
    return Done(version=deed.version)
