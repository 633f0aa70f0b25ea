"""The line at the desk: what the telephone system tells, what the engineer says himself, what the page asks."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from wtforms import Form

from core import presence
from core.api import bodies, door
from core.api.answers import beyond_reach, of_errors
from core.api.described import described
from core.api.schemas import TEXT, obj
from core.api.tokens import ACT
from core.errors import NotFound
from core.forms import ChoiceField, NumberField, TextField, as_formdata
from core.i18n import _l
from core.people import Person
from core.web.access import actor, needs, this_office
from plugins.hotline import lines
from plugins.hotline.lines import Event, Line, LineState, Told

pages = Blueprint("lines", __name__)
phone = Blueprint("phone", __name__, url_prefix=f"{door.OFFICE}/hotline")
LINE = "/<office>/hotline/desk/line"
REACH = "calls"


class RingForm(Form):
    """What a telephone system tells of one line."""

    hotline_number = TextField(_l("Hotline number"), limit=8)
    event = ChoiceField(_l("Event"), choices={str(one): str(one) for one in Event})
    number = TextField(_l("Number that is calling"), limit=lines.LONGEST_NUMBER, required=False)
    rings = NumberField(_l("Rings so far"), required=False, maximum=lines.MOST_RINGS)
    call = TextField(_l("The telephone system's name for the call"), limit=lines.LONGEST_CALL, required=False)

    def told(self) -> Told:
        """Return it as the line understands it."""
        return Told(
            event=Event(str(self.event.data)),
            number=self.number.data or "",
            rings=self.rings.data,
            phone_call=self.call.data or "",
        )


LINE_AS_JSON = obj(
    dict.fromkeys(("hotline_number", "name", "state", "number", "call"), TEXT)
    | {"rings": {"type": ["integer", "null"]}}
)


@phone.post("/line")
@needs("hotline.read")
@described(_l("What a line of the hotline does"), clause="QI/03 3.1.4", form=RingForm, answer=LINE_AS_JSON)
def hear(office: str) -> Any:
    """Hear that an engineer's telephone rings, was answered, or was hung up (QI/03 3.1.4)."""
    if not door.this_token().reaches(REACH, ACT):
        return beyond_reach(REACH)
    given = request.get_json()
    if not isinstance(given, dict):
        return of_errors({"body": [_l("Give an object with the values by name.")]})
    errors = bodies.faults(RingForm(), given)
    if errors:
        return of_errors(errors)
    form = RingForm(as_formdata(given))
    if not form.validate():
        return of_errors(form.errors)
    return _heard(form)


def _heard(form: RingForm) -> Any:
    person = lines.whose(this_office().id, form.hotline_number.data)
    if person is None:
        return of_errors({"hotline_number": [_l("Nobody at the hotline of this office has this number.")]})
    return _as_json(person, lines.hear(this_office().id, person.id, form.told()))


def _as_json(person: Person, line: Line) -> dict[str, Any]:
    told = {"hotline_number": person.hotline_number, "name": person.name, "state": str(line.now)}
    return {**told, "number": line.number, "rings": line.rings, "call": line.phone_call}


@pages.get(LINE)
@needs("hotline.read")
def line(office: str) -> Any:
    """What happens on the reader's line, asked every two seconds; nothing while it is as it was at ``turn``."""
    found = lines.line_of(this_office().id, _me())
    return ("", 204) if request.args.get("turn") == turn_of(found) else show(found)


@pages.post(LINE)
@needs("hotline.read")
def say(office: str) -> Any:
    """Say oneself what one's line is doing: free, talking or away (QI/03 3.1.5)."""
    said = request.form.get("state", "")
    if said not in (LineState.FREE, LineState.TALKING, LineState.AWAY):
        raise NotFound(_l("A line is free, talking or away."))
    changed = lines.say(this_office().id, _me(), LineState(said))
    if "HX-Request" in request.headers:
        return show(changed)
    return redirect(url_for("hotline.desk", office=this_office().code))


@pages.post("/<office>/hotline/desk/here")
@needs("hotline.read")
def here(office: str) -> Any:
    """Note that the reader sits at the desk: whose desk is closed is away."""
    if "leave" in request.form:
        presence.leave(this_office().id, lines.AT_THE_DESK, _me())
    else:
        presence.say(this_office().id, lines.AT_THE_DESK, _me())
    return "", 204


def show(line: Line | None) -> str:
    """Render the line, with whoever has the number that is calling."""
    return render_template("hotline/_line.html", **shown(line))


def shown(line: Line | None) -> dict[str, Any]:
    """Return what the line's part of the desk shows: one more query while somebody is calling."""
    state = line.now if line else LineState.FREE
    calling = line if line and line.number and state in (LineState.RINGING, LineState.TALKING) else None
    term, found = lines.callers(calling.number, this_office().id) if calling else ("", [])
    words = {"line_titles": lines.TITLES, "line_tones": lines.TONES}
    seen = {"line": line, "state": state, "turn": turn_of(line)}
    return {**seen, "calling": calling, "term": term, "found": found, **words}


def turn_of(line: Line | None) -> str:
    """Return what differs when something has happened on a line, or has ceased by itself."""
    return f"{line.turn}.{line.now}" if line else f"0.{LineState.FREE}"


def _me() -> int:
    me = actor().person_id
    if me is None:
        raise NotFound(_l("Only people have a line."))
    return me
