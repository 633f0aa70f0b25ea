"""A diary that is played: stories told side by side, each act at its own moment, in the order of time."""

from __future__ import annotations

import datetime as dt
import heapq
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from core import clock
from core.worktime import OfficeCalendar

Story = Iterator[dt.datetime]
DAYS = 5


@dataclass(frozen=True)
class Week:
    """The five working days before today, numbered 1 to 5; today, or the next working day, is 6."""

    calendar: OfficeCalendar
    days: tuple[dt.date, ...]

    @classmethod
    def before(cls, now: dt.datetime, calendar: OfficeCalendar) -> Week:
        """Return the week before ``now``; a day whose office has closed belongs to it."""
        today = calendar.local_day(now)
        closing = calendar.closing(today)
        over = closing is not None and closing <= now
        last = calendar.next_working_day(today if over else today - dt.timedelta(days=1))
        days = [last]
        for _ in range(DAYS):
            days.insert(0, calendar.previous_working_day(days[0]))
        return cls(calendar, tuple(days))

    def at(self, day: int, time: str) -> dt.datetime:
        """Return the moment at which the office's clock shows ``time`` on the numbered day."""
        return self.calendar.moment(self.days[day - 1], dt.time.fromisoformat(time))


def play(stories: Iterable[Story], until: dt.datetime) -> None:
    """Play stories in the order of time; a story yields the moment at which it goes on."""
    waiting = [(moment, place, story) for place, story in enumerate(stories) for moment in (next(story),)]
    heapq.heapify(waiting)
    while waiting and waiting[0][0] < until:
        moment, place, story = waiting[0]
        with clock.stopped_at(moment):
            following = next(story, None)
        if following is None:
            heapq.heappop(waiting)
        else:
            heapq.heapreplace(waiting, (following, place, story))
