"""Migrations: one linear history for core and for each plugin."""

from __future__ import annotations

import click
from flask import current_app

from core.cli.errors import FAILED, warn_of_open_wall, warn_of_unwritten
from core.cli.home import make_folder, refuse_missing_file, unfurnished
from core.errors import NotFound
from core.i18n import _, _l


@click.group(help=_l("Bring the database up to date, check it, or write a migration.").msgid)
def db() -> None:
    """Group the commands about the database."""


@db.command(help=_l("Bring core and every installed plugin to their newest migration.").msgid)
@unfurnished
def upgrade() -> None:
    """Upgrade, and say whose tables were made or changed."""
    make_folder()
    for name, made in upgrade_database().items():
        if made:
            click.echo(_("%(name)s: made %(tables)s.", name=name, tables=", ".join(made)))
        else:
            click.echo(_("%(name)s: its tables were brought to the newest migration.", name=name))
    click.echo(_("The database is up to date."))


def upgrade_database() -> dict[str, list[str]]:
    """Bring the current app's database up to date, and let a new release of a plugin arrive in it.

    Returns whose migrations were run, each with the tables that it made.
    """
    from core import migrate
    from core.db import see_offices
    from core.life.arrival import arrive
    from core.offices import all_offices
    from core.rules import installed_plugins
    from core.upkeep import look_at_tables

    made = migrate.upgrade(_url(), installed_plugins())
    see_offices(frozenset(all_offices()))
    for procedure, count in arrive(installed_plugins()).items():
        click.echo(_("%(procedure)s: %(count)s cases carried over.", procedure=procedure, count=count))
    fill_search()
    # An index that SQLite has not looked at yet is taken for the best one, and may be the worst.
    look_at_tables()
    warn_of_unwritten()
    return made


def fill_search() -> None:
    """Note the words of what was there before there was a search; later they are kept with every change."""
    from core.cli.search import rebuild_all
    from core.db import see_offices
    from core.offices import all_offices
    from core.rules import installed_plugins
    from core.search import index

    offices = list(all_offices().values())
    see_offices(frozenset(one.id for one in offices))
    if index.lacks_everything(installed_plugins().procedures.values()):
        rebuild_all(offices)


@db.command(help=_l("Do the migrations make what the models say? Names every history that differs.").msgid)
@unfurnished
def check() -> None:
    """Fail when a table differs from its model."""
    from core import migrate
    from core.life.removal import gone
    from core.rules import installed_plugins

    refuse_missing_file()
    warn_of_open_wall()
    plugins = installed_plugins()
    # Of a plugin that was removed nobody misses the tables, although it is still installed.
    known = "core" not in migrate.behind(_url(), plugins)
    wrong = migrate.check(_url(), plugins, but=gone(plugins) if known else frozenset())
    for line in wrong:
        click.echo(line)
    if wrong:
        raise click.exceptions.Exit(FAILED)
    click.echo(_("The migrations make what the models say."))


@db.command(help=_l("Write a migration of PLUGIN (or core) from the difference to its models.").msgid)
@click.argument("plugin")
@click.argument("message")
@unfurnished
def revision(plugin: str, message: str) -> None:
    """Write the file; the database must be up to date."""
    from core import migrate
    from core.rules import installed_plugins

    refuse_missing_file()
    known = migrate.places_of_histories(installed_plugins())
    if plugin not in known:
        names = ", ".join(known)
        raise NotFound(_l("%(plugin)s is not installed. Known are: %(known)s.", plugin=plugin, known=names))
    migrate.revise(_url(), installed_plugins(), plugin, message)
    click.echo(_("Written to %(folder)s. Read it before you keep it.", folder=known[plugin]))


def _url() -> str:
    return str(current_app.config["SQLALCHEMY_DATABASE_URI"])
