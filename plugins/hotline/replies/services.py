"""What the steps of an entry do, and what using one does to a call (QI/02)."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

from sqlalchemy import func, select

from core import gate
from core.db import db
from core.errors import Invalid
from core.i18n import Sentence, _l
from core.people import Person
from plugins.hotline.replies.catalogue import WORDS, catalogue, known, told
from plugins.hotline.replies.entries import PROMISES, Promise, ReplyEntry
from plugins.hotline.replies.models import Reply, ReplyUse

if TYPE_CHECKING:
    from core.cases import Case
    from core.gate import Act

REPLY = "hotline.reply"
COPIED = (
    *("key", "group", "promise", "promised_by", "follow_up"),
    *(f"{name}_{language}" for language in ("zh", "en") for name in WORDS),
)


def copy(act: Act) -> None:
    """A new version begins as the one before it was."""
    for name in COPIED:
        setattr(act.case, name, getattr(act.given["of"], name))


def revise(act: Act) -> None:
    """Begin the next version; the one that is in force stays so until the next is approved."""
    gate.perform(
        REPLY,
        None,
        "copy",
        act.actor,
        office=act.rules.office,
        given={"of": act.case, "source": act.case.number},
    )


def approve(act: Act) -> None:
    """Count the edition up; what it replaces is valid until the day before."""
    mine = act.case
    mine.valid_from = max(filter(None, (mine.valid_from, _today(act))))
    earlier = _earlier(mine)
    mine.edition = 1 + max([one.edition for one in earlier] + [_last_edition(mine)])
    for one in earlier:
        if one.valid_until is None or one.valid_until >= mine.valid_from:
            until = {"until": mine.valid_from - dt.timedelta(days=1)}
            gate.perform(REPLY, one.number, "give_way", act.actor, office=act.rules.office, given=until)


def give_way(act: Act) -> None:
    """A newer version takes its place; this one is kept, with the days on which it held."""
    act.case.valid_until = act.given["until"]


def _earlier(mine: Reply) -> list[Reply]:
    where = (Reply.office_id == mine.office_id, Reply.key == mine.key, Reply.state == "approved")
    return list(db.session.scalars(select(Reply).where(*where, Reply.id != mine.id).order_by(Reply.id)))


def _last_edition(mine: Reply) -> int:
    where = (Reply.office_id == mine.office_id, Reply.key == mine.key)
    return db.session.scalar(select(func.max(Reply.edition)).where(*where)) or 0


def _today(act: Act) -> dt.date:
    return act.now.astimezone(act.rules.office.zoneinfo).date()


def use(act: Act) -> None:
    """Keep which version was used and the words that were shown; what it promises begins to run."""
    entry = catalogue(act.rules)[act.values["entry"]]
    promised = entry.promised and not act.values["not_promised"]
    if promised and act.case.reply_promise:
        raise Invalid(
            "entry",
            _l("Something is promised already. Keep that first, or say that nothing was promised now."),
        )
    text = told(entry, _known(act), promised)
    if promised:
        act.case.reply_promise, act.case.reply_owner = str(entry.promise), entry.owner
    promise = str(entry.promise) if promised else ""
    act.recorded |= {"edition": entry.edition, "text": text}
    act.recorded |= {"promise": promise, "promised_by": entry.owner} if promised else {}
    db.session.add(_use(act, entry, text, promise))


def _use(act: Act, entry: ReplyEntry, text: str, promise: str) -> ReplyUse:
    return ReplyUse(
        office_id=act.case.office_id,
        call_id=act.case.id,
        key=entry.key,
        edition=entry.edition,
        situation=entry.words.situation,
        text=text,
        said=act.values["said"],
        promise=promise,
        follow_up=entry.follow_up,
        used_at=act.now,
        used_by_id=act.actor.person_id,
    )


def _known(act: Act) -> Any:
    person = db.session.get(Person, act.actor.person_id) if act.actor.person_id else None
    return known(act.rules, act.case.customer, act.actor.name, person.hotline_number if person else "")


def promised(kind: Promise, owner: str) -> Any:
    """Return the question whether this very step has promised such a thing to be kept by such a person."""
    return lambda act: (act.recorded.get("promise"), act.recorded.get("promised_by")) == (kind, owner)


def promise_open(act: Act) -> Sentence | None:
    """Only what was promised can be kept."""
    return None if act.case.reply_promise else _l("No reply with a promise was given in this call.")


def promise_kept(act: Act) -> Sentence | None:
    """A call does not end over a promise; keeping it is one step, open in every state."""
    promise = act.case.reply_promise
    if not promise:
        return None
    told = PROMISES.get(promise, promise)
    return _l("The customer was promised an answer (%(promise)s). Keep that first.", promise=told)


def keep(act: Act) -> None:
    """Nothing is promised any more (the time line and the deadline remember it)."""
    act.case.reply_promise = act.case.reply_owner = ""


def uses_of(call: Case) -> list[ReplyUse]:
    """Return the replies given in a call, the newest first."""
    query = select(ReplyUse).where(ReplyUse.office_id == call.office_id, ReplyUse.call_id == call.id)
    return list(db.session.scalars(query.order_by(ReplyUse.id.desc()).limit(20)))
