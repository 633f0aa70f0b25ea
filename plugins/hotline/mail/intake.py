"""What becomes of one message: a call, a note on its call, nothing, or set aside; once, however often it is read."""

from __future__ import annotations

import datetime as dt
import io
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from flask_babel import force_locale
from sqlalchemy import select
from sqlalchemy.orm import lazyload

from core import clock, gate
from core.db import db, writing
from core.errors import KoudaiError
from core.i18n import DEFAULT_LOCALE, Sentence, _l
from core.jobs import turns
from core.people import MAIL_ACTOR
from core.talk import files, notes
from core.talk.topics import Topic
from plugins.hotline.mail import message
from plugins.hotline.mail.matching import phone_in
from plugins.hotline.mail.message import Letter
from plugins.hotline.mail.models import Fate, Mail
from plugins.hotline.models import Call

if TYPE_CHECKING:
    from core.gate import Act
    from core.rules import Rules

JOB, CALL = "hotline.mail", "hotline.call"
LONGEST_TOLD = 20_000
OLDEST = dt.timedelta(days=60)
NUMBER = re.compile(r"(?<![A-Za-z0-9])[A-Za-z0-9]{2,8}-H-\d{4}-\d{5,}(?!\d)", re.IGNORECASE)


@dataclass(frozen=True, kw_only=True)
class Sack:
    """A message on its way: its bytes, where it lay, and whether its end was left on the server."""

    raw: bytes
    place: str = ""
    size: int
    cut: bool = False


@dataclass(frozen=True, kw_only=True)
class Parcel:
    """A message that was read, with its files, whose bytes are kept; what could not be kept is told."""

    letter: Letter
    size: int
    kept: list[files.Kept]
    remarks: list[Sentence]
    again: int = 0

    @property
    def told(self) -> str:
        """What the message says, cut where nobody would read on: then all of it hangs on the call as a file."""
        text = self.letter.text
        return text if len(text) <= LONGEST_TOLD else f"{text[: LONGEST_TOLD - 1]}…"

    def deliver(self, act: Act) -> None:
        """Hang everything on the call, in the transaction that made it."""
        number = act.case.number
        topic = Topic(about=CALL, subject_id=act.case.id, number=number, rules=act.rules)
        self.hang_on(topic, [])
        self.note_fate(act.rules, Fate.CALL, act.case.id)

    def hang_on(self, topic: Topic, words: list[str], tells: tuple[int, ...] = ()) -> None:
        """Add the files to a call, and a note where there is something to say."""
        files.add(topic, self.kept, MAIL_ACTOR)
        # Read by the whole office for years: not in the language of whoever started the jobs.
        with force_locale(DEFAULT_LOCALE):
            said = [*words, *map(str, self.remarks)]
        if said:
            notes.leave(topic, "\n\n".join(said), MAIL_ACTOR, tells)

    def note_fate(self, rules: Rules, fate: Fate, call_id: int | None = None) -> None:
        """Note what became of the message; of one that was tried again, in its own row."""
        row = db.session.get(Mail, self.again) if self.again else None
        if row is None:
            row = mail_row(rules, self.letter, self.size)
            db.session.add(row)
        row.fate, row.call_id, row.raw = fate, call_id, None
        db.session.flush()


def mail_row(rules: Rules, letter: Letter, size: int) -> Mail:
    """Return the row of a message, still without a fate."""
    sender = f"{letter.name} <{letter.address}>" if letter.name else letter.address
    return Mail(
        office_id=rules.office.id,
        key=letter.key,
        message_id=letter.message_id,
        sender=sender[:240],
        subject=letter.subject,
        read_at=clock.now(),
        size=size,
    )


def take(rules: Rules, sack: Sack) -> Fate:
    """Take a message in, unless it was taken in before; return what became of it."""
    key = message.key_of(sack.raw, sack.place)
    if turns.is_claimed(rules.office.id, JOB, key):
        return _fate_of(rules, key)
    try:
        letter = message.read(sack.raw, sack.place)
        return _delivered(rules, parcel_of(rules, letter, sack))
    except KoudaiError as error:
        return set_aside(rules, sack, error.sentence)


def _fate_of(rules: Rules, key: str) -> Fate:
    """Return what became of a message that was claimed before."""
    known = select(Mail.fate).where(Mail.office_id == rules.office.id, Mail.key == key).limit(1)
    return Fate(db.session.scalar(known) or Fate.CALL)


