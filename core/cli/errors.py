"""What went wrong on the command line: one line that names culprit and remedy, and an honest exit code."""

from __future__ import annotations

import os
import traceback

import click
from sqlalchemy import make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, OperationalError, ProgrammingError, SQLAlchemyError

from core.config import database_url
from core.errors import KoudaiError
from core.i18n import Sentence, _l

FAILED, WRONG_USAGE, STOPPED = 1, 2, 130
NOT_THERE = "does not exist"
NO_TABLES = ("no such table", "no such column")


def report(error: BaseException) -> int:
    """Print an error in one line on stderr and return the exit code that it deserves."""
    if isinstance(error, click.Abort):
        _say(_l("stopped"))
        return STOPPED
    if isinstance(error, click.ClickException):
        _say(_usage(error) if isinstance(error, click.UsageError) else error.format_message())
        return error.exit_code
    if os.environ.get("KOUDAI_DEBUG"):
        traceback.print_exception(error)
    _say(sentence_of(error))
    return FAILED


def _say(what: Sentence | str) -> None:
    click.secho(f"koudai: {' '.join(str(what).split())}", err=True, fg="red")


def _usage(error: click.UsageError) -> str:
    called = error.ctx.command_path if error.ctx else "koudai"
    hint = _l("See “%(command)s --help”.", command=called)
    return f"{error.format_message()} {hint}"


def sentence_of(error: BaseException) -> Sentence:
    """Find the sentence that tells a person what to do about an error."""
    if isinstance(error, KoudaiError):
        return error.sentence
    if isinstance(error, DBAPIError | SQLAlchemyError):
        return _of_database(error)
    if isinstance(error, OSError) and error.filename:
        return _l("%(file)s: %(why)s", file=error.filename, why=error.strerror)
    kind = type(error).__name__
    return _l(
        "Unexpected %(kind)s: %(what)s. With KOUDAI_DEBUG=1 it says where; please report it.",
        kind=kind,
        what=error,
    )


def _of_database(error: SQLAlchemyError) -> Sentence:
    why = str(getattr(error, "orig", None) or error).strip().splitlines()[0]
    if any(one in why for one in NO_TABLES) or (isinstance(error, ProgrammingError) and NOT_THERE in why):
        return _l("The database %(address)s is not up to date: run “koudai db upgrade”.", address=address())
    if isinstance(error, OperationalError | ArgumentError):
        return _l(
            "The database %(address)s cannot be reached (%(why)s). KOUDAI_DATABASE says which one is used.",
            address=address(),
            why=why,
        )
    return _l("The database %(address)s refused: %(why)s", address=address(), why=why)


def address() -> str:
    """Return which database this installation uses, its password hidden."""
    said = database_url()
    try:
        return make_url(said).render_as_string(hide_password=True)
    except ArgumentError:
        return said.partition(":")[0]
