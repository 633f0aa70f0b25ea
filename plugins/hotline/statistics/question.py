"""What was asked of the figures: which span, in which groups; what cannot be asked is said, not guessed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field

from core.i18n import Sentence, _l
from core.lists.question import day_of
from plugins.hotline.statistics.periods import (
    DAYS,
    GROUPS,
    PRESETS,
    USUAL,
    Span,
    same_length_before,
)

CUSTOM = "custom"
LONGEST, LONGEST_BY_DAY = 1830, 366


@dataclass(frozen=True, kw_only=True)
class Question:
    """A span, what it is compared to, in which groups, and what was wrong with the asking."""

    range: str
    span: Span
    before: Span
    by: str
    wrong: list[Sentence] = field(default_factory=list)

    def plain(self) -> dict[str, str]:
        """Return it as an address keeps it."""
        days = {"first": f"{self.span.first}", "last": f"{self.span.last}"} if self.range == CUSTOM else {}
        return {"range": self.range, "by": self.by, **days}


def read(given: Mapping[str, str], today: dt.date) -> Question:
    """Read a question; whoever asks for days of his own gives both."""
    wrong: list[Sentence] = []
    chosen, by = given.get("range", ""), given.get("by", "")
    if chosen == CUSTOM and (span := _own(given, wrong)) is not None:
        return _narrowed(CUSTOM, span, same_length_before(span), by, wrong)
    name = chosen if chosen in PRESETS else USUAL
    preset = PRESETS[name]
    span = preset.span(today)
    return _narrowed(name, span, preset.before(span), by or preset.by, wrong)


def _narrowed(range: str, span: Span, before: Span, by: str, wrong: list[Sentence]) -> Question:
    """Refuse more lines than anybody reads."""
    by = by if by in GROUPS else DAYS
    if by == DAYS and span.days > LONGEST_BY_DAY:
        wrong.append(
            _l("By day, at most %(most)s days are shown: here they are by week.", most=LONGEST_BY_DAY)
        )
        by = "week"
    return Question(range=range, span=span, before=before, by=by, wrong=wrong)


def _own(given: Mapping[str, str], wrong: list[Sentence]) -> Span | None:
    first, last = day_of(given.get("first", "")), day_of(given.get("last", ""))
    if first is None or last is None:
        wrong.append(_l("Give the first and the last day, like 2026-11-23. Here is this week."))
        return None
    if first > last:
        wrong.append(_l("The first day lies after the last one. Here is this week."))
        return None
    if (last - first).days >= LONGEST:
        wrong.append(_l("At most %(most)s days can be counted at once. Here is this week.", most=LONGEST))
        return None
    return Span(first=first, last=last)
