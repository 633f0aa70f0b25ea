"""The engineer's day in order (QI/04 3.1.2): what is fixed, then what is promised, then what lies near."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from sqlalchemy import select

from core.db import db
from core.deadlines import Deadline, next_of
from core.seldom import seldom
from plugins.fieldservice import queues
from plugins.fieldservice.models import ServiceRequest

# Nobody drives to more; what lies beyond is not ordered, and seen when the first are done.
MOST = 100
DISTRICT = re.compile(r"[\u4e00-\u9fff]{1,3}?[区县镇]")
NEAR = 4


@dataclass(frozen=True, kw_only=True)
class Stop:
    """One visit in its place: whether it is for today, and whether the engineer put it there himself."""

    request: ServiceRequest
    promise: Deadline | None
    place: int
    today: bool
    moved: bool


@dataclass(frozen=True, kw_only=True)
class Plan:
    """One page of an engineer's visits in order."""

    stops: Sequence[Stop]
    total: int
    today: int
    page: int

    @property
    def pages(self) -> int:
        """How many pages there are, at least one."""
        return max(-(-self.total // queues.PAGE), 1)


def plan_of(engineer_id: int | None, now: dt.datetime, zone: ZoneInfo, page: int) -> Plan:
    """Return an engineer's visits in order: three queries, however many there are."""
    where = (ServiceRequest.engineer_id == engineer_id, seldom(ServiceRequest.state.in_(queues.VISITING)))
    query = select(ServiceRequest).where(*where).order_by(ServiceRequest.id).limit(MOST)
    found = list(db.session.scalars(query).unique())
    promises = next_of(queues.REQUEST, [one.id for one in found])
    day = Day(now.astimezone(zone).date(), zone)
    stops = [_stop(place, one, promises, day) for place, one in enumerate(in_order(found, promises, day), 1)]
    page = min(max(page, 1), max(-(-len(stops) // queues.PAGE), 1))
    shown = stops[(page - 1) * queues.PAGE : page * queues.PAGE]
    return Plan(stops=shown, total=len(stops), today=sum(1 for one in stops if one.today), page=page)


@dataclass(frozen=True)
class Day:
    """The calendar day that is planned, where the office is."""

    date: dt.date
    zone: ZoneInfo

    def of(self, moment: dt.datetime) -> dt.date:
        """Return the calendar day of a moment."""
        return moment.astimezone(self.zone).date()


def _stop(place: int, one: ServiceRequest, promises: dict[int, Deadline], day: Day) -> Stop:
    return Stop(
        request=one,
        promise=promises.get(one.id),
        place=place,
        today=is_for_today(one, day),
        moved=_moved(one, day),
    )


def _moved(one: ServiceRequest, day: Day) -> bool:
    return one.planned_on == day.date and one.planned_place is not None and one.state not in ENDS


ENDS = ("on_site", "signed")


def is_for_today(one: ServiceRequest, day: Day) -> bool:
    """A visit is for today unless its appointment lies on a later day."""
    return one.state != "arranged" or one.appointment_at is None or day.of(one.appointment_at) <= day.date


def in_order(
    visits: Sequence[ServiceRequest], promises: dict[int, Deadline], day: Day
) -> list[ServiceRequest]:
    """Return visits as they are suggested, with what the engineer has put elsewhere in the place that he chose."""
    suggested = suggest(visits, promises, day)
    kept = [one for one in suggested if not _moved(one, day)]
    for one in sorted((one for one in suggested if _moved(one, day)), key=lambda it: it.planned_place or 0):
        kept.insert((one.planned_place or 1) - 1, one)
    return kept


def suggest(
    visits: Sequence[ServiceRequest], promises: dict[int, Deadline], day: Day
) -> list[ServiceRequest]:
    """Suggest an order: where one is, today's appointments, what is promised and near, later days, what is signed."""
    here = [one for one in visits if one.state == "on_site"]
    fixed = _by_time([one for one in visits if one.state == "arranged"])
    today = [one for one in fixed if is_for_today(one, day)]
    loose = [one for one in visits if one.state in ("dispatched", "confirmed")]
    later = [one for one in fixed if not is_for_today(one, day)]
    signed = [one for one in visits if one.state == "signed"]
    first = here + today
    return first + _near(loose, promises, day, first[-1] if first else None) + later + signed


def _by_time(visits: list[ServiceRequest]) -> list[ServiceRequest]:
    return sorted(visits, key=lambda one: (one.appointment_at or one.opened_at, one.id))


def _near(
    visits: list[ServiceRequest], promises: dict[int, Deadline], day: Day, last: ServiceRequest | None
) -> list[ServiceRequest]:
    """Go by the promised day, and within a day on to whoever lies in the district where one is."""

    def promised(one: ServiceRequest) -> dt.datetime:
        return promises[one.id].due_at if one.id in promises else one.opened_at

    waiting, found = sorted(visits, key=lambda one: (promised(one), one.id)), list[ServiceRequest]()
    while waiting:
        first = day.of(promised(waiting[0]))
        same_day = [one for one in waiting if day.of(promised(one)) == first]
        near = [one for one in same_day if last and district(one.address) == district(last.address)]
        last = (near or same_day)[0]
        waiting.remove(last)
        found.append(last)
    return found


def district(address: str) -> str:
    """Return the part of the town in which an address lies, or how it begins."""
    found = DISTRICT.search(address)
    return found[0] if found else address.strip()[:NEAR]
