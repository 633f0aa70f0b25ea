"""My desk, the home of every role: what is due for me, most urgent first, in all my offices at once."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from flask import Blueprint, g, redirect, render_template, request, session, url_for
from flask_login import current_user
from sqlalchemy import and_, false, func, or_, select

from core import clock
from core.db import db, writing
from core.deadlines import Deadline, mine
from core.i18n import LOCALES
from core.offices import Office, OfficeKind
from core.people import Person
from core.procedure import DeadlineRule, Procedure, Step
from core.roles import ADMINISTRATOR
from core.rules import Rules, why_shut
from core.web.access import actor, local_path, public, signed_in
from core.web.cases import case_url, step_url
from core.web.customer_tasks import tasks
from core.web.menu import entries_of, entry_at, my_offices, rules_of_mine
from core.web.paging import page_number
from core.web.waiting import waiting

if TYPE_CHECKING:
    from core.plugins import PluginSet

pages = Blueprint("desk", __name__)
PAGE = 50
SPANS = ("overdue", "today", "week")


@dataclass(frozen=True, kw_only=True)
class Due:
    """One line of the desk: a deadline, and the step that meets it."""

    deadline: Deadline
    rules: Rules
    rule: DeadlineRule
    procedure: Procedure
    step: Step | None

    @property
    def url(self) -> str:
        """Where the step that meets the deadline is taken; where several might, the case's page, which knows which."""
        one, office = self.deadline, self.rules.office.code
        if self.step is None:
            return case_url(self.procedure, one.number, office, promise=one.key, _anchor="step")
        named = one.person_id is not None and one.person_id == actor().person_id
        return step_url(self.procedure, self.step, one.number, office, named=named)


@pages.get("/")
@signed_in
def desk() -> str:
    """What is due for me and for my roles, most urgent first; then what waits for them without a deadline."""
    rules, page, rest = rules_of_mine(), page_number("page"), page_number("rest")
    wanted = and_(_whose(), in_force(rules))
    span = request.args.get("span", "")
    shown = and_(wanted, before(span, rules)) if span in SPANS else wanted
    query = select(Deadline).where(shown).order_by(Deadline.due_at, Deadline.id)
    found = list(db.session.scalars(query.offset((page - 1) * PAGE).limit(PAGE + 1)))
    lines, more_waiting = ([], False) if span else waiting(actor(), rules, rest)
    return render_template(
        "core/desk.html",
        due=[_due(one, rules[one.office_id]) for one in found[:PAGE]],
        more=len(found) > PAGE,
        page=page,
        counts=_counts(wanted, rules),
        waiting=lines,
        more_waiting=more_waiting,
        rest=rest,
        tasks=tasks(actor(), rules),
        me=actor(),
        offices=list(rules.values()),
        several=len(rules) > 1,
        without_role=not actor().roles,
        shut=[(one, why_shut(one)) for one in my_offices() if one.id not in rules],
        administered=_administered_head_office(),
    )


def _administered_head_office() -> Office | None:
    """Return the head office to whoever administers it: nothing is ever due for an administrator."""
    head = next((one for one in g.tree.values() if one.kind == OfficeKind.HEAD), None)
    return head if head is not None and actor().has(head.id, [ADMINISTRATOR]) else None


def _whose() -> Any:
    """Return the condition for what is mine, my roles', or both."""
    chosen, me = request.args.get("whose"), Deadline.person_id == actor().person_id
    both = mine(actor())
    if chosen == "mine":
        return and_(both, me)
    return and_(both, Deadline.person_id.is_(None)) if chosen == "role" else both


def in_force(rules: dict[int, Rules]) -> Any:
    """Leave out the promises of procedures and plugins that an office has switched off."""
    return _in_force(tuple((office_id, one.plugins) for office_id, one in rules.items()))


@lru_cache(maxsize=128)
def _in_force(places: tuple[tuple[int, PluginSet], ...]) -> Any:
    conditions = [
        and_(
            Deadline.office_id == office_id,
            or_(
                *(
                    and_(Deadline.procedure == procedure.name, Deadline.key.in_(list(procedure.deadlines)))
                    for procedure in plugins.procedures.values()
                )
            ),
        )
        for office_id, plugins in places
        if plugins.procedures
    ]
    return or_(false(), *conditions)


def before(span: str, rules: dict[int, Rules]) -> Any:
    """Return the condition for what is due before a span ends; each office's day ends at its own midnight."""
    zones: dict[str, list[int]] = {}
    for office_id, one in rules.items():
        zones.setdefault(one.office.zone, []).append(office_id)
    ends = {zone: ends_of_spans(zone)[span] for zone in zones}
    ended = [and_(Deadline.office_id.in_(ids), Deadline.due_at < ends[zone]) for zone, ids in zones.items()]
    return or_(false(), *ended)


def ends_of_spans(zone: str) -> dict[str, dt.datetime]:
    """Return when the spans that filter the desk end in a zone: overdue, today, the next seven days."""
    now, there = clock.now(), ZoneInfo(zone)
    tomorrow = now.astimezone(there).date() + dt.timedelta(days=1)
    midnight = dt.datetime.combine(tomorrow, dt.time(), there)
    later = dt.datetime.combine(tomorrow + dt.timedelta(days=6), dt.time(), there)
    return {"overdue": now, "today": midnight, "week": later}


def _counts(wanted: Any, rules: dict[int, Rules]) -> dict[str, int]:
    """Count each span, and all, in one query."""
    columns = [func.count().filter(before(span, rules)).label(span) for span in SPANS]
    row = db.session.execute(
        select(func.count().label("all"), *columns).select_from(Deadline).where(wanted)
    ).one()
    return dict(row._mapping)


def _due(deadline: Deadline, rules: Rules) -> Due:
    procedure = rules.plugins.procedures[deadline.procedure]
    meeting = [step for step in procedure.steps.values() if deadline.key in step.meets]
    rule = procedure.deadlines[deadline.key]
    only = meeting[0] if meeting and (len(meeting) == 1 or meeting[0].own_page) else None
    return Due(deadline=deadline, rules=rules, rule=rule, procedure=procedure, step=only)


@pages.get("/<office>/")
@signed_in
def office(office: str) -> Any:
    """Enter an office: where the reader was in another one, else at its first page."""
    entries = entries_of(g.rules)
    there = entry_at(entries, f"/{office}/{request.args.get('like', '')}")
    target = there or next(iter(entries), None)
    return redirect(target.url if target else url_for("desk.desk"))


@pages.post("/language")
@public
def language() -> Any:
    """Switch the language, and keep it with the person."""
    locale = request.form.get("locale", "")
    if locale in LOCALES:
        session["locale"] = locale
        if current_user.is_authenticated:
            with writing(frozenset()):
                db.session.get_one(Person, current_user.id).locale = locale
    return redirect(local_path(request.form.get("next", "")))
