"""What is to be kept at every door for a while: dated notices of head office, a region or the office (QI/04 3.1.3).

They are a text that each rung of the ladder may set; unlike a number, the rungs add up: an office takes nothing back.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from core.i18n import Sentence, _l
from core.parameters import Parameter

if TYPE_CHECKING:
    from core.rules import Rules

KEY, CLAUSE = "fieldservice.visit_notices", "QI/04 3.1.3"
NONE, BETWEEN = "-", " | "
LONGEST, MOST = 1000, 10
ONE = re.compile(r"(\d{4}-\d{2}-\d{2})/(\d{4}-\d{2}-\d{2}) (\S.*)")
FORM = _l("Write each as 2026-11-01/2026-12-31 and its words, with | between two; a dash for none.")


@dataclass(frozen=True, kw_only=True)
class Notice:
    """One notice: from when until when, its words, and who gave it."""

    begins: dt.date
    ends: dt.date
    words: str
    source: str = ""

    def holds(self, day: dt.date) -> bool:
        """Say whether it is in force on a day."""
        return self.begins <= day <= self.ends

    def __str__(self) -> str:
        return f"{self.begins}/{self.ends} {self.words}"


def read(text: str, source: str = "") -> list[Notice]:
    """Read notices as they are stored; ValueError for what is none."""
    return [
        _one(part, source) for part in (piece.strip() for piece in text.split("|")) if part not in ("", NONE)
    ]


def _one(part: str, source: str) -> Notice:
    found = ONE.fullmatch(part)
    if found is None:
        raise ValueError(part)
    begins, ends = (dt.date.fromisoformat(found[at]) for at in (1, 2))
    if ends < begins:
        raise ValueError(part)
    return Notice(begins=begins, ends=ends, words=found[3].strip(), source=source)


def written(notices: Iterable[Notice]) -> str:
    """Write notices as they are stored."""
    return BETWEEN.join(str(one) for one in notices) or NONE


def what_is_wrong(text: str) -> Sentence | None:
    """Say what is wrong with a text of notices."""
    try:
        found = read(text)
    except ValueError as error:
        return _l("“%(part)s” is no notice. %(form)s", part=str(error), form=FORM)
    return _l("At most %(most)s notices at a time.", most=MOST) if len(found) > MOST else None


def of_line(rules: Rules) -> list[Notice]:
    """Return what head office, the region and the office have said, the highest first."""
    told = [one for one in reversed(rules.rungs(KEY)) if one.given and isinstance(one.value, str)]
    return [notice for one in told for notice in read(one.value, one.name)]


def in_force(rules: Rules, now: dt.datetime) -> Sequence[Notice]:
    """Return what is to be kept at the door today, by the office's calendar day."""
    today = now.astimezone(rules.office.zoneinfo).date()
    return rules.once(("fieldservice.notices", today), lambda: [n for n in of_line(rules) if n.holds(today)])


def own(rules: Rules) -> list[Notice]:
    """Return what the office itself has said, those of days gone by too."""
    return read(rules.own(KEY) or "")


PARAMETER = Parameter(
    key=KEY,
    kind=str,
    default=NONE,
    maximum=LONGEST,
    label=_l("Dated notices for the door: a mask, an entry check (2026-11-01/2026-12-31 words | ...)"),
    clause=CLAUSE,
    check=what_is_wrong,
)
