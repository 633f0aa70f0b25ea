"""What colleagues propose to correct, and what the customer administrator makes of it (QI/03 3.2.7).

A proposal is no procedure of the gate: a procedure belongs to a plugin, which an office may switch off, and the file is
core's in every office. It has one open state and one decision, which a row and the office's ledger keep as well.

What is proposed is kept as the form has it, field by field with what stood there: what is accepted passes the same form
as if it were typed now, and what was changed since is shown beside it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import case, func, select

from core import clock
from core.customers import history, keeping
from core.customers.forms import FileForm
from core.customers.history import CUSTOMER
from core.customers.keeping import KEPT_CURRENT, Keeper
from core.customers.models import Customer
from core.customers.records import Proposal, ProposalState
from core.db import db
from core.errors import Invalid, KoudaiError, NotFound
from core.forms import ChoiceField, untouched
from core.i18n import Sentence, _l
from core.people import Actor, name_of

# The field of a proposal to take a contact or product off the file.
REMOVAL = ""


@dataclass(frozen=True, kw_only=True)
class Item:
    """One field of a proposal beside what is on file now."""

    field: str
    before: str
    after: str
    was: str
    becomes: str
    now: str
    stands: str

    @property
    def stale(self) -> bool:
        """Whether somebody changed the field since, to something else than what is proposed."""
        return self.now not in (self.before, self.after)


def propose(keeper: Keeper, customer: Customer, what: str, row: Any, form: FileForm, why: str) -> Proposal:
    """Keep what a colleague would change; raises ``Invalid`` when that is nothing."""
    now = untouched(type(form)(customer.office_id, form.today, None, row)) if row is not None else {}
    given = untouched(form)
    items = [
        {
            "field": name,
            "before": now.get(name, ""),
            "after": value,
            **_words(form, name, now.get(name, ""), value),
        }
        for name, value in given.items()
        if value != now.get(name, "")
    ]
    if not items:
        raise Invalid("why", _l("Nothing is different from what is on file. Change what is wrong."))
    return _kept(keeper, customer, what, row, items, why)


def propose_removal(keeper: Keeper, customer: Customer, row: Any, why: str) -> Proposal:
    """Keep that a colleague would take a contact or product off the file."""
    told = history.told(row)
    items = [{"field": REMOVAL, "before": "", "after": "-", "was": told, "becomes": ""}]
    return _kept(keeper, customer, history.KINDS[type(row)], row, items, why)


def _kept(
    keeper: Keeper, customer: Customer, what: str, row: Any, items: list[dict[str, str]], why: str
) -> Proposal:
    part = row is not None and what != CUSTOMER
    made = Proposal(
        office_id=customer.office_id,
        customer_id=customer.id,
        what=what,
        part_id=row.id if part else None,
        part=history.title_of(row)[: history.LONGEST_PART] if part else "",
        items=items,
        why=why,
        state=ProposalState.OPEN,
        at=clock.now(),
        by=keeper.actor.name,
        by_id=keeper.actor.person_id,
    )
    db.session.add(made)
    db.session.flush()
    keeper.record("propose", customer, KEPT_CURRENT, proposal=made.id, part=what, items=items, why=why)
    return made


def _words(form: FileForm, name: str, before: str, after: str) -> dict[str, str]:
    """Return the two values as people read them: a choice by its title."""
    return {"was": shown(form, name, before), "becomes": shown(form, name, after)}


def shown(form: FileForm, name: str, value: str) -> str:
    """Return a form's value as people read it."""
    field = form[name]
    if not isinstance(field, ChoiceField):
        return value
    return next((str(one.label) for one in field.choices if one.value == value), value)


def proposal_of(proposal_id: int, office_id: int, *, lock: bool = False) -> Proposal:
    """Return a proposal of an office, or NotFound; with a lock, as it is now."""
    query = select(Proposal).where(Proposal.id == proposal_id, Proposal.office_id == office_id)
    if lock:
        query = query.with_for_update(of=Proposal).execution_options(populate_existing=True)
    found = db.session.scalars(query).one_or_none()
    if found is None:
        raise NotFound(_l("There is no such proposal here."))
    return found


def row_of(proposal: Proposal, customer: Customer) -> Any:
    """Return what a proposal is about; None for a new part, NotFound for one that is off the file by now."""
    if proposal.what == CUSTOMER:
        return customer
    return (
        keeping.part_of(customer, proposal.what, proposal.part_id) if proposal.part_id is not None else None
    )


