"""Offices: the tree below head office."""

from __future__ import annotations

import click

from core.cli.home import actor, in_house
from core.cli.words import table
from core.i18n import _, _l


@click.group(help=_l("Open offices and list them.").msgid)
def office() -> None:
    """Group the commands about offices."""


@office.command(help=_l("Open an office: CODE begins its numbers (SH), NAME is its Chinese name.").msgid)
@click.argument("code")
@click.argument("name")
@click.option("--en", default="", help=_l("Its English name.").msgid)
@click.option("--parent", default="", help=_l("Code of the office above; by default head office.").msgid)
@click.option("--kind", type=click.Choice(["office", "region"]), default="office", show_default=True)
@click.option("--zone", default="Asia/Shanghai", show_default=True, help=_l("Its time zone.").msgid)
@in_house
def add(code: str, name: str, en: str, parent: str, kind: str, zone: str) -> None:
    """Open the office and say what comes next."""
    from core.offices import open_office

    opened = open_office(code, name, actor(), name_en=en, parent=parent, kind=kind, zone=zone)
    click.echo(_("Office %(code)s %(name)s is open.", code=opened.code, name=opened.name_zh))
    click.echo(_("Next: koudai plugins enable hotline %(code)s; koudai staff add …", code=opened.code))


@office.command("list", help=_l("List the offices with the plugins that they use.").msgid)
@in_house
def list_offices() -> None:
    """Print one line for each office."""
    from core.offices import OFFICE_KINDS, OfficeKind, all_offices
    from core.switches import enabled_in

    tree = all_offices()
    enabled = enabled_in(tree)
    rows = [
        (
            one.code,
            one.name,
            OFFICE_KINDS[OfficeKind(one.kind)],
            tree[one.parent_id].code if one.parent_id else "—",
            one.zone,
            " ".join(sorted(enabled[one.id])) or "—",
        )
        for one in tree.values()
    ]
    table([(_("Code"), _("Name"), _("Kind"), _("Below"), _("Time zone"), _("Plugins")), *rows])
