"""The search on the command line: its words, written anew."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

import click

from core.cli.home import in_house
from core.i18n import _, _l

if TYPE_CHECKING:
    from core.offices import Office


@click.group(help=_l("The words under which everything is found.").msgid)
def search() -> None:
    """Hold the commands on the search together."""


@search.command(
    help=_l(
        "Write the words of one OFFICE, or of all, anew. They are kept with every change; this is for after a "
        "release that reads more, or rows that came in past the program. Others may go on working."
    ).msgid
)
@click.argument("office", required=False)
@in_house
def rebuild(office: str | None) -> None:
    """Rebuild, and say how much can be found."""
    from core.offices import all_offices, office_by_code

    rebuild_all([office_by_code(office)] if office else list(all_offices().values()))


def rebuild_all(offices: Iterable[Office]) -> None:
    """Rebuild what is found in each office: the cases of plugins that are off too, their data waits."""
    from core.rules import installed_plugins, rules_of_all
    from core.search import index

    codes = {one.id: one.code for one in offices}
    rules, procedures = rules_of_all(codes), installed_plugins().procedures
    for office_id, code in codes.items():
        given = rules[office_id].plugins.gather("core_searchables") if office_id in rules else []
        count = index.rebuild(office_id, procedures.values(), [one for _plugin, one in given])
        click.echo(_("%(office)s: %(count)s cases and entries can be found", office=code, count=count))
