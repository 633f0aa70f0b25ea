"""One message as it came: who sent it, what it says, what hangs on it. It is read, never believed or run."""

from __future__ import annotations

import datetime as dt
import email.policy
import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from email.errors import MessageError
from email.header import decode_header
from email.message import Message
from email.parser import BytesParser
from email.utils import getaddresses, parsedate_to_datetime

from core.errors import KoudaiError
from core.i18n import _l
from plugins.hotline.mail import words

LONGEST_SUBJECT, LONGEST_NAME, LONGEST_ADDRESS = 200, 40, 200
# A message inside a message inside a message: whoever nests deeper wants to break something.
DEEPEST, MOST_PARTS = 8, 200
TEXTS = ("text/plain", "text/html")
ENDINGS = {"text/calendar": "txt", "message/rfc822": "eml", "image/png": "png", "image/jpeg": "jpg"}
UNSAID = "text/plain"
MACHINES = re.compile(r"^(?:mailer-daemon|postmaster|no-?reply-bounce)@", re.IGNORECASE)


@dataclass(frozen=True, kw_only=True)
class Attachment:
    """A file that hangs on a message."""

    name: str
    content: bytes


@dataclass(frozen=True, kw_only=True)
class Letter:
    """A message that was read: ``key`` is the same for the same message, by whatever way it came twice."""

    key: str
    message_id: str
    name: str
    address: str
    subject: str
    text: str
    sent_at: dt.datetime | None
    attachments: list[Attachment] = field(default_factory=list)
    automatic: bool = False


def read(raw: bytes, place: str = "") -> Letter:
    """Read a message; raise KoudaiError when nobody could say from whom it is or what it wants."""
    try:
        return _letter(raw, place)
    except RecursionError:
        raise KoudaiError(_l("The message holds messages within messages, too deep to be read.")) from None


def _letter(raw: bytes, place: str) -> Letter:
    message = BytesParser(policy=email.policy.compat32).parsebytes(raw)
    name, address = _sender(message)
    subject = words.one_line(_header(message, "Subject"), LONGEST_SUBJECT)
    plain, pages, files = _contents(message)
    text = words.tidy("\n\n".join(plain or map(words.from_html, pages)))
    if not address and not subject:
        raise KoudaiError(_l("The message has neither a sender nor a subject."))
    return Letter(
        key=key_of(raw, place),
        message_id=words.one_line(_header(message, "Message-ID"), 200),
        name=name,
        address=address,
        subject=subject,
        text=text,
        sent_at=_sent_at(message),
        attachments=files,
        automatic=_is_automatic(message, address),
    )


def key_of(raw: bytes, place: str = "") -> str:
    """Return what tells a message from every other: its Message-ID with what it says; without one, all of it and
    the place where it lay.

    Machines that send faxes on give one Message-ID to all of them: it alone would lose every fax but the first.
    A message whose head breaks every rule has a key too: without one it could not even be set aside.
    """
    try:
        known = _known_by(raw)
    except Exception:
        known = b""
    return hashlib.sha256(known or raw + place.encode()).hexdigest()


def _known_by(raw: bytes) -> bytes:
    """Return what a message with a Message-ID says; nothing of one without."""
    message = BytesParser(policy=email.policy.compat32).parsebytes(raw, headersonly=True)
    said = [_header(message, name) for name in ("Message-ID", "From", "Date", "Subject")]
    body = raw.replace(b"\r\n", b"\n").partition(b"\n\n")[2]
    return words.bytes_of("\n".join(said)) + b"\n" + body if said[0] else b""


def _header(message: Message, name: str) -> str:
    """Return a header as people read it; one that breaks the rules is read as well as can be."""
    return _told(_raw(message, name))


def _raw(message: Message, name: str) -> str:
    """Return a header as it came; bytes that are no ASCII stand in it as the standard library hides them."""
    wanted = name.lower()
    return next((str(value) for known, value in message.raw_items() if known.lower() == wanted), "")


def _told(raw: str) -> str:
    plain = words.bytes_of(raw)
    try:
        pieces = decode_header(plain.decode("latin-1"))
    except (ValueError, LookupError, MessageError):
        return plain.decode("utf-8", "replace")
    # The standard library hands out a lone piece as text, and several as bytes, some of them in no encoding.
    return "".join(
        words.decoded(piece if isinstance(piece, bytes) else piece.encode("latin-1", "replace"), charset)
        for piece, charset in pieces
    )


