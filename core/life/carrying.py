"""A release removed or renamed states: its maps carry the cases over, through the gate, and nobody is left behind."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from sqlalchemy import func, select

from core import gate
from core.db import db
from core.errors import PluginError, Refused
from core.i18n import Sentence, _l
from core.life.releases import was_final
from core.life.removal import removals
from core.offices import Office, all_offices
from core.people import RELEASE_ACTOR
from core.plugin_sets import standing, with_required
from core.plugins import Plugins, PluginSet
from core.procedure import Procedure, Step
from core.roles import RELEASE, Allowed
from core.state_maps import STEP, TITLE, Carried, carried
from core.switches import enabled_in


def carry_over(plugins: Plugins) -> Counter[str]:
    """Carry the cases of all offices over, each by a step of its own; return how many of which procedure.

    What was carried stands in a state that is known, so a second run finds nothing.
    """
    moved: Counter[str] = Counter()
    for office, found in _sets(plugins):
        moved += carry_over_in(office, found)
    return moved


def carry_over_in(office: Office, found: PluginSet) -> Counter[str]:
    """Carry the cases of one office over."""
    moved: Counter[str] = Counter()
    for procedure in found.procedures.values():
        for one in carried(found, procedure.name).values():
            moved[procedure.name] += _carry(office, procedure, one)
    return +moved


def _sets(plugins: Plugins) -> Iterator[tuple[Office, PluginSet]]:
    """Yield the offices with their plugins, but those that can only be read, or whose plugins are refused elsewhere."""
    tree = all_offices()
    for office_id, names in enabled_in(tree).items():
        if plugins.present(names) == names and (found := standing(plugins, names)) is not None:
            yield tree[office_id], found


def _carry(office: Office, procedure: Procedure, one: Carried) -> int:
    model, office_id = procedure.model, office.id
    where = (model.office_id == office_id, model.state == one.old, model.number.is_not(None))
    numbers = [str(number) for number in db.session.scalars(select(model.number).where(*where))]
    return sum(_carried(office, procedure.name, number, one) for number in numbers)


def _carried(office: Office, procedure: str, number: str, one: Carried) -> bool:
    """Take the release's step on one case; another process may have been quicker."""
    step = Step(
        name=STEP,
        title=TITLE,
        sources=frozenset({one.old}),
        targets=(one.new,),
        by=(Allowed(RELEASE),),
        clause=one.map.clause,
        plugin=one.plugin,
    )
    try:
        gate.perform(procedure, number, step, RELEASE_ACTOR, office=office)
    except Refused:
        return False
    return True


# --- nobody left behind


def refuse_lost(plugins: Plugins) -> None:
    """Refuse to start while open cases stand in a state that nobody knows, naming procedure, state and offices."""
    lost: dict[tuple[str, str], list[str]] = {}
    for office, found in _sets(plugins):
        for procedure in found.procedures.values():
            for state, count in _in_unknown_states(office, procedure):
                lost.setdefault((procedure.name, state), []).append(f"{office.code} {count}")
    unknown = {key: where for key, where in lost.items() if not _was_known(plugins, *key)}
    if unknown:
        raise PluginError(_nobody_knows(unknown))


def _in_unknown_states(office: Office, procedure: Procedure) -> list[tuple[str, int]]:
    model = procedure.model
    query = select(model.state, func.count()).where(
        model.office_id == office.id, model.state.not_in(list(procedure.states))
    )
    return [(row[0], row[1]) for row in db.session.execute(query.group_by(model.state))]


def refuse_lost_in(plugins: Plugins, office: Office, found: PluginSet, plugin: str) -> None:
    """Refuse to switch a plugin on again where its cases stand in a state that is gone meanwhile without a map."""
    for procedure in found.procedures.values():
        if procedure.plugin == plugin:
            known = carried(found, procedure.name)
            lost = {
                (procedure.name, state): [f"{office.code} {count}"]
                for state, count in _in_unknown_states(office, procedure)
                if state not in known and not _was_known(plugins, procedure.name, state)
            }
            if lost:
                raise PluginError(_nobody_knows(lost))


def _was_known(plugins: Plugins, procedure: str, state: str) -> bool:
    """Say whether cases have ended in a state, or wait there for a plugin that is installed and off."""
    ended = (row["ended_states"].get(procedure, ()) for row in removals())
    return (
        any(state in states for states in ended)
        or was_final(procedure, state)
        or any(state in found.procedures[procedure].states for found in _with(plugins, procedure))
    )


def _with(plugins: Plugins, procedure: str) -> Iterator[PluginSet]:
    """Yield, for each installed plugin that may know a procedure, the smallest set that it works in."""
    for name in plugins.installed:
        found = standing(plugins, with_required(plugins, name))
        if found is not None and procedure in found.procedures:
            yield found


def _nobody_knows(lost: dict[tuple[str, str], list[str]]) -> Sentence:
    said = "; ".join(
        f"{procedure} “{state}” ({', '.join(where)})" for (procedure, state), where in sorted(lost.items())
    )
    return _l(
        "Cases stand in states that nobody knows any more: %(cases)s. Install the release before this one, or one "
        "with a map that says where they stand now.",
        cases=said,
    )
