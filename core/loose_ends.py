"""What does not fit is refused, by name, when plugins are loaded or put together: not when somebody needs it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from types import FunctionType, ModuleType
from typing import TYPE_CHECKING, Any, NoReturn

from sqlalchemy import inspect

import core
from core import icons, numbers, records, slips, state_maps
from core.clauses import Citation, HouseRule
from core.db import UTCDateTime
from core.errors import PluginError, UnknownSetting
from core.hooks import clauses_of
from core.i18n import Sentence, _l
from core.parameters import preset_of
from core.plugin_sets import answers_of, contributed
from core.roles import MACHINES, ROLES, Role
from core.slots import MenuItem

if TYPE_CHECKING:
    from pluggy import HookImpl

    from core.plugins import Installed, Manifest, PluginSet
    from core.procedure import Procedure, Step

PLUGIN = re.compile("[a-z][a-z0-9]{0,19}")
# What stands in addresses where a plugin's name would stand.
TAKEN = frozenset(
    {"api", "core", "customers", "numbers", "offices", "search", "settings", "staff", "static", "talk"}
)
# What the keyboard means on every page.
KEYS = ("/", "?", "g d")
CLAIMED = {
    "collection": _l("the collection"),
    "keys": _l("the menu’s key"),
    "letter": _l("the letter"),
    "record": _l("the form"),
    "role": _l("the role"),
}
# The widths of the columns in which names are kept: SQLite would let more pass, PostgreSQL would not.
LONGEST = {
    "collection": 40,
    "key": 60,
    "letter": 4,
    "record": 24,
    "role": 40,
    "state": 30,
    "step": 60,
    "version": 19,
}


def manifest_of(module: ModuleType) -> Manifest:
    """Return what a plugin says of itself, or refuse a module that says nothing."""
    manifest: Manifest | None = getattr(module, "manifest", None)
    if manifest is None:
        _refuse(module.__name__, _l("it has no manifest: write manifest = Manifest(...)"))
    return manifest


def refuse_unmarked(one: Installed, hooks: Iterable[str]) -> None:
    """Refuse a function that is called like a hook and would never be called, because it lacks its mark."""
    for name in hooks:
        given = vars(one.module).get(name)
        own = isinstance(given, FunctionType) and given.__module__ == one.module.__name__
        if own and not hasattr(given, "koudai_impl"):
            _refuse(one.name, _l("%(hook)s is not marked: write @hookimpl before it", hook=name))


def refuse_clashes(installed: Sequence[Installed]) -> None:
    """Refuse plugins that take each other's names: all are loaded together, whatever an office uses."""
    owners = {("letter", numbers.CUSTOMERS): "core", ("collection", "customers"): "core"}
    owners |= {("role", key): "core" for key in ROLES}
    for place, one in enumerate(installed):
        _refuse_manifest(one, {other.name for other in installed[:place]})
        for kind, name in _claims(one):
            owner = owners.setdefault((kind, name), one.name)
            if owner != one.name:
                _refuse_taken(one.name, kind, name, owner)
            _refuse_long(one.name, kind, name)
        for role in one.manifest.roles:
            if not role.key.startswith(f"{one.name}_"):
                why = _l(
                    "the key of its role %(key)s does not begin with %(name)s_", key=role.key, name=one.name
                )
                _refuse(one.name, why)


def _refuse_manifest(one: Installed, others: set[str]) -> None:
    """Refuse a plugin that cannot be told from another, or that was written for a newer core."""
    manifest, name = one.manifest, one.name
    if not PLUGIN.fullmatch(name) or name in TAKEN:
        _refuse(name, _l("a plugin's name is one word of small letters, and not that of a page"))
    if name in others:
        _refuse(name, _l("two plugins have this name"))
    if _numbers(manifest.needs_core) > _numbers(core.__version__):
        needed, here = manifest.needs_core, core.__version__
        _refuse(name, _l("it needs core %(needed)s, and this is %(here)s", needed=needed, here=here))
    for key in [one.key for one in manifest.parameters] + [one.key for one in manifest.permissions]:
        if not key.startswith(f"{name}."):
            _refuse(name, _l("%(key)s does not begin with the plugin's own name", key=key))
        _refuse_long(name, "key", key)
    for permission in manifest.permissions:
        for role in permission.roles:
            if not isinstance(role, Role):
                words = {"key": permission.key, "role": role}
                _refuse(
                    name, _l("roles= of %(key)s takes roles, as in core.roles, and not “%(role)s”", **words)
                )
    _refuse_long(name, "version", manifest.version)


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in re.findall(r"\d+", version))


