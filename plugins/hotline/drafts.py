"""Half-written calls, kept on the server while they are typed: nobody loses a call.

A draft is no case: it changes at every pause of somebody's fingers, so it stays out of gate and ledger; only who took
one over from whom stands there, without what was typed. Its row outlives it for some days, to say which call it became,
so that sending it twice does not log it twice.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import TYPE_CHECKING

from sqlalchemy import JSON, ForeignKey, Index, Select, String, UniqueConstraint, delete, select, update
from sqlalchemy.orm import Mapped, mapped_column, relationship

from core import clock, ledger
from core.customers import services as customers
from core.db import Model, OfficeRow, db, insert_once, writing
from core.errors import NotFound
from core.i18n import _l
from core.people import Person

if TYPE_CHECKING:
    from core.people import Actor
    from core.rules import Rules

LONGEST_MARK, LONGEST_ABOUT, MOST_SHOWN = 40, 120, 20
# No form of the desk holds as much; what is larger was never typed there.
LARGEST = 64_000
DAYS = "hotline.draft_days"
WHO = ("new_customer", "contact", "phone")
WHAT = ("happens", "message", "operation", "module", "promise")
Said = Sequence[Sequence[str]]


class Draft(Model, OfficeRow):
    """A call that somebody began to write at the desk, under a mark that his browser chose."""

    __tablename__ = "hotline_draft"
    __table_args__ = (
        UniqueConstraint("office_id", "mark"),
        Index("ix_hotline_draft_open", "office_id", "ended_at", "person_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    mark: Mapped[str] = mapped_column(String(LONGEST_MARK))
    person_id: Mapped[int] = mapped_column(ForeignKey("core_person.id"))
    begun_by_id: Mapped[int] = mapped_column(ForeignKey("core_person.id"))
    about: Mapped[str] = mapped_column(String(LONGEST_ABOUT), default="")
    said: Mapped[list[list[str]]] = mapped_column(JSON)
    begun_at: Mapped[dt.datetime]
    kept_at: Mapped[dt.datetime]
    ended_at: Mapped[dt.datetime | None]
    call_id: Mapped[int | None] = mapped_column(ForeignKey("hotline_call.id"), index=True)
    person: Mapped[Person] = relationship(foreign_keys=[person_id], lazy="joined")
    begun_by: Mapped[Person] = relationship(foreign_keys=[begun_by_id], lazy="joined")


class Fate(StrEnum):
    """What became of something that a browser wanted to keep."""

    KEPT = "kept"
    LOGGED = "logged"
    DISCARDED = "discarded"
    TAKEN = "taken"


class AlreadyLogged(Exception):
    """A draft is sent for the second time: it is a call already, by this id."""

    def __init__(self, call_id: int) -> None:
        super().__init__(call_id)
        self.call_id = call_id


def keep(office_id: int, person_id: int, mark: str, said: Said) -> tuple[Fate, Draft]:
    """Keep what was typed so far; once this returns ``KEPT`` it survives whatever dies.

    A draft that was logged, thrown away or taken over meanwhile stays as it is, and the answer says so.
    """
    now, about = clock.now(), about_of(said, office_id)
    pairs = [list(pair) for pair in said]
    row = {"office_id": office_id, "mark": mark, "about": about, "said": pairs, "kept_at": now}
    who = {"person_id": person_id, "begun_by_id": person_id, "begun_at": now}
    with writing(frozenset({office_id})):
        new = insert_once(Draft, **row, **who)
        draft = _locked(office_id, mark)
        fate = Fate.KEPT if new else _fate(draft, person_id)
        if fate is Fate.KEPT and not new:
            draft.about, draft.said, draft.kept_at = about, pairs, now
    return fate, draft


def _fate(draft: Draft, person_id: int) -> Fate:
    if draft.ended_at is not None:
        return Fate.LOGGED if draft.call_id is not None else Fate.DISCARDED
    return Fate.KEPT if draft.person_id == person_id else Fate.TAKEN


def about_of(said: Said, office_id: int) -> str:
    """Return in one line who is calling, and about what."""
    typed = dict(reversed([(name, value.strip()) for name, value in said]))
    customer = customers.of_office(typed.get("customer_id", ""), office_id)
    who = customer.name if customer else _first(typed, WHO)
    return " · ".join(part for part in (who, _first(typed, WHAT)) if part)[:LONGEST_ABOUT]


def _first(typed: Mapping[str, str], names: Sequence[str]) -> str:
    return next((typed[name] for name in names if typed.get(name)), "")


def end_with(office_id: int, person_id: int, mark: str, call_id: int) -> None:
    """End a draft with the call that it became, inside the transaction that logs the call.

    Raises ``AlreadyLogged`` when it is one already: of two that are sent at once, the second waits here and is undone.
    """
    now = clock.now()
    who = {"person_id": person_id, "begun_by_id": person_id, "begun_at": now, "kept_at": now}
    row = {"office_id": office_id, "mark": mark, "said": [], "about": "", "ended_at": now, "call_id": call_id}
    if insert_once(Draft, **row, **who):
        return
    draft = _locked(office_id, mark)
    if draft.call_id is not None:
        raise AlreadyLogged(draft.call_id)
    draft.call_id, draft.ended_at, draft.said, draft.about = call_id, now, [], ""


def discard(office_id: int, person_id: int, mark: str) -> None:
    """Throw one's own draft away; what is no draft any more is left alone."""
    mine = (Draft.person_id == person_id, Draft.ended_at.is_(None))
    with writing(frozenset({office_id})):
        thrown = update(Draft).where(Draft.office_id == office_id, Draft.mark == mark, *mine)
        db.session.execute(thrown.values(ended_at=clock.now(), said=[], about=""))


