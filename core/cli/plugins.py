"""Plugins: what is installed, what each office uses, and who decides what there."""

from __future__ import annotations

import datetime as dt
import inspect
import re
from collections.abc import Callable, Collection, Iterator, Mapping
from typing import TYPE_CHECKING, Any

import click

from core.cli import life
from core.cli.authors import new, sentences
from core.cli.home import actor, in_house
from core.cli.words import cited, table
from core.errors import NotFound, PluginError
from core.i18n import _, _l

if TYPE_CHECKING:
    from core.customers.models import Customer
    from core.offices import Office
    from core.plugins import Installed, PluginSet
    from core.rules import Rules
    from core.verdicts import Answer

Subject = tuple[str, dict[str, Any]]


@click.group(help=_l("See which plugins there are, switch them per office, ask who decides.").msgid)
def plugins() -> None:
    """Group the commands about plugins."""


@plugins.command("list", help=_l("List the installed plugins, and which of them OFFICE uses.").msgid)
@click.argument("office", required=False)
@in_house
def list_plugins(office: str | None) -> None:
    """Print one line for each installed plugin."""
    from core.offices import office_by_code
    from core.rules import installed_plugins

    chosen = office_by_code(office) if office else None
    last = _("In %(office)s", office=chosen.code) if chosen else _("Used in")
    used = _since(chosen) if chosen else _users()
    rows = [
        (one.name, str(one.manifest.title), one.manifest.version, _required(one), used.get(one.name, "—"))
        for one in installed_plugins().installed.values()
    ]
    gone = sorted(used.keys() - installed_plugins().installed.keys())
    safe = installed_plugins().safe
    why = _("enabled, left out by safe mode") if safe else _("enabled, not installed")
    rows += [(name, why, "—", "—", used[name]) for name in gone]
    table([(_("Plugin"), _("Title"), _("Version"), _("Requires"), last), *rows])


def _required(one: Installed) -> str:
    return " ".join(one.manifest.requires) or "—"


def _since(office: Office) -> dict[str, str]:
    from core.switches import enabled_in, history

    on = enabled_in([office.id])[office.id]
    switched_on = [row for row in reversed(history(office.id)) if row.enabled]
    days = {row.plugin: row.switched_at.astimezone(office.zoneinfo).date() for row in switched_on}
    return {name: _("on since %(day)s", day=days.get(name, "—")) for name in on}


def _users() -> dict[str, str]:
    from core.offices import all_offices
    from core.switches import enabled_in

    tree = all_offices()
    used: dict[str, list[str]] = {}
    for office_id, names in enabled_in(tree).items():
        for name in names:
            used.setdefault(name, []).append(tree[office_id].code)
    return {name: " ".join(codes) for name, codes in used.items()}


@plugins.command(help=_l("Do the plugins of every office fit together? Names the culprit if not.").msgid)
@in_house
def check() -> None:
    """Build every set in use and each plugin by itself, and look whether cases stand where nobody knows."""
    from core.life.carrying import refuse_lost
    from core.loose_ends import refuse_failing
    from core.offices import all_offices
    from core.plugin_sets import with_required
    from core.rules import installed_plugins
    from core.switches import check_sets_in_use, enabled_in
    from core.unread import refuse_unread

    check_sets_in_use(installed_plugins())
    for name in installed_plugins().installed:
        alone = installed_plugins().set_of(with_required(installed_plugins(), name))
        refuse_failing(alone)
        refuse_unread(alone)
    refuse_lost(installed_plugins())
    tree = all_offices()
    for office_id, names in enabled_in(tree).items():
        click.echo(f"{tree[office_id].code}: {' '.join(sorted(names)) or '—'}")
    click.echo(_("All of them fit together."))


@plugins.command(help=_l("Switch plugin NAME on in OFFICE, at once and without a restart.").msgid)
@click.argument("name")
@click.argument("office")
@in_house
def enable(name: str, office: str) -> None:
    """Switch on, or refuse by name what would not stand."""
    if _switch(name, office, True):
        click.echo(_("%(plugin)s is on in %(office)s.", plugin=name, office=office.upper()))
    else:
        click.echo(_("%(plugin)s was on in %(office)s already.", plugin=name, office=office.upper()))


