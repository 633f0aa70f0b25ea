"""The live board of the hotline: a page that asks for its middle again every so many seconds."""

from __future__ import annotations

import datetime as dt
from typing import Any

from flask import Blueprint, render_template, request

from core import clock
from core.i18n import _
from core.web.access import needs, these_rules
from plugins.hotline import lines
from plugins.hotline.board import reading
from plugins.hotline.board.parameters import SEE

pages = Blueprint("board", __name__, url_prefix="/<office>/hotline/board")
# In seconds.
EVERY = 15


@pages.get("/")
@needs(SEE)
def board(office: str) -> str:
    """The whole board; ``wall=1`` leaves out the header, for a screen that hangs on the wall."""
    wall = "wall" in request.args
    return render_template("hotline/board/board.html", wall=wall, every=EVERY, **_look())


@pages.get("/now")
@needs(SEE)
def now(office: str) -> str:
    """What the board shows at this moment: the page asks for it again and again."""
    return render_template("hotline/board/_now.html", **_look())


def _look() -> dict[str, Any]:
    rules = these_rules()
    soon = dt.timedelta(minutes=rules.parameter("hotline.soon_minutes"))
    said = {"lines": lines.line_states(rules.office.id), "titles": lines.TITLES, "tones": lines.TONES}
    board = reading.board_of(rules, clock.now())
    return {"it": board, "soon": soon, "call": rules.procedure("hotline.call"), **said}


@pages.app_template_filter("minutes_left")
def minutes_left(at: dt.datetime) -> str:
    """Show how many minutes are left until a moment, or with a minus how many have passed: −12, 48, 3:05 h."""
    return in_minutes(at - clock.now())


@pages.app_template_filter("age")
def age(since: dt.datetime) -> str:
    """Show how long something has waited, in minutes, hours and minutes, or days."""
    return in_minutes(clock.now() - since)


def in_minutes(span: dt.timedelta) -> str:
    """Tell a span so that it is read from afar: 48′, 3:05 h, 5 d."""
    seconds = int(span.total_seconds())
    sign, minutes = ("−" if seconds < 0 else ""), abs(seconds) // 60
    if minutes < 60:
        return f"{sign}{minutes}′"
    if minutes < 48 * 60:
        return f"{sign}{minutes // 60}:{minutes % 60:02d}"
    return _("%(sign)s%(days)s d", sign=sign, days=minutes // (24 * 60))