def parcel_of(rules: Rules, letter: Letter, sack: Sack, again: int = 0) -> Parcel:
    """Keep the files of a message, outside of any transaction."""
    remarks: list[Sentence] = []
    sent = [files.Sent(one.name, io.BytesIO(one.content)) for one in letter.attachments]
    if sack.cut:
        megabytes = round(sack.size / files.MEGABYTE)
        remarks.append(_l("The message has %(size)s MB: its files are left in the mailbox.", size=megabytes))
        sent = []
    if len(sent) > files.MOST_AT_ONCE:
        more = len(sent) - files.MOST_AT_ONCE
        remarks.append(_l("%(count)s further files are left in the mailbox.", count=more))
        sent = sent[: files.MOST_AT_ONCE]
    if len(letter.text) > LONGEST_TOLD:
        sent.append(files.Sent("message.txt", io.BytesIO(letter.text.encode())))
    kept, refused = files.keep(rules, sent)
    said = [*remarks, *(_l("Not kept: %(why)s", why=one) for one in refused)]
    return Parcel(letter=letter, size=sack.size, kept=kept, remarks=said, again=again)


def _delivered(rules: Rules, parcel: Parcel) -> Fate:
    """Write everything that follows from a message in one transaction, with the claim that it was done."""
    with gate.together():
        if turns.claim(rules.office.id, JOB, parcel.letter.key):
            return deliver(rules, parcel)
    return _fate_of(rules, parcel.letter.key)


def deliver(rules: Rules, parcel: Parcel) -> Fate:
    """Make a call of a message, or a note on the call that it answers, inside the gate's transaction."""
    if parcel.letter.automatic:
        parcel.note_fate(rules, Fate.AUTOMATIC)
        return Fate.AUTOMATIC
    answered = _answered(rules, parcel.letter.subject)
    if answered is not None and not rules.procedure(CALL).states[answered.state].final:
        _write_on(rules, parcel, answered)
        return Fate.NOTE
    if answered is not None:
        more = _l("This answers %(number)s, which has come to its end.", number=answered.number)
        parcel.remarks.append(more)
    head, office = _head(rules, parcel.letter), rules.office
    gate.perform(CALL, None, "receive", MAIL_ACTOR, head, office=office, given={"parcel": parcel})
    return Fate.CALL


def _answered(rules: Rules, subject: str) -> Call | None:
    """Return the call of this office whose number stands in the subject, locked until the end."""
    for number in NUMBER.findall(subject):
        query = select(Call).where(Call.office_id == rules.office.id, Call.number == number.upper())
        found = db.session.scalars(query.with_for_update(of=Call).options(lazyload("*"))).one_or_none()
        if found is not None:
            return found
    return None


def _write_on(rules: Rules, parcel: Parcel, call: Call) -> None:
    """Leave the message as a note on its call, and tell the owner."""
    letter = parcel.letter
    topic = Topic(about=CALL, subject_id=call.id, number=str(call.number), rules=rules)
    owner = (call.owner_id,) if call.owner_id else ()
    parcel.hang_on(topic, [f"{letter.name} {letter.address}: {letter.subject}".strip(), parcel.told], owner)
    parcel.note_fate(rules, Fate.NOTE, call.id)


def _head(rules: Rules, letter: Letter) -> dict[str, str]:
    sent = letter.sent_at
    plausible = sent is not None and clock.now() - OLDEST <= sent <= clock.now() + dt.timedelta(days=1)
    day = sent.astimezone(rules.office.zoneinfo).date() if sent and plausible else None
    said = {
        "sender": letter.address,
        "subject": letter.subject,
        "contact": letter.name,
        "phone": phone_in(letter.text),
        "received_on": day.isoformat() if day else "",
    }
    return {name: value for name, value in said.items() if value}


def set_aside(rules: Rules, sack: Sack, why: Sentence) -> Fate:
    """Keep a message that cannot be taken in, with the reason, for the duty manager to see."""
    key = message.key_of(sack.raw, sack.place)
    with writing():
        if not turns.claim(rules.office.id, JOB, key):
            return _fate_of(rules, key)
        row = Mail(
            office_id=rules.office.id,
            key=key,
            read_at=clock.now(),
            size=sack.size,
            fate=Fate.ASIDE,
            why=why.to_json(),
            raw=sack.raw,
            **message.head(sack.raw),
        )
        db.session.add(row)
    return Fate.ASIDE
