"""Sentences for the lines of a due time's trace, in the language of whoever asks "why then?"."""

import datetime as dt
from collections.abc import Callable, Iterable

from core.i18n import Sentence, _l
from core.worktime import OfficeCalendar, TraceKind, TraceLine, TraceValue

_NOTES = {
    one.msgid: one
    for one in (
        _l("New Year's Day"),
        _l("Chinese New Year's Eve"),
        _l("Spring Festival"),
        _l("Spring Festival, extended"),
        _l("Tomb-Sweeping Day"),
        _l("Labour Day"),
        _l("Dragon Boat Festival"),
        _l("Mid-Autumn Festival"),
        _l("National Day"),
        _l("70th anniversary of the victory of 1945"),
        _l("Day off in exchange for a working weekend day"),
        _l("Working day in exchange for a day off"),
    )
}

Shown = Sentence | TraceValue

_SENTENCES: dict[TraceKind, Callable[[dict[str, Shown]], Sentence]] = {
    TraceKind.START: lambda shown: _l("The time starts at %(at)s.", **shown),
    TraceKind.WORKING_MINUTES: lambda shown: _l("Limit in working minutes: %(minutes)s.", **shown),
    TraceKind.SAME_WORKING_DAY: lambda shown: _l("Limit: closing time of the same working day.", **shown),
    TraceKind.NEXT_WORKING_MORNING: lambda shown: _l("Limit: the next working day at %(until)s.", **shown),
    TraceKind.WORKING_DAYS: lambda shown: _l(
        "Limit in working days: %(days)s. The day of the start is not counted; the last ends at closing.",
        **shown,
    ),
    TraceKind.CALENDAR_DAYS: lambda shown: _l(
        "Limit in calendar days: %(days)s; closing time of that day, or of the next working day if closed.",
        **shown,
    ),
    TraceKind.AFTER_OPENING: lambda shown: _l("Limit in minutes after opening: %(minutes)s.", **shown),
    TraceKind.PROMISED: lambda shown: _l("This time was promised: %(at)s.", **shown),
    TraceKind.OUTSIDE_HOURS: lambda shown: _l(
        "%(at)s lies outside the opening hours; the time runs from the next opening.", **shown
    ),
    TraceKind.ALREADY_CLOSED: lambda shown: _l("The office had closed for the day at %(at)s.", **shown),
    TraceKind.HOLIDAY_SKIPPED: lambda shown: _l("%(day)s is skipped: %(note)s.", **shown),
    TraceKind.CLOSED_DAY_SKIPPED: lambda shown: _l("%(day)s is skipped: no opening hours.", **shown),
    TraceKind.SWAPPED_WORKING_DAY: lambda shown: _l("%(day)s is worked: %(note)s.", **shown),
    TraceKind.COUNTED: lambda shown: _l("%(since)s to %(at)s: %(minutes)s working minutes.", **shown),
    TraceKind.ON_DUTY: lambda shown: _l(
        "%(since)s to %(at)s: %(minutes)s minutes, for somebody is on duty.", **shown
    ),
    TraceKind.DAY_COUNTED: lambda shown: _l("%(day)s is working day %(number)s.", **shown),
    TraceKind.LUNCH_SKIPPED: lambda shown: _l("The break from %(since)s to %(at)s does not count.", **shown),
    TraceKind.CLOSING_TIME: lambda shown: _l("The office closes at %(at)s.", **shown),
    TraceKind.MOVED_INTO_HOURS: lambda shown: _l(
        "%(until)s lies outside that day's opening hours: moved to %(at)s.", **shown
    ),
    TraceKind.PROVISIONAL_YEAR: lambda shown: _l(
        "The swapped working days of %(year)s have not been announced: this time is provisional.", **shown
    ),
    TraceKind.DUE: lambda shown: _l("Due at %(at)s.", **shown),
}


def trace_sentence(line: TraceLine) -> Sentence:
    """Put one line of a trace into words."""
    shown: dict[str, Shown] = {name: _shown(name, value) for name, value in line.params.items()}
    return _SENTENCES[line.kind]({**shown, "at": _moment(line.at)})


def trace_sentences(trace: Iterable[TraceLine]) -> list[Sentence]:
    """Put a whole trace into words, in its order."""
    return [trace_sentence(line) for line in trace]


def note_text(note: str) -> Sentence | str:
    """Translate the note of a national day; an office's own note stays as it was written."""
    known = [_NOTES[one] for one in note.split("; ") if one in _NOTES]
    return (
        _l("%(one)s and %(other)s", one=known[0], other=known[1])
        if len(known) == 2
        else _NOTES.get(note, note)
    )


def closed_because(calendar: OfficeCalendar, day: dt.date) -> Sentence | None:
    """Say by which rung of its calendar an office is closed on a day: its own days, the nation's, or its week."""
    if calendar.is_working_day(day):
        return None
    special = calendar.special.get(day)
    if special is None:
        return _l("no opening hours on this day of the week")
    by = {"office": _l("by the office's own calendar: %(note)s", note=special.note)}
    return by.get(special.source) or _l("national holiday: %(note)s", note=note_text(special.note))


def _shown(name: str, value: TraceValue) -> Shown:
    if name == "note":
        return note_text(str(value))
    return _moment(str(value)) if name == "since" else value


def _moment(stored: str) -> str:
    """Show a stored moment in the office time in which it was written down."""
    return f"{dt.datetime.fromisoformat(stored):%Y-%m-%d %H:%M}"
