"""The lines of a dispatch sheet: the requests themselves while the day runs, rows once it is closed (QR/04)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from core.db import db
from core.seldom import seldom
from plugins.fieldservice.choices import ALL_SOLVED, BY_PHONE
from plugins.fieldservice.dispatching.models import DispatchSheet, SheetLine
from plugins.fieldservice.models import ServiceRequest


def shown(sheet: DispatchSheet) -> list[SheetLine]:
    """Return the lines of a sheet: those that were kept, or while the day runs what was dispatched so far."""
    return list(sheet.lines) if sheet.closed_at else drawn_up(sheet)


def drawn_up(sheet: DispatchSheet, until: dt.datetime | None = None) -> list[SheetLine]:
    """Draw up a line for each request that was dispatched in the sheet's time, in that order."""
    where = (
        ServiceRequest.office_id == sheet.office_id,
        ServiceRequest.dispatched_at >= sheet.begins_at,
        ServiceRequest.dispatched_at < (until or sheet.ends_at),
    )
    whole = (selectinload(ServiceRequest.again), selectinload(ServiceRequest.companion))
    query = select(ServiceRequest).where(*where).options(*whole)
    found = db.session.scalars(query.order_by(ServiceRequest.dispatched_at, ServiceRequest.id)).unique()
    return [_line(request, place) for place, request in enumerate(found, 1)]


def _line(request: ServiceRequest, place: int) -> SheetLine:
    going = (request.engineer, request.companion)
    return SheetLine(
        office_id=request.office_id,
        request_id=request.id,
        place=place,
        number=request.number or "",
        customer=request.customer.name if request.customer else "",
        engineer="、".join(one.name for one in going if one),
        dispatched_at=request.dispatched_at,
        **returned(request),
    )


def returned(request: ServiceRequest) -> dict[str, object]:
    """Return what the sheet says of a request that came back: when, with what result, and who was sent again."""
    again = request.again.number if request.again else None
    result = BY_PHONE if request.by_phone and request.result == ALL_SOLVED else request.result
    return {"turned_in_at": request.turned_in_at, "result": result, "again": again or ""}


def undispatched(office_id: int) -> list[ServiceRequest]:
    """Return what is registered and nobody was sent to yet, the oldest first (QP/2-04 5.4)."""
    where = (ServiceRequest.office_id == office_id, seldom(ServiceRequest.state == "registered"))
    query = select(ServiceRequest).where(*where).order_by(ServiceRequest.opened_at, ServiceRequest.id)
    return list(db.session.scalars(query).unique())


def reasons(text: str, numbers: Sequence[str]) -> Mapping[str, str]:
    """Read ``number: reason``, a line for each request; a line without a number goes on with the one before."""
    found: dict[str, str] = {}
    number = ""
    for line in text.splitlines():
        named = next((one for one in numbers if line.strip().startswith(one)), "")
        said = line.strip().removeprefix(named).strip(" \t:：,，")
        number = named or number
        if number and said:
            found[number] = f"{found[number]}\n{said}" if number in found else said
    return found


def written(given: Mapping[str, str]) -> str:
    """Write reasons as ``reasons`` reads them."""
    return "\n".join(f"{number}: {reason}" for number, reason in given.items())
