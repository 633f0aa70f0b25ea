"""An office's mailbox on its IMAP server: what lies in it, one message at a time, and putting it away."""

from __future__ import annotations

import imaplib
import re
import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from core.errors import KoudaiError
from core.i18n import _l
from core.talk.files import MEGABYTE
from plugins.hotline.mail.intake import Sack
from plugins.hotline.mail.secret import Account, password_of

if TYPE_CHECKING:
    from core.rules import Rules

PATIENCE_SECONDS = 30
# Of a message that is too large, so much is read: its head and, nearly always, its text.
BEGINNING = 256 * 1024
SIZE = re.compile(rb"RFC822\.SIZE (\d+)")
VALIDITY = re.compile(rb"\d+")
LOCAL = frozenset({"localhost", "127.0.0.1", "::1"})


@dataclass(frozen=True, kw_only=True)
class Address(Account):
    """Where a mailbox is, and under which name; its password is asked for when it is opened, and kept nowhere."""

    tls: str
    folder: str
    done: str
    aside: str
    most: int


def address_of(rules: Rules) -> Address | None:
    """Return the mailbox of an office; None when it has none. A mailbox of the region's is no office's own."""
    user, host = rules.own("hotline.mail_user"), rules.parameter("hotline.mail_host")
    if not user or not host:
        return None
    return Address(
        office=rules.office.code,
        host=host,
        user=user,
        port=rules.parameter("hotline.mail_port"),
        tls=rules.parameter("hotline.mail_tls"),
        folder=rules.parameter("hotline.mail_folder"),
        done=rules.parameter("hotline.mail_done_folder"),
        aside=rules.parameter("hotline.mail_aside_folder"),
        most=rules.parameter("hotline.mail_megabytes") * MEGABYTE,
    )


@contextmanager
def opened(address: Address) -> Iterator[Mailbox]:
    """Open a mailbox; whatever keeps it shut is raised in words that hold no password."""
    password = password_of(address)
    try:
        server = _connected(address)
    except (OSError, imaplib.IMAP4.error) as error:
        raise _unreachable(address, error) from None
    try:
        _sign_in(server, address, password)
        yield Mailbox(server, address)
    except (OSError, imaplib.IMAP4.abort) as error:
        raise _unreachable(address, error) from None
    finally:
        with suppress(OSError, imaplib.IMAP4.error):
            server.logout()


def _connected(address: Address) -> imaplib.IMAP4:
    """Connect; without TLS only on this very machine, for a password would travel readable."""
    if address.tls == "none" and address.host not in LOCAL:
        raise KoudaiError(_l("Without TLS only a mail server on this very machine is asked for mail."))
    if address.tls == "tls":
        return imaplib.IMAP4_SSL(
            address.host, address.port, ssl_context=ssl.create_default_context(), timeout=PATIENCE_SECONDS
        )
    server = imaplib.IMAP4(address.host, address.port, timeout=PATIENCE_SECONDS)
    if address.tls == "starttls":
        server.starttls(ssl.create_default_context())
    return server


def _sign_in(server: imaplib.IMAP4, address: Address, password: str) -> None:
    try:
        # Plain LOGIN knows no other letters than those of ASCII.
        if password.isascii():
            server.login(address.user, password)
        else:
            said = f"\0{address.user}\0{password}".encode()
            server.authenticate("PLAIN", lambda _challenge: said)
    except imaplib.IMAP4.abort:
        raise
    except imaplib.IMAP4.error:
        raise KoudaiError(
            _l(
                "The mail server %(host)s refused user %(user)s. Check the user, then run "
                "“koudai mail password %(office)s”.",
                host=address.host,
                user=address.user,
                office=address.office,
            )
        ) from None


def _unreachable(address: Address, error: Exception) -> KoudaiError:
    known = {
        ssl.SSLError: _l("its certificate or its TLS is not in order"),
        socket.gaierror: _l("nobody knows this name"),
        TimeoutError: _l("it does not answer"),
        ConnectionRefusedError: _l("nothing answers on this port"),
    }
    why = next(
        (said for kind, said in known.items() if isinstance(error, kind)), _l("it broke the connection off")
    )
    return KoudaiError(
        _l(
            "The mail server %(host)s:%(port)s cannot be used: %(why)s.",
            host=address.host,
            port=address.port,
            why=why,
        )
    )


class Mailbox:
    """A mailbox that is open, at its folder of arrivals."""

    def __init__(self, server: imaplib.IMAP4, address: Address) -> None:
        self._server, self.address = server, address
        if self._asked(server.select(_quoted(address.folder))) is None:
            raise KoudaiError(_l("The mailbox has no folder %(folder)s.", folder=address.folder))
        found = server.response("UIDVALIDITY")[1][0]
        self._validity = found.decode() if isinstance(found, bytes) and VALIDITY.fullmatch(found) else "0"

    def uids(self) -> list[str]:
        """Return what lies there, the oldest first; what only waits to be wiped out does not."""
        found = self._asked(self._server.uid("SEARCH", "UNDELETED"))
        return found[0].decode().split() if found and isinstance(found[0], bytes) else []

    def place(self, uid: str) -> str:
        """Return where a message lies, as long as the server does not number its folder anew."""
        one = self.address
        return f"{one.user}@{one.host}/{one.folder}/{self._validity}/{uid}"[-150:]

    def fetch(self, uid: str) -> Sack | None:
        """Fetch a message without marking it as read; of one that is too large, the beginning. None: it is gone."""
        sized = self._asked(self._server.uid("FETCH", uid, "(RFC822.SIZE)")) or []
        found = next((SIZE.search(one) for one in sized if isinstance(one, bytes) and SIZE.search(one)), None)
        if found is None:
            return None
        size = int(found[1])
        cut = size > self.address.most
        asked = f"(BODY.PEEK[]<0.{BEGINNING}>)" if cut else "(BODY.PEEK[])"
        given = self._asked(self._server.uid("FETCH", uid, asked)) or []
        raw = next((one[1] for one in given if isinstance(one, tuple)), None)
        return Sack(raw=raw, place=self.place(uid), size=size, cut=cut) if raw is not None else None

    def put_away(self, uid: str, folder: str) -> None:
        """Move a message into a folder, which is made when it is not there."""
        target = _quoted(folder)
        if self._moved(uid, target):
            return
        self._server.create(target)
        if not self._moved(uid, target):
            raise KoudaiError(_l("Messages cannot be moved into the folder %(folder)s.", folder=folder))

    def _moved(self, uid: str, target: str) -> bool:
        if "MOVE" in self._server.capabilities:
            return self._asked(self._server.uid("MOVE", uid, target)) is not None
        if self._asked(self._server.uid("COPY", uid, target)) is None:
            return False
        self._server.uid("STORE", uid, "+FLAGS.SILENT", r"(\Deleted)")
        self._server.uid("EXPUNGE", uid)
        return True

    @staticmethod
    def _asked(answer: tuple[str, list[Any]]) -> list[Any] | None:
        return answer[1] if answer[0] == "OK" else None


def _quoted(folder: str) -> str:
    """Return a folder's name as IMAP writes it: other letters than ASCII's in its own kind of base 64."""
    from base64 import b64encode

    def coded(piece: re.Match[str]) -> str:
        return "&" + b64encode(piece.group().encode("utf-16-be")).decode().rstrip("=").replace("/", ",") + "-"

    plain = re.sub(r"[^\x20-\x7e]+", coded, folder.replace("&", "&-"))
    return '"' + plain.replace("\\", "\\\\").replace('"', '\\"') + '"'
