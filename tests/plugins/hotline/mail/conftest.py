"""A mail server of this run's own, and folders on it that belong to one test alone."""

from __future__ import annotations

import imaplib
import shutil
import socket
import subprocess
import sys
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from email.message import EmailMessage
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event, select

from core import settings
from core.db import db, see_offices
from core.people import Actor
from core.rules import rules_of
from plugins.hotline.mail.mailbox import address_of
from plugins.hotline.mail.models import Mail
from plugins.hotline.mail.poll import poll
from plugins.hotline.mail.secret import keep_password
from plugins.hotline.models import Call

USER, PASSWORD = "hotline@office.example", "口令 that nobody may read"
SETTER = Actor("tests")


@contextmanager
def serving(*more: str) -> Iterator[int]:
    """Run a real IMAP server in a process of its own, and say its port; ``more`` is what it is told besides."""
    if find_spec("pymap") is None:
        pytest.skip("pymap is not installed: make dev")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    run = "from pymap.main import main; main()"
    where = ["--host", "127.0.0.1", "--port", str(port), *(more or ("--no-tls",))]
    who = ["dict", "--demo-data", "--demo-user", USER, "--demo-password", PASSWORD]
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    server = subprocess.Popen([sys.executable, "-c", run, *where, *who], **quiet)  # type: ignore[call-overload]
    try:
        _wait_for(port)
        yield port
    finally:
        server.terminate()
        server.wait(10)


@pytest.fixture(scope="session")
def mail_server() -> Iterator[int]:
    """The port of a mail server for all tests."""
    with serving() as port:
        yield port


@pytest.fixture
def certificate(tmp_path: Path) -> tuple[Path, Path]:
    """A certificate of this very machine that nobody else has signed, and its key."""
    if shutil.which("openssl") is None:
        pytest.skip("openssl is not installed")
    signed, key = tmp_path / "certificate.pem", tmp_path / "key.pem"
    asked = [
        "openssl",
        "req",
        "-x509",
        "-newkey",
        "rsa:2048",
        "-nodes",
        "-days",
        "1",
        "-subj",
        "/CN=127.0.0.1",
    ]
    kept = ["-addext", "subjectAltName=IP:127.0.0.1", "-out", str(signed), "-keyout", str(key)]
    subprocess.run([*asked, *kept], check=True, capture_output=True)
    return signed, key


@pytest.fixture
def locked_server(certificate: tuple[Path, Path]) -> Iterator[int]:
    """The port of a mail server that can speak TLS (STARTTLS)."""
    signed, key = certificate
    with serving("--cert", str(signed), "--key", str(key)) as port:
        yield port


def _wait_for(port: int) -> None:
    for _attempt in range(200):
        with suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
            return
        time.sleep(0.05)
    raise AssertionError("the mail server did not start")


@dataclass
class Post:
    """One office's mailbox as a test sees it: its folders on the server, and what became of what lay there."""

    office: Any
    port: int
    folder: str
    house: Any

    @property
    def done(self) -> str:
        return f"{self.folder}-done"

    @property
    def aside(self) -> str:
        return f"{self.folder}-aside"

    def client(self) -> imaplib.IMAP4:
        server = imaplib.IMAP4("127.0.0.1", self.port)
        server.authenticate("PLAIN", lambda _challenge: f"\0{USER}\0{PASSWORD}".encode())
        return server

    def put(self, *messages: EmailMessage | bytes) -> None:
        """Let messages arrive."""
        with self.client() as server:
            for one in messages:
                raw = one if isinstance(one, bytes) else one.as_bytes()
                assert server.append(self.folder, "", "", raw)[0] == "OK"

    def lying(self, folder: str = "") -> int:
        """Count what lies in a folder; a folder that is not there holds nothing."""
        with self.client() as server:
            status, found = server.select(f'"{folder or self.folder}"', readonly=True)
        return int(found[0]) if status == "OK" else 0

    def set(self, **values: Any) -> None:
        for name, value in values.items():
            settings.set_parameter(self.office, f"hotline.mail_{name}", value, SETTER)
        self.house.see()

    def give(self, password: str = PASSWORD) -> None:
        """Keep a password for the mailbox as the parameters name it now."""
        address = address_of(rules_of(self.office))
        assert address is not None
        keep_password(address, password)
        self.house.see()

    def poll(self) -> None:
        """Take the timer's turn at this mailbox."""
        see_offices(frozenset({self.office.id}))
        try:
            poll(rules_of(self.office))
        finally:
            self.house.see()

    def calls(self) -> list[Call]:
        query = select(Call).where(Call.office_id == self.office.id).order_by(Call.id)
        return list(db.session.scalars(query).unique())

    def mails(self) -> list[Mail]:
        query = select(Mail).where(Mail.office_id == self.office.id).order_by(Mail.id)
        return list(db.session.scalars(query).unique())


@pytest.fixture
def new_post(mail_server: int, house: Any, app: Any) -> Any:
    """The means to give an office a mailbox."""

    def furnish(office: Any) -> Post:
        post = Post(office=office, port=mail_server, folder=uuid.uuid4().hex[:12], house=house)
        with post.client() as server:
            server.create(post.folder)
        post.set(host="127.0.0.1", port=mail_server, tls="none", user=USER)
        post.set(folder=post.folder, done_folder=post.done, aside_folder=post.aside)
        post.give()
        return post

    return furnish


@pytest.fixture
def post(new_post: Any, beijing: Any) -> Post:
    """The mailbox of an office in Beijing."""
    furnished: Post = new_post(beijing.office)
    return furnished


def a_message(text: str = "点反结账后报错退出", **more: Any) -> EmailMessage:
    """Write a message as a customer would."""
    said = {"sender": "高敏 <gao@customer.example>", "subject": "反结账报错", "id": uuid.uuid4().hex, **more}
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = said["sender"], USER, said["subject"]
    message["Message-ID"] = f"<{said['id']}@customer.example>"
    message.set_content(text)
    return message


@pytest.fixture
def write() -> Any:
    """The means to write a message."""
    return a_message


@pytest.fixture
def queries_of(app: Any) -> Callable[[Callable[[], Any]], int]:
    """The means to count the questions that something puts to the database."""

    def count(doing: Callable[[], Any]) -> int:
        asked: list[str] = []

        def note(connection: Any, cursor: Any, statement: str, *_rest: Any) -> None:
            asked.append(statement)

        event.listen(db.engine, "before_cursor_execute", note)
        try:
            doing()
        finally:
            event.remove(db.engine, "before_cursor_execute", note)
        return len(asked)

    return count
