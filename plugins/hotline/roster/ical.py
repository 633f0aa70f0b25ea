"""iCalendar by hand (RFC 5545): escaped, folded at 75 octets, with the office's time zone as it really was."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

FOLD = 75
HOUR, DAY = dt.timedelta(hours=1), dt.timedelta(days=1)


@dataclass(frozen=True, kw_only=True)
class Event:
    """One event: ``uid`` stays for ever, ``sequence`` grows with every change; moments are aware."""

    uid: str
    starts: dt.datetime
    ends: dt.datetime
    changed: dt.datetime
    sequence: int
    title: str
    place: str = ""


def calendar(name: str, zone: ZoneInfo, events: Sequence[Event]) -> str:
    """Return a calendar with these events in a time zone."""
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//Koudai//Duty roster//EN",
        "CALSCALE:GREGORIAN",
        "METHOD:PUBLISH",
        f"X-WR-CALNAME:{escaped(name)}",
        f"X-WR-TIMEZONE:{zone.key}",
        "REFRESH-INTERVAL;VALUE=DURATION:PT1H",
        "X-PUBLISHED-TTL:PT1H",
        *_zone(zone, events),
        *(line for one in events for line in _event(one, zone)),
        "END:VCALENDAR",
    ]
    return "".join(f"{folded(line)}\r\n" for line in lines)


def _event(one: Event, zone: ZoneInfo) -> Iterator[str]:
    yield from (
        "BEGIN:VEVENT",
        f"UID:{one.uid}",
        f"DTSTAMP:{_utc(one.changed)}",
        f"LAST-MODIFIED:{_utc(one.changed)}",
        f"SEQUENCE:{one.sequence}",
        f"DTSTART;TZID={zone.key}:{_local(one.starts, zone)}",
        f"DTEND;TZID={zone.key}:{_local(one.ends, zone)}",
        f"SUMMARY:{escaped(one.title)}",
    )
    if one.place:
        yield f"LOCATION:{escaped(one.place)}"
    yield "STATUS:CONFIRMED"
    yield "END:VEVENT"


def _zone(zone: ZoneInfo, events: Sequence[Event]) -> Iterator[str]:
    """Yield the zone: each stretch of time with one offset that the events touch."""
    yield from ("BEGIN:VTIMEZONE", f"TZID:{zone.key}")
    for begins, before, sample in _stretches(zone, events):
        within = sample.astimezone(zone)
        kind = "DAYLIGHT" if within.dst() else "STANDARD"
        yield from (
            f"BEGIN:{kind}",
            f"DTSTART:{(begins + before).strftime('%Y%m%dT%H%M%S')}",
            f"TZOFFSETFROM:{_offset(before)}",
            f"TZOFFSETTO:{_offset(within.utcoffset())}",
            f"TZNAME:{within.tzname()}",
            f"END:{kind}",
        )
    yield "END:VTIMEZONE"


def _stretches(
    zone: ZoneInfo, events: Sequence[Event]
) -> Iterator[tuple[dt.datetime, dt.timedelta, dt.datetime]]:
    """Yield when each offset begins, in UTC, the offset before, a moment in it; the first holds from long ago."""
    first = min((one.starts for one in events), default=dt.datetime(2026, 1, 1, tzinfo=dt.UTC))
    last = max((one.ends for one in events), default=first)
    at = first.replace(minute=0, second=0, microsecond=0) - DAY
    offset = _offset_at(at, zone)
    yield dt.datetime(1970, 1, 1, tzinfo=dt.UTC) - offset, offset, at
    while at <= last:
        at += HOUR
        if _offset_at(at, zone) != offset:
            yield at, offset, at
            offset = _offset_at(at, zone)


def _offset_at(at: dt.datetime, zone: ZoneInfo) -> dt.timedelta:
    return at.astimezone(zone).utcoffset() or dt.timedelta()


def _offset(offset: dt.timedelta | None) -> str:
    minutes = int((offset or dt.timedelta()).total_seconds()) // 60
    sign, minutes = ("-" if minutes < 0 else "+"), abs(minutes)
    return f"{sign}{minutes // 60:02d}{minutes % 60:02d}"


def _utc(at: dt.datetime) -> str:
    return f"{at.astimezone(dt.UTC):%Y%m%dT%H%M%SZ}"


def _local(at: dt.datetime, zone: ZoneInfo) -> str:
    return f"{at.astimezone(zone):%Y%m%dT%H%M%S}"


def escaped(text: str) -> str:
    """Escape a text as RFC 5545 3.3.11 wants it."""
    for plain, written in (("\\", "\\\\"), (";", "\\;"), (",", "\\,"), ("\r\n", "\\n"), ("\n", "\\n")):
        text = text.replace(plain, written)
    return text


def folded(line: str) -> str:
    """Fold a line at 75 octets, never inside a character (RFC 5545 3.1)."""
    return "\r\n ".join(_portions(line))


def _portions(line: str) -> Iterable[str]:
    portion, room = "", FOLD
    for character in line:
        if len((portion + character).encode()) > room:
            yield portion
            # The blank that begins a further line counts.
            portion, room = "", FOLD - 1
        portion += character
    yield portion
