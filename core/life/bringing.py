"""What a plugin brings beside the rules of the pocket book: what it adds to pages, its roles, papers and states."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from core.i18n import Sentence, _l
from core.procedure import Procedure, State
from core.records import Addition, Record, declared

if TYPE_CHECKING:
    from pluggy import HookCaller

    from core.plugins import Installed, PluginSet

Brought = tuple[Sentence, str]
BETWEEN = " · "


def brought(found: PluginSet, name: str) -> Iterator[Brought]:
    """Yield all that a plugin of a set brings, by what it is."""
    one = found.enabled[name]
    yield from _contributions(found, name)
    yield from _listed(_l("Roles"), [str(role.title) for role in one.manifest.roles])
    yield from _listed(_l("Printed forms"), list(_papers(one)))
    states = [str(_of(procedure.title, state.title)) for procedure, state in added_states(found, name)]
    yield from _listed(_l("States that it adds"), states)


def added_states(found: PluginSet, name: str) -> Iterator[tuple[Procedure, State]]:
    """Yield the states that a plugin adds to the procedures of others."""
    for procedure in found.procedures.values():
        if procedure.plugin != name:
            yield from ((procedure, one) for one in procedure.states.values() if one.plugin == name)


def _of(what: Sentence, which: Sentence | str) -> Sentence:
    return _l("%(what)s: %(which)s", what=what, which=which)


def _listed(label: Sentence, what: list[str]) -> Iterator[Brought]:
    if what:
        yield label, BETWEEN.join(what)


def _papers(one: Installed) -> Iterator[str]:
    yield from (f"{record.code} {record.title}" for record in declared(one, Record))
    for part in declared(one, Addition):
        yield str(_l("“%(part)s” on %(paper)s", part=part.part.title, paper=part.to))


# --- hooks


def _contributions(found: PluginSet, name: str) -> Iterator[Brought]:
    """Yield what it adds to hooks of core, one by one where it names what it adds, then to those of other plugins."""
    more: dict[str, list[str]] = {}
    for caller in _answered(found, name):
        owner, title = _owner(caller), _title(caller)
        titles = _titles(found, name, caller)
        if owner == "core" and titles:
            yield title, BETWEEN.join(titles)
        else:
            more.setdefault(owner, []).append(str(_of(title, BETWEEN.join(titles)) if titles else title))
    for owner, what in more.items():
        yield (
            (_l("Also"), BETWEEN.join(what))
            if owner == "core"
            else (_added_to(found, owner), "\n".join(what))
        )


def _answered(found: PluginSet, name: str) -> list[HookCaller]:
    """Return the hooks of others that a plugin answers, core's first, in the order in which they are declared.

    Decisions and amendments are not among them: the pocket book has those.
    """
    callers = found.manager.get_hookcallers(found.enabled[name].module) or ()
    told = [one for one in callers if one.name != "amend" and not _decides(one) and _owner(one) != name]
    return sorted(told, key=lambda one: (_owner(one) != "core", _owner(one), _place(one)))


def _owner(caller: HookCaller) -> str:
    return caller.name.partition("_")[0]


def _decides(caller: HookCaller) -> bool:
    return caller.spec is not None and bool(caller.spec.opts["firstresult"])


def _place(caller: HookCaller) -> int:
    return caller.spec.function.__code__.co_firstlineno if caller.spec else 0


def _titles(found: PluginSet, name: str, caller: HookCaller) -> list[str]:
    """Return how the things are called that it adds whatever the case: what hangs on one is known only there."""
    if caller.spec is None or caller.spec.argnames:
        return []
    given = [one for plugin, one in found.gather(caller.name) if plugin == name]
    return [str(one.title) for one in given if isinstance(getattr(one, "title", None), Sentence | str)]


def _title(caller: HookCaller) -> Sentence:
    """Return what a hook is about; one that does not say so is told by its name, and by what its author wrote."""
    spec = caller.spec.function if caller.spec else None
    title: Sentence | None = getattr(spec, "koudai_title", None)
    first = (getattr(spec, "__doc__", None) or "").strip().partition("\n")[0]
    return title or Sentence(f"{caller.name}: {first}" if first else caller.name)


def _added_to(found: PluginSet, owner: str) -> Sentence:
    one = found.enabled.get(owner)
    return _l("Added to: %(plugin)s", plugin=one.manifest.title if one else owner)
