"""What waits for a person's roles without a deadline of theirs: cases in a state from which they lead on."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from sqlalchemy import CompoundSelect, and_, bindparam, exists, literal, not_, or_, select, true, union_all

from core.cases import Case
from core.db import db
from core.deadlines import Deadline, mine
from core.people import Actor, RoleGrant
from core.plugins import PluginSet
from core.procedure import Procedure, Step
from core.roles import Allowed
from core.rules import Rules
from core.seldom import seldom
from core.web.cases import step_url

PAGE = 20


@dataclass(frozen=True, kw_only=True)
class Waiting:
    """One case that waits, and the step that would lead on."""

    case: Case
    rules: Rules
    procedure: Procedure
    step: Step
    way: Allowed

    @property
    def url(self) -> str:
        """Where the step is taken."""
        office, named = self.rules.office.code, self.way.only is not None
        return step_url(self.procedure, self.step, self.case.number, office, named=named)


@dataclass(frozen=True, kw_only=True)
class _Place:
    """One office as far as it decides what waits there: its plugins, and the roles of whoever looks."""

    office_id: int
    plugins: PluginSet
    roles: frozenset[str]


def waiting(actor: Actor, rules: Mapping[int, Rules], page: int) -> tuple[list[Waiting], bool]:
    """Return a page of what waits, the longest first, and whether there is more.

    The number of queries is that of the procedures, whatever the number of cases and offices.
    """
    places = (
        _Place(office_id=one.office.id, plugins=one.plugins, roles=actor.roles_in(one.office.id))
        for one in rules.values()
    )
    every = _every(tuple(places), actor.person_id is not None)
    if every is None:
        return [], False
    portion = {"me": actor.person_id, "before": (page - 1) * PAGE, "most": PAGE + 1}
    rows = db.session.execute(every, portion).all()
    shown = [(row.name, row.id) for row in rows[:PAGE]]
    found = dict(_load(shown, rules))
    lines = [_line(name, found[name, id_], actor, rules) for name, id_ in shown if (name, id_) in found]
    return [line for line in lines if line], len(rows) > PAGE


@lru_cache(maxsize=128)
def _every(places: tuple[_Place, ...], named: bool) -> CompoundSelect[Any] | None:
    """Return the statement for whoever has these roles here: writing it out costs more than asking it does."""
    me: Any = bindparam("me") if named else None
    somebody = Actor("somebody", me, {one.office_id: one.roles for one in places})
    asked = [_open_cases(*key, leads, somebody) for key, leads in _by_procedure(places)]
    ordered = union_all(*asked).order_by("changed_at", "name", "id") if asked else None
    return None if ordered is None else ordered.offset(bindparam("before")).limit(bindparam("most"))


def leading(plugins: PluginSet, roles: Collection[str]) -> Iterator[tuple[Procedure, Step]]:
    """Return the steps that lead on and that one of the roles may take."""
    for procedure in plugins.procedures.values():
        for step in procedure.steps.values():
            if step.tone == "primary" and step.sources and any(way.role.key in roles for way in step.who):
                yield procedure, step


Key = tuple[str, type[Case]]


@dataclass(frozen=True, kw_only=True)
class _Lead:
    """A step that leads on in one office."""

    office_id: int
    step: Step


def _by_procedure(places: Iterable[_Place]) -> Iterable[tuple[Key, list[_Lead]]]:
    found: dict[Key, list[_Lead]] = {}
    for one in places:
        for procedure, step in leading(one.plugins, one.roles):
            found.setdefault((procedure.name, procedure.model), []).append(
                _Lead(office_id=one.office_id, step=step)
            )
    return found.items()


def _waits(model: type[Case], lead: _Lead, actor: Actor) -> Any:
    """Say when a case waits for the actor's step: it names nobody else who could take it himself."""
    step, office_id = lead.step, lead.office_id
    ways = [way for way in step.who if way.role.key in actor.roles_in(office_id)]
    my_way = [true() if way.only is None else getattr(model, way.only) == actor.person_id for way in ways]
    named = {way.only or "owner_id" for way in step.who}
    others = [_is_anothers(model, name, step, actor, office_id) for name in sorted(named)]
    here = model.office_id == office_id
    where = or_(model.office_id == office_id, model.shared_office_id == office_id) if step.above else here
    return and_(where, model.state.in_(step.sources), or_(*my_way), not_(or_(*others)))


def _is_anothers(model: type[Case], name: str, step: Step, actor: Actor, office_id: int) -> Any:
    """Say when a case names somebody else in ``name`` who holds a role that may take the step."""
    keys = [way.role.key for way in step.who if way.only in (None, name)]
    person = getattr(model, name)
    holds = exists().where(
        RoleGrant.person_id == person,
        RoleGrant.office_id == office_id,
        RoleGrant.role.in_(keys),
        RoleGrant.taken_at.is_(None),
    )
    return and_(person != actor.person_id, holds)


def _open_cases(name: str, model: type[Case], leads: list[_Lead], actor: Actor) -> Any:
    due = exists().where(mine(actor), Deadline.procedure == name, Deadline.subject_id == model.id)
    columns = (literal(name).label("name"), model.id, model.changed_at)
    waits = or_(*(_waits(model, one, actor) for one in leads))
    return select(*columns).where(*_may_wait(model, leads), waits, ~due)


def _may_wait(model: type[Case], leads: list[_Lead]) -> tuple[Any, Any]:
    """Say once for all steps where and how such cases stand, so that a database finds these few by their index."""
    states = sorted({state for one in leads for state in one.step.sources})
    own, above = ({one.office_id for one in leads if one.step.above >= shared} for shared in (False, True))
    here = model.office_id.in_(sorted(own))
    there = or_(here, model.shared_office_id.in_(sorted(above))) if above else here
    return there, seldom(model.state.in_(states))


def _load(shown: list[tuple[str, int]], rules: Mapping[int, Rules]) -> Iterator[tuple[tuple[str, int], Case]]:
    """Load the cases of a page with one query for each procedure."""
    models = {name: p.model for one in rules.values() for name, p in one.plugins.procedures.items()}
    for name in sorted({name for name, _id in shown}):
        model, ids = models[name], [id_ for other, id_ in shown if other == name]
        for case in db.session.scalars(select(model).where(model.id.in_(ids))).unique():
            yield (name, case.id), case


def _line(name: str, case: Case, actor: Actor, rules: Mapping[int, Rules]) -> Waiting | None:
    office_id = case.office_id if case.office_id in rules else case.shared_office_id or 0
    here = rules[office_id]
    for procedure, step in leading(here.plugins, actor.roles_in(office_id)):
        if procedure.name != name or case.state not in step.sources:
            continue
        way = actor.allowed(office_id, step.who, case)
        if way is not None:
            return Waiting(case=case, rules=here, procedure=procedure, step=step, way=way)
    return None
