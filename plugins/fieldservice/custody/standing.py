"""Who answers for something of a customer's when whoever took it or has it is away, or works here no more."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from core import deadlines
from core.errors import Objection
from core.i18n import Sentence, _l
from core.roles import DUTY_MANAGER, Role
from plugins.fieldservice.custody.services import AT_OFFICE, HOLDERS, is_at_office
from plugins.fieldservice.promises import open_one
from plugins.hotline.services import away_on, today

if TYPE_CHECKING:
    from core.gate import Act


def told_by(key: str, *others: Role) -> Callable[[Act], Objection | None]:
    """Let the customer be told by whose case it is, by whoever has the promise now, and by others (QI/05 3.7)."""

    def his_to_tell(act: Act) -> Objection | None:
        one, actor = act.case, act.actor
        if actor.person_id == one.owner_id or actor.has(one.office_id, (DUTY_MANAGER, *others)):
            return None
        promise = open_one(act, key)
        if promise is not None and deadlines.is_for(promise, actor):
            return None
        name = one.owner.name if one.owner else "—"
        return Objection(_l("%(name)s tells the customer, or the duty manager does.", name=name), "QI/05 3.7")

    return his_to_tell


def _holds(act: Act, person_id: int, *roles: Role) -> bool:
    return any(one.id == person_id for role in roles for one in act.rules.colleagues(role))


def holder_is_here(act: Act) -> Sentence | None:
    """Who is here hands over himself what he has, and both confirm it."""
    holder, away = act.case.holder, away_on(act.rules, today(act.rules, act.now))
    if holder is None or holder.id in away or not _holds(act, holder.id, *HOLDERS):
        return None
    return _l("%(name)s has it, and is here: only he hands it over.", name=holder.name)


def take_charge(act: Act) -> str:
    """A manager has it from now on, and brings it to the office unless it is there (QI/05 3.3)."""
    one = act.case
    one.holder_id, one.offered_to_id, one.fate = act.actor.person_id, None, ""
    if act.values["at_office"]:
        is_at_office(act)
        deadlines.meet(act, (AT_OFFICE,))
    else:
        let_him_bring_it(act)
    return "held" if one.received_at else "taken"


def accept_on_the_way(act: Act) -> None:
    """Whoever confirms has it, and brings it: it is not at the office yet (QI/05 3.3)."""
    act.case.holder_id, act.case.offered_to_id = act.case.offered_to_id, None
    let_him_bring_it(act)


def let_him_bring_it(act: Act) -> None:
    """Whoever has it on the way has promised to bring it."""
    promise = open_one(act, AT_OFFICE)
    if promise is not None:
        promise.person_id = act.case.holder_id


def not_at_office(act: Act) -> Sentence | None:
    """What has come to the office is on its way no more."""
    return _l("It is at the office already.") if act.case.received_at else None