def _claims(one: Installed) -> Iterator[tuple[str, str]]:
    """Yield what only one plugin of an installation can have."""
    yield from (("role", role.key) for role in one.manifest.roles)
    yield from (("letter", procedure.letter) for procedure in one.procedures)
    yield from (("collection", procedure.collection) for procedure in one.procedures)
    yield from (("record", record.code) for record in records.declared(one, records.Record))


def refuse_failing(found: PluginSet) -> None:
    """Refuse a plugin that fails where it is asked about nothing yet: its pages would go without, and no test see it."""
    slips.refuse_missing_templates(found)
    keys = dict.fromkeys(KEYS, "core")
    for name, caller in vars(found.hook).items():
        if caller.spec is None or caller.spec.argnames:
            continue
        for implementation in caller.get_hookimpls():
            entries = [
                one for one in _contributions(found, name, implementation) if isinstance(one, MenuItem)
            ]
            _refuse_taken_keys(implementation.plugin_name, entries, keys)
            _refuse_leading_nowhere(implementation.plugin_name, entries, found)
            _refuse_undrawn(implementation.plugin_name, entries)


def _refuse_leading_nowhere(plugin: str, entries: Iterable[MenuItem], found: PluginSet) -> None:
    """Refuse an entry that leads to the list of cases of no procedure."""
    for one in entries:
        name = ".".join(str(one.values.get(part, "")) for part in ("plugin", "noun"))
        if one.endpoint.startswith("cases.") and name not in found.procedures:
            _refuse(plugin, _l("its menu leads to the cases of %(name)s, which nobody declares", name=name))


def _refuse_undrawn(plugin: str, entries: Iterable[MenuItem]) -> None:
    """Refuse an icon that is not drawn: the menu would show a gap."""
    for one in entries:
        wrong = icons.unknown(one.icon)
        if wrong:
            _refuse(plugin, wrong)


def _refuse_taken_keys(plugin: str, entries: Iterable[MenuItem], keys: dict[str, str]) -> None:
    """Refuse a key that leads somewhere already: whoever presses it would land there."""
    for wanted in [one.keys for one in entries if one.keys]:
        if wanted in keys:
            _refuse_taken(plugin, "keys", wanted, keys[wanted])
        keys[wanted] = plugin


def _contributions(found: PluginSet, name: str, implementation: HookImpl) -> list[Any]:
    plugin = implementation.plugin_name
    try:
        given = contributed(implementation)
    except Exception as error:
        _refuse(plugin, _l("%(hook)s fails: %(error)s", hook=name, error=error))
    for one in given:
        wanted = str(getattr(one, "permission", "") or "core.")
        if not wanted.startswith("core.") and found.permission(wanted) is None:
            _refuse_undeclared_name(plugin, name, wanted, found.permissions())
    return given


def refuse_loose_ends(found: PluginSet) -> None:
    """Refuse a set of plugins in which something hangs in the air: a deadline, a parameter, a clause, a preset."""
    _refuse_queue_jumpers(found)
    slips.refuse_slips(found)
    for procedure in found.procedures.values():
        _refuse_undeclared(procedure)
        _refuse_untimed(procedure, found)
        _refuse_unknown(procedure, found)
    for plugin, clause in _cited_in(found):
        _refuse_strange(found, plugin, clause)
    for one in found.enabled.values():
        for key, value in one.manifest.presets.items():
            _refuse_preset(found, one.name, key, value)
        _refuse_maps(found, one)


def _refuse_queue_jumpers(found: PluginSet) -> None:
    """Refuse answers that jump the queue, and adjusters where nothing is decided."""
    for one in found.enabled.values():
        for caller in found.manager.get_hookcallers(one.module) or ():
            decides = caller.spec is not None and caller.spec.opts["firstresult"]
            for given in caller.get_hookimpls():
                if given.tryfirst or given.trylast or given.opts["specname"]:
                    _refuse(given.plugin_name, _l("%(hook)s jumps the queue", hook=caller.name))
                if (given.wrapper or given.hookwrapper) and not decides:
                    _refuse(given.plugin_name, _l("%(hook)s decides nothing to adjust", hook=caller.name))


