"""The hotline log on paper (QR/02): landscape, a line for each call, corrections struck through and written anew."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from core.i18n import Sentence, _l
from core.records import LANDSCAPE, Corrected, Field, Part, Record, Table
from plugins.hotline.log import lines
from plugins.hotline.log.models import FIELDS, OTHER, DayLog, LogCorrection, LogLine, told
from plugins.hotline.log.services import NAME, QR_02


def said_of(line: LogLine, field: str) -> Any:
    """Return what a field of a line says: as it was written, or struck through and written anew."""
    made = [one for one in line.corrections if one.field == field]
    if not made:
        return told(field, getattr(line, field))
    was = tuple(told(field, one.old) for one in made)
    return Corrected(was=was, now=told(field, made[-1].new))


def result_of(line: LogLine) -> list[Any]:
    """Return the result, and where the call stood when it was neither solved by phone nor needs a visit."""
    said = [said_of(line, "result")]
    return [*said, state_of(line)] if line.result == OTHER else said


def state_of(line: LogLine) -> Sentence:
    """Return where the call stood, in words."""
    rules = lines.rules_of_office(line.office_id)
    return rules.procedure("hotline.call").states[line.state].title


def engineers(log: DayLog) -> str:
    """Return who took calls that day, in the order of their first."""
    names = [one.now("engineer") for one in lines.shown(log)]
    return "、".join(dict.fromkeys(name for name in names if name))


def _numbered(line: LogLine) -> list[Any]:
    at = line.logged_at.astimezone(lines.rules_of_office(line.office_id).office.zoneinfo)
    said: list[Any] = [f"{line.place} · {at:%H:%M}", line.number, said_of(line, "engineer")]
    return [*said, _l("after closing")] if line.late else said


def corrections(log: DayLog) -> Iterator[LogCorrection]:
    """Yield what was corrected since the day was closed, call by call."""
    for line in log.lines if log.closed_at else ():
        yield from line.corrections


HEAD = Part(
    title=_l("Hotline duty"),
    fields=(
        Field(label=_l("Duty engineers"), value=engineers, width=6),
        Field(label=_l("Date"), value=lambda one: f"{one.day}", width=3),
        Field(label=_l("Number"), value=lambda one: one.number, width=3),
    ),
)
LINES = Table(
    title=_l("Calls"),
    rows=lines.shown,
    fields=(
        Field(label=_l("No., time, engineer"), value=_numbered, width=2),
        Field(label=_l("Unit"), value=lambda one: [said_of(one, "unit"), said_of(one, "contact")], width=2),
        Field(label=_l("What was said"), value=lambda one: said_of(one, "said"), width=4),
        Field(label=_l("Result"), value=result_of, width=2),
        Field(label=_l("Request number"), value=lambda one: said_of(one, "request"), width=2),
    ),
)
CORRECTIONS = Table(
    title=_l("Corrections after closing"),
    rows=corrections,
    least=0,
    fields=(
        Field(label=_l("Call"), value=lambda one: f"{one.line.place} · {one.line.number}", width=2),
        Field(label=_l("Which field"), value=lambda one: FIELDS[one.field], width=2),
        Field(
            label=_l("Instead of, now"),
            value=lambda one: Corrected(was=(told(one.field, one.old),), now=told(one.field, one.new)),
            width=3,
        ),
        Field(label=_l("Reason"), value=lambda one: one.reason, width=3),
        Field(label=_l("Who, when"), value=lambda one: [one.corrected_by, one.corrected_at], width=2),
    ),
)
FOOT = Part(
    title=_l("Duty manager"),
    fields=(
        Field(label=_l("Calls"), value=lambda one: one.calls if one.closed_at else None, width=3),
        Field(label=_l("Still open"), value=lambda one: one.unfinished if one.closed_at else None, width=3),
        Field(label=_l("Requests registered"), value=lambda one: _counted(one, one.registered), width=3),
        Field(label=_l("Not dispatched"), value=lambda one: _counted(one, len(one.undispatched)), width=3),
        Field(label=_l("Remark"), value=lambda one: one.remark, width=12),
        Field(label=_l("Duty manager"), value=lambda one: one.closed_by and one.closed_by.name),
        Field(label=_l("Closed"), value=lambda one: one.closed_at),
        Field(label=_l("Archive date"), value=lambda one: one.archived_at),
    ),
)


def _counted(log: DayLog, count: int) -> int | None:
    return count if log.counted else None


day_form = Record(
    code="QR/02",
    under="QP/2-04",
    title=_l("Hotline log"),
    edition=1,
    procedure=NAME,
    clause=QR_02,
    orientation=LANDSCAPE,
    parts=(HEAD, LINES, CORRECTIONS, FOOT),
    running=lambda one: f"{one.day} · {engineers(one)}",
)
