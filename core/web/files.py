"""Files around a case or a customer: attached, fetched, previewed, removed and put back."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import Blueprint, Flask, abort, flash, redirect, request, send_file, session

from core.customers.sheet import MAX_MEGABYTES
from core.errors import Invalid, NotFound
from core.i18n import Sentence, _, _l
from core.talk import files, store, topics
from core.talk.kinds import KINDS, SHOWN
from core.talk.models import File
from core.talk.topics import Topic
from core.web.access import actor, needs, these_rules
from core.web.talk import address, here, reads, topic_here
from core.web.undo import tell_undo

pages = Blueprint(
    "files", __name__, url_prefix="/<office>/talk/<about>/<int(max=2147483647):subject_id>/files"
)
ONE = "/<int(max=2147483647):file_id>"
# How much may be sent at once; a customer file a little larger than is read gets its own answer beside its field.
MOST_MEGABYTES = {"files.attach": 100, "imports.upload": MAX_MEGABYTES + 4}
MOST_TOLD = 4
DRAINED_MEGABYTES = 400
# What shows a file shows nothing else, whatever a clever file says.
ALONE = "default-src 'none'; sandbox; frame-ancestors 'none'"


def init_files(app: Flask) -> None:
    """Let those who attach files send more than a form may hold, before anything of it is read."""
    app.before_request(_allow_large)
    app.jinja_env.globals.update(
        files_of=files_of,
        file_limit=files.limit,
        file_endings=",".join(f".{ending}" for ending in KINDS),
        shown_kinds=SHOWN,
        may_put_back=lambda one: files.may_put_back(one, actor()),
        megabytes=megabytes,
    )


def files_of(topic: Topic) -> list[File]:
    """Return the files of a topic, of a case that another office shares as well."""
    with topics.in_sight(topic):
        return files.of_topic(topic)


def _allow_large() -> None:
    """Only who has signed in: his cookie is signed, and it is read before the person is."""
    most = MOST_MEGABYTES.get(request.endpoint or "")
    if most and "_user_id" in session:
        request.max_content_length = most * files.MEGABYTE


def too_large() -> Sentence | None:
    """Say how much may be sent at once; nothing when one field alone was too long.

    What the browser is still sending is read first: else it shows a broken connection and no answer.
    """
    most, length = request.max_content_length or 0, request.content_length or 0
    # Otherwise some of it was read before, and who waits for it to come again waits for ever.
    if length <= most:
        return None
    left, stream = min(length, DRAINED_MEGABYTES * files.MEGABYTE), request.environ["wsgi.input"]
    while left > 0 and (piece := stream.read(min(store.PIECE, left))):
        left -= len(piece)
    return _l("All at once may have at most %(most)s MB.", most=max(1, most // files.MEGABYTE))


def megabytes(size: int) -> str:
    """Show a size for people: 12 KB, 3.4 MB."""
    return f"{max(1, round(size / 1024))} KB" if size < files.MEGABYTE else f"{size / files.MEGABYTE:.1f} MB"


@pages.post("")
@needs(reads)
def attach(office: str, about: str, subject_id: int) -> Any:
    """Attach the files that may be attached, and say of each other one why not."""
    topic = topic_here(about, subject_id)
    sent = [
        files.Sent(one.filename or "", one.stream) for one in request.files.getlist("files") if one.filename
    ]
    _tell(*files.attach(topic, sent, actor()))
    return redirect(address(topic, "files"))


def _tell(kept: Sequence[File], refused: Sequence[Sentence]) -> None:
    """Say what became of the files, in as many words as a browser's cookie carries."""
    for sentence in refused[:MOST_TOLD]:
        flash(str(sentence), "refused")
    if len(refused) > MOST_TOLD:
        flash(_("Refused besides: %(count)s", count=len(refused) - MOST_TOLD), "refused")
    if len(kept) > MOST_TOLD:
        flash(_("Attached: %(names)s", names=_("%(count)s files", count=len(kept))), "done")
    elif kept:
        flash(_("Attached: %(names)s", names=", ".join(files.brief(one.name) for one in kept)), "done")


@pages.get("")
@needs(reads)
def attach_again(office: str, about: str, subject_id: int) -> Any:
    """Answer whoever opens the form's address (to reload, in another language) with the page of the form."""
    return redirect(address(topic_here(about, subject_id), "files"))


def _send(about: str, subject_id: int, file_id: int, *, shown: bool) -> Any:
    topic = _readable(about, subject_id)
    with topics.in_sight(topic):
        one = files.find(topic, file_id)
    path = store.path_of(one.sha256)
    if not path.exists() or (shown and one.media_type not in SHOWN):
        abort(404)
    answer = send_file(
        path, mimetype=one.media_type, as_attachment=not shown, download_name=one.name, etag=one.sha256
    )
    answer.headers["Content-Security-Policy"] = ALONE
    answer.headers["Cache-Control"] = "private, no-store"
    return answer


def _readable(about: str, subject_id: int) -> Topic:
    """Return a topic of this office, or a case that another one shares with it: its files are read there, too."""
    try:
        return topic_here(about, subject_id)
    except NotFound:
        return topics.lent_to(these_rules(), about, subject_id)


@pages.get(ONE)
@needs(reads)
def fetch(office: str, about: str, subject_id: int, file_id: int) -> Any:
    """Send a file to be kept, never to be opened as a page of this site."""
    return _send(about, subject_id, file_id, shown=False)


@pages.get(f"{ONE}/preview")
@needs(reads)
def preview(office: str, about: str, subject_id: int, file_id: int) -> Any:
    """Show a picture; nothing else is ever shown."""
    return _send(about, subject_id, file_id, shown=True)


@pages.post(f"{ONE}/remove")
@needs(reads)
def remove(office: str, about: str, subject_id: int, file_id: int) -> Any:
    """Take a file away, with a reason, and with a way to undo it."""
    topic = topic_here(about, subject_id)
    try:
        gone: File = files.remove(topic, file_id, request.form.get("reason", ""), actor())
    except Invalid as error:
        flash(str(error), "refused")
    else:
        tell_undo(
            _("Removed: %(name)s", name=files.brief(gone.name)),
            here("files.put_back", topic, file_id=file_id),
        )
    return redirect(address(topic, "files"))


@pages.post(f"{ONE}/put-back")
@needs(reads)
def put_back(office: str, about: str, subject_id: int, file_id: int) -> Any:
    """Put a removed file back."""
    topic = topic_here(about, subject_id)
    back = files.put_back(topic, file_id, actor())
    flash(_("Put back: %(name)s", name=back.name), "done")
    return redirect(address(topic, "files"))
