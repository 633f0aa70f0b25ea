"""The visit page without a line: what was kept comes in here, and the worker that opens the page is handed out."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, current_app, flash, request, send_from_directory, url_for
from flask_wtf.csrf import generate_csrf

from core.clauses import code_of
from core.errors import NotFound, Objection, RefusalKind, Refused
from core.gate import Act
from core.i18n import _, _l
from core.web.access import actor, needs, this_office
from core.web.cases import STATUS
from plugins.fieldservice import queues, services
from plugins.fieldservice.visiting import deeds

OFFICE = "/<office>/fieldservice"
NEVER = -1
# By this header the worker knows whose page it may keep; a page without it is kept by nobody.
KEEP = "Koudai-Keep"
WORKER = "visit-worker.js"
pages = Blueprint("offline", __name__)


@pages.post(f"{OFFICE}/visit/<number>/deed")
@needs("fieldservice.read")
def deed(office: str, number: str) -> Any:
    """Take one step that a phone has kept; the same mark twice is one step, and has the same answer."""
    if request.form.get("person") != str(actor().person_id):
        return {"state": "stranger"}, 409
    mark = request.form.get("mark", "")
    if not 0 < len(mark) <= deeds.LONGEST_KEY:
        return _refused(
            _nothing(_l("What was sent has no mark. Load the page anew, and send it again."))
        ), 422
    try:
        done = _perform(number, mark)
    except NotFound as gone:
        return _refused(_nothing(gone.sentence)), 404
    except Refused as refused:
        return _refused(refused), STATUS.get(refused.kind, 409)
    return {"state": "done", "version": done.version, "next": _next(number, done.act)}


def _perform(number: str, mark: str) -> deeds.Done:
    seen, step = request.form.get("seen", NEVER, type=int), request.form.get("step", "")
    typed = request.form
    return deeds.perform(number, step, actor(), typed, office=this_office(), seen=seen, mark=mark)


def _nothing(text: Any) -> Refused:
    return Refused(RefusalKind.STATE, [Objection(text, "QI/04 flow")])


def _refused(refused: Refused) -> dict[str, Any]:
    """Say in the reader's language why something was not done, for the page to show it where it was typed."""
    said = [{"text": str(one.text), "clause": code_of(one.clause)} for one in refused.objections]
    errors = {name: [str(one) for one in found] for name, found in refused.errors.items()}
    return {"state": "refused", "kind": str(refused.kind), "objections": said, "errors": errors}


def _next(number: str, act: Act | None) -> str:
    """Return the page that shows what came of it; who turned in the last line is among his visits again."""
    if act is not None and act.case.state not in queues.VISITING:
        flash(_("Done: %(step)s", step=act.step.title), "done")
        return url_for("fieldservice.visits", office=this_office().code)
    again = services.confirmed_twice(act) if act is not None and act.step.name == "back_up" else []
    if again:
        told = _("Confirmed before on this visit: %(sets)s. Nothing was added.", sets=", ".join(again))
        flash(told, "info")
    # What is said stands at the top of the page; the line that is open is further down.
    anchor = None if again else "step"
    return url_for("fieldservice.visit", office=this_office().code, number=number, _anchor=anchor)


@pages.get(f"{OFFICE}/visit-pulse")
@needs("fieldservice.read")
def pulse(office: str) -> Any:
    """Say that the line is back, to whom it leads, and the token with which he sends."""
    return {"person": actor().person_id, "token": generate_csrf()}


@pages.get(f"{OFFICE}/{WORKER}")
@needs("fieldservice.read")
def worker(office: str) -> Response:
    """Hand out the worker of the visit pages from beside them, or a browser would not let it open them."""
    folder = current_app.blueprints["fieldservice"].static_folder
    assert folder
    answer = send_from_directory(folder, WORKER)
    answer.mimetype = "text/javascript"
    answer.headers["Service-Worker-Allowed"] = url_for("fieldservice.visits", office=office).rpartition("s")[
        0
    ]
    answer.headers["Cache-Control"] = "no-cache"
    return answer


def keep(page: str, mine: bool) -> Response:
    """Let the phone of whoever is signed in keep a page, when all that stands on it is his."""
    answer = Response(page, mimetype="text/html")
    if mine and actor().person_id is not None:
        answer.headers[KEEP] = str(actor().person_id)
    return answer
