"""A fair plan of duties: a pure function of who can, who is away, and who had how many before.

Each kind of duty (weekend, evening, noon, day) is given out in turn. Within a kind the loads are as even as they can be:
as long as somebody with more could pass a duty on, perhaps through others, to somebody with two less, it is passed on.
What is even already is then exchanged until nobody has two evenings in a row, or two duties a day, who need not.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field

from core.worktime import Period
from plugins.hotline.roster.hours import overlap

KINDS = ("weekend", "evening", "noon", "day")
IN_A_ROW, BOTH_PLACES, SAME_DAY = 100, 100, 10

Cell = tuple[dt.date, str]


@dataclass(frozen=True, kw_only=True)
class Duty:
    """One duty to give out: a shift of a day, of a kind that is spread evenly, with the hours that are worked."""

    day: dt.date
    shift: str
    kind: str
    worked: tuple[Period, ...]

    @property
    def cell(self) -> Cell:
        """The day and shift, under which the plan says who."""
        return self.day, self.shift


@dataclass(frozen=True, kw_only=True)
class Question:
    """What a plan is made from.

    ``people`` are the ids of those who can, in a fixed order; ``before`` how many duties of a kind each had already;
    ``kept`` what stays as it is; ``elsewhere`` who holds the other place of a shift; ``last`` who had the evening before
    the first one.
    """

    duties: tuple[Duty, ...]
    people: tuple[int, ...]
    absent: Mapping[int, frozenset[dt.date]] = field(default_factory=dict)
    before: Mapping[tuple[int, str], int] = field(default_factory=dict)
    kept: Mapping[Cell, int] = field(default_factory=dict)
    elsewhere: Mapping[Cell, int] = field(default_factory=dict)
    last: int | None = None


def propose(asked: Question) -> dict[Cell, int]:
    """Say who has which duty; what nobody can have is left out. The same question has the same answer."""
    plan: dict[Cell, int] = {
        duty.cell: asked.kept[duty.cell] for duty in asked.duties if duty.cell in asked.kept
    }
    for kind in KINDS:
        duties = sorted((one for one in asked.duties if one.kind == kind), key=lambda one: one.day)
        _Round(asked, kind, duties, plan).give_out()
    return plan


class _Round:
    """Gives out the duties of one kind, those of the kinds before it being settled."""

    def __init__(self, asked: Question, kind: str, duties: list[Duty], plan: dict[Cell, int]) -> None:
        self.asked, self.kind, self.duties, self.plan = asked, kind, duties, plan
        self.load = {one: asked.before.get((one, kind), 0) for one in asked.people}
        self.settled = self._by_day()
        self.able = {duty.cell: [one for one in asked.people if self._can(one, duty)] for duty in duties}
        self.free = [duty for duty in duties if duty.cell not in asked.kept and self.able[duty.cell]]
        for duty in duties:
            if plan.get(duty.cell) in self.load:
                self.load[plan[duty.cell]] += 1

    def give_out(self) -> None:
        for duty in self.free:
            chosen = min(self.able[duty.cell], key=lambda one: (self.load[one], self._against(duty, one)))
            self.plan[duty.cell] = chosen
            self.load[chosen] += 1
        while self._passed_on():
            pass
        while self._exchanged():
            pass

    def _by_day(self) -> dict[tuple[int, dt.date], list[Duty]]:
        """Return whose duties are settled on which day."""
        found: dict[tuple[int, dt.date], list[Duty]] = {}
        for duty in self.asked.duties:
            if duty.cell in self.plan:
                found.setdefault((self.plan[duty.cell], duty.day), []).append(duty)
        return found

    def _can(self, person: int, duty: Duty) -> bool:
        if duty.day in self.asked.absent.get(person, ()):
            return False
        others = (one for one in self.settled.get((person, duty.day), ()) if one is not duty)
        return not any(overlap(duty.worked, one.worked) for one in others)

    def _against(self, duty: Duty, person: int) -> int:
        """Weigh what speaks against a person for a duty, besides his load."""
        others = [one for one in self.settled.get((person, duty.day), ()) if one is not duty]
        weight = SAME_DAY * len(others)
        weight += BOTH_PLACES * (self.asked.elsewhere.get(duty.cell) == person)
        return weight + IN_A_ROW * self._neighbours(duty).count(person)

    def _neighbours(self, duty: Duty) -> list[int | None]:
        """Return who has the evenings before and after an evening."""
        if self.kind != "evening":
            return []
        place = self.duties.index(duty)
        before = self.plan.get(self.duties[place - 1].cell) if place else self.asked.last
        after = self.plan.get(self.duties[place + 1].cell) if place + 1 < len(self.duties) else None
        return [before, after]

    def _passed_on(self) -> bool:
        """Pass one duty on, perhaps through others, from somebody to somebody with two less; say if one was."""
        for giver in sorted(self.load, key=lambda one: -self.load[one]):
            if way := self._way_from(giver):
                for duty, taker in way:
                    self.load[self.plan[duty.cell]] -= 1
                    self.load[taker] += 1
                    self.plan[duty.cell] = taker
                return True
        return False

    def _way_from(self, giver: int) -> list[tuple[Duty, int]]:
        """Search the shortest chain of hands from a giver to somebody with two duties less."""
        came: dict[int, tuple[Duty, int]] = {}
        for holder in (queue := [giver]):
            for duty in (one for one in self.free if self.plan[one.cell] == holder):
                for taker in self.able[duty.cell]:
                    if taker == giver or taker in came:
                        continue
                    came[taker] = (duty, holder)
                    queue.append(taker)
                    if self.load[taker] <= self.load[giver] - 2:
                        return _walked(came, taker, giver)
        return []

    def _exchanged(self) -> bool:
        """Make the first exchange that leaves all loads as even and makes the plan kinder; say if there was one."""
        return any(
            self._kinder({one: self.plan[other.cell], other: self.plan[one.cell]})
            for place, one in enumerate(self.free)
            for other in self.free[place + 1 :]
        ) or any(self._kinder({one: taker}) for one in self.free for taker in self._as_even(one))

    def _as_even(self, duty: Duty) -> list[int]:
        """Return who could take a duty so that the loads only change hands."""
        holder = self.plan[duty.cell]
        return [one for one in self.able[duty.cell] if self.load[one] == self.load[holder] - 1]

    def _kinder(self, change: Mapping[Duty, int]) -> bool:
        """Make a change if it may be and weighs less; say if it was made."""
        if any(taker not in self.able[duty.cell] for duty, taker in change.items()):
            return False
        before = {duty: self.plan[duty.cell] for duty in change}
        weight = self._weight(before)
        self._put(change)
        if self._weight(change) < weight:
            return True
        self._put(before)
        return False

    def _weight(self, duties: Mapping[Duty, int]) -> int:
        return sum(self._against(duty, self.plan[duty.cell]) for duty in duties)

    def _put(self, change: Mapping[Duty, int]) -> None:
        for duty in change:
            self.load[self.plan[duty.cell]] -= 1
        for duty, taker in change.items():
            self.plan[duty.cell] = taker
            self.load[taker] += 1


def _walked(came: Mapping[int, tuple[Duty, int]], taker: int, giver: int) -> list[tuple[Duty, int]]:
    """Return the hands from the last to the first, so that nobody gives what he has not."""
    way: list[tuple[Duty, int]] = []
    while taker != giver:
        duty, holder = came[taker]
        way.append((duty, taker))
        taker = holder
    return way
