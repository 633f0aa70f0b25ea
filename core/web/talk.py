"""Notes around a case or a customer: who may read it may write, and corrects or takes back his own."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, Flask, flash, g, redirect, render_template, request, url_for
from markupsafe import Markup

from core.customers.models import Customer
from core.errors import Invalid
from core.gate import Act
from core.i18n import Sentence, _
from core.rules import Rules
from core.talk import notes, topics
from core.talk.mentions import Mentions
from core.talk.models import Note
from core.talk.topics import CUSTOMER, Topic, topic_of
from core.web import customers
from core.web.access import actor, case_here, needs, these_rules, this_office
from core.web.cases import case_page, case_url
from core.web.prose import prose
from core.web.story import Told
from core.web.undo import tell_undo

pages = Blueprint("talk", __name__, url_prefix="/<office>/talk/<about>/<int(max=2147483647):subject_id>")
# A browser's cookie carries what is flashed, and it is small.
MOST_NAMED = 5
ONE_NOTE = "/notes/<int(max=2147483647):note_id>"


def reads(rules: Rules, view_args: Mapping[str, Any]) -> str:
    """Return the permission to read what an address is about."""
    return topics.reads(rules, str(view_args["about"]))


def init_talk(app: Flask) -> None:
    """Give what the partials of notes ask for to the templates."""
    app.jinja_env.globals.update(
        with_notes=with_notes,
        typed_note=typed_note,
        topic_of_case=topic_of_case,
        topic_of_customer=topic_of_customer,
    )


@dataclass(frozen=True, kw_only=True)
class Said:
    """A note as the time line shows it."""

    note: Note
    topic: Topic
    text: Markup
    mine: bool

    @property
    def at(self) -> dt.datetime:
        """When it was written: that is its place in the time line."""
        return self.note.written_at


@dataclass(frozen=True, kw_only=True)
class TypedNote:
    """What was typed into the form of a note and refused; ``note_id`` is 0 for a new one."""

    note_id: int
    text: str
    error: Sentence


def with_notes(story: Iterable[Told], topic: Topic) -> list[Told | Said]:
    """Return what happened together with what was said, the newest first."""
    said = [_said(one, topic) for one in notes.of_topic(topic)]
    return sorted([*story, *said], key=lambda one: one.at, reverse=True)


def _said(note: Note, topic: Topic) -> Said:
    mine = note.author_id == actor().person_id
    return Said(note=note, topic=topic, text=prose(note.text, note.mentions), mine=mine)


def typed_note(note_id: int = 0) -> TypedNote | None:
    """Return what was typed into a note's form, when it was refused."""
    typed: TypedNote | None = g.get("typed_note")
    return typed if typed is not None and typed.note_id == note_id else None


def topic_of_case(act: Act) -> Topic:
    """Return what the page of a case is about: of a shared one, above as at home."""
    return Topic(about=act.procedure.name, subject_id=act.case.id, number=act.case.number, rules=act.rules)


def topic_of_customer(customer: Customer) -> Topic:
    """Return what the page of a customer is about."""
    return Topic(about=CUSTOMER, subject_id=customer.id, number=customer.file_number, rules=these_rules())


def topic_here(about: str, subject_id: int) -> Topic:
    """Return what the page is about, in the office of the URL."""
    return topic_of(these_rules(), about, subject_id)


def address(topic: Topic, anchor: str = "") -> str:
    """Return the page of a topic."""
    office = topic.rules.office.code
    if topic.about == CUSTOMER:
        page: str = url_for("customers.customer", office=office, file_number=topic.number)
    else:
        page = case_url(topic.rules.procedure(topic.about), topic.number, office)
    return f"{page}#{anchor}" if anchor else str(page)


def page(topic: Topic) -> Any:
    """Render the page of a topic in this very answer, with what was typed and refused."""
    if topic.about == CUSTOMER:
        return customers.customer(office=this_office().code, file_number=topic.number)
    return case_page(case_here(topic.about, topic.number))


def here(endpoint: str, topic: Topic, **more: Any) -> str:
    """Return the address of another view about the same topic."""
    office, about = topic.rules.office.code, topic.about
    return url_for(endpoint, office=office, about=about, subject_id=topic.subject_id, **more)


@pages.get("/people")
@needs(reads)
def people(office: str, about: str, subject_id: int) -> str:
    """The colleagues who may be mentioned here, for the list that opens after an @."""
    return render_template("core/talk/people.html", people=topics.readers(topic_here(about, subject_id)))


@pages.post("/notes")
@needs(reads)
def write(office: str, about: str, subject_id: int) -> Any:
    """Write a note; what cannot be taken is said beside it, and every word stays."""
    topic, text = topic_here(about, subject_id), request.form.get("text", "")
    try:
        mentions = notes.write(topic, text, actor())
    except Invalid as error:
        return _again(topic, 0, text, error)
    _tell_nobody(mentions)
    return redirect(address(topic, "story-title"))


@pages.post(f"{ONE_NOTE}/correct")
@needs(reads)
def correct(office: str, about: str, subject_id: int, note_id: int) -> Any:
    """Put other words into one's own note."""
    topic, text = topic_here(about, subject_id), request.form.get("text", "")
    try:
        mentions = notes.correct(topic, note_id, text, actor())
    except Invalid as error:
        return _again(topic, note_id, text, error)
    _tell_nobody(mentions)
    return redirect(address(topic, f"note-{note_id}"))


def _again(topic: Topic, note_id: int, text: str, error: Invalid) -> Any:
    g.typed_note = TypedNote(note_id=note_id, text=text, error=error.sentence)
    return page(topic), 422


def _tell_nobody(mentions: Mentions) -> None:
    """Say which @words meant nobody; the note is kept all the same."""
    if mentions.nobody:
        words = [f"@{one}" for one in dict.fromkeys(mentions.nobody)]
        names = ", ".join([*words[:MOST_NAMED], *("…" for _one in words[MOST_NAMED : MOST_NAMED + 1])])
        flash(_("The note is kept, but nobody who may read this is called %(names)s.", names=names), "note")


@pages.post(f"{ONE_NOTE}/take-back")
@needs(reads)
def take_back(office: str, about: str, subject_id: int, note_id: int) -> Any:
    """Take one's own note back, with a way to undo it."""
    topic = topic_here(about, subject_id)
    notes.take_back(topic, note_id, actor())
    tell_undo(_("Your note is taken back."), here("talk.restore", topic, note_id=note_id))
    return redirect(address(topic, "story-title"))


@pages.post(f"{ONE_NOTE}/restore")
@needs(reads)
def restore(office: str, about: str, subject_id: int, note_id: int) -> Any:
    """Let one's own note be read again."""
    topic = topic_here(about, subject_id)
    notes.restore(topic, note_id, actor())
    return redirect(address(topic, f"note-{note_id}"))


@pages.get("/notes")
@pages.get(f"{ONE_NOTE}/correct")
@needs(reads)
def notes_again(office: str, about: str, subject_id: int, note_id: int = 0) -> Any:
    """Answer whoever opens a form's address (to reload, in another language) with the page of the form."""
    return redirect(address(topic_here(about, subject_id), f"note-{note_id}" if note_id else "story-title"))
