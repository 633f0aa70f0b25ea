"""Customers on the command line: the file of an office comes in, or is only tried."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from core.cli.errors import FAILED, WRONG_USAGE, sentence_of
from core.cli.home import actor, in_house
from core.cli.words import table
from core.errors import KoudaiError
from core.i18n import _, _l

if TYPE_CHECKING:
    from core.customers.lines import RefusedLine
    from core.customers.tally import Tally


class Unusable(click.ClickException):
    """Nothing could be tried or imported: no such office, or a file that cannot be read."""

    exit_code = WRONG_USAGE


@dataclass(frozen=True)
class Report:
    """What came of a file, tried or imported."""

    tally: Tally
    layout: dict[str, Any]
    refused: Sequence[RefusedLine]


@click.group(help=_l("The customers of an office.").msgid)
def customers() -> None:
    """Hold the commands on customers together."""


@customers.command(
    "import",
    help=_l(
        "Import the customer FILE (.xlsx or .csv) of an OFFICE. Good lines go in; refused ones are listed "
        "with line, field and reason, and the command ends with 1. An import that broke off is continued."
    ).msgid,
)
@click.argument("office")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--trial", is_flag=True, help=_l("Only say what the import would do; write nothing.").msgid)
@click.option(
    "--map",
    "mapped",
    multiple=True,
    metavar="HEADING=FIELD",
    help=_l(
        "Say what a column is (file_number, name, phone ...); the office's next file is read so too."
    ).msgid,
)
@click.option(
    "--rejects",
    type=click.Path(path_type=Path),
    help=_l("Write the refused lines, with their reasons, to this CSV file.").msgid,
)
@in_house
def import_file(office: str, file: Path, trial: bool, mapped: tuple[str, ...], rejects: Path | None) -> None:
    """Try or import a file, report on it, and end with 1 if lines were refused (QI/03 3.2.7)."""
    with _or_unusable(file):
        office_id, content, chosen = _office_id(office), file.read_bytes(), _chosen(mapped)
        _check_writable(rejects, file)
        report = (_try if trial else _import)(office_id, content, file.name, chosen)
    if rejects:
        _write_rejects(rejects, report)
    _print(report)
    if rejects and report.refused:
        click.echo(
            _("The refused lines are in %(file)s: correct them there and import that file.", file=rejects)
        )
    if trial:
        click.echo(_("This was a trial run: nothing was written."))
    if report.refused:
        raise SystemExit(FAILED)


@contextmanager
def _or_unusable(file: Path) -> Iterator[None]:
    from core.customers.sheet import UnreadableSheet

    try:
        yield
    except (KoudaiError, OSError) as error:
        said = str(sentence_of(error))
        if isinstance(error, UnreadableSheet):
            said = _("%(file)s: %(why)s", file=file, why=said)
            if error.found:
                said += " — " + _("To name a column: --map “heading=file_number”, once for each.")
        raise Unusable(said) from error


def _office_id(code: str) -> int:
    from core.db import see_offices
    from core.offices import office_by_code

    office_id = office_by_code(code).id
    see_offices(frozenset({office_id}))
    return office_id


def _chosen(mapped: Iterable[str]) -> dict[str, str]:
    pairs = [one.rpartition("=") for one in mapped]
    for heading, _equals, field in pairs:
        if not heading:
            raise KoudaiError(_l("--map %(given)s: write it as HEADING=FIELD.", given=field))
    return {heading: field.strip() for heading, _equals, field in pairs}


def _check_writable(rejects: Path | None, file: Path) -> None:
    """A reject file that cannot be written must not be found out after the import."""
    if rejects is not None:
        if rejects.resolve() == file.resolve():
            raise KoudaiError(
                _l("--rejects %(file)s: name another file, this one is to be read.", file=rejects)
            )
        with rejects.open("ab"):
            pass


def _try(office_id: int, content: bytes, name: str, chosen: dict[str, str]) -> Report:
    from core.customers import importing
    from core.customers.lines import RefusedLine
    from core.customers.tally import Tally

    reading = importing.read_for(office_id, content, name, chosen)
    tally, refused = Tally(), list[RefusedLine]()
    with _progress(_("Trying %(file)s", file=name), reading.lines) as bar:
        for examined in importing.try_out(office_id, reading):
            tally.add(examined.good, examined.changes, examined.refused)
            refused += examined.refused
            bar.update(examined.good + len(examined.refused))
    return Report(tally, importing.layout_of(reading), sorted(refused, key=lambda line: line.line))


def _import(office_id: int, content: bytes, name: str, chosen: dict[str, str]) -> Report:
    from core.customers import importing
    from core.customers.tally import Tally

    runs = importing.import_at_once(office_id, content, name, actor(), chosen)
    run = next(runs)
    with _or_stopped(), _progress(_("Importing %(file)s", file=name), run.layout["lines"]) as bar:
        bar.update(Tally(**run.tally).lines)
        for run in runs:
            bar.update(Tally(**run.tally).lines - bar.pos)
    return Report(Tally(**run.tally), dict(run.layout), importing.refused_by(run))


@contextmanager
def _or_stopped() -> Iterator[None]:
    try:
        yield
    except KeyboardInterrupt:
        click.echo(_("What is in, stays in; the same command continues the import."), err=True)
        raise


def _progress(label: str, lines: int) -> Any:
    return click.progressbar(length=lines, label=label, file=sys.stderr)


def _print(report: Report) -> None:
    tally, layout = report.tally, report.layout
    click.echo(
        _(
            "%(lines)s lines: %(good)s good, %(refused)s refused",
            lines=tally.lines,
            good=tally.good,
            refused=tally.refused,
        )
    )
    table(
        [
            ["", _("new"), _("changed"), _("unchanged")],
            [_("Customers"), tally.new_customers, tally.changed_customers, tally.same_customers],
            [_("Products"), tally.new_products, tally.changed_products, tally.same_products],
        ]
    )
    if layout["unknown"]:
        click.echo(_("Columns not imported: %(columns)s", columns=" | ".join(layout["unknown"])))
    if report.refused:
        table([[_("Line no."), _("Field"), _("Reason"), _("What stood there")], *_refusals(report.refused)])


def _refusals(refused: Iterable[RefusedLine]) -> Iterator[list[str]]:
    from core.customers.fields import FIELD_LABELS

    for line in refused:
        for problem in line.problems:
            value = " ".join(problem.value.split())[:60]
            yield [str(line.line), str(FIELD_LABELS[problem.field]), str(problem.reason), value]


def _write_rejects(path: Path, report: Report) -> None:
    from core.customers.rejects import reject_file

    path.write_bytes(reject_file(report.refused, report.layout["cells"]))
