"""The life of a plugin: what hangs on it, how it goes for good, what a release of it changes."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from flask import current_app

from core.cli.home import actor, in_house
from core.cli.words import cited, table
from core.i18n import Sentence, _, _l
from core.life.bringing import BETWEEN

if TYPE_CHECKING:
    from core.additions import Amendment
    from core.clauses import Citation
    from core.life.impact import Added, Held, Impact, Presetting
    from core.life.snapshots import Snapshot
    from core.parameters import Parameter

VERBS = {
    "widen": _l("who may"),
    "require": _l("before"),
    "add_step": _l("step"),
    "starts": _l("deadline"),
    "add_field": _l("field"),
    "follow": _l("afterwards"),
    "set": _l("otherwise"),
}


@click.command(help=_l("What would removing plugin NAME lose? Who uses it, and what hangs on it.").msgid)
@click.argument("name")
@in_house
def impact(name: str) -> None:
    """Print all that hangs on a plugin, part by part."""
    from core.life.impact import impact_of
    from core.rules import installed_plugins

    found = impact_of(installed_plugins(), name)
    called = f"{found.title} " if found.title else ""
    version = found.version or _("not installed")
    click.echo(f"{called}({found.name} {version})")
    if found.problem:
        click.echo(str(found.problem))
    for title, rows in _parts(found):
        click.echo(f"\n{title}")
        table([("  ", *row) for row in rows] or [("  ", _("none"))])


def _parts(found: Impact) -> Iterator[tuple[str, list[Sequence[Any]]]]:
    yield _("Used in"), [(one.code, one.name, _since(one, at)) for one, at in found.users]
    yield _("Required by the installed plugins"), [(one,) for one in found.dependants]
    yield (
        _("Open cases that only it leads on"),
        [(one.office, one.procedure, one.state, one.count) for one in found.cases],
    )
    yield _("States that it adds to procedures of others"), [_added(one) for one in found.states]
    yield _("Rows that removing it deletes"), [(one.table, one.count, _by_office(one)) for one in found.held]
    yield (
        _("Its parameters, and where they were set"),
        [
            (
                one.parameter.key,
                _value(one.parameter, one.parameter.default),
                _set_in(one.parameter, one.set_in),
            )
            for one in found.settings
        ],
    )
    yield _("What it presets"), [_preset(one) for one in found.presets]
    yield _("What it amends"), [_amendment(one) for one in found.amendments]
    yield (
        _("Decisions it gives"),
        [(key, title, _("adjusts") if adjusts else _("answers")) for key, title, adjusts in found.decisions],
    )
    yield _("What else it brings"), [(label, what.replace("\n", BETWEEN)) for label, what in found.brings]


def _added(one: Added) -> tuple[str, Sentence, str]:
    """Say how many cases stand in a state, or have ended there and keep its name."""
    cases = "  ".join(f"{code} {number}" for code, number in one.cases) or _("no case")
    said = _("ended there: %(cases)s", cases=cases) if one.state.final else _("open: %(cases)s", cases=cases)
    return f"{one.procedure} {one.state.name}", one.state.title, said


def _since(office: Any, at: Any) -> str:
    return _("on since %(day)s", day=at.astimezone(office.zoneinfo).date())


def _by_office(held: Held) -> str:
    return "  ".join(f"{code} {number}" for code, number in held.rows if code)


def _set_in(parameter: Parameter, values: list[tuple[str, Any]]) -> str:
    return "  ".join(f"{code} {_value(parameter, value)}" for code, value in values)


def _preset(one: Presetting) -> tuple[str, str, str]:
    if one.parameter is None:
        return one.key, str(one.value), ""
    change = f"{_value(one.parameter, one.parameter.default)} → {_value(one.parameter, one.value)}"
    return one.key, change, _set_in(one.parameter, one.set_in)


def _value(parameter: Parameter, value: Any) -> str:
    said = (_("yes") if value else _("no")) if parameter.kind is bool else value
    return f"{said} {parameter.unit_of(value)}".strip()


def _amendment(note: Amendment) -> tuple[str, Sentence, Sentence | str, str]:
    detail = _required(note.clause) if note.verb == "require" else note.detail
    return f"{note.procedure} {note.target}", VERBS[note.verb], detail, cited(note.clause)


def _required(clause: Citation) -> str:
    """Say what must be in order first as the pocket book does: by the title of its clause."""
    from core.rules import installed_plugins

    known = installed_plugins().clauses.get(str(clause))
    return known.title if known else ""


@click.command(
    help=_l(
        "Export all that plugin NAME holds, then drop its tables and delete its settings. Refused while an "
        "office uses it. The ledger and the history of switching stay."
    ).msgid
)
@click.argument("name")
@click.option(
    "--to",
    type=click.Path(path_type=Path),
    help=_l("The folder of the export; it must not exist. By default one in KOUDAI_HOME.").msgid,
)
@in_house
def remove(name: str, to: Path | None) -> None:
    """Remove, and say what was exported where, and what is left to do."""
    from core.life.removal import how_to_uninstall, remove
    from core.rules import installed_plugins

    plugins = installed_plugins()
    url = str(current_app.config["SQLALCHEMY_DATABASE_URI"])
    done = remove(plugins, name, to or _folder(name), actor(), url)
    table(
        [("  ", one, _("%(count)s rows", count=count)) for one, count in done.tables] or [("  ", _("none"))]
    )
    click.echo(_("Exported to %(folder)s, and removed from the database.", folder=done.folder))
    click.echo(_("The ledger and the history of switching stay."))
    click.echo(how_to_uninstall(done.distribution))


def _folder(name: str) -> Path:
    from core import clock
    from core.config import folder
    from core.rules import installed_plugins

    one = installed_plugins().installed.get(name)
    version = one.manifest.version if one else ""
    return folder() / "removed" / f"{name}-{version}-{clock.now():%Y%m%d-%H%M%S}"


@click.command(help=_l("Print the rules of what is installed, to be kept and compared later.").msgid)
@in_house
def snapshot() -> None:
    """Print one JSON object."""
    from core.life import snapshots
    from core.rules import installed_plugins

    click.echo(json.dumps(snapshots.as_file(installed_plugins()), ensure_ascii=False, indent=1))


@click.command(
    "release-notes",
    help=_l(
        "What do the rules say otherwise since FROM, by clause, and which offices does it touch? FROM and TO are "
        "versions that this database has seen, files of “koudai plugins snapshot”, or “installed”."
    ).msgid,
)
@click.argument("before", metavar="FROM")
@click.argument("after", metavar="TO", default="installed")
@in_house
def release_notes(before: str, after: str) -> None:
    """Print the note as Markdown."""
    from core.life import notes
    from core.rules import installed_plugins

    plugins = installed_plugins()
    was, now = (_release(one) for one in (before, after))
    titles = {clause.code: str(clause.title) for clause in plugins.clauses.values()}
    click.echo(notes.text(notes.changes(plugins, was, now), titles, before, after))


def _release(given: str) -> dict[str, Snapshot]:
    from core.life import snapshots
    from core.rules import installed_plugins

    if given == "installed":
        return {one.plugin: one for one in snapshots.take(installed_plugins())}
    if not Path(given).is_file():
        return snapshots.of_version(given)
    try:
        return snapshots.from_file(json.loads(Path(given).read_text(encoding="utf-8")))
    except ValueError:
        return snapshots.from_file(None)