def items_of(proposal: Proposal, form: FileForm) -> list[Item]:
    """Return what is proposed beside what the form finds on file now."""
    now = untouched(form)
    return [
        Item(**one, now=now.get(one["field"], ""), stands=_stands(form, one["field"], now))
        for one in proposal.items
    ]


def _stands(form: FileForm, name: str, now: Mapping[str, str]) -> str:
    return shown(form, name, now[name]) if name in now else ""


def listed(office_id: int, start: int, most: int, by_id: int | None = None) -> list[Proposal]:
    """Return an office's proposals, or one colleague's, the open ones first and the oldest of them on top."""
    query = select(Proposal).where(Proposal.office_id == office_id)
    if by_id is not None:
        query = query.where(Proposal.by_id == by_id)
    is_open = Proposal.state == ProposalState.OPEN
    order = (is_open.desc(), case((is_open, Proposal.id)), Proposal.id.desc())
    return list(db.session.scalars(query.order_by(*order).offset(start).limit(most)))


def open_at(customer_id: int) -> list[Proposal]:
    """Return what is proposed of a customer and not decided yet."""
    where = (Proposal.customer_id == customer_id, Proposal.state == ProposalState.OPEN)
    return list(db.session.scalars(select(Proposal).where(*where).order_by(Proposal.id).limit(20)))


def count_open(office_ids: Collection[int]) -> dict[int, int]:
    """Count what waits for the customer administrator, by office."""
    query = select(Proposal.office_id, func.count()).where(
        Proposal.office_id.in_(office_ids), Proposal.state == ProposalState.OPEN
    )
    return {row[0]: row[1] for row in db.session.execute(query.group_by(Proposal.office_id))}


def accept(
    keeper: Keeper, proposal: Proposal, customer: Customer, form: FileForm, fields: Iterable[str], reason: str
) -> bool:
    """Write the accepted fields of a locked proposal; False when the form finds something wrong with them.

    ``form`` holds what is on file with the accepted values laid over it.
    """
    taken, row = set(fields), row_of(proposal, customer)
    if REMOVAL in taken:
        keeping.remove_part(keeper, customer, row)
    elif not form.validate():
        return False
    elif row is None:
        keeping.add_part(keeper, customer, proposal.what, form.said())
    else:
        keeping.correct(keeper, customer, row, form.said())
    whole = taken == {one["field"] for one in proposal.items}
    _decide(keeper, proposal, ProposalState.ACCEPTED if whole else ProposalState.PARTLY, reason)
    proposal.items = [{**one, "taken": "y" if one["field"] in taken else ""} for one in proposal.items]
    return True


def decline(keeper: Keeper, proposal: Proposal, reason: str) -> None:
    """Say no to a locked proposal, with the reason that its author will read."""
    _decide(keeper, proposal, ProposalState.DECLINED, reason)


def decline_open(keeper: Keeper, customer: Customer) -> None:
    """Say no to all that is proposed of a locked customer who goes to another office: ``reason_of`` says why."""
    where = (Proposal.customer_id == customer.id, Proposal.state == ProposalState.OPEN)
    for one in db.session.scalars(select(Proposal).where(*where).order_by(Proposal.id)):
        decline(keeper, one, "")


def reason_of(proposal: Proposal) -> Sentence | str:
    """Return why a proposal was decided so: what somebody wrote, or the move for which nobody wrote anything."""
    if proposal.state != ProposalState.DECLINED or proposal.reason or proposal.customer.moved_to_id is None:
        return proposal.reason
    name = proposal.customer.name
    return _l("%(name)s has moved to another office, which serves the customer now.", name=name)


def _decide(keeper: Keeper, proposal: Proposal, state: ProposalState, reason: str) -> None:
    refuse_decided(proposal)
    proposal.state, proposal.reason = state, reason
    proposal.decided_at, proposal.decided_by = clock.now(), keeper.actor.name
    keeper.record("decide", proposal.customer, proposal=proposal.id, state=str(state), reason=reason)


def refuse_decided(proposal: Proposal) -> None:
    """Refuse to decide twice, naming who was quicker."""
    if proposal.state != ProposalState.OPEN:
        raise KoudaiError(_l("%(who)s has decided on this already.", who=name_of(None, proposal.decided_by)))


def answered_lately(actor: Actor, office_ids: Collection[int], since: Any) -> dict[int, int]:
    """Count the actor's own proposals that were decided since a moment, by office."""
    query = select(Proposal.office_id, func.count()).where(
        Proposal.by_id == actor.person_id, Proposal.office_id.in_(office_ids), Proposal.decided_at >= since
    )
    return {row[0]: row[1] for row in db.session.execute(query.group_by(Proposal.office_id))}
