"""Twenty messages as they really come: each becomes one call, and what it says can be read."""

from __future__ import annotations

import email.policy
import time
from base64 import b64encode
from collections.abc import Callable
from dataclasses import replace
from email.message import EmailMessage
from email.mime.multipart import MIMEMultipart
from email.mime.text import MIMEText
from typing import Any

import pytest

from core.rules import rules_of
from core.talk import files, store
from core.talk.topics import topic_of
from plugins.hotline.mail import words
from plugins.hotline.mail.mailbox import Mailbox

WORDS = "打不开凭证，提示错误 8001"
PNG = b"\x89PNG\r\n\x1a\n picture"
HEAD = "From: gao@customer.example\r\nSubject: {}\r\n{}\r\n"


def plain(charset: str) -> bytes:
    message = MIMEText(WORDS, "plain", charset)
    message["From"], message["Subject"] = "gao@customer.example", charset
    return message.as_bytes()


def lying(charset: str, really: str) -> bytes:
    """A message in another encoding than it says."""
    kind = f"Content-Type: text/plain; charset={charset}\r\n"
    return HEAD.format("lying", kind).encode() + WORDS.encode(really)


def page(body: str) -> bytes:
    message = MIMEText(body, "html", "utf-8")
    message["From"], message["Subject"] = "gao@customer.example", "html"
    return message.as_bytes()


def nested() -> bytes:
    """Text beside HTML, inside what belongs together, inside what is mixed: with a picture and a file."""
    outer, related, either = (MIMEMultipart(kind) for kind in ("mixed", "related", "alternative"))
    either.attach(MIMEText(WORDS, "plain", "gb2312"))
    either.attach(MIMEText(f"<b>{WORDS}</b>", "html", "gb2312"))
    related.attach(either)
    outer.attach(related)
    outer["From"], outer["Subject"] = "gao@customer.example", "nested"
    return outer.as_bytes()


def with_files(*given: tuple[str, str, bytes]) -> bytes:
    message = EmailMessage()
    message["From"], message["Subject"] = "gao@customer.example", "files"
    message.set_content(WORDS)
    for name, kind, content in given:
        main, _slash, sub = kind.partition("/")
        message.add_attachment(content, maintype=main, subtype=sub, filename=name)
    return message.as_bytes()


def forwarded() -> bytes:
    inner = EmailMessage()
    inner["From"], inner["Subject"] = "boss@customer.example", "原来的邮件"
    inner.set_content("请转给热线")
    outer = EmailMessage()
    outer["From"], outer["Subject"] = "gao@customer.example", "Fwd: 原来的邮件"
    outer.set_content(WORDS)
    outer.add_attachment(inner)
    return outer.as_bytes()


def invitation() -> bytes:
    message = EmailMessage()
    message["From"], message["Subject"] = "gao@customer.example", "邀请: 升级"
    message.set_content(WORDS)
    message.add_alternative("BEGIN:VCALENDAR\r\nMETHOD:REQUEST\r\nEND:VCALENDAR\r\n", subtype="calendar")
    return message.as_bytes()


def old_name() -> bytes:
    """A file's name in the way that no standard allows and Chinese programs use."""
    lines = (
        "From: =?gb2312?B?uN/D9A==?= <gao@customer.example>",
        "Subject: =?GB2312?B?tPKyu7+qxr7WpA==?=",
        "MIME-Version: 1.0",
        'Content-Type: multipart/mixed; boundary="b"',
        "",
        "--b",
        "Content-Type: text/plain; charset=utf-8",
        "",
        WORDS,
        "--b",
        'Content-Type: image/png; name="=?gb2312?B?vdjNvC5wbmc=?="',
        'Content-Disposition: attachment; filename="=?gb2312?B?vdjNvC5wbmc=?="',
        "Content-Transfer-Encoding: base64",
        "",
        b64encode(PNG).decode(),
        "--b--",
    )
    return "\r\n".join(lines).encode("utf-8")


def folded() -> bytes:
    message = EmailMessage(policy=email.policy.SMTP)
    message["From"] = "高敏（财务部）\u200b <gao@customer.example>"
    message["Subject"] = "凭证打不开 " * 30
    message.set_content(WORDS)
    return message.as_bytes()


def deep() -> bytes:
    """A message in a message in a message, deeper than anybody means it."""
    inner: Any = MIMEText(WORDS, "plain", "utf-8")
    for _level in range(5):
        outer = MIMEMultipart("mixed")
        outer.attach(inner)
        inner = outer
    inner["From"], inner["Subject"] = "gao@customer.example", "deep"
    return bytes(inner.as_bytes())


