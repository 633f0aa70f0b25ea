"""Photos from the customer's, and the duty manager's list of what nobody has signed."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for

from core.i18n import _
from core.talk import files
from core.talk.files import Sent
from core.web.access import actor, case_here, may, needs, these_rules, this_office
from plugins.fieldservice.visiting import signing
from plugins.fieldservice.visiting.signing import REQUEST

OFFICE = "/<office>/fieldservice"
SEE = "fieldservice.see_dispatch"
pages = Blueprint("sheets", __name__)


@pages.post(f"{OFFICE}/visit/<number>/photo")
@needs("fieldservice.read")
def photo(office: str, number: str) -> Any:
    """Attach photos and files from the page of a visit, and come back to it."""
    act = case_here(REQUEST, number)
    kept, refused = files.attach(signing.topic_of(act), _sent("files"), actor())
    for sentence in refused:
        flash(str(sentence), "refused")
    if kept:
        flash(_("Attached: %(names)s", names=", ".join(files.brief(one.name) for one in kept)), "done")
    return redirect(url_for("fieldservice.visit", office=office, number=number, _anchor="photos"))


def _sent(name: str) -> list[Sent]:
    return [Sent(one.filename or "", one.stream) for one in request.files.getlist(name) if one.filename]


@pages.get(f"{OFFICE}/unsigned")
@needs(SEE)
def unsigned(office: str) -> str:
    """What nobody has signed, the oldest first, and the place where signed sheets are filed."""
    found = signing.unsigned(this_office().id, request.args.get("page", 1, type=int))
    procedure = these_rules().procedure(REQUEST)
    return render_template("fieldservice/visiting/unsigned.html", unsigned=found, procedure=procedure)


@pages.post(f"{OFFICE}/unsigned")
@needs(SEE)
def file_sheets(office: str) -> Any:
    """File scanned sheets, each with the request whose number it bears."""
    sent, typed = _sent("sheets"), request.form.get("number", "")
    if not sent:
        flash(_("Choose a file first."), "refused")
    if len(sent) > 1 and typed.strip():
        flash(
            _("A number is typed for one sheet alone; of several, each bears its own in its name."), "refused"
        )
        sent = []
    for one in sent:
        number, wrong = signing.file_sheet(one, typed, actor(), this_office(), these_rules())
        for sentence in wrong:
            flash(str(sentence), "refused")
        if not wrong:
            flash(_("%(number)s is signed on paper now.", number=number), "done")
    return redirect(url_for(".unsigned", office=office))


@pages.app_template_global("unsigned_visits")
def unsigned_visits() -> int:
    """Count what nobody has signed, for whoever may see it."""
    return signing.count_unsigned(this_office().id) if may(SEE) else 0
