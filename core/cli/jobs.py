"""The timer: what each office's plugins do again and again, without anybody asking."""

from __future__ import annotations

import logging
import os
import signal
from itertools import count
from threading import Event
from typing import TYPE_CHECKING

import click

from core.cli.errors import FAILED
from core.cli.home import in_house, opened
from core.cli.words import table
from core.i18n import Sentence, _, _l

if TYPE_CHECKING:
    from core.jobs.turns import Ran

log = logging.getLogger(__name__)
PAUSE = 15
# Every so many rounds, an hour at least, the database is told to look at its tables.
LOOKS = 240


@click.group(
    help=_l("What the offices' plugins do again and again; “koudai serve” works it off by itself.").msgid
)
def jobs() -> None:
    """Group the commands about jobs."""


@jobs.command(
    name="list", help=_l("List the jobs of OFFICE: when each ran, when it is due, what went wrong.").msgid
)
@click.argument("office")
@in_house
def list_(office: str) -> None:
    """Print a line for each job."""
    from core.jobs.turns import jobs_of, turns_of
    from core.offices import office_by_code
    from core.rules import rules_of

    here = office_by_code(office)
    known, rows = turns_of(here.id), []
    for name, job in jobs_of(rules_of(here)).items():
        turn = known.get(name)
        shown = [
            f"{one.astimezone(here.zoneinfo):%Y-%m-%d %H:%M}" if one else ""
            for one in (turn and turn.ended_at, turn and turn.due_at)
        ]
        trouble = Sentence.from_json(turn.trouble) if turn and turn.trouble else ""
        rows.append((name, job.title, job.every, *shown, trouble))
    table([(_("Job"), _("What it does"), _("Minutes"), _("Last"), _("Next"), _("Trouble")), *rows])


@jobs.command(
    help=_l("Give every job that is due its turn, once. Ends with 1 when one of them failed.").msgid
)
@click.option("--office", default="", help=_l("Code of the only office to work for.").msgid)
@in_house
def run(office: str) -> None:
    """Say each turn as it is taken."""
    from core.jobs.turns import run_due
    from core.offices import office_by_code

    if office:
        office_by_code(office)
    ran = list(run_due(office))
    for one in ran:
        click.echo(_told(one))
    if any(one.trouble for one in ran):
        raise click.exceptions.Exit(FAILED)


@jobs.command(
    help=_l("Work jobs off as they fall due, until stopped: one such process for the house is enough.").msgid
)
@click.option(
    "--with-parent", is_flag=True, help=_l("End when the process ends that started this one.").msgid
)
def work(with_parent: bool) -> None:
    """Look what is due every few seconds; several processes at once do each thing once."""
    parent, stopped = os.getppid(), Event()
    # Whoever started this in the background may have told it to take no notice of an interrupt.
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda _number, _frame: stopped.set())
    with opened():
        if not with_parent:
            click.echo(_("The jobs are worked off as they fall due — Ctrl-C ends it."))
        for beat in count():
            if stopped.is_set() or (with_parent and os.getppid() != parent):
                break
            _work_once(look=beat % LOOKS == 0)
            stopped.wait(PAUSE)


def _work_once(*, look: bool) -> None:
    """Take every turn that is due; a database that is away for a while is waited for."""
    from sqlalchemy.exc import SQLAlchemyError

    from core.db import db
    from core.jobs.turns import run_due
    from core.upkeep import look_at_tables

    try:
        if look:
            look_at_tables()
        for one in run_due():
            if one.trouble:
                log.warning("%s", _told(one))
    except SQLAlchemyError:
        log.exception("the jobs wait for the database")
    finally:
        db.session.remove()


def _told(one: Ran) -> str:
    said = _("%(office)s %(job)s: done", office=one.office, job=one.job)
    if one.trouble is None:
        return said
    return _("%(office)s %(job)s: failed. %(why)s", office=one.office, job=one.job, why=one.trouble)
