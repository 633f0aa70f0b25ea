"""The command line: everything an administrator does without a browser."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from importlib import import_module
from importlib.metadata import EntryPoint, entry_points
from importlib.util import find_spec
from typing import Any

import click

from core.cli import errors
from core.cli.words import LANGUAGES, language, speaking, translated
from core.errors import KoudaiError
from core.i18n import Sentence, _l

GROUP = "koudai.commands"
OWN = {
    "init": "start",
    "serve": "serve",
    "office": "offices",
    "staff": "staff",
    "plugins": "plugins",
    "parameters": "parameters",
    "customers": "customers",
    "search": "search",
    "clauses": "clauses",
    "records": "records",
    "files": "files",
    "jobs": "jobs",
    "verify": "verify",
    "db": "database",
}


class Koudai(click.Group):
    """The group of all commands; each is imported when it is asked for, and says its errors in one line."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return core's own commands in the order of their use, then those that others bring."""
        own = [name for name, module in OWN.items() if find_spec(f"core.cli.{module}")]
        return [*own, *sorted(set(brought()) - set(own))]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import a command and say its help in the spoken language."""
        if cmd_name not in self.list_commands(ctx):
            return None
        found = _own(cmd_name) if cmd_name in OWN else _load(brought()[cmd_name])
        return translated(found)

    def main(
        self, args: Sequence[str] | None = None, prog_name: str | None = None, *_: Any, **extra: Any
    ) -> Any:
        """Run, and end the process with 0, with 1 for an error, or with 2 for wrong usage."""
        given = sys.argv[1:] if args is None else list(args)
        with speaking(language(given, os.environ)):
            try:
                spoken = translated(self)
                code = click.Group.main(spoken, given, "koudai", standalone_mode=False)
            except Exception as error:
                code = errors.report(error)
        sys.exit(code or 0)


def _own(name: str) -> click.Command:
    command: click.Command = getattr(import_module(f"core.cli.{OWN[name]}"), name)
    return command


def brought() -> dict[str, EntryPoint]:
    """Return the commands that other distributions bring (entry points ``koudai.commands``)."""
    return {point.name: point for point in entry_points(group=GROUP)}


def _load(point: EntryPoint) -> click.Command:
    """Import a command that others bring; a broken one stays in the list and breaks nobody else."""
    try:
        command: click.Command = point.load()
    except Exception as error:
        return _broken(point, _l("%(kind)s: %(what)s", kind=type(error).__name__, what=error))
    return command


def _broken(point: EntryPoint, why: Sentence) -> click.Command:
    sentence = _l(
        "The command %(command)s (%(where)s) cannot be loaded: %(why)s",
        command=point.name,
        where=point.value,
        why=why,
    )

    def refuse() -> None:
        raise KoudaiError(sentence)

    return click.Command(point.name, callback=refuse, help=str(sentence))


@click.group(
    cls=Koudai,
    help=_l(
        "Koudai, the back office of service centres. KOUDAI_HOME is the folder of its files (var), "
        "KOUDAI_DATABASE the address of its database (a file in that folder). Begin with “koudai init”, "
        "or look around with “koudai demo”."
    ).msgid,
)
@click.option(
    "--lang",
    type=click.Choice([*LANGUAGES]),
    help=_l("Language of what is said here; by default KOUDAI_LANG or that of the terminal.").msgid,
)
def koudai(lang: str | None) -> None:
    """Take the language; it was chosen before anything could be said."""


def main() -> None:
    """Run the command line."""
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(errors="replace")  # type: ignore[union-attr]
    koudai()
