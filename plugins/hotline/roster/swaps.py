"""Swaps of shifts: asked, agreed by the other, recorded in the roster."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import or_, select

from core import clock, gate
from core.db import db
from core.i18n import Sentence, _l
from plugins.hotline.roster.cells import Change
from plugins.hotline.roster.hours import overlap, worked
from plugins.hotline.roster.models import PLACES, SHIFTS, Roster, RosterShift, Swap
from plugins.hotline.roster.reading import away_between, qualified

if TYPE_CHECKING:
    from core.gate import Act
    from core.people import Person
    from core.rules import Rules

MOST = 400
NO_MORE = _l("One of the two shifts has another holder by now. Ask anew.")


@dataclass(frozen=True, kw_only=True)
class Offered:
    """What can be chosen, by ``<id of the shift>-<place>``."""

    mine: dict[str, str]
    theirs: dict[str, str]


@dataclass(frozen=True, kw_only=True)
class Pick:
    """One place of one shift."""

    shift: RosterShift
    place: str

    @property
    def key(self) -> str:
        """The pick as a form sends it."""
        return f"{self.shift.id}-{self.place}"

    @property
    def holder(self) -> Person:
        """Who has it now."""
        found: Person = getattr(self.shift, self.place)
        return found


def coming(rules: Rules, now: dt.datetime) -> list[Pick]:
    """Return the published shifts of the office that have not begun, with who has them."""
    query = (
        select(RosterShift)
        .join(Roster, Roster.id == RosterShift.roster_id)
        .where(
            RosterShift.office_id == rules.office.id, Roster.state == "published", RosterShift.starts_at > now
        )
        .where(or_(RosterShift.engineer_id.is_not(None), RosterShift.manager_id.is_not(None)))
    )
    found = db.session.scalars(query.order_by(RosterShift.starts_at, RosterShift.id).limit(MOST))
    return [
        Pick(shift=one, place=place) for one in found for place in PLACES if one.holder(place) is not None
    ]


def offered(act: Act) -> Offered:
    """Return one's own coming shifts, and those of the colleagues."""
    me, here = act.actor.person_id, act.rules.once("coming shifts", lambda: coming(act.rules, act.now))
    mine = {one.key: label(one) for one in here if one.shift.holder(one.place) == me}
    theirs = {
        one.key: f"{one.holder.name} · {label(one)}" for one in here if one.shift.holder(one.place) != me
    }
    return Offered(mine=mine, theirs=theirs)


def label(one: Pick) -> str:
    """Say a pick in the reader's language: 2026-12-05, evening duty."""
    place = PLACES[one.place] if one.place == "manager" else ""
    return " ".join(str(part) for part in (one.shift.day, SHIFTS[one.shift.shift], place) if part)


def picked(key: str) -> Pick | None:
    """Find what a form sent; nothing when there is no such shift."""
    number, _dash, place = key.partition("-")
    found = db.session.get(RosterShift, int(number)) if number.isdecimal() and place in PLACES else None
    return Pick(shift=found, place=place) if found else None


def against(rules: Rules, mine: Pick | None, theirs: Pick | None) -> Sentence | None:
    """Say what speaks against an exchange: somebody could not do the other's shift, or has another one then."""
    if mine is None or theirs is None or mine.holder is None or theirs.holder is None:
        return NO_MORE
    if mine.holder.id == theirs.holder.id:
        return _l("Both are the same person's.")
    if min(mine.shift.starts_at, theirs.shift.starts_at) <= clock.now():
        return _l("One of the two shifts has begun already.")
    both = ((mine.holder, theirs, mine), (theirs.holder, mine, theirs))
    return next((found for one in both if (found := _cannot(rules, *one))), None)


def _cannot(rules: Rules, person: Person, takes: Pick, gives: Pick) -> Sentence | None:
    """Say why a person cannot take a shift for the one that he gives."""
    if person.id not in {one.id for one in qualified(rules, takes.place)}:
        return _l("%(name)s cannot be “%(place)s” here.", name=person.name, place=PLACES[takes.place])
    day = takes.shift.day
    if day in away_between(rules.office.id, day, day).get(person.id, ()):
        return _l("%(name)s is away.", name=person.name)
    if any(overlap(worked(rules, one), worked(rules, takes.shift)) for one in _others(person, takes, gives)):
        return _l("%(name)s is in two shifts at once.", name=person.name)
    return None


def _others(person: Person, takes: Pick, gives: Pick) -> Iterable[Any]:
    """Return what else a person has on the day of a shift that he would take."""
    holds = or_(RosterShift.engineer_id == person.id, RosterShift.manager_id == person.id)
    query = select(RosterShift).where(
        RosterShift.office_id == takes.shift.office_id, RosterShift.day == takes.shift.day, holds
    )
    return db.session.scalars(query.where(RosterShift.id.not_in((takes.shift.id, gives.shift.id)))).unique()


def ask(act: Act) -> None:
    """Ask a colleague for his shift; it is his to answer."""
    mine, theirs = picked(act.values["mine"]), picked(act.values["theirs"])
    assert mine, "the form offers shifts only"
    assert theirs, "the form offers shifts only"
    swap: Swap = act.case
    swap.owner_id, swap.other_id = act.actor.person_id, theirs.holder.id
    swap.mine_shift, swap.mine_place, swap.theirs_shift, swap.theirs_place = (
        mine.shift,
        mine.place,
        theirs.shift,
        theirs.place,
    )


def still_fits(act: Act) -> Sentence | None:
    """Both shifts are still to come, still theirs, and nothing speaks against it."""
    swap: Swap = act.case
    if swap.mine_shift is None:
        return None
    mine, theirs = picks(swap)
    if (mine.shift.holder(mine.place), theirs.shift.holder(theirs.place)) != (swap.owner_id, swap.other_id):
        return NO_MORE
    return against(act.rules, mine, theirs)


def picks(swap: Swap) -> tuple[Pick, Pick]:
    """Return the two places that are exchanged."""
    return (
        Pick(shift=swap.mine_shift, place=swap.mine_place),
        Pick(shift=swap.theirs_shift, place=swap.theirs_place),
    )


def record(act: Act) -> None:
    """Exchange the two in the roster, each month's by a step of its own (QP/2-04 5.1)."""
    swap: Swap = act.case
    mine, theirs = picks(swap)
    wanted: dict[Roster, list[Change]] = {}
    for one, before, after in ((mine, swap.owner_id, swap.other_id), (theirs, swap.other_id, swap.owner_id)):
        change = Change(
            day=one.shift.day, shift=one.shift.shift, place=one.place, person_id=after, instead_of=before
        )
        wanted.setdefault(one.shift.roster, []).append(change)
    for roster, changes in sorted(wanted.items(), key=lambda pair: pair[0].month):
        given = {"changes": changes, "why": swap.number, "overtaken": NO_MORE}
        gate.perform("hotline.roster", roster.number, "exchange", act.actor, given=given)
