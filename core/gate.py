"""The one gate: screen, API, bulk, import, mail and timers change the state of a case only through ``perform``.

state -> role -> objections -> form -> effect -> deadlines -> number -> ledger -> commit
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import inspect, select
from sqlalchemy.orm import lazyload

from core import clock, deadlines, numbers, owners, recording, refusals
from core.cases import Case
from core.customers.history import Source, origin
from core.db import db, looking_into, offices_seen, see_too, writing
from core.errors import Invalid, NotFound, Objection, RefusalKind, Refused
from core.forms import EmptyForm, StepForm
from core.i18n import Sentence, _l
from core.offices import Office, all_offices
from core.people import Actor
from core.procedure import Procedure, Step
from core.roles import Allowed
from core.rules import Rules, installed_plugins, rules_of
from core.search import index
from core.switches import lock_office
from core.talk import notices
from core.verdicts import Decision


@dataclass
class Act:
    """One step being taken, or looked at: the case, the actor, the rules of the case's office."""

    procedure: Procedure
    step: Step
    case: Any
    actor: Actor
    rules: Rules
    now: dt.datetime
    given: Mapping[str, Any] = field(default_factory=dict)
    values: dict[str, Any] = field(default_factory=dict)
    recorded: dict[str, Any] = field(default_factory=dict)
    decisions: list[Decision] = field(default_factory=list)
    held: frozenset[int] = frozenset()
    from_state: str = ""
    to_state: str = ""
    let_in: Allowed | None = None
    subject: Mapping[str, Any] = field(default_factory=dict)
    afterwards: list[Callable[[Act], None]] = field(default_factory=list)
    owner_before: int | None = None

    @property
    def ended(self) -> bool:
        """Whether the case has come to its end."""
        return bool(self.case.state) and self.procedure.states[self.case.state].final

    def decide(self, name: str, **inputs: Any) -> Decision:
        """Ask a decision and bind it to the step: the ledger will say who decided what."""
        decision = self.rules.decide(name, **inputs)
        self.decisions.append(decision)
        return decision

    def form(self, values: Mapping[str, Any] | None = None, prefix: str = "") -> StepForm:
        """Build the form with what plugins added; ``prefix`` parts it from others on the page."""
        base = self.step.form or EmptyForm
        extra = {one.name: one.field for one in self.step.fields}
        kind: type[StepForm] = type(base.__name__, (base,), extra) if extra else base
        form = kind(self, values, prefix=prefix)
        for one in self.step.fields:
            form[one.name].clause = one.clause
        return form

    def objections(self) -> list[Objection]:
        """Collect everything that speaks against the step now; none means go."""
        return refusals.objections(self)

    def permitted(self) -> bool:
        """Say whether the actor's roles allow the step on this case.

        An inner step is part of the one around it: whoever may take that one, by whichever clause, may take both.
        """
        return (self.step.inner and bool(self.given)) or self.allowing() is not None

    def allowing(self) -> Allowed | None:
        """Return the one of the step's permissions that lets the actor take it."""
        own = self.actor.allowed(self.case.office_id, self.step.who, self.case)
        shared_with = self.case.shared_office_id if self.step.above else None
        return own or (shared_with and self.actor.allowed(shared_with, self.step.who, self.case)) or None

    def closed_by(self) -> list[Objection]:
        """Say why the step is closed to the actor: his role, or what speaks against it; empty when open."""
        return self.objections() if self.permitted() else refusals.not_the_role(self)


def perform(
    procedure: str,
    key: str | Case | None,
    step: str | Step,
    actor: Actor,
    values: Mapping[str, Any] | None = None,
    *,
    office: Office | None = None,
    seen: int | None = None,
    given: Mapping[str, Any] | None = None,
) -> Any:
    """Take a step of a case (``key`` is its number; None creates one in ``office``) and return the case.

    A case that was created in the same transaction has no number yet: there the case itself is the key.
    A ``Step`` itself is one that no procedure lists: a release takes it (core.life.carrying).
    ``values`` is what somebody typed; ``given`` is what one service hands to the step that it takes inside another.
    Raises ``Refused`` when a door of the gate stays shut, ``NotFound`` when the case cannot be seen. An inner
    ``perform`` joins the transaction of the outer one; only the outermost commits, numbers and writes the ledger.
    """
    asked = _Asked(procedure, key, step, actor, values or {}, office, seen, given)
    with together():
        return _take(asked).case


@contextmanager
def together() -> Iterator[list[Act]]:
    """Let the steps taken inside happen as one: one transaction, numbers and ledger at its end, or nothing."""
    if "acts" in db.session.info:
        yield db.session.info["acts"]
        return
    if db.session.info.get("writing"):
        raise RuntimeError("the gate opens the write transaction itself")
    try:
        with writing(), _round() as acts:
            yield acts
            _finish(acts)
    except _Turned as turned:
        raise _record_refusal(turned) from None
    for done in acts:
        done.rules.plugins.notify("core_step_taken", act=done)
    notices.tell(acts)


