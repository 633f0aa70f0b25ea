"""Staff: who works where in which role, and the one-time link with which a password is set."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click
from flask import current_app

from core.cli.home import actor, in_house, role_named
from core.cli.words import table
from core.errors import KoudaiError
from core.i18n import _, _l

if TYPE_CHECKING:
    from core.offices import Office
    from core.people import Person
    from core.roles import Role

ROLE_HELP = _l("A role: hotline_engineer, or BJ:duty_manager for another office; several times if needed.")


@click.group(help=_l("Hire people, list them, give them roles and a new password.").msgid)
def staff() -> None:
    """Group the commands about people."""


@staff.command(help=_l("Hire somebody and print the one-time link that sets the first password.").msgid)
@click.argument("login")
@click.argument("name")
@click.option("--office", required=True, help=_l("Code of the office.").msgid)
@click.option("--role", "roles", required=True, multiple=True, help=ROLE_HELP.msgid)
@click.option("--number", default="", help=_l("The number told on the hotline, like 07.").msgid)
@in_house
def add(login: str, name: str, office: str, roles: tuple[str, ...], number: str) -> None:
    """Hire and make the link in one transaction."""
    from core import accounts
    from core.db import writing

    grants, by = _grants(office, roles), actor()
    with writing(frozenset(one.id for one, _role in grants)):
        person = accounts.hire(login, name, number, grants, by)
        token = accounts.new_link(person, by)
    print_link(person, token)


def _grants(office: str, roles: tuple[str, ...]) -> list[tuple[Office, Role]]:
    from core.offices import office_by_code

    pairs = [(role if ":" in role else f"{office}:{role}").split(":", 1) for role in roles]
    return [(office_by_code(code), role_named(key)) for code, key in pairs]


def print_link(person: Person, token: str) -> None:
    """Print a one-time link; nobody can show it a second time."""
    from core.accounts import LINK_LIFE, link_path
    from core.config import LOCAL_ADDRESS

    said = {"name": person.name, "login": person.login, "days": LINK_LIFE.days}
    known = current_app.config["URL"]
    click.echo(_("%(name)s (%(login)s) sets a password here, once, within %(days)s days:", **said))
    click.echo(f"  {known or LOCAL_ADDRESS}{link_path(token)}")
    if not known:
        click.echo(_("  (With KOUDAI_URL it begins with the address at which people reach the pages.)"))


@staff.command("list", help=_l("List the staff of one OFFICE, or of all, with their roles.").msgid)
@click.argument("office", required=False)
@click.option("--office", "option", help=_l("Code of the office, as everywhere else.").msgid)
@in_house
def list_staff(office: str | None, option: str | None) -> None:
    """Print one line for each person; the office is named by itself, or as the other commands want it."""
    from sqlalchemy import select
    from sqlalchemy.orm import selectinload

    from core.db import db
    from core.offices import all_offices, office_by_code
    from core.people import Person

    if office and option and office != option:
        raise KoudaiError(_l("Two offices are named. Name one, or none for all of them."))
    office, offices = office or option, all_offices()
    only = {office_by_code(office).id} if office else set(offices)
    people = db.session.scalars(select(Person).options(selectinload(Person.grants)).order_by(Person.login))
    rows = [
        (one.login, one.name, one.hotline_number or "—", _standing(one), held)
        for one in people
        if (held := _roles(one, offices, only)) or not office
    ]
    table([(_("Login"), _("Name"), _("Number"), _("Sign-in"), _("Roles")), *rows])


def _roles(person: Person, offices: dict[int, Office], only: set[int]) -> str:
    held = [grant for grant in person.grants if grant.taken_at is None and grant.office_id in only]
    return " ".join(f"{offices[grant.office_id].code}:{grant.role}" for grant in held)


def _standing(person: Person) -> str:
    if person.left_at is not None:
        return _("left")
    return _("yes") if person.password_hash else _("no password yet")


@staff.command(help=_l("Print a new one-time link for LOGIN; older links become void.").msgid)
@click.argument("login")
@in_house
def reset(login: str) -> None:
    """Make a link; the old password works until it is used."""
    from core import accounts

    person = accounts.person_by_login(login)
    print_link(person, accounts.new_link(person, actor()))


@staff.command(help=_l("Give LOGIN further roles.").msgid)
@click.argument("login")
@click.option("--office", required=True, help=_l("Code of the office.").msgid)
@click.option("--role", "roles", required=True, multiple=True, help=ROLE_HELP.msgid)
@in_house
def give(login: str, office: str, roles: tuple[str, ...]) -> None:
    """Give the roles; giving one twice changes nothing."""
    from core import accounts

    person = accounts.person_by_login(login)
    accounts.give_roles(person, _grants(office, roles), actor())
    click.echo(_("%(name)s has these roles now.", name=person.name))


@staff.command(help=_l("Take roles back from LOGIN.").msgid)
@click.argument("login")
@click.option("--office", required=True, help=_l("Code of the office.").msgid)
@click.option("--role", "roles", required=True, multiple=True, help=ROLE_HELP.msgid)
@in_house
def take(login: str, office: str, roles: tuple[str, ...]) -> None:
    """Take the roles back, all or none."""
    from core import accounts
    from core.db import writing

    person, grants = accounts.person_by_login(login), _grants(office, roles)
    with writing(frozenset(one.id for one, _role in grants)):
        for where, role in grants:
            accounts.take_role(person, where, role, actor())
    click.echo(_("%(name)s has these roles no more.", name=person.name))


@staff.command(help=_l("Close the account of LOGIN for good; what was done stays on record.").msgid)
@click.argument("login")
@in_house
def leave(login: str) -> None:
    """End roles, sessions and links."""
    from core import accounts

    person = accounts.person_by_login(login)
    accounts.leave(person, actor())
    click.echo(_("%(name)s can no longer sign in.", name=person.name))
