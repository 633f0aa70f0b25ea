"""What went wrong on the command line: one line that names culprit and remedy, and an honest exit code."""

from __future__ import annotations

import errno
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
FILE_FAULTS: dict[int | None, Sentence] = {
    errno.ENOENT: _l("No such file or folder. Check how the path is written."),
    errno.EEXIST: _l("There is a file of this name already. Choose another name, or move that file away."),
    errno.EISDIR: _l("This is a folder. Name a file in it."),
    errno.ENOTDIR: _l("A part of the path is a file, not a folder. Check how it is written."),
    errno.EACCES: _l("You may not open this. Ask whoever owns it, or run the command as that user."),
    errno.EPERM: _l("You may not open this. Ask whoever owns it, or run the command as that user."),
    errno.EROFS: _l("Nothing can be written there. Choose another folder."),
    errno.ENOSPC: _l("The disk is full. Make room and repeat."),
}


DATABASE_FAULTS = {
    "database is locked": _l(
        "The database %(address)s is locked by another program: wait until that has finished, or find out "
        "which one holds it and stop it."
    ),
    "file is not a database": _l(
        "The file of %(address)s is no SQLite database. Say with KOUDAI_HOME or KOUDAI_DATABASE where yours is."
    ),
    "readonly database": _l(
        "The database %(address)s cannot be written. Give its file and its folder to the user who runs Koudai."
    ),
    "unable to open database file": _l(
        "The database %(address)s cannot be opened: check that its folder is there and that you may write in it."
    ),
}


def report(error: BaseException) -> int:
    """Print an error in one line on stderr and return the exit code that it deserves."""
    if isinstance(error, click.Abort):
        _say(_l("stopped"))
        return STOPPED
    if isinstance(error, click.exceptions.NoArgsIsHelpError):
        click.echo(error.ctx.get_help())
        return 0
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
        return _l("%(file)s: %(why)s", file=error.filename, why=FILE_FAULTS.get(error.errno, error.strerror))
    kind = type(error).__name__
    return _l(
        "Unexpected %(kind)s: %(what)s. With KOUDAI_DEBUG=1 it says where; please report it.",
        kind=kind,
        what=error,
    )


def _of_database(error: SQLAlchemyError) -> Sentence:
    why = str(getattr(error, "orig", None) or error).strip().splitlines()[0]
    for said, sentence in DATABASE_FAULTS.items():
        if said in why:
            return _l(sentence.msgid, address=address())
    if any(one in why for one in NO_TABLES) or (isinstance(error, ProgrammingError) and NOT_THERE in why):
        return _unwritten() or _l(
            "The database %(address)s is not up to date: run “koudai db upgrade”.", address=address()
        )
    if isinstance(error, OperationalError | ArgumentError):
        return _l(
            "The database %(address)s cannot be reached (%(why)s). KOUDAI_DATABASE says which one is used.",
            address=address(),
            why=why,
        )
    return _l("The database %(address)s refused: %(why)s", address=address(), why=why)


def _unwritten() -> Sentence | None:
    """Ask for the migration that an author has yet to write; whatever fails meanwhile hides no error."""
    from core import migrate
    from core.plugins import Plugins

    try:
        return migrate.unwritten(database_url(), Plugins.from_entry_points())
    except Exception:
        return None


def warn_of_unwritten() -> None:
    """Tell an author whose migrations do not make what his models say: running them all was not enough."""
    missing = _unwritten()
    if missing:
        _say(missing)


def warn_of_open_wall() -> None:
    """Warn whoever runs Koudai as a role to which PostgreSQL shows the rows of every office."""
    from core.db import wall_is_open

    if wall_is_open():
        _say(
            _l(
                "Warning: the database role of %(address)s is superuser or has BYPASSRLS, so PostgreSQL does not "
                "keep the offices apart. Use a role with NOSUPERUSER NOBYPASSRLS that owns the tables.",
                address=address(),
            )
        )


def address() -> str:
    """Return which database this installation uses, its password hidden."""
    said = database_url()
    try:
        return make_url(said).render_as_string(hide_password=True)
    except ArgumentError:
        return said.partition(":")[0]