@dataclass(frozen=True)
class _Asked:
    """What ``perform`` was asked for."""

    procedure: str
    key: str | Case | None
    step: str | Step
    actor: Actor
    values: Mapping[str, Any]
    office: Office | None
    seen: int | None
    given: Mapping[str, Any] | None


class _Turned(Exception):
    """A refusal on its way out of the transaction, with the act that was refused."""

    def __init__(self, act: Act, refused: Refused) -> None:
        super().__init__(refused)
        self.act, self.refused = act, refused


@contextmanager
def _round() -> Iterator[list[Act]]:
    acts: list[Act] = []
    db.session.info["acts"], db.session.info["under_way"] = acts, []
    try:
        yield acts
    finally:
        for name in ("acts", "under_way"):
            db.session.info.pop(name, None)


@contextmanager
def _under_way(case: Case) -> Iterator[None]:
    """Keep a step from being taken on a case inside another step of the same case: the outer one would undo it."""
    cases = db.session.info["under_way"]
    if any(case is one for one in cases):
        raise RuntimeError(f"a step of {case.number or 'this case'} is under way: take the next one after it")
    cases.append(case)
    yield
    cases.remove(case)


def _take(asked: _Asked) -> Act:
    """Walk one step through the doors; meanwhile the session sees the office of the case and no other."""
    office_id = _office_of(asked)
    if office_id not in offices_seen():
        if not _is_for_those_above(asked):
            raise NotFound(_l("There is no %(number)s here.", number=asked.key or asked.procedure))
        see_too(office_id)
    number = asked.key if isinstance(asked.key, str) else ""
    who = origin(asked.actor.name, asked.actor.person_id, Source.STEP, number)
    with who, looking_into(office_id) as inside:
        act = _open(asked, office_id, inside)
        with _under_way(act.case):
            _check(act, asked.values, asked.seen)
            _effect(act)
        db.session.info["acts"].append(act)
    return act


def _is_for_those_above(asked: _Asked) -> bool:
    """Say whether the step may be taken on another office's case, which is in sight because it is shared."""
    declared = installed_plugins().procedures.get(asked.procedure)
    step = declared.steps.get(str(asked.step)) if declared else None
    return step is not None and step.above


def open_case(procedure: str, key: str, actor: Actor, office: Office, rules: Rules | None = None) -> Act:
    """Look at a case of an office, or shared with it, by the rules of its own; NotFound for what is out of sight.

    Whoever has read the rules of the office for this very page brings them.
    """
    rules = rules or rules_of(office)
    found = rules.procedure(procedure)
    case = _find(found, key, found.seen_in(office.id))
    if case.office_id != office.id:
        tree = all_offices()
        rules = rules_of(tree[case.office_id], tree)
        found = rules.procedure(procedure)
    return Act(found, next(iter(found.steps.values())), case, actor, rules, clock.now())


def blank(procedure: Procedure, actor: Actor, rules: Rules) -> Act:
    """Return a look at a case that is not there yet, for the forms of the steps that begin one."""
    case: Any = procedure.model()
    case.office_id = rules.office.id
    return Act(procedure, next(iter(procedure.steps.values())), case, actor, rules, clock.now())


def look_at(act: Act, step: Step) -> Act:
    """Return the same look at another step of the case."""
    return Act(act.procedure, step, act.case, act.actor, act.rules, act.now)


def _find(procedure: Procedure, key: str, where: Any, *, lock: bool = False) -> Case:
    """Find a case by its number; with a lock, as it is now and not as it was read before."""
    model = procedure.model
    query = select(model).where(model.number == key, where)
    if lock:
        query = query.with_for_update(of=model).options(lazyload("*"))
        query = query.execution_options(populate_existing=True)
    found = db.session.scalars(query).one_or_none()
    if found is None:
        raise NotFound(_l("There is no %(number)s here.", number=key))
    return found


def _open(asked: _Asked, office_id: int, inside: bool) -> Act:
    """Lock the office against switching, read its rules, then lock and reload the case: always in this order."""
    rules = rules_of(lock_office(office_id, shared=True))
    procedure = rules.procedure(asked.procedure)
    step = asked.step if isinstance(asked.step, Step) else procedure.steps.get(asked.step)
    if step is None or (step.inner and not (inside and asked.given)):
        raise NotFound(refusals.no_step(procedure, asked.step if step is None else step))
    case = _case_of(asked, procedure, office_id)
    act = Act(procedure, step, case, asked.actor, rules, clock.now(), asked.given or {})
    act.from_state, act.subject = case.state or "", recording.subject(case)
    act.held, act.owner_before = notices.holders(procedure, case), case.owner_id
    return act


def _case_of(asked: _Asked, procedure: Procedure, office_id: int) -> Case:
    """Lock and reload the case that is meant, or begin a new one; what this round made is at hand already."""
    if isinstance(asked.key, str):
        return _find(procedure, asked.key, procedure.model.office_id == office_id, lock=True)
    if asked.key is not None and all(asked.key is not act.case for act in db.session.info["acts"]):
        raise ValueError("a case that was not made in this round is named by its number")
    case = asked.key or procedure.model()
    case.office_id, case.version = office_id, case.version or 0
    return case


