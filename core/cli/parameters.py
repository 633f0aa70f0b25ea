"""Parameters: the number of a rule in an office, and the ladder of rungs that it comes from."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from core.cli.home import actor, in_house
from core.cli.words import cited, table
from core.i18n import _, _l

if TYPE_CHECKING:
    from core.parameters import Parameter, Rung
    from core.rules import Rules

SOURCES = {
    "office": _l("this office"),
    "region": _l("region"),
    "preset": _l("regional plugin"),
    "nation": _l("head office"),
    "default": _l("default"),
}


@click.group(help=_l("See what numbers the rules have in an office, and set them.").msgid)
def parameters() -> None:
    """Group the commands about parameters."""


@parameters.command(
    help=_l(
        "Show the parameters in force in OFFICE, or the whole ladder of one KEY; "
        "without OFFICE, the defaults."
    ).msgid
)
@click.argument("office", required=False)
@click.argument("key", required=False)
@in_house
def show(office: str | None, key: str | None) -> None:
    """Print a table, or one ladder."""
    from core.offices import office_by_code
    from core.rules import rules_of

    if office is None:
        _show_defaults()
        return
    rules = rules_of(office_by_code(office))
    if key is None:
        _show_all(rules)
    else:
        _show_ladder(rules.declared(key), rules.rungs(key))


def _show_defaults() -> None:
    from core.rules import installed_plugins

    declared = installed_plugins().parameters.values()
    rows = [(one.key, _value(one, one.default), cited(one.clause), one.label) for one in declared]
    table([(_("Parameter"), _("Default"), _("Clause"), _("What it is")), *rows])


def _show_all(rules: Rules) -> None:
    from core.parameters import effective

    rows = []
    for key, declared in sorted(rules.parameters.items()):
        rung = effective(rules.rungs(key))
        rows.append(
            (key, _value(declared, rung.value), _source(rung), cited(declared.clause), declared.label)
        )
    table([(_("Parameter"), _("Value"), _("From"), _("Clause"), _("What it is")), *rows])


def _show_ladder(declared: Parameter, rungs: list[Rung]) -> None:
    click.echo(f"{declared.key}: {declared.label} [{cited(declared.clause)}]{_limits(declared)}")
    in_force = next(rung for rung in rungs if rung.given)
    table(
        [
            (
                "→" if rung is in_force else " ",
                _source(rung),
                _said(declared, rung),
            )
            for rung in rungs
        ]
    )


def _said(declared: Parameter, rung: Rung) -> str:
    if rung.laxer_than is not None:
        value, above = _value(declared, rung.value), _value(declared, rung.laxer_than)
        return _("%(value)s — laxer than %(above)s, not in force", value=value, above=above)
    return _value(declared, rung.value) if rung.given else "—"


def _source(rung: Rung) -> str:
    return f"{SOURCES[rung.source]} ({rung.name})" + (f" [{cited(rung.clause)}]" if rung.clause else "")


def _value(declared: Parameter, value: Any) -> str:
    said = (_("yes") if value else _("no")) if declared.kind is bool else value
    return f"{said} {declared.unit_of(value)}".strip()


def _limits(declared: Parameter) -> str:
    said = []
    if declared.minimum is not None or declared.maximum is not None:
        said.append(_("from %(low)s to %(high)s", low=declared.minimum, high=declared.maximum))
    if declared.stricter:
        said.append(_("lower only") if declared.stricter == "lower" else _("higher only"))
    if declared.locked:
        said.append(_("locked by head office"))
    return f" ({'; '.join(said)})" if said else ""


@parameters.command("set", help=_l("Set KEY to VALUE in OFFICE; in head office, for the nation.").msgid)
@click.argument("office")
@click.argument("key")
@click.argument("value")
@in_house
def set_value(office: str, key: str, value: str) -> None:
    """Set the value and say what is in force now."""
    from core.offices import office_by_code
    from core.settings import set_parameter

    now = set_parameter(office_by_code(office), key, value, actor())
    _say_in_force(office, key, now)


@parameters.command(help=_l("Take back what OFFICE set for KEY: the next rung counts again.").msgid)
@click.argument("office")
@click.argument("key")
@in_house
def clear(office: str, key: str) -> None:
    """Clear the value and say what is in force now."""
    from core.offices import office_by_code
    from core.settings import clear_parameter

    now = clear_parameter(office_by_code(office), key, actor())
    _say_in_force(office, key, now)


def _say_in_force(office: str, key: str, value: Any) -> None:
    click.echo(_("In force in %(office)s: %(key)s = %(value)s", office=office.upper(), key=key, value=value))
