"""The first command of an installation: database, head office, first administrator."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from core.cli.home import actor, make_folder, unfurnished
from core.i18n import _, _l

if TYPE_CHECKING:
    from core.people import Actor, Person

# Code, Chinese and English name of the head office; login and name of its administrator.
HeadOffice = tuple[str, str, str]
Administrator = tuple[str, str]


@click.command(help=_l("Set an installation up: database, head office, first administrator.").msgid)
@click.option("--code", default="HQ", show_default=True, help=_l("Code of the head office.").msgid)
@click.option("--name", default="总部", show_default=True, help=_l("Its Chinese name.").msgid)
@click.option("--en", default="Head office", show_default=True, help=_l("Its English name.").msgid)
@click.option("--login", default="admin", show_default=True, help=_l("Login of the administrator.").msgid)
@click.option("--person", default="系统管理员", show_default=True, help=_l("The administrator's name.").msgid)
def init(code: str, name: str, en: str, login: str, person: str) -> None:
    """Do what is not done yet; a second run changes nothing."""
    from core import accounts
    from core.offices import checked_names

    checked_names(code, name, en)
    accounts.checked_details(login, person, "")
    set_up((code, name, en), (login, person))


@unfurnished
def set_up(head: HeadOffice, administrator: Administrator) -> None:
    """Bring the database up to date, found the house, and print the administrator's link."""
    from core import accounts
    from core.cli.database import upgrade_database
    from core.cli.errors import warn_of_open_wall
    from core.cli.staff import print_link

    make_folder()
    upgrade_database()
    warn_of_open_wall()
    _tell_of_head_office()
    hired = found_house(head, administrator, actor())
    if hired is None:
        click.echo(_("This installation was set up before; its database is up to date."))
        click.echo(_("Locked out? “koudai staff list” names the logins, “koudai staff reset LOGIN” helps."))
        return
    print_link(hired, accounts.new_link(hired, actor()))
    click.echo(_("Next: “koudai serve”; offices are opened with “koudai office add CODE NAME”."))


def _tell_of_head_office() -> None:
    from core.offices import find_head_office

    there = find_head_office()
    if there is not None:
        click.echo(
            _("The head office is %(code)s %(name)s already and stays so.", code=there.code, name=there.name)
        )


def found_house(head: HeadOffice, administrator: Administrator, by: Actor) -> Person | None:
    """Open the head office and hire its administrator, both or neither; None when somebody administers it."""
    from core import accounts
    from core.db import see_too, writing
    from core.offices import find_head_office, open_head_office
    from core.roles import ADMINISTRATOR

    with writing():
        office = find_head_office() or open_head_office(*head, by)
        if accounts.an_administrator():
            return None
        see_too(office.id)
        return accounts.hire(*administrator, "", [(office, ADMINISTRATOR)], by)
