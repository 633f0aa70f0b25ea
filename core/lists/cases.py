"""The list of a procedure's cases, made from what the procedure declares."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from typing import Any

from sqlalchemy import bindparam, func, or_, select

from core import clock
from core.asking import asked
from core.cases import Case
from core.db import db
from core.deadlines import IS_OPEN, Deadline
from core.i18n import Sentence, _l
from core.lists.declared import ListColumn, ListFilter, Listing
from core.lists.question import day_of
from core.people import Actor, Person, RoleGrant
from core.procedure import Filter, Procedure
from core.rules import Rules
from core.search import finding
from core.seldom import seldom

UNFINISHED, MINE = "*", "mine"
SPANS = {
    "overdue": _l("Overdue"),
    "today": _l("Due today"),
    "week": _l("Due within seven days"),
    "any": _l("Something is promised"),
}
# Every list asks: written once, and asked of the tables themselves.
_person, _grant = Person.__table__.c, RoleGrant.__table__.c
_STAFF = (
    select(_person.id, _person.name)
    .where(_person.id.in_(select(_grant.person_id).where(_grant.office_id == bindparam("office"))))
    .order_by(_person.initials, _person.id)
)


def listing_of(procedure: Procedure, rules: Rules, actor: Actor) -> Listing:
    """Return the list of an office's cases as somebody may ask it."""
    model = procedure.model
    return Listing(
        name=procedure.name,
        title=procedure.title,
        reads=procedure.reads,
        query=select(model).where(procedure.seen_in(rules.office.id)),
        key=model.id,
        columns={one.name: one for one in _columns(procedure)},
        filters={one.name: one for one in _filters(procedure, rules, actor)},
        order="-number",
        due=procedure.name,
    )


def _columns(procedure: Procedure) -> Iterator[ListColumn]:
    model = procedure.model
    yield ListColumn(
        name="number", title=_l("Number"), value=_number, mark="number", fixed=True, sort=(model.id,)
    )
    yield ListColumn(
        name="state", title=_l("State"), value=_state_in(procedure), mark="state", sort=(model.state,)
    )
    yield ListColumn(name="customer", title=procedure.headed, value=procedure.heading, mark="wide")
    for place, one in enumerate(procedure.columns):
        mark = "" if place else "wide"
        yield ListColumn(name=one.name, title=one.title, value=one.value, mark=mark, usual=one.usual)
    yield ListColumn(name="owner", title=_l("Owner"), value=_owner, mark="fit")
    yield ListColumn(
        name="due",
        title=_l("Due"),
        value=lambda case: None,
        mark="due",
        sort=(_next_due(procedure),),
        sorted_with=("due", "any"),
    )
    yield ListColumn(name="opened", title=_l("Opened"), value=_opened, mark="spare", sort=(model.opened_at,))


def _number(case: Case) -> str:
    return case.number or ""


def _owner(case: Case) -> str:
    return case.owner.name if case.owner else ""


def _opened(case: Case) -> dt.datetime:
    return case.opened_at


def _state_in(procedure: Procedure) -> Any:
    return lambda case: procedure.states[case.state].title


def _next_due(procedure: Procedure) -> Any:
    """Return when the most urgent promise of a case is due; the index by subject finds it."""
    return (
        select(func.min(Deadline.due_at))
        .where(*_promises(procedure), Deadline.subject_id == procedure.model.id)
        .correlate(procedure.model)
        .scalar_subquery()
    )


def _promises(procedure: Procedure) -> tuple[Any, ...]:
    return (Deadline.procedure == procedure.name, IS_OPEN)


def _filters(procedure: Procedure, rules: Rules, actor: Actor) -> Iterator[ListFilter]:
    model, office_id = procedure.model, rules.office.id
    yield ListFilter(
        name="q",
        title=_l("Words"),
        kind="words",
        where=lambda typed: finding.holding(typed, model, procedure.name, office_id),
    )
    yield ListFilter(
        name="whose",
        title=_l("Whose"),
        choices={MINE: _l("Mine")},
        where=lambda _mine: _is_mine(procedure, actor),
    )
    yield ListFilter(
        name="state",
        title=_l("State"),
        choices=_states(procedure),
        where=lambda value: _in_state(procedure, value),
        besides=lambda value: some_stand_in(procedure, office_id, value),
    )
    staff = rules.once("staff by name", lambda: _staff(office_id))
    owner = Filter(name="owner", title=_l("Owner"), attribute="owner_id")
    for one in (owner, *procedure.filters):
        yield _declared(one, model, staff)
    yield ListFilter(
        name="due", title=_l("Promised"), choices=SPANS, where=lambda value: _is_due(procedure, rules, value)
    )
    yield _period("since", _l("Opened from"), model, rules, days=0)
    yield _period("until", _l("Opened until"), model, rules, days=1)


def _declared(one: Filter, model: type[Case], staff: Mapping[str, str]) -> ListFilter:
    """Return a filter that a procedure declares: by a person of the office, or by one of its choices."""
    offered: Mapping[str, Sentence | str] = staff if one.choices is None else one.choices
    return ListFilter(
        name=one.name, title=one.title, choices=offered, where=lambda value: one.where(model, value)
    )


def _states(procedure: Procedure) -> dict[str, Sentence | str]:
    every = {one.name: one.title for one in procedure.states.values()}
    return {UNFINISHED: _l("Everything unfinished"), **every}


def some_stand_in(procedure: Procedure, office_id: int, state: str) -> bool:
    """Say whether cases of an office stand in a state: what its plugin brought stays when the plugin goes."""
    model = procedure.model
    found = select(model.id).where(model.office_id == office_id, model.state == state).limit(1)
    return db.session.scalar(found) is not None


def _in_state(procedure: Procedure, value: str) -> Any:
    unfinished = [one.name for one in procedure.states.values() if not one.final]
    model = procedure.model
    return seldom(model.state.in_(unfinished)) if value == UNFINISHED else model.state == value


def _is_mine(procedure: Procedure, actor: Actor) -> Any:
    """Mine is what I own, and what a step names me for."""
    named = sorted({"owner_id", *procedure.naming()})
    return or_(*(getattr(procedure.model, name) == actor.person_id for name in named))


def _staff(office_id: int) -> dict[str, str]:
    """Return everybody who works or worked here, by id: one query, whatever their number."""
    return {str(row.id): row.name for row in asked(_STAFF, office=office_id)}


def _is_due(procedure: Procedure, rules: Rules, span: str) -> Any:
    due = select(Deadline.subject_id).where(*_promises(procedure), Deadline.office_id == rules.office.id)
    if span != "any":
        due = due.where(Deadline.due_at < _end_of(span, rules))
    return procedure.model.id.in_(due)


def _end_of(span: str, rules: Rules) -> dt.datetime:
    now = clock.now()
    if span == "overdue":
        return now
    today = now.astimezone(rules.office.zoneinfo).date()
    return _midnight(today + dt.timedelta(days=1 if span == "today" else 7), rules)


def _midnight(day: dt.date, rules: Rules) -> dt.datetime:
    return dt.datetime.combine(day, dt.time(), rules.office.zoneinfo)


def _period(name: str, title: Sentence, model: type[Case], rules: Rules, *, days: int) -> ListFilter:
    """Return the filter for one end of a period; its days begin at the office's midnight."""

    def where(value: str) -> Any:
        day = day_of(value)
        assert day is not None
        moment = _midnight(day + dt.timedelta(days=days), rules)
        return model.opened_at < moment if days else model.opened_at >= moment

    return ListFilter(name=name, title=title, kind="day", where=where)
