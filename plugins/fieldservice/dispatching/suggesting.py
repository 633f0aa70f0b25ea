"""Who could be sent: what is known of each engineer, and head office's answer, drawn by lot (QI/02)."""

from __future__ import annotations

import datetime as dt
import random
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from sqlalchemy import func, select

from core.db import db
from core.i18n import Sentence, _l
from core.roles import FIELD_ENGINEER
from core.seldom import seldom
from core.verdicts import Decision, Verdict
from plugins.fieldservice.dispatching import slots
from plugins.fieldservice.dispatching.models import Skill
from plugins.fieldservice.dispatching.skills import TRAINED
from plugins.fieldservice.hooks import BETWEEN, Candidate, Candidates, in_order
from plugins.fieldservice.models import ServiceRequest
from plugins.hotline.services import away_on

if TYPE_CHECKING:
    from core.people import Person
    from core.rules import Rules

NAME = "fieldservice_suggestion"
WEEK = dt.timedelta(days=7)
FOLLOWS = "QI/05 3.2"


def suggested(
    rules: Rules, request: ServiceRequest, at: dt.datetime | None, now: dt.datetime
) -> tuple[Decision, list[Candidate]]:
    """Ask who should go, and return the decision with those it names, the first one first."""
    found = candidates(rules, request, at, now)
    decision = rules.decide(NAME, request=request, candidates=found)
    by_key = {one.key: one for one in found}
    names = str(decision.verdict.value).split(BETWEEN)
    return decision, [by_key[name] for name in names if name in by_key]


def candidates(rules: Rules, request: ServiceRequest, at: dt.datetime | None, now: dt.datetime) -> Candidates:
    """Return what is known of each engineer of the office, for a visit at a time or on the day of ``now``."""
    people = rules.colleagues(FIELD_ENGINEER)
    day = rules.calendar.local_day(at or now)
    away, trained = away_on(rules, day), _trained(rules, request)
    busy, near, recent = _busy(rules, request, at), _near(rules, request, day), _recent(rules, now)
    before = request.previous.engineer_id if request.previous else None
    return Candidates(
        Candidate(
            person_id=one.id,
            key=key,
            qualified=trained is None or one.id in trained,
            free=one.id not in busy,
            away=one.id in away,
            near=near[one.id],
            recent=recent.get(one.id, 0),
            before=one.id == before,
        )
        for one, key in _told_apart(people)
    )


def _told_apart(people: Sequence[Person]) -> Iterator[tuple[Person, str]]:
    named = Counter(one.name for one in people)
    for one in people:
        yield one, one.name if named[one.name] == 1 else f"{one.name} ({one.login})"


def _trained(rules: Rules, request: ServiceRequest) -> set[int] | None:
    """Return who was trained for the product; None when nobody is on record for it, so that anybody may go."""
    product = request.installation.product_id if request.installation else None
    where = (Skill.office_id == rules.office.id, Skill.product_id == product)
    return set(db.session.scalars(select(Skill.person_id).where(*where))) or None


def _busy(rules: Rules, request: ServiceRequest, at: dt.datetime | None) -> set[int]:
    """Return who is at another visit at that time; at no time nobody is."""
    if at is None:
        return set()
    usual = rules.parameter(slots.MINUTES)
    until = at + dt.timedelta(minutes=request.planned_minutes or usual)
    where = (
        ServiceRequest.office_id == rules.office.id,
        seldom(ServiceRequest.state.in_(slots.BUSY)),
        ServiceRequest.id != request.id,
    )
    return {person for one in slots.slots(where, at, until, usual) for person in one.people}


def _near(rules: Rules, request: ServiceRequest, day: dt.date) -> Counter[int]:
    """Count each engineer's other visits in the request's district that day."""
    if not request.district:
        return Counter()
    moment = rules.calendar.moment
    begins, ends = moment(day, dt.time.min), moment(day + dt.timedelta(days=1), dt.time.min)
    where = (
        ServiceRequest.office_id == rules.office.id,
        ServiceRequest.district == request.district,
        ServiceRequest.id != request.id,
        slots.begins_between(begins, ends),
    )
    return Counter(one for one in db.session.scalars(select(ServiceRequest.engineer_id).where(*where)) if one)


def _recent(rules: Rules, now: dt.datetime) -> dict[int, int]:
    """Count what each engineer was sent to in the last seven days."""
    where = (
        ServiceRequest.office_id == rules.office.id,
        seldom(ServiceRequest.dispatched_at >= now - WEEK),
        ServiceRequest.engineer_id.is_not(None),
    )
    query = select(ServiceRequest.engineer_id, func.count()).where(*where)
    rows = db.session.execute(query.group_by(ServiceRequest.engineer_id))
    return {person_id: count for person_id, count in rows if person_id}


def by_lot(request: ServiceRequest, among: Candidates) -> Verdict:
    """Draw by lot among those who can go; whoever was there before follows it to the end (QI/05 3.2)."""
    able = [one for one in among if one.can_go]
    random.Random(str(request.number)).shuffle(able)
    able.sort(key=lambda one: not one.before)
    return Verdict(
        value=in_order(able),
        reason=_reason(able),
        clause=FOLLOWS if able and able[0].before else TRAINED,
        evidence=tuple(evidence(one) for one in among),
    )


def _reason(able: Sequence[Candidate]) -> Sentence:
    if not able:
        return _l("Nobody who was trained for the product is free then.")
    if able[0].before:
        return _l("%(name)s was there before, and follows it to the end.", name=able[0].key)
    return _l("Drawn by lot among those who were trained and are free; for the same request always the same.")


def evidence(one: Candidate) -> Sentence:
    """Say what is known of a candidate."""
    return _l(
        "%(name)s: %(trained)s, %(free)s; visits in the district that day: %(near)s, in the last seven days: %(recent)s.",
        name=one.key,
        trained=_l("trained") if one.qualified else _l("not trained for the product"),
        free=_l("away") if one.away else _l("free") if one.free else _l("at another visit"),
        near=one.near,
        recent=one.recent,
    )