def unwritable() -> bytes:
    """Half of a pair in the subject, the sender's name, the text and a file's name: no text can be written with it."""
    lines = (
        "From: =?utf-7?Q?+2AA-?= <gao@customer.example>",
        "Subject: =?utf-7?Q?+2AA-?=",
        'Content-Type: multipart/mixed; boundary="b"',
        "",
        "--b",
        "Content-Type: text/plain; charset=utf-7",
        "",
        f"+2AA- {WORDS}",
        "--b",
        "Content-Type: image/png",
        "Content-Disposition: attachment; filename*=utf-7''%2B2AA-.png",
        "Content-Transfer-Encoding: base64",
        "",
        b64encode(PNG).decode(),
        "--b--",
    )
    return "\r\n".join(lines).encode("utf-8")


def too_deep(kind: str) -> bytes:
    """A thousand messages, or parts, one in the other: deeper than the standard library reads."""
    levels = (f'Content-Type: {kind}; boundary="b{at}"\r\n\r\n--b{at}\r\n' for at in range(1000))
    inner = "".join(levels) if kind.startswith("multipart") else f"Content-Type: {kind}\r\n\r\n" * 1000
    return HEAD.format("too deep", "Message-ID: <deep>\r\n").strip("\r\n").encode() + b"\r\n" + inner.encode()


AWKWARD: dict[str, bytes | Callable[[], bytes]] = {
    "utf-8": plain("utf-8"),
    "gb18030": plain("gb18030"),
    "gbk": plain("gbk"),
    "gb2312 with a character that it has not": lying("gb2312", "gb18030"),
    "iso-2022-cn by its name only": lying("iso-2022-cn-ext", "utf-8"),
    "us-ascii, and it is not": lying("us-ascii", "gb18030"),
    "an encoding that nobody knows": lying("klingon", "utf-8"),
    "no encoding at all": HEAD.format("=?utf-8?Q?=E5=87=AD=E8=AF=81?=", "").encode()
    + WORDS.encode("gb18030"),
    "8-bit in its head": "From: 高敏 <gao@customer.example>\r\nSubject: 打不开\r\n\r\n".encode("gb18030")
    + WORDS.encode("gb18030"),
    "HTML alone": page(
        f"<style>p {{}}</style><p>{WORDS}</p><script>alert(1)</script><img src='http://x.example'>"
    ),
    "HTML with a mistake": page(f"<table><tr><td><p>{WORDS}<br></b></td"),
    "nested": nested,
    "forwarded": forwarded,
    "an invitation": invitation,
    "a name in the old way": old_name,
    "a long folded subject": folded,
    "deep": deep,
    "no date, no Message-ID": HEAD.format("bare", "").encode() + WORDS.encode(),
    "a date that is none": HEAD.format("date", "Date: 昨天\r\nMessage-ID: <\r\n").encode() + WORDS.encode(),
    "a multipart without its end": nested()[:-30],
    "bare line feeds": HEAD.format("lf", "").replace("\r\n", "\n").encode() + WORDS.encode(),
    "several senders": f"From: a@b.example, gao@customer.example\r\nSubject: two\r\n\r\n{WORDS}".encode(),
    "base 64 that ends too early": HEAD.format("=?utf-8?B?a?=", "").encode() + WORDS.encode(),
    "HTML that is no mark": page(f"<p>{WORDS}</p><![<![<p>broken</p>"),
    "a domain name's encoding": lying("punycode", "utf-8"),
    "an answer goes elsewhere": f"Reply-To: gao@customer.example\r\nSubject: reply\r\n\r\n{WORDS}".encode(),
}


@pytest.fixture
def standing_for(write: Any, monkeypatch: pytest.MonkeyPatch) -> Callable[[bytes], EmailMessage]:
    """The means to let a message arrive on which the mail server of the tests breaks: a plain one stands for it."""
    meant, fetched = dict[bytes, bytes](), Mailbox.fetch

    def fetch(box: Mailbox, uid: str) -> Any:
        sack = fetched(box, uid)
        raw = next((raw for mark, raw in meant.items() if sack and mark in sack.raw), None)
        return replace(sack, raw=raw) if sack and raw else sack

    def arriving(raw: bytes) -> EmailMessage:
        mark = f"stands for {len(meant)}"
        meant[mark.encode()] = raw
        message: EmailMessage = write(mark)
        return message

    monkeypatch.setattr(Mailbox, "fetch", fetch)
    return arriving