def _sender(message: Message) -> tuple[str, str]:
    """Return the name and address of the sender, or of whom an answer goes to where no sender is named."""
    for header in ("From", "Reply-To", "Sender", "Return-Path"):
        for name, address in getaddresses([_raw(message, header)]):
            if "@" in address:
                cleaned = words.one_line(_told(address), LONGEST_ADDRESS).lower()
                return words.one_line(_told(name), LONGEST_NAME), cleaned
    return words.one_line(_header(message, "From"), LONGEST_NAME), ""


def _sent_at(message: Message) -> dt.datetime | None:
    try:
        sent = parsedate_to_datetime(str(message.get("Date", "")))
    except (ValueError, TypeError, OverflowError, IndexError):
        return None
    return sent if sent.tzinfo else sent.replace(tzinfo=dt.UTC)


def _is_automatic(message: Message, address: str) -> bool:
    """Say whether a machine answered or gave a message back: to make a call of it may begin a game without end."""
    said = _header(message, "Auto-Submitted").partition(";")[0].strip().lower()
    returned = "Return-Path" in message and _header(message, "Return-Path").strip() in ("<>", "")
    given_up = message.get_content_type() == "multipart/report"
    answering = _header(message, "Precedence").strip().lower() == "auto_reply" or "X-Autoreply" in message
    return said not in ("", "no") or returned or given_up or answering or bool(MACHINES.match(address))


def _contents(message: Message) -> tuple[list[str], list[str], list[Attachment]]:
    """Return the plain texts, the HTML texts and the files of a message, in the order in which they came."""
    plain: list[str] = []
    pages: list[str] = []
    files: list[Attachment] = []
    for place, part in enumerate(_parts(message)):
        if place >= MOST_PARTS:
            break
        kind = part.get_content_type()
        if kind in TEXTS and not _is_file(part):
            text = words.decoded(_bytes(part), part.get_content_charset())
            (plain if kind == UNSAID else pages).append(text)
        elif content := _bytes(part):
            files.append(Attachment(name=_name(part, len(files) + 1), content=content))
    return [one for one in plain if one.strip()], pages, files


def _parts(message: Message, depth: int = 0) -> Iterator[Message]:
    """Walk through the parts; a message that was forwarded as a file stays whole."""
    if message.get_content_maintype() == "multipart" and message.is_multipart() and depth < DEEPEST:
        for one in _inner(message):
            yield from _parts(one, depth + 1)
    else:
        yield message


def _inner(message: Message) -> list[Message]:
    """Return the messages in a message; what is none is not asked for: it would be decoded as whatever it claims."""
    inner = message.get_payload() if message.is_multipart() else []
    return [one for one in inner if isinstance(one, Message)]


def _is_file(part: Message) -> bool:
    return part.get_content_disposition() == "attachment" or bool(part.get_filename())


def _bytes(part: Message) -> bytes:
    """Return what a part holds; of a message in it, or of what cannot be decoded, the bytes as they came."""
    if part.is_multipart():
        return b"\n".join(one.as_bytes() for one in _inner(part))
    found = part.get_payload(decode=True)
    return found if isinstance(found, bytes) else b""


def _name(part: Message, place: int) -> str:
    """Return a file's name, in whichever of the two ways it was encoded; one without a name gets one."""
    named = part.get_filename() or ""
    if "=?" in named:
        named = _told(named)
    known = ENDINGS.get(part.get_content_type(), "bin")
    cleaned = words.one_line(words.bytes_of(named).decode("utf-8", "replace"), 160)
    return cleaned or f"attachment-{place}.{known}"


def head(raw: bytes) -> dict[str, str]:
    """Return what a list shows of a message that could not be read."""
    message = BytesParser(policy=email.policy.compat32).parsebytes(raw, headersonly=True)
    name, address = _sender(message)
    return {
        "message_id": words.one_line(_header(message, "Message-ID"), 200),
        "sender": words.one_line(f"{name} {address}", 240),
        "subject": words.one_line(_header(message, "Subject"), LONGEST_SUBJECT),
    }
