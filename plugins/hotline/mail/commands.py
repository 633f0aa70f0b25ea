"""The command line of incoming mail: the one thing that no page may ask for."""

from __future__ import annotations

import sys

import click

from core.cli.home import in_house
from core.i18n import _, _l


@click.group(help=_l("The mailboxes of the offices.").msgid)
def mail() -> None:
    """Group the commands about mail."""


@mail.command(help=_l("Keep the password of OFFICE's mailbox; it is asked for, or read from a pipe.").msgid)
@click.argument("office")
@in_house
def password(office: str) -> None:
    """Ask for it without showing it; it is no argument, for arguments are seen by everybody on the machine."""
    from core.offices import office_by_code
    from plugins.hotline.mail.secret import keep_password

    code = office_by_code(office).code
    asked = sys.stdin.isatty()
    typed = click.prompt(_("Password"), hide_input=True) if asked else sys.stdin.readline().rstrip("\r\n")
    click.echo(_("Kept in %(file)s, for nobody else to read.", file=keep_password(code, typed)))
