"""The words of the command line: its language, its help and errors in that language, and its tables."""

from __future__ import annotations

import copy
import gettext
import os
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import click
from flask import Flask
from flask_babel import Babel, force_locale, get_locale

from core.clauses import Citation, HouseRule
from core.i18n import LOCALES, _, _l, translation_folders

LANGUAGES = {"zh": "zh_Hans_CN", "en": "en"}
# Click says these itself, through gettext, and so finds them in our catalogue.
SAID_BY_CLICK = (
    _l("Usage:"),
    _l("Options"),
    _l("Commands"),
    _l("Show this message and exit."),
    _l("default: {default}"),
    _l("required"),
    _l("Missing command."),
    _l("Missing argument"),
    _l("Missing option"),
    _l("No such option {name!r}."),
    _l("No such command {name!r}."),
    _l("Invalid value: {message}"),
    _l("Invalid value for {param_hint}: {message}"),
    _l("{value!r} is not a valid {number_type}."),
    _l("{value} is not in the range {range}."),
    _l("{name} {filename!r} does not exist."),
    _l("Option {name!r} does not take a value."),
)


def _n(one: str, several: str) -> tuple[str, str]:
    """Name a sentence in the two forms between which click chooses by a number."""
    return one, several


COUNTED_BY_CLICK = (
    _n("{value!r} is not {choice}.", "{value!r} is not one of {choices}."),
    _n("{value!r} does not match the format {format}.", "{value!r} does not match the formats {formats}."),
    _n("Option {name!r} requires an argument.", "Option {name!r} requires {nargs} arguments."),
    _n("Got unexpected extra argument ({args})", "Got unexpected extra arguments ({args})"),
    _n("Did you mean {possibility}?", "(Did you mean one of: {possibilities}?)"),
)


def language(arguments: Sequence[str], environment: Mapping[str, str]) -> str:
    """Choose the locale: ``--lang``, else KOUDAI_LANG, else Chinese for a Chinese terminal, else English."""
    asked = [_asked(arguments, place) for place in range(len(arguments))]
    names = ("KOUDAI_LANG", "LC_ALL", "LC_MESSAGES", "LANG")
    said = [*filter(None, asked), *filter(None, map(environment.get, names)), "en"]
    return LANGUAGES["zh" if str(said[0]).lower().startswith("zh") else "en"]


def _asked(arguments: Sequence[str], place: int) -> str:
    option, _equals, value = arguments[place].partition("=")
    following = arguments[place + 1] if place + 1 < len(arguments) else ""
    return (value or following) if option == "--lang" else ""


@contextmanager
def speaking(locale: str) -> Iterator[None]:
    """Translate every sentence inside the block, click's own too, before there is any app."""
    speaker = Flask("core")
    speaker.config["BABEL_TRANSLATION_DIRECTORIES"] = ";".join(translation_folders())
    Babel(speaker, default_locale=locale)
    for folder in translation_folders():
        gettext.bindtextdomain("messages", folder)
    before = os.environ.get("LANGUAGE")
    os.environ["LANGUAGE"] = locale
    try:
        with speaker.app_context(), force_locale(locale):
            yield
    finally:
        os.environ.pop("LANGUAGE")
        os.environ.update({} if before is None else {"LANGUAGE": before})


def spoken() -> str:
    """Return the locale that is being spoken."""
    found = str(get_locale())
    return found if found in LOCALES else "en"


class Word(click.types.StringParamType):
    """A word that is text: what a terminal sent in another encoding could neither be stored nor shown."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """Return the word, or refuse it by the name of its argument."""
        word = str(super().convert(value, param, ctx))
        shown = word.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")
        if shown != word:
            told = _(
                "“%(word)s” is not UTF-8. Set the terminal, or the script, to UTF-8 and repeat.", word=shown
            )
            self.fail(told, param, ctx)
        return word


WORD = Word()


def translated(command: click.Command) -> click.Command:
    """Return a command whose help is said in the spoken language, and that of all under it; its words are text."""
    twin = copy.copy(command)
    twin.help = _(command.help) if command.help else command.help
    twin.params = [_translated_parameter(one) for one in command.params]
    if isinstance(twin, click.Group):
        twin.commands = {name: translated(one) for name, one in twin.commands.items()}
    return twin


def _translated_parameter(parameter: click.Parameter) -> click.Parameter:
    twin = copy.copy(parameter)
    # The name of a file may be of any bytes, and what is chosen or counted is compared anyway.
    twin.type = WORD if twin.type is click.STRING else twin.type
    if isinstance(twin, click.Option) and twin.help:
        twin.help = _(twin.help)
    return twin


def cited(clause: Citation) -> str:
    """Return a citation as it is printed: the clause, or why there is a rule though the book is silent."""
    return _("house rule: %(why)s", why=clause.reason) if isinstance(clause, HouseRule) else clause


def table(rows: Sequence[Sequence[Any]]) -> None:
    """Print rows in columns that line up, Chinese characters being two wide."""
    cells = [[str(cell) for cell in row] for row in rows]
    widths = [max(map(_width, column)) for column in zip(*cells, strict=True)]
    for row in cells:
        padded = (cell + " " * (width - _width(cell)) for cell, width in zip(row, widths, strict=True))
        click.echo("  ".join(padded).rstrip())


def _width(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(sign) in "WF" else 1 for sign in text)
