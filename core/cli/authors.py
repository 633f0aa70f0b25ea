"""For whoever writes plugins: the beginning of one, ready to install and to test, and its sentences in Chinese."""

from __future__ import annotations

from pathlib import Path

import click

from core.cli.home import unfurnished
from core.errors import NotFound, PluginError
from core.i18n import _, _l


@click.command(
    help=_l(
        "Write a regional plugin NAME to begin with: a distribution of its own that installs, passes its own "
        "tests, and changes one parameter, one step and one judgement."
    ).msgid
)
@click.argument("name")
@click.option(
    "--regional", is_flag=True, required=True, help=_l("It is an office's own (the only kind written).").msgid
)
@click.option("--title", help=_l("The office's name in English; by default the plugin's.").msgid)
@click.option("--zh", "title_zh", help=_l("The office's name in Chinese; by default the English one.").msgid)
@click.option("--document", help=_l("Code of the office's document, like SZYY/QI/03.").msgid)
@click.option(
    "--into", type=click.Path(path_type=Path), help=_l("The folder to make; by default NAME, here.").msgid
)
def new(
    name: str,
    regional: bool,
    title: str | None,
    title_zh: str | None,
    document: str | None,
    into: Path | None,
) -> None:
    """Write the files, and say what comes next."""
    from core import scaffold

    folder = into or Path(name)
    english = title or name.capitalize()
    code = document or f"{name.upper()}/QI/03"
    for path in scaffold.write(folder, name, english, title_zh or english, code):
        click.echo(f"  {path}")
    click.echo(_("Next: pip install --no-build-isolation --no-deps --editable %(folder)s", folder=folder))
    click.echo(
        _("Then: pytest %(folder)s, and koudai plugins enable %(name)s OFFICE", folder=folder, name=name)
    )


@click.command(
    help=_l(
        "Bring the sentences of the regional plugin NAME into its catalogue, compile it, and say which still "
        "lack their Chinese."
    ).msgid
)
@click.argument("name")
@unfurnished
def sentences(name: str) -> None:
    """Update and compile the .po of the plugin's own domain; what is missing is an error, so that CI sees it."""
    from core import catalogues
    from core.rules import installed_plugins

    one = installed_plugins().installed.get(name)
    if one is None or not one.manifest.regional:
        raise NotFound(_l("No regional plugin %(plugin)s is installed.", plugin=name))
    domain = catalogues.domain_of(one)
    catalogues.update(domain)
    catalogues.compile_catalogue(domain)
    click.echo(str(domain.po))
    problems = list(catalogues.problems(catalogues.domain_of(one)))
    for problem in problems:
        click.echo(f"  {problem}")
    if problems:
        raise PluginError(_l("Write what is missing into the file, and type this again."))
    click.echo(_("Every sentence is translated. A running server shows it after a restart."))
