"""The page on which the support manager keeps the notices for the door; head office sets its own as a parameter."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for

from core import clock, settings
from core.db import writing
from core.errors import KoudaiError
from core.i18n import _
from core.lists.question import day_of
from core.rules import Rules, rules_of
from core.switches import lock_office
from core.web.access import actor, may, needs, these_rules, this_office
from plugins.fieldservice.visiting import notices
from plugins.fieldservice.visiting.notices import Notice

OFFICE = "/<office>/fieldservice"
KEEP = "fieldservice.keep_notices"
LONGEST_WORDS = 200
pages = Blueprint("notices", __name__)


@pages.get(f"{OFFICE}/door-notices")
@needs("fieldservice.read")
def show(office: str) -> str:
    """What holds at the door, by whom, from when until when."""
    return _page({}, {})


@pages.post(f"{OFFICE}/door-notices")
@needs(KEEP)
def add(office: str) -> Any:
    """Add a notice of the office's own."""
    typed = {name: " ".join(request.form.get(name, "").split()) for name in ("begins", "ends", "words")}
    wrong = _wrong(typed)
    if wrong:
        return _page(typed, wrong), 422
    begins, ends = day_of(typed["begins"]), day_of(typed["ends"])
    assert begins
    assert ends
    try:
        _set(lambda own: [*own, Notice(begins=begins, ends=ends, words=typed["words"])])
    except KoudaiError as error:
        return _page(typed, {"words": str(error)}), 409
    flash(_("The notice is kept. It is shown at the door while it holds."), "done")
    return redirect(url_for(".show", office=office))


@pages.post(f"{OFFICE}/door-notices/end")
@needs(KEEP)
def end(office: str) -> Any:
    """Take a notice of the office's own back."""
    _set(lambda own: [one for one in own if str(one) != request.form.get("notice", "")])
    flash(_("The notice is taken back."), "done")
    return redirect(url_for(".show", office=office))


def _wrong(typed: dict[str, str]) -> dict[str, str]:
    """Say which field is wrong, and how it is mended."""
    found, days = dict[str, str](), {name: day_of(typed[name]) for name in ("begins", "ends")}
    for name, day in days.items():
        if day is None:
            found[name] = _("Give a day like 2026-11-23.")
    if days["begins"] and days["ends"] and days["ends"] < days["begins"]:
        found["ends"] = _("It ends before it begins. Choose a later day.")
    words = typed["words"]
    if not 0 < len(words) <= LONGEST_WORDS or "|" in words or not words.isprintable():
        found["words"] = _("Say it in 1 to %(most)s characters, without “|”.", most=LONGEST_WORDS)
    return found


def _current(rules: Rules) -> list[Notice]:
    """Return the office's own notices; those whose days are over are let go."""
    return [one for one in notices.own(rules) if one.ends >= _today()]


def _today() -> dt.date:
    return clock.now().astimezone(this_office().zoneinfo).date()


def _set(change: Callable[[list[Notice]], list[Notice]]) -> None:
    """Change the notices as they stand now: what somebody else added a moment ago stays."""
    office_id = this_office().id
    with writing(frozenset({office_id})):
        kept = change(_current(rules_of(lock_office(office_id))))
        settings.set_parameter(this_office(), notices.KEY, notices.written(kept), actor())


def _page(typed: dict[str, str], wrong: dict[str, str]) -> str:
    told, own = notices.of_line(these_rules()), {str(one) for one in _current(these_rules())}
    shown = [one for one in told if one.ends >= _today()]
    return render_template(
        "fieldservice/visiting/notices.html",
        shown=shown,
        own=own,
        today=_today(),
        typed=typed,
        wrong=wrong,
        may_keep=may(KEEP),
        most=LONGEST_WORDS,
    )