def _refuse_undeclared(procedure: Procedure) -> None:
    """Refuse a deadline that nobody declares, and names that are too long to be kept."""
    for step in procedure.steps.values():
        _refuse_long(step.plugin, "step", step.name)
        for key in {*step.starts, *step.meets, *step.drops} - set(procedure.deadlines):
            where = f"{procedure.name}.{step.name}"
            _refuse(
                step.plugin,
                _l("%(step)s names the deadline %(key)s, which nobody declares", step=where, key=key),
            )
        if step.undone_by:
            _refuse_no_undoing(procedure, step)
    for state in procedure.states:
        _refuse_long(procedure.plugin, "state", state)
    _refuse_unmet(procedure)


def _refuse_unmet(procedure: Procedure) -> None:
    """Refuse a deadline that no step meets: it could only be missed, or fall with the case."""
    met = {key for step in procedure.steps.values() for key in step.meets}
    for rule in procedure.deadlines.values():
        if rule.key not in met:
            why = _l("no step meets the deadline %(key)s: name one in meets= or met_by=", key=rule.key)
            _refuse(rule.plugin, why)


def _refuse_unknown(procedure: Procedure, found: PluginSet) -> None:
    """Refuse a permission, a role or a column of the case that is named and is not there."""
    if not procedure.reads.startswith("core.") and found.permission(procedure.reads) is None:
        _refuse_undeclared_name(procedure.plugin, procedure.name, procedure.reads, found.permissions())
    roles = _roles_of(found)
    for plugin, role in _roles_in(procedure):
        if role not in roles:
            _refuse_undeclared_name(plugin, procedure.name, role, roles)
    for name in procedure.unsearchable:
        why = _l(
            "%(what)s searches %(name)s, which is none of its columns or facts",
            what=procedure.name,
            name=name,
        )
        _refuse(procedure.plugin, why)
    for plugin, column in _columns_in(procedure):
        if not hasattr(procedure.model, column):
            why = _l("%(what)s names %(name)s, which its cases do not have", what=procedure.name, name=column)
            _refuse(plugin, why)


def _roles_of(found: PluginSet) -> set[str]:
    own = {role.key for one in found.enabled.values() for role in one.manifest.roles}
    return own | {*ROLES, *(role.key for role in MACHINES)}


def _roles_in(procedure: Procedure) -> Iterator[tuple[str, str]]:
    """Yield the roles that steps and deadlines name, with the plugin that names each."""
    for step in procedure.steps.values():
        yield from ((way.plugin or step.plugin, way.role.key) for way in step.who)
    yield from ((rule.plugin, rule.owner.key) for rule in procedure.deadlines.values())


def _columns_in(procedure: Procedure) -> Iterator[tuple[str, str]]:
    """Yield the columns of the case that steps, deadlines and filters name, with the plugin that names each."""
    for step in procedure.steps.values():
        yield from ((way.plugin or step.plugin, way.only) for way in step.who if way.only)
    for rule in procedure.deadlines.values():
        yield from ((rule.plugin, name) for name in (rule.owner_attribute, rule.since) if name)
    yield from ((procedure.plugin, one.attribute) for one in procedure.filters)


def _refuse_no_undoing(procedure: Procedure, step: Step) -> None:
    """Refuse a step to be undone by one that is not there, cannot follow it, or does not lead back."""
    said = {"step": f"{procedure.name}.{step.name}", "other": step.undone_by}
    undoing = procedure.steps.get(step.undone_by)
    if undoing is None or undoing.inner:
        _refuse(
            step.plugin, _l("%(step)s is undone by %(other)s, which is no step that somebody takes", **said)
        )
    after = {state for source in step.sources or {""} for state in step.leads_to(source)}
    if not after <= undoing.sources or not (step.creates or step.sources & set(undoing.targets)):
        _refuse(step.plugin, _l("%(step)s is undone by %(other)s, which does not lead back", **said))


def _refuse_untimed(procedure: Procedure, found: PluginSet) -> None:
    """Refuse a deadline whose time is a parameter that nobody declares."""
    for rule in procedure.deadlines.values():
        _refuse_long(rule.plugin, "key", rule.key)
        if rule.within.promised and not rule.since:
            _refuse(rule.plugin, _l("%(rule)s is due as promised, and no since says when", rule=rule.key))
        counted = inspect(procedure.model).columns.get(rule.since or "")
        if counted is not None and not isinstance(counted.type, UTCDateTime):
            _refuse(
                rule.plugin,
                _l("%(rule)s counts from %(name)s, which is no moment", rule=rule.key, name=rule.since),
            )
        if not procedure.says_since(rule):
            _refuse(
                rule.plugin, _l("%(rule)s needs a since_title: nothing says what its since is", rule=rule.key)
            )
        key = rule.within.parameter
        if key and key not in found.parameters:
            _refuse(
                rule.plugin,
                _l("%(rule)s takes its time from %(key)s, which nobody declares", rule=rule.key, key=key),
            )


