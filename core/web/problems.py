"""The pages for what went wrong: what it is, and what to do about it."""

from __future__ import annotations

from dataclasses import dataclass

from core.i18n import Sentence, _l


@dataclass(frozen=True, kw_only=True)
class Problem:
    """What is told about one kind of error, and its remedy."""

    title: Sentence
    text: Sentence
    remedy: Sentence


EXPIRED = Problem(
    title=_l("This form has expired"),
    text=_l("It lay open too long, or you signed in again meanwhile. Nothing was changed."),
    remedy=_l("Go back, copy what you typed (the call desk keeps it), reload the page and send it again."),
)
WRONG = Problem(
    title=_l("This cannot be understood"),
    text=_l("What the browser sent is not what this page expects. Nothing was changed."),
    remedy=_l("Go back, reload the page and try again."),
)
PROBLEMS = {
    401: Problem(
        title=_l("Nobody is known by this token"),
        text=_l("There is none, it has expired, or it was taken back."),
        remedy=_l("Make a new one under “My account”, and send it as “Authorization: Bearer …”."),
    ),
    403: Problem(
        title=_l("This is not for your role"),
        text=_l("Your roles in this office do not include this page."),
        remedy=_l("If they should, ask an administrator of the office to give you the role."),
    ),
    404: Problem(
        title=_l("There is nothing here"),
        text=_l("It does not exist, or it belongs to another office, or its plugin is switched off here."),
        remedy=_l("Check the number, or search for it above."),
    ),
    405: Problem(
        title=_l("This page only takes what a form sends"),
        text=_l("It was opened as an address."),
        remedy=_l("Go back to the page with the form."),
    ),
    409: Problem(
        title=_l("This is not possible now"),
        text=_l("Something has changed meanwhile. Nothing of yours was done."),
        remedy=_l("Go back, reload the page and look again."),
    ),
    413: Problem(
        title=_l("This is too large"),
        text=_l("The form or file is larger than is accepted here. Nothing was stored."),
        remedy=_l("Split the file, or shorten the text, and send it again."),
    ),
    429: Problem(
        title=_l("Too many attempts"),
        text=_l("For safety, this is closed for a while."),
        remedy=_l("Wait some minutes, then try again."),
    ),
    500: Problem(
        title=_l("Something broke on our side"),
        text=_l("It was written into the log. Nothing half-done was kept."),
        remedy=_l("Go back and try again. If it happens again, tell the administrator when it was."),
    ),
}


def problem_of(code: int, expired: bool = False) -> Problem:
    """Find the words for an error code."""
    if expired:
        return EXPIRED
    return PROBLEMS.get(code) or (PROBLEMS[500] if code >= 500 else WRONG)
