"""The pages of incoming mail: what became of each message, and what was set aside."""

from __future__ import annotations

import io
from functools import partial
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, send_file, url_for

from core.db import db
from core.errors import Invalid, KoudaiError, NotFound
from core.i18n import Sentence, _
from core.web.access import actor, needs, these_rules, this_office
from core.web.paging import page_number
from plugins.hotline.mail import desk, waiting
from plugins.hotline.mail.mailbox import address_of
from plugins.hotline.mail.models import FATES, Fate

pages = Blueprint("mail", __name__)
MAIL = "/<office>/hotline/mail/"
ONE = f"{MAIL}<int(max=2147483647):mail_id>"
PAGE, MOST_ASIDE = 30, 50


@pages.get(MAIL)
@needs("hotline.mail")
def mail(office: str) -> str:
    """What was set aside, then what became of every other message, a page at a time."""
    return _page()


def _page(chosen: int = 0, typed: str = "", wrong: Sentence | None = None) -> str:
    here, page = this_office().id, page_number()
    found = list(
        db.session.scalars(desk.newest(here, aside=False).offset((page - 1) * PAGE).limit(PAGE + 1)).unique()
    )
    return render_template(
        "hotline/mail/index.html",
        aside=list(db.session.scalars(desk.newest(here, aside=True).limit(MOST_ASIDE)).unique()),
        found=found[:PAGE],
        more=len(found) > PAGE,
        page=page,
        fates=FATES,
        due_by=partial(waiting.due, these_rules()),
        address=address_of(these_rules()),
        chosen=chosen,
        typed=typed,
        wrong=wrong,
    )


@pages.get(f"{ONE}/raw")
@needs("hotline.mail")
def raw(office: str, mail_id: int) -> Any:
    """The message as it came, to be kept and opened elsewhere; no browser shows it in a page."""
    found = desk.find(this_office().id, mail_id, whole=True)
    name = f"mail-{mail_id}.eml"
    content = io.BytesIO(found.raw or b"")
    return send_file(content, mimetype="application/octet-stream", as_attachment=True, download_name=name)


@pages.post(f"{ONE}/again")
@needs("hotline.mail")
def again(office: str, mail_id: int) -> Any:
    """Take a message in once more."""
    try:
        fate = desk.try_again(these_rules(), mail_id, actor())
    except NotFound:
        raise
    except KoudaiError as error:
        return _page(mail_id, "", error.sentence), 409
    flash(_("The message was taken in: %(fate)s.", fate=FATES[Fate(fate)]), "done")
    return _back()


@pages.post(f"{ONE}/done")
@needs("hotline.mail")
def done(office: str, mail_id: int) -> Any:
    """Note how somebody dealt with a message by hand."""
    typed = request.form.get("reason", "")
    try:
        desk.deal_with(these_rules(), mail_id, typed, actor())
    except Invalid as error:
        return _page(mail_id, typed, error.sentence), 422
    flash(_("The message is dealt with."), "done")
    return _back()


@pages.get(f"{ONE}/again")
@pages.get(f"{ONE}/done")
@needs("hotline.mail")
def mail_again(office: str, mail_id: int) -> Any:
    """Answer whoever opens a form's address (to reload, in another language) with the page of the form."""
    return _back()


def _back() -> Any:
    return redirect(url_for("hotline.mail.mail", office=this_office().code))