def _cited_in(found: PluginSet) -> Iterator[tuple[str, Citation]]:
    """Yield every clause that procedures, answers and forms cite, with the plugin that cites it."""
    for procedure in found.procedures.values():
        yield from _citations(procedure)
    for one in found.enabled.values():
        for _decision, given in answers_of(found, one.name):
            yield from ((one.name, clause) for clause in clauses_of(given.function))
        said = [each.clause for each in one.manifest.permissions] + [each.restates for each in one.clauses]
        yield from ((one.name, clause) for clause in said if clause)
    for form in found.forms.values():
        yield form.plugin, form.record.clause
        yield from ((name, one.clause) for name, _version, one in form.added)


def _citations(procedure: Procedure) -> Iterator[tuple[str, Citation]]:
    """Yield every clause that a procedure cites, with the plugin that cites it."""
    for step in procedure.steps.values():
        yield step.plugin, step.clause
        yield from ((one.plugin, one.clause) for one in step.requires)
        yield from ((one.plugin, one.clause) for one in step.added)
    yield from ((one.plugin, one.clause) for one in procedure.endings)
    yield from ((rule.plugin, rule.clause) for rule in procedure.deadlines.values())
    yield from ((note.plugin, note.clause) for note in procedure.amendments)


def _refuse_strange(found: PluginSet, plugin: str, clause: Citation) -> None:
    if not isinstance(clause, HouseRule) and clause not in found.plugins.clauses:
        _refuse(plugin, _l("nobody ships the clause %(clause)s: put it into clauses.csv", clause=clause))


def _refuse_preset(found: PluginSet, plugin: str, key: str, given: Any) -> None:
    parameter, preset = found.parameters.get(key), preset_of(given)
    if preset.clause:
        _refuse_strange(found, plugin, preset.clause)
    try:
        if parameter is None:
            known = slips.like(key, found.parameters)
            raise UnknownSetting(_l("nobody declares it; there is: %(known)s", known=known))
        if type(preset.value) is not parameter.kind:
            kind = parameter.kind.__name__
            raise UnknownSetting(_l("%(value)r is not of the type %(kind)s", value=preset.value, kind=kind))
        parameter.refuse_locked()
        parameter.refuse_laxer(parameter.read(preset.value), parameter.default)
    except UnknownSetting as error:
        text = _l(
            "Plugin %(plugin)s cannot preset %(key)s: %(why)s", plugin=plugin, key=key, why=error.sentence
        )
        raise PluginError(text) from error


def _refuse_maps(found: PluginSet, one: Installed) -> None:
    """Refuse maps of states that lead nowhere, that name what is still there, or what is none of the plugin's."""
    for each in one.manifest.state_maps:
        owner = each.procedure.partition(".")[0]
        if each.procedure not in found.procedures or owner not in (one.name, *one.manifest.requires):
            _refuse(
                one.name, _l("it maps states of %(name)s, which it does not require", name=each.procedure)
            )
        procedure = found.procedures[each.procedure]
        goals = state_maps.carried(found, each.procedure)
        for old in each.states:
            if old in procedure.states:
                _refuse(one.name, _l("it maps the state %(old)s, which is still there", old=old))
            if goals[old].new not in procedure.states:
                why = _l("it maps %(old)s to %(new)s, which nobody declares", old=old, new=goals[old].new)
                _refuse(one.name, why)


def _refuse_taken(plugin: str, kind: str, name: str, owner: str) -> None:
    said = {"what": CLAIMED[kind], "name": name, "owner": owner}
    _refuse(plugin, _l("%(what)s %(name)s belongs to %(owner)s already", **said))


def _refuse_undeclared_name(plugin: str, what: str, name: str, known: Iterable[str]) -> None:
    said = {"what": what, "name": name, "known": slips.like(name, known) or "—"}
    _refuse(plugin, _l("%(what)s names %(name)s, which nobody declares; there is: %(known)s", **said))


def _refuse_long(plugin: str, kind: str, name: str) -> None:
    if len(name) > LONGEST[kind]:
        why = _l("%(name)s is too long a name: at most %(most)s characters", name=name, most=LONGEST[kind])
        _refuse(plugin, why)


def _refuse(plugin: str, why: Sentence) -> NoReturn:
    raise slips.refusal(plugin, why)
