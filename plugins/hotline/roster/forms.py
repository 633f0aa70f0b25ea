"""What is asked when a roster, an absence or a swap takes a step."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from sqlalchemy import or_, select

from core.db import db
from core.forms import (
    ChoiceField,
    DayField,
    LongTextField,
    RecordField,
    SeenTogether,
    StepForm,
    Wrong,
    YesField,
)
from core.i18n import _l
from core.people import Person, RoleGrant
from core.roles import DUTY_MANAGER, SUPPORT_MANAGER
from plugins.hotline.roster import swaps
from plugins.hotline.roster.cells import CellsField
from plugins.hotline.roster.hours import month_of, months_after
from plugins.hotline.roster.models import ABSENCES, Absence, Roster

if TYPE_CHECKING:
    from core.gate import Act

LONGEST_ABSENCE = dt.timedelta(days=184)
MONTHS = range(-2, 4)


class MonthField(ChoiceField):
    """A month that has no roster yet: from two months back, to put on record who was there, to three ahead."""

    def prepare(self, act: Act) -> None:
        now = month_of(act.rules.calendar.local_day(act.now))
        months = [months_after(now, distance) for distance in MONTHS]
        where = (Roster.office_id == act.rules.office.id, Roster.month.in_(months))
        taken = set(db.session.scalars(select(Roster.month).where(*where)))
        self.offer({f"{one:%Y-%m}": f"{one:%Y-%m}" for one in months if one not in taken})


class BeginForm(StepForm):
    """Which month."""

    month = MonthField(_l("Month"))

    def process(self, *args: object, **kwargs: object) -> None:
        # A case that is not there yet has no month; one that is keeps a day, which is no choice.
        super().process(*args, **kwargs)
        if not self.month.raw_data:
            self.month.data = None


class ProposeForm(StepForm):
    """Whether what stands is replaced, too."""

    anew = YesField(_l("Also replace what is filled in already"))


class ChangeForm(StepForm):
    """The cells that were edited."""

    cells = CellsField(_l("Changed cells"), hint=_l("A line each, like: 2026-12-01 evening engineer 12"))


class ReplaceForm(ChangeForm):
    """The cells that were edited after the roster was published, and why."""

    reason = LongTextField(_l("Reason"), limit=200, fresh=True)


def _staff(act: Act) -> dict[str, str]:
    """Return for whom an absence can be asked: everybody by those who decide it, else oneself."""
    here = select(RoleGrant.person_id).where(
        RoleGrant.office_id == act.rules.office.id, RoleGrant.taken_at.is_(None)
    )
    query = select(Person.id, Person.name).where(Person.id.in_(here), Person.left_at.is_(None))
    if not act.actor.has(act.rules.office.id, (SUPPORT_MANAGER, DUTY_MANAGER)):
        query = query.where(Person.id == act.actor.person_id)
    return {str(row.id): row.name for row in db.session.execute(query.order_by(Person.name, Person.id))}


class AbsenceForm(SeenTogether, StepForm):
    """Who is away, from when until when, and why."""

    kind = ChoiceField(_l("Kind"), choices=ABSENCES)
    first_day = DayField(_l("First day"))
    last_day = DayField(_l("Last day"))
    note = LongTextField(_l("Note"), required=False, limit=200)
    person_id = RecordField(
        _l("For whom"),
        offers=_staff,
        required=False,
        hint=_l("Empty: for yourself. A manager enters it for who is ill."),
    )

    def seen_together(self) -> list[Wrong | None]:
        """Refuse days that are over, the wrong way round, too many, or asked for already."""
        first, last = self.first_day.data, self.last_day.data
        if first is None or last is None:
            return []
        return [self._wrong_days(first, last), self._asked_before(first, last)]

    def _wrong_days(self, first: dt.date, last: dt.date) -> Wrong | None:
        if last < first:
            return "last_day", _l("The last day is before the first.")
        if last < self.act.rules.calendar.local_day(self.act.now):
            return "last_day", _l("These days are over.")
        if last - first > LONGEST_ABSENCE:
            return "last_day", _l("At most half a year at once.")
        return None

    def _asked_before(self, first: dt.date, last: dt.date) -> Wrong | None:
        where = (
            Absence.office_id == self.act.rules.office.id,
            Absence.owner_id == (self.person_id.chosen or self.act.actor.person_id),
            Absence.state.in_(("asked", "approved")),
            Absence.first_day <= last,
            Absence.last_day >= first,
        )
        found = db.session.scalar(select(Absence).where(*where).limit(1))
        if found is None:
            return None
        days = {"number": found.number, "first": found.first_day, "last": found.last_day}
        return "first_day", _l("%(number)s covers days of these already: %(first)s to %(last)s.", **days)


def _who_can(act: Act) -> dict[str, str]:
    """Return who could stand in: everybody of the office's hotline and duty managers but who is away."""
    keys = ("hotline_engineer", "duty_manager", "support_manager", "field_engineer")
    here = select(RoleGrant.person_id).where(
        RoleGrant.office_id == act.rules.office.id,
        RoleGrant.taken_at.is_(None),
        or_(*(RoleGrant.role == key for key in keys)),
    )
    query = select(Person.id, Person.name).where(
        Person.id.in_(here), Person.left_at.is_(None), Person.id != act.case.owner_id
    )
    return {str(row.id): row.name for row in db.session.execute(query.order_by(Person.name, Person.id))}


class SubstituteForm(StepForm):
    """Who stands in, and perhaps only for some of the days."""

    substitute_id = RecordField(_l("Who stands in"), offers=_who_can)
    from_day = DayField(_l("From"), required=False)
    until_day = DayField(_l("Until"), required=False)


class SwapForm(SeenTogether, StepForm):
    """Which of one's own shifts for which of a colleague's."""

    mine = ChoiceField(_l("My shift"))
    theirs = ChoiceField(_l("The colleague's shift"))
    note = LongTextField(_l("Note"), required=False, limit=200)

    def process(self, *args: object, **kwargs: object) -> None:
        offered = swaps.offered(self.act)
        self.mine.offer(offered.mine)
        self.theirs.offer(offered.theirs)
        super().process(*args, **kwargs)

    def seen_together(self) -> list[Wrong | None]:
        """Refuse what one of the two cannot do, or what clashes."""
        if not (self.mine.data and self.theirs.data):
            return []
        against = swaps.against(self.act.rules, swaps.picked(self.mine.data), swaps.picked(self.theirs.data))
        return [("theirs", against)] if against else []
