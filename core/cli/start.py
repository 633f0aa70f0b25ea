"""The first command of an installation: database, head office, first administrator."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from core.cli.home import actor, unfurnished
from core.i18n import _, _l

if TYPE_CHECKING:
    from core.people import Person


@click.command(help=_l("Set an installation up: database, head office, first administrator.").msgid)
@click.option("--code", default="HQ", show_default=True, help=_l("Code of the head office.").msgid)
@click.option("--name", default="总部", show_default=True, help=_l("Its Chinese name.").msgid)
@click.option("--en", default="Head office", show_default=True, help=_l("Its English name.").msgid)
@click.option("--login", default="admin", show_default=True, help=_l("Login of the administrator.").msgid)
@click.option("--person", default="系统管理员", show_default=True, help=_l("The administrator's name.").msgid)
@unfurnished
def init(code: str, name: str, en: str, login: str, person: str) -> None:
    """Do what is not done yet; a second run changes nothing."""
    from core import accounts
    from core.cli.database import upgrade_database
    from core.cli.staff import print_link

    upgrade_database()
    head_id = found_head_office({"code": code, "name_zh": name, "name_en": en})
    if accounts.an_administrator():
        click.echo(_("This installation was set up before; its database is up to date."))
        click.echo(_("Locked out? “koudai staff list” names the logins, “koudai staff reset LOGIN” helps."))
        return
    administrator = hire_administrator(head_id, login, person)
    print_link(administrator, accounts.new_link(administrator, actor()))
    click.echo(_("Next: “koudai serve”; offices are opened with “koudai office add CODE NAME”."))


def found_head_office(head: dict[str, str]) -> int:
    """Make the head office unless there is one, and return its id."""
    from core.db import db, writing
    from core.offices import Office, OfficeKind, all_offices

    there = [one.id for one in all_offices().values() if one.kind == OfficeKind.HEAD]
    if there:
        return there[0]
    with writing():
        office = Office(kind=OfficeKind.HEAD, **head)
        db.session.add(office)
        db.session.flush()
        return office.id


def hire_administrator(office_id: int, login: str, name: str) -> Person:
    """Hire the administrator of the whole house."""
    from core import accounts
    from core.db import db, see_offices
    from core.offices import Office
    from core.roles import ADMINISTRATOR

    see_offices(frozenset({office_id}))
    office = db.session.get_one(Office, office_id)
    return accounts.hire(login, name, "", [(office, ADMINISTRATOR)], actor())