@plugins.command(help=_l("Switch plugin NAME off in OFFICE; its data stays.").msgid)
@click.argument("name")
@click.argument("office")
@in_house
def disable(name: str, office: str) -> None:
    """Switch off, or refuse by name what would not stand."""
    if _switch(name, office, False):
        click.echo(_("%(plugin)s is off in %(office)s; its data stays.", plugin=name, office=office.upper()))
    else:
        click.echo(_("%(plugin)s was not on in %(office)s.", plugin=name, office=office.upper()))


def _switch(name: str, code: str, on: bool) -> bool:
    """Switch, and say whether that changed anything."""
    from core.offices import office_by_code
    from core.rules import installed_plugins
    from core.switches import enabled_in, switch

    office = office_by_code(code)
    before = name in enabled_in([office.id])[office.id]
    switch(installed_plugins(), office, name, on, actor())
    return before is not on


@plugins.command(
    help=_l(
        "Who answers a DECISION in OFFICE, in what order? With --customer, what each of them says; "
        "further inputs of a decision are given with --with."
    ).msgid
)
@click.argument("decision")
@click.argument("office")
@click.option("--customer", "file_number", help=_l("File number of a customer of the office.").msgid)
@click.option(
    "--on", type=click.DateTime(["%Y-%m-%d"]), help=_l("The day asked about; by default today.").msgid
)
@click.option("--with", "further", multiple=True, metavar="NAME=VALUE", help=_l("A further input.").msgid)
@in_house
def explain(
    decision: str, office: str, file_number: str | None, on: dt.datetime | None, further: tuple[str, ...]
) -> None:
    """Print the answers, the most local first."""
    from core.offices import office_by_code
    from core.rules import rules_of

    rules = rules_of(office_by_code(office))
    wanted = _inputs_of(rules.plugins, decision)
    if file_number is None and not further:
        _print_order(rules.plugins, decision)
        return
    if unsayable := [name for name, one in wanted.items() if not _sayable(name, one)]:
        said = {"decision": decision, "names": ", ".join(unsayable)}
        click.echo(_("%(decision)s is asked about %(names)s, which cannot be typed. Who answers:", **said))
        _print_order(rules.plugins, decision)
        return
    given: dict[str, Any] = dict(_named_value(one, wanted) for one in further)
    given |= {"rules": rules, "on": on.date() if on else _today(rules)}
    for title, about in _subjects(rules, file_number, wanted):
        click.echo(title) if title else None
        _print_answers(rules.plugins.explain(decision, **_complete(decision, wanted, given | about)))


READ: Mapping[str, Callable[[str], Any]] = {"int": int, "date": dt.date.fromisoformat, "str": str}
SPELT_WITH = frozenset({"None", "Optional", "datetime", "dt"})
# What the command finds by itself, or by an option of its own.
FOUND = ("customer", "installation", "on", "rules")


def _declared(one: inspect.Parameter) -> list[str]:
    """Return the words of an input's type; a module may leave its annotations as they are written in it."""
    return re.findall(r"\w+", inspect.formatannotation(one.annotation))


def _sayable(name: str, one: inspect.Parameter) -> bool:
    """Say whether an input can be given on the command line: what nobody declares otherwise is a text."""
    if name in FOUND or one.annotation is inspect.Parameter.empty:
        return True
    words = set(_declared(one)) - SPELT_WITH
    return bool(words) and words <= READ.keys()


def _named_value(given: str, wanted: Mapping[str, inspect.Parameter]) -> tuple[str, Any]:
    """Read NAME=VALUE as what the decision declares it to be; without a value there is none of it."""
    name, equals, value = given.partition("=")
    if not equals:
        raise click.BadParameter(_("%(given)s: write it as NAME=VALUE.", given=given), param_hint="--with")
    if name not in wanted:
        said = {"name": name, "known": ", ".join(wanted)}
        text = _("Nobody asks about %(name)s here. The decision is asked about: %(known)s.", **said)
        raise click.BadParameter(text, param_hint="--with")
    read = next((READ[one] for one in _declared(wanted[name]) if one in READ), str)
    try:
        return name, read(value) if value else None
    except ValueError:
        text = _("%(given)s: give a day like 2026-11-23, or a whole number.", given=given)
        raise click.BadParameter(text, param_hint="--with") from None


