"""Opening hours as they are typed: two lines a weekday (lunch splits a day), errors beside each."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from itertools import pairwise, zip_longest
from typing import Any

from core.errors import Invalid
from core.i18n import Sentence, _l
from core.worktime import Interval

WEEKDAYS = (
    _l("Monday"),
    _l("Tuesday"),
    _l("Wednesday"),
    _l("Thursday"),
    _l("Friday"),
    _l("Saturday"),
    _l("Sunday"),
)
LINES = 2
TIME = re.compile(r"([01]?\d|2[0-3])[:：]([0-5]\d)")
Typed = tuple[str, str]


class HoursForm:
    """A week of opening hours on a page: what was typed, and what is wrong with it."""

    def __init__(self, week: Sequence[Sequence[Typed]]) -> None:
        self.week = [_filled(lines) for lines in week]
        self.errors: dict[int, Sentence] = {}
        self.error: Sentence | None = None

    @classmethod
    def of(cls, intervals: Sequence[Interval]) -> HoursForm:
        """Show the hours that are in force."""
        return cls(
            [
                [(f"{one.start:%H:%M}", f"{one.end:%H:%M}") for one in intervals if one.weekday == weekday]
                for weekday in range(7)
            ]
        )

    @classmethod
    def typed(cls, formdata: Any) -> HoursForm:
        """Take what a browser sends."""
        return cls(
            [
                [
                    (start.strip(), end.strip())
                    for start, end in zip_longest(
                        formdata.getlist(f"start-{weekday}"), formdata.getlist(f"end-{weekday}"), fillvalue=""
                    )
                ]
                for weekday in range(7)
            ]
        )

    def read(self) -> list[Interval] | None:
        """Return the intervals, or nothing when a day is wrong; the errors stand beside the days then."""
        found: list[Interval] = []
        for weekday, lines in enumerate(self.week):
            try:
                found.extend(_day(weekday, [line for line in lines if any(line)]))
            except Invalid as wrong:
                self.errors[weekday] = wrong.sentence
        if not found and not self.errors:
            self.error = _l("Open at least once a week: without opening hours no deadline can be reckoned.")
        return None if self.errors or self.error else found


def _filled(lines: Sequence[Typed]) -> list[Typed]:
    return [*lines, *[("", "")] * (LINES - len(lines))]


def _day(weekday: int, lines: Sequence[Typed]) -> list[Interval]:
    intervals = [_interval(weekday, start, end) for start, end in lines]
    for earlier, later in pairwise(intervals):
        if later.start < earlier.end:
            raise Invalid(f"{weekday}", _l("The second line must begin after the first one ends."))
    return intervals


def _interval(weekday: int, start: str, end: str) -> Interval:
    if not start or not end:
        raise Invalid(f"{weekday}", _l("Give both times of a line, or neither."))
    opens, closes = _time(weekday, start), _time(weekday, end)
    if closes <= opens:
        raise Invalid(f"{weekday}", _l("The end must lie after the beginning."))
    return Interval(weekday=weekday, start=opens, end=closes)


def _time(weekday: int, typed: str) -> dt.time:
    found = TIME.fullmatch(typed)
    if found is None:
        raise Invalid(f"{weekday}", _l("Give times like 08:30."))
    return dt.time(int(found[1]), int(found[2]))
