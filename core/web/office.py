"""An office's settings: its opening hours, the days on which it does otherwise, and what comes of both."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from wtforms import Form

from core import calendars, clock, ledger
from core.db import writing
from core.errors import Invalid, KoudaiError
from core.forms import ChoiceField, DayField, TextField
from core.i18n import Sentence, _, _l
from core.ledger import LedgerRow
from core.people import name_of
from core.switches import lock_office
from core.web.access import actor, needs, this_office
from core.web.hours import WEEKDAYS, HoursForm
from core.web.show import moment
from core.worktime import DayKind, OfficeCalendar
from core.worktime_text import note_text

pages = Blueprint("office", __name__, url_prefix="/<office>/settings")
DAYS_SHOWN = 14
CHANGES = {
    "opening_hours": _l("other opening hours"),
    "add_day": _l("%(day)s added: %(note)s"),
    "remove_day": _l("%(day)s removed: %(note)s"),
}
DAY_KINDS: dict[str, Sentence] = {DayKind.CLOSED: _l("closed that day"), DayKind.WORKING: _l("open that day")}


class DayForm(Form):
    """A day on which the office does otherwise than the national calendar says."""

    day = DayField(_l("Day"))
    kind = ChoiceField(_l("The office is"), choices=DAY_KINDS)
    note = TextField(_l("Why"), hint=_l("Shown wherever a deadline passes this day, like: moving house."))


@dataclass(frozen=True, kw_only=True)
class ShownDay:
    """One of the coming days as the calendar reckons it."""

    day: dt.date
    weekday: Sentence
    hours: list[tuple[str, str]]
    note: Sentence | str
    own: bool
    provisional: bool


@pages.get("/")
@needs("core.manage_office")
def settings(office: str) -> str:
    """Name and zone, opening hours, days of its own, and the next two weeks."""
    return _page()


def _page(hours: HoursForm | None = None, day: DayForm | None = None, refused: Sentence | None = None) -> str:
    here = this_office()
    last = ledger.last_setting(here.id, "opening_hours")
    calendar = calendars.calendar_of(here)
    return render_template(
        "core/office/settings.html",
        hours=hours or HoursForm.of(calendars.opening_hours(here.id)),
        seen=last.id if last else 0,
        weekdays=WEEKDAYS,
        day=day or DayForm(),
        own_days=calendars.own_days(here.id),
        kinds=DAY_KINDS,
        today=calendar.local_day(clock.now()),
        coming=list(coming_days(calendar)),
        history=[(row, told(row)) for row in ledger.settings_of(here.id, *CHANGES)],
        refused=refused,
    )


def told(row: LedgerRow) -> Sentence:
    """Say what a change of the opening hours or of the office's own days was."""
    return Sentence(
        CHANGES[row.action].msgid, {"day": row.details.get("day", ""), "note": row.details.get("note", "")}
    )


def coming_days(calendar: OfficeCalendar) -> Iterator[ShownDay]:
    """Yield the next days with their hours, and why they are other than the week says."""
    first = calendar.local_day(clock.now())
    for day in (first + dt.timedelta(days=distance) for distance in range(DAYS_SHOWN)):
        special = calendar.special.get(day)
        periods = calendar.intervals_on(day)
        yield ShownDay(
            day=day,
            weekday=WEEKDAYS[day.weekday()],
            hours=[(moment(opens)[-5:], moment(closes)[-5:]) for opens, closes in periods],
            note=note_text(special.note) if special else "",
            own=special is not None and special.source == "office",
            provisional=day.year in calendar.provisional_years,
        )


@pages.post("/hours")
@needs("core.manage_office")
def hours(office: str) -> Any:
    """Replace the weekly hours, unless somebody else did so meanwhile."""
    form = HoursForm.typed(request.form)
    intervals = form.read()
    if intervals is None:
        return _page(hours=form), 422
    try:
        with writing():
            _refuse_overtaken(lock_office(this_office().id).id)
            calendars.set_opening_hours(this_office(), intervals, actor())
    except KoudaiError as error:
        return _page(hours=form, refused=error.sentence), 409
    flash(_("The opening hours are in force. Running deadlines keep their time."), "done")
    return _back()


def _refuse_overtaken(office_id: int) -> None:
    last = ledger.last_setting(office_id, "opening_hours")
    if last is not None and last.id != request.form.get("seen", 0, type=int):
        raise KoudaiError(
            _l(
                "Meanwhile %(actor)s changed the opening hours. Below is what you typed: "
                "save once more to put it in force instead.",
                actor=name_of(last.actor_id, last.actor),
            )
        )


@pages.post("/days")
@needs("core.manage_office")
def add_day(office: str) -> Any:
    """Add a day on which the office does otherwise."""
    form = DayForm(request.form)
    if not form.validate():
        return _page(day=form), 422
    try:
        with writing():
            kind = DayKind(str(form.kind.data))
            calendars.add_day(this_office(), form.day.data, kind, form.note.data, actor())
    except Invalid as wrong:
        form[wrong.field].errors = [wrong.sentence]
        return _page(day=form), 422
    flash(_("%(day)s is in the calendar.", day=form.day.data), "done")
    return _back()


@pages.post("/days/<int(max=2147483647):day_id>/remove")
@needs("core.manage_office")
def remove_day(office: str, day_id: int) -> Any:
    """Take such a day back."""
    try:
        with writing():
            day = calendars.remove_day(this_office(), day_id, actor()).day
    except KoudaiError as error:
        return _page(refused=error.sentence), 409
    flash(_("%(day)s is out of the calendar.", day=day), "done")
    return _back()


@pages.get("/hours")
@pages.get("/days")
@pages.get("/days/<int:day_id>/remove")
@needs("core.manage_office")
def again(office: str, day_id: int = 0) -> Any:
    """Answer whoever opens a form's address (to reload, in another language) with the page of the form."""
    return _back()


def _back() -> Any:
    return redirect(url_for("office.settings", office=this_office().code))
