"""What an author mistypes in a declaration, refused by name with what there is to choose from.

Nothing of it fails when it is written down: a tone that nobody draws, a number below its own minimum, a form that
cannot be built. It would fail, or be passed over, when somebody needs it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from difflib import get_close_matches
from inspect import signature
from pathlib import Path
from types import FunctionType
from typing import TYPE_CHECKING

from wtforms import Form

from core.errors import PluginError, UnknownSetting
from core.form_traits import declared_fields
from core.i18n import Sentence, _l
from core.unread import names_read

if TYPE_CHECKING:
    from pluggy import HookCaller

    from core.parameters import Parameter
    from core.plugins import Installed, Plugins, PluginSet
    from core.procedure import Procedure, Step

STATE_TONES = ("plain", "wait", "alert", "done", "off")
STEP_TONES = ("plain", "primary", "danger")
STRICTER = ("", "lower", "higher")
TEMPLATE = re.compile(r"[a-z][\w-]*(/[\w.-]+)*\.html")
ROOT = Path(__file__).parent
LETTER = re.compile("[A-Z]{1,4}")
# What a field is built on, as no form asks it.
BARE = Form()
Slip = tuple[str, Sentence]


def refuse_slips(found: PluginSet) -> None:
    """Refuse the first slip in a set of plugins, by the name of its plugin."""
    for plugin, why in _slips(found):
        raise refusal(plugin, why)


def refusal(plugin: str, why: Sentence) -> PluginError:
    """Return the refusal of a plugin that does not fit."""
    return PluginError(_l("Plugin %(plugin)s does not fit: %(why)s.", plugin=plugin, why=why))


def like(name: str, known: Iterable[str]) -> str:
    """Return what is written nearly like a name among what there is; where nothing is, all of it."""
    every = sorted(known)
    return ", ".join(get_close_matches(name, every, cutoff=0.5) or every)


def refuse_misfits(one: Installed, callers: Mapping[str, HookCaller]) -> None:
    """Refuse a function that is marked and called like no hook, or that wants to know what its hook does not tell."""
    declared = {name: caller.spec for name, caller in callers.items() if caller.spec}
    for name, given in vars(one.module).items():
        if not isinstance(given, FunctionType) or not hasattr(given, "koudai_impl"):
            continue
        if name not in declared:
            said = {"hook": name, "known": like(name, declared)}
            raise unfit(one.name, _l("there is no hook %(hook)s, but there is: %(known)s", **said))
        told, asked = declared[name].argnames, signature(given).parameters.values()
        # What has a default is its own affair: nobody has to tell it.
        if strange := [each.name for each in asked if each.default is each.empty and each.name not in told]:
            said = {"hook": name, "strange": ", ".join(strange), "known": ", ".join(told) or "—"}
            raise unfit(one.name, _l("%(hook)s is not told %(strange)s, but: %(known)s", **said))


def unfit(plugin: str, problem: Sentence | str) -> PluginError:
    """Return the refusal of a plugin whose functions no hook calls."""
    return PluginError(_l("Plugin %(plugin)s fits no hook: %(problem)s", plugin=plugin, problem=problem))


def _slips(found: PluginSet) -> Iterator[Slip]:
    for one in found.enabled.values():
        for parameter in one.manifest.parameters:
            yield from _of_parameter(one.name, parameter)
    for procedure in found.procedures.values():
        yield from _of_procedure(procedure, found)
        for step in procedure.steps.values():
            what = f"tone= of {procedure.name}.{step.name}"
            yield from _chosen(_last_hand(procedure, step), what, step.tone, STEP_TONES)
            yield from _of_form(procedure, step)
    yield from _of_clauses(found.plugins)


def _chosen(plugin: str, what: str, given: str, known: tuple[str, ...]) -> Iterator[Slip]:
    if given not in known:
        names = ", ".join(f"“{one}”" for one in known if one)
        said = {"what": what, "given": given, "known": names}
        yield plugin, _l("%(what)s is “%(given)s”, and must be one of: %(known)s", **said)


def _last_hand(procedure: Procedure, step: Step) -> str:
    """Return whose say the form and the tone of a step are: the last plugin that set something, or its own."""
    setting = (one.plugin for one in procedure.amendments if (one.verb, one.target) == ("set", step.name))
    return [step.plugin, *setting][-1]


def _of_parameter(plugin: str, parameter: Parameter) -> Iterator[Slip]:
    yield from _chosen(plugin, f"stricter= of {parameter.key}", parameter.stricter, STRICTER)
    if parameter.kind is not int:
        return
    try:
        parameter.read(parameter.default)
    except UnknownSetting:
        said = {"key": parameter.key, "default": parameter.default}
        yield (
            plugin,
            _l("the default of %(key)s, %(default)s, lies outside of its minimum and maximum", **said),
        )


def _of_procedure(procedure: Procedure, found: PluginSet) -> Iterator[Slip]:
    name, plugin = procedure.name, procedure.plugin
    if not LETTER.fullmatch(procedure.letter):
        letter = procedure.letter
        yield (
            plugin,
            _l("letter= of %(name)s is “%(letter)s”: one to four of A to Z", name=name, letter=letter),
        )
    if procedure.record and procedure.record not in found.forms:
        record, known = procedure.record, ", ".join(found.forms) or "—"
        said = {"name": name, "record": record, "known": known}
        yield plugin, _l("record= of %(name)s names the form %(record)s; there are: %(known)s", **said)
    for state in procedure.states.values():
        yield from _chosen(
            state.plugin, f"tone= of the state {state.name} of {name}", state.tone, STATE_TONES
        )


def _of_form(procedure: Procedure, step: Step) -> Iterator[Slip]:
    """Build each field that a step asks, as its form will: a keyword that there is not shows only then."""
    asked = [(_last_hand(procedure, step), name, one) for name, one in declared_fields(step.form)]
    asked += [(one.plugin, one.name, one.field) for one in step.fields]
    for plugin, name, one in asked:
        try:
            one.bind(BARE, name)
        except Exception as error:
            said = {"step": f"{procedure.name}.{step.name}", "field": name, "error": error}
            yield plugin, _l("%(step)s cannot ask %(field)s: %(error)s", **said)


def refuse_missing_templates(found: PluginSet) -> None:
    """Refuse a template that a plugin's code names and that lies nowhere: its card or page would be a fault."""
    places = [ROOT / "templates", *(one.folder / "templates" for one in found.enabled.values())]
    for one in found.enabled.values():
        named = (text for text in names_read(one.folder) if TEMPLATE.fullmatch(text))
        for name in sorted(named):
            if not any((place / name).is_file() for place in places):
                why = _l(
                    "its code names the template %(name)s: no file templates/%(name)s is there", name=name
                )
                raise refusal(one.name, why)


def _of_clauses(plugins: Plugins) -> Iterator[Slip]:
    """Yield what stands in a document of another plugin's, and what two lines say."""
    owners: dict[str, str] = {}
    for one in plugins.installed.values():
        for clause in one.clauses:
            said = {"clause": clause.code, "plugin": clause.plugin}
            if clause.plugin != one.name:
                yield one.name, _l("its clauses.csv says of %(clause)s that it is %(plugin)s’s", **said)
            if clause.code in owners:
                yield one.name, _l("its clauses.csv brings %(clause)s, which is there already", **said)
            owners[clause.code] = one.name
