"""The files that people attached: what lies there and nobody names is deleted, what is named and gone is told."""

from __future__ import annotations

import click

from core.cli.errors import FAILED
from core.cli.home import in_house
from core.i18n import _, _l


@click.group(help=_l("Tidy the folder of attached files, and see whether all are there.").msgid)
def files() -> None:
    """Group the commands about files."""


@files.command(
    help=_l(
        "Delete what nobody's case names any more (an upload that broke off), once it is a day old; "
        "name every file whose bytes are missing or altered."
    ).msgid
)
@in_house
def tidy() -> None:
    """Say what was deleted and what is missing; anything missing is a failure."""
    from core.talk import tidying

    click.echo(_("Deleted: %(count)s", count=tidying.forget_orphans()))
    spoilt = tidying.spoilt()
    for office, one in spoilt:
        said = _(
            "%(office)s %(number)s: the bytes of %(name)s are missing or altered",
            office=office,
            number=one.number,
            name=one.name,
        )
        click.echo(said)
    if spoilt:
        raise click.exceptions.Exit(FAILED)
    click.echo(_("Every attached file is there."))
