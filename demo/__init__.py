"""A demo with data: two offices, thirteen staff, imported customers, and a week of work."""

from __future__ import annotations

import os
from pathlib import Path

import click

from core.cli.words import table
from core.errors import KoudaiError
from core.i18n import _, _l

HOME = "var/demo"


@click.command(
    help=_l(
        "Serve a demo: at the first start two offices, thirteen staff, customers and a week of work are made, "
        "which takes some seconds; later starts keep what is there."
    ).msgid
)
@click.option("--host", default="127.0.0.1", show_default=True, help=_l("Address to listen on.").msgid)
@click.option("--port", default=8000, show_default=True, type=click.IntRange(0, 65535))
@click.option(
    "--workers",
    default=2,
    show_default=True,
    type=click.IntRange(1, 64),
    help=_l("Number of processes.").msgid,
)
@click.option("--only-build", is_flag=True, help=_l("Make the data and serve nothing.").msgid)
def demo(host: str, port: int, workers: int, only_build: bool) -> None:
    """Build what is missing, tell who can sign in, and serve."""
    from core.cli.serve import refuse_taken, run

    home = choose_home()
    if not only_build:
        refuse_taken(host, port)
    prepare_and_tell(home)
    if not only_build:
        run(host, port, workers)


def choose_home() -> Path:
    """Let everything that follows work in the demo's own folder, with a database of its own."""
    if os.environ.get("KOUDAI_DATABASE"):
        raise KoudaiError(_l("The demo keeps a database of its own: unset KOUDAI_DATABASE."))
    home = Path(os.environ.setdefault("KOUDAI_HOME", HOME)).resolve()
    os.environ["KOUDAI_HOME"] = str(home)
    return home


def prepare_and_tell(home: Path) -> None:
    """Build the demo if it is not there, and print one login for each role."""
    from demo.build import DATABASE, LOGINS, prepare

    click.echo(_("The demo lives in %(home)s.", home=home))
    if not (home / DATABASE).exists():
        click.echo(_("First start: two offices, thirteen staff, customers, a week of work are being made …"))
    prepare(home)
    _print_logins(home)
    click.echo(_("These passwords are kept in %(file)s.", file=home / LOGINS))
    click.echo(_("Other commands work on the demo with KOUDAI_HOME=%(home)s before them.", home=home))


def _print_logins(home: Path) -> None:
    from core import accounts
    from core.cli.home import opened
    from core.offices import all_offices
    from core.people import Person
    from core.rules import known_roles
    from demo.build import read_logins

    def roles_of(person: Person) -> str:
        held = [grant for grant in person.grants if grant.taken_at is None]
        return ", ".join(f"{offices[one.office_id].code} {known[one.role].title}" for one in held)

    with opened():
        offices, known = all_offices(), known_roles()
        people = [(accounts.person_by_login(login), word) for login, word in read_logins(home).items()]
        rows = [(one.login, word, one.name, roles_of(one)) for one, word in people]
        table([(_("Login"), _("Password"), _("Name"), _("Roles")), *rows])
