"""What an office plays by: the plugins it uses, and the parameters it sets."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for

from core import switches
from core.db import writing
from core.errors import KoudaiError, PluginError
from core.i18n import Sentence, _, _l
from core.life.preview import preview
from core.parameters import Parameter, changes
from core.people import name_of
from core.plugins import Manifest
from core.rules import installed_plugins
from core.settings import clear_parameter, set_parameter
from core.switches import PluginSwitch, lock_office
from core.web.access import actor, needs, these_rules, this_office
from core.web.parameter_rows import SOURCES, Asked, Reader, grouped
from core.web.show import plugin_name

pages = Blueprint("office_rules", __name__, url_prefix="/<office>/settings")
MOST_TYPED = 60


@dataclass(frozen=True, kw_only=True)
class ShownPlugin:
    """An installed plugin as an office sees it: on or off, and who switched it when."""

    manifest: Manifest
    on: bool
    history: list[PluginSwitch]
    refused: Sentence | None = None


@pages.get("/plugins/")
@needs("core.manage_office")
def plugins(office: str) -> str:
    """Every installed plugin, on or off here, with its history."""
    return _plugins_page()


def _plugins_page(refused: Sentence | None = None, name: str = "") -> str:
    history = switches.history(this_office().id)
    shown = [
        ShownPlugin(
            manifest=one.manifest,
            on=one.name in these_rules().plugins.names,
            history=[row for row in history if row.plugin == one.name],
            refused=refused if one.name == name else None,
        )
        for one in installed_plugins().installed.values()
    ]
    gone = [row for row in history if row.plugin not in installed_plugins().installed]
    return render_template("core/office/plugins.html", plugins=shown, gone=gone)


@pages.post("/plugins/<name>")
@needs("core.manage_office")
def switch_plugin(office: str, name: str) -> Any:
    """Switch a plugin on or off here; what would not stand is refused by name."""
    if name not in installed_plugins().installed:
        abort(404)
    on = request.form.get("on")
    if on not in ("yes", "no"):
        return _plugins_page(_l("Say whether to switch it on or off."), name), 422
    if request.form.get("seen", _last_switch(), type=int) != _last_switch():
        return _switch_page(name, on == "yes", overtaken=True), 409
    try:
        switches.switch(installed_plugins(), this_office(), name, on == "yes", actor())
    except PluginError as error:
        return _plugins_page(error.sentence, name), 409
    title = installed_plugins().installed[name].manifest.title
    sentence = _("%(plugin)s is on.", plugin=title) if on == "yes" else _("%(plugin)s is off.", plugin=title)
    flash(sentence, "done")
    return redirect(url_for("office_rules.plugins", office=office))


@pages.get("/plugins/<name>/<any(on, off):to>")
@needs("core.manage_office")
def about_to_switch(office: str, name: str, to: str) -> str:
    """What switching a plugin on or off would change here, before anybody does."""
    if name not in installed_plugins().installed:
        abort(404)
    return _switch_page(name, to == "on")


def _switch_page(name: str, on: bool, *, overtaken: bool = False) -> str:
    told: dict[str, Any] = {"shown": None, "refused": None}
    try:
        plan = switches.plan(installed_plugins(), this_office(), name, on)
        told["shown"] = preview(these_rules(), plan)
    except PluginError as error:
        told["refused"] = error.sentence
    manifest = installed_plugins().installed[name].manifest
    told |= {"on": on, "seen": _last_switch(), "overtaken": overtaken}
    return render_template("core/office/plugin_switch.html", manifest=manifest, **told)


def _last_switch() -> int:
    """Return which switching was the office's last, so that nobody confirms what he has not seen."""
    history = switches.history(this_office().id)
    return history[0].id if history else 0


@pages.get("/parameters/")
@needs("core.manage_office")
def parameters(office: str) -> str:
    """Every parameter that counts here, or those asked for: its value, where that comes from, and a form."""
    return _parameters_page()


def _asked() -> Asked:
    typed = request.args.get("q", "")[:MOST_TYPED]
    return Asked(text=" ".join(typed.split()), only_own=request.args.get("own") == "1")


def _parameters_page(key: str = "", typed: str | None = None, error: Sentence | None = None) -> str:
    asked, clauses = _asked(), installed_plugins().clauses
    every = [
        replace(one, typed=typed, error=error) if one.parameter.key == key else one
        for one in Reader(these_rules()).all()
    ]
    shown = [
        one
        for one in every
        if one.error or asked.fits(one, clauses, plugin_name(one.parameter.key.partition(".")[0]))
    ]
    return render_template(
        "core/office/parameters.html",
        groups=grouped(shown),
        sources=SOURCES,
        asked=asked,
        counts=(len(shown), len(every), sum(one.own for one in every)),
    )


@pages.post("/parameters/<key>")
@needs("core.manage_office")
def set_one(office: str, key: str) -> Any:
    """Set a parameter here; what is locked, out of bounds or laxer is refused with the clause."""
    parameter, typed = _declared(key), request.form.get("value", "")
    try:
        with writing():
            _refuse_overtaken(lock_office(this_office().id).id, key)
            set_parameter(this_office(), key, typed, actor())
    except KoudaiError as error:
        return _parameters_page(key, typed, _labelled(error.sentence, parameter)), 422
    flash(_("Set: %(parameter)s", parameter=parameter.label), "done")
    return _to_parameters(office)


@pages.post("/parameters/<key>/clear")
@needs("core.manage_office")
def clear_one(office: str, key: str) -> Any:
    """Take back what was set here; the rung above counts again."""
    parameter = _declared(key)
    try:
        with writing():
            _refuse_overtaken(lock_office(this_office().id).id, key)
            clear_parameter(this_office(), key, actor())
    except KoudaiError as error:
        return _parameters_page(key, None, _labelled(error.sentence, parameter)), 409
    flash(_("Taken back: %(parameter)s", parameter=parameter.label), "done")
    return _to_parameters(office)


def _labelled(said: Sentence, parameter: Parameter) -> Sentence:
    """Call a parameter as its page does, not by the key that the command line knows."""
    return Sentence(said.msgid, {**said.values, "key": f"“{parameter.label}”"}, said.domain)


def _declared(key: str) -> Parameter:
    found = these_rules().parameters.get(key)
    if found is None:
        abort(404)
    return found


def _refuse_overtaken(office_id: int, key: str) -> None:
    last = changes(office_id).get(key)
    if last and last[0].id != request.form.get("seen", 0, type=int):
        raise KoudaiError(
            _l(
                "Meanwhile %(actor)s changed it. Look at the value, then repeat.",
                actor=name_of(None, last[0].set_by),
            )
        )


@pages.get("/plugins/<name>")
@needs("core.manage_office")
def plugins_again(office: str, name: str) -> Any:
    """Answer whoever opens a form's address (to reload, in another language) with the page of the form."""
    return redirect(url_for("office_rules.plugins", office=office))


@pages.get("/parameters/<key>")
@pages.get("/parameters/<key>/clear")
@needs("core.manage_office")
def parameters_again(office: str, key: str) -> Any:
    """Answer whoever opens a form's address (to reload, in another language) with the page of the form."""
    return _to_parameters(office)


def _to_parameters(office: str) -> Any:
    """Lead back to the parameters that somebody was looking at."""
    asked = _asked()
    own = "1" if asked.only_own else None
    return redirect(url_for("office_rules.parameters", office=office, q=asked.text or None, own=own))
