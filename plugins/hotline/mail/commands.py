"""The command line of incoming mail: the one thing that no page may ask for."""

from __future__ import annotations

import sys

import click

from core.cli.home import in_house
from core.errors import KoudaiError
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
    from core.rules import rules_of
    from plugins.hotline.mail.mailbox import address_of
    from plugins.hotline.mail.secret import keep_password

    address = address_of(rules_of(office_by_code(office)))
    if address is None:
        raise KoudaiError(
            _l("Set hotline.mail_host and hotline.mail_user first: a password is for one mailbox.")
        )
    whose = {"user": address.user, "host": address.host, "port": address.port}
    asked, question = sys.stdin.isatty(), _("Password of %(user)s at %(host)s:%(port)s", **whose)
    typed = click.prompt(question, hide_input=True) if asked else sys.stdin.readline().rstrip("\r\n")
    kept = keep_password(address, typed)
    click.echo(
        _("For %(user)s at %(host)s:%(port)s, kept in %(file)s, for nobody else to read.", file=kept, **whose)
    )