def take_over(office_id: int, actor: Actor, mark: str) -> Draft:
    """Give somebody's draft to whoever takes it over; its page is told so at its next word, and the ledger for good."""
    assert actor.person_id is not None, "machines write no drafts"
    with writing(frozenset({office_id})):
        draft = _locked(office_id, mark)
        if draft.ended_at is not None:
            raise NotFound(_l("This draft is no more: it was logged or thrown away."))
        if draft.person_id != actor.person_id:
            _record(draft, actor)
            draft.person_id = actor.person_id
    return draft


def _record(draft: Draft, actor: Actor) -> None:
    ledger.append(
        draft.office_id,
        kind="draft",
        action="take_over",
        actor=actor.name,
        actor_id=actor.person_id,
        details={"draft": draft.id, "from": draft.person.name, "from_id": draft.person_id},
    )


def logged_as(office_id: int, mark: str) -> int | None:
    """Return the id of the call that a draft became."""
    query = select(Draft.call_id).where(Draft.office_id == office_id, Draft.mark == mark)
    return db.session.scalar(query) if mark else None


def opened(office_id: int, person_id: int, mark: str) -> Draft | None:
    """Return one's own draft by its mark."""
    query = _open(office_id).where(Draft.person_id == person_id, Draft.mark == mark)
    return db.session.scalars(query).one_or_none() if mark else None


def mine(office_id: int, person_id: int) -> list[Draft]:
    """Return one's own drafts, the newest first, at most 20."""
    return list(db.session.scalars(_open(office_id).where(Draft.person_id == person_id).limit(MOST_SHOWN)))


def of_colleagues(office_id: int, person_id: int) -> list[Draft]:
    """Return the drafts of everybody else, the newest first, at most 20."""
    return list(db.session.scalars(_open(office_id).where(Draft.person_id != person_id).limit(MOST_SHOWN)))


def tidy(rules: Rules) -> None:
    """Forget drafts on which nobody has worked for some days, and which call the older ones became."""
    office_id = rules.office.id
    old = Draft.kept_at < clock.now() - dt.timedelta(days=rules.parameter(DAYS))
    with writing(frozenset({office_id})):
        db.session.execute(delete(Draft).where(Draft.office_id == office_id, old))


def _open(office_id: int) -> Select[Draft]:
    mine = select(Draft).where(Draft.office_id == office_id, Draft.ended_at.is_(None))
    return mine.order_by(Draft.kept_at.desc(), Draft.id.desc())


def _locked(office_id: int, mark: str) -> Draft:
    query = select(Draft).where(Draft.office_id == office_id, Draft.mark == mark)
    locked = query.with_for_update(of=Draft).execution_options(populate_existing=True)
    draft = db.session.scalars(locked).one_or_none()
    if draft is None:
        raise NotFound(_l("There is no such draft in this office."))
    return draft