@pytest.mark.clause("QP/2-04 5.2")
def test_every_one_becomes_a_call_that_can_be_read(post: Any) -> None:
    assert len(AWKWARD) >= 20
    post.put(*(one() if callable(one) else one for one in AWKWARD.values()))
    post.poll()
    calls = dict(zip(AWKWARD, post.calls(), strict=True))
    assert {name: call.told for name, call in calls.items() if WORDS not in call.told} == {}
    assert {name for name, call in calls.items() if "<" in call.told or "alert" in call.told} == set()
    assert all(call.state == "received" and call.sender.endswith(".example") for call in calls.values())
    assert (post.lying(), post.lying(post.done), post.lying(post.aside)) == (0, len(AWKWARD), 0)
    assert calls["8-bit in its head"].contact == calls["a name in the old way"].contact == "高敏"
    assert calls["a name in the old way"].subject == "打不开凭证"
    assert calls["a long folded subject"].contact == "高敏（财务部）"
    post.poll()
    assert len(post.calls()) == len(AWKWARD)


def attached(post: Any, raw: bytes) -> tuple[dict[str, Any], list[str]]:
    """Take one message in; return its files by name, and what its notes say."""
    from core.talk import notes

    post.put(raw)
    post.poll()
    topic = topic_of(rules_of(post.office), "hotline.call", post.calls()[-1].id)
    return {one.name: one for one in files.of_topic(topic)}, [one.text for one in notes.of_topic(topic)]


@pytest.mark.clause("QP/2-04 5.2")
def test_its_files_are_files_of_the_call(post: Any) -> None:
    found, said = attached(
        post, with_files(("截图 一.png", "image/png", PNG), ("a/../b.txt", "text/plain", b"log"))
    )
    assert set(found) == {"截图 一.png", "b.txt"}
    assert (found["截图 一.png"].giver_id, found["截图 一.png"].giver, said) == (None, "mail", [])
    assert store.path_of(found["截图 一.png"].sha256).read_bytes() == PNG


def test_what_may_not_be_kept_is_named_and_not_lost_silently(post: Any) -> None:
    found, (said,) = attached(
        post,
        with_files(
            ("setup.exe", "application/octet-stream", b"MZ"),
            ("lies.png", "image/png", b"MZ"),
            ("ok.png", "image/png", PNG),
            ("big.zip", "application/zip", b"PK\x03\x04" + b"0" * 21 * 1024 * 1024),
        ),
    )
    assert set(found) == {"ok.png"}
    assert all(name in said for name in ("setup.exe", "lies.png", "big.zip"))


def test_a_name_in_the_old_way_and_a_forwarded_message_are_kept_whole(post: Any) -> None:
    assert set(attached(post, old_name())[0]) == {"截图.png"}
    (name,) = attached(post, forwarded())[0]
    assert name.endswith(".eml")


def test_of_a_message_that_is_too_large_the_text_is_read(post: Any) -> None:
    post.set(megabytes=1)
    found, (said,) = attached(
        post, with_files(("big.zip", "application/zip", b"PK\x03\x04" + b"0" * 2_000_000))
    )
    assert (found, WORDS in post.calls()[-1].told) == ({}, True)
    assert "MB" in said


def test_a_text_that_nobody_reads_to_its_end_hangs_on_the_call(post: Any) -> None:
    found, _said = attached(post, HEAD.format("long", "").encode() + (WORDS * 3000).encode())
    assert set(found) == {"message.txt"}
    assert len(post.calls()[-1].told) == 20_000


def test_what_can_be_read_and_written_nowhere_is_a_call_too(post: Any, standing_for: Any) -> None:
    post.put(standing_for(unwritable()))
    post.poll()
    (call,) = post.calls()
    assert (WORDS in call.told, call.sender, call.subject) == (True, "gao@customer.example", "+2AA-")
    (name,) = (one.name for one in files.of_topic(topic_of(rules_of(post.office), "hotline.call", call.id)))
    assert name == "\ufffd.png"


@pytest.mark.parametrize("kind", ["multipart/mixed", "message/rfc822"])
def test_messages_within_messages_too_deep_to_be_read_are_set_aside_and_the_next_is_read(
    post: Any, write: Any, standing_for: Any, kind: str
) -> None:
    post.put(standing_for(too_deep(kind)), write())
    post.poll()
    aside, _taken = post.mails()
    assert (aside.subject, aside.why["msgid"]) == (
        "too deep",
        "The message holds messages within messages, too deep to be read.",
    )
    assert (len(post.calls()), post.lying(), post.lying(post.aside)) == (1, 0, 1)


def test_a_long_text_in_a_domain_name_s_encoding_is_read_at_once() -> None:
    """Python would sort each of its letters in among all others: a megabyte takes minutes, a message an hour."""
    begun = time.monotonic()
    assert words.decoded(b"-" + b"9a" * 1_000_000, "PunyCode").endswith("9a")
    assert time.monotonic() - begun < 5
