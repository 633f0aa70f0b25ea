"""The addresses of half-written calls: kept while they are typed, thrown away, taken over."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, redirect, request, url_for

from core.db import db
from core.errors import NotFound
from core.i18n import _, _l
from core.web.access import actor, needs, this_office
from plugins.hotline import drafts
from plugins.hotline.drafts import LARGEST, LONGEST_MARK, Draft, Fate
from plugins.hotline.models import Call

pages = Blueprint("drafts", __name__)
DRAFTS = "/<office>/hotline/desk/drafts"
# What stands in the form and is no part of the call.
NOT_SAID = frozenset({"csrf_token", "draft"})


@pages.post(DRAFTS)
@needs("hotline.read")
def keep(office: str) -> Any:
    """Keep what is typed at the desk; the answer says when it was kept, or why it was not."""
    said = [[name, value] for name, value in request.form.items(multi=True) if name not in NOT_SAID]
    if sum(len(name) + len(value) for name, value in said) > LARGEST:
        return {"state": "too_large", "message": _("This is more than the desk can keep.")}, 413
    fate, draft = drafts.keep(this_office().id, _me(), _mark(), said)
    return {"state": str(fate), **_told(fate, draft)}, 200 if fate is Fate.KEPT else 409


def _told(fate: Fate, draft: Draft) -> dict[str, str]:
    """Say what the page is to show beside the button."""
    if fate is Fate.KEPT:
        at = draft.kept_at.astimezone(this_office().zoneinfo)
        return {"message": _("Kept on the server, %(time)s", time=f"{at:%H:%M:%S}")}
    if fate is Fate.TAKEN:
        return {"message": _("%(name)s has taken this draft over.", name=draft.person.name)}
    if fate is Fate.LOGGED:
        call = db.session.get_one(Call, draft.call_id)
        return {"message": _("This call was logged already, as %(number)s.", number=call.number)}
    return {"message": _("This draft was thrown away.")}


@pages.post(f"{DRAFTS}/discard")
@needs("hotline.read")
def discard(office: str) -> Any:
    """Throw one's own draft away."""
    drafts.discard(this_office().id, _me(), _mark())
    return redirect(url_for("hotline.desk", office=this_office().code))


@pages.post(f"{DRAFTS}/take-over")
@needs("hotline.take_drafts")
def take_over(office: str) -> Any:
    """Take a colleague's draft over and go on with it: nobody loses a call."""
    _me()
    draft = drafts.take_over(this_office().id, actor(), _mark())
    flash(_("The draft is yours now. %(name)s began it.", name=draft.begun_by.name), "done")
    return redirect(url_for("hotline.desk", office=this_office().code, draft=draft.mark))


def _mark() -> str:
    mark = request.form.get("draft", "")
    if not 0 < len(mark) <= LONGEST_MARK:
        raise NotFound(_l("There is no such draft in this office."))
    return mark


def _me() -> int:
    """Return who is signed in; machines write no drafts."""
    me = actor().person_id
    if me is None:
        raise NotFound(_l("There is no such draft in this office."))
    return me