def _office_of(asked: _Asked) -> int:
    if isinstance(asked.key, Case):
        return asked.key.office_id
    declared = installed_plugins().procedures.get(asked.procedure)
    if asked.office is not None and not (declared and declared.shared and asked.key):
        return asked.office.id
    here = [declared.seen_in(asked.office.id)] if declared and asked.office else []
    number = (
        db.session.scalar(select(declared.model.office_id).where(declared.model.number == asked.key, *here))
        if declared
        else None
    )
    if number is None:
        raise NotFound(_l("There is no %(number)s here.", number=asked.key or asked.procedure))
    return number


def _check(act: Act, values: Mapping[str, Any], seen: int | None) -> None:
    """Walk through the doors in order: seen as it is, state, role, objections, form."""
    if seen is not None and seen != act.case.version:
        _turn_away(act, RefusalKind.STALE, [refusals.overtaken(act)])
    if act.case.state not in act.step.sources and (act.case.state or act.step.sources):
        _turn_away(act, RefusalKind.STATE, [refusals.wrong_state(act)])
    act.let_in = act.allowing()
    if not act.permitted():
        _turn_away(act, RefusalKind.ROLE, refusals.not_the_role(act))
    if objections := act.objections():
        _turn_away(act, RefusalKind.OBJECTION, objections)
    form = act.form(values)
    if errors := form.check():
        _turn_away(act, RefusalKind.FORM, errors=errors)
    act.values, act.recorded = form.values(), form.for_ledger()


def _turn_away(
    act: Act,
    kind: RefusalKind,
    objections: list[Objection] | None = None,
    errors: Mapping[str, list[Sentence]] | None = None,
) -> None:
    raise _Turned(act, Refused(kind, objections or (), errors, f"{act.procedure.name}.{act.step.name}"))


def _effect(act: Act) -> None:
    case, step = act.case, act.step
    if step.creates:
        case.opened_at = act.now
    _fill(act)
    case.changed_at, case.version = act.now, case.version + 1
    case.state = case.state or step.targets[0]
    try:
        _move(act, step.does(act) if step.does else None)
        for one in step.fields:
            if one.keep:
                one.keep(act, act.values[one.name])
        for following in step.follows:
            following.does(act)
    except Invalid as error:
        _turn_away(act, RefusalKind.FORM, errors={error.field: [error.sentence]})
    # Last: whether something is promised may hang on what plugins have kept.
    deadlines.follow(act)


def _fill(act: Act) -> None:
    """Write what the form asked into the columns of the same name; ``does`` adds what follows from it.

    A step that another plugin added writes nothing by itself: the case is not its own. Nor does one about another case.
    """
    if act.step.plugin != act.procedure.plugin or (act.step.form and act.step.form.elsewhere):
        return
    columns = inspect(act.procedure.model).columns
    added = {one.name for one in act.step.fields}
    for name, value in act.values.items():
        if name in columns and name not in added:
            setattr(act.case, name, value)


def _move(act: Act, chosen: str | None) -> None:
    case, step = act.case, act.step
    targets = step.leads_to(act.from_state or "")
    if chosen is not None and chosen not in targets:
        raise ValueError(f"{act.procedure.name}.{step.name} went to {chosen}, which is none of its targets")
    case.state = act.to_state = chosen or targets[0]
    db.session.add(case)
    db.session.flush()


def _finish(acts: list[Act]) -> None:
    """Draw the numbers last, in one order for everybody, then write the ledger row of each act."""
    for act in sorted(acts, key=lambda one: (one.case.office_id, one.procedure.letter)):
        if act.case.number is None:
            act.case.number = numbers.draw(act.rules.office, act.procedure.letter, act.now)
            deadlines.give_number(act)
        if act.step.voids:
            reason = act.values.get("reason", "")
            numbers.void(act.case.office_id, act.case.number, reason, act.now, act.actor.person_id)
    for act in acts:
        index.note_case(act.procedure, act.case)
    for act in sorted(acts, key=lambda one: one.case.office_id):
        details = recording.details(act) | owners.change(act)
        recording.record(act, "step", recording.subject(act.case), to_state=act.to_state, details=details)
        for deed in act.afterwards:
            deed(act)


def _record_refusal(turned: _Turned) -> Refused:
    """Write the refused step's own row, alone, after everything else was rolled back.

    Were the office's plugins switched in between, the old rules have the last word no more: the actor looks again.
    """
    act, refused = turned.act, turned.refused
    office_id = act.subject["office_id"]
    with writing(offices_seen() | {office_id}):
        now = rules_of(lock_office(office_id, shared=True)).plugins
        if now.names != act.rules.plugins.names:
            refused = Refused(RefusalKind.STALE, [refusals.switched(act)], step=refused.step)
        details = {**recording.details(act), **refusals.details(refused), "plugins": sorted(now.names)}
        recording.record(act, "refused", act.subject, details=details)
    return refused
