"""What the ledger gets to know of a step: who, what, of which case, by which clause, under which decisions."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from core import ledger
from core.clauses import code_of

if TYPE_CHECKING:
    from core.cases import Case
    from core.gate import Act


def details(act: Act) -> dict[str, Any]:
    """Return what was typed and decided, the plugins that were on, and who else than usual was let in."""
    decisions = [decision.to_json() for decision in act.decisions]
    said = {"values": act.recorded, "decisions": decisions, "plugins": sorted(act.rules.plugins.names)}
    if act.let_in is None or not act.let_in.plugin:
        return said
    plugin, version = act.let_in.plugin, act.rules.plugins.version(act.let_in.plugin)
    return {**said, "let_in": {"plugin": plugin, "version": version, "beyond": code_of(act.step.clause)}}


def subject(case: Case) -> dict[str, Any]:
    """Return what the ledger says of whose case it is and which; one without a number is none yet."""
    known = {"subject_id": case.id, "number": case.number} if case.number else {}
    return {"office_id": case.office_id, **known}


def record(act: Act, kind: str, about: Mapping[str, Any], **said: Any) -> None:
    """Append the row of a step, done or refused, inside the write transaction."""
    ledger.append(
        kind=kind,
        actor=act.actor.name,
        actor_id=act.actor.person_id,
        procedure=act.procedure.name,
        action=act.step.name,
        from_state=act.from_state,
        clause=code_of((act.let_in and act.let_in.clause) or act.step.clause),
        version=f"{act.step.plugin} {act.rules.plugins.version(act.step.plugin)}",
        **about,
        **said,
    )
