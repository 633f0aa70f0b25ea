"""The command that keeps the password of a mailbox: for that one mailbox, and shown to nobody."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from click.testing import CliRunner, Result

from core.cli import koudai
from plugins.hotline.mail.secret import Account, password_of
from tests.core.test_cli import fine, home, inside, refused, run, shanghai  # noqa: F401

Run = Callable[..., Result]


def piped(password: str) -> Result:
    return CliRunner().invoke(koudai, ["mail", "password", "SH"], input=f"{password}\n")


def test_it_is_kept_for_the_mailbox_that_is_set_and_for_no_other(shanghai: Run, home: Path) -> None:  # noqa: F811
    fine(shanghai("parameters", "set", "SH", "hotline.mail_host", "imap.example.com"))
    fine(shanghai("parameters", "set", "SH", "hotline.mail_user", "hotline@example.com"))
    said = fine(piped("口令 of ours"))
    assert "hotline@example.com at imap.example.com:993" in said
    assert ("mail-password-SH" in said, "口令" in said) == (True, False)
    account = Account(office="SH", host="imap.example.com", port=993, user="hotline@example.com")
    with inside():
        assert password_of(account) == "口令 of ours"
    assert (home / "mail-password-SH").stat().st_mode & 0o777 == 0o600


def test_without_a_mailbox_there_is_no_password_to_keep(shanghai: Run, home: Path) -> None:  # noqa: F811
    assert "hotline.mail_host and hotline.mail_user" in refused(piped("口令"))
    assert not (home / "mail-password-SH").exists()