def _decisions(plugins: PluginSet) -> dict[str, Any]:
    hooks = {name: getattr(plugins.hook, name) for name in vars(plugins.hook) if not name.startswith("_")}
    return {name: one for name, one in hooks.items() if one.spec and one.spec.opts.get("firstresult")}


def _inputs_of(plugins: PluginSet, decision: str) -> Mapping[str, inspect.Parameter]:
    known = _decisions(plugins)
    if decision not in known:
        names = ", ".join(sorted(known))
        raise NotFound(
            _l("There is no decision %(name)s here. Known are: %(known)s.", name=decision, known=names)
        )
    return inspect.signature(known[decision].spec.function).parameters


def _print_order(plugins: PluginSet, decision: str) -> None:
    answering = list(reversed(getattr(plugins.hook, decision).get_hookimpls()))
    for place, one in enumerate(answering, 1):
        kind = _("adjusts what the others say") if one.wrapper else _("answers, or passes to the next")
        click.echo(f"{place}. {one.plugin_name} {plugins.version(one.plugin_name)}  {kind}")


def _today(rules: Rules) -> dt.date:
    from core import clock

    return clock.now().astimezone(rules.office.zoneinfo).date()


def _subjects(rules: Rules, file_number: str | None, wanted: Collection[str]) -> Iterator[Subject]:
    """Yield what the decision is asked about: the customer as a whole, then each product."""
    if file_number is None:
        yield "", {}
        return
    customer = _customer(rules.office, file_number)
    yield f"{customer.file_number} {customer.name}", {"customer": customer, "installation": None}
    for one in customer.installations if "installation" in wanted else []:
        title = f"{one.product.name} {one.version} {one.serial_number or ''}"
        yield title.strip(), {"customer": customer, "installation": one}


def _customer(office: Office, file_number: str) -> Customer:
    from sqlalchemy import select

    from core.customers.models import Customer
    from core.db import db

    query = select(Customer).where(Customer.office_id == office.id, Customer.file_number == file_number)
    found = db.session.scalars(query).one_or_none()
    if found is None:
        raise NotFound(_l("%(office)s has no customer %(number)s.", office=office.code, number=file_number))
    return found


def _complete(decision: str, wanted: Collection[str], given: dict[str, Any]) -> dict[str, Any]:
    missing = [name for name in wanted if name not in given]
    if missing:
        ways = {name: f"--with {name}=…" for name in missing}
        ways |= {name: "--customer NUMBER" for name in missing if name in ("customer", "installation")}
        how = " ".join(dict.fromkeys(ways.values()))
        said = {"decision": decision, "missing": ", ".join(missing), "how": how}
        raise PluginError(_l("%(decision)s also wants to know: %(missing)s. Add %(how)s", **said))
    return {name: given[name] for name in wanted}


ROLES_OF_ANSWERS = {
    "chosen": _l("decides"),
    "overridden": _l("overridden"),
    "adjusted": _l("adjusts"),
    "passed": _l("passes"),
}


def _print_answers(answers: list[Answer]) -> None:
    for place, one in enumerate(answers, 1):
        click.echo(f"  {place}. {one.plugin} {one.version}  {ROLES_OF_ANSWERS[one.role]}")
        if one.verdict is None:
            continue
        click.echo(f"     {one.verdict.value}: {one.verdict.reason} [{cited(one.verdict.clause)}]")
        for line in one.verdict.evidence:
            click.echo(f"     · {line}")


plugins.add_command(new)
for one in (life.impact, life.remove, life.snapshot, life.release_notes):
    plugins.add_command(one)
plugins.add_command(sentences)
