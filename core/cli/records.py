"""Records: is every number of a month accounted for?"""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from core.cli.errors import FAILED
from core.cli.home import in_house
from core.cli.words import table
from core.i18n import _, _l

if TYPE_CHECKING:
    from core.number_check import Tally


class _Month(click.ParamType[str]):
    """A month as it is typed; the command reads it, and whoever leaves it out is told how it is written."""

    name = "month"

    def get_missing_message(self, param: click.Parameter, ctx: click.Context | None) -> str:
        """Return what is said beside the name of the argument that is missing."""
        return _("Write it like 2026-11.")


@click.group(help=_l("Check the numbered records of an office.").msgid)
def records() -> None:
    """Group the commands about records."""


@records.command(
    help=_l(
        "Account for the numbers that OFFICE drew in MONTH (2026-11): each is a case or a void; and for what it "
        "printed: each original is as it was. Ends with 1 when something is not in order."
    ).msgid
)
@click.argument("office")
@click.argument("month", type=_Month())
@in_house
def check(office: str, month: str) -> None:
    """Print a line for each form, then what is missing or altered."""
    from core import number_check, prints
    from core.offices import office_by_code
    from core.rules import rules_of

    chosen, here = number_check.Month.read(month), office_by_code(office)
    tallies = number_check.check(rules_of(here), chosen)
    _say(tallies, str(chosen))
    altered = list(prints.damaged(here, chosen.begins(here), chosen.next.begins(here)))
    for number, form in altered:
        click.echo(_("%(number)s: the original of %(form)s was altered or is gone", number=number, form=form))
    if altered or not all(one.whole for one in tallies):
        raise click.exceptions.Exit(FAILED)


def _say(tallies: list[Tally], month: str) -> None:
    if not tallies:
        click.echo(_("No number was drawn in %(month)s.", month=month))
        return
    rows = [
        (one.title, one.first, one.last, one.drawn, one.valid, one.void, _verdict(one)) for one in tallies
    ]
    head = (_("Form"), _("First"), _("Last"), _("Drawn"), _("Valid"), _("Void"), _("Accounted for"))
    table([head, *rows])
    for one in tallies:
        _say_where(one)


def _verdict(one: Tally) -> str:
    return _("yes") if one.whole else _("no")


def _say_where(one: Tally) -> None:
    if one.removed:
        click.echo(_("Removed with its plugin, and exported: %(numbers)s", numbers=", ".join(one.removed)))
    if one.missing:
        click.echo(_("No case and no void: %(numbers)s", numbers=", ".join(one.missing)))
    if one.unlogged:
        click.echo(_("Not in the ledger: %(numbers)s", numbers=", ".join(one.unlogged)))
