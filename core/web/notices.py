"""The notices of whoever is signed in: one list for all his offices, each entry opens in its own."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, Flask, abort, flash, g, redirect, render_template, request, url_for
from flask_login import current_user
from sqlalchemy import select

from core.db import db
from core.errors import NotFound
from core.i18n import Sentence, _
from core.rules import Rules
from core.talk import notices, topics
from core.talk.models import Note, Notice
from core.talk.topics import Topic
from core.web import talk
from core.web.access import actor, local_path, may, signed_in
from core.web.menu import rules_of_mine
from core.web.paging import page_number
from core.web.undo import tell_undo

pages = Blueprint("notices", __name__)
ONE = "/notices/<int(max=2147483647):notice_id>"
PAGE = 30
EXCERPT = 140


@dataclass(frozen=True, kw_only=True)
class Line:
    """A notice as its person sees it; without ``rules``, he may not read any more what it is about."""

    notice: Notice
    rules: Rules | None
    excerpt: str = ""

    @property
    def step(self) -> Sentence | str:
        """The title of the step of which it tells."""
        procedure = self.rules.plugins.procedures.get(self.notice.about) if self.rules else None
        step = procedure.steps.get(self.notice.step) if procedure else None
        return step.title if step else self.notice.step

    @property
    def sentence(self) -> Sentence | None:
        """What a plugin said, if it was one."""
        return Sentence.from_json(self.notice.sentence) if self.notice.sentence else None


def init_notices(app: Flask) -> None:
    """Give the bell and the choices to the templates."""
    app.jinja_env.globals.update(
        unread_notices=unread_notices, notice_choices=notice_choices, NOTICE_KINDS=notices.KINDS
    )


def unread_notices() -> int:
    """Count what the reader has not read yet, once for a page."""
    if "unread" not in g:
        g.unread = notices.unread(_me())
    count: int = g.unread
    return count


def notice_choices() -> dict[str, bool]:
    """Return which kinds the reader wants to hear of."""
    return notices.choices(_me())


def _me() -> int:
    person_id = actor().person_id
    assert person_id is not None
    return person_id


def readable(about: str, office_id: int) -> Rules | None:
    """Return the rules of an office where the reader may still read such a thing."""
    rules = rules_of_mine().get(office_id)
    if rules is None:
        return None
    with suppress(NotFound):
        return rules if may(topics.reads(rules, about), rules) else None
    return None


@pages.get("/notices")
@signed_in
def mine() -> str:
    """What concerns me, what is unread first, a page at a time."""
    page = page_number()
    found = notices.of_person(_me(), (page - 1) * PAGE, PAGE + 1)
    return render_template(
        "core/talk/notices.html",
        lines=_lines(found[:PAGE]),
        several=len(actor().offices) > 1,
        more=len(found) > PAGE,
        page=page,
    )


def _lines(found: list[Notice]) -> list[Line]:
    told = _excerpts(found)
    rules = {one.id: readable(one.about, one.office_id) for one in found}
    return [
        Line(notice=one, rules=rules[one.id], excerpt=told.get(one.note_id or 0, "") if rules[one.id] else "")
        for one in found
    ]


def _excerpts(found: list[Notice]) -> Mapping[int, str]:
    """Return how the notes begin that are told of, as far as they are in sight and not taken back."""
    ids = {one.note_id for one in found if one.note_id}
    query = select(Note.id, Note.text).where(Note.id.in_(ids), Note.taken_back_at.is_(None))
    return {row[0]: _shortened(row[1]) for row in db.session.execute(query)} if ids else {}


def _shortened(text: str) -> str:
    words = " ".join(text.split())
    return words if len(words) <= EXCERPT else f"{words[:EXCERPT]}…"


@pages.post(f"{ONE}/open")
@signed_in
def open_one(notice_id: int) -> Any:
    """Mark a notice as read, and go to what it is about."""
    found = notices.mark(_me(), notice_id, read=True)
    rules = readable(found.about, found.office_id)
    if rules is None:
        abort(404)
    topic = Topic(about=found.about, subject_id=found.subject_id, number=found.number, rules=rules)
    return redirect(talk.address(topic, f"note-{found.note_id}" if found.note_id else ""))


@pages.post(f"{ONE}/read")
@signed_in
def read(notice_id: int) -> Any:
    """Mark a notice as read."""
    notices.mark(_me(), notice_id, read=True)
    return _back()


@pages.post(f"{ONE}/unread")
@signed_in
def unread(notice_id: int) -> Any:
    """Mark a notice as unread again."""
    notices.mark(_me(), notice_id, read=False)
    return _back()


@pages.post("/notices/read")
@signed_in
def read_all() -> Any:
    """Mark everything as read, with a way to undo it."""
    moment = notices.mark_all(_me())
    tell_undo(_("Everything is marked as read."), url_for("notices.unread_again", at=moment.isoformat()))
    return _back()


@pages.post("/notices/unread")
@signed_in
def unread_again() -> Any:
    """Undo the marking of everything: what was read at that moment is unread again."""
    with suppress(ValueError):
        moment = dt.datetime.fromisoformat(request.args.get("at", ""))
        if moment.tzinfo is not None:
            notices.unmark(_me(), moment)
    return _back()


def _back() -> Any:
    return redirect(local_path(request.form.get("next", "") or url_for("notices.mine")))


@pages.post("/me/notices")
@signed_in
def choose() -> Any:
    """Keep which kinds of notices one wants."""
    notices.choose(current_user.id, request.form.getlist("kind"))
    flash(_("From now on you hear of what is ticked."), "done")
    return redirect(url_for("accounts.me", _anchor="notices"))
