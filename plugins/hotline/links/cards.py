"""What belongs together, beside every case: the calls that double, follow or were split, whatever the procedure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import Select, and_, or_, select

from core.db import db
from core.i18n import Sentence, _l
from core.slots import Card
from plugins.hotline.links.models import Kind, Link
from plugins.hotline.links.services import CALL, reads
from plugins.hotline.models import Call

if TYPE_CHECKING:
    from core.cases import Case
    from core.gate import Act
    from core.procedure import Procedure

# What the other case is to the one whose page it stands on.
FROM_THE_CALL = {
    Kind.DOUBLE: _l("merged into"),
    Kind.SPLIT: _l("split from"),
    Kind.FOLLOWS: _l("follows on"),
}
FROM_THE_OTHER = {
    Kind.DOUBLE: _l("its double"),
    Kind.SPLIT: _l("split off"),
    Kind.FOLLOWS: _l("followed by"),
}


@dataclass(frozen=True, kw_only=True)
class Related:
    """A case beside another one; without ``case`` the reader may not read it, or its plugin is off."""

    how: Sentence
    number: str
    procedure: Procedure | None = None
    case: Case | None = None


def links_card(act: Act) -> Card | None:
    """Show what belongs together with a case, and the way to log a call that follows on it."""
    related = _related(act)
    calls_on = act.case.customer is not None and reads(act.rules.procedure(CALL), act.rules, act.actor)
    if not related and not calls_on:
        return None
    values = {"related": related, "customer": act.case.customer, "number": act.case.number}
    return Card(title=_l("Linked calls"), template="hotline/links/_card.html", values=values, weight=25)


def _related(act: Act) -> list[Related]:
    found = db.session.execute(_links_of(act)).unique().all()
    others = _others(act, [one for one, call in found if _is_from(one, act)])
    return [_other(one, act, others) if _is_from(one, act) else _call(one, call, act) for one, call in found]


def _is_from(one: Link, act: Act) -> bool:
    return act.procedure.name == CALL and one.call_id == act.case.id


def _links_of(act: Act) -> Select[Link, Call]:
    here = and_(Link.procedure == act.procedure.name, Link.number == act.case.number)
    mine = or_(here, Link.call_id == act.case.id) if act.procedure.name == CALL else here
    joined = select(Link, Call).join(Call, Call.id == Link.call_id)
    return joined.where(Link.office_id == act.case.office_id, mine, Link.undone_at.is_(None)).order_by(
        Link.id
    )


def _others(act: Act, links: list[Link]) -> dict[str, tuple[Procedure, Case]]:
    """Read the other cases, one query for each procedure that the reader may read."""
    found: dict[str, tuple[Procedure, Case]] = {}
    for name in sorted({one.procedure for one in links}):
        procedure = act.rules.plugins.procedures.get(name)
        if procedure is not None and reads(procedure, act.rules, act.actor):
            numbers = [one.number for one in links if one.procedure == name]
            wanted = select(procedure.model).where(
                procedure.model.number.in_(numbers), procedure.model.office_id == act.case.office_id
            )
            found |= {str(case.number): (procedure, case) for case in db.session.scalars(wanted).unique()}
    return found


def _other(one: Link, act: Act, others: dict[str, tuple[Procedure, Case]]) -> Related:
    procedure, case = others.get(one.number, (None, None))
    return Related(how=FROM_THE_CALL[Kind(one.kind)], number=one.number, procedure=procedure, case=case)


def _call(one: Link, call: Call, act: Act) -> Related:
    procedure = act.rules.procedure(CALL)
    how = FROM_THE_OTHER[Kind(one.kind)]
    if not reads(procedure, act.rules, act.actor):
        return Related(how=how, number=call.number or "")
    return Related(how=how, number=call.number or "", procedure=procedure, case=call)
