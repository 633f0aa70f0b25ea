"""Doubles are merged, two problems of one call are split, and what follows on an earlier case says so."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask_babel import force_locale
from sqlalchemy import select

from core import deadlines, gate
from core.db import db
from core.deadlines import IS_OPEN, Deadline
from core.i18n import DEFAULT_LOCALE, Sentence, _l
from core.permissions import permission_of
from core.search.models import SearchText
from plugins.hotline.calls.who import LONG_TEST, PROMISE
from plugins.hotline.links.models import Kind, Link

if TYPE_CHECKING:
    from core.cases import Case
    from core.customers.models import Customer
    from core.gate import Act
    from core.people import Actor
    from core.procedure import Procedure
    from core.rules import Rules
    from plugins.hotline.models import Call

CALL = "hotline.call"
MOST_OPEN, MOST_PAST = 20, 5
MOST_OFFERED, LONGEST_ABOUT = 12, 48
# What a second problem in one call is called on the form, and in the call that is made of it.
SECOND = "second_"


def newest(procedure: Procedure, customer: Customer, rules: Rules) -> list[Any]:
    """Return a customer's cases of one procedure, what is open first, then the last ones; read once for a page."""
    if procedure.name not in rules.once(("kinds of cases", customer.id), lambda: _kinds(customer)):
        return []
    key = ("cases of a customer", procedure.name, customer.id)
    return rules.once(key, lambda: _newest(procedure, customer))


def _kinds(customer: Customer) -> frozenset[str]:
    """Return of which procedures a customer has cases at all: the search keeps a text of each, by customer."""
    where = (SearchText.customer_id == customer.id, SearchText.office_id == customer.office_id)
    return frozenset(db.session.scalars(select(SearchText.kind).where(*where).distinct()))


def _newest(procedure: Procedure, customer: Customer) -> list[Any]:
    model = procedure.model
    unfinished = [state.name for state in procedure.states.values() if not state.final]
    of_customer = select(model).where(model.customer_id == customer.id, model.office_id == customer.office_id)
    open_first = of_customer.order_by(model.state.in_(unfinished).desc(), model.id.desc())
    return list(db.session.scalars(open_first.limit(MOST_OPEN + MOST_PAST)).unique())


def to_follow(customer: Customer | None, rules: Rules, actor: Actor) -> dict[str, str]:
    """Return the open and recent cases of a customer that somebody may read, by number, for a choice."""
    if customer is None or not customer.id:
        return {}
    found = [
        (procedure, case)
        for procedure in rules.plugins.procedures.values()
        if reads(procedure, rules, actor)
        for case in newest(procedure, customer, rules)
    ]
    found.sort(key=lambda one: one[1].opened_at, reverse=True)
    found.sort(key=lambda one: one[0].states[one[1].state].final)
    return {str(case.number): told(procedure, case) for procedure, case in found[:MOST_OFFERED]}


def reads(procedure: Procedure, rules: Rules, actor: Actor) -> bool:
    """Say whether somebody may read the cases of a procedure here."""
    found = permission_of(procedure.reads, rules)
    return found is not None and actor.has(rules.office.id, found.roles)


def told(procedure: Procedure, case: Case) -> str:
    """Say in one line which case is meant: number, state, what it is about."""
    about = next((text for text in (one.value(case) for one in procedure.columns) if text), "")
    return f"{case.number} · {procedure.states[case.state].title} · {str(about)[:LONGEST_ABOUT]}"


def link(act: Act, call: Call, kind: Kind, procedure: str, number: str | None) -> None:
    """Write down which case a call belongs to; the call may be one that has no number yet."""
    db.session.add(call)
    db.session.flush()
    db.session.add(
        Link(
            office_id=call.office_id,
            call_id=call.id,
            kind=str(kind),
            procedure=procedure,
            number=number or "",
            made_at=act.now,
            made_by_id=act.actor.person_id,
        )
    )


def link_logged(act: Act) -> None:
    """Link a call that is being logged: with the one it was split from, or the case that it follows on."""
    source = act.given.get("split_from")
    if source is not None:
        link(act, act.case, Kind.SPLIT, CALL, source.number)
    elif number := act.values.get("follows"):
        link(act, act.case, Kind.FOLLOWS, procedure_of(str(number), act), str(number))


def procedure_of(number: str, act: Act) -> str:
    """Return the procedure of a case by its number, of those that the office has."""
    letter = number.split("-")[-3]
    return next(one.name for one in act.rules.plugins.procedures.values() if one.letter == letter)


def doubles(act: Act) -> dict[str, str]:
    """Return the customer's other calls that are under way, into which this one may be merged."""
    if act.case.customer is None:
        return {}
    states = act.procedure.steps["take_double"].sources
    found = newest(act.procedure, act.case.customer, act.rules)
    others = [one for one in found if one.state in states and one.number != act.case.number]
    return {str(one.id): told(act.procedure, one) for one in others}


def has_double(act: Act) -> Sentence | None:
    """There must be another call of the customer's that is under way."""
    if doubles(act):
        return None
    return _l("No other call of this customer is under way.")


def merge(act: Act) -> None:
    """The double ends, and its promise goes over to the call that is kept."""
    model = act.procedure.model
    number = db.session.scalar(select(model.number).where(model.id == act.values["into_id"]))
    _promise_the_answer(act)
    link(act, act.case, Kind.DOUBLE, CALL, number)
    gate.perform(CALL, number, "take_double", act.actor, given={"double": act.case})


def _promise_the_answer(act: Act) -> None:
    """Whoever waits for a test was told within the hour: a promise that outlives the parked call (QI/03 3.2.5)."""
    call = act.case
    due = db.session.scalar(
        select(Deadline.due_at).where(
            Deadline.procedure == CALL, Deadline.subject_id == call.id, Deadline.key == LONG_TEST, IS_OPEN
        )
    )
    if due is None or (call.promised_at and call.promised_at <= due):
        return
    call.promised_at = due
    # Read by the whole office: not in the language of whoever merged.
    with force_locale(DEFAULT_LOCALE):
        call.promise = str(act.procedure.deadlines[LONG_TEST].title)


def take_double(act: Act) -> None:
    """Keep the earlier of two promises: whoever was told a time is phoned by then."""
    kept, double = act.case, act.given["double"]
    act.recorded["double"] = double.number
    if double.promised_at and (kept.promised_at is None or double.promised_at < kept.promised_at):
        kept.promised_at, kept.promise = double.promised_at, double.promise
        deadlines.start(act, act.procedure.deadlines[PROMISE])


def unmerge(act: Act) -> None:
    """They were two problems after all; what went over stays promised there, and is promised here again."""
    where = (Link.call_id == act.case.id, Link.kind == Kind.DOUBLE, Link.undone_at.is_(None))
    for one in db.session.scalars(select(Link).where(*where)):
        one.undone_at = act.now


COMMON = ("channel", "contact", "phone")


def split(act: Act) -> None:
    """Log the second problem of the call as a call of its own, of the same caller."""
    call = act.case
    said = {name: getattr(call, name) for name in COMMON}
    said |= {name.removeprefix(SECOND): value for name, value in act.values.items()}
    said["customer_id"] = str(call.customer_id)
    office, given = act.rules.office, {"split_from": call}
    gate.perform(CALL, None, "log", act.actor, said, office=office, given=given)
