"""What the gate says when one of its doors stays shut: why, by which clause, and what to do."""

from __future__ import annotations

import logging
from functools import reduce
from typing import TYPE_CHECKING, Any

from core import ledger
from core.additions import Requirement
from core.clauses import Citation, code_of
from core.db import only_looking
from core.errors import Objection, Refused
from core.i18n import Sentence, _l
from core.people import name_of
from core.roles import Allowed

if TYPE_CHECKING:
    from core.gate import Act
    from core.plugins import Permission
    from core.procedure import Procedure, Step

log = logging.getLogger(__name__)


def objections(act: Act) -> list[Objection]:
    """Ask every requirement of the step; all that speaks against it is shown at once."""
    asked = [(one, _answer_of(one, act)) for one in act.procedure.asked_before(act.step)]
    return _gone_customer(act) + [_objection(one, answer) for one, answer in asked if answer is not None]


def _gone_customer(act: Act) -> list[Objection]:
    """Nothing is done any more for a customer whom another office serves (QI/02 region.tripartite)."""
    customer = act.case.customer
    if customer is None or customer.moved_to_id is None:
        return []
    text = _l("%(name)s has moved to another office, which serves the customer now.", name=customer.name)
    return [Objection(text, "QI/02 region.tripartite")]


def _answer_of(requirement: Requirement, act: Act) -> Objection | Sentence | None:
    """Ask one requirement; what cannot be checked stays closed, and its plugin is named."""
    try:
        with only_looking():
            return requirement.check(act)
    except Exception:
        log.exception("plugin %s failed to check %s", requirement.plugin, act.step.name)
        return _l(
            "Plugin %(plugin)s failed to check this. Tell the administrator.", plugin=requirement.plugin
        )


def _objection(requirement: Requirement, answer: Objection | Sentence) -> Objection:
    if isinstance(answer, Objection):
        return Objection(
            answer.text, answer.clause or requirement.clause, answer.plugin or requirement.plugin
        )
    return Objection(answer, requirement.clause, requirement.plugin)


def wrong_state(act: Act) -> Objection:
    """The step does not start where the case stands."""
    state = act.procedure.states[act.case.state] if act.case.state else None
    text = _l(
        "“%(step)s” is not possible now: %(number)s is “%(state)s”.",
        step=act.step.title,
        number=act.case.number or "—",
        state=state.title if state else "—",
    )
    return _of_the_step(act, text)


def not_the_role(act: Act) -> list[Objection]:
    """None of the actor's roles here allows the step: say who may, each by whose clause."""
    ways: dict[tuple[Citation, str], list[Sentence]] = {}
    for way in act.step.who:
        whose = (way.clause or act.step.clause, way.plugin or act.step.plugin)
        ways.setdefault(whose, []).append(_whom(way, act.case))
    return [
        Objection(_l("“%(step)s” is for: %(roles)s.", step=act.step.title, roles=_either(roles)), *whose)
        for whose, roles in ways.items()
    ]


def not_the_permission(permission: Permission) -> Objection:
    """None of the actor's roles here opens what a permission is for: say whose it is, and by which clause."""
    roles = _either([role.title for role in permission.roles])
    text = _l("“%(permission)s” is only for: %(roles)s.", permission=permission.title, roles=roles)
    return Objection(text, permission.clause, permission.key.partition(".")[0])


def _whom(way: Allowed, case: Any) -> Sentence:
    """Name a role, and the person where only the one whom the case names may."""
    if way.only is None:
        return way.role.title
    person = getattr(case, way.only.removesuffix("_id"), None)
    if person is None:
        return _l("%(role)s (only who is named on the case)", role=way.role.title)
    return _l("%(role)s (only %(name)s)", role=way.role.title, name=person.name)


def _either(titles: list[Sentence]) -> Sentence:
    several = list(dict.fromkeys(titles))
    return reduce(lambda first, second: _l("%(first)s or %(second)s", first=first, second=second), several)


def overtaken(act: Act) -> Objection:
    """Somebody else was quicker: who, and with what."""
    row = ledger.last_of(act.procedure.name, act.case.id)
    text = _l(
        "Meanwhile %(actor)s did “%(step)s” on it.",
        actor=name_of(row.actor_id, row.actor) if row else "—",
        step=act.procedure.title_of(row.action) if row else "—",
    )
    return _of_the_step(act, text)


def switched(act: Act) -> Objection:
    """The rules that refused are not the office's rules any more."""
    text = _l(
        "Meanwhile the rules of %(office)s were changed.",
        office=act.rules.office.code,
    )
    return _of_the_step(act, text)


def _of_the_step(act: Act, text: Sentence) -> Objection:
    return Objection(text, act.step.clause, act.step.plugin)


def details(refused: Refused) -> dict[str, Any]:
    """Return what the ledger keeps of a refusal: which door, what was said, and by which clauses."""
    return {
        "why": refused.kind,
        "objections": [objection.text.to_json() for objection in refused.objections],
        "clauses": [code_of(objection.clause) for objection in refused.objections],
        "fields": sorted(refused.errors),
    }


def no_step(procedure: Procedure, wanted: str | Step) -> Sentence:
    """Say that a procedure has no such step, or that it is only part of another one."""
    if isinstance(wanted, str):
        return _l("%(procedure)s has no step %(step)s here.", procedure=procedure.title, step=wanted)
    return _l(
        "The step %(step)s of %(procedure)s is only taken inside another one, which hands over what is given.",
        procedure=procedure.title,
        step=wanted.name,
    )
