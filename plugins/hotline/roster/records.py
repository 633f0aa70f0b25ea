"""The duty roster on paper (QR/01): per day who was planned, and who it was after all."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from itertools import groupby

from core import ledger
from core.i18n import _l
from core.records import LANDSCAPE, Field, Part, Record, Table
from plugins.hotline.roster.hours import days_of
from plugins.hotline.roster.models import DAY, EVENING, NOON, Roster, RosterShift

NAME = "hotline.roster"
SHORT = {DAY: _l("day"), NOON: _l("noon"), EVENING: _l("evening")}
WEEKDAYS = (_l("Mon"), _l("Tue"), _l("Wed"), _l("Thu"), _l("Fri"), _l("Sat"), _l("Sun"))


@dataclass(frozen=True, kw_only=True)
class DutyDay:
    """One line of the form: a day with its shifts."""

    day: dt.date
    shifts: tuple[RosterShift, ...]

    @property
    def title(self) -> str:
        """The date with the day of the week."""
        return f"{self.day:%m-%d} {WEEKDAYS[self.day.weekday()]}"

    def planned(self, place: str) -> str:
        """Who was on duty when the roster was published (until then, who is)."""
        return self._told(lambda one: _planned(one, place))

    def changed(self, place: str) -> str:
        """Who is on duty instead, shift by shift, where that was changed after publishing."""
        return self._told(lambda one: _changed(one, place))

    def _told(self, name_of: Callable[[RosterShift], str]) -> str:
        said = [(one, name_of(one)) for one in self.shifts]
        return "  ".join(f"{SHORT[one.shift]}\N{NO-BREAK SPACE}{name}" for one, name in said if name)


def _planned(one: RosterShift, place: str) -> str:
    person = getattr(one, f"first_{place}") if one.roster.published_at else getattr(one, place)
    return person.name if person else ""


def _changed(one: RosterShift, place: str) -> str:
    if not one.roster.published_at or getattr(one, f"first_{place}_id") == one.holder(place):
        return ""
    person = getattr(one, place)
    return person.name if person else "—"


def _days(roster: Roster) -> list[DutyDay]:
    return [
        DutyDay(day=day, shifts=tuple(many)) for day, many in groupby(roster.shifts, key=lambda one: one.day)
    ]


def _period(roster: Roster) -> str:
    days = days_of(roster.month)
    return f"{days[0]} – {days[-1]}"


def _took(step: str) -> Callable[[Roster], str]:
    return lambda roster: ledger.who_took(NAME, roster.id, step)


def _made_by(roster: Roster) -> str:
    return ledger.who_took(NAME, roster.id, "publish") or (roster.owner.name if roster.owner else "")


HEAD = Part(
    title=_l("Roster"),
    fields=(
        Field(label=_l("Number"), value=lambda one: one.number),
        Field(label=_l("Period"), value=_period, width=8),
    ),
)
DAYS = Table(
    title=_l("Day by day"),
    fields=(
        Field(label=_l("Date"), value=lambda one: one.title, width=2),
        Field(label=_l("Duty engineer"), value=lambda one: one.planned("engineer"), width=3),
        Field(label=_l("Engineer change"), value=lambda one: one.changed("engineer"), width=2),
        Field(label=_l("Duty manager"), value=lambda one: one.planned("manager"), width=3),
        Field(label=_l("Manager change"), value=lambda one: one.changed("manager"), width=2),
    ),
    rows=_days,
    least=28,
)
FOOT = Part(
    title=_l("Signatures"),
    fields=(
        Field(label=_l("Made by"), value=_made_by),
        # The book wants a second pair of eyes; it is signed by hand.
        Field(label=_l("Reviewed by")),
        Field(label=_l("Archived"), value=lambda one: one.closed_at),
    ),
)

roster_form = Record(
    code="QR/01",
    under="QP/2-04",
    title=_l("Duty roster of the hotline"),
    edition=1,
    procedure=NAME,
    clause="QR/01 form",
    parts=(HEAD, DAYS, FOOT),
    orientation=LANDSCAPE,
)
