"""The word that an open case page gives of itself, and the names of the others before the same case."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, render_template, request

from core import presence
from core.gate import Act
from core.web.access import actor, case_here, needs
from core.web.cases import reads

pages = Blueprint("presence", __name__, url_prefix="/<office>/<plugin>/<noun>")


@pages.post("/<number>/here")
@needs(reads)
def here(office: str, plugin: str, noun: str, number: str) -> Any:
    """Note that the reader has this case open (or has just closed it), and tell him who else has."""
    act = case_here(f"{plugin}.{noun}", number)
    me, about = actor().person_id, about_case(act)
    if me is None:
        return "", 204
    if "leave" in request.form:
        presence.leave(act.case.office_id, about, me)
        return "", 204
    doing = request.form.get("doing", "")
    presence.say(act.case.office_id, about, me, doing if doing in act.procedure.steps else "")
    return render_template("core/_present.html", act=act, present=present(act), doing=doing)


@pages.app_template_global()
def present(act: Act) -> list[presence.Seen]:
    """Return who else has a case open now."""
    return presence.others(act.case.office_id, about_case(act), actor().person_id)


def about_case(act: Act) -> str:
    """Return the name under which people meet before a case."""
    return f"{act.procedure.name} {act.case.id}"
