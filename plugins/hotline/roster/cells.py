"""The cells of the grid as one text: a line for each that was edited, for the screen and the API alike."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from wtforms.validators import ValidationError

from core.fields import LongTextField
from core.i18n import _l
from plugins.hotline.roster.models import PLACES, SHIFTS, RosterShift

NOBODY = "-"
LINE = re.compile(rf"(\d{{4}}-\d\d-\d\d) ({'|'.join(SHIFTS)}) ({'|'.join(PLACES)}) (-|\d{{1,9}})")
LONGEST = 12_000


@dataclass(frozen=True, kw_only=True)
class Change:
    """One cell as somebody edited it: who is on duty there now, or nobody; ``instead_of`` is whom he follows."""

    day: dt.date
    shift: str
    place: str
    person_id: int | None
    instead_of: int | None = None

    @property
    def line(self) -> str:
        """The change as it is sent: ``2026-12-01 evening engineer 12``."""
        return f"{self.day} {self.shift} {self.place} {self.person_id or NOBODY}"


def read(text: str) -> list[Change]:
    """Read edited cells, or raise ValueError with the line that cannot be read."""
    return [_change(line.strip()) for line in text.splitlines() if line.strip()]


def _change(line: str) -> Change:
    found = LINE.fullmatch(line)
    try:
        day = dt.date.fromisoformat(found[1]) if found else None
    except ValueError:
        day = None
    if found is None or day is None:
        raise ValueError(line)
    person_id = None if found[4] == NOBODY else int(found[4])
    return Change(day=day, shift=found[2], place=found[3], person_id=person_id)


class CellsField(LongTextField):
    """Edited cells: ``2026-12-01 evening engineer 12`` in a line each, a person's id or “-”."""

    def __init__(self, label: Any = None, **kwargs: Any) -> None:
        super().__init__(label, limit=LONGEST, fresh=True, required=False, **kwargs)

    def pre_validate(self, form: Any) -> None:
        try:
            read(self.data or "")
        except ValueError as error:
            text = _l("“%(line)s” is no cell: write 2026-12-01 evening engineer 12.", line=str(error)[:60])
            raise ValidationError(text) from error

    def to_json(self) -> Any:
        return None


@dataclass(frozen=True, kw_only=True)
class Edit:
    """One cell that changes: its shift and place, who held it before, who holds it now."""

    shift: RosterShift
    place: str
    before: int | None
    after: int | None


def told(edits: Iterable[Edit], names: Mapping[int | None, str], zone: dt.tzinfo) -> str:
    """Tell changes without words of a language: day, hours, who before, who now."""
    return "\n".join(
        f"{one.shift.day} {one.shift.starts_at.astimezone(zone):%H:%M}-{one.shift.ends_at.astimezone(zone):%H:%M}: "
        f"{names.get(one.before, '—')} → {names.get(one.after, '—')}"
        for one in edits
    )
